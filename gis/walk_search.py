"""Search the shortest ways from points that join a network, compiled (Dijkstra 1959).

Points need no node of their own: a search starts at both ends of the edge that its point joins,
and a walk ends at a point by way of either end of the edge that it joins, or along that edge from
the start. All metres are multiples of 2**-20, so that no sum or difference of them is rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gis.compiled import compiled, helper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.walk_graph import Floats, Ints, Joins, Targets, Ways

__all__ = ["Found", "Room", "fill_near", "fill_rows", "fill_walked", "hand_on", "room_for"]

# Typed, as numba compiles a function anew for every literal that it is called with.
_ZERO: Final[Any] = np.int64(0)
_NONE: Final[Any] = np.int64(-1)


class Room(NamedTuple):
    """What searches write into; between them `walked` is infinite everywhere.

    Parameters
    ----------
    walked
        (N,) metres walked to each node.
    source
        (N,) rank of the start that each node is nearest to.
    touched
        (N,) the nodes that a search came by, one after the other.
    wanted
        (N,) nodes that a search may end after; without any it goes as far as the limit.
    heap_m, heap_node
        Metres and node of what waits, the least first.
    """

    walked: Floats
    source: Ints
    touched: Ints
    wanted: NDArray[np.bool_]
    heap_m: Floats
    heap_node: Ints


class Found(NamedTuple):
    """Pairs within the limit, one after the other.

    Parameters
    ----------
    column, walk_m
        (k,) number of the target, and the metres.
    total
        (1,) how many pairs there are.
    stops
        (n,) where the pairs of each origin end.
    seen
        (M,) the last origin that came by each edge; -1 at first.
    """

    column: Ints
    walk_m: Floats
    total: Ints
    stops: Ints
    seen: Ints


def room_for(ways: Ways, *, starts: int = 2, wanted: Ints | None = None) -> Room:
    """Make room for searches over the ways, from so many nodes at once."""
    nodes, waiting = len(ways.starts) - 1, len(ways.to) + starts
    ends = np.zeros(nodes, dtype=np.bool_)
    if wanted is not None:
        ends[wanted] = True
    return Room(
        walked=np.full(nodes, np.inf),
        source=np.full(nodes, -1, dtype=np.int64),
        touched=np.empty(nodes, dtype=np.int64),
        wanted=ends,
        heap_m=np.empty(waiting),
        heap_node=np.empty(waiting, dtype=np.int64),
    )


@helper
def _push(heap_m: Floats, heap_node: Ints, size: int, metres: float, node: int) -> int:
    """Put a node into the heap; return how many wait."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap_m[above] <= metres:
            break
        heap_m[at], heap_node[at] = heap_m[above], heap_node[above]
        at = above
    heap_m[at], heap_node[at] = metres, node
    return size + 1


@helper
def _drop(heap_m: Floats, heap_node: Ints, size: int) -> int:
    """Take the first out of the heap; return how many wait."""
    size -= 1
    metres, node = heap_m[size], heap_node[size]
    at, below = 0, 1
    while below < size:
        if below + 1 < size and heap_m[below + 1] < heap_m[below]:
            below += 1
        if metres <= heap_m[below]:
            break
        heap_m[at], heap_node[at] = heap_m[below], heap_node[below]
        at, below = below, 2 * below + 1
    heap_m[at], heap_node[at] = metres, node
    return size


@helper
def _start(ways: Ways, edge: int, along_m: float, limit_m: float, room: Room) -> tuple[int, int]:
    """Let both ends of an edge wait; return how many were touched, and how many wait."""
    touched, size = _ZERO, _ZERO
    for end in range(2):
        node = ways.ends[edge, end]
        metres = ways.length_m[edge] - along_m if end else along_m
        if metres <= limit_m and metres < room.walked[node]:
            if room.walked[node] == np.inf:
                room.touched[touched] = node
                touched += 1
            room.walked[node] = metres
            size = _push(room.heap_m, room.heap_node, size, metres, node)
    return touched, size


