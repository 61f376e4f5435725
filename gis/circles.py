"""Draw the living circles (生活圈) of grids: what lies within some minutes of their centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from gis.tables import PLAN_LAYERS, empty_layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from gis.rules import Walking as WalkingRules
    from gis.walking import Walking

__all__ = ["build"]


def build(
    centres: pd.DataFrame,
    walking: Walking,
    *,
    atom_points: Sequence[int] | NDArray[np.int64],
    households: Sequence[int] | NDArray[np.int64],
    atom_codes: Mapping[str, Sequence[str] | NDArray[Any]],
    rules: WalkingRules,
    crs: Any = None,
) -> gpd.GeoDataFrame:
    """Draw the circles of each grid, and count the households of the grid they reach.

    Parameters
    ----------
    centres
        One row a grid: `code`, `level` ("large" or "micro") and `point`, the position of its
        centre among the points of `walking`.
    walking
        The walks between points.
    atom_points
        (n,) position of each atom's entrance among the points of `walking`; -1 for an atom
        without one (ground), which is never reached.
    households
        (n,) households of each atom.
    atom_codes
        By level, the (n,) codes of the grids that the atoms lie in.
    rules
        The walking rules: minutes of the circles and the speed.
    crs
        The CRS of the points.

    Returns
    -------
    geopandas.GeoDataFrame
        The layer `circles` of `gis.tables.PLAN_LAYERS`, by level, code and minutes. A circle
        whose centre no walkway reaches has an empty polygon, and reaches whom it stands with.

    Examples
    --------
    >>> import pandas as pd, shapely
    >>> from gis.rules import Walking as Rules
    >>> from gis.walking import StraightWalking
    >>> doors = shapely.points([(0, 0), (200, 0), (400, 0)])
    >>> walking = StraightWalking(doors, detour_factor=1.3)
    >>> centres = pd.DataFrame({"code": ["01"], "level": ["large"], "point": [0]})
    >>> circles = build(centres, walking, atom_points=[0, 1, 2], households=[10, 20, 40],
    ...                 atom_codes={"large": ["01"] * 3}, rules=Rules())
    >>> circles[["code", "minutes", "metres", "households_reached"]].to_numpy().tolist()
    [['01', 5, 300.0, 30]]
    """
    atom_points = np.asarray(atom_points, dtype=np.int64)
    households = np.asarray(households, dtype=np.int64)
    codes = {level: np.asarray(of, dtype=object) for level, of in atom_codes.items()}
    minutes = sorted(set(rules.circle_minutes))
    rows = []
    ordered = centres.sort_values(["level", "code"])
    for code, level, point in zip(
        ordered["code"], ordered["level"], ordered["point"].tolist(), strict=True
    ):
        own = np.flatnonzero((codes[level] == code) & (atom_points >= 0))
        longest_m = max(minutes, default=0) * rules.speed_m_per_min
        walk_m = walking.matrix([point], atom_points[own], limit_m=longest_m)[0]
        for minute in minutes:
            metres = minute * rules.speed_m_per_min
            rows.append(
                {
                    "code": code,
                    "level": level,
                    "minutes": minute,
                    "metres": metres,
                    "households_reached": int(households[own][walk_m <= metres].sum()),
                    "geometry": walking.reach(point, metres),
                }
            )
    layer = PLAN_LAYERS["circles"]
    if not rows:
        return empty_layer(layer, crs=crs)
    return with_columns(gpd.GeoDataFrame(rows, geometry="geometry", crs=crs), layer)
