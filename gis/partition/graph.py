"""Walk a graph of atoms: neighbours in compressed rows, components, pieces of districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gis.partition.costs import rank_in
from gis.partition.matrix import Matrix, Rows

if TYPE_CHECKING:
    from gis.partition.problem import Floats, Ints

__all__ = ["compressed", "joined", "lightest_ways", "nearest_pairs", "pieces"]


def compressed(edges: Ints, n: int) -> tuple[Ints, Ints]:
    """Return the neighbours of every node in compressed rows (row starts, neighbours)."""
    ends = np.concatenate([edges[:, 0], edges[:, 1]])
    others = np.concatenate([edges[:, 1], edges[:, 0]])
    order = np.lexsort((others, ends))
    starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n))])
    return starts.astype(np.int64), others[order].astype(np.int64)


def joined(edges: Ints, n: int) -> Ints:
    """Find the connected component of every node, numbered by its first node.

    Examples
    --------
    >>> joined(np.array([[0, 2]]), 3).tolist()
    [0, 1, 0]
    """
    if n == 0:
        return np.zeros(0, np.int64)
    ones = np.ones(len(edges), np.int8)
    graph = coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(n, n))
    labels = connected_components(graph, directed=False)[1]
    return first_seen(labels)


def first_seen(labels: Ints) -> Ints:
    """Renumber labels 0, 1, … in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse].astype(np.int64)


def pieces(edges: Ints, labels: Ints) -> Ints:
    """Find the connected piece of its district that every node lies in."""
    inside = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    return joined(inside, len(labels))


def nearest_pairs(cost: Matrix, parts: Ints, neighbours: int = 10) -> Ints:
    """Pair every atom with those of its part that are cheapest to reach, where nothing touches."""
    n = len(cost)
    if isinstance(cost, Rows):
        rows = cost.matrix.tocoo()
        there_and_back = rows.data + cost[rows.col, rows.row]
        fit = (rows.row != rows.col) & (parts[rows.row] == parts[rows.col])
        fit &= np.isfinite(there_and_back)
        row, column = rows.row[fit], rows.col[fit]
        order = np.lexsort((column, there_and_back[fit], row))
        near_first = order[rank_in(row[order]) < neighbours]
        pairs = np.sort(np.column_stack([row[near_first], column[near_first]]), axis=1)
        return np.unique(pairs, axis=0).reshape(-1, 2).astype(np.int64)
    apart = np.where(parts[:, None] == parts[None, :], cost + cost.T, np.inf)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1, kind="stable")[:, : min(neighbours, n)]
    pairs = np.column_stack([np.repeat(np.arange(n), near.shape[1]), near.ravel()])
    pairs = np.sort(pairs[np.isfinite(apart[pairs[:, 0], pairs[:, 1]])], axis=1)
    return np.unique(pairs, axis=0).reshape(-1, 2).astype(np.int64)


def lightest_ways(weights: Ints, edges: Ints, atoms: Ints, *, most: float = np.inf) -> Floats:
    """Return the least weight of a way from some atoms to every node, both ends included.

    Two atoms share a contiguous district only if that is no more than its upper limit (Validi,
    Buchanan, Lykhovyd 2022). inf where there is no way, or none of at most
    `most`.

    Examples
    --------
    >>> lightest_ways(np.array([2, 5, 3]), np.array([[0, 1], [1, 2]]), np.array([0])).tolist()
    [[2.0, 7.0, 10.0]]
    """
    n = len(weights)
    a, b = edges[:, 0], edges[:, 1]
    # A stored zero would be no edge: every step is longer by a little, less than 1 in all.
    data = np.concatenate([weights[b], weights[a]]) + 0.5 / max(n, 1)
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    graph = csr_array((data, ends), shape=(n, n))
    way = dijkstra(graph, indices=atoms, limit=most + 1.0) + weights[atoms][:, None]
    lightest: Floats = np.floor(way)
    return lightest