@helper
def _spread(ways: Ways, limit_m: float, wanted: int, room: Room, touched: int, size: int) -> int:
    """Search on from what waits; return how many nodes were touched.

    Of starts equally near to a node the one of the lowest rank is its source: when a node's
    turn comes, all that could still hand it one have had theirs, as they are nearer.
    """
    walked, source, heap_m, heap_node = room.walked, room.source, room.heap_m, room.heap_node
    while size > 0:
        metres, node = heap_m[0], heap_node[0]
        size = _drop(heap_m, heap_node, size)
        if metres > walked[node]:
            continue
        if room.wanted[node]:
            wanted -= 1
            if wanted == 0:
                break
        for way in range(ways.starts[node], ways.starts[node + 1]):
            to = ways.to[way]
            there = metres + ways.metres[way]
            if there < walked[to]:
                if there > limit_m:
                    continue
                if walked[to] == np.inf:
                    room.touched[touched] = to
                    touched += 1
                walked[to], source[to] = there, source[node]
                size = _push(heap_m, heap_node, size, there, to)
            elif there == walked[to] and source[node] < source[to]:
                source[to] = source[node]
    return touched


@helper
def _clear(room: Room, touched: int) -> None:
    for k in range(touched):
        room.walked[room.touched[k]] = np.inf


@helper
def _count(wanted: NDArray[np.bool_]) -> Any:
    """Count what is wanted; below 0, which no search counts down to, where nothing is."""
    count = _ZERO
    for node in range(len(wanted)):
        count += wanted[node]
    return count or _NONE


@helper
def _between(
    ways: Ways, from_edge: int, from_m: float, edge: int, along_m: float, walked: Floats
) -> float:
    """Return the metres from the start of a search to a place on an edge."""
    first = walked[ways.ends[edge, 0]] + along_m
    last = walked[ways.ends[edge, 1]] + (ways.length_m[edge] - along_m)
    least: float = min(first, last)
    return min(least, abs(from_m - along_m)) if edge == from_edge else least


@compiled
def fill_walked(ways: Ways, nodes: Ints, metres: Floats, limit_m: float, room: Room) -> None:
    """Fill `room.walked` and `room.source` from starts all at once, each with its own metres.

    Parameters
    ----------
    ways
        The network.
    nodes, metres
        (k,) different nodes to start at, and the metres walked to there. What ranks they have
        stands in `room.source`.
    limit_m
        How far to search.
    room
        As made by `room_for`, for k starts.
    """
    size = _ZERO
    for k in range(len(nodes)):
        if metres[k] <= limit_m:
            room.walked[nodes[k]] = metres[k]
            size = _push(room.heap_m, room.heap_node, size, metres[k], nodes[k])
    _spread(ways, limit_m, _count(room.wanted), room, _ZERO, size)


@compiled
def fill_rows(
    ways: Ways, joins: Joins, origins: Ints, order: Ints, targets: Ints, limit_m: float,
    room: Room, walk_m: Floats,
) -> None:  # fmt: skip
    """Fill a matrix with the metres from origins to targets, infinite beyond the limit.

    Parameters
    ----------
    ways, joins
        The network and the points.
    origins, order
        (n,) points, and the order in which those that join at the same place follow each other.
    targets
        (m,) points; the ends of their edges are what `room` wants.
    limit_m
        How far to walk.
    room
        As made by `room_for`.
    walk_m
        (n, m) what is filled.
    """
    nearest_m = np.inf
    for target in targets:
        nearest_m = min(nearest_m, joins.snap_m[target])
    wanted, touched, last = _count(room.wanted), _ZERO, _NONE
    for at in range(len(order)):
        origin = origins[order[at]]
        edge, along_m, snap_m = joins.edge[origin], joins.along_m[origin], joins.snap_m[origin]
        if joins.joint[origin] != last:
            _clear(room, touched)
            last, least_m = joins.joint[origin], snap_m
            for more in range(at + 1, len(order)):
                other = origins[order[more]]
                if joins.joint[other] != last:
                    break
                least_m = min(least_m, joins.snap_m[other])
            left_m = limit_m - least_m - nearest_m
            touched, size = _start(ways, edge, along_m, left_m, room)
            touched = _spread(ways, left_m, wanted, room, touched, size)
        row = walk_m[order[at]]
        for column in range(len(targets)):
            target = targets[column]
            metres = np.inf
            if joins.place[origin] == joins.place[target]:
                metres = 0.0
            elif edge >= 0 and joins.edge[target] >= 0:
                to, to_m = joins.edge[target], joins.along_m[target]
                metres = _between(ways, edge, along_m, to, to_m, room.walked)
                metres += snap_m + joins.snap_m[target]
            row[column] = metres if metres <= limit_m else np.inf
    _clear(room, touched)


