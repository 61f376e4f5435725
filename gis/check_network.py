"""Check how people get about: walkways that join, walls, gates and entrances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis import network
from gis.barriers import closed_gates, passes_gate
from gis.faults import Fault
from gis.tables import INPUT_LAYERS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.check_context import Context

__all__ = ["CHECKS"]

_TOUCH_M: Final = 0.05
_GATE_M: Final = 5.0
_ENTRANCE_M: Final = 30.0
#: A piece is by far the nearest when the main network is this many times as far.
_BY_FAR: Final = 3.0


def pieces(context: Context) -> Iterator[Fault]:
    """Report walkways that join no others; an error where people would be cut off.

    The main piece is the longest. Another piece stops a plan if some building depends on it:
    the main piece is beyond the snapping limit and three times as far.
    """
    walkways = context.placed("walkways")
    none = {name: empty_layer(INPUT_LAYERS[name]) for name in ("gates", "barriers")}
    net = network.build(walkways, **none)
    if not len(net.edges):
        return
    piece = _pieces(net)
    metres = np.bincount(piece, weights=net.length_m)
    main = int(np.argmax(metres))
    if len(metres) == 1:
        return
    cut_off = _cut_off(context, net.geometries, piece, main)
    trunk = shapely.STRtree(net.geometries[piece == main])
    first = _first_rows(walkways, net.geometries, piece)
    for k in range(len(metres)):
        if k == main:
            continue
        part = shapely.union_all(net.geometries[piece == k])
        near = trunk.geometries[trunk.nearest(part)]
        gap = shapely.shortest_line(part, near)
        x, y = shapely.get_coordinates(gap)[0]
        lost = int(cut_off[k])
        yield Fault(
            "walkways",
            f"{metres[k]:,.0f} m of walkway join no others, "
            + (f"{gap.length:,.1f} m from the rest" if gap.length > _TOUCH_M else "but cross them")
            + (f"; {lost} buildings depend on them" if lost else ""),
            f"draw the missing link near {x:.1f} {y:.1f}, or delete the piece",
            row=first[k], column="geometry", value=f"{x:.1f} {y:.1f}",
            severity="error" if lost else "warning", kind="disconnected-walkway",
        )  # fmt: skip


def walls(context: Context) -> Iterator[Fault]:
    """Report walkways drawn through a wall where there is no gate; a shut one just stops them."""
    layers = {name: context.placed(name) for name in ("walkways", "gates", "barriers")}
    if layers["walkways"].empty or layers["barriers"].empty:
        return
    table = network.wall_crossings(
        layers["walkways"], gates=layers["gates"], barriers=layers["barriers"]
    )
    shut = passes_gate(shapely.points(table[["x", "y"]].to_numpy()), closed_gates(layers["gates"]))
    for row, wall, kind, x, y in table[~shut].itertuples(index=False):
        yield Fault(
            "walkways", f"crosses the {kind} of barriers row {wall} where no gate is",
            "add the gate, or draw the walkway around; if it passes over or under, say so in its "
            "kind (bridge, tunnel)",
            row=int(row), column="geometry", value=f"{x:.1f} {y:.1f}", kind="walkway-through-wall",
        )  # fmt: skip


def gates(context: Context) -> Iterator[Fault]:
    """Report gates that open nothing: far from any barrier and any walkway."""
    frame = context.placed("gates")
    others = [context.placed(name).geometry.to_numpy() for name in ("barriers", "walkways")]
    near = _distance(frame.geometry.to_numpy(), np.concatenate(others))
    for row, metres, point in zip(frame.index, near, frame.geometry, strict=True):
        if metres > _GATE_M:
            far = "there is none" if np.isinf(metres) else f"the nearest is {metres:,.0f} m off"
            yield Fault(
                "gates", f"stands on no barrier and no walkway: {far}", "move it to its wall",
                row=int(row), column="geometry", value=_xy(point), severity="warning",
                kind="stray-gate",
            )  # fmt: skip


def assumed(context: Context) -> Iterator[Fault]:
    """List the gates that nobody saw."""
    frame = context.placed("gates")
    guessed = frame[frame["assumed"].fillna(value=False).astype(bool)]
    for row, point in zip(guessed.index, guessed.geometry, strict=True):
        yield Fault(
            "gates", "the opening is assumed: a walkway leads through the wall, nobody saw a gate",
            "look at the place: set assumed to false, or open to false, or delete the row",
            row=int(row), column="assumed", value=_xy(point), severity="information",
            kind="assumed-gate",
        )  # fmt: skip


def entrances(context: Context) -> Iterator[Fault]:
    """Report entrances far from their building, or from any where none is named."""
    frame, buildings = context.placed("entrances"), context.placed("buildings")
    if frame.empty or buildings.empty:
        return
    shape_of = dict(zip(buildings["building_id"], buildings.geometry, strict=True))
    nearest = _distance(frame.geometry.to_numpy(), buildings.geometry.to_numpy())
    rows = zip(frame.index, frame["building_id"], frame.geometry, nearest, strict=True)
    for row, building, point, near in rows:
        named = not pd.isna(building)
        if named and building not in shape_of:
            continue
        metres = shapely.distance(point, shape_of[building]) if named else near
        if metres > _ENTRANCE_M:
            whose = f"building {building!r}" if named else "any building"
            yield Fault(
                "entrances", f"lies {metres:,.0f} m from {whose}",
                "move it to the building's outline, or correct the building_id",
                row=int(row), column="geometry", value=_xy(point), kind="far-entrance",
            )  # fmt: skip


def _xy(point: Any) -> str:
    x, y = shapely.get_coordinates(point)[0]
    return f"{x:.1f} {y:.1f}"


def _distance(shapes: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Measure from each shape to the nearest of the others; infinite where there are none."""
    found = np.full(len(shapes), np.inf)
    if len(shapes) and len(others):
        near = shapely.STRtree(others).nearest(shapes)
        found = shapely.distance(shapes, others[near])
    return found


