"""Check whether inputs can be planned, and report every fault at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gis import (
    check_datum,
    check_geometry,
    check_links,
    check_network,
    check_slivers,
    check_values,
)
from gis.check_context import prepare
from gis.conform import capped
from gis.errors import InputFaults
from gis.faults import has_errors, sort_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.faults import Fault
    from gis.inputs import Inputs
    from gis.rules import Rules

__all__ = ["check", "require"]

_CHECKS: Final = (
    *check_values.CHECKS,
    *check_geometry.CHECKS,
    *check_slivers.CHECKS,
    *check_links.CHECKS,
    *check_network.CHECKS,
    *check_datum.CHECKS,
)
#: Faults of reading that leave a row without a shape.
_UNPLACED: Final = ("wrong-type", "wrong-geometry-text")


def check(inputs: Inputs, rules: Rules) -> tuple[Fault, ...]:
    """Return every fault of the inputs, errors first.

    Parameters
    ----------
    inputs
        As read (`gis.io.read.read_inputs`, whose faults are included) or made in code.
    rules
        The rules a plan would follow.

    Examples
    --------
    >>> from gis.inputs import Inputs
    >>> from gis.rules import Rules
    >>> faults = check(Inputs(layers={}), Rules.load())
    >>> [(fault.layer, fault.kind) for fault in faults]
    [('buildings', 'missing-layer'), ('communities', 'missing-layer')]
    """
    with np.errstate(all="ignore"):  # GEOS divides by zero inside on degenerate shapes
        context, faults = prepare(inputs, rules)
        known = [*inputs.faults, *_new(faults, inputs.faults)]
        for find in _CHECKS:
            known += capped(list(find(context)))
    return sort_faults(known)


def require(inputs: Inputs, rules: Rules) -> tuple[Fault, ...]:
    """Return the warnings of inputs that can be planned.

    Raises
    ------
    InputFaults
        If there is any error; it carries all faults.
    """
    faults = check(inputs, rules)
    if has_errors(faults):
        raise InputFaults(faults)
    return faults


def _new(faults: Iterable[Fault], before: Iterable[Fault]) -> Iterator[Fault]:
    """Leave out gaps that reading left, having reported what was there or the whole column."""
    said = {(f.layer, f.column, f.row) for f in before if f.severity == "error" and f.column}
    said |= {(f.layer, "geometry", f.row) for f in before if f.kind in _UNPLACED and f.row}
    for fault in faults:
        place = (fault.layer, fault.column)
        known = (*place, fault.row) in said or (*place, None) in said
        if not (known and fault.kind in ("missing-value", "empty-geometry")):
            yield fault
