"""Solve two nested levels: large districts that the small ones can fill, then the small ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import add
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gis.partition.budget import Effort, budget
from gis.partition.draft import joined_locks, refine
from gis.partition.graph import first_seen
from gis.partition.mend import mend, missed
from gis.partition.part import bound_for
from gis.partition.portfolio import priced
from gis.partition.problem import Level, Problem, Solution
from gis.partition.reach import components
from gis.partition.rehome import rehome
from gis.partition.solve import Known, gap_of, report, restored, solve, with_reasons
from gis.prices import Prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.partition.problem import Ints

__all__ = ["NestedSolution", "solve_nested"]

#: Most atoms for which the small level is drafted before the large one.
DRAFTED: Final = 5000
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
    second: Any = None,
    prices: Prices | None = None,
    openings: Any = None,
    opening_m: Any = None,
    opening_names: Any = None,
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
    weights, edges, cost, walk_m, keep_together, can_be_centre, second, prices, ids
        As in `Problem`, for both levels; so are `openings`, `opening_m`, `opening_names`.
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
        "second": second,
        "prices": prices or Prices(),
        "openings": openings,
        "opening_m": opening_m,
        "opening_names": opening_names,
        "ids": ids,
    }
    upper = _problem(weights, edges, cost, large, shared, inner_limit=micro.limit)
    upper = replace(upper, locked=joined_locks(locked_large, locked_micro, upper.n))
    lower = _problem(weights, edges, cost, micro, shared, locked=locked_micro)
    options = _large(upper, lower, seed, effort, lambda done: tell(0.5 * done))
    known: Known = {}
    found = _filled(upper, lower, next(options), seed, effort, known)
    tell(0.9)
    while found.misfit and (above := next(options, None)) is not None:
        # What keeps the rules no better after little work is not worth more.
        if _filled(upper, lower, above, seed, "quick", known).missed < found.missed:
            other = _filled(upper, lower, above, seed, effort, known)
            found = other if other.missed < found.missed else found
    lower = replace(lower, parts=found.above.labels)
    above = with_reasons(upper, found.above, seed=seed)
    below = with_reasons(lower, found.below, seed=seed)
    parent = np.zeros(below.count, np.int64)
    parent[below.labels] = above.labels
    bound = _overall(lower, below, budget(effort).steps)
    tell(1.0)
    return NestedSolution(above, below, parent, bound, gap_of(below.cost, bound))


class _Both(NamedTuple):
    """The two levels of one attempt."""

    above: Solution
    below: Solution

    @property
    def missed(self) -> tuple[float, ...]:
        """By how much both levels miss the rules before the cost, in their order."""
        return tuple(map(add, missed(self.above), missed(self.below)))

    @property
    def misfit(self) -> bool:
        """Whether a small district misses a range, other large districts might hold it in."""
        return any(
            v.rule in {"hard_range", "soft_range"} and not v.proven for v in self.below.violations
        )


def _large(
    upper: Problem, lower: Problem, seed: int, effort: Effort, tell: Callable[[float], None]
) -> Iterator[Solution]:
    """Yield plans of the large level, the next where the small one misses its range in the last.

    First with a draft of the small level in mind (see `gis.partition.draft`), or where that
    misses a rule also alone; then of whole draft districts; then with a margin for the weight
    of an atom in what small districts can hold.
    """
    if not 1 < upper.n <= DRAFTED or not isinstance(upper.cost, np.ndarray):
        yield solve(upper, seed=seed, effort=effort, progress=tell, explain=False)
        return
    draft = solve(lower, seed=seed, effort="quick", explain=False)
    tell(0.2)
    whole = replace(upper, locked=joined_locks(upper.locked, draft.labels, upper.n))
    coarse = solve(
        whole,
        seed=seed,
        effort=effort,
        progress=lambda done: tell(0.2 + 0.3 * done),
        explain=False,
    )
    cost = draft.cost / draft.count if np.isfinite(draft.cost) else 0.0
    labels = refine(upper, coarse.labels, draft.labels, cost, seed=seed)
    tell(0.6)
    found = _reported(upper, labels, budget(effort).steps)
    if any(missed(found)):
        alone = solve(
            upper,
            seed=seed,
            effort=effort,
            progress=lambda done: tell(0.6 + 0.4 * done),
            explain=False,
        )
        found = alone if missed(alone) < missed(found) else found
    yield found
    yield _reported(upper, coarse.labels, budget(effort).steps)
    heavy = upper.weights[upper.weights > 0]
    if upper.inner_limit is not None and len(heavy):
        margin = int(np.ceil(heavy.mean() / 2))
        low = upper.inner_limit[0] + margin
        roomy = replace(upper, inner_limit=(low, max(low, upper.inner_limit[1] - margin)))
        labels = solve(roomy, seed=seed, effort=effort, explain=False).labels
        yield _reported(upper, labels, budget(effort).steps)


def _filled(
    upper: Problem, lower: Problem, above: Solution, seed: int, effort: Effort, known: Known
) -> _Both:
    """Solve the small level inside a large one, moving atoms where that mends a rule."""
    lower = replace(lower, parts=above.labels)
    below = solve(lower, seed=seed, effort=effort, explain=False, known=known)
    for _ in range(REPAIRS):
        moved = rehome(upper, lower, above.labels, below.labels)
        if moved is None and isinstance(upper.cost, np.ndarray):
            moved = mend(upper, lower, above.labels, below, seed=seed)
        if moved is None:
            break
        lower = replace(lower, parts=moved)
        again = solve(lower, seed=seed, effort=effort, explain=False, known=known)
        if missed(again) >= missed(below):
            break
        above, below = _relabelled(upper, above, moved), again
    return _Both(above, below)


def _reported(problem: Problem, labels: Ints, steps: tuple[int, int]) -> Solution:
    """Report a plan with a bound of its own."""
    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    ordered, own = problem.reordered(order), labels[order]
    area = components(ordered)
    bound = 0.0
    for part in range(int(area.max()) + 1):
        atoms = np.flatnonzero(area == part)
        alone, names = ordered.only(atoms), first_seen(own[atoms])
        bound += bound_for(alone, names, priced(alone, names).cost, steps).value
    return restored(report(ordered, own, bound), order)


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
        second_limit=level.second_limit,
        **shared,
        **more,
    )


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
