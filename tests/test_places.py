"""Plan real places and prove the plans, alone and against their inputs."""

import importlib.util
import os
from pathlib import Path

import pytest

from gis.check import require
from gis.plan import build_plan
from gis.rules import Rules
from gis.verify import verify

ROOT = Path(__file__).parents[1]
DATA = os.environ.get("WANGGE_DATA", "")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="set WANGGE_DATA to the folder of the real data"),
]


def read(name):
    """Return a real place as an input."""
    spec = importlib.util.spec_from_file_location("places", ROOT / "benchmarks/places.py")
    places = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(places)
    return places.read_place(name, Path(DATA) / "data")


@pytest.mark.parametrize(
    ("name", "profile", "households", "estimated"),
    [
        ("monaco", "default", (5_000, 20_000), True),
        ("shanghai", "default", (10_000, 40_000), True),
        ("daan", str(ROOT / "benchmarks/statistical_areas.toml"), (120_675, 125_000), True),
    ],
)
def test_a_real_place_gets_a_plan_that_is_proven(name, profile, households, estimated):
    inputs, rules = read(name), Rules.load(profile)
    require(inputs, rules)
    plan = build_plan(inputs, rules)
    assert verify(plan, inputs=inputs) == ()
    assert plan.info["failed"] == "{}"
    total = int(plan["atoms"]["households"].sum())
    assert households[0] <= total <= households[1]
    assert (int(plan.info["estimated_households"]) > 0) is estimated
    broken = plan["violations"]
    hard = broken[broken["rule"] == "hard_households"]
    assert hard["why"].str.startswith("proven unavoidable").all()
