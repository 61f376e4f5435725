"""Keep geometry polygonal: what set operations leave behind beside areas is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["GRID_M", "nudged", "polygonal"]

#: Every coordinate sits on a grid this wide.
GRID_M: Final = 0.001

NUDGE_M: Final = 0.01

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


def polygonal(shapes: ArrayLike) -> NDArray[Any]:
    """Return each shape's areas alone; an empty polygon where it has none.

    Examples
    --------
    >>> both = shapely.from_wkt("GEOMETRYCOLLECTION(POINT(5 5),POLYGON((0 0,1 0,1 1,0 0)))")
    >>> [shape.geom_type for shape in polygonal([both, shapely.Point(0, 0)])]
    ['Polygon', 'Polygon']
    """
    shapes = np.array(shapes, dtype=object)
    kinds = shapely.get_type_id(shapes)
    shapes[~np.isin(kinds, (_POLYGON, _MULTIPOLYGON, _COLLECTION))] = shapely.Polygon()
    for position in np.flatnonzero(kinds == _COLLECTION):
        # Twice: a collection may hold multipolygons.
        parts = shapely.get_parts(shapely.get_parts(shapes[position]))
        areas = parts[shapely.get_type_id(parts) == _POLYGON]
        shapes[position] = areas[0] if len(areas) == 1 else shapely.MultiPolygon(list(areas))
        if not len(areas):
            shapes[position] = shapely.Polygon()
    return shapes


def nudged(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take points, (n, 2), a centimetre out of line, each its own way, the same every time.

    Points in perfect rows lie on common circles, where GEOS returns broken Voronoi cells: each
    is turned by the golden angle against the one before.

    Examples
    --------
    >>> nudged(np.zeros((2, 2))).round(4).tolist()
    [[0.01, 0.0], [-0.0074, 0.0068]]
    """
    turn = np.arange(len(xy)) * np.pi * (3.0 - np.sqrt(5.0))
    return xy + NUDGE_M * np.column_stack([np.cos(turn), np.sin(turn)])
