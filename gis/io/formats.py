"""Read one layer's file, of any format known, into a table as it stands."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from gis.faults import Fault
from gis.io.reading import beside, first_line, numbered, too_many, undecodable, unreadable
from gis.io.tabular import read_csv, read_excel
from gis.io.text import declared_codec, decode_file, decode_frame
from gis.tables import INPUT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.io.files import Limits, Source

    Read = tuple[pd.DataFrame | None, list[Fault]]

__all__ = ["geopackage_layers", "read_geopackage_layer", "read_source"]

_DBF_NAME: Final = 10


def read_source(source: Source, *, limits: Limits) -> Read:
    """Read one layer file; None with a fault where it cannot be read.

    Text stays as it is, values are not yet held against any contract. A table without
    geometry columns comes back as a plain DataFrame. Tables with x and y or WKT, but no
    .prj file beside them, have no CRS yet.
    """
    readers: dict[str, Callable[..., Read]] = {
        "flatgeobuf": _flatgeobuf,
        "geojson": _geojson,
        "shapefile": _shapefile,
        "parquet": _parquet,
        "csv": read_csv,
        "excel": read_excel,
        "gpkg": _single_geopackage,
    }
    try:
        return readers[source.format](source.path, source.layer, limits=limits)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        return None, [unreadable(source.layer, f"cannot be read: {first_line(error)}")]
    except (OSError, ValueError, TypeError, KeyError, shapely.errors.GEOSException) as error:
        return None, [unreadable(source.layer, f"cannot be read: {first_line(error)}")]


def geopackage_layers(path: Path) -> list[str]:
    """List a GeoPackage's layers and tables, sorted.

    Raises
    ------
    pyogrio.errors.DataSourceError
        If it is not one.
    """
    return sorted(str(name) for name in pyogrio.list_layers(path)[:, 0])


def read_geopackage_layer(path: Path, name: str, *, layer: str, limits: Limits) -> Read:
    """Read one layer of a GeoPackage; None with a fault where it cannot be read."""
    try:
        if fault := too_many(pyogrio.read_info(path, layer=name)["features"], layer, limits):
            return None, [fault]
        return _read(path, layer=name), []
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        return None, [unreadable(layer, f"cannot be read: {first_line(error)}")]
    except (OSError, ValueError, TypeError, shapely.errors.GEOSException) as error:
        return None, [unreadable(layer, f"cannot be read: {first_line(error)}")]


def _single_geopackage(path: Path, layer: str, *, limits: Limits) -> Read:
    names = geopackage_layers(path)
    name = layer if layer in names else names[0]
    return read_geopackage_layer(path, name, layer=layer, limits=limits)


def _flatgeobuf(path: Path, layer: str, *, limits: Limits) -> Read:
    fault = too_many(pyogrio.read_info(path)["features"], layer, limits)
    return (None, [fault]) if fault else (_read(path), [])


def _geojson(path: Path, layer: str, *, limits: Limits) -> Read:
    try:
        text, _ = decode_file(path.read_bytes())
    except UnicodeDecodeError as error:
        return None, [undecodable(layer, error)]
    frame = _read(io.BytesIO(text.encode()))
    fault = too_many(len(frame), layer, limits)
    return (None, [fault]) if fault else (frame, [])


def _shapefile(path: Path, layer: str, *, limits: Limits) -> Read:
    if fault := too_many(pyogrio.read_info(path, encoding="ISO-8859-1")["features"], layer, limits):
        return None, [fault]
    cpg = beside(path, ".cpg")
    declared = declared_codec(cpg.read_text("latin-1")) if cpg else None
    frame = numbered(_read(path, encoding="ISO-8859-1"))
    contract = INPUT_LAYERS.get(layer)
    cut = {column.name[:_DBF_NAME]: column.name for column in contract.columns} if contract else {}
    frame = frame.rename(columns={k: v for k, v in cut.items() if v not in frame.columns})
    return decode_frame(frame, layer=layer, declared=declared)


def _parquet(path: Path, layer: str, *, limits: Limits) -> Read:
    try:
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ImportError:
        remedy = "install it: pip install 'wangge[parquet]', or give the layer as GeoPackage"
        return None, [Fault(layer, "GeoParquet needs pyarrow", remedy, kind="unreadable-file")]
    if fault := too_many(pq.ParquetFile(path).metadata.num_rows, layer, limits):
        return None, [fault]
    try:
        return gpd.read_parquet(path), []
    except ValueError:
        return pd.read_parquet(path), []


def _read(source: Any, **options: Any) -> pd.DataFrame:
    """Read through GDAL, its remarks on measures and curved shapes aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame: pd.DataFrame = pyogrio.read_dataframe(source, **options)
    return frame
