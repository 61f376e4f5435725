"""Move units between districts, compiled: the inner loop of the search.

A move shifts one unit over a border, or swaps two units of neighbouring districts. Every
district keeps, for each of its units, what it would cost with its centre there; so the new
1-median after a move takes one pass over the two districts, and contiguity is asked of the
donors only. Random numbers come from an own xorshift64* state, so a plan does not depend on
numba's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis.compiled import compiled, helper

if TYPE_CHECKING:
    from gis.partition.problem import Floats, Ints

__all__ = ["Atoms", "Limits", "Pool", "State", "anneal_in_place"]

#: Share of moves that are swaps.
SWAPS = 0.35


class Atoms(NamedTuple):
    """What does not change in a search; `term` is where in `State.now` a group's price counts."""

    starts: Ints
    neighbours: Ints
    edges: Ints
    weights: Ints
    second: Ints
    cost: Floats
    handicap: Floats
    group: Ints
    allowed: Ints
    dear: Floats
    term: Ints
    name: Ints


class Limits(NamedTuple):
    """Ranges and their prices; `tie` 1 asks for contiguity, `second` 0 for no second range."""

    low: int
    high: int
    soft_low: int
    soft_high: int
    inner_low: int
    inner_high: int
    second_low: int
    second_high: int
    hard: float
    soft: float
    second: float
    cut: float
    tie: int


class State(NamedTuple):
    """What changes in a search; the last column of `touch` counts a group's districts."""

    labels: Ints
    best: Ints
    members: Ints
    size: Ints
    place: Ints
    load: Ints
    other: Ints
    serve: Floats
    median: Floats
    touch: Ints
    seen: Ints
    stack: Ints
    now: Floats
    lowest: Floats


class Pool(NamedTuple):
    """Districts within range that a search came by: members one after the other.

    `fill` holds (districts, members); `slots` are the hashes already there.
    """

    slots: Any
    start: Ints
    members: Ints
    cost: Floats
    fill: Ints


