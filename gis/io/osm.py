"""Import a community from an OpenStreetMap extract (.osm.pbf)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.errors import UnreadableInput
from gis.faults import Fault, sort_faults
from gis.inputs import Inputs
from gis.io import osm_tags
from gis.io.osm_barriers import barriers as made_barriers
from gis.io.osm_barriers import gates as made_gates
from gis.io.osm_barriers import require_kinds, wall_nodes
from gis.io.osm_coast import COAST, sea
from gis.io.osm_openings import with_openings
from gis.io.osm_scan import Scan, Thing, administrative_areas, by_number, scan
from gis.io.osm_tags import Tags
from gis.io.osm_walkways import walkways
from gis.tables import INPUT_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MARGIN_M", "Openings", "import_osm"]

Openings = Literal["mapped", "assume"]

#: Walkways, facilities and water are taken this far beyond the community, in metres.
MARGIN_M: Final = 500.0

_WGS84: Final = 4326
_NAMES: Final = ("name", "name:zh", "name:en", "official_name", "alt_name", "short_name")
_LISTED: Final = 40
_COAST_CUT: Final = Fault(
    "barriers",
    "the file cuts the coastline off within the community, so that the sea was not made",
    "take an extract that holds the whole coast, or draw the sea as water",
    severity="warning",
    kind="coast-cut",
)


def import_osm(
    pbf: str | Path,
    *,
    bbox: tuple[float, float, float, float] | None = None,
    boundary: str | int | None = None,
    tags: Tags | None = None,
    barriers: Sequence[str] = ("water",),
    openings: Openings = "mapped",
) -> Inputs:
    """Make a community's input layers of an OpenStreetMap extract.

    Buildings keep their OpenStreetMap id (``w123``, ``r123``), floors from building:levels or
    height, and households from building:flats (`method` is then flats). A building belongs to
    the community if most of it lies inside. Walkways, facilities, barriers and gates reach
    `MARGIN_M` beyond it. Gates come with barriers that have some: with all but water. Where steps
    or a passage cross a wall they are given a gate; where any other walkway crosses a wall or
    track without one, `gis.check` says so. The sea is made of the coastline, and is water.

    Parameters
    ----------
    pbf
        The extract: ``.osm.pbf``, or any other format that pyosmium reads.
    bbox
        West, south, east, north in degrees: the community is this box.
    boundary
        Name or relation id of an administrative area of the file: the community is this area.
    tags
        The tables of tags to follow; by default those that come with wangge.
    barriers
        Which kinds of barriers to import: of water, wall, fence, hedge, railway and motorway.
    openings
        "mapped" leaves a walkway that crosses a wall without a gate to the planner, "assume" makes
        a gate there that says it is assumed (`gis.io.osm_openings`).

    Returns
    -------
    Layers communities, buildings, walkways, facilities, addresses, compounds, barriers and gates
    in EPSG:4326; what was dropped or made up is in `faults`.

    Raises
    ------
    UnreadableInput
        If the file is absent or no OpenStreetMap data, neither or both of `bbox` and
        `boundary` are given, the box is none, or the file has no such area or several.
    BadRules
        If a kind of barrier is none.
    MissingExtra
        If pyosmium is not installed.

    Notes
    -----
    Data © OpenStreetMap contributors, ODbL: say so wherever the plan is shown.
    """
    path = Path(pbf)
    tables = tags or Tags.load()
    kinds = require_kinds(barriers, tables)
    gated = any(kind != "water" for kind in kinds)
    name, whole = _community(path, bbox, boundary)
    home, faults = _one_part(whole)
    near = _widened(home)
    keys = ["building", "highway", "addr:housenumber", "addr:full"]
    keys += [*tables.facility_keys, *tables.area_keys, *(tables.gate_keys if gated else ())]
    lines = (*tables.barrier_lines(kinds), *([COAST] if "water" in kinds else ()))
    found = scan(path, near.bounds, keys, lines=lines)

    ocean, coast_is_whole = sea(found.lines, near, home=home)
    if not coast_is_whole:
        faults.append(_COAST_CUT)
    blocking = made_barriers(found, near, kinds, tables, sea=ocean)
    water = blocking[blocking["kind"] == "water"] if len(blocking) else blocking
    buildings = _buildings(found, home, tables, faults)
    lived = [area.geometry for area in found.areas if osm_tags.is_compound(area.tags, tables)]
    ways, said = walkways(
        found.ways,
        home=home,
        near=near,
        lived=shapely.union_all(shapely.make_valid(lived)),
        water=shapely.union_all(water.geometry.array),
        walls=wall_nodes(found, kinds, tables),
        tables=tables,
    )
    faults += said
    doors = made_gates(found, near, tables) if gated else _frame([])
    doors, said = with_openings(
        doors, walkways=ways, barriers=blocking, assume=openings == "assume"
    )
    faults += said
    if found.broken:
        faults.append(_dropped("", found.broken, "things lack some of their nodes in the file"))
    layers = {
        "communities": _frame([{"name": name, "geometry": home}]),
        "buildings": buildings,
        "walkways": ways.drop(columns="through"),
        "facilities": _facilities(found, near, tables),
        "addresses": _addresses(found, home, buildings, faults),
        "compounds": _compounds(found, home, tables, faults),
        "barriers": blocking,
        "gates": doors,
    }
    return Inputs(
        layers={key: _contract(table, key) for key, table in layers.items() if len(table)},
        source=path.name,
        hashes={path.name: hashlib.sha256(path.read_bytes()).hexdigest()},
        faults=sort_faults(faults),
    )


def _community(
    path: Path, bbox: tuple[float, float, float, float] | None, boundary: str | int | None
) -> tuple[str, Any]:
    """Return the community's name and shape."""
    if bbox is not None and boundary is None:
        west, south, east, north = bbox
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
            msg = f"{bbox} is no box: give west,south,east,north in degrees"
            raise UnreadableInput(msg)
        return f"OSM {west:g},{south:g},{east:g},{north:g}", shapely.box(*bbox)
    areas = administrative_areas(path)
    listed = _listed(areas)
    if boundary is None or bbox is not None:
        msg = f"give either a box or a boundary; {path.name} has {listed}"
        raise UnreadableInput(msg)
    wanted = str(boundary).strip()
    fitting = [area for area in areas if _is_named(area, wanted)]
    if len(fitting) != 1:
        many = f"{len(fitting)} areas" if fitting else "no whole administrative area"
        choice = _listed(fitting) if fitting else listed
        msg = f"{path.name} has {many} called {wanted!r}: give one of {choice}"
        raise UnreadableInput(msg)
    return fitting[0].tags.get("name", wanted), shapely.make_valid(fitting[0].geometry)


