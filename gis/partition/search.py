"""Improve a plan by simulated annealing.

Penalties are high from the start: low ones drift out of the range and never come back. Only
where the range is narrower than an atom must a plan leave it to get anywhere (`ease`). The
temperature falls geometrically; the best plan by the rules' order is kept, and every district
in range that was visited goes into a pool for recombination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis.partition.cost import allowed_pieces, outside, search_weights
from gis.partition.moves import Atoms, Limits, Pool, State, anneal_in_place

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.problem import Ints

__all__ = ["Totals", "Within", "anneal", "empty_pool", "improves", "totals_of"]

#: Places of two terms among `Totals`.
GROUPS, COST = 1, 4
#: First and last temperature, in costs of a typical atom; the pool opens below the third.
HOT, COLD, POOLED = 2.0, 0.05, 0.5


class Totals(NamedTuple):
    """The search's own terms of its best plan, the first the most important."""

    hard: float
    group: float
    soft: float
    second: float
    cost: float


class Within(NamedTuple):
    """What a search must know of more than its own model.

    `allowed` is how many districts each group may lie in; `names` (u,) is what the pool calls
    each unit; `blocks` are the block of each unit (u,), and what each district beyond the first
    that a block lies in adds to the cost.
    """

    allowed: Ints | None = None
    names: Ints | None = None
    blocks: tuple[Ints, float] | None = None


def improves(model: Model, new: tuple[Totals, Ints], old: tuple[Totals, Ints]) -> bool:
    """Tell whether a plan is better than another; of equals the better balanced, then compact."""
    tiny = 1e-9 * (1.0 + abs(old[0].cost))
    for one, other in zip(new[0], old[0], strict=True):
        if abs(one - other) > tiny:
            return one < other
    return _ties(model, new[1]) < _ties(model, old[1])


def _ties(model: Model, labels: Ints) -> tuple[float, int]:
    """Return balance and compactness of a plan as `gis.partition.cost` has them."""
    loads = np.bincount(labels, weights=model.weights)
    off = float(np.abs(loads - loads.mean()).sum())
    cut = labels[model.edges[:, 0]] != labels[model.edges[:, 1]]
    return float(f"{off:.9g}"), int(cut.sum())


def empty_pool(districts: int, members: int) -> Pool:
    """Make a pool with room for so many districts and members."""
    slots = 1 << max(2, (4 * districts).bit_length())
    return Pool(
        np.zeros(slots, np.uint64),
        np.zeros(districts + 1, np.int64),
        np.zeros(max(members, 1), np.int64),
        np.zeros(max(districts, 1), np.float64),
        np.zeros(2, np.int64),
    )


def anneal(
    model: Model,
    labels: Ints,
    *,
    seed: int,
    moves: int,
    pool: Pool,
    hot: float = HOT,
    ease: float = 1.0,
    within: Within | None = None,
) -> tuple[Ints, Totals]:
    """Return the best labels of one annealing, and their terms.

    Parameters
    ----------
    model
        The prepared problem.
    labels
        (u,) district of each unit; the count of districts stays.
    seed
        The same seed gives the same walk.
    moves
        Proposals, the work budget.
    pool
        Filled with districts that are in range.
    hot
        First temperature, in costs of a typical atom.
    ease
        Share of the usual price of a household outside the hard range.
    within
        Where the model stands in a larger one; None where it stands alone.
    """
    problem = model.problem
    k = int(labels.max()) + 1
    prices = search_weights(model, float(model.weights.sum()) / k)
    soft, inner = problem.preferred, problem.inner_limit or (0, 0)
    second = problem.second_preferred or (0, 0)
    atoms = _atoms(model, k, within)
    limits = Limits(
        *problem.limit,
        *soft,
        *inner,
        *second,
        prices.hard * ease,
        prices.soft,
        prices.second,
        prices.cut,
        int(problem.edges is not None),
    )
    heat = np.array([hot, COLD, POOLED]) * model.atom_scale
    state = _state(model, atoms, labels, k)
    if len(model.edges):
        anneal_in_place(atoms, limits, state, heat, moves, _first(seed), pool)
    return state.best, Totals(*(float(value) for value in state.lowest))


