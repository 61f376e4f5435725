"""Give every home the ground around it: cells that cover a community exactly.

The method is that of enclosed tessellation (Fleischmann et al. 2020, doi:10.1016/j.compenvurbsys
.2019.101441; Arribas-Bel and Fleischmann 2022): Voronoi cells of footprints within blocks. It
differs in that the result is an exact coverage and no footprint is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.ndimage import maximum_filter, minimum_filter

from gis.communities import largest_overlap
from gis.errors import NotACoverage
from gis.outlines import straighten
from gis.shapes import GRID_M, nudged, polygonal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from gis.blocks import Blocks

__all__ = ["Cells", "around", "given"]

SPACING_M: Final = 1.0
FAR_SPACING_M: Final = 2.5
FAR_M: Final = 8.0
#: Most squares of a raster along a side.
RASTER: Final = 4000
SHRINK_M: Final = 0.2
SKIN_M: Final = 0.05
GAP_M: Final = 0.5
SIMPLIFY_M: Final = 0.4
MIN_PIECE_M2: Final = 1.0
SLIVER_M: Final = 0.5


@dataclass(frozen=True, slots=True)
class Cells:
    """A coverage of a community.

    Parameters
    ----------
    shapes
        Polygons, (n,): first one for each home, in the order given, then the ground.
    homes
        How many of them belong to homes.
    special
        Name of the special site each lies in, (n,); "" elsewhere.
    """

    shapes: NDArray[Any]
    homes: int
    special: NDArray[np.str_]


def around(footprints: NDArray[Any], boundary: Polygon | MultiPolygon, *, blocks: Blocks) -> Cells:
    """Divide each block among the footprints that lie in it; blocks without any stay whole.

    A footprint belongs to the block that most of it lies in, and takes its ground with it where
    it reaches into the next one.

    Parameters
    ----------
    footprints
        Polygons that do not overlap, (n,), metres; each reaches into the boundary.
    boundary
        The community.
    blocks
        What `gis.blocks.cut` made of it.

    Raises
    ------
    NotACoverage
        If a footprint has no area in the boundary, or the cells cannot be made to tile it; names
        how many do not match.

    Examples
    --------
    >>> from gis.blocks import Blocks
    >>> town = shapely.box(0, 0, 60, 20)
    >>> houses = np.array([shapely.box(5, 5, 15, 15), shapely.box(45, 5, 55, 15)])
    >>> cells = around(houses, town, blocks=Blocks(np.array([town]), np.array([""])))
    >>> [round(cell.area) for cell in cells.shapes]
    [600, 600]
    """
    footprints = polygonal(shapely.intersection(footprints, boundary))
    owner = largest_overlap(footprints, blocks.shapes)
    if (owner < 0).any():
        msg = f"{np.sum(owner < 0)} of {len(owner)} buildings have no area inside the boundary"
        raise NotACoverage(msg)
    shapes = _straighten(blocks.shapes, footprints, owner)
    cells = np.empty(len(footprints), dtype=object)
    for block in np.unique(owner):
        members = np.flatnonzero(owner == block)
        cells[members] = _divide(shapes[block], footprints[members])
    empty = np.setdiff1d(np.arange(len(shapes)), owner)
    # A block that a footprint from outside covers wholly is empty by now.
    ground = [
        (part, block) for block in empty for part in shapely.get_parts(shapes[block]) if part.area
    ]
    whole = np.array([*cells, *(part for part, _ in ground)], dtype=object)
    home = np.r_[owner, np.array([b for _, b in ground], dtype=np.int64)]
    tidy = partial(straighten, footprints=footprints, group=home)
    return Cells(_clean(whole, boundary, tidy), len(footprints), blocks.special[home])


def given(shapes: NDArray[Any], boundary: Polygon | MultiPolygon) -> Cells:
    """Take a planner's own cells, cut at the boundary; what they leave free becomes ground.

    Slivers between them, or along the boundary, join the cell they lie at.

    Parameters
    ----------
    shapes
        Polygons, (n,), each reaching into the boundary.
    boundary
        The community.

    Raises
    ------
    NotACoverage
        If the cells overlap by more than slivers.
    """
    inside = polygonal(shapely.intersection(shapes, boundary))
    total, united = shapely.area(inside).sum(), shapely.union_all(inside)
    overlap = total - united.area
    if overlap > max(MIN_PIECE_M2, 1e-4 * total):
        msg = f"the cells overlap by {overlap:.0f} m²; draw them so that each place lies in one"
        raise NotACoverage(msg)
    free = shapely.get_parts(polygonal([shapely.difference(boundary, united)]))
    free = free[shapely.area(free) > 0]
    thin = shapely.is_empty(shapely.buffer(free, -SLIVER_M / 2))
    thin |= shapely.area(free) < MIN_PIECE_M2
    at = np.where(thin, largest_overlap(shapely.buffer(free, GAP_M), inside), -1)
    for cell in np.unique(at[at >= 0]):
        parts = [inside[cell], *free[at == cell]]
        inside[cell] = shapely.union_all(parts, grid_size=GRID_M)
    whole = np.array([*inside, *free[at < 0]], dtype=object)
    return Cells(_clean(whole, boundary, _simplified), len(shapes), np.full(len(whole), ""))


def _straighten(
    blocks: NDArray[Any], footprints: NDArray[Any], owner: NDArray[np.int64]
) -> NDArray[Any]:
    """Move the borders of blocks around footprints that stand across them."""
    blocks = blocks.copy()
    outside = shapely.area(shapely.difference(footprints, blocks[owner]))
    for footprint in np.flatnonzero(outside > 0):
        shape = footprints[footprint]
        touched = shapely.STRtree(blocks).query(shape, predicate="intersects")
        for block in np.sort(touched):
            if block != owner[footprint]:
                rest = shapely.difference(blocks[block], shape, grid_size=GRID_M)
                blocks[block] = polygonal([rest])[0]
        home = owner[footprint]
        blocks[home] = shapely.union(blocks[home], shape, grid_size=GRID_M)
    return blocks


def _divide(block: Any, footprints: NDArray[Any]) -> NDArray[Any]:
    """Give each footprint of a block its Voronoi cell within the block."""
    if len(footprints) == 1:
        return np.array([block], dtype=object)
    points, owner = _samples(footprints)
    # A line of them all is as good to GEOS as many points, and made in no time.
    voronoi = shapely.voronoi_polygons(
        shapely.linestrings(points), extend_to=shapely.buffer(block, 10.0), ordered=True
    )
    # The points come footprint by footprint, so each has a run of the pieces.
    runs = np.split(shapely.get_parts(voronoi), np.searchsorted(owner, range(1, len(footprints))))
    cells = np.array([shapely.coverage_union_all(run) for run in runs], dtype=object)
    # The zigzag between two rows of points goes first: all that follows is cheaper for it.
    cells = shapely.coverage_simplify(cells, SIMPLIFY_M)
    shapely.prepare(block)
    across = ~shapely.contains_properly(block, cells)
    cells[across] = polygonal(shapely.intersection(cells[across], block))
    return _gather(_uncut(cells, footprints), footprints)


def _samples(footprints: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Put points along each footprint, a little inside, so that neighbours stay apart.

    The border between two rows of points lies off by spacing² / (8 × distance) at the most, so
    what is far from all others needs fewer.
    """
    inner = shapely.buffer(footprints, -SHRINK_M, join_style="mitre")
    inner = np.where(shapely.is_empty(inner), shapely.point_on_surface(footprints), inner)
    near, near_owner = shapely.get_coordinates(
        shapely.segmentize(inner, SPACING_M), return_index=True
    )
    far, far_owner = shapely.get_coordinates(
        shapely.segmentize(inner, FAR_SPACING_M), return_index=True
    )
    close = _has_neighbour(near, near_owner, near, near_owner)
    apart = ~_has_neighbour(near, near_owner, far, far_owner)
    xy = np.concatenate([near[close], far[apart]])
    owner = np.concatenate([near_owner[close], far_owner[apart]])
    order = np.argsort(owner, kind="stable")
    xy, owner = xy[order], owner[order]
    _, first = np.unique(xy.round(3), axis=0, return_index=True)
    first.sort()
    return nudged(xy[first]), owner[first]


