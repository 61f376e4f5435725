"""Solve one connected component: starts, annealing, bound, recombination, another count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.check import reachable
from gis.partition.construct import bisect
from gis.partition.cost import Terms, build_model, centres_of, terms_of
from gis.partition.count import countable, feasible_counts
from gis.partition.exact import keeps, settle
from gis.partition.lower_bound import Bound, hess_bound
from gis.partition.recombine import recombine
from gis.partition.search import anneal, empty_pool, improves

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.exact import Work
    from gis.partition.moves import Pool
    from gis.partition.problem import Ints, Problem, Range
    from gis.partition.search import Totals

__all__ = ["Budget", "Found", "bound_for", "resume_part", "solve_part"]

#: First temperature of the annealing that polishes a recombined plan.
WARM = 0.1
#: First temperatures of the annealings that search on from a plan.
RESUMED = (0.1, 0.5, 2.0)
#: Share of the cost that may be open before a range narrower than an atom is searched on.
OPEN = 0.02
#: Share of the cost that may be open before the exact phase has something to do.
CLOSED = 1e-6
#: Starts of that: first temperature, and share of the usual price of the hard range.
EASED = ((1.0, 1 / 40), (3.0, 3 / 40), (10.0, 10 / 40))
#: Their number and proposals for each usual one, and most proposals.
EASED_STARTS, EASED_MOVES, EASED_MOST = 2, 13, 1_500_000


@dataclass(frozen=True, slots=True)
class Budget:
    """Work of one effort, counted in steps and never in seconds.

    Parameters
    ----------
    starts, moves
        Annealings, and proposals of each per atom.
    steps
        Steps of the bound with fractional and with whole knapsacks.
    pool, columns
        Districts remembered, and those of them that are recombined; 0 leaves that out.
    exact
        Work of the exact phase; None leaves it out.
    """

    starts: int
    moves: int
    steps: tuple[int, int]
    pool: int
    columns: int
    exact: Work | None = None


class _Searched(NamedTuple):
    """The best of several annealings of one count, and the districts they saw."""

    model: Model
    labels: Ints
    totals: Totals
    pool: Pool
    terms: Terms


class Found(NamedTuple):
    """Labels of a component's atoms, their terms, and a bound that holds for them.

    `infeasible` is the proof of the exact phase that no plan of this count keeps the rules.
    """

    labels: Ints
    terms: Terms
    bound: float
    infeasible: bool = False


def solve_part(problem: Problem, count: int, seed: int, work: Budget) -> Found:
    """Solve one component, in the order of its ids, into a count of districts.

    Where the count is free and the search finds no plan of it that keeps ranges and walking
    limit but for what is proven unavoidable, the neighbouring feasible counts are tried with
    less work, the nearest first; the first that keeps those rules best is solved.
    """
    searched = _search(problem, count, seed, work)
    if problem.count is None:
        other = _better_count(problem, count, seed, work, _kept(searched.terms))
        if other != count:
            searched = _search(problem, other, seed, work)
    return _finish(problem, searched, seed, work)


def resume_part(problem: Problem, labels: Ints, seed: int, work: Budget) -> Ints:
    """Search on from a plan of a small component, ever hotter; return the best plan seen."""
    model = build_model(problem, float(problem.weights.sum()) / (int(labels.max()) + 1))
    pool = empty_pool(work.pool, 25 * work.pool)
    tried = []
    for start in range(work.starts):
        hot = RESUMED[start % len(RESUMED)]
        found, totals = anneal(
            model,
            labels[model.first],
            seed=seed * 1009 + start,
            moves=work.moves * model.n,
            pool=pool,
            hot=hot,
        )
        tried.append((totals, found))
    totals, best = min(tried, key=lambda each: each[0])
    searched = _Searched(model, best, totals, pool, _terms(problem, best[model.unit]))
    return _finish(problem, searched, seed, work).labels


def _better_count(
    problem: Problem, count: int, seed: int, work: Budget, least: tuple[float, ...]
) -> int:
    """Return the count, or a neighbour that keeps the rules better than `least`."""
    counted = countable(problem.weights, problem.limit, problem.wanted)
    fewest, most = feasible_counts(int(counted.sum()), problem.limit)
    floor = _unavoidable(problem)
    trial = replace(work, starts=min(2, work.starts), moves=work.moves // 2)
    chosen = count
    for other in (count - 1, count + 1, count - 2, count + 2):
        if least > floor and fewest <= other <= min(most, problem.n):
            kept = _kept(_search(problem, other, seed, trial).terms)
            if kept < least:
                chosen, least = other, kept
    return chosen


def _kept(terms: Terms) -> tuple[float, float, float, float]:
    """Return by how much a plan misses the rules that another count might mend."""
    return terms.hard_range, terms.soft_range, terms.second_range, terms.walk


def _unavoidable(problem: Problem) -> tuple[float, float, float, float]:
    """Return what every count misses: atoms above a range, atoms out of every centre's reach."""
    over = [np.maximum(problem.weights - top[1], 0) for top in (problem.limit, problem.preferred)]
    lost = ~reachable(problem, walking=True) if problem.max_walk_m is not None else np.zeros(0)
    second = 0.0
    if problem.second is not None and problem.second_preferred is not None:
        second = float(np.maximum(problem.second - problem.second_preferred[1], 0).sum())
    return float(over[0].sum()), float(over[1].sum()), second, float(lost.sum())


