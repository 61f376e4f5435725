"""Read a community's layers from a GeoPackage or a folder, with all that is wrong with them."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyogrio

from gis.conform import conform, layer_contract
from gis.conform_geometry import is_frame
from gis.crs import undo_datum
from gis.errors import UnreadableInput
from gis.faults import Fault, sort_faults
from gis.inputs import Inputs
from gis.io.files import Limits, file_hash, find_sources
from gis.io.formats import geopackage_layers, read_geopackage_layer, read_source
from gis.io.joining import KEYS, join_by_id
from gis.io.postgis import database_name, is_database, read_database
from gis.io.reading import NOTES, unreadable, without_blanks
from gis.io.tabular import read_workbook
from gis.io.text import garbled_faults
from gis.tables import COUNTED_PREFIX, INPUT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gis.datums import Datum
    from gis.io.files import Source
    from gis.io.reading import Found

__all__ = ["read_inputs", "source_name"]

#: Tables that GDAL and QGIS keep in a GeoPackage for themselves.
_HOUSEKEEPING: Final = frozenset({"layer_styles", "qgis_projects", NOTES})


def read_inputs(
    path: str | Path, *, datum: Datum | None = None, limits: Limits | None = None
) -> Inputs:
    """Read every input layer at a path, and note every fault that reading shows.

    Content never raises: wrong values become missing and a fault in `Inputs.faults`. Run
    `gis.check.require` before planning.

    Parameters
    ----------
    path
        A GeoPackage, a workbook (.xlsx) with a sheet for each layer, or a folder of files named
        after the layers (GeoPackage, GeoJSON, Shapefile, GeoParquet, FlatGeobuf, CSV or .xlsx);
        counted layers are named ``layers/<name>`` (a sheet ``layers.<name>``). In a folder a
        GeoPackage or workbook of another name may hold several layers. Tables place their rows by
        lon and lat (EPSG:4490), x and y, or well-known text; the latter two take the CRS that
        their header names (``wkt_4549``), of a .prj file beside them, else that of the
        communities. A table without places is joined to the map of its layer by id. Or the
        connection string of a PostGIS database, as `gis.io.postgis.read_database` takes it.
    datum
        "gcj02" or "bd09" where the coordinates are of that datum; they are converted.
    limits
        How large an input may be.

    Raises
    ------
    UnreadableInput
        If nothing could be read, with one sentence that says why.
    """
    limits = limits or Limits()
    source, found, hashes, faults = _found(path, limits=limits)
    tables, more = _tables(found)
    faults += more
    if not tables:
        _refuse(source, faults)
    tables, more = _with_shared_crs(tables)
    faults += more
    layers: dict[str, Any] = {}
    for name, table in sorted(tables.items()):
        contract = layer_contract(name)
        if contract is None:
            faults.append(_unknown(name))
            continue
        frame, wrong = conform(table, contract)
        texts = (column.name for column in contract.columns if column.kind == "text")
        faults += [*_unexplained(wrong, faults), *garbled_faults(frame, layer=name, columns=texts)]
        layers[name] = frame
    inputs = Inputs(layers=layers, source=source, hashes=hashes, faults=sort_faults(faults))
    return undo_datum(inputs, datum=datum) if datum else inputs


def source_name(path: str | Path) -> str:
    """Name an input for people: a file without its folders, a database without its password.

    Examples
    --------
    >>> source_name("data/town.gpkg"), source_name("postgresql://me:secret@host/town")
    ('town.gpkg', 'town.public')
    """
    return database_name(str(path)) if is_database(path) else Path(path).name


def _found(
    path: str | Path, *, limits: Limits
) -> tuple[str, list[tuple[str, Found]], dict[str, str], list[Fault]]:
    """Read all there is: what to call it, each layer with where it is from, hashes and faults."""
    if is_database(path):
        name = source_name(path)
        layers, hashes = read_database(str(path), limits=limits)
        return name, [(name, layer) for layer in layers], hashes, []
    path = Path(path)
    sources, faults = find_sources(path, limits=limits)
    found = [(one.path.name, layer) for one in sources for layer in _read(one, limits=limits)]
    hashes = {
        file.relative_to(_base(path)).as_posix(): file_hash(file)
        for file in sorted(_files(sources))
    }
    return path.name, found, hashes, faults


def _tables(found: Sequence[tuple[str, Found]]) -> tuple[dict[str, Any], list[Fault]]:
    """Take every layer; of two for one join one to the other, else keep the first."""
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for origin, (name, table, wrong) in found:
        faults += wrong
        if table is None:
            continue
        if name not in tables:
            tables[name] = table
        elif (joined := join_by_id(tables[name], table, layer=name)) is not None:
            tables[name], more = joined
            faults += more
        else:
            what = f"is given twice; {origin} was not read"
            remedy = "keep one file for each layer"
            if key := KEYS.get(name):
                remedy += f", or a map and one table without places that share {key}"
            faults.append(Fault(name, what, remedy, kind="layer-given-twice"))
    return tables, faults


def _read(source: Source, *, limits: Limits) -> list[Found]:
    """Read the one layer of a source, or each of those it holds."""
    if not source.several:
        return [(source.layer, *read_source(source, limits=limits))]
    read = read_workbook if source.format == "excel" else _geopackage
    found = read(source.path, limits=limits)
    if len(found) == 1 and layer_contract(found[0][0]) is None and source.layer:
        return [(source.layer, *found[0][1:])]
    return found


def _geopackage(path: Path, *, limits: Limits) -> list[Found]:
    try:
        names = geopackage_layers(path)
    except (pyogrio.errors.DataSourceError, OSError):
        return [(path.name, None, [unreadable(path.name, "cannot be read as a GeoPackage")])]
    found = [
        (name, *read_geopackage_layer(path, name, layer=name, limits=limits))
        for name in names
        if name not in _HOUSEKEEPING
    ]
    return found if NOTES not in names else without_blanks(found)


def _refuse(source: str, faults: Sequence[Fault]) -> None:
    """Raise, saying the first thing that kept everything from being read."""
    first = next((fault for fault in sort_faults(faults) if fault.severity == "error"), None)
    if first is None:
        msg = f"{source!r} has no layers; it needs communities and buildings (or cells)"
        raise UnreadableInput(msg)
    msg = f"nothing in {source!r} could be read: {first}"
    raise UnreadableInput(msg)


def _with_shared_crs(tables: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Give tables of x and y or WKT without a CRS that of the communities, and say so.

    GIS files without a CRS are left without one: `conform` reports them.
    """
    home = tables.get("communities")
    crs = home.crs if home is not None and is_frame(home) else None
    faults: list[Fault] = []
    if crs is None:
        return tables, faults
    shared = dict(tables)
    for name, table in tables.items():
        if is_frame(table) and table.crs is None and table.attrs.get("from_text"):
            shared[name] = table.set_crs(crs)
            what = f"does not say its CRS; taken as that of the communities ({crs.to_string()})"
            remedy = "put a .prj file beside it if that is wrong"
            faults.append(
                Fault(
                    name,
                    what,
                    remedy,
                    column="geometry",
                    severity="information",
                    kind="crs-of-communities",
                )
            )
    return shared, faults