def _pieces(net: network.WalkNetwork) -> NDArray[np.int64]:
    """Give the number of the connected piece that each edge belongs to."""
    count = len(net.node_xy)
    joined = (net.edges[:, 0], net.edges[:, 1])
    graph = coo_array((np.ones(len(net.edges), dtype=bool), joined), shape=(count, count))
    label = connected_components(graph, directed=False)[1]
    _, piece = np.unique(label[net.edges[:, 0]], return_inverse=True)
    return piece.astype(np.int64)


def _cut_off(
    context: Context, lines: NDArray[Any], piece: NDArray[np.int64], main: int
) -> NDArray[np.int64]:
    """Count the buildings that depend on each piece."""
    count = np.zeros(int(piece.max()) + 1, dtype=np.int64)
    buildings = context.placed("buildings")
    lived_in = buildings[buildings["households"].fillna(1).to_numpy(dtype=float) > 0]
    shapes = lived_in.geometry.to_numpy()
    if len(shapes) == 0:
        return count
    nearest = shapely.STRtree(lines).nearest(shapes)
    near_m = shapely.distance(shapes, lines[nearest])
    main_m = _distance(shapes, lines[piece == main])
    depends = (main_m > context.rules.walking.snap_limit_m) & (main_m > _BY_FAR * near_m)
    np.add.at(count, piece[nearest[depends]], 1)
    return count


def _first_rows(
    walkways: gpd.GeoDataFrame, lines: NDArray[Any], piece: NDArray[np.int64]
) -> dict[int, int]:
    """Find the first row of the layer that each piece holds."""
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    shapes = walkways.geometry.to_numpy()
    where = shapely.STRtree(shapes).nearest(middle)
    first: dict[int, int] = {}
    for k, position in zip(piece, where, strict=True):
        row = int(walkways.index[position])
        first[int(k)] = min(row, first.get(int(k), row))
    return first


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (
    pieces,
    walls,
    gates,
    assumed,
    entrances,
)
