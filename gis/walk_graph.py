"""Lay out a network, and the points that join it, for searches along its ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.network import WalkNetwork
    from gis.snapping import Snaps

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["Joins", "Targets", "Ways", "join", "lay_out", "sort_targets"]


class Ways(NamedTuple):
    """The ways of a network by the node that they leave; each edge leaves both of its own.

    Parameters
    ----------
    starts
        (N + 1,) where the ways of each node begin.
    to, metres, edge
        (2 M,) the node that each way leads to, its metres, and its edge.
    ends, length_m
        (M, 2) and (M,) nodes and metres of the edges.
    step_m
        Metres by which searches go on at once; they tell how quick a search is, nothing else.
    """

    starts: Ints
    to: Ints
    metres: Floats
    edge: Ints
    ends: Ints
    length_m: Floats
    step_m: float


class Joins(NamedTuple):
    """Where points join the ways.

    Parameters
    ----------
    edge, along_m, snap_m
        (n,) as in `gis.snapping.Snaps`, but 0 metres along where there is no edge.
    joint
        (n,) number of the place at which each joins, the same for points that join at the
        same place, -1 where none does. Nodes have their own numbers; the others follow.
    place
        (n,) number of the place at which each point stands itself.
    order
        The points that join an edge, by edge and metres along.
    """

    edge: Ints
    along_m: Floats
    snap_m: Floats
    joint: Ints
    place: Ints
    order: Ints


class Targets(NamedTuple):
    """Points to be found near others, by where they join the ways and by where they stand.

    Parameters
    ----------
    node_starts, at_node
        (N + 1,) where the targets that join at each node begin, and their numbers.
    edge_starts, on_edge
        The same of those that join an edge between its nodes, (M + 1,).
    place_starts, at_place
        The same of those that stand at each place, all of them.
    along_m, snap_m, place
        (m,) metres along the edge and from it, and the place, by number.
    """

    node_starts: Ints
    at_node: Ints
    edge_starts: Ints
    on_edge: Ints
    place_starts: Ints
    at_place: Ints
    along_m: Floats
    snap_m: Floats
    place: Ints


def lay_out(network: WalkNetwork) -> Ways:
    """Sort the ways of a network by the node that they leave."""
    count = len(network.edges)
    away = network.edges.T.reshape(-1)
    to = network.edges.T[::-1].reshape(-1)
    edge = np.concatenate([np.arange(count), np.arange(count)])
    order = np.lexsort((edge, to, away))
    starts = np.searchsorted(away[order], np.arange(len(network.node_xy) + 1))
    metres = network.length_m[edge[order]]
    step_m = float(network.length_m.mean()) if count else 1.0
    return Ways(starts, to[order], metres, edge[order], network.edges, network.length_m, step_m)


def join(network: WalkNetwork, snaps: Snaps, place: Ints) -> Joins:
    """Look up where points join a network; give the places at which they do numbers."""
    on = np.flatnonzero(snaps.edge >= 0)
    edge, along_m = snaps.edge[on], snaps.along_m[on]
    length_m = network.length_m[edge]
    at = np.where(along_m <= 0, network.edges[edge, 0], network.edges[edge, 1])
    inner = (along_m > 0) & (along_m < length_m)
    at[inner] = len(network.node_xy) + _number(edge[inner], along_m[inner])
    joint = np.full(len(snaps.edge), -1, dtype=np.int64)
    joint[on] = at
    return Joins(
        snaps.edge,
        np.where(snaps.edge >= 0, snaps.along_m, 0.0),
        snaps.snap_m,
        joint,
        place,
        on[np.lexsort((along_m, edge))],
    )


def sort_targets(targets: Ints, joins: Joins, ways: Ways) -> Targets:
    """Sort points, numbered in their order, by node, edge and place."""
    joint, place = joins.joint[targets], joins.place[targets]
    nodes = len(ways.starts) - 1
    between = np.where(joint >= nodes, joins.edge[targets], -1)
    return Targets(
        *_by(np.where(joint < nodes, joint, -1), nodes),
        *_by(between, len(ways.ends)),
        *_by(place, int(joins.place.max(initial=-1)) + 1),
        joins.along_m[targets],
        joins.snap_m[targets],
        place,
    )


def _by(group: Ints, count: int) -> tuple[Ints, Ints]:
    """Return where each group begins, and the members; those of no group, below 0, are left out."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count + 1))
    return starts - starts[0], order[starts[0] :]


def _number(edge: Any, along_m: Any) -> Any:
    """Give pairs numbers by their order, equal pairs the same."""
    stops = np.stack([edge.astype(np.float64), along_m], axis=1)
    return np.unique(stops, axis=0, return_inverse=True)[1].reshape(-1)
