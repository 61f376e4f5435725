"""Compare a plan's walks and services before and after a change of gates or facilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis.scene import MEETING_POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.scene import Scene

__all__ = ["Comparison", "Measures", "compare", "measure"]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two scenes side by side.

    Parameters
    ----------
    measures
        `measure`, `of` (a category, or a level and minutes), `before`, `after`, `change`.
    homes
        Each home that is served in one of the two only: `atom_id`, `category`, `households`,
        `before_m`, `after_m` (empty where no way leads there), `change` (gained or lost).
    """

    measures: pd.DataFrame
    homes: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The services of one scene, and the walks to its centres.

    Parameters
    ----------
    totals
        `measure`, `of` and `value`: households served of each category and their mean walk;
        households that each circle reaches; mean walk to the centres and households without one.
    homes
        Each home and category that was surveyed: `atom_id`, `category`, `households`, `walk_m`
        and whether it counts as `served`.
    """

    totals: pd.DataFrame
    homes: pd.DataFrame


def compare(before: Measures, after: Measures) -> Comparison:
    """Lay what was measured of two scenes of one plan side by side.

    The grids and their centres stay as the plan has them; only walks and services change.

    Parameters
    ----------
    before, after
        What `measure` returned of scenes with the same homes.
    """
    table = before.totals.merge(
        after.totals, on=["measure", "of"], how="outer", suffixes=("_b", "_a")
    )
    table = table.rename(columns={"value_b": "before", "value_a": "after"})
    table["change"] = table["after"] - table["before"]
    homes = before.homes.merge(
        after.homes, on=["atom_id", "category", "households"], how="outer", suffixes=("_b", "_a")
    )
    was, now = (homes[f"served_{side}"].eq(other=True) for side in "ba")
    homes = homes[was != now].rename(columns={"walk_m_b": "before_m", "walk_m_a": "after_m"})
    homes = homes.assign(change=np.where(now[was != now], "gained", "lost"))
    columns = ["atom_id", "category", "households", "before_m", "after_m", "change"]
    return Comparison(
        table.sort_values(["measure", "of"], ignore_index=True),
        homes[columns].sort_values(["category", "atom_id"], ignore_index=True),
    )


def measure(scene: Scene) -> Measures:
    """Measure the services and the walks to the centres of a scene."""
    facilities = np.asarray(
        scene.layers["facilities"].geometry.representative_point(), dtype=object
    )
    meeting = scene.places(MEETING_POINT)
    walks, (doors, centres, shops, met) = scene.walks(facilities, meeting)
    table = scene.access(walks, doors, shops)
    surveyed = table[table["status"] != "no data"]
    parts = [
        surveyed.assign(served=surveyed["status"] == "served")[
            ["atom_id", "category", "walk_m", "served"]
        ]
    ]
    if len(met):
        _, metres = walks.nearest(doors, met)
        parts.append(
            pd.DataFrame(
                {
                    "atom_id": scene.homes["atom_id"].to_numpy(),
                    "category": MEETING_POINT,
                    "walk_m": np.where(np.isfinite(metres), metres, np.nan),
                    "served": metres <= scene.limit_m(MEETING_POINT),
                }
            )
        )
    homes = pd.concat(parts, ignore_index=True)
    weight = dict(zip(scene.homes["atom_id"], scene.households, strict=True))
    homes.insert(2, "households", homes["atom_id"].map(weight).astype("int64"))
    rows = []
    for category, own in homes.groupby("category"):
        served = int(own.loc[own["served"], "households"].sum())
        rows.append(("households served", str(category), float(served)))
        rows.append(("mean walk, m", str(category), _mean(own["walk_m"], own["households"])))
    rows += _centre_rows(scene, walks, doors, centres)
    return Measures(pd.DataFrame(rows, columns=["measure", "of", "value"]), homes)


def _centre_rows(
    scene: Scene, walks: Any, doors: NDArray[np.int64], centres: NDArray[np.int64]
) -> list[tuple[str, str, float]]:
    """Measure the walks of all homes to the centre of their own grid."""
    rows: list[tuple[str, str, float]] = []
    households, walking = scene.households, scene.rules.walking
    for level in ("large", "micro"):
        codes = scene.homes[f"{level}_code"].to_numpy(dtype=object)
        metres = np.full(len(codes), np.inf)
        of_level = (scene.centres["level"] == level).to_numpy()
        for code, point in zip(scene.centres["code"][of_level], centres[of_level], strict=True):
            own = np.flatnonzero(codes == code)
            metres[own] = walks.matrix(doors[own], [point])[:, 0]
        for minutes in sorted(set(walking.circle_minutes)):
            near = metres <= minutes * walking.speed_m_per_min
            told = f"{level}, {minutes} min"
            rows.append(("households in circle", told, float(households[near].sum())))
        lost = ~np.isfinite(metres)
        rows.append(("households with no way", level, float(households[lost].sum())))
        walk_m = pd.Series(np.where(lost, np.nan, metres))
        rows.append(("mean walk, m", f"{level} centre", _mean(walk_m, pd.Series(households))))
    return rows


def _mean(walk_m: pd.Series, households: pd.Series) -> float:
    """Return the household-weighted mean of the walks that exist; NaN where none does."""
    there = walk_m.notna() & (households > 0)
    if not there.any():
        return float("nan")
    return round(float(np.average(walk_m[there], weights=households[there])), 3)
