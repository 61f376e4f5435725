"""Search the shortest ways from points that join a network, compiled.

Nodes have their turn a step of metres at a time, and again where they turn out to be nearer, which
on walkways is quicker than a heap: the threshold algorithm (Glover, Klingman and Phillips 1985).
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

__all__ = ["Found", "Room", "fill_near", "fill_points", "fill_rows", "fill_walked", "room_for"]

# Typed, as numba compiles a function anew for every literal that it is called with.
_ZERO: Final[Any] = np.int64(0)
_NONE: Final[Any] = np.int64(-1)

#: What a node is in; whether it had its turn; whether it got nearer since.
_NEAR: Final[Any] = np.int8(1)
_FAR: Final[Any] = np.int8(2)
_SEEN: Final[Any] = np.int8(4)
_NEW: Final[Any] = np.int8(8)


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
    state
        (N,) 0, or what a node is in, and whether it was seen and is to be seen again.
    near, far
        (N + 1,) a ring of the nodes whose turn comes next, and (N,) those that still wait.
    """

    walked: Floats
    source: Ints
    touched: Ints
    wanted: NDArray[np.bool_]
    state: NDArray[np.int8]
    near: Ints
    far: Ints


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


def room_for(ways: Ways, *, wanted: Ints | None = None) -> Room:
    """Make room for searches over the ways."""
    nodes = len(ways.starts) - 1
    ends = np.zeros(nodes, dtype=np.bool_)
    if wanted is not None:
        ends[wanted] = True
    return Room(
        walked=np.full(nodes, np.inf),
        source=np.full(nodes, -1, dtype=np.int64),
        touched=np.empty(nodes, dtype=np.int64),
        wanted=ends,
        state=np.zeros(nodes, dtype=np.int8),
        near=np.empty(nodes + 1, dtype=np.int64),
        far=np.empty(nodes, dtype=np.int64),
    )


@helper
def _start(ways: Ways, edge: int, along_m: float, limit_m: float, room: Room) -> Any:
    """Let both ends of an edge wait; return how many were touched."""
    touched = _ZERO
    for end in range(2):
        node = ways.ends[edge, end]
        metres = ways.length_m[edge] - along_m if end else along_m
        if metres <= limit_m and metres < room.walked[node]:
            if room.walked[node] == np.inf:
                room.touched[touched] = node
                touched += 1
            room.walked[node] = metres
    return touched


@helper
def _call(room: Room, below_m: float, waiting: int) -> tuple[int, int, float]:
    """Let those of the far nodes that are nearer than so many metres have their turn next.

    Returns how many have, how many still wait, and the metres of the nearest of these.
    """
    walked, state, near, far = room.walked, room.state, room.near, room.far
    called, still, least_m = _ZERO, _ZERO, np.inf
    for k in range(waiting):
        node = far[k]
        if not state[node] & _NEW:
            state[node] &= ~_FAR
        elif walked[node] < below_m:
            state[node] = (state[node] & ~_FAR) | _NEAR
            near[called] = node
            called += 1
        else:
            least_m = min(least_m, walked[node])
            far[still] = node
            still += 1
    return called, still, least_m


@helper
def _queue(room: Room, node: int, nearer: bool, last: int, waiting: int) -> tuple[int, int]:  # noqa: FBT001
    """Put a node that got nearer into the ring of near nodes, or with the far ones."""
    if nearer:
        if not room.state[node] & _NEAR:
            room.near[last] = node
            last = last + 1 if last + 1 < len(room.near) else _ZERO
        room.state[node] |= _NEAR | _NEW
    else:
        if not room.state[node] & _FAR:
            room.far[waiting] = node
            waiting += 1
        room.state[node] |= _FAR | _NEW
    return last, waiting


@helper
def _spread(ways: Ways, limit_m: float, wanted: int, room: Room, touched: int) -> int:
    """Search on from the nodes touched; return how many are in the end.

    Of starts equally near to a node that of the lowest rank is its source.
    """
    walked, source, state = room.walked, room.source, room.state
    waiting, least_m = touched, np.inf
    for k in range(touched):
        node = room.touched[k]
        room.far[k], state[node] = node, _FAR | _NEW
        least_m = min(least_m, walked[node])
    while waiting > 0 and wanted != 0:
        # What is less than a step beyond the nearest that waits comes next, in any order; a
        # node that turns out to be nearer after its turn has another.
        below_m = least_m + ways.step_m
        last, waiting, least_m = _call(room, below_m, waiting)
        first = _ZERO
        while first != last:
            node = room.near[first]
            first = first + 1 if first + 1 < len(room.near) else _ZERO
            if room.wanted[node] and not state[node] & _SEEN:
                wanted -= 1
            state[node] = (state[node] & _FAR) | _SEEN
            metres, origin = walked[node], source[node]
            for way in range(ways.starts[node], ways.starts[node + 1]):
                to, there = ways.to[way], metres + ways.metres[way]
                if there > walked[to] or (there == walked[to] and origin >= source[to]):
                    continue
                if there <= limit_m:
                    if walked[to] == np.inf:
                        room.touched[touched] = to
                        touched += 1
                    walked[to], source[to] = there, origin
                    last, waiting = _queue(room, to, there < below_m, last, waiting)
                    if there >= below_m:
                        least_m = min(least_m, there)
    return touched


