"""Prepare inputs for planning: metric, sorted, assigned to communities, households estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gis import communities, crs, households

if TYPE_CHECKING:
    from gis.inputs import Inputs
    from gis.rules import Rules

__all__ = ["prepare"]


def prepare(inputs: Inputs, rules: Rules) -> Inputs:
    """Bring inputs into one metric CRS, assign communities, estimate households.

    Rows of every layer are sorted by what they hold, so that their order changes nothing.
    """
    metric = crs.to_metric(inputs)
    metric = metric.with_layers(**{name: _sorted(t) for name, t in metric.layers.items()})
    return households.estimate(communities.assign(metric), rules)


def _sorted(table: Any) -> Any:
    """Sort rows by the first column, then the rest, then where they lie."""
    keys = table.drop(columns="geometry", errors="ignore").astype("str").fillna("")
    if isinstance(table, gpd.GeoDataFrame):
        keys["geometry"] = shapely.to_wkb(shapely.normalize(table.geometry.to_numpy()), hex=True)
        keys["geometry"] = keys["geometry"].fillna("")
    columns = [keys[name].to_numpy(dtype=str) for name in keys.columns]
    return table.iloc[np.lexsort(columns[::-1])] if columns and len(table) else table
