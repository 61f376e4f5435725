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

__all__ = ["check_access", "check_circles", "check_loads"]

#: Walks this near to a limit count either way, as they are rounded.
OFF_M: Final = 0.01

#: A walk may be this much shorter than the straight line, by rounding.
SHORT_M: Final = 0.1


def check_circles(view: View) -> Iterator[Finding]:
    """Check that each base grid has its circles, and that they reach who walks no further."""
    table = view.plan["circles"]
    members = {level: view.members(level) for level in view.grids}
    listed = _listed(view)
    empty = _empty(table)
    rows = table.drop(columns="geometry", errors="ignore").itertuples(index=False)
    for row, bare in zip(rows, empty, strict=True):
        if row.code in members.get(row.level, ()):
            key = (row.level, row.code, int(row.minutes))
            own = members[row.level][row.code]
            yield from _circle(view, row, own, listed.pop(key, {}))
            if bare and _has_shape(view, row, own):
                yield Finding("circles", f"the circle of {row.minutes} minutes is empty", row.code)
    for (_, code, minutes), atoms in sorted(listed.items()):
        yield Finding("circles", f"unreached by no circle of {minutes} minutes", code, len(atoms))
    yield from _growing(table)
    drawn = set(zip(table["code"], table["minutes"], strict=True))
    for grids in view.grids.values():
        for code in grids.index[grids["kind"] == "base"]:
            for minutes in view.rules.walking.circle_minutes:
                if (code, minutes) not in drawn:
                    yield Finding("circles", f"the grid has no circle of {minutes} minutes", code)


def _empty(table: Any) -> NDArray[np.bool_]:
    """Tell which circles have no shape."""
    shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
    empty: NDArray[np.bool_] = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return empty


def _has_shape(view: View, row: Any, own: NDArray[np.int64]) -> bool:
    """Tell whether a circle must be drawn: a way leads to its centre."""
    walks = numbers(view.atoms[f"walk_{row.level}_m"])[own]
    return bool((walks > 0).any())


def _listed(view: View) -> dict[tuple[str, str, int], dict[str, tuple[int, float, str]]]:
    """Return what the plan says of the atoms that each circle does not reach."""
    table = view.plan["unreached"]
    found: dict[tuple[str, str, int], dict[str, tuple[int, float, str]]] = {}
    columns = ("level", "code", "minutes", "atom_id", "households", "walk_m", "why")
    for level, code, minutes, atom, *said in zip(*(table[c] for c in columns), strict=True):
        found.setdefault((level, code, int(minutes)), {})[atom] = tuple(said)
    return found


def _circle(
    view: View,
    row: Any,
    own: NDArray[np.int64],
    listed: dict[str, tuple[int, float, str]],
) -> Iterator[Finding]:
    """Hold a circle, and the list of those it does not reach, against the walks of its atoms."""
    walking = view.rules.walking
    if abs(row.metres - row.minutes * walking.speed_m_per_min) > OFF_M:
        yield Finding("circles", "metres are not the minutes at the rules' speed", row.code)
    households = view.atoms["households"].to_numpy(dtype=np.int64)[own]
    walks = numbers(view.atoms[f"walk_{row.level}_m"])[own]
    least, most = (int(households[walks <= row.metres + slack].sum()) for slack in (-OFF_M, OFF_M))
    if not least <= row.households_reached <= most:
        what = "households_reached are not those that walk no further"
        yield Finding("circles", what, row.code, float(row.households_reached), most)
    counted = {
        why: row.households_reached if why == "" else getattr(row, f"households_{why}")
        for why in ("", "too_far", "no_gate", "unreachable")
    }
    if sum(counted.values()) != households.sum():
        what = "reached and not reached are not all its households"
        yield Finding("circles", what, row.code, float(sum(counted.values())), households.sum())
    for why in ("too far", "no gate", "unreachable"):
        told = sum(count for count, _, said in listed.values() if said == why)
        if told != counted[why.replace(" ", "_")]:
            yield Finding("circles", f"households that are {why} are not those listed", row.code)
    for atom, count, walk_m in zip(view.atoms["atom_id"].to_numpy()[own], households, walks,
                                   strict=True):  # fmt: skip
        said = listed.pop(atom, None)
        if not _told_right(said, int(count), float(walk_m), float(row.metres)):
            yield Finding("circles", f"{row.minutes} minutes: {atom} is not told rightly", row.code)
    for atom in sorted(listed):
        yield Finding("circles", f"{atom} is unreached, yet not its own", row.code)


