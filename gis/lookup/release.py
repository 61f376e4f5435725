"""Freeze a plan into the files that a look-up needs, mapped and shared where they are opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.lookup.answer import CommunityRef
from gis.lookup.facts import write_facts
from gis.lookup.grid_records import write_grid_records
from gis.lookup.head import ADDRESSES, FACTS, FORMAT, POINTS, Head, write_head
from gis.lookup.indexing import book_of_plan
from gis.lookup.people import Roster, write_people
from gis.lookup.points import PointIndex
from gis.lookup.rows import rows_of
from gis.lookup.surroundings import write_surroundings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.plan_data import Plan

__all__ = ["freeze"]


def freeze(plan: Plan, folder: str | Path, *, area: str = "") -> None:
    """Write all that a look-up needs of a plan into a folder; private phones are not among it.

    Parameters
    ----------
    plan
        A finished plan.
    folder
        Made where there is none; it gets its head last, so that one without is no release.
    area
        What the communities lie in, from the province down; an address elsewhere is not here.

    Raises
    ------
    ValueError
        If the plan contradicts itself: a grid without its parent, a polygon that is missing.
    """
    into = Path(folder)
    facts, points = into / FACTS, into / POINTS
    facts.mkdir(parents=True, exist_ok=True)
    points.mkdir(exist_ok=True)
    communities = tuple(
        CommunityRef(code=code, name=name)
        for code, name in sorted(rows_of(plan["communities"], ("community_code", "name")))
    )
    micro = plan.grids("micro").sort_values("code", kind="stable")
    codes = {
        "community": [community.code for community in communities],
        "large": sorted(code for (code,) in rows_of(plan.grids("large"), ("code",))),
        "micro": micro["code"].tolist(),
    }
    write_facts(facts, plan, communities)
    write_people(facts, plan["people"], codes)
    write_grid_records(facts, plan)
    index = PointIndex.build(micro.geometry.to_numpy())
    index.save(points / "micro")
    np.save(facts / "micro_anchor.npy", _anchors(plan, micro, index))
    write_surroundings(facts, points, plan, Roster.open(facts))
    book_of_plan(plan, into / ADDRESSES, area=area).close()
    info = plan.info
    head = Head(
        format=FORMAT,
        plan_id=info.get("plan_id", ""),
        data_date=info.get("data_date", info.get("created", ""))[:10],
        crs=plan.crs.to_wkt(),
        communities=communities,
        large_grids=len(codes["large"]),
        micro_grids=len(codes["micro"]),
    )
    write_head(into, head)


def _anchors(plan: Plan, micro: Any, index: PointIndex) -> NDArray[np.float64]:
    """Return a point in each micro-grid: its centre, or where that lies elsewhere any; (n, 2)."""
    shapes = micro.geometry.to_numpy()
    anchors: NDArray[np.float64] = shapely.get_coordinates(shapely.point_on_surface(shapes))
    centres = plan["centres"]
    place = {code: at for at, code in enumerate(micro["code"])}
    for code, shape in zip(centres["code"], centres.geometry, strict=True):
        at = place.get(code)
        if at is not None and shape is not None and index.find_one(shape.x, shape.y) == at:
            anchors[at] = shape.x, shape.y
    return anchors