@helper
def _list(found: Found, column: int, metres: float) -> None:
    total = found.total[0]
    found.column[total], found.walk_m[total] = column, metres
    found.total[0] = total + 1


@helper
def _list_on(
    ways: Ways, joins: Joins, origin: int, edge: int, limit_m: float, walked: Floats,
    targets: Targets, found: Found,
) -> None:  # fmt: skip
    """List the targets on an edge that are within the limit, but for those at the origin."""
    from_edge, from_m = joins.edge[origin], joins.along_m[origin]
    for k in range(targets.edge_starts[edge], targets.edge_starts[edge + 1]):
        between = _between(ways, from_edge, from_m, edge, targets.along_m[k], walked)
        metres = between + (joins.snap_m[origin] + targets.snap_m[k])
        if metres <= limit_m and targets.place[k] != joins.place[origin]:
            _list(found, targets.on_edge[k], metres)


@compiled
def fill_near(
    ways: Ways, joins: Joins, origins: Ints, begin: int, limit_m: float, room: Room,
    targets: Targets, found: Found,
) -> int:  # fmt: skip
    """Find the targets within the limit of each origin, as long as there is room for them.

    Parameters
    ----------
    ways, joins
        The network and the points.
    origins, begin
        (n,) points, and the first of them to begin with.
    limit_m
        How far to walk, at least 0.
    room
        As made by `room_for`; nothing is wanted.
    targets
        The points to find.
    found
        What is filled, from its start.

    Returns
    -------
    The first origin that there was no room for.
    """
    found.total[0] = 0
    for k in range(begin, len(origins)):
        if found.total[0] + len(targets.at_place) > len(found.column):
            return k
        origin = origins[k]
        place = joins.place[origin]
        for at in range(targets.place_starts[place], targets.place_starts[place + 1]):
            _list(found, targets.at_place[at], 0.0)
        edge = joins.edge[origin]
        left_m = limit_m - joins.snap_m[origin]
        if edge >= 0 and left_m >= 0:
            touched, size = _start(ways, edge, joins.along_m[origin], left_m, room)
            touched = _spread(ways, left_m, _NONE, room, touched, size)
            found.seen[edge] = k
            _list_on(ways, joins, origin, edge, limit_m, room.walked, targets, found)
            for step in range(touched):
                node = room.touched[step]
                for way in range(ways.starts[node], ways.starts[node + 1]):
                    other = ways.edge[way]
                    if found.seen[other] != k:
                        found.seen[other] = k
                        _list_on(ways, joins, origin, other, limit_m, room.walked, targets, found)
            _clear(room, touched)
        found.stops[k] = found.total[0]
    return len(origins)


@compiled
def hand_on(joins: Joins, ranks: Ints, sign: float, metres: Floats, source: Ints) -> None:
    """Hand starts on to the points that follow on the same edge: up it, or down for sign -1.

    Parameters
    ----------
    joins
        The points.
    ranks
        (n,) the rank of each point that is a start, -1 of the others.
    sign
        1 or -1.
    metres, source
        (n,) metres from each point's joint to the nearest start so far, and its rank; what is
        nearer, or as near and of lower rank, replaces them.
    """
    count, edge = len(joins.order), _NONE
    least_m, least = np.inf, _NONE
    for k in range(count):
        point = joins.order[k if sign > 0 else count - 1 - k]
        if joins.edge[point] != edge:
            edge, least_m, least = joins.edge[point], np.inf, _NONE
        along_m = sign * joins.along_m[point]
        own_m = joins.snap_m[point] - along_m if ranks[point] >= 0 else np.inf
        if own_m < least_m or (own_m == least_m and ranks[point] < least):
            least_m, least = own_m, ranks[point]
        there = least_m + along_m
        if there < metres[point] or (there == metres[point] and least < source[point]):
            metres[point], source[point] = there, least
