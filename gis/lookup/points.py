"""Find the one polygon of a coverage that each point lies in, on edges and corners too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.lookup.fragments import Fragments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

__all__ = ["PointIndex"]

_MM: Final = 1000
#: Edges tested at once; bounds the memory of a batch to some tens of megabytes.
_CHUNK_EDGES: Final = 1_000_000
#: Extent beyond which products of two differences in millimetres leave 64 bits.
_MAX_EXTENT_MM: Final = 2**31


class PointIndex:
    """Look up points in polygons that tile a plane.

    A point belongs to a polygon when a ray from it to the east crosses the polygon's rings an
    odd number of times, where an edge counts as crossed if exactly one of its ends lies north
    of the ray (Sunday's half-open crossing rule; Shimrat 1962, CACM 5(8):434, corrected by
    Hacker). Coordinates are whole millimetres and the test is exact in 64-bit integers, so two
    polygons that share an edge decide the same way about it: every point of a valid coverage
    lies in exactly one polygon, where `within` says none and `intersects` says two.

    Parameters
    ----------
    codes
        One name per polygon, any hashable.
    polygons
        Polygons or multipolygons in a metric CRS, holes allowed, shape (n,).

    Raises
    ------
    ValueError
        If the two differ in length, a polygon is missing or empty, or the whole is wider
        than 2,147 km.

    Examples
    --------
    >>> index = PointIndex(["west", "east"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> index.find([0.5, 1.0, 5.0], [0.5, 0.5, 0.5])
    array([ 0,  1, -1])
    """

    def __init__(self, codes: Sequence[Any], polygons: ArrayLike) -> None:
        self._polygons: NDArray[Any] = np.asarray(polygons, dtype=object)
        self.codes = tuple(codes)
        if len(self.codes) != len(self._polygons):
            msg = f"{len(self.codes)} codes for {len(self._polygons)} polygons"
            raise ValueError(msg)
        if (shapely.is_missing(self._polygons) | shapely.is_empty(self._polygons)).any():
            msg = "a polygon is missing or empty"
            raise ValueError(msg)
        self._edges, self._first = _edges_mm(self._polygons)
        boxes = shapely.bounds(self._polygons) if len(self._polygons) else np.empty((0, 4))
        if len(boxes):
            extent = (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max() * _MM
            if not extent < _MAX_EXTENT_MM:
                msg = "the polygons are wider than 2,147 km: not one metric CRS"
                raise ValueError(msg)
        # Rounding to a millimetre may push a vertex out of its polygon's box by half of one.
        pad = 1 / _MM
        self._boxes = shapely.STRtree(
            shapely.box(boxes[:, 0] - pad, boxes[:, 1] - pad, boxes[:, 2] + pad, boxes[:, 3] + pad)
        )
        self._tree = shapely.STRtree(self._polygons)
        self._borders: NDArray[Any] = shapely.boundary(self._polygons)

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def build(cls, polygons: ArrayLike) -> PointIndex:
        """Index polygons whose codes are their positions."""
        shapes = np.asarray(polygons, dtype=object)
        return cls(range(len(shapes)), shapes)

    def save(self, folder: Path) -> None:
        """Write the polygons to a folder, which is made where there is none."""
        folder.mkdir(parents=True, exist_ok=True)
        texts = shapely.to_wkb(self._polygons)
        Fragments.write(folder, "polygons", texts.tolist())

    @classmethod
    def open(cls, folder: Path) -> PointIndex:
        """Read what `save` wrote."""
        texts = Fragments.open(folder, "polygons")
        return cls.build(shapely.from_wkb([texts[at] for at in range(len(texts))]))

    def find_one(self, x: float, y: float) -> int:
        """Return the polygon of one point, -1 for none."""
        return int(self.find([x], [y])[0])

    def find(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int64]:
        """Return each point's polygon as a position in `codes`; -1 where it lies in none.

        Parameters
        ----------
        x, y
            Metres in the polygons' CRS, shape (n,). What is not finite lies in none. Where
            polygons overlap, which a coverage does not, the first one is answered.

        Returns
        -------
        positions
            Shape (n,).
        """
        x, y = _pair(x, y)
        found = np.full(len(x), -1, dtype=np.int64)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(finite) or not len(self):
            return found
        rows, polygons = self._boxes.query(shapely.points(x[finite], y[finite]))
        rows = finite[rows]
        inside = self._contains(_to_mm(x), _to_mm(y), rows, polygons)
        rows, polygons = rows[inside], polygons[inside]
        # Written from the last to the first, so that the first one stays.
        order = np.argsort(-polygons, kind="stable")
        found[rows[order]] = polygons[order]
        return found

    def border_m(self, x: ArrayLike, y: ArrayLike, positions: ArrayLike) -> NDArray[np.float64]:
        """Return the metres from each point to the border of its polygon; NaN for -1."""
        x, y = _pair(x, y)
        at = np.asarray(positions, dtype=np.int64)
        metres = np.full(len(x), np.nan)
        known = np.flatnonzero(at >= 0)
        if len(known):
            points = shapely.points(x[known], y[known])
            metres[known] = shapely.distance(self._borders[at[known]], points)
        return metres

    def nearest(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return each point's nearest polygon and the metres to it, 0 inside.

        Ties go to the first polygon; -1 and NaN where a point is not finite.
        """
        x, y = _pair(x, y)
        positions = np.full(len(x), -1, dtype=np.int64)
        metres = np.full(len(x), np.nan)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if len(finite) and len(self):
            (rows, polygons), distances = self._tree.query_nearest(
                shapely.points(x[finite], y[finite]), return_distance=True
            )
            order = np.argsort(-polygons, kind="stable")
            positions[finite[rows[order]]] = polygons[order]
            metres[finite[rows[order]]] = distances[order]
        return positions, metres

    def within(self, x: float, y: float, metres: float) -> list[int]:
        """Return the positions of all polygons no further than some metres from one point."""
        if not (np.isfinite(x) and np.isfinite(y)):
            return []
        hits = self._tree.query(shapely.Point(x, y), predicate="dwithin", distance=metres)
        return sorted(int(hit) for hit in hits)

    def _contains(
        self,
        px: NDArray[np.int64],
        py: NDArray[np.int64],
        rows: NDArray[np.int64],
        polygons: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Tell for each pair of a point and a polygon whether the point is the polygon's."""
        inside = np.zeros(len(rows), dtype=bool)
        counts = self._first[polygons + 1] - self._first[polygons]
        ends = np.cumsum(counts)
        start = 0
        while start < len(rows):
            done = ends[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, done + _CHUNK_EDGES)))
            part = slice(start, stop)
            inside[part] = self._odd(px[rows[part]], py[rows[part]], polygons[part], counts[part])
            start = stop
        return inside

    def _odd(
        self,
        px: NDArray[np.int64],
        py: NDArray[np.int64],
        polygons: NDArray[np.int64],
        counts: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Tell whether the ray east of each point crosses its polygon's rings oddly often."""
        pair_first = np.cumsum(counts) - counts
        edge = np.arange(counts.sum()) + np.repeat(self._first[polygons] - pair_first, counts)
        x1, y1, x2, y2 = self._edges[:, edge]
        qx, qy = np.repeat(px, counts), np.repeat(py, counts)
        straddles = (y1 > qy) != (y2 > qy)
        # Left of the edge, seen towards the north: the crossing lies east of the point.
        side = (x2 - x1) * (qy - y1) - (qx - x1) * (y2 - y1)
        crossed = straddles & np.where(y2 > y1, side > 0, side < 0)
        crossings = np.add.reduceat(crossed, pair_first, dtype=np.int64)
        odd: NDArray[np.bool_] = crossings % 2 == 1
        return odd


def _edges_mm(polygons: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all rings' edges as (4, m) millimetres, and where each polygon's begin (n + 1,)."""
    if not len(polygons):
        return np.empty((4, 0), dtype=np.int64), np.zeros(1, dtype=np.int64)
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    mm = _to_mm(points)
    same = ring_of[1:] == ring_of[:-1]
    edges = np.hstack([mm[:-1], mm[1:]])[same].T
    owner = part_owner[ring_part[ring_of[:-1][same]]]
    first = np.searchsorted(owner, np.arange(len(polygons) + 1))
    return np.ascontiguousarray(edges), first.astype(np.int64)


def _to_mm(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round metres to whole millimetres; what is not finite or absurd becomes 0."""
    safe = np.where(np.abs(metres) < 1e12, metres, 0.0)  # noqa: PLR2004
    rounded: NDArray[np.int64] = np.rint(safe * _MM).astype(np.int64)
    return rounded


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two arrays of floats of one shape (n,)."""
    xs, ys = np.atleast_1d(np.asarray(x, dtype=float)), np.atleast_1d(np.asarray(y, dtype=float))
    if xs.shape != ys.shape or xs.ndim != 1:
        msg = f"x has shape {xs.shape} and y {ys.shape}; give two of one length"
        raise ValueError(msg)
    return xs, ys
