"""Check living circles and the access to facilities against the atoms' walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.verify.finding import Finding
from gis.verify.view import entrances, numbers, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gis.verify.view import View

__all__ = ["check_access", "check_circles"]

#: Walks this near to a limit count either way, as they are rounded.
OFF_M: Final = 0.01

#: A walk may be this much shorter than the straight line, by rounding.
SHORT_M: Final = 0.1


def check_circles(view: View) -> Iterator[Finding]:
    """Check that each base grid has its circles, and that they reach who walks no further."""
    households = view.atoms["households"].to_numpy(dtype=np.int64)
    rows = view.plan["circles"][["level", "code", "metres", "households_reached"]]
    members = {level: view.members(level) for level in view.grids}
    for level, code, metres, stated in rows.itertuples(index=False):
        if code not in members.get(level, ()):
            continue
        own = members[level][code]
        walks = numbers(view.atoms[f"walk_{level}_m"])[own]
        least, most = (
            int(households[own][walks <= metres + slack].sum()) for slack in (-OFF_M, OFF_M)
        )
        if not least <= stated <= most:
            what = "households_reached are not those that walk no further"
            yield Finding("circles", what, code, float(stated), most)
    table = view.plan["circles"]
    drawn = set(zip(table["code"], table["minutes"], strict=True))
    for grids in view.grids.values():
        for code in grids.index[grids["kind"] == "base"]:
            for minutes in view.rules.walking.circle_minutes:
                if (code, minutes) not in drawn:
                    yield Finding("circles", f"the grid has no circle of {minutes} minutes", code)


def check_access(view: View) -> Iterator[Finding]:
    """Check that each home has a row for each category of the rules, and that it is right."""
    table = view.plan["access"]
    homes = view.atoms.loc[view.atoms["kind"] == "home", "atom_id"]
    given = set(zip(table["atom_id"], table["category"], strict=True))
    for category in sorted({*view.rules.access, *table["category"]}):
        for atom in homes:
            if (atom, category) not in given:
                yield Finding("access", f"no row for {category}", atom)
    walks, limits = numbers(table["walk_m"]), numbers(table["limit_m"])
    right_limits = [view.rules.access.get(category, np.nan) for category in table["category"]]
    crow = _crow_m(view)
    wrong = {
        "limit_m is not the rules'": ~np.isclose(limits, right_limits, equal_nan=True),
        "status does not follow from walk_m": ~_fits(texts(table["status"]), walks, limits),
        "the walk is shorter than the straight line": walks < crow - SHORT_M,
        "no such facility, yet a walk to it": np.isnan(crow) & ~np.isnan(walks),
    }
    for what, rows in wrong.items():
        for atom, category in table.loc[rows, ["atom_id", "category"]].itertuples(index=False):
            yield Finding("access", f"{category}: {what}", atom)


def _fits(status: Any, walks: NDArray[np.float64], limits: NDArray[np.float64]) -> Any:
    """Tell which rows say served, not served or neither as their metres do."""
    inside = np.isnan(limits) | (walks <= limits + OFF_M)
    outside = walks >= limits - OFF_M
    walked = ~np.isnan(walks)
    return (
        ((status == "served") & walked & inside)
        | ((status == "not served") & walked & outside)
        | (status.isin(["unreachable", "no data"]) & ~walked)
    ).to_numpy()


def _crow_m(view: View) -> NDArray[np.float64]:
    """Measure straight lines from each row's atom to the nearest facility of its category."""
    table = view.plan["access"]
    crow = np.full(len(table), np.nan)
    facilities = view.plan.layers.get("facilities")
    if facilities is None or facilities.empty:
        return crow
    doors = dict(zip(view.atoms["atom_id"], entrances(view), strict=True))
    starts = np.array([doors.get(atom) for atom in table["atom_id"]], dtype=object)
    for category, own in facilities[facilities.geometry.notna()].groupby("category"):
        rows = np.flatnonzero((table["category"] == category).to_numpy())
        spots = shapely.multipoints(list(own.geometry.representative_point()))
        crow[rows] = shapely.distance(starts[rows], spots)
    return crow
