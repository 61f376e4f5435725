"""Make a small sound community, and break it in every way that people's data are broken.

`community()` is the sound one, drawn to this plan (metres from `ORIGIN`, EPSG:4549)::

    400 +-----------------------------------------+
        |  +-----wall------+   s   +----wall-----+ |
        |  | b01 | b02     |   t   |    b07  b08 | |
        |  | b03 | b04     G---r---G    b09  b10 | |     G: gates
        |  | b05 | b06     |   e   |    b11  b12 | |     |, -: walkways
        |  +---------------+   e   +-------------+ |
      0 +----------------------t-----------------+
        0                     300                600

`BROKEN` lists the ways; each makes its files in a folder and says which fault must come of it.
"""

from __future__ import annotations

import shutil
import warnings
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import translate

from gis.datums import wgs84_to_bd09, wgs84_to_gcj02

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = (385_000.0, 3_547_000.0)
CRS = 4549
CODE = "320102001001"


@dataclass(frozen=True)
class Broken:
    """One broken input: how to make it, and the fault that must be reported.

    `kind` "unreadable" stands for `UnreadableInput`; `row` and `value` are None where the
    fault is the whole layer's, or has no value.
    """

    name: str
    make: Callable[[Path], Path]
    kind: str
    layer: str
    row: int | None = None
    value: str | None = None


def place(shape: Any) -> Any:
    """Move a shape drawn from (0, 0) to where the community lies."""
    return translate(shape, *ORIGIN)


def frame(shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[place(shape) for shape in shapes], crs=CRS)


def community() -> dict[str, Any]:
    """Return the layers of the sound community, by name."""
    corners = [(x, y) for x in (50, 350) for y in (300, 180, 60)]
    homes = [box(x + dx, y, x + dx + 60, y + 15) for x, y in corners for dx in (0, 130)]
    ids = [f"b{k:02}" for k in range(1, 13)]
    sides = ["东园" if k < 6 else "西园" for k in range(12)]
    yards = [box(20, 20, 280, 380), box(320, 20, 580, 380)]
    paths = [
        LineString([(300, 5), (300, 200), (300, 395)]),
        LineString([(300, 200), (280, 200), (150, 200)]),
        LineString([(150, 40), (150, 200), (150, 360)]),
        LineString([(300, 200), (320, 200), (450, 200)]),
        LineString([(450, 40), (450, 200), (450, 360)]),
    ]
    doors = [Point(home.bounds[0] + 30, home.bounds[1]) for home in homes]
    rooms = [(home, stair) for home in ids for stair in (1, 2)]
    return {
        "communities": frame(
            [box(0, 0, 600, 400)], name=["梅园社区"], community_code=[CODE], households=[576]
        ),
        "buildings": frame(
            homes, building_id=ids, households=[48] * 12, name=[f"{k + 1}幢" for k in range(12)],
            compound=sides, stairwells=[2] * 12, floors=[6] * 12, residents=[125] * 12,
        ),
        "compounds": frame(yards, name=["东园", "西园"]),
        "walkways": frame(paths, kind=["street", "footway", "footway", "footway", "footway"]),
        "entrances": frame(doors, building_id=ids, stairwell=[1] * 12),
        "gates": frame([Point(280, 200), Point(320, 200)], name=["东门", "西门"]),
        "barriers": frame([LineString(yard.exterior) for yard in yards], kind=["wall", "wall"]),
        "facilities": frame(
            [Point(300, 100), Point(300, 300)], category=["pharmacy", "kindergarten"],
            name=["药店", "幼儿园"], date=["2026-05-01", "2026-05-02"],
        ),
        "meeting_points": frame([Point(150, 210)], name=["网格微家"]),
        "special_sites": frame([box(285, 384, 298, 398)], name=["小学"], kind=["school"]),
        "addresses": pd.DataFrame(
            {
                "address": [f"梅园路1号{home}-{stair}-101" for home, stair in rooms],
                "building_id": [home for home, _ in rooms],
                "stairwell": [stair for _, stair in rooms],
                "room": ["101"] * len(rooms),
            }
        ),
        "people": pd.DataFrame(
            {
                "name": ["赵一", "钱二", "孙三", "李四"],
                "role": ["网格长", "网格员", "楼道党小组长", "党员中心户"],
                "serves": ["梅园社区", "东园", "b03", "b03/2"],
                "duty_phone": ["025-52000001", "13800000002", "+86 13800000003", "52000004"],
                "since": ["2026-01-01"] * 4,
                "until": [None, None, None, "2026-12-31"],
            }
        ),
        "locks": pd.DataFrame({"building_id": ["b01", "b02"], "grid": ["甲", "甲"]}),
        "layers/shops": frame([Point(302, 50), Point(302, 90)], status=["open", "to convert"]),
    }  # fmt: skip