def _unknown(name: str) -> Fault:
    near = difflib.get_close_matches(name.lower(), [*INPUT_LAYERS], n=1, cutoff=0.6)
    remedy = f"rename it to {near[0]!r} if it is that" if near else "nothing need be done"
    known = f"; to have it counted per grid name it '{COUNTED_PREFIX}{name}'"
    return Fault(
        name, "is not a layer that is read", remedy + known,
        severity="warning", kind="unknown-layer",
    )  # fmt: skip


def _unexplained(found: Sequence[Fault], before: Sequence[Fault]) -> list[Fault]:
    """Leave out shapes that are empty because the coordinates could not be read."""
    text = ("wrong-type", "wrong-geometry-text")
    said = {(fault.layer, fault.row) for fault in before if fault.kind in text}
    return [
        fault
        for fault in found
        if not (fault.kind == "empty-geometry" and (fault.layer, fault.row) in said)
    ]


def _base(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _files(sources: Sequence[Source]) -> set[Path]:
    """Give the files read, a shapefile's sidecars included."""
    files = set()
    for source in sources:
        files.add(source.path)
        if source.format == "shapefile":
            files |= {
                other
                for other in source.path.parent.iterdir()
                if other.stem == source.path.stem
                and other.suffix.lower() in (".shx", ".dbf", ".prj", ".cpg")
            }
    return files
