from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box
from toy import CRS

from gis.homes import build, without_overlaps
from gis.tables import INPUT_LAYERS, empty_layer, with_columns


def _buildings(*rows):
    frame = gpd.GeoDataFrame(list(rows), crs=CRS)
    frame = with_columns(frame, INPUT_LAYERS["buildings"])
    frame["residents"] = frame["residents"].fillna(frame["households"] * 3)
    return frame.assign(estimated=False)


def _entrances(*rows):
    if not rows:
        return empty_layer(INPUT_LAYERS["entrances"], crs=CRS)
    return with_columns(gpd.GeoDataFrame(list(rows), crs=CRS), INPUT_LAYERS["entrances"])


def _b(name, shape, households=10, **more):
    return {"building_id": name, "households": households, "geometry": shape, **more}


def test_only_buildings_above_the_limit_with_stairwells_are_split():
    buildings = _buildings(
        _b("a", box(0, 0, 40, 10), 120, stairwells=4),
        _b("b", box(0, 20, 40, 30), 121, stairwells=4),
        _b("c", box(0, 40, 40, 50), 121, stairwells=1),
        _b("d", box(0, 60, 40, 70), 121),
    )
    homes = build(buildings, entrances=_entrances(), largest_households=120)
    assert homes["atom_id"].tolist() == ["a", "b/01", "b/02", "b/03", "b/04", "c", "d"]
    assert homes["stairwells"].tolist() == ["", "1", "2", "3", "4", "", ""]
    assert homes["households"].tolist() == [120, 31, 30, 30, 30, 121, 121]
    assert homes.groupby("building_id")["residents"].sum().tolist() == [360, 363, 363, 363]
    assert homes.geometry.area.round(6).tolist() == [400, 100, 100, 100, 100, 400, 400]


def test_entrance_of_a_whole_building_is_the_one_in_the_middle():
    doors = [{"building_id": "a", "geometry": Point(x, 0)} for x in (5, 20, 38)]
    homes = build(
        _buildings(_b("a", box(0, 0, 40, 10))), entrances=_entrances(*doors), largest_households=99
    )
    assert homes[["entrance_x", "entrance_y"]].iloc[0].tolist() == [20, 0]


def test_entrance_without_a_building_is_the_nearest_ones():
    buildings = _buildings(_b("a", box(0, 0, 40, 10)), _b("b", box(100, 0, 140, 10)))
    homes = build(
        buildings, entrances=_entrances({"geometry": Point(98, 5)}), largest_households=99
    )
    assert homes["entrance_x"].tolist() == [20, 98]


def test_entrances_of_stairwells_number_the_strips():
    doors = [
        {"building_id": "a", "stairwell": 1, "geometry": Point(30, 0)},
        {"building_id": "a", "stairwell": 2, "geometry": Point(10, 0)},
    ]
    homes = build(
        _buildings(_b("a", box(0, 0, 40, 10), 21, stairwells=2)),
        entrances=_entrances(*doors),
        largest_households=20,
    )
    assert homes["entrance_x"].tolist() == [30, 10]
    assert homes["households"].tolist() == [11, 10]
    assert homes.geometry.iloc[0].bounds[0] == 20


def test_point_becomes_a_small_square():
    homes = build(_buildings(_b("a", Point(5, 5))), entrances=_entrances(), largest_households=99)
    assert homes.geometry.iloc[0].bounds == (4, 4, 6, 6)


def test_order_of_rows_changes_nothing():
    rows = [
        _b("a", box(0, 0, 40, 10), 130, stairwells=3),
        _b("b", box(10, 5, 20, 30)),
        _b("c", box(10, 5, 20, 30)),
        _b("d", Point(12, 12)),
    ]
    doors = [{"geometry": Point(x, 0)} for x in (3, 9, 31)]
    first = build(_buildings(*rows), entrances=_entrances(*doors), largest_households=99)
    again = build(
        _buildings(*rows[::-1]), entrances=_entrances(*doors[::-1]), largest_households=99
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.drop(columns="geometry")), pd.DataFrame(again.drop(columns="geometry"))
    )
    assert shapely.equals_exact(first.geometry, again.geometry).all()


def _assert_apart(shapes):
    assert (shapely.area(shapes) > 0).all()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.union_all(shapes).area, abs=0.05)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_identical_footprints_share_the_ground(count):
    shapes = without_overlaps(np.array([box(0, 0, 40, 10)] * count))
    _assert_apart(shapes)
    assert shapely.union_all(shapes).area == pytest.approx(400)
    assert shapely.area(shapes).min() > 400 / 2**count


def test_building_wholly_under_others_keeps_a_spot():
    given = np.array([box(0, 0, 20, 9), box(0, 0, 9, 9), box(9, 0, 20, 9)])
    shapes = without_overlaps(given)
    _assert_apart(shapes)
    assert shapes[0].area > 1


def test_what_does_not_overlap_is_left_as_it_is():
    given = np.array([box(0, 0, 10, 10), box(10, 0, 20, 10), box(30, 0, 40, 10)])
    assert shapely.equals_exact(without_overlaps(given), given).all()


BOXES = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(2, 12),
    st.integers(2, 12),
)


@given(st.lists(BOXES, min_size=1, max_size=8))
def test_footprints_never_overlap_and_none_is_lost(boxes):
    given_ = np.array(boxes, dtype=object)
    shapes = without_overlaps(given_)
    _assert_apart(shapes)
    assert shapely.area(shapely.difference(shapes, shapely.union_all(given_))).max() < 1e-6
    assert shapely.union_all(shapes).area == pytest.approx(shapely.union_all(given_).area, abs=0.05)
