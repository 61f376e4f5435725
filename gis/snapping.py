"""Lead points to the walkway that people reach from them without passing a barrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.barriers import open_gates, passes_gate, uncrossable
from gis.network import exact_m

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.network import WalkNetwork

__all__ = ["Snaps", "snap"]

#: A connector may begin and end on a barrier: that much of either end is not looked at.
_TOUCH_M: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Where each point joins the network.

    Parameters
    ----------
    edge
        (n,) edge number, -1 where none can be reached.
    along_m
        (n,) metres along the edge; NaN where none can be reached.
    snap_m
        (n,) metres from the point to the edge; infinite where none can be reached.
    why
        (n,) empty, or why no walkway can be reached.
    """

    edge: NDArray[np.int64]
    along_m: NDArray[np.float64]
    snap_m: NDArray[np.float64]
    why: NDArray[Any]


def snap(
    points: NDArray[Any],
    network: WalkNetwork,
    *,
    gates: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    limit_m: float,
) -> Snaps:
    """Join each point to the nearest edge within the limit that no barrier hides from it.

    The way to the edge is straight; it may pass a barrier only within three metres of an open
    gate. Bridges and tunnels are not joined, but the walkways at their ends are. Of edges
    equally near, the lowest number is taken.

    Parameters
    ----------
    points
        (n,) Points, metres.
    network, gates, barriers
        As for `gis.network.build`.
    limit_m
        Longest way from a point to the network, metres.
    """
    targets = network.geometries.copy()
    targets[network.separated] = None  # no door opens on the deck of a bridge or in a tunnel
    tree = shapely.STRtree(targets)
    walls = _Walls(gates=gates, barriers=barriers)
    edge = np.full(len(points), -1, dtype=np.int64)
    along_m = np.full(len(points), np.nan)
    snap_m = np.full(len(points), np.inf)
    why = np.full(len(points), "", dtype=object)
    # Nearly every point joins its nearest edge; only the others look at all within the limit.
    for nearest_only in (True, False):
        left = np.flatnonzero(edge < 0)
        point, candidate = _candidates(
            points[left], targets, tree, limit_m=limit_m, nearest_only=nearest_only
        )
        point = left[point]
        for turn in _turns(point):
            open_yet = turn[edge[point[turn]] < 0]
            ways = shapely.shortest_line(points[point[open_yet]], targets[candidate[open_yet]])
            clear = ~walls.block(ways)
            joined, ends = open_yet[clear], shapely.get_point(ways[clear], -1)
            edge[point[joined]] = candidate[joined]
            snap_m[point[joined]] = exact_m(shapely.length(ways[clear]))
            along_m[point[joined]] = _along(network, candidate[joined], ends)
        why[left] = f"no walkway within {limit_m:g} m"
        why[point] = "every walkway near is behind a barrier"
    why[edge >= 0] = ""
    return Snaps(edge, along_m, snap_m, why)


class _Walls:
    """What a straight way must not pass."""

    def __init__(self, *, gates: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame) -> None:
        self._shapes = shapely.get_parts(uncrossable(barriers).geometry.to_numpy())
        self._tree = shapely.STRtree(self._shapes)
        self._open = open_gates(gates)

    def block(self, ways: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which ways a barrier blocks."""
        length = shapely.length(ways)
        start = shapely.line_interpolate_point(ways, np.minimum(_TOUCH_M, length / 2))
        end = shapely.line_interpolate_point(ways, np.maximum(length - _TOUCH_M, length / 2))
        xy = np.stack([shapely.get_coordinates(start), shapely.get_coordinates(end)], axis=1)
        inner = shapely.linestrings(xy)
        way, wall = self._tree.query(inner, predicate="intersects")
        places = shapely.intersection(inner[way], self._shapes[wall])
        closed = ~passes_gate(places, self._open) & (length[way] > 2 * _TOUCH_M)
        blocked = np.zeros(len(ways), dtype=bool)
        blocked[way[closed]] = True
        return blocked


def _candidates(
    points: NDArray[Any], targets: NDArray[Any], tree: Any, *, limit_m: float, nearest_only: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of points and targets within the limit, by point, the nearest first."""
    if nearest_only:
        point, target = tree.query_nearest(points, max_distance=limit_m)
    else:
        point, target = tree.query(points, predicate="dwithin", distance=limit_m)
    near_m = exact_m(shapely.distance(points[point], targets[target]))
    order = np.lexsort((target, near_m, point))
    return point[order], target[order]


def _turns(point: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Split sorted pairs into those that are the first, the second and so on of their point."""
    rank = np.arange(len(point)) - np.searchsorted(point, point)
    order = np.argsort(rank, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(rank[order])) + 1)


def _along(
    network: WalkNetwork, edge: NDArray[np.int64], meets: NDArray[Any]
) -> NDArray[np.float64]:
    along = exact_m(shapely.line_locate_point(network.geometries[edge], meets))
    return np.clip(along, 0.0, network.length_m[edge])
