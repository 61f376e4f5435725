"""Raise the bound over listed districts by cuts: of three atoms, two are together once at most.

In a plan at most one district holds two or three of any three atoms; the linear programme of
set partitioning may take half of each pair instead. These are the subset-row cuts (Jepsen,
Petersen, Spoorendonk, Pisinger 2008: Subset-row inequalities applied to the vehicle-routing
problem with time windows). They spoil pricing by knapsacks, but every district that a better
plan could use is listed here, so pricing looks through the list. What the bound so reached
rules out leaves the list, until few enough are left to choose from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, vstack

if TYPE_CHECKING:
    from gis.partition.columns import Columns
    from gis.partition.problem import Bools, Floats, Ints

__all__ = ["Tight", "first", "nearest", "tighten"]

#: Columns of the first linear programme, most that join it at a time, and most it keeps.
FEW, MORE, MANY = 2000, 500, 4000
#: Cuts that join at a time, and most of them on one atom.
CUTS, ON_ONE = 50, 5
#: Least violation of a cut, and reduced cost, in shares of the cost, that counts as none.
VIOLATED, ZERO = 0.02, 1e-9
#: Share of the cost that a round must raise the bound by to be followed by another.
RISE = 1e-5
#: Linear programmes of one round; its bound is good long before the last column is priced.
PROGRAMMES = 3


class Tight(NamedTuple):
    """What is left of the list, what any plan cheaper than the known one costs at least.

    Parameters
    ----------
    columns
        Districts that a plan cheaper than the known one may use, and that plan's own.
    own
        Which of them are the known plan's.
    value
        The bound: every plan of the list costs as much, or as much as the known one.
    reduced
        Reduced costs of the columns, none below 0.
    triples
        (cuts, 3) atoms of the cuts that count.
    active
        Which columns the last linear programme knew.
    """

    columns: Columns
    own: Bools
    value: float
    reduced: Floats
    triples: Ints
    active: Bools


def first(n: int, columns: Columns, own: Bools, prices: Floats, count: int) -> Tight:
    """Begin with prices of the atoms and no cuts.

    Parameters
    ----------
    n
        Atoms.
    columns
        Every district that a plan cheaper than the known one may use, and that plan's own.
    own
        Which columns are the known plan's.
    prices
        (n,) prices of the atoms, the better the less work.
    count
        Districts of a plan.
    """
    reduced = columns.cost - columns.matrix(n).T @ prices
    least = float(reduced.min())
    value, reduced = float(prices.sum()) + count * least, reduced - least
    active = own | (np.argsort(np.argsort(reduced, kind="stable"), kind="stable") < FEW)
    return Tight(columns, own, value, reduced, np.zeros((0, 3), np.int64), active)


def tighten(
    n: int, count: int, tight: Tight, *, upper: float, goal: float, rounds: int, enough: int
) -> Tight:
    """Raise the bound by cuts and drop the columns that it rules out.

    Parameters
    ----------
    n, count
        Atoms and districts.
    tight
        What is known, of `first` or of an earlier call.
    upper
        Cost of the known plan.
    goal
        The bound is raised no further than this, `upper` at most.
    rounds
        Most rounds of cuts.
    enough
        Columns that are few enough.

    Examples
    --------
    Two rings of three atoms in three districts: half of every pair would cost 6, but the
    cheapest plan is a whole ring, a pair and a single atom.

    >>> from gis.partition.columns import Columns
    >>> ring = np.array([0, 1, 1, 2, 0, 2, 0, 1, 2, 0, 1, 2])
    >>> start = np.cumsum([0] + [2, 2, 2, 1, 1, 1, 3] * 2)
    >>> cost = np.array([2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 5.0] * 2)
    >>> every = Columns(np.append(ring, ring + 3), start, cost)
    >>> known = first(6, every, np.isin(np.arange(14), [6, 7, 12]), np.zeros(6), 3)
    >>> for rounds in (1, 3):
    ...     found = tighten(6, 3, known, upper=11.0, goal=11.0, rounds=rounds, enough=0)
    ...     print(round(found.value, 6))
    6.0
    11.0
    """
    for _ in range(rounds):
        before = tight.value
        tight, taken, priced = _priced(n, count, tight, upper, goal)
        if len(tight.reduced) <= enough or taken is None or tight.value >= goal:
            break
        new = _violated(n, tight.columns, taken)
        old = len(tight.triples) > 0 and tight.value - before < RISE * upper
        if priced and (old or len(new) == 0):
            break
        tight = tight._replace(triples=np.concatenate([tight.triples, new]))
    return tight


def nearest(tight: Tight, most: int) -> Columns:
    """Return the columns of least reduced cost, and those of the known plan."""
    rank = np.empty(len(tight.reduced), np.int64)
    rank[np.argsort(tight.reduced, kind="stable")] = np.arange(len(rank))
    return tight.columns.only(np.flatnonzero(tight.own | (rank < most)))


def _priced(
    n: int, count: int, tight: Tight, upper: float, goal: float
) -> tuple[Tight, Floats | None, bool]:
    """Solve the linear programme with the cuts, price the list, and so on for some programmes.

    Return what is left, the columns' shares, and whether no column was left to price in.
    """
    columns, value = tight.columns, tight.value
    cost = columns.cost / upper
    inside = columns.matrix(n)
    size = np.diff(columns.start)
    cuts = _coefficients(inside.tocsr(), tight.triples)
    active, own = np.flatnonzero(tight.active), tight.own
    reduced, lost = tight.reduced, ~own & (tight.reduced >= upper - tight.value)
    taken, duals, priced = None, np.zeros(0), False
    for _ in range(PROGRAMMES):
        solved = _programme(inside, cost, cuts, active, count)
        if solved is None:
            break
        shares, prices, last, duals = solved
        now = cost - prices @ inside - last - duals @ cuts
        # Prices lowered where a column undercuts them: whatever the solver's care, no reduced
        # cost is below 0 then, and the prices are a bound.
        under = np.flatnonzero(now < 0.0)
        below, down = columns.only(under), np.zeros(n)
        np.minimum.at(down, below.members, np.repeat(now[under] / size[under], size[under]))
        reached = upper * float(prices.sum() + down.sum() + count * last + duals.sum())
        if reached >= value:
            value, reduced = reached, upper * np.maximum(now - down @ inside, 0.0)
            lost |= ~own & (reduced >= upper - value)
        taken = np.zeros(len(cost))
        taken[active] = shares
        under = under[now[under] < -ZERO]
        priced = len(under) == 0
        if priced or value >= goal:
            break
        under = under[np.argsort(now[under], kind="stable")[:MORE]]
        active = np.union1d(active, under)
    stay = np.flatnonzero(~lost)
    known = np.zeros(len(cost), np.bool_)
    known[active] = True
    if len(active) > MANY and taken is not None:
        known &= own | (taken > 0) | (reduced <= np.partition(reduced[active], FEW)[FEW])
    triples = tight.triples[duals < -ZERO] if taken is not None else tight.triples
    left = Tight(columns.only(stay), own[stay], value, reduced[stay], triples, known[stay])
    return left, None if taken is None else taken[stay], priced


def _programme(
    inside: csc_array, cost: Floats, cuts: csr_array, active: Ints, count: int
) -> tuple[Floats, Floats, float, Floats] | None:
    """Return the active columns' shares, and the duals of atoms, count and cuts."""
    rows = vstack([inside[:, active], csc_array(np.ones((1, len(active))))], format="csc")
    some = cuts.shape[0] > 0
    answer = linprog(
        cost[active],
        A_eq=rows,
        b_eq=np.append(np.ones(inside.shape[0]), count),
        A_ub=cuts[:, active] if some else None,
        b_ub=np.ones(cuts.shape[0]) if some else None,
        method="highs",
        options={"presolve": False},
    )
    if answer.x is None:
        return None
    duals = answer.eqlin.marginals
    below = np.minimum(answer.ineqlin.marginals, 0.0) if some else np.zeros(0)
    return answer.x, duals[:-1], float(duals[-1]), below


