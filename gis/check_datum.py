"""Check that walkways run between buildings, not through them as one shifted datum makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gis.datums import DATUM_NAMES, from_wgs84, in_china, to_wgs84
from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from gis.check_context import Context

__all__ = ["CHECKS"]

_WGS84: Final = CRS.from_epsg(4326)
_EVERY_M: Final = 5.0
_SAMPLE: Final = 20_000
_FEWEST_BUILDINGS: Final = 10
#: Real walkways run through buildings for a hundredth of their length, shifted ones for
#: five to ten hundredths (measured on the Bund of Shanghai and on the sample community).
_THROUGH: Final = 0.04
_FEWER: Final = 4.0


def walks_through_homes(context: Context) -> Iterator[Fault]:
    """Report walkways and buildings of which one is in GCJ-02 or BD-09 and the other is not.

    The boundary cannot tell where it is much wider than what is built. If walkways run
    through buildings far more than they do once one of the shifts is undone, they are off.
    """
    walkways, buildings = context.placed("walkways"), context.placed("buildings")
    shapes = buildings.geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]  # noqa: PLR2004
    if walkways.empty or len(shapes) < _FEWEST_BUILDINGS:
        return
    tree = shapely.STRtree(shapes)
    points = _along(walkways)
    now = _share(points, tree)
    degrees = _moved(points, walkways.crs, _WGS84)
    if now < _THROUGH or not in_china(*degrees.T).all():
        return
    trials = []
    for datum in ("gcj02", "bd09"):
        for layer, convert in (("walkways", to_wgs84), ("buildings", from_wgs84)):
            there = np.column_stack(convert(*degrees.T, datum=datum))
            then = _share(_moved(there, _WGS84, walkways.crs), tree)
            trials.append((then, datum, layer))
    then, datum, layer = min(trials)
    if then > now / _FEWER:
        return
    yield Fault(
        layer,
        f"walkways run through buildings for {now:.0%} of their length, {then:.1%} once {layer} "
        f"are taken as {DATUM_NAMES[datum]}: they look like it, declared as something else",
        f"convert {layer} to CGCS2000 or WGS 84",
        column="geometry", value=f"{now:.0%}", kind="shifted-datum",
    )  # fmt: skip


def _along(walkways: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Give points all along the lines, at most a fixed sample of them."""
    parts = shapely.get_parts(walkways.geometry.to_numpy())
    parts = parts[shapely.length(parts) > 0]  # GEOS cannot cut up a line without length
    xy: NDArray[np.float64] = shapely.get_coordinates(shapely.segmentize(parts, _EVERY_M))
    return xy[:: max(1, len(xy) // _SAMPLE)]


def _share(points: NDArray[np.float64], tree: Any) -> float:
    inside = tree.query(shapely.points(points), predicate="within")[0]
    return len(np.unique(inside)) / len(points)


def _moved(points: NDArray[np.float64], old: Any, new: Any) -> NDArray[np.float64]:
    series = gpd.GeoSeries(shapely.points(points), crs=old).to_crs(new)
    xy: NDArray[np.float64] = shapely.get_coordinates(series.to_numpy())
    return xy


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (walks_through_homes,)
