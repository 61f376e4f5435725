"""Cut a community into blocks along its barriers, special sites and streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.communities import largest_overlap
from gis.shapes import GRID_M

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

__all__ = ["Blocks", "cut", "joined"]

SLIVER_M2: Final = 5.0
#: What streets enclose is a block from this area and this width on; less is a median, a roundabout
#: or a verge.
MEDIAN_M2: Final = 1000.0
MEDIAN_M: Final = 12.0


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
    streets: NDArray[Any] | None = None,
) -> Blocks:
    """Cut a boundary along every barrier, around every special site, and along streets.

    A line that encloses nothing, such as a dead end, cuts nothing. Slivers under 5 m² join the
    block they share the longest border with. So does what streets enclose under 1000 m² or 12 m
    of width, without crossing a barrier: the border then runs along one side of it. Streets cut
    no special site.

    Parameters
    ----------
    boundary
        The community, metres.
    barriers, special_sites
        Layers of the input contract, same CRS; barriers cut whether crossable or not.
    streets
        Lines as from `gis.streets.lines`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> wall = gpd.GeoDataFrame(geometry=[shapely.LineString([(40, -1), (40, 99)])])
    >>> none = gpd.GeoDataFrame({"name": []}, geometry=[])
    >>> town, street = shapely.box(0, 0, 100, 80), shapely.LineString([(-5, 40), (60, 40)])
    >>> blocks = cut(town, barriers=wall, special_sites=none, streets=np.array([street]))
    >>> [int(shape.area) for shape in blocks.shapes]
    [1600, 1600, 4800]
    """
    sites = (
        special_sites.sort_values("name", kind="stable") if len(special_sites) else special_sites
    )
    lines = [
        boundary.boundary,
        *(shapely.boundary(g) if g.area else g for g in barriers.geometry),
        *shapely.boundary(np.asarray(sites.geometry, dtype=object)),
    ]
    shapes = _faces(lines, boundary)
    if streets is not None and len(streets):
        outside = shapely.difference(streets, shapely.union_all(np.asarray(sites.geometry)))
        faces = _faces([*lines, *outside], boundary)
        enclosed = largest_overlap(shapely.point_on_surface(faces), shapes)
        shapes = _ordered(joined(faces, _is_median, within=enclosed)[0])
    owner = _special(shapes, sites)
    shapes, kept = joined(shapes, _is_sliver, within=np.zeros_like(owner))
    owner = owner[kept]
    names = np.array([*sites["name"], ""] if len(sites) else [""], dtype=str)
    return Blocks(shapes, names[owner])


def _faces(lines: list[Any], boundary: Polygon | MultiPolygon) -> NDArray[Any]:
    """Return what the lines enclose inside the boundary."""
    noded = shapely.union_all(shapely.set_precision(np.array(lines, dtype=object), GRID_M))
    faces = shapely.get_parts(shapely.polygonize([noded]))
    return _ordered(faces[shapely.contains(boundary, shapely.point_on_surface(faces))])


def _ordered(shapes: NDArray[Any]) -> NDArray[Any]:
    """Sort shapes by where they lie, so that nothing depends on the order of the lines."""
    spots = shapely.get_coordinates(shapely.centroid(shapes)).round(3)
    areas = shapely.area(shapes).round(3)
    return shapes[np.lexsort((areas, spots[:, 1], spots[:, 0]))] if len(shapes) else shapes


def _special(shapes: NDArray[Any], sites: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of the site each block lies in; -1, the place of "", where it lies in none."""
    return largest_overlap(shapely.point_on_surface(shapes), sites.geometry)


def _is_sliver(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(shapely.area(shapes) < SLIVER_M2, dtype=bool)


def _is_median(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    thin = shapely.is_empty(shapely.buffer(shapes, -MEDIAN_M / 2, quad_segs=2))
    return np.asarray(thin | (shapely.area(shapes) < MEDIAN_M2), dtype=bool)


def joined(
    shapes: NDArray[Any],
    is_small: Callable[[NDArray[Any]], NDArray[np.bool_]],
    *,
    within: NDArray[np.int64],
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Join each small block, the smallest first, to the one it has the longest border with.

    Parameters
    ----------
    shapes
        Polygons that match along their borders, (m,).
    is_small
        Tells which of some polygons are.
    within
        (m,) numbers: blocks whose numbers differ are not joined. One that touches no other of
        its number stays as it is.

    Returns
    -------
    The blocks, and the position each had.

    Examples
    --------
    >>> shapes = np.array([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 10, 9)])
    >>> found, kept = joined(shapes, lambda each: shapely.area(each) < 10, within=np.zeros(2))
    >>> shapely.area(found).tolist(), kept.tolist()
    ([90.0], [0])
    """
    kept = np.arange(len(shapes))
    shapes, areas, small = shapes.copy(), shapely.area(shapes), is_small(shapes)
    while small.any():
        smallest = int(np.argmin(np.where(small, areas, np.inf)))
        near = np.flatnonzero(shapely.intersects(shapes[smallest], shapes))
        near = near[(near != smallest) & (within[near] == within[smallest])]
        border = shapely.length(shapely.intersection(shapes[smallest], shapes[near])).round(3)
        if not len(near) or border.max() <= 0:
            small[smallest] = False
            continue
        host = int(near[np.argmax(border)])
        # They match vertex by vertex, so that nothing needs to move.
        shapes[host] = shapely.coverage_union(shapes[host], shapes[smallest])
        areas[host] = shapes[host].area
        small[host] &= bool(is_small(shapes[[host]])[0])
        shapes, within, areas, small, kept = (
            np.delete(values, smallest) for values in (shapes, within, areas, small, kept)
        )
    return shapes, kept
