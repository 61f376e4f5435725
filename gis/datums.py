"""Convert coordinates between WGS 84 and the shifted datums GCJ-02 and BD-09.

GCJ-02 is what Chinese web maps publish (AMap, Tencent); BD-09 is Baidu's shift on top of it.
CGCS2000 agrees with WGS 84 to centimetres and needs no conversion here. The formulas are the
published ones (the "eviltransform" constants: Krasovsky 1940 ellipsoid), their sines of multiple
angles made of a few by the addition theorems, which agrees to the last digit of a degree; the
inverses iterate to some micrometres. Numbers: `benchmarks/datums.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Coordinate = NDArray[np.float64]
    Pair = tuple[Coordinate, Coordinate]

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
_DEGREE: Final = 180.0 / np.pi
#: Each step leaves some 0.4 % of the error, of 700 m at the start.
_STEPS: Final = 4
#: Points converted at once: what the steps need of them fits into a core's cache.
_CHUNK: Final = 8192
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
    return _in_chunks(_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_gcj02`, to well under a millimetre."""
    return _in_chunks(_from_gcj02, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 degrees to Baidu's BD-09."""
    return _in_chunks(lambda x, y: _to_baidu(*_to_gcj02(x, y)), lon, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_bd09`, to well under a millimetre.

    Examples
    --------
    >>> lon, lat = bd09_to_wgs84(*wgs84_to_bd09([118.78], [32.04]))
    >>> round(float(lon[0]), 8), round(float(lat[0]), 8)
    (118.78, 32.04)
    """
    return _in_chunks(lambda x, y: _from_gcj02(*_from_baidu(x, y)), lon, lat)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, *, datum: Datum) -> Pair:
    """Convert degrees of a shifted datum to WGS 84."""
    return (gcj02_to_wgs84 if datum == "gcj02" else bd09_to_wgs84)(lon, lat)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, *, datum: Datum) -> Pair:
    """Convert WGS 84 degrees to a shifted datum."""
    return (wgs84_to_gcj02 if datum == "gcj02" else wgs84_to_bd09)(lon, lat)


def _in_chunks(convert: Callable[[Coordinate, Coordinate], Pair], lon: Any, lat: Any) -> Pair:
    """Convert coordinates of any shape, some thousand points at a time."""
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    there_x, there_y = np.empty(x.size), np.empty(y.size)
    flat_x, flat_y = x.ravel(), y.ravel()
    for start in range(0, x.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        there_x[part], there_y[part] = convert(flat_x[part], flat_y[part])
    return there_x.reshape(x.shape), there_y.reshape(y.shape)


def _to_gcj02(lon: Coordinate, lat: Coordinate) -> Pair:
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def _from_gcj02(lon: Coordinate, lat: Coordinate) -> Pair:
    """Find the point whose shift leads here, by fixed-point steps."""
    x, y = lon, lat
    for _ in range(_STEPS):
        east, north = _shift(x, y)
        x, y = lon - east, lat - north
    return x, y


def _to_baidu(lon: Coordinate, lat: Coordinate) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _from_baidu(lon: Coordinate, lat: Coordinate) -> Pair:
    """Find the GCJ-02 point that Baidu puts here, by fixed-point steps."""
    x, y = lon - 0.0065, lat - 0.006
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    for _ in range(_STEPS):
        before = radius - 0.00002 * np.sin(y * _X_PI)
        turned = angle - 0.000003 * np.cos(x * _X_PI)
        x, y = before * np.cos(turned), before * np.sin(turned)
    return x, y


def _shift(lon: Coordinate, lat: Coordinate) -> Pair:
    """Give GCJ-02's shift in degrees, zero outside China."""
    x, y = lon - 105.0, lat - 35.0
    x_30, x_12, x_3, x_1, x_2, x_6 = _waves(x)
    y_30, y_12, y_3, y_1, _, _ = _waves(y)
    root, product, ripples = np.sqrt(np.abs(x)), 0.1 * x * y, 20.0 * (x_6 + x_2)
    north = -100.0 + 2.0 * x + (3.0 + 0.2 * y) * y + product + 0.2 * root
    north += (ripples + 20.0 * y_1 + 40.0 * y_3 + 160.0 * y_12 + 320.0 * y_30) * (2.0 / 3.0)
    east = 300.0 + (1.0 + 0.1 * x) * x + 2.0 * y + product + 0.1 * root
    east += (ripples + 20.0 * x_1 + 40.0 * x_3 + 150.0 * x_12 + 300.0 * x_30) * (2.0 / 3.0)
    sine2 = np.sin(np.radians(lat)) ** 2
    magic = 1.0 - _ECCENTRICITY2 * sine2
    root = np.sqrt(magic)
    cosine = np.sqrt(np.fmax(1.0 - sine2, 0.1))  # never near zero in the box, but at the poles
    degrees_east = east * root / cosine * (_DEGREE / _AXIS_M)
    degrees_north = north * (magic * root) * (_DEGREE / (_AXIS_M * (1.0 - _ECCENTRICITY2)))
    inside = in_china(lon, lat)
    return np.where(inside, degrees_east, 0.0), np.where(inside, degrees_north, 0.0)


def _waves(t: Coordinate) -> tuple[Coordinate, ...]:
    """Give the sines of pi t / 30, / 12, / 3, * 1, * 2 and * 6, all of one sine and cosine.

    Twelve sines a point are most of the work otherwise.
    """
    angle = t * (np.pi / 60.0)
    s1, c1 = np.sin(angle), np.cos(angle)
    s2, c2 = _twice(s1, c1)
    s4, c4 = _twice(s2, c2)
    s5, c5 = s4 * c1 + c4 * s1, c4 * c1 - s4 * s1
    s20, c20 = _twice(*_twice(s5, c5))
    s60, c60 = s20 * (3.0 - 4.0 * s20 * s20), c20 * (4.0 * c20 * c20 - 3.0)
    s120, _ = _twice(s60, c60)
    return s2, s5, s20, s60, s120, s120 * (3.0 - 4.0 * s120 * s120)


def _twice(sine: Coordinate, cosine: Coordinate) -> tuple[Coordinate, Coordinate]:
    """Give sine and cosine of twice the angle."""
    return 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine
