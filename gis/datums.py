"""Convert coordinates between WGS 84 and the shifted datums GCJ-02 and BD-09.

GCJ-02 is what Chinese web maps publish (AMap, Tencent); BD-09 is Baidu's shift on top of it.
CGCS2000 agrees with WGS 84 to centimetres and needs no conversion here. The formulas are the
published ones (the "eviltransform" constants: Krasovsky 1940 ellipsoid); the inverses iterate
to far below a millimetre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = [
    "DATUM_NAMES",
    "Datum",
    "bd09_to_wgs84",
    "from_wgs84",
    "gcj02_to_wgs84",
    "in_china",
    "to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

Datum = Literal["gcj02", "bd09"]

DATUM_NAMES: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}

_AXIS_M: Final = 6378245.0
_ECCENTRICITY2: Final = 0.00669342162296594323
_X_PI: Final = np.pi * 3000.0 / 180.0
_STEPS: Final = 6
_SHIFTED: Final = (72.004, 0.8293, 137.8347, 55.8271)


def in_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie in the box where GCJ-02 is shifted at all, degrees."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    west, south, east, north = _SHIFTED
    return (x > west) & (x < east) & (y > south) & (y < north)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 degrees to GCJ-02; points outside China stay as they are.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02([118.78], [32.04])  # Nanjing
    >>> round(float(lon[0]), 5), round(float(lat[0]), 5)
    (118.78521, 32.03795)
    """
    x, y = _floats(lon, lat)
    dx, dy = _shift(x, y)
    return x + dx, y + dy


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_gcj02`, to well under a millimetre."""
    return _invert(wgs84_to_gcj02, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 degrees to Baidu's BD-09."""
    x, y = wgs84_to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _X_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _X_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_bd09`, to well under a millimetre.

    Examples
    --------
    >>> lon, lat = bd09_to_wgs84(*wgs84_to_bd09([118.78], [32.04]))
    >>> round(float(lon[0]), 8), round(float(lat[0]), 8)
    (118.78, 32.04)
    """
    return _invert(wgs84_to_bd09, lon, lat)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, *, datum: Datum) -> Pair:
    """Convert degrees of a shifted datum to WGS 84."""
    return (gcj02_to_wgs84 if datum == "gcj02" else bd09_to_wgs84)(lon, lat)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, *, datum: Datum) -> Pair:
    """Convert WGS 84 degrees to a shifted datum."""
    return (wgs84_to_gcj02 if datum == "gcj02" else wgs84_to_bd09)(lon, lat)


def _floats(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def _invert(
    forward: Callable[[ArrayLike, ArrayLike], Pair], lon: ArrayLike, lat: ArrayLike
) -> Pair:
    """Find the point that `forward` sends to (lon, lat) by fixed-point steps."""
    x, y = _floats(lon, lat)
    guess_x, guess_y = x, y
    for _ in range(_STEPS):
        there_x, there_y = forward(guess_x, guess_y)
        guess_x, guess_y = guess_x + (x - there_x), guess_y + (y - there_y)
    return guess_x, guess_y


def _shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """Give GCJ-02's shift in degrees, zero outside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (waves + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
        + (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    )
    east = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (waves + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
        + (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    )
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    metres_north = _AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    metres_east = _AXIS_M / np.sqrt(magic) * np.cos(phi)
    inside = in_china(lon, lat)
    return (
        np.where(inside, np.degrees(east / metres_east), 0.0),
        np.where(inside, np.degrees(north / metres_north), 0.0),
    )