def _one_part(shape: Any) -> tuple[Any, list[Fault]]:
    """Keep the largest part of an area, since nobody walks from one to another."""
    parts = shapely.get_parts(shape)
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    if len(parts) == 1:
        return parts[0], []
    lost = 1 - parts[0].area / shape.area
    fault = Fault(
        "communities",
        f"the boundary is in {len(parts)} parts; all but the largest, {lost:.1%} of it, left out",
        "import the other parts by a box of their own, where people live there",
        row=1,
        column="geometry",
        severity="warning",
        kind="parts-left-out",
    )
    return parts[0], [fault]


def _is_named(area: Thing, wanted: str) -> bool:
    names = {area.tags[key].casefold() for key in _NAMES if key in area.tags}
    return wanted.casefold() in names or wanted.lstrip("r") == area.osm_id[1:]


def _listed(areas: Sequence[Thing]) -> str:
    names = [
        f"{area.tags.get('name', 'without a name')} ({area.osm_id[1:]})" for area in areas[:_LISTED]
    ]
    more = f" and {len(areas) - _LISTED} more" if len(areas) > _LISTED else ""
    return ", ".join(names) + more if names else "none at all"


def _widened(home: Any) -> Any:
    """Return the community and its margin, in degrees."""
    series = gpd.GeoSeries([home], crs=_WGS84)
    metric = series.to_crs(series.estimate_utm_crs())
    return metric.buffer(MARGIN_M).to_crs(_WGS84).iloc[0]


