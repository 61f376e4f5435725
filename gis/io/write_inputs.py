"""Write inputs as one GeoPackage of the input contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from gis.errors import UnreadableInput
from gis.io.plan_file import write_layers

if TYPE_CHECKING:
    from pathlib import Path

    from gis.inputs import Inputs

__all__ = ["write_inputs"]


def write_inputs(inputs: Inputs, path: str | Path) -> None:
    """Write every layer that has a row; an existing file is replaced once the new one is whole.

    Rows keep their order, so that row numbers in faults stay true. Columns without any value
    are left out, so that the file shows what is known and no more.

    Parameters
    ----------
    inputs
        The layers; those with a geometry may each be in a CRS of their own.
    path
        Where to; by custom ``*.gpkg``.

    Raises
    ------
    UnreadableInput
        If there is no layer with a row, or a layer with a geometry has no CRS.
    """
    layers = {name: table for name, table in inputs.layers.items() if len(table)}
    if not layers:
        msg = "there is nothing to write: no layer has a row"
        raise UnreadableInput(msg)
    for name, table in sorted(layers.items()):
        if isinstance(table, gpd.GeoDataFrame) and table.crs is None:
            msg = f"layer {name} has no CRS; declare one before it is written"
            raise UnreadableInput(msg)
    write_layers({name: table.dropna(axis=1, how="all") for name, table in layers.items()}, path)
