"""Prove what no plan can beat: the Lagrangian bound of the Hess model.

The model of Hess et al. (1965): choose k centres, assign every atom to one, each centre's
households in [L, U]. Relaxing "every atom once" with prices on the atoms leaves one knapsack
per centre, and the k cheapest centres give a bound (Validi, Buchanan, Lykhovyd 2022). Solved in
fractions the knapsacks give the strong linear bound; solved in whole atoms, by dynamic
programming over the few atoms that fractions leave open, half a percent more. Contiguity,
groups and locks are left out, so the bound holds with them too.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.compiled import compiled, helper
from gis.partition.cost import beyond_walk

if TYPE_CHECKING:
    from gis.partition.problem import Bools, Floats, Ints, Problem, Range

__all__ = ["Bound", "hess_bound"]

#: Largest table of the dynamic programme; above it the knapsacks stay fractional.
TABLE = 20_000_000
#: Widest one: people by the hundred thousand are counted in fractions.
WIDTH = 20_000
#: Steps without progress before the step length shrinks.
PATIENCE = 15
#: Share of the last step in the mean of the centres chosen.
LATE = 0.02
#: The value of a knapsack without solution, and what only such values exceed.
IMPOSSIBLE = 1e299
NEVER = 1e300


class Bound(NamedTuple):
    """A lower bound, the atoms' prices that prove it, and the dearest chosen centre's value.

    `opened` is how often each atom was chosen as a centre of late, as a share of the steps: a
    guess of how many districts a good plan has where.
    """

    value: float
    prices: Floats
    opened: Floats
    last: float = inf


class _Hess(NamedTuple):
    """One Hess model: for every centre its atoms from the nearest on, by cost per household."""

    weights: Ints
    centres: Ints
    own: Floats
    order: Ints
    ratio: Floats
    numbers: Ints


class _Work(NamedTuple):
    """Room that the steps reuse: keys to sort, each centre's taken atoms, the table."""

    keys: Floats
    rank: Ints
    taken: Ints
    shares: Floats
    gain: Floats
    length: Ints
    ceiling: Floats
    value: Floats
    critical: Floats
    chosen: Ints
    line: Ints
    table: Floats
    choice: Bools
    core: Ints
    covered: Floats


def hess_bound(
    problem: Problem,
    atoms: Ints,
    count: int,
    *,
    limit: Range,
    walk_kept: bool,
    upper: float,
    steps: tuple[int, int] = (300, 100),
    before: Bound | None = None,
) -> Bound:
    """Bound the assignment cost of putting some atoms into `count` districts.

    Parameters
    ----------
    problem
        The problem.
    atoms
        Positions of the atoms that are to be partitioned among themselves.
    count
        Number of districts.
    limit
        Hard range; it may be wider than the problem's.
    walk_kept
        Whether pairs beyond the walking limit are forbidden.
    upper
        Cost of a known plan, or a guess: it steers the steps, not the validity.
    steps
        Subgradient steps with fractional and with whole knapsacks.
    before
        A bound of the same problem, to go on from.

    Returns
    -------
    Bound
        inf where the model has no solution; prices are (len(atoms),).
    """
    square = np.ix_(atoms, atoms)
    weights = problem.weights[atoms]
    cost = problem.cost[square]
    if walk_kept:
        cost = np.where(beyond_walk(problem)[square], np.inf, cost)
    total = int(weights.sum())
    none = np.zeros(len(atoms))
    if len(atoms) == 0 and count == 0:
        return Bound(0.0, none, none)
    if not count * limit[0] <= total <= count * limit[1] or not 1 <= count <= len(atoms):
        return Bound(inf, none, none)
    heavy = weights > 0
    centres = _possible_centres(problem, atoms, cost, limit)
    if len(centres) < count or not np.isfinite(cost)[heavy][:, centres].any(axis=1).all():
        return Bound(inf, none, none)
    if count == 1:
        return Bound(float(cost[heavy][:, centres].sum(axis=0).min()), none, none)
    model = _model(weights, cost, centres, np.array([count, *limit], np.int64))
    prices = _first_prices(cost, heavy, count) if before is None else before.prices
    guess = upper if np.isfinite(upper) and upper > 0 else float(prices.sum() + 1.0)
    whole = limit[1] <= WIDTH and limit[1] * len(atoms) <= TABLE
    work = _room(len(atoms), len(centres), count, limit[1] if whole else 0)
    best = Bound(0.0, prices, none) if before is None else before
    opened = best.opened.copy()
    for exact, many in enumerate(steps if whole else steps[:1]):
        found = _subgradient(model, work, best.prices, guess, opened, steps=many, exact=bool(exact))
        if found.value > best.value:
            best = found
    return best._replace(opened=opened)