def _coefficients(by_atom: csr_array, triples: Ints) -> csr_array:
    """Return which columns hold at least two of a cut's atoms, (cuts × columns)."""
    many = by_atom.shape[1]
    held, starts = np.zeros(many, np.int8), by_atom.indptr
    found = []
    for triple in triples.tolist():
        own = [by_atom.indices[starts[i] : starts[i + 1]] for i in triple]
        for at in own:
            held[at] += 1
        found.append(np.flatnonzero(held > 1))
        for at in own:
            held[at] = 0
    start = np.concatenate([[0], np.cumsum([len(at) for at in found])]).astype(np.int64)
    at = np.concatenate([*found, np.zeros(0, np.int64)]).astype(np.int64)
    return csr_array((np.ones(len(at)), at, start), shape=(len(triples), many))


def _violated(n: int, columns: Columns, taken: Floats) -> Ints:
    """Return the triples whose cuts the shares violate most, few on any one atom."""
    some = np.flatnonzero(taken > ZERO)
    shares = taken[some]
    held = columns.only(some).matrix(n).toarray()
    pairs = (held * shares) @ held.T
    np.fill_diagonal(pairs, 0.0)
    triples, excess = [np.zeros((0, 3), np.int64)], [np.zeros(0)]
    for atom in range(n):
        near = np.flatnonzero(pairs[atom] > ZERO)
        with_it = held[near][:, held[atom] > 0]
        three = (with_it * shares[held[atom] > 0]) @ with_it.T
        both = pairs[atom, near]
        over = both[:, None] + both[None, :] + pairs[np.ix_(near, near)] - 2 * three - 1.0
        one, two = np.nonzero(np.triu(over, 1) > VIOLATED)
        triples.append(np.stack([np.full(len(one), atom), near[one], near[two]], axis=1))
        excess.append(over[one, two])
    every, at = np.unique(np.sort(np.concatenate(triples), axis=1), axis=0, return_index=True)
    order = np.argsort(-np.round(np.concatenate(excess)[at], 6), kind="stable")
    used = np.zeros(n, np.int64)
    chosen: list[int] = []
    for q in order.tolist():
        if (used[every[q]] < ON_ONE).all() and len(chosen) < CUTS:
            used[every[q]] += 1
            chosen.append(q)
    return every[chosen]
