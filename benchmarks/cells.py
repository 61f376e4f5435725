"""Compare cells with momepy's enclosed tessellation: `python benchmarks/cells.py`.

Two real places: the 2,000 central buildings of Vasileostrovsky, St Petersburg, with walls made
across it, and the whole of Monaco with its barriers and streets. Both systems get the same
footprints without overlaps, the same boundary, barriers and streets, and sample footprints each
metre. momepy (BSD-3) runs as its documentation shows: enclosures clipped to the boundary,
then `enclosed_tessellation` on one process.

The data are looked for in the folder ``data`` of the folder that WANGGE_DATA names.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import geopandas as gpd
import momepy
import numpy as np
import pandas as pd
import shapely

from gis import cells
from gis.blocks import cut
from gis.homes import without_overlaps
from gis.io.osm import import_osm
from gis.rules import Rules
from gis.shapes import GRID_M, polygonal
from gis.streets import lines as street_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_BUILDINGS: Final = 2000
_MIN_FOOTPRINT_M2: Final = 10.0
_WALLS: Final = 9
_MARGIN_M: Final = 20.0
#: A box around the whole country, degrees.
_MONACO: Final = (7.4085, 43.7245, 7.4400, 43.7520)


class Town(NamedTuple):
    """Footprints, the boundary they lie in, the barriers and the streets across it, metres."""

    name: str
    footprints: NDArray[Any]
    boundary: Any
    lines: gpd.GeoSeries
    streets: gpd.GeoSeries


def petersburg(folder: Path) -> Town:
    """Return the buildings nearest to the middle, and walls across them askew."""
    source = gpd.read_parquet(folder / "spb_vasileostrovsky_buildings.parquet")
    metric = source.to_crs(source.estimate_utm_crs())
    spot = metric.geometry.centroid
    off = np.maximum(abs(spot.x - spot.x.median()), abs(spot.y - spot.y.median()))
    shapes = metric.geometry.iloc[np.argsort(off, kind="stable")].to_numpy()
    shapes = shapes[shapely.area(shapes) > _MIN_FOOTPRINT_M2][:_BUILDINGS]
    footprints = _apart(shapes)
    x0, y0, x1, y1 = shapely.total_bounds(footprints) + np.array([-1, -1, 1, 1]) * _MARGIN_M
    lines = []
    for share in np.linspace(0.1, 0.9, _WALLS):
        x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        lines.append(shapely.LineString([(x, y0 - 9), (x + 0.05 * (x1 - x0), y1 + 9)]))
        lines.append(shapely.LineString([(x0 - 9, y), (x1 + 9, y - 0.04 * (y1 - y0))]))
    boundary = shapely.set_precision(shapely.box(x0, y0, x1, y1), GRID_M)
    walls, none = gpd.GeoSeries(lines, crs=metric.crs), gpd.GeoSeries([], crs=metric.crs)
    return Town("St Petersburg", footprints, boundary, walls, none)


def monaco(folder: Path) -> Town:
    """Return the buildings of the whole country, its barriers and its streets."""
    inputs = import_osm(folder / "monaco.osm.pbf", bbox=_MONACO)
    crs = inputs["communities"].estimate_utm_crs()
    boundary = inputs["communities"].to_crs(crs).geometry.iloc[0]
    boundary = shapely.set_precision(boundary, GRID_M)
    shapes = inputs["buildings"].to_crs(crs).geometry.to_numpy()
    streets = inputs["walkways"].to_crs(crs)
    soft = gpd.GeoSeries(street_lines(streets, kinds=Rules.load().cells.street_kinds), crs=crs)
    walls = inputs["barriers"].to_crs(crs).geometry
    edges = walls.where(walls.area == 0, walls.boundary).explode(ignore_index=True)
    inside = shapely.intersection(shapes, boundary)
    return Town("Monaco", _apart(shapes[shapely.area(inside) > 1]), boundary, edges, soft)


def wangge(town: Town) -> NDArray[Any]:
    """Return the cells of wangge."""
    walls = gpd.GeoDataFrame({"kind": ["wall"] * len(town.lines)}, geometry=town.lines.array)
    none = gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[])
    streets = town.streets.to_numpy()
    blocks = cut(town.boundary, barriers=walls, special_sites=none, streets=streets)
    return cells.around(town.footprints, town.boundary, blocks=blocks).shapes


def enclosed(town: Town) -> NDArray[Any]:
    """Return the cells of momepy."""
    limit = gpd.GeoSeries([town.boundary], crs=town.lines.crs)
    across = pd.concat([town.lines, town.streets], ignore_index=True)
    enclosures = momepy.enclosures(across, limit=limit, clip=True)
    buildings = gpd.GeoSeries(town.footprints, crs=town.lines.crs)
    found = momepy.enclosed_tessellation(
        buildings, enclosures.geometry, shrink=0.2, segment=1.0, n_jobs=1
    )
    return np.asarray(found.geometry.to_numpy())


def _apart(shapes: NDArray[Any]) -> NDArray[Any]:
    return without_overlaps(polygonal(shapely.set_precision(shapes, GRID_M)))


def _row(name: str, town: Town, build: Callable[[Town], NDArray[Any]]) -> tuple[Any, ...]:
    """Time one system and measure what it made; the time is the process's own."""
    begun = time.process_time()
    found = build(town)
    seconds = time.process_time() - begun
    valid = shapely.is_valid(found).all() and shapely.coverage_is_valid(found)
    off = shapely.symmetric_difference(shapely.union_all(found), town.boundary).area
    overlap = shapely.area(found).sum() - shapely.union_all(found).area
    tree = shapely.STRtree(found)
    flesh = shapely.buffer(town.footprints, -0.5)
    flesh = flesh[~shapely.is_empty(flesh)]
    touched = np.bincount(tree.query(flesh, predicate="intersects")[0])
    return name, seconds, bool(valid), off, overlap, int((touched > 1).sum()), len(found)


def main() -> int:
    """Print one table a place; return 2 where the data are not there."""
    root = os.environ.get("WANGGE_DATA")
    if not root:
        print("set WANGGE_DATA to the folder that holds data/", file=sys.stderr)
        return 2
    folder = Path(root) / "data"
    warnings.simplefilter("ignore", UserWarning)
    for file, make in (
        ("spb_vasileostrovsky_buildings.parquet", petersburg),
        ("monaco.osm.pbf", monaco),
    ):
        town = make(folder)
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()[:12]
        rows = [_row("wangge", town, wangge), _row(f"momepy {momepy.__version__}", town, enclosed)]
        across = f"{len(town.lines)} barriers, {len(town.streets)} streets"
        print(f"\n{town.name}: {len(town.footprints)} footprints, {across}")
        print(f"file {file} sha256 {digest}\n")
        print("| system | time ratio | s | valid coverage | off m² | overlap m² | cut | cells |")
        print("|---|---|---|---|---|---|---|---|")
        for name, seconds, valid, off, overlap, split, count in rows:
            ratio = seconds / rows[0][1]
            print(
                f"| {name} | {ratio:.2f} | {seconds:.1f} | {'yes' if valid else 'no'} "
                f"| {off:.2f} | {overlap:.1f} | {split} | {count} |"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
