"""Turn three real places into inputs: `python benchmarks/places.py NAME -o FILE`.

The data are not in the repository: they are looked for in the folder ``data`` of the folder that
the environment variable WANGGE_DATA names.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.errors import WanggeError
from gis.faults import Fault
from gis.inputs import Inputs
from gis.io.osm import import_osm
from gis.io.osm_tags import address
from gis.io.write_inputs import write_inputs
from gis.tables import INPUT_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["PLACES", "daan", "monaco", "read_place", "shanghai"]

_MONACO_AREA: Final = "Monte-Carlo"
#: The Bund: 1.1 km² with Suzhou Creek across its north and the Huangpu along its east.
_BUND: Final = (121.4820, 31.2350, 121.4900, 31.2480)
_MARGIN_M: Final = 300.0
_FLOOR_M: Final = 3.0
_UTM_51N: Final = 32651
_WGS84: Final = 4326

#: Kinds of points in the Shanghai file that are facilities, by their category.
_SHANGHAI_FACILITIES: Final = {
    "bakery": "bakery",
    "bank": "bank",
    "bus_station": "bus_stop",
    "bus_stop": "bus_stop",
    "cafe": "restaurant",
    "convenience": "convenience_store",
    "fast_food": "restaurant",
    "fitness": "fitness",
    "garden": "park",
    "government": "community_service",
    "hospital": "hospital",
    "kindergarten": "kindergarten",
    "library": "library",
    "mall": "mall",
    "park": "park",
    "pharmacy": "pharmacy",
    "pitch": "fitness",
    "police": "police",
    "post_office": "parcel",
    "restaurant": "restaurant",
    "school": "school",
    "subway_entrance": "metro",
    "supermarket": "supermarket",
    "toilets": "toilets",
}


def monaco(folder: Path, out: Path) -> Path:
    """Write one administrative area of Monaco, imported from its OpenStreetMap extract."""
    return _write(_monaco(folder), out)


def daan(folder: Path, out: Path) -> Path:
    """Write Da'an, Taipei: given cells with households, the CODE2 areas as communities."""
    return _write(_daan(folder), out)


def shanghai(folder: Path, out: Path) -> Path:
    """Write a box at the Bund, Shanghai, with its two rivers as barriers."""
    return _write(_shanghai(folder), out)


def read_place(name: str, folder: Path) -> Inputs:
    """Return a place's inputs without writing them, with what the conversion dropped or made."""
    return {"monaco": _monaco, "daan": _daan, "shanghai": _shanghai}[name](folder)


PLACES: Final[Mapping[str, Callable[[Path, Path], Path]]] = {
    "monaco": monaco,
    "daan": daan,
    "shanghai": shanghai,
}


def _monaco(folder: Path) -> Inputs:
    return import_osm(folder / "monaco.osm.pbf", boundary=_MONACO_AREA)


def _daan(folder: Path) -> Inputs:
    """Take the smallest areas as cells and unite them into communities.

    The file's areas are an exact coverage, so that their unions are one too. A CODE2 area in
    several parts would keep all of them; how many there are is said.
    """
    path = folder / "taipei_daan_microareas.gpkg"
    source = gpd.read_file(path)
    cells = source.rename(
        columns={"CODEBASE": "cell_id", "H_CNT": "households", "P_CNT": "residents"}
    )[["cell_id", "households", "residents", "CODE1", "CODE2", "geometry"]]
    communities = (
        source[["CODE2", "geometry"]]
        .dissolve("CODE2", method="coverage", sort=True)
        .reset_index()
        .rename(columns={"CODE2": "name"})
    )
    split = communities.loc[communities.geom_type == "MultiPolygon", "name"].tolist()
    faults = _said("communities", len(split), f"areas are in several parts: {' '.join(split)}")
    return _inputs(path, {"communities": communities, "cells": cells}, faults)


