"""Cut sets of nodes in two along random spanning trees, compiled: the inner loop of `construct`.

A tree is grown by Prim's algorithm over randomised lengths, so nodes come out from the root on;
weights then add up towards the root in one pass backwards, and every edge of the tree is a cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis.compiled import compiled, helper

if TYPE_CHECKING:
    from gis.partition.problem import Floats, Ints

__all__ = ["Cuts", "Graph", "bisect_in_place"]

#: Where a node is that the heap has not seen, or that has left it.
UNSEEN, DONE = -1, -2
#: What a cut costs: per mean district outside the range, off the mean, and per uneven split.
RANGE, EVEN, HALVES = 1e3, 2.0, 0.5
#: What a cut through a group costs.
GROUP = 0.4


class Graph(NamedTuple):
    """Nodes, their neighbours in compressed rows, the lengths between, and the range."""

    starts: Ints
    neighbours: Ints
    number: Ints
    length: Floats
    weights: Ints
    share: Floats
    group: Ints
    limit: tuple[int, int]


class Cuts(NamedTuple):
    """What changes: nodes in segments that are yet to be cut, and room for one tree.

    `segments` holds (first, behind the last, count) of every open segment; `order` and `before`
    are the present tree, `best` marks the nodes below the best cut.
    """

    nodes: Ints
    segments: Ints
    inside: Ints
    order: Ints
    before: Ints
    below: Ints
    shares: Floats
    size: Ints
    near: Floats
    heap: Ints
    spot: Ints
    best: Ints
    labels: Ints


@helper
def _random(draw: Any, number: int) -> float:
    """Return the number of a draw in [0, 1) (SplitMix64; see `construct.noise`)."""
    z = draw + np.uint64(0x9E3779B97F4A7C15) * np.uint64(number + 1)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return float((z >> np.uint64(11)) / 9007199254740992.0)


@helper
def _before(near: Floats, a: int, b: int) -> bool:
    """Tell whether a node comes out of the heap before another."""
    return bool(near[a] < near[b] or (near[a] == near[b] and a < b))


@helper
def _rise(cuts: Cuts, at: int) -> None:
    """Move a heap's entry up to its place."""
    heap, spot = cuts.heap, cuts.spot
    node = heap[at]
    while at > 0:
        above = (at - 1) >> 1
        if not _before(cuts.near, node, heap[above]):
            break
        heap[at] = heap[above]
        spot[heap[at]] = at
        at = above
    heap[at] = node
    spot[node] = at


@helper
def _pop(cuts: Cuts, size: int) -> int:
    """Take the nearest node out of a heap of so many."""
    heap, spot = cuts.heap, cuts.spot
    top, node, at = heap[0], heap[size - 1], 0
    while True:
        child = 2 * at + 1
        if child >= size - 1:
            break
        if child + 1 < size - 1 and _before(cuts.near, heap[child + 1], heap[child]):
            child += 1
        if not _before(cuts.near, heap[child], node):
            break
        heap[at] = heap[child]
        spot[heap[at]] = at
        at = child
    heap[at] = node
    spot[node] = at
    spot[top] = DONE
    return int(top)


@helper
def _grow(graph: Graph, cuts: Cuts, first: int, last: int, draw: Any) -> None:
    """Span a segment by a tree; loose pieces hang on the first node, for want of an edge."""
    inside, near, spot = cuts.inside, cuts.near, cuts.spot
    mark = inside[cuts.nodes[first]]
    for at in range(first, last):
        spot[cuts.nodes[at]] = UNSEEN
    done, root = 0, cuts.nodes[first]
    # Typed, as numba compiles a function anew for every literal that it is called with.
    one: Any = np.int64(1)
    for at in range(first, last):
        if spot[cuts.nodes[at]] != UNSEEN:
            continue
        start = cuts.nodes[at]
        near[start], cuts.before[start] = 0.0, root if at > first else -1
        cuts.heap[0], spot[start], waiting = start, 0, one
        while waiting > 0:
            here = _pop(cuts, waiting)
            waiting -= 1
            cuts.order[done] = here
            done += 1
            for way in range(graph.starts[here], graph.starts[here + 1]):
                there = graph.neighbours[way]
                if inside[there] != mark or spot[there] == DONE:
                    continue
                length = graph.length[way] * (0.5 + _random(draw, graph.number[way]))
                if spot[there] == UNSEEN:
                    near[there], cuts.before[there] = length, here
                    cuts.heap[waiting] = there
                    waiting += 1
                    _rise(cuts, waiting - 1)
                elif length < near[there]:
                    near[there], cuts.before[there] = length, here
                    _rise(cuts, spot[there])


