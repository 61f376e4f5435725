"""Measure walks between points: over the network, or straight where none was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis import network as networks
from gis import reach
from gis.bands import Bands
from gis.errors import OffNetwork
from gis.network import exact_m
from gis.snapping import Snaps, snap
from gis.walk_graph import split_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.network import WalkNetwork
    from gis.rules import Walking as WalkingRules

    Positions = Sequence[int] | NDArray[np.integer[Any]]

__all__ = ["NetworkWalking", "StraightWalking", "Walking", "walking"]

#: Distances held at once while measuring, so that memory stays under 100 MB.
_CHUNK: Final = 12_000_000

#: Origins whose areas of reach are drawn together.
_DRAWN: Final = 64


class Walking(Protocol):
    """Walks between points that were given once; they are named by their position.

    Attributes
    ----------
    method
        "network", or "straight" where no walkways were given.
    snap_m
        (n,) metres from each point to its walkway, part of every walk; infinite where no
        walkway can be reached.
    why
        (n,) empty, or why no walkway can be reached.
    """

    @property
    def method(self) -> str:
        """Say how walks are measured."""

    @property
    def snap_m(self) -> NDArray[np.float64]:
        """Return the metres to the walkways."""

    @property
    def why(self) -> NDArray[Any]:
        """Return why points are out of reach."""

    @property
    def points(self) -> NDArray[Any]:
        """Return the points, as they were given."""

    def matrix(
        self, origins: Positions, targets: Positions, *, limit_m: float = np.inf
    ) -> NDArray[np.float64]:
        """Return metres from each origin to each target.

        Infinite where a target is out of reach or beyond the limit; 0 between points at the
        same place, whether or not a walkway reaches them. The walk back is as long. A position
        below 0 is an IndexError.
        """

    def nearest(
        self, origins: Positions, targets: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return, of each origin, the position in `targets` of the nearest, and the metres.

        Position -1 and infinite metres where none is within reach.
        """

    def reach(self, origin: int, metres: float) -> Any:
        """Return the area within a walk, a valid polygon that is not empty.

        Raises
        ------
        OffNetwork
            If no walkway can be reached from the origin.
        """

    def reaches(self, origins: Positions, metres: Sequence[float]) -> NDArray[Any]:
        """Return the areas within walks from each origin, (origins, metres), one search an origin.

        As `reach` draws them; empty where no walkway can be reached from the origin.
        """


def walking(
    points: Any,
    *,
    walkways: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    rules: WalkingRules,
) -> Walking:
    """Make ready to measure walks between the points.

    Parameters
    ----------
    points
        (n,) shapely Points, an array or a GeoSeries, in the metric CRS of the layers:
        entrances, centres and facilities together.
    walkways, gates, barriers
        As for `gis.network.build`. Where `walkways` has no row at all, walks are straight
        lines times `rules.detour_factor`. Stairs are left out where `rules.stairs` is False.
    rules
        The walking rules of a profile.

    Raises
    ------
    ValueError
        If a point is missing or empty.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from gis.rules import Walking as Rules
    >>> street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (100, 0)])])
    >>> gates, barriers = gpd.GeoDataFrame(geometry=[]), gpd.GeoDataFrame({"kind": []}, geometry=[])
    >>> doors = shapely.points([(10, 5), (70, 10), (70, 400)])
    >>> walks = walking(doors, walkways=street, gates=gates, barriers=barriers, rules=Rules())
    >>> walks.matrix([0], [0, 1, 2]).tolist()
    [[0.0, 75.0, inf]]
    >>> walks.why[2]
    'no walkway within 150 m'
    """
    points = np.asarray(points, dtype=object)
    bad = shapely.get_type_id(points) != shapely.GeometryType.POINT
    bad |= shapely.is_empty(points)
    if bad.any():
        msg = f"walks start and end at points; number {int(np.argmax(bad))} is none"
        raise ValueError(msg)
    if not len(walkways):
        return StraightWalking(points, detour_factor=rules.detour_factor)
    if not rules.stairs and "stairs" in walkways:
        climbs = walkways["stairs"].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
        walkways = walkways[~climbs]
    network = networks.build(walkways, gates=gates, barriers=barriers)
    snaps = snap(points, network, gates=gates, barriers=barriers, limit_m=rules.snap_limit_m)
    return NetworkWalking(points, network, snaps)


