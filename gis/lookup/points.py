"""Find the one polygon of a coverage that each point lies in, on edges and corners too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.errors import NotAnIndex
from gis.lookup.point_build import build_grid
from gis.lookup.point_grid import (
    EVERY,
    FAR_M,
    MM,
    NONE,
    Grid,
    border_one,
    close_to,
    find_each,
    find_one,
    nearest_each,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any, Self

    from numpy.typing import ArrayLike, NDArray

__all__ = ["PointIndex"]

#: Of the files' layout: another number, another layout.
_VERSION: Final = 2
_HEAD: Final = "points.json"
_FILES: Final = (*Grid._fields, "outlines")
#: Vertices of an outline from which on the nearest edge is rather looked for in the grid.
_LONG: Final = 2000
#: From this many points on it pays to sort them by place first.
_SORTED_FROM: Final = 4096
#: Columns and rows of the tiles they are sorted by: together a 16-bit number.
_TILES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointIndex:
    """Look up points in polygons that tile a plane; made by `build` or `open`, then only read.

    A point belongs to a polygon when a ray from it to the east crosses the polygon's rings an
    odd number of times, where an edge counts as crossed if exactly one of its ends lies north
    of the ray (Sunday's half-open crossing rule; Shimrat 1962, CACM 5(8):434, corrected by
    Hacker). Coordinates are whole millimetres and the test is exact in 64-bit integers, so two
    polygons that share an edge decide the same way about it: every point of a valid coverage
    lies in exactly one polygon, where `within` says none and `intersects` says two.

    The answers are positions in the polygons that it was built of; their names are the
    caller's. It is read by many threads at once: answering holds no lock, not even Python's.

    Parameters
    ----------
    size
        How many polygons there are.
    grid
        The frozen arrays, in memory or mapped from files.
    outlines
        Where each polygon's vertices begin in the grid's, and the last ones end; shape (n + 1,).

    Examples
    --------
    >>> import shapely
    >>> index = PointIndex.build([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> index.find([0.5, 1.0, 5.0], [0.5, 0.5, 0.5])
    array([ 0,  1, -1])
    >>> index.find_one(0.5, 0.5), index.nearest([5], [0.5])[1].item()
    (0, 3.0)
    """

    size: int
    grid: Grid
    outlines: NDArray[np.int64]

    @classmethod
    def build(cls, polygons: Sequence[Any] | NDArray[Any]) -> Self:
        """Index polygons.

        Parameters
        ----------
        polygons
            Polygons or multipolygons in a metric CRS, holes allowed, shape (n,).

        Raises
        ------
        ValueError
            If one is missing, empty or no polygon, or the whole is wider than 2,147 km.
        """
        shapes = np.empty(len(polygons), dtype=object)
        shapes[:] = polygons
        ends = np.cumsum(shapely.get_num_coordinates(shapes), dtype=np.int64)
        outlines = np.concatenate([np.zeros(1, dtype=np.int64), ends])
        return cls(size=len(shapes), grid=build_grid(shapes), outlines=outlines)

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder, which is made where there is none.

        Examples
        --------
        >>> import shapely, tempfile
        >>> from pathlib import Path
        >>> index = PointIndex.build([shapely.box(0, 0, 1, 1)])
        >>> with tempfile.TemporaryDirectory() as name:
        ...     index.save(Path(name))
        ...     PointIndex.open(Path(name)).find_one(0.5, 0.5)
        0
        """
        folder.mkdir(parents=True, exist_ok=True)
        arrays: tuple[NDArray[Any], ...] = (*self.grid, self.outlines)
        for name, array in zip(_FILES, arrays, strict=True):
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        head = {"version": _VERSION, "polygons": self.size, "arrays": _shapes(arrays)}
        (folder / _HEAD).write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map what `save` wrote into memory: in milliseconds, and once for all processes.

        Raises
        ------
        NotAnIndex
            If the folder holds no index, a damaged one, or one of another version.
        """
        try:
            head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
            version, size = head["version"], int(head["polygons"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"{folder} holds no point index: {error}"
            raise NotAnIndex(msg) from error
        if version != _VERSION:
            msg = f"{folder} is a point index of version {version}, not {_VERSION}: build it anew"
            raise NotAnIndex(msg)
        try:
            # A plain view: what numpy maps has a class of its own, which is slower to hand over.
            arrays = tuple(
                np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _FILES
            )
        except (OSError, ValueError) as error:
            msg = f"{folder} is a damaged point index: {error}"
            raise NotAnIndex(msg) from error
        if _shapes(arrays) != head["arrays"]:
            msg = f"{folder} is a damaged point index: its files do not go together"
            raise NotAnIndex(msg)
        return cls(size=size, grid=Grid(*arrays[:-1]), outlines=arrays[-1])

    def __len__(self) -> int:
        return self.size

    def find(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int64]:
        """Return each point's polygon as a position; -1 where it lies in none.

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
        order = self._order(x, y)
        sorted_found = np.empty(len(x), dtype=np.int64)
        find_each(x[order], y[order], sorted_found, self.grid)
        found = np.empty_like(sorted_found)
        found[order] = sorted_found
        return found

    def find_one(self, x: float, y: float) -> int:
        """Return the position of one point's polygon, -1 for none: `find` without arrays."""
        return int(find_one(float(x), float(y), *self.grid))

    def border_m(self, x: ArrayLike, y: ArrayLike, positions: ArrayLike) -> NDArray[np.float64]:
        """Return the metres from each point to the border of a polygon; NaN for -1.

        Raises
        ------
        IndexError
            If a position is no polygon's.
        """
        x, y = _pair(x, y)
        own = np.atleast_1d(np.asarray(positions, dtype=np.int64))
        if own.shape != x.shape:
            msg = f"{len(x)} points have {own.size} positions"
            raise ValueError(msg)
        if own.max(initial=-1) >= self.size:
            msg = f"position {own.max()} among {self.size} polygons"
            raise IndexError(msg)
        return self._edges(x, y, np.where(own < 0, NONE, own))[1]

    def border_one(self, x: float, y: float, position: int) -> float:
        """Return the metres from a point to the border of its polygon: `border_m` without arrays.

        Parameters
        ----------
        x, y
            Metres, of a point for which `find_one` gave the position.
        position
            The polygon, not -1.
        """
        begin = self.outlines.item
        first, last = begin(position), begin(position + 1)
        if last - first > _LONG:
            return float(self.border_m([x], [y], [position])[0])
        return float(
            border_one(float(x), float(y), first, last, self.grid.frame, self.grid.vertices)
        )

    def nearest(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return each point's nearest polygon and the metres to it, 0 inside.

        Ties go to the first polygon; -1 and NaN where a point is not finite.
        """
        x, y = _pair(x, y)
        positions = self.find(x, y)
        inside = positions >= 0
        near, metres = self._edges(x, y, np.where(inside, NONE, EVERY))
        return np.where(inside, positions, near), np.where(inside, 0.0, metres)

    def within(self, x: float, y: float, metres: float) -> list[int]:
        """Return the positions of all polygons no further than some metres from one point."""
        if not (abs(x) < FAR_M and abs(y) < FAR_M and metres >= 0):
            return []
        room = np.empty(64, dtype=np.int64)
        reach = min(float(metres), FAR_M)
        while (count := close_to(float(x), float(y), reach, room, self.grid)) > len(room):
            room = np.empty(count, dtype=np.int64)
        return sorted({*room[:count].tolist(), self.find_one(x, y)} - {-1})

    def _edges(
        self, x: NDArray[np.float64], y: NDArray[np.float64], only: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the nearest edge's polygon and metres; see `nearest_each`."""
        order = self._order(x, y)
        sorted_who, sorted_m = np.empty(len(x), dtype=np.int64), np.empty(len(x))
        nearest_each(x[order], y[order], only[order], sorted_who, sorted_m, self.grid)
        who, metres = np.empty_like(sorted_who), np.empty_like(sorted_m)
        who[order], metres[order] = sorted_who, sorted_m
        return who, metres

    def _order(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.int64] | slice[None]:
        """Return an order of the points in which neighbours follow each other."""
        if len(x) < _SORTED_FROM:
            return slice(None)
        west, south, width, height = (self.grid.frame[:4] / MM).tolist()
        # What is not a number is sorted to the corner, and found nowhere later.
        column = np.fmin(np.fmax(x, west), west + width) - west
        row = np.fmin(np.fmax(y, south), south + height) - south
        tile = (row * ((_TILES - 1) / height)).astype(np.uint16) * np.uint16(_TILES)
        tile += (column * ((_TILES - 1) / width)).astype(np.uint16)
        return np.argsort(tile, kind="stable")


def _shapes(arrays: tuple[NDArray[Any], ...]) -> dict[str, Any]:
    """Tell type and shape of each array, as they stand in the head."""
    pairs = zip(_FILES, arrays, strict=True)
    return {name: [array.dtype.str, *array.shape] for name, array in pairs}


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two arrays of floats of one shape (n,), each in one piece."""
    xs, ys = (np.atleast_1d(np.ascontiguousarray(side, dtype=np.float64)) for side in (x, y))
    if xs.shape != ys.shape or xs.ndim != 1:
        msg = f"x has shape {xs.shape} and y {ys.shape}; give two of one length"
        raise ValueError(msg)
    return xs, ys
