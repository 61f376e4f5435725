"""Walk the frozen grid of a point index: which polygon holds a point, which border is near.

The plane is cut into square cells, and each of these into 1, 4, 16 ... square leaves, the more
the more edges it has. A leaf lists runs: stretches of consecutive vertices of one polygon's ring
whose edges touch it. For a point q in a leaf whose east side is X, let f be the parity of the
edges that the half-open ray from q to the east crosses, and of the ends of runs that lie east of
X and north of q. An edge that does not touch the leaf adds the same to f for every q in it, so
whether q is inside is f of the polygon's own runs here, flipped by one bit that is kept with
the first of them. Everything is whole millimetres in 64 bits: exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gis.compiled import compiled, helper

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "EVERY",
    "FAR_M",
    "MM",
    "NONE",
    "Grid",
    "border_one",
    "close_to",
    "find_each",
    "find_one",
    "nearest_each",
    "odd",
]

MM: Final = 1000.0
#: Further than any two places on Earth: nowhere, like what is not finite.
FAR_M: Final = 1e9
#: In place of a polygon: the edges of every one count, or of none.
EVERY: Final = -1
NONE: Final = -2


class Grid(NamedTuple):
    """The arrays that a point index consists of; distances are millimetres.

    Parameters
    ----------
    frame
        West and south end, width and height, binary logarithm of the cells' side, columns and
        rows of cells; shape (7,).
    cells
        First leaf times 16, plus the binary logarithm of the leaves in a row; row by row from
        the south-west, shape (rows * columns,).
    leaves
        First run, and the first polygon that fills the leaf without an edge in it, -1 for none;
        one more row than leaves, shape (n + 1, 2).
    runs
        Polygon times 2 plus its bit, first vertex, last vertex; by leaf and polygon, shape (n, 3).
    vertices
        East and north of the frame's corner; ring after ring, each closed, shape (n, 2).
    """

    frame: NDArray[np.int64]
    cells: NDArray[np.int64]
    leaves: NDArray[np.int32]
    runs: NDArray[np.int32]
    vertices: NDArray[np.int32]


@helper
def odd(vertices: Any, first: int, last: int, x: int, y: int, east: int) -> int:
    """Return f of one run for a point: 1 for odd."""
    x1, y1 = np.int64(vertices[first, 0]), np.int64(vertices[first, 1])
    above = bool(y1 > y)
    parity = 1 if above and x1 > east else 0
    for at in range(first + 1, last + 1):
        x2, y2 = np.int64(vertices[at, 0]), np.int64(vertices[at, 1])
        if (y2 > y) != above:
            # Left of the edge, seen towards the north: the crossing lies east of the point.
            side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            if (side < 0) if above else (side > 0):
                parity ^= 1
            above = not above
        x1, y1 = x2, y2
    if above and x1 > east:
        parity ^= 1
    return parity


@helper
def _holder(
    x_m: float, y_m: float, frame: Any, cells: Any, leaves: Any, runs: Any, vertices: Any
) -> int:
    """Return the first polygon that holds a point in metres, -1 for none."""
    fx, fy = np.rint(x_m * MM) - frame[0], np.rint(y_m * MM) - frame[1]
    if not (0 <= fx <= frame[2] and 0 <= fy <= frame[3]):
        return -1
    x, y = int(fx), int(fy)
    shift = frame[4]
    cell = cells[(y >> shift) * frame[5] + (x >> shift)]
    fold = cell & 15
    small = shift - fold
    mask = (1 << fold) - 1
    leaf = (cell >> 4) + (((y >> small) & mask) << fold) + ((x >> small) & mask)
    east = ((x >> small) + 1) << small
    cover = leaves[leaf, 1]
    polygon, parity = -1, 0
    for run in range(leaves[leaf, 0], leaves[leaf + 1, 0]):
        key = runs[run, 0]
        if key >> 1 != polygon:
            if parity == 1:
                return int(polygon)
            polygon, parity = key >> 1, 0
            if 0 <= cover < polygon:
                return int(cover)
        parity ^= (key & 1) ^ odd(vertices, runs[run, 1], runs[run, 2], x, y, east)
    return int(polygon if parity == 1 else cover)


@compiled
def find_one(
    x_m: float, y_m: float, frame: Any, cells: Any, leaves: Any, runs: Any, vertices: Any
) -> int:
    """Return the first polygon that holds a point in metres, -1 for none."""
    return _holder(x_m, y_m, frame, cells, leaves, runs, vertices)


@compiled
def find_each(x_m: Any, y_m: Any, found: Any, grid: Grid) -> None:
    """Write down the first polygon that holds each point, -1 for none."""
    for at in range(len(x_m)):
        found[at] = _holder(
            x_m[at], y_m[at], grid.frame, grid.cells, grid.leaves, grid.runs, grid.vertices
        )


@helper
def _away2(vertices: Any, at: int, x: float, y: float) -> float:
    """Return the square of a point's distance to the edge that begins at a vertex."""
    ax, ay = vertices[at, 0] - x, vertices[at, 1] - y
    dx = float(np.int64(vertices[at + 1, 0]) - vertices[at, 0])
    dy = float(np.int64(vertices[at + 1, 1]) - vertices[at, 1])
    along = -(ax * dx + ay * dy)
    length2 = dx * dx + dy * dy
    if along <= 0.0:
        return float(ax * ax + ay * ay)
    if along >= length2:
        bx, by = vertices[at + 1, 0] - x, vertices[at + 1, 1] - y
        return float(bx * bx + by * by)
    across = ax * dy - ay * dx
    return float(across * across / length2)


