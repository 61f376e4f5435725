"""Find slips of the pen: specks of polygons, thin strips claimed twice, thin gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["SLIVER_M2", "STRIP_M", "common_ground", "gaps", "strips", "trimmed"]

#: A piece or hole of a polygon below this is a slip of the pen,
SLIVER_M2: Final = 2.0
#: and so is one this narrow on average, whatever its area.
_HAIR_M: Final = 0.1
#: An overlap or gap this narrow on average is a border drawn twice.
STRIP_M: Final = 1.0
#: One below this is left to the plan, which tiles the ground anyway.
_STRIP_M2: Final = 1.0
_TOUCH_M: Final = 0.01


def trimmed(shape: Any) -> tuple[Any, int, int]:
    """Drop a polygon's stray pieces and fill its stray holes, and count both.

    Stray is what is below `SLIVER_M2` or a hair wide; of a polygon of nothing else all is kept.

    Parameters
    ----------
    shape
        A polygon or multipolygon with an area, metres.

    Examples
    --------
    >>> house = shapely.box(0, 0, 9, 9) - shapely.box(4, 4, 5, 5)
    >>> shape, pieces, holes = trimmed(house | shapely.box(20, 0, 21, 1))
    >>> shape.area, pieces, holes
    (81.0, 1, 1)
    """
    parts = shapely.get_parts(shape)
    kept = [part for part in parts if not _stray(part)] or [*parts]
    filled = [_filled(part) for part in kept]
    pieces, holes = len(parts) - len(kept), sum(count for _, count in filled)
    if not pieces and not holes:
        return shape, 0, 0
    whole = [part for part, _ in filled]
    return whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole), pieces, holes


def strips(shapes: NDArray[Any]) -> Iterator[tuple[int, int, Any]]:
    """Yield pairs of polygons that both claim a strip no wider than `STRIP_M`, with the strip.

    Overlaps of less than 1 m² per km² of the smaller polygon, and than 1 m², are left out. The
    polygons are looked at as they are when their turn comes, so that a caller may change them.
    """
    for a, b, common in common_ground(shapes):
        allowed = max(_STRIP_M2, min(shapes[a].area, shapes[b].area) / 1e6)
        if common.area > allowed and _width(common) <= STRIP_M:
            yield a, b, common


def gaps(shapes: NDArray[Any]) -> list[tuple[Any, tuple[int, ...]]]:
    """List the strips that no polygon claims between two that are no more than `STRIP_M` apart.

    Parameters
    ----------
    shapes
        Polygons, metres.

    Returns
    -------
    Each gap with the positions of the polygons it touches, the longest border first.

    Examples
    --------
    >>> yards = np.array([shapely.box(0, 0, 50, 90), shapely.box(50.4, 0, 99, 80)])
    >>> [(round(gap.area), touched) for gap, touched in gaps(yards)]
    [(32, (0, 1))]
    """
    flat = np.flatnonzero(shapely.area(shapes) > 0)
    if len(flat) < 2:  # noqa: PLR2004
        return []
    whole = shapely.union_all(shapes[flat])
    grown = shapely.buffer(whole, STRIP_M / 2, join_style="mitre")
    closed = shapely.buffer(grown, -STRIP_M / 2, join_style="mitre")
    parts = shapely.get_parts(polygonal([shapely.difference(closed, whole)])[0])
    parts = parts[shapely.area(parts) > _STRIP_M2]
    near = shapely.STRtree(shapes[flat]).query(parts, predicate="dwithin", distance=_TOUCH_M)
    found = []
    for k, part in enumerate(parts):
        touched = flat[near[1][near[0] == k]]
        if len(touched) > 1:
            rim = part.buffer(_TOUCH_M)
            borders = shapely.length(shapely.intersection(shapely.boundary(shapes[touched]), rim))
            order = np.lexsort((touched, -np.round(borders, 3)))
            found.append((part, tuple(touched[order].tolist())))
    return sorted(found, key=lambda one: (one[1], one[0].bounds))


def common_ground(shapes: NDArray[Any]) -> Iterator[tuple[int, int, Any]]:
    """Yield pairs of polygons that overlap, in order, with the ground they share by now."""
    flat = np.flatnonzero(shapely.area(shapes) > 0)
    if not len(flat):
        return
    a, b = flat[shapely.STRtree(shapes[flat]).query(shapes[flat], predicate="intersects")]
    for one, other in sorted(zip(a[a < b].tolist(), b[a < b].tolist(), strict=True)):
        common = polygonal([shapely.intersection(shapes[one], shapes[other])])[0]
        if common.area > 0:
            yield one, other, common


def _width(shape: Any) -> float:
    """Measure how wide a polygon is on average, were it a strip."""
    return float(2 * shape.area / shape.length)


def _stray(part: Any) -> bool:
    return bool(part.area < SLIVER_M2 or _width(part) < _HAIR_M)


def _filled(part: Any) -> tuple[Any, int]:
    """Fill a polygon's stray holes; also count them."""
    kept = [ring for ring in part.interiors if not _stray(shapely.Polygon(ring))]
    count = len(part.interiors) - len(kept)
    return (shapely.Polygon(part.exterior, kept) if count else part), count
