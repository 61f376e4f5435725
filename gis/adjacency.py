"""Find which atoms touch, and where people can go from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis import barriers as fences
from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["build", "inhabited", "positions", "shut_gates"]

MIN_SHARED_M: Final = 1.0
MIN_OPEN_M: Final = 2.0
ALONG_M: Final = 0.75
BRIDGES: Final = ("bridge", "tunnel", "underpass", "overpass")


def build(
    atoms: gpd.GeoDataFrame,
    *,
    barriers: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame,
    walkways: gpd.GeoDataFrame,
    streets: NDArray[Any] | None = None,
) -> pd.DataFrame:
    """List the pairs of atoms that share a border, and what can be crossed.

    Two atoms that meet in a point only are not neighbours: nobody walks through a corner. A
    border is crossable where at least 2 m of it run along no barrier, or along one that can be
    crossed; at an open gate; and under or over a barrier where a bridge or tunnel joins both
    sides, even of atoms that do not touch.

    Parameters
    ----------
    atoms
        Cells of one community with atom_id, an exact coverage, metres, sorted by atom_id.
    barriers, gates, walkways
        Layers of the input contract, same CRS.
    streets
        Lines that bound cells and can be crossed anywhere, as from `gis.streets.lines`.

    Returns
    -------
    The adjacency layer of the plan contract, sorted by atom_a and atom_b.
    """
    first, second, border = _borders(atoms.geometry.to_numpy())
    shared_m = shapely.length(border)
    closed = fences.uncrossable(barriers)
    free_m = _free_m(border, closed.geometry.to_numpy())
    roads = np.concatenate(
        [fences.crossable(barriers).geometry.to_numpy(), [] if streets is None else streets]
    )
    via = np.where(_along(border, roads), "road", "open")
    blocked = free_m < np.minimum(MIN_OPEN_M, 0.9 * shared_m)
    via = np.where(blocked, _kind_along(border, closed), via).astype(object)
    gate = blocked & fences.passes_gate(border, fences.open_gates(gates))
    via[gate] = "gate"
    table = pd.DataFrame(
        {
            "atom_a": first,
            "atom_b": second,
            "shared_m": shared_m,
            "crossable": ~blocked | gate,
            "via": via,
        }
    )
    table = _with_bridges(table, atoms, walkways, closed)
    ids = atoms["atom_id"].to_numpy()
    table["shared_m"] = table["shared_m"].round(3)
    table = table.sort_values(["atom_a", "atom_b"], kind="stable").reset_index(drop=True)
    table["atom_a"], table["atom_b"] = ids[table["atom_a"]], ids[table["atom_b"]]
    whole: pd.DataFrame = with_columns(table, PLAN_LAYERS["adjacency"])
    return whole


def shut_gates(
    adjacency: pd.DataFrame, atoms: gpd.GeoDataFrame, gates: gpd.GeoDataFrame
) -> pd.DataFrame:
    """List the borders nobody can cross now, but could if a gate were opened.

    Parameters
    ----------
    adjacency
        What `build` or `gis.hosts.attach` returned.
    atoms
        With atom_id.
    gates
        The input layer.

    Returns
    -------
    DataFrame with atom_a, atom_b, the gate's name and the metres from one cell's middle through
    the gate to the other's, straight; one row per border and gate, sorted by both.
    """
    columns = ["atom_a", "atom_b", "gate", "metres"]
    points = fences.closed_gates(gates)
    stuck = ~adjacency["crossable"].astype(bool) | (adjacency["via"] == "attached")
    rows = adjacency[stuck & (adjacency["shared_m"] > 0)]
    if not len(points) or not len(rows):
        return pd.DataFrame(columns=columns)
    first, second = positions(rows, atoms)
    cells = atoms.geometry.to_numpy()
    border = shapely.intersection(cells[first], cells[second])
    gate, row = shapely.STRtree(border).query(
        points, predicate="dwithin", distance=fences.GATE_REACH_M
    )
    middle = shapely.point_on_surface(cells)
    ends = middle[first[row]], middle[second[row]]
    names = _gate_names(gates, points)
    table = pd.DataFrame(
        {
            "atom_a": rows["atom_a"].to_numpy()[row],
            "atom_b": rows["atom_b"].to_numpy()[row],
            "gate": names[gate],
            "metres": sum(shapely.distance(end, points[gate]) for end in ends),
        },
        columns=columns,
    )
    return table.sort_values(["atom_a", "atom_b", "gate", "metres"], kind="stable").reset_index(
        drop=True
    )


def _gate_names(gates: gpd.GeoDataFrame, points: NDArray[Any]) -> NDArray[np.object_]:
    """Name each shut gate; one without a name by where it is."""
    nearest = shapely.STRtree(gates.geometry.to_numpy()).nearest(points)
    given = gates["name"].fillna("").to_numpy(dtype=object)[nearest]
    where = [f"the shut gate at {x:.0f}, {y:.0f}" for x, y in shapely.get_coordinates(points)]
    named = [
        f"the gate {name}" if name else place for name, place in zip(given, where, strict=True)
    ]
    return np.array(named, dtype=object)


def inhabited(atoms: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which atoms are homes with households outside special sites: those that are divided."""
    special = atoms["special"].fillna("").to_numpy()
    households = atoms["households"].to_numpy(dtype=np.int64)
    return np.asarray((atoms["kind"] == "home") & (special == "") & (households > 0), dtype=bool)


