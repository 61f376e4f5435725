"""Lay out the sample's streets, river, blocks and parcels from `community.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.interpolate import CubicSpline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LANE_INSET_M = 5.0
SHOP_DEPTH_M = 8.0
SHOP_GAP_M = 3.0


@dataclass(frozen=True, slots=True)
class Gate:
    """An opening in a parcel's border: a gate where there is a wall, a link where not."""

    point: Floats
    name: str
    into: str
    open: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """A compound or a site: four corners (south-west first, counter-clockwise)."""

    name: str
    block: str
    corners: Floats
    walls: str
    gates: tuple[Gate, ...]
    spec: Mapping[str, Any]

    @property
    def lane(self) -> shapely.Polygon:
        """Return the lane that runs inside the border, as the polygon it encloses."""
        return shapely.Polygon(inset(self.corners, (LANE_INSET_M,) * 4))


@dataclass(frozen=True, slots=True)
class Block:
    """What lies between streets: its sidewalk ring and the quad inside the setbacks."""

    name: str
    outer: Floats
    sidewalk: Floats
    inner: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole community in the local frame, in metres."""

    boundary: Floats
    river: Floats
    streets: tuple[tuple[str, str, Floats], ...]
    blocks: Mapping[str, Block]
    parcels: tuple[Parcel, ...]


def inset(corners: Floats, distances: Iterable[float]) -> Floats:
    """Move the sides (south, east, north, west) of a quad inwards by so many metres."""
    starts, directions = [], []
    for i, distance in enumerate(distances):
        direction = corners[(i + 1) % 4] - corners[i]
        direction = direction / np.hypot(*direction)
        starts.append(corners[i] + distance * np.array([-direction[1], direction[0]]))
        directions.append(direction)
    moved = []
    for i in range(4):
        before = i - 1
        matrix = np.column_stack([directions[before], -directions[i]])
        along = np.linalg.solve(matrix, starts[i] - starts[before])[0]
        moved.append(starts[before] + along * directions[before])
    return np.array(moved)


def side_line(corners: Floats, side: str) -> Floats:
    """Return the two ends of a side, west to east or south to north."""
    first, last = {"S": (0, 1), "E": (1, 2), "N": (3, 2), "W": (0, 3)}[side]
    return np.array([corners[first], corners[last]])


def along(corners: Floats, side: str, share: float) -> Floats:
    """Return the point at a share of a side."""
    first, last = side_line(corners, side)
    return first + share * (last - first)


def inside(corners: Floats, u: float, v: float) -> Floats:
    """Return the point at shares u (east) and v (north) of a quad."""
    south, north = along(corners, "S", u), along(corners, "N", u)
    return south + v * (north - south)


def with_points(line: Floats, points: Iterable[Floats]) -> Floats:
    """Return the line with those of the points that lie on it as vertices."""
    vertices = list(line)
    for point in points:
        for i in range(len(vertices) - 1):
            a, b = vertices[i], vertices[i + 1]
            if min(np.hypot(*(point - a)), np.hypot(*(point - b))) < 1e-6:
                break
            if shapely.LineString([a, b]).distance(shapely.Point(point)) < 1e-6:
                vertices.insert(i + 1, point)
                break
    return np.array(vertices)


def closed(corners: Floats) -> Floats:
    """Return the ring with its first point at its end again."""
    return np.vstack([corners, corners[:1]])


def build_layout(spec: Mapping[str, Any]) -> Layout:
    """Build the layout that the specification describes."""
    nodes = {name: np.array(point, dtype=float) for name, point in spec["nodes"].items()}
    blocks = _blocks(spec, nodes)
    south, north = _banks(spec, nodes)
    west, east = nodes["0R"], nodes["5R"]
    on_bank = np.vstack([south, west[None], north[::-1], east[None]])
    around = ["00", "10", "20", "30", "40", "50", "5h", "51", "5R", "54", "44", "34", "24", "14"]
    boundary = closed(np.array([nodes[name] for name in [*around, "04", "0R", "01"]]))
    boundary = with_points(boundary, [south[0], south[-1], north[0], north[-1]])
    return Layout(
        boundary=boundary,
        river=closed(np.vstack([south, east[None], north[::-1], west[None]])),
        streets=tuple(_streets(spec, nodes, on_bank)),
        blocks=blocks,
        parcels=tuple(_parcels(spec, blocks)),
    )


def _blocks(spec: Mapping[str, Any], nodes: Mapping[str, Floats]) -> dict[str, Block]:
    blocks = {}
    for name, block in spec["blocks"].items():
        outer = np.array([nodes[node] for node in block["nodes"]])
        walks, walls = [], []
        for side in block["sides"]:
            widths = spec["sides"][side.lower()]
            walks.append(widths["walk_m"])
            shops = widths["walk_m"] + SHOP_GAP_M + SHOP_DEPTH_M + 2.0
            walls.append(shops if side.isupper() else widths["wall_m"])
        blocks[name] = Block(name, outer, inset(outer, walks), inset(outer, walls))
    return blocks


def _banks(spec: Mapping[str, Any], nodes: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return the south and the north bank, each with a vertex on every cross street."""
    names = spec["river"]["nodes"]
    knots = np.arange(len(names), dtype=float)
    steps = np.unique(np.concatenate([knots, np.linspace(0, knots[-1], 121)]))
    banks = []
    for row in ("1", "4"):
        points = []
        for name in names:
            towards = nodes[name[0] + row] - nodes[name]
            points.append(
                nodes[name] + towards / np.hypot(*towards) * spec["river"]["half_width_m"]
            )
        banks.append(CubicSpline(knots, np.array(points))(steps))
    return banks[0], banks[1]


def _streets(
    spec: Mapping[str, Any], nodes: Mapping[str, Floats], on_bank: Floats
) -> Iterable[tuple[str, str, Floats]]:
    """Yield name, kind and centre line; a street without a bridge stops at the banks."""
    joints = [*nodes.values(), *on_bank]
    rivers = {tuple(nodes[name]) for name in spec["river"]["nodes"]}
    for street in spec["streets"]:
        line = with_points(np.array([nodes[name] for name in street["nodes"]]), joints)
        wet = [i for i, point in enumerate(line) if tuple(point) in rivers]
        if street.get("bridge", "none") == "none" and wet:
            yield street["name"], street["kind"], line[: wet[0]]
            yield street["name"], street["kind"], line[wet[0] + 1 :]
        else:
            yield street["name"], street["kind"], line


def _parcels(spec: Mapping[str, Any], blocks: Mapping[str, Block]) -> Iterable[Parcel]:
    for kind, default in (("compounds", "wall"), ("sites", "")):
        for parcel in spec[kind]:
            inner = blocks[parcel["block"]].inner
            (u0, u1), (v0, v1) = parcel.get("u", (0.0, 1.0)), parcel.get("v", (0.0, 1.0))
            shares = ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
            corners = np.array([inside(inner, u, v) for u, v in shares])
            gates = []
            for gate in parcel["gates"]:
                side, share, name, into, state = [*gate, "", ""][:5]
                gates.append(Gate(along(corners, side, share), name, into, state != "closed"))
            walls = parcel.get("walls", default) or ""
            yield Parcel(parcel["name"], parcel["block"], corners, walls, tuple(gates), parcel)
