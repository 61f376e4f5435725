"""Make openings where walkways of OpenStreetMap lead through walls that show no gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gis import network
from gis.barriers import closed_gates, passes_gate
from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WALLS", "with_openings"]

#: Barriers that are commonly mapped without their openings; water and rails are not.
WALLS: Final = ("fence", "hedge", "wall")
#: One gate does for all that crosses a wall this near.
_NEAR_M: Final = 1.0


def with_openings(
    gates: gpd.GeoDataFrame,
    *,
    walkways: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    assume: bool,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Add a gate where steps or a passage cross a wall; elsewhere only where that is asked for.

    Steps, arcades and passages through buildings are drawn to lead through: their tags say so.
    Any other walkway that crosses a wall may show an opening that nobody mapped, or a mistake; who
    lets it be assumed gets a gate that says so (`assumed`), and `gis.check` lists each. Where the
    map shows a shut gate nothing is made.

    Parameters
    ----------
    gates
        The gates of the map, degrees.
    walkways
        With the columns osm_id, stairs and through; degrees.
    barriers
        With the column kind; degrees.
    assume
        Whether to take every other crossing for an opening too.

    Returns
    -------
    The gates, and what was made or is left to the planner.

    Examples
    --------
    >>> steps = gpd.GeoDataFrame(
    ...     {"osm_id": ["w1"], "kind": ["steps"], "stairs": [True], "through": [False]},
    ...     geometry=[shapely.LineString([(118, 32), (118.001, 32)])], crs=4326,
    ... )
    >>> wall = shapely.LineString([(118.0005, 31.999), (118.0005, 32.001)])
    >>> walls = gpd.GeoDataFrame({"kind": ["wall"]}, geometry=[wall], crs=4326)
    >>> none = gpd.GeoDataFrame(geometry=[], crs=4326)
    >>> made, said = with_openings(none, walkways=steps, barriers=walls, assume=False)
    >>> made[["osm_id", "open", "assumed"]].values.tolist(), said[0].what[:20]
    ([['w1', True, False]], '1 steps and passages')
    """
    walls = barriers[barriers["kind"].isin(WALLS)] if len(barriers) else barriers
    if not len(walls) or not len(walkways):
        return gates, []
    crs = walkways.estimate_utm_crs()
    table = network.wall_crossings(
        walkways.to_crs(crs), gates=gates.to_crs(crs), barriers=walls.to_crs(crs)
    )
    shut = passes_gate(
        shapely.points(table[["x", "y"]].to_numpy()), closed_gates(gates.to_crs(crs))
    )
    table = table[~shut]
    ways = walkways.loc[table["row"]]
    told = (ways["stairs"] | ways["through"]).to_numpy(dtype=bool)
    table = table.assign(osm_id=ways["osm_id"].to_numpy(), assumed=~told)
    found = [*_apart(table.sort_values("assumed", kind="stable"))]
    made = [gate for gate in found if assume or not gate["assumed"]]
    guessed = sum(gate["assumed"] for gate in made)
    said = [*_said(len(made) - guessed, guessed, len(found) - len(made))]
    if not made:
        return gates, said
    points = gpd.GeoDataFrame(made, geometry="geometry", crs=crs).to_crs(walkways.crs)
    return pd.concat([gates, points], ignore_index=True), said


def _apart(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a gate for each crossing, those near one made before left out."""
    kept: list[Any] = []
    for row in table.itertuples():
        point = shapely.Point(row.x, row.y)
        if any(shapely.dwithin(point, other, _NEAR_M) for other in kept):
            continue
        kept.append(point)
        yield {"osm_id": row.osm_id, "open": True, "assumed": bool(row.assumed), "geometry": point}


def _said(told: int, assumed: int, left: int) -> Iterator[Fault]:
    if told:
        yield Fault(
            "gates", f"{told} steps and passages lead through walls; each was given a gate",
            "delete the gate where none is", severity="information", kind="openings-made",
        )  # fmt: skip
    if assumed:
        yield Fault(
            "gates", f"{assumed} openings are assumed where walkways cross walls without a gate",
            "look at each (wangge check lists them); delete those that are none",
            severity="warning", kind="openings-assumed",
        )  # fmt: skip
    if left:
        yield Fault(
            "walkways", f"walkways cross walls in {left} places where the map shows no gate",
            "import with --openings assume to take each for an opening, or leave walls out",
            severity="warning", kind="walls-crossed",
        )  # fmt: skip
