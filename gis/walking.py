"""Measure walks between points: over the network, or straight where none was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import shapely
from scipy.sparse import csr_array

from gis import network as networks
from gis import reach
from gis import walk_search as search
from gis.bands import Bands
from gis.errors import OffNetwork
from gis.network import exact_m
from gis.snapping import Snaps, snap
from gis.walk_graph import join, lay_out, sort_targets

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
#: Pairs within a limit that are listed at once.
_PAIRS: Final = 1_000_000


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

    def within(self, origins: Positions, targets: Positions, *, limit_m: float) -> csr_array:
        """Return metres from each origin to the targets within the limit, and only to those.

        A row an origin, a column a target, in order; 0 m are stored too. The same metres as of
        `matrix`, without room for all pairs. A position below 0 is an IndexError.
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

    def within(self, origins: Positions, targets: Positions, *, limit_m: float) -> csr_array:
        """Return metres from each origin to the targets within the limit, and only to those."""
        origins, targets = _positions(origins), _positions(targets)
        parts = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
        step = max(1, _CHUNK // max(1, len(targets)))
        for k in range(0, len(origins), step):
            part = self.matrix(origins[k : k + step], targets, limit_m=limit_m)
            row, column = np.nonzero(np.isfinite(part))
            parts.append((row + k, column, part[row, column]))
        row, column, walk_m = (np.concatenate(part) for part in zip(*parts, strict=True))
        return csr_array((walk_m, (row, column)), shape=(len(origins), len(targets)))

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
    Searched by `gis.walk_search`, no further than the limit or the last target. Metres are
    multiples of 2**-20, so that their sums are exact: a walk and the walk back are equal to the
    last digit, and the order of rows changes nothing.
    """

    method = "network"

    def __init__(self, points: NDArray[Any], network: WalkNetwork, snaps: Snaps) -> None:
        self.network = network
        self.snap_m = snaps.snap_m
        self.why = snaps.why
        self.points = points
        grid = np.rint(shapely.get_coordinates(points) / networks.GRID_M).astype(np.int64)
        place = np.unique(grid, axis=0, return_inverse=True)[1].reshape(-1)
        self._ways = lay_out(network)
        self._joins = join(network, snaps, place)
        self._bands: Bands | None = None

    def matrix(
        self, origins: Positions, targets: Positions, *, limit_m: float = np.inf
    ) -> NDArray[np.float64]:
        """Return metres from each origin to each target, infinite beyond the limit."""
        origins, targets = _positions(origins), _positions(targets)
        if len(origins) > len(targets):  # fewer searches the other way round
            return np.ascontiguousarray(self.matrix(targets, origins, limit_m=limit_m).T)
        walk_m = np.empty((len(origins), len(targets)))
        on = targets[self._joins.edge[targets] >= 0]
        search.fill_rows(
            self._ways,
            self._joins,
            origins,
            np.argsort(self._joins.joint[origins], kind="stable"),
            targets,
            float(limit_m),
            search.room_for(self._ways, wanted=self._nodes(on)),
            walk_m,
        )
        return walk_m

    def within(self, origins: Positions, targets: Positions, *, limit_m: float) -> csr_array:
        """Return metres from each origin to the targets within the limit, and only to those."""
        origins, targets = _positions(origins), _positions(targets)
        shape = (len(origins), len(targets))
        if limit_m < 0 or not len(targets):
            return csr_array(shape)
        near = sort_targets(targets, self._joins, self._ways)
        room = search.room_for(self._ways)
        many = max(_PAIRS, len(targets))
        found = search.Found(
            column=np.empty(many, dtype=np.int64),
            walk_m=np.empty(many),
            total=np.zeros(1, dtype=np.int64),
            stops=np.zeros(len(origins), dtype=np.int64),
            seen=np.full(len(self.network.edges), -1, dtype=np.int64),
        )
        parts, done, before = [(found.column[:0], found.walk_m[:0])], 0, 0
        while done < len(origins):
            begin = done
            done = search.fill_near(
                self._ways, self._joins, origins, begin, float(limit_m), room, near, found
            )
            count = int(found.total[0])
            found.stops[begin:done] += before
            before += count
            parts.append((found.column[:count].copy(), found.walk_m[:count].copy()))
        column, walk_m = (np.concatenate(part) for part in zip(*parts, strict=True))
        rows = csr_array((walk_m, column, np.concatenate([[0], found.stops])), shape=shape)
        return rows.tocsc().tocsr()  # which sorts the columns of each row

    def nearest(
        self, origins: Positions, targets: Positions
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the position in `targets` of the nearest, and the metres.

        One search from all targets at once. Of targets at the same place the first is taken.
        """
        origins, targets = _positions(origins), _positions(targets)
        position, walk_m = _nowhere(len(origins))
        joins = self._joins
        on = np.flatnonzero(joins.joint[origins] >= 0)
        to = np.flatnonzero(joins.joint[targets] >= 0)
        if len(on) and len(to):
            # In an order that the order of the rows does not change.
            to = to[np.lexsort((to, joins.snap_m[targets[to]], joins.joint[targets[to]]))]
            ranks = np.full(len(joins.joint), -1, dtype=np.int64)
            ranks[targets[to[::-1]]] = np.arange(len(to))[::-1]
            metres, source = self._from_all(targets[to], ranks, wanted=origins[on])
            walk_m[on] = metres[origins[on]] + joins.snap_m[origins[on]]
            found = np.isfinite(walk_m[on])
            position[on[found]] = to[source[origins[on[found]]]]
        first = np.full(len(joins.place), -1, dtype=np.int64)
        first[joins.place[targets[::-1]]] = np.arange(len(targets))[::-1]
        here = first[joins.place[origins]] >= 0
        position[here], walk_m[here] = first[joins.place[origins[here]]], 0.0
        return position, walk_m

    def reach(self, origin: int, metres: float) -> Any:
        """Return the area within 30 m of every way in reach."""
        if self._joins.edge[_positions([origin])[0]] < 0:
            away_m = shapely.distance(self.points[origin], self.network.geometries)
            raise OffNetwork(str(self.why[origin]), float(away_m.min(initial=np.inf)))
        return self.reaches([origin], [metres])[0, 0]

    def reaches(self, origins: Positions, metres: Sequence[float]) -> NDArray[Any]:
        """Return the areas within 30 m of every way in reach, empty for who is off the network."""
        origins, limits = _positions(origins), np.asarray(metres, dtype=np.float64)
        areas = np.full((len(origins), len(limits)), shapely.Polygon(), dtype=object)
        if self._bands is None:
            self._bands = Bands(self.network)
        on = np.flatnonzero(self._joins.edge[origins] >= 0)
        for k in range(0, len(on), _DRAWN):
            own = origins[on[k : k + _DRAWN]]
            snap_m = self.snap_m[own]
            longest_m = max(limits.max(initial=0.0) - snap_m.min(), 0.0)
            areas[on[k : k + _DRAWN]] = reach.polygons(
                self.network,
                self._bands,
                np.stack([self._walked(origin, longest_m) for origin in own]),
                limits,
                points=self.points[own],
                edge=self._joins.edge[own],
                along_m=self._joins.along_m[own],
                snap_m=snap_m,
            )
        return areas

    def _walked(self, origin: int, limit_m: float) -> NDArray[np.float64]:
        """Return the metres from where an origin joins the network to each node."""
        room = search.room_for(self._ways)
        nodes, walked = self._ends(np.array([origin]))
        search.fill_walked(self._ways, nodes[:, 0], walked[:, 0], limit_m, room)
        return room.walked

    def _nodes(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the nodes of the edges that points join."""
        nodes: NDArray[np.int64] = self._ways.ends[self._joins.edge[points]]
        return nodes

    def _ends(self, points: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return, of points that join an edge, its two nodes, and the metres along to each."""
        along_m, length_m = self._joins.along_m[points], self._ways.length_m
        onward_m = length_m[self._joins.edge[points]] - along_m
        return self._nodes(points).T, np.stack([along_m, onward_m])

    def _from_all(
        self, starts: NDArray[np.int64], ranks: NDArray[np.int64], *, wanted: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Search from all starts at once, in the order of their ranks.

        Returns the metres from the nearest start to the joint of each point, and its rank; of
        points that are not wanted they may be more.
        """
        joins = self._joins
        nodes, walked = self._ends(starts)
        nodes, walked = nodes.reshape(-1), (walked + joins.snap_m[starts]).reshape(-1)
        rank = np.tile(ranks[starts], 2)
        # Of starts that share a node only the nearest matters there.
        order = np.lexsort((rank, walked, nodes))
        order = order[np.diff(nodes[order], prepend=-1) != 0]
        room = search.room_for(self._ways, wanted=self._nodes(wanted))
        room.source[nodes[order]] = rank[order]
        search.fill_walked(self._ways, nodes[order], walked[order], np.inf, room)
        source, metres = _nowhere(len(joins.joint))
        search.fill_points(self._ways, joins, ranks, room, metres, source)
        return metres, source


def _positions(of: Positions) -> NDArray[np.int64]:
    positions = np.asarray(of, dtype=np.int64).reshape(-1)
    if (positions < 0).any():
        msg = "positions count from 0; leave out what has no point"
        raise IndexError(msg)
    return positions


def _nowhere(count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    return np.full(count, -1, dtype=np.int64), np.full(count, np.inf)
