"""Damage a plan in every way that verify must see; works on any plan.

Every damage recomputes the plan's digest, so that the digest alone gives nothing away; those
named "…, consistent" also bring every number and polygon that follows from the atoms up to date.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.plan_data import Plan, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CAUGHT_BY", "DAMAGES", "Impossible", "without_each_violation"]

LEVELS = ("large", "micro")


class Impossible(Exception):
    """The plan has nothing that could be damaged in this way."""


# --- tools --------------------------------------------------------------------------------


def edited(plan: Plan, **layers: Any) -> Plan:
    """Return the plan with some layers replaced and a digest that fits."""
    return sealed({**plan.layers, **layers}, plan)


def sealed(layers: dict[str, Any], plan: Plan) -> Plan:
    info = layers["info"].copy()
    layers["info"] = info
    info.loc[info["key"] == "plan_id", "value"] = digest(layers)
    return Plan(layers=layers, crs=plan.crs)


def with_info(plan: Plan, key: str, value: str) -> Plan:
    info = plan["info"].copy()
    info.loc[info["key"] == key, "value"] = value
    return edited(plan, info=info)


def regrouped(plan: Plan, atoms: gpd.GeoDataFrame, **layers: Any) -> Plan:
    """Return the plan with other atoms, and all numbers and shapes of its grids recomputed."""
    fresh = {f"{level}_grids": _summed(plan, atoms, level) for level in LEVELS}
    fresh |= layers
    named = fresh.get("violations", plan["violations"])["code"].value_counts()
    for level in LEVELS:
        grids = fresh[f"{level}_grids"]
        counts = grids["code"].map(named).fillna(0).astype("Int64")
        fresh[f"{level}_grids"] = grids.assign(violations=counts)
    return edited(plan, atoms=atoms, **fresh)


def _summed(plan: Plan, atoms: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    grids = plan.grids(level).copy().reset_index(drop=True)
    column, walk = f"{level}_code", f"walk_{level}_m"
    shapes = grids.geometry.to_numpy().copy()
    for row, code in enumerate(grids["code"]):
        own = atoms[atoms[column] == code]
        if own.empty:
            continue
        shape = shapely.union_all(own.geometry.to_numpy())
        shapes[row] = shape
        grids.loc[row, "households"] = own["households"].sum()
        grids.loc[row, "residents"] = own["residents"].sum()
        named = own.loc[own["building_id"].fillna("") != "", "building_id"]
        grids.loc[row, "buildings"] = named.nunique()
        grids.loc[row, "compactness"] = 4 * np.pi * shape.area / shape.length**2
        reached = own[own[walk].notna() & (own["households"] > 0)]
        weights = reached["households"].to_numpy(dtype=float)
        grids.loc[row, "walk_max_m"] = reached[walk].max() if len(reached) else np.nan
        grids.loc[row, "walk_mean_m"] = (
            np.average(reached[walk], weights=weights) if len(reached) else np.nan
        )
    return grids.set_geometry(gpd.GeoSeries(shapes, index=grids.index, crs=plan.crs))


def base(plan: Plan, level: str) -> pd.DataFrame:
    grids = plan.grids(level)
    return grids[grids["kind"] == "base"]


def neighbours(plan: Plan, atom: str) -> set[str]:
    pairs = plan["adjacency"]
    pairs = pairs[pairs["crossable"].fillna(value=False).astype(bool)]
    return {
        *pairs.loc[pairs["atom_a"] == atom, "atom_b"],
        *pairs.loc[pairs["atom_b"] == atom, "atom_a"],
    }


def movable(plan: Plan) -> pd.DataFrame:
    """Return home atoms of base grids that hold another home atom."""
    atoms = plan["atoms"]
    homes = atoms[(atoms["kind"] == "home") & atoms["micro_code"].isin(base(plan, "micro")["code"])]
    return homes[homes.groupby("micro_code")["atom_id"].transform("size") > 1]


def far_grid(plan: Plan, atom: Any) -> tuple[str, str]:
    """Return the codes of the micro-grid farthest from an atom, of another large grid."""
    grids = base(plan, "micro")
    grids = grids[
        (grids["community_code"] == atom.community_code) & (grids["parent_code"] != atom.large_code)
    ]
    atoms = plan["atoms"].set_index("atom_id")
    near = neighbours(plan, atom.atom_id)
    bordering = set(atoms.loc[sorted(near), "large_code"])
    grids = grids[~grids["parent_code"].isin(bordering)]
    if grids.empty:
        raise Impossible
    away = shapely.distance(grids.geometry.to_numpy(), atom.geometry)
    grid = grids.iloc[int(np.argmax(away))]
    return grid["parent_code"], grid["code"]


def far_move(plan: Plan) -> gpd.GeoDataFrame:
    atoms = plan["atoms"].copy()
    for atom in movable(plan).itertuples():
        try:
            large, micro = far_grid(plan, atom)
        except Impossible:
            continue
        atoms.loc[atoms["atom_id"] == atom.atom_id, ["large_code", "micro_code"]] = large, micro
        return atoms
    raise Impossible


def with_cell(plan: Plan, shapes: dict[str, Any]) -> gpd.GeoDataFrame:
    atoms = plan["atoms"].copy()
    cells = atoms.geometry.to_numpy().copy()
    for atom, shape in shapes.items():
        cells[np.flatnonzero(atoms["atom_id"] == atom)] = shape
    return atoms.set_geometry(gpd.GeoSeries(cells, index=atoms.index, crs=plan.crs))


def inner_atom(plan: Plan) -> Any:
    """Return a home atom well inside its community."""
    outline = plan["communities"].geometry.union_all().boundary
    homes = movable(plan)
    return next(homes.iloc[[int(np.argmax(homes.distance(outline)))]].itertuples())


def first_row(table: pd.DataFrame, where: Any) -> Any:
    rows = table.index[where]
    if not len(rows):
        raise Impossible
    return rows[0]


# --- atoms and their grids ----------------------------------------------------------------


def atom_moved_far(plan: Plan) -> Plan:
    return edited(plan, atoms=far_move(plan))


def atom_moved_far_consistent(plan: Plan) -> Plan:
    return regrouped(plan, far_move(plan))


def micro_grid_of_another_large(plan: Plan) -> Plan:
    """Move an atom to a micro-grid of another large grid, and leave its large grid."""
    moved = far_move(plan)
    return edited(plan, atoms=moved.assign(large_code=plan["atoms"]["large_code"].to_numpy()))


def atom_dropped(plan: Plan) -> Plan:
    atoms = plan["atoms"]
    return edited(plan, atoms=atoms[atoms["atom_id"] != inner_atom(plan).atom_id])


def atom_dropped_consistent(plan: Plan) -> Plan:
    """Drop an atom with its building, its borders, its rows and its households everywhere."""
    lost = inner_atom(plan)
    atoms = plan["atoms"][plan["atoms"]["atom_id"] != lost.atom_id]
    pairs = plan["adjacency"]
    layers = {
        "adjacency": pairs[(pairs["atom_a"] != lost.atom_id) & (pairs["atom_b"] != lost.atom_id)],
        "access": plan["access"][plan["access"]["atom_id"] != lost.atom_id],
        "unreached": plan["unreached"][plan["unreached"]["atom_id"] != lost.atom_id],
        "violations": plan["violations"][plan["violations"]["atom_id"] != lost.atom_id],
    }
    for name, key, value in (
        ("buildings", "building_id", lost.building_id),
        ("cells", "cell_id", lost.atom_id),
    ):
        if name in plan.layers:
            layers[name] = plan[name][plan[name][key] != value]
    totals = json.loads(plan.info["households"])
    totals[lost.community_code] -= int(lost.households)
    return regrouped(with_info(plan, "households", json.dumps(totals)), atoms, **layers)


def label_given_to_two_grids(plan: Plan) -> Plan:
    """List one atom twice, in two grids."""
    atoms = plan["atoms"]
    moved = far_move(plan)
    twice = moved[moved["micro_code"].to_numpy() != atoms["micro_code"].to_numpy()]
    return edited(plan, atoms=pd.concat([atoms, twice]))


def atom_without_grid(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    atoms.loc[atoms.index[0], "micro_code"] = None
    return edited(plan, atoms=atoms)


def atom_of_unknown_grid(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    atoms.loc[atoms.index[0], "micro_code"] = "99999999999999999"
    return edited(plan, atoms=atoms)


def special_atom_in_base_grid(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    row = first_row(atoms, atoms["special"].fillna("") != "")
    near = neighbours(plan, atoms.loc[row, "atom_id"])
    hosts = movable(plan)
    host = hosts[hosts["atom_id"].isin(near)]
    host = (hosts if host.empty else host).iloc[0]
    atoms.loc[row, ["large_code", "micro_code"]] = host["large_code"], host["micro_code"]
    return regrouped(plan, atoms)


# --- households ---------------------------------------------------------------------------


def households_changed(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    row = first_row(atoms, atoms["households"] > 0)
    atoms.loc[row, "households"] += 1
    return edited(plan, atoms=atoms)


def households_moved_consistent(plan: Plan) -> Plan:
    """Move a household to another building of the same micro-grid."""
    atoms = plan["atoms"].copy()
    homes = movable(plan)
    homes = homes[homes["households"] > 0]
    name = homes["building_id"].fillna("").where(lambda s: s != "", homes["atom_id"])
    for _, own in homes.groupby("micro_code"):
        other = own.index[name.loc[own.index] != name.loc[own.index[0]]]
        if len(other):
            atoms.loc[own.index[0], "households"] -= 1
            atoms.loc[other[0], "households"] += 1
            return regrouped(plan, atoms)
    raise Impossible


def households_added_consistent(plan: Plan) -> Plan:
    """Add a household to an atom, its building and its grids, but not to the total."""
    atom = inner_atom(plan)
    atoms = plan["atoms"].copy()
    atoms.loc[atoms["atom_id"] == atom.atom_id, "households"] += 1
    layers = {}
    for name, key, value in (
        ("buildings", "building_id", atom.building_id),
        ("cells", "cell_id", atom.atom_id),
    ):
        if name in plan.layers:
            layers[name] = plan[name].copy()
            layers[name].loc[layers[name][key] == value, "households"] += 1
    return regrouped(plan, atoms, **layers)


def stairwell_share_changed(plan: Plan) -> Plan:
    """Move a household from one stairwell of a split building to another."""
    atoms = plan["atoms"].copy()
    for _, own in atoms[atoms["building_id"].fillna("") != ""].groupby("building_id"):
        if len(own) > 1:
            atoms.loc[own.index[0], "households"] -= 1
            atoms.loc[own.index[-1], "households"] += 1
            return regrouped(plan, atoms)
    raise Impossible


def community_total_changed(plan: Plan) -> Plan:
    totals = json.loads(plan.info["households"])
    first = min(totals)
    return with_info(plan, "households", json.dumps({**totals, first: totals[first] + 1}))


def grid_households_changed(plan: Plan) -> Plan:
    return _grid_number(plan, "households")


def grid_residents_changed(plan: Plan) -> Plan:
    return _grid_number(plan, "residents")


def grid_buildings_changed(plan: Plan) -> Plan:
    return _grid_number(plan, "buildings")


def _grid_number(plan: Plan, column: str, change: float = 1) -> Plan:
    grids = plan["micro_grids"].copy()
    grids.loc[grids.index[0], column] += change
    return edited(plan, micro_grids=grids)


# --- geometry -----------------------------------------------------------------------------


def cell_overlaps(plan: Plan) -> Plan:
    """Nudge a cell by 10 cm, grids following."""
    atom = inner_atom(plan)
    moved = shapely.transform(atom.geometry, lambda xy: xy + np.array([0.1, 0.0]))
    return regrouped(plan, with_cell(plan, {atom.atom_id: moved}))


def cell_nudged(plan: Plan) -> Plan:
    """Nudge a cell by 2 m, and nothing else."""
    atom = inner_atom(plan)
    moved = shapely.transform(atom.geometry, lambda xy: xy + np.array([2.0, 0.0]))
    return edited(plan, atoms=with_cell(plan, {atom.atom_id: moved}))


def gap_between_cells(plan: Plan) -> Plan:
    atom = inner_atom(plan)
    smaller = shapely.buffer(atom.geometry, -0.3, join_style="mitre")
    return regrouped(plan, with_cell(plan, {atom.atom_id: smaller}))


def hole_in_a_cell(plan: Plan) -> Plan:
    """Cut a hole of a few dm² out of a cell: far below 1 m² per km²."""
    atom = inner_atom(plan)
    hole = shapely.buffer(atom.geometry.representative_point(), 0.2)
    pierced = shapely.difference(atom.geometry, hole)
    return regrouped(plan, with_cell(plan, {atom.atom_id: pierced}))


def cell_leaves_the_boundary(plan: Plan) -> Plan:
    atoms = plan["atoms"]
    outline = plan["communities"].geometry.iloc[0].boundary
    row = int(np.argmax(shapely.length(atoms.geometry.intersection(outline).to_numpy())))
    atom = atoms.iloc[row]
    beyond = shapely.buffer(shapely.intersection(atom.geometry, outline), 3.0)
    others = atoms.geometry.drop(atoms.index[row]).union_all()
    wider = shapely.difference(shapely.union(atom.geometry, beyond), others)
    return regrouped(plan, with_cell(plan, {atom["atom_id"]: wider}))


def building_cut(plan: Plan) -> Plan:
    """Give half of a building to the cell next to it, borders and grids following."""
    footprints = plan.layers.get("buildings")
    if footprints is None or footprints.empty:
        raise Impossible
    atoms = plan["atoms"]
    shapes = footprints.set_index("building_id").geometry
    cells = atoms.set_index("atom_id").geometry
    for atom in movable(plan).itertuples():
        footprint = shapes.get(atom.building_id)
        if footprint is None or footprint.area < 20 or (atom.stairwells or "") == "1":
            continue
        lost = _half(shapely.intersection(footprint, atom.geometry))
        for other in sorted(neighbours(plan, atom.atom_id)):
            bridge = _path(lost, cells[other])
            taken = shapely.intersection(shapely.union(lost, bridge), atom.geometry)
            left = shapely.difference(atom.geometry, taken)
            given = shapely.union(cells[other], taken)
            if left.geom_type == given.geom_type == "Polygon" and left.area > 1:
                pair = {atom.atom_id: left, other: given}
                return regrouped(plan, with_cell(plan, pair))
    raise Impossible


def _half(shape: Any) -> Any:
    left, low, _, high = shape.bounds
    return shapely.intersection(shape, shapely.box(left, low, shape.centroid.x, high))


def _path(one: Any, other: Any) -> Any:
    return shapely.buffer(shapely.shortest_line(one.centroid, other), 0.8)


def grid_polygons_swapped(plan: Plan) -> Plan:
    grids = plan["micro_grids"].copy()
    shapes = grids.geometry.to_numpy().copy()
    if len(shapes) < 2:
        raise Impossible
    shapes[[0, 1]] = shapes[[1, 0]]
    return edited(
        plan, micro_grids=grids.set_geometry(gpd.GeoSeries(shapes, index=grids.index, crs=plan.crs))
    )


def grid_polygon_eaten(plan: Plan) -> Plan:
    """Draw a large grid a little smaller than its atoms."""
    grids = plan["large_grids"].copy()
    shapes = grids.geometry.to_numpy().copy()
    shapes[0] = shapely.buffer(shapes[0], -0.05)
    return edited(
        plan, large_grids=grids.set_geometry(gpd.GeoSeries(shapes, index=grids.index, crs=plan.crs))
    )


def compactness_flattered(plan: Plan) -> Plan:
    return _grid_number(plan, "compactness", 0.05)


# --- codes and parents --------------------------------------------------------------------


def code_duplicated(plan: Plan) -> Plan:
    grids = plan["micro_grids"].copy()
    grids.loc[grids.index[1], "code"] = grids["code"].iloc[0]
    return edited(plan, micro_grids=grids)


def code_duplicated_consistent(plan: Plan) -> Plan:
    """Give two large grids one code, everywhere."""
    codes = sorted(base(plan, "large")["code"])
    if len(codes) < 2:
        raise Impossible
    return _renamed(plan, {codes[1]: codes[0]})


def code_skipped(plan: Plan) -> Plan:
    """Leave out a number: the last large grid and its micro-grids take the next one."""
    last = max(base(plan, "large")["code"])
    fresh = f"{int(last[-3:]) + 1:03d}"
    return _renamed(plan, _family(plan, last, last[:-3] + fresh))


def code_of_another_community(plan: Plan) -> Plan:
    last = max(base(plan, "large")["code"])
    return _renamed(plan, _family(plan, last, "110000000000" + last[12:]))


def special_code_for_base_grid(plan: Plan) -> Plan:
    last = max(base(plan, "large")["code"])
    return _renamed(plan, _family(plan, last, last[:-3] + "989"))


def _family(plan: Plan, old: str, new: str) -> dict[str, str]:
    micro = plan["micro_grids"]
    children = micro.loc[micro["parent_code"] == old, "code"]
    return {old: new, **{code: new + code[len(old) :] for code in children}}


def _renamed(plan: Plan, names: dict[str, str]) -> Plan:
    """Rename grids wherever their codes stand."""
    layers = dict(plan.layers)
    for name, table in layers.items():
        for column in {"code", "parent_code", "micro_code", "large_code"} & set(table.columns):
            fresh = layers[name].copy()
            fresh[column] = fresh[column].replace(names)
            layers[name] = fresh
    return sealed(layers, plan)


def micro_moved_to_another_parent(plan: Plan) -> Plan:
    grids = plan["micro_grids"].copy()
    code, parent = _other_parent(plan)
    grids.loc[grids["code"] == code, "parent_code"] = parent
    return edited(plan, micro_grids=grids)


def micro_moved_to_another_parent_consistent(plan: Plan) -> Plan:
    """Move a micro-grid with its atoms into another large grid; only its code stays."""
    code, parent = _other_parent(plan)
    grids = plan["micro_grids"].copy()
    grids.loc[grids["code"] == code, "parent_code"] = parent
    atoms = plan["atoms"].copy()
    atoms.loc[atoms["micro_code"] == code, "large_code"] = parent
    return regrouped(edited(plan, micro_grids=grids), atoms)


def micro_moved_to_far_parent_renamed(plan: Plan) -> Plan:
    """Move a micro-grid with its atoms into a large grid it does not touch, code and all."""
    code, parent = _other_parent(plan, far=True)
    taken = plan["micro_grids"]["code"][plan["micro_grids"]["parent_code"] == parent]
    fresh = f"{parent}{int(max(taken)[-2:]) + 1:02d}"
    grids = plan["micro_grids"].copy()
    grids.loc[grids["code"] == code, "parent_code"] = parent
    atoms = plan["atoms"].copy()
    atoms.loc[atoms["micro_code"] == code, "large_code"] = parent
    moved = edited(plan, micro_grids=grids, atoms=atoms)
    renamed = _renamed(moved, {code: fresh})
    return regrouped(renamed, renamed["atoms"])


def _other_parent(plan: Plan, *, far: bool = False) -> tuple[str, str]:
    atoms = plan["atoms"].set_index("atom_id")
    pairs = plan["adjacency"][plan["adjacency"]["crossable"].fillna(value=False).astype(bool)]
    ends = pd.concat(
        [
            pairs[["atom_a", "atom_b"]],
            pairs.rename(columns={"atom_a": "atom_b", "atom_b": "atom_a"})[["atom_a", "atom_b"]],
        ]
    )
    touched = (
        atoms["large_code"].reindex(ends["atom_b"]).to_numpy(),
        atoms["micro_code"].reindex(ends["atom_a"]).to_numpy(),
    )
    near = set(zip(touched[1], touched[0], strict=True))
    siblings = base(plan, "micro").groupby("parent_code")["code"].transform("size")
    micro = base(plan, "micro")[siblings > 1]
    for row in micro.itertuples():
        for parent, community in base(plan, "large")[["code", "community_code"]].to_numpy():
            other = parent != row.parent_code and community == row.community_code
            if other and not (far and (row.code, parent) in near):
                return row.code, parent
    raise Impossible


# --- borders ------------------------------------------------------------------------------


def border_flipped_to_crossable(plan: Plan) -> Plan:
    pairs = plan["adjacency"].copy()
    row = first_row(pairs, ~pairs["crossable"].astype(bool))
    pairs.loc[row, "crossable"] = True
    return edited(plan, adjacency=pairs)


def border_flipped_to_open(plan: Plan) -> Plan:
    pairs = plan["adjacency"].copy()
    row = first_row(pairs, ~pairs["crossable"].astype(bool))
    pairs.loc[row, ["crossable", "via"]] = True, "open"
    return edited(plan, adjacency=pairs)


def border_flipped_to_gate(plan: Plan) -> Plan:
    pairs = plan["adjacency"].copy()
    row = first_row(pairs, ~pairs["crossable"].astype(bool))
    pairs.loc[row, ["crossable", "via"]] = True, "gate"
    return edited(plan, adjacency=pairs)


def border_flipped_to_attached(plan: Plan) -> Plan:
    """Attach two homes that a barrier parts."""
    pairs = plan["adjacency"].copy()
    atoms = plan["atoms"].set_index("atom_id")
    home = (atoms["kind"] == "home") & (atoms["special"].fillna("") == "")
    both = home.reindex(pairs["atom_a"]).to_numpy() & home.reindex(pairs["atom_b"]).to_numpy()
    row = first_row(pairs, ~pairs["crossable"].astype(bool) & both)
    pairs.loc[row, ["crossable", "via"]] = True, "attached"
    return edited(plan, adjacency=pairs)


def ground_attached_twice(plan: Plan) -> Plan:
    pairs = plan["adjacency"].copy()
    via = pairs["via"].fillna("")
    atoms = plan["atoms"].set_index("atom_id")
    ground = set(atoms.index[atoms["kind"] == "ground"])
    for row in pairs[via == "attached"].itertuples():
        for atom in sorted({row.atom_a, row.atom_b} & ground):
            mine = (pairs["atom_a"] == atom) | (pairs["atom_b"] == atom)
            spare = pairs.index[mine & ~pairs["crossable"].astype(bool)]
            if len(spare):
                pairs.loc[spare[0], ["crossable", "via"]] = True, "attached"
                return edited(plan, adjacency=pairs)
    raise Impossible


def border_closed(plan: Plan) -> Plan:
    """Call an open border a wall where no wall stands."""
    pairs = plan["adjacency"].copy()
    row = first_row(pairs, (pairs["via"] == "open") & (pairs["shared_m"] > 5))
    pairs.loc[row, ["crossable", "via"]] = False, "wall"
    return edited(plan, adjacency=pairs)


def border_dropped(plan: Plan) -> Plan:
    pairs = plan["adjacency"]
    return edited(plan, adjacency=pairs.drop(first_row(pairs, pairs["shared_m"] > 2)))


def border_measured_wrong(plan: Plan) -> Plan:
    pairs = plan["adjacency"].copy()
    row = first_row(pairs, pairs["shared_m"] > 2)
    pairs.loc[row, "shared_m"] = 1.1 * pairs.loc[row, "shared_m"] + 1
    return edited(plan, adjacency=pairs)


def far_border_invented(plan: Plan) -> Plan:
    return _invented(plan, shared_m=10.0, via="open")


def bridge_invented(plan: Plan) -> Plan:
    return _invented(plan, shared_m=0.0, via="bridge")


def _invented(plan: Plan, **values: Any) -> Plan:
    atom = inner_atom(plan)
    atoms = plan["atoms"]
    own = atoms[atoms["community_code"] == atom.community_code]
    far = own.iloc[int(np.argmax(own.distance(atom.geometry)))]
    first, second = sorted([atom.atom_id, far["atom_id"]])
    pairs = plan["adjacency"]
    row = pd.DataFrame([{"atom_a": first, "atom_b": second, "crossable": True, **values}])
    row = row.astype({name: pairs[name].dtype for name in row.columns})
    return edited(plan, adjacency=pd.concat([pairs, row], ignore_index=True))


# --- walks and centres --------------------------------------------------------------------


def walk_shortened(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    row = atoms["walk_micro_m"].idxmax()
    atoms.loc[row, "walk_micro_m"] = 1.0
    return regrouped(plan, atoms)


def walk_of_large_shortened(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    row = atoms["walk_large_m"].idxmax()
    atoms.loc[row, "walk_large_m"] /= 10
    return regrouped(plan, atoms)


def longest_walk_flattered(plan: Plan) -> Plan:
    return _grid_number(plan, "walk_max_m", -1.0)


def mean_walk_flattered(plan: Plan) -> Plan:
    return _grid_number(plan, "walk_mean_m", -1.0)


def centre_in_another_grid(plan: Plan) -> Plan:
    centres = plan["centres"].copy()
    own = plan["atoms"].set_index("atom_id")
    row = first_row(centres, centres["level"] == "large")
    code = centres.loc[row, "code"]
    other = own[(own["kind"] == "home") & (own["large_code"] != code)]
    if other.empty:
        raise Impossible
    atom = other.iloc[0]
    spots = centres.geometry.to_numpy().copy()
    spots[list(centres.index).index(row)] = shapely.Point(atom["entrance_x"], atom["entrance_y"])
    centres.loc[row, "atom_id"] = atom.name
    moved = centres.set_geometry(gpd.GeoSeries(spots, index=centres.index, crs=plan.crs))
    return edited(plan, centres=moved)


def centre_dropped(plan: Plan) -> Plan:
    centres = plan["centres"]
    codes = set(base(plan, "micro")["code"])
    row = first_row(centres, centres["code"].isin(codes))
    return edited(plan, centres=centres.drop(row))


def circle_dropped(plan: Plan) -> Plan:
    circles = plan["circles"]
    codes = set(base(plan, "micro")["code"])
    return edited(plan, circles=circles.drop(first_row(circles, circles["code"].isin(codes))))


def circle_flattered(plan: Plan) -> Plan:
    circles = plan["circles"].copy()
    circles.loc[first_row(circles, circles["households_reached"] >= 0), "households_reached"] += 5
    return edited(plan, circles=circles)


def circle_walked_faster(plan: Plan) -> Plan:
    """Say that so many minutes are more metres than the rules' speed makes of them."""
    circles = plan["circles"].copy()
    circles.loc[first_row(circles, circles["minutes"] > 0), "metres"] *= 1.5
    return edited(plan, circles=circles)


