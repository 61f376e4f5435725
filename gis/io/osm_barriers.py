"""Make barriers and gates of OpenStreetMap's walls, water, railways and motorways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gis.errors import BadRules
from gis.io import osm_tags
from gis.io.osm_openings import WALLS
from gis.io.osm_scan import by_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.io.osm_scan import Scan
    from gis.io.osm_tags import Tags

__all__ = ["barriers", "gates", "require_kinds", "wall_nodes"]

_WGS84: Final = 4326
_WATER: Final = "water"


def require_kinds(kinds: Sequence[str], tables: Tags) -> tuple[str, ...]:
    """Return the kinds of barriers asked for, sorted, each once.

    Raises
    ------
    BadRules
        If the tables have none of that name.
    """
    known = {_WATER, *(kind for kind, _ in tables.barriers)}
    if strange := sorted(set(kinds) - known):
        msg = f"{', '.join(strange)} is no kind of barrier; give of {', '.join(sorted(known))}"
        raise BadRules(msg)
    return tuple(sorted(set(kinds)))


def barriers(
    found: Scan, near: Any, kinds: Sequence[str], tables: Tags, *, sea: Any = None
) -> gpd.GeoDataFrame:
    """Return the barriers of the kinds asked for, within the community and its margin.

    Water comes as areas, and as lines where no area covers it. What runs in a tunnel or over a
    bridge stops nobody. Where people pass, as over a bridge or at a level crossing, the walkway or
    the gate says so, not the barrier.

    Parameters
    ----------
    found
        What the extract holds.
    near
        The community with its margin, degrees.
    kinds
        As from `require_kinds`.
    tables
        The tables of tags.
    sea
        Open sea as from `gis.io.osm_coast.sea`, if there is some.

    Returns
    -------
    Columns kind, osm_id and geometry; the sea and areas of water first, then lines by their number.
    """
    rows = []
    if _WATER in kinds:
        if sea is not None and not sea.is_empty:
            rows.append({"kind": _WATER, "osm_id": None, "geometry": sea})
        for area in sorted(found.areas, key=by_number):
            if osm_tags.is_water(area.tags, tables):
                shape = shapely.intersection(near, shapely.make_valid(area.geometry))
                if shapely.area(shape) > 0:
                    rows.append({"kind": _WATER, "osm_id": area.osm_id, "geometry": shape})
    wet = shapely.union_all([row["geometry"] for row in rows])
    for thing in sorted((*found.lines, *found.ways), key=by_number):
        kind = osm_tags.barrier_kind(thing.tags, tables)
        if kind not in kinds:
            continue
        line = shapely.intersection(thing.geometry, near)
        if kind == _WATER:
            line = shapely.difference(line, wet)
        if shapely.length(line) > 0:
            rows.append({"kind": kind, "osm_id": thing.osm_id, "geometry": _lines(line)})
    return _frame(rows)


def gates(found: Scan, near: Any, tables: Tags) -> gpd.GeoDataFrame:
    """Return the gates and level crossings within the community and its margin.

    One that is locked or that nobody may use is not open; one that says nothing of it leaves that
    open, and so does a private one, since those who live there pass. One with hours is open.

    Returns
    -------
    Columns name, open, opening_hours, osm_id and geometry.
    """
    rows = [
        {
            "name": point.tags.get("name"),
            "open": osm_tags.gate_open(point.tags),
            "opening_hours": point.tags.get("opening_hours"),
            "osm_id": point.osm_id,
            "geometry": point.geometry,
        }
        for point in sorted(found.points, key=by_number)
        if osm_tags.is_gate(point.tags, tables) and shapely.intersects(near, point.geometry)
    ]
    return _frame(rows)


def wall_nodes(found: Scan, kinds: Sequence[str], tables: Tags) -> frozenset[int]:
    """Return the nodes of the walls, fences and hedges that are imported."""
    return frozenset(
        node
        for thing in found.lines
        if (kind := osm_tags.barrier_kind(thing.tags, tables)) in kinds and kind in WALLS
        for node in thing.nodes
    )


def _lines(shape: Any) -> Any:
    """Keep the lines of what cutting left."""
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 1]
    return parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)


def _frame(rows: Sequence[dict[str, Any]]) -> gpd.GeoDataFrame:
    if not rows:
        return gpd.GeoDataFrame(geometry=[], crs=_WGS84)
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=_WGS84)
