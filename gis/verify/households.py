"""Check that households add up: building by building, community by community, grid by grid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from gis.verify.finding import Finding
from gis.verify.view import LEVELS, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.verify.view import View

__all__ = ["check_buildings", "check_communities", "check_grid_counts"]


def check_communities(view: View) -> Iterator[Finding]:
    """Check that each community's atoms add up to the input's total."""
    totals: dict[str, int] = json.loads(view.plan.info["households"])
    found = view.atoms.groupby("community_code")["households"].sum().to_dict()
    for code in sorted(set(totals) | set(found) | set(view.communities)):
        if code not in totals:
            yield Finding("community_households", "info has no total of it", code)
        elif found.get(code, 0) != totals[code]:
            what = "its atoms do not add up to the input's total"
            yield Finding(
                "community_households", what, code, float(found.get(code, 0)), totals[code]
            )


def check_buildings(view: View) -> Iterator[Finding]:
    """Check that each building's atoms add up to its households, and that none is lost."""
    if view.buildings.empty:
        if (view.atoms["building_id"] != "").any():
            yield Finding("building_households", "the plan carries no buildings", "buildings")
        return
    homes = view.atoms[view.atoms["kind"] == "home"].groupby("home_id")
    found = homes["households"].sum()
    owners = homes["community_code"].first()
    known = view.buildings.set_index("home_id")
    for building in sorted(set(found.index) - set(known.index)):
        yield Finding("building_households", "atoms name a building not in the plan", building)
    right = pd.Series(numbers(known["households"]), known.index)
    planned = set(view.communities)
    for building, community in known["community_code"].items():
        name = str(building)
        if building not in found.index:
            if community in planned:
                yield Finding("building_households", "no atom holds the building", name)
            continue
        if owners[building] != community:
            what = f"its atoms lie in community {owners[building]}, it in {community}"
            yield Finding("building_households", what, name)
        if found[building] != right[building]:
            yield Finding(
                "building_households",
                "its atoms do not add up to its households",
                name,
                float(found[building]),
                float(right[building]),
            )
    yield from _stairwells(view)
    yield from _flags(view, known)


def check_grid_counts(view: View) -> Iterator[Finding]:
    """Check households, residents and buildings of each grid against its atoms."""
    for level in LEVELS:
        atoms = view.atoms.groupby(f"{level}_code")
        named = view.atoms[view.atoms["building_id"] != ""].groupby(f"{level}_code")
        for column, sums in (
            ("households", atoms["households"].sum()),
            ("residents", atoms["residents"].sum()),
            ("buildings", named["building_id"].nunique()),
        ):
            for code, stated in view.grids[level][column].items():
                right = int(sums.get(code, 0))
                if stated != right:
                    what = f"its {column} are not those of its atoms"
                    yield Finding("grid_counts", what, str(code), float(stated), right)


def _stairwells(view: View) -> Iterator[Finding]:
    """Check that split buildings are large ones, shared out as equally as whole homes can be.

    A building is split only above the micro-grid's hard limit; its stairwells are numbered
    1..k without gap, and the remainder of the households goes to the low numbers.
    """
    limit = view.rules.micro.hard_households[1]
    homes = view.atoms[view.atoms["building_id"] != ""]
    for building, parts in homes.groupby("building_id"):
        name = str(building)
        if len(parts) == 1:
            continue
        total = int(parts["households"].sum())
        if total <= limit:
            yield Finding("stairwells", "a building within the limit is split", name, total, limit)
        try:
            held = [[int(n) for n in text.split(",")] for text in parts["stairwells"]]
        except ValueError:
            yield Finding("stairwells", "its atoms do not say which stairwells they hold", name)
            continue
        numbered = sorted(n for part in held for n in part)
        count = len(numbered)
        if numbered != list(range(1, count + 1)):
            yield Finding("stairwells", "its stairwells are not each in one atom", name)
            continue
        each, rest = divmod(total, count)
        for part, atom, stated in zip(held, parts["atom_id"], parts["households"], strict=True):
            right = sum(each + (n <= rest) for n in part)
            if stated != right:
                yield Finding(
                    "stairwells", "not its share of the building", atom, float(stated), right
                )


def _flags(view: View, known: Any) -> Iterator[Finding]:
    """Check that atoms of an estimated building say so."""
    if "estimated" not in known.columns:
        return
    right = view.atoms["home_id"].map(known["estimated"])
    same = (right == view.atoms["estimated"]).fillna(value=False).astype(bool)
    for atom in view.atoms.loc[(view.atoms["kind"] == "home") & ~same, "atom_id"]:
        yield Finding("building_households", "not flagged as its building is", atom)
