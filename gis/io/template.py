"""Write an empty workbook or GeoPackage of the input contract, its columns explained."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

import openpyxl
import pandas as pd
import pyogrio
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gis.errors import UnwritableOutput
from gis.io.atomic import atomic_path
from gis.io.reading import NOTES
from gis.meanings import COLUMNS_ZH, KINDS_ZH, LAYERS_ZH
from gis.tables import INPUT_LAYERS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet

    from gis.tables import Layer

__all__ = ["notes", "write_template"]

#: CGCS2000 in degrees, longitude first.
_EPSG: Final = 4490
_SHAPES: Final = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
#: What a GeoPackage's layer is drawn as where several kinds of shapes would do.
_DRAWN: Final = {"buildings": "polygon", "barriers": "line", "facilities": "point"}
_HEADER: Final = ("layer", "column", "kind", "required", "说明", "meaning")
_PLACES: Final = {
    "lon": ("经度，CGCS2000 度。", "Longitude, degrees of CGCS2000 (EPSG:4490)."),
    "lat": ("纬度，CGCS2000 度。", "Latitude, degrees of CGCS2000 (EPSG:4490)."),
    f"wkt_{_EPSG}": (
        (
            "形状的 WKT 文本，先经度后纬度；也可把列名改为 wkt_4549 等以使用其他坐标系，"
            "或留空并另附含同一编号的地图图层。"
        ),
        (
            "The shape as well-known text, longitude first. Rename it wkt_4549 or the like for "
            "another CRS; or leave it empty and give a map layer with the same ids beside it."
        ),
    ),
}
_HOW: Final = (
    "每个工作表（图层）一类数据，第一行是列名，请勿改动；从第二行起每行一条，不需要的表留空。",
    (
        "One sheet (layer) for each kind of data, one row each below the column names. Leave empty "
        "what you do not have; only communities and one of buildings and cells must be filled."
    ),
)


def notes() -> pd.DataFrame:
    """Explain every layer and column of the inputs in Chinese and English, one row each.

    Examples
    --------
    >>> table = notes()
    >>> table[(table["layer"] == "gates") & (table["column"] == "open")].values.tolist()
    [['gates', 'open', '是/否 boolean', '', '能否通行；未注明视为开放。', \
'Whether one can pass; a gate that does not say is open.']]
    """
    rows = [("", "", "", "", *_HOW)]
    for layer in INPUT_LAYERS.values():
        rows.append((layer.name, "", "", "", LAYERS_ZH[layer.name], layer.meaning))
        rows += [(layer.name, name, "", "", *_PLACES[name]) for name in _places(layer)]
        rows += [
            (
                layer.name,
                column.name,
                f"{KINDS_ZH[column.kind]} {column.kind}",
                "必填 required" if column.required else "",
                COLUMNS_ZH[layer.name, column.name],
                column.meaning,
            )
            for column in layer.columns
        ]
    return pd.DataFrame(rows, columns=[*_HEADER])


def write_template(path: str | Path) -> None:
    """Write an empty input: a workbook for ``*.xlsx``, a GeoPackage for ``*.gpkg``.

    The sheet or table `gis.io.reading.NOTES` explains every column; in a workbook so do the notes
    on the column names. Layers that stay empty are passed over when the file is read.

    Parameters
    ----------
    path
        Where to; an existing file is replaced.

    Raises
    ------
    UnwritableOutput
        If the name ends otherwise, or the place cannot be written to.
    """
    write = {".xlsx": _workbook, ".gpkg": _geopackage}.get(Path(path).suffix.lower())
    if write is None:
        msg = f"{Path(path).name} is no template's name; let it end in .xlsx or .gpkg"
        raise UnwritableOutput(msg)
    with atomic_path(path) as temporary:
        write(temporary)


def _places(layer: Layer) -> Iterator[str]:
    """Give the columns of a sheet that place its rows."""
    if layer.geometry - {"point"}:
        yield f"wkt_{_EPSG}"
    if "point" in layer.geometry:
        yield from ("lon", "lat")


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = NOTES
    sheet.append(_HEADER)
    for row in notes().itertuples(index=False):
        sheet.append(row)
    for letter, width in zip("ABCDEF", (16, 16, 16, 14, 50, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=cell.row == 1)
    for layer in INPUT_LAYERS.values():
        _sheet(book.create_sheet(layer.name), layer)
    book.save(path)


def _sheet(sheet: Worksheet, layer: Layer) -> None:
    """Write the column names of a layer, each with its meaning, and nothing below."""
    texts = {name: _PLACES[name] for name in _places(layer)}
    for column in layer.columns:
        texts[column.name] = (COLUMNS_ZH[layer.name, column.name], column.meaning)
    kinds = {column.name: column.kind for column in layer.columns}
    names = [*kinds, *(name for name in texts if name not in kinds)]
    for place, name in enumerate(names, start=1):
        cell = sheet.cell(1, place, name)
        cell.font = Font(bold=True, color="FFC00000" if name in layer.required else "FF000000")
        cell.comment = Comment("\n".join(texts[name]), "wangge", height=120, width=300)
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = max(12, len(name) + 4)
        if kinds.get(name) == "text":
            dimension.number_format = "@"  # so that no workbook drops a code's leading zeros
    sheet.freeze_panes = "A2"


def _geopackage(path: Path) -> None:
    tables = {NOTES: notes()}
    tables |= {layer.name: empty_layer(layer, crs=_EPSG) for layer in INPUT_LAYERS.values()}
    for name, table in tables.items():
        options = {}
        if name != NOTES and INPUT_LAYERS[name].geometry:
            kinds = INPUT_LAYERS[name].geometry
            options["geometry_type"] = _SHAPES[_DRAWN.get(name) or min(kinds)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that there is nothing to write
            pyogrio.write_dataframe(
                table, path, layer=name, driver="GPKG", append=path.exists(), **options
            )
