"""Read tables of text, CSV and workbooks, and place their rows by coordinates or WKT."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import warnings
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.faults import Fault
from gis.io.reading import (
    NOTES,
    beside,
    first_line,
    numbered,
    too_many,
    undecodable,
    unreadable,
    without_blanks,
)
from gis.io.text import decode_file
from gis.tables import COUNTED_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gis.io.files import Limits
    from gis.io.reading import Found

    Read = tuple[pd.DataFrame | None, list[Fault]]

__all__ = ["LAT_COLUMNS", "LON_COLUMNS", "read_csv", "read_excel", "read_workbook"]

#: What columns of positions in degrees are called.
LON_COLUMNS: Final = ("lon", "lng", "longitude", "经度")
LAT_COLUMNS: Final = ("lat", "latitude", "纬度")
_WKT: Final = ("wkt", "geometry", "geom")
_SPARE: Final = 64


def read_csv(path: Path, layer: str, *, limits: Limits) -> Read:
    """Read a table of separated values, as text; the separator shows in its first line."""
    try:
        text, _ = decode_file(path.read_bytes())
    except UnicodeDecodeError as error:
        return None, [undecodable(layer, error)]
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    header = next(csv.reader([first.rstrip("\r")], delimiter=separator), [])
    faults = _header_faults(header, layer)
    if faults:
        return None, faults
    table = pd.read_csv(
        io.StringIO(text), sep=separator, header=None, skiprows=1, dtype="str",
        names=range(len(header) + _SPARE), keep_default_na=False, na_values=[""],
        skip_blank_lines=False, nrows=limits.rows + 1, index_col=False,
    )  # fmt: skip
    if fault := too_many(len(table), layer, limits):
        return None, [fault]
    return _tabular(numbered(table), [name.strip() for name in header], path, layer)


def read_excel(path: Path, layer: str, *, limits: Limits) -> Read:
    """Read the first sheet of a workbook; the caller has seen that it may be unpacked."""
    book = _open(path, layer)
    if isinstance(book, Fault):
        return None, [book]
    return _read_sheet(book.worksheets[0], path, layer, limits=limits)


def read_workbook(path: Path, *, limits: Limits) -> list[Found]:
    """Read every sheet of a workbook that has any cell, as the layer it is named after.

    A sheet cannot have ``/`` in its name, so that a counted layer's is ``layers.NAME``. Sheets of
    a template without a row below their header are left out.
    """
    book = _open(path, path.name)
    if isinstance(book, Fault):
        return [(path.name, None, [book])]
    titles = [sheet.title.strip() for sheet in book.worksheets]
    found = []
    for title, sheet in zip(titles, book.worksheets, strict=True):
        layer = re.sub(r"^layers\.", COUNTED_PREFIX, title)
        if title != NOTES and next(sheet.iter_rows(values_only=True), None):
            found.append((layer, *_read_sheet(sheet, path, layer, limits=limits)))
    return without_blanks(found) if NOTES in titles else found


def _open(path: Path, layer: str) -> Any:
    """Open a workbook, values instead of formulas; a fault where it is none."""
    # It takes a fifth of a second to load, so who brings no workbook waits less.
    import openpyxl  # noqa: PLC0415

    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, data_only=True)
    except Exception as error:  # noqa: BLE001 - openpyxl passes on whatever its parts raise
        return unreadable(layer, f"cannot be read as a workbook: {first_line(error)}")


def _read_sheet(sheet: Any, path: Path, layer: str, *, limits: Limits) -> Read:
    if fault := too_many(sheet.max_row, layer, limits):
        return None, [fault]
    merged = sorted(str(cells) for cells in sheet.merged_cells.ranges)
    rows = list(sheet.iter_rows(values_only=True))
    if merged:
        row = min(int(re.findall(r"\d+", cells)[0]) for cells in merged) - 1
        what = "has merged cells, so that it is no table"
        remedy = "unmerge them and fill every cell; one header row, then one row each"
        fault = Fault(layer, what, remedy, row=row or None, value=merged[0], kind="merged-cells")
        return None, [fault]
    header = ["" if name is None else str(name).strip() for name in (rows[0] if rows else [])]
    while header and not header[-1]:
        header.pop()
    if faults := _header_faults(header, layer):
        return None, faults
    table = pd.DataFrame(rows[1:], dtype=object)
    if len(table.columns) < len(header):
        table = table.reindex(columns=range(len(header)))
    return _tabular(numbered(table), header, path, layer)


def _tabular(table: pd.DataFrame, header: list[str], path: Path, layer: str) -> Read:
    """Make a table of rows into a layer: name its columns, find its geometry."""
    faults = []
    width = len(header)
    ragged = table.iloc[:, width:].notna().any(axis=1).to_numpy()
    if len(table) and ragged.all():
        return None, [
            _bad_header(f"the header names {width} columns, but every row has more", header, layer)
        ]
    for row in table.index[ragged]:
        extra = table.loc[row].iloc[width:].dropna()
        remedy = "put quotes around values that hold the separator"
        what = f"has more values than the header's {width} columns"
        value = str(extra.iloc[0])
        faults.append(Fault(layer, what, remedy, row=int(row), value=value, kind="ragged-row"))
    frame = table.iloc[:, :width].set_axis(header, axis=1)
    frame = frame[frame.notna().any(axis=1)]
    frame, more = _located(frame, path, layer)
    return frame, faults + more


def _located(frame: pd.DataFrame, path: Path, layer: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Make WKT, lon and lat, or x and y columns into a geometry.

    Rows whose WKT is empty are placed by their coordinates, where there are such columns too.
    """
    crs = _prj(path)
    placed: gpd.GeoSeries | None = None
    faults: list[Fault] = []
    if text := next(_named(frame, _WKT, crs), None):
        placed, faults = _from_wkt(frame, *text, layer)
        frame = frame.drop(columns=text[0])
    if pair := next(_pairs(frame, crs), None):
        points, more = _from_xy(frame, *pair, layer)
        frame = frame.drop(columns=list(pair[0]))
        placed, faults = points if placed is None else _filled(placed, points), [*faults, *more]
    if placed is None:
        return frame, []
    located = gpd.GeoDataFrame(frame, geometry=placed)
    # Kept with the table: such a file cannot hold a CRS.
    located.attrs["from_text"] = True
    return located, faults


