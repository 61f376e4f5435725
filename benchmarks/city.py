"""Make a city of streets to walk in: an irregular grid with gaps, bends and dead ends.

Every street may be walked both ways. Nothing in it is copied from a real place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["City", "make_city"]

#: Of the nodes, those that are crossings of the grid; the others end the dead ends.
_CROSSINGS: Final = 0.8
_BLOCK_M: Final = (50.0, 130.0)
#: How far crossings lie off the grid and the middles of streets off the straight line, so little
#: that no two streets cross elsewhere.
_OFF_M: Final = 12.0
_BEND_M: Final = 6.0
_DEAD_END_M: Final = (10.0, 20.0)
#: Streets that are missing, of those that are not needed to reach every crossing.
_MISSING: Final = 0.3


class City(NamedTuple):
    """A made city, in metres.

    Parameters
    ----------
    nodes
        (n, 2) crossings and the ends of dead ends, all connected, none of them on two streets.
    walkways
        The streets.
    """

    nodes: NDArray[np.float64]
    walkways: gpd.GeoDataFrame


def make_city(nodes: int = 20_000, *, seed: int = 0) -> City:
    """Make a city whose network has exactly so many nodes.

    Parameters
    ----------
    nodes
        At least 30.
    seed
        Of the random numbers; the same seed makes the same city.

    Examples
    --------
    >>> city = make_city(100)
    >>> len(city.nodes), city.walkways.geom_type.unique().tolist()
    (100, ['LineString'])
    """
    rng = np.random.default_rng(seed)
    across = int(np.sqrt(_CROSSINGS * nodes))
    up = int(_CROSSINGS * nodes) // across
    number = np.arange(across * up).reshape(across, up)
    x, y = (np.cumsum(rng.uniform(*_BLOCK_M, size)) for size in (across, up))
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    crossings = grid + rng.uniform(-_OFF_M, _OFF_M, grid.shape)
    along = (
        [number[:-1].ravel(), number[:, :-1].ravel()],
        [number[1:].ravel(), number[:, 1:].ravel()],
    )
    streets = np.column_stack([np.concatenate(ends) for ends in along])
    dead_ends = nodes - len(crossings)
    streets = _with_gaps(streets, len(crossings), dead_ends, rng)
    degree = np.bincount(streets.ravel(), minlength=len(crossings))
    # Where two streets meet is no crossing unless a dead end begins there; some others get one.
    second = np.flatnonzero(degree == 2)
    others = rng.permutation(np.flatnonzero(degree > 2))
    roots = np.concatenate([second, others[: dead_ends - len(second)]])
    tips = _tips(crossings.reshape(across, up, 2), roots, rng)
    spurs = np.column_stack([roots, len(crossings) + np.arange(dead_ends)])
    xy = np.concatenate([crossings, tips]).round(3)
    shapes = np.concatenate([_bent(xy[streets], rng), shapely.linestrings(xy[spurs])])
    return City(xy, gpd.GeoDataFrame(geometry=shapes))


def _with_gaps(streets: Any, nodes: int, dead_ends: int, rng: Any) -> Any:
    """Leave out streets, but none that a crossing needs to be reached."""
    length = coo_array((rng.random(len(streets)) + 1.0, streets.T), shape=(nodes, nodes))
    needed = minimum_spanning_tree(length.tocsr()).tocoo()
    tree = np.isin(streets @ [nodes, 1], needed.row * nodes + needed.col)
    spare = rng.permutation(np.flatnonzero(~tree))
    missing = int(_MISSING * len(spare))
    while True:
        kept = np.delete(streets, spare[:missing], axis=0)
        # There must be dead ends enough for all crossings that are left with two streets.
        if (np.bincount(kept.ravel(), minlength=nodes) == 2).sum() <= dead_ends:
            return kept
        missing //= 2


def _tips(crossings: Any, roots: Any, rng: Any) -> Any:
    """Return where dead ends end: midway between the ways to the right and up from their roots."""
    across, up = crossings.shape[:2]
    i, j = np.divmod(roots, up)
    here = crossings[i, j]
    right = crossings[np.minimum(i + 1, across - 1), j] - here
    above = crossings[i, np.minimum(j + 1, up - 1)] - here
    right[i == across - 1] = (1.0, 0.0)
    above[j == up - 1] = (0.0, 1.0)
    way = sum(each / np.hypot(*each.T)[:, None] for each in (right, above))
    way = way / np.hypot(*way.T)[:, None]
    return here + way * rng.uniform(*_DEAD_END_M, len(roots))[:, None]


def _bent(ends: Any, rng: Any) -> Any:
    """Draw streets with a bend in their middle."""
    start, stop = ends[:, 0], ends[:, 1]
    way = (stop - start) / np.hypot(*(stop - start).T)[:, None]
    off = rng.uniform(-_BEND_M, _BEND_M, len(ends))[:, None] * way[:, ::-1] * (1.0, -1.0)
    middle = ((start + stop) / 2 + off).round(3)
    return shapely.linestrings(np.stack([start, middle, stop], axis=1))
