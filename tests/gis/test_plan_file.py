from __future__ import annotations

import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from toy import CRS

from gis.errors import NotAPlan
from gis.io.plan_file import read_plan, write_layers, write_plan
from gis.plan_data import Plan, digest
from gis.tables import PLAN_LAYERS


@pytest.fixture(scope="module")
def written(toy_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "toy.gpkg"
    write_plan(toy_plan, path)
    return path


def test_plan_survives_its_file(toy_plan, written):
    back = read_plan(written)
    assert sorted(back.layers) == sorted(toy_plan.layers)
    assert digest(back.layers) == back.plan_id == toy_plan.plan_id
    assert back.crs == toy_plan.crs
    assert back.rules == toy_plan.rules


def test_layers_come_back_in_their_contract(toy_plan, written):
    back = read_plan(written)
    for name, layer in PLAN_LAYERS.items():
        table = back[name]
        assert isinstance(table, gpd.GeoDataFrame) == bool(layer.geometry), name
        dtypes = {column: str(table[column].dtype) for column in layer.dtypes}
        expected = {column: str(toy_plan[name][column].dtype) for column in layer.dtypes}
        assert dtypes == expected, name


def test_written_twice_is_the_same_plan(written, tmp_path):
    again = tmp_path / "again.gpkg"
    write_plan(read_plan(written), again)
    assert digest(read_plan(again).layers) == read_plan(written).plan_id


def test_any_gis_opens_it(written):
    with sqlite3.connect(written) as database:
        names = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
    assert {*PLAN_LAYERS, "communities", "layers/shops"} <= names


def test_columns_of_planners_own_names_survive(toy_plan, tmp_path):
    shops = gpd.GeoDataFrame(
        {
            "fid": [7, 7], "geom": ["x", "y"], "OGC_FID": [1.5, None], "ROWID": ["a", "b"],
            "when": pd.to_datetime(["2026-11-22", None]), "中文": ["'; DROP TABLE atoms; --", ""],
        },
        geometry=[Point(1, 1), Point(2, 2)], crs=CRS,
    )  # fmt: skip
    layers = {**toy_plan.layers, "layers/shops": shops}
    path = tmp_path / "own.gpkg"
    write_layers(layers, path)
    back = read_plan(path)
    assert list(back["layers/shops"].columns) == list(shops.columns)
    assert digest(back.layers) == digest(layers)


def _files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_failing_write_leaves_the_old_file_in_place(toy_plan, tmp_path):
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"the old plan")
    broken = Plan(layers={**toy_plan.layers, "zzz": object()}, crs=toy_plan.crs)
    with pytest.raises(AttributeError):
        write_plan(broken, path)
    assert path.read_bytes() == b"the old plan"
    assert _files(tmp_path) == ["plan.gpkg"]


def test_write_replaces_the_old_file_and_makes_its_folder(toy_plan, tmp_path):
    path = tmp_path / "new" / "plan.gpkg"
    for text in ("", "something else"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        write_plan(toy_plan, path)
        assert read_plan(path).plan_id == toy_plan.plan_id
    assert _files(path.parent) == ["plan.gpkg"]


def test_absent_file_is_no_plan(tmp_path):
    with pytest.raises(NotAPlan, match=r"nothing\.gpkg"):
        read_plan(tmp_path / "nothing.gpkg")
    with pytest.raises(NotAPlan):
        read_plan(tmp_path)


def test_text_is_no_plan(tmp_path):
    path = tmp_path / "text.gpkg"
    path.write_text("SQLite format 3, not really")
    with pytest.raises(NotAPlan):
        read_plan(path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.98])
def test_truncated_file_is_no_plan(written, tmp_path, share):
    whole = written.read_bytes()
    path = tmp_path / "cut.gpkg"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(NotAPlan):
        read_plan(path)


@pytest.mark.parametrize("missing", ["atoms", "communities", "info"])
def test_missing_layer_is_named(toy_plan, tmp_path, missing):
    path = tmp_path / "part.gpkg"
    write_layers({n: table for n, table in toy_plan.layers.items() if n != missing}, path)
    with pytest.raises(NotAPlan, match=missing):
        read_plan(path)
