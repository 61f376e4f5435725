"""Recompute which rules a plan breaks, and hold that against what it lists."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis.verify.finding import Finding
from gis.verify.view import LEVELS, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.rules import Level
    from gis.verify.view import View

__all__ = ["PROVEN", "RULES", "check_rules", "check_violation_counts"]

#: Rules that can be proved from the plan alone, and the severity each is listed with.
RULES: Final = {
    "hard_households": "error",
    "soft_households": "warning",
    "walking_limit": "warning",
    "unreachable": "warning",
    "compound_split": "warning",
    "stairwell_above_limit": "warning",
    "two_parts": "information",
}

#: How the reason of a hard rule begins that no plan could keep; it is a warning then.
PROVEN: Final = "proven unavoidable"

#: A stated value may be off by this, and a walk this near its limit counts either way.
OFF: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Broken:
    """A rule that does not hold: `codes` are those a row may name."""

    level: str
    rule: str
    codes: tuple[str, ...]
    atom: str = ""
    value: float | None = None
    limit: float | None = None
    hint: str = ""
    sure: bool = True


def check_rules(view: View) -> Iterator[Finding]:
    """Check that each broken rule is listed once, and that each listed one is broken."""
    expected = [
        *_households(view),
        *_walks(view),
        *_compounds(view),
        *_stairwells(view),
        *_parts(view),
    ]
    listed = view.plan["violations"]
    rows = [
        (str(row.level), str(row.code), str(row.rule), "" if pd.isna(row.atom_id) else row.atom_id)
        for row in listed.itertuples()
    ]
    free = {place for place, row in enumerate(rows) if row[2] in RULES}
    for broken in sorted(expected, key=lambda b: (not b.sure, len(b.codes), b.codes, b.atom)):
        fits = [
            place
            for place in sorted(free)
            if (rows[place][0], rows[place][2], rows[place][3])
            == (broken.level, broken.rule, broken.atom)
            and rows[place][1] in broken.codes
        ]
        if not fits:
            if broken.sure:
                where = f"{broken.codes[0]} {broken.atom}".strip()
                yield Finding("rules", f"{broken.rule} is not listed", where, broken.value)
            continue
        why = listed["why"]
        chosen = next((p for p in fits if broken.hint and broken.hint in why.iloc[p]), fits[0])
        free.discard(chosen)
        yield from _row(view, chosen, broken)
    for place in sorted(free):
        level, code, rule, atom = rows[place]
        where = f"{code} {atom}".strip()
        yield Finding("rules", f"{rule} ({level}) is listed, yet it holds", where)


def check_violation_counts(view: View) -> Iterator[Finding]:
    """Check that grids count the rows that name them."""
    named = Counter(view.plan["violations"]["code"])
    for level in LEVELS:
        for code, stated in view.grids[level]["violations"].items():
            if stated != named[code]:
                what = "violations is not the number of rows that name it"
                yield Finding("violation_counts", what, str(code), float(stated), named[code])


def _row(view: View, place: int, broken: _Broken) -> Iterator[Finding]:
    """Check the severity and the value of a row that is rightly there."""
    row = view.plan["violations"].iloc[place]
    right = RULES[broken.rule]
    if broken.rule == "hard_households" and str(row["why"]).startswith(PROVEN):
        right = "warning"
    where = f"{row['code']} {broken.atom}".strip()
    if row["severity"] != right:
        yield Finding("rules", f"{broken.rule} is {row['severity']}, not {right}", where)
    for name, value in (("value", broken.value), ("limit", broken.limit)):
        stated = float("nan") if pd.isna(row[name]) else float(row[name])
        if value is not None and not abs(stated - value) <= OFF:
            yield Finding("rules", f"{broken.rule} has a wrong {name}", where, stated, value)


def _households(view: View) -> Iterator[_Broken]:
    for level in LEVELS:
        rules = view.rules.level(level)
        ranges = {
            "hard_households": rules.hard_households,
            "soft_households": rules.soft_households,
        }
        sums = view.atoms.groupby(f"{level}_code")["households"].sum()
        for code in _base(view, level):
            total = int(sums.get(code, 0))
            for rule, (low, high) in ranges.items():
                if not low <= total <= high:
                    limit = low if total < low else high
                    yield _Broken(level, rule, (code,), value=total, limit=limit)
                    break


def _walks(view: View) -> Iterator[_Broken]:
    for level in LEVELS:
        limit = view.rules.level(level).walk_limit_m
        base = set(_base(view, level))
        walks = numbers(view.atoms[f"walk_{level}_m"])
        table = view.atoms[["atom_id", "households", f"{level}_code"]]
        for (atom, count, code), walk in zip(table.itertuples(index=False), walks, strict=True):
            # Nobody walks home to a shop: only atoms with households are measured.
            if count == 0 or code not in base:
                continue
            if np.isnan(walk):
                yield _Broken(level, "unreachable", (code,), atom)
            elif walk > limit - OFF:
                sure = walk > limit + OFF
                yield _Broken(level, "walking_limit", (code,), atom, float(walk), limit, sure=sure)


def _compounds(view: View) -> Iterator[_Broken]:
    """Find compounds that would fit in one large grid, yet lie in several."""
    most = view.rules.large.soft_households[1]
    base = view.atoms["large_code"].isin(_base(view, "large"))
    homes = view.atoms[(view.atoms["kind"] == "home") & base & (view.atoms["compound"] != "")]
    for (_, name), atoms in homes.groupby(["community_code", "compound"], sort=True):
        held = atoms.groupby("large_code")["households"].sum()
        if len(held) > 1 and held.sum() <= most:
            codes = tuple(sorted(held.index[held == held.max()]))
            yield _Broken("large", "compound_split", codes, hint=str(name))


def _stairwells(view: View) -> Iterator[_Broken]:
    limit = view.rules.micro.hard_households[1]
    base = view.atoms["micro_code"].isin(_base(view, "micro"))
    above = view.atoms[base & (view.atoms["households"] > limit)]
    for atom, micro, large, count in above[
        ["atom_id", "micro_code", "large_code", "households"]
    ].itertuples(index=False):
        codes = (micro, large)
        yield _Broken("atom", "stairwell_above_limit", codes, atom, float(count), limit)


def _parts(view: View) -> Iterator[_Broken]:
    for level in LEVELS:
        for code, atoms in view.members(level).items():
            parts = shapely.get_num_geometries(shapely.union_all(view.cells[atoms]))
            if parts > 1:
                yield _Broken(level, "two_parts", (code,), value=float(parts))


def _base(view: View, level: Level) -> list[str]:
    kinds = view.grids[level]["kind"]
    return [str(code) for code in kinds.index[kinds == "base"]]