def write_geopackage(layers: dict[str, Any], path: Path) -> Path:
    """Write layers into one GeoPackage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL remarks on shapes that do not suit their layer
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG")
    return path


@cache
def _template() -> Path:
    return write_geopackage(community(), Path(mkdtemp(prefix="wangge-")) / "community.gpkg")


def sound(folder: Path) -> Path:
    """Write the sound community as a GeoPackage."""
    return Path(shutil.copy(_template(), folder / "community.gpkg"))


def sound_folder(folder: Path, *, leave: tuple[str, ...] = ()) -> Path:
    """Write the community as a folder of GeoJSON and CSV files in degrees."""
    out = folder / "layers of a community"
    (out / "layers").mkdir(parents=True)
    for name, layer in community().items():
        if name in leave:
            continue
        if isinstance(layer, gpd.GeoDataFrame):
            layer.to_crs(4326).to_file(out / f"{name}.geojson", driver="GeoJSON")
        else:
            layer.to_csv(out / f"{name}.csv", index=False)
    return out


def edited(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], Path]:
    """Make the GeoPackage of the community after a change to its layers."""

    def make(folder: Path) -> Path:
        layers = community()
        before = {name: layer.copy() for name, layer in layers.items()}
        change(layers)
        path = folder / "community.gpkg"
        kept = all(name in layers for name in before)
        if kept:
            sound(folder)
            layers = {
                name: layer
                for name, layer in layers.items()
                if name not in before or not _same(layer, before[name])
            }
        return write_geopackage(layers, path)

    return make


def _same(one: Any, other: Any) -> bool:
    return (
        type(one) is type(other)
        and one.equals(other)
        and getattr(one, "crs", 0) == getattr(other, "crs", 0)
    )


def put(layer: str, row: int, column: str, value: Any) -> Callable[[Path], Path]:
    """Break one value; `row` counts from 1."""

    def change(layers: dict[str, Any]) -> None:
        table = layers[layer].copy()
        values = table[column].tolist() if column in table else [None] * len(table)
        values[row - 1] = value
        if column == "geometry":
            table = table.set_geometry(gpd.GeoSeries(values, index=table.index, crs=table.crs))
        else:
            table[column] = pd.Series(values, index=table.index)
            if table[column].dtype == object:
                table[column] = table[column].astype("str")
        layers[layer] = table

    return edited(change)


def draw(layer: str, row: int, shape: Any) -> Callable[[Path], Path]:
    """Break one shape, drawn from (0, 0)."""
    return put(layer, row, "geometry", place(shape))


def add(layer: str, shape: Any, **values: Any) -> Callable[[Path], Path]:
    """Add one row of a layer, drawn from (0, 0)."""

    def change(layers: dict[str, Any]) -> None:
        more = frame([shape], **{name: [value] for name, value in values.items()})
        layers[layer] = pd.concat([layers[layer], more], ignore_index=True)

    return edited(change)


def reshape(layer: str, move: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Any:
    """Break all shapes of a layer."""

    def change(layers: dict[str, Any]) -> None:
        layers[layer] = move(layers[layer])

    return edited(change)


def without(*names: str) -> Callable[[Path], Path]:
    """Leave layers out."""

    def change(layers: dict[str, Any]) -> None:
        for name in names:
            del layers[name]

    return edited(change)


def without_column(layer: str, column: str) -> Callable[[Path], Path]:
    def change(layers: dict[str, Any]) -> None:
        layers[layer] = layers[layer].drop(columns=column)

    return edited(change)


def emptied(layer: str) -> Callable[[Path], Path]:
    def change(layers: dict[str, Any]) -> None:
        layers[layer] = layers[layer].iloc[:0]

    return edited(change)


def shifted(convert: Any) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Shift a layer to another datum, still declared as WGS 84."""

    def move(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        degrees = table.to_crs(4326)
        there = shapely.transform(
            degrees.geometry.to_numpy(),
            lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])),
        )
        return degrees.set_geometry(there, crs=4326)

    return move


