"""Split the edges of a network where points join it, into a graph to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.network import WalkNetwork
    from gis.snapping import Snaps

__all__ = ["split_graph"]


def split_graph(network: WalkNetwork, snaps: Snaps) -> tuple[NDArray[np.int64], csr_array]:
    """Split the edges where points join them.

    Returns
    -------
    tuple
        The node at which each point joins, -1 where it does not; and the metres between
        nodes, symmetric, the network's own nodes first.
    """
    nodes = len(network.node_xy)
    point = np.flatnonzero(snaps.edge >= 0)
    edge, along_m = snaps.edge[point], snaps.along_m[point]
    length_m = network.length_m[edge]
    joint = np.where(along_m <= 0, network.edges[edge, 0], network.edges[edge, 1])
    inner = (along_m > 0) & (along_m < length_m)
    stops, number = np.unique(
        np.stack([edge[inner].astype(np.float64), along_m[inner]], axis=1),
        axis=0,
        return_inverse=True,
    )
    joint[inner] = nodes + number.reshape(-1)
    node = np.full(len(snaps.edge), -1, dtype=np.int64)
    node[point] = joint
    return node, _graph(network, stops[:, 0].astype(np.int64), stops[:, 1])


def _graph(
    network: WalkNetwork, stop_edge: NDArray[np.int64], stop_m: NDArray[np.float64]
) -> csr_array:
    """Lay out the metres between neighbouring nodes, each edge cut at its stops."""
    nodes, count = len(network.node_xy), len(network.edges)
    every = np.arange(count)
    edge = np.concatenate([every, stop_edge, every])
    at_m = np.concatenate([np.zeros(count), stop_m, network.length_m])
    node = np.concatenate(
        [network.edges[:, 0], nodes + np.arange(len(stop_edge)), network.edges[:, 1]]
    )
    kind = np.repeat([0, 1, 2], [count, len(stop_edge), count])
    order = np.lexsort((at_m, kind, edge))
    edge, at_m, node = edge[order], at_m[order], node[order]
    follows = edge[1:] == edge[:-1]
    first, last = node[:-1][follows], node[1:][follows]
    metres = np.diff(at_m)[follows]
    row, column = np.concatenate([first, last]), np.concatenate([last, first])
    metres = np.concatenate([metres, metres])
    # Of several ways between two nodes only the shortest counts; a sparse array would add them.
    order = np.lexsort((metres, column, row))
    row, column, metres = row[order], column[order], metres[order]
    keep = np.ones(len(row), dtype=bool)
    keep[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    keep &= row != column
    size = nodes + len(stop_edge)
    return csr_array((metres[keep], (row[keep], column[keep])), shape=(size, size))
