"""Repair what can be repaired without asking, and say every change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import shapely

from gis import check_geometry, crs, fix_geometry, fix_rows, fix_walkways
from gis.changes import Change
from gis.check import check
from gis.check_context import prepare
from gis.conform_geometry import is_frame
from gis.errors import InputFaults

if TYPE_CHECKING:
    from gis.inputs import Inputs
    from gis.rules import Rules

__all__ = ["JOIN_M", "Fixed", "fix"]

#: Ends of walkways are joined to others this near, metres, unless told otherwise.
JOIN_M: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A repaired copy of inputs, and every change that made it, by layer and row."""

    inputs: Inputs
    changes: tuple[Change, ...]


def fix(inputs: Inputs, rules: Rules, *, join_m: float = JOIN_M) -> Fixed:
    """Return a repaired copy of the inputs; what needs a person's decision is left as it is.

    In this order: every layer comes into one metric CRS; invalid polygons are made valid;
    polygons lose stray pieces and holes of less than 2 m²; rows without extent and repeated rows
    go; buildings and cells outside every community go, unless most would; of buildings that lie
    over one another the larger gives way, but not so that it ends up outside; of communities, or
    cells, that overlap in a strip narrower than 1 m the later gives way, and a gap as narrow goes
    to the one it borders on most; ends of walkways that join no others are moved to the nearest
    within `join_m`, but never through a barrier that no open gate is in. Every change but
    the first answers a fault that `gis.check.check` reports of the input.

    Not repaired: a layer that as a whole lies where it cannot (`--datum`, or its CRS, mends
    that), a boundary that crosses itself by more than a slip (nothing is then held to lie outside
    it), two buildings of one outline with different households, ids used twice, and all that only
    somebody who knows the place can tell. `gis.check.check` of the copy lists what is left.

    Parameters
    ----------
    inputs
        As read.
    rules
        The rules a plan would follow.
    join_m
        How far the end of a walkway is moved at most, metres.

    Raises
    ------
    InputFaults
        If there is no community to hold the rest against, or a layer without a CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from gis.inputs import Inputs
    >>> from gis.rules import Rules
    >>> x, y = 500_000, 3_000_000
    >>> square = shapely.box(x, y, x + 90, y + 90)
    >>> home = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[square], crs=4549)
    >>> bow = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    >>> house = gpd.GeoDataFrame({"building_id": ["1"]}, geometry=[bow], crs=4549)
    >>> done = fix(Inputs(layers={"communities": home, "buildings": house}), Rules.load())
    >>> [str(change) for change in done.changes]
    ['buildings row 1: the outline crossed itself and was made valid: 40 m2']
    """
    context, _ = prepare(inputs, rules)
    if "communities" not in context.metres or "communities" in context.misplaced:
        raise InputFaults(check(inputs, rules))
    away = {name: context.inputs[name] for name in sorted(context.misplaced)}
    kept = {name: table for name, table in context.inputs.layers.items() if name not in away}
    layers: dict[str, Any] = dict(crs.to_metric(replace(context.inputs, layers=kept)).layers)
    crossed = any(
        fault.layer == "communities" and fault.severity == "error"
        for fault in check_geometry.validity(context)
    )
    changes = [*_moved(kept, layers), *fix_geometry.made_valid(kept, layers, crossed=crossed)]
    boundary = layers["communities"]
    for step in _STEPS:
        if crossed and step in _TRUSTING:
            continue
        layers, done = step(layers)
        changes += done
    layers, done = fix_walkways.joined(layers, join_m=join_m)
    changes += done
    if crossed:
        drawn = kept["communities"].to_crs(boundary.crs)
        layers["communities"] = drawn
        changes = [change for change in changes if change.layer != "communities"]
    whole = replace(context.inputs, layers=layers | away)
    return Fixed(inputs=whole, changes=tuple(sorted(changes, key=_place)))


_STEPS: Final = (
    fix_geometry.without_slivers,
    fix_rows.without_extentless,
    fix_rows.without_repeated,
    fix_rows.without_twins,
    fix_rows.without_outside,
    fix_geometry.without_overlaps,
    fix_geometry.without_strips,
    fix_geometry.without_gaps,
)
#: Steps that rest on a boundary one can trust.
_TRUSTING: Final = (
    fix_rows.without_outside,
    fix_geometry.without_strips,
    fix_geometry.without_gaps,
)


def _moved(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Say which layers came into another CRS."""
    return [
        Change(name, None, "reprojected", f"brought from {old.to_string()} into {new.to_string()}")
        for name, table in sorted(before.items())
        if is_frame(table)
        and (old := table.crs) is not None
        and (new := after[name].crs) != old
        and not shapely.is_missing(table.geometry.to_numpy()).all()
    ]


def _place(change: Change) -> tuple[str, int, str, str]:
    return change.layer, change.row or 0, change.kind, change.what
