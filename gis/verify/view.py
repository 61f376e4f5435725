"""Lay a plan out as plain arrays for the checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.plan_data import Plan
    from gis.rules import Level, Rules

__all__ = ["LEVELS", "View", "centre_points", "entrances", "look", "numbers", "texts"]

LEVELS: Final[tuple[Level, ...]] = ("large", "micro")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A plan's layers with missing texts as "" and counts as integers.

    Parameters
    ----------
    atoms
        The atoms, index 0..n-1; `home_id` is the building, or the given cell, each is of.
    cells
        Their polygons, (n,).
    grids, shapes
        Grids of each level, indexed by code, and their polygons in the same order.
    communities, boundaries
        Codes of the communities that were planned, and each one's polygon; info names those
        that could not be.
    pairs
        The adjacency table with the positions of its atoms as `a` and `b` (-1: no such atom).
    buildings, footprints
        The carried buildings, or the cells given instead, as `home_id`, and their footprints.
    """

    plan: Plan
    rules: Rules
    atoms: Any
    cells: NDArray[Any]
    grids: Mapping[Level, Any]
    shapes: Mapping[Level, NDArray[Any]]
    communities: tuple[str, ...]
    boundaries: Mapping[str, Any]
    pairs: Any
    buildings: Any
    footprints: NDArray[Any]

    def members(self, level: Level) -> dict[str, NDArray[np.int64]]:
        """Return the positions of the atoms of each grid that exists, by its code."""
        groups = self.atoms.groupby(f"{level}_code", sort=True).indices
        return {code: groups[code] for code in sorted(groups) if code in self.grids[level].index}


def look(plan: Plan) -> View:
    """Read the plan once; its layers and ids must be whole (`gis.verify.layers`)."""
    atoms = _plain(plan["atoms"])
    own = (atoms["building_id"] == "") & (atoms["kind"] == "home")
    atoms["home_id"] = atoms["building_id"].where(~own, atoms["atom_id"])
    index = pd.Index(atoms["atom_id"])
    pairs = _plain(plan["adjacency"])
    pairs["a"] = index.get_indexer(pairs["atom_a"])
    pairs["b"] = index.get_indexer(pairs["atom_b"])
    pairs["crossable"] = pairs["crossable"].fillna(False).astype(bool)  # noqa: FBT003
    failed = json.loads(plan.info.get("failed", "{}"))
    communities = plan["communities"].sort_values("community_code")
    communities = communities[~communities["community_code"].isin(list(failed))]
    buildings = _homes(plan)
    return View(
        plan=plan,
        rules=plan.rules,
        atoms=atoms,
        cells=_geometries(plan["atoms"]),
        grids={level: _plain(plan.grids(level)).set_index("code", drop=False) for level in LEVELS},
        shapes={level: _geometries(plan.grids(level)) for level in LEVELS},
        communities=tuple(communities["community_code"]),
        boundaries=dict(zip(communities["community_code"], _geometries(communities), strict=True)),
        pairs=pairs,
        buildings=_plain(buildings),
        footprints=_geometries(buildings) if len(buildings) else np.zeros(0, object),
    )


def texts(column: Any) -> Any:
    """Return a column as text, "" where nothing is known."""
    return column.astype(object).where(column.notna(), "").astype(str)


def numbers(column: Any) -> NDArray[np.float64]:
    """Return a column as floats, NaN where nothing is known."""
    return np.asarray(column.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan))


def centre_points(view: View) -> dict[tuple[str, str], tuple[Any, str, str]]:
    """Map level and code of each grid that has a centre to its point, its atom and its name."""
    table = view.plan["centres"]
    spots = np.asarray(table.geometry, dtype=object)
    keys = zip(table["level"], table["code"], strict=True)
    values = zip(spots, texts(table["atom_id"]), texts(table["name"]), strict=True)
    return dict(zip(keys, values, strict=True))


def entrances(view: View) -> NDArray[Any]:
    """Return the point where people enter each atom, (n,); None for ground."""
    x, y = numbers(view.atoms["entrance_x"]), numbers(view.atoms["entrance_y"])
    points: NDArray[Any] = shapely.points(np.column_stack([x, y]))
    points[np.isnan(x) | np.isnan(y)] = None
    return points


def _homes(plan: Plan) -> Any:
    """Return the given cells, else the buildings, named by `home_id`."""
    for layer, key in (("cells", "cell_id"), ("buildings", "building_id")):
        if layer in plan.layers and len(plan[layer]):
            return plan[layer].rename(columns={key: "home_id"})
    return pd.DataFrame({"home_id": pd.Series(dtype="str")})


def _geometries(frame: Any) -> NDArray[Any]:
    return np.asarray(frame.geometry.to_numpy(), dtype=object)


def _plain(frame: Any) -> Any:
    """Drop the geometry, count rows from 0 and fill what is missing in text columns."""
    geometry = getattr(frame, "_geometry_column_name", None)
    plain = pd.DataFrame(frame.drop(columns=[geometry] if geometry in frame.columns else []))
    plain = plain.reset_index(drop=True)
    for name in plain.columns:
        if pd.api.types.is_string_dtype(plain[name]) or plain[name].dtype == object:
            plain[name] = texts(plain[name])
    return plain
