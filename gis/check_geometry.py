"""Check shapes: validity, size, and how communities and buildings lie to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.faults import Fault, Severity
from gis.slivers import SLIVER_M2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.check_context import Context

__all__ = ["CHECKS"]

#: Layers whose polygons a plan is cut from; a broken one elsewhere is repaired.
_LOAD_BEARING: Final = ("buildings", "cells", "communities", "special_sites")
_REPAIR_SHARE: Final = 0.001
_LAID_OVER: Final = 0.05
_SAME: Final = 0.99
_WITHIN: Final = 0.95
_HALF: Final = 0.5
_CROSSES: Final = 0.99
_EXTENT_M: Final = 100_000.0
_LARGE_KM2: Final = 100.0


def validity(context: Context) -> Iterator[Fault]:
    """Report polygons that cross or touch themselves, with the point where they do."""
    for name, frame in context.usable.items():
        shapes = frame.geometry.to_numpy()
        for k in (~shapely.is_valid(shapes)).nonzero()[0]:
            reason, _, place = shapely.is_valid_reason(shapes[k]).partition("[")
            repaired = shapely.make_valid(shapes[k], method="structure", keep_collapsed=False)
            change = abs(repaired.area - _signed_area(shapes[k]))
            harmless = change <= _REPAIR_SHARE * repaired.area or name not in _LOAD_BEARING
            yield Fault(
                name, f"the polygon is not valid: {reason.strip().lower()}",
                "it will be repaired" if harmless else "draw the outline so that it never crosses",
                row=_row(frame, k), column="geometry", value=place.rstrip("]"),
                severity="warning" if harmless else "error", kind="invalid-polygon",
            )  # fmt: skip


def sizes(context: Context) -> Iterator[Fault]:
    """Report polygons without area and lines without length."""
    for name, frame in context.usable.items():
        shapes = frame.geometry.to_numpy()
        dimension = shapely.get_dimensions(shapes)
        # What is no larger than the millimetre all is rounded to is nothing to a plan either.
        tiny = _extentless(context.metres[name]).reindex(frame.index, fill_value=False).to_numpy()
        flat = (dimension == 2) & ((shapely.area(shapes) == 0) | tiny)  # noqa: PLR2004
        short = (dimension == 1) & ((shapely.length(shapes) == 0) | tiny)
        for k in (flat | short).nonzero()[0]:
            x, y = shapely.get_coordinates(shapes[k])[0]
            severity: Severity = "error" if name in _LOAD_BEARING else "warning"
            yield Fault(
                name, "the polygon has no area" if flat[k] else "the line has no length",
                "draw it, or delete the row", row=_row(frame, k), column="geometry",
                value=f"{x:.10g} {y:.10g}", severity=severity, kind="no-extent",
            )  # fmt: skip


def islands(context: Context) -> Iterator[Fault]:
    """Report communities in parts that do not touch: no grid can span them."""
    frame = context.placed("communities")
    for k, shape in enumerate(frame.geometry.to_numpy()):
        parts = shapely.get_parts(shape)
        if len(parts) < 2:  # noqa: PLR2004
            continue
        touching = shapely.STRtree(parts).query(parts, predicate="intersects")
        count, label = _groups(len(parts), touching)
        if count == 1:
            continue
        sizes_m2 = np.bincount(label, weights=shapely.area(parts))
        areas = ", ".join(f"{area:,.0f}" for area in sorted(sizes_m2, reverse=True)[:4])
        yield Fault(
            "communities", f"the boundary is in {count} parts that do not touch ({areas} m2)",
            "join them, delete stray pieces, or make each a community of its own",
            row=_row(frame, k), column="geometry", value=str(count), kind="islands",
        )  # fmt: skip


def community_overlaps(context: Context) -> Iterator[Fault]:
    """Report communities that claim the same ground: more than 1 m2 per km2, and than 1 m2."""
    frame = context.placed("communities")
    shapes = frame.geometry.to_numpy()
    for a, b, common in _overlaps(shapes):
        allowed = max(1.0, min(shapes[a].area, shapes[b].area) / 1e6)
        if common.area > allowed:
            point = common.representative_point()
            yield Fault(
                "communities",
                f"overlaps the community of row {_row(frame, a)} by {common.area:,.0f} m2 near "
                f"{point.x:.1f} {point.y:.1f}",
                "draw the common border once, for both",
                row=_row(frame, b), column="geometry", value=f"{common.area:.0f} m2",
                kind="communities-overlap",
            )  # fmt: skip


def extent(context: Context) -> Iterator[Fault]:
    """Report communities too far apart, or too large, for one plane."""
    frame = context.placed("communities")
    if frame.empty:
        return
    west, south, east, north = frame.total_bounds
    across = max(east - west, north - south)
    if across > _EXTENT_M:
        yield Fault(
            "communities", f"the communities lie {across / 1000:,.0f} km apart",
            "plan them in several files: one CRS distorts lengths beyond 100 km",
            column="geometry", value=f"{across:.0f} m", severity="warning", kind="wide-extent",
        )  # fmt: skip
    for k, area in enumerate(shapely.area(frame.geometry.to_numpy())):
        if area > _LARGE_KM2 * 1e6:
            yield Fault(
                "communities", f"covers {area / 1e6:,.0f} km2, a town rather than a community",
                "check that the boundary is a community's", row=_row(frame, k), column="geometry",
                value=f"{area / 1e6:.0f} km2", severity="warning", kind="large-community",
            )  # fmt: skip


def outside(context: Context) -> Iterator[Fault]:
    """Report buildings and cells that lie outside every community, or across a border."""
    home = context.home()
    if home.is_empty:
        return
    shapely.prepare(home)
    edge = home.boundary
    for name in ("buildings", "cells"):
        frame = context.placed(name)
        shapes = frame.geometry.to_numpy()
        share = _share_inside(shapes, home)
        for k in (share < _CROSSES).nonzero()[0]:
            middle = shapely.centroid(shapes[k])
            beyond = share[k] < _HALF
            metres = shapely.distance(middle, home) if beyond else shapely.distance(middle, edge)
            yield Fault(
                name,
                f"lies outside every community, {metres:,.0f} m off"
                if beyond else f"reaches over the border ({share[k]:.0%} lies inside)",
                "correct its place or the boundary, or delete the row"
                if beyond else "it is planned by the community that most of it lies in",
                row=_row(frame, k), column="geometry", value=f"{middle.x:.1f} {middle.y:.1f}",
                severity="error" if beyond else "warning",
                kind="outside-community" if beyond else "crosses-border",
            )  # fmt: skip


def overlapping_homes(context: Context) -> Iterator[Fault]:
    """Report buildings that lie over one another, and cells that do."""
    for name in ("buildings", "cells"):
        frame = context.placed(name)
        shapes = frame.geometry.to_numpy()
        for a, b, common in _overlaps(shapes):
            small = b if shapes[b].area <= shapes[a].area else a
            large = a if small == b else b
            of_small = common.area / shapes[small].area if shapes[small].area else 0.0
            of_large = common.area / shapes[large].area if shapes[large].area else 0.0
            if common.area <= SLIVER_M2 or of_small <= _LAID_OVER:
                continue
            where = f"row {_row(frame, large)}"
            severity: Severity = "error" if name == "cells" else "warning"
            if of_large > _SAME and of_small > _SAME:
                small, where = max(a, b), f"row {_row(frame, min(a, b))}"
                what, kind, severity = f"has the same outline as {where}", "same-outline", "error"
            elif of_small > _WITHIN:
                what, kind = f"lies within {where}", "contained"
            else:
                what, kind = f"overlaps {where} by {common.area:,.0f} m2", "overlap"
            yield Fault(
                name, what, "delete one of the two, or draw them side by side",
                row=_row(frame, small), column="geometry", value=f"{common.area:.0f} m2",
                severity=severity, kind=kind,
            )  # fmt: skip
        yield from _same_points(name, frame)


def special_homes(context: Context) -> Iterator[Fault]:
    """Report households in a special site, which no base grid will serve."""
    sites, buildings = context.placed("special_sites"), context.placed("buildings")
    if sites.empty or buildings.empty:
        return
    lived_in = buildings[buildings["households"].fillna(0) > 0]
    shapes = shapely.point_on_surface(lived_in.geometry.to_numpy())
    tree = shapely.STRtree(sites.geometry.to_numpy())
    for k, site in sorted(zip(*tree.query(shapes, predicate="within").tolist(), strict=True)):
        yield Fault(
            "buildings", f"its households live in the special site {sites['name'].iloc[site]!r}",
            "correct the site's outline, or leave it: they belong to its special grid",
            row=_row(lived_in, k), column="households",
            value=str(lived_in["households"].iloc[k]), severity="warning",
            kind="households-in-special-site",
        )  # fmt: skip


def _row(frame: gpd.GeoDataFrame, position: Any) -> int:
    return int(frame.index[int(position)])


def _extentless(frame: gpd.GeoDataFrame) -> pd.Series:
    """Tell which lines have no length, and which polygons no area."""
    shapes = frame.geometry.to_numpy()
    line = shapely.get_dimensions(shapes) == 1
    size = np.where(line, shapely.length(shapes), shapely.area(shapes))
    return pd.Series(size == 0, index=frame.index)


def _signed_area(shape: Any) -> float:
    """Add up the rings' signed areas: what a crossing outline encloses twice cancels out."""
    total = 0.0
    for part in shapely.get_parts(shape):
        rings = [abs(_ring_area(ring)) for ring in (part.exterior, *part.interiors)]
        total += rings[0] - sum(rings[1:])
    return total