@helper
def _draw(generator: Any) -> Any:
    """Return the next 64 random bits (xorshift64*, Vigna 2016)."""
    x = generator[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    generator[0] = x
    return x * np.uint64(0x2545F4914F6CDD1D)


@helper
def _below(bits: Any, many: int) -> int:
    """Scale the upper 32 of random bits to 0 … many - 1."""
    return int(((bits >> np.uint64(32)) * np.uint64(many)) >> np.uint64(32))


@helper
def _share(generator: Any) -> float:
    """Return the next random number in [0, 1)."""
    return float((_draw(generator) >> np.uint64(11)) / 9007199254740992.0)


@helper
def _miss(load: int, limits: Limits) -> tuple[float, float]:
    """Return by how much a load misses the hard and the soft range."""
    hard = float(max(limits.low - load, load - limits.high, 0))
    if limits.inner_high > 0:
        count = max((load + limits.inner_high - 1) // limits.inner_high, 1)
        more = count * limits.inner_low - load
        if more > 0:
            less = load - (count - 1) * limits.inner_high if count > 1 else more
            hard += min(more, less)
    soft = float(max(limits.soft_low - load, load - limits.soft_high, 0))
    return hard, soft


@helper
def _holds(atoms: Atoms, state: State, district: int, out: int, into: int, stamp: int) -> bool:
    """Tell whether a district stays in one piece without `out` and with `into` (-1 none)."""
    labels, seen, stack = state.labels, state.seen, state.stack
    first, inside = into, 0
    for at in range(atoms.starts[out], atoms.starts[out + 1]):
        if labels[atoms.neighbours[at]] == district:
            inside += 1
            if first < 0:
                first = atoms.neighbours[at]
    size = state.size[district] - 1
    if into < 0 and (size == 0 or inside == 1):
        return True
    if into >= 0:
        size += 1
    if first < 0:
        return False
    stack[0] = first
    seen[first] = stamp
    top, count = 1, 1
    while top > 0:
        top -= 1
        here = stack[top]
        for at in range(atoms.starts[here], atoms.starts[here + 1]):
            there = atoms.neighbours[at]
            if (
                seen[there] != stamp
                and there != out
                and (labels[there] == district or there == into)
            ):
                seen[there] = stamp
                stack[top] = there
                top += 1
                count += 1
    return bool(count == size)


@helper
def _regroup(atoms: Atoms, state: State, unit: int, source: int, sink: int, sign: int) -> float:
    """Return the price of the surplus pieces that moving a unit adds; apply it where sign is 1."""
    price, last = 0.0, state.touch.shape[1] - 1
    for column in range(atoms.group.shape[1]):
        group = atoms.group[unit, column]
        if group < 0:
            continue
        change = 0
        if state.touch[group, source] == 1:
            change -= 1
        if state.touch[group, sink] == 0:
            change += 1
        if change != 0:
            surplus = state.touch[group, last] - atoms.allowed[group]
            more = atoms.dear[group] * (max(surplus + change, 0) - max(surplus, 0))
            price += more
            if sign == 1:
                state.now[atoms.term[group]] += more
        if sign == 1:
            state.touch[group, source] -= 1
            state.touch[group, sink] += 1
            state.touch[group, last] += change
    return price


@helper
def _cut(atoms: Atoms, labels: Ints, unit: int, source: int, sink: int) -> int:
    """Return how many more edges are cut when a unit moves."""
    change = 0
    for at in range(atoms.starts[unit], atoms.starts[unit + 1]):
        label = labels[atoms.neighbours[at]]
        if label == source:
            change += 1
        elif label == sink:
            change -= 1
    return change


@helper
def _served(atoms: Atoms, state: State, district: int, out: int, into: int) -> tuple[float, float]:
    """Return a district's cost with its best centre after a move, and that with it at `into`."""
    best, at_new = 1e300, 0.0
    for place in range(state.size[district]):
        unit = state.members[district, place]
        if unit == out:
            continue
        total = state.serve[unit]
        if out >= 0:
            total -= atoms.cost[out, unit]
        if into >= 0:
            total += atoms.cost[into, unit]
            at_new += atoms.cost[unit, into]
        best = min(best, total)
    if into >= 0:
        at_new += atoms.cost[into, into] + atoms.handicap[into]
        best = min(best, at_new)
    return best, at_new


@helper
def _exchange(atoms: Atoms, state: State, district: int, out: int, into: int, new: float) -> None:
    """Take `out` from a district and put `into` there (-1 none); `new` as `_served` gave it."""
    members, size, place = state.members, state.size, state.place
    if out >= 0:
        gap = place[out]
        size[district] -= 1
        last = members[district, size[district]]
        members[district, gap] = last
        place[last] = gap
        state.load[district] -= atoms.weights[out]
        state.other[district] -= atoms.second[out]
        for at in range(size[district]):
            state.serve[members[district, at]] -= atoms.cost[out, members[district, at]]
    if into >= 0:
        for at in range(size[district]):
            state.serve[members[district, at]] += atoms.cost[into, members[district, at]]
        members[district, size[district]] = into
        place[into] = size[district]
        size[district] += 1
        state.load[district] += atoms.weights[into]
        state.other[district] += atoms.second[into]
        state.serve[into] = new
        state.labels[into] = district


@helper
def _remember(atoms: Atoms, state: State, district: int, pool: Pool) -> None:
    """Put a district into the pool unless it is there or the pool is full."""
    many, size = pool.fill[0], state.size[district]
    if many + 1 >= pool.start.shape[0] or pool.fill[1] + size > pool.members.shape[0]:
        return
    key = np.uint64(0)
    for place in range(size):
        z = np.uint64(atoms.name[state.members[district, place]] + 1) * np.uint64(
            0x9E3779B97F4A7C15
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key ^= z ^ (z >> np.uint64(31))
    mask = np.uint64(pool.slots.shape[0] - 1)
    slot = key & mask
    while pool.slots[slot] != np.uint64(0):
        if pool.slots[slot] == key:
            return
        slot = (slot + np.uint64(1)) & mask
    pool.slots[slot] = key
    for place in range(size):
        pool.members[pool.fill[1] + place] = atoms.name[state.members[district, place]]
    pool.fill[1] += size
    pool.cost[many] = state.median[district]
    pool.fill[0] = many + 1
    pool.start[many + 1] = pool.fill[1]


@helper
def _misses(limits: Limits, first: int, second: int, weight: int) -> tuple[float, float]:
    """Return how much less in range two loads are when a weight passes from first to second."""
    hard_a, soft_a = _miss(first, limits)
    hard_b, soft_b = _miss(second, limits)
    hard_c, soft_c = _miss(first - weight, limits)
    hard_d, soft_d = _miss(second + weight, limits)
    return hard_c + hard_d - hard_a - hard_b, soft_c + soft_d - soft_a - soft_b


@helper
def _off(load: int, limits: Limits) -> int:
    """Return by how much a second load misses its range."""
    return max(limits.second_low - load, load - limits.second_high, 0)


@helper
def _second(atoms: Atoms, limits: Limits, state: State, a: int, b: int, v: int, u: int) -> int:
    """Return how much more the second loads miss when v goes from a to b, and u back (or -1)."""
    one, other, moved = state.other[a], state.other[b], atoms.second[v]
    if u >= 0:
        moved -= atoms.second[u]
    before = _off(one, limits) + _off(other, limits)
    return _off(one - moved, limits) + _off(other + moved, limits) - before


@helper
def _save(state: State) -> None:
    """Keep the present labels as the best."""
    for unit in range(state.labels.shape[0]):
        state.best[unit] = state.labels[unit]


@helper
def _improves(state: State, tiny: float) -> bool:
    """Note the present terms where they are the best so far, by the rules' order."""
    for term in range(5):
        if state.now[term] > state.lowest[term] + tiny:
            return False
        if state.now[term] < state.lowest[term] - tiny:
            for each in range(5):
                state.lowest[each] = state.now[each]
            return True
    return False


@compiled
def anneal_in_place(  # noqa: C901, PLR0912, PLR0915 - one loop, kept whole for speed
    atoms: Atoms,
    limits: Limits,
    state: State,
    heat: Floats,
    moves: int,
    generator: Any,
    pool: Pool,
) -> None:
    """Anneal; a plan is saved only when a move is about to leave it."""
    labels, size, load, median = state.labels, state.size, state.load, state.median
    m, room, now, fresh = atoms.edges.shape[0], state.members.shape[1], state.now, False
    tiny = 1e-9 * (1.0 + abs(now[4]))
    second = 0
    temperature = heat[0]
    cooling = (heat[1] / heat[0]) ** (1.0 / max(moves, 1))
    # Typed, as numba compiles a function anew for every literal that it is called with.
    look: Any = np.int64(0)
    apply: Any = np.int64(1)
    none: Any = np.int64(-1)
    stamp = 0
    for _ in range(moves):
        temperature *= cooling
        bits = _draw(generator)
        edge = _below(bits, m)
        v, u = atoms.edges[edge, 0], atoms.edges[edge, 1]
        if bits & np.uint64(1):
            v, u = u, v
        a, b = labels[v], labels[u]
        if a == b:
            continue
        swap = _share(generator) < SWAPS
        if swap:
            u = state.members[b, _below(_draw(generator), size[b])]
            if limits.tie == 1 and size[a] > 1:
                touches = False
                for at in range(atoms.starts[u], atoms.starts[u + 1]):
                    y = atoms.neighbours[at]
                    if y != v and labels[y] == a:
                        touches = True
                        break
                if not touches:
                    continue
            weight = atoms.weights[v] - atoms.weights[u]
        else:
            if size[a] <= 1 or size[b] >= room:
                continue
            u = -1
            weight = atoms.weights[v]
        hard, soft = _misses(limits, load[a], load[b], weight)
        group = _regroup(atoms, state, v, a, b, look)
        if swap:
            same = True
            for column in range(atoms.group.shape[1]):
                if atoms.group[v, column] != atoms.group[u, column]:
                    same = False
            group = 0.0 if same else group + _regroup(atoms, state, u, b, a, look)
        fixed = limits.hard * hard + limits.soft * soft + group
        if limits.second > 0.0:
            second = _second(atoms, limits, state, a, b, v, u)
            fixed += limits.second * second
        barrier = -temperature * np.log(1.0 - _share(generator))
        if fixed - median[a] - median[b] >= barrier:
            # Too bad a break of the rules, were both districts then served for nothing.
            continue
        new_a, at_u = _served(atoms, state, a, v, u)
        new_b, at_v = _served(atoms, state, b, u, v)
        change = new_a + new_b - median[a] - median[b]
        total = fixed + change
        if limits.cut > 0.0:
            cut = _cut(atoms, labels, v, a, b)
            if swap:
                cut += _cut(atoms, labels, u, b, a)
            total += limits.cut * cut
        if total >= barrier and total > 0.0:
            continue
        if limits.tie == 1:
            stamp += 1
            if not _holds(atoms, state, a, v, u, stamp):
                continue
            if swap:
                stamp += 1
                if not _holds(atoms, state, b, u, v, stamp):
                    continue

        worse = hard > 0 or (hard == 0 and group > 0) or change > 0 or soft > 0 or second > 0
        if fresh and worse:
            _save(state)
            fresh = False
        _regroup(atoms, state, v, a, b, apply)
        if swap:
            _regroup(atoms, state, u, b, a, apply)
        _exchange(atoms, state, a, v, none, 0.0)
        _exchange(atoms, state, b, u, v, at_v)
        if swap:
            _exchange(atoms, state, a, none, u, at_u)
        labels[v] = b
        median[a], median[b] = new_a, new_b
        now[0] += hard
        now[2] += soft
        now[3] += second
        now[4] += change
        if temperature < heat[2]:
            for district in (a, b):
                if _miss(load[district], limits)[0] == 0.0:
                    _remember(atoms, state, district, pool)
        if _improves(state, tiny):
            fresh = True
    if fresh:
        _save(state)