def positions(
    adjacency: pd.DataFrame, atoms: gpd.GeoDataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of both atoms of each border."""
    index = pd.Index(atoms["atom_id"])
    return index.get_indexer(adjacency["atom_a"]), index.get_indexer(adjacency["atom_b"])


def _borders(
    cells: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Return pairs of cells that share at least a metre of border, and the border."""
    first, second = shapely.STRtree(cells).query(cells, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    border = shapely.intersection(cells[first], cells[second])
    long = shapely.length(border) >= MIN_SHARED_M
    return first[long], second[long], border[long]


def _free_m(border: NDArray[Any], closed: NDArray[Any]) -> NDArray[np.float64]:
    """Metres of each border that run along no barrier."""
    free: NDArray[np.float64] = shapely.length(border)
    if not len(closed):
        return free
    zones = shapely.union_all(shapely.buffer(closed, ALONG_M, cap_style="flat"))
    shapely.prepare(zones)
    touched = shapely.intersects(zones, border)
    free[touched] = shapely.length(shapely.difference(border[touched], zones))
    return free


def _along(border: NDArray[Any], lines: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which borders run along the lines for most of their length."""
    half_m = shapely.length(border) / 2
    zones = shapely.buffer(lines, ALONG_M, cap_style="flat")
    row, zone = shapely.STRtree(zones).query(border, predicate="intersects")
    inside = np.zeros(len(border))
    np.add.at(inside, row, shapely.length(shapely.intersection(border[row], zones[zone])))
    # Lines that overlap count once: only what passes the sum is worth uniting them.
    for each in np.flatnonzero(inside > half_m):
        near = zone[row == each]
        if len(near) > 1:
            inside[each] = shapely.intersection(border[each], shapely.union_all(zones[near])).length
    return np.asarray(inside > half_m, dtype=bool)


def _kind_along(border: NDArray[Any], closed: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Name the kind of the barrier nearest to each border."""
    if not len(closed):
        return np.full(len(border), "open", dtype=object)
    middle = shapely.point_on_surface(border)
    ordered = closed.sort_values("kind", kind="stable")
    nearest = shapely.STRtree(ordered.geometry.to_numpy()).nearest(middle)
    return np.asarray(ordered["kind"].to_numpy(dtype=object)[nearest], dtype=object)


def _with_bridges(
    table: pd.DataFrame,
    atoms: gpd.GeoDataFrame,
    walkways: gpd.GeoDataFrame,
    closed: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Join the atoms at both ends of each bridge or tunnel that crosses a closed barrier."""
    lines = walkways.loc[
        walkways["kind"].isin(BRIDGES) & walkways["foot"].fillna(value=True).astype(bool)
    ].geometry.to_numpy()
    if not len(lines) or not len(closed):
        return table
    spans = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    spans = spans[shapely.intersects(spans, shapely.union_all(closed.geometry.to_numpy()))]
    # A bridge that leaves the community, or lies outside it, joins nothing in it.
    whole = shapely.coverage_union_all(atoms.geometry.to_numpy())
    spans = spans[shapely.contains_properly(whole, spans)]
    tree = shapely.STRtree(atoms.geometry.to_numpy())
    ends = [tree.nearest(shapely.get_point(spans, end)) for end in (0, -1)]
    pairs = pd.DataFrame(np.sort(np.array(ends).T, axis=1), columns=["atom_a", "atom_b"])
    pairs = pairs[pairs["atom_a"] < pairs["atom_b"]].drop_duplicates()
    table = table.merge(pairs.assign(bridged=True), on=["atom_a", "atom_b"], how="outer")
    bridged = table.pop("bridged").eq(other=True) & ~table["crossable"].eq(other=True)
    table.loc[bridged, "via"] = "bridge"
    table["crossable"] = bridged | table["crossable"].eq(other=True)
    return table.fillna({"shared_m": 0.0})
