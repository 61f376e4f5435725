"""Test access to facilities against the walks themselves."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis import access
from gis.rules import Walking as Rules
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer
from gis.walking import walking

# Doors, then facilities.
PLACES = [(0, 0), (310, 0), (600, 0), (0, 900), (300, 0), (700, 0), (700, 0), (500, 900)]
SHOPS = pd.DataFrame(
    {
        "category": ["shop", "shop", "shop", "clinic", None, "park"],
        "name": ["中店", "西店", "东店", "诊所", "无名", np.nan],
        "point": [4, 6, 5, 7, 4, 5],
    }
)
LIMITS = {"shop": 300.0, "clinic": 500.0, "kindergarten": 300.0}


def table(facilities=SHOPS, *, limits=LIMITS, points=(0, 1, 2, 3), ids=("a", "b", "c", "d")):
    walk = walking(
        shapely.points(PLACES),
        walkways=gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (900, 0)])]),
        gates=empty_layer(INPUT_LAYERS["gates"]),
        barriers=empty_layer(INPUT_LAYERS["barriers"]),
        rules=Rules(),
    )
    return access.build(list(ids), list(points), facilities, walking=walk, limits=limits)


def of(found, category):
    return found[found["category"] == category].set_index("atom_id")


def test_one_row_an_atom_and_category_by_the_contract():
    found = table()
    assert found.dtypes.astype(str).to_dict() == {
        name: pd.Series(dtype=dtype).dtype.name
        for name, dtype in PLAN_LAYERS["access"].dtypes.items()
    }
    pairs = list(zip(found["atom_id"], found["category"], strict=True))
    assert pairs == [(a, c) for a in "abcd" for c in ("clinic", "kindergarten", "park", "shop")]


def test_served_within_the_limit_and_not_beyond():
    shops = of(table(), "shop")
    assert shops["status"].tolist() == ["served", "served", "served", "unreachable"]
    assert shops["walk_m"].tolist()[:3] == [300, 10, 100]
    assert shops["facility"].tolist()[:2] == ["中店", "中店"]
    strict = of(table(limits={"shop": 299.0}), "shop")
    assert strict["status"].tolist() == ["not served", "served", "served", "unreachable"]


def test_first_by_name_of_facilities_at_one_place():
    assert of(table(), "shop").loc["c", "facility"] == "东店"


def test_unreachable_is_not_a_long_walk():
    found = table()
    lost = found[found["status"] == "unreachable"]
    assert lost["walk_m"].isna().all()
    assert lost["facility"].isna().all()
    assert of(found, "clinic")["status"].tolist() == ["unreachable"] * 4


def test_what_nobody_surveyed_is_no_data():
    found = of(table(), "kindergarten")
    assert found["status"].tolist() == ["no data"] * 4
    assert found["limit_m"].tolist() == [300] * 4
    assert found[["facility", "walk_m"]].isna().all(axis=None)


def test_surveyed_without_a_limit_is_served_where_reached():
    found = of(table(), "park")
    assert found["status"].tolist() == ["served"] * 3 + ["unreachable"]
    assert found["limit_m"].isna().all()


def test_atom_without_a_door_reaches_nothing():
    assert of(table(points=(0, -1, 2, 3)), "shop").loc["b", "status"] == "unreachable"


@pytest.mark.parametrize("limits", [{}, LIMITS])
def test_nothing_surveyed(limits):
    found = table(SHOPS[:0], limits=limits)
    assert len(found) == 4 * len(limits)
    assert found["status"].eq("no data").all()


def test_order_of_rows_changes_nothing():
    other = table(SHOPS[::-1], points=(3, 2, 1, 0), ids=("d", "c", "b", "a"))
    assert table().equals(other)