def _subgradient(
    model: _Hess,
    work: _Work,
    prices: Floats,
    upper: float,
    opened: Floats,
    *,
    steps: int,
    exact: bool,
) -> Bound:
    """Raise the bound step by step (Held, Wolfe, Crowder 1974); keep `opened` up to date."""
    heavy = model.weights > 0
    dear = np.maximum(model.weights, 1)
    best = Bound(-inf, prices, opened)
    theta, idle = (0.6 if exact else 1.5), 0
    for _ in range(steps):
        dearest = max(float((prices / dear).max()), 0.0)
        bound = _relaxed(model, work, prices, dearest, int(exact))
        if bound > IMPOSSIBLE:
            return Bound(inf, prices, opened)
        idle = 0 if bound > best.value + 1e-6 * abs(best.value) else idle + 1
        if bound > best.value:
            best = Bound(bound, prices, opened, float(work.value[work.chosen[-1]]))
        opened *= 1.0 - LATE
        opened[model.centres[work.chosen]] += LATE
        if idle >= PATIENCE:
            theta, idle, prices = theta * 0.6, 0, best.prices
            continue
        gradient = np.where(heavy, 1.0 - work.covered, 0.0)
        norm = float(gradient @ gradient)
        if norm < 1e-12:  # noqa: PLR2004
            break
        prices = prices + theta * max(upper * 1.002 - bound, 1e-3 * upper) / norm * gradient
    return best


def _possible_centres(problem: Problem, atoms: Ints, cost: Floats, limit: Range) -> Ints:
    """Return the atoms that may be centres and whose reach holds a district in range."""
    weights = problem.weights[atoms]
    reach = np.isfinite(cost)
    ball = np.where(reach, weights[:, None], 0).sum(axis=0)
    fit = (ball >= limit[0]) & reach.diagonal() & (weights <= limit[1])
    if problem.can_be_centre is not None:
        fit &= problem.can_be_centre[atoms]
    return np.flatnonzero(fit).astype(np.int64)


def _model(weights: Ints, cost: Floats, centres: Ints, numbers: Ints) -> _Hess:
    heavy = weights > 0
    ratio = np.where(heavy[:, None], cost / np.maximum(weights, 1)[:, None], inf)[:, centres].T
    order = np.argsort(ratio, axis=1, kind="stable").astype(np.int64)
    ratio = np.ascontiguousarray(np.take_along_axis(ratio, order, axis=1))
    return _Hess(weights, centres, cost.diagonal().copy(), order, ratio, numbers)


