from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPolygon, box
from toy import CRS, toy_rules

from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns
from gis.violations import build

LARGE, MICRO = "990000000001001", "99000000000100101"


def _atom(name, households, **more):
    return {
        "atom_id": name, "community_code": "990000000001", "kind": "home", "special": "",
        "compound": "", "households": households, "large_code": LARGE, "micro_code": MICRO,
        "walk_large_m": 100.0, "walk_micro_m": 100.0, "geometry": box(0, 0, 1, 1), **more,
    }  # fmt: skip


def _grid(code, households, *, kind="base", parts=1):
    shape = MultiPolygon([box(3 * n, 0, 3 * n + 1, 1) for n in range(parts)])
    return {"code": code, "kind": kind, "households": households,
            "geometry": shape if parts > 1 else shape.geoms[0]}  # fmt: skip


def _build(
    atoms=(), large=(), micro=(), *, meeting=None, unavoidable=None, locks=(), remedies=None
):
    def frame(rows, layer):
        if not rows:
            return empty_layer(PLAN_LAYERS[layer], crs=CRS)
        return with_columns(gpd.GeoDataFrame(list(rows), crs=CRS), PLAN_LAYERS[layer])

    table = build(
        frame(atoms, "atoms"),
        {"large": frame(large, "large_grids"), "micro": frame(micro, "micro_grids")},
        toy_rules(),
        meeting_points=meeting or {},
        unavoidable=unavoidable or {},
        remedies=remedies,
        locks=with_columns(
            pd.DataFrame(locks, columns=["building_id", "grid", "level"]), INPUT_LAYERS["locks"]
        ),
    )
    assert list(table.columns) == list(PLAN_LAYERS["violations"].dtypes)
    assert (table["why"].str.len() > 0).all()
    assert (table["remedy"].str.len() > 0).all()
    return table


def _only(table):
    assert len(table) == 1
    return table.iloc[0]


def test_nothing_broken_is_an_empty_table():
    table = _build([_atom("a", 30)], [_grid(LARGE, 150)], [_grid(MICRO, 30)])
    assert len(table) == 0


# The toy's rules: large soft 100-200 hard 60-300, micro soft 20-60 hard 15-80.
@pytest.mark.parametrize(
    ("households", "rule", "limit", "severity"),
    [
        (14, "hard_households", 15, "error"),
        (15, "soft_households", 20, "warning"),
        (19, "soft_households", 20, "warning"),
        (61, "soft_households", 60, "warning"),
        (80, "soft_households", 60, "warning"),
        (81, "hard_households", 80, "error"),
    ],
)
def test_households_out_of_range(households, rule, limit, severity):
    row = _only(_build(micro=[_grid(MICRO, households)]))
    assert (row["level"], row["code"], row["rule"]) == ("micro", MICRO, rule)
    assert (row["value"], row["limit"], row["severity"]) == (households, limit, severity)


@pytest.mark.parametrize("households", [20, 60])
def test_ranges_are_inclusive(households):
    assert len(_build(micro=[_grid(MICRO, households)])) == 0


def test_proof_turns_an_error_into_a_warning():
    proof = "the block behind the wall has 9 households"
    row = _only(_build(micro=[_grid(MICRO, 9)], unavoidable={MICRO: proof}))
    assert row["severity"] == "warning"
    assert proof in row["why"]


def test_special_grids_have_no_range():
    assert len(_build(large=[_grid("990000000001900", 0, kind="special")])) == 0


def test_walk_beyond_the_limit_names_the_atom():
    row = _only(_build([_atom("a", 30, walk_micro_m=200.5)]))
    assert (row["rule"], row["atom_id"]) == ("walking_limit", "a")
    assert (row["value"], row["limit"]) == (200.5, 200)
    assert "meeting point" not in row["why"]


def test_walk_to_a_meeting_point_says_so():
    row = _only(_build([_atom("a", 30, walk_large_m=301)], meeting={LARGE: "网格微家"}))
    assert row["level"] == "large"
    assert "网格微家" in row["why"]
    assert "meeting point" in row["remedy"]


def test_unreachable_home_is_listed_at_both_levels():
    table = _build([_atom("a", 30, walk_large_m=np.nan, walk_micro_m=np.nan)])
    assert table["rule"].tolist() == ["unreachable"] * 2
    assert table["level"].tolist() == ["large", "micro"]
    assert table["value"].isna().all()


@pytest.mark.parametrize("more", [{"households": 0}, {"special": "学校"}])
def test_who_has_no_walk_is_not_listed(more):
    atom = _atom("a", 30, walk_large_m=np.nan, walk_micro_m=999.0) | more
    assert len(_build([atom])) == 0


def test_grid_in_two_parts_is_information():
    row = _only(_build(large=[_grid(LARGE, 150, parts=2)]))
    assert (row["rule"], row["value"], row["severity"]) == ("two_parts", 2, "information")


def test_compound_that_would_fit_is_listed_where_most_of_it_lies():
    atoms = [
        _atom("a", 30, compound="东园"),
        _atom("b", 50, compound="东园", large_code="990000000001002"),
    ]
    row = _only(_build(atoms))
    assert (row["rule"], row["code"], row["value"]) == ("compound_split", "990000000001002", 2)
    assert "东园" in row["why"]


def test_compound_that_cannot_fit_is_not_listed():
    atoms = [
        _atom(f"a{n}", 70, compound="东园", large_code=f"99000000000100{1 + n % 2}")
        for n in range(3)
    ]
    assert len(_build(atoms)) == 0


def test_stairwell_above_the_limit():
    row = _only(_build([_atom("a", 81)]))
    assert (row["level"], row["rule"]) == ("atom", "stairwell_above_limit")
    assert (row["value"], row["limit"], row["atom_id"]) == (81, 80, "a")


def test_rows_are_sorted_whatever_their_order():
    atoms = [_atom(name, 81, walk_large_m=999.0, walk_micro_m=999.0) for name in "cab"]
    grids = [_grid(f"9900000000010010{n}", 5) for n in (3, 1, 2)]
    one = _build(atoms, micro=grids)
    other = _build(atoms[::-1], micro=grids[::-1])
    assert len(one) == 3 * 3 + 3
    assert one.equals(other)


def test_a_lock_that_does_not_hold_is_an_error():
    other = LARGE[:-1] + "2"
    atoms = [_atom("a", 30, building_id="a"), _atom("b", 30, building_id="b", large_code=other)]
    together = [{"building_id": "a", "grid": "x"}, {"building_id": "b", "grid": "x"}]
    row = _only(_build(atoms, locks=together))
    assert (row["rule"], row["level"], row["code"], row["severity"]) == (
        "lock", "large", LARGE, "error",
    )  # fmt: skip
    micro = [{**lock, "level": "micro"} for lock in together]
    assert len(_build(atoms, locks=micro)) == 0


def test_what_the_engine_found_to_mend_is_told():
    found = {("micro", MICRO): "open the gate 东门", ("micro", "a"): "allow a walk of 201 m"}
    atom = _atom("a", 9, walk_micro_m=200.5)
    table = _build([atom], micro=[_grid(MICRO, 9)], remedies=found).set_index("rule")
    assert table.loc["hard_households", "remedy"] == "open the gate 东门"
    assert table.loc["walking_limit", "remedy"] == "allow a walk of 201 m"
    other = _build(micro=[_grid(MICRO, 9)], remedies={("large", MICRO): "no"})
    assert "open a gate" in _only(other)["remedy"]
