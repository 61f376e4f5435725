"""Lay polygons out as the frozen grid of a point index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from gis.compiled import compiled, helper
from gis.lookup.point_grid import MM, Grid, odd

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["build_grid"]

#: Extent beyond which products of two differences in millimetres leave 64 bits.
_MAX_EXTENT_MM: Final = 2**31
#: Edges that a leaf is to have; fewer make the index larger, more make it slower.
_LEAF_EDGES: Final = 32
#: Leaves that a cell of the upper level is to have, on average.
_CELL_LEAVES: Final = 2
#: Binary logarithm of the leaves in a cell's row, at most; and of a leaf's side, at least.
_MAX_FOLD: Final = 7
_MIN_SIDE: Final = 8
#: Edges between two runs of one ring that are rather taken along than left out.
_BRIDGE: Final = 3
_POLYGONS: Final = (3, 6)
#: To which corner of a leaf: the north-west or the south-east one.
_UP: Final = 1
_ALONG: Final = 0


def build_grid(polygons: NDArray[Any]) -> Grid:
    """Return the grid of some polygons, shape (n,); see `PointIndex.build`."""
    if not np.isin(shapely.get_type_id(polygons), _POLYGONS).all() or (
        shapely.is_empty(polygons).any()
    ):
        msg = "a polygon is missing, empty or none"
        raise ValueError(msg)
    rings, low = _rings(polygons)
    vertices = rings.vertices
    width, height = (int(side) + 1 for side in vertices.max(axis=0, initial=0))
    leaves_wanted = max(len(vertices) / _LEAF_EDGES, 1.0)
    side = np.sqrt(width * height / max(leaves_wanted / _CELL_LEAVES, 1.0))
    shift = max(int(np.ceil(np.log2(side))), _MIN_SIDE)
    columns, rows = (width >> shift) + 1, (height >> shift) + 1
    frame = np.array([*low, width, height, shift, columns, rows], dtype=np.int64)
    cells = np.arange(columns * rows, dtype=np.int64) << 4
    counts = _spread(rings, frame, cells, bridge=-1)
    fold = np.ceil(np.log2(np.maximum(counts / _LEAF_EDGES, 1.0)) / 2).astype(np.int64)
    fold = np.minimum(fold, min(_MAX_FOLD, shift - _MIN_SIDE))
    cells = (np.concatenate([[0], np.cumsum(4**fold)]) << 4)[:-1] | fold
    counts = _spread(rings, frame, cells, bridge=_BRIDGE)
    leaves = np.full((len(counts) + 1, 2), -1, dtype=np.int32)
    leaves[:, 0] = np.concatenate([[0], np.cumsum(counts)])
    runs = np.empty((int(leaves[-1, 0]), 3), dtype=np.int32)
    _spread(rings, frame, cells, bridge=_BRIDGE, leaves=leaves, runs=runs)
    grid = Grid(frame, cells, leaves, runs, vertices)
    _settle(grid, np.empty((3, len(polygons) + 1), dtype=np.int64))
    for array in grid:
        array.flags.writeable = False
    return grid


class _Rings(NamedTuple):
    """All rings' vertices one after the other; where each ring ends, and whose it is."""

    vertices: NDArray[np.int32]
    ends: NDArray[np.int64]
    owners: NDArray[np.int64]


def _rings(polygons: NDArray[Any]) -> tuple[_Rings, NDArray[np.int64]]:
    """Return all rings in millimetres, and the corner they are measured from."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    ends = np.cumsum(shapely.get_num_coordinates(rings)).astype(np.int64)
    owners = part_owner[ring_part].astype(np.int64)
    points = shapely.get_coordinates(rings)
    if not np.isfinite(points).all():
        msg = "a polygon has a vertex that is not finite"
        raise ValueError(msg)
    if not len(points):
        return _Rings(np.empty((0, 2), dtype=np.int32), ends, owners), np.zeros(2, dtype=np.int64)
    points *= MM
    np.rint(points, out=points)
    # One millimetre of nothing in the west and south: what begins there is in no polygon.
    low = points.min(axis=0) - 1
    points -= low
    if not points.max() < _MAX_EXTENT_MM - 1:
        msg = "the polygons are wider than 2,147 km: not one metric CRS"
        raise ValueError(msg)
    return _Rings(points.astype(np.int32), ends, owners), low.astype(np.int64)


def _spread(
    rings: _Rings,
    frame: NDArray[np.int64],
    cells: NDArray[np.int64],
    *,
    bridge: int,
    leaves: NDArray[np.int32] | None = None,
    runs: NDArray[np.int32] | None = None,
) -> NDArray[np.int64]:
    """Count each leaf's runs, or write them into `runs` where `leaves` tells the place."""
    many = int((cells[-1] >> 4) + 4 ** (cells[-1] & 15))
    last = np.full(many, -1, dtype=np.int64)
    if leaves is None or runs is None:
        fill, out = np.zeros(many, dtype=np.int64), np.empty((0, 3), dtype=np.int32)
    else:
        fill, out = leaves[:-1, 0].astype(np.int64), runs
    _run_over(rings, frame, cells, last, fill, out, bridge)
    return fill


@helper
def _span(a: Any, b: Any, low: float, high: float) -> tuple[int, int]:
    """Return from where to where an edge goes in the east while its north is in a range.

    A millimetre or two more on both sides than it does, for the rounding of floats.
    """
    x1, y1, x2, y2 = float(a[0]), float(a[1]), float(b[0]), float(b[1])
    if y1 > y2:
        x1, y1, x2, y2 = x2, y2, x1, y1
    west, east = x1, x2
    if y1 < low:
        west = x1 + (x2 - x1) * ((low - y1) / (y2 - y1))
    if y2 > high:
        east = x1 + (x2 - x1) * ((high - y1) / (y2 - y1))
    return max(int(min(west, east)) - 1, 0), int(max(west, east)) + 2


