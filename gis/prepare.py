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

    Rows of every layer are sorted by what they hold, so that their order changes nothing. Columns
    beyond the contract are kept as a plan file can hold them: lists and the like as text, and of
    names that differ in case alone the first.
    """
    metric = crs.to_metric(inputs)
    layers = {name: _sorted(_writable(table)) for name, table in metric.layers.items()}
    metric = metric.with_layers(**layers)
    return households.estimate(communities.assign(metric), rules)


def _writable(table: Any) -> Any:
    """Leave out columns that a file would confuse, and turn what is no plain value into text."""
    names = [str(name).casefold() for name in table.columns]
    table = table.loc[:, [name not in names[:place] for place, name in enumerate(names)]]
    odd = {
        name: column.map(str, na_action="ignore").astype("str")
        for name, column in table.items()
        if column.dtype == object
    }
    return table.assign(**odd)


def _sorted(table: Any) -> Any:
    """Sort rows by the first column, then the rest, then where they lie."""
    keys = table.drop(columns="geometry", errors="ignore").astype("str").fillna("")
    if isinstance(table, gpd.GeoDataFrame):
        keys["geometry"] = shapely.to_wkb(shapely.normalize(table.geometry.to_numpy()), hex=True)
        keys["geometry"] = keys["geometry"].fillna("")
    columns = [keys[name].to_numpy(dtype=str) for name in keys.columns]
    return table.iloc[np.lexsort(columns[::-1])] if columns and len(table) else table
