"""Prove from a plan file alone that the plan holds what every plan must hold.

Nothing here knows how plans are made: borders, households, connections and broken rules are
computed again from the cells, the adjacency table and the rules that the file carries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.io.plan_file import read_plan
from gis.verify.borders import check_adjacency
from gis.verify.codes import check_codes
from gis.verify.contiguity import check_attached, check_contiguity
from gis.verify.coverage import check_coverage, check_grid_shapes
from gis.verify.finding import Finding
from gis.verify.footprints import check_footprints
from gis.verify.households import check_buildings, check_communities, check_grid_counts
from gis.verify.inputs import verify_inputs
from gis.verify.layers import check_digest, check_ids, check_layers, check_values
from gis.verify.living import check_access, check_circles, check_loads
from gis.verify.nesting import check_atoms, check_nesting, check_special
from gis.verify.passages import check_passages
from gis.verify.references import check_counts, check_references
from gis.verify.rules import check_rules, check_violation_counts
from gis.verify.view import look
from gis.verify.walks import check_centres, check_grid_walks, check_walks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gis.inputs import Inputs
    from gis.plan_data import Plan
    from gis.verify.view import View

__all__ = ["Finding", "verify", "verify_file", "verify_inputs", "verify_structure"]

#: Without these the plan cannot be read any further.
_FIRST: Final[tuple[Callable[[Plan], Iterator[Finding]], ...]] = (check_layers, check_ids)

_CHECKS: Final[tuple[Callable[[View], Iterator[Finding]], ...]] = (
    check_nesting,
    check_special,
    check_atoms,
    check_references,
    check_counts,
    check_codes,
    check_communities,
    check_buildings,
    check_grid_counts,
    check_coverage,
    check_grid_shapes,
    check_footprints,
    check_adjacency,
    check_passages,
    check_attached,
    check_contiguity,
    check_centres,
    check_walks,
    check_grid_walks,
    check_circles,
    check_access,
    check_loads,
    check_rules,
    check_violation_counts,
)


#: What look-ups rely on: each thing in one grid, each code known, the cells a coverage.
_STRUCTURE: Final[tuple[Callable[[View], Iterator[Finding]], ...]] = (
    check_nesting,
    check_references,
    check_codes,
    check_coverage,
)


def verify_structure(plan: Plan) -> tuple[Finding, ...]:
    """Prove of a plan what look-ups rely on; a share of the work of `verify`.

    That its layers, ids and values are those of the contract and of its plan id, that each atom
    lies in one micro-grid and each of these in one large grid, that codes are known and in
    order, and that the cells tile each community.

    Returns
    -------
    What does not hold; empty where all of it does.
    """
    for check in _FIRST:
        broken = tuple(check(plan))
        if broken:
            return broken
    findings = [*check_values(plan), *check_digest(plan)]
    view = look(plan)
    for prove in _STRUCTURE:
        findings += prove(view)
    return tuple(findings)


def verify(plan: Plan, *, inputs: Inputs | None = None) -> tuple[Finding, ...]:
    """Prove a plan, or say what it fails to hold.

    Layers and ids come first: where one is missing or doubled nothing further is checked, as
    nothing further could be said for sure.

    Parameters
    ----------
    plan
        The plan to prove.
    inputs
        What it says it was made from; then files, households, cells, borders and walks are held
        against it too (`verify_inputs`).

    Returns
    -------
    What does not hold, in the order of the checks; empty where all is proven.

    Examples
    --------
    >>> import pandas as pd
    >>> from pyproj import CRS
    >>> from gis.plan_data import Plan
    >>> info = pd.DataFrame({"key": ["plan_id"], "value": ["0"]})
    >>> print(verify(Plan(layers={"info": info}, crs=CRS(32650)))[0])
    layers large_grids: the layer is missing
    """
    for check in _FIRST:
        broken = tuple(check(plan))
        if broken:
            return broken
    findings = [*check_values(plan), *check_digest(plan)]
    view = look(plan)
    for prove in _CHECKS:
        findings += prove(view)
    if inputs is not None:
        findings += verify_inputs(plan, inputs)
    return tuple(findings)


def verify_file(path: str | Path, *, inputs: Inputs | None = None) -> tuple[Finding, ...]:
    """Prove the plan in a file.

    Raises
    ------
    NotAPlan
        If the file does not hold a plan at all.
    """
    return verify(read_plan(path), inputs=inputs)
