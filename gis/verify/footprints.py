"""Check that no building is cut: each footprint lies in its own atoms' cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from gis.verify.view import View

__all__ = ["check_footprints"]

#: How deep a border may run into a footprint, for maps that do not quite agree.
TOLERANCE_M: Final = 0.5

#: What may be left over by rounding.
CRUMB_M2: Final = 0.01


def check_footprints(view: View) -> Iterator[Finding]:
    """Check each footprint, shrunk by half a metre, against the union of its own cells.

    The part beyond the community's border is left out. A part that lies in another building's
    cells is allowed only where that building's own footprint lies too: footprints that overlap.
    """
    if view.buildings.empty:
        return
    own = view.atoms.groupby("home_id").indices
    codes = view.atoms["community_code"].to_numpy()
    names = view.buildings["home_id"].to_numpy()
    held = np.array([row for row, name in enumerate(names) if name and name in own], dtype=np.int64)
    if len(held) == 0:
        return
    names = names[held]
    shapes = view.footprints[held]
    homes = np.array([shapely.union_all(view.cells[own[name]]) for name in names], dtype=object)
    owners = [codes[own[name][0]] for name in names]
    inside = np.array([view.boundaries.get(code) for code in owners], dtype=object)
    points = shapely.get_dimensions(shapes) == 0
    for name in names[points & ~shapely.dwithin(shapes, homes, TOLERANCE_M)]:
        yield Finding("footprints", "the building's point lies outside its atom", name)
    clipped = shapely.intersection(shapes, inside)
    shrunk = shapely.buffer(clipped, -TOLERANCE_M)
    small = shapely.is_empty(shrunk)
    # What is too narrow to shrink is held against cells widened by as much.
    left = shapely.difference(
        np.where(small, clipped, shrunk),
        np.where(small, shapely.buffer(homes, TOLERANCE_M), homes),
    )
    known = {name: row for row, name in enumerate(names)}
    for row in np.flatnonzero((shapely.area(left) > CRUMB_M2) & ~points):
        cut = _not_anothers(left[row], view, shapes, known)
        if cut.area > CRUMB_M2:
            where = f"{names[row]} by {', '.join(_thieves(cut, view))}"
            yield Finding("footprints", "cells cut the footprint, m²", where, float(cut.area), 0)


def _not_anothers(left: Any, view: View, shapes: NDArray[Any], known: Mapping[str, int]) -> Any:
    """Take away what lies in the cells of buildings whose footprints lie there too."""
    for atom in np.flatnonzero(shapely.intersects(view.cells, left)):
        row = known.get(view.atoms["home_id"].iat[atom])
        if row is not None:
            claim = shapely.intersection(shapely.buffer(shapes[row], TOLERANCE_M), view.cells[atom])
            left = shapely.difference(left, claim)
    return left


def _thieves(cut: Any, view: View) -> list[str]:
    touched = shapely.area(shapely.intersection(view.cells, cut)) > CRUMB_M2
    return sorted(view.atoms["atom_id"].to_numpy()[touched])[:3]
