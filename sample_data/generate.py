"""Generate the sample community: an invented place, the same in every run.

Run ``python sample_data/generate.py [-o FILE]``; what it draws is in ``community.toml``.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from houses import Estate, House, build_estate, build_site
from layout import Layout, build_layout, closed, with_points
from paths import build_walkways, node_walkways
from records import (
    build_addresses,
    build_facilities,
    build_locks,
    build_people,
    build_shop_points,
)
from shops import build_shops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Place = Callable[[Floats], Floats]

HERE = Path(__file__).parent


def main() -> None:
    """Read the options and write the GeoPackage."""
    parser = argparse.ArgumentParser(description="Generate the sample community.")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "community.gpkg")
    output = parser.parse_args().output
    write_layers(build_layers(read_spec()), output)


def read_spec(path: Path = HERE / "community.toml") -> dict[str, Any]:
    """Read what is to be drawn."""
    with path.open("rb") as file:
        return tomllib.load(file)


def build_layers(spec: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return every layer by name; those with a geometry are GeoDataFrames."""
    seed, crs = spec["community"]["seed"], spec["community"]["epsg"]
    layout = build_layout(spec)
    place = _placer(spec)
    estates = {
        parcel.name: build_estate(
            parcel, number + 1, spec["types"], np.random.default_rng([seed, number])
        )
        if "rows" in parcel.spec
        else build_site(parcel)
        for number, parcel in enumerate(layout.parcels)
    }
    shop_rows = build_shops(layout, spec, np.random.default_rng([seed, 101]))
    houses = [house for parcel in layout.parcels for house in estates[parcel.name].houses]
    every = houses + [row.house for row in shop_rows]
    compounds = [parcel["name"] for parcel in spec["compounds"]]

    def points(table: pd.DataFrame, where: Sequence[Floats | None] | Floats) -> gpd.GeoDataFrame:
        shapes = [None if p is None else shapely.Point(place(p[None])[0]) for p in where]
        return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)

    def shapes(table: Mapping[str, Any], geometry: Sequence[Any]) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(table, geometry=list(geometry), crs=crs)

    facilities = build_facilities(layout, every, spec["facilities"])
    shops = build_shop_points(shop_rows, spec["pools"], np.random.default_rng([seed, 102]))
    addresses = build_addresses(
        houses, shop_rows, spec["aliases"], np.random.default_rng([seed, 103])
    )
    return {
        "communities": shapes(
            {
                "name": [spec["community"]["name"]],
                "community_code": [spec["community"]["community_code"]],
                "households": [sum(house.households for house in every)],
            },
            [shapely.Polygon(place(layout.boundary))],
        ),
        "buildings": shapes(_building_table(every), [_polygon(house, place) for house in every]),
        "compounds": shapes(
            {"name": compounds},
            [shapely.Polygon(place(_border(layout, name))) for name in compounds],
        ),
        "walkways": _walkways(layout, estates, spec, place),
        "entrances": _entrances(houses, place, crs),
        "gates": _gates(layout, place, crs),
        "barriers": _barriers(layout, spec, place),
        "facilities": points(*facilities),
        "meeting_points": _meeting_points(layout, estates, place, crs),
        "special_sites": _special_sites(layout, place, crs),
        "addresses": points(*addresses),
        "people": build_people(
            spec["community"]["name"],
            houses,
            compounds,
            spec["pools"],
            np.random.default_rng([seed, 104]),
        ),
        "locks": build_locks(houses, "芳华苑"),
        "layers/shops": points(*shops),
    }


def _placer(spec: Mapping[str, Any]) -> Place:
    """Return what turns local points into the sample's CRS, on a 1 cm grid."""
    angle = np.radians(spec["community"]["turn_degrees"])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    origin = np.array(spec["community"]["origin"])
    return lambda local: np.round(local @ turn + origin, 2)


def _polygon(house: House, place: Place) -> shapely.Polygon:
    return shapely.Polygon(place(house.ring))


def _border(layout: Layout, name: str) -> Floats:
    """Return a parcel's ring with a vertex at every gate and neighbour's corner on it."""
    parcel = next(parcel for parcel in layout.parcels if parcel.name == name)
    near = [other for other in layout.parcels if other.block == parcel.block]
    joints = [point for other in near for point in other.corners]
    joints += [gate.point for other in near for gate in other.gates]
    return with_points(closed(parcel.corners), joints)


def _building_table(houses: Sequence[House]) -> pd.DataFrame:
    def whole(values: Sequence[int | None]) -> Any:
        return pd.array(values, dtype="Int64")

    return pd.DataFrame(
        {
            "building_id": [house.building_id for house in houses],
            "households": whole([house.households for house in houses]),
            "name": [house.name for house in houses],
            "compound": [house.compound or None for house in houses],
            "stairwells": whole([house.stairwells or None for house in houses]),
            "floors": whole([house.floors for house in houses]),
            "residents": whole([house.residents for house in houses]),
            "use": [house.use for house in houses],
            "address": [house.address for house in houses],
        }
    )


