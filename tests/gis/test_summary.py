from __future__ import annotations

import json

import pytest

from gis.plan_data import Plan
from gis.summary import summarise


def _changed(plan, **layers):
    return Plan(layers={**plan.layers, **layers}, crs=plan.crs)


def _with_info(plan, **values):
    info = plan["info"].copy()
    for key, value in values.items():
        info.loc[info["key"] == key, "value"] = json.dumps(value)
    return _changed(plan, info=info)


def test_summary_of_the_toy(toy_plan):
    found = summarise(toy_plan)
    assert found.plan_id == toy_plan.plan_id
    assert (found.source, found.communities, found.failed) == ("toy", 1, {})
    assert found.households == 8 * 24 + 66 + 6 * 20
    assert found.estimated_households == 0
    assert found.walking == "network"
    assert [level.level for level in found.levels] == ["large", "micro"]


@pytest.mark.parametrize("position", [0, 1])
def test_levels_agree_with_the_grids(toy_plan, position):
    level = summarise(toy_plan).levels[position]
    grids = toy_plan.grids(level.level)
    base = grids[grids["kind"] == "base"]
    assert level.grids == len(base)
    assert level.special_grids == 1
    assert level.households_min == base["households"].min()
    assert level.households_max == base["households"].max()
    assert level.households_mean == pytest.approx(base["households"].mean(), abs=0.05)
    low, high = level.soft_households
    inside = ((base["households"] >= low) & (base["households"] <= high)).mean()
    assert level.in_soft_range == pytest.approx(inside, abs=1e-4)
    assert level.in_hard_range == 1.0
    assert level.walk_max_m == pytest.approx(base["walk_max_m"].max(), abs=0.05)


def test_mean_walk_is_over_those_who_arrive(toy_plan):
    atoms = toy_plan["atoms"].copy()
    # Of the first grid one home alone arrives, after 10 m.
    homes = atoms.index[(atoms["large_code"] == atoms["large_code"].iloc[-1])
                        & (atoms["households"] > 0)]  # fmt: skip
    atoms.loc[homes, "walk_large_m"] = float("nan")
    atoms.loc[homes[0], "walk_large_m"] = 10.0
    reached = atoms[atoms["walk_large_m"].notna() & (atoms["households"] > 0)]
    weights = reached["households"].astype(float)
    expected = (reached["walk_large_m"] * weights).sum() / weights.sum()
    found = summarise(_changed(toy_plan, atoms=atoms)).levels[0]
    assert found.walk_mean_m == pytest.approx(expected, abs=0.05)


def test_violations_are_counted(toy_plan):
    columns = toy_plan["violations"].columns
    rows = [("soft_households", "warning"), ("soft_households", "warning"), ("two_parts", "error")]
    table = toy_plan["violations"].reindex(range(3))[columns]
    table = table.assign(rule=[r for r, _ in rows], severity=[s for _, s in rows])
    found = summarise(_changed(toy_plan, violations=table))
    assert found.severities == {"warning": 2, "error": 1}
    assert found.rules == {"soft_households": 2, "two_parts": 1}
    assert summarise(toy_plan).severities == {
        str(k): int(v) for k, v in toy_plan["violations"]["severity"].value_counts().items()
    }


@pytest.mark.parametrize(
    ("pairs", "gap"),
    [
        ([(100.0, 90.0)], 0.1),
        ([(100.0, 90.0), (300.0, 250.0)], 0.15),
        ([(100.0, None), (300.0, 250.0)], None),
        ([(None, None)], None),
        ([(0.0, 0.0)], 0.0),
    ],
)
def test_gap_is_that_of_all_communities_together(toy_plan, pairs, gap):
    quality = {
        f"c{n}": {level: {"cost": cost, "lower_bound": bound} for level in ("large", "micro")}
        for n, (cost, bound) in enumerate(pairs)
    }
    found = summarise(_with_info(toy_plan, quality=quality)).levels
    assert found[0].gap == (None if gap is None else pytest.approx(gap))
    assert found[0].overall_gap is None


def test_micro_grids_have_a_gap_over_the_whole_community(toy_plan):
    level = {"cost": 200.0, "lower_bound": 190.0, "overall_lower_bound": 150.0}
    quality = {"c": {"large": {"cost": 1.0, "lower_bound": 1.0}, "micro": level}}
    large, micro = summarise(_with_info(toy_plan, quality=quality)).levels
    assert (large.overall_gap, micro.gap, micro.overall_gap) == (None, 0.05, 0.25)
    stated = json.loads(toy_plan.info["quality"])
    (own,) = stated.values()
    assert (
        own["micro"]["overall_lower_bound"] <= own["micro"]["lower_bound"] <= own["micro"]["cost"]
    )
    assert own["micro"]["gap"] <= own["micro"]["overall_gap"]
