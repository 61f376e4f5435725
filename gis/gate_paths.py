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
    away_m = shapely.distance(gate, ways)
    wall_m = shapely.distance(gate, walls)
    if not len(walls) or not wall_m.min() <= WALL_M or (away_m <= ON_WAY_M).any():
        return None
    wall = walls[int(np.argmin(wall_m))]
    line = wall if shapely.get_dimensions(wall) == 1 else shapely.boundary(wall)
    along = shapely.line_locate_point(line, gate)
    ends = shapely.line_interpolate_point(line, [max(along - 1.0, 0.0), along + 1.0])
    along_xy = np.diff(shapely.get_coordinates(ends), axis=0)[0]
    near = np.flatnonzero(away_m <= longest_m)
    near = near[np.argsort(away_m[near], kind="stable")]
    lines = shapely.shortest_line(gate, ways[near])
    steps = shapely.get_coordinates(shapely.get_point(lines, -1)) - shapely.get_coordinates(gate)
    side = along_xy[0] * steps[:, 1] - along_xy[1] * steps[:, 0]
    # The gate stands in its own wall: the first half metre is not held against the way.
    start = shapely.line_interpolate_point(lines, np.minimum(_CLEAR_M, shapely.length(lines) / 2))
    rest = shapely.linestrings(
        np.stack([shapely.get_coordinates(start), shapely.get_coordinates(gate) + steps], axis=1)
    )
    clear = ~shapely.intersects(rest[:, None], walls[None, :]).any(axis=1)
    one, other = (np.flatnonzero(clear & (sign * side > 0)) for sign in (1, -1))
    if not len(one) or not len(other):
        return None
    xy = shapely.get_coordinates(gate)[0]
    return shapely.LineString([xy + steps[one[0]], xy, xy + steps[other[0]]])
