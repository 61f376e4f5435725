"""Divide the ground outside walls among the blocks behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis import barriers as fences
from gis.blocks import Blocks, joined
from gis.communities import largest_overlap
from gis.shapes import GRID_M, nudged, polygonal

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["divide"]

#: What is wider than this on the average is a park or a square, and stays whole.
VERGE_M: Final = 40.0
#: A wall shorter than this is not what a verge runs along.
WALL_M: Final = 10.0
ALONG_M: Final = 0.75
SPACING_M: Final = 2.0
SIMPLIFY_M: Final = 1.0
MIN_PIECE_M2: Final = 50.0


def divide(blocks: Blocks, homes: NDArray[Any], *, barriers: gpd.GeoDataFrame) -> Blocks:
    """Divide each verge without homes among the blocks with homes whose walls it runs along.

    A verge is a narrow block, such as what lies between the walls of compounds and the middle
    of the streets around them. Each place in it goes with the nearest wall: where two compounds
    meet, the border between them is drawn on to the street. Water stays whole.

    Parameters
    ----------
    blocks
        As from `gis.blocks.cut`.
    homes
        Footprints with households, (n,), metres.
    barriers
        The input layer: those that stop people are walls.

    Returns
    -------
    Blocks: the others as they were, then the pieces.

    Examples
    --------
    >>> import geopandas as gpd
    >>> compounds = [shapely.box(0, 0, 60, 50), shapely.box(60, 0, 100, 50)]
    >>> shapes = np.array([*compounds, shapely.box(0, 50, 100, 60)])
    >>> walls = gpd.GeoDataFrame(
    ...     {"kind": ["wall", "wall"]}, geometry=shapely.boundary(shapes[:2])
    ... )
    >>> houses = np.array([shapely.box(5, 5, 15, 15), shapely.box(85, 5, 95, 15)])
    >>> found = divide(Blocks(shapes, np.full(3, "")), houses, barriers=walls)
    >>> [round(shape.area) for shape in found.shapes]
    [3000, 2000, 600, 400]
    """
    closed = fences.uncrossable(barriers).geometry.to_numpy()
    if not len(closed):
        return blocks
    shapes, plain = blocks.shapes, blocks.special == ""
    lived_in = np.isin(np.arange(len(shapes)), largest_overlap(homes, shapes)) & plain
    water = closed[shapely.area(closed) > 0]
    wet = largest_overlap(shapely.point_on_surface(shapes), water) >= 0
    narrow = 2 * shapely.area(shapes) < VERGE_M * shapely.length(shapes)
    verges = np.flatnonzero(plain & ~lived_in & ~wet & narrow)
    behind = np.flatnonzero(lived_in)
    verge, block = shapely.STRtree(shapes[behind]).query(shapes[verges], predicate="intersects")
    verge, block = verges[verge], behind[block]
    border = shapely.intersection(shapes[verge], shapes[block])
    walls = shapely.buffer(shapely.union_all(closed), ALONG_M, cap_style="flat")
    walled = shapely.intersection(border, walls)
    long = shapely.length(walled) >= WALL_M
    verge, block, walled = verge[long], block[long], walled[long]
    divided = [each for each in verges if (verge == each).sum() > 1]
    if not divided:
        return blocks
    pieces = [piece for each in divided for piece in _pieces(shapes[each], walled[verge == each])]
    kept = np.setdiff1d(np.arange(len(shapes)), divided)
    return Blocks(
        np.array([*shapes[kept], *pieces], dtype=object),
        np.concatenate([blocks.special[kept], np.full(len(pieces), "")]),
    )


def _pieces(verge: Any, walls: NDArray[Any]) -> NDArray[Any]:
    """Give each place of a verge to the nearest of the walls."""
    xy, owner = shapely.get_coordinates(shapely.segmentize(walls, SPACING_M), return_index=True)
    # Where two walls meet, neither is the nearer. Sorted, the order of the barriers is nothing.
    xy, first, times = np.unique(xy.round(3), axis=0, return_index=True, return_counts=True)
    xy, owner = xy[times == 1], owner[first[times == 1]]
    voronoi = shapely.voronoi_polygons(
        shapely.linestrings(nudged(xy)), extend_to=shapely.buffer(verge, 10.0), ordered=True
    )
    cells = shapely.get_parts(voronoi)
    near = [shapely.coverage_union_all(cells[owner == wall]) for wall in np.unique(owner)]
    smooth = shapely.coverage_simplify(np.array(near, dtype=object), SIMPLIFY_M)
    parts = shapely.get_parts(polygonal(shapely.intersection(smooth, verge, grid_size=GRID_M)))
    parts = parts[shapely.area(parts) > 0]
    together = np.zeros(len(parts), dtype=np.int64)
    return joined(parts, lambda each: shapely.area(each) < MIN_PIECE_M2, within=together)[0]
