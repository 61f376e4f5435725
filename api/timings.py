"""Take the time of each stage of a command."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Stage", "Timings"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage took.

    Parameters
    ----------
    name
        As the progress bar calls it; "start" is all before the first, most of it the loading of
        libraries.
    cpu_s
        Seconds of processor time, of all threads.
    wall_s
        Seconds that passed; None for the start, which nobody saw begin.
    """

    name: str
    cpu_s: float
    wall_s: float | None


class Timings:
    """A clock that is told when a stage begins, and counts a stage told twice as one.

    Examples
    --------
    >>> clock = Timings()
    >>> clock.begin("reading"), clock.begin("cells"), clock.begin("reading"), clock.end()
    (None, None, None, None)
    >>> [stage.name for stage in clock.stages]
    ['start', 'reading', 'cells']
    """

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = {}
        self._name = "start"
        self._began = (0.0, time.perf_counter())

    def begin(self, name: str) -> None:
        """Begin a stage, which ends the one before."""
        if name == self._name:
            return
        now = (time.process_time(), time.perf_counter())
        taken = self._taken.setdefault(self._name, [0.0, 0.0])
        for k in range(2):
            taken[k] += now[k] - self._began[k]
        self._name, self._began = name, now

    def end(self) -> None:
        """End the last stage."""
        self.begin("")

    def along(self, tell: Callable[[str, float], None]) -> Callable[[str, float], None]:
        """Return a progress function that tells the clock too."""

        def told(stage: str, share: float) -> None:
            self.begin(stage)
            tell(stage, share)

        return told

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return what was taken so far, in the order in which stages first began."""
        return tuple(
            Stage(name, round(cpu_s, 3), None if name == "start" else round(wall_s, 3))
            for name, (cpu_s, wall_s) in self._taken.items()
        )
