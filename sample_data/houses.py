"""Put buildings into the sample's compounds and sites, and households into the buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from layout import inset, inside, side_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from layout import Parcel
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BORDER_M = 10.0
SPINE_M = 7.0
LANE_M = 5.5
SLANT_M = 8.0
GARDEN_M = 26.0


@dataclass(frozen=True, slots=True)
class House:
    """A footprint in the local frame and all that is known of the building."""

    building_id: str
    name: str
    compound: str
    address: str
    use: str
    ring: Floats
    doors: Floats
    floors: int
    flats: int
    households: int
    residents: int

    @property
    def stairwells(self) -> int:
        """Return how many stairwells it has; 0 where nobody lives."""
        return len(self.doors)


@dataclass(frozen=True, slots=True)
class Estate:
    """What stands in one parcel, with the lanes between the rows."""

    houses: tuple[House, ...]
    lanes: tuple[Floats, ...]
    gardens: Floats


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a row: what stands there and its box in the compound's own frame."""

    mark: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The compound's own frame: x along its rows, y across."""

    origin: Floats
    axis: Floats

    def there(self, points: Floats) -> Floats:
        """Return the points in this frame."""
        x, y = self.axis
        return (points - self.origin) @ np.array([[x, -y], [y, x]])

    def back(self, points: Floats) -> Floats:
        """Return points of this frame in the local one."""
        x, y = self.axis
        return points @ np.array([[x, y], [-y, x]]) + self.origin


def spread(total: int, weights: Floats, ceiling: Floats | None = None) -> NDArray[np.int64]:
    """Split a total into whole numbers by weight, largest remainders first."""
    room = np.full(len(weights), np.inf) if ceiling is None else ceiling.astype(float)
    shares = np.minimum(weights / weights.sum() * total, room)
    whole = np.floor(shares).astype(np.int64)
    order = sorted(range(len(weights)), key=lambda i: (whole[i] - shares[i], i))
    while whole.sum() < total:
        before = whole.sum()
        for i in order:
            if whole.sum() < total and whole[i] < room[i]:
                whole[i] += 1
        if whole.sum() == before:
            msg = f"{total} households do not fit into {int(room.sum())} flats"
            raise ValueError(msg)
    return whole


def build_estate(
    parcel: Parcel, number: int, types: Mapping[str, Any], rng: np.random.Generator
) -> Estate:
    """Build a compound's houses, lanes and gardens."""
    south, north = side_line(parcel.corners, "S"), side_line(parcel.corners, "N")
    axis = (south[1] - south[0]) + (north[1] - north[0])
    frame = _Frame(parcel.corners[0], axis / np.hypot(*axis))
    slots, lanes = _rows(parcel, frame, types, rng)
    gardens = [np.mean(np.reshape(slot.box, (2, 2)), axis=0) for slot in slots if slot.mark == "g"]
    houses = list(_houses(parcel, number, frame, types, slots, rng))
    return Estate(
        houses=tuple(houses),
        lanes=tuple(frame.back(lane) for lane in lanes),
        gardens=frame.back(np.array(gardens).reshape(-1, 2)),
    )


def _rows(
    parcel: Parcel, frame: _Frame, types: Mapping[str, Any], rng: np.random.Generator
) -> tuple[list[_Slot], list[Floats]]:
    """Place the rows from south to north, a lane behind each.

    The last row has the lane along the border, unless that runs off at an angle.
    """
    usable = frame.there(inset(parcel.corners, (BORDER_M,) * 4))
    west, east = usable[[0, 3], 0].max(), usable[[1, 2], 0].min()
    bottom, top = usable[:2, 1].max(), usable[2:, 1].min()
    rows = [row.split("|") for row in parcel.spec["rows"]]
    depths = [
        max(_size(mark, types)[1] for part in row for mark in part.replace("+", " ").split())
        for row in rows
    ]
    gap = (top - bottom - sum(depths)) / max(1, len(rows) - 1)
    spine = west + (east - west) * (len(rows[0][0].split()) / len(" ".join(rows[0]).split()))
    jitter = parcel.spec.get("jitter_m", 0.0)
    slots: list[_Slot] = []
    lanes = [np.array([[spine, -50.0], [spine, top + 100.0]])]
    y = bottom
    for i, (row, depth) in enumerate(zip(rows, depths, strict=True)):
        ends = ((west, spine - SPINE_M), (spine + SPINE_M, east))
        for part, (start, end) in zip(row, ends, strict=True):
            slots += _part(part, (start, end), y + depth, types, rng, jitter)
        if i < len(rows) - 1 or abs(usable[2, 1] - usable[3, 1]) > SLANT_M:
            lanes.append(np.array([[-100.0, y + depth + LANE_M], [east + 100, y + depth + LANE_M]]))
        y += depth + gap
    return slots, lanes


def _part(
    part: str,
    ends: tuple[float, float],
    north: float,
    types: Mapping[str, Any],
    rng: np.random.Generator,
    jitter: float,
) -> Iterator[_Slot]:
    """Yield the slots of half a row, spread evenly; a plus joins two buildings."""
    clusters = [cluster.split("+") for cluster in part.split()]
    sizes = [[_size(mark, types) for mark in cluster] for cluster in clusters]
    scale = [1.0 - rng.uniform(0.0, 0.04) for _ in clusters]
    widths = [s * sum(w for w, _ in size) for s, size in zip(scale, sizes, strict=True)]
    start, end = ends
    free = end - start - sum(widths)
    if free < 6.5 * (len(widths) - 1):
        msg = f"the row {part!r} does not fit into {end - start:.0f} m"
        raise ValueError(msg)
    gap = free / max(1, len(widths) - 1)
    x = start + (free / 2 if len(widths) == 1 else 0.0)
    for cluster, size, s in zip(clusters, sizes, scale, strict=True):
        shift_x, shift_y = rng.uniform(-0.5, 0.5, 2) * min(jitter, max(0.0, gap - 6.5))
        for mark, (width, depth) in zip(cluster, size, strict=True):
            low = (x + shift_x, north - depth + shift_y)
            yield _Slot(mark, (*low, x + shift_x + s * width, north + shift_y))
            x += s * width
        x += gap


