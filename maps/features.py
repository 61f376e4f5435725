"""Turn rows of a plan into small GeoJSON features for the browser."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "DIGITS",
    "Group",
    "MapLayer",
    "collect",
    "drawable",
    "label_spots",
    "lonlat",
    "plain",
    "records",
]

Group = Literal["grids", "living", "places", "ground"]

#: Decimals of a degree in the page: 6 are 11 cm, less than a pixel at the deepest zoom.
DIGITS: Final = 6

_LONLAT: Final = "EPSG:4326"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer that readers can switch, as the page's scripts expect it.

    Parameters
    ----------
    id
        Short stable name; also says which words, styles and popups belong to it.
    name
        What the panel calls it.
    group
        Under which heading of the panel it stands.
    pane
        Which of the map's stacked panes it is drawn in.
    features
        GeoJSON features; property ``s`` names the style.
    styles
        Class of a feature → Leaflet's path options.
    legend
        Rows that explain it: style (or sign) and words.
    visible
        Whether it is shown at first.
    interactive
        Whether it answers to pointing and clicking.
    choices
        Kinds that readers may pick to see alone: value and words.
    """

    id: str
    name: str
    group: Group
    pane: str
    features: list[dict[str, Any]]
    styles: Mapping[str, Mapping[str, Any]]
    legend: list[dict[str, Any]] = field(default_factory=list)
    visible: bool = False
    interactive: bool = True
    choices: list[dict[str, str]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values; only styles that a feature or the legend uses."""
        used = {feature["properties"]["s"] for feature in self.features}
        used |= {row["style"] for row in self.legend if "style" in row}
        return {
            "id": self.id,
            "name": self.name,
            "group": self.group,
            "pane": self.pane,
            "visible": self.visible,
            "interactive": self.interactive,
            "styles": {key: dict(style) for key, style in self.styles.items() if key in used},
            "legend": self.legend,
            "choices": self.choices,
            "data": {"type": "FeatureCollection", "features": self.features},
        }


def drawable(table: Any) -> gpd.GeoDataFrame | None:
    """Return the rows that have a geometry, or None where there is none."""
    if not isinstance(table, gpd.GeoDataFrame) or table.empty or table.crs is None:
        return None
    shapes = table.geometry.to_numpy()
    rows = table[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return None if rows.empty else rows


def lonlat(geometry: gpd.GeoSeries) -> np.ndarray:
    """Return geometries in longitude and latitude, rounded to `DIGITS`.

    Rounding moves equal points to equal points, so shared borders stay shared.
    """
    shapes = geometry.to_crs(_LONLAT).to_numpy()
    rounded: np.ndarray = shapely.transform(
        shapely.force_2d(shapes), lambda xy: np.round(xy, DIGITS)
    )
    return rounded


def collect(geometry: gpd.GeoSeries, properties: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pair geometries with their properties as GeoJSON features; empty values are left out.

    Examples
    --------
    >>> one = gpd.GeoSeries([shapely.Point(118.8000001, 32)], crs="EPSG:4326")
    >>> collect(one, [{"s": "open", "name": None}])[0]["properties"]
    {'s': 'open'}
    """
    return [
        {
            "type": "Feature",
            "properties": {key: v for key, v in values.items() if v is not None},
            "geometry": shapely.geometry.mapping(shape),
        }
        for shape, values in zip(lonlat(geometry), properties, strict=True)
    ]


def label_spots(geometry: gpd.GeoSeries) -> list[tuple[float, float, float]]:
    """Find for each polygon where a label has most room.

    Returns
    -------
    Longitude, latitude and radius in metres of the largest circle inside each polygon, or
    inside the largest piece of one in several.
    """
    largest = [_largest_piece(shape) for shape in geometry]
    radii = shapely.maximum_inscribed_circle(np.asarray(largest, dtype=object), tolerance=1.0)
    middles = gpd.GeoSeries(shapely.get_point(radii, 0), crs=geometry.crs)
    lengths = shapely.length(radii)
    return [
        (point.x, point.y, round(float(length), 1))
        for point, length in zip(lonlat(middles), lengths, strict=True)
    ]


def plain(value: Any, *, digits: int = 0) -> Any:
    """Return a cell's value as JSON knows it: text, whole or rounded number, flag or None.

    Examples
    --------
    >>> plain(pd.NA), plain(float("nan")), plain(" 3幢 "), plain(np.int64(4)), plain(12.34)
    (None, None, '3幢', 4, 12)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            return None
        return round(float(value), digits) if digits else round(float(value))
    return str(value).encode(errors="replace").decode().strip() or None


def records(table: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries, without their geometry."""
    values = pd.DataFrame(table.select_dtypes(exclude="geometry"))
    return [{str(key): value for key, value in row.items()} for row in values.to_dict("records")]


def _largest_piece(shape: Any) -> Any:
    pieces = shapely.get_parts(shape)
    return max(pieces, key=lambda piece: piece.area)
