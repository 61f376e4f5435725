"""Turn buildings into homes: footprints with households, split by stairwell where too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.shapes import GRID_M, polygonal
from gis.stairwells import share_households, strips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["build", "without_overlaps"]

POINT_SIDE_M: Final = 2.0
MIN_REST_M2: Final = 1.0


def build(
    buildings: gpd.GeoDataFrame, *, entrances: gpd.GeoDataFrame, largest_households: int
) -> gpd.GeoDataFrame:
    """Make one row per building, or per stairwell of a building with too many households.

    Parameters
    ----------
    buildings
        Buildings of one community with households and residents, metres.
    entrances
        The input layer; an entrance without a building belongs to the nearest one.
    largest_households
        Buildings above it are split where they have several stairwells.

    Returns
    -------
    GeoDataFrame with atom_id, building_id, stairwells, compound, households, residents,
    estimated, entrance_x, entrance_y; the geometry is the footprint (or strip), and no two
    overlap: where buildings do, the smaller keeps its ground. Sorted by atom_id.
    """
    doors = _doors(entrances, buildings)
    rows = [
        row
        for building in buildings.sort_values("building_id").itertuples()
        for row in _rows(building, doors.get(building.building_id, {}), largest_households)
    ]
    homes = gpd.GeoDataFrame(rows, geometry="geometry", crs=buildings.crs)
    homes = homes.sort_values("atom_id", kind="stable").reset_index(drop=True)
    homes["geometry"] = without_overlaps(homes.geometry.to_numpy())
    return homes


def without_overlaps(footprints: NDArray[Any]) -> NDArray[Any]:
    """Cut out of every footprint what smaller ones cover too.

    One that others cover wholly gets half of the largest of them, so that no building is lost.
    Of equal ones the first counts as smaller.

    Parameters
    ----------
    footprints
        Polygons, (n,), metres, none empty.

    Returns
    -------
    Polygons that do not overlap, (n,), none empty.

    Examples
    --------
    >>> yard, hut = shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6)
    >>> [shape.area for shape in without_overlaps(np.array([yard, hut]))]
    [96.0, 4.0]
    >>> [shape.area for shape in without_overlaps(np.array([hut, hut]))]
    [2.0, 2.0]
    """
    footprints = footprints.copy()
    first, second = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    pairs = np.array([first, second]).T[first < second]
    common = shapely.area(shapely.intersection(footprints[pairs[:, 0]], footprints[pairs[:, 1]]))
    rank = np.empty(len(footprints), dtype=np.int64)
    rank[np.argsort(shapely.area(footprints).round(6), kind="stable")] = np.arange(len(footprints))
    smaller: dict[int, list[int]] = {}
    for one, other in pairs[common > 0]:
        large, small = (one, other) if rank[one] > rank[other] else (other, one)
        smaller.setdefault(int(large), []).append(int(small))
    for large in sorted(smaller, key=lambda position: rank[position]):
        _make_room(footprints, large, sorted(smaller[large]))
    return footprints


def _make_room(footprints: NDArray[Any], large: int, smaller: list[int]) -> None:
    """Leave to a footprint, in place, what the smaller ones do not cover."""
    whole = footprints[large]
    taken = shapely.union_all(footprints[smaller], grid_size=GRID_M)
    rest = polygonal([shapely.difference(whole, taken, grid_size=GRID_M)])[0]
    if rest.area < min(MIN_REST_M2, whole.area / 2):
        shared = shapely.area(shapely.intersection(footprints[smaller], whole)).round(6)
        giver = smaller[int(np.argmax(shared))]
        footprints[giver], rest = strips(footprints[giver], 2)
    footprints[large] = rest


Doors = dict[int, shapely.Point]


def _doors(entrances: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> Mapping[str, Doors]:
    """Map a building to its entrances by stairwell; those that name none count from -1 down."""
    if not len(entrances):
        return {}
    ids = buildings["building_id"].to_numpy()
    nearest = shapely.STRtree(buildings.geometry.to_numpy()).nearest(entrances.geometry.to_numpy())
    owner = entrances["building_id"].fillna(pd.Series(ids[nearest], index=entrances.index))
    found: dict[str, Doors] = {}
    order = np.lexsort((entrances.geometry.y, entrances.geometry.x, owner))
    sorted_by_owner = zip(
        owner.iloc[order], entrances["stairwell"].iloc[order], entrances.geometry.iloc[order],
        strict=True,
    )  # fmt: skip
    for building, stairwell, spot in sorted_by_owner:
        doors = found.setdefault(building, {})
        number = -len(doors) - 1 if pd.isna(stairwell) else int(stairwell)
        doors.setdefault(number, spot)
    return found


def _rows(building: Any, doors: Doors, largest_households: int) -> list[dict[str, Any]]:
    footprint = building.geometry
    if footprint.area == 0:
        spot = footprint.centroid
        footprint = spot.buffer(POINT_SIDE_M / 2, cap_style="square")
    common = {
        "building_id": building.building_id,
        "compound": building.compound,
        "estimated": bool(building.estimated),
    }
    count = 1 if pd.isna(building.stairwells) else int(building.stairwells)
    if building.households <= largest_households or count < 2:  # noqa: PLR2004
        door = _middle(doors, footprint)
        whole = {
            "atom_id": str(building.building_id),
            "stairwells": "",
            "households": int(building.households),
            "residents": int(building.residents),
            "entrance_x": door.x,
            "entrance_y": door.y,
            "geometry": footprint,
        }
        return [common | whole]
    households = share_households(int(building.households), count)
    residents = share_households(int(building.residents), count)
    rows = []
    for number, strip in enumerate(strips(footprint, count, entrances=doors), start=1):
        door = doors.get(number) or strip.representative_point()
        row = {
            "atom_id": f"{building.building_id}/{number:02d}",
            "stairwells": str(number),
            "households": households[number - 1],
            "residents": residents[number - 1],
            "entrance_x": door.x,
            "entrance_y": door.y,
            "geometry": strip,
        }
        rows.append(common | row)
    return rows


def _middle(doors: Doors, footprint: shapely.Polygon) -> shapely.Point:
    """Choose the entrance nearest to the middle of them all; without any, a point inside."""
    if not doors:
        return footprint.representative_point()
    spots = [doors[number] for number in sorted(doors)]
    middle = shapely.MultiPoint(spots).centroid
    return min(spots, key=lambda spot: (round(spot.distance(middle), 3), spot.x, spot.y))
