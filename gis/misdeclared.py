"""Guess which CRS coordinates are in that were declared as another one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    Coordinates = NDArray[np.float64]

__all__ = ["Guess", "guess_crs", "out_of_area"]

_WGS84: Final = 4326
_GEOD: Final = Geod(ellps="WGS84")
_SAMPLE: Final = 200
_INSIDE: Final = 0.95
_DEGREES: Final = 4490
_WEB_MERCATOR: Final = 3857
#: Families of zones over China: the first one's code and meridian, the degrees between meridians.
#: CGCS2000 Gauss-Kruger 3-degree with the zone before the easting and without, 6-degree likewise;
#: UTM on WGS 84.
_ZONES: Final = ((4513, 75, 3), (4534, 75, 3), (4491, 75, 6), (4502, 75, 6), (32643, 75, 6))
_LAST_MERIDIAN: Final = 135
#: Families whose eastings begin with the zone: its first code and number.
_NUMBERED: Final = ((4513, 25, 45), (4491, 13, 23))
_WIDER_DEGREES: Final = 1.0
_CHINA: Final = (73.0, 18.0, 136.0, 54.0)


@dataclass(frozen=True, slots=True)
class Guess:
    """A CRS that the coordinates fit, and how far off the declared one puts them.

    Parameters
    ----------
    crs
        The CRS.
    shift_m
        From where the declared CRS puts the layer to where this one does; NaN where the declared
        one puts it nowhere on Earth.
    """

    crs: CRS
    shift_m: float

    def __str__(self) -> str:
        name = "Web Mercator" if self.crs.to_epsg() == _WEB_MERCATOR else self.crs.name
        off = "" if np.isnan(self.shift_m) else f", {self.shift_m / 1000:,.1f} km from there"
        return f"{name} (EPSG:{self.crs.to_epsg()}){off}"


def guess_crs(layer: gpd.GeoDataFrame, home: gpd.GeoDataFrame | None = None) -> Guess | None:
    """Find the CRS by which the layer's coordinates, as they are, lie where they should.

    Tried are CGCS2000 in degrees, Web Mercator, and around the place the CGCS2000 3- and 6-degree
    zones with and without the zone before the easting, and UTM.

    Parameters
    ----------
    layer
        Frame with a CRS, which is the one in doubt.
    home
        The communities it should lie in. Without them only systems whose coordinates cannot be
        mistaken for another zone's are tried, and they should lie in China.

    Returns
    -------
    The guess; None where nothing fits.

    Examples
    --------
    >>> import geopandas as gpd
    >>> home = gpd.GeoDataFrame(geometry=[shapely.box(118.78, 32.04, 118.79, 32.05)], crs=4490)
    >>> inside = gpd.GeoDataFrame(geometry=gpd.points_from_xy([118.784], [32.044]), crs=4490)
    >>> wrong = inside.to_crs(4549).set_crs(4548, allow_override=True)
    >>> print(guess_crs(wrong, home))
    CGCS2000 / 3-degree Gauss-Kruger CM 120E (EPSG:4549), 283.3 km from there
    """
    xy = _sample(layer)
    if not len(xy):
        return None
    declared = CRS(layer.crs)
    shape = None if home is None else _union(home)
    best: tuple[float, int] | None = None
    for code in _by_number(xy) if shape is None else _around(shape):
        if _crs(code) == declared:
            continue
        fits = _fit(xy, code, shape)
        if fits >= _INSIDE and (best is None or fits > best[0]):
            best = (fits, code)
    if best is None:
        return None
    there = _in_degrees(xy, _crs(best[1]))
    here = _in_degrees(xy, declared)
    both = np.isfinite(np.hstack([here, there])).all(axis=1)
    metres = _GEOD.inv(*here[both].T, *there[both].T)[2]
    return Guess(_crs(best[1]), float(np.mean(metres)) if len(metres) else float("nan"))


def out_of_area(layer: gpd.GeoDataFrame) -> bool:
    """Tell whether a layer lies wholly outside the area that its projected CRS is made for."""
    crs = CRS(layer.crs)
    if not crs.is_projected or crs.area_of_use is None:
        return False
    xy = _sample(layer)
    lonlat = _in_degrees(xy, crs)
    west, south, east, north = crs.area_of_use.bounds
    inside = (
        (lonlat[:, 0] >= west - _WIDER_DEGREES)
        & (lonlat[:, 0] <= east + _WIDER_DEGREES)
        & (lonlat[:, 1] >= south - _WIDER_DEGREES)
        & (lonlat[:, 1] <= north + _WIDER_DEGREES)
    )
    return bool(len(xy) and not inside.any())


def _around(shape: Any) -> Iterator[int]:
    """Yield the systems that a place may well be drawn in: two zones of each family at most."""
    yield from (_DEGREES, _WEB_MERCATOR)
    lon = float(shape.centroid.x)
    for first, meridian, apart in _ZONES:
        for number in range((_LAST_MERIDIAN - meridian) // apart + 1):
            if abs(meridian + number * apart - lon) < apart:
                yield first + number


def _by_number(xy: Coordinates) -> Iterator[int]:
    """Yield the systems that coordinates of their size can only be in."""
    yield from (_DEGREES, _WEB_MERCATOR)
    number = int(np.median(xy[:, 0]) // 1_000_000)
    for first, low, high in _NUMBERED:
        if low <= number <= high:
            yield first + number - low


def _fit(xy: Coordinates, code: int, shape: Any) -> float:
    """Tell which share of the points lies where it should, taken in a CRS."""
    lonlat = _in_degrees(xy, _crs(code))
    if shape is not None:
        return float(np.mean(shapely.contains_xy(shape, *lonlat.T)))
    area = _crs(code).area_of_use
    west, south, east, north = _CHINA
    if area is not None and code != _WEB_MERCATOR:
        west, east = max(west, area.west - _WIDER_DEGREES), min(east, area.east + _WIDER_DEGREES)
    lon, lat = lonlat.T
    return float(np.mean((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)))


def _sample(layer: gpd.GeoDataFrame) -> Coordinates:
    """Give one point inside each shape as it is, at most a fixed sample of them."""
    shapes = layer.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    xy: Coordinates = shapely.get_coordinates(
        shapely.point_on_surface(shapes[:: max(1, len(shapes) // _SAMPLE)])
    )
    return xy[np.isfinite(xy).all(axis=1)]


def _in_degrees(xy: Coordinates, crs: CRS) -> Coordinates:
    """Bring points to WGS 84; infinite where they are nowhere on Earth."""
    if crs.is_geographic:
        beyond: NDArray[np.bool_] = np.any(np.abs(xy) > np.array([180.0, 90.0]), axis=1)
        return np.where(beyond[:, None], np.inf, xy)
    lon, lat = _to_degrees(crs).transform(*xy.T)
    return np.column_stack([lon, lat])


def _union(home: gpd.GeoDataFrame) -> Any:
    shapes = home.geometry.dropna().to_crs(_WGS84)
    return shapely.union_all(shapely.make_valid(shapes.to_numpy()))


@lru_cache(maxsize=64)
def _to_degrees(crs: CRS) -> Transformer:
    """Return the way from a CRS to WGS 84: PROJ takes 50 ms to find one, layers mostly share it."""
    return Transformer.from_crs(crs, _WGS84, always_xy=True)


@cache
def _crs(code: int) -> CRS:
    return CRS.from_epsg(code)
