"""Write what is published of each grid: its figures, its outline, what it breaks and holds."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.lookup.fragments import Fragments
from gis.tables import PLAN_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.plan_data import Plan
    from gis.rules import Level

__all__ = ["write_grid_records"]

#: Columns of the grids that are published: those of the contract, whatever else a file holds.
_PUBLIC: Final = tuple(PLAN_LAYERS["large_grids"].dtypes)
_VIOLATION: Final = ("rule", "severity", "value", "limit", "why", "remedy")
_COUNT: Final = ("layer", "status", "count")
_DEGREES: Final = 7
_WGS84: Final = "EPSG:4326"


def write_grid_records(folder: Path, plan: Plan) -> None:
    """Write a record, the further details and the outline of every grid, by level and code.

    Parameters
    ----------
    folder
        Gets, for both levels, ``large_records``, ``large_details`` and ``large.geojson``: a
        FeatureCollection in WGS 84 with seven decimals (a centimetre), as RFC 7946 asks.
    plan
        The plan.
    """
    violations = _by_code(plan["violations"], _VIOLATION)
    counts = _by_code(plan["counts"], _COUNT)
    levels: tuple[Level, ...] = ("large", "micro")
    for level in levels:
        table = plan.grids(level).to_crs(_WGS84).sort_values("code", kind="stable")
        rows = [_plain(row) for row in table[list(_PUBLIC)].to_dict("records")]
        boxes = table.geometry.bounds.round(_DEGREES).to_numpy().tolist()
        Fragments.write(
            folder,
            f"{level}_records",
            (
                _dump(_figures(row) | {"level": level, "bbox": box})
                for row, box in zip(rows, boxes, strict=True)
            ),
        )
        Fragments.write(
            folder,
            f"{level}_details",
            (
                _dump(
                    {"violations": violations.get(row["code"], []),
                     "counts": counts.get(row["code"], [])}
                )
                for row in rows
            ),
        )  # fmt: skip
        with (folder / f"{level}.geojson").open("wb") as file:
            file.writelines(_collection(table, rows, level))


def _collection(table: Any, rows: list[dict[str, Any]], level: Level) -> Iterator[bytes]:
    """Give a level as GeoJSON, feature by feature."""
    shapes = table.geometry.transform(lambda xy: np.round(xy, _DEGREES))
    yield b'{"type":"FeatureCollection","features":['
    for at, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        feature = {
            "type": "Feature",
            "id": row["code"],
            "properties": row | {"level": level},
            "geometry": shape.__geo_interface__,
        }
        yield b"," * (at > 0) + _dump(feature)
    yield b"]}"


def _by_code(table: Any, names: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Gather the rows of a table by the grid that they name."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in table[["code", *names]].to_dict("records"):
        plain = _plain(row)
        found[plain.pop("code")].append(plain)
    return found


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a list of grids tells of one; its centre's atom is for maps."""
    return {name: value for name, value in row.items() if name != "centre_atom"}


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Turn a table's missing values into None and its numbers into Python's."""
    return {
        str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in row.items()
    }


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
