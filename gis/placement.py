"""Suspect coordinates that lie where they cannot: shifted datums, swapped axes, wrong units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod

from gis.datums import DATUM_NAMES, Datum, from_wgs84, in_china, to_wgs84
from gis.faults import Fault, Severity
from gis.misdeclared import guess_crs, out_of_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Coordinates = NDArray[np.float64]

__all__ = ["Suspicion", "degrees_as_metres", "misplacements", "suspect_axes", "suspect_datum"]

_WGS84: Final = CRS.from_epsg(4326)
_GEOD: Final = Geod(ellps="WGS84")
_SAMPLE: Final = 2000
#: A layer none of which lies this near to the communities is somewhere else.
_FAR_M: Final = 2000.0
#: Layers that must lie within the communities; others may well reach beyond.
_WITHIN: Final = ("addresses", "buildings", "cells", "compounds", "entrances", "walkways")
_FEW: Final = 5
_COMPASS: Final = (
    *("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE"),
    *("S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"),
)
#: A hypothesis must bring this share of a layer inside, and this much more than it was.
_INSIDE: Final = 0.95
_GAIN: Final = 0.1
#: An extent in a metric CRS smaller than this many units is no community's.
_TINY: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What a layer's coordinates look like, and how far they are off.

    Parameters
    ----------
    looks_like
        The datum the layer is in while the communities are not, or the other way round.
    moved
        Whether the layer or the communities are in that datum.
    shift_m, bearing
        How far, and in which direction (degrees from north), the layer lies off.
    inside_now, inside_then
        Share of the layer within the communities as it is, and after undoing the shift.
    """

    looks_like: Datum
    moved: Literal["layer", "communities"]
    shift_m: float
    bearing: float
    inside_now: float
    inside_then: float


