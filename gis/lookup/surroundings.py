"""Tell what a point lies in beside its grid: the compound and the building."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely

from gis.lookup.answer import BuildingRef
from gis.lookup.points import PointIndex
from gis.lookup.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan_data import Plan

__all__ = ["Place", "Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The compound a point lies in, empty for none, and the building it lies in."""

    compound: str = ""
    building: BuildingRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The cells and footprints of a plan, by place.

    Parameters
    ----------
    cells
        Index of the atoms' cells.
    compounds
        Their compounds, in the index's order.
    footprints
        Tree of the buildings that have a footprint.
    buildings
        Those buildings, in the tree's order.
    community_of
        Large grid's code to its community's.
    """

    cells: PointIndex
    compounds: tuple[str, ...]
    footprints: Any
    buildings: tuple[BuildingRef, ...]
    community_of: Mapping[str, str]

    @classmethod
    def from_plan(cls, plan: Plan) -> Surroundings:
        """Index a plan's cells and footprints."""
        atoms = plan["atoms"].sort_values("atom_id", kind="stable")
        compounds = [row[0] for row in rows_of(atoms, ("compound",))]
        table = plan.layers.get("buildings")
        shapes, buildings = [], []
        if table is not None:
            rows = rows_of(table, ("building_id", "name", "compound"))
            for shape, row in sorted(
                zip(table.geometry.to_numpy(), rows, strict=True), key=lambda pair: pair[1]
            ):
                if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"):
                    shapes.append(shape)
                    buildings.append(BuildingRef(building_id=row[0], name=row[1], compound=row[2]))
        large = rows_of(plan.grids("large"), ("code", "community_code"))
        return cls(
            cells=PointIndex.build(atoms.geometry.to_numpy()),
            compounds=tuple(compounds),
            footprints=shapely.STRtree(shapes),
            buildings=tuple(buildings),
            community_of=MappingProxyType({row[0]: row[1] for row in large}),
        )

    def at(self, x: float, y: float) -> Place:
        """Return what a point lies in, metres in the plan's CRS."""
        hits = self.footprints.query(shapely.Point(x, y), predicate="intersects")
        cell = self.cells.find_one(x, y)
        return Place(
            compound=self.compounds[cell] if cell >= 0 else "",
            building=self.buildings[int(min(hits))] if len(hits) else None,
        )
