"""Choose a metric CRS for a community and bring every layer into it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS

from gis.conform_geometry import is_frame, no_crs_fault
from gis.datums import (
    Datum,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from gis.errors import InputFaults
from gis.faults import Fault
from gis.placement import Suspicion, suspect_datum

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.inputs import Inputs

__all__ = [
    "Datum",
    "Suspicion",
    "bd09_to_wgs84",
    "choose_metric_crs",
    "gcj02_to_wgs84",
    "is_metric",
    "snap_to_grid",
    "suspect_datum",
    "to_metric",
    "undo_datum",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

#: Decimals kept of a coordinate in metres: the 1 mm grid all geometry sits on.
_DECIMALS: Final = 3
_CGCS2000: Final = CRS.from_epsg(4490)
_DISTORTED: Final = ("Popular Visualisation Pseudo Mercator", "Mercator")


def is_metric(crs: CRS | None) -> bool:
    """Tell whether lengths and areas may be measured in the CRS as it stands.

    Web Mercator counts in metres but stretches them (by 1.2 at 32 degrees north), so it
    does not pass.

    Examples
    --------
    >>> [is_metric(CRS(code)) for code in (4549, 3857, 4490)]
    [True, False, False]
    """
    if crs is None or not crs.is_projected:
        return False
    operation = crs.coordinate_operation
    method = operation.method_name if operation is not None else ""
    metres = all(axis.unit_name in ("metre", "meter") for axis in crs.axis_info[:2])
    return metres and not method.startswith(_DISTORTED)


def choose_metric_crs(communities: gpd.GeoDataFrame) -> CRS:
    """Choose the CRS that a plan of these communities is measured in.

    A CRS that already is metric is kept. Otherwise the centroid of the largest community
    decides: in China (73-136 E, 18-54 N) the CGCS2000 3-degree Gauss-Kruger zone without
    zone prefix (EPSG:4534-4554), elsewhere UTM on WGS 84.

    Parameters
    ----------
    communities
        Polygons in any CRS.

    Raises
    ------
    InputFaults
        If they have no CRS, or no polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> nanjing = gpd.GeoDataFrame(geometry=[box(118.78, 32.04, 118.79, 32.05)], crs=4326)
    >>> choose_metric_crs(nanjing).to_epsg()
    4549
    """
    if communities.crs is None:
        raise InputFaults([no_crs_fault("communities")])
    crs = CRS(communities.crs)
    if is_metric(crs):
        return crs
    shapes = communities.geometry.dropna()
    shapes = shapes[~shapes.is_empty].to_crs(_CGCS2000)
    if shapes.empty:
        fault = Fault("communities", "has no polygon", "draw the boundary", kind="empty-layer")
        raise InputFaults([fault])
    centres = shapely.get_coordinates(shapely.centroid(shapes.to_numpy()))
    areas = shapely.area(shapes.to_numpy()) * np.cos(np.radians(centres[:, 1]))
    best = min(range(len(areas)), key=lambda i: (-areas[i], *centres[i]))
    return _zone(float(centres[best, 0]), float(centres[best, 1]))


def to_metric(inputs: Inputs, *, datum: Datum | None = None) -> Inputs:
    """Bring every layer into one metric CRS, on a 1 mm grid, in two dimensions.

    Polygons that are invalid, or become so on the grid, are repaired; `gis.check` reports
    the former.

    Parameters
    ----------
    inputs
        Layers, each with a CRS of its own.
    datum
        Give "gcj02" or "bd09" if the coordinates are of that datum and `read_inputs` was
        not told so already.

    Raises
    ------
    InputFaults
        If a layer with a geometry has no CRS.
    """
    if datum is not None:
        inputs = undo_datum(inputs, datum=datum)
    frames = _with_geometry(inputs)
    faults = [
        no_crs_fault(name)
        for name, frame in frames.items()
        if frame.crs is None and not frame.geometry.isna().all()
    ]
    if faults:
        raise InputFaults(faults)
    crs = choose_metric_crs(inputs["communities"])
    moved = {name: _moved(frame, crs) for name, frame in frames.items()}
    return inputs.with_layers(**moved)


def undo_datum(inputs: Inputs, *, datum: Datum) -> Inputs:
    """Return the inputs in CGCS2000 degrees, freed of the shift of GCJ-02 or BD-09."""
    moved = {}
    for name, frame in _with_geometry(inputs).items():
        if frame.crs is None:
            continue
        degrees = frame.to_crs(_CGCS2000)
        shapes = shapely.transform(
            degrees.geometry.to_numpy(), lambda xy: _unshifted(xy, datum=datum)
        )
        moved[name] = degrees.set_geometry(shapes, crs=_CGCS2000)
    return inputs.with_layers(**moved)


def snap_to_grid(geometries: NDArray[Any]) -> NDArray[Any]:
    """Drop Z and round coordinates to 1 mm, keeping valid what was valid.

    The result carries no precision model, so that later overlays stay in full double
    precision.
    """
    flat = shapely.force_2d(np.asarray(geometries, dtype=object))
    rounded: NDArray[Any] = shapely.transform(flat, lambda xy: np.round(xy, _DECIMALS))
    broken = ~shapely.is_valid(rounded) & (shapely.get_dimensions(rounded) == 2)  # noqa: PLR2004
    if broken.any():
        with np.errstate(all="ignore"):  # GEOS divides by zero inside on degenerate rings
            repaired = shapely.make_valid(rounded[broken], method="structure", keep_collapsed=False)
            gridded = shapely.set_precision(repaired, 10.0**-_DECIMALS)
        rounded[broken] = shapely.set_precision(gridded, 0.0)
    return rounded


def _with_geometry(inputs: Inputs) -> Mapping[str, gpd.GeoDataFrame]:
    """Pick the layers that have a geometry column."""
    return {name: frame for name, frame in sorted(inputs.layers.items()) if is_frame(frame)}


def _moved(frame: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    if frame.crs is None:
        return frame.set_crs(crs)
    there = frame if CRS(frame.crs) == crs else frame.to_crs(crs)
    return there.set_geometry(snap_to_grid(there.geometry.to_numpy()), crs=crs)


def _unshifted(xy: NDArray[np.float64], *, datum: Datum) -> NDArray[np.float64]:
    return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum=datum))


def _zone(lon: float, lat: float) -> CRS:
    """Give the zone's CRS around a point in degrees."""
    if 73 <= lon <= 136 and 18 <= lat <= 54:  # noqa: PLR2004
        meridian = min(max(3 * math.floor(lon / 3 + 0.5), 75), 135)
        return CRS.from_epsg(4534 + (meridian - 75) // 3)
    zone = min(math.floor((lon + 180) / 6), 59) + 1
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)
