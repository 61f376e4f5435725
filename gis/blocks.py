"""Cut a community into blocks along its barriers and special sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.communities import largest_overlap
from gis.shapes import GRID_M

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

__all__ = ["Blocks", "cut"]

SLIVER_M2: Final = 5.0


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one community: they tile its boundary.

    Parameters
    ----------
    shapes
        Polygons, (m,).
    special
        Name of the special site each block is part of, (m,); "" elsewhere.
    """

    shapes: NDArray[Any]
    special: NDArray[np.str_]


def cut(
    boundary: Polygon | MultiPolygon,
    *,
    barriers: gpd.GeoDataFrame,
    special_sites: gpd.GeoDataFrame,
) -> Blocks:
    """Cut a boundary along every barrier, crossable or not, and around every special site.

    A barrier that encloses nothing cuts nothing. Slivers under 5 m² join the block they share
    the longest border with.

    Parameters
    ----------
    boundary
        The community, metres.
    barriers, special_sites
        Layers of the input contract, same CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> wall = gpd.GeoDataFrame(geometry=[shapely.LineString([(4, -1), (4, 9)])])
    >>> none = gpd.GeoDataFrame({"name": []}, geometry=[])
    >>> blocks = cut(shapely.box(0, 0, 10, 8), barriers=wall, special_sites=none)
    >>> [int(shape.area) for shape in blocks.shapes]
    [32, 48]
    """
    sites = (
        special_sites.sort_values("name", kind="stable") if len(special_sites) else special_sites
    )
    lines = [
        boundary.boundary,
        *(shapely.boundary(g) if g.area else g for g in barriers.geometry),
        *shapely.boundary(np.asarray(sites.geometry, dtype=object)),
    ]
    noded = shapely.union_all(shapely.set_precision(np.array(lines, dtype=object), GRID_M))
    faces = shapely.get_parts(shapely.polygonize([noded]))
    inside = shapely.contains(boundary, shapely.point_on_surface(faces))
    shapes = _ordered(faces[inside])
    owner = _special(shapes, sites)
    shapes, owner = _without_slivers(shapes, owner)
    names = np.array([*sites["name"], ""] if len(sites) else [""], dtype=str)
    return Blocks(shapes, names[owner])


def _ordered(shapes: NDArray[Any]) -> NDArray[Any]:
    """Sort shapes by where they lie, so that nothing depends on the order of the lines."""
    spots = shapely.get_coordinates(shapely.centroid(shapes)).round(3)
    areas = shapely.area(shapes).round(3)
    return shapes[np.lexsort((areas, spots[:, 1], spots[:, 0]))] if len(shapes) else shapes


def _special(shapes: NDArray[Any], sites: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of the site each block lies in; -1, the place of "", where it lies in none."""
    return largest_overlap(shapely.point_on_surface(shapes), sites.geometry)


def _without_slivers(
    shapes: NDArray[Any], owner: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Join each block under 5 m² to the neighbour with the longest common border."""
    shapes, areas = shapes.copy(), shapely.area(shapes)
    # One that touches no other stays as it is.
    alone = np.zeros(len(shapes), dtype=bool)
    while (small := (areas < SLIVER_M2) & ~alone).any():
        smallest = int(np.argmin(np.where(small, areas, np.inf)))
        near = np.flatnonzero(shapely.intersects(shapes[smallest], shapes))
        near = near[near != smallest]
        border = shapely.length(shapely.intersection(shapes[smallest], shapes[near])).round(3)
        if not len(near) or border.max() <= 0:
            alone[smallest] = True
            continue
        host = int(near[np.argmax(border)])
        shapes[host] = shapely.union(shapes[host], shapes[smallest], grid_size=GRID_M)
        areas[host] = shapes[host].area
        shapes, owner, areas, alone = (
            np.delete(values, smallest) for values in (shapes, owner, areas, alone)
        )
    return shapes, owner
