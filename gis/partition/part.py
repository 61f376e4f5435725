"""Solve one connected component: starts, bound, windows, recombination, more of the bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.check import reachable
from gis.partition.count import countable, feasible_counts
from gis.partition.lower_bound import Bound, hess_bound
from gis.partition.portfolio import in_windows, outside_the_range, polished, whole
from gis.partition.recombine import recombine

if TYPE_CHECKING:
    from gis.partition.cost import Model, Terms
    from gis.partition.pace import Pace
    from gis.partition.portfolio import Searched
    from gis.partition.problem import Ints, Problem, Range

__all__ = ["Budget", "Found", "bound_for", "solve_part"]

#: Share of the cost that may be open before a range narrower than an atom is searched on.
OPEN = 0.02
#: Share of the cost that may be open before more is done for the bound.
WIDE = 0.01
#: Districts seen that are recombined besides, for every district of the plan.
COLUMNS = 10


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
    """

    starts: int
    moves: int
    windows: tuple[int, int]
    steps: tuple[int, int]
    more: int
    pool: int
    columns: int


class Found(NamedTuple):
    """Labels of a component's atoms, their terms, and a bound that holds for them."""

    labels: Ints
    terms: Terms
    bound: float


def solve_part(problem: Problem, count: int, seed: int, work: Budget, pace: Pace) -> Found:
    """Solve one component, in the order of its ids, into a count of districts.

    Where the count is free and the search finds no plan of it that keeps ranges and walking
    limit but for what is proven unavoidable, the neighbouring feasible counts are tried with
    less work, the nearest first; the first that keeps those rules best is solved.
    """
    searched = whole(problem, count, seed, work, pace.part(0.0, 0.4))
    if problem.count is None:
        other = _better_count(problem, count, seed, work, searched.terms, pace.part(0.4, 0.4))
        if other != count:
            searched = whole(problem, other, seed, work, pace.part(0.4, 0.45))
    found = _finish(problem, searched, seed, work, pace.part(0.45, 1.0))
    pace.done(1.0)
    return found


def _better_count(
    problem: Problem, count: int, seed: int, work: Budget, terms: Terms, pace: Pace
) -> int:
    """Return the count, or a neighbour that keeps the rules better than a plan's terms."""
    counted = countable(problem.weights, problem.limit, problem.wanted)
    fewest, most = feasible_counts(int(counted.sum()), problem.limit)
    floor, least = _unavoidable(problem), _kept(terms)
    trial = replace(work, starts=min(2, work.starts), moves=work.moves // 2)
    chosen = count
    for other in (count - 1, count + 1, count - 2, count + 2):
        if least > floor and fewest <= other <= min(most, problem.n) and not pace.over():
            kept = _kept(whole(problem, other, seed, trial, pace).terms)
            if kept < least:
                chosen, least = other, kept
    return chosen


def _kept(terms: Terms) -> tuple[float, float, float]:
    """Return by how much a plan misses the rules that another count might mend."""
    return terms.hard_range, terms.soft_range, terms.walk


def _unavoidable(problem: Problem) -> tuple[float, float, float]:
    """Return what every count misses: atoms above a range, atoms out of every centre's reach."""
    over = [np.maximum(problem.weights - top[1], 0) for top in (problem.limit, problem.preferred)]
    lost = ~reachable(problem, walking=True) if problem.max_walk_m is not None else np.zeros(0)
    return float(over[0].sum()), float(over[1].sum()), float(lost.sum())


def bound_for(
    problem: Problem,
    labels: Ints,
    terms: Terms,
    steps: tuple[int, int],
    before: Bound | None = None,
) -> Bound:
    """Bound the cost of a component for the count that a plan has.

    Where the plan breaks the hard range the bound is for a range widened to hold it, and where
    it breaks the walking limit the bound is for no limit: so it is a bound for this plan too.
    """
    loads = np.bincount(labels, weights=problem.weights).astype(np.int64)
    limit: Range = (
        min(problem.limit[0], int(loads.min())),
        max(problem.limit[1], int(loads.max())),
    )
    bound = hess_bound(
        problem,
        np.arange(problem.n),
        len(loads),
        limit=limit,
        walk_kept=terms.walk == 0,
        upper=terms.cost,
        steps=steps,
        before=before,
    )
    return bound if np.isfinite(bound.value) else bound._replace(value=0.0)


def _narrow(model: Model, count: int) -> bool:
    """Tell whether moving a mean atom takes a mean district out of the hard range.

    Then almost every move of a plan in range is barred, and the usual starts get nowhere.
    """
    low, high = model.problem.limit
    mean = float(model.weights.sum()) / count
    heavy = model.weights[model.weights > 0]
    return count > 1 and len(heavy) > 0 and min(mean - low, high - mean) < float(heavy.mean())


def _finish(problem: Problem, searched: Searched, seed: int, work: Budget, pace: Pace) -> Found:
    """Bound the cost, search on where the bound leads, recombine and polish; prove what is left."""
    steps = (work.steps[0], 0) if pace.over() else work.steps
    bound, proven = _bounded(problem, searched, steps), searched
    pace.done(0.2)
    if sum(work.windows) and int(searched.labels.max()) > 0:
        searched = in_windows(searched, bound, seed, work, pace.part(0.2, 0.7))
        bound, proven = _again(problem, searched, proven, bound, steps), searched
    terms, count = searched.terms, int(searched.labels.max()) + 1
    missed = terms.hard_range > _unavoidable(problem)[0]
    open_ = missed or terms.cost - bound.value > OPEN * terms.cost
    if open_ and _narrow(searched.model, count):
        searched = outside_the_range(searched, seed, work, pace.part(0.7, 0.8))
        bound, proven = _again(problem, searched, proven, bound, steps), searched
    if work.columns and not pace.over():
        columns = work.columns + COLUMNS * count
        again = recombine(searched.model, searched.labels, bound, searched.pool, columns=columns)
        if again is not None:
            searched = polished(searched, again, seed, work)
    pace.done(0.9)
    bound = _again(problem, searched, proven, bound, steps)
    cost = searched.terms.cost
    if cost - bound.value > WIDE * cost and work.more and not pace.over():
        bound = _bounded(problem, searched, (0, work.more), bound)
    return Found(searched.labels[searched.model.unit], searched.terms, bound.value)


def _bounded(
    problem: Problem, searched: Searched, steps: tuple[int, int], before: Bound | None = None
) -> Bound:
    labels = searched.labels[searched.model.unit]
    return bound_for(problem, labels, searched.terms, steps, before)


def _again(
    problem: Problem, searched: Searched, before: Searched, bound: Bound, steps: tuple[int, int]
) -> Bound:
    """Return a bound that holds for a plan: that of an earlier one unless it is for other rules."""
    if _sort_of(searched.terms) == _sort_of(before.terms):
        return bound
    return _bounded(problem, searched, steps)


def _sort_of(terms: Terms) -> tuple[bool, float]:
    """Return what a bound depends on: the walking limit as kept, and the range as missed."""
    return terms.walk == 0, terms.hard_range
