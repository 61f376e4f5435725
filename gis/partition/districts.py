"""List the connected districts around a centre that cost little at given prices, compiled.

Every connected set of atoms with the centre is met once, by deciding atom after atom of the
frontier: in or out. A Lagrangian price of a household turns each decision against an atom's own
interest into a loss, and a branch ends where the losses pass the limit. This is what pricing
needs in column generation (the cheapest district of a centre) and what ends it (every district
that a better plan could use).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.compiled import compiled
from gis.partition.graph import compressed
from gis.partition.matrix import whole

if TYPE_CHECKING:
    from gis.partition.problem import Bools, Floats, Ints, Problem, Range

__all__ = ["Asked", "Listed", "Prices", "districts_asked", "districts_at", "prices_at"]


class Asked(NamedTuple):
    """How districts are looked for: only each centre's cheapest, and with how much work.

    `steps` are decisions, all told for a list and by centre for the cheapest; `columns` the
    most districts that are listed.
    """

    cheapest: bool
    steps: int
    columns: int


class Prices(NamedTuple):
    """Prices of the atoms, and what follows for each centre.

    `reduced` is (n, n), cost less price; `dual` is a centre's price of a household; `value` is
    its knapsack: no district there, connected or not, has less reduced cost.
    """

    atoms: Floats
    reduced: Floats
    dual: Floats
    value: Floats


class Listed(NamedTuple):
    """Districts one after the other (`start` of each in `members`).

    `least` holds what no district of a centre goes below in reduced cost; `steps` counts the
    work, and `whole` tells that no centre ran out of it.
    """

    members: Ints
    start: Ints
    least: Floats
    steps: int
    whole: bool


class _Room(NamedTuple):
    """Room that the walks reuse; `fill` holds (districts, members)."""

    front: Ints
    seen: Bools
    choice: Ints
    before: Ints
    members: Ints
    start: Ints
    fill: Ints


def districts_asked(problem: Problem) -> int:
    """Return the problem's count, which must be a number."""
    if not isinstance(problem.count, int):
        msg = f"count must be a number here, not {problem.count}"
        raise TypeError(msg)
    return problem.count


def prices_at(problem: Problem, usable: Bools, prices: Floats) -> Prices:
    """Return what prices of the atoms mean for every centre, by its fractional knapsack.

    Parameters
    ----------
    problem
        The problem.
    usable
        (n, n) whether an atom (row) may belong to a centre (column).
    prices
        (n,) price of every atom.
    """
    weights = problem.weights.astype(np.float64)
    reduced = np.where(usable, whole(problem.cost), np.inf) - prices[:, None]
    n, (low, high) = problem.n, problem.limit
    value, dual = np.full(n, np.inf), np.zeros(n)
    for centre in np.flatnonzero(usable.diagonal()):
        others = np.flatnonzero(usable[:, centre] & (np.arange(n) != centre))
        own, weight = reduced[others, centre], weights[others]
        heavy = weight > 0
        ratio = np.sort(own[heavy] / weight[heavy])
        order = np.argsort(own[heavy] / weight[heavy], kind="stable")
        filled = weights[centre] + np.cumsum(weight[heavy][order])
        best = (-np.inf, 0.0)
        for side, limit in ((-1.0, high), (1.0, low)):
            at = int(np.searchsorted(filled, limit))
            price = side * max(side * float(ratio[at]), 0.0) if at < len(ratio) else 0.0
            saved = float(np.minimum(own - price * weight, 0.0).sum())
            best = max(best, (saved + price * (limit - weights[centre]), price))
        value[centre], dual[centre] = float(reduced[centre, centre]) + best[0], best[1]
    return Prices(prices, reduced, dual, value)


def districts_at(
    problem: Problem, usable: Bools, prices: Prices, asked: Asked, limit: float
) -> Listed:
    """Return districts whose reduced cost is below a limit, and what bounds the rest.

    Parameters
    ----------
    problem
        The problem; contiguity is asked for unless its edges are None.
    usable
        As in `prices_at`.
    prices
        What that returned.
    asked
        What to look for. With `cheapest` the centres beyond the count-th cheapest are not
        looked at, as no bound needs them.
    limit
        Reduced cost that districts stay below.

    Examples
    --------
    >>> from gis.partition.problem import Problem
    >>> walk = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0)))
    >>> line = Problem([1, 1, 1], [(0, 1), (1, 2)], walk, (2, 2), count=1)
    >>> usable = np.isfinite(line.cost)
    >>> found = districts_at(line, usable, prices_at(line, usable, np.zeros(3)),
    ...                      Asked(False, 99, 99), np.inf)
    >>> found.members.tolist(), found.start.tolist(), found.whole
    ([0, 1, 1, 0, 1, 2, 2, 1], [0, 2, 4, 6, 8], True)
    """
    n, count = problem.n, districts_asked(problem)
    room = _room(n, asked)
    least = prices.value.copy()
    taken: list[float] = []
    spent, whole = 0, True
    links = None if problem.edges is None else compressed(problem.edges, n)
    slack = 1e-9 * max(1.0, float(np.abs(prices.atoms).sum()))
    for centre in np.argsort(prices.value, kind="stable").tolist():
        top = limit
        if asked.cheapest and len(taken) >= count:
            top = min(top, sorted(taken)[count - 1])
        if not prices.value[centre] < top:
            break
        reach = usable[:, centre].copy()
        reach[centre] = False
        reduced = np.ascontiguousarray(prices.reduced[:, centre])
        starts, neighbours = links or _star(problem.weights, reduced, reach, prices, centre)
        found, steps = _walk(
            starts,
            neighbours,
            problem.weights,
            reduced,
            reach,
            _numbers(centre, problem.limit, asked, asked.steps - (0 if asked.cheapest else spent)),
            np.array([prices.dual[centre], prices.value[centre], top, slack]),
            room,
        )
        if steps < 0:
            whole = False
            if not asked.cheapest:
                break
        else:
            least[centre] = found
        taken.append(float(least[centre]))
        spent += abs(steps)
    many = int(room.fill[0])
    return Listed(room.members[: room.fill[1]], room.start[: many + 1], least - slack, spent, whole)


