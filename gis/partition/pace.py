"""Tell how much of the work is done, and whether time is left for more.

Work is counted in steps, so a plan repeats; only where a time limit is given may a clock cut it
short, between two steps, and then the plan says so.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Pace", "Part"]


class Pace:
    """The progress of a piece of work, and its deadline.

    Parameters
    ----------
    tell
        Called with the share done, 0 to 1, never less than before; None tells nobody.
    limit_s
        Seconds from now after which no new work starts; None never stops.
    clock
        Returns seconds that only rise.

    Examples
    --------
    >>> told = []
    >>> pace = Pace(told.append)
    >>> half = pace.part(0.0, 0.5)
    >>> half.done(0.5), pace.done(0.75), half.done(1.0), pace.over()
    (None, None, None, False)
    >>> told
    [0.25, 0.75]
    """

    def __init__(
        self,
        tell: Callable[[float], None] | None = None,
        *,
        limit_s: float | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._end = None if limit_s is None else clock() + limit_s
        self._told = 0.0
        self._cut = False

    def part(self, start: float, stop: float) -> Part:
        """Return a part of the work, from one share of it to another."""
        return Part(self, start, stop)

    def done(self, share: float) -> None:
        """Tell the share of the work that is done, where it is news."""
        if self._tell is not None and share > self._told:
            self._told = share
            self._tell(share)

    def over(self) -> bool:
        """Tell whether the time is up; work that would have followed is then left out."""
        if self._end is not None and self._clock() >= self._end:
            self._cut = True
        return self._cut

    @property
    def cut(self) -> bool:
        """Whether work was left out."""
        return self._cut


class Part(Pace):
    """A part of some work: its shares are parts of the whole's, its deadline is the whole's.

    Parameters
    ----------
    whole
        The pace of the whole.
    start, stop
        Shares of the whole at which the part starts and stops.
    """

    def __init__(self, whole: Pace, start: float, stop: float) -> None:
        super().__init__()
        self._whole = whole
        self._start, self._stop = start, stop

    def done(self, share: float) -> None:
        """Tell the share of this part that is done, where it is news."""
        self._whole.done(self._start + (self._stop - self._start) * share)

    def over(self) -> bool:
        """Tell whether the time is up; work that would have followed is then left out."""
        return self._whole.over()

    @property
    def cut(self) -> bool:
        """Whether work was left out."""
        return self._whole.cut
