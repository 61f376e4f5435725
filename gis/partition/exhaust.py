"""Try all plans of a small component, for proofs by exhaustion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gis.partition.count import feasible_counts
from gis.partition.exact import Work, solve_exact

if TYPE_CHECKING:
    from gis.partition.problem import Problem

__all__ = ["exhausted"]

#: A proof is looked for many times over where conflicts and remedies are: components of up to
#: 40 atoms, each count with little work.
TRIED: Final = Work(40, 40, 400_000, 4_000_000, 40_000, 200_000, 2000, 20)
#: Counts gone through where the count is free.
COUNTS: Final = 6


def exhausted(problem: Problem) -> bool | None:
    """Tell whether a component has a plan that keeps all hard rules; None where it is not known.

    Hard are the range, contiguity, locks, the walking limit, the allowed centres and a count
    where one is given.

    Examples
    --------
    >>> import numpy as np
    >>> from gis.partition.problem import Problem
    >>> walk = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> line = [(0, 1), (1, 2), (2, 3)]
    >>> [exhausted(Problem(w, line, walk, (3, 3), count=2)) for w in ([2, 1, 1, 2], [2, 2, 1, 1])]
    [True, False]
    """
    if not 1 < problem.n <= TRIED.atoms:
        return None
    low, high = _counts(problem)
    if high - low >= COUNTS:
        return None
    for count in range(low, high + 1):
        found = solve_exact(replace(problem, count=count), work=TRIED)
        if found.labels is not None:
            return True
        if not found.infeasible:
            return None
    return False


def _counts(problem: Problem) -> tuple[int, int]:
    """Return the fewest and most districts that may be asked for."""
    fewest, most = feasible_counts(int(problem.weights.sum()), problem.limit)
    most = min(most, problem.n)
    if problem.count is None:
        return fewest, most
    low, high = (problem.count,) * 2 if isinstance(problem.count, int) else problem.count
    return max(low, fewest), min(high, most)
