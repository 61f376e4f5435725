"""Draw reach polygons from random places of real networks: `python benchmarks/reach.py`.

Every polygon must be valid and not empty, whatever its origin; the table tells how many were not
and how long one takes. Shanghai and Monaco are looked for in the folder ``data`` of the folder
that the environment variable WANGGE_DATA names; without it only the sample is drawn.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import places
import shapely

from gis import network
from gis.crs import to_metric
from gis.io.osm import import_osm
from gis.io.read import read_inputs
from gis.snapping import Snaps
from gis.tables import INPUT_LAYERS, empty_layer, with_columns
from gis.walking import NetworkWalking

if TYPE_CHECKING:
    from gis.network import WalkNetwork

__all__ = ["draw", "networks", "origins", "shanghai"]

_MONACO = (7.40, 43.72, 7.445, 43.755)
_UTM_51N = 32651


def networks(folder: Path | None) -> dict[str, WalkNetwork]:
    """Build the networks of the sample and, where their data are there, of two real places."""
    inputs = to_metric(read_inputs(Path(__file__).parents[1] / "sample_data/community.gpkg"))
    found = {"sample": _build(inputs["walkways"], inputs["gates"], inputs["barriers"])}
    if folder is not None:
        monaco = to_metric(import_osm(folder / "monaco.osm.pbf", bbox=_MONACO))
        found["monaco"] = _build(monaco["walkways"], monaco["gates"], monaco["barriers"])
        found["shanghai"] = _build(**shanghai(folder / "shanghai_bund_osm.gpkg"))
    return found


def shanghai(path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return walkways, gates and water of the whole file, not only of the box of the plan."""
    read = {name: gpd.read_file(path, layer=name).to_crs(_UTM_51N) for name in ("roads", "water")}
    whole = shapely.box(*read["roads"].total_bounds)
    water = places._shanghai_water(read["water"], whole)  # noqa: SLF001 - one conversion for both
    wet = shapely.union_all(water.geometry.array)
    roads, _ = places._shanghai_roads(read["roads"], whole, wet)  # noqa: SLF001
    return {
        "walkways": with_columns(roads, INPUT_LAYERS["walkways"]),
        "gates": empty_layer(INPUT_LAYERS["gates"], crs=_UTM_51N),
        "barriers": with_columns(water, INPUT_LAYERS["barriers"]),
    }


def origins(of: WalkNetwork, count: int, *, seed: int) -> NetworkWalking:
    """Put random points on the network, each metre of way as likely as any other."""
    rng = np.random.default_rng(seed)
    edge = rng.choice(len(of.edges), size=count, p=of.length_m / of.length_m.sum())
    along_m = network.exact_m(rng.random(count) * of.length_m[edge])
    points = shapely.line_interpolate_point(of.geometries[edge], along_m)
    why = np.full(count, "", dtype=object)
    return NetworkWalking(points, of, Snaps(edge, along_m, np.zeros(count), why))


def draw(walks: NetworkWalking, metres: float) -> dict[str, Any]:
    """Draw the polygon of each point; count those that are none and take the time."""
    count = len(walks.snap_m)
    walks.reach(0, metres)
    taken, bad = np.empty(count), 0
    for origin in range(count):
        start = time.process_time()
        area = walks.reach(origin, metres)
        taken[origin] = time.process_time() - start
        bad += area.is_empty or not area.is_valid or area.geom_type not in _AREAS
    low, middle, high = 1000 * np.quantile(taken, [0.5, 0.99, 1.0])
    return {
        "origins": count,
        "not valid or empty": int(bad),
        "mean ms": round(1000 * float(taken.mean()), 2),
        "p50 ms": round(float(low), 2),
        "p99 ms": round(float(middle), 2),
        "max ms": round(float(high), 2),
    }


_AREAS = ("Polygon", "MultiPolygon")


def _build(walkways: Any, gates: Any, barriers: Any) -> WalkNetwork:
    return network.build(walkways, gates=gates, barriers=barriers)


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each place and walk; return 1 where a polygon is not one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", type=int, default=10_000)
    parser.add_argument("--metres", type=float, nargs="+", default=[300.0, 600.0, 900.0])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    root = os.environ.get("WANGGE_DATA")
    if not root:
        print("WANGGE_DATA is not set: only the sample is drawn", file=sys.stderr)
    bad = 0
    for name, built in networks(Path(root) / "data" if root else None).items():
        for metres in given.metres:
            found = draw(origins(built, given.origins, seed=given.seed), metres)
            bad += found["not valid or empty"]
            line = ", ".join(f"{value} {key}" for key, value in found.items())
            print(f"{name}, {len(built.edges)} edges, {metres:g} m: {line}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