def _walkways(
    layout: Layout, estates: Mapping[str, Estate], spec: Mapping[str, Any], place: Place
) -> gpd.GeoDataFrame:
    pieces = node_walkways(build_walkways(layout, estates, spec), place)
    return gpd.GeoDataFrame(
        {
            "kind": [kind for kind, _, _ in pieces],
            "foot": [True] * len(pieces),
            "stairs": [stairs for _, stairs, _ in pieces],
        },
        geometry=[line for _, _, line in pieces],
        crs=spec["community"]["epsg"],
    )


def _entrances(houses: Sequence[House], place: Place, crs: int) -> gpd.GeoDataFrame:
    rows = [(house.building_id, i + 1, p) for house in houses for i, p in enumerate(house.doors)]
    return gpd.GeoDataFrame(
        {
            "building_id": [row[0] for row in rows],
            "stairwell": pd.array([row[1] for row in rows], dtype="Int64"),
        },
        geometry=shapely.points(place(np.array([row[2] for row in rows]))),
        crs=crs,
    )


def _gates(layout: Layout, place: Place, crs: int) -> gpd.GeoDataFrame:
    gates = [gate for parcel in layout.parcels if parcel.walls for gate in parcel.gates]
    return gpd.GeoDataFrame(
        {
            "open": [gate.open for gate in gates],
            "name": [
                f"{parcel.name}{gate.name}"
                for parcel in layout.parcels
                if parcel.walls
                for gate in parcel.gates
            ],
        },
        geometry=shapely.points(place(np.array([gate.point for gate in gates]))),
        crs=crs,
    )


def _barriers(layout: Layout, spec: Mapping[str, Any], place: Place) -> gpd.GeoDataFrame:
    """Return walls (a shared one once), the river and the streets' centre lines."""
    walls: dict[str, list[shapely.LineString]] = {}
    seen: set[tuple[tuple[float, ...], ...]] = set()
    for parcel in layout.parcels:
        ring = place(_border(layout, parcel.name)) if parcel.walls else np.empty((0, 2))
        for a, b in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True):
            key = tuple(sorted((tuple(a), tuple(b))))
            if key not in seen:
                walls.setdefault(parcel.walls, []).append(shapely.LineString([a, b]))
            seen.add(key)
    rows: list[tuple[str, bool, str | None, Any]] = []
    for kind, segments in sorted(walls.items()):
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(segments)))
        rows += [(kind, False, None, line) for line in merged]
    rows.append(("water", False, spec["river"]["name"], shapely.Polygon(place(layout.river))))
    for name, kind, line in layout.streets:
        rows.append((kind, True, name, shapely.LineString(place(line))))
    return gpd.GeoDataFrame(
        {
            "kind": [row[0] for row in rows],
            "crossable": [row[1] for row in rows],
            "name": [row[2] for row in rows],
        },
        geometry=[row[3] for row in rows],
        crs=spec["community"]["epsg"],
    )


def _meeting_points(
    layout: Layout, estates: Mapping[str, Estate], place: Place, crs: int
) -> gpd.GeoDataFrame:
    """Put each in the garden nearest to the middle of its compound."""
    rows = []
    for parcel in layout.parcels:
        if "meeting" in parcel.spec:
            gardens = estates[parcel.name].gardens
            off = np.hypot(*(gardens - parcel.corners.mean(axis=0)).T)
            rows.append((parcel.spec["meeting"], gardens[int(np.argmin(off))]))
    return gpd.GeoDataFrame(
        {"name": [row[0] for row in rows]},
        geometry=shapely.points(place(np.array([row[1] for row in rows]))),
        crs=crs,
    )


def _special_sites(layout: Layout, place: Place, crs: int) -> gpd.GeoDataFrame:
    sites = [parcel for parcel in layout.parcels if parcel.spec.get("kind")]
    return gpd.GeoDataFrame(
        {
            "name": [site.name for site in sites],
            "kind": [site.spec["kind"] for site in sites],
        },
        geometry=[shapely.Polygon(place(_border(layout, site.name))) for site in sites],
        crs=crs,
    )


def write_layers(layers: Mapping[str, pd.DataFrame], output: Path) -> None:
    """Write the layers into one new GeoPackage, with a fixed time stamp."""
    output.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-11-07T00:00:00.000Z"})
    for name, table in layers.items():
        pyogrio.write_dataframe(
            table,
            output,
            layer=name,
            driver="GPKG",
            append=output.exists(),
        )


if __name__ == "__main__":
    main()
