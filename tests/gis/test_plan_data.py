from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon
from toy import CRS, toy_rules

from gis.plan_data import VOLATILE_INFO, digest


def _layers(**columns):
    frame = gpd.GeoDataFrame({"name": ["甲", None], **columns}, crs=CRS,
                             geometry=[Point(1, 2), None])  # fmt: skip
    return {"gates": frame}


def test_plan_offers_its_layers(toy_plan):
    assert toy_plan.rules == toy_rules()
    assert toy_plan.grids("large") is toy_plan["large_grids"]
    assert toy_plan.plan_id == toy_plan.info["plan_id"] == digest(toy_plan.layers)
    with pytest.raises(KeyError):
        toy_plan["no such layer"]
    with pytest.raises(TypeError):
        toy_plan.layers["more"] = None


def test_digest_leaves_out_when_and_with_what(toy_plan):
    info = toy_plan["info"].copy()
    volatile = info["key"].isin(VOLATILE_INFO)
    assert volatile.sum() == len(VOLATILE_INFO)
    info.loc[volatile, "value"] = "another"
    assert digest({**toy_plan.layers, "info": info}) == toy_plan.plan_id
    info.loc[info["key"] == "seed", "value"] = "1"
    assert digest({**toy_plan.layers, "info": info}) != toy_plan.plan_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [1.0, 2.0]),
        ([1, 0], [True, False]),
        ([1.5, np.nan], pd.array([1.5, None], dtype="Float64")),
        ([3, None], pd.array([3, None], dtype="Int64")),
        (["a", None], ["a", ""]),
        ([dt.date(2026, 11, 22), None], pd.to_datetime(["2026-11-22", None])),
    ],
)
def test_digest_reads_alike_what_a_file_may_change(one, other):
    assert digest(_layers(value=one)) == digest(_layers(value=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        (["a", "b"], ["ab", ""]),
        ([1.5, 2], [1.50001, 2]),
        ([True, False], [False, True]),
        (pd.to_datetime(["2026-11-22", None]), pd.to_datetime(["2026-11-23", None])),
        ([np.inf, 1], [1, 1]),
    ],
)
def test_digest_tells_apart_what_differs(one, other):
    assert digest(_layers(value=one)) != digest(_layers(value=other))


def test_digest_knows_rows_columns_names_and_millimetres():
    frame = _layers(value=[1, 2])["gates"]
    same = digest({"gates": frame})
    assert digest({"gates": frame[["value", "geometry", "name"]]}) == same
    assert digest({"gates": frame.iloc[::-1]}) != same
    assert digest({"walls": frame}) != same
    assert digest({"gates": frame.rename(columns={"value": "worth"})}) != same
    assert digest({"gates": frame.set_geometry(frame.translate(0.0004, 0))}) == same
    assert digest({"gates": frame.set_geometry(frame.translate(0.001, 0))}) != same


def test_digest_forgets_where_a_ring_starts():
    ring = [(0, 0), (4, 0), (4, 4), (0, 4)]
    shapes = [Polygon(ring), Polygon(ring[2:] + ring[:2]), Polygon(ring[::-1])]
    found = {digest({"x": gpd.GeoDataFrame(geometry=[shape], crs=CRS)}) for shape in shapes}
    assert len(found) == 1
    line = gpd.GeoDataFrame(geometry=[LineString(ring)], crs=CRS)
    assert digest({"x": line}) not in found
