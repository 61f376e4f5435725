"""Summarise a plan in a few numbers that a planner reads first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.metrics import walk_mean_m

if TYPE_CHECKING:
    import pandas as pd

    from gis.plan_data import Plan
    from gis.rules import Level

__all__ = ["LevelSummary", "Summary", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSummary:
    """One level of a plan; ranges and walks are those of base grids.

    `gap` is the share of the cost that might still be saved, over all communities, and None
    where a community has no bound; that of micro-grids is given the large ones, and
    `overall_gap` against any division of the whole into as many. `in_soft_range` is a share of
    the base grids.
    """

    level: Level
    grids: int
    special_grids: int
    households_min: int
    households_mean: float
    households_max: int
    soft_households: tuple[int, int]
    hard_households: tuple[int, int]
    in_soft_range: float
    in_hard_range: float
    walk_mean_m: float | None
    walk_max_m: float | None
    gap: float | None
    overall_gap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A whole plan; violations are counted by severity and by rule."""

    plan_id: str
    source: str
    communities: int
    failed: dict[str, str]
    households: int
    residents: int
    estimated_households: int
    walking: str
    levels: tuple[LevelSummary, ...]
    severities: dict[str, int]
    rules: dict[str, int]


def summarise(plan: Plan) -> Summary:
    """Return the summary of a plan."""
    info = plan.info
    atoms, broken = plan["atoms"], plan["violations"]
    return Summary(
        plan_id=plan.plan_id,
        source=info["source"],
        communities=int(atoms["community_code"].nunique()),
        failed=json.loads(info["failed"]),
        households=int(atoms["households"].sum()),
        residents=int(atoms["residents"].sum()),
        estimated_households=int(info["estimated_households"]),
        walking=info["walking"],
        levels=(_level(plan, "large"), _level(plan, "micro")),
        severities={str(k): int(v) for k, v in broken["severity"].value_counts().items()},
        rules={str(k): int(v) for k, v in broken["rule"].value_counts().sort_index().items()},
    )


def _level(plan: Plan, level: Level) -> LevelSummary:
    grids = plan.grids(level)
    base = grids[grids["kind"] == "base"]
    rules = plan.rules.level(level)
    households = base["households"].astype("int64")
    walks = base["walk_max_m"].dropna()
    atoms = plan["atoms"][plan["atoms"][f"{level}_code"].isin(base["code"])]
    quality = json.loads(plan.info["quality"])
    mean = walk_mean_m(atoms[f"walk_{level}_m"], atoms["households"])
    return LevelSummary(
        level=level,
        grids=len(base),
        special_grids=len(grids) - len(base),
        households_min=int(households.min()),
        households_mean=round(float(households.mean()), 1),
        households_max=int(households.max()),
        soft_households=rules.soft_households,
        hard_households=rules.hard_households,
        in_soft_range=_share(households, rules.soft_households),
        in_hard_range=_share(households, rules.hard_households),
        walk_mean_m=None if np.isnan(mean) else round(mean, 1),
        walk_max_m=round(float(walks.max()), 1) if len(walks) else None,
        gap=_gap(quality, level, "lower_bound"),
        overall_gap=_gap(quality, level, "overall_lower_bound") if level == "micro" else None,
    )


def _share(households: pd.Series, limit: tuple[int, int]) -> float:
    return round(float(households.between(*limit).mean()), 4)


def _gap(
    quality: dict[str, dict[str, dict[str, float | None]]], level: Level, bound: str
) -> float | None:
    """Return the gap of a level over all communities together; plans of old lack some bounds."""
    pairs = [(own[level]["cost"], own[level].get(bound)) for own in quality.values()]
    costs = [cost for cost, bound in pairs if cost is not None and bound is not None]
    bounds = [bound for cost, bound in pairs if cost is not None and bound is not None]
    if len(costs) < len(pairs) or not sum(costs):
        return None if len(costs) < len(pairs) else 0.0
    return round(1 - sum(bounds) / sum(costs), 4)
