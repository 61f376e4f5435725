"""Tell how far every atom walks to the nearest facility of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gis.walking import Walking

__all__ = ["build"]


def build(
    atom_ids: Sequence[str] | NDArray[Any],
    atom_points: Sequence[int] | NDArray[np.int64],
    facilities: pd.DataFrame,
    *,
    walking: Walking,
    limits: Mapping[str, float],
) -> pd.DataFrame:
    """Find each atom's nearest facility of each category, and whether it counts as served.

    Categories are those of the limits and those that were surveyed. One that nobody surveyed
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
    limits
        Category to metres within which it counts as served.

    Returns
    -------
    pandas.DataFrame
        The layer `access` of `gis.tables.PLAN_LAYERS`, by atom and category. Of facilities at
        the same place the first by name is given.

    Examples
    --------
    >>> import shapely
    >>> from gis.walking import StraightWalking
    >>> walking = StraightWalking(shapely.points([(0, 0), (100, 0)]), detour_factor=1.3)
    >>> shops = pd.DataFrame({"category": ["shop"], "name": ["东门小店"], "point": [1]})
    >>> table = build(["a"], [0], shops, walking=walking, limits={"shop": 300, "clinic": 300})
    >>> table[["category", "facility", "walk_m", "status"]].to_numpy().tolist()
    [['clinic', nan, nan, 'no data'], ['shop', '东门小店', 130.0, 'served']]
    """
    surveyed = pd.DataFrame(facilities[["category", "name", "point"]])
    surveyed = surveyed.dropna(subset=["category"]).sort_values(["category", "name", "point"])
    by_category = {str(category): near for category, near in surveyed.groupby("category")}
    names = np.asarray(atom_ids, dtype=object)
    points = np.asarray(atom_points, dtype=np.int64)
    parts = []
    for category in sorted({*limits, *by_category}):
        limit_m = float(limits.get(category, np.nan))
        near = by_category.get(category)
        part = pd.DataFrame({"atom_id": names, "category": category, "limit_m": limit_m})
        if near is None:
            parts.append(part.assign(facility=None, walk_m=np.nan, status="no data"))
            continue
        position, walk_m = _nearest(points, near["point"].to_numpy(dtype=np.int64), walking)
        reached = position >= 0
        found = near["name"].to_numpy(dtype=object)[np.where(reached, position, 0)]
        found[~reached] = None
        served = reached & (np.isnan(limit_m) | (walk_m <= limit_m))
        status = np.where(served, "served", np.where(reached, "not served", "unreachable"))
        parts.append(
            part.assign(
                facility=found,
                walk_m=np.where(reached, walk_m, np.nan),
                status=status,
            )
        )
    columns = list(PLAN_LAYERS["access"].dtypes)
    table = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    table = table.sort_values(["atom_id", "category"], ignore_index=True)
    return with_columns(table, PLAN_LAYERS["access"])  # type: ignore[no-any-return]


def _nearest(
    points: NDArray[np.int64], targets: NDArray[np.int64], walking: Walking
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    position = np.full(len(points), -1, dtype=np.int64)
    walk_m = np.full(len(points), np.inf)
    has_door = points >= 0
    position[has_door], walk_m[has_door] = walking.nearest(points[has_door], targets)
    return position, walk_m
