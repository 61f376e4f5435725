"""Draw the sample's walkways as one noded network that crosses walls at open gates only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from layout import along, closed, inside, with_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from houses import Estate
    from layout import Layout, Parcel
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Line = tuple[str, bool, Floats]

GRID_M = 0.01
JOINT_M = 1e-6


def build_walkways(
    layout: Layout, estates: Mapping[str, Estate], spec: Mapping[str, Any]
) -> list[Line]:
    """Return kind, stairs and course of every walkway, before noding."""
    parcels = {parcel.name: parcel for parcel in layout.parcels}
    lines: list[Line] = [
        ("sidewalk", False, closed(layout.blocks[name].sidewalk)) for name in sorted(layout.blocks)
    ]
    lines += _crossings(layout, spec)
    for block, side, share, opposite in spec["zebras"]["lines"]:
        start = along(layout.blocks[block].sidewalk, side, share)
        ring = shapely.Polygon(layout.blocks[opposite].sidewalk)
        lines.append(("crossing", False, np.array([start, _onto(ring, start)])))
    foot = spec["river"]["footbridge"]
    ends = [
        along(layout.blocks[foot["south"]].sidewalk, "N", foot["share"]),
        along(layout.blocks[foot["north"]].sidewalk, "S", foot["share"]),
    ]
    lines.append(("bridge", True, np.array(ends)))
    for parcel in layout.parcels:
        lines += _inside(parcel, estates[parcel.name])
        for gate in parcel.gates:
            if gate.open:
                outer = parcels[gate.into].lane if gate.into else None
                ring = outer or shapely.Polygon(layout.blocks[parcel.block].sidewalk)
                ends = [_onto(parcel.lane, gate.point), gate.point, _onto(ring, gate.point)]
                lines.append(("path", False, np.array(ends)))
    return lines


def _onto(polygon: shapely.Polygon, point: Floats) -> Floats:
    """Return the point of a ring nearest to another point."""
    ring = polygon.exterior
    nearest = ring.interpolate(ring.project(shapely.Point(point)))
    return np.array(nearest.coords[0])


def _inside(parcel: Parcel, estate: Estate) -> Iterator[Line]:
    """Yield the lane along the border and those between the rows, cut to it."""
    lane = parcel.lane
    kind = "lane" if "rows" in parcel.spec else "path"
    yield kind, False, np.array(lane.exterior.coords)
    for line in estate.lanes:
        for piece in shapely.get_parts(shapely.intersection(shapely.LineString(line), lane)):
            yield kind, False, np.array(piece.coords)
    if parcel.spec.get("kind") == "park":
        yield from _park(np.array(lane.exterior.coords)[:4])


def _park(corners: Floats) -> Iterator[Line]:
    """Yield a park's two walks and its round."""
    for ends in (((0.0, 0.5), (1.0, 0.5)), ((0.5, 0.0), (0.5, 1.0))):
        yield "path", False, np.array([inside(corners, u, v) for u, v in ends])
    turns = np.linspace(0.0, 2 * np.pi, 41)
    around = [inside(corners, 0.5 + 0.34 * np.cos(t), 0.5 + 0.3 * np.sin(t)) for t in turns[:-1]]
    yield "path", False, closed(np.array(around))


def _crossings(layout: Layout, spec: Mapping[str, Any]) -> Iterator[Line]:
    """Join the sidewalks at every crossing: across the streets, and over bridges."""
    bridges = {
        node: street.get("bridge", "none")
        for street in spec["streets"]
        for node in street["nodes"]
        if node.endswith("R")
    }
    corners: dict[str, list[tuple[float, Floats]]] = {}
    for name, block in sorted(spec["blocks"].items()):
        for i, node in enumerate(block["nodes"]):
            point = layout.blocks[name].sidewalk[i]
            direction = point - np.array(spec["nodes"][node])
            corners.setdefault(node, []).append((np.arctan2(direction[1], direction[0]), point))
    for node in sorted(corners):
        around = [point for _, point in sorted(corners[node], key=lambda pair: pair[0])]
        pairs = list(zip(around, around[1:] + around[:1], strict=True))
        for a, b in pairs[: 1 if len(around) == 2 else None if len(around) == 4 else 0]:
            over_river = node.endswith("R") and abs((b - a)[1]) > abs((b - a)[0])
            if not over_river:
                yield "crossing", False, np.array([a, b])
                continue
            west = (a + b)[0] / 2 < spec["nodes"][node][0]
            if bridges.get(node, "none") in ("both", "west" if west else "east"):
                yield "bridge", False, np.array([a, b])


def _jointed(lines: list[Line]) -> list[Floats]:
    """Return the courses with a vertex wherever another one ends on them.

    Rounding moves an end off a line that has no vertex there.
    """
    ends = np.array([end for _, _, line in lines for end in (line[0], line[-1])])
    courses = [shapely.LineString(line) for _, _, line in lines]
    near = shapely.STRtree(courses).query(
        shapely.points(ends), predicate="dwithin", distance=JOINT_M
    )
    return [with_points(line, ends[near[0][near[1] == i]]) for i, (_, _, line) in enumerate(lines)]


def node_walkways(
    lines: list[Line], place: Callable[[Floats], Floats]
) -> list[tuple[str, bool, shapely.LineString]]:
    """Cut all lines where they meet, on a 1 cm grid; each piece keeps its line's kind.

    Where lines lie on one another the first keeps the piece.
    """
    sources = [shapely.LineString(place(line)) for line in _jointed(lines)]
    pieces = shapely.get_parts(shapely.node(shapely.union_all(sources, grid_size=GRID_M)))
    pieces = pieces[shapely.length(pieces) > 0]
    tree = shapely.STRtree(sources)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    near = tree.query(middles, predicate="dwithin", distance=2 * GRID_M)
    source = np.full(len(pieces), len(lines))
    np.minimum.at(source, near[0], near[1])
    coordinates = [np.round(shapely.get_coordinates(piece), 2) for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (source[i], coordinates[i].tolist()))
    return [
        (*lines[source[i]][:2], shapely.normalize(shapely.LineString(coordinates[i])))
        for i in order
    ]
