from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import Point, box
from toy import CRS, X0, Y0, toy_inputs, toy_rules

from gis.errors import NotACoverage
from gis.plan import build_plan
from gis.plan_data import digest
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, with_columns
from gis.verify import verify

LEVELS = ("large", "micro")
TESTS = Path(__file__).resolve().parents[1]


def _layer(name, *rows):
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs=CRS)
    frame["geometry"] = frame.geometry.translate(X0, Y0)
    frame = with_columns(frame, INPUT_LAYERS[name])
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def _with_buildings(*rows):
    buildings = toy_inputs()["buildings"]
    whole = pd.concat([buildings, _layer("buildings", *rows)])
    whole.index = pd.RangeIndex(1, len(whole) + 1, name="row")
    return toy_inputs().with_layers(buildings=whole)


def _building(name, shape, **more):
    return {"building_id": name, "households": 20, "floors": 6, "geometry": shape, **more}


def _assert_sound(plan):
    atoms = plan["atoms"]
    assert atoms["atom_id"].is_unique
    for level in LEVELS:
        grids = plan.grids(level)
        assert grids["code"].is_unique
        assert set(atoms[f"{level}_code"]) == set(grids["code"])
        assert grids["households"].sum() == atoms["households"].sum()
    pairs = atoms[["micro_code", "large_code"]].drop_duplicates()
    assert pairs["micro_code"].is_unique
    parents = pairs.set_index("micro_code")["large_code"]
    micro = plan.grids("micro").set_index("code")["parent_code"]
    assert parents.sort_index().to_dict() == micro.sort_index().to_dict()
    homes = atoms[atoms["kind"] == "home"].groupby("building_id")["households"].sum()
    planned = plan["buildings"][plan["buildings"]["building_id"].isin(homes.index)]
    given = planned.set_index("building_id")["households"]
    assert homes.sort_index().to_dict() == given.sort_index().to_dict()
    assert plan.plan_id == digest(plan.layers)
    assert [str(finding) for finding in verify(plan)] == []


def test_toy_plan_holds_what_every_plan_must(toy_plan):
    _assert_sound(toy_plan)
    assert set(PLAN_LAYERS) <= set(toy_plan.layers)
    assert toy_plan["atoms"]["households"].sum() == 378
    assert toy_plan.info["failed"] == "{}"
    assert json.loads(toy_plan.info["made_up_codes"]) == ["990000000001"]


def test_walls_keep_grids_apart_but_for_gates(toy_plan):
    atoms = toy_plan["atoms"].set_index("atom_id")
    west, east = atoms.loc["w4", "large_code"], atoms.loc["e1", "large_code"]
    assert west != east
    pairs = toy_plan["adjacency"].set_index(["atom_a", "atom_b"])["via"]
    assert sorted(pairs[pairs.isin(["gate", "wall"])]) == ["gate", "gate", "wall", "wall"]


def test_toy_tables_say_what_the_drawing_says(toy_plan):
    people = toy_plan["people"].set_index("name")
    atoms = toy_plan["atoms"].set_index("atom_id")
    assert people.loc["李四", "code"] == atoms.loc["w1/02", "micro_code"]
    assert people.loc["张三", "level"] == "community"
    addresses = toy_plan["addresses"].set_index("address")
    assert addresses.loc["东园1幢2单元301室", "atom_id"] == "w1/02"
    assert addresses["match"].to_dict() == {
        "东园1幢2单元301室": "given", "东园2幢": "nearest", "无处": "nearest",
    }  # fmt: skip
    counts = toy_plan["counts"]
    assert counts[counts["code"].str.len() == 15]["count"].sum() == 3
    centres = toy_plan["centres"]
    assert (centres["name"] == "网格微家").sum() == 2
    assert toy_plan["access"]["status"].isin(["served", "not served", "no data"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_of_rows_changes_nothing(toy_plan, seed):
    shuffled = build_plan(toy_inputs(shuffle=seed), toy_rules())
    for name, table in toy_plan.layers.items():
        assert digest({name: table}) == digest({name: shuffled[name]}), name
    assert shuffled.plan_id == toy_plan.plan_id


def test_hash_seed_changes_nothing(toy_plan):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from toy import toy_inputs, toy_rules\nfrom gis.plan import build_plan\n"
        "print(build_plan(toy_inputs(), toy_rules()).plan_id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(TESTS)],
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == toy_plan.plan_id


def test_created_is_told_and_changes_no_identity(toy_plan):
    told = []
    plan = build_plan(
        toy_inputs(),
        toy_rules(),
        created="2026-11-22T08:00:00Z",
        progress=lambda stage, share: told.append((stage, share)),
    )
    assert plan.info["created"] == "2026-11-22T08:00:00Z"
    assert plan.plan_id == toy_plan.plan_id
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], told[-1]) == (0.0, ("done", 1.0))


def test_other_rules_make_another_plan(toy_plan):
    assert build_plan(toy_inputs(), toy_rules(seed=1)).plan_id != toy_plan.plan_id


@pytest.fixture(scope="module")
def three():
    """The toy cut in two at its road, and a third community where nobody built."""
    communities = [
        {"name": "东", "geometry": box(200, 0, 400, 200)},
        {"name": "空", "geometry": box(400, 0, 600, 200)},
        {"name": "西", "geometry": box(0, 0, 200, 200)},
    ]
    inputs = toy_inputs().with_layers(communities=_layer("communities", *communities))
    return build_plan(inputs, toy_rules())


