"""Households are estimated from evidence, flagged, exact in sum, and free of row order."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gis.households import COUNTED_METHODS, apportion, estimate
from gis.inputs import Inputs
from gis.rules import Rules

CRS = 32650
RULES = Rules.load()


def footprint(place, area_m2):
    """A box 10 m deep of the given area, in its own 100 m of street."""
    return box(place * 100, 0, place * 100 + area_m2 / 10, 10)


def buildings(rows):
    """Buildings from dicts; `m2` is the footprint, none of it a point."""
    frame = pd.DataFrame([{k: v for k, v in row.items() if k != "m2"} for row in rows])
    frame["building_id"] = frame.get("building_id", [f"b{i:02d}" for i in range(len(rows))])
    frame["community_code"] = frame.get("community_code", "c")
    for name in ("households", "floors", "residents", "stairwells"):
        if name in frame:
            frame[name] = frame[name].astype("Int64")
    shapes = [
        footprint(i, row["m2"]) if "m2" in row else Point(i * 100, 0) for i, row in enumerate(rows)
    ]
    index = pd.RangeIndex(1, len(rows) + 1, name="row")
    return gpd.GeoDataFrame(frame.set_index(index), geometry=gpd.GeoSeries(shapes, index), crs=CRS)


def communities(households=None):
    index = pd.RangeIndex(1, 2, name="row")
    return gpd.GeoDataFrame(
        {
            "name": ["甲社区"],
            "community_code": ["c"],
            "households": pd.array([households], dtype="Int64"),
        },
        index=index,
        geometry=gpd.GeoSeries([box(-100, -100, 9_900, 900)], index),
        crs=CRS,
    )


def run(rows, *, total=None):
    inputs = Inputs(layers={"communities": communities(total), "buildings": buildings(rows)})
    return estimate(inputs, RULES)


@pytest.mark.parametrize(
    ("row", "households", "method"),
    [
        ({"m2": 921.7, "households": 7}, 7, "register"),
        ({"m2": 921.7, "households": 0}, 0, "register"),
        ({"m2": 921.7, "households": 7, "use": "school"}, 7, "register"),
        ({"m2": 921.7, "households": 7, "method": "flats"}, 7, "flats"),
        ({"m2": 921.7, "households": 7, "method": "floor area"}, 7, "floor area"),
        ({"m2": 921.7, "households": 7, "method": "my own"}, 7, "register"),
        ({"m2": 921.7, "floors": 3}, 30, "floor area"),
        ({"m2": 921.7, "floors": 0}, 60, "floor area"),
        ({"m2": 921.7}, 60, "floor area"),
        ({"m2": 921.7, "floors": 3, "use": "Apartments"}, 30, "floor area"),
        ({"m2": 921.7, "floors": 3, "use": "住宅"}, 30, "floor area"),
        ({"m2": 921.7, "floors": 3, "use": "residential;retail"}, 20, "floor area"),
        ({"m2": 921.7, "floors": 3, "use": "商住"}, 20, "floor area"),
        ({"m2": 921.7, "floors": 1, "use": "mixed"}, 10, "floor area"),
        ({"m2": 921.7, "use": "school"}, 0, "use"),
        ({"m2": 921.7, "use": "办公、商业"}, 0, "use"),
        ({"m2": 19.9}, 0, "too small"),
        ({"m2": 20.0, "floors": 1}, 1, "floor area"),
        ({"m2": 921.7, "residents": 26}, 10, "residents"),
        ({"m2": 921.7, "residents": 1, "use": "school"}, 1, "residents"),
        ({"m2": 921.7, "residents": 0}, 0, "residents"),
        ({"floors": 5}, 10, "floors"),
        ({"floors": 5, "stairwells": 3}, 30, "floors"),
        ({}, 12, "floors"),
        ({"use": "garage"}, 0, "use"),
    ],
)
def test_evidence_is_taken_in_order(row, households, method):
    done = run([row])["buildings"].iloc[0]

    assert (done["households"], done["method"]) == (households, method)
    assert done["estimated"] == (method not in COUNTED_METHODS)


def test_no_column_but_the_contract_is_needed_and_dtypes_are_the_contracts():
    homes = buildings([{"m2": 100}, {"m2": 200}])[["building_id", "community_code", "geometry"]]

    done = estimate(Inputs(layers={"buildings": homes}), RULES)["buildings"]

    kinds = done[["households", "residents", "estimated", "residents_estimated", "method"]].dtypes
    assert kinds.astype(str).tolist() == ["Int64", "Int64", "boolean", "boolean", "str"]
    assert done.notna().all(axis=None)
    assert "households" not in homes.columns


def test_estimates_are_rescaled_so_that_the_known_total_is_exact():
    done = run([{"m2": 100, "households": 40}, {"m2": 300}, {"m2": 600}, {"m2": 10}], total=100)

    assert done["buildings"]["households"].tolist() == [40, 20, 40, 0]
    assert done["buildings"]["method"].tolist()[1:] == [
        "floor area, rescaled",
        "floor area, rescaled",
        "too small",
    ]
    assert done.faults == ()


def test_a_tiny_share_of_a_known_total_is_still_one_household():
    done = run([{"m2": 20}, {"m2": 9_000}, {"m2": 9_000}], total=20)["buildings"]

    assert done["households"].tolist() == [1, 10, 9]


@pytest.mark.parametrize(
    ("rows", "total", "households", "words"),
    [
        ([{"m2": 100, "households": 9}, {"m2": 100}], 5, [9, 0], "exceed the known total by 4"),
        ([{"m2": 100, "households": 3}], 5, [3], "fall short of the known total by 2"),
        ([{"m2": 100}, {"m2": 300}, {"m2": 200}], 2, [0, 1, 1], "1 of 3 buildings"),
    ],
)
def test_a_total_that_cannot_be_met_is_said(rows, total, households, words):
    done = run(rows, total=total)

    assert done["buildings"]["households"].tolist() == households
    (fault,) = done.faults
    assert words in fault.what
    assert (fault.severity, fault.value) == ("warning", str(total))


def test_buildings_outside_every_community_take_no_part_in_its_total():
    rows = [{"m2": 921.7, "community_code": None}, {"m2": 921.7, "community_code": "c"}]

    done = run(rows, total=7)["buildings"]

    assert done["households"].tolist() == [60, 7]


def test_unknown_words_of_use_are_reported_once_each():
    done = run([{"m2": 99, "use": "school"}, {"m2": 99, "use": "quux"}, {"m2": 99, "use": "quux"}])

    (fault,) = done.faults
    assert (fault.row, fault.column, fault.value, fault.kind) == (2, "use", "quux", "unknown-use")
    assert "2 buildings" in fault.what


def test_residents_are_filled_and_flagged_and_their_sum_rounded_once():
    done = run([{"m2": 99, "households": 1, "residents": 5}] + [{"m2": 9, "households": 1}] * 5)

    residents = done["buildings"]["residents"].tolist()
    assert residents[0] == 5
    assert sorted(residents[1:]) == [2, 2, 3, 3, 3]
    assert done["buildings"]["residents_estimated"].tolist() == [False] + [True] * 5


def cells(rows):
    index = pd.RangeIndex(1, len(rows) + 1, name="row")
    frame = pd.DataFrame(rows, index=index)
    frame["cell_id"] = [f"k{i}" for i in range(len(rows))]
    frame["community_code"] = "c"
    shapes = gpd.GeoSeries([footprint(i, row["m2"]) for i, row in enumerate(rows)], index)
    return gpd.GeoDataFrame(frame.drop(columns="m2"), geometry=shapes, crs=CRS)


def test_cells_take_their_residents_then_their_area_at_the_median_density():
    table = cells(
        [
            {"m2": 1_000, "households": 10, "residents": 20},
            {"m2": 1_000, "households": 30},
            {"m2": 1_000, "households": 90},
            {"m2": 500},
            {"m2": 500, "residents": 26},
            {"m2": 500, "residents": 1},
            {"m2": 90_000},
        ]
    )

    done = estimate(Inputs(layers={"cells": table}), RULES)["cells"]

    assert done["households"].tolist() == [10, 30, 90, 15, 10, 1, 30]
    assert done["method"].tolist()[3:6] == ["cell area", "cell residents", "cell residents"]
    assert done["estimated"].tolist() == [False] * 3 + [True] * 4


def test_cells_without_any_count_are_filled_by_area_and_that_is_said():
    done = estimate(Inputs(layers={"cells": cells([{"m2": 9_217}, {"m2": 921.7}])}), RULES)

    assert done["cells"]["households"].tolist() == [100, 10]
    assert [fault.kind for fault in done.faults] == ["no-counts"]


rows_of_buildings = st.lists(
    st.fixed_dictionaries(
        {"m2": st.integers(1, 3_000)},
        optional={
            "households": st.integers(0, 300),
            "floors": st.integers(0, 40),
            "use": st.sampled_from(["", "house", "school", "residential;shop", "??"]),
            "residents": st.integers(0, 500),
            "stairwells": st.integers(1, 5),
        },
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(rows_of_buildings, st.one_of(st.none(), st.integers(0, 3_000)), st.randoms())
def test_row_order_changes_nothing_and_known_totals_hold(rows, total, random):
    table = buildings(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    first, second = (
        estimate(Inputs(layers={"communities": communities(total), "buildings": given}), RULES)
        for given in (table, table.iloc[order])
    )

    done = first["buildings"]
    pd.testing.assert_frame_equal(done, second["buildings"].sort_index())
    assert first.faults == second.faults
    assert done["households"].notna().all()
    assert (done["households"] >= 0).all()
    assert list(done.index) == list(table.index)
    if total is not None and not first.faults:
        assert done["households"].sum() == total
    unscaled = done["method"].isin(["floor area", "floors"])
    assert (done.loc[unscaled, "households"] >= 1).all()


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40),
    st.integers(0, 10_000),
    st.integers(0, 3),
)
def test_apportion_is_exact_and_within_one_of_its_quota(quotas, total, least):
    weights = np.round(np.array(quotas), 3)
    shares = apportion(weights, total, least=least)

    assert (shares >= 0).all()
    assert (shares[weights == 0] == 0).all()
    if weights.sum() > 0:
        assert shares.sum() == total
        if total >= least * (weights > 0).sum():
            assert (shares[weights > 0] >= least).all()
        if least == 0:
            assert np.abs(shares - weights * total / weights.sum()).max() <= 1 + 1e-6
    else:
        assert shares.sum() == 0
