"""Draw what lies within a walk, cut on each edge exactly where the walk ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely.ops import substring

from gis.network import GRID_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.network import WalkNetwork

__all__ = ["BUFFER_M", "bands", "polygon", "spans"]

#: Half the width of the band drawn around the ways within reach, metres.
BUFFER_M: Final = 30.0
_SIMPLIFY_M: Final = 1.0
_QUADRANT: Final = 3


def spans(
    length_m: NDArray[np.float64], from_first_m: NDArray[np.float64], from_last_m: NDArray[Any]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Tell how much of each edge lies within reach, from either end.

    Parameters
    ----------
    length_m
        (m,) metres of the edges.
    from_first_m, from_last_m
        (m,) metres still left to walk on reaching either node; below 0 where it is not reached.

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
    return first + last >= length_m, first, last


def polygon(
    network: WalkNetwork,
    bands: NDArray[Any],
    left_m: NDArray[np.float64],
    *,
    start: Any,
    edge: int,
    along_m: float,
    start_left_m: float,
) -> Any:
    """Draw the area within `BUFFER_M` of every way in reach.

    Parameters
    ----------
    network
        The network walked on.
    bands
        (M,) the buffered edges, one each, which are the same for every origin.
    left_m
        (N,) metres still left to walk on reaching each node; below 0 where it is not reached.
    start
        The way from the origin to its edge, a line or a point, as far as the walk goes.
    edge, along_m, start_left_m
        Where the origin joins the network, and the metres left there; below 0 where the
        walk ends before.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        Valid and not empty.
    """
    ends = left_m[network.edges]
    near = np.flatnonzero((ends > 0).any(axis=1))
    whole, first, last = spans(network.length_m[near], ends[near, 0], ends[near, 1])
    pieces = [start]
    for k in np.flatnonzero(~whole):
        line = network.geometries[near[k]]
        if first[k] > 0:
            pieces.append(substring(line, 0.0, first[k]))
        if last[k] > 0:
            pieces.append(substring(line, line.length - last[k], line.length))
    if start_left_m > 0:
        line = network.geometries[edge]
        pieces.append(substring(line, max(0.0, along_m - start_left_m), along_m + start_left_m))
    parts = shapely.buffer(np.array(pieces, dtype=object), BUFFER_M, quad_segs=_QUADRANT)
    area = shapely.union_all(np.concatenate([bands[near[whole]], parts]))
    return shapely.set_precision(shapely.simplify(area, _SIMPLIFY_M), GRID_M)


def bands(network: WalkNetwork) -> NDArray[Any]:
    """Buffer every edge once, for `polygon`."""
    grown: NDArray[Any] = shapely.buffer(network.geometries, BUFFER_M, quad_segs=_QUADRANT)
    return grown