def circle_reasons_swapped(plan: Plan) -> Plan:
    """Say that a gate is missing where the way is too long."""
    circles = plan["circles"].copy()
    row = first_row(circles, circles["households_too_far"] > 0)
    circles.loc[row, "households_no_gate"] += circles.loc[row, "households_too_far"]
    circles.loc[row, "households_too_far"] = 0
    return edited(plan, circles=circles)


def circle_emptied(plan: Plan) -> Plan:
    """Leave a circle undrawn that the rules want drawn, and that a way leads into."""
    circles, atoms = plan["circles"].copy(), plan["atoms"]
    walked = set(atoms.loc[atoms["walk_large_m"] > 0, "large_code"])
    shapes = circles.geometry.to_numpy().copy()
    shapes[list(circles.index).index(first_row(circles, circles["code"].isin(walked)))] = (
        shapely.Polygon()
    )
    drawn = gpd.GeoSeries(shapes, index=circles.index, crs=plan.crs)
    return edited(plan, circles=circles.set_geometry(drawn))


def circle_surroundings_flattered(plan: Plan) -> Plan:
    circles = plan["circles"].copy()
    row = first_row(circles, circles["minutes"] == circles["minutes"].min())
    circles.loc[row, "households_around"] = 100_000
    return edited(plan, circles=circles)