def swapped(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    there = shapely.transform(table.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return table.set_geometry(there, crs=table.crs)


def swapped_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return swapped(table.to_crs(4326))


def mislabelled(code: int | None, *, first: int | None = None) -> Any:
    """Declare another CRS than the coordinates are in."""

    def move(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table = table.to_crs(first) if first else table
        return (
            table.set_crs(code, allow_override=True)
            if code
            else table.set_crs(None, allow_override=True)
        )

    return move


# ---- files broken as files ---------------------------------------------------------------


def truncated(folder: Path) -> Path:
    path = sound(folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def scrambled(folder: Path) -> Path:
    path = sound(folder)
    data = bytearray(path.read_bytes())
    data[200:40_000] = bytes(39_800)
    path.write_bytes(data)
    return path


def absent(folder: Path) -> Path:
    return folder / "nothing.gpkg"


def text_as_geopackage(folder: Path) -> Path:
    path = folder / "community.gpkg"
    path.write_text("梅园社区, 576 户\n" * 40, encoding="utf-8")
    return path


def nothing_in_it(folder: Path) -> Path:
    path = folder / "community.gpkg"
    path.touch()
    return path


def zip_as_geopackage(folder: Path) -> Path:
    path = folder / "community.gpkg"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("buildings.geojson", "{}")
    return path


def archive_of_layers(folder: Path) -> Path:
    path = folder / "community.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sound(folder), "community.gpkg")
    return path


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for k in range(60):
            archive.writestr(f"xl/worksheets/sheet{k}.xml", b"0" * 10_000_000)
    return path


def bomb_alone(folder: Path) -> Path:
    return _bomb(folder / "buildings.xlsx")


def bomb_in_folder(folder: Path) -> Path:
    out = sound_folder(folder, leave=("addresses",))
    _bomb(out / "addresses.xlsx")
    return out


def archive_in_folder(folder: Path) -> Path:
    out = sound_folder(folder, leave=("addresses",))
    with zipfile.ZipFile(out / "addresses.zip", "w") as archive:
        archive.writestr("addresses.csv", "address\n梅园路1号\n")
    return out


def folder_without_layers(folder: Path) -> Path:
    out = folder / "empty"
    out.mkdir()
    (out / "readme.txt").write_text("layers will come", encoding="utf-8")
    return out


def device(_folder: Path) -> Path:
    return Path("/dev/null")


def one_layer_alone(folder: Path) -> Path:
    path = folder / "buildings.geojson"
    community()["buildings"].to_crs(4326).to_file(path, driver="GeoJSON")
    return path


def gb18030_declared_utf8(folder: Path) -> Path:
    out = sound_folder(folder, leave=("buildings",))
    table = community()["buildings"].rename(columns={"building_id": "building_i"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(table, out / "buildings.shp", encoding="GB18030")
    (out / "buildings.cpg").write_text("UTF-8", encoding="ascii")
    return out


def bytes_of_no_encoding(folder: Path) -> Path:
    out = sound_folder(folder, leave=("people",))
    text = community()["people"].to_csv(index=False).encode()
    (out / "people.csv").write_bytes(text.replace("钱二".encode(), b"\xff\xfe\x80\x31"))
    return out


def merged_workbook(folder: Path) -> Path:
    out = sound_folder(folder, leave=("addresses",))
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["address", "room"], ["梅园路1号", "101"], [None, "102"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(out / "addresses.xlsx")
    return out


def titled_workbook(folder: Path) -> Path:
    out = sound_folder(folder, leave=("addresses",))
    book = openpyxl.Workbook()
    for row in (["梅园社区地址表", None], ["address", "room"], ["梅园路1号", "101"]):
        book.active.append(row)
    book.active["B1"] = None
    book.save(out / "addresses.xlsx")
    return out


def text_as_workbook(folder: Path) -> Path:
    out = sound_folder(folder, leave=("addresses",))
    (out / "addresses.xlsx").write_text("address\n梅园路1号\n", encoding="utf-8")
    return out


def ragged_table(folder: Path) -> Path:
    out = sound_folder(folder, leave=("people",))
    lines = ["name,role,serves", "赵一,网格长,梅园社区", "钱二,网格员,东园,多余,的"]
    (out / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    return out


def words_for_coordinates(folder: Path) -> Path:
    out = sound_folder(folder, leave=("gates",))
    lines = ["name,lon,lat", "东门,118.7837,32.0474", "西门,east,32.0474"]
    (out / "gates.csv").write_text("\n".join(lines), encoding="utf-8")
    return out


def broken_well_known_text(folder: Path) -> Path:
    out = sound_folder(folder, leave=("gates",))
    lines = ["name,wkt", "东门,POINT (118.7837 32.0474)", "西门,POINT (118.78"]
    (out / "gates.csv").write_text("\n".join(lines), encoding="utf-8")
    return out


def broken_json(folder: Path) -> Path:
    out = sound_folder(folder)
    path = out / "buildings.geojson"
    path.write_bytes(path.read_bytes()[:900])
    return out


def given_twice(folder: Path) -> Path:
    out = sound_folder(folder)
    community()["people"].to_excel(out / "people.xlsx", index=False)
    return out


def _infinite(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = table.geometry.to_numpy().copy()
    shapes[1] = shapely.LineString([(385_000.0, 3_547_000.0), (np.inf, 3_547_100.0)])
    return table.set_geometry(shapes, crs=table.crs)


def _bowtie() -> Polygon:
    return Polygon([(50, 60), (110, 75), (110, 60), (50, 75)])


def _garbled(layers: dict[str, Any]) -> None:
    table = layers["communities"].copy()
    table["name"] = ["梅园社区".encode().decode("latin-1")]
    layers["communities"] = table


def _two_communities(layers: dict[str, Any]) -> None:
    layers["communities"] = frame(
        [box(0, 0, 310, 400), box(290, 0, 600, 400)],
        name=["梅园社区", "兰园社区"], community_code=[CODE, "320102001002"],
    )  # fmt: skip


def _same_code(layers: dict[str, Any]) -> None:
    layers["communities"] = frame(
        [box(0, 0, 300, 400), box(300, 0, 600, 400)],
        name=["梅园社区", "兰园社区"], community_code=[CODE, CODE],
    )  # fmt: skip


def _overlapping_cells(layers: dict[str, Any]) -> None:
    layers["cells"] = frame(
        [box(0, 0, 320, 400), box(300, 0, 600, 400)], cell_id=["c1", "c2"], households=[288, 288]
    )


def _cut_paths(layers: dict[str, Any]) -> None:
    table = layers["walkways"].copy()
    far = [shape for k, shape in enumerate(table.geometry) if k != 3]
    layers["walkways"] = gpd.GeoDataFrame({"kind": ["footway"] * 4}, geometry=far, crs=CRS)


BROKEN: list[Broken] = [
    # files
    Broken("absent path", absent, "unreadable", ""),
    Broken("truncated GeoPackage", truncated, "unreadable", ""),
    Broken("scrambled GeoPackage", scrambled, "unreadable", ""),
    Broken("text named .gpkg", text_as_geopackage, "unreadable", ""),
    Broken("empty file named .gpkg", nothing_in_it, "unreadable", ""),
    Broken("zip named .gpkg", zip_as_geopackage, "unreadable", ""),
    Broken("zip archive of layers", archive_of_layers, "unreadable", ""),
    Broken("zip bomb", bomb_alone, "unreadable", ""),
    Broken("zip bomb in a folder", bomb_in_folder, "unreadable-file", "addresses.xlsx"),
    Broken("zip archive in a folder", archive_in_folder, "unreadable-file", "addresses.zip"),
    Broken("folder without layers", folder_without_layers, "unreadable", ""),
    Broken("a device", device, "unreadable", ""),
    Broken("one layer alone", one_layer_alone, "unreadable", ""),
    Broken("GB18030 under a UTF-8 .cpg", gb18030_declared_utf8, "undecodable-text", "buildings",
           1, "1幢"),
    Broken("CSV of no encoding", bytes_of_no_encoding, "undecodable-text", "people", 2,
           r"\xff\xfe\x801,\xe7\xbd\x91"),
    Broken("garbled text", edited(_garbled), "garbled-text", "communities", 1,
           "梅园社区".encode().decode("latin-1")),
    Broken("merged cells", merged_workbook, "merged-cells", "addresses", 1, "A2:A3"),
    Broken("title above the header", titled_workbook, "bad-header", "addresses", None,
           "梅园社区地址表"),
    Broken("text named .xlsx", text_as_workbook, "unreadable-file", "addresses.xlsx"),
    Broken("ragged CSV", ragged_table, "ragged-row", "people", 2, "多余"),
    Broken("words for coordinates", words_for_coordinates, "wrong-type", "gates", 2, "east"),
    Broken("broken WKT", broken_well_known_text, "wrong-geometry-text", "gates", 2,
           "POINT (118.78"),
    Broken("cut GeoJSON", broken_json, "unreadable-file", "buildings"),
    Broken("one layer in two files", given_twice, "layer-given-twice", "people"),
    # layers and columns
    Broken("no communities", without("communities"), "missing-layer", "communities"),
    Broken("no buildings", without("buildings"), "missing-layer", "buildings"),
    Broken("empty layer", emptied("buildings"), "empty-layer", "buildings"),
    Broken("empty communities", emptied("communities"), "empty-layer", "communities"),
    Broken("missing column", without_column("buildings", "building_id"), "missing-column",
           "buildings"),
    Broken("missing name", without_column("communities", "name"), "missing-column", "communities"),
    Broken("missing value", put("buildings", 4, "building_id", None), "missing-value",
           "buildings", 4),
    Broken("blank value", put("people", 2, "serves", "  "), "missing-value", "people", 2),
    # values
    Broken("wrong type", put("buildings", 3, "households", "about 40"), "wrong-type", "buildings",
           3, "about 40"),
    Broken("fraction", put("buildings", 5, "floors", 6.5), "wrong-type", "buildings", 5, "6.5"),
    Broken("not a boolean", put("gates", 2, "open", "sometimes"), "wrong-type", "gates", 2,
           "sometimes"),
    Broken("not a date", put("facilities", 1, "date", "last May"), "wrong-type", "facilities", 1,
           "last May"),
    Broken("no such day", put("people", 3, "since", "2026-02-30"), "wrong-type", "people", 3,
           "2026-02-30"),
    Broken("term ends before it begins", put("people", 4, "until", "2025-12-31"),
           "until-before-since", "people", 4, "2025-12-31"),
    Broken("negative households", put("buildings", 2, "households", -4), "negative-households",
           "buildings", 2, "-4"),
    Broken("absurd households", put("buildings", 2, "households", 48_000), "absurd-households",
           "buildings", 2, "48000"),
    Broken("more households than fit", put("buildings", 2, "households", 1_900),
           "crowded-building", "buildings", 2, "1900"),
    Broken("absurd community", put("communities", 1, "households", 900_000), "absurd-households",
           "communities", 1, "900000"),
    Broken("no floors", put("buildings", 7, "floors", 0), "absurd-floors", "buildings", 7, "0"),
    Broken("too many floors", put("buildings", 7, "floors", 600), "absurd-floors", "buildings", 7,
           "600"),
    Broken("negative stairwells", put("buildings", 8, "stairwells", -1), "negative-stairwells",
           "buildings", 8, "-1"),
    Broken("negative residents", put("buildings", 9, "residents", -10), "negative-residents",
           "buildings", 9, "-10"),
    Broken("duplicate building", put("buildings", 6, "building_id", "b01"), "duplicate-id",
           "buildings", 6, "b01"),
    Broken("duplicate community code", edited(_same_code), "duplicate-id", "communities", 2, CODE),
    Broken("short community code", put("communities", 1, "community_code", "3201020010"),
           "bad-code", "communities", 1, "3201020010"),
    Broken("lock of no building", put("locks", 2, "building_id", "b99"), "unknown-building",
           "locks", 2, "b99"),
    Broken("lock of no level", put("locks", 1, "level", "middle"), "bad-level", "locks", 1,
           "middle"),
    Broken("entrance of no building", put("entrances", 5, "building_id", "b99"),
           "unknown-building", "entrances", 5, "b99"),
    # shapes
    Broken("empty geometry", put("buildings", 3, "geometry", Polygon()), "empty-geometry",
           "buildings", 3),
    Broken("no geometry", put("buildings", 3, "geometry", None), "empty-geometry", "buildings", 3),
    Broken("wrong geometry", draw("communities", 1, LineString([(0, 0), (9, 9)])),
           "wrong-geometry", "communities", 1, "LineString"),
    Broken("point for a walkway", draw("walkways", 2, Point(9, 9)), "wrong-geometry", "walkways",
           2, "Point"),
    Broken("counted line", add("layers/shops", LineString([(0, 0), (9, 9)])), "wrong-geometry",
           "layers/shops", 3, "LineString"),
    Broken("infinite coordinate", reshape("walkways", _infinite), "not-finite", "walkways", 2),
    Broken("self-crossing building", draw("buildings", 5, _bowtie()), "invalid-polygon",
           "buildings", 5, "385080 3547067.5"),
    Broken("self-crossing boundary",
           draw("communities", 1, Polygon([(0, 0), (600, 400), (600, 0), (0, 400)])),
           "invalid-polygon", "communities", 1, "385300 3547200"),
    Broken("flat building", draw("buildings", 5, Polygon([(50, 60), (110, 60), (80, 60)])),
           "no-extent", "buildings", 5, "385050 3547060"),
    Broken("same outline twice", add("buildings", box(50, 300, 110, 315), building_id="b13"),
           "same-outline", "buildings", 13, "900 m2"),
    Broken("overlapping cells", edited(_overlapping_cells), "overlap", "cells", 2, "8000 m2"),
    Broken("two communities overlapping", edited(_two_communities), "communities-overlap",
           "communities", 2, "8000 m2"),
    Broken("islands",
           draw("communities", 1, MultiPolygon([box(0, 0, 600, 400), box(700, 0, 800, 90)])),
           "islands", "communities", 1, "2"),
    # places
    Broken("no CRS", reshape("buildings", mislabelled(None)), "no-crs", "buildings"),
    Broken("no CRS of communities", reshape("communities", mislabelled(None)), "no-crs",
           "communities"),
    Broken("swapped axes", reshape("buildings", swapped_degrees), "swapped-axes", "buildings", 1,
           "32.04329138 118.7836129"),
    Broken("swapped metres", reshape("walkways", swapped), "swapped-axes", "walkways", 1,
           "3547005 385300"),
    Broken("swapped communities", reshape("communities", swapped_degrees), "swapped-axes",
           "communities", 1),
    Broken("metres as degrees", reshape("buildings", mislabelled(4326)), "out-of-range",
           "buildings", 1),
    Broken("degrees as metres", reshape("buildings", mislabelled(4549, first=4326)),
           "degrees-as-metres", "buildings", 1),
    Broken("wrong zone", reshape("buildings", mislabelled(4548)), "far-away", "buildings", 1),
    Broken("GCJ-02 declared as WGS 84", reshape("buildings", shifted(wgs84_to_gcj02)),
           "shifted-datum", "buildings", 1),
    Broken("BD-09 declared as WGS 84", reshape("walkways", shifted(wgs84_to_bd09)),
           "shifted-datum", "walkways", 1),
    Broken("building outside", draw("buildings", 12, box(700, 60, 760, 75)), "outside-community",
           "buildings", 12, "385730.0 3547067.5"),
    # ways
    Broken("disconnected walkways", edited(_cut_paths), "disconnected-walkway", "walkways", 4),
    Broken("walkway through a wall", add("walkways", LineString([(150, 100), (300, 100)])),
           "walkway-through-wall", "walkways", 6, "385280.0 3547100.0"),
    Broken("entrance far from its building", draw("entrances", 1, Point(500, 50)),
           "far-entrance", "entrances", 1, "385500.0 3547050.0"),
]  # fmt: skip
