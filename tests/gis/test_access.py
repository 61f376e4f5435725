"""Test access to facilities against the walks themselves."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis import access
from gis.rules import Walking as Rules
from gis.services import Service
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
MINUTES = {"shop": 5, "clinic": 15, "kindergarten": 5}


def table(facilities=SHOPS, *, limits=LIMITS, points=(0, 1, 2, 3), ids=("a", "b", "c", "d")):
    walk = walking(
        shapely.points(PLACES),
        walkways=gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (900, 0)])]),
        gates=empty_layer(INPUT_LAYERS["gates"]),
        barriers=empty_layer(INPUT_LAYERS["barriers"]),
        rules=Rules(),
    )
    services = {
        name: Service(metres=metres, minutes=MINUTES[name]) for name, metres in limits.items()
    }
    found = access.build(list(ids), list(points), facilities, walking=walk, services=services)
    assert (found["row"] >= 0).equals(found["walk_m"].notna())
    return found.drop(columns="row")


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


def test_a_category_counts_in_its_own_circle_only():
    found = table()
    minutes = found.groupby("category")["minutes"].unique()
    assert minutes["shop"].tolist() == [5]
    assert minutes["clinic"].tolist() == [15]
    assert minutes["park"].isna().all()


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


def loads(facilities, households=(10, 20, 40, 80)):
    walk = walking(
        shapely.points(PLACES),
        walkways=gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (900, 0)])]),
        gates=empty_layer(INPUT_LAYERS["gates"]),
        barriers=empty_layer(INPUT_LAYERS["barriers"]),
        rules=Rules(),
    )
    found = access.build(
        list("abcd"), [0, 1, 2, 3], facilities, walking=walk,
        services={"shop": Service(metres=300.0), "clinic": Service(metres=100.0)},
    )  # fmt: skip
    spots = facilities.set_geometry(shapely.points(PLACES)[facilities["point"]], crs="EPSG:4547")
    return access.loads(found, spots, households=dict(zip("abcd", households, strict=True)))


def test_loads_share_out_everybody_served_by_the_nearest():
    shops = gpd.GeoDataFrame(SHOPS.assign(capacity=pd.array([5, 0, None, 2, 9, 3], dtype="Int64")))
    found = loads(shops)
    assert list(found.columns) == [*PLAN_LAYERS["loads"].dtypes, "geometry"]
    assert found["name"].tolist()[:4] == ["中店", "西店", "东店", "诊所"]
    assert found["households"].tolist() == [30, 0, 40, 0, 70]
    # a walks exactly 300 m, d reaches nothing; no place, or none known, is no share.
    assert found["households_per_place"].tolist()[0] == 6
    assert found["households_per_place"].isna().tolist() == [False, True, True, False, False]


def test_loads_tell_who_is_beyond_the_limit():
    shops = SHOPS.assign(capacity=pd.array([None] * 6, dtype="Int64"))
    shops.loc[0, "point"] = 5
    found = loads(gpd.GeoDataFrame(shops))
    assert found["households"].sum() == 40 + 20 * 0 + 70
    assert found["households_beyond"].sum() == 30


def test_no_facilities_no_loads():
    none = gpd.GeoDataFrame(SHOPS[:0].assign(capacity=[]), geometry=[], crs="EPSG:4547")
    found = access.loads(table(SHOPS[:0]).assign(row=-1), none, households={})
    assert len(found) == 0
