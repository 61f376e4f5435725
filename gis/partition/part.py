"""Solve one connected component: starts, annealing, bound, recombination, another count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.check import reachable
from gis.partition.construct import bisect
from gis.partition.cost import Terms, build_model, centres_of, terms_of
from gis.partition.count import countable, feasible_counts
from gis.partition.lower_bound import Bound, hess_bound
from gis.partition.recombine import recombine
from gis.partition.search import anneal, empty_pool

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.moves import Pool
    from gis.partition.problem import Ints, Problem, Range
    from gis.partition.search import Totals

__all__ = ["Budget", "Found", "bound_for", "solve_part"]

#: First temperature of the annealing that polishes a recombined plan.
WARM = 0.1


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
    """

    starts: int
    moves: int
    steps: tuple[int, int]
    pool: int
    columns: int


class _Searched(NamedTuple):
    """The best of several annealings of one count, and the districts they saw."""

    model: Model
    labels: Ints
    totals: Totals
    pool: Pool
    terms: Terms


class Found(NamedTuple):
    """Labels of a component's atoms, their terms, and a bound that holds for them."""

    labels: Ints
    terms: Terms
    bound: float


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


def _kept(terms: Terms) -> tuple[float, float, float]:
    """Return by how much a plan misses the rules that another count might mend."""
    return terms.hard_range, terms.soft_range, terms.walk


def _unavoidable(problem: Problem) -> tuple[float, float, float]:
    """Return what every count misses: atoms above a range, atoms out of every centre's reach."""
    over = [np.maximum(problem.weights - top[1], 0) for top in (problem.limit, problem.preferred)]
    lost = ~reachable(problem, walking=True) if problem.max_walk_m is not None else np.zeros(0)
    return float(over[0].sum()), float(over[1].sum()), float(lost.sum())


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
    totals, labels = min(tried, key=lambda each: each[0])
    return _Searched(model, labels, totals, pool, _terms(problem, labels[model.unit]))


def _finish(problem: Problem, searched: _Searched, seed: int, work: Budget) -> Found:
    """Bound the best plan's cost, recombine the districts seen, and polish what comes out."""
    model, best, totals, pool, terms = searched
    bound = bound_for(problem, best[model.unit], terms, work.steps)
    again = recombine(model, best, bound, pool, columns=work.columns) if work.columns else None
    if again is not None:
        moves, none = work.moves * model.n // 3, empty_pool(0, 0)
        labels, other = anneal(model, again, seed=seed, moves=moves, pool=none, hot=WARM)
        if other < totals:
            best = labels
    labels = best[model.unit]
    final = _terms(problem, labels)
    if (final.walk == 0, final.hard_range) != (terms.walk == 0, terms.hard_range):
        bound = bound_for(problem, labels, final, work.steps)
    return Found(labels, final, bound.value)


def _terms(problem: Problem, labels: Ints) -> Terms:
    return terms_of(problem, labels, centres_of(problem, labels)[0])
