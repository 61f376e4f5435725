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

from gis.compiled import compiled, helper
from gis.partition.costs import by_centre, cheapest

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    """One Hess model: for every centre its atoms from the nearest on, by cost per household.

    Centre c may serve `order[starts[c] : starts[c + 1]]`, and takes at most the atoms that
    `room[c] : room[c + 1]` has places for. Atoms without households cost nothing anywhere.
    """

    weights: Ints
    centres: Ints
    own: Floats
    starts: Ints
    room: Ints
    order: NDArray[np.int32]
    ratio: Floats
    numbers: Ints


class _Work(NamedTuple):
    """Room that the steps reuse: keys to sort, each centre's taken atoms, the table."""

    keys: Floats
    rank: Ints
    taken: NDArray[np.int32]
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
    problem = problem.only(atoms)
    weights, total = problem.weights, int(problem.weights.sum())
    none = np.zeros(len(atoms))
    if len(atoms) == 0 and count == 0:
        return Bound(0.0, none, none)
    if not count * limit[0] <= total <= count * limit[1] or not 1 <= count <= len(atoms):
        return Bound(inf, none, none)
    model = _model(problem, count, limit, walk_kept=walk_kept)
    heavy = weights > 0
    served = np.bincount(model.order, minlength=len(atoms)) > 0
    if len(model.centres) < count or not served[heavy].all():
        return Bound(inf, none, none)
    if count == 1:
        return Bound(_cheapest_alone(model), none, none)
    prices = before.prices if before else _first_prices(problem, count, walk_kept=walk_kept)
    guess = upper if np.isfinite(upper) and upper > 0 else float(prices.sum() + 1.0)
    widest = int(np.diff(model.starts).max())
    whole = limit[1] <= WIDTH and limit[1] * widest <= TABLE
    work = _room(model, widest, limit[1] if whole else 0)
    best = before or Bound(0.0, prices, none)
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


def _model(problem: Problem, count: int, limit: Range, *, walk_kept: bool) -> _Hess:
    """List what every possible centre may serve; its reach must hold a district in range."""
    weights, own = problem.weights, problem.cost.diagonal()
    allowed = weights <= limit[1]
    if problem.can_be_centre is not None:
        allowed &= problem.can_be_centre
    sizes, orders, ratios = [], [], []
    possible = np.zeros(problem.n, np.bool_)
    for centres, starts, atoms, costs in by_centre(problem, walk_kept=walk_kept):
        centre = np.repeat(np.arange(len(centres)), np.diff(starts))
        fit = np.zeros(len(centres), np.bool_)
        fit[centre[atoms == centres[centre]]] = True
        fit &= allowed[centres] & (np.bincount(centre, weights[atoms], len(centres)) >= limit[0])
        possible[centres] = fit
        keep = fit[centre] & (weights[atoms] > 0)
        centre, atom = centre[keep], atoms[keep].astype(np.int32)
        ratio = costs[keep] / weights[atom]
        many = np.bincount(centre, minlength=len(centres))
        end = 0
        for size in many[fit].tolist():
            first, end = end, end + size
            order = np.argsort(ratio[first:end], kind="stable")
            orders.append(atom[first:end][order])
            ratios.append(ratio[first:end][order])
        sizes.append(many[fit])
    size = np.concatenate(sizes)
    # Each atom taken has a household, and no centre takes more than U; then the centre itself.
    room = np.minimum(size, limit[1]) + 1
    centre = np.flatnonzero(possible)
    return _Hess(
        weights,
        centre,
        own[centre],
        np.concatenate([[0], np.cumsum(size)]),
        np.concatenate([[0], np.cumsum(room)]),
        np.concatenate([np.zeros(0, np.int32), *orders]),
        np.concatenate([np.zeros(0), *ratios]),
        np.array([count, *limit], np.int64),
    )


def _cheapest_alone(model: _Hess) -> float:
    """Return what the best centre costs that serves all atoms, or inf."""
    size = np.diff(model.starts)
    centre = np.repeat(np.arange(len(size)), size)
    costs = np.bincount(centre, model.ratio * model.weights[model.order], len(size))
    return float(np.where(size == (model.weights > 0).sum(), costs, inf).min())


def _first_prices(problem: Problem, count: int, *, walk_kept: bool) -> Floats:
    """Guess an atom's price as one and a half of its mean cost to the nearest few centres."""
    near = cheapest(problem, max(2, problem.n // (2 * count) + 1), walk_kept=walk_kept)
    known = np.isfinite(near)
    mean = np.where(known, near, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(problem.weights > 0, 1.5 * mean, 0.0)


def _room(model: _Hess, widest: int, high: int) -> _Work:
    n, centres, taken = len(model.weights), len(model.centres), int(model.room[-1])
    return _Work(
        np.zeros(max(n, centres)),
        np.zeros(max(n, centres), np.int64),
        np.zeros(taken, np.int32),
        np.zeros(taken),
        np.zeros(taken),
        np.zeros(centres, np.int64),
        np.ones(centres),
        np.zeros(centres),
        np.zeros(centres),
        np.zeros(model.numbers[0], np.int64),
        np.zeros(centres, np.int64),
        np.zeros(high + 1),
        np.zeros((widest, high + 1) if high else (1, 1), np.bool_),
        np.zeros(widest, np.int64),
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
    found = 0
    for at in range(model.starts[c], model.starts[c + 1]):
        if model.ratio[at] - dearest >= most:
            break
        i = model.order[at]
        reduced = model.ratio[at] - prices[i] / model.weights[i]
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
    load, total, first = float(model.weights[j]), model.own[c] - prices[j], model.room[c]
    used = first + 1
    work.taken[first], work.shares[first], work.critical[c] = j, 1.0, 0.0
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
            work.taken[used], work.shares[used] = i, share
            work.gain[used] = work.keys[q] * model.weights[i]
            used += 1
            if load >= bound:
                work.critical[c] = work.keys[q]
    work.value[c] = total if load >= low - 1e-9 else NEVER
    work.length[c] = used - first


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
    own, first = model.own[c] - prices[j], model.room[c]
    greedy, load = own, model.weights[j]
    for q in range(first + 1, first + work.length[c]):
        i = work.taken[q]
        if load + model.weights[i] <= high and (work.shares[q] == 1.0 or load < low):
            greedy += work.gain[q]
            load += model.weights[i]
    spare = (greedy - floor if load >= low else NEVER) + 1e-9
    base, total, used, open_ = model.weights[j], own, first + 1, 0
    work.value[c] = NEVER
    for at in range(model.starts[c], model.starts[c + 1]):
        if model.ratio[at] - dearest - critical > spare:
            # Every further atom would cost more, as each has at least one household.
            break
        i = model.order[at]
        if i == j:
            continue
        reduced = model.ratio[at] - prices[i] / model.weights[i]
        penalty = (reduced - critical) * model.weights[i]
        if penalty > spare:
            continue
        if penalty < -spare:
            base += model.weights[i]
            if base > high:
                return
            total += reduced * model.weights[i]
            work.taken[used], work.shares[used] = i, 1.0
            used += 1
        else:
            work.core[open_], work.keys[open_] = i, reduced * model.weights[i]
            open_ += 1
    room = high - base
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
            work.taken[used], work.shares[used] = work.core[q], 1.0
            used += 1
    work.length[c] = used - first


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
        for at in range(model.room[c], model.room[c] + work.length[c]):
            work.covered[work.taken[at]] += work.shares[at]
    return total