def _shanghai(folder: Path) -> Inputs:
    """Cut the box out of the layers and give them the contract's columns."""
    path = folder / "shanghai_bund_osm.gpkg"
    home = shapely.box(*_BUND)
    metric = gpd.GeoSeries([home], crs=_WGS84).to_crs(_UTM_51N)
    near = metric.buffer(_MARGIN_M, join_style="mitre").iloc[0]
    read = {
        name: gpd.read_file(path, layer=name).to_crs(_UTM_51N)
        for name in ("buildings", "roads", "water", "pois", "addresses", "communities")
    }
    box = metric.iloc[0]
    buildings, left_out = _shanghai_buildings(read["buildings"], box)
    water = _shanghai_water(read["water"], near)
    roads, made = _shanghai_roads(read["roads"], near, shapely.union_all(water.geometry.array))
    pois = read["pois"]
    pois = pois[pois.intersects(near)]
    category = pois["kind"].map(_SHANGHAI_FACILITIES)
    named = read["communities"]
    named = named[named["name"].notna() & (_share(named, box) > 0.5)]
    layers = {
        "communities": gpd.GeoDataFrame({"name": ["外滩"]}, geometry=[home], crs=_WGS84),
        "buildings": buildings,
        "walkways": roads,
        "barriers": water,
        "facilities": pois.assign(category=category)[category.notna()],
        "addresses": _shanghai_addresses(read["addresses"], buildings, box),
        "compounds": named[["name", "geometry"]],
    }
    faults = (
        *_said("buildings", left_out, "footprints lie mostly outside the box"),
        *_said("facilities", int(category.isna().sum()), "points are of no category"),
        *_said("walkways", made, "stretches of road over water are no bridges; made bridges"),
    )
    return _inputs(path, layers, faults)


def _shanghai_buildings(source: gpd.GeoDataFrame, box: Any) -> tuple[gpd.GeoDataFrame, int]:
    """Keep buildings that mostly lie in the box; floors are height ÷ 3 m."""
    touching = source[source.intersects(box)]
    inside = touching[_share(touching, box) > 0.5].drop_duplicates("geometry")
    floors = np.floor(inside["height"] / _FLOOR_M + 0.5).clip(lower=1)
    table = gpd.GeoDataFrame(
        {
            "building_id": inside["id"].map(_osm_id),
            "name": inside["name"],
            "floors": floors,
            "use": inside["kdetail"],
            "address": [_address(row) for row in inside.to_dict("records")],
        },
        geometry=inside.geometry,
    )
    return table.sort_values("building_id"), len(touching) - len(inside)


def _shanghai_roads(
    source: gpd.GeoDataFrame, near: Any, water: Any
) -> tuple[gpd.GeoDataFrame, int]:
    """Keep roads one may walk on, cut to the margin; over water they become bridges.

    Rails and ferries are no walkways. Trunk roads and road tunnels are kept for the picture
    and closed to people on foot.
    """
    roads = source[~source["kind"].isin(["rail", "ferry"])].explode(ignore_index=True)
    roads = roads[roads.intersects(near)]
    tunnel, bridge = roads["is_tunnel"].notna(), roads["is_bridge"].notna()
    kind = roads["kdetail"].where(~bridge, "bridge").where(~tunnel, "tunnel")
    allowed = roads["foot"].notna() | (roads["kind"] == "path")
    cars = roads["kdetail"].str.startswith("trunk") | (tunnel & ~allowed)
    table = gpd.GeoDataFrame(
        {
            "kind": kind,
            "foot": pd.Series(pd.NA, index=roads.index, dtype="boolean").mask(cars, other=False),
            "stairs": roads["kdetail"] == "steps",
            "osm_id": roads["id"].map(_osm_id),
        },
        geometry=shapely.set_precision(shapely.intersection(roads.geometry.array, near), 0.001),
        crs=roads.crs,
    ).explode(ignore_index=True)
    ground = ~_separated(table["kind"]) & table["foot"].fillna(value=True)
    wet = ground & (shapely.length(shapely.intersection(table.geometry.array, water)) > 0.01)
    over = table[wet].assign(kind="bridge")
    over.geometry = shapely.intersection(over.geometry.array, water)
    dry = table[wet]
    dry = dry.set_geometry(shapely.difference(dry.geometry.array, water))
    parts = [part.explode(ignore_index=True) for part in (table[~wet], dry, over)]
    done = pd.concat(parts, ignore_index=True)
    return done[done.length > 0.01].sort_values("osm_id", kind="stable"), len(parts[2])


