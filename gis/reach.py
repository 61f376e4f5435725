"""Draw what lies within a walk, cut on each edge exactly where the walk ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.network import GRID_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.network import WalkNetwork

__all__ = ["BUFFER_M", "Bands", "polygon", "spans"]

#: Half the width of the band drawn around the ways within reach, metres.
BUFFER_M: Final = 30.0
_SIMPLIFY_M: Final = 1.0
_QUADRANT: Final = 3
_FAN: Final = 4


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


class Bands:
    """The bands around the edges of a network, and their unions, made once and kept.

    Neighbouring edges are nearly always in reach together. So that a polygon need not unite
    hundreds of bands each time, unions of 4, 16, 64, ... edges that lie beside each other on a
    Hilbert curve are kept from when they are first needed.

    Parameters
    ----------
    network
        The network walked on.
    """

    def __init__(self, network: WalkNetwork) -> None:
        lines = network.geometries
        beside = gpd.GeoSeries(lines).hilbert_distance().to_numpy()
        self._order = np.argsort(beside, kind="stable")
        grown = shapely.buffer(lines[self._order], BUFFER_M, quad_segs=_QUADRANT)
        self._levels: list[NDArray[Any]] = [grown]
        while len(self._levels[-1]) > _FAN:
            above = np.full(-(-len(self._levels[-1]) // _FAN), None, dtype=object)
            self._levels.append(above)
        self._vertices(lines)

    def whole(self, edges: NDArray[np.bool_]) -> list[Any]:
        """Return areas that together are the bands of the edges, as few as may be.

        Parameters
        ----------
        edges
            (M,) which of the network's edges.
        """
        found: list[Any] = []
        full: NDArray[np.bool_] = np.asarray(edges[self._order])
        for level, nodes in enumerate(self._levels):
            if level + 1 < len(self._levels):
                # The last node above may have fewer than four below it.
                padded = np.ones(-(-len(full) // _FAN) * _FAN, dtype=bool)
                padded[: len(full)] = full
                above = np.asarray(padded.reshape(-1, _FAN).all(axis=1))
            else:
                above = np.zeros(len(full), dtype=bool)
            alone = full & ~np.repeat(above, _FAN)[: len(nodes)] if len(above) else full
            found += [self._union(level, int(k)) for k in np.flatnonzero(alone)]
            full = above
        return found

    def cut(
        self, edges: NDArray[np.int64], start_m: NDArray[Any], stop_m: NDArray[Any]
    ) -> NDArray[Any]:
        """Return the bands of parts of edges, between so many metres along each and so many.

        Parameters
        ----------
        edges
            (k,) edge numbers, which may repeat.
        start_m, stop_m
            (k,) metres along the edge, `start_m` not above `stop_m`.
        """
        count = self._first[edges + 1] - self._first[edges]
        piece = np.repeat(np.arange(len(edges)), count)
        before = np.repeat(np.cumsum(count) - count, count)
        vertex = self._first[edges][piece] + np.arange(count.sum()) - before
        # Vertices beyond either cut move onto it, so that all pieces are cut at one go.
        begin_m = self._along_m[self._first[edges]]
        along_m = np.clip(
            self._along_m[vertex], (begin_m + start_m)[piece], (begin_m + stop_m)[piece]
        )
        xy = [np.interp(along_m, self._along_m, axis) for axis in self._xy]
        lines = shapely.linestrings(np.column_stack(xy), indices=piece)
        grown: NDArray[Any] = shapely.buffer(lines, BUFFER_M, quad_segs=_QUADRANT)
        return grown

    def _union(self, level: int, node: int) -> Any:
        known = self._levels[level][node]
        if known is None:
            below = range(node * _FAN, min((node + 1) * _FAN, len(self._levels[level - 1])))
            known = shapely.union_all([self._union(level - 1, child) for child in below])
            self._levels[level][node] = known
        return known

    def _vertices(self, lines: NDArray[Any]) -> None:
        """Lay the vertices of all edges on one axis of metres, each edge behind the last."""
        xy, edge = shapely.get_coordinates(lines, return_index=True)
        step_m = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
        starts = np.r_[True, edge[1:] != edge[:-1]] if len(edge) else np.zeros(0, dtype=bool)
        step_m[starts] = 1.0  # a gap, so that no place is both the end of one and the start of next
        self._along_m = np.cumsum(step_m)
        self._first = np.r_[np.flatnonzero(starts), len(edge)]
        self._xy = xy.T.copy()


def polygon(
    network: WalkNetwork,
    bands: Bands,
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
        The buffered edges, which are the same for every origin.
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
    whole, first, last = spans(network.length_m, ends[:, 0], ends[:, 1])
    whole &= (ends > 0).any(axis=1)
    from_first, from_last = (np.flatnonzero(~whole & (part > 0)) for part in (first, last))
    length_m = network.length_m
    edges = np.concatenate([from_first, from_last])
    begin_m = np.concatenate([np.zeros(len(from_first)), (length_m - last)[from_last]])
    end_m = np.concatenate([first[from_first], length_m[from_last]])
    if start_left_m > 0:
        edges = np.append(edges, edge)
        begin_m = np.append(begin_m, max(0.0, along_m - start_left_m))
        end_m = np.append(end_m, min(float(length_m[edge]), along_m + start_left_m))
    parts = [shapely.buffer(start, BUFFER_M, quad_segs=_QUADRANT), *bands.whole(whole)]
    area = shapely.union_all([*parts, *bands.cut(edges, begin_m, end_m)])
    return shapely.set_precision(shapely.simplify(area, _SIMPLIFY_M), GRID_M)
