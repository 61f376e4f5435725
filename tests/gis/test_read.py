"""Every format gives the same layers, and what is wrong with a file is told, not raised."""

import hashlib
import os
import shutil
import struct
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from broken import community, sound, sound_folder, write_geopackage
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from gis.check import check
from gis.conform import conform
from gis.crs import wgs84_to_bd09
from gis.errors import UnreadableInput
from gis.io.files import Limits
from gis.io.read import read_inputs
from gis.io.text import decode_file, garbled
from gis.rules import Rules
from gis.tables import INPUT_LAYERS

RULES = Rules.load()


def write_shapefile(table, path, *, encoding="UTF-8"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names are cut to ten letters
        pyogrio.write_dataframe(table, path, encoding=encoding)


def apart(one, other):
    """Measure how far shapes lie apart, pair by pair."""
    return shapely.hausdorff_distance(one.to_numpy(), other.to_numpy())


def kinds(inputs):
    return [(f.severity, f.layer, f.row, f.kind) for f in inputs.faults]


def folder_of(folder, **files):
    """Write a folder of texts, by file name."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_a_geopackage_gives_every_layer_by_contract(tmp_path):
    path = sound(tmp_path)
    inputs = read_inputs(path)
    assert sorted(inputs.layers) == sorted(community())
    assert inputs.faults == ()
    assert inputs.source == "community.gpkg"
    assert inputs.hashes == {"community.gpkg": hashlib.sha256(path.read_bytes()).hexdigest()}
    for name, layer in INPUT_LAYERS.items():
        if inputs.has(name):
            table = inputs[name]
            assert table.index.tolist() == list(range(1, len(table) + 1))
            assert table.index.name == "row"
            for column, dtype in layer.dtypes.items():
                assert table[column].dtype == pd.api.types.pandas_dtype(dtype), (name, column)
    assert inputs["communities"]["community_code"].tolist() == ["320102001001"]
    assert list(inputs.counted) == ["shops"]
    assert not isinstance(inputs["people"], gpd.GeoDataFrame)


def save(table, folder, name, form):
    if not isinstance(table, gpd.GeoDataFrame):
        form = {"shp": "csv", "parquet": "csv", "gpkg": "csv", "geojson": "csv"}.get(form, form)
        plain = table
    else:
        degrees = table.to_crs(4490)
        wkt = pd.DataFrame(table.drop(columns="geometry")).assign(wkt=table.geometry.to_wkt())
        if form == "csv lon lat" and (degrees.geom_type == "Point").all():
            x, y = degrees.geometry.x, degrees.geometry.y
            plain = pd.DataFrame(degrees.drop(columns="geometry")).assign(经度=x, 纬度=y)
        else:
            plain = wkt
    path = folder / name
    if form == "geojson":
        table.to_crs(4326).to_file(path.with_suffix(".geojson"), driver="GeoJSON")
    elif form == "shp":
        write_shapefile(table, path.with_suffix(".shp"))
    elif form == "parquet":
        table.to_parquet(path.with_suffix(".parquet"))
    elif form == "gpkg":
        table.to_file(path.with_suffix(".gpkg"), layer="any name")
    elif form == "xlsx":
        plain.to_excel(path.with_suffix(".xlsx"), index=False)
    else:
        text = plain.to_csv(index=False, sep="\t" if form == "tsv" else ",")
        data = text.encode("gb18030" if form == "csv gb18030" else "utf-8-sig")
        path.with_suffix(".csv").write_bytes(data)
    if form.startswith(("csv", "tsv", "xlsx")) and name == "communities":
        path.with_suffix(".prj").write_text(table.crs.to_wkt(), encoding="utf-8")


@pytest.mark.parametrize(
    "form",
    ["geojson", "shp", "parquet", "gpkg", "xlsx", "csv", "csv gb18030", "csv lon lat", "tsv"],
)
def test_every_format_gives_the_same_layers(tmp_path, form):
    truth = read_inputs(sound(tmp_path))
    folder = tmp_path / "folder"
    (folder / "layers").mkdir(parents=True)
    for name, table in community().items():
        save(table, folder, name, form)

    inputs = read_inputs(folder)

    assert [f for f in inputs.faults if f.severity != "information"] == []
    told = [fault for fault in check(inputs, RULES) if fault.kind != "several-crs"]
    assert tuple(told) == inputs.faults
    assert sorted(inputs.layers) == sorted(truth.layers)
    for name, table in truth.layers.items():
        got = inputs[name]
        for column in table.columns.drop("geometry", errors="ignore"):
            assert got[column].tolist() == table[column].tolist() or (
                got[column].equals(table[column])
            ), (name, column)
        if isinstance(table, gpd.GeoDataFrame) and name != "addresses":
            there = got.geometry.to_crs(table.crs)
            assert apart(there, table.geometry).max() < 0.05, name
    assert all(len(digest) == 64 for digest in inputs.hashes.values())
    if form == "shp":
        assert {"buildings.shp", "buildings.dbf", "buildings.prj"} <= set(inputs.hashes)


def test_the_hash_follows_the_bytes(tmp_path):
    folder = sound_folder(tmp_path)
    before = read_inputs(folder).hashes
    assert "layers/shops.geojson" in before
    with (folder / "people.csv").open("a", encoding="utf-8") as stream:
        stream.write("周五,网格员,西园,52000005,,\n")
    after = read_inputs(folder).hashes
    assert {name for name in before if before[name] != after[name]} == {"people.csv"}


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
@pytest.mark.parametrize("declared", [True, False])
def test_shapefile_text_in_both_encodings(tmp_path, encoding, declared):
    folder = sound_folder(tmp_path, leave=("buildings",))
    write_shapefile(community()["buildings"], folder / "buildings.shp", encoding=encoding)
    if not declared:
        (folder / "buildings.cpg").unlink()
    inputs = read_inputs(folder)
    assert inputs.faults == ()
    assert inputs["buildings"]["name"].tolist() == [f"{k}幢" for k in range(1, 13)]
    assert inputs["buildings"]["building_id"].iloc[0] == "b01", "ten letters are enough"


def test_a_shapefile_field_too_short_for_its_text_is_warned_of(tmp_path):
    folder = sound_folder(tmp_path, leave=("compounds",))
    write_shapefile(community()["compounds"], folder / "compounds.shp")
    path = folder / "compounds.dbf"
    data = bytearray(path.read_bytes())
    start, width = struct.unpack("<H", data[8:10])[0], data[32 + 16]
    data[start + 1 : start + 1 + width] = ("园" * 30).encode()[:width]
    path.write_bytes(data)
    inputs = read_inputs(folder)
    assert kinds(inputs) == [("warning", "compounds", 1, "cut-text")]
    assert inputs["compounds"]["name"].iloc[0] == "园" * (width // 3)


def test_tables_say_where_their_rows_are_wrong(tmp_path):
    folder = sound_folder(tmp_path, leave=("gates", "people"))
    folder_of(
        folder,
        gates__csv="name,lon,lat,open\n东门,118.78,32.04,是\n\n西门,x,32.04,也许\n",
        people__csv="name;role;serves\n赵一;网格长;东园\n钱二;;b01\n",
    )
    inputs = read_inputs(folder)
    assert [(f.layer, f.row, f.column, f.value, f.kind) for f in inputs.faults] == [
        ("gates", 3, "lon", "x", "wrong-type"),
        ("gates", 3, "open", "也许", "wrong-type"),
        ("people", 2, "role", "", "missing-value"),
    ]
    assert inputs["gates"].index.tolist() == [1, 3], "rows are numbered as the planner sees them"
    assert inputs["gates"].crs.to_epsg() == 4490


def test_tables_without_a_system_take_that_of_the_communities(tmp_path):
    folder = sound_folder(tmp_path, leave=("gates", "communities"))
    community()["communities"].to_file(folder / "communities.gpkg")
    folder_of(folder, gates__csv="name,x,y\n东门,385280,3547200\n西门,385320,3547200\n")
    inputs = read_inputs(folder)
    assert kinds(inputs) == [("information", "gates", None, "crs-of-communities")]
    assert inputs["gates"].crs == "EPSG:4549"
    told = [fault for fault in check(inputs, RULES) if fault.kind != "several-crs"]
    assert tuple(told) == inputs.faults


def test_a_table_of_communities_without_a_system_is_an_error(tmp_path):
    text = 'name,wkt\n甲,"POLYGON ((0 0, 9 0, 9 9, 0 0))"\n'
    inputs = read_inputs(folder_of(tmp_path / "in", communities__csv=text))
    assert ("error", "communities", None, "no-crs") in kinds(inputs)
    (remedy,) = {fault.remedy for fault in inputs.faults if fault.kind == "no-crs"}
    assert "a table in a .prj file beside it" in remedy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_rows_without_well_known_text_stay_rows_without_a_place(tmp_path, encoding):
    folder = sound_folder(tmp_path)
    text = (
        "address,wkt\r\n清河路1号,POINT (118.7805 32.0405)\r\n清河路2号,\r\n清河路3号,nowhere\r\n"
    )
    folder_of(folder, addresses__csv=text.encode(encoding))
    inputs = read_inputs(folder)
    assert list(inputs["addresses"]["address"]) == ["清河路1号", "清河路2号", "清河路3号"]
    assert list(inputs["addresses"].geometry.isna()) == [False, True, True]
    wrong = [fault for fault in inputs.faults if fault.kind == "wrong-geometry-text"]
    assert [(fault.layer, fault.row, fault.value) for fault in wrong] == [
        ("addresses", 3, "nowhere")
    ]


def test_near_misses_of_names_are_suggested(tmp_path):
    path = write_geopackage({**community(), "Building": community()["buildings"]},
                            tmp_path / "x.gpkg")  # fmt: skip
    (fault,) = read_inputs(path).faults
    assert (fault.severity, fault.layer, fault.kind) == ("warning", "Building", "unknown-layer")
    assert "'buildings'" in fault.remedy


def test_files_that_are_no_layers_are_passed_over_or_named(tmp_path):
    folder = sound_folder(tmp_path)
    for name in ("readme.md", "notes.txt", ".hidden.csv", "~$people.xlsx", "plan.dwg", "old.xls"):
        (folder / name).write_text("x", encoding="utf-8")
    assert kinds(read_inputs(folder)) == [
        ("error", "old.xls", None, "unreadable-file"),
        ("warning", "plan.dwg", None, "unknown-format"),
    ]


def test_a_folder_may_hold_a_geopackage_of_one_layer_among_others(tmp_path):
    folder = sound_folder(tmp_path, leave=("buildings",))
    write_geopackage({"buildings": community()["buildings"]}, folder / "buildings.gpkg")
    inputs = read_inputs(folder)
    assert inputs.faults == ()
    assert len(inputs["buildings"]) == 12


def test_a_declared_datum_is_undone(tmp_path):
    folder = sound_folder(tmp_path)
    for path in sorted(folder.rglob("*.geojson")):
        table = gpd.read_file(path)
        there = shapely.transform(
            table.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_bd09(*xy.T))
        )
        table.set_geometry(there, crs=4326).to_file(path, driver="GeoJSON", COORDINATE_PRECISION=9)
    inputs = read_inputs(folder, datum="bd09")
    assert check(inputs, RULES) == ()
    there = inputs["buildings"].geometry.to_crs(4549)
    assert apart(there, community()["buildings"].geometry).max() < 0.05
    assert {f.kind for f in check(read_inputs(folder), RULES)} == set(), "all moved alike"


@pytest.mark.parametrize(
    ("limits", "what"),
    [(Limits(rows=11), "has 12 rows"), (Limits(file_bytes=1000), "bytes, too many")],
)
def test_what_is_too_large_is_refused(tmp_path, limits, what):
    folder = sound_folder(tmp_path)
    faults = [f for f in read_inputs(folder, limits=limits).faults if f.severity == "error"]
    assert any(what in f.what and f.layer.startswith("buildings") for f in faults)
    path = sound(tmp_path)
    if limits.file_bytes == 1000:
        with pytest.raises(UnreadableInput, match="too many"):
            read_inputs(path, limits=limits)


def test_a_lying_workbook_is_not_unpacked(tmp_path):
    folder = sound_folder(tmp_path, leave=("people",))
    community()["people"].to_excel(folder / "people.xlsx", index=False)
    assert read_inputs(folder).faults == ()
    tight = Limits(unpacked_bytes=2000)
    assert kinds(read_inputs(folder, limits=tight)) == [
        ("error", "people.xlsx", None, "unreadable-file")
    ]


def test_an_entity_bomb_in_a_workbook_is_not_expanded(tmp_path):
    folder = sound_folder(tmp_path, leave=("people",))
    good = folder / "good.xlsx"
    community()["people"].to_excel(good, index=False)
    lol = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9)
    ) + "]>"  # fmt: skip
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(folder / "people.xlsx", "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                data = (
                    lol.encode()
                    + b"<worksheet><sheetData><row r='1'>&j;</row></sheetData></worksheet>"
                )
            new.writestr(item, data)
    good.unlink()
    found = [f.kind for f in read_inputs(folder).faults if f.severity == "error"]
    assert found, "refused in some words, and soon"


def test_numbers_of_a_workbook_are_text_where_text_is_meant(tmp_path):
    folder = sound_folder(tmp_path, leave=("addresses",))
    book = openpyxl.Workbook()
    for row in (["address", "building_id", "stairwell", "room"], ["路", "b01", 1.0, 101],
                [88, "b02", "2", 102.5]):  # fmt: skip
        book.active.append(row)
    book.save(folder / "addresses.xlsx")
    table = read_inputs(folder)["addresses"]
    assert table["room"].tolist() == ["101", "102.5"]
    assert table["address"].tolist() == ["路", "88"]
    assert table["stairwell"].tolist() == [1, 2]


def test_a_file_without_any_readable_layer_raises(tmp_path):
    folder = folder_of(tmp_path / "in", buildings__geojson="{", people__csv=b"\xff\xfe\x80a\xff")
    with pytest.raises(UnreadableInput, match="nothing in 'in' could be read"):
        read_inputs(folder)
    shutil.rmtree(folder)
    with pytest.raises(UnreadableInput, match="does not exist"):
        read_inputs(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "in.gpkg"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableInput, match="neither a file nor a folder"):
        read_inputs(pipe)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_geopackage_cut_anywhere_is_refused(tmp_path, share):
    path = sound(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(UnreadableInput, match=r"is cut off"):
        read_inputs(path)


def test_a_geopackage_damaged_inside_never_crashes(tmp_path):
    whole = sound(tmp_path).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(12):
        data = bytearray(whole)
        start = int(rng.integers(100, len(data) - 6000))
        data[start : start + 6000] = rng.bytes(6000)
        path = tmp_path / "damaged.gpkg"
        path.write_bytes(data)
        try:
            check(read_inputs(path), RULES)
        except UnreadableInput as error:
            assert "damaged.gpkg" in str(error)  # noqa: PT017 - either outcome is right


CONVERTED = [
    ("integer", ["5", " 6 ", "7.0", 8.0, "1,200", "９", True, "1.5", "x", None, "1e3", np.inf],
     [5, 6, 7, 8, 1200, 9, None, None, None, None, 1000, None], [7, 8, 9, 12]),
    ("boolean", [True, "是", "no", 0, "1", "maybe", 2, None],
     [True, True, False, False, True, None, None, None], [6, 7]),
    ("date", ["2026-05-01", pd.Timestamp("2026-05-02"), "2026-05-03T10:00:00", "2026/05/04",
              "yesterday", None],
     ["2026-05-01", "2026-05-02", "2026-05-03", None, None, None], [4, 5]),
    ("text", ["a ", 3.0, 4, "", None, float("nan")], ["a", "3", "4", None, None, None], []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "good", "wrong"), CONVERTED)
def test_values_become_what_the_contract_says_or_a_fault(kind, values, good, wrong):
    layer, column = {
        "integer": ("facilities", "capacity"),
        "boolean": ("gates", "open"),
        "date": ("people", "since"),
        "text": ("gates", "name"),
    }[kind]
    frame = pd.DataFrame({column: pd.Series(values, dtype=object)})
    if INPUT_LAYERS[layer].geometry:
        frame = gpd.GeoDataFrame(frame, geometry=[Point(0, 0)] * len(values), crs=4549)
    table, faults = conform(frame, INPUT_LAYERS[layer])
    assert [None if pd.isna(v) else v for v in table[column]] == good
    assert [f.row for f in faults if f.kind == "wrong-type"] == wrong
    again, more = conform(table, INPUT_LAYERS[layer])
    assert again[column].equals(table[column])
    assert [f for f in more if f.kind == "wrong-type"] == []


def test_a_layer_that_needs_no_geometry_loses_it():
    frame = gpd.GeoDataFrame({"building_id": ["b"], "grid": ["g"]}, geometry=[box(0, 0, 1, 1)])
    table, faults = conform(frame, INPUT_LAYERS["locks"])
    assert (list(table.columns), faults) == (["building_id", "grid", "level", "reason"], [])


@given(text=st.text(alphabet="网格社区街道一二三楼幢号abc 123-，。（）", min_size=1))
def test_text_survives_both_encodings_and_is_never_taken_for_garbled(text):
    assert (
        decode_file(text.encode("gb18030"))[0] == text
        or text.encode("gb18030").isascii()
        or (decode_file(text.encode("gb18030"))[1] == "utf-8")
    )
    assert decode_file(text.encode())[0] == text
    assert not garbled(text)


@pytest.mark.parametrize(
    "text", ["Größe", "école française", "Ñandú", "東京都", "한국", "São João"]
)
def test_foreign_text_is_not_taken_for_garbled(text):
    assert not garbled(text)


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "gbk"])
def test_utf8_read_as_something_else_is_garbled(codec):
    assert garbled("中国".encode().decode(codec, errors="replace"))
    assert garbled("社区居民".encode().decode(codec, errors="replace"))
