"""Make the sea of OpenStreetMap's coastlines, which have it on their right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.io.osm_scan import Thing

__all__ = ["COAST", "sea"]

#: The key and value of the ways that are coast.
COAST: Final = ("natural", "coastline")
#: How far beside the coast a face is looked for, metres.
_BESIDE_M: Final = 0.5
#: A face is sea if so much of its coast has it on the right; else the coast is not whole.
_MOSTLY: Final = 0.9


def sea(lines: Sequence[Thing], near: Any, *, home: Any) -> tuple[Any, bool]:
    """Return the sea within an area, and whether the coast tells all of it.

    Parameters
    ----------
    lines
        Ways; those that are coast count.
    near
        The area, degrees.
    home
        The community in it, degrees: a coast that ends in a face it reaches is not whole.

    Returns
    -------
    Polygons of sea, degrees, possibly empty; False where a face has the coast on both sides,
    as it has where the file cuts the coast off, so that land and sea cannot be told apart.

    Examples
    --------
    >>> from gis.io.osm_scan import Thing
    >>> coast = shapely.LineString([(118, 31), (118, 33)])
    >>> near = shapely.box(117.99, 31.99, 118.01, 32.01)
    >>> shape, whole = sea([Thing("w1", {"natural": "coastline"}, coast)], near, home=near)
    >>> [round(edge, 2) for edge in shape.bounds], whole
    ([118.0, 31.99, 118.01, 32.01], True)
    """
    coast = [thing.geometry for thing in lines if thing.tags.get(COAST[0]) == COAST[1]]
    steps = _steps(coast, near)
    if not len(steps):
        return shapely.Polygon(), True
    series = gpd.GeoSeries([near, home], crs=4326)
    metric = series.estimate_utm_crs()
    area, community = series.to_crs(metric)
    steps = gpd.GeoSeries(steps, crs=4326).to_crs(metric).to_numpy()
    noded = shapely.union_all([area.boundary, *steps])
    faces = shapely.get_parts(shapely.polygonize([noded]))
    right, left = (_coast_beside(steps, faces, side) for side in (-1, 1))
    share = right / np.maximum(right + left, 1e-9)
    wet = faces[share >= _MOSTLY]
    torn = faces[(share < _MOSTLY) & (share > 1 - _MOSTLY)]
    whole = not len(torn) or not bool(shapely.intersects(torn, community).any())
    shape = gpd.GeoSeries([shapely.union_all(wet)], crs=metric).to_crs(4326).iloc[0]
    return shapely.intersection(shapely.make_valid(shape), near), whole


def _steps(coast: Sequence[Any], near: Any) -> Any:
    """Cut the coast into its straight pieces, those near the area alone."""
    pieces = []
    for line in coast:
        xy = shapely.get_coordinates(line)
        pieces.append(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)))
    steps = np.concatenate(pieces) if pieces else np.zeros(0, dtype=object)
    return steps[shapely.intersects(near, steps) & (shapely.length(steps) > 0)]


def _coast_beside(steps: Any, faces: Any, side: int) -> Any:
    """Measure how much coast each face has on one side of it: 1 is left, -1 right."""
    first, last = (shapely.get_coordinates(shapely.get_point(steps, k)) for k in (0, -1))
    along = last - first
    length = np.hypot(*along.T)
    across = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    points = shapely.points((first + last) / 2 + side * _BESIDE_M * across)
    point, face = shapely.STRtree(faces).query(points, predicate="within")
    return np.bincount(face, weights=length[point], minlength=len(faces))
