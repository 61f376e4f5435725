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
REASONS = [f"households_{why}" for why in ("reached", "too_far", "no_gate", "unreachable")]
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


def walled(gates=(), minutes=(5,)):
    """Lay a street through a wall: two doors east of it, one west, one off every street."""
    rules = Rules(circle_minutes=minutes)
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (400, 0)])])
    nothing = empty_layer(INPUT_LAYERS["gates"])
    wall = gpd.GeoDataFrame(
        {"kind": ["wall"]}, geometry=[shapely.LineString([(100, -900), (100, 900)])]
    )
    doors = shapely.points([(200, 10), (300, 10), (50, 10), (50, 700)])
    opened = gpd.GeoDataFrame({"open": [True] * len(gates)}, geometry=list(gates))

    def made(*, barriers):
        return walking(doors, walkways=street, gates=opened if len(gates) else nothing,
                       barriers=barriers, rules=rules)  # fmt: skip

    atoms = pd.DataFrame(
        {"atom_id": list("abcd"), "households": [1, 2, 4, 8], "large_code": "01",
         "micro_code": "0101"}
    )  # fmt: skip
    centres = pd.DataFrame({"code": ["01"], "level": ["large"], "point": [0]})
    return circles.build(
        centres, made(barriers=wall), atoms=atoms, atom_points=range(4), rules=rules,
        without_barriers=lambda: made(barriers=wall[:0]),
    )  # fmt: skip


def both(centres=CENTRES, atom_points=range(6), rules=RULES):
    return circles.build(
        centres,
        walks(),
        atoms=pd.DataFrame(
            {
                "atom_id": list("abcdef"),
                "households": HOUSEHOLDS,
                "large_code": CODES["large"],
                "micro_code": CODES["micro"],
            }
        ),
        atom_points=list(atom_points),
        rules=rules,
        crs="EPSG:4547",
    )


def drawn(centres=CENTRES, atom_points=range(6)):
    return both(centres, atom_points)[0]


def test_a_wall_without_a_gate_is_told_from_no_way_at_all():
    found, unreached = walled()
    row = found.iloc[0]
    assert row[REASONS].tolist() == [1 + 2, 0, 4, 8]
    assert unreached[["atom_id", "households", "why"]].to_numpy().tolist() == [
        ["c", 4, "no gate"],
        ["d", 8, "unreachable"],
    ]
    assert unreached["walk_m"].isna().all()


def test_a_gate_lets_them_in():
    found, unreached = walled(gates=[shapely.Point(100, 0)], minutes=(1, 5))
    assert found[REASONS].to_numpy().tolist() == [[1, 2 + 4, 0, 8], [1 + 2 + 4, 0, 0, 8]]
    far = unreached[unreached["why"] == "too far"]
    assert far["atom_id"].tolist() == ["b", "c"]
    assert far["walk_m"].tolist() == [120, 170]


def test_reached_and_not_reached_are_all_the_grids_households():
    found, unreached = both()
    of = {"large": np.array(CODES["large"]), "micro": np.array(CODES["micro"])}
    for row in found.itertuples():
        own = np.array(HOUSEHOLDS)[of[row.level] == row.code].sum()
        parts = [getattr(row, name) for name in REASONS]
        assert sum(parts) == own
        told = unreached[(unreached["code"] == row.code) & (unreached["minutes"] == row.minutes)]
        assert told["households"].sum() == own - row.households_reached


def test_all_around_are_counted_whatever_their_grid():
    found = drawn().set_index(["code", "minutes"])["households_around"]
    assert found["01", 5] == 1 + 2 + 32
    assert found["01", 10] == 1 + 2 + 4 + 32


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
