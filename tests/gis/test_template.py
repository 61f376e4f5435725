"""The template names and explains every column, and filled in it is an input without a fault."""

import openpyxl
import pyogrio
import pytest
import shapely
from broken import community
from filling import fill_geopackage, fill_workbook
from shapely import box

from gis.check import check
from gis.errors import UnreadableInput, UnwritableOutput
from gis.io.read import read_inputs
from gis.io.reading import NOTES
from gis.io.template import notes, write_template
from gis.meanings import COLUMNS_ZH, KINDS_ZH, LAYERS_ZH
from gis.rules import Rules
from gis.tables import INPUT_LAYERS


@pytest.mark.parametrize(
    ("name", "fill"), [("in.xlsx", fill_workbook), ("in.gpkg", fill_geopackage)]
)
def test_a_filled_template_is_the_community(tmp_path, name, fill):
    path, truth = tmp_path / name, community()
    write_template(path)
    fill(path, truth)
    inputs = read_inputs(path)
    assert [fault for fault in inputs.faults if fault.severity != "information"] == []
    assert [fault for fault in check(inputs, Rules.load()) if fault.severity != "information"] == []
    assert sorted(inputs.layers) == sorted(name for name in truth if not name.startswith("layers/"))
    for layer, table in inputs.layers.items():
        key = next(column for column in table.columns if column in truth[layer].columns)
        assert table[key].astype(str).tolist() == truth[layer][key].astype(str).tolist(), layer
    there = inputs["buildings"].geometry.to_crs(4549).to_numpy()
    assert shapely.hausdorff_distance(there, truth["buildings"].geometry.to_numpy()).max() < 0.01


def test_an_empty_template_is_no_input_yet(tmp_path):
    for name in ("in.xlsx", "in.gpkg"):
        write_template(tmp_path / name)
        with pytest.raises(UnreadableInput, match="has no layers"):
            read_inputs(tmp_path / name)


def test_every_layer_and_column_is_there_and_explained(tmp_path):
    write_template(tmp_path / "in.xlsx")
    write_template(tmp_path / "in.gpkg")
    book = openpyxl.load_workbook(tmp_path / "in.xlsx")
    assert book.sheetnames == [NOTES, *INPUT_LAYERS]
    for name, layer in INPUT_LAYERS.items():
        header = {cell.value: cell.comment.text for cell in book[name][1]}
        info = pyogrio.read_info(tmp_path / "in.gpkg", layer=name)
        assert (info["crs"] == "EPSG:4490") is bool(layer.geometry)
        assert info["features"] == 0
        for column in layer.columns:
            assert COLUMNS_ZH[name, column.name] in header[column.name]
            assert column.meaning in header[column.name]
            assert column.name in info["fields"]
        assert bool(layer.geometry) is any(key.startswith(("wkt", "lon")) for key in header)
    kept = pyogrio.read_dataframe(tmp_path / "in.gpkg", layer=NOTES)
    assert kept.fillna("").equals(notes())


def test_no_meaning_is_missing_or_left_over():
    assert set(LAYERS_ZH) == set(INPUT_LAYERS)
    columns = {(layer.name, c.name): c for layer in INPUT_LAYERS.values() for c in layer.columns}
    assert set(COLUMNS_ZH) == set(columns)
    assert {column.kind for column in columns.values()} <= set(KINDS_ZH)


def test_a_name_that_says_no_format_is_refused(tmp_path):
    with pytest.raises(UnwritableOutput, match="xlsx"):
        write_template(tmp_path / "in.ods")
    assert not list(tmp_path.iterdir())


def test_shapes_and_positions_may_stand_in_one_sheet(tmp_path):
    write_template(tmp_path / "in.xlsx")
    book = openpyxl.load_workbook(tmp_path / "in.xlsx")
    for name, row in {
        "communities": {"name": "甲", "wkt_4490": box(118, 32, 119, 33).wkt},
        "buildings": {"building_id": "01", "wkt_4490": box(118, 32, 118.1, 32.1).wkt},
    }.items():  # fmt: skip
        header = [cell.value for cell in book[name][1]]
        book[name].append([row.get(column) for column in header])
    header = [cell.value for cell in book["buildings"][1]]
    point = {"building_id": "02", "lon": 118.5, "lat": 32.5}
    book["buildings"].append([point.get(column) for column in header])
    book["walkways"]["D1"].value = "wkt_4549"
    book.save(tmp_path / "in.xlsx")
    homes = read_inputs(tmp_path / "in.xlsx")["buildings"]
    assert homes["building_id"].tolist() == ["01", "02"]
    assert homes.geom_type.tolist() == ["Polygon", "Point"]
    assert homes.crs.to_epsg() == 4490
