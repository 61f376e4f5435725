"""A register without places joins the map it describes, and says where the two disagree."""

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from broken import community, sound_folder, write_geopackage
from shapely import Point

from gis.check import check
from gis.io.joining import KEYS, join_by_id
from gis.io.read import read_inputs
from gis.rules import Rules
from gis.tables import INPUT_LAYERS


def drawn(**columns):
    return gpd.GeoDataFrame(columns, geometry=[Point(k, 0) for k in range(3)], crs=4549)


def kinds(faults):
    return [(fault.kind, fault.row, fault.value) for fault in faults]


def test_every_key_is_a_required_column():
    for layer, key in KEYS.items():
        assert key in INPUT_LAYERS[layer].required


@pytest.mark.parametrize("turned", [False, True])
def test_the_register_beats_the_map_and_that_is_said(turned):
    one = drawn(building_id=["1", "2", "3"], households=[10, 20, None], name=["a", "b", "c"])
    other = pd.DataFrame({"building_id": [3, 2.0, 1], "households": [30, 21, None]})
    pair = (other, one) if turned else (one, other)
    joined, faults = join_by_id(*pair, layer="buildings")
    assert joined["households"].tolist() == [10, 21, 30]
    assert joined["name"].tolist() == ["a", "b", "c"]
    assert joined.geometry.tolist() == one.geometry.tolist()
    assert [(fault.kind, fault.column, fault.severity) for fault in faults] == [
        ("join-differs", "households", "warning")
    ]
    assert "row 2: 20 → 21" in faults[0].remedy


def test_rows_that_fit_nothing_or_twice_are_told():
    told = pd.DataFrame({"building_id": ["1", "1", "9", None], "floors": [6, 7, 8, 9]})
    told.index = pd.RangeIndex(1, 5, name="row")
    joined, faults = join_by_id(drawn(building_id=["1", "2", None]), told, layer="buildings")
    assert joined["floors"].tolist()[0] == 6
    assert joined["floors"].isna().tolist() == [False, True, True]
    assert kinds(faults) == [("join-repeated", 2, "1"), ("join-unmatched", 3, "9")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (drawn(building_id=list("abc")), drawn(building_id=list("abc"))),
        (drawn(building_id=list("abc")), pd.DataFrame({"households": [1]})),
        (drawn(name=list("abc")), pd.DataFrame({"building_id": ["a"]})),
        (pd.DataFrame({"building_id": ["a"]}), pd.DataFrame({"building_id": ["a"]})),
    ],
)
def test_what_does_not_belong_together_is_not_joined(one, other):
    assert join_by_id(one, other, layer="buildings") is None
    assert join_by_id(one, other, layer="walkways") is None


@pytest.mark.parametrize("form", ["csv", "xlsx", "workbook"])
def test_a_folder_with_a_map_and_a_register_is_the_whole(tmp_path, form):
    whole = community()["buildings"]
    folder = sound_folder(tmp_path, leave=("buildings",))
    bare = whole[["building_id", "geometry"]]
    register = pd.DataFrame(whole.drop(columns="geometry")).iloc[::-1]
    bare.to_file(folder / "buildings.fgb", driver="FlatGeobuf")
    if form == "csv":
        register.to_csv(folder / "buildings.csv", index=False, encoding="gb18030")
    elif form == "xlsx":
        register.to_excel(folder / "buildings.xlsx", index=False)
    else:
        register.to_excel(folder / "户籍 2026.xlsx", sheet_name="buildings", index=False)
    inputs = read_inputs(folder)
    assert inputs.faults == ()
    # The communities are in degrees, the buildings in metres.
    assert [fault.kind for fault in check(inputs, Rules.load())] == ["several-crs"]
    for column in whole.columns.drop("geometry"):
        # A FlatGeobuf puts its rows in an order of its own.
        got = inputs["buildings"].sort_values("building_id")[column]
        assert got.tolist() == whole[column].tolist()


def test_a_map_of_several_layers_beside_a_workbook_of_several(tmp_path):
    layers = community()
    folder = tmp_path / "in"
    folder.mkdir()
    tables = ("people", "locks")
    write_geopackage(
        {name: table for name, table in layers.items() if name not in tables}, folder / "图.gpkg"
    )
    book = openpyxl.Workbook()  # its first sheet stays empty, as people leave it
    for name in tables:
        sheet = book.create_sheet(name)
        sheet.append(list(layers[name].columns))
        for row in layers[name].astype(object).where(layers[name].notna(), None).to_numpy():
            sheet.append([*row])
    counted = book.create_sheet("layers.reports")
    counted.append(["status", "lon", "lat"])
    counted.append(["open", 118.783, 32.042])
    book.save(folder / "名册.xlsx")
    inputs = read_inputs(folder)
    assert inputs.faults == ()
    assert {*layers, "layers/reports"} == set(inputs.layers)
    assert len(inputs["people"]) == len(layers["people"])
