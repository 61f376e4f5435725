"""Take Da'an, Taipei, as an instance, with the areas that its statisticians drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from instances import Instance, digest, folder

if TYPE_CHECKING:
    from instances import Floats, Ints
    from numpy.typing import NDArray

__all__ = ["DETOUR", "Areas", "compactness", "read_areas"]

#: How much longer a walk is than a straight line, where no walkways are given.
DETOUR: Final = 1.3
_TAIWAN: Final = 3826


@dataclass(frozen=True, slots=True)
class Areas:
    """The smallest areas, and the areas of one level that they were grouped into.

    Parameters
    ----------
    instance
        Atoms are the smallest areas in the order of their codes; L and U are the lightest
        (with any household) and the heaviest official area, the count is theirs.
    official
        (n,) official area of each.
    shapes
        (n,) polygons in metres.
    """

    instance: Instance
    official: Ints
    shapes: NDArray[np.object_]


def read_areas(level: str, *, empty: bool = True) -> Areas:
    """Read the smallest areas and their grouping.

    Areas that say no households (parks, a campus, hills; they say no people either) hold 0.
    Neighbours share a border of some length. Cost is households × straight line between
    representative points × 1.3.

    Parameters
    ----------
    level
        "CODE1" (883 areas) or "CODE2" (107).
    empty
        Whether official areas in which nobody lives count; without them they are left as
        they are, and so are their atoms.
    """
    path = folder() / "data" / "taipei_daan_microareas.gpkg"
    table = gpd.read_file(path).sort_values("CODEBASE").to_crs(_TAIWAN)
    weights = table["H_CNT"].fillna(0).to_numpy(np.int64)
    official = np.unique(table[level], return_inverse=True)[1]
    load = np.bincount(official, weights=weights).astype(np.int64)
    if not empty:
        stays = load[official] > 0
        table, weights, official = table[stays], weights[stays], official[stays]
    shapes = table.geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    touch = shapely.length(shapely.intersection(shapes[a], shapes[b])) > 0
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
    metres = DETOUR * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    instance = Instance(
        name=f"Da'an, {len(np.unique(official))} areas",
        source=path.name,
        sha256=digest(path),
        weights=weights,
        edges=np.column_stack([a[touch], b[touch]]).astype(np.int64),
        xy=xy,
        cost=weights[:, None] * metres,
        metres=metres,
        limit=(int(load[load > 0].min()), int(load.max())),
        count=len(np.unique(official)),
    )
    return Areas(instance, official.astype(np.int64), shapes)


def compactness(shapes: NDArray[np.object_], labels: Ints) -> Floats:
    """Return each district's Polsby-Popper score, 4π area / perimeter²: 1 for a circle."""
    whole = np.array([shapely.union_all(shapes[labels == one]) for one in np.unique(labels)])
    score: Floats = 4 * np.pi * shapely.area(whole) / shapely.length(whole) ** 2
    return score