def _ring_area(ring: Any) -> float:
    x, y = shapely.get_coordinates(ring).T
    x, y = x - x[0], y - y[0]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2.0)


def _groups(count: int, pairs: NDArray[Any]) -> tuple[int, NDArray[Any]]:
    """Group what is joined by pairs: how many groups, and each one's group."""
    graph = coo_array((np.ones(pairs.shape[1], dtype=bool), tuple(pairs)), shape=(count, count))
    found: tuple[int, NDArray[Any]] = connected_components(graph, directed=False)
    return found


def _overlaps(shapes: NDArray[Any]) -> Iterator[tuple[int, int, Any]]:
    """Yield pairs of polygons that share ground, in order, with what they share."""
    flat = (shapely.get_dimensions(shapes) == 2).nonzero()[0]  # noqa: PLR2004
    if len(flat) == 0:
        return
    a, b = flat[shapely.STRtree(shapes[flat]).query(shapes[flat], predicate="intersects")]
    a, b = a[a < b], b[a < b]
    common = shapely.intersection(shapes[a], shapes[b])
    area = shapely.area(common)
    order = np.lexsort((b, a))
    for k in order[area[order] > 0]:
        yield int(a[k]), int(b[k]), common[k]


def _share_inside(shapes: NDArray[Any], home: Any) -> NDArray[np.float64]:
    """Measure which part of each shape lies in the communities; of a point all or nothing."""
    share: NDArray[np.float64] = shapely.covers(home, shapes).astype(float)
    rest = ((share == 0) & shapely.intersects(home, shapes)).nonzero()[0]
    area = shapely.area(shapes[rest])
    flat = rest[area > 0]
    share[flat] = shapely.area(shapely.intersection(shapes[flat], home)) / area[area > 0]
    return share


def _same_points(name: str, frame: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Report buildings given as points that stand at the same place."""
    shapes = frame.geometry.to_numpy()
    points = (shapely.get_dimensions(shapes) == 0).nonzero()[0]
    first: dict[str, int] = {}
    for k in points:
        key = shapes[k].wkt
        if key in first:
            yield Fault(
                name, f"stands at the same point as row {first[key]}", "move or delete one of them",
                row=_row(frame, k), column="geometry", value=key, severity="warning",
                kind="same-point",
            )  # fmt: skip
        first.setdefault(key, _row(frame, k))


CHECKS: Final[tuple[Callable[[Context], Iterator[Fault]], ...]] = (
    validity,
    sizes,
    islands,
    community_overlaps,
    extent,
    outside,
    overlapping_homes,
    special_homes,
)