def totals_of(model: Model, labels: Ints, within: Within | None = None) -> Totals:
    """Return a plan's terms as the search counts them."""
    k = int(labels.max()) + 1
    now = _state(model, _atoms(model, k, within), labels, k).now
    return Totals(*(float(value) for value in now))


def _atoms(model: Model, k: int, within: Within | None) -> Atoms:
    """Lay out what does not change in a search for k districts."""
    mean = float(model.weights.sum()) / k
    prices = search_weights(model, mean)
    allowed, names, blocks = within or Within()
    allowed = allowed_pieces(model, mean) if allowed is None else allowed
    group, dear = model.group, np.where(model.group_weight < 0, prices.lock, prices.group)
    term = np.full(len(dear), GROUPS)
    if blocks is not None:
        more = int(blocks[0].max()) + 1
        group = np.column_stack([group, blocks[0] + len(dear)])
        allowed = np.concatenate([allowed, np.ones(more, np.int64)])
        term = np.concatenate([term, np.full(more, COST)])
        dear = np.concatenate([dear, np.full(more, blocks[1])])
    return Atoms(
        model.starts,
        model.neighbours,
        model.edges,
        model.weights,
        model.second,
        model.cost,
        model.handicap,
        group,
        allowed,
        dear,
        term,
        np.arange(model.n) if names is None else names,
    )


def _first(seed: int) -> Any:
    """Return a non-zero generator state from a seed."""
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF
    mixed ^= mixed >> 29
    return np.array([mixed | 1], np.uint64)


def _state(model: Model, atoms: Atoms, labels: Ints, k: int) -> State:
    """Lay out the districts of a plan as the search keeps them."""
    n, size = model.n, np.bincount(labels, minlength=k)
    room = min(n, max(2 * int(size.max()), 8 * -(-n // k)) + 16)
    members, place = np.zeros((k, room), np.int64), np.zeros(n, np.int64)
    order = np.argsort(labels, kind="stable")
    start = np.cumsum(size) - size
    place[order] = np.arange(n) - start[labels[order]]
    members[labels, place] = np.arange(n)
    # Every unit beside every unit of its district, the districts one after the other.
    many = size[labels[order]]
    one = np.repeat(order, many)
    step = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
    other = order[np.repeat(start[labels[order]], many) + step]
    serve = np.bincount(other, weights=model.cost[one, other], minlength=n) + model.handicap
    median = np.minimum.reduceat(serve[order], start)
    groups = len(atoms.allowed)
    touch = np.zeros((max(groups, 1), k + 1), np.int64)
    for column in range(atoms.group.shape[1]):
        inside = atoms.group[:, column] >= 0
        np.add.at(touch, (atoms.group[inside, column], labels[inside]), 1)
    touch[:, k] = (touch[:, :k] > 0).sum(axis=1)
    load = np.bincount(labels, weights=model.weights, minlength=k).astype(np.int64)
    problem = model.problem
    surplus = atoms.dear * np.maximum(touch[:groups, k] - atoms.allowed, 0)
    ranked, second = atoms.term == GROUPS, problem.second_preferred
    other_load = np.bincount(labels, weights=model.second, minlength=k).astype(np.int64)
    now = [
        sum(outside(int(x), problem.limit, problem.inner_limit) for x in load),
        float(surplus[ranked].sum()),
        sum(outside(int(x), problem.preferred) for x in load),
        sum(outside(int(x), second) for x in other_load) if second else 0.0,
        float(median.sum() + surplus[~ranked].sum()),
    ]
    return State(
        labels=labels.astype(np.int64),
        best=labels.astype(np.int64),
        members=members,
        size=size.astype(np.int64),
        place=place,
        load=load,
        other=other_load,
        serve=serve,
        median=median,
        touch=touch,
        seen=np.zeros(n + 1, np.int64),
        stack=np.zeros(n + 1, np.int64),
        now=np.array(now, np.float64),
        lowest=np.array(now, np.float64),
    )
