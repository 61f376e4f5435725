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
    moving = np.flatnonzero(moved & (runs.tolerance > FREEDOM_M[0][1]))
    hit, struck = shapely.STRtree(footprints).query(drawn[moving], predicate="intersects")
    flesh = shapely.buffer(footprints[struck], -SCRAPE_M, join_style="mitre", quad_segs=1)
    hit = moving[hit[shapely.intersects(drawn[moving[hit]], flesh)]]
    drawn[hit] = runs.lines[hit]
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
    parts, cell = shapely.get_parts(cells, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    at, place = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    vertices = np.column_stack([at.real, at.imag])
    step = np.flatnonzero(ring[1:] == ring[:-1])
    start, end, owner, ring = place[step], place[step + 1], cell[part[ring[step]]], ring[step]
    segment, sides, node = _segments(start, end, owner)
    freedom = _freedom(vertices, footprints)
    free = (sides[:, 1] >= 0) & (group[sides[:, 0]] == group[sides[:, 1]])
    level = np.where(free[segment], np.minimum(freedom[start], freedom[end]), -1)
    turn, new = _turned(ring, level, node[start])
    start, end, owner, segment, level = (v[turn] for v in (start, end, owner, segment, level))
    # Each border is walked along from both sides; once is enough.
    once = owner == sides[segment, 0]
    start, end, segment, level, new = (v[once] for v in (start, end, segment, level, new))
    first = np.flatnonzero(new)
    last = np.r_[first[1:], len(new)] - 1
    # A run has a vertex more than steps.
    run = np.cumsum(new) - 1
    order = np.argsort(np.r_[2 * np.arange(len(new)), 2 * last + 1])
    corners, owner = np.r_[start, end[last]][order], np.r_[run, run[last]][order]
    beside = sides[segment[first]]
    metres = np.array([*(metres for _, metres in FREEDOM_M), FIXED_M])[level[first]]
    return _Runs(
        shapely.linestrings(vertices[corners], indices=owner),
        beside,
        np.where(beside[:, 1] < 0, 0.0, metres),
    )


def _segments(
    start: NDArray[np.int64], end: NDArray[np.int64], owner: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Give a number to each segment that steps around cells walk along.

    Parameters
    ----------
    start, end, owner
        Vertices and cell of each step, (k,), cells in order.

    Returns
    -------
    Number of each step's segment, (k,); the cells on both sides of each segment, -1 for none,
    (s, 2); and whether other than two segments meet in each vertex.
    """
    low, high = np.minimum(start, end), np.maximum(start, end)
    keys = low * (high.max() + 1) + high
    order = np.argsort(keys, kind="stable")
    new = np.r_[True, np.diff(keys[order]) != 0]
    first = np.flatnonzero(new)
    last = np.r_[first[1:], len(keys)] - 1
    segment = np.empty(len(keys), dtype=np.int64)
    segment[order] = np.cumsum(new) - 1
    ordered = owner[order]
    sides = np.column_stack([ordered[first], np.where(last > first, ordered[last], -1)])
    met = np.bincount(np.r_[low[order[first]], high[order[first]]])
    return segment, sides, np.asarray(met != 2, dtype=bool)  # noqa: PLR2004


def _turned(
    ring: NDArray[np.int64], level: NDArray[np.int64], at_node: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Turn each ring of steps so that it begins where a run does.

    Returns the positions of the steps in their new order, and which of them begin a run.
    """
    head = np.flatnonzero(np.r_[True, np.diff(ring) != 0])
    size = np.diff(np.r_[head, len(ring)])
    number = np.arange(len(ring)) - np.repeat(head, size)
    before = np.arange(len(ring)) - 1
    before[head] = head + size - 1
    breaks = at_node | (level != level[before])
    found = np.minimum.reduceat(np.where(breaks, number, len(ring)), head)
    shift = np.where(found < len(ring), found, 0)
    turn = np.repeat(head, size) + (number + np.repeat(shift, size)) % np.repeat(size, size)
    return turn, breaks[turn] | (number == 0)


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
