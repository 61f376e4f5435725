"""Unite the bands around the edges of a network, for many areas at once, no two alike twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.network import WalkNetwork

    Ints = NDArray[np.int64]

__all__ = ["BUFFER_M", "Bands", "grown"]

#: Half the width of the band drawn around the ways within reach, metres.
BUFFER_M: Final = 30.0
_QUADRANT: Final = 3
_FAN: Final = 4

#: Rows that a thread more is worth.
_SHARE: Final = 64


def grown(lines: Any) -> NDArray[Any]:
    """Return the bands around lines."""
    bands: NDArray[Any] = shapely.buffer(lines, BUFFER_M, quad_segs=_QUADRANT)
    return bands


class Bands:
    """The bands around the edges of a network, and their unions, made once and kept.

    Neighbouring edges are nearly always in reach together. So edges stand in a tree: each four
    that lie beside each other on a Hilbert curve have a parent, each four parents one, and so on.
    The union of all bands below a node is kept from when it is first needed; areas that have the
    same bands below a node share their union.

    Parameters
    ----------
    network
        The network walked on.
    """

    def __init__(self, network: WalkNetwork) -> None:
        self._lines = network.geometries
        lines = gpd.GeoSeries(self._lines)
        west, south, east, north = lines.total_bounds
        side = max(east - west, north - south)  # a square, as the curve stretches with its box
        beside = lines.hilbert_distance(total_bounds=(west, south, west + side, south + side))
        order = np.argsort(beside.to_numpy(), kind="stable")
        self._rank = np.empty(len(order), dtype=np.int64)
        self._rank[order] = np.arange(len(order))
        self._levels: list[NDArray[Any]] = [grown(self._lines[order])]
        while len(self._levels[-1]) > 1:
            above = np.full(-(-len(self._levels[-1]) // _FAN), None, dtype=object)
            self._levels.append(above)
        self._vertices()

    def cut(self, edges: Ints, start_m: NDArray[Any], stop_m: NDArray[Any]) -> NDArray[Any]:
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
        return grown(shapely.linestrings(np.column_stack(xy), indices=piece))

    def unite(
        self, count: int, whole: tuple[Ints, Ints], pieces: tuple[Ints, Ints, Ints], areas: Any
    ) -> NDArray[Any]:
        """Unite whole bands, and pieces of their own, to each of so many areas.

        Parameters
        ----------
        count
            How many areas.
        whole
            Number of the area, and the edge whose whole band belongs to it, each pair once.
        pieces
            Number of the area, the edge beside which a piece lies, and which of `areas` it is.
        areas
            (k,) polygons.

        Returns
        -------
        (count,) polygons or multipolygons, empty where nothing belongs to them; each the same
        whatever others are united with it.
        """
        full = np.unique(whole[0] * len(self._rank) + self._rank[whole[1]])
        area, node, piece = pieces[0], self._rank[pieces[1]], pieces[2]
        pool = np.asarray(areas, dtype=object)
        for level, nodes in enumerate(self._levels):
            above = max(1, -(-len(nodes) // _FAN))
            full_area, full_node = np.divmod(full, len(nodes))
            full, taken = self._full_above(full_area, full_node, level)
            used, which = np.unique(full_node[taken], return_inverse=True)
            key = np.concatenate([full_area[taken] * above, area * above])
            node = np.concatenate([full_node[taken], node])
            key += node // _FAN
            piece = np.concatenate([which + len(pool), piece])
            pool = np.concatenate([pool, self._whole(level, used)])
            key, piece, pool = _united(key, node, piece, pool)
            area, node = np.divmod(key, above)
        found = np.full(count, shapely.Polygon(), dtype=object)
        found[area] = pool[piece]
        return found

    def _full_above(self, area: Ints, node: Ints, level: int) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the parents all of whose children an area holds, and what has no such parent."""
        if level + 1 == len(self._levels):
            return np.zeros(0, dtype=np.int64), np.ones(len(node), dtype=bool)
        below, above = len(self._levels[level]), len(self._levels[level + 1])
        parent, which, held = np.unique(
            area * above + node // _FAN, return_inverse=True, return_counts=True
        )
        # The last parent may have fewer than four children.
        complete = held == np.minimum(_FAN, below - parent % above * _FAN)
        return parent[complete], ~complete[which]

    def _whole(self, level: int, nodes: Ints) -> NDArray[Any]:
        """Return the unions of all bands below nodes."""
        kept = self._levels[level]
        new = nodes[shapely.is_missing(kept[nodes])]
        if len(new):
            children = new[:, None] * _FAN + np.arange(_FAN)
            there = children < len(self._levels[level - 1])
            below = np.full(children.shape, None, dtype=object)
            below[there] = self._whole(level - 1, children[there])
            kept[new] = shapely.union_all(below, axis=1)
        found: NDArray[Any] = kept[nodes]
        return found

    def _vertices(self) -> None:
        """Lay the vertices of all edges on one axis of metres, each edge behind the last."""
        xy, edge = shapely.get_coordinates(self._lines, return_index=True)
        step_m = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
        starts = np.r_[True, edge[1:] != edge[:-1]] if len(edge) else np.zeros(0, dtype=bool)
        step_m[starts] = 1.0  # a gap, so that no place is both the end of one and the start of next
        self._along_m = np.cumsum(step_m)
        self._first = np.r_[np.flatnonzero(starts), len(edge)]
        self._xy = xy.T.copy()


def _united(
    key: Ints, node: Ints, piece: Ints, pool: NDArray[Any]
) -> tuple[Ints, Ints, NDArray[Any]]:
    """Unite the pieces of each key, in the order of their nodes; what is alike is united once."""
    order = np.lexsort((node, key))
    key, piece = key[order], piece[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else order
    size = np.diff(np.r_[first, len(key)])
    rows = np.full((len(first), size.max(initial=1)), -1)
    rows[np.repeat(np.arange(len(first)), size), np.arange(len(key)) - np.repeat(first, size)] = (
        piece
    )
    found = rows[:, 0]
    many = np.flatnonzero(size > 1)
    distinct, which = np.unique(rows[many], axis=0, return_inverse=True)
    found[many] = len(pool) + which.reshape(-1)
    parts: NDArray[Any] = pool[distinct]
    parts[distinct < 0] = None
    made = _row_unions(parts)
    return key[first], found, np.concatenate([pool, made])


def _row_unions(rows: NDArray[Any]) -> NDArray[Any]:
    """Unite each row; many rows are shared among the processors, as unions hold no lock."""
    hands = min(os.cpu_count() or 1, len(rows) // _SHARE)
    if hands <= 1:
        return np.asarray(shapely.union_all(rows, axis=1), dtype=object)
    made = np.full(len(rows), None, dtype=object)
    with ThreadPoolExecutor(hands) as threads:
        # Dealt like cards: neighbours take about as long as each other.
        dealt = [threads.submit(shapely.union_all, rows[k::hands], axis=1) for k in range(hands)]
        for k, some in enumerate(dealt):
            made[k::hands] = some.result()
    return made
