from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box
from shapely.affinity import rotate

from gis.stairwells import share_households, strips


@given(st.integers(0, 5000), st.integers(1, 60))
def test_shares_add_up_and_differ_by_one_at_most(households, count):
    shares = share_households(households, count)
    assert sum(shares) == households
    assert len(shares) == count
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@given(st.integers(1, 12), st.integers(0, 179), st.integers(20, 90), st.integers(8, 19))
def test_strips_tile_the_footprint_in_equal_parts(count, turn, length, depth):
    footprint = rotate(box(0, 0, length, depth), turn)
    found = strips(footprint, count)
    assert len(found) == count
    assert shapely.area(found) == pytest.approx([footprint.area / count] * count)
    assert shapely.union_all(found).symmetric_difference(footprint).area < 1e-6


@pytest.mark.parametrize("turn", [0, 30, 60, 120, 150, 179.9])
def test_number_one_lies_at_the_west(turn):
    found = strips(rotate(box(0, 0, 60, 10), turn), 3)
    x = [strip.centroid.x for strip in found]
    assert x == sorted(x)


@pytest.mark.parametrize("turn", [90, 89.5, 90.5, 270])
def test_number_one_lies_at_the_north_where_the_axis_runs_north(turn):
    found = strips(rotate(box(0, 0, 60, 10), turn), 3)
    y = [strip.centroid.y for strip in found]
    assert y == sorted(y, reverse=True)


def test_entrances_decide_numbers_and_cuts():
    doors = {1: Point(50, 0), 2: Point(30, 0), 3: Point(2, 0)}
    found = strips(box(0, 0, 60, 10), 3, entrances=doors)
    assert [strip.bounds[0] for strip in found] == [40, 16, 0]
    assert all(strip.covers(doors[n]) for n, strip in enumerate(found, start=1))


def test_entrances_that_do_not_name_every_stairwell_are_ignored():
    footprint = box(0, 0, 60, 10)
    for doors in ({1: Point(50, 0)}, {1: Point(50, 0), 3: Point(2, 0)}, {-1: Point(9, 0)}):
        assert strips(footprint, 2, entrances=doors) == strips(footprint, 2)


def test_doors_opposite_each_other_still_get_a_strip_each():
    doors = {1: Point(0, 0), 2: Point(0, 10), 3: Point(50, 0)}
    found = strips(box(0, 0, 60, 10), 3, entrances=doors)
    assert shapely.area(found) == pytest.approx([200, 200, 200])


def test_footprint_in_parts_that_lie_apart_has_no_empty_strip():
    towers = MultiPolygon([box(0, 0, 5, 5), box(95, 0, 100, 5)])
    found = strips(towers, 3)
    assert shapely.area(found) == pytest.approx([50 / 3] * 3)
    assert {strip.geom_type for strip in found} <= {"Polygon", "MultiPolygon"}
