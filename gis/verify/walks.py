"""Check walks to the centres, and that the centres are where the plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.verify.finding import Finding
from gis.verify.view import LEVELS, centre_points, entrances, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.rules import Level
    from gis.verify.view import View

__all__ = ["check_centres", "check_grid_walks", "check_walks"]

#: A walk may be this much shorter than the straight line, by rounding.
SHORT_M: Final = 0.1

#: A grid's longest and mean walk may be off by this.
OFF_M: Final = 0.1

#: A centre lies in its atom's cell, or at its entrance, to within this.
NEAR_M: Final = 0.5


def check_centres(view: View) -> Iterator[Finding]:
    """Check that every base grid has one centre, at or in an atom of its own."""
    spots = centre_points(view)
    position = {atom: row for row, atom in enumerate(view.atoms["atom_id"])}
    doors = entrances(view)
    for level in LEVELS:
        labels = view.atoms[f"{level}_code"]
        for code, kind, stated in view.grids[level][["kind", "centre_atom"]].itertuples():
            if (level, code) not in spots:
                if kind == "base":
                    yield Finding("centres", f"the {level} grid has no centre", code)
                continue
            spot, atom, name = spots[level, code]
            row = position.get(atom)
            if row is None or labels.iat[row] != code:
                yield Finding("centres", f"its centre's atom {atom} is not its own", code)
                continue
            if stated != atom:
                yield Finding("centres", f"its centre_atom {stated} is not {atom}", code)
            at_home = shapely.dwithin(spot, doors[row], NEAR_M)
            if not (at_home or shapely.dwithin(spot, view.cells[row], NEAR_M)):
                yield Finding("centres", f"its centre lies outside its atom {atom}", code)
            lived_in = view.atoms["households"].iat[row] > 0
            if kind == "base" and not name and not lived_in:
                yield Finding("centres", f"its centre {atom} has no households", code)


def check_walks(view: View) -> Iterator[Finding]:
    """Check that no walk is shorter than the straight line to the centre, and ground has none."""
    spots = centre_points(view)
    doors = entrances(view)
    ground = (view.atoms["kind"] == "ground").to_numpy()
    for level in LEVELS:
        walks = numbers(view.atoms[f"walk_{level}_m"])
        for atom in view.atoms["atom_id"][ground & ~np.isnan(walks)]:
            yield Finding("walks", "ground has a walk", atom)
        for code, atoms in view.members(level).items():
            if (level, code) not in spots:
                continue
            crow = shapely.distance(doors[atoms], spots[level, code][0])
            short = walks[atoms] < crow - SHORT_M
            for atom in np.flatnonzero(short):
                row = atoms[atom]
                yield Finding(
                    "walks",
                    f"walk_{level}_m is shorter than the straight line",
                    view.atoms["atom_id"].iat[row],
                    float(walks[row]),
                    float(crow[atom]),
                )


def check_grid_walks(view: View) -> Iterator[Finding]:
    """Check each grid's longest and mean walk against its home atoms with households."""
    homes = (view.atoms["kind"] == "home").to_numpy()
    weight = view.atoms["households"].to_numpy(dtype=np.float64)
    for level in LEVELS:
        yield from _grid_walks(view, level, np.where(homes, weight, 0.0))


def _grid_walks(view: View, level: Level, weight: Any) -> Iterator[Finding]:
    walks = numbers(view.atoms[f"walk_{level}_m"])
    grids = view.grids[level]
    stated = {name: numbers(grids[name]) for name in ("walk_max_m", "walk_mean_m")}
    for code, atoms in view.members(level).items():
        reached = atoms[(weight[atoms] > 0) & ~np.isnan(walks[atoms])]
        right = {"walk_max_m": np.nan, "walk_mean_m": np.nan}
        if len(reached):
            right["walk_max_m"] = walks[reached].max()
            right["walk_mean_m"] = np.average(walks[reached], weights=weight[reached])
        row = grids.index.get_loc(code)
        for name, value in right.items():
            found = stated[name][row]
            if np.isnan(found) != np.isnan(value) or abs(found - value) > OFF_M:
                yield Finding(
                    "grid_walks", f"{name} is not its atoms'", code, float(found), float(value)
                )