def _first_prices(cost: Floats, heavy: Bools, count: int) -> Floats:
    """Guess an atom's price as one and a half of its mean cost to the nearest few centres."""
    near = np.sort(cost, axis=1)[:, : max(2, len(cost) // (2 * count) + 1)]
    known = np.isfinite(near)
    mean = np.where(known, near, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(heavy, 1.5 * mean, 0.0)


def _room(n: int, centres: int, count: int, high: int) -> _Work:
    return _Work(
        np.zeros(max(n, centres)),
        np.zeros(max(n, centres), np.int64),
        np.zeros((centres, n), np.int64),
        np.zeros((centres, n)),
        np.zeros((centres, n)),
        np.zeros(centres, np.int64),
        np.ones(centres),
        np.zeros(centres),
        np.zeros(centres),
        np.zeros(count, np.int64),
        np.zeros(centres, np.int64),
        np.zeros(high + 1),
        np.zeros((n, high + 1) if high else (1, 1), np.bool_),
        np.zeros(n, np.int64),
        np.zeros(n),
    )


@helper
def _sort(keys: Floats, rank: Ints, n: int) -> None:
    """Sort keys and their ranks by key, then rank (Shell's sort)."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            key, name, j = keys[i], rank[i], i
            while j >= gap and (
                keys[j - gap] > key or (keys[j - gap] == key and rank[j - gap] > name)
            ):
                keys[j], rank[j] = keys[j - gap], rank[j - gap]
                j -= gap
            keys[j], rank[j] = key, name
        gap //= 3


@helper
def _gather(
    model: _Hess, work: _Work, c: int, prices: Floats, dearest: float, least: float, most: float
) -> int:
    """Sort a centre's atoms by reduced cost, from `least` to below `most`; return how many.

    An atom too far for it, given the dearest price of a household, ends the walk outward.
    """
    found, n = 0, model.order.shape[1]
    for at in range(n):
        if model.ratio[c, at] - dearest >= most:
            break
        i = model.order[c, at]
        reduced = model.ratio[c, at] - prices[i] / model.weights[i]
        if least <= reduced < most and i != model.centres[c]:
            work.keys[found], work.rank[found] = reduced, i
            found += 1
    _sort(work.keys, work.rank, found)
    return found


@helper
def _enough(
    model: _Hess, work: _Work, c: int, prices: Floats, dearest: float, missing: float
) -> int:
    """Sort the atoms of no negative reduced cost that fill a centre up; return how many.

    `work.ceiling` keeps the reduced cost up to which the centre needed them at the last step;
    it doubles until they suffice.
    """
    while True:
        most = work.ceiling[c]
        found = _gather(model, work, c, prices, dearest, 0.0, most)
        load = 0.0
        for q in range(found):
            load += model.weights[work.rank[q]]
            if load >= missing:
                work.ceiling[c] = max(1.5 * work.keys[q], 1e-3 * dearest, 1e-9)
                return found
        if most >= NEVER:
            return found
        work.ceiling[c] = 2.0 * most if most < 1e3 * dearest else NEVER
    return 0


@helper
def _fractional(model: _Hess, work: _Work, c: int, prices: Floats, dearest: float) -> None:
    """Solve a centre's knapsack in fractions of atoms."""
    low, high = model.numbers[1], model.numbers[2]
    j = model.centres[c]
    load, total, used = float(model.weights[j]), model.own[j] - prices[j], 1
    work.taken[c, 0], work.shares[c, 0], work.critical[c] = j, 1.0, 0.0
    for sign in (-1, 1):
        bound = high if sign < 0 else low
        if sign > 0 and load >= low:
            break
        if sign < 0:
            found = _gather(model, work, c, prices, dearest, -NEVER, 0.0)
        else:
            found = _enough(model, work, c, prices, dearest, low - load)
        for q in range(found):
            if load >= bound:
                break
            i = work.rank[q]
            share = min(1.0, (bound - load) / model.weights[i])
            total += share * work.keys[q] * model.weights[i]
            load += share * model.weights[i]
            work.taken[c, used], work.shares[c, used] = i, share
            work.gain[c, used] = work.keys[q] * model.weights[i]
            used += 1
            if load >= bound:
                work.critical[c] = work.keys[q]
    work.value[c] = total if load >= low - 1e-9 else NEVER
    work.length[c] = used


@helper
def _whole(  # noqa: C901, PLR0912, PLR0915 - one knapsack from its fractions to its atoms
    model: _Hess, work: _Work, c: int, prices: Floats, dearest: float
) -> None:
    """Solve a centre's knapsack in whole atoms, after its fractional solution.

    Atoms whose choice would cost more than a greedy solution are settled by the critical ratio
    (the dual price of a household); dynamic programming decides the others.
    """
    low, high = model.numbers[1], model.numbers[2]
    j, floor, critical = model.centres[c], work.value[c], work.critical[c]
    own = model.own[j] - prices[j]
    greedy, load = own, model.weights[j]
    for q in range(1, work.length[c]):
        i = work.taken[c, q]
        if load + model.weights[i] <= high and (work.shares[c, q] == 1.0 or load < low):
            greedy += work.gain[c, q]
            load += model.weights[i]
    spare = (greedy - floor if load >= low else NEVER) + 1e-9
    base, total, used, open_ = model.weights[j], own, 1, 0
    for at in range(model.order.shape[1]):
        if model.ratio[c, at] - dearest - critical > spare:
            # Every further atom would cost more, as each has at least one household.
            break
        i = model.order[c, at]
        if i == j:
            continue
        reduced = model.ratio[c, at] - prices[i] / model.weights[i]
        penalty = (reduced - critical) * model.weights[i]
        if penalty > spare:
            continue
        if penalty < -spare:
            base += model.weights[i]
            total += reduced * model.weights[i]
            work.taken[c, used], work.shares[c, used] = i, 1.0
            used += 1
        else:
            work.core[open_], work.keys[open_] = i, reduced * model.weights[i]
            open_ += 1
    room = high - base
    work.value[c] = NEVER
    if room < 0:
        return
    table, choice = work.table, work.choice
    table[0] = 0.0
    for s in range(1, room + 1):
        table[s] = NEVER
    for q in range(open_):
        weight, cost = model.weights[work.core[q]], work.keys[q]
        for s in range(room, -1, -1):
            better = False
            if s >= weight:
                with_it = table[s - weight] + cost
                if with_it < table[s]:
                    table[s] = with_it
                    better = True
            choice[q, s] = better
    best, at_best = NEVER, -1
    for s in range(max(low - base, 0), room + 1):
        if table[s] < best:
            best, at_best = table[s], s
    if best > IMPOSSIBLE:
        return
    work.value[c] = total + best
    for q in range(open_ - 1, -1, -1):
        if choice[q, at_best]:
            at_best -= model.weights[work.core[q]]
            work.taken[c, used], work.shares[c, used] = work.core[q], 1.0
            used += 1
    work.length[c] = used


@compiled
def _relaxed(  # noqa: C901 - choosing as it solves
    model: _Hess, work: _Work, prices: Floats, dearest: float, exact: int
) -> float:
    """Solve all knapsacks, choose the k cheapest centres, and count how they cover the atoms.

    Whole knapsacks cost no less than fractional ones, so only the centres that could still be
    among the k cheapest are solved in whole atoms.
    """
    count, many = model.numbers[0], model.centres.shape[0]
    value, chosen = work.value, work.chosen
    for c in range(many):
        _fractional(model, work, c, prices, dearest)
    for c in range(many):
        work.keys[c], work.rank[c] = value[c], c
    _sort(work.keys, work.rank, many)
    for c in range(many):
        work.line[c] = work.rank[c]
    kept = 0
    for q in range(many if exact else count):
        c = work.line[q]
        if exact:
            if kept == count and value[c] >= value[chosen[count - 1]]:
                break
            _whole(model, work, c, prices, dearest)
        if kept == count and value[c] >= value[chosen[count - 1]]:
            continue
        at = min(kept, count - 1)
        while at > 0 and value[chosen[at - 1]] > value[c]:
            chosen[at] = chosen[at - 1]
            at -= 1
        chosen[at] = c
        kept = min(kept + 1, count)
    total = 0.0
    for i in range(prices.shape[0]):
        work.covered[i] = 0.0
        total += prices[i]
    for q in range(count):
        c = chosen[q]
        total += value[c]
        for at in range(work.length[c]):
            work.covered[work.taken[c, at]] += work.shares[c, at]
    return total
