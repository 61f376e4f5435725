from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box
from toy import CRS

from gis.resolve import addresses, people
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, with_columns

COMMUNITY = "990000000001"
LARGE = f"{COMMUNITY}001"
SPECIAL = f"{COMMUNITY}900"


def _atom(name, building, stairwells, micro, x, **more):
    large = more.pop("large", LARGE)
    return {
        "atom_id": name, "building_id": building, "stairwells": stairwells, "kind": "home",
        "micro_code": f"{large}{micro:02d}", "large_code": large, "community_code": COMMUNITY,
        "households": 9, "geometry": box(x, 0, x + 100, 100), **more,
    }  # fmt: skip


ATOMS = with_columns(
    gpd.GeoDataFrame(
        [
            _atom("a", "a", "", 1, 0, compound="东园"),
            _atom("b/01", "b", "1", 1, 100, compound="东园"),
            _atom("b/02", "b", "2", 2, 200, compound="东园"),
            _atom("c", "c", "", 1, 300, compound="西园", large=f"{COMMUNITY}002"),
            _atom("d", "d", "", 1, 400, compound="西园"),
            _atom("e", "e", "", 1, 500, special="学校", large=SPECIAL),
        ],
        crs=CRS,
    ),
    PLAN_LAYERS["atoms"],
)
BUILDINGS = gpd.GeoDataFrame(
    {"building_id": list("abcde")},
    geometry=[
        box(10, 10, 90, 90), box(110, 10, 290, 90), box(310, 10, 390, 90), Point(450, 50),
        box(510, 10, 590, 90),
    ],
    crs=CRS,
)  # fmt: skip


def _addresses(*rows):
    frame = gpd.GeoDataFrame([{"geometry": None, **row} for row in rows], crs=CRS)
    return with_columns(frame, INPUT_LAYERS["addresses"])


def _found(*rows, buildings=BUILDINGS, atoms=ATOMS):
    table = addresses(_addresses(*rows), atoms, buildings=buildings)
    assert len(table) == len(rows)
    columns = ["match", "building_id", "atom_id", "micro_code", "large_code"]
    assert set(columns) <= set(table.columns)
    return table[columns].fillna("").to_numpy().tolist()


def test_given_building_beats_the_point():
    rows = _found({"address": "x", "building_id": "a", "geometry": Point(350, 50)})
    assert rows == [["given", "a", "a", f"{LARGE}01", LARGE]]


def test_unknown_building_falls_back_on_the_point():
    rows = _found({"address": "x", "building_id": "nobody", "geometry": Point(350, 50)})
    assert rows[0][:3] == ["inside", "c", "c"]


@pytest.mark.parametrize(
    ("point", "match", "building"),
    [
        (Point(50, 50), "inside", "a"),
        (Point(10, 10), "inside", "a"),
        (Point(95, 50), "nearest", "a"),
        (Point(480, 50), "nearest", "d"),
        (Point(450, 50), "inside", "d"),
        (Point(50, 121), "none", ""),
        (Point(), "none", ""),
        (None, "none", ""),
    ],
)
def test_points_find_the_building_they_lie_in_or_near(point, match, building):
    assert _found({"address": "x", "geometry": point})[0][:2] == [match, building]


def test_split_building_needs_the_stairwell():
    rows = _found(
        {"address": "1", "building_id": "b"},
        {"address": "2", "building_id": "b", "stairwell": 2},
        {"address": "3", "building_id": "b", "stairwell": 7},
        {"address": "4", "building_id": "a", "stairwell": 7},
    )
    assert [row[2] for row in rows] == ["", "b/02", "", "a"]
    assert rows[0] == ["given", "b", "", "", ""]


def test_other_name_stands_where_the_address_it_names_stands():
    rows = _found(
        {"address": "老名", "alias_of": "旧名"},
        {"address": "旧名", "alias_of": "新名"},
        {"address": "新名", "building_id": "b", "stairwell": 2},
        {"address": "迷", "alias_of": "无处"},
        {"address": "甲", "alias_of": "乙"},
        {"address": "乙", "alias_of": "甲"},
        {"address": "自己", "building_id": "a", "alias_of": "新名"},
    )
    assert [row[0] for row in rows] == [
        "alias", "alias", "given", "none", "none", "none", "given",
    ]  # fmt: skip
    assert [row[2] for row in rows] == ["b/02", "b/02", "b/02", "", "", "", "a"]


def test_alias_uses_the_row_that_was_found_where_an_address_comes_twice():
    rows = _found(
        {"address": "新名", "building_id": "a"},
        {"address": "新名"},
        {"address": "旧名", "alias_of": "新名"},
    )
    assert rows[2][:3] == ["alias", "a", "a"]


def test_with_given_cells_the_point_decides_and_aliases_follow():
    atoms = ATOMS.assign(building_id="", stairwells="")
    rows = _found(
        {"address": "x", "building_id": "a", "geometry": Point(350, 50)},
        {"address": "y", "geometry": Point(350, 500)},
        {"address": "z", "alias_of": "x"},
        {"address": "border", "geometry": Point(100, 50)},
        buildings=None,
        atoms=atoms,
    )
    assert [row[0] for row in rows] == ["inside", "none", "alias", "inside"]
    assert [row[2] for row in rows] == ["c", "", "c", "a"]


def test_empty_table_stays_a_layer():
    nothing = _addresses({"address": "x"}).iloc[:0]
    table = addresses(nothing, ATOMS, buildings=BUILDINGS)
    assert len(table) == 0
    assert {*PLAN_LAYERS["addresses"].dtypes} <= set(table.columns)


@pytest.mark.parametrize(
    ("serves", "level", "code"),
    [
        ("玩具社区", "community", COMMUNITY),
        (COMMUNITY, "community", COMMUNITY),
        ("东园", "compound", LARGE),
        ("西园", "compound", ""),
        ("学校", "large", SPECIAL),
        (LARGE, "large", LARGE),
        (f"{LARGE}02", "micro", f"{LARGE}02"),
        ("a", "building", f"{LARGE}01"),
        ("b", "building", ""),
        ("b/2", "stairwell", f"{LARGE}02"),
        (" b/2 ", "stairwell", f"{LARGE}02"),
        ("a/3", "stairwell", f"{LARGE}01"),
        ("a/x", "none", ""),
        ("nobody/1", "none", ""),
        ("谁", "none", ""),
    ],
)
def test_people_serve_what_they_name(serves, level, code):
    table = with_columns(
        pd.DataFrame([{"name": "张三", "role": "网格员", "serves": serves}]),
        INPUT_LAYERS["people"],
    )
    communities = pd.DataFrame({"name": ["玩具社区"], "community_code": [COMMUNITY]})
    found = people(table, ATOMS, communities=communities).iloc[0]
    assert (found["level"], found["code"]) == (level, code)


def test_given_cell_can_be_served():
    table = with_columns(
        pd.DataFrame([{"name": "张三", "role": "网格员", "serves": "c"}]), INPUT_LAYERS["people"]
    )
    atoms = ATOMS.assign(building_id="", stairwells="")
    communities = pd.DataFrame({"name": ["玩具社区"], "community_code": [COMMUNITY]})
    found = people(table, atoms, communities=communities).iloc[0]
    assert (found["level"], found["code"]) == ("building", f"{COMMUNITY}00201")
