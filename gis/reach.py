"""Draw what lies within a walk, cut on each edge exactly where the walk ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.bands import grown
from gis.network import GRID_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.bands import Bands
    from gis.network import WalkNetwork

__all__ = ["polygons", "spans"]

_SIMPLIFY_M: Final = 1.0


def spans(
    length_m: NDArray[np.float64], from_first_m: NDArray[np.float64], from_last_m: NDArray[Any]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Tell how much of each edge lies within reach, from either end.

    Parameters
    ----------
    length_m
        (m,) metres of the edges.
    from_first_m, from_last_m
        (..., m) metres still left to walk on reaching either node; below 0 where it is not
        reached.

    Returns
    -------
    tuple
        Which edges lie in reach whole, and the metres in reach from either end.

    Examples
    --------
    >>> whole, first, last = spans(np.array([10.0, 10.0]), np.array([3.0, 6.0]),
    ...                            np.array([-1.0, 4.0]))
    >>> whole.tolist(), first.tolist(), last.tolist()
    ([False, True], [3.0, 6.0], [0.0, 4.0])
    """
    first = np.clip(from_first_m, 0.0, length_m)
    last = np.clip(from_last_m, 0.0, length_m)
    any_m = np.maximum(from_first_m, from_last_m)
    whole: NDArray[np.bool_] = (first + last >= length_m) & (any_m > 0)
    return whole, first, last


def polygons(
    network: WalkNetwork,
    bands: Bands,
    walked_m: NDArray[np.float64],
    metres: NDArray[np.float64],
    *,
    points: NDArray[Any],
    edge: NDArray[np.int64],
    along_m: NDArray[np.float64],
    snap_m: NDArray[np.float64],
) -> NDArray[Any]:
    """Draw the areas within `gis.bands.BUFFER_M` of every way in reach of origins.

    Parameters
    ----------
    network
        The network walked on.
    bands
        Its buffered edges, which are the same for every origin.
    walked_m
        (n, N) metres from where each origin joins the network to each node, at least to those
        within the longest walk; infinite to others.
    metres
        (k,) how long the walks are.
    points, edge, along_m, snap_m
        (n,) the origins, where each joins the network, and the metres to there.

    Returns
    -------
    (n, k) polygons or multipolygons, valid and not empty.
    """
    walks = len(metres)
    origin = np.repeat(np.arange(len(points)), walks)
    left_m = (metres - snap_m[:, None]).ravel()
    reached = np.asarray(np.isfinite(walked_m).any(axis=0))
    near = np.flatnonzero(reached[network.edges].any(axis=1))
    length_m = network.length_m[near]
    ends = (left_m[:, None] - walked_m[origin][:, network.edges[near].T.ravel()]).reshape(
        len(left_m), 2, len(near)
    )
    whole, first, last = spans(length_m, ends[:, 0], ends[:, 1])
    whole_area, whole_edge = np.nonzero(whole)
    whole_edge = near[whole_edge]
    parts = []
    for part, from_end in ((first, False), (last, True)):
        area, cut = np.nonzero(~whole & (part > 0))
        far_m = part[area, cut]
        begin_m = length_m[cut] - far_m if from_end else np.zeros(len(cut))
        parts.append((area, near[cut], begin_m, begin_m + far_m))
    # An edge that the origin stands on is in reach from there too.
    held = np.isin(np.arange(len(left_m)) * len(network.edges) + edge[origin],
                   whole_area * len(network.edges) + whole_edge)  # fmt: skip
    own = np.flatnonzero((left_m > 0) & ~held)
    at_m, own_edge = along_m[origin[own]], edge[origin[own]]
    parts.append((own, own_edge, np.maximum(0.0, at_m - left_m[own]),
                  np.minimum(network.length_m[own_edge], at_m + left_m[own])))  # fmt: skip
    area, cut, begin_m, end_m = (np.concatenate(column) for column in zip(*parts, strict=True))
    # The way to the network is the same for all walks that get there.
    there_m = np.clip(metres, 0.0, snap_m[:, None]).ravel()
    pairs: NDArray[np.float64] = np.column_stack([origin, there_m])
    ways, way = np.unique(pairs, axis=0, return_inverse=True)
    start = ways[:, 0].astype(np.int64)
    led = _led(network, points[start], edge[start], along_m[start], ways[:, 1], snap_m[start])
    found = bands.unite(
        len(left_m),
        (whole_area, whole_edge),
        (
            np.concatenate([area, np.arange(len(left_m))]),
            np.concatenate([cut, edge[origin]]),
            np.concatenate([np.arange(len(area)), len(area) + way.reshape(-1)]),
        ),
        np.concatenate([bands.cut(cut, begin_m, end_m), grown(led)]),
    )
    drawn: NDArray[Any] = _rounded(shapely.simplify(found, _SIMPLIFY_M)).reshape(-1, walks)
    return drawn


def _led(
    network: WalkNetwork,
    points: NDArray[Any],
    edge: NDArray[np.int64],
    along_m: NDArray[np.float64],
    there_m: NDArray[np.float64],
    snap_m: NDArray[np.float64],
) -> NDArray[Any]:
    """Return the straight ways from points towards where they join, as far as a walk leads."""
    joint = shapely.get_coordinates(
        shapely.line_interpolate_point(network.geometries[edge], along_m)
    )
    start = shapely.get_coordinates(points)
    share = np.divide(there_m, snap_m, out=np.ones(len(points)), where=snap_m > 0)
    lines: NDArray[Any] = shapely.linestrings(
        np.stack([start, start + share[:, None] * (joint - start)], axis=1)
    )
    return lines


def _rounded(areas: NDArray[Any]) -> NDArray[Any]:
    """Round to the grid, by the slow way only where the quick one leaves no valid area."""
    quick: NDArray[Any] = shapely.set_precision(areas, GRID_M, mode="pointwise")
    bad = ~shapely.is_valid(quick)
    quick[bad] = shapely.set_precision(areas[bad], GRID_M)
    return quick
