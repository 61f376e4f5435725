"""Say how much work an effort stands for: steps are counted, never seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gis.partition.choose import Work

__all__ = ["Budget", "Effort", "budget"]

#: Work of the exact phase.
NORMAL = Work(
    atoms=120,
    rounds=60,
    steps=1_000_000,
    listing=60_000_000,
    columns=700_000,
    entries=400_000,
    chosen=3000,
    nodes=50,
    cuts=20,
    near=1200,
    wide=(360, 0.02),
)
THOROUGH = Work(
    atoms=300,
    rounds=150,
    steps=4_000_000,
    listing=500_000_000,
    columns=1_200_000,
    entries=1_000_000,
    chosen=6000,
    nodes=500,
    cuts=60,
    near=4000,
)


Effort = Literal["quick", "normal", "thorough"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Work of one effort, counted in steps and never in seconds.

    Parameters
    ----------
    starts, moves
        Annealings, and proposals of each per unit.
    windows
        Windows tried in all, and one more so many times for every district.
    steps
        Steps of the bound with fractional and with whole knapsacks.
    more
        Further steps with whole knapsacks where the gap stays open.
    pool, columns
        Districts remembered, and least of them that are recombined; 0 leaves that out.
    exact
        Work of the exact phase; None leaves it out.
    """

    starts: int
    moves: int
    windows: tuple[int, int]
    steps: tuple[int, int]
    more: int
    pool: int
    columns: int
    exact: Work | None = None


def budget(effort: Effort) -> Budget:
    """Return the work that an effort stands for."""
    return {
        "quick": Budget(1, 1500, (0, 0), (150, 0), 0, 0, 0),
        "normal": Budget(2, 1500, (250, 2), (300, 120), 150, 40_000, 1500, NORMAL),
        "thorough": Budget(8, 3000, (1500, 10), (600, 300), 600, 200_000, 4000, THOROUGH),
    }[effort]
