"""Build first plans by recursive bisection of walking trees.

Each set of atoms that is to become k districts is spanned by a minimum tree of randomised
walking lengths; the tree edge whose removal splits weight and count best cuts it in two. This
is the spanning-tree step of ReCom (DeFord, Duchin, Solomon 2021) used as a constructor: unlike
growing, no last district gets all the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from gis.partition.graph import joined

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.problem import Bools, Floats, Ints

__all__ = ["bisect", "noise"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def noise(seed: int, count: int) -> Floats:
    """Return numbers in [0, 1) that depend on the seed alone, whatever NumPy's version.

    The generator is SplitMix64 (Steele, Lea, Flood 2014).

    Examples
    --------
    >>> noise(1, 3).round(3).tolist()
    [0.176, 0.459, 0.525]
    """
    start = np.uint64((seed * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        z = start + _GOLDEN * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def bisect(model: Model, counts: Ints, *, seed: int, trees: int = 3) -> Ints:
    """Return labels of every unit: contiguous, with the asked count in every component.

    Parameters
    ----------
    model
        The prepared problem.
    counts
        (c,) number of districts of each component, at most its units.
    seed
        Which random trees to draw.
    trees
        Trees tried at each cut; the best cut of all is taken.
    """
    length = _lengths(model)
    graph = csr_array((length, (model.edges[:, 0], model.edges[:, 1])), shape=(model.n, model.n))
    labels = np.full(model.n, -1, np.int64)
    done, draw = 0, seed * 1_000_003
    for component, count in enumerate(counts):
        todo = [(np.flatnonzero(model.component == component), int(count))]
        while todo:
            members, k = todo.pop()
            if k <= 1:
                labels[members] = done
                done += 1
                continue
            draw += trees
            side, k1 = _cut(model, graph, members, k, draw, trees)
            todo.append((members[~side], k - k1))
            todo.append((members[side], k1))
    return labels


def _lengths(model: Model) -> Floats:
    """Return walking lengths of the edges; shorter inside a compound, never 0."""
    a, b = model.edges[:, 0], model.edges[:, 1]
    weight = np.maximum(model.weights, 1)
    length = np.minimum(model.cost[a, b] / weight[a], model.cost[b, a] / weight[b])
    same = (model.group[a, 0] == model.group[b, 0]) & (model.group[a, 0] >= 0)
    return np.where(same, 0.5, 1.0) * length + 0.05 * model.scale + 1e-9


def _cut(
    model: Model, graph: csr_array, members: Ints, k: int, draw: int, trees: int
) -> tuple[Bools, int]:
    """Return which members come to one side of the best cut, and its count of districts."""
    part = graph[members][:, members].tocoo()
    if model.problem.edges is None:
        part = _chained(part)
    weights = model.weights[members]
    best: tuple[float, Bools, int] | None = None
    for tree in range(trees):
        order, before = _random_tree(part, draw + tree)
        score, node, k1 = _best_edge(model, members, weights, k, order, before)
        if best is None or score < best[0]:
            side = np.zeros(len(members), np.bool_)
            side[node] = True
            for atom in order:
                if before[atom] >= 0 and side[before[atom]]:
                    side[atom] = True
            best = (score, side, k1)
    if best is None:
        raise AssertionError
    return best[1], best[2]


def _chained(part: coo_array) -> coo_array:
    """Join the loose pieces of a graph, where no contiguity is asked, by their first nodes."""
    loose = joined(np.column_stack([part.row, part.col]), part.shape[0])
    first = np.unique(loose, return_index=True)[1]
    far = np.full(len(first) - 1, part.data.sum() + 1.0)
    data = np.concatenate([part.data, far])
    rows = np.concatenate([part.row, first[:-1]])
    return coo_array((data, (rows, np.concatenate([part.col, first[1:]]))), shape=part.shape)


def _random_tree(part: coo_array, draw: int) -> tuple[Ints, Ints]:
    """Return a spanning tree's nodes from the root on, and each one's predecessor."""
    lengths = part.data * (0.5 + noise(draw, len(part.data)))
    tree = minimum_spanning_tree(coo_array((lengths, (part.row, part.col)), shape=part.shape))
    order, before = breadth_first_order(tree, 0, directed=False)
    return order, before


def _best_edge(
    model: Model, members: Ints, weights: Ints, k: int, order: Ints, before: Ints
) -> tuple[float, int, int]:
    """Score every edge of a tree; return the best score, the node below the edge, its count."""
    below, size = weights.tolist(), [1] * len(members)
    parent = before.tolist()
    for node in order[:0:-1].tolist():
        below[parent[node]] += below[node]
        size[parent[node]] += size[node]
    total, n = float(weights.sum()), len(members)
    low, high = model.problem.limit
    mean = max(total / k, 1e-9)
    nodes = order[1:]
    load, atoms = np.array(below, np.float64)[nodes], np.array(size)[nodes]
    share = load / mean
    up = members[before[nodes]], members[nodes]
    same = (model.group[up[0], 0] == model.group[up[1], 0]) & (model.group[up[0], 0] >= 0)
    best = (np.inf, -1, 1)
    for k1 in (np.floor(share), np.ceil(share)):
        first = np.clip(np.clip(k1, 1, k - 1), k - (n - atoms), atoms)
        second = k - first
        rest = total - load
        off = np.maximum(low * first - load, 0) + np.maximum(load - high * first, 0)
        off += np.maximum(low * second - rest, 0) + np.maximum(rest - high * second, 0)
        score = 1e3 * off / mean + np.abs(load - first * mean) / mean * 2
        score += 0.5 * np.abs(first - second) / np.sqrt(k) + np.where(same, 0.4, 0.0)
        at = int(np.argmin(score))
        if score[at] < best[0]:
            best = (float(score[at]), int(nodes[at]), int(first[at]))
    return best
