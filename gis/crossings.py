"""Find where walkways cross barriers that nobody can pass, and cut them there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.barriers import passes_gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Crossings", "cut", "dead_ends", "find", "shut"]

#: A walkway is opened by this much on either side of where it is cut.
_GAP_M: Final = 0.02
#: Drawn this near, an end lies on the line: data are snapped, then rounded.
_TOUCH_M: Final = 0.01
#: Ends of lines this near to one another are one place.
_JOIN_M: Final = 0.002
#: How far from the wall to look for the side that a walkway comes from.
_ARM_M: Final = 0.05
#: A shut gate cuts the walkway that it stands on, drawn this exactly.
_SHUT_M: Final = 1.5


@dataclass(frozen=True, slots=True)
class Crossings:
    """Where lines cross barriers without a gate.

    Parameters
    ----------
    line, barrier
        (k,) positions in the lines and in the barriers that were asked about.
    place
        (k,) points, or the lines along which a walkway runs in or on a barrier.
    """

    line: NDArray[np.int64]
    barrier: NDArray[np.int64]
    place: NDArray[Any]

    def __len__(self) -> int:
        """Count the crossings."""
        return len(self.line)


def find(lines: NDArray[Any], barriers: NDArray[Any], open_points: NDArray[Any]) -> Crossings:
    """Find where lines cross barriers, but where an open gate stands within three metres.

    To touch is not to cross: a path that ends at a wall, or a wall that ends at a path,
    stops nobody. Two paths that meet on a wall from its two sides do cross it, and so does
    one that runs along it. Of an area it is the part inside that crosses.

    Parameters
    ----------
    lines
        (n,) LineStrings, metres.
    barriers
        (m,) lines and polygons, single or multi, that stop people.
    open_points
        Points of the gates that let people through.

    Examples
    --------
    >>> path = shapely.LineString([(0, 0), (10, 0)])
    >>> wall = shapely.LineString([(5, -5), (5, 5)])
    >>> found = find(np.array([path]), np.array([wall]), np.array([]))
    >>> [place.wkt for place in found.place]
    ['POINT (5 0)']
    >>> len(find(np.array([path]), np.array([wall]), np.array([shapely.Point(5, 1)])))
    0
    """
    parts, owner = shapely.get_parts(barriers, return_index=True)
    is_area = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    rows = [
        *_through_lines(lines, parts[~is_area], owner[~is_area], open_points),
        *_through_areas(lines, parts[is_area], owner[is_area], open_points),
    ]
    rows.sort(key=lambda row: (row[0], row[1], shapely.to_wkb(row[2])))
    places = np.empty(len(rows), dtype=object)
    places[:] = [row[2] for row in rows]
    return Crossings(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        places,
    )


def shut(lines: NDArray[Any], closed_points: NDArray[Any]) -> Crossings:
    """Find the places where shut gates stand on lines.

    A gate shuts the line nearest to it within 1.5 m, and those that meet that line there;
    a street that merely passes behind the gate stays open. `barrier` is the gate.
    """
    none = np.zeros(0, dtype=np.int64)
    if not len(closed_points) or not len(lines):
        return Crossings(none, none, np.zeros(0, dtype=object))
    tree = shapely.STRtree(lines)
    gate, line = tree.query(closed_points, predicate="dwithin", distance=_SHUT_M)
    away = shapely.distance(closed_points[gate], lines[line])
    nearest = np.full(len(closed_points), np.inf)
    np.minimum.at(nearest, gate, away)
    keep = away <= nearest[gate] + _TOUCH_M
    gate, line = gate[keep], line[keep]
    along = shapely.line_locate_point(lines[line], closed_points[gate])
    return Crossings(line, gate, shapely.line_interpolate_point(lines[line], along))


def dead_ends(lines: NDArray[Any], barriers: NDArray[Any], open_points: NDArray[Any]) -> Crossings:
    """Find the ends of lines that lie on a wall where no line goes on, but at an open gate.

    They are no fault, but nobody beyond the wall may join the walkway there.
    """
    parts, owner = shapely.get_parts(barriers, return_index=True)
    is_line = shapely.get_dimensions(parts) == 1
    parts, owner = parts[is_line], owner[is_line]
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    end, wall = shapely.STRtree(parts).query(ends, predicate="dwithin", distance=_TOUCH_M)
    lone = ~_goes_on(ends[end], shapely.STRtree(lines)) & ~passes_gate(ends[end], open_points)
    lone &= ~shapely.is_closed(lines[end % len(lines)]) if len(lines) else lone
    end, wall = end[lone], wall[lone]
    return Crossings(end % max(1, len(lines)), owner[wall], ends[end])


def cut(lines: NDArray[Any], crossings: Sequence[Crossings]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Take the crossings out of the lines.

    Returns
    -------
    tuple
        The lines that are left, and the position of the line each was part of.
    """
    holes: dict[int, list[Any]] = defaultdict(list)
    for found in crossings:
        grown = shapely.buffer(found.place, _GAP_M, quad_segs=2)
        for line, hole in zip(found.line.tolist(), grown, strict=True):
            holes[line].append(hole)
    left = lines.copy()
    for line in sorted(holes):
        left[line] = shapely.difference(lines[line], shapely.union_all(holes[line]))
    parts, owner = shapely.get_parts(left, return_index=True)
    return parts, owner


