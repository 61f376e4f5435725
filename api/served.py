"""Hold what a server needs of a plan, prepared once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from api.models import Community, Count, Grid, GridDetail, GridName, Person, Violation
from gis.io.plan_file import read_plan
from gis.lookup.locator import Locator
from gis.tables import PLAN_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gis.plan_data import Plan
    from gis.rules import Level

__all__ = ["Served", "program_version", "serve_plan"]

LEVELS: Final[tuple[Level, ...]] = ("large", "micro")

#: Columns of the grids that are published: those of the contract, whatever else a file holds.
_PUBLIC: Final = tuple(PLAN_LAYERS["large_grids"].dtypes)
_DEGREES: Final = 7
_WGS84: Final = "EPSG:4326"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A plan made ready for answering.

    `etag` names the plan and the version of this program; `geojson` holds each level's bytes.
    """

    plan: Plan
    locator: Locator
    etag: str
    grids: Mapping[str, Grid]
    geojson: Mapping[Level, bytes]

    def level(self, level: Level | None) -> tuple[Grid, ...]:
        """Return the grids of one level, or of both, by code."""
        return tuple(grid for grid in self.grids.values() if level in (None, grid.level))

    def detail(self, code: str) -> GridDetail | None:
        """Return a grid with its people, parent, children, violations and counts."""
        grid = self.grids.get(code)
        if grid is None:
            return None
        children = [other for other in self.grids.values() if other.parent_code == code]
        parent = self.grids.get(grid.parent_code or "")
        community = self.locator.communities.get(grid.community_code)
        return GridDetail(
            plan_id=self.locator.plan_id,
            grid=grid,
            community=Community.model_validate(community) if community else None,
            parent=_name(parent) if parent else None,
            children=tuple(_name(child) for child in children),
            people=tuple(Person.model_validate(p) for p in self.locator.people_of(code)),
            violations=tuple(
                Violation(**row)
                for row in _rows_of(
                    self.plan["violations"], code=code, names=Violation.model_fields
                )
            ),
            counts=tuple(
                Count(**row)
                for row in _rows_of(self.plan["counts"], code=code, names=Count.model_fields)
            ),
        )


def serve_plan(path: Path) -> Served:
    """Read a plan file and make it ready.

    Raises
    ------
    NotAPlan
        If the file is not a whole plan.
    """
    plan = read_plan(path)
    grids: dict[str, Grid] = {}
    geojson: dict[Level, bytes] = {}
    for level in LEVELS:
        table = plan.grids(level).to_crs(_WGS84).sort_values("code", kind="stable")
        rows = [_row(row) for row in table[list(_PUBLIC)].to_dict("records")]
        boxes = table.geometry.bounds.round(_DEGREES).to_numpy().tolist()
        for row, box in zip(rows, boxes, strict=True):
            known = {name: value for name, value in row.items() if name in Grid.model_fields}
            grids[row["code"]] = Grid(**known, level=level, bbox=tuple(box))
        geojson[level] = _collection(table, rows, level)
    return Served(
        plan=plan,
        locator=Locator.from_plan(plan),
        etag=f'"{plan.plan_id[:16]}-{program_version()}"',
        grids=MappingProxyType(grids),
        geojson=MappingProxyType(geojson),
    )


def _collection(table: Any, rows: list[dict[str, Any]], level: Level) -> bytes:
    """Write a level as GeoJSON in WGS 84, seven decimals (a centimetre)."""
    shapes = table.geometry.transform(lambda xy: xy.round(_DEGREES)).__geo_interface__["features"]
    features = [
        {
            "type": "Feature",
            "id": row["code"],
            "properties": row | {"level": level},
            "geometry": shape["geometry"],
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    """Turn a table's missing values into None and its numbers into Python's."""
    return {
        str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in row.items()
    }


def _rows_of(table: pd.DataFrame, *, code: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Give the rows of a table that name a grid, in some of its columns."""
    own = table.loc[table["code"] == code, list(names)]
    return [_row(row) for row in own.to_dict("records")]


def _name(grid: Grid) -> GridName:
    return GridName(code=grid.code, name=grid.name, kind=grid.kind, level=grid.level)


def program_version() -> str:
    """Return the version of the distribution; 0 where it runs from a bare checkout."""
    try:
        return version("wangge")
    except PackageNotFoundError:
        return "0"
