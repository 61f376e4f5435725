from __future__ import annotations

import geopandas as gpd
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box
from toy import CRS

from gis.counts import build
from gis.tables import PLAN_LAYERS

ATOMS = gpd.GeoDataFrame(
    {
        "large_code": ["L1", "L1", "L2"],
        "micro_code": ["L1a", "L1b", "L2a"],
        "geometry": [box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 0, 30, 10)],
    },
    crs=CRS,
)


def _counted(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def _levels(table):
    outside = table["code"] == ""
    micro = table["code"].str.len() == 3
    return table[outside], table[~outside & ~micro], table[micro]


def test_each_feature_counts_where_most_of_it_lies():
    shapes = [box(8, 0, 14, 5), LineString([(5, 5), (25, 5)]), Point(25, 5), Point(99, 99)]
    table = build({"shops": _counted(shapes, status=["未改造", None, "已改造", "未改造"])}, ATOMS)
    rows = {(r.code, r.status): r.count_ for r in table.rename(columns={"count": "count_"})
            .itertuples()}  # fmt: skip
    assert rows == {
        ("", "未改造"): 1,
        ("L1", "未改造"): 1,
        ("L1", ""): 1,
        ("L1b", "未改造"): 1,
        ("L1b", ""): 1,
        ("L2", "已改造"): 1,
        ("L2a", "已改造"): 1,
    }
    assert table["count"].dtype == "Int64"


def test_layers_without_status_are_counted_whole():
    table = build({"bins": _counted([Point(5, 5), Point(6, 6)])}, ATOMS)
    assert table["status"].tolist() == ["", ""]
    assert table["count"].tolist() == [2, 2]


def test_nothing_counted_is_an_empty_table():
    table = build({}, ATOMS)
    assert len(table) == 0
    assert list(table.columns) == list(PLAN_LAYERS["counts"].dtypes)


PLACES = st.lists(
    st.tuples(st.integers(-5, 35), st.integers(-5, 15), st.sampled_from(["a", "b", None])),
    min_size=1,
    max_size=20,
)


@given(PLACES, PLACES)
def test_counts_of_a_level_add_up_to_the_layer(shops, bins):
    counted = {
        name: _counted([Point(x, y) for x, y, _ in rows], status=[s for _, _, s in rows])
        for name, rows in (("shops", shops), ("bins", bins))
    }
    table = build(counted, ATOMS)
    for name, rows in (("shops", shops), ("bins", bins)):
        outside, large, micro = _levels(table[table["layer"] == name])
        assert outside["count"].sum() + large["count"].sum() == len(rows)
        assert micro["count"].sum() == large["count"].sum()
    again = build({"bins": counted["bins"], "shops": counted["shops"].iloc[::-1]}, ATOMS)
    pd.testing.assert_frame_equal(table, again)