@helper
def _window(grid: Grid, row: int, column: int, x: float, y: float, reach: float) -> Any:
    """Return which leaves of a cell may lie in reach: from and to which row, and column."""
    fold = grid.cells[row * grid.frame[5] + column] & 15
    side, many = float(1 << (grid.frame[4] - fold)), 1 << fold
    up, right = y / side - (row << fold), x / side - (column << fold)
    reach = reach / side
    return (
        int(min(max(up - reach, 0.0), many)),
        int(min(max(up + reach + 1.0, 0.0), many)),
        int(min(max(right - reach, 0.0), many)),
        int(min(max(right + reach + 1.0, 0.0), many)),
    )


@helper
def _in_cell(
    grid: Grid, row: int, column: int, x: float, y: float, only: int, best: float, who: int
) -> tuple[float, int]:
    """Return the square and the polygon of the nearest edge so far, after looking in one cell."""
    cell = grid.cells[row * grid.frame[5] + column]
    fold = cell & 15
    side = float(1 << (grid.frame[4] - fold))
    low_r, high_r, low_c, high_c = _window(grid, row, column, x, y, np.sqrt(best))
    for r in range(low_r, high_r):
        south = ((row << fold) + r) * side
        up = max(south - y, y - south - side, 0.0)
        for c in range(low_c, high_c):
            leaf = (cell >> 4) + (r << fold) + c
            west = ((column << fold) + c) * side
            across = max(west - x, x - west - side, 0.0)
            if up * up + across * across > best:
                continue
            for run in range(grid.leaves[leaf, 0], grid.leaves[leaf + 1, 0]):
                polygon = grid.runs[run, 0] >> 1
                if only in (EVERY, polygon):
                    for at in range(grid.runs[run, 1], grid.runs[run, 2]):
                        square = _away2(grid.vertices, at, x, y)
                        if square < best or (square == best and polygon < who):
                            best, who = square, polygon
    return best, who


@helper
def _beyond(side: int, middle: int, ring: int, many: int, at: float) -> float:
    """Return the least distance along one axis to cells outside the rings searched so far."""
    low = at - (middle - ring + 1) * side if middle >= ring else np.inf
    high = (middle + ring) * side - at if middle + ring < many else np.inf
    return min(low, high)


