"""Allow each asker so many requests in a while, counted in memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Allowance"]

_MOST_ASKERS = 10_000


class Allowance:
    """So many requests of each asker within a sliding while.

    Parameters
    ----------
    most
        Requests that are allowed.
    seconds
        The while.
    clock
        Tells the time in seconds.

    Examples
    --------
    >>> allowance = Allowance(2, seconds=60, clock=lambda: 0.0)
    >>> [allowance.take("a") for _ in range(3)], allowance.take("b")
    ([True, True, False], True)
    """

    def __init__(
        self, most: int, *, seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, asker: str) -> bool:
        """Count a request of an asker; False where it is one too many, which is not counted."""
        now = self._clock()
        times = self._taken.setdefault(asker, deque())
        self._taken.move_to_end(asker)
        while len(self._taken) > _MOST_ASKERS:
            self._taken.popitem(last=False)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
