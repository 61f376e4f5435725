"""Walk inside the edge of squares where a wall of OpenStreetMap is that edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Collection

    from gis.io.osm_scan import Thing

__all__ = ["off_walls"]

_INSIDE_M: Final = 0.3
_METRES_A_DEGREE: Final = 111_195.0


def off_walls(way: Thing, walls: Collection[int]) -> list[Thing]:
    """Move the outline of a square off the walls it is drawn on, a foot's width inwards.

    Maps draw a square by its outline, which shares nodes with a wall at its edge. Taken as a
    walkway it would run along the wall, on neither side of it. Each such node is moved inwards,
    and a short way leads from there to where it was, for those that join it there.

    Parameters
    ----------
    way
        A highway, degrees.
    walls
        Nodes of walls.

    Returns
    -------
    The way itself if it is no outline or on no wall; else the moved outline, then the short ways.

    Examples
    --------
    >>> from gis.io.osm_scan import Thing
    >>> ring = shapely.LineString([(0, 0), (0.001, 0), (0.001, 0.001), (0, 0.001), (0, 0)])
    >>> square = Thing("w1", {"highway": "pedestrian"}, ring, (1, 2, 3, 4, 1))
    >>> [part.nodes for part in off_walls(square, {2})]
    [(1, -2, 3, 4, 1), (-2, 2)]
    """
    nodes = way.nodes
    ring = len(nodes) > 3 and nodes[0] == nodes[-1]  # noqa: PLR2004
    square = way.tags.get("area") == "yes" or way.tags.get("highway") == "pedestrian"
    on_wall = [k for k, node in enumerate(nodes) if node in walls]
    if not (ring and square and on_wall):
        return [way]
    xy = shapely.get_coordinates(way.geometry)
    scale = _METRES_A_DEGREE * np.array([np.cos(np.radians(xy[0, 1])), 1.0])
    inner = shapely.Polygon(xy * scale).buffer(-_INSIDE_M).boundary
    if inner.is_empty:
        return [way]
    moved, names = xy.copy(), list(nodes)
    for k in on_wall:
        point = shapely.Point(xy[k] * scale)
        moved[k] = shapely.get_coordinates(shapely.shortest_line(point, inner))[1] / scale
        names[k] = -nodes[k]
    spurs = [
        replace(way, geometry=shapely.LineString([moved[k], xy[k]]), nodes=(-nodes[k], nodes[k]))
        for k in on_wall
        if k > 0  # the ring's first node is its last
    ]
    return [replace(way, geometry=shapely.LineString(moved), nodes=tuple(names)), *spurs]
