"""Say who lacks what, and propose where one more place or opened gate serves most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
import shapely

from gis import siting
from gis.barriers import is_shut
from gis.whatif import compare, measure

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.plan_data import Plan
    from gis.rules import Level
    from gis.scene import Scene
    from gis.siting import Choice

__all__ = ["gaps", "gates", "places"]

_STATES: Final = ("served", "not served", "unreachable", "no data")


def gaps(plan: Plan, level: Level | None = None) -> pd.DataFrame:
    """Count, for each category, the households that have it and those that lack it.

    Parameters
    ----------
    plan
        The plan; its layer `access` is counted.
    level
        Count for each grid of this level too; by default for the whole plan.

    Returns
    -------
    `category`, `minutes`, `code` (with a level), `served`, `not_served`, `unreachable`, `no_data`
    in households; most households lacking it first.
    """
    columns = ["atom_id", "households", *([] if level is None else [f"{level}_code"])]
    table = plan["access"].merge(pd.DataFrame(plan["atoms"])[columns], on="atom_id")
    keys = ["category", *([] if level is None else [f"{level}_code"])]
    counted = table.pivot_table(
        index=keys, columns="status", values="households", aggfunc="sum", fill_value=0
    ).reindex(columns=list(_STATES), fill_value=0)
    found = counted.astype("int64").reset_index()
    found.columns = [
        "code" if name == f"{level}_code" else str(name).replace(" ", "_") for name in found.columns
    ]
    minutes = table.drop_duplicates("category").set_index("category")["minutes"]
    found.insert(1, "minutes", found["category"].map(minutes).astype("Int64"))
    lacking = found["not_served"] + found["unreachable"]
    order = np.lexsort(
        [*(found[key].astype(str) for key in ("code", "category") if key in found), -lacking]
    )
    ordered: pd.DataFrame = found.iloc[order].reset_index(drop=True)
    return ordered


def places(
    scene: Scene,
    category: str,
    count: int = 1,
    *,
    model: Literal["max_cover", "p_median", "fewest"] = "max_cover",
    limit_m: float | None = None,
    prove: bool = False,
) -> tuple[Choice, gpd.GeoDataFrame]:
    """Propose where more facilities of a category, or meeting points, serve most households.

    Each home's entrance is a site that a place may stand at; what is there already counts.

    Parameters
    ----------
    scene
        The plan's homes and walks.
    category
        A category of facilities, or `gis.scene.MEETING_POINT`.
    count
        How many; not used by "fewest".
    model
        "max_cover": most households within the limit; "p_median": shortest walks in sum;
        "fewest": as few as bring everybody within the limit.
    limit_m
        Metres within which a household counts; by default the rules'.
    prove
        Prove how good the choice is; it may take a while.

    Returns
    -------
    The choice, and a row for each place: `atom_id` where it stands, `households` that it is
    nearest to, its point.

    Raises
    ------
    UnknownPlace
        If no limit is given and the rules have none for the category.
    """
    within_m = scene.limit_m(category) if limit_m is None else limit_m
    there = scene.places(category)
    walks, (doors, _, known) = scene.walks(there)
    xy = shapely.get_coordinates(scene.doors)
    # Several homes may share an entrance; the first by the order of the atoms stands for all.
    sites = np.sort(np.unique(xy, axis=0, return_index=True)[1])
    already = walks.nearest(doors, known)[1] if len(known) else None
    walk_m = walks.matrix(doors, doors[sites])
    if model == "fewest":
        found = siting.fewest(walk_m, scene.households, limit_m=within_m, already_m=already)
    elif model == "max_cover":
        found = siting.max_cover(
            walk_m, scene.households, count, limit_m=within_m, already_m=already
        )
    else:
        found = siting.p_median(
            walk_m, scene.households, count, limit_m=within_m, already_m=already
        )
    found = siting.prove(found) if prove else found
    rows = sites[np.array(found.sites, dtype=np.int64)]
    chosen: Any = scene.homes.iloc[rows][["atom_id", "building_id", "micro_code", "geometry"]]
    chosen = chosen.set_geometry(list(scene.doors[rows]), crs=scene.homes.crs)
    nearest = [int(scene.households[found.nearest == site].sum()) for site in found.sites]
    return found, chosen.assign(households=nearest).reset_index(drop=True)


def gates(scene: Scene) -> pd.DataFrame:
    """Tell what opening each shut gate alone would bring, the best first.

    Parameters
    ----------
    scene
        The plan's homes and walks. Gates without a name cannot be told apart and are left out.

    Returns
    -------
    `name`, `gained` (households times categories that become served), `reached` (households that
    a way to their grid's centre is opened to), `walk_saved_m` (household-weighted mean saved on
    the way to large grids' centres).
    """
    table = scene.layers["gates"]
    shut = table[is_shut(table) & table["name"].notna()]
    today = measure(scene)
    rows = []
    for name in sorted(set(shut["name"])):
        found = compare(today, measure(scene.with_gates([name], opened=True)))
        change = found.measures.set_index(["measure", "of"])["change"]
        sums = found.homes.groupby("change")["households"].sum()
        rows.append(
            {
                "name": name,
                "gained": int(sums.get("gained", 0) - sums.get("lost", 0)),
                "reached": -int(change["households with no way", "large"]),
                "walk_saved_m": 0.0 - float(change["mean walk, m", "large centre"]),
            }
        )
    columns = ["name", "gained", "reached", "walk_saved_m"]
    found_rows = pd.DataFrame(rows, columns=columns)
    return found_rows.sort_values(
        ["gained", "reached", "walk_saved_m", "name"],
        ascending=[False, False, False, True],
        ignore_index=True,
    )
