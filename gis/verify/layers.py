"""Check that a plan has every layer and column, sane values and unique ids."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import BadRules
from gis.plan_data import digest
from gis.rules import Rules
from gis.tables import COUNTED_PREFIX, INPUT_LAYERS, PLAN_LAYERS
from gis.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gis.plan_data import Plan
    from gis.tables import Column, Geometry, Layer

__all__ = ["check_digest", "check_ids", "check_layers", "check_values"]

_DIMENSIONS: Final = {"point": 0, "line": 1, "polygon": 2}

#: Columns that hold one of a few words.
_WORDS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("atoms", "kind"): frozenset({"home", "ground"}),
    ("large_grids", "kind"): frozenset({"base", "special"}),
    ("micro_grids", "kind"): frozenset({"base", "special"}),
    ("centres", "level"): frozenset({"large", "micro"}),
    ("circles", "level"): frozenset({"large", "micro"}),
    ("unreached", "level"): frozenset({"large", "micro"}),
    ("unreached", "why"): frozenset({"too far", "no gate", "unreachable"}),
    ("access", "status"): frozenset({"served", "not served", "unreachable", "no data"}),
    ("violations", "level"): frozenset({"large", "micro", "atom"}),
    ("violations", "severity"): frozenset({"error", "warning", "information"}),
    ("lineage", "change"): frozenset("USMX"),
    ("addresses", "match"): frozenset({"given", "inside", "nearest", "alias", "none"}),
    ("people", "level"): frozenset(
        {"community", "large", "compound", "micro", "building", "stairwell", "none"}
    ),
}

#: Columns of the plan's own layers that may be below zero: coordinates.
_SIGNED: Final = frozenset({"entrance_x", "entrance_y", "value", "limit"})

#: Columns that every row has and that may be empty: the grid of a feature outside every grid.
_EMPTY: Final = frozenset({("counts", "code"), ("info", "value")})

#: Columns that a carried input has beside its own, and those of them that every row has: a
#: community its code, a building its households; a building outside has no community.
_ADDED: Final[Mapping[str, tuple[str, ...]]] = {
    "communities": ("community_code",),
    "buildings": ("community_code", "households"),
    "cells": ("community_code", "households"),
}
_FILLED: Final = frozenset(
    {("communities", "community_code"), ("buildings", "households"), ("cells", "households")}
)

#: Layers whose rows may have no geometry: the circle of a centre that no way reaches, or that the
#: rules do not draw.
_MAY_BE_EMPTY: Final = frozenset({"circles"})

_INFO_KEYS: Final = ("plan_id", "rules", "households")


def check_layers(plan: Plan) -> Iterator[Finding]:
    """Check layers, columns, their types, and that what must be filled is."""
    if not plan.crs.is_projected or {axis.unit_name for axis in plan.crs.axis_info} != {"metre"}:
        yield Finding("layers", "the CRS does not measure in metres", plan.crs.name)
    for name, layer in PLAN_LAYERS.items():
        if name not in plan.layers:
            yield Finding("layers", "the layer is missing", name)
        else:
            yield from _columns(plan[name], layer)
            yield from _geometry(plan, name, layer)
    if "communities" not in plan.layers or plan["communities"].empty:
        yield Finding("layers", "the layer is missing or empty", "communities")
    for name in sorted(set(plan.layers) - set(PLAN_LAYERS)):
        yield from _carried(plan, name)


def check_ids(plan: Plan) -> Iterator[Finding]:
    """Check that ids are unique and that info can be read."""
    for name, key in (
        ("atoms", ["atom_id"]),
        ("large_grids", ["code"]),
        ("micro_grids", ["code"]),
        ("adjacency", ["atom_a", "atom_b"]),
        ("centres", ["code"]),
        ("circles", ["code", "minutes"]),
        ("unreached", ["code", "minutes", "atom_id"]),
        ("access", ["atom_id", "category"]),
        ("info", ["key"]),
        ("communities", ["community_code"]),
        ("buildings", ["building_id"]),
        ("cells", ["cell_id"]),
    ):
        table = plan.layers.get(name)
        if table is None:
            continue
        twice = table.loc[table.duplicated(key), key].drop_duplicates()
        for row in twice.itertuples(index=False):
            yield Finding("ids", f"{name} lists it more than once", " ".join(map(str, row)))
    both = set(plan["large_grids"]["code"]) & set(plan["micro_grids"]["code"])
    for code in sorted(both):
        yield Finding("ids", "a large grid and a micro-grid share the code", code)
    yield from _info(plan)


def check_values(plan: Plan) -> Iterator[Finding]:
    """Check that numbers are finite and not negative, and words those of the contract."""
    for name, layer in PLAN_LAYERS.items():
        table = plan[name]
        for column in layer.columns:
            values = table[column.name].dropna()
            if column.kind in {"integer", "number"} and column.name not in _SIGNED:
                plain = values.to_numpy(dtype=np.float64)
                if not np.isfinite(plain).all() or (plain < 0).any():
                    yield Finding("values", f"{column.name} is negative or not a number", name)
            known = _WORDS.get((name, column.name))
            for word in sorted(set(values) - known) if known else ():
                yield Finding("values", f"{column.name} says {str(word)[:40]!r}", name)
            if column.required and (name, column.name) not in _EMPTY and (values == "").any():
                yield Finding("values", f"{column.name} is empty", name)


def check_digest(plan: Plan) -> Iterator[Finding]:
    """Check that the content is what the plan id was computed from."""
    found = digest(plan.layers)
    if found != plan.plan_id:
        yield Finding("digest", f"the content's digest is {found[:12]}…", plan.plan_id[:12] + "…")


def _carried(plan: Plan, name: str) -> Iterator[Finding]:
    """Check a layer that the plan carries as it was read: a known input, or a counted layer."""
    if name.startswith(COUNTED_PREFIX):
        if len(plan[name]) and not hasattr(plan[name], "geometry"):
            yield Finding("layers", "the layer has no geometry", name)
    elif name in INPUT_LAYERS:
        yield from _columns(plan[name], INPUT_LAYERS[name])
        for column in _ADDED.get(name, ()):
            if column not in plan[name].columns:
                yield Finding("layers", f"the column {column} is missing", name)
            elif (name, column) in _FILLED and plan[name][column].isna().any():
                yield Finding("layers", f"{column} is missing in some rows", name)
        if name in _ADDED:
            yield from _shapes(plan, name, INPUT_LAYERS[name].geometry)
        elif INPUT_LAYERS[name].geometry and not hasattr(plan[name], "geometry"):
            yield Finding("layers", "the layer has no geometry", name)


def _columns(table: Any, layer: Layer) -> Iterator[Finding]:
    for column in layer.columns:
        if column.name not in table.columns:
            yield Finding("layers", f"the column {column.name} is missing", layer.name)
            continue
        values = table[column.name]
        if not _is_kind(values, column):
            yield Finding("layers", f"{column.name} is not {column.kind}", layer.name)
        elif column.required and values.isna().any():
            missing = int(values.isna().sum())
            yield Finding("layers", f"{column.name} is missing in some rows", layer.name, missing)


def _is_kind(values: Any, column: Column) -> bool:
    if values.isna().all():
        return True
    types = pd.api.types
    if column.kind == "integer":
        return types.is_integer_dtype(values)
    if column.kind == "number":
        return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    if column.kind == "boolean":
        return types.is_bool_dtype(values)
    return all(isinstance(value, str) for value in values.dropna())


def _geometry(plan: Plan, name: str, layer: Layer) -> Iterator[Finding]:
    if layer.geometry_required:
        yield from _shapes(plan, name, layer.geometry)


def _shapes(plan: Plan, name: str, kinds: frozenset[Geometry]) -> Iterator[Finding]:
    """Check that a layer's geometry is there, valid, of its kind, and in the plan's CRS."""
    table: Any = plan[name]
    if getattr(table, "_geometry_column_name", None) not in table.columns:
        yield Finding("layers", "the layer has no geometry", name)
        return
    if len(table) and table.crs != plan.crs:
        yield Finding("layers", "the layer is not in the plan's CRS", name)
    shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
    allowed = {_DIMENSIONS[kind] for kind in kinds}
    dimensions = shapely.get_dimensions(shapes)
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bad = ~none & ~(shapely.is_valid(shapes) & np.isin(dimensions, sorted(allowed)))
    if name not in _MAY_BE_EMPTY:
        bad |= none
    if bad.any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(bad)[:5])
        yield Finding("layers", f"geometry is missing or not valid in rows {rows}", name)


def _info(plan: Plan) -> Iterator[Finding]:
    info = plan.info
    for key in _INFO_KEYS:
        if key not in info:
            yield Finding("info", "the key is missing", key)
    try:
        Rules.from_json(info.get("rules", "{}"))
    except (BadRules, ValueError, AttributeError) as error:
        yield Finding("info", f"no rules: {str(error)[:60]}", "rules")
    for key, kind in (("households", int), ("failed", str)):
        try:
            values = json.loads(info.get(key, "{}"))
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(isinstance(v, kind) for v in values.values()):
            yield Finding("info", "not a value for each community", key)
