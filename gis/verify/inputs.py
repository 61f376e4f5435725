"""Check a plan against the inputs it says it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from gis.prepare import prepare
from gis.tables import COUNTED_PREFIX, INPUT_LAYERS
from gis.verify.finding import Finding
from gis.verify.rebuild import check_rebuilt
from gis.verify.view import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.inputs import Inputs
    from gis.plan_data import Plan

__all__ = ["verify_inputs"]

_KEYS = {"buildings": "building_id", "cells": "cell_id"}


def verify_inputs(plan: Plan, inputs: Inputs) -> tuple[Finding, ...]:
    """Check a plan against its inputs: files, households, cells, borders and walks.

    Households are estimated, cells and borders built and walks measured again, by the plan's
    own rules and for the plan's own centres; nothing is partitioned.

    Parameters
    ----------
    plan
        A plan that `gis.verify.verify` finds whole.
    inputs
        What it was made from, as read.
    """
    ready = prepare(inputs, plan.rules)
    findings = [*_hashes(plan, inputs), *_totals(plan, ready), *_rows(plan, ready)]
    if ready.crs != plan.crs:
        return (*findings, Finding("input_files", "the inputs lead to another CRS", plan.crs.name))
    for layer in ("buildings", "cells"):
        if ready.has(layer):
            findings += _counts(plan, ready, layer)
    return (*findings, *check_rebuilt(plan, ready))


def _hashes(plan: Plan, inputs: Inputs) -> Iterator[Finding]:
    try:
        stated = json.loads(plan.info.get("sources", "{}"))
    except ValueError:
        stated = None
    if not isinstance(stated, dict):
        yield Finding("input_files", "info does not name the files", "sources")
        return
    for name in sorted(set(stated) | set(inputs.hashes)):
        if stated.get(name) != inputs.hashes.get(name):
            yield Finding("input_files", "not the file that the plan was made from", str(name))


def _rows(plan: Plan, ready: Inputs) -> Iterator[Finding]:
    """Check that no row of a layer was dropped or added."""
    for name in sorted({*ready.layers, *plan.layers}):
        if name not in INPUT_LAYERS and not name.startswith(COUNTED_PREFIX):
            continue
        if name == "locks" or (name == "entrances" and name not in plan.layers):
            continue
        found = len(plan.layers.get(name, ()))
        right = len(ready.layers.get(name, ()))
        if found != right:
            yield Finding("input_rows", "not as many rows as the inputs have", name, found, right)


def _totals(plan: Plan, estimated: Inputs) -> Iterator[Finding]:
    totals = json.loads(plan.info["households"])
    layer = "buildings" if estimated.has("buildings") else "cells"
    sums = estimated[layer].groupby("community_code")["households"].sum().to_dict()
    for code in sorted(totals):
        if sums.get(code, 0) != totals[code]:
            what = "its total is not that of the inputs"
            right = float(sums.get(code, 0))
            yield Finding("input_households", what, code, totals[code], right)


def _counts(plan: Plan, estimated: Inputs, layer: str) -> Iterator[Finding]:
    """Compare the rows of a layer and their households with the estimate made again."""
    key = _KEYS[layer]
    if layer not in plan.layers or key not in plan[layer].columns:
        yield Finding("input_households", "the plan does not carry the layer", layer)
        return
    right, found = (
        pd.Series(numbers(table["households"]), table[key].astype(str).to_numpy())
        for table in (estimated[layer], plan[layer])
    )
    for name in sorted(set(right.index) - set(found.index)):
        yield Finding("input_households", f"the plan has lost it from {layer}", str(name))
    for name in sorted(set(found.index) - set(right.index)):
        yield Finding("input_households", f"the inputs do not have it in {layer}", str(name))
    for name in sorted(set(found.index) & set(right.index)):
        if found[name] != right[name]:
            what = f"not the households of the inputs' {layer}"
            yield Finding("input_households", what, str(name), found[name], right[name])