def bound_for(problem: Problem, labels: Ints, terms: Terms, steps: tuple[int, int]) -> Bound:
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
    )
    return bound if np.isfinite(bound.value) else bound._replace(value=0.0)


def _search(problem: Problem, count: int, seed: int, work: Budget) -> _Searched:
    """Search one component for exactly this many districts (fewer where units are)."""
    model = build_model(problem, float(problem.weights.sum()) / count)
    count = min(count, model.n)
    pool = empty_pool(work.pool, 25 * work.pool)
    tried = []
    for start in range(work.starts if count > 1 else 1):
        draw = seed * 1009 + start
        first = bisect(model, np.array([count]), seed=draw)
        labels, totals = anneal(model, first, seed=draw, moves=work.moves * model.n, pool=pool)
        tried.append((totals, labels))
    totals, labels = tried[0]
    for other, found in tried[1:]:
        if improves(model, (other, found), (totals, labels)):
            totals, labels = other, found
    return _Searched(model, labels, totals, pool, _terms(problem, labels[model.unit]))


def _narrow(model: Model, count: int) -> bool:
    """Tell whether moving a mean atom takes a mean district out of the hard range.

    Then almost every move of a plan in range is barred, and the usual starts get nowhere.
    """
    low, high = model.problem.limit
    mean = float(model.weights.sum()) / count
    heavy = model.weights[model.weights > 0]
    return count > 1 and len(heavy) > 0 and min(mean - low, high - mean) < float(heavy.mean())


def _eased(problem: Problem, searched: _Searched, seed: int, work: Budget) -> _Searched:
    """Search on with starts that may leave the hard range for some time, and take longer."""
    model, best, totals, pool, _ = searched
    count = int(best.max()) + 1
    moves = max(work.moves * model.n, min(EASED_MOVES * work.moves * model.n, EASED_MOST))
    for start in range(EASED_STARTS * work.starts):
        draw = seed * 1009 + start
        first = bisect(model, np.array([count]), seed=draw)
        hot, ease = EASED[start % len(EASED)]
        labels, other = anneal(model, first, seed=draw, moves=moves, pool=pool, hot=hot, ease=ease)
        if improves(model, (other, labels), (totals, best)):
            best, totals = labels, other
    return _Searched(model, best, totals, pool, _terms(problem, best[model.unit]))


def _finish(problem: Problem, searched: _Searched, seed: int, work: Budget) -> Found:
    """Bound the best plan's cost, recombine the districts seen, and polish what comes out."""
    model, best, totals, pool, terms = searched
    bound = bound_for(problem, best[model.unit], terms, work.steps)
    missed = terms.hard_range > _unavoidable(problem)[0]
    open_ = missed or terms.cost - bound.value > OPEN * terms.cost
    if open_ and _narrow(model, int(best.max()) + 1):
        model, best, totals, pool, eased = _eased(problem, searched, seed, work)
        if _sort_of(eased) != _sort_of(terms):
            bound = bound_for(problem, best[model.unit], eased, work.steps)
        terms = eased
    again = recombine(model, best, bound, pool, columns=work.columns) if work.columns else None
    if again is not None:
        moves, none = work.moves * model.n // 3, empty_pool(0, 0)
        labels, other = anneal(model, again, seed=seed, moves=moves, pool=none, hot=WARM)
        if improves(model, (other, labels), (totals, best)):
            best = labels
    labels = best[model.unit]
    final = _terms(problem, labels)
    if _sort_of(final) != _sort_of(terms):
        bound = bound_for(problem, labels, final, work.steps)
    found = Found(labels, final, bound.value)
    open_ = final.cost - bound.value > CLOSED * final.cost or not keeps(final)
    return _settled(problem, found, bound, work.exact) if open_ and work.exact else found


def _settled(problem: Problem, found: Found, bound: Bound, work: Work) -> Found:
    """Improve a plan, or its bound, by the exact phase."""
    exact = settle(problem, found.labels, bound.prices, work)
    labels = found.labels if exact.labels is None else exact.labels
    value = found.bound if exact.infeasible else max(found.bound, exact.bound)
    return Found(labels, _terms(problem, labels), value, exact.infeasible)


def _sort_of(terms: Terms) -> tuple[bool, float]:
    """Return what a bound depends on: the walking limit as kept, and the range as missed."""
    return terms.walk == 0, terms.hard_range


def _terms(problem: Problem, labels: Ints) -> Terms:
    return terms_of(problem, labels, centres_of(problem, labels)[0])
