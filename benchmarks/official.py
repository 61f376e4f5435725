"""Take Da'an, Taipei, as an instance, with the areas that its statisticians drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from instances import Instance, digest, folder

if TYPE_CHECKING:
    from pathlib import Path

    from instances import Floats, Ints
    from numpy.typing import NDArray

__all__ = ["DETOUR", "Areas", "compactness", "draw", "read_areas"]

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

    Areas that say no households (parks, hills; they say no people either) hold 0.
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


def draw(drawn: Areas, plans: dict[str, Ints], path: Path) -> None:
    """Draw plans side by side: colour is households, lines are the districts' borders.

    Needs matplotlib, which the extra `peers` brings.
    """
    from matplotlib import pyplot as plt  # noqa: PLC0415 - only where a picture is asked for

    figure, sides = plt.subplots(1, len(plans), figsize=(9 * len(plans), 10), layout="tight")
    weights = drawn.instance.weights
    top = float(np.quantile(np.bincount(drawn.official, weights), 0.98))
    for axis, (name, labels) in zip(np.atleast_1d(sides), plans.items(), strict=True):
        label = np.unique(labels, return_inverse=True)[1]
        load = np.bincount(label, weights)
        whole = [shapely.union_all(drawn.shapes[label == one]) for one in range(len(load))]
        table = gpd.GeoDataFrame({"households": load}, geometry=whole, crs=_TAIWAN)
        table.plot(
            "households",
            ax=axis,
            cmap="viridis",
            vmin=0,
            vmax=top,
            legend=True,
            legend_kwds={"shrink": 0.5},
        )
        gpd.GeoSeries(drawn.shapes, crs=_TAIWAN).boundary.plot(ax=axis, color="white", lw=0.15)
        table.boundary.plot(ax=axis, color="black", lw=0.9)
        axis.set_title(name)
        axis.set_axis_off()
    figure.savefig(path, dpi=110)
    plt.close(figure)