def _told_right(
    said: tuple[int, float, str] | None, households: int, walk_m: float, metres: float
) -> bool:
    """Tell whether an atom is listed as unreached, with why, where its walk says it is."""
    if said is None:
        return households == 0 or walk_m <= metres + OFF_M
    count, told_m, why = said
    if count != households or households == 0 or (why == "too far") != (walk_m == walk_m):  # noqa: PLR0124
        return False
    return why != "too far" or (abs(told_m - walk_m) <= OFF_M and walk_m >= metres - OFF_M)


def _growing(table: Any) -> Iterator[Finding]:
    """Check that a longer walk reaches no fewer, of all around no fewer than of its own."""
    ordered = table.sort_values(["level", "code", "minutes"])
    same = (ordered["code"].shift() == ordered["code"]) & (
        ordered["level"].shift() == ordered["level"]
    )
    for name in ("households_reached", "households_around"):
        for code in sorted(set(ordered.loc[same & (ordered[name].diff() < 0), "code"])):
            yield Finding("circles", f"{name} are fewer in a longer walk", code)
    for code in sorted(set(table.loc[table["households_around"] < table["households_reached"],
                                     "code"])):  # fmt: skip
        yield Finding("circles", "households_around are fewer than its own", code)


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
    services = [view.rules.access.get(category) for category in table["category"]]
    right_limits = [np.nan if service is None else service.metres for service in services]
    right_minutes = [np.nan if service is None else service.minutes for service in services]
    crow = _crow_m(view)
    wrong = {
        "limit_m is not the rules'": ~np.isclose(limits, right_limits, equal_nan=True),
        "minutes are not the rules'": ~np.isclose(
            numbers(table["minutes"]), right_minutes, equal_nan=True
        ),
        "status does not follow from walk_m": ~_fits(texts(table["status"]), walks, limits),
        "the walk is shorter than the straight line": walks < crow - SHORT_M,
        "no such facility, yet a walk to it": np.isnan(crow) & ~np.isnan(walks),
    }
    for what, rows in wrong.items():
        for atom, category in table.loc[rows, ["atom_id", "category"]].itertuples(index=False):
            yield Finding("access", f"{category}: {what}", atom)


def check_loads(view: View) -> Iterator[Finding]:
    """Check that the facilities of a category share out all who are served, and those beyond."""
    table, access = view.plan["loads"], view.plan["access"]
    weight = dict(zip(view.atoms["atom_id"], view.atoms["households"].astype(int), strict=True))
    households = access["atom_id"].map(weight).fillna(0).astype(int)
    for name, status in (("households", "served"), ("households_beyond", "not served")):
        right = households[access["status"] == status].groupby(access["category"]).sum()
        told = table.groupby("category")[name].sum()
        for category in sorted({*right.index, *told.index}):
            value, limit = int(told.get(category, 0)), int(right.get(category, 0))
            if value != limit:
                yield Finding("loads", f"{name} are not those of access", category, value, limit)
    places, near = numbers(table["capacity"]), numbers(table["households"])
    right_share = np.where(places > 0, near / np.where(places > 0, places, 1.0), np.nan)
    off = ~np.isclose(numbers(table["households_per_place"]), right_share, equal_nan=True)
    for category in table.loc[off, "category"]:
        yield Finding("loads", "households_per_place is not households / capacity", category)
    given = view.plan.layers.get("facilities")
    count = 0 if given is None else int(given["category"].notna().sum())
    if count != len(table):
        yield Finding("loads", "not one row a facility", "facilities", len(table), count)


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
