"""Join walkways whose ends fall just short of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis import network
from gis.barriers import closed_gates, open_gates, passes_gate, uncrossable
from gis.changes import Change
from gis.conform_geometry import finite, is_frame
from gis.tables import INPUT_LAYERS, empty_layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["joined"]

Layers = dict[str, Any]


def joined(layers: Layers, *, join_m: float) -> tuple[Layers, list[Change]]:
    """Move ends of walkways to the nearest piece of network that they do not belong to.

    Parameters
    ----------
    layers
        In metres, on the 1 mm grid.
    join_m
        How far an end is moved at most. None is moved through a barrier that stops people,
        unless an open gate stands there, or onto a shut gate.

    Returns
    -------
    The layers, `walkways` changed, and what was changed.
    """
    whole = layers.get("walkways")
    if whole is None or not is_frame(whole):
        return layers, []
    walkways = whole[finite(whole.geometry.to_numpy())]
    none = {name: empty_layer(INPUT_LAYERS[name]) for name in ("gates", "barriers")}
    net = network.build(walkways, **none)
    if not len(net.edges):
        return layers, []
    shapes = np.array(walkways.geometry.to_numpy(), dtype=object)
    parts, row = shapely.get_parts(shapes, return_index=True)
    links = _links(net, parts, join_m)
    links = [link for link in links if not _stopped(link, layers)]
    changes = []
    joined_to = list(range(int(_pieces(net).max()) + 1))
    for metres, part, at_start, target, piece, other in links:
        one, two = _root(joined_to, piece), _root(joined_to, other)
        if one == two:
            continue
        joined_to[max(one, two)] = min(one, two)
        parts[part] = _extended(parts[part], target, at_start=at_start)
        onto = _nearest(parts, target, but=part)
        parts[onto] = _with_vertex(parts[onto], target)
        what = f"its end was moved {metres:.2f} m to meet row {int(walkways.index[row[onto]])}"
        changes.append(Change("walkways", int(walkways.index[row[part]]), "joined", what))
    done = whole.geometry.to_numpy().copy()
    done[whole.index.isin(walkways.index)] = _assembled(shapes, parts, row)
    return layers | {"walkways": whole.set_geometry(done, crs=whole.crs)}, changes


_Link = tuple[float, int, bool, Any, int, int]


def _links(net: network.WalkNetwork, parts: NDArray[Any], join_m: float) -> list[_Link]:
    """List every end that could be joined: metres, part, at which end, target, the two pieces.

    Nearest first; bridges and tunnels are joined to by their ends alone, so that none is here.
    """
    piece = _pieces(net)
    tree = shapely.STRtree(net.geometries)
    ground = ~net.separated
    found: list[_Link] = []
    for at_start in (True, False):
        ends = shapely.get_point(parts, 0 if at_start else -1)
        usable = ~shapely.is_missing(ends) & ~shapely.is_closed(parts)
        own = np.full(len(ends), -1)
        own[usable] = piece[tree.nearest(ends[usable])]
        near = tree.query(np.where(usable, ends, None), predicate="dwithin", distance=join_m)
        for end, edge in near.T.tolist():
            if piece[edge] == own[end] or not ground[edge]:
                continue
            gap = shapely.shortest_line(ends[end], net.geometries[edge])
            target = shapely.Point(np.round(shapely.get_coordinates(gap)[1], 3))
            link = (float(gap.length), end, at_start, target, int(own[end]), int(piece[edge]))
            if 0 < gap.length <= join_m:
                found.append(link)
    return sorted(found, key=lambda link: (*link[:3], link[3].x, link[3].y))


def _stopped(link: _Link, layers: Layers) -> bool:
    """Tell whether something stands in the way of a link."""
    gates = layers.get("gates", empty_layer(INPUT_LAYERS["gates"]))
    barriers = layers.get("barriers", empty_layer(INPUT_LAYERS["barriers"]))
    _, _, _, target, *_ = link
    way = target.buffer(link[0] + network.GRID_M)
    shut = closed_gates(gates)
    if len(shut) and shapely.intersects(way, shut).any():
        return True
    stops = uncrossable(barriers).geometry.to_numpy()
    near = stops[shapely.intersects(stops, way)] if len(stops) else stops
    if not len(near):
        return False
    spots = shapely.point_on_surface(shapely.intersection(near, way))
    return not passes_gate(spots, open_gates(gates)).all()


def _pieces(net: network.WalkNetwork) -> NDArray[np.int64]:
    """Give the number of the connected piece that each edge belongs to."""
    count = len(net.node_xy)
    graph = coo_array((np.ones(len(net.edges), dtype=bool), (net.edges[:, 0], net.edges[:, 1])),
                      shape=(count, count))  # fmt: skip
    label = connected_components(graph, directed=False)[1]
    pieces: NDArray[np.int64] = label[net.edges[:, 0]].astype(np.int64)
    return pieces


def _root(joined_to: list[int], piece: int) -> int:
    while joined_to[piece] != piece:
        piece = joined_to[piece]
    return piece


def _nearest(parts: NDArray[Any], target: Any, *, but: int) -> int:
    away = shapely.distance(parts, target)
    away[but] = np.inf
    return int(np.nanargmin(away))


def _extended(line: Any, target: Any, *, at_start: bool) -> Any:
    xy = shapely.get_coordinates(line)
    end = shapely.get_coordinates(target)
    return shapely.LineString(np.vstack([end, xy] if at_start else [xy, end]))


def _with_vertex(line: Any, target: Any) -> Any:
    """Put a vertex where another line meets this one, so that rounding parts them never."""
    xy = shapely.get_coordinates(line)
    steps = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    at = int(np.argmin(shapely.distance(steps, target)))
    point = shapely.get_coordinates(target)
    if (np.abs(xy[at : at + 2] - point).max(axis=1) < network.GRID_M / 2).any():
        return line
    return shapely.LineString(np.vstack([xy[: at + 1], point, xy[at + 1 :]]))


def _assembled(shapes: NDArray[Any], parts: NDArray[Any], row: NDArray[Any]) -> NDArray[Any]:
    """Put the parts back into their rows."""
    for k in np.unique(row):
        own = parts[row == k]
        shapes[k] = own[0] if len(own) == 1 else shapely.MultiLineString([*own])
    return shapes
