"""Build the network that people walk on from walkways, gates and barriers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gis import crossings
from gis.barriers import closed_gates, open_gates, uncrossable

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["GRADE_SEPARATED", "GRID_M", "WalkNetwork", "build", "exact_m", "wall_crossings"]

#: Kinds of walkways that pass over or under others, and over or under barriers.
GRADE_SEPARATED: Final = ("bridge", "overpass", "tunnel", "underpass")

#: Coordinates lie on a grid of this many metres.
GRID_M: Final = 0.001
_ON_LINE_M: Final = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class WalkNetwork:
    """Nodes and the walkways between them; nodes of degree two are contracted.

    Parameters
    ----------
    node_xy
        (N, 2) metres, sorted.
    edges
        (M, 2) node numbers, the lower first; two edges may join the same nodes, and an edge
        may return to its node.
    length_m
        (M,) metres, each a multiple of 2**-20 so that sums along a path are exact.
    geometries
        (M,) LineStrings from the first node to the second.
    separated
        (M,) True for bridges and tunnels, which are entered from other walkways only.
    """

    node_xy: NDArray[np.float64]
    edges: NDArray[np.int64]
    length_m: NDArray[np.float64]
    geometries: NDArray[Any]
    separated: NDArray[np.bool_]


def exact_m(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to a multiple of 2**-20 m (a micrometre), whose sums have no rounding error.

    Distances along a path are then the same from either end and in any order of the rows.

    Examples
    --------
    >>> float(exact_m(np.array([0.1]))[0] * 2**20)
    104858.0
    """
    return np.rint(np.asarray(metres, dtype=np.float64) * 2.0**20) / 2.0**20


def build(
    walkways: gpd.GeoDataFrame, *, gates: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame
) -> WalkNetwork:
    """Build the network of the walkways that people may and can use.

    Rows with `foot` False are left out. Lines join wherever they cross or touch, but a bridge,
    overpass, tunnel or underpass joins only where a row's end lies on it or its own end lies
    on a row. A walkway that crosses a barrier nobody can pass is cut there unless it is one of
    those kinds or an open gate stands within three metres; a shut gate cuts the walkway it
    stands on (within 1.5 m).

    Parameters
    ----------
    walkways, gates, barriers
        Layers as in `gis.tables`, in one metric CRS, on a 1 mm grid.

    Examples
    --------
    >>> import geopandas as gpd
    >>> lines = [[(0, 0), (10, 0)], [(5, -5), (5, 5)]]
    >>> walkways = gpd.GeoDataFrame(geometry=[shapely.LineString(xy) for xy in lines])
    >>> nothing = gpd.GeoDataFrame({"kind": []}, geometry=[])
    >>> network = build(walkways, gates=nothing, barriers=nothing)
    >>> network.edges.tolist(), network.length_m.tolist()
    ([[0, 2], [1, 2], [2, 3], [2, 4]], [5.0, 5.0, 5.0, 5.0])
    """
    lines, row = _usable(walkways)
    separated = _separated(walkways)[row]
    stops = uncrossable(barriers).geometry.to_numpy()
    on_ground, ways_through = _blanked(lines, separated), open_gates(gates)
    cuts = [
        crossings.find(on_ground, stops, ways_through),
        crossings.dead_ends(on_ground, stops, ways_through),
        crossings.shut(lines, closed_gates(gates)),
    ]
    left, owner = crossings.cut(lines, cuts)
    on_deck = separated[owner]

    ground = _split_at(_node(left[~on_deck]), _ends(lines[separated]))
    decks = _split_at(_rounded(left[on_deck]), _ends(lines))
    return _number(ground, decks)


def wall_crossings(
    walkways: gpd.GeoDataFrame, *, gates: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame
) -> pd.DataFrame:
    """List where a walkway crosses a barrier without a gate: a fault, not a passage.

    Returns
    -------
    pandas.DataFrame
        `row` and `barrier_row` (index labels of the two layers), `kind` of the barrier, and
        `x`, `y` in metres; one row per crossing, in the order of the rows.

    Examples
    --------
    >>> import geopandas as gpd
    >>> path = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (10, 0)])])
    >>> wall = gpd.GeoDataFrame({"kind": ["wall"]}, geometry=path.rotate(90))
    >>> gate = gpd.GeoDataFrame(geometry=[])
    >>> wall_crossings(path, gates=gate, barriers=wall).to_dict("records")
    [{'row': 0, 'barrier_row': 0, 'kind': 'wall', 'x': 5.0, 'y': 0.0}]
    """
    lines, row = _usable(walkways)
    lines = _blanked(lines, _separated(walkways)[row])
    stops = uncrossable(barriers)
    found = crossings.find(lines, stops.geometry.to_numpy(), open_gates(gates))
    place = shapely.point_on_surface(found.place)
    table = pd.DataFrame(
        {
            "row": walkways.index.to_numpy()[row[found.line]],
            "barrier_row": stops.index.to_numpy()[found.barrier],
            "kind": stops["kind"].to_numpy()[found.barrier],
            "x": np.round(shapely.get_x(place), 3),
            "y": np.round(shapely.get_y(place), 3),
        }
    )
    order = ["row", "barrier_row", "x", "y"]
    return table.drop_duplicates().sort_values(order, ignore_index=True)


