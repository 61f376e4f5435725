"""Hold a finished plan: its layers, its CRS, and the digest that identifies it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely
from geopandas.array import GeometryDtype

from gis.rules import Level, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from pyproj import CRS

__all__ = ["VOLATILE_INFO", "Plan", "digest"]

#: Keys of the info layer that tell when, with what and of which files a plan was made, not what it
#: says: the same data in a workbook and in a database make the same plan.
VOLATILE_INFO: Final = frozenset({"plan_id", "created", "versions", "source", "sources"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as its file holds it, self-contained.

    Parameters
    ----------
    layers
        Layer name to table: those of `gis.tables.PLAN_LAYERS` and the inputs the plan
        carries (communities, buildings, compounds, walkways, gates, barriers, facilities,
        ``layers/*``). All geometry is in `crs`.
    crs
        The plan's one metric CRS.
    """

    layers: Mapping[str, Any]
    crs: CRS

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))

    def __getitem__(self, name: str) -> Any:
        """Return a layer; KeyError where the plan has none of that name."""
        return self.layers[name]

    @property
    def info(self) -> dict[str, str]:
        """The info layer as a mapping."""
        table = self.layers["info"]
        return dict(zip(table["key"], table["value"], strict=True))

    @property
    def plan_id(self) -> str:
        """The digest of the content, as stored."""
        return self.info["plan_id"]

    @property
    def rules(self) -> Rules:
        """The rules the plan was made by."""
        return Rules.from_json(self.info["rules"])

    def grids(self, level: Level) -> gpd.GeoDataFrame:
        """Return the grids of one level."""
        return self.layers[f"{level}_grids"]


def digest(layers: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a plan's content, without times, library versions and names of files.

    Row order counts (it is fixed by the flow), column order does not; geometry counts by its
    coordinates to the millimetre.

    Examples
    --------
    >>> digest({"info": pd.DataFrame({"key": ["a"], "value": ["1"]})})[:8]
    'c2494660'
    """
    sha = hashlib.sha256()
    for name in sorted(layers):
        table = layers[name]
        if name == "info":
            table = table[~table["key"].isin(VOLATILE_INFO)]
        sha.update(name.encode())
        for column in sorted(table.columns):
            sha.update(f"\x1f{column}\x1e".encode())
            sha.update("\x1d".join(_plain(table[column])).encode())
    return sha.hexdigest()


def _plain(column: pd.Series) -> list[str]:
    """Write each value of a column as text that does not depend on library versions."""
    if isinstance(column.dtype, GeometryDtype):
        shapes = shapely.normalize(column.to_numpy())
        return [
            "" if text is None else text for text in shapely.to_wkt(shapes, rounding_precision=3)
        ]
    filled = column.notna().tolist()
    return [
        _value(value) if there else "" for value, there in zip(column.tolist(), filled, strict=True)
    ]


def _value(value: Any) -> str:
    """Write numbers alike, be they int, float or bool, and dates too: a file may change them."""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date):
        return pd.Timestamp(value).isoformat()
    number = float(value)
    return str(int(number)) if number.is_integer() else f"{number:.6f}"