class StraightWalking:
    """Straight lines times a factor, where nobody drew the walkways.

    Parameters
    ----------
    points
        (n,) Points, metres.
    detour_factor
        Metres walked to a metre of straight line.
    """

    method = "straight"

    def __init__(self, points: NDArray[Any], *, detour_factor: float) -> None:
        self.points = points
        self._xy = shapely.get_coordinates(points)
        self._factor = detour_factor
        self.snap_m = np.zeros(len(points))
        self.why = np.full(len(points), "", dtype=object)

    def matrix(
        self, origins: Positions, targets: Positions, *, limit_m: float = np.inf
    ) -> NDArray[np.float64]:
        """Return metres from each origin to each target, infinite beyond the limit."""
        start, end = self._xy[_positions(origins)], self._xy[_positions(targets)]
        away = start[:, None, :] - end[None, :, :]
        walk_m = exact_m(np.hypot(away[..., 0], away[..., 1]) * self._factor)
        walk_m[walk_m > limit_m] = np.inf
        return walk_m

    def nearest(
        self, origins: Positions, targets: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the position in `targets` of the nearest, and the metres; the first of equals."""
        origins, targets = _positions(origins), _positions(targets)
        if not len(targets):
            return _nowhere(len(origins))
        position = np.zeros(len(origins), dtype=np.int64)
        walk_m = np.zeros(len(origins))
        step = max(1, _CHUNK // len(targets))
        for k in range(0, len(origins), step):
            part = self.matrix(origins[k : k + step], targets)
            position[k : k + step] = part.argmin(axis=1)
            walk_m[k : k + step] = part.min(axis=1)
        return position, walk_m

    def reach(self, origin: int, metres: float) -> Any:
        """Return the circle that a walk of so many metres may lead to."""
        radius = max(metres / self._factor, networks.GRID_M)
        return shapely.Point(self._xy[_positions([origin])[0]]).buffer(radius, quad_segs=16)

    def reaches(self, origins: Positions, metres: Sequence[float]) -> NDArray[Any]:
        """Return the circles that walks of so many metres may lead to."""
        radius = np.maximum(np.asarray(metres) / self._factor, networks.GRID_M)
        places = shapely.points(self._xy[_positions(origins)])
        areas: NDArray[Any] = shapely.buffer(places[:, None], radius, quad_segs=16)
        return areas


class NetworkWalking:
    """Shortest walks over a network that the points were led to.

    Parameters
    ----------
    points
        (n,) Points, metres.
    network
        The network.
    snaps
        Where each point joins it.

    Notes
    -----
    Dijkstra's algorithm of `scipy.sparse.csgraph`, on the network with its edges split where
    points join it. Metres are multiples of 2**-20, so that their sums are exact: a walk and
    the walk back are equal to the last digit, and the order of rows changes nothing.
    """

    method = "network"

    def __init__(self, points: NDArray[Any], network: WalkNetwork, snaps: Snaps) -> None:
        self.network = network
        self.snap_m = snaps.snap_m
        self.why = snaps.why
        self.points = points
        self._snaps = snaps
        grid = np.rint(shapely.get_coordinates(points) / networks.GRID_M).astype(np.int64)
        self._place = np.unique(grid, axis=0, return_inverse=True)[1].reshape(-1)
        self._node, self._graph = split_graph(network, snaps)
        self._bands: Bands | None = None

    def matrix(
        self, origins: Positions, targets: Positions, *, limit_m: float = np.inf
    ) -> NDArray[np.float64]:
        """Return metres from each origin to each target, infinite beyond the limit."""
        origins, targets = _positions(origins), _positions(targets)
        if len(origins) > len(targets):  # fewer searches the other way round
            return np.ascontiguousarray(self.matrix(targets, origins, limit_m=limit_m).T)
        walk_m = np.full((len(origins), len(targets)), np.inf)
        on = np.flatnonzero(self._node[origins] >= 0)
        to = np.flatnonzero(self._node[targets] >= 0)
        ends, end = np.unique(self._node[targets[to]], return_inverse=True)
        starts, start = np.unique(self._node[origins[on]], return_inverse=True)
        between = np.empty((len(starts), len(ends)))
        step = max(1, _CHUNK // max(1, self._graph.shape[0]))
        for k in range(0, len(starts), step):
            between[k : k + step] = self._search(starts[k : k + step], limit_m)[:, ends]
        snaps = self.snap_m[origins[on], None] + self.snap_m[targets[to]]
        walk_m[np.ix_(on, to)] = between[np.ix_(start, end)] + snaps
        walk_m[self._place[origins, None] == self._place[targets]] = 0.0
        walk_m[walk_m > limit_m] = np.inf
        return walk_m

    def nearest(
        self, origins: Positions, targets: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the position in `targets` of the nearest, and the metres.

        One search from all targets at once. Of targets at the same place the first is taken.
        """
        origins, targets = _positions(origins), _positions(targets)
        position, walk_m = _nowhere(len(origins))
        on = np.flatnonzero(self._node[origins] >= 0)
        to = np.flatnonzero(self._node[targets] >= 0)
        if len(on) and len(to):
            # In an order that the order of the rows does not change.
            order = np.lexsort((to, self.snap_m[targets[to]], self._node[targets[to]]))
            to = to[order]
            # Of targets at one place only the first: a search takes any of equals.
            further = np.ones(len(to), dtype=bool)
            further[1:] = np.diff(self._node[targets[to]]) != 0
            further[1:] |= np.diff(self.snap_m[targets[to]]) != 0
            to = to[further]
            metres, source = self._search_from_all(targets[to])
            reached = metres[self._node[origins[on]]]
            walk_m[on] = reached + self.snap_m[origins[on]]
            found = np.isfinite(reached)
            position[on[found]] = to[source[self._node[origins[on[found]]]]]
        same, first = np.unique(self._place[targets], return_index=True)
        if len(same):
            k = np.searchsorted(same, self._place[origins]).clip(max=len(same) - 1)
            here = same[k] == self._place[origins]
            position[here], walk_m[here] = first[k[here]], 0.0
        return position, walk_m

    def reach(self, origin: int, metres: float) -> Any:
        """Return the area within 30 m of every way in reach."""
        if self.why[_positions([origin])[0]]:
            away_m = shapely.distance(self.points[origin], self.network.geometries)
            raise OffNetwork(str(self.why[origin]), float(away_m.min(initial=np.inf)))
        return self.reaches([origin], [metres])[0, 0]

    def reaches(self, origins: Positions, metres: Sequence[float]) -> NDArray[Any]:
        """Return the areas within 30 m of every way in reach, empty for who is off the network."""
        origins, limits = _positions(origins), np.asarray(metres, dtype=np.float64)
        areas = np.full((len(origins), len(limits)), shapely.Polygon(), dtype=object)
        if self._bands is None:
            self._bands = Bands(self.network)
        nodes = len(self.network.node_xy)
        on = np.flatnonzero(self._snaps.edge[origins] >= 0)
        for k in range(0, len(on), _DRAWN):
            own = origins[on[k : k + _DRAWN]]
            snap_m = self.snap_m[own]
            left_m = max(limits.max(initial=0.0) - snap_m.min(), 0.0)
            areas[on[k : k + _DRAWN]] = reach.polygons(
                self.network,
                self._bands,
                self._search(self._node[own], left_m)[:, :nodes],
                limits,
                points=self.points[own],
                edge=self._snaps.edge[own],
                along_m=self._snaps.along_m[own],
                snap_m=snap_m,
            )
        return areas

    def _search(self, starts: NDArray[Any], limit_m: float) -> NDArray[np.float64]:
        found: NDArray[np.float64] = dijkstra(
            self._graph, directed=True, indices=starts, limit=limit_m
        )
        return found

    def _search_from_all(self, targets: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Search from all targets at once; return each node's metres and its nearest target."""
        nodes = self._graph.shape[0]
        own = nodes + np.arange(len(targets))
        graph = self._graph.tocoo()
        snapped = csr_array(
            (
                np.concatenate([graph.data, self.snap_m[targets]]),
                (
                    np.concatenate([graph.row, own]),
                    np.concatenate([graph.col, self._node[targets]]),
                ),
            ),
            shape=(nodes + len(targets),) * 2,
        )
        metres, _, source = dijkstra(
            snapped, directed=True, indices=own, min_only=True, return_predecessors=True
        )
        return metres, source - nodes


def _positions(of: Positions) -> NDArray[np.int64]:
    positions = np.asarray(of, dtype=np.int64).reshape(-1)
    if (positions < 0).any():
        msg = "positions count from 0; leave out what has no point"
        raise IndexError(msg)
    return positions


def _nowhere(count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return np.full(count, -1, dtype=np.int64), np.full(count, np.inf)
