"""Choose where the walking of each grid is measured to, and measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.communities import largest_overlap
from gis.metrics import walk_mean_m
from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.places import Places
    from gis.rules import Level
    from gis.walking import Walking

__all__ = ["choose", "walks"]


def choose(
    atoms: gpd.GeoDataFrame,
    level: Level,
    *,
    middle: Mapping[str, int],
    meeting_points: gpd.GeoDataFrame,
    places: Places,
) -> gpd.GeoDataFrame:
    """Choose the centre of each grid of a level.

    The meeting point that lies in it (of several the one that most households reach, then the one
    with the shortest mean walk), else the entrance of the atom in its middle; a special grid
    without homes has its middle on the map.

    Parameters
    ----------
    atoms
        Atoms of one community with codes.
    middle
        Code to the position of the middle atom, for base grids.
    meeting_points
        The input layer.
    places
        Where all of them stand in the walking network.

    Returns
    -------
    The centres layer of the plan contract with a column `point`, the position in the walking
    network, -1 where walking knows none.
    """
    codes = atoms[f"{level}_code"].to_numpy(dtype=object)
    lies_in = largest_overlap(meeting_points.geometry, atoms.geometry)
    rows = []
    for code in sorted(set(codes)):
        members = np.flatnonzero(codes == code)
        met = np.flatnonzero(np.isin(lies_in, members))
        atom = middle[code] if code in middle else _middle(atoms, members)
        point, spot, name = places.atoms[atom], _entrance(atoms, atom), ""
        if len(met):
            best = _nearest_to_all(atoms, members, met, meeting_points, places)
            atom, point = lies_in[best], places.meeting_points[best]
            spot, name = meeting_points.geometry.iloc[best], meeting_points["name"].iloc[best]
        rows.append(
            {
                "code": code,
                "level": level,
                "name": "" if pd.isna(name) else name,
                "atom_id": atoms["atom_id"].iloc[atom],
                "point": int(point),
                "geometry": spot,
            }
        )
    centres = gpd.GeoDataFrame(rows, geometry="geometry", crs=atoms.crs)
    return with_columns(centres, PLAN_LAYERS["centres"])


def walks(
    atoms: gpd.GeoDataFrame,
    level: Level,
    *,
    centres: gpd.GeoDataFrame,
    walking: Walking,
    points: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Measure each atom's walk to the centre of its grid.

    Returns
    -------
    Metres, (n,); NaN for ground and where there is no way.
    """
    codes = atoms[f"{level}_code"].to_numpy(dtype=object)
    found = np.full(len(atoms), np.nan)
    for code, point in zip(centres["code"], centres["point"], strict=True):
        own = np.flatnonzero((codes == code) & (points >= 0))
        if point >= 0 and len(own):
            found[own] = walking.matrix(points[own], [point])[:, 0]
    return np.where(np.isfinite(found), found.round(3), np.nan)


def _entrance(atoms: gpd.GeoDataFrame, atom: int) -> shapely.Point:
    row = atoms.iloc[atom]
    if pd.isna(row["entrance_x"]):
        return row.geometry.representative_point()
    return shapely.Point(row["entrance_x"], row["entrance_y"])


def _middle(atoms: gpd.GeoDataFrame, members: NDArray[np.int64]) -> int:
    """Return the home nearest to the middle of a special grid; its largest ground if none."""
    homes = members[(atoms["kind"].iloc[members] == "home").to_numpy()]
    if not len(homes):
        areas = atoms.geometry.iloc[members].area.to_numpy()
        return int(members[int(np.argmax(areas))])
    middle = shapely.centroid(shapely.union_all(atoms.geometry.iloc[members].to_numpy()))
    spots = [_entrance(atoms, int(home)).distance(middle) for home in homes]
    return int(homes[int(np.argmin(np.round(spots, 3)))])


def _nearest_to_all(
    atoms: gpd.GeoDataFrame,
    members: NDArray[np.int64],
    met: NDArray[np.int64],
    meeting_points: Any,
    places: Places,
) -> int:
    """Return the meeting point that most reach, then by the shortest mean walk, then by name."""
    own = members[places.atoms[members] >= 0]
    if len(met) == 1 or not len(own):
        return int(met[0])
    metres = places.walking.matrix(places.atoms[own], places.meeting_points[met])
    households = atoms["households"].iloc[own]
    mean = [walk_mean_m(metres[:, column], households) for column in range(len(met))]
    reached = households.to_numpy(dtype=np.int64) @ np.isfinite(metres)
    names = [str(meeting_points["name"].iloc[m]) for m in met]
    order = sorted(
        range(len(met)),
        key=lambda n: (-reached[n], np.nan_to_num(mean[n], nan=np.inf), names[n]),
    )
    return int(met[order[0]])
