"""Bound a component by column generation: the best prices for connected districts.

The linear programme over all connected districts in range (set partitioning) is solved by
pricing: prices of the atoms give each centre's cheapest district, those become columns, and the
columns give new prices. Between steps the prices may only move within a box around the best so
far (du Merle, Villeneuve, Desrosiers, Hansen 1999). Any prices give a Lagrangian bound; it is
that of `lower_bound`, made tighter by whole atoms and contiguity in every district.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, eye_array, hstack, vstack

from gis.partition.construct import noise
from gis.partition.districts import Asked, districts_asked, districts_at, prices_at

if TYPE_CHECKING:
    from gis.partition.districts import Listed
    from gis.partition.problem import Bools, Floats, Ints, Problem

__all__ = ["Columns", "Generated", "as_columns", "generate"]

#: First width of the box, as a share of the mean price; its growth and its shrinking.
BOX, WIDER, NARROWER = 0.2, 1.5, 0.5
#: Decisions of all rounds for each that one centre may take in one.
MANY = 200
#: Gap to the linear programme at which the bound is taken to be reached, as a share.
CLOSED = 2e-5


class Columns(NamedTuple):
    """Districts as columns, their members one after the other, and what each costs."""

    members: Ints
    start: Ints
    cost: Floats

    def matrix(self, n: int) -> csc_array:
        """Return who is in which district, (n atoms × columns)."""
        ones = np.ones(len(self.members))
        return csc_array((ones, self.members, self.start), shape=(n, len(self.cost)))

    def only(self, keep: Ints) -> Columns:
        """Return some of the columns."""
        size = np.diff(self.start)[keep]
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        shift = np.repeat(self.start[keep] - start[:-1], size)
        return Columns(self.members[np.arange(int(start[-1])) + shift], start, self.cost[keep])


class Generated(NamedTuple):
    """The best bound, the prices that prove it, and the columns met on the way.

    `last` is the k-1 cheapest centres' reduced cost: what the other districts of any plan of k
    cost at least, beyond the prices.
    """

    value: float
    prices: Floats
    last: float
    columns: Columns


def as_columns(problem: Problem, listed: Listed, more: Columns | None = None) -> Columns:
    """Turn listed districts (and more columns) into columns, each set of atoms once.

    A district costs what its first member as the centre makes it cost; of two equal sets the
    cheaper stays.
    """
    members, start = listed.members, listed.start
    centre = np.repeat(members[start[:-1]], np.diff(start))
    cost = _sums(problem.cost[members, centre], start)
    if more is not None:
        members = np.concatenate([more.members, members])
        start = np.concatenate([more.start, start[1:] + more.start[-1]])
        cost = np.concatenate([more.cost, cost])
    # A sum of random words names a set of atoms; two sets share one once in 2**64 times.
    word = (noise(1, problem.n) * 2.0**53).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    name = _sums(word[members], start)
    order = np.argsort(name, kind="stable")
    other = np.ones(len(order), np.bool_)
    other[1:] = name[order][1:] != name[order][:-1]
    group = np.cumsum(other) - 1
    least = np.minimum.reduceat(cost[order], np.flatnonzero(other)) if len(order) else cost
    kept = np.flatnonzero(cost[order] == least[group])
    first = np.ones(len(kept), np.bool_)
    first[1:] = group[kept][1:] != group[kept][:-1]
    return Columns(members, start, cost).only(np.sort(order[kept[first]]))


def _sums(values: Any, start: Ints) -> Any:
    """Add up values from each start to the next, which is never the same."""
    return np.add.reduceat(values, start[:-1]) if len(start) > 1 else values[:0]


def generate(
    problem: Problem,
    usable: Bools,
    prices: Floats,
    first: Columns,
    *,
    upper: float,
    rounds: int,
    steps: int,
) -> Generated:
    """Raise the bound by pricing connected districts.

    Parameters
    ----------
    problem
        One component in the order of its ids; its count is a number.
    usable
        (n, n) whether an atom (row) may belong to a centre (column).
    prices
        (n,) prices to begin with; any will do.
    first
        Columns to begin with: a known plan.
    upper
        The bound is raised no further than this.
    rounds, steps
        Linear programmes, and decisions for each centre's cheapest district.
    """
    count = districts_asked(problem)
    known = first
    best = Generated(-np.inf, prices, 0.0, known)
    box = BOX * max(float(np.abs(prices).mean()), 1e-9 * upper)
    asked = Asked(cheapest=True, steps=steps, columns=problem.n)
    spent = 0
    for _ in range(rounds):
        listed = districts_at(problem, usable, prices_at(problem, usable, prices), asked, np.inf)
        least = np.sort(listed.least)[:count]
        value = float(prices.sum() + least.sum())
        known = as_columns(problem, listed, known)
        better = value > best.value
        if better:
            best = Generated(value, prices, float(least[:-1].sum()), known)
        best = best._replace(columns=known)
        spent += listed.steps
        if value >= upper or len(known.cost) == 0 or spent > MANY * steps:
            break
        prices, reached, free = _new_prices(problem.n, known, count, best.prices, box)
        near = reached - best.value < CLOSED * upper
        if near and free:
            break
        box *= WIDER if better or near else NARROWER
    return best


def _new_prices(
    n: int, columns: Columns, count: int, around: Floats, box: float
) -> tuple[Floats, float, bool]:
    """Return the best prices in a box, what they reach, and whether the box did not matter."""
    many = len(columns.cost)
    one = eye_array(n, format="csc")
    cover = hstack([columns.matrix(n), one, -one], format="csc")
    total = csc_array(np.concatenate([np.ones(many), np.zeros(2 * n)])[None, :])
    cost = np.concatenate([columns.cost, around + box, box - around])
    answer = linprog(
        cost,
        A_eq=vstack([cover, total], format="csc"),
        b_eq=np.append(np.ones(n), count),
        method="highs",
    )
    if answer.x is None:
        return around, np.inf, False
    free = bool(answer.x[many:].sum() < 1e-7)  # noqa: PLR2004
    return answer.eqlin.marginals[:n], float(answer.fun), free