@helper
def _note(last: Any, fill: Any, out: Any, leaf: int, at: int, oldest: int, key: int) -> None:
    """Note that an edge touches a leaf: a new run, unless the latest one is not too old."""
    if last[leaf] < oldest:
        if len(out) > 0:
            out[fill[leaf], 0], out[fill[leaf], 1] = key, at
        fill[leaf] += 1
    if len(out) > 0:
        out[fill[leaf] - 1, 2] = at + 1
    last[leaf] = at


@compiled
def _run_over(
    rings: _Rings, frame: Any, cells: Any, last: Any, fill: Any, out: Any, bridge: int
) -> None:
    """Go along all edges and note in each leaf they touch where runs begin and end.

    Leaves are closed: what touches a side belongs to both. `last` remembers each leaf's latest
    edge, -1 at first; `fill` is where its next run goes; no `out` means counting.
    """
    shift, columns = frame[4], frame[5]
    side, first = 1 << shift, 0
    for ring in range(len(rings.ends)):
        for at in range(first, rings.ends[ring] - 1):
            a, b = rings.vertices[at], rings.vertices[at + 1]
            low, high = min(a[1], b[1]) - 1, np.int64(max(a[1], b[1]))
            oldest = max(first, at - bridge)
            for row in range(low >> shift, (high >> shift) + 1):
                south = row * side
                west, east = _span(a, b, float(south), float(south + side))
                for column in range(west >> shift, min(east >> shift, columns - 1) + 1):
                    cell = cells[row * columns + column]
                    fold = cell & 15
                    small = shift - fold
                    begin = column * side
                    for r in range(
                        max(low - south, 0) >> small, (min(high - south, side - 1) >> small) + 1
                    ):
                        up = float(south + (r << small))
                        low_c, high_c = _span(a, b, up, up + (1 << small))
                        leaf = (cell >> 4) + (r << fold)
                        for c in range(
                            max(low_c - begin, 0) >> small,
                            (min(high_c - begin, side - 1) >> small) + 1,
                        ):
                            _note(last, fill, out, leaf + c, at, oldest, rings.owners[ring] << 1)
        first = rings.ends[ring]


@helper
def _flip(state: Any, polygon: int) -> None:
    """Add a polygon to a set (its size, then its members), or take it out."""
    size = state[0]
    for at in range(1, size + 1):
        if state[at] == polygon:
            state[at] = state[size]
            state[0] = size - 1
            return
    state[0] = size + 1
    state[size + 1] = polygon


@helper
def _cross(grid: Grid, leaf: int, state: Any, x: int, y: int, side: int, up: int) -> None:
    """Turn the set of polygons that hold a leaf's south-west corner into the next corner's."""
    east = x + side
    to_x, to_y = (x, y + side) if up else (east, y)
    for run in range(grid.leaves[leaf, 0], grid.leaves[leaf + 1, 0]):
        first, last = grid.runs[run, 1], grid.runs[run, 2]
        if odd(grid.vertices, first, last, x, y, east) != odd(
            grid.vertices, first, last, to_x, to_y, east
        ):
            _flip(state, grid.runs[run, 0] >> 1)


@helper
def _copy(state: Any, to: Any) -> None:
    """Copy a set."""
    for at in range(state[0] + 1):
        to[at] = state[at]


@compiled
def _settle(grid: Grid, sets: Any) -> None:
    """Set the bits of runs, and what fills a leaf, along rows of leaves from the west.

    Nothing holds the frame's west side; from one corner to the next the leaf's runs tell.
    """
    shift, columns, rows = grid.frame[4], grid.frame[5], grid.frame[6]
    base, edge, here = sets[0], sets[1], sets[2]
    for row in range(rows):
        base[0] = 0
        for column in range(columns):
            cell = grid.cells[row * columns + column]
            fold = cell & 15
            side = 1 << (shift - fold)
            _copy(base, edge)
            for r in range(1 << fold):
                _copy(edge, here)
                y = (row << shift) + r * side
                for c in range(1 << fold):
                    leaf = (cell >> 4) + (r << fold) + c
                    x = (column << shift) + c * side
                    _mark(grid, leaf, here, x, y, x + side)
                    if c == 0:
                        _cross(grid, leaf, edge, x, y, side, _UP)
                    _cross(grid, leaf, here, x, y, side, _ALONG)
                if r == 0:
                    _copy(here, base)


@helper
def _mark(grid: Grid, leaf: int, here: Any, x: int, y: int, east: int) -> None:
    """Set the bits of one leaf's runs, and its cover, from what holds its south-west corner."""
    first, last = grid.leaves[leaf, 0], grid.leaves[leaf + 1, 0]
    cover, polygon, begin = -1, -1, first
    for run in range(first, last):
        if grid.runs[run, 0] >> 1 != polygon:
            polygon, begin = grid.runs[run, 0] >> 1, run
            for at in range(1, here[0] + 1):
                if here[at] == polygon:
                    grid.runs[begin, 0] ^= 1
        if odd(grid.vertices, grid.runs[run, 1], grid.runs[run, 2], x, y, east) == 1:
            grid.runs[begin, 0] ^= 1
    for at in range(1, here[0] + 1):
        own = False
        for run in range(first, last):
            own = own or grid.runs[run, 0] >> 1 == here[at]
        if not own and (cover < 0 or here[at] < cover):
            cover = here[at]
    grid.leaves[leaf, 1] = cover
