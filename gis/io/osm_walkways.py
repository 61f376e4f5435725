"""Make walkways of OpenStreetMap's highways, with the junctions that its nodes say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.faults import Fault
from gis.io.osm_edges import off_walls
from gis.io.osm_tags import walk_access, walk_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from gis.io.osm_scan import Thing
    from gis.io.osm_tags import Tags

__all__ = ["walkways"]

_WGS84: Final = 4326
_SEPARATED: Final = frozenset({"bridge", "tunnel"})


@dataclass(frozen=True, slots=True)
class _Way:
    """A way people may use: what it is, where it runs, which nodes it joins."""

    osm_id: str
    kind: str
    stairs: bool
    line: Any
    nodes: tuple[int, ...]
    through: bool


def walkways(
    ways: Sequence[Thing],
    *,
    home: Any,
    near: Any,
    lived: Any,
    water: Any,
    walls: Collection[int],
    tables: Tags,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the ways that people may walk on and can reach from the community.

    Private ways are kept inside living areas only. Of the network near the community the
    largest connected part that reaches it is kept; the rest are fragments of the map. A way
    above or below the ground, as tunnels, bridges and levels are, joins others only where
    they share a node; where one runs over water without saying that it is a bridge, that
    stretch is made one.

    Parameters
    ----------
    ways
        Highways with their nodes, degrees.
    home, near, lived, water
        The community, the community with its margin, living areas, and open water: one
        geometry each, degrees, possibly empty.
    walls
        Nodes of the walls imported, see `gis.io.osm_edges.off_walls`.
    tables
        The tables of tags.

    Returns
    -------
    Columns osm_id, kind, stairs, through (led through buildings or under cover) and geometry,
    sorted by osm_id; and what was dropped or made.
    """
    shapely.prepare(lived)
    ways = [part for way in ways for part in (off_walls(way, walls) if walls else [way])]
    usable, said = _usable(ways, near, lived, tables)
    if usable:
        reached = _largest(usable, home, near)
        dropped = [way for way, keep in zip(usable, reached, strict=True) if not keep]
        usable = [way for way, keep in zip(usable, reached, strict=True) if keep]
        said += _count(
            dropped,
            "walkways are not joined to the network that reaches the community, and were dropped",
            "join them in the map if people can walk there",
            kind="map-fragments",
        )
    wet, over = _bridged(usable, water)
    said += _count(
        over,
        "walkways run over water without saying that they are bridges; made bridges there",
        "tag them in the map, or correct the water",
        kind="bridges-made",
    )
    shared = Counter(node for way in wet for node in way.nodes)
    rows = [part for way in wet for part in _joined(way, shared)]
    return _table(rows), said


def _usable(
    ways: Sequence[Thing], near: Any, lived: Any, tables: Tags
) -> tuple[list[_Way], list[Fault]]:
    """Sort out the ways near the community that are not for walking, or private."""
    shapely.prepare(near)
    usable, private, forbidden = [], [], []
    for thing in sorted(ways, key=lambda way: int(way.osm_id[1:])):
        if not shapely.intersects(near, thing.geometry) or thing.geometry.length == 0:
            continue
        kind, access = walk_kind(thing.tags, tables), walk_access(thing.tags, tables)
        stairs = thing.tags.get("highway") == "steps"
        through = thing.tags.get("tunnel") == "building_passage" or (
            thing.tags.get("covered", "no") != "no"
        )
        way = _Way(thing.osm_id, kind or "", stairs, thing.geometry, thing.nodes, through)
        middle = thing.geometry.interpolate(0.5, normalized=True)
        if kind is None or access == "no":
            forbidden.append(way)
        elif access == "private" and not shapely.intersects(lived, middle):
            private.append(way)
        else:
            usable.append(replace(way, kind=_level_kind(thing.tags, kind)))
    remedy = "correct foot or access in the map if people walk there"
    return usable, [
        *_count(forbidden, "highways are not for people on foot", remedy, kind="no-foot"),
        *_count(
            private, "private ways outside living areas were dropped", remedy, kind="private-ways"
        ),
    ]


def _level_kind(tags: dict[str, str], kind: str) -> str:
    """Call what lies above the ground a bridge and what lies below it a tunnel."""
    try:
        layer = float(tags.get("layer", "0"))
    except ValueError:
        return kind
    if kind in _SEPARATED or layer == 0:
        return kind
    return "bridge" if layer > 0 else "tunnel"


def _largest(ways: Sequence[_Way], home: Any, near: Any) -> NDArray[np.bool_]:
    """Tell which ways belong to the longest connected network that reaches the community."""
    way = np.repeat(np.arange(len(ways)), [len(w.nodes) for w in ways])
    nodes = np.unique(np.concatenate([w.nodes for w in ways]), return_inverse=True)[1]
    n = len(ways)
    joins = coo_array(
        (np.ones(len(way)), (way, n + nodes)), shape=(n + nodes.max() + 1, n + nodes.max() + 1)
    )
    part = connected_components(joins, directed=False)[1][:n]
    lines = np.array([w.line for w in ways], dtype=object)
    length = np.bincount(part, weights=shapely.length(shapely.intersection(lines, near)))
    reaches = np.zeros(len(length), dtype=bool)
    reaches[part[shapely.intersects(home, lines)]] = True
    length[~reaches] = -1.0
    kept: NDArray[np.bool_] = part == int(np.argmax(length))
    return kept


def _bridged(ways: Sequence[_Way], water: Any) -> tuple[list[_Way], list[_Way]]:
    """Make bridges of the stretches over water; also return the ways that this changed."""
    done, changed = [], []
    shapely.prepare(water)
    for way in ways:
        xy = shapely.get_coordinates(way.line)
        steps = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
        wet = shapely.intersects(water, steps) & ~shapely.touches(water, steps)
        if way.kind in _SEPARATED or not wet.any():
            done.append(way)
            continue
        changed.append(way)
        breaks = np.flatnonzero(wet[1:] != wet[:-1]) + 1
        done += [
            replace(part, kind="bridge" if wet[start] else way.kind)
            for start, part in _parts(way, breaks.tolist())
        ]
    return done, changed


def _joined(way: _Way, shared: Counter[int]) -> list[_Way]:
    """Split what is not on the ground where it shares a node, so that its parts' ends join."""
    if way.kind not in _SEPARATED:
        return [way]
    inner = range(1, len(way.nodes) - 1)
    return [part for _, part in _parts(way, [k for k in inner if shared[way.nodes[k]] > 1])]


def _parts(way: _Way, breaks: list[int]) -> list[tuple[int, _Way]]:
    """Split a way at some of its vertices; with each part's first vertex."""
    xy = shapely.get_coordinates(way.line)
    starts, ends = [0, *breaks], [*breaks, len(xy) - 1]
    return [
        (a, replace(way, line=shapely.LineString(xy[a : b + 1]), nodes=way.nodes[a : b + 1]))
        for a, b in zip(starts, ends, strict=True)
    ]


def _count(ways: Sequence[_Way], what: str, remedy: str, *, kind: str) -> list[Fault]:
    if not ways:
        return []
    return [
        Fault(
            "walkways",
            f"{len(ways)} {what}",
            remedy,
            value=" ".join(way.osm_id for way in ways),
            severity="information",
            kind=kind,
        )
    ]


def _table(ways: Sequence[_Way]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "osm_id": [way.osm_id for way in ways],
            "kind": [way.kind for way in ways],
            "stairs": [way.stairs for way in ways],
            "through": [way.through for way in ways],
        }
    )
    return gpd.GeoDataFrame(frame, geometry=[way.line for way in ways], crs=_WGS84)