def _has_neighbour(
    samples: NDArray[np.float64],
    samples_owner: NDArray[np.int64],
    xy: NDArray[np.float64],
    owner: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Tell which points have a sample of a footprint not their own within about `FAR_M`.

    Asked of a raster of half that width, so that none within `FAR_M` is missed.
    """
    start = samples.min(axis=0)
    width = max(FAR_M / 2, float(np.ptp(samples, axis=0).max()) / RASTER)
    size = np.floor(np.ptp(samples, axis=0) / width).astype(np.int64) + 1
    lowest, highest = np.full(size, len(samples)), np.full(size, -1)
    column, row = np.floor((samples - start) / width).astype(np.int64).T
    np.minimum.at(lowest, (column, row), samples_owner)
    np.maximum.at(highest, (column, row), samples_owner)
    reach = 2 * int(np.ceil(FAR_M / width)) + 1
    lowest, highest = minimum_filter(lowest, reach), maximum_filter(highest, reach)
    column, row = np.clip(np.floor((xy - start) / width).astype(np.int64), 0, size - 1).T
    near: NDArray[np.bool_] = (lowest[column, row] < owner) | (highest[column, row] > owner)
    return near


def _uncut(cells: NDArray[Any], footprints: NDArray[Any]) -> NDArray[Any]:
    """Give back to each footprint what lies in a neighbour's cell."""
    # Less than a skin does not matter: smoothing moves the borders by more.
    flesh = shapely.buffer(footprints, -SKIN_M, join_style="mitre")
    flesh = np.where(shapely.is_empty(flesh), footprints, flesh)
    taker, loser = shapely.STRtree(cells).query(flesh, predicate="intersects")
    taker, loser = taker[taker != loser], loser[taker != loser]
    cells = cells.copy()
    for cell in np.unique(loser):
        taken = shapely.union_all(footprints[taker[loser == cell]], grid_size=GRID_M)
        cells[cell] = shapely.difference(cells[cell], taken, grid_size=GRID_M)
    cells = polygonal(cells)
    for cell in np.unique(taker):
        cells[cell] = shapely.union(cells[cell], footprints[cell], grid_size=GRID_M)
    return cells


def _gather(cells: NDArray[Any], footprints: NDArray[Any]) -> NDArray[Any]:
    """Hand the parts of a cell that lie apart from its footprint to the neighbours they touch."""
    parts, owner = shapely.get_parts(cells, return_index=True)
    keep = shapely.is_valid(parts) & (shapely.area(parts) > 0)
    parts, owner = parts[keep], owner[keep]
    own = shapely.area(shapely.intersection(parts, footprints[owner])) > 0
    main = [_main(parts, own, np.flatnonzero(owner == n)) for n in range(len(cells))]
    home = np.full(len(parts), -1, dtype=np.int64)
    for cell, group in enumerate(main):
        home[group] = cell
    _adopt(parts, home)
    # What touches no cell of the block stays with the one it came from.
    home = np.where(home < 0, owner, home)
    return np.array(
        [shapely.union_all(parts[home == n], grid_size=GRID_M) for n in range(len(cells))],
        dtype=object,
    )


def _adopt(parts: NDArray[Any], home: NDArray[np.int64]) -> None:
    """Give each stray part, in place, the home of the part it shares the longest border with."""
    first, second = shapely.STRtree(parts).query(parts[home < 0], predicate="intersects")
    first = np.flatnonzero(home < 0)[first]
    border = shapely.length(shapely.intersection(parts[first], parts[second])).round(3)
    order = np.lexsort((second, first, -border))
    while True:
        ready = [n for n in order if home[first[n]] < 0 <= home[second[n]] and border[n] > 0]
        if not ready:
            return
        home[first[ready[0]]] = home[second[ready[0]]]


def _main(
    parts: NDArray[Any], own: NDArray[np.bool_], members: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Select the parts that hold the footprint, else the largest one."""
    holding = members[own[members]]
    return holding if len(holding) else members[[int(np.argmax(shapely.area(parts[members])))]]


def _clean(
    cells: NDArray[Any],
    boundary: Polygon | MultiPolygon,
    draw: Callable[[NDArray[Any]], NDArray[Any]],
) -> NDArray[Any]:
    """Match the edges and draw the borders anew, keep the boundary as it is."""
    cells = shapely.coverage_clean(cells, snapping_distance=GRID_M, gap_width=GAP_M)
    for drawing in (draw, _simplified):
        drawn = drawing(cells)
        for each in (shapely.set_precision(drawn, GRID_M, mode="pointwise"), drawn):
            if _tiles(each, boundary):
                return each
    wrong = int(np.sum(~shapely.is_valid(drawn))) or len(cells)
    msg = f"{wrong} of {len(cells)} cells do not tile the boundary; check the barriers near it"
    raise NotACoverage(msg)


def _simplified(cells: NDArray[Any]) -> NDArray[Any]:
    """Smooth the zigzag between cells by the same little everywhere."""
    smooth: NDArray[Any] = shapely.coverage_simplify(cells, SIMPLIFY_M, simplify_boundary=False)
    return smooth


def _tiles(cells: NDArray[Any], boundary: Polygon | MultiPolygon) -> bool:
    """Tell whether cells cover the boundary, and each place once, to 1 m² per km²."""
    if not (shapely.is_valid(cells).all() and shapely.coverage_is_valid(cells)):
        return False
    off = shapely.symmetric_difference(shapely.coverage_union_all(cells), boundary).area
    return bool(off < 1e-6 * boundary.area)