def _buildings(found: Scan, home: Any, tables: Tags, faults: list[Fault]) -> gpd.GeoDataFrame:
    """Return the buildings that mostly lie in the community."""
    shapely.prepare(home)
    areas = [
        area
        for area in found.areas
        if area.tags.get("building", "no") != "no" and shapely.intersects(home, area.geometry)
    ]
    real = [area for area in areas if osm_tags.is_building(area.tags, tables)]
    inside = [area for area in real if _mostly_in(home, area.geometry)]
    if len(areas) > len(real):
        faults.append(_dropped("buildings", len(areas) - len(real), "are roofs or underground"))
    if len(real) > len(inside):
        outside = len(real) - len(inside)
        faults.append(_dropped("buildings", outside, "lie mostly outside the community"))
    rows = [
        {
            "building_id": area.osm_id,
            "households": osm_tags.flats(area.tags),
            "method": "flats" if osm_tags.flats(area.tags) is not None else None,
            "name": area.tags.get("name") or area.tags.get("addr:housename"),
            "floors": osm_tags.floors(area.tags),
            "use": osm_tags.building_use(area.tags, tables),
            "address": osm_tags.address(area.tags),
            "geometry": area.geometry,
        }
        for area in sorted(inside, key=by_number)
    ]
    return _frame(rows)


def _facilities(found: Scan, near: Any, tables: Tags) -> gpd.GeoDataFrame:
    """Return the points and areas that fit a category, within the margin."""
    rows = []
    for thing in (*sorted(found.points, key=by_number), *sorted(found.areas, key=by_number)):
        category = osm_tags.facility_category(thing.tags, tables)
        if category is not None and shapely.intersects(near, thing.geometry):
            rows.append(
                {
                    "category": category,
                    "name": thing.tags.get("name"),
                    "capacity": osm_tags.capacity(thing.tags),
                    "osm_id": thing.osm_id,
                    "geometry": thing.geometry,
                }
            )
    return _frame(rows)


def _addresses(
    found: Scan, home: Any, buildings: gpd.GeoDataFrame, faults: list[Fault]
) -> gpd.GeoDataFrame:
    """Return the addresses of buildings, then those of points that no building has."""
    rows: list[dict[str, Any]] = []
    if len(buildings):
        given = buildings[buildings["address"].notna()]
        rows += [
            {"address": text, "building_id": key, "geometry": shape.representative_point()}
            for text, key, shape in zip(
                given["address"], given["building_id"], given.geometry, strict=True
            )
        ]
    known = {row["address"] for row in rows}
    repeated = 0
    for point in sorted(found.points, key=by_number):
        text = osm_tags.address(point.tags)
        if text is None or not shapely.intersects(home, point.geometry):
            continue
        if text in known:
            repeated += 1
            continue
        known.add(text)
        rows.append({"address": text, "building_id": None, "geometry": point.geometry})
    if repeated:
        faults.append(_dropped("addresses", repeated, "points repeat an address already there"))
    return _frame(rows)


def _compounds(found: Scan, home: Any, tables: Tags, faults: list[Fault]) -> gpd.GeoDataFrame:
    """Return the named living areas that mostly lie in the community."""
    rows = []
    unnamed = 0
    for area in sorted(found.areas, key=by_number):
        if not osm_tags.is_compound(area.tags, tables):
            continue
        shape = shapely.make_valid(area.geometry)
        if not _mostly_in(home, shape):
            continue
        name = area.tags.get("name", "").strip()
        unnamed += not name
        if name:
            rows.append({"name": name, "osm_id": area.osm_id, "geometry": shape})
    if unnamed:
        faults.append(_dropped("compounds", unnamed, "living areas have no name"))
    return _frame(rows)


def _mostly_in(home: Any, shape: Any) -> bool:
    return bool(shapely.area(shapely.intersection(home, shape)) * 2 >= shapely.area(shape))


def _dropped(layer: str, count: int, what: str) -> Fault:
    return Fault(
        layer or "file",
        f"{count} {what}; not imported",
        "nothing, unless they matter to the plan",
        severity="information",
        kind="not-imported",
    )


def _frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    if not rows:
        return gpd.GeoDataFrame(geometry=[], crs=_WGS84)
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=_WGS84)


def _contract(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Give a layer its contract's columns and dtypes, and rows that count from 1."""
    done = with_columns(table, INPUT_LAYERS[layer])
    done.index = pd.RangeIndex(1, len(done) + 1, name="row")
    return done
