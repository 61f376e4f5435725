"""Read and write plan files: one GeoPackage that holds a whole plan."""

from __future__ import annotations

import contextlib
import os
import warnings
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from gis.errors import NotAPlan
from gis.io.atomic import atomic_path
from gis.plan_data import Plan
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, Layer, empty_layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["read_plan", "write_layers", "write_plan"]

_SYNC: Final = "OGR_SQLITE_SYNCHRONOUS"

#: Columns that GeoPackage adds by itself, named so that none of a planner's own is in the way.
OWN_COLUMNS: Final = MappingProxyType({"FID": "wangge_row", "GEOMETRY_NAME": "wangge_shape"})


def write_plan(plan: Plan, path: str | Path) -> None:
    """Write a plan to a GeoPackage; an existing file is replaced only once the new one is whole.

    Parameters
    ----------
    plan
        The plan; every one of its layers is written under its name.
    path
        Where to; by custom ``*.gpkg``.
    """
    write_layers(plan.layers, path)


def read_plan(path: str | Path) -> Plan:
    """Read a plan file back as it was written.

    Raises
    ------
    NotAPlan
        If the file is absent, not a GeoPackage, or lacks a layer of a plan.
    """
    if not Path(path).is_file():
        msg = f"{Path(path).name} is not a file; make a plan file with `wangge plan`"
        raise NotAPlan(msg)
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except (DataSourceError, DataLayerError) as error:
        msg = f"{Path(path).name} is not a GeoPackage; make one with `wangge plan`"
        raise NotAPlan(msg) from error
    missing = sorted({*PLAN_LAYERS, "communities"} - set(names))
    if missing:
        msg = f"{Path(path).name} is no plan file: it lacks {', '.join(missing)}"
        raise NotAPlan(msg)
    try:
        layers = {name: _read_layer(path, name) for name in names}
    except (DataSourceError, DataLayerError, FeatureError, GeometryError) as error:
        msg = f"{Path(path).name} is a broken plan file: {error}"
        raise NotAPlan(msg) from error
    return Plan(layers=layers, crs=layers["communities"].crs)


def write_layers(layers: Any, path: str | Path) -> None:
    """Write tables to one GeoPackage, atomically, in the order of their names."""
    with atomic_path(path) as temporary:
        with _synced_once():
            for name in sorted(layers):
                _write_layer(layers[name], temporary, name)
        if temporary.exists():
            with temporary.open("rb+") as file:
                os.fsync(file)


@contextlib.contextmanager
def _synced_once() -> Iterator[None]:
    """Let SQLite leave the waiting for the disk, layer by layer, to whom the file is for."""
    before = pyogrio.get_gdal_config_option(_SYNC)
    pyogrio.set_gdal_config_options({_SYNC: "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({_SYNC: before})


def _write_layer(table: pd.DataFrame, path: Path, name: str) -> None:
    with warnings.catch_warnings():
        # GDAL warns where a name is not one it would choose, such as layers/shops.
        warnings.simplefilter("ignore", RuntimeWarning)
        if isinstance(table, gpd.GeoDataFrame):
            kinds = set(table.geom_type.dropna())
            one = kinds.pop() if len(kinds) == 1 else "Unknown"
            pyogrio.write_dataframe(
                table.reset_index(drop=True),
                path,
                layer=name,
                driver="GPKG",
                geometry_type=one,
                promote_to_multi=False,
                append=path.exists(),
                **OWN_COLUMNS,
            )
        else:
            pyogrio.write_dataframe(
                table.reset_index(drop=True),
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                **OWN_COLUMNS,
            )


def _read_layer(path: str | Path, name: str) -> Any:
    table = pyogrio.read_dataframe(path, layer=name)
    contract = _contract(name)
    if contract is None:
        return table
    if contract.geometry and not isinstance(table, gpd.GeoDataFrame):
        return empty_layer(contract)
    table = with_columns(table, contract)
    for column in ("estimated", "residents_estimated"):
        if column in table.columns:
            table[column] = table[column].astype("boolean")
    return table


def _contract(name: str) -> Layer | None:
    return PLAN_LAYERS.get(name) or INPUT_LAYERS.get(name)
