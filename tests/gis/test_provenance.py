from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from toy import toy_rules

from gis.plan_data import digest
from gis.provenance import info, quality
from gis.tables import PLAN_LAYERS


def _info(plan, ready, **changes):
    layers = {name: table for name, table in plan.layers.items() if name != "info"}
    values = {
        "quality": {},
        "walking_method": "network",
        "failed": {},
        "created": "now",
    }
    table = info(ready, toy_rules(), layers, **(values | changes))
    assert list(table.columns) == list(PLAN_LAYERS["info"].dtypes)
    return table, dict(zip(table["key"], table["value"], strict=True)), layers


def test_identity_is_the_digest_of_all_the_rest(toy_plan, toy_ready):
    table, values, layers = _info(toy_plan, toy_ready)
    assert values["plan_id"] == digest({**layers, "info": table})
    assert table["key"].is_monotonic_increasing
    assert table["key"].is_unique


def test_identity_knows_what_matters_only(toy_plan, toy_ready):
    first = _info(toy_plan, toy_ready)[1]["plan_id"]
    assert _info(toy_plan, toy_ready, created="later")[1]["plan_id"] == first
    for change in ({"failed": {"c": "why"}}, {"walking_method": "straight"}, {"quality": {"a": 1}}):
        assert _info(toy_plan, toy_ready, **change)[1]["plan_id"] != first


def test_sums_and_sources_are_told(toy_plan, toy_ready):
    values = _info(toy_plan, toy_ready, failed={"b": "2", "a": "1"})[1]
    assert json.loads(values["households"]) == {"990000000001": 378}
    assert json.loads(values["residents"]) == {
        "990000000001": int(toy_plan["atoms"]["residents"].sum())
    }
    assert json.loads(values["sources"]) == {"toy": "0" * 64}
    assert json.loads(values["made_up_codes"]) == ["990000000001"]
    assert list(json.loads(values["failed"])) == ["a", "b"]
    assert {"python", "shapely", "numpy"} <= set(json.loads(values["versions"]))
    assert values["rules"] == toy_rules().to_json()


def test_estimates_are_counted(toy_plan, toy_ready):
    atoms = toy_plan["atoms"].copy()
    atoms["estimated"] = atoms["building_id"].eq("w2").astype("boolean")
    layers = {**toy_plan.layers, "atoms": atoms}
    values = _info(SimpleNamespace(layers=layers), toy_ready)[1]
    assert values["estimated_households"] == "24"


@pytest.mark.parametrize("gap", [0.125, np.inf, np.nan])
def test_quality_is_plain_json(gap):
    solution = SimpleNamespace(
        count=3, cost=10.0, lower_bound=np.float64(8.75), gap=gap, status="feasible",
        why=("a",), conflicts=(), remedies=(), terms={"walk": 1.0, "cost": np.inf},
    )  # fmt: skip
    found = json.loads(json.dumps(quality(solution), allow_nan=False))
    assert found["gap"] == (0.125 if np.isfinite(gap) else None)
    assert found["lower_bound"] == 8.75
    assert found["terms"] == {"cost": None, "walk": 1.0}
    assert list(found["terms"]) == ["cost", "walk"]
    assert "overall_gap" not in found
    overall = quality(solution, 6.0)
    assert (overall["overall_lower_bound"], overall["overall_gap"]) == (6.0, 0.4)
    assert overall["lower_bound"] == 8.75


def test_every_key_is_explained_in_the_contract(toy_plan, toy_ready):
    (column,) = (column for column in PLAN_LAYERS["info"].columns if column.name == "key")
    explained = set(re.findall(r"[a-z_]+", column.meaning))
    assert set(_info(toy_plan, toy_ready)[1]) <= explained