@helper
def _choose(graph: Graph, cuts: Cuts, many: int, k: int) -> tuple[float, int, int]:
    """Score every edge of the tree; return the best score, the place below it, its count."""
    order, before, below, size = cuts.order, cuts.before, cuts.below, cuts.size
    shares, (low, high) = cuts.shares, graph.limit
    for at in range(many):
        below[order[at]], size[order[at]] = graph.weights[order[at]], 1
        shares[order[at]] = graph.share[order[at]]
    for at in range(many - 1, 0, -1):
        below[before[order[at]]] += below[order[at]]
        shares[before[order[at]]] += shares[order[at]]
        size[before[order[at]]] += size[order[at]]
    total = below[order[0]]
    mean, scale = max(total / k, 1e-9), k / max(shares[order[0]], 1e-9)
    least, best, count = np.inf, -1, 1
    for at in range(1, many):
        node = order[at]
        load, rest = below[node], total - below[node]
        group = graph.group[node]
        torn = GROUP if group >= 0 and group == graph.group[before[node]] else 0.0
        share = shares[node] * scale
        floor = np.int64(share)
        for wanted in range(floor, floor + 2):
            one = min(max(min(max(wanted, 1), k - 1), k - (many - size[node])), size[node])
            two = k - one
            off = max(low * one - load, 0) + max(load - high * one, 0)
            off += max(low * two - rest, 0) + max(rest - high * two, 0)
            score = RANGE * off / mean + EVEN * abs(share - one)
            score += HALVES * abs(one - two) / np.sqrt(k) + torn
            if score < least:
                least, best, count = score, at, one
    return least, best, count


@helper
def _split(cuts: Cuts, first: int, last: int, mark: int) -> int:
    """Put the marked nodes of a segment behind the others; return where they start."""
    start = last
    at = first
    while at < start:
        node = cuts.nodes[at]
        if cuts.best[node] == mark:
            start -= 1
            cuts.nodes[at], cuts.nodes[start] = cuts.nodes[start], node
        else:
            at += 1
    return start


@compiled
def bisect_in_place(graph: Graph, cuts: Cuts, trees: int, draws: Any, done: int) -> int:
    """Cut the first segment until every one is a district; return the next free label.

    `draws` is the state of the random trees, advanced by one for each.
    """
    open_, mark = 1, done + 1
    while open_ > 0:
        open_ -= 1
        first, last = cuts.segments[open_, 0], cuts.segments[open_, 1]
        k = cuts.segments[open_, 2]
        if k <= 1:
            for at in range(first, last):
                cuts.labels[cuts.nodes[at]] = done
            done += 1
            continue
        for at in range(first, last):
            cuts.inside[cuts.nodes[at]] = mark
        least, count = np.inf, 1
        for _ in range(trees):
            draws[0] += np.uint64(0xD1B54A32D192ED03)
            _grow(graph, cuts, first, last, draws[0])
            score, place, one = _choose(graph, cuts, last - first, k)
            if score < least:
                least, count = score, one
                for at in range(last - first):
                    node = cuts.order[at]
                    cuts.best[node] = -mark
                    if at == place or (at > 0 and cuts.best[cuts.before[node]] == mark):
                        cuts.best[node] = mark
        middle = _split(cuts, first, last, mark)
        mark += 1
        cuts.segments[open_ + 1, 0], cuts.segments[open_ + 1, 1] = middle, last
        cuts.segments[open_, 1], cuts.segments[open_, 2] = middle, k - count
        cuts.segments[open_ + 1, 2] = count
        open_ += 2
    return done