def test_community_that_fails_does_not_stop_the_rest(three):
    codes = dict(
        zip(three["communities"]["name"], three["communities"]["community_code"], strict=True)
    )
    assert list(json.loads(three.info["failed"])) == [codes["空"]]
    atoms = three["atoms"]
    assert set(atoms["community_code"]) == {codes["东"], codes["西"]}
    households = json.loads(three.info["households"])
    assert households == {codes["西"]: 258, codes["东"]: 120}


def test_communities_are_planned_apart(three):
    _assert_sound(three)
    atoms = three["atoms"]
    for level in LEVELS:
        for code, own in atoms.groupby(f"{level}_code"):
            assert {code[:12]} == set(own["community_code"])
    community = dict(zip(atoms["atom_id"], atoms["community_code"], strict=True))
    pairs = three["adjacency"]
    assert pairs["atom_a"].map(community).equals(pairs["atom_b"].map(community))


def test_nothing_to_plan_is_refused():
    nobody = toy_inputs()["buildings"].assign(households=0, residents=0)
    nobody = with_columns(nobody, INPUT_LAYERS["buildings"])
    with pytest.raises(NotACoverage, match="no households"):
        build_plan(toy_inputs().with_layers(buildings=nobody), toy_rules())


W2 = box(52, 30, 88, 42)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([_building("z", W2), _building("y", W2)], id="same footprint"),
        pytest.param([_building("z", box(60, 32, 70, 38))], id="building in a building"),
        pytest.param([_building(n, Point(60, 80)) for n in "zyx"], id="points on one spot"),
        pytest.param([_building("z", Point(0, 0))], id="point in the corner"),
        pytest.param([_building("z", Point(180, 60))], id="point on a wall"),
        pytest.param([_building("z", box(395, 50, 420, 60))], id="across the border"),
        pytest.param([_building("z", box(400, 50, 420, 60))], id="outside, touching"),
        pytest.param([_building("z", box(700, 0, 710, 9))], id="far outside"),
        pytest.param([_building("z", box(350, 120, 372, 132))], id="across the park's edge"),
        pytest.param([_building("z", box(170, 60, 230, 75))], id="across two walls and a road"),
        pytest.param([_building("z", box(60, 70, 60.2, 70.2))], id="tiny"),
        pytest.param(
            [
                _building(
                    "z",
                    shapely.MultiPolygon([box(20, 60, 25, 65), box(60, 60, 65, 65)]),
                    households=120,
                    stairwells=3,
                )
            ],
            id="two towers, three stairwells",
        ),
        pytest.param([_building("z", W2.buffer(0.02), households=0)], id="hut without homes"),
    ],
)
def test_odd_buildings_are_planned(rows):
    plan = build_plan(_with_buildings(*rows), toy_rules())
    _assert_sound(plan)
    planned = set(plan["atoms"]["building_id"].dropna())
    for row in rows:
        assert (row["building_id"] in planned) == (row["geometry"].bounds[0] < 400)


def test_given_cells_are_planned():
    cells = [
        {
            "cell_id": f"c{n:02d}",
            "households": 15 + n,
            "geometry": box(50 * (n % 8), 50 * (n // 8), 50 * (n % 8) + 50, 50 * (n // 8) + 50),
        }
        for n in range(32)
    ]
    inputs = toy_inputs()
    kept = {n: t for n, t in inputs.layers.items() if n in ("communities", "addresses")}
    plan = build_plan(type(inputs)(layers={**kept, "cells": _layer("cells", *cells)}), toy_rules())
    assert verify(plan) == ()
    assert plan["atoms"]["households"].sum() == sum(range(15, 47))
    assert sorted(plan["addresses"]["match"]) == ["inside", "inside", "none"]
    assert plan.info["walking"] == "straight"


def test_locked_buildings_share_a_grid():
    locks = with_columns(
        pd.DataFrame(
            [
                {"building_id": "w5", "grid": "甲", "level": "micro"},
                {"building_id": "w6", "grid": "甲", "level": "micro"},
                {"building_id": "w4", "grid": "乙"},
                {"building_id": "w1", "grid": "乙"},
            ]
        ),
        INPUT_LAYERS["locks"],
    )
    plan = build_plan(toy_inputs().with_layers(locks=locks), toy_rules())
    atoms = plan["atoms"].set_index("atom_id")
    assert atoms.loc["w5", "micro_code"] == atoms.loc["w6", "micro_code"]
    assert atoms.loc["w4", "large_code"] == atoms.loc["w1/01", "large_code"]
    assert atoms.loc["w4", "large_code"] == atoms.loc["w1/03", "large_code"]


def test_columns_a_file_cannot_hold_are_made_plain():
    shops = toy_inputs()["layers/shops"].assign(Status="x", tags=[["a"], {"b": 1}, None])
    plan = build_plan(toy_inputs().with_layers(**{"layers/shops": shops}), toy_rules())
    assert list(plan["layers/shops"].columns) == ["status", "geometry", "tags"]
    assert set(plan["layers/shops"]["tags"].dropna()) == {"['a']", "{'b': 1}"}
