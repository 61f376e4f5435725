"""Turn labels into grids: numbered, named, dissolved, with their centres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import metrics
from gis.codes import (
    FIRST_SPECIAL,
    MAX_LARGE,
    MAX_MICRO,
    MAX_SPECIAL,
    GridCode,
    format_code,
    order,
    parse_code,
)
from gis.errors import BadRules
from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.rules import Level, Names

__all__ = ["dissolve", "number", "with_walks"]


def number(
    atoms: gpd.GeoDataFrame, *, large: NDArray[np.int64], micro: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Return the atoms of one community with the codes of their grids.

    Large grids are numbered from 001 over the community and micro-grids from 01 inside each
    large grid, by the middle of the grid; special sites from 900 by their names.

    Parameters
    ----------
    atoms
        With community_code and special, exact coverage.
    large, micro
        Labels of base atoms, (n,); a micro label lies in one large label. Ignored where an
        atom is special.

    Raises
    ------
    BadRules
        If there are more grids of a kind than the digits of a code can number.
    """
    special = atoms["special"].fillna("").to_numpy(dtype=object)
    base = np.flatnonzero(special == "")
    community = str(atoms["community_code"].iloc[0])
    large_code = np.full(len(atoms), "", dtype=object)
    micro_code = np.full(len(atoms), "", dtype=object)
    labels = _fitting(_in_order(atoms, large, base), MAX_LARGE, "large grids in a community")
    for sequence, label in enumerate(labels, start=1):
        members = base[large[base] == label]
        large_code[members] = format_code(GridCode(community, sequence))
        inside = _in_order(atoms, micro, members)
        inside = _fitting(inside, MAX_MICRO, "micro-grids in a large grid")
        for inner, micro_label in enumerate(inside, start=1):
            own = members[micro[members] == micro_label]
            micro_code[own] = format_code(GridCode(community, sequence, inner))
    sites = _fitting(sorted(set(special) - {""}), MAX_SPECIAL, "special sites in a community")
    for sequence, name in enumerate(sites, start=FIRST_SPECIAL):
        members = np.flatnonzero(special == name)
        large_code[members] = format_code(GridCode(community, sequence))
        micro_code[members] = format_code(GridCode(community, sequence, 1))
    return atoms.assign(
        large_code=pd.Series(large_code, index=atoms.index, dtype="str"),
        micro_code=pd.Series(micro_code, index=atoms.index, dtype="str"),
    )


def dissolve(atoms: gpd.GeoDataFrame, level: Level, *, names: Names) -> gpd.GeoDataFrame:
    """Unite the atoms of each grid of a level.

    Returns
    -------
    The grids layer of the plan contract without centres and walks, sorted by code.
    """
    column = f"{level}_code"
    rows: list[dict[str, Any]] = []
    for code, members in atoms.groupby(column, sort=True):
        shape = shapely.coverage_union_all(members.geometry.to_numpy())
        rows.append(
            {
                "code": code,
                "name": _name(str(code), str(members["special"].iloc[0]), names),
                "community_code": members["community_code"].iloc[0],
                "kind": "special" if parse_code(str(code)).special else "base",
                "parent_code": members["large_code" if level == "micro" else "community_code"].iloc[
                    0
                ],
                "households": int(members["households"].sum()),
                "residents": int(members["residents"].sum()),
                "buildings": int(members["building_id"].replace("", pd.NA).nunique()),
                "compactness": round(float(metrics.polsby_popper([shape])[0]), 4),
                "violations": 0,
                "geometry": shape,
            }
        )
    grids = gpd.GeoDataFrame(rows, geometry="geometry", crs=atoms.crs)
    return with_columns(grids, PLAN_LAYERS[f"{level}_grids"])


def with_walks(grids: gpd.GeoDataFrame, atoms: gpd.GeoDataFrame, level: Level) -> gpd.GeoDataFrame:
    """Return the grids with the longest and the mean walk of their atoms."""
    walks = atoms.groupby(f"{level}_code")[[f"walk_{level}_m", "households"]]
    values = {
        code: (
            metrics.walk_max_m(own[f"walk_{level}_m"], own["households"]),
            metrics.walk_mean_m(own[f"walk_{level}_m"], own["households"]),
        )
        for code, own in walks
    }
    return grids.assign(
        walk_max_m=[round(values[code][0], 3) for code in grids["code"]],
        walk_mean_m=[round(values[code][1], 3) for code in grids["code"]],
    )


def _in_order(
    atoms: gpd.GeoDataFrame, labels: NDArray[np.int64], members: NDArray[np.int64]
) -> list[int]:
    """Return the labels of the members in the order of their numbers."""
    found = np.unique(labels[members])
    shapes = atoms.geometry.to_numpy()
    middle = [
        shapely.centroid(shapely.coverage_union_all(shapes[members[labels[members] == label]]))
        for label in found
    ]
    spots = shapely.get_coordinates(middle).reshape(-1, 2)
    return [int(found[position]) for position in order(spots[:, 0], spots[:, 1])]


def _fitting(found: list[Any], most: int, what: str) -> list[Any]:
    if len(found) > most:
        msg = f"{len(found)} {what} are more than the {most} that a code can number"
        raise BadRules(msg)
    return found


def _name(code: str, special: str, names: Names) -> str:
    parsed = parse_code(code)
    if parsed.special:
        pattern = names.special if parsed.micro is None else names.special_micro
        return pattern.format(name=special)
    pattern = names.large if parsed.micro is None else names.micro
    return pattern.format(n=parsed.large, m=parsed.micro)
