from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, box
from toy import CRS

from gis.communities import assign, largest_overlap
from gis.inputs import Inputs
from gis.tables import INPUT_LAYERS, with_columns


def _layer(name, rows, first=1):
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame = with_columns(frame, INPUT_LAYERS[name])
    frame.index = pd.RangeIndex(first, first + len(frame), name="row")
    return frame


def _town(**layers):
    communities = [
        {"name": "乙", "geometry": box(10, 0, 20, 10)},
        {"name": "甲", "geometry": box(0, 0, 10, 10)},
        {"name": "丙", "community_code": "990000000001", "geometry": box(20, 0, 30, 10)},
    ]
    return assign(Inputs(layers={"communities": _layer("communities", communities), **layers}))


def test_codes_are_made_up_in_the_order_of_names_and_avoid_given_ones():
    communities = _town()["communities"]
    codes = dict(zip(communities["name"], communities["community_code"], strict=True))
    assert codes == {"丙": "990000000001", "乙": "990000000002", "甲": "990000000003"}
    made_up = dict(zip(communities["name"], communities["code_made_up"], strict=True))
    assert made_up == {"丙": False, "乙": True, "甲": True}
    assert communities["community_code"].is_monotonic_increasing


def test_given_codes_are_kept():
    given = _layer(
        "communities",
        [{"name": "甲", "community_code": "320104001001", "geometry": box(0, 0, 9, 9)}],
    )
    communities = assign(Inputs(layers={"communities": given}))["communities"]
    assert communities["community_code"].tolist() == ["320104001001"]
    assert not communities["code_made_up"].any()


def test_building_belongs_where_most_of_it_lies():
    buildings = [
        {"building_id": "mostly east", "geometry": box(8, 0, 13, 1)},
        {"building_id": "touches the edge from outside", "geometry": box(-5, 2, 0, 4)},
        {"building_id": "outside", "geometry": box(50, 50, 60, 60)},
        {"building_id": "point on the border", "geometry": Point(10, 5)},
        {"building_id": "point outside", "geometry": Point(-1, -1)},
        {"building_id": "half each", "geometry": box(9, 8, 11, 9)},
    ]
    found = _town(buildings=_layer("buildings", buildings))["buildings"].set_index("building_id")
    codes = found["community_code"]
    assert codes["mostly east"] == "990000000002"
    assert pd.isna(codes["touches the edge from outside"])
    assert pd.isna(codes["outside"])
    assert pd.isna(codes["point outside"])
    # Ties go to the lower code.
    assert codes["point on the border"] == codes["half each"] == "990000000002"
    assert codes.dtype == "str"


def test_compounds_beat_the_column_only_where_they_lie():
    buildings = [
        {"building_id": "a", "compound": "旧名", "geometry": box(1, 1, 3, 3)},
        {"building_id": "b", "compound": "旧名", "geometry": box(7, 7, 8, 8)},
        {"building_id": "c", "geometry": box(5, 7, 6, 8)},
    ]
    compounds = [{"name": "东园", "geometry": box(0, 0, 4, 4)}]
    town = _town(buildings=_layer("buildings", buildings), compounds=_layer("compounds", compounds))
    found = town["buildings"].set_index("building_id")["compound"]
    assert found["a"] == "东园"
    assert found["b"] == "旧名"
    assert pd.isna(found["c"])


def test_cells_are_assigned_too():
    cells = [{"cell_id": "x", "geometry": MultiPolygon([box(0, 0, 1, 1), box(11, 0, 15, 5)])}]
    assert _town(cells=_layer("cells", cells))["cells"]["community_code"].tolist() == [
        "990000000002"
    ]


def test_lines_count_by_length_and_points_by_place():
    areas = [box(0, 0, 10, 10), box(10, 0, 20, 10)]
    lines = [LineString([(8, 5), (15, 5)]), LineString([(2, 5), (11, 5)])]
    assert largest_overlap(lines, areas).tolist() == [1, 0]
    assert largest_overlap([Point(12, 5), Point(99, 0)], areas).tolist() == [1, -1]
    assert largest_overlap([None, shapely.Polygon()], areas).tolist() == [-1, -1]
    assert largest_overlap([], areas).tolist() == []
    assert largest_overlap([Point(0, 0)], []).tolist() == [-1]


BOXES = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    st.integers(-5, 25),
    st.integers(-5, 15),
    st.integers(1, 20),
    st.integers(1, 20),
)


@given(st.lists(BOXES, max_size=8), st.lists(BOXES, max_size=5))
def test_largest_overlap_is_that_of_brute_force(shapes, areas):
    found = largest_overlap(shapes, areas)
    for shape, position in zip(shapes, found, strict=True):
        common = np.array([shape.intersection(area).area for area in areas])
        if not len(common) or common.max() == 0:
            assert position == -1
        else:
            assert position == np.argmax(common)
