"""Cut many atoms into contiguous blocks that a whole number of districts fills.

Of two atoms far apart, a and b, every atom v has the difference d(a, v) - d(b, v) of its ways to
them. All atoms up to any difference are contiguous, and so are all the others: a shortest way
to a, or to b, never leaves its side (as in an additively weighted Voronoi diagram). So the cut
may be made where weight, count and the edges cut are best, and it is as straight as the streets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from gis.partition.cost import units_of
from gis.partition.graph import joined, nearest_pairs

if TYPE_CHECKING:
    from gis.partition.problem import Bools, Floats, Ints, Problem, Range

__all__ = ["divide"]

#: A cut edge inside a compound counts for so many others, and a broken lock for more than all.
COMPOUND, LOCK = 4.0, 1e6
#: What else a cut is chosen by, in typical cuts: a share of the count off the wanted one, a
#: district's weight shared by each district, and a household that no districts in range hold.
UNEVEN, OFF, MISS = 4.0, 10.0, 1.0


class _Ground(NamedTuple):
    """Units (atoms locked together that touch) and what joins them."""

    weights: Ints
    graph: csr_array
    ties: Ints
    strength: Floats


def divide(problem: Problem, count: int, blocks: int) -> tuple[Ints, Ints]:
    """Return each atom's block, and how many of the districts each block is to hold.

    Parameters
    ----------
    problem
        One connected component, in the order of its ids.
    count
        Number of districts, at least as many as blocks.
    blocks
        Number of blocks.

    Examples
    --------
    >>> from gis.partition import Problem
    >>> walk = np.abs(np.subtract.outer(np.arange(8.0), np.arange(8.0)))
    >>> problem = Problem([10] * 8, [(i, i + 1) for i in range(7)], walk, (10, 30))
    >>> [part.tolist() for part in divide(problem, 4, 2)]
    [[1, 1, 1, 1, 0, 0, 0, 0], [2, 2]]
    """
    unit, ground = _ground(problem)
    block = np.zeros(len(ground.weights), np.int64)
    counts: list[int] = []
    todo = [(np.arange(len(ground.weights)), count, blocks)]
    while todo:
        members, districts, many = todo.pop()
        if many == 1:
            block[members] = len(counts)
            counts.append(districts)
            continue
        side, share = _cut(ground, members, districts, (many // 2) / many, problem.limit)
        todo.append((members[~side], districts - share, many - many // 2))
        todo.append((members[side], share, many // 2))
    return block[unit], np.array(counts, np.int64)


def _ground(problem: Problem) -> tuple[Ints, _Ground]:
    """Join what is locked and touches; measure the edges in whole numbers, so that sums tie."""
    edges = problem.edges
    if edges is None:
        parts = np.zeros(problem.n, np.int64) if problem.parts is None else problem.parts
        edges = nearest_pairs(problem.cost, parts)
        edges = np.concatenate([edges, _chain(joined(edges, problem.n))])
    unit = units_of(problem, edges)
    n = int(unit.max()) + 1
    a, b = edges[:, 0], edges[:, 1]
    weight = np.maximum(problem.weights, 1)
    metres = np.minimum(problem.cost[a, b] / weight[a], problem.cost[b, a] / weight[b])
    known = np.isfinite(metres)
    typical = max(float(np.median(metres[known])), 1e-9) if known.any() else 1.0
    steps = 1.0 + np.round(100 * np.minimum(np.where(known, metres, np.inf) / typical, 100.0))
    # A wall is the best place to cut: atoms that touch, and yet are a long walk apart.
    strength = 1.0 / (1.0 + np.where(known, metres, np.inf) / typical)
    if problem.keep_together is not None:
        group = problem.keep_together
        strength[(group[a] == group[b]) & (group[a] >= 0)] *= COMPOUND
    ties = unit[edges]
    apart = ties[:, 0] != ties[:, 1]
    ties, strength, steps = np.sort(ties[apart], axis=1), strength[apart], steps[apart]
    # Of edges between the same two units the shortest counts.
    order = np.lexsort((steps, ties[:, 1], ties[:, 0]))
    first = np.diff(ties[order, 0] * n + ties[order, 1], prepend=-1) > 0
    ends, steps = ties[order][first], steps[order][first]
    graph = csr_array((steps, (ends[:, 0], ends[:, 1])), shape=(n, n))
    if problem.locked is not None:
        locks = unit[_chain_of_groups(problem.locked)]
        ties = np.concatenate([ties, locks])
        strength = np.concatenate([strength, np.full(len(locks), LOCK)])
    weights = np.bincount(unit, weights=problem.weights, minlength=n).astype(np.int64)
    return unit, _Ground(weights, graph, ties, strength)


def _chain(label: Ints) -> Ints:
    """Return edges that join loose pieces by their first atoms."""
    first = np.unique(label, return_index=True)[1]
    return np.column_stack([first[:-1], first[1:]])


def _chain_of_groups(groups: Ints) -> Ints:
    """Return pairs that join the atoms of each group, one after the other."""
    order = np.argsort(groups, kind="stable")
    same = (groups[order[:-1]] == groups[order[1:]]) & (groups[order[1:]] >= 0)
    return np.column_stack([order[:-1][same], order[1:][same]])


def _cut(
    ground: _Ground, members: Ints, count: int, share: float, limit: Range
) -> tuple[Bools, int]:
    """Return which members come to the first side, and its count of districts."""
    graph = ground.graph[members][:, members]
    apart = _apart(graph)
    order = np.argsort(apart, kind="stable")
    place = np.full(len(ground.weights), -1)
    place[members[order]] = np.arange(len(members))
    load = np.cumsum(ground.weights[members[order]]).astype(np.float64)[:-1]
    total = float(ground.weights[members].sum())
    mean = max(total / count, 1e-9)
    atoms = np.arange(1, len(members))
    first = np.clip(np.round(load / mean), 1, count - 1)
    first = np.clip(first, count - (len(members) - atoms), atoms)
    miss = _miss(load, first, limit) + _miss(total - load, count - first, limit)
    cut = _strength_cut(ground, place, len(members))
    off = np.abs(load - first * mean) / mean / np.minimum(first, count - first)
    score = cut / max(float(np.median(cut)), 1e-9) + MISS * miss
    score += UNEVEN * np.abs(first / count - share) + OFF * off
    score[np.diff(apart[order]) <= 0] = np.inf
    at = int(np.argmin(score))
    side = np.zeros(len(members), np.bool_)
    side[order[: at + 1]] = True
    return side, int(first[at])


def _apart(graph: coo_array) -> Floats:
    """Return the difference of every node's ways to two that are far apart."""
    start = dijkstra(graph, directed=False, indices=0)
    one = dijkstra(graph, directed=False, indices=int(np.argmax(start)))
    other = dijkstra(graph, directed=False, indices=int(np.argmax(one)))
    apart: Floats = one - other
    return apart


def _miss(load: Floats, count: Floats, limit: Range) -> Floats:
    low, high = limit
    missed: Floats = np.maximum(low * count - load, 0) + np.maximum(load - high * count, 0)
    return missed


def _strength_cut(ground: _Ground, place: Ints, many: int) -> Floats:
    """Return how strong the ties are that each cut between two places in line breaks."""
    ends = np.sort(place[ground.ties], axis=1)
    inside = ends[:, 0] >= 0
    step = np.zeros(many)
    np.add.at(step, ends[inside, 0], ground.strength[inside])
    np.add.at(step, ends[inside, 1], -ground.strength[inside])
    return np.cumsum(step)[:-1]
