"""Make cells like a country's: towns and villages of small cells, wide ones between them.

Nothing is copied: seeds crowd around 120 towns and 1,500 villages in a rectangle of 660 by 440
km, every tenth lies anywhere, and each has its Voronoi cell. What two cells share is a crooked
line of five pieces, the same for both, so that they are a coverage: 31 vertices a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CRS", "made_cells", "made_points"]

#: CGCS2000 in one metric zone: a plan's.
CRS: Final = "EPSG:4527"
_ORIGIN: Final = np.array([39_200_000.0, 3_300_000.0])
_EXTENT: Final = np.array([660_000.0, 440_000.0])
_TOWNS, _VILLAGES = 120, 1500
_TOWN_SHARE, _VILLAGE_SHARE = 0.6, 0.3
_TOWN_M, _VILLAGE_M = 3000.0, 500.0
#: Side of the raster of which each square holds one seed at most, and how far it may stray in it.
_APART_M, _STRAY_M = 30.0, 10.0
_PIECES: Final = 5
#: Cells in a parent, on average, and the width of the strips that parents are numbered in.
_SIBLINGS, _STRIP_M = 7, 20_000.0
_NEAR_SHARE: Final = 0.8


def made_cells(count: int, *, seed: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return cells and the parent of each: small cells, and what large grid they are in.

    Parameters
    ----------
    count
        How many; from some hundreds on.
    seed
        The same seed gives the same cells.

    Returns
    -------
    polygons
        A valid coverage on a 1 mm grid in `CRS`, shape (count,), parent by parent; parents are
        numbered in strips from the west, each from the south.
    parents
        0, 1, 2 ... rising, about one for seven cells, shape (count,).

    Examples
    --------
    >>> cells, parents = made_cells(300, seed=1)
    >>> len(cells), bool(shapely.coverage_is_valid(cells)), parents[:3].tolist()
    (300, True, [0, 0, 0])
    """
    rng = np.random.default_rng(seed)
    seeds = _seeds(rng, count)
    heads = seeds[rng.permutation(count)[: max(count // _SIBLINGS, 1)]]
    heads = heads[np.lexsort((heads[:, 1], heads[:, 0] // _STRIP_M))]
    parents = cKDTree(heads).query(seeds)[1]
    order = np.argsort(parents, kind="stable")
    parents = np.unique(parents[order], return_inverse=True)[1].astype(np.int64)
    return _cells(rng, seeds[order]), parents


def made_points(
    polygons: NDArray[Any], count: int, *, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places in metres in random order: four of five near some cell, else anywhere."""
    rng = np.random.default_rng(seed)
    near = rng.random(count) < _NEAR_SHARE
    boxes = shapely.bounds(polygons[rng.integers(0, len(polygons), count)])
    low, high = boxes[:, :2], boxes[:, 2:]
    xy = (low + high) / 2 + rng.normal(0, 0.5, (count, 2)) * (high - low)
    xy = np.where(near[:, None], xy, _ORIGIN + rng.random((count, 2)) * _EXTENT)
    return np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])


def _seeds(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw that many places, none nearer than some metres to another."""
    tried = 2 * count + 1000
    centres = rng.random((_TOWNS + _VILLAGES, 2)) * _EXTENT
    kind = rng.random(tried)
    town = rng.integers(0, _TOWNS, tried)
    village = rng.integers(_TOWNS, len(centres), tried)
    middle = centres[np.where(kind < _TOWN_SHARE, town, village)]
    spread = np.where(kind < _TOWN_SHARE, _TOWN_M, _VILLAGE_M)[:, None]
    xy = middle + rng.normal(0, 1, (tried, 2)) * spread
    anywhere = kind >= _TOWN_SHARE + _VILLAGE_SHARE
    xy = np.where(anywhere[:, None], rng.random((tried, 2)) * _EXTENT, xy)
    xy = xy[((xy > 0) & (xy < _EXTENT)).all(axis=1)]
    squares = np.floor(xy / _APART_M)
    first = np.sort(np.unique(squares, axis=0, return_index=True)[1])[:count]
    if len(first) < count:
        msg = f"no room for {count} cells: {len(first)}"
        raise ValueError(msg)
    return (squares[first] + 0.5) * _APART_M + rng.uniform(-_STRAY_M, _STRAY_M, (count, 2))


def _cells(rng: np.random.Generator, seeds: NDArray[np.float64]) -> NDArray[Any]:
    """Return the seeds' Voronoi cells with crooked borders."""
    # Seeds of nobody all around, so that every cell ends somewhere.
    steps = np.linspace(-0.1, 1.1, 200)
    ring = [(at, end) for at in steps for end in (-0.01, 1.01)]
    around = np.array(ring + [(end, at) for at, end in ring]) * _EXTENT
    diagram = Voronoi(np.vstack([seeds, around]))
    # Whole millimetres from here on, the same for all that share a vertex.
    corners = np.round(diagram.vertices, 3)
    pairs, ends = diagram.ridge_points, np.array(diagram.ridge_vertices)
    kept = (pairs < len(seeds)).any(axis=1)
    pairs, ends = pairs[kept], ends[kept]
    lines = _crooked(rng, corners[ends[:, 0]], corners[ends[:, 1]], diagram.points[pairs[:, 0]])
    owner = pairs.T.ravel()
    a, b = (np.tile(corners[ends[:, side]], (2, 1)) for side in (0, 1))
    own = diagram.points[owner]
    turn = (a[:, 0] - own[:, 0]) * (b[:, 1] - own[:, 1])
    turn -= (a[:, 1] - own[:, 1]) * (b[:, 0] - own[:, 0])
    middle = (a + b) / 2 - own
    order = np.lexsort((np.arctan2(middle[:, 1], middle[:, 0]), owner))
    order = order[owner[order] < len(seeds)]
    paths = np.tile(lines, (2, 1, 1))[order]
    paths = np.where((turn[order] < 0)[:, None, None], paths[:, ::-1], paths)[:, :-1]
    xy = paths.reshape(-1, 2) + _ORIGIN
    sides = np.bincount(owner[order], minlength=len(seeds)) * _PIECES
    starts = np.concatenate([[0], np.cumsum(sides)])
    # Each ring ends where it begins.
    xy = np.insert(xy, starts[1:], xy[starts[:-1]], axis=0)
    return np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.POLYGON,
            np.round(xy, 3),
            (starts + np.arange(len(starts)), np.arange(len(starts))),
        )
    )


def _crooked(
    rng: np.random.Generator,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    seed: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return lines (n, pieces + 1, 2) from a to b that stay in the triangles with both seeds.

    A seed's mirror image at the line is the other seed, so one triangle tells of both. The
    triangles of all shared lines meet in corners only: so the crooked lines do too.
    """
    length = np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
    along = (b - a) / length
    across = np.column_stack([-along[:, 1], along[:, 0]])
    foot = ((seed - a) * along).sum(axis=1)[:, None]
    height = np.abs(((seed - a) * across).sum(axis=1))[:, None]
    at = np.arange(_PIECES + 1) / _PIECES * length
    from_a = np.where(foot > 0, at / np.maximum(foot, 1e-9), np.inf)
    to_b = np.where(foot < length, (length - at) / np.maximum(length - foot, 1e-9), np.inf)
    room = height * np.minimum(from_a, to_b)
    # A bulge, and noise on it; no wider than a quarter of the line is long.
    bulge = rng.uniform(-0.5, 0.5, (len(a), 1)) * np.sin(np.pi * at / length)
    noise = rng.uniform(-0.4, 0.4, at.shape)
    off = (bulge + noise) * np.minimum(room, 0.25 * length)
    off[:, [0, -1]] = 0.0
    # Where millimetres count, the line stays straight.
    off[(room[:, 1:-1].min(axis=1) < 0.05) | (length[:, 0] < 0.5)] = 0.0
    lines = a[:, None] + at[:, :, None] * along[:, None] + off[:, :, None] * across[:, None]
    lines[:, 0], lines[:, -1] = a, b
    return np.round(lines, 3)
