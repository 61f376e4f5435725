"""Split a large building into its stairwells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely import Point, Polygon

__all__ = ["share_households", "strips"]

#: A strip with less than this share of its due is no strip.
MIN_SHARE: Final = 0.02
HALVINGS: Final = 40


def share_households(households: int, stairwells: int) -> list[int]:
    """Share households equally; the remainder goes to the low numbers.

    Examples
    --------
    >>> share_households(14, 4)
    [4, 4, 3, 3]
    """
    each, rest = divmod(households, stairwells)
    return [each + (number < rest) for number in range(stairwells)]


def strips(
    footprint: Polygon, stairwells: int, *, entrances: Mapping[int, Point] | None = None
) -> list[Polygon]:
    """Cut a footprint across its long axis into one strip per stairwell.

    Strips are equal and number 1 lies at the west end (at the north end where the axis runs
    north to south). Where the entrance of every stairwell is given, the cuts run half-way
    between them and the numbers are theirs. Where a strip would be empty (doors opposite each
    other, a footprint in parts that lie apart) the strips are equal in area instead of width.

    Parameters
    ----------
    footprint
        The building, metres.
    stairwells
        How many, at least 1.
    entrances
        Stairwell number to its entrance; used only when it names 1 to `stairwells`.

    Returns
    -------
    Strips in the order of the stairwell numbers; together they are the footprint.

    Examples
    --------
    >>> [strip.bounds for strip in strips(shapely.box(0, 0, 40, 10), 2)]
    [(0.0, 0.0, 20.0, 10.0), (20.0, 0.0, 40.0, 10.0)]
    >>> east_first = {1: shapely.Point(36, 0), 2: shapely.Point(4, 0)}
    >>> strips(shapely.box(0, 0, 40, 10), 2, entrances=east_first)[0].bounds
    (20.0, 0.0, 40.0, 10.0)
    """
    start, along = _long_axis(footprint)
    ends = (shapely.get_coordinates(footprint) - start) @ along
    low, high = ends.min(), ends.max()
    given = entrances or {}
    if set(given) == set(range(1, stairwells + 1)):
        spots = np.array([[given[n].x, given[n].y] for n in range(1, stairwells + 1)])
        place = np.clip((spots - start) @ along, low, high)
    else:
        place = low + (high - low) * (np.arange(stairwells) + 0.5) / stairwells
    order = np.argsort(place, kind="stable")
    between = (place[order][:-1] + place[order][1:]) / 2
    bands = _bands(footprint, start, along, [low - 1.0, *between, high + 1.0])
    if shapely.area(bands).min() < MIN_SHARE * footprint.area / stairwells:
        even = _equal_areas(footprint, start, along, (low, high), stairwells)
        bands = _bands(footprint, start, along, [low - 1.0, *even, high + 1.0])
    found: list[Polygon] = [footprint] * stairwells
    for rank, number in enumerate(order):
        found[number] = bands[rank]
    return found


def _bands(
    footprint: Polygon,
    start: NDArray[np.float64],
    along: NDArray[np.float64],
    cuts: list[float],
) -> NDArray[Any]:
    """Cut a footprint at every distance along the axis."""
    return polygonal([_band(footprint, start, along, *ends) for ends in pairwise(cuts)])


def _equal_areas(
    footprint: Polygon,
    start: NDArray[np.float64],
    along: NDArray[np.float64],
    ends: tuple[float, float],
    count: int,
) -> list[float]:
    """Find by bisection where to cut for bands of equal area."""
    found = []
    for number in range(1, count):
        low, high = ends
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            area = _band(footprint, start, along, ends[0] - 1.0, middle).area
            low, high = (middle, high) if area < footprint.area * number / count else (low, middle)
        found.append((low + high) / 2)
    return found


def _long_axis(footprint: Polygon) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point and the unit vector of the long axis, pointing east, else south."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(footprint))[:4]
    sides = np.diff(np.vstack([corners, corners[:1]]), axis=0)[:2]
    lengths = np.hypot(*sides.T)
    side = sides[int(np.argmax(lengths.round(3)))]
    along = side / np.hypot(*side)
    # An axis within a degree of north counts as running north to south.
    north_south = abs(along[0]) < np.sin(np.radians(1.0))
    if (north_south and along[1] > 0) or (not north_south and along[0] < 0):
        along = -along
    return corners[0], along


def _band(
    footprint: Polygon,
    start: NDArray[np.float64],
    along: NDArray[np.float64],
    low: float,
    high: float,
) -> Polygon:
    """Cut out what lies between two distances along the axis."""
    across = np.array([-along[1], along[0]])
    reach = footprint.length
    corners = [
        start + along * distance + across * side
        for distance, side in ((low, -reach), (high, -reach), (high, reach), (low, reach))
    ]
    return shapely.intersection(footprint, shapely.Polygon(corners))
