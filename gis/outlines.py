"""Straighten the borders of cells as a person would draw them: the freer the ground, the more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["straighten"]

#: A border may move by so much where footprints are at least so far, metres: always by less than
#: would bring it to them. Odd numbers, for towns are drawn in round ones.
FREEDOM_M: Final = ((0.0, 0.23), (1.3, 0.57), (2.9, 1.19), (5.3, 2.83))
FIXED_M: Final = 0.11
SAMPLE_M: Final = 1.0
#: Borders may scrape a footprint by this much, as the cells do already.
SCRAPE_M: Final = 0.3
#: Rounds of taking back what came out crossing something.
ROUNDS: Final = 4


class _Runs(NamedTuple):
    """Stretches of borders: their lines, the cells on both sides, how far each may move."""

    lines: NDArray[Any]
    sides: NDArray[np.int64]
    tolerance: NDArray[np.float64]


def straighten(
    cells: NDArray[Any], footprints: NDArray[Any], *, group: NDArray[np.int64]
) -> NDArray[Any]:
    """Draw the borders between cells with fewer bends, so that none crosses a footprint.

    Borders keep their ends, where three cells meet. Those between cells of different groups stay
    where they are, to the decimetre, and the outline of the whole does to the last digit.

    Parameters
    ----------
    cells
        Polygons of a valid coverage, (n,), metres.
    footprints
        What borders must keep clear of, (m,).
    group
        Number of the block each cell lies in, (n,).

    Returns
    -------
    Polygons, (n,): a coverage again, as long as no two borders that run closely side by side met
    in more than one place, which the caller has to check.

    Examples
    --------
    >>> one = shapely.Polygon([(0, 0), (50, 0), (52, 20), (50, 40), (0, 40)])
    >>> cells = np.array([one, shapely.box(0, 0, 100, 40).difference(one)])
    >>> houses = np.array([shapely.box(5, 5, 15, 15), shapely.box(85, 5, 95, 15)])
    >>> [cell.area for cell in straighten(cells, houses, group=np.zeros(2, dtype=int))]
    [2000.0, 2000.0]
    >>> [cell.area for cell in straighten(cells, houses, group=np.arange(2))]
    [2040.0, 1960.0]
    """
    runs = _runs(cells, footprints, group)
    drawn = shapely.simplify(runs.lines, runs.tolerance)
    moved = shapely.get_num_coordinates(drawn) < shapely.get_num_coordinates(runs.lines)
    flesh = shapely.buffer(footprints, -SCRAPE_M, join_style="mitre", quad_segs=1)
    moving = np.flatnonzero(moved & (runs.tolerance > FREEDOM_M[0][1]))
    hit = shapely.STRtree(flesh).query(drawn[moving], predicate="intersects")[0]
    drawn[moving[hit]] = runs.lines[moving[hit]]
    for _ in range(ROUNDS):
        one, other = shapely.STRtree(drawn).query(drawn[moving], predicate="crosses")
        crossing = np.union1d(moving[one], other)
        if not len(crossing):
            break
        drawn[crossing] = runs.lines[crossing]
    found = _assembled(drawn, runs.sides, len(cells))
    wrong = shapely.coverage_invalid_edges(found)
    wrong = wrong[~shapely.is_empty(wrong)]
    if len(wrong):
        near = np.unique(shapely.STRtree(drawn).query(wrong, predicate="intersects")[1])
        drawn[near] = runs.lines[near]
        found = _assembled(drawn, runs.sides, len(cells))
    return found


def _runs(cells: NDArray[Any], footprints: NDArray[Any], group: NDArray[np.int64]) -> _Runs:
    """Take the borders apart where cells meet, and where the ground about them gets freer."""
    vertices, ends, sides = _segments(cells)
    segments = shapely.linestrings(vertices[ends])
    arcs = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(segments)))
    xy, arc = shapely.get_coordinates(arcs, return_index=True)
    # Each step from a vertex to the next is a segment from before: it tells the sides.
    place = np.searchsorted(vertices[:, 0] + 1j * vertices[:, 1], xy[:, 0] + 1j * xy[:, 1])
    step = np.flatnonzero(arc[1:] == arc[:-1])
    pair = np.sort(np.column_stack([place[step], place[step + 1]]), axis=1)
    keys = ends[:, 0] * len(vertices) + ends[:, 1]
    beside = sides[np.searchsorted(keys, pair[:, 0] * len(vertices) + pair[:, 1])]
    free = (beside[:, 1] >= 0) & (group[beside[:, 0]] == group[beside[:, 1]])
    freedom = _freedom(xy, footprints)
    level = np.where(free, np.minimum(freedom[step], freedom[step + 1]), -1)
    first = np.r_[True, (np.diff(step) != 1) | (np.diff(level) != 0)]
    run = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    # A run has a vertex more than steps.
    owner = np.r_[run, run[starts]]
    where = np.r_[step + 1, step[starts]]
    order = np.lexsort((where, owner))
    lines = shapely.linestrings(xy[where[order]], indices=owner[order])
    metres = np.array([*(metres for _, metres in FREEDOM_M), FIXED_M])[level[starts]]
    return _Runs(lines, beside[starts], np.where(beside[starts, 1] < 0, 0.0, metres))


def _segments(
    cells: NDArray[Any],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """List vertices, and each segment once: its two vertices and the cells on both sides, or -1.

    Vertices are sorted by x and y, segments by their vertices.
    """
    parts, cell = shapely.get_parts(cells, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    found, place = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    step = np.flatnonzero((ring[1:] == ring[:-1]) & (place[1:] != place[:-1]))
    pair = np.sort(np.column_stack([place[step], place[step + 1]]), axis=1)
    owner = cell[part[ring[step]]]
    keys = pair[:, 0] * len(found) + pair[:, 1]
    order = np.lexsort((owner, keys))
    keys, owner, pair = keys[order], owner[order], pair[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    last = np.r_[first[1:], len(keys)] - 1
    sides = np.column_stack([owner[first], np.where(last > first, owner[last], -1)])
    return np.column_stack([found.real, found.imag]), pair[first], sides


def _freedom(xy: NDArray[np.float64], footprints: NDArray[Any]) -> NDArray[np.int64]:
    """Tell which step of `FREEDOM_M` each place is at, by how far the nearest footprint is."""
    walls = shapely.get_coordinates(shapely.segmentize(footprints, SAMPLE_M))
    far_m = KDTree(walls).query(xy, distance_upper_bound=FREEDOM_M[-1][0])[0]
    steps = np.searchsorted([least for least, _ in FREEDOM_M], far_m, side="right") - 1
    return np.asarray(steps, dtype=np.int64)


def _assembled(lines: NDArray[Any], sides: NDArray[np.int64], count: int) -> NDArray[Any]:
    """Build each cell from the borders it has."""
    line = np.tile(np.arange(len(lines)), 2)
    cell = np.concatenate([sides[:, 0], sides[:, 1]])
    line, cell = line[cell >= 0], cell[cell >= 0]
    order = np.lexsort((line, cell))
    own = shapely.multilinestrings(lines[line[order]], indices=cell[order])
    whole: NDArray[Any] = shapely.build_area(own)
    return whole if len(whole) == count else np.full(count, shapely.Polygon(), dtype=object)
