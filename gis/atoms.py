"""Put together the atoms of a community: homes and ground, each with its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import blocks, cells, homes, verges
from gis.errors import NotACoverage
from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.inputs import Inputs

__all__ = ["build"]


def build(
    inputs: Inputs,
    community_code: str,
    *,
    largest_households: int,
    streets: NDArray[Any] | None = None,
) -> gpd.GeoDataFrame:
    """Build the atoms of one community.

    Parameters
    ----------
    inputs
        Inputs in one metric CRS, with communities assigned and households estimated.
    community_code
        Which community.
    largest_households
        The micro-grid's hard maximum: larger buildings are split by stairwell.
    streets
        Lines that bound cells beside the barriers, as from `gis.streets.lines`.

    Returns
    -------
    The atoms layer of the plan contract, without codes and walks, sorted by atom_id. Ground is
    named ground-<community_code>-001 and so on, west to east.

    Raises
    ------
    NotACoverage
        If the community has no building or cell, or they cannot be made to tile it.
    """
    communities = inputs["communities"]
    boundary = communities.loc[communities["community_code"] == community_code].geometry.iloc[0]
    if inputs.has("cells"):
        own = _of(inputs["cells"], community_code)
        table = _given_homes(own)
        tiles = cells.given(own.geometry.to_numpy(), boundary)
    else:
        own = _of(inputs["buildings"], community_code)
        doors = _of_buildings(inputs["entrances"], own, every=inputs["buildings"])
        table = homes.build(own, entrances=doors, largest_households=largest_households)
        cut = blocks.cut(
            boundary,
            barriers=inputs["barriers"],
            special_sites=inputs["special_sites"],
            streets=streets,
        )
        lived_in = table.geometry.to_numpy()[table["households"].to_numpy() > 0]
        cut = verges.divide(cut, lived_in, barriers=inputs["barriers"])
        tiles = cells.around(table.geometry.to_numpy(), boundary, blocks=cut)
    atoms = pd.concat([table.drop(columns="geometry"), _ground(tiles, community_code)])
    atoms["kind"] = np.where(np.arange(len(atoms)) < tiles.homes, "home", "ground")
    atoms["special"] = tiles.special
    atoms["community_code"] = community_code
    whole = gpd.GeoDataFrame(atoms, geometry=tiles.shapes, crs=communities.crs)
    whole = whole.sort_values("atom_id", kind="stable").reset_index(drop=True)
    return with_columns(whole, PLAN_LAYERS["atoms"])


def _of(table: gpd.GeoDataFrame, community_code: str) -> gpd.GeoDataFrame:
    own = table.loc[table["community_code"] == community_code]
    if not len(own):
        msg = f"community {community_code} has no building or cell to plan"
        raise NotACoverage(msg)
    return own


def _of_buildings(
    entrances: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, every: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Keep the entrances of these buildings; a nameless one is the nearest's of every building."""
    if not len(entrances):
        return entrances
    nearest = shapely.STRtree(every.geometry.to_numpy()).nearest(entrances.geometry.to_numpy())
    ids = pd.Series(every["building_id"].to_numpy()[nearest], index=entrances.index)
    named = entrances.assign(building_id=entrances["building_id"].fillna(ids))
    return named[named["building_id"].isin(buildings["building_id"])]


def _given_homes(own: gpd.GeoDataFrame) -> pd.DataFrame:
    """Make homes of a planner's own cells; people enter them at their middle."""
    middle = own.geometry.representative_point()
    return pd.DataFrame(
        {
            "atom_id": own["cell_id"].astype("str"),
            "building_id": "",
            "stairwells": "",
            "compound": None,
            "households": own["households"],
            "residents": own["residents"],
            "estimated": own["estimated"],
            "entrance_x": middle.x,
            "entrance_y": middle.y,
            "geometry": own.geometry,
        }
    )


def _ground(tiles: cells.Cells, community_code: str) -> pd.DataFrame:
    """Name the pieces of ground from west to east."""
    ground = tiles.shapes[tiles.homes :]
    spots = shapely.get_coordinates(shapely.centroid(ground)).round(2).reshape(-1, 2)
    rank = np.empty(len(ground), dtype=np.int64)
    rank[np.lexsort((spots[:, 1], spots[:, 0]))] = np.arange(1, len(ground) + 1)
    rows: list[dict[str, Any]] = [
        {
            "atom_id": f"ground-{community_code}-{number:03d}",
            "households": 0,
            "residents": 0,
            "estimated": False,
        }
        for number in rank
    ]
    return pd.DataFrame(rows, columns=["atom_id", "households", "residents", "estimated"])