def _size(mark: str, types: Mapping[str, Any]) -> tuple[float, float]:
    """Return length and depth of what a mark stands for."""
    if mark == "g":
        return GARDEN_M, 0.0
    if mark == "k":
        return 34.0, 14.0
    kind = types[mark[0]]
    return kind["stair_m"] * int(mark[1:]), kind["depth_m"]


def _houses(
    parcel: Parcel,
    number: int,
    frame: _Frame,
    types: Mapping[str, Any],
    slots: Iterable[_Slot],
    rng: np.random.Generator,
) -> Iterator[House]:
    """Yield the houses of a compound, its households and residents dealt out."""
    spec = parcel.spec
    homes = [slot for slot in slots if slot.mark not in "gk"]
    stairs = np.array([int(slot.mark[1:]) for slot in homes])
    floors = np.array([rng.integers(*types[s.mark[0]]["floors"], endpoint=True) for s in homes])
    flats = np.array([types[slot.mark[0]]["flats"] for slot in homes])
    dwellings = stairs * floors * flats
    weights = dwellings * rng.normal(1.0, 0.03, len(homes))
    households = spread(spec["households"], weights, dwellings)
    per_household = rng.uniform(2.76, 3.02)
    total = spec.get("residents", round(spec["households"] * per_household))
    residents = spread(total, households * rng.normal(1.0, 0.03, len(homes)))
    for i, slot in enumerate(homes):
        ring, doors = footprint(slot.box, int(stairs[i]), tower=int(floors[i]) > 11)
        yield House(
            building_id=f"HT-{number:02d}-{i + 1:02d}",
            name=f"{i + 1}幢",
            compound=parcel.name,
            address=f"{spec['address']}{parcel.name}{i + 1}幢",
            use="residential",
            ring=frame.back(ring),
            doors=frame.back(doors),
            floors=int(floors[i]),
            flats=int(flats[i]),
            households=int(households[i]),
            residents=int(residents[i]),
        )
    nurseries = [slot for slot in slots if slot.mark == "k"]
    for i, slot in enumerate(nurseries):
        x0, y0, x1, y1 = slot.box
        ring = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
        yield plain_house(
            f"HT-{number:02d}-{len(homes) + i + 1:02d}",
            "海棠幼儿园",
            f"{spec['address']}海棠幼儿园",
            "kindergarten",
            frame.back(ring),
            floors=3,
            compound=parcel.name,
        )


def plain_house(
    building_id: str,
    name: str,
    address: str,
    use: str,
    ring: Floats,
    *,
    floors: int,
    compound: str = "",
) -> House:
    """Return a building in which nobody lives."""
    doors = np.empty((0, 2))
    return House(building_id, name, compound, address, use, ring, doors, floors, 0, 0, 0)


def footprint(
    box: tuple[float, float, float, float], stairs: int, *, tower: bool
) -> tuple[Floats, Floats]:
    """Return outline and doors: each stairwell stands out to the north, its door in front."""
    x0, y0, x1, y1 = box
    bay, out = (6.0, 1.5) if tower else (2.8, 1.0)
    cut = 2.5 if tower else 0.0
    width = (x1 - x0) / stairs
    south: list[tuple[float, float]] = []
    north: list[tuple[float, float]] = []
    doors = []
    for i in range(stairs):
        left, right = x0 + i * width, x0 + (i + 1) * width
        middle = (left + right) / 2
        if tower:
            south += [(left, y0 + cut), (left + cut, y0 + cut), (left + cut, y0)]
            south += [(right - cut, y0), (right - cut, y0 + cut), (right, y0 + cut)]
            north += [(left, y1 - out - cut), (left + cut, y1 - out - cut)]
            north += [(left + cut, y1 - out)]
        elif i == 0:
            south += [(x0, y0), (x1, y0)]
            north += [(x0, y1 - out)]
        north += [(middle - bay / 2, y1 - out), (middle - bay / 2, y1), (middle, y1)]
        north += [(middle + bay / 2, y1), (middle + bay / 2, y1 - out)]
        doors.append((middle, y1))
        if tower:
            north += [(right - cut, y1 - out), (right - cut, y1 - out - cut)]
            north += [(right, y1 - out - cut)]
        elif i == stairs - 1:
            north += [(x1, y1 - out)]
    return np.array(south + north[::-1]), np.array(doors)


def build_site(parcel: Parcel) -> Estate:
    """Build what stands on a site: a school, a market, a hospital."""
    spec = parcel.spec
    axis = parcel.corners[1] - parcel.corners[0]
    frame = _Frame(parcel.corners[0], axis / np.hypot(*axis))
    houses = []
    for i, (u, v, length, depth, name, use, floors) in enumerate(spec["houses"]):
        x, y = frame.there(inside(parcel.corners, u, v))
        half = np.array([length, depth]) / 2
        ring = frame.back(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + np.array([x, y]))
        address = f"{spec['address']}{parcel.name if spec['kind'] else ''}{name}"
        building_id = f"HT-{spec['prefix']}-{i + 1:02d}"
        houses.append(plain_house(building_id, name, address, use, ring, floors=floors))
    return Estate(tuple(houses), (), np.empty((0, 2)))
