"""Write down what a plan was made from and how good it is."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.partition import gap_of
from gis.plan_data import digest
from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.inputs import Inputs
    from gis.partition import Solution
    from gis.rules import Rules

__all__ = ["info", "quality"]

LIBRARIES: Final = ("geopandas", "numba", "numpy", "pyproj", "scipy", "shapely")


def info(
    ready: Inputs,
    rules: Rules,
    layers: Mapping[str, Any],
    *,
    quality: Mapping[str, Any],
    walking_method: str,
    failed: Mapping[str, str],
    created: str,
) -> pd.DataFrame:
    """Return the info layer of a plan, its identity included.

    Parameters
    ----------
    ready
        The inputs the plan was made from, households estimated.
    rules
        The rules.
    layers
        All other layers of the plan.
    quality
        Community code to what `quality` says of each level.
    walking_method
        "network" or "straight".
    failed
        Community code to why it could not be planned.
    created
        When, as text.
    """
    atoms = layers["atoms"]
    by_community = atoms.groupby("community_code", sort=True)
    communities = ready["communities"]
    made_up = communities.loc[communities["code_made_up"].astype(bool), "community_code"]
    values = {
        "rules": rules.to_json(),
        "seed": str(rules.seed),
        "effort": rules.effort,
        "source": ready.source,
        "sources": _json(dict(sorted(ready.hashes.items()))),
        "households": _json(_input_households(ready, atoms)),
        "residents": _json({code: int(own["residents"].sum()) for code, own in by_community}),
        "estimated_households": str(
            int(atoms.loc[atoms["estimated"].fillna(value=False).astype(bool), "households"].sum())
        ),
        "made_up_codes": _json(sorted(made_up)),
        "failed": _json(dict(sorted(failed.items()))),
        "walking": walking_method,
        "quality": _json(quality),
    }
    identity = digest({**layers, "info": _table(values)})
    versions = {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}
    return _table({"plan_id": identity, "created": created, "versions": _json(versions)} | values)


def _input_households(ready: Inputs, atoms: Any) -> dict[str, int]:
    """Sum the households of the inputs, not of the atoms, for each community planned."""
    table = ready["cells"] if ready.has("cells") else ready["buildings"]
    sums = table.groupby("community_code")["households"].sum()
    return {code: int(sums[code]) for code in sorted(atoms["community_code"].unique())}


def quality(solution: Solution, overall_bound: float | None = None) -> dict[str, Any]:
    """Say how good one level is.

    That is its count, cost, bound, gap, status, the objective's terms, conflicts and remedies.
    The micro level has a bound and a gap given the large grids, and over the whole community.
    """
    overall = {}
    if overall_bound is not None:
        gap = gap_of(solution.cost, overall_bound)
        overall = {
            "overall_lower_bound": _finite(overall_bound),
            "overall_gap": _finite(gap),
        }
    return overall | {
        "count": solution.count,
        "cost": _finite(solution.cost),
        "lower_bound": _finite(solution.lower_bound),
        "gap": _finite(solution.gap),
        "status": solution.status,
        "why": list(solution.why),
        "conflicts": [conflict.why for conflict in solution.conflicts],
        "remedies": [remedy.what for remedy in solution.remedies],
        "terms": {name: _finite(value) for name, value in sorted(solution.terms.items())},
    }


def _finite(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _table(values: Mapping[str, str]) -> pd.DataFrame:
    rows: Sequence[dict[str, str]] = [{"key": k, "value": v} for k, v in sorted(values.items())]
    table: pd.DataFrame = with_columns(pd.DataFrame(rows), PLAN_LAYERS["info"])
    return table