@helper
def _nearest(x: float, y: float, only: int, grid: Grid) -> tuple[float, int]:
    """Return the square and the polygon of the nearest edge.

    The cells are searched in rings around the point's, until a ring lies further than the best.
    """
    side, columns, rows = 1 << grid.frame[4], grid.frame[5], grid.frame[6]
    c = min(max(int(x // side), 0), columns - 1)
    r = min(max(int(y // side), 0), rows - 1)
    best, who = np.inf, -1
    for ring in range(max(columns, rows)):
        gap = min(_beyond(side, c, ring, columns, x), _beyond(side, r, ring, rows, y))
        if ring > 0 and gap > 0 and gap * gap > best:
            break
        for row in range(max(r - ring, 0), min(r + ring, rows - 1) + 1):
            step = 1 if abs(row - r) == ring or ring == 0 else 2 * ring
            for column in range(c - ring, c + ring + 1, step):
                if 0 <= column < columns:
                    best, who = _in_cell(grid, row, column, x, y, only, best, who)
    return best, who


@compiled
def border_one(x_m: float, y_m: float, first: int, last: int, frame: Any, vertices: Any) -> float:
    """Return the metres from a point to the nearest edge of the rings between two vertices.

    The way from one ring to the next, which begins where the last one is closed, is no edge.
    """
    x, y = x_m * MM - frame[0], y_m * MM - frame[1]
    best, begin = np.inf, first
    for at in range(first, last - 1):
        if at > begin and (
            vertices[at, 0] == vertices[begin, 0] and vertices[at, 1] == vertices[begin, 1]
        ):
            begin = at + 1
            continue
        best = min(best, _away2(vertices, at, x, y))
    return float(np.sqrt(best) / MM)


@compiled
def nearest_each(x_m: Any, y_m: Any, only: Any, who: Any, metres: Any, grid: Grid) -> None:
    """Write down the nearest edge's polygon and metres.

    `only` is the polygon whose edges count, EVERY or NONE.
    """
    for at in range(len(x_m)):
        who[at], metres[at] = -1, np.nan
        if only[at] > NONE and abs(x_m[at]) < FAR_M and abs(y_m[at]) < FAR_M:
            x, y = x_m[at] * MM - grid.frame[0], y_m[at] * MM - grid.frame[1]
            best, found = _nearest(x, y, only[at], grid)
            if found >= 0:
                who[at], metres[at] = found, np.sqrt(best) / MM


@helper
def _touched(grid: Grid, run: int, x: float, y: float, square: float) -> bool:
    """Tell whether an edge of a run is no further than the root of a number."""
    for at in range(grid.runs[run, 1], grid.runs[run, 2]):
        if _away2(grid.vertices, at, x, y) <= square:
            return True
    return False


@compiled
def close_to(x_m: float, y_m: float, metres: float, found: Any, grid: Grid) -> int:
    """Write down the polygons that have an edge within some metres; return how many there are.

    One may come several times; what does not fit into `found` is only counted.
    """
    x, y, reach = x_m * MM - grid.frame[0], y_m * MM - grid.frame[1], metres * MM
    side = 1 << grid.frame[4]
    columns, rows = grid.frame[5], grid.frame[6]
    count, last = 0, -1
    low_r, high_r = max((y - reach) // side, 0.0), min((y + reach) // side, rows - 1.0)
    low_c, high_c = max((x - reach) // side, 0.0), min((x + reach) // side, columns - 1.0)
    for row in range(int(low_r), int(high_r) + 1):
        for column in range(int(low_c), int(high_c) + 1):
            cell = grid.cells[row * columns + column]
            from_r, to_r, from_c, to_c = _window(grid, row, column, x, y, reach)
            for r in range(from_r, to_r):
                for c in range(from_c, to_c):
                    leaf = (cell >> 4) + (r << (cell & 15)) + c
                    for run in range(grid.leaves[leaf, 0], grid.leaves[leaf + 1, 0]):
                        polygon = grid.runs[run, 0] >> 1
                        if polygon != last and _touched(grid, run, x, y, reach * reach):
                            last = polygon
                            if count < len(found):
                                found[count] = polygon
                            count += 1
    return count
