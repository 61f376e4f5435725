"""Test which barriers stop people and which gates let them through."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.barriers import closed_gates, crossable, open_gates, passes_gate, uncrossable
from gis.tables import BARRIER_CROSSABLE, INPUT_LAYERS, empty_layer

WALL = shapely.LineString([(5, -5), (5, 5)])


def frame(**columns):
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=[WALL] * count)


@pytest.mark.parametrize("kind", sorted(BARRIER_CROSSABLE))
def test_kind_says_whether_people_cross(kind):
    barriers = frame(kind=[kind])
    assert len(crossable(barriers)) == BARRIER_CROSSABLE[kind]
    assert len(uncrossable(barriers)) == (not BARRIER_CROSSABLE[kind])


def test_row_beats_kind_and_unknown_kinds_stop():
    said = pd.array([True, False, None, None, None], dtype="boolean")
    barriers = frame(kind=["wall", "road", "雷池", None, " Road "], crossable=said)
    assert uncrossable(barriers).index.tolist() == [1, 2, 3]
    assert crossable(barriers).index.tolist() == [0, 4]


def test_layer_without_the_column_and_rows_without_shape():
    barriers = gpd.GeoDataFrame({"kind": ["wall"] * 3}, geometry=[WALL, None, shapely.Point()])
    assert uncrossable(barriers).index.tolist() == [0]
    assert len(uncrossable(empty_layer(INPUT_LAYERS["barriers"]))) == 0


def test_gate_that_does_not_say_is_open():
    points = shapely.points([(0, 0), (1, 0), (2, 0)])
    said = pd.array([None, True, False], dtype="boolean")
    gates = gpd.GeoDataFrame({"open": said}, geometry=points)
    assert [point.x for point in open_gates(gates)] == [0, 1]
    assert [point.x for point in closed_gates(gates)] == [2]
    assert len(open_gates(gates[["geometry"]])) == 3
    assert len(closed_gates(empty_layer(INPUT_LAYERS["gates"]))) == 0


def test_gate_reaches_three_metres():
    places = shapely.points([(0, 0), (3, 0), (3.01, 0)])
    assert passes_gate(places, shapely.points([(0, 0)])).tolist() == [True, True, False]
