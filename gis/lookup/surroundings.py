"""Tell what a point lies in beside its grid: the atom and the building, and who serves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from gis.lookup.answer import BuildingRef
from gis.lookup.fragments import Fragments, open_array
from gis.lookup.points import PointIndex
from gis.lookup.rows import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.lookup.people import Roster
    from gis.plan_data import Plan

__all__ = ["Surroundings", "write_surroundings"]

_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The cells and footprints of a release, by place.

    Parameters
    ----------
    cells, footprints
        Indexes of the atoms' cells, in the order of `Facts`, and of the buildings that have a
        footprint.
    buildings
        Those buildings as JSON.
    cell_posts, building_posts
        The groups of people who serve each atom's compound, and each building; -1 for none.
    """

    cells: PointIndex
    footprints: PointIndex
    buildings: Fragments
    cell_posts: NDArray[np.int32]
    building_posts: NDArray[np.int32]

    @classmethod
    def open(cls, folder: Path, points: Path) -> Surroundings:
        """Map what `write_surroundings` wrote."""
        return cls(
            cells=PointIndex.open(points / "atoms"),
            footprints=PointIndex.open(points / "footprints"),
            buildings=Fragments.open(folder, "buildings"),
            cell_posts=open_array(folder, "cell_posts"),
            building_posts=open_array(folder, "building_posts"),
        )

    def building(self, position: int) -> BuildingRef:
        """Return a building with a footprint."""
        return msgspec.json.decode(self.buildings[position], type=BuildingRef)


def write_surroundings(folder: Path, points: Path, plan: Plan, roster: Roster) -> None:
    """Write a plan's cells and footprints, and index both."""
    atoms = plan["atoms"].sort_values("atom_id", kind="stable")
    PointIndex.build(atoms.geometry.to_numpy()).save(points / "atoms")
    compounds = [row[0] for row in rows_of(atoms, ("compound",))]
    groups = {name: roster.group("compound", name) for name in dict.fromkeys(compounds)}
    _save(folder, "cell_posts", [groups[name] for name in compounds])
    shapes, buildings = _footprints(plan.layers.get("buildings"))
    PointIndex.build(np.array(shapes, dtype=object)).save(points / "footprints")
    Fragments.write(folder, "buildings", (msgspec.json.encode(each) for each in buildings))
    served = [roster.group("building", each.building_id) for each in buildings]
    _save(folder, "building_posts", served)


def _footprints(table: Any) -> tuple[list[Any], list[BuildingRef]]:
    """List the buildings that have a footprint, by their ids."""
    if table is None:
        return [], []
    rows = rows_of(table, ("building_id", "name", "compound"))
    pairs = sorted(zip(rows, table.geometry.to_numpy(), strict=True), key=lambda pair: pair[0])
    kept = [
        (shape, BuildingRef(building_id=row[0], name=row[1], compound=row[2]))
        for row, shape in pairs
        if shape is not None and shape.geom_type in _POLYGONS and not shape.is_empty
    ]
    return [shape for shape, _ in kept], [building for _, building in kept]


def _save(folder: Path, name: str, groups: list[int]) -> None:
    np.save(folder / f"{name}.npy", np.array(groups, dtype=np.int32))
