"""Lay paths through newly opened gates, to the walkways on either side of the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.barriers import uncrossable
from gis.tables import INPUT_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ON_WAY_M", "WALL_M", "through"]

#: A walkway this near to a gate leads through it already.
ON_WAY_M: Final = 1.5

#: A gate stands in a wall that is no further away than this.
WALL_M: Final = 3.0
_CLEAR_M: Final = 0.5


def through(
    gates: Sequence[Any],
    *,
    walkways: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    longest_m: float = 30.0,
) -> gpd.GeoDataFrame:
    """Lay a path through each gate from the nearest walkway on one side to that on the other.

    Nobody draws a path through a gate that is shut, so that opening it would otherwise change
    nothing. A gate gets none where a walkway leads through it already, where it stands in no wall,
    or where a side has no walkway near that no other wall hides.

    Parameters
    ----------
    gates
        Points, metres.
    walkways, barriers
        As for `gis.network.build`.
    longest_m
        Longest way from a gate to a walkway.

    Returns
    -------
    The new walkways, of kind "path", in the order of the gates that got one.

    Examples
    --------
    >>> lines = [[(0, 5), (9, 5)], [(0, -4), (9, -4)]]
    >>> streets = gpd.GeoDataFrame(geometry=[shapely.LineString(xy) for xy in lines])
    >>> wall = gpd.GeoDataFrame({"kind": ["wall"]}, geometry=[shapely.LineString([(0, 0), (9, 0)])])
    >>> through([shapely.Point(3, 0)], walkways=streets, barriers=wall).geometry[0].wkt
    'LINESTRING (3 5, 3 0, 3 -4)'
    """
    walls = uncrossable(barriers).geometry.to_numpy()
    ways = walkways.geometry.to_numpy()
    paths = [_path(gate, ways, walls, longest_m) for gate in gates]
    laid = [path for path in paths if path is not None]
    rows = gpd.GeoDataFrame({"kind": ["path"] * len(laid)}, geometry=laid, crs=walkways.crs)
    return with_columns(rows, INPUT_LAYERS["walkways"])


def _path(gate: Any, ways: Any, walls: Any, longest_m: float) -> Any:
    wall_m = shapely.distance(gate, walls)
    if not len(walls) or not wall_m.min() <= WALL_M:
        return None
    if (shapely.distance(gate, ways) <= ON_WAY_M).any() and _leads_through(gate, ways, walls):
        return None
    wall = walls[int(np.argmin(wall_m))]
    line = wall if shapely.get_dimensions(wall) == 1 else shapely.boundary(wall)
    spot = shapely.line_locate_point(line, gate)
    ends = shapely.line_interpolate_point(line, [max(spot - 1.0, 0.0), spot + 1.0])
    along = np.diff(shapely.get_coordinates(ends), axis=0)[0]
    along = along / np.hypot(*along) * longest_m
    near = ways[shapely.dwithin(gate, ways, longest_m)]
    # What crosses a wall is on neither side there.
    beside = shapely.buffer(shapely.union_all(walls[wall_m <= 2 * longest_m]), _CLEAR_M)
    near = shapely.get_parts(shapely.difference(near, beside))
    feet = [_foot(gate, near, walls, along * sign) for sign in (1.0, -1.0)]
    if feet[0] is None or feet[1] is None:
        return None
    xy = shapely.get_coordinates(gate)[0]
    return shapely.LineString([feet[0], xy, feet[1]])


def _leads_through(gate: Any, ways: Any, walls: Any) -> bool:
    """Tell whether a walkway at the gate lies on both sides of the wall, or right in it."""
    here = ways[shapely.dwithin(gate, ways, ON_WAY_M)]
    return bool(shapely.intersects(here[:, None], walls[None, :]).any())


def _foot(gate: Any, ways: Any, walls: Any, along: Any) -> Any:
    """Return the nearest place on a walkway to the left of the wall that no wall hides."""
    xy = shapely.get_coordinates(gate)[0]
    left = np.array([-along[1], along[0]])
    side = shapely.Polygon([xy - along, xy + along, xy + along + left, xy - along + left])
    parts = shapely.get_parts(shapely.intersection(ways, side))
    lines = shapely.shortest_line(gate, parts[shapely.get_dimensions(parts) == 1])
    lines = lines[np.argsort(shapely.length(lines), kind="stable")]
    lines = lines[shapely.length(lines) <= np.hypot(*along)]
    for line in lines:
        start = line.interpolate(min(_CLEAR_M, line.length / 2))
        foot = shapely.get_coordinates(line)[-1]
        # The gate stands in its own wall: the first half metre is not held against the way.
        if not shapely.intersects(shapely.LineString([start, foot]), walls).any():
            return foot
    return None