def _separated(kind: pd.Series) -> pd.Series:
    """Tell which walkways pass over or under others."""
    return kind.isin(["bridge", "tunnel"])


def _shanghai_water(source: gpd.GeoDataFrame, near: Any) -> gpd.GeoDataFrame:
    """Unite the water that the file's tiles cut, within the margin."""
    wet = source[source["kind"] != "swimming_pool"].geometry.array
    parts = shapely.get_parts(shapely.intersection(shapely.union_all(wet, grid_size=0.001), near))
    parts = parts[shapely.area(parts) > 1]
    return gpd.GeoDataFrame({"kind": ["water"] * len(parts)}, geometry=parts, crs=source.crs)


def _shanghai_addresses(
    source: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, box: Any
) -> gpd.GeoDataFrame:
    """Give the addresses of buildings, then those of points that no building has."""
    given = buildings[buildings["address"].notna()]
    of_buildings = given[["building_id", "address"]].set_geometry(given.representative_point())
    points = source[source.intersects(box)]
    points = points.assign(address=[_address(row) for row in points.to_dict("records")])
    points = points[points["address"].notna() & ~points["address"].isin(given["address"])]
    points = points.sort_values(["address", "id"], kind="stable").drop_duplicates("address")
    return pd.concat([of_buildings, points[["address", "geometry"]]], ignore_index=True)


def _address(row: Mapping[Any, Any]) -> str | None:
    """Write street and number as one address."""
    tags = {
        f"addr:{key}": row[f"addr_{key}"]
        for key in ("street", "housenumber")
        if isinstance(row[f"addr_{key}"], str)
    }
    return address(tags)


def _osm_id(number: float) -> str:
    """Write an OpenStreetMap id; the file gives relations negative numbers."""
    return f"r{-int(number)}" if number < 0 else f"w{int(number)}"


def _share(table: gpd.GeoDataFrame, box: Any) -> NDArray[np.float64]:
    """Tell how much of each area lies in the box."""
    shapes = table.geometry.array
    share: NDArray[np.float64] = shapely.area(shapely.intersection(shapes, box)) / shapely.area(
        shapes
    )
    return share


def _said(layer: str, count: int, what: str) -> tuple[Fault, ...]:
    if not count:
        return ()
    remedy = "nothing, unless they matter to the plan"
    return (Fault(layer, f"{count} {what}", remedy, severity="information", kind="conversion"),)


def _inputs(path: Path, layers: Mapping[str, Any], faults: tuple[Fault, ...]) -> Inputs:
    """Give every layer its contract's columns, degrees, and rows that count from 1."""
    done = {}
    for name, table in layers.items():
        if len(table):
            known = [*INPUT_LAYERS[name].dtypes, "osm_id", "CODE1", "CODE2", "geometry"]
            frame = with_columns(table[table.columns.intersection(known)], INPUT_LAYERS[name])
            frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
            done[name] = frame.to_crs(_WGS84)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Inputs(layers=done, source=path.name, hashes={path.name: digest}, faults=faults)


def _write(inputs: Inputs, out: Path) -> Path:
    write_inputs(inputs, out)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Write one place; return 0, or 2 where its data are not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(PLACES))
    parser.add_argument("-o", "--out", type=Path, required=True, help="the GeoPackage to write")
    given = parser.parse_args(arguments)
    root = os.environ.get("WANGGE_DATA")
    if not root:
        print("set WANGGE_DATA to the folder that holds data/", file=sys.stderr)
        return 2
    try:
        inputs = read_place(given.name, Path(root) / "data")
        _write(inputs, given.out)
    except (WanggeError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    counts = ", ".join(f"{len(table)} {name}" for name, table in sorted(inputs.layers.items()))
    print(f"{given.out}: {counts}")
    for fault in inputs.faults:
        print(f"  {fault}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
