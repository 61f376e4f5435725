"""Solve a small component exactly: list every district that a better plan could use.

Column generation (`columns`) gives prices and a bound that know contiguity. A plan below a
known cost can only use districts whose reduced cost is below the gap; where those are few
enough to be listed (`districts`), HiGHS chooses the best set of them, and what it proves holds
for every plan: that none is cheaper, or that there is none at all. This is how set-partitioning
models of districting (Garfinkel, Nemhauser 1970; Mehrotra, Johnson, Nemhauser 1998) are solved
without branching on prices. The budget is steps, columns and nodes, never seconds.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.choose import NOTHING, Exact, Work, choose
from gis.partition.columns import Columns, as_columns, generate
from gis.partition.cost import Terms, beyond_walk, centres_of, terms_of
from gis.partition.cuts import first, nearest, tighten
from gis.partition.districts import Asked, districts_asked, districts_at, prices_at
from gis.partition.graph import lightest_ways
from gis.partition.matrix import whole

if TYPE_CHECKING:
    from gis.partition.columns import Generated
    from gis.partition.problem import Bools, Floats, Ints, Problem

__all__ = ["Exact", "Work", "keeps", "settle", "solve_exact"]

#: Shares of the gap that a district of the list may take.
SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.12)
#: Largest such share where a component is large and need not be solved with proof.
HALF = 0.5
#: Columns that HiGHS alone chooses from faster than after cuts, and that end cutting.
CUT, FEW = 4000, 600
#: Plans from which the list is cut shorter.
TRIES = 3
#: Status of HiGHS that proves that there is no solution.
INFEASIBLE = 2


def settle(problem: Problem, labels: Ints, prices: Floats, work: Work) -> Exact:
    """Improve a component's plan or prove it best; where it breaks rules, mend it or prove why.

    Parameters
    ----------
    problem
        One component in the order of its ids.
    labels
        (n,) the plan known; it is replaced only by one that is better by the rules' order.
    prices
        (n,) prices of the atoms, as the bound has them.
    work
        The budget.
    """
    known = terms_of(problem, labels, centres_of(problem, labels)[0])
    count = int(labels.max()) + 1
    if problem.n > max(work.atoms, work.wide[0]) or count < 2:  # noqa: PLR2004
        return Exact(None, 0.0)
    kept = keeps(known)
    exact = solve_exact(
        replace(problem, count=count), labels if kept else None, prices=prices, work=work
    )
    if exact.labels is None:
        return exact if kept or exact.infeasible else Exact(None, 0.0)
    new = terms_of(problem, exact.labels, centres_of(problem, exact.labels)[0])
    better = _order(new) < _order(known)
    return exact if better else exact._replace(labels=None, bound=exact.bound if kept else 0.0)


def solve_exact(
    problem: Problem, labels: Ints | None = None, *, prices: Floats | None = None, work: Work
) -> Exact:
    """Find the cheapest plan of a component, or prove that there is none.

    The hard range, contiguity, locks, the walking limit and the allowed centres all hold here,
    and the plan keeps to the preferred range and splits no compound that fits it; the bound is
    for plans that may.

    Parameters
    ----------
    problem
        One component in the order of its ids; its count is a number.
    labels
        (n,) a plan that keeps the rules; only cheaper ones are looked for.
    prices
        (n,) prices to begin with; None takes none.
    work
        The budget.

    Examples
    --------
    >>> from gis.partition.problem import Problem
    >>> walk = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> work = Work(60, 20, 9999, 9999, 999, 9999, 999, 9)
    >>> line = Problem([2, 1, 1, 2], [(0, 1), (1, 2), (2, 3)], walk, (3, 3), count=2)
    >>> found = solve_exact(line, work=work)
    >>> found.labels.tolist(), round(found.bound, 4), found.infeasible
    ([0, 0, 1, 1], 2.0, False)
    >>> solve_exact(replace(line, weights=np.array([2, 2, 1, 1])), work=work)
    Exact(labels=None, bound=inf, infeasible=True)
    """
    count = districts_asked(problem)
    usable = _usable(problem)
    if not usable.any(axis=1).all() or int(usable.diagonal().sum()) < count:
        return Exact(None, inf, infeasible=True)
    # No plan costs more than its dearest pairs do.
    ceiling = float(np.where(usable, whole(problem.cost), 0.0).max(axis=1).sum()) + 1.0
    upper = ceiling if labels is None else _cost(problem, labels)
    found = generate(
        problem,
        usable,
        np.zeros(problem.n) if prices is None else prices,
        _own(problem, labels),
        upper=upper,
        rounds=work.rounds,
        steps=work.steps,
    )
    bound = min(found.value - NOTHING * abs(found.value), upper)
    if labels is None and found.value > ceiling * (1 + NOTHING):
        return Exact(None, inf, infeasible=True)
    if labels is not None and bound >= upper * (1 - 2 * NOTHING):
        return Exact(None, bound)
    return _closed(problem, usable, found, upper, max(bound, 0.0), labels, work)


def _closed(
    problem: Problem,
    usable: Bools,
    found: Generated,
    upper: float,
    bound: float,
    labels: Ints | None,
    work: Work,
) -> Exact:
    """List what a better plan could use, and choose from it.

    Where that is too much, shorter lists (districts that take no more than a share of the gap)
    may still hold a better plan. What a plan costs that uses another district is more than the
    share of the gap, so they prove that share at most.
    """
    limit = upper * (1 + NOTHING) - float(found.prices.sum()) - found.last
    asked = Asked(cheapest=False, steps=work.listing, columns=work.columns)
    prices = prices_at(problem, usable, found.prices)
    large = problem.n > work.atoms
    for share in [share for share in SHARES if share <= HALF or not large]:
        top = limit - (1.0 - share) * (upper - found.value)
        listed = districts_at(problem, usable, prices, asked, top)
        if not listed.whole:
            continue
        known = labels if work.cuts > 0 else None
        if known is not None or len(listed.members) <= 2 * work.entries:
            every = as_columns(problem, listed, found.columns)
            if known is not None and len(every.cost) > CUT:
                reach = found.value + share * (upper - found.value)
                exact = _cut(problem, every, found, known, max(bound, reach), bound, work)
                if exact.labels is None or large or share == 1.0:
                    return exact
                # Below a cheaper plan a larger share of the gap can be listed.
                upper = _cost(problem, exact.labels)
                more = found._replace(columns=_joined(_own(problem, exact.labels), found.columns))
                rest = _closed(problem, usable, more, upper, exact.bound, exact.labels, work)
                return exact._replace(bound=rest.bound) if rest.labels is None else rest
            exact = choose(problem, every, bound, upper, work, whole=share == 1.0)
            if exact.labels is not None or exact.infeasible or share == 1.0:
                return exact
    few = choose(problem, found.columns, bound, upper, work, whole=False)
    return few._replace(bound=bound)


def _cut(
    problem: Problem,
    every: Columns,
    found: Generated,
    labels: Ints,
    reach: float,
    bound: float,
    work: Work,
) -> Exact:
    """Choose from a list that cuts make shorter; plans that use another district cost `reach`."""
    count, upper, better = districts_asked(problem), _cost(problem, labels), None
    aim = work.wide[1] / 2 if problem.n > work.atoms else 0.0
    tight = first(problem.n, every, _owned(every, labels), found.prices, count)
    for _ in range(TRIES):
        most = min(upper, reach)
        goal = min(most, upper * (1 - aim))
        tight = tighten(
            problem.n, count, tight, upper=upper, goal=goal, rounds=work.cuts, enough=FEW
        )
        bound = max(bound, min(tight.value * (1 - NOTHING), most))
        few = len(tight.reduced) <= work.chosen
        some = tight.columns if few else nearest(tight, work.near)
        exact = choose(problem, some, bound, upper, work, whole=few and reach >= upper)
        bound = max(bound, min(exact.bound, most))
        if exact.labels is None or _cost(problem, exact.labels) >= upper * (1 - NOTHING):
            break
        better, known, upper = exact.labels, upper, _cost(problem, exact.labels)
        tight = tight._replace(own=_owned(tight.columns, better))
        if reach < known or bound >= upper * (1 - max(aim, 2 * NOTHING)):
            break
    return Exact(better, min(bound, upper))


def _joined(one: Columns, two: Columns) -> Columns:
    """Return the columns of both."""
    members = np.concatenate([one.members, two.members])
    start = np.concatenate([one.start, two.start[1:] + one.start[-1]])
    return Columns(members, start, np.concatenate([one.cost, two.cost]))


def _owned(columns: Columns, labels: Ints) -> Bools:
    """Return which columns are districts of a plan."""
    held, start = labels[columns.members], columns.start[:-1]
    least = np.minimum.reduceat(held, start)
    one = least == np.maximum.reduceat(held, start)
    owned: Bools = one & (np.bincount(labels)[least] == np.diff(columns.start))
    return owned


def _usable(problem: Problem) -> Bools:
    """Return which pairs (atom, centre) a plan may use: reachable, allowed, within U together."""
    low, high = problem.limit
    usable = np.isfinite(whole(problem.cost)) & ~beyond_walk(problem)
    if problem.edges is not None:
        usable &= lightest_ways(problem.weights, problem.edges, np.arange(problem.n)) <= high
    if problem.can_be_centre is not None:
        usable &= problem.can_be_centre[None, :]
    usable &= (problem.weights <= high)[:, None]
    usable &= usable.diagonal()[None, :]
    usable &= ((problem.weights @ usable) >= low)[None, :]
    return usable


def _own(problem: Problem, labels: Ints | None) -> Columns:
    """Return the districts of a plan as columns."""
    if labels is None:
        return Columns(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0))
    members = np.argsort(labels, kind="stable").astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(labels))]).astype(np.int64)
    return Columns(members, start, centres_of(problem, labels)[1])


def _cost(problem: Problem, labels: Ints) -> float:
    return float(centres_of(problem, labels)[1].sum())


def keeps(terms: Terms) -> bool:
    """Tell whether a plan keeps what the exact model asks for."""
    return not (terms.hard_range or terms.locked or terms.unreachable or terms.walk)


def _order(terms: Terms) -> tuple[float, ...]:
    """Return the terms that decide, the cost without its last digits."""
    before = terms[: Terms._fields.index("cost")]
    return (*before, float(f"{terms.cost:.9g}"))