def _usable(walkways: gpd.GeoDataFrame) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the single lines that may be walked on, and the position of each one's row."""
    allowed = np.ones(len(walkways), dtype=bool)
    if "foot" in walkways:
        said = walkways["foot"].astype("boolean").fillna(value=True)
        allowed = said.to_numpy(dtype=bool)
    # A copy: the array is the caller's own.
    shapes = np.array(walkways.geometry.to_numpy(), dtype=object)
    shapes[~allowed] = None
    parts, row = shapely.get_parts(shapely.force_2d(shapes), return_index=True)
    keep = (shapely.get_dimensions(parts) == 1) & (shapely.length(parts) > 0)
    return parts[keep], row[keep]


def _separated(walkways: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if "kind" not in walkways:
        return np.zeros(len(walkways), dtype=bool)
    kinds = walkways["kind"].to_numpy(dtype=object)
    return np.array([str(kind).strip().casefold() in GRADE_SEPARATED for kind in kinds], dtype=bool)


def _blanked(lines: NDArray[Any], separated: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the lines with nothing in the place of bridges and tunnels, which pass barriers."""
    on_ground = lines.copy()
    on_ground[separated] = None
    return on_ground


def _rounded(lines: NDArray[Any]) -> NDArray[Any]:
    parts = shapely.get_parts(shapely.set_precision(lines, GRID_M, mode="pointwise"))
    return _sorted(parts[shapely.length(parts) > 0])


def _sorted(lines: NDArray[Any]) -> NDArray[Any]:
    """Give each line one direction and all of them one order, whatever those they had."""
    backward = shapely.reverse(lines)
    lines = np.where(shapely.to_wkb(backward) < shapely.to_wkb(lines), backward, lines)
    # A ring that others meet at its ends must keep them; any other may begin anywhere.
    starts, stops = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    xy = np.vstack([shapely.get_coordinates(starts), shapely.get_coordinates(stops)])
    _, which, count = np.unique(xy.round(3), axis=0, return_inverse=True, return_counts=True)
    ends_met = count[which.ravel()[: len(lines)]]
    alone = shapely.is_closed(lines) & (ends_met == 2)  # noqa: PLR2004 - its own two ends
    lines = np.where(alone, shapely.normalize(lines), lines)
    return lines[np.argsort(shapely.to_wkb(lines), kind="stable")]


def _node(lines: NDArray[Any]) -> NDArray[Any]:
    """Join lines wherever they meet; what is drawn twice is kept once."""
    noded = shapely.union_all(_sorted(lines), grid_size=GRID_M)
    return _sorted(shapely.get_parts(shapely.line_merge(noded)))


def _ends(lines: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])


def _split_at(lines: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
    """Split lines at the points that lie on them."""
    if not len(lines) or not len(points):
        return lines
    tree = shapely.STRtree(lines)
    point, line = tree.query(points, predicate="dwithin", distance=_ON_LINE_M)
    along = shapely.line_locate_point(lines[line], points[point])
    inner = (along > _ON_LINE_M) & (along < shapely.length(lines[line]) - _ON_LINE_M)
    stops: dict[int, dict[tuple[float, float], float]] = defaultdict(dict)
    for k in np.flatnonzero(inner).tolist():
        at = points[point[k]]
        stops[int(line[k])][at.x, at.y] = float(along[k])
    pieces = []
    for number, whole in enumerate(lines):
        pieces += _pieces(whole, stops[number]) if number in stops else [whole]
    return np.array(pieces, dtype=object)


def _pieces(line: Any, stops: dict[tuple[float, float], float]) -> list[Any]:
    """Split a line at given places along it; the pieces end at exactly those points."""
    order = sorted(stops, key=lambda xy: (stops[xy], xy))
    along = [0.0, *(stops[xy] for xy in order), line.length]
    pieces = []
    for k, (start, end) in enumerate(pairwise(along)):
        if end - start <= _ON_LINE_M / 2:
            continue
        xy = list(substring(line, start, end).coords)
        if k > 0:
            xy[0] = order[k - 1]
        if k < len(order):
            xy[-1] = order[k]
        pieces.append(shapely.LineString(xy))
    return pieces


def _number(ground: NDArray[Any], decks: NDArray[Any]) -> WalkNetwork:
    """Give nodes numbers by their coordinates, and order the edges by their nodes."""
    lines = np.concatenate([ground, decks]) if len(decks) else ground
    separated = np.arange(len(lines)) >= len(ground)
    ends = np.stack([shapely.get_point(lines, 0), shapely.get_point(lines, -1)], axis=1)
    grid = np.rint(shapely.get_coordinates(ends.ravel()) / GRID_M).astype(np.int64)
    nodes, number = np.unique(grid.reshape(-1, 2), axis=0, return_inverse=True)
    edges = number.reshape(-1, 2).astype(np.int64)
    backward = edges[:, 0] > edges[:, 1]
    lines = np.where(backward, shapely.reverse(lines), lines)
    edges = np.sort(edges, axis=1)
    order = np.lexsort((shapely.to_wkb(lines), separated, edges[:, 1], edges[:, 0]))
    return WalkNetwork(
        node_xy=nodes * GRID_M,
        edges=edges[order],
        length_m=exact_m(shapely.length(lines[order])),
        geometries=lines[order],
        separated=separated[order],
    )
