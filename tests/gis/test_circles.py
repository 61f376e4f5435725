"""Test the living circles of grids."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis import circles
from gis.rules import Walking as Rules
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer
from gis.walking import walking

RULES = Rules(circle_minutes=(10, 5), speed_m_per_min=60)
DOORS = [(0, 10), (280, 10), (281, 10), (590, 10), (300, 900), (100, 10)]
HOUSEHOLDS = [1, 2, 4, 8, 16, 32]
CODES = {"large": ["01"] * 5 + ["02"], "micro": ["0101"] * 2 + ["0102"] * 3 + ["0201"]}
CENTRES = pd.DataFrame(
    {
        "code": ["0102", "01", "0101"],
        "level": ["micro", "large", "micro"],
        "point": [3, 0, 4],
    }
)


def walks():
    return walking(
        shapely.points(DOORS),
        walkways=gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (900, 0)])]),
        gates=empty_layer(INPUT_LAYERS["gates"]),
        barriers=empty_layer(INPUT_LAYERS["barriers"]),
        rules=RULES,
    )


def drawn(centres=CENTRES, atom_points=range(6)):
    return circles.build(
        centres,
        walks(),
        atom_points=list(atom_points),
        households=HOUSEHOLDS,
        atom_codes=CODES,
        rules=RULES,
        crs="EPSG:4547",
    )


def test_one_row_a_grid_and_minutes_by_the_contract():
    found = drawn()
    assert list(found.columns) == [*PLAN_LAYERS["circles"].dtypes, "geometry"]
    assert (
        found.dtypes.drop("geometry").to_dict()
        == drawn(CENTRES[:0]).dtypes.drop("geometry").to_dict()
    )
    assert found.crs == "EPSG:4547"
    assert found[["level", "code", "minutes", "metres"]].to_numpy().tolist() == [
        ["large", "01", 5, 300],
        ["large", "01", 10, 600],
        ["micro", "0101", 5, 300],
        ["micro", "0101", 10, 600],
        ["micro", "0102", 5, 300],
        ["micro", "0102", 10, 600],
    ]


def test_households_are_the_grids_own_within_the_walk():
    reached = drawn()["households_reached"].tolist()
    # 01: its door at 300 m counts, the one at 301 m and another grid's at 120 m do not;
    # 610 m is beyond ten minutes, too.
    assert reached[:2] == [1 + 2, 1 + 2 + 4]
    # 0101's centre is reached by no walkway.
    assert reached[2:4] == [0, 0]
    assert reached[4:] == [8, 8 + 4]


def test_shapes_are_valid_and_grow_with_the_minutes():
    found = drawn()
    assert found.geometry.is_valid.all()
    assert found.geometry.is_empty.tolist() == [False, False, True, True, False, False]
    assert found.geometry[1].buffer(1).covers(found.geometry[0])
    assert found.geometry[0].bounds == pytest.approx((-30, -30, 320, 40), abs=1.1)


def test_atoms_without_a_door_are_not_reached():
    assert drawn(atom_points=[0, -1, 2, 3, 4, 5])["households_reached"][0] == 1


def test_order_of_rows_changes_nothing():
    found, other = drawn(), drawn(CENTRES[::-1])
    assert found.drop(columns="geometry").equals(other.drop(columns="geometry"))
    assert np.array_equal(found.geometry.to_wkb(), other.geometry.to_wkb())


def test_nothing_to_draw():
    assert len(drawn(CENTRES[:0])) == 0
