"""Count the planner's own layers per grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis.communities import largest_overlap
from gis.tables import PLAN_LAYERS, empty_layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["build"]


def build(counted: Mapping[str, gpd.GeoDataFrame], atoms: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count each layer's features per grid of both levels and per status.

    A feature belongs to the atom that most of it lies in. Those outside every grid are counted
    under an empty code, so that the counts of a level add up to the layer.

    Parameters
    ----------
    counted
        Layer name to features; a `status` column is used where there is one.
    atoms
        With large_code and micro_code.

    Returns
    -------
    The counts layer of the plan contract.
    """
    tables = []
    for name, layer in sorted(counted.items()):
        features = layer.loc[~layer.geometry.isna()]
        position = largest_overlap(features.geometry, atoms.geometry)
        status = features["status"] if "status" in features.columns else None
        for level in ("large", "micro"):
            codes = atoms[f"{level}_code"].to_numpy()
            found = pd.DataFrame(
                {
                    "code": [codes[p] if p >= 0 else "" for p in position],
                    "level": level,
                    "layer": name,
                    "status": "" if status is None else status.fillna("").astype(str).to_numpy(),
                }
            )
            tables.append(found)
    if not tables:
        none: pd.DataFrame = empty_layer(PLAN_LAYERS["counts"])
        return none
    whole = pd.concat(tables)
    # A feature outside is counted once, not once a level.
    whole = whole[(whole["code"] != "") | (whole["level"] == "large")]
    counts = whole.groupby(["code", "layer", "status"], sort=True).size().reset_index(name="count")
    table: pd.DataFrame = with_columns(counts, PLAN_LAYERS["counts"])
    return table
