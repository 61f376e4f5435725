"""Read what matters of an OpenStreetMap extract with pyosmium, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from gis.errors import MissingExtra, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Scan", "Thing", "administrative_areas", "by_number", "scan"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """A node, way or area with tags.

    Parameters
    ----------
    osm_id
        n, w or r and the number, as ``w123``.
    tags
        Its tags.
    geometry
        Point, LineString, Polygon or MultiPolygon in degrees.
    nodes
        Of a way: the ids of its nodes, one per vertex.
    """

    osm_id: str
    tags: dict[str, str]
    geometry: Any
    nodes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What an extract holds within a box, each in the order of the file.

    `ways` are the highways, `lines` other ways that were asked for, closed ones too.
    """

    points: tuple[Thing, ...]
    ways: tuple[Thing, ...]
    lines: tuple[Thing, ...]
    areas: tuple[Thing, ...]
    broken: int


def by_number(thing: Thing) -> tuple[str, int]:
    """Give what things are sorted by: nodes, relations, ways, each by its number."""
    return thing.osm_id[0], int(thing.osm_id[1:])


def administrative_areas(path: Path) -> tuple[Thing, ...]:
    """Return every whole administrative area of the file, sorted by level, name and id."""
    areas = [
        thing
        for thing in _walk(path, ("boundary",), None)
        if _is_area(thing) and thing.tags.get("boundary") == "administrative"
    ]
    return tuple(
        sorted(areas, key=lambda a: (_level(a), a.tags.get("name", ""), int(a.osm_id[1:])))
    )


def scan(
    path: Path, bbox: Box, keys: Iterable[str], *, lines: Sequence[tuple[str, str]] = ()
) -> Scan:
    """Return the nodes, ways and areas that carry one of the keys and meet the box.

    Ways are given only where they are a highway or carry one of the pairs `lines` of key and
    value; any other closed way is an area.

    Raises
    ------
    MissingExtra
        If pyosmium is not installed.
    UnreadableInput
        If the file is absent or no OpenStreetMap data.
    """
    points: list[Thing] = []
    ways: list[Thing] = []
    others: list[Thing] = []
    areas: list[Thing] = []
    broken = 0
    wanted = tuple(sorted({*keys, *(key for key, _ in lines)}))
    for thing in _walk(path, wanted, bbox, frozenset(lines)):
        if thing.geometry is None:
            broken += 1
        elif thing.osm_id[0] == "n":
            points.append(thing)
        elif thing.nodes:
            (ways if "highway" in thing.tags else others).append(thing)
        else:
            areas.append(thing)
    return Scan(
        points=tuple(points),
        ways=tuple(ways),
        lines=tuple(others),
        areas=tuple(areas),
        broken=broken,
    )


def _walk(
    path: Path,
    keys: tuple[str, ...],
    bbox: Box | None,
    lines: frozenset[tuple[str, str]] = frozenset(),
) -> Iterator[Thing]:
    """Go through the file once; geometry is None where nodes are missing."""
    osmium = _osmium()
    if not path.is_file():
        msg = f"{path.name} is not a file"
        raise UnreadableInput(msg)
    wkb = osmium.geom.WKBFactory()
    try:
        things = osmium.FileProcessor(path).with_areas().with_filter(osmium.filter.KeyFilter(*keys))
        for item in things:
            if item.is_node():
                thing = Thing(f"n{item.id}", dict(item.tags), _point(item))
            elif item.is_way() and ("highway" in item.tags or _carries(item, lines)):
                thing = _way(item)
            elif item.is_area() and "highway" not in item.tags:
                thing = _area(item, osmium, wkb)
            else:
                continue
            if bbox is None or thing.geometry is None or _meets(thing.geometry, bbox):
                yield thing
    except (RuntimeError, ValueError) as error:
        msg = f"{path.name} is not readable OpenStreetMap data: {error}"
        raise UnreadableInput(msg) from error


def _carries(item: Any, lines: frozenset[tuple[str, str]]) -> bool:
    return bool(lines) and any((tag.k, tag.v) in lines for tag in item.tags)


def _osmium() -> Any:
    try:
        import osmium  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        msg = 'OpenStreetMap files need pyosmium: pip install "wangge[osm]"'
        raise MissingExtra(msg) from error
    return osmium


def _point(item: Any) -> Any:
    return shapely.Point(item.location.lon, item.location.lat) if item.location.valid() else None


def _way(item: Any) -> Thing:
    located = [(n.ref, (n.lon, n.lat)) for n in item.nodes if n.location.valid()]
    line = shapely.LineString([xy for _, xy in located]) if len(located) > 1 else None
    return Thing(f"w{item.id}", dict(item.tags), line, tuple(ref for ref, _ in located))


def _area(item: Any, osmium: Any, wkb: Any) -> Thing:
    try:
        shape = shapely.from_wkb(wkb.create_multipolygon(item))
        shape = shape.geoms[0] if len(shape.geoms) == 1 else shape
    except (osmium.InvalidLocationError, RuntimeError):
        shape = None
    kind = "w" if item.from_way() else "r"
    return Thing(f"{kind}{item.orig_id()}", dict(item.tags), shape)


def _meets(shape: Any, bbox: Box) -> bool:
    west, south, east, north = shape.bounds
    return bool(west <= bbox[2] and east >= bbox[0] and south <= bbox[3] and north >= bbox[1])


def _is_area(thing: Thing) -> bool:
    return thing.geometry is not None and shapely.get_dimensions(thing.geometry) == 2  # noqa: PLR2004


def _level(area: Thing) -> int:
    level = area.tags.get("admin_level", "")
    return int(level) if level.isdecimal() else 99
