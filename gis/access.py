"""Tell how far every atom walks to the nearest facility of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.tables import PLAN_LAYERS, empty_layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gis.services import Service
    from gis.walking import Walking

__all__ = ["build", "loads"]


def build(
    atom_ids: Sequence[str] | NDArray[Any],
    atom_points: Sequence[int] | NDArray[np.int64],
    facilities: pd.DataFrame,
    *,
    walking: Walking,
    services: Mapping[str, Service],
) -> pd.DataFrame:
    """Find each atom's nearest facility of each category, and whether it counts as served.

    Categories are those of the services and those that were surveyed. One that nobody surveyed
    is "no data", which is not a gap. One without a limit is "served" wherever it can be
    reached, and its `limit_m` is empty.

    Parameters
    ----------
    atom_ids
        (n,) names of the atoms that are homes.
    atom_points
        (n,) position of each atom's entrance among the points of `walking`; -1 for one that
        has none, which reaches nothing.
    facilities
        `category`, `name` and `point`, the position among the points of `walking`. Rows
        without a category are left out.
    walking
        The walks between points.
    services
        Category to the metres within which it counts as served, and its circle. A service
        counts in its own circle only.

    Returns
    -------
    pandas.DataFrame
        The layer `access` of `gis.tables.PLAN_LAYERS`, by atom and category. Of facilities at
        the same place the first by name is given. A further column `row` is the position of the
        facility in `facilities`, -1 where there is none.

    Examples
    --------
    >>> import shapely
    >>> from gis.services import Service
    >>> from gis.walking import StraightWalking
    >>> walking = StraightWalking(shapely.points([(0, 0), (100, 0)]), detour_factor=1.3)
    >>> shops = pd.DataFrame({"category": ["shop"], "name": ["东门小店"], "point": [1]})
    >>> within = {"shop": Service(metres=300), "clinic": Service(metres=900, minutes=15)}
    >>> table = build(["a"], [0], shops, walking=walking, services=within)
    >>> table[["category", "minutes", "facility", "walk_m", "status"]].to_numpy().tolist()
    [['clinic', 15, nan, nan, 'no data'], ['shop', 5, '东门小店', 130.0, 'served']]
    """
    surveyed = pd.DataFrame(facilities[["category", "name", "point"]])
    surveyed = surveyed.assign(row=np.arange(len(surveyed))).dropna(subset=["category"])
    surveyed = surveyed.sort_values(["category", "name", "point"])
    by_category = {str(category): near for category, near in surveyed.groupby("category")}
    names = np.asarray(atom_ids, dtype=object)
    points = np.asarray(atom_points, dtype=np.int64)
    parts = []
    for category in sorted({*services, *by_category}):
        service = services.get(category)
        limit_m = np.nan if service is None else float(service.metres)
        near = by_category.get(category)
        minutes = pd.array([None if service is None else service.minutes], dtype="Int64")
        part = pd.DataFrame(
            {
                "atom_id": names,
                "category": category,
                "minutes": minutes.take(np.zeros(len(names), dtype=np.int64)),
                "limit_m": limit_m,
            }
        )
        if near is None:
            parts.append(part.assign(facility=None, walk_m=np.nan, status="no data", row=-1))
            continue
        position, walk_m = _nearest(points, near["point"].to_numpy(dtype=np.int64), walking)
        reached = position >= 0
        some = np.where(reached, position, 0)
        found = near["name"].to_numpy(dtype=object)[some]
        found[~reached] = None
        served = reached & (np.isnan(limit_m) | (walk_m <= limit_m))
        status = np.where(served, "served", np.where(reached, "not served", "unreachable"))
        parts.append(
            part.assign(
                facility=found,
                walk_m=np.where(reached, walk_m, np.nan),
                status=status,
                row=np.where(reached, near["row"].to_numpy()[some], -1),
            )
        )
    columns = [*PLAN_LAYERS["access"].dtypes, "row"]
    table = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    table = table.sort_values(["atom_id", "category"], ignore_index=True)
    return with_columns(table, PLAN_LAYERS["access"])  # type: ignore[no-any-return]


def loads(
    access: pd.DataFrame, facilities: gpd.GeoDataFrame, *, households: Mapping[str, int]
) -> gpd.GeoDataFrame:
    """Count the households that each facility serves, and how many share one of its places.

    Covered is not enough: a kindergarten next door may have room for a tenth of those who have
    none nearer. Everybody is taken to go to the nearest facility of a category.

    Parameters
    ----------
    access
        What `build` returned, with its column `row`.
    facilities
        The input layer that it was built of.
    households
        Households of each atom, by its name.

    Returns
    -------
    The layer `loads` of `gis.tables.PLAN_LAYERS`, in the order of the facilities; those without
    a category are left out.

    Examples
    --------
    >>> import shapely
    >>> shops = gpd.GeoDataFrame({"category": ["kindergarten"], "name": ["海棠园"],
    ...                           "capacity": [30]}, geometry=[shapely.Point(0, 0)])
    >>> table = pd.DataFrame({"atom_id": ["a", "b"], "row": [0, 0],
    ...                       "status": ["served", "not served"]})
    >>> found = loads(table, shops, households={"a": 60, "b": 50})
    >>> found[["households", "households_beyond", "households_per_place"]].to_numpy().tolist()
    [[60, 50, 2.0]]
    """
    layer = PLAN_LAYERS["loads"]
    if not len(facilities):
        return empty_layer(layer, crs=facilities.crs)
    weight = access["atom_id"].map(households).to_numpy(dtype=np.float64)
    row = access["row"].to_numpy(dtype=np.int64)
    served = (access["status"] == "served").to_numpy()
    count = len(facilities)
    near, beyond = (
        np.bincount(row[of], weights=weight[of], minlength=count).astype(np.int64)
        for of in ((row >= 0) & served, (row >= 0) & ~served)
    )
    capacity = facilities["capacity"].astype("Int64")
    places = capacity.to_numpy(dtype=np.float64, na_value=np.nan)
    table = gpd.GeoDataFrame(
        {
            "category": facilities["category"].to_numpy(),
            "name": facilities["name"].to_numpy(),
            "capacity": capacity.to_numpy(),
            "households": near,
            "households_beyond": beyond,
            "households_per_place": np.where(places > 0, near / np.maximum(places, 1), np.nan),
        },
        geometry=facilities.geometry.representative_point().to_numpy(),
        crs=facilities.crs,
    )
    table = table[table["category"].notna()].reset_index(drop=True)
    return with_columns(table, layer)


def _nearest(
    points: NDArray[np.int64], targets: NDArray[np.int64], walking: Walking
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    position = np.full(len(points), -1, dtype=np.int64)
    walk_m = np.full(len(points), np.inf)
    has_door = points >= 0
    position[has_door], walk_m[has_door] = walking.nearest(points[has_door], targets)
    return position, walk_m
