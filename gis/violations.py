"""List every rule that a plan does not keep, and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.tables import PLAN_LAYERS, empty_layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from gis.rules import Level, Rules

__all__ = ["build"]

Row = dict[str, Any]


def build(
    atoms: gpd.GeoDataFrame,
    grids: Mapping[Level, gpd.GeoDataFrame],
    rules: Rules,
    *,
    meeting_points: Mapping[str, str],
    unavoidable: Mapping[str, str],
    locks: pd.DataFrame,
    remedies: Mapping[tuple[str, str], str] | None = None,
) -> pd.DataFrame:
    """Compare a plan with its rules.

    Parameters
    ----------
    atoms
        Atoms with codes and walks.
    grids
        Grids of both levels.
    rules
        What the plan was made by.
    meeting_points
        Grid code to the name of the meeting point that is its centre.
    unavoidable
        Grid code to the proof that its hard range cannot be kept.
    locks
        The input layer.
    remedies
        (level, grid code or atom_id) to what was found to mend its households or its walk.

    Returns
    -------
    The violations layer of the plan contract.
    """
    rows: list[Row] = []
    for level in ("large", "micro"):
        known = {name: words for (own, name), words in (remedies or {}).items() if own == level}
        rows += _households(grids[level], level, rules, unavoidable, known)
        rows += _walks(atoms, level, rules, meeting_points, known)
        rows += _parts(grids[level], level)
        rows += _locks(atoms, level, locks)
    rows += _compounds(atoms, rules)
    rows += _stairwells(atoms, rules)
    table: pd.DataFrame = empty_layer(PLAN_LAYERS["violations"])
    if not rows:
        return table
    table = with_columns(pd.DataFrame(rows), PLAN_LAYERS["violations"])
    table = table.sort_values(["level", "code", "rule", "atom_id"], kind="stable")
    return table.reset_index(drop=True)


def _households(
    grids: gpd.GeoDataFrame,
    level: Level,
    rules: Rules,
    unavoidable: Mapping[str, str],
    remedies: Mapping[str, str],
) -> Iterator[Row]:
    own = rules.level(level)
    base = grids[grids["kind"] == "base"]
    for code, households in zip(base["code"], base["households"], strict=True):
        for rule, (low, high) in (
            ("hard_households", own.hard_households),
            ("soft_households", own.soft_households),
        ):
            if low <= households <= high:
                continue
            hard = rule == "hard_households"
            proof = unavoidable.get(code, "")
            usual = _remedy_households(few=households < low)
            yield {
                "level": level,
                "code": code,
                "rule": rule,
                "value": households,
                "limit": low if households < low else high,
                "severity": "error" if hard and not proof else "warning",
                "why": _why_households(proof, hard=hard, few=households < low),
                "remedy": remedies.get(code, usual) if hard else usual,
            }
            break


def _why_households(proof: str, *, hard: bool, few: bool) -> str:
    if proof:
        return f"proven unavoidable: {proof}"
    if hard:
        return "no partition within the hard range was found"
    side = "few" if few else "many"
    return f"too {side} for the preferred range; whole buildings and compounds come before it"


def _remedy_households(*, few: bool) -> str:
    if few:
        return "open a gate to a neighbour, or lower the range for this community"
    return "give the stairwells of its largest buildings, or raise the range for this community"


def _walks(
    atoms: gpd.GeoDataFrame,
    level: Level,
    rules: Rules,
    meeting_points: Mapping[str, str],
    remedies: Mapping[str, str],
) -> Iterator[Row]:
    limit = rules.level(level).walk_limit_m
    # Nobody walks home to a shop: only atoms with households are measured.
    homes = atoms[(atoms["households"] > 0) & (atoms["special"].fillna("") == "")]
    walks = zip(homes["atom_id"], homes[f"{level}_code"], homes[f"walk_{level}_m"], strict=True)
    for atom, code, walk_m in walks:
        row = {"level": level, "code": code, "atom_id": atom, "severity": "warning"}
        meeting = meeting_points.get(code)
        where = f"the meeting point {meeting}" if meeting else "the centre"
        if np.isnan(walk_m):
            yield row | {
                "rule": "unreachable",
                "why": f"no way on foot from its entrance to {where} of its grid",
                "remedy": "draw the missing walkway or gate, or open a closed one",
            }
        elif walk_m > limit:
            yield row | {
                "rule": "walking_limit",
                "value": walk_m,
                "limit": limit,
                "why": f"{walk_m:.0f} m to {where}, beyond {limit:.0f} m",
                "remedy": "move the meeting point nearer to it"
                if meeting
                else remedies.get(atom, "open a gate on the way, or allow smaller grids"),
            }


def _parts(grids: gpd.GeoDataFrame, level: Level) -> Iterator[Row]:
    counts = shapely.get_num_geometries(grids.geometry.to_numpy())
    for code, count in zip(grids["code"], counts, strict=True):
        if count > 1:
            yield {
                "level": level,
                "code": code,
                "rule": "two_parts",
                "value": count,
                "limit": 1,
                "severity": "information",
                "why": "its parts are joined by a bridge, or lie apart in the input",
                "remedy": "none is needed; draw the barrier otherwise if they should not be one",
            }


def _locks(atoms: gpd.GeoDataFrame, level: Level, locks: pd.DataFrame) -> Iterator[Row]:
    """List locks whose buildings or cells lie in several grids of the level."""
    own = locks[locks["level"].fillna("large").replace("", "large") == level]
    names = atoms["building_id"].where(atoms["building_id"].fillna("") != "", atoms["atom_id"])
    for grid, members in own.groupby("grid", sort=True):
        codes = atoms.loc[names.isin(members["building_id"]), f"{level}_code"].value_counts()
        if len(codes) > 1:
            yield {
                "level": level,
                "code": min(codes.index[codes == codes.max()]),
                "rule": "lock",
                "value": len(codes),
                "limit": 1,
                "severity": "error",
                "why": f"what is locked together as {grid} lies in {len(codes)} grids",
                "remedy": "lock only what touches and fits one grid together",
            }


def _compounds(atoms: gpd.GeoDataFrame, rules: Rules) -> Iterator[Row]:
    """List compounds that would fit one large grid and lie in several."""
    most = rules.large.soft_households[1]
    base = atoms[(atoms["special"].fillna("") == "") & (atoms["compound"].fillna("") != "")]
    for (_, compound), own in base.groupby(["community_code", "compound"], sort=True):
        shares = own.groupby("large_code")["households"].sum().sort_index()
        if len(shares) > 1 and shares.sum() <= most:
            yield {
                "level": "large",
                "code": shares.idxmax(),
                "rule": "compound_split",
                "value": len(shares),
                "limit": 1,
                "severity": "warning",
                "why": f"the compound {compound} lies in {len(shares)} large grids",
                "remedy": "lock its buildings together, or widen the range of large grids",
            }


def _stairwells(atoms: gpd.GeoDataFrame, rules: Rules) -> Iterator[Row]:
    high = rules.micro.hard_households[1]
    base = atoms[atoms["special"].fillna("") == ""]
    large = base[base["households"] > high]
    for atom, code, households in zip(
        large["atom_id"], large["micro_code"], large["households"], strict=True
    ):
        yield {
            "level": "atom",
            "code": code,
            "rule": "stairwell_above_limit",
            "atom_id": atom,
            "value": households,
            "limit": high,
            "severity": "warning",
            "why": "one stairwell, or a building whose stairwells nobody gave, is above the limit",
            "remedy": "give its number of stairwells, so that it can be split",
        }