def _named(
    frame: pd.DataFrame, wanted: Sequence[str], crs: CRS | None
) -> Iterator[tuple[Any, CRS | None]]:
    """Yield the columns of such a name, with the CRS that their header says, as in wkt_4549."""
    for key in wanted:
        for name in frame.columns:
            bare, _, code = str(name).strip().lower().partition("_")
            code = code.removeprefix("epsg_")
            if bare == key and not code:
                yield name, crs
            elif bare == key and code.isdecimal():
                with contextlib.suppress(CRSError):
                    yield name, CRS.from_epsg(int(code))


def _pairs(frame: pd.DataFrame, crs: CRS | None) -> Iterator[tuple[tuple[Any, Any], CRS | None]]:
    """Yield pairs of columns that hold coordinates, with their CRS."""
    degrees = CRS.from_epsg(4490)
    for (lon, own), (lat, _) in product(
        _named(frame, LON_COLUMNS, degrees), _named(frame, LAT_COLUMNS, degrees)
    ):
        yield (lon, lat), own
    for (x, own), (y, other) in product(_named(frame, ["x"], crs), _named(frame, ["y"], crs)):
        if own == other:
            yield (x, y), own


def _filled(shapes: gpd.GeoSeries, points: gpd.GeoSeries) -> gpd.GeoSeries:
    """Place by points what has no shape."""
    if shapes.crs is None and shapes.isna().all():
        return points
    if shapes.crs is not None and points.crs is not None:
        points = points.to_crs(shapes.crs)
    return shapes.where(shapes.notna(), points)


def _from_wkt(
    frame: pd.DataFrame, name: Any, crs: CRS | None, layer: str
) -> tuple[gpd.GeoSeries, list[Fault]]:
    texts = frame[name].astype("str").str.replace(r"^SRID=\d+;", "", regex=True)
    # A text column keeps NaN for what is missing, even where None is put in; shapely wants None.
    known = texts.notna().to_numpy()
    shapes = np.full(len(texts), None, dtype=object)
    shapes[known] = shapely.from_wkt(texts.to_numpy(object)[known], on_invalid="ignore")
    faults = [
        Fault(
            layer,
            "geometry is not well-known text",
            "write it as POINT (118.78 32.04)",
            row=int(row),
            column=str(name),
            value=str(text),
            kind="wrong-geometry-text",
        )
        for row, text, shape in zip(frame.index, texts, shapes, strict=True)
        if shape is None and isinstance(text, str)
    ]
    return gpd.GeoSeries(shapes, index=frame.index, crs=crs), faults


def _from_xy(
    frame: pd.DataFrame, names: tuple[Any, Any], crs: CRS | None, layer: str
) -> tuple[gpd.GeoSeries, list[Fault]]:
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in names}
    faults = [
        Fault(
            layer,
            f"{name} is not a number",
            "give the coordinate in digits",
            row=int(row),
            column=str(name),
            value=str(frame.loc[row, name]),
            kind="wrong-type",
        )
        for name, values in numbers.items()
        for row in frame.index[(values.isna() & frame[name].notna()).to_numpy()]
    ]
    x, y = (values.to_numpy(float) for values in numbers.values())
    known = ~(np.isnan(x) | np.isnan(y))
    shapes = np.full(len(frame), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    return gpd.GeoSeries(shapes, index=frame.index, crs=crs), faults


def _prj(path: Path) -> CRS | None:
    sidecar = beside(path, ".prj")
    if sidecar is None:
        return None
    try:
        return CRS.from_user_input(sidecar.read_text("utf-8", errors="replace").strip())
    except CRSError:
        return None


def _header_faults(header: list[str], layer: str) -> list[Fault]:
    """Report a header row that does not name every column once."""
    names = [name.strip() for name in header]
    what = ""
    if not any(names):
        what = "the header row is empty"
    elif "" in names:
        what = f"in the header, column {names.index('') + 1} has no name"
    elif len(set(names)) < len(names):
        what = (
            f"in the header, two columns are named {next(n for n in names if names.count(n) > 1)!r}"
        )
    return [_bad_header(what, names, layer)] if what else []


def _bad_header(what: str, names: list[str], layer: str) -> Fault:
    remedy = "name every column once, in the first row; remove titles and merged cells above it"
    return Fault(layer, what, remedy, value=", ".join(names), kind="bad-header")