def suspect_datum(layer: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> Suspicion | None:
    """Suspect a layer of being in GCJ-02 or BD-09 while the communities are not, or the reverse.

    The layer's points (one inside each shape) are tried at both shifts, both ways. The shift
    that brings nearly all of them into the communities, where plainly fewer are now, is
    reported; None where the layer fits as it is, where no shift helps, or outside China.

    Parameters
    ----------
    layer, communities
        Frames with a CRS, any; communities of polygons.

    Examples
    --------
    >>> from shapely import box
    >>> home = gpd.GeoDataFrame(geometry=[box(118.78, 32.04, 118.79, 32.05)], crs=4326)
    >>> inside = gpd.points_from_xy([118.781, 118.785, 118.789], [32.041, 32.045, 32.049])
    >>> suspect_datum(gpd.GeoDataFrame(geometry=inside, crs=4326), home) is None
    True
    >>> lon, lat = from_wgs84(inside.x, inside.y, datum="gcj02")
    >>> off = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    >>> found = suspect_datum(off, home)
    >>> found.looks_like, found.moved, round(found.shift_m, -1)
    ('gcj02', 'layer', 540.0)
    """
    points = _points(layer)
    home = _union(communities)
    if len(points) == 0 or home.is_empty or not in_china(*points.T).all():
        return None
    now = _share(points, home)
    trials: list[tuple[float, Datum, Literal["layer", "communities"], Coordinates]] = []
    for datum in ("gcj02", "bd09"):
        for moved, convert in (("layer", to_wgs84), ("communities", from_wgs84)):
            there = np.column_stack(convert(points[:, 0], points[:, 1], datum=datum))
            trials.append((_share(there, home), datum, moved, there))  # type: ignore[arg-type]
    then, datum, moved, there = max(trials, key=lambda trial: trial[0])
    if then < _INSIDE or then - now < _GAIN:
        return None
    bearing, _, shift_m = _GEOD.inv(there[:, 0], there[:, 1], points[:, 0], points[:, 1])
    return Suspicion(
        looks_like=datum,
        moved=moved,
        shift_m=float(np.mean(shift_m)),
        bearing=float(np.mean(np.asarray(bearing) % 360.0)),
        inside_now=now,
        inside_then=then,
    )


def suspect_axes(layer: gpd.GeoDataFrame, communities: gpd.GeoDataFrame | None = None) -> bool:
    """Suspect a layer of having x and y swapped.

    It is suspected when its middle, as it is, cannot be (beyond the poles, outside its CRS's
    area and outside China, or far from the communities) and would be right if swapped.

    Parameters
    ----------
    layer
        Frame with a CRS.
    communities
        Where the layer should lie; None when it is the communities that are in question.
    """
    bounds = layer.total_bounds
    if not np.isfinite(bounds).all():
        return False
    middle = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    crs = CRS(layer.crs)
    plain, swapped = _degrees(middle, crs), _degrees(middle[::-1], crs)
    if swapped is None:
        return False
    if communities is not None:
        box = _widened(communities.to_crs(_WGS84).total_bounds, degrees=0.05)
        return not _within(plain, box) and _within(swapped, box)
    area = _widened(crs.area_of_use.bounds, degrees=1.0) if crs.area_of_use else None
    if plain is None or (area is not None and not _within(plain, area)):
        return area is None or _within(swapped, area)
    china = (73.0, 18.0, 136.0, 54.0)
    return crs.is_geographic and not _within(plain, china) and _within(swapped, china)


def degrees_as_metres(layer: gpd.GeoDataFrame) -> bool:
    """Tell whether a layer declared in metres holds degrees.

    Examples
    --------
    >>> from shapely import box
    >>> shapes = [box(118.78, 32.04, 118.79, 32.05)]
    >>> degrees_as_metres(gpd.GeoDataFrame(geometry=shapes, crs=4549))
    True
    """
    west, south, east, north = layer.total_bounds
    in_range = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90  # noqa: PLR2004
    tiny = east - west < _TINY and north - south < _TINY
    return bool(CRS(layer.crs).is_projected and in_range and tiny)


def misplacements(layers: Mapping[str, gpd.GeoDataFrame]) -> list[Fault]:
    """Report each layer that as a whole lies where it cannot.

    Parameters
    ----------
    layers
        Layers by name, each with a CRS and only finite shapes; with ``communities``, the
        others are held against them.
    """
    home = layers.get("communities")
    faults = [] if home is None else list(_by_itself("communities", home, None))
    sure = None if faults else home
    for name, frame in layers.items():
        faults += [] if name == "communities" else _by_itself(name, frame, sure)
    wrong = {fault.layer for fault in faults}
    if home is None or "communities" in wrong:
        return faults
    home = home.to_crs(_WGS84)
    for name, frame in layers.items():
        if name != "communities" and name not in wrong:
            faults += _against(name, frame, home)
    return faults


def _by_itself(
    name: str, frame: gpd.GeoDataFrame, home: gpd.GeoDataFrame | None
) -> Iterator[Fault]:
    """Report coordinates that no place on Earth, or none of its area, has in the layer's CRS."""
    crs = CRS(frame.crs)
    bounds = frame.bounds.to_numpy()
    if suspect_axes(frame):
        yield _swapped(name, frame)
    elif degrees_as_metres(frame):
        yield Fault(
            name,
            f"coordinates are degrees but the CRS ({crs.to_string()}) is in metres",
            "declare the CRS that the coordinates are in, such as EPSG:4490",
            row=int(frame.index[0]), column="geometry", value=_place(frame),
            kind="degrees-as-metres",
        )  # fmt: skip
    elif crs.is_geographic:
        limits = np.array([180.0, 90.0, 180.0, 90.0])
        beyond = (np.abs(bounds) > limits).any(axis=1)
        guess = guess_crs(frame, home) if beyond.all() else None
        told = f"they are {guess}" if guess else "they look like metres"
        such = f"EPSG:{guess.crs.to_epsg()}" if guess else "such as EPSG:4549"
        for row in frame.index[beyond][: 1 if beyond.all() else None]:
            yield Fault(
                name, "coordinates are beyond 180 or 90 degrees",
                f"{told}: declare the CRS that they are in, {such}",
                row=int(row), column="geometry", value=_place(frame.loc[[row]]),
                kind="out-of-range",
            )  # fmt: skip
    elif out_of_area(frame) and (guess := guess_crs(frame, home)):
        yield Fault(
            name, f"coordinates are not {crs.to_string()} as declared but {guess}",
            f"declare EPSG:{guess.crs.to_epsg()}",
            row=int(frame.index[0]), column="geometry", value=_place(frame), kind="wrong-crs",
        )  # fmt: skip


def _against(name: str, frame: gpd.GeoDataFrame, home: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Report a layer that lies off the communities as a whole."""
    severity: Severity = "error" if name in _WITHIN else "warning"
    points = _points(frame)
    if suspect_axes(frame, home):
        yield _swapped(name, frame)
        return
    away_m = _away_m(points, home)
    if len(points) == 0 or away_m > _FAR_M:
        far = f"{away_m / 1000:,.1f} km" if len(points) else "off the Earth"
        guess = guess_crs(frame, home)
        yield Fault(
            name, f"lies {far} from the communities" + (f"; it fits as {guess}" if guess else ""),
            f"declare EPSG:{guess.crs.to_epsg()}, which its coordinates are in" if guess else
            "declare the CRS that its coordinates are in, or give the layer of this place",
            row=int(frame.index[0]), column="geometry", value=_place(frame),
            kind="far-away",
        )  # fmt: skip
        return
    found = suspect_datum(frame, home) if len(frame) >= _FEW else None
    if found is None:
        return
    toward = _COMPASS[round(found.bearing / 22.5) % 16]
    whose = name if found.moved == "layer" else "communities"
    yield Fault(
        name,
        f"lies {found.shift_m:.0f} m {toward} of where it fits: {whose} look like "
        f"{DATUM_NAMES[found.looks_like]} declared as WGS 84 or CGCS2000 "
        f"({found.inside_now:.0%} inside the communities, {found.inside_then:.0%} once undone)",
        f"convert {whose}, or where every layer is in it say so: --datum {found.looks_like}",
        row=int(frame.index[0]), column="geometry", value=_place(frame),
        severity=severity, kind="shifted-datum",
    )  # fmt: skip


def _swapped(name: str, frame: gpd.GeoDataFrame) -> Fault:
    return Fault(
        name, "x and y are swapped", "write longitude (east) first, then latitude (north)",
        row=int(frame.index[0]), column="geometry", value=_place(frame), kind="swapped-axes",
    )  # fmt: skip


def _place(frame: gpd.GeoDataFrame) -> str:
    """Write the first coordinate of a layer."""
    x, y = shapely.get_coordinates(frame.geometry.iloc[0])[0]
    return f"{x:.10g} {y:.10g}"


def _away_m(points: Coordinates, home: gpd.GeoDataFrame) -> float:
    """Measure how far the nearest of the points lies from the communities' box, roughly."""
    west, south, east, north = home.to_crs(_WGS84).total_bounds
    if len(points) == 0 or not np.isfinite([west, south, east, north]).all():
        return 0.0
    x, y = np.clip(points[:, 0], west, east), np.clip(points[:, 1], south, north)
    _, _, metres = _GEOD.inv(points[:, 0], points[:, 1], x, y)
    return float(np.min(metres))


def _points(layer: gpd.GeoDataFrame) -> Coordinates:
    """Give one point inside each shape, in WGS 84 degrees, at most a fixed sample of them."""
    shapes = layer.geometry.dropna()
    shapes = shapes[~shapes.is_empty]
    step = max(1, len(shapes) // _SAMPLE)
    inner = shapely.point_on_surface(shapes.iloc[::step].to_numpy())
    degrees = gpd.GeoSeries(inner, crs=layer.crs).to_crs(_WGS84)
    xy: Coordinates = shapely.get_coordinates(degrees.to_numpy())
    kept: Coordinates = xy[np.isfinite(xy).all(axis=1)]
    return kept


def _union(communities: gpd.GeoDataFrame) -> Any:
    shapes = communities.geometry.dropna().to_crs(_WGS84)
    return shapely.union_all(shapely.make_valid(shapes.to_numpy()))


def _share(points: Coordinates, home: Any) -> float:
    return float(np.mean(shapely.contains_xy(home, points[:, 0], points[:, 1])))


def _degrees(point: tuple[float, float], crs: CRS) -> tuple[float, float] | None:
    """Bring a point to WGS 84 degrees; None where it cannot be on Earth."""
    lon, lat = point
    if not crs.is_geographic:
        there = gpd.GeoSeries.from_xy([lon], [lat], crs=crs).to_crs(_WGS84).iloc[0]
        lon, lat = there.x, there.y
    on_earth = np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004
    return (lon, lat) if on_earth else None


def _within(point: tuple[float, float] | None, box: Any) -> bool:
    if point is None:
        return False
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])


def _widened(box: Any, *, degrees: float) -> tuple[float, float, float, float]:
    return (box[0] - degrees, box[1] - degrees, box[2] + degrees, box[3] + degrees)
