"""Check what the tables say: presence, numbers, identity, codes, dates, phones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd
import shapely

from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.check_context import Context

__all__ = ["CHECKS"]

#: Least and most of a sane value. The tallest inhabited buildings have some 165 floors.
_RANGES: Final = {
    ("communities", "households"): (0, 50_000),
    ("buildings", "households"): (0, 2_000),
    ("buildings", "residents"): (0, 10_000),
    ("buildings", "stairwells"): (1, 100),
    ("buildings", "floors"): (1, 250),
    ("cells", "households"): (0, 5_000),
    ("cells", "residents"): (0, 20_000),
    ("entrances", "stairwell"): (1, 100),
    ("addresses", "stairwell"): (1, 100),
    ("facilities", "capacity"): (0, 1_000_000),
}
_UNIQUE: Final = (
    ("buildings", "building_id"),
    ("cells", "cell_id"),
    ("communities", "community_code"),
)
_CODE: Final = re.compile(r"[0-9]{12}")
_PHONE: Final = re.compile(r"[+(]?[0-9][0-9()\- ]{4,22}(转[0-9]{1,6}| ?ext\.? ?[0-9]{1,6})?")
#: Four times what would fit: 20 m2 a household on every floor.
_CROWDED_M2: Final = 5.0
_TALL: Final = 60
_OFF_TOTAL: Final = 0.2
_UNREAD: Final = frozenset({"undecodable-text", "merged-cells", "bad-header", "too-many-rows"})


def missing_layers(context: Context) -> Iterator[Fault]:
    """Report that there is nothing to plan, or nowhere to plan it in."""
    unread = {
        fault.layer
        for fault in context.inputs.faults
        if fault.kind in _UNREAD or fault.kind == "unreadable-file"
    }
    given = {*context.inputs.layers, *unread}
    if "communities" not in given:
        yield Fault(
            "communities", "the layer is missing", "give the boundary of at least one community",
            kind="missing-layer",
        )  # fmt: skip
    if not {"buildings", "cells"} & given:
        yield Fault(
            "buildings", "neither buildings nor cells are given",
            "give footprints with building_id, or your own smallest areas as cells",
            kind="missing-layer",
        )  # fmt: skip


def empty_layers(context: Context) -> Iterator[Fault]:
    """Report layers that were given without a row."""
    layers = context.inputs.layers
    homes = any(context.inputs.has(name) for name in ("buildings", "cells"))
    for name, table in layers.items():
        if len(table):
            continue
        needed = name == "communities" or (name in ("buildings", "cells") and not homes)
        yield Fault(
            name, "the layer is empty",
            "export it again with its rows" if needed else "leave it out, or fill it",
            severity="error" if needed else "warning", kind="empty-layer",
        )  # fmt: skip


def both_homes(context: Context) -> Iterator[Fault]:
    """Say which of buildings and cells is planned by where both are given."""
    if context.inputs.has("buildings") and context.inputs.has("cells"):
        yield Fault(
            "cells", "cells and buildings are both given", "leave out what is not to be planned by",
            severity="warning", kind="buildings-and-cells",
        )  # fmt: skip


def ranges(context: Context) -> Iterator[Fault]:
    """Report numbers that no community has."""
    for (layer, name), (low, high) in _RANGES.items():
        values = context.table(layer)[name]
        for row, value in values[values.lt(low) | values.gt(high)].items():
            negative = value < 0
            yield Fault(
                layer,
                f"{name} is negative" if negative else f"{name} is not between {low} and {high:,}",
                f"give a count of {low} to {high:,}, or leave it empty if unknown",
                row=_row(row), column=name, value=str(value),
                kind=f"{'negative' if negative else 'absurd'}-{name}",
            )  # fmt: skip


def crowded(context: Context) -> Iterator[Fault]:
    """Report buildings with more households than could ever fit in."""
    buildings = context.placed("buildings")
    area = shapely.area(buildings.geometry.to_numpy())
    floors = buildings["floors"].where(buildings["floors"].between(1, 250)).fillna(_TALL)
    room = (area * floors.to_numpy(dtype=float)) / _CROWDED_M2
    households = buildings["households"].fillna(0).to_numpy(dtype=float)
    for k in ((area > 0) & (households > room) & (households > 1)).nonzero()[0]:
        tall = buildings["floors"].iloc[k]
        yield Fault(
            "buildings",
            f"more households than fit: the footprint is {area[k]:.0f} m2 on "
            f"{'at most 60' if pd.isna(tall) else tall} floors",
            "correct the households, the floors or the footprint",
            row=_row(buildings.index[k]), column="households", value=str(int(households[k])),
            kind="crowded-building",
        )  # fmt: skip


def duplicates(context: Context) -> Iterator[Fault]:
    """Report names that must be unique and are not."""
    for layer, name in _UNIQUE:
        values = context.table(layer)[name].dropna()
        first = {value: row for row, value in reversed(list(values.items()))}
        for row, value in values[values.duplicated()].items():
            yield Fault(
                layer, f"{name} was used already in row {first[value]}",
                "give every row its own, or delete the repeated one",
                row=_row(row), column=name, value=str(value), kind="duplicate-id",
            )  # fmt: skip
    names = context.table("communities")["name"].dropna()
    for row, value in names[names.duplicated()].items():
        yield Fault(
            "communities", "another community has the same name", "tell them apart by name",
            row=_row(row), column="name", value=str(value), severity="warning", kind="same-name",
        )  # fmt: skip


def codes(context: Context) -> Iterator[Fault]:
    """Report community codes that are not 12 digits, and those that will be made up."""
    values = context.table("communities")["community_code"]
    for row, value in values.items():
        if pd.isna(value):
            yield Fault(
                "communities", "has no community_code", "one that starts with 99 is made up",
                row=_row(row), column="community_code", severity="information", kind="made-up-code",
            )  # fmt: skip
        elif not _CODE.fullmatch(value):
            yield Fault(
                "communities", "community_code is not 12 digits",
                "give the statistical code of the community, as text so that no zero is lost",
                row=_row(row), column="community_code", value=str(value), kind="bad-code",
            )  # fmt: skip


def unknown_households(context: Context) -> Iterator[Fault]:
    """Say how many households will be estimated."""
    for layer in ("buildings", "cells"):
        missing = context.table(layer)["households"].isna()
        if missing.any():
            yield Fault(
                layer, f"{int(missing.sum()):,} of {len(missing):,} rows have no households",
                "they will be estimated and flagged", row=_row(missing.idxmax()),
                column="households", severity="information", kind="households-estimated",
            )  # fmt: skip


def totals(context: Context) -> Iterator[Fault]:
    """Report communities whose known total is far from what their buildings add up to."""
    communities = context.placed("communities")
    layer = "buildings" if context.inputs.has("buildings") else "cells"
    homes = context.placed(layer)
    tree = shapely.STRtree(shapely.point_on_surface(homes.geometry.to_numpy()))
    shapes = communities.geometry.to_numpy()
    for row, known, shape in zip(communities.index, communities["households"], shapes, strict=True):
        inside = homes.iloc[tree.query(shape, predicate="intersects")]["households"]
        if pd.isna(known) or known <= 0 or inside.empty:
            continue
        total = int(inside.sum())
        whole = not inside.isna().any()
        if total > known * (1 + _OFF_TOTAL) or (whole and total < known * (1 - _OFF_TOTAL)):
            yield Fault(
                "communities", f"its {layer} add up to {total:,} households, not {known:,}",
                "correct the total or the counts", row=_row(row), column="households",
                value=str(known), severity="warning", kind="total-differs",
            )  # fmt: skip


def phones(context: Context) -> Iterator[Fault]:
    """Report phones that nobody could dial; private ones are not spelled out."""
    people = context.table("people")
    for name in ("duty_phone", "private_phone"):
        for row, value in people[name].dropna().items():
            digits = sum(char.isdigit() for char in value)
            if _PHONE.fullmatch(value) and 5 <= digits <= 17:  # noqa: PLR2004
                continue
            shown = value if name == "duty_phone" else re.sub(r"[0-9]", "*", value)
            yield Fault(
                "people", f"{name} is not a phone number", "give digits, such as 025-12345678",
                row=_row(row), column=name, value=shown, severity="warning", kind="bad-phone",
            )  # fmt: skip


def terms(context: Context) -> Iterator[Fault]:
    """Report people whose term ends before it begins."""
    people = context.table("people")
    since, until = people["since"], people["until"]
    for row in people.index[(since.notna() & until.notna() & (until < since)).to_numpy(bool)]:
        yield Fault(
            "people", f"until is before since ({since[row]})", "correct one of the two dates",
            row=_row(row), column="until", value=str(until[row]), kind="until-before-since",
        )  # fmt: skip


def _row(label: object) -> int:
    return int(str(label))


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (
    missing_layers,
    empty_layers,
    both_homes,
    ranges,
    crowded,
    duplicates,
    codes,
    unknown_households,
    totals,
    phones,
    terms,
)
