"""Tie addresses and people to the atoms and grids they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["addresses", "people"]

NEAREST_M: Final = 30.0


def addresses(table: Any, atoms: gpd.GeoDataFrame, *, buildings: gpd.GeoDataFrame | None) -> Any:
    """Find the building, the atom and the grids of every address; none is dropped.

    Parameters
    ----------
    table
        The addresses of the input contract.
    atoms
        Atoms with codes.
    buildings
        Buildings; None where the planner brought own cells: an address then lies in the cell
        its point lies in.

    Returns
    -------
    The addresses layer of the plan contract. `match` says how the building was found: given,
    inside, nearest (within 30 m), alias (that of the address it is another name of) or none.
    The atom stays empty where the building is split and nothing says which stairwell.
    """
    table = table.reset_index(drop=True)
    building, match = _building(table, buildings)
    atom = _atom(table, building, atoms)
    if buildings is None:
        atom = _containing(table, atoms)
        match = np.where(atom >= 0, "inside", "none").astype(object)
    building, atom, match = _through_alias(table, building, atom, match)
    # The last place, -1, holds nothing: what has no atom has no code.
    columns = {
        name: pd.Series(
            np.array([*atoms[name], None], dtype=object)[atom],
            index=table.index,
            dtype="str",
        )
        for name in ("atom_id", "micro_code", "large_code")
    }
    found = table.assign(
        building_id=pd.Series(building, index=table.index, dtype="str"), match=match, **columns
    )
    return with_columns(found, PLAN_LAYERS["addresses"])


def people(
    table: pd.DataFrame, atoms: gpd.GeoDataFrame, *, communities: pd.DataFrame
) -> pd.DataFrame:
    """Tell what each person serves: community, compound, building, stairwell or grid.

    A given cell counts as a building, a special site's name as its special grid.

    Returns
    -------
    The people layer of the plan contract. `code` is the community's or grid's own code, else
    that of the one grid that holds all of what the person serves, else empty.
    """
    table = table.reset_index(drop=True)
    levels = _served(atoms, communities)
    found = [_lookup(str(serves).strip(), levels) for serves in table["serves"]]
    resolved: pd.DataFrame = with_columns(
        table.assign(level=[level for level, _ in found], code=[code for _, code in found]),
        PLAN_LAYERS["people"],
    )
    return resolved


def _building(
    table: Any, buildings: gpd.GeoDataFrame | None
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    known = set() if buildings is None else set(buildings["building_id"])
    named = table["building_id"].to_numpy(dtype=object)
    given = np.array([name in known for name in named], dtype=bool)
    building: NDArray[Any] = np.asarray(np.where(given, named, None))
    match = np.where(given, "given", "none").astype(object)
    if buildings is None or "geometry" not in table.columns or not len(buildings):
        return building, match
    points = table.geometry.to_numpy()
    ask = np.flatnonzero(~given & ~shapely.is_missing(points) & ~shapely.is_empty(points))
    ordered = buildings.sort_values("building_id", kind="stable")
    shapes, ids = ordered.geometry.to_numpy(), ordered["building_id"].to_numpy(dtype=object)
    if not len(ask):
        return building, match
    which, near = shapely.STRtree(shapes).query_nearest(
        points[ask], max_distance=NEAREST_M, all_matches=False
    )
    inside = shapely.intersects(points[ask[which]], shapes[near])
    building[ask[which]] = ids[near]
    match[ask[which]] = np.where(inside, "inside", "nearest")
    return building, match


def _through_alias(
    table: Any,
    building: NDArray[np.object_],
    atom: NDArray[np.int64],
    match: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.object_]]:
    """Let another name stand where the address it names stands, be that another name too."""
    building, atom, match = building.copy(), atom.copy(), match.copy()
    names = table["address"].to_numpy(dtype=object)
    place: dict[str, int] = {}
    for row in np.flatnonzero(match != "none"):
        place.setdefault(names[row], int(row))
    todo = np.flatnonzero((match == "none") & table["alias_of"].notna().to_numpy())
    targets = table["alias_of"].to_numpy(dtype=object)
    while ready := [row for row in todo if match[row] == "none" and targets[row] in place]:
        for row in ready:
            there = place[targets[row]]
            building[row], atom[row], match[row] = building[there], atom[there], "alias"
        for row in ready:
            place.setdefault(names[row], int(row))
    return building, atom, match


def _atom(table: Any, building: NDArray[np.object_], atoms: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of the atom of each building and stairwell; -1 where it is not certain."""
    homes = atoms["building_id"].fillna("").to_numpy(dtype=object)
    parts = atoms["stairwells"].fillna("").to_numpy(dtype=object)
    place = {(b, s): n for n, (b, s) in enumerate(zip(homes, parts, strict=True)) if b != ""}
    stairwell = ["" if pd.isna(s) else str(int(s)) for s in table["stairwell"]]
    atom = np.full(len(table), -1, dtype=np.int64)
    for row, (name, number) in enumerate(zip(building, stairwell, strict=True)):
        if name is not None:
            atom[row] = place.get((name, ""), place.get((name, number), -1))
    return atom


def _containing(table: Any, atoms: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of the cell each address's point lies in; -1 without a point or outside."""
    found = np.full(len(table), -1, dtype=np.int64)
    if "geometry" in table.columns:
        row, atom = shapely.STRtree(atoms.geometry.to_numpy()).query(
            table.geometry.to_numpy(), predicate="intersects"
        )
        order = np.lexsort((-atom, row))
        found[row[order]] = atom[order]
    return found


def _served(atoms: gpd.GeoDataFrame, communities: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Map everything a person may serve to its level and code; narrower names win."""
    served: dict[str, tuple[str, str]] = {}
    sites = atoms[atoms["special"].fillna("") != ""]
    for name, codes in sites.groupby("special", sort=True)["large_code"].unique().items():
        served[str(name)] = ("large", _only(codes))
    for name, codes in atoms.groupby("compound", sort=True)["large_code"].unique().items():
        served[str(name)] = ("compound", _only(codes))
    cells = atoms[(atoms["building_id"].fillna("") == "") & (atoms["kind"] == "home")]
    for name, code in zip(cells["atom_id"], cells["micro_code"], strict=True):
        served[str(name)] = ("building", str(code))
    built = atoms[atoms["building_id"].fillna("") != ""]
    for name, codes in built.groupby("building_id", sort=True)["micro_code"].unique().items():
        served[str(name)] = ("building", _only(codes))
    split = built[built["stairwells"].fillna("") != ""]
    columns = ("building_id", "stairwells", "micro_code")
    for name, number, code in zip(*(split[column] for column in columns), strict=True):
        served[f"{name}/{number}"] = ("stairwell", str(code))
    for level in ("micro", "large"):
        served |= {str(code): (level, str(code)) for code in atoms[f"{level}_code"].unique()}
    for row in communities.itertuples():
        served[str(row.name)] = served[str(row.community_code)] = (
            "community",
            str(row.community_code),
        )
    return served


def _lookup(serves: str, levels: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Find what a person serves; a stairwell of a whole building lies in that building's grid."""
    if serves in levels:
        return levels[serves]
    building, _, stairwell = serves.rpartition("/")
    level, code = levels.get(building, ("none", ""))
    known = level == "building" and stairwell.strip().isdigit()
    return ("stairwell", code) if known else ("none", "")


def _only(codes: Sequence[str]) -> str:
    return str(codes[0]) if len(codes) == 1 else ""