def unreached_dropped(plan: Plan) -> Plan:
    unreached = plan["unreached"]
    return edited(plan, unreached=unreached.drop(first_row(unreached, unreached["walk_m"] > 0)))


def unreached_moved(plan: Plan) -> Plan:
    """Say that a home stands further away than it does."""
    unreached = plan["unreached"].copy()
    unreached.loc[first_row(unreached, unreached["walk_m"] > 0), "walk_m"] += 100
    return edited(plan, unreached=unreached)


def unreached_invented(plan: Plan) -> Plan:
    """List a home of another grid as one that a circle does not reach."""
    unreached = plan["unreached"].copy()
    row = first_row(unreached, unreached["why"] == "too far")
    others = plan["atoms"]["large_code"] != unreached.loc[row, "code"]
    others &= plan["atoms"]["micro_code"] != unreached.loc[row, "code"]
    other = plan["atoms"][others & (plan["atoms"]["households"] > 0)].iloc[0]
    unreached.loc[row, ["atom_id", "households"]] = [other.atom_id, other.households]
    return edited(plan, unreached=unreached)


def access_of_another_circle(plan: Plan) -> Plan:
    """Count a category in the 15-minute circle that belongs to another."""
    access = plan["access"].copy()
    access.loc[first_row(access, access["minutes"] != 15), "minutes"] = 15
    return edited(plan, access=access)