_Row = tuple[int, int, Any]


def _through_lines(
    lines: NDArray[Any], walls: NDArray[Any], owner: NDArray[Any], open_points: NDArray[Any]
) -> list[_Row]:
    """Find where lines cross walls: points, and stretches that run along one."""
    line, wall = _pairs(lines, walls)
    meets = shapely.intersection(lines[line], walls[wall])
    place, pair = shapely.get_parts(meets, return_index=True)
    keep = ~shapely.is_empty(place) & ~passes_gate(place, open_points)
    place, line, wall = place[keep], line[pair[keep]], wall[pair[keep]]
    along = shapely.length(place) > _TOUCH_M
    rows = [
        (int(n), int(owner[w]), p)
        for n, w, p in zip(line[along], wall[along], place[along], strict=True)
    ]
    place, line, wall = place[~along], line[~along], wall[~along]
    place = shapely.centroid(place)
    keep = ~_at_loose_end(place, walls, wall)
    place, line, wall = place[keep], line[keep], wall[keep]
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    keys = np.rint(shapely.get_coordinates(place) * 1000).astype(np.int64)
    for k, key in enumerate(keys.tolist()):
        groups[key[0], key[1]].append(k)
    tree = shapely.STRtree(lines)
    for _, members in sorted(groups.items()):
        if _on_both_sides(lines[line[members]], place[members[0]], walls[wall[members]], tree):
            rows += [(int(line[k]), int(owner[wall[k]]), place[k]) for k in members]
    return rows


def _through_areas(
    lines: NDArray[Any], areas: NDArray[Any], owner: NDArray[Any], open_points: NDArray[Any]
) -> list[_Row]:
    """Find the stretches of lines inside areas; along the edge is outside."""
    cores = shapely.buffer(areas, -_TOUCH_M)
    line, area = _pairs(lines, cores)
    inside = shapely.intersection(lines[line], cores[area])
    place, pair = shapely.get_parts(inside, return_index=True)
    keep = (shapely.length(place) > 0) & ~passes_gate(place, open_points)
    return [
        (int(line[k]), int(owner[area[k]]), p) for k, p in zip(pair[keep], place[keep], strict=True)
    ]


def _pairs(lines: NDArray[Any], barriers: NDArray[Any]) -> NDArray[Any]:
    if not len(barriers) or not len(lines):
        return np.zeros((2, 0), dtype=np.int64)
    found: NDArray[Any] = shapely.STRtree(barriers).query(lines, predicate="intersects")
    return found


def _at_loose_end(place: NDArray[Any], walls: NDArray[Any], wall: NDArray[Any]) -> Any:
    """Tell which places lie at an end of their wall where no other wall goes on."""
    if not len(place):
        return np.zeros(0, dtype=bool)
    first, last = shapely.get_point(walls, 0), shapely.get_point(walls, -1)
    tree = shapely.STRtree(walls)
    loose = np.zeros(len(place), dtype=bool)
    for ends in (first, last):
        at_end = shapely.distance(place, ends[wall]) <= _TOUCH_M
        touching = tree.query(ends[wall[at_end]], predicate="dwithin", distance=_TOUCH_M)[0]
        alone = np.bincount(touching, minlength=int(at_end.sum())) == 1
        loose[np.flatnonzero(at_end)[alone]] = True
    return loose & ~shapely.is_closed(walls[wall])


def _goes_on(ends: NDArray[Any], tree: Any) -> NDArray[np.bool_]:
    """Tell at which ends of lines another line goes on."""
    hits = tree.query(ends, predicate="dwithin", distance=_JOIN_M)[0]
    goes_on: NDArray[np.bool_] = np.bincount(hits, minlength=len(ends)) > 1
    return goes_on


def _on_both_sides(lines: NDArray[Any], place: Any, walls: NDArray[Any], tree: Any) -> bool:
    """Tell whether lines that meet a wall at one place come from its two sides."""
    disc = shapely.buffer(place, _ARM_M, quad_segs=4)
    leaving = shapely.get_parts(shapely.intersection(lines, disc.exterior))
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    short = shapely.dwithin(ends, place, _ARM_M) & (shapely.distance(ends, place) > 0)
    short[short] &= _goes_on(ends[short], tree)
    arms = [*leaving[~shapely.is_empty(leaving)], *ends[short]]
    wall = shapely.union_all(walls)
    return any(
        shapely.intersects(shapely.LineString([one, other]), wall)
        for one, other in combinations(arms, 2)
    )
