"""Solve two nested levels: large districts that the small ones can fill, then the small ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gis.partition.graph import joined
from gis.partition.part import bound_for
from gis.partition.problem import Level, Problem, Solution
from gis.partition.rehome import rehome
from gis.partition.solve import Effort, budget, gap_of, report, restored, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.partition.problem import Ints

__all__ = ["NestedSolution", "solve_nested"]

#: How often atoms may move between large districts for the sake of the small ones.
REPAIRS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class NestedSolution:
    """Large and micro districts of the same atoms, each micro inside one large.

    Parameters
    ----------
    large
        The large level, with its own bound.
    micro
        The micro level; labels 0 … K-1 over all atoms. Its bound and gap are those given the
        large districts.
    parent
        (K,) large label of each micro district.
    micro_overall_bound, micro_overall_gap
        The micro level against any division of the whole into K micro districts.
    """

    large: Solution
    micro: Solution
    parent: Ints
    micro_overall_bound: float
    micro_overall_gap: float


def solve_nested(  # noqa: PLR0913 - the fields of two problems, all by keyword
    weights: Any,
    edges: Any,
    cost: Any,
    *,
    large: Level,
    micro: Level,
    walk_m: Any = None,
    keep_together: Any = None,
    locked_large: Any = None,
    locked_micro: Any = None,
    can_be_centre: Any = None,
    ids: Any = None,
    seed: int = 0,
    effort: Effort = "normal",
    progress: Callable[[float], None] | None = None,
) -> NestedSolution:
    """Partition atoms into large districts and those into micro districts.

    A large district whose weight no count of micro districts can hold counts as out of range.
    Atoms locked together at the micro level stay together at the large one.

    Parameters
    ----------
    weights, edges, cost, walk_m, keep_together, can_be_centre, ids
        As in `Problem`, for both levels.
    large, micro
        The rules of each level.
    locked_large, locked_micro
        (n,) groups that must share a district of that level, -1 for none.
    seed, effort, progress
        As in `solve`.

    Examples
    --------
    >>> walk = np.abs(np.subtract.outer(np.arange(8.0), np.arange(8.0))) * 50
    >>> nested = solve_nested([10] * 8, [(i, i + 1) for i in range(7)], 10 * walk,
    ...                       large=Level((30, 50), target=40), micro=Level((10, 20), target=20))
    >>> nested.large.labels.tolist(), nested.micro.labels.tolist(), nested.parent.tolist()
    ([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 1])
    """
    tell = progress or _silent
    shared = {
        "walk_m": walk_m,
        "keep_together": keep_together,
        "can_be_centre": can_be_centre,
        "ids": ids,
    }
    upper = _problem(weights, edges, cost, large, shared, inner_limit=micro.limit)
    upper = replace(upper, locked=_joined_locks(locked_large, locked_micro, upper.n))
    above = solve(upper, seed=seed, effort=effort, progress=lambda done: tell(0.4 * done))
    lower = _problem(weights, edges, cost, micro, shared, locked=locked_micro, parts=above.labels)
    below = solve(lower, seed=seed, effort=effort, progress=lambda done: tell(0.4 + 0.5 * done))
    for _ in range(REPAIRS):
        moved = rehome(upper, lower, above.labels, below.labels)
        if moved is None:
            break
        above = _relabelled(upper, above, moved)
        lower = replace(lower, parts=above.labels)
        below = solve(lower, seed=seed, effort=effort)
    parent = np.zeros(below.count, np.int64)
    parent[below.labels] = above.labels
    bound = _overall(lower, below, budget(effort).steps)
    tell(1.0)
    return NestedSolution(above, below, parent, bound, gap_of(below.cost, bound))


def _relabelled(problem: Problem, solution: Solution, labels: Ints) -> Solution:
    """Report other labels for a problem, with the bound that still holds."""
    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    found = restored(report(problem.reordered(order), labels[order], solution.lower_bound), order)
    walks = found.terms["walk"] and not solution.terms["walk"]
    if walks or not _lost(found) <= _lost(solution):
        # The bound was for plans that keep the walking limit or bring more atoms home.
        found = replace(found, lower_bound=0.0, gap=gap_of(found.cost, 0.0))
    return found


def _lost(solution: Solution) -> frozenset[int]:
    """Return the atoms that do not reach their centre."""
    return frozenset(v.atom for v in solution.violations if v.rule == "unreachable")


def _problem(
    weights: Any, edges: Any, cost: Any, level: Level, shared: dict[str, Any], **more: Any
) -> Problem:
    return Problem(
        weights,
        edges,
        cost,
        level.limit,
        soft_limit=level.soft_limit,
        count=level.count,
        target=level.target,
        max_walk_m=level.max_walk_m,
        **shared,
        **more,
    )


def _joined_locks(large: Any, micro: Any, n: int) -> Ints | None:
    """Join the locks of both levels where they share an atom; (n,) groups, -1 none."""
    given = [np.asarray(lock, dtype=np.int64) for lock in (large, micro) if lock is not None]
    if not given:
        return None
    pairs = []
    for lock in given:
        order = np.lexsort((np.arange(n), lock))
        same = (lock[order[:-1]] == lock[order[1:]]) & (lock[order[1:]] >= 0)
        pairs.append(np.column_stack([order[:-1][same], order[1:][same]]))
    label = joined(np.concatenate(pairs), n)
    return np.where(np.bincount(label, minlength=n)[label] > 1, label, -1)


def _overall(problem: Problem, solution: Solution, steps: tuple[int, int]) -> float:
    """Bound the micro level over all divisions of the whole into as many districts."""
    if problem.n == 0:
        return 0.0
    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    labels = solution.labels[order]
    bound = bound_for(problem.reordered(order), labels, solution.cost, steps)
    return min(bound.value, solution.lower_bound)


def _silent(_: float) -> None:
    """Tell nobody."""