def _numbers(centre: int, limit: Range, asked: Asked, left: int) -> Ints:
    return np.array([centre, *limit, int(asked.cheapest), left], np.int64)


def _room(n: int, asked: Asked) -> _Room:
    most = n if asked.cheapest else asked.columns
    return _Room(
        np.zeros(n + 1, np.int64),
        np.zeros(n, np.bool_),
        np.zeros(n + 1, np.int64),
        np.zeros(n + 1, np.int64),
        np.zeros(most * min(n, 40) + n, np.int64),
        np.zeros(most + 1, np.int64),
        np.zeros(2, np.int64),
    )


def _star(
    weights: Ints, reduced: Floats, reach: Bools, prices: Prices, centre: int
) -> tuple[Ints, Ints]:
    """Let every atom touch the centre, the most decided first, where nothing must touch."""
    n = len(weights)
    decided = np.where(reach, np.abs(reduced - prices.dual[centre] * weights), -1.0)
    order = np.argsort(-decided, kind="stable").astype(np.int64)
    return np.where(np.arange(n + 1) > centre, n, 0).astype(np.int64), order


@compiled
def _walk(  # noqa: C901, PLR0912, PLR0915 - one loop, kept whole for speed
    starts: Ints,
    neighbours: Ints,
    weights: Ints,
    reduced: Floats,
    reach: Bools,
    numbers: Ints,
    values: Floats,
    room: _Room,
) -> tuple[float, int]:
    """List a centre's districts; return the least reduced cost (or the limit) and the steps.

    Steps below 0 tell that work or room ran out.
    """
    centre, low, high, cheapest, most = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    dual, value, limit, slack = values[0], values[1], values[2], values[3]
    front, seen, choice, before = room.front, room.seen, room.choice, room.before
    first, at_first = room.fill[0], room.fill[1]
    for i in range(weights.shape[0]):
        seen[i] = False
    seen[centre] = True
    top = 0
    for a in range(starts[centre], starts[centre + 1]):
        i = neighbours[a]
        if reach[i]:
            front[top], seen[i] = i, True
            top += 1
    load, total, p, steps = weights[centre], reduced[centre], 0, 0
    choice[0] = 0
    while p >= 0:
        steps += 1
        if steps > most:
            return limit, -steps
        if p == top:
            if load >= low and total < limit:
                if cheapest:
                    room.fill[0], room.fill[1] = first, at_first
                    limit = total
                at, used = room.fill[0], room.fill[1]
                if at + 1 >= room.start.shape[0] or used + top >= room.members.shape[0]:
                    return limit, -steps
                room.members[used] = centre
                used += 1
                for q in range(top):
                    if choice[q] == 1:
                        room.members[used] = front[q]
                        used += 1
                room.fill[0], room.fill[1] = at + 1, used
                room.start[at + 1] = used
            p -= 1
            continue
        i = front[p]
        loss = reduced[i] - dual * weights[i]
        if choice[p] == 0:
            choice[p], before[p] = 1, top
            if load + weights[i] <= high and value + max(loss, 0.0) < limit + slack:
                value += max(loss, 0.0)
                load += weights[i]
                total += reduced[i]
                for a in range(starts[i], starts[i + 1]):
                    x = neighbours[a]
                    if not seen[x] and reach[x]:
                        front[top], seen[x] = x, True
                        top += 1
                p += 1
                choice[p] = 0
                continue
        elif choice[p] == 1:
            while top > before[p]:
                top -= 1
                seen[front[top]] = False
            value -= max(loss, 0.0)
            load -= weights[i]
            total -= reduced[i]
        else:
            value -= max(-loss, 0.0)
            p -= 1
            continue
        choice[p] = 2
        if value + max(-loss, 0.0) < limit + slack:
            value += max(-loss, 0.0)
            p += 1
            choice[p] = 0
        else:
            p -= 1
    return limit, steps
