"""Check what one layer says of another: buildings named, numbers of stairwells, categories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gis.faults import Fault, Severity
from gis.tables import BARRIER_CROSSABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.check_context import Context

__all__ = ["CHECKS"]

_GRID_CODE: Final = re.compile(r"[0-9]{12}([0-9]{3}|[0-9]{5})")
_LEVELS: Final = ("large", "micro")


def unknown_buildings(context: Context) -> Iterator[Fault]:
    """Report rows that name a building nobody gave."""
    buildings, cells = _known(context, "buildings"), _known(context, "cells")
    rules: tuple[tuple[str, set[str], Severity], ...] = (
        ("entrances", buildings, "error"),
        ("locks", buildings | cells, "error"),
        ("addresses", buildings, "warning"),
    )
    for layer, known, severity in rules:
        for row, value in context.table(layer)["building_id"].dropna().items():
            if known and value not in known:
                remedy = "correct the id"
                if layer == "addresses":
                    remedy += ", or leave it empty: the building is then found by the point"
                yield Fault(
                    layer, "no building has this id", remedy, row=_row(row), column="building_id",
                    value=value, severity=severity, kind="unknown-building",
                )  # fmt: skip


def stairwells(context: Context) -> Iterator[Fault]:
    """Report stairwell numbers above what the building has."""
    buildings = context.table("buildings").dropna(subset=["building_id", "stairwells"])
    has = dict(zip(buildings["building_id"], buildings["stairwells"], strict=True))
    for layer in ("addresses", "entrances"):
        table = context.table(layer).dropna(subset=["building_id", "stairwell"])
        pairs = zip(table.index, table["building_id"], table["stairwell"], strict=True)
        for row, building, number in pairs:
            if building in has and number > has[building]:
                yield Fault(
                    layer, f"building {building!r} has only {has[building]} stairwells",
                    "correct the stairwell, or the building's stairwells", row=_row(row),
                    column="stairwell", value=str(number), severity="warning",
                    kind="unknown-stairwell",
                )  # fmt: skip


def lock_levels(context: Context) -> Iterator[Fault]:
    """Report locks of a level that is none."""
    for row, value in context.table("locks")["level"].dropna().items():
        if value not in _LEVELS:
            yield Fault(
                "locks", "level is neither large nor micro", "write large or micro",
                row=_row(row), column="level", value=value, kind="bad-level",
            )  # fmt: skip


def barrier_kinds(context: Context) -> Iterator[Fault]:
    """Report kinds of barriers that no rule is known for."""
    table = context.table("barriers")
    for row, value in table["kind"].dropna().items():
        known = value.strip().casefold() in BARRIER_CROSSABLE
        if not known and pd.isna(table.loc[row, "crossable"]):
            yield Fault(
                "barriers", "no rule is known for this kind; it is taken as impassable",
                f"use one of {', '.join(sorted(BARRIER_CROSSABLE))}, or fill crossable",
                row=_row(row), column="kind", value=value, severity="warning",
                kind="unknown-barrier",
            )  # fmt: skip


def served(context: Context) -> Iterator[Fault]:
    """Report people who serve nothing that is known."""
    communities = context.table("communities")
    buildings = context.table("buildings")
    names: set[str] = set()
    for table, column in (
        (communities, "name"), (communities, "community_code"), (buildings, "building_id"),
        (buildings, "compound"), (context.table("compounds"), "name"),
        (context.table("cells"), "cell_id"), (context.table("special_sites"), "name"),
    ):  # fmt: skip
        names |= set(table[column].dropna())
    for row, value in context.table("people")["serves"].dropna().items():
        building, _, number = value.rpartition("/")
        known = value in names or (building in names and number.strip().isdigit())
        if not known and not _GRID_CODE.fullmatch(value):
            yield Fault(
                "people", "serves names nothing that is known",
                "name a community, compound, building, building/stairwell or grid code",
                row=_row(row), column="serves", value=value, severity="warning",
                kind="unknown-served",
            )  # fmt: skip


def categories(context: Context) -> Iterator[Fault]:
    """Say which categories of facilities the profile does not ask for."""
    access = context.rules.access
    values = context.table("facilities")["category"].dropna()
    for value, rows in sorted(values.groupby(values).groups.items()):
        if value not in access:
            yield Fault(
                "facilities", f"the profile asks for no such category ({len(rows)} rows)",
                "add it to the profile's access list if it should be within reach",
                row=_row(rows[0]), column="category", value=str(value), severity="information",
                kind="unknown-category",
            )  # fmt: skip


def aliases(context: Context) -> Iterator[Fault]:
    """Report other names of addresses that are not in the table."""
    table = context.table("addresses")
    known = set(table["address"].dropna())
    for row, value in table["alias_of"].dropna().items():
        if value not in known:
            yield Fault(
                "addresses", "alias_of names no address of the table",
                "write the address as it stands in the table", row=_row(row), column="alias_of",
                value=value, severity="warning", kind="unknown-alias",
            )  # fmt: skip


def _known(context: Context, layer: str) -> set[str]:
    key = "building_id" if layer == "buildings" else "cell_id"
    return set(context.table(layer)[key].dropna())


def _row(label: Any) -> int:
    return int(label)


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (
    unknown_buildings,
    stairwells,
    lock_levels,
    barrier_kinds,
    served,
    categories,
    aliases,
)
