"""Set up what is walked: real buildings of Shanghai, and every crossing of a made city."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import reach
import shapely
from city import make_city
from walk_peers import Task

from gis import network
from gis.snapping import snap
from gis.tables import INPUT_LAYERS, empty_layer
from gis.walking import NetworkWalking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.network import WalkNetwork
    from gis.snapping import Snaps

__all__ = ["Ground", "Work", "city_works", "shanghai_work"]

_SNAP_M: Final = 150.0
_UTM_51N: Final = 32651
_MATRIX_M: Final = 1000.0
_WITHIN_M: Final = 300.0
#: Facilities of each of ten categories in a city of 20,000 nodes, from many to few.
_FACILITIES: Final = (600, 400, 250, 160, 100, 60, 40, 25, 15, 8)


class Work(NamedTuple):
    """What is to be walked, for wangge and, with points turned into nodes, for its peers.

    Parameters
    ----------
    name
        What it is, in words.
    walks
        wangge's walks between the points.
    origins, targets
        Positions of points.
    task
        The same for peers, from node to node.
    ready
        Seconds in which the network was laid out for walking.
    """

    name: str
    walks: NetworkWalking
    origins: Any
    targets: Any
    task: Task
    ready: float


def shanghai_work(path: Path, *, count: int = 1300, seed: int = 0) -> Work:
    """Ask for the matrix up to 1 km of so many buildings of Shanghai."""
    layers = reach.shanghai(path)
    buildings = gpd.read_file(path, layer="buildings").to_crs(_UTM_51N)
    middle = buildings.drop_duplicates("geometry").representative_point()
    doors = np.unique(shapely.get_coordinates(middle).round(3), axis=0)
    ground = Ground.of(shapely.points(doors), **layers)
    on = np.flatnonzero(ground.snaps.edge >= 0)
    on = np.random.default_rng(seed).permutation(on)[:count]
    name = f"matrix ≤ {_MATRIX_M / 1000:g} km of {len(on):,} buildings, Shanghai"
    return ground.work(name, "matrix", on, on, limit_m=_MATRIX_M)


def city_works(
    nodes: int = 20_000,
    *,
    reaches: int = 5000,
    facilities: Sequence[int] = _FACILITIES,
    seed: int = 0,
) -> list[Work]:
    """Ask for what is near so many crossings of a made city, and for what is nearest to all."""
    made = make_city(nodes, seed=seed)
    beside = {name: empty_layer(INPUT_LAYERS[name]) for name in ("gates", "barriers")}
    ground = Ground.of(shapely.points(made.nodes), walkways=made.walkways, **beside)
    rng = np.random.default_rng(seed)
    every, some = np.arange(nodes), rng.permutation(nodes)[:reaches]
    near = f"{reaches:,} reach sets of {_WITHIN_M:g} m, a made city of {nodes:,} nodes"
    places = [rng.permutation(nodes)[:count] for count in facilities]
    category = np.repeat(np.arange(len(places)), facilities)
    name = f"nearest of {len(places)} categories for {nodes:,} origins, the same city"
    return [
        ground.work(near, "within", some, every, limit_m=_WITHIN_M),
        ground.work(name, "nearest", every, np.concatenate(places), category=category),
    ]


class Ground(NamedTuple):
    """A network, and points that were led to it.

    Parameters
    ----------
    points, built, snaps
        The points, the network, and where they join it.
    """

    points: Any
    built: WalkNetwork
    snaps: Snaps

    @classmethod
    def of(cls, points: Any, *, walkways: Any, gates: Any, barriers: Any) -> Ground:
        """Build the network and lead the points to it."""
        built = network.build(walkways, gates=gates, barriers=barriers)
        snaps = snap(points, built, gates=gates, barriers=barriers, limit_m=_SNAP_M)
        return cls(points, built, snaps)

    def work(
        self,
        name: str,
        kind: str,
        origins: Any,
        targets: Any,
        *,
        category: Any = (),
        limit_m: float = np.inf,
    ) -> Work:
        """Lay the network out for walking, and put down the same for peers."""
        start = time.perf_counter()
        walks = NetworkWalking(self.points, self.built, self.snaps)
        ready = time.perf_counter() - start
        node, xy, first, last, metres = _split(self.built, self.snaps)
        task = Task(
            kind=kind,
            xy=xy,
            first=first,
            last=last,
            metres=metres,
            origins=node[origins],
            targets=node[targets],
            category=np.asarray(category, dtype=np.int64),
            limit_m=limit_m,
        )
        return Work(name, walks, origins, targets, task, ready)


def _split(built: WalkNetwork, snaps: Snaps) -> tuple[Any, Any, Any, Any, Any]:
    """Cut the edges where points join them, as peers walk from node to node only.

    Returns the node of each point, -1 where it joins none, the nodes' places, and of the edges
    both nodes and the metres, only the shortest of those that join the same nodes.
    """
    count, edges = len(built.node_xy), np.arange(len(built.edges))
    on = np.flatnonzero(snaps.edge >= 0)
    edge, along_m = snaps.edge[on], snaps.along_m[on]
    inner = (along_m > 0) & (along_m < built.length_m[edge])
    stops = np.column_stack([edge, along_m])[inner]
    stops, number = np.unique(stops, axis=0, return_inverse=True)
    node = np.full(len(snaps.edge), -1)
    node[on] = built.edges[edge, np.where(along_m > 0, 1, 0)]
    node[on[inner]] = count + number.ravel()
    stop_edge, stop_m = stops[:, 0].astype(np.int64), stops[:, 1]
    places = shapely.line_interpolate_point(built.geometries[stop_edge], stop_m)
    owner = np.concatenate([edges, stop_edge, edges])
    at_m = np.concatenate([np.zeros(len(edges)), stop_m, built.length_m])
    there = np.concatenate([built.edges[:, 0], count + np.arange(len(stops)), built.edges[:, 1]])
    turn = np.repeat([0, 1, 2], [len(edges), len(stops), len(edges)])
    order = np.lexsort((at_m, turn, owner))
    owner, at_m, there = owner[order], at_m[order], there[order]
    same = owner[1:] == owner[:-1]
    ends = np.sort(np.column_stack([there[:-1], there[1:]])[same], axis=1)
    metres = np.diff(at_m)[same]
    order = np.lexsort((metres, *ends.T))
    ends, metres = ends[order], metres[order]
    keep = np.any(np.diff(ends, axis=0, prepend=-1), axis=1) & (ends[:, 0] != ends[:, 1])
    xy = np.concatenate([built.node_xy, shapely.get_coordinates(places)])
    return node, xy, *ends[keep].T, metres[keep]