@helper
def _clear(room: Room, touched: int) -> None:
    for k in range(touched):
        room.walked[room.touched[k]] = np.inf
        room.state[room.touched[k]] = 0


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
        As made by `room_for`.
    """
    touched = _ZERO
    for k in range(len(nodes)):
        if metres[k] <= limit_m:
            room.walked[nodes[k]] = metres[k]
            room.touched[touched] = nodes[k]
            touched += 1
    _spread(ways, limit_m, _count(room.wanted), room, touched)


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
            touched = _start(ways, edge, along_m, left_m, room)
            touched = _spread(ways, left_m, wanted, room, touched)
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
def _list(found: Found, target: int, metres: float) -> None:
    total = found.total[0]
    found.column[total], found.walk_m[total] = target, metres
    found.total[0] = total + 1


@helper
def _list_at(
    joins: Joins, origin: int, node: int, limit_m: float, room: Room, targets: Targets, found: Found
) -> None:
    """List the targets that join at a node, but for those at the origin."""
    there = room.walked[node] + joins.snap_m[origin]
    for k in range(targets.node_starts[node], targets.node_starts[node + 1]):
        target = targets.at_node[k]
        metres = there + targets.snap_m[target]
        if metres <= limit_m and targets.place[target] != joins.place[origin]:
            _list(found, target, metres)


@helper
def _list_on(
    ways: Ways, joins: Joins, origin: int, edge: int, limit_m: float, room: Room,
    targets: Targets, found: Found,
) -> None:  # fmt: skip
    """List the targets that join an edge between its nodes, but for those at the origin."""
    from_edge, from_m = joins.edge[origin], joins.along_m[origin]
    for k in range(targets.edge_starts[edge], targets.edge_starts[edge + 1]):
        target = targets.on_edge[k]
        between = _between(ways, from_edge, from_m, edge, targets.along_m[target], room.walked)
        metres = between + (joins.snap_m[origin] + targets.snap_m[target])
        if metres <= limit_m and targets.place[target] != joins.place[origin]:
            _list(found, target, metres)


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
            touched = _start(ways, edge, joins.along_m[origin], left_m, room)
            touched = _spread(ways, left_m, _NONE, room, touched)
            for step in range(touched):
                _list_at(joins, origin, room.touched[step], limit_m, room, targets, found)
            if len(targets.on_edge):
                found.seen[edge] = k
                _list_on(ways, joins, origin, edge, limit_m, room, targets, found)
                for step in range(touched):
                    node = room.touched[step]
                    for way in range(ways.starts[node], ways.starts[node + 1]):
                        other = ways.edge[way]
                        if found.seen[other] != k:
                            found.seen[other] = k
                            _list_on(ways, joins, origin, other, limit_m, room, targets, found)
            _clear(room, touched)
        found.stops[k] = found.total[0]
    return len(origins)


@compiled
def fill_points(
    ways: Ways, joins: Joins, ranks: Ints, room: Room, metres: Floats, source: Ints
) -> None:
    """Fill in the metres from the nearest start to the joint of each point, and its rank.

    By way of either end of the point's edge, or along the edge, up it and then down it, from the
    starts that join it too.

    Parameters
    ----------
    ways, joins
        The network and the points.
    ranks
        (n,) the rank of each point that is a start, -1 of the others.
    room
        As `fill_walked` has filled it.
    metres, source
        (n,) what is filled, for points that join an edge.
    """
    last = len(joins.order) - 1
    for turn in range(2):
        edge, least_m, least = _NONE, np.inf, _NONE
        for k in range(last + 1):
            point = joins.order[last - k if turn else k]
            along_m = joins.along_m[point]
            if joins.edge[point] != edge:
                edge = joins.edge[point]
                node = ways.ends[edge, turn]
                least_m, least = room.walked[node], room.source[node]
                if turn:
                    least_m += ways.length_m[edge]
            toward_m = -along_m if turn else along_m
            if ranks[point] >= 0:
                own_m = joins.snap_m[point] - toward_m
                if own_m < least_m or (own_m == least_m and ranks[point] < least):
                    least_m, least = own_m, ranks[point]
            there = least_m + toward_m
            if (
                not turn
                or there < metres[point]
                or (there == metres[point] and least < source[point])
            ):
                metres[point], source[point] = there, least
