"""Solve one connected component: starts, bound, windows, recombination, more of the bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.check import reachable
from gis.partition.cost import centres_of
from gis.partition.costs import beyond
from gis.partition.count import countable, feasible_counts
from gis.partition.exact import keeps, settle
from gis.partition.lower_bound import Bound, hess_bound
from gis.partition.matrix import with_rows
from gis.partition.portfolio import (
    in_windows,
    outside_the_range,
    polished,
    priced,
    resumed,
    whole,
)
from gis.partition.recombine import recombine

if TYPE_CHECKING:
    from gis.partition.budget import Budget
    from gis.partition.cost import Model, Terms
    from gis.partition.exact import Work
    from gis.partition.pace import Pace
    from gis.partition.portfolio import Searched
    from gis.partition.problem import Ints, Problem, Range

__all__ = ["Found", "bound_for", "resume_part", "solve_part"]

#: Share of the cost that may be open before a range narrower than an atom is searched on.
OPEN = 0.02
#: Share of the cost that may be open before more is done for the bound.
WIDE = 0.01
#: Share of the cost that may be open before the exact phase has something to do.
CLOSED = 1e-6
#: Districts seen that are recombined besides, for every district of the plan.
COLUMNS = 10


class Found(NamedTuple):
    """Labels of a component's atoms, their terms, and a bound that holds for them.

    `infeasible` is the proof of the exact phase that no plan of this count keeps the rules.
    """

    labels: Ints
    terms: Terms
    bound: float
    infeasible: bool = False


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


def resume_part(problem: Problem, labels: Ints, seed: int, work: Budget, pace: Pace) -> Ints:
    """Search on from a plan of a small component; return the best plan seen."""
    return _finish(problem, resumed(problem, labels, seed, work, pace), seed, work, pace).labels


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


class _Rules(NamedTuple):
    """What a bound must assume to hold for a plan: its range, its walks, who does not arrive."""

    limit: Range
    walk_kept: bool
    lost: tuple[int, ...]


def _rules_of(problem: Problem, labels: Ints) -> _Rules:
    """Return the rules as a plan keeps them: a range widened to hold it, no limit it breaks."""
    loads = np.bincount(labels, weights=problem.weights).astype(np.int64)
    low, high = problem.limit
    own = (np.arange(problem.n), centres_of(problem, labels)[0][labels])
    lost = np.isinf(problem.cost[own])
    return _Rules(
        (min(low, int(loads.min())), max(high, int(loads.max()))),
        not (beyond(problem, *own) & ~lost).any(),
        tuple(np.flatnonzero(lost).tolist()),
    )


def bound_for(
    problem: Problem,
    labels: Ints,
    cost: float,
    steps: tuple[int, int],
    before: Bound | None = None,
) -> Bound:
    """Bound the cost of a component for the count that a plan has.

    Where the plan breaks the hard range the bound is for a range widened to hold it, where it
    breaks the walking limit it is for no limit, and an atom that does not reach its centre costs
    nothing wherever it is put: so it is a bound for this plan too.

    Parameters
    ----------
    problem, labels, cost
        The component, a plan of it, and what that costs.
    steps
        Of the bound, as in `Budget`.
    before
        A bound of the same rules, to go on from.
    """
    rules = _rules_of(problem, labels)
    bound = hess_bound(
        _without(problem, rules.lost),
        np.arange(problem.n),
        int(labels.max()) + 1,
        limit=rules.limit,
        walk_kept=rules.walk_kept,
        upper=cost,
        steps=steps,
        before=before,
    )
    return bound if np.isfinite(bound.value) else bound._replace(value=0.0)


def _without(problem: Problem, lost: tuple[int, ...]) -> Problem:
    """Return the problem in which some atoms weigh what they do but cost nothing anywhere."""
    if not lost:
        return problem
    walk = problem.walk_m
    return replace(
        problem,
        cost=with_rows(problem.cost, lost, 0.0),
        walk_m=None if walk is None else with_rows(walk, lost, np.nan),
    )


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
    proof = _proven(problem, searched, steps)
    pace.done(0.2)
    if sum(work.windows) and int(searched.labels.max()) > 0:
        part = pace.part(0.2, 0.7)
        searched = in_windows(searched, proof.bound.opened, seed, work, part)
        proof = _proven(problem, searched, steps, proof)
    terms, count = searched.terms, int(searched.labels.max()) + 1
    missed = terms.hard_range > _unavoidable(problem)[0]
    open_ = missed or terms.cost - proof.bound.value > OPEN * terms.cost
    if open_ and _narrow(searched.model, count):
        searched = outside_the_range(searched, seed, work, pace.part(0.7, 0.8))
        proof = _proven(problem, searched, steps, proof)
    if work.columns and not pace.over():
        columns, pool = work.columns + COLUMNS * count, searched.pool
        again = recombine(searched.model, searched.labels, proof.bound, pool, columns=columns)
        if again is not None:
            searched = polished(searched, again, seed, work)
            proof = _proven(problem, searched, steps, proof)
    pace.done(0.9)
    labels, cost = searched.labels[searched.model.unit], searched.terms.cost
    bound = proof.bound
    if cost - bound.value > WIDE * cost and work.more and not pace.over():
        bound = bound_for(problem, labels, cost, (0, work.more), bound)
    found = Found(labels, searched.terms, bound.value)
    if work.exact is None or pace.over() or not _worth(problem, found, work.exact):
        return found
    return _settled(problem, found, bound, work.exact)


def _worth(problem: Problem, found: Found, work: Work) -> bool:
    """Tell whether the exact phase has something to do that its work allows."""
    terms, open_ = found.terms, found.terms.cost - found.bound
    if problem.n <= work.atoms:
        return open_ > CLOSED * terms.cost or not keeps(terms)
    most, share = work.wide
    return problem.n <= most and open_ > share * terms.cost and keeps(terms)


def _settled(problem: Problem, found: Found, bound: Bound, work: Work) -> Found:
    """Improve a plan, or its bound, by the exact phase."""
    exact = settle(problem, found.labels, bound.prices, work)
    labels = found.labels if exact.labels is None else exact.labels
    value = found.bound if exact.infeasible else max(found.bound, exact.bound)
    return Found(labels, priced(problem, labels), value, exact.infeasible)


class _Proof(NamedTuple):
    """A bound, and the rules that it assumes."""

    rules: _Rules
    bound: Bound


def _proven(
    problem: Problem, searched: Searched, steps: tuple[int, int], before: _Proof | None = None
) -> _Proof:
    """Bound a plan: as an earlier one was, unless that kept other rules."""
    labels = searched.labels[searched.model.unit]
    rules = _rules_of(problem, labels)
    if before is not None and before.rules == rules:
        return before
    return _Proof(rules, bound_for(problem, labels, searched.terms.cost, steps))