def access_dropped(plan: Plan) -> Plan:
    access = plan["access"]
    return edited(plan, access=access.drop(first_row(access, access["atom_id"] != "")))


def access_flattered(plan: Plan) -> Plan:
    """Say that a home is served where it is not."""
    access = plan["access"].copy()
    access.loc[first_row(access, access["status"] != "served"), "status"] = "served"
    return edited(plan, access=access)


# --- rules --------------------------------------------------------------------------------


def violation_removed(plan: Plan) -> Plan:
    listed = plan["violations"]
    if listed.empty:
        raise Impossible
    return edited(plan, violations=listed.iloc[1:])


def violation_removed_consistent(plan: Plan) -> Plan:
    """Remove a row and lower the count of its grid."""
    return next(iter(without_each_violation(plan)))[1]


def without_each_violation(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Yield the plan without each of its violations, the counts of its grids following."""
    listed = plan["violations"]
    if listed.empty:
        raise Impossible
    for row in listed.index:
        name = " ".join(str(v) for v in listed.loc[row, ["level", "code", "rule"]])
        yield name, regrouped(plan, plan["atoms"], violations=listed.drop(row))


def violation_invented(plan: Plan) -> Plan:
    listed = plan["violations"]
    named = set(listed.loc[listed["rule"].isin(["hard_households", "soft_households"]), "code"])
    free = sorted(set(base(plan, "micro")["code"]) - named)
    if not free:
        raise Impossible
    row = pd.DataFrame(
        [
            {"level": "micro", "code": free[0], "rule": "soft_households", "value": 1.0,
             "limit": 30.0, "severity": "warning", "why": "none", "remedy": "none"}
        ]
    )  # fmt: skip
    row = row.reindex(columns=listed.columns).astype(listed.dtypes.to_dict())
    return regrouped(plan, plan["atoms"], violations=pd.concat([listed, row], ignore_index=True))


def violation_softened(plan: Plan) -> Plan:
    """Call a warning information."""
    listed = plan["violations"].copy()
    row = first_row(listed, listed["severity"] != "information")
    listed.loc[row, "severity"] = "information"
    return edited(plan, violations=listed)


def violation_belittled(plan: Plan) -> Plan:
    """State a smaller value than was found."""
    listed = plan["violations"].copy()
    row = first_row(listed, listed["value"].notna())
    listed.loc[row, "value"] -= 1
    return edited(plan, violations=listed)


def rules_widened(plan: Plan) -> Plan:
    """Widen the rules, so that rows are listed of rules that hold."""
    if not plan["violations"]["rule"].isin(["soft_households", "walking_limit"]).any():
        raise Impossible
    rules = json.loads(plan.info["rules"])
    for level in LEVELS:
        rules[level]["soft_households"] = rules[level]["hard_households"]
        rules[level]["walk_limit_m"] = 1e6
    return with_info(plan, "rules", json.dumps(rules))


def rules_narrowed(plan: Plan) -> Plan:
    rules = json.loads(plan.info["rules"])
    for level in LEVELS:
        rules[level]["walk_limit_m"] = 1.0
    return with_info(plan, "rules", json.dumps(rules))


# --- the file -----------------------------------------------------------------------------


def layer_missing(plan: Plan) -> Plan:
    return sealed({k: v for k, v in plan.layers.items() if k != "adjacency"}, plan)


def column_missing(plan: Plan) -> Plan:
    return edited(plan, atoms=plan["atoms"].drop(columns="walk_large_m"))


def column_of_another_type(plan: Plan) -> Plan:
    atoms = plan["atoms"]
    return edited(plan, atoms=atoms.assign(households=atoms["households"].astype(str)))


def households_negative(plan: Plan) -> Plan:
    atoms = plan["atoms"].copy()
    atoms.loc[atoms.index[0], "residents"] = -1
    return edited(plan, atoms=atoms)


def content_edited(plan: Plan) -> Plan:
    """Change a name and leave the digest as it was."""
    grids = plan["large_grids"].copy()
    grids.loc[grids.index[0], "name"] = "另一个名字"
    return Plan(layers={**plan.layers, "large_grids": grids}, crs=plan.crs)


def buildings_missing(plan: Plan) -> Plan:
    if "buildings" not in plan.layers or "cells" in plan.layers:
        raise Impossible
    return sealed({k: v for k, v in plan.layers.items() if k != "buildings"}, plan)


def counted_layer_missing(plan: Plan) -> Plan:
    counted = [name for name in plan.layers if name.startswith("layers/")]
    if not counted:
        raise Impossible
    return sealed({k: v for k, v in plan.layers.items() if k not in counted}, plan)


def address_in_wrong_grid(plan: Plan) -> Plan:
    table = plan["addresses"].copy()
    row = first_row(table, table["micro_code"].fillna("") != "")
    others = sorted(set(plan["micro_grids"]["code"]) - {table.loc[row, "micro_code"]})
    table.loc[row, "micro_code"] = others[0]
    return edited(plan, addresses=table)


def count_changed(plan: Plan) -> Plan:
    counts = plan["counts"].copy()
    row = first_row(counts, counts["count"] > 0)
    counts.loc[row, "count"] += 1
    return edited(plan, counts=counts)


#: Each damage by its name, and the check that must see it.
_CATALOGUE: tuple[tuple[Callable[[Plan], Plan], str], ...] = (
    (atom_moved_far, "contiguity"),
    (atom_moved_far_consistent, "contiguity"),
    (micro_grid_of_another_large, "nesting"),
    (atom_dropped, "tiling"),
    (atom_dropped_consistent, "tiling"),
    (label_given_to_two_grids, "ids"),
    (atom_without_grid, "layers"),
    (atom_of_unknown_grid, "labels"),
    (special_atom_in_base_grid, "special"),
    (households_changed, "community_households"),
    (households_moved_consistent, "building_households"),
    (households_added_consistent, "community_households"),
    (stairwell_share_changed, "stairwells"),
    (community_total_changed, "community_households"),
    (grid_households_changed, "grid_counts"),
    (grid_residents_changed, "grid_counts"),
    (grid_buildings_changed, "grid_counts"),
    (cell_overlaps, "coverage"),
    (cell_nudged, "coverage"),
    (gap_between_cells, "tiling"),
    (hole_in_a_cell, "tiling"),
    (cell_leaves_the_boundary, "tiling"),
    (building_cut, "footprints"),
    (grid_polygons_swapped, "grid_shape"),
    (grid_polygon_eaten, "grid_shape"),
    (compactness_flattered, "compactness"),
    (code_duplicated, "ids"),
    (code_duplicated_consistent, "ids"),
    (code_skipped, "codes"),
    (code_of_another_community, "codes"),
    (special_code_for_base_grid, "codes"),
    (micro_moved_to_another_parent, "nesting"),
    (micro_moved_to_another_parent_consistent, "codes"),
    (micro_moved_to_far_parent_renamed, "contiguity"),
    (border_flipped_to_crossable, "passages"),
    (border_flipped_to_open, "passages"),
    (border_flipped_to_gate, "passages"),
    (border_flipped_to_attached, "attached"),
    (ground_attached_twice, "attached"),
    (border_closed, "passages"),
    (border_dropped, "adjacency"),
    (border_measured_wrong, "adjacency"),
    (far_border_invented, "adjacency"),
    (bridge_invented, "passages"),
    (walk_shortened, "walks"),
    (walk_of_large_shortened, "walks"),
    (longest_walk_flattered, "grid_walks"),
    (mean_walk_flattered, "grid_walks"),
    (centre_in_another_grid, "centres"),
    (centre_dropped, "centres"),
    (circle_dropped, "circles"),
    (circle_flattered, "circles"),
    (circle_walked_faster, "circles"),
    (circle_reasons_swapped, "circles"),
    (circle_emptied, "circles"),
    (circle_surroundings_flattered, "circles"),
    (unreached_dropped, "circles"),
    (unreached_moved, "circles"),
    (unreached_invented, "circles"),
    (access_of_another_circle, "access"),
    (access_dropped, "access"),
    (access_flattered, "access"),
    (violation_removed, "violation_counts"),
    (violation_removed_consistent, "rules"),
    (violation_invented, "rules"),
    (violation_softened, "rules"),
    (violation_belittled, "rules"),
    (rules_widened, "rules"),
    (rules_narrowed, "rules"),
    (layer_missing, "layers"),
    (column_missing, "layers"),
    (column_of_another_type, "layers"),
    (households_negative, "values"),
    (content_edited, "digest"),
    (buildings_missing, "building_households"),
    (counted_layer_missing, "counts"),
    (address_in_wrong_grid, "references"),
    (count_changed, "counts"),
)

DAMAGES: dict[str, Callable[[Plan], Plan]] = {f.__name__: f for f, _ in _CATALOGUE}
CAUGHT_BY: dict[str, str] = {f.__name__: check for f, check in _CATALOGUE}
