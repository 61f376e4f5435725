"""Move atoms between large districts where a small district has no other way into its range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.partition.graph import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.problem import Ints, Problem

__all__ = ["rehome"]


def rehome(large: Problem, micro: Problem, above: Ints, below: Ints) -> Ints | None:
    """Give misfit atoms to a large district next door whose micro districts can hold them.

    A misfit is a micro district below its hard range, or the one atom that takes a district
    above it. It moves only if both large districts stay in their hard range and the one it
    leaves stays contiguous; locked atoms never move.

    Parameters
    ----------
    large, micro
        The two problems, over the same atoms and edges.
    above, below
        (n,) labels of both levels.

    Returns
    -------
    (n,) labels of the large level, or None where nothing can be moved.

    Examples
    --------
    >>> from gis.partition import Problem
    >>> weights, edges = [20, 2, 20, 20], [(0, 1), (1, 2), (2, 3)]
    >>> large = Problem(weights, edges, np.zeros((4, 4)), (20, 60))
    >>> micro = Problem(weights, edges, np.zeros((4, 4)), (10, 23))
    >>> rehome(large, micro, np.array([0, 1, 1, 1]), np.array([0, 1, 2, 3])).tolist()
    [0, 0, 1, 1]
    """
    if micro.edges is None or not len(micro.edges):
        return None
    above, below = above.copy(), below.copy()
    weights = micro.weights
    loads = np.bincount(above, weights=weights).astype(np.int64)
    filled = np.bincount(below, weights=weights).astype(np.int64)
    moved = False
    for group in _misfits(micro, below):
        home = int(above[group[0]])
        load = int(weights[group].sum())
        if not _may_leave(large, above, group, loads[home] - load):
            continue
        beside = _neighbours(micro.edges, group)
        beside = beside[above[beside] != home]
        fits = (filled[below[beside]] + load <= micro.limit[1]) & (
            loads[above[beside]] + load <= large.limit[1]
        )
        if fits.any():
            # The emptiest neighbour takes it; ties to the lower label.
            to = beside[fits][np.lexsort((below[beside[fits]], filled[below[beside[fits]]]))[0]]
            filled[below[group[0]]] -= load
            filled[below[to]] += load
            loads[home] -= load
            loads[above[to]] += load
            above[group], below[group] = above[to], below[to]
            moved = True
    return above if moved else None


def _misfits(micro: Problem, below: Ints) -> Iterator[Ints]:
    """Yield atoms, as found at the start, without which the range could be kept."""
    low, high = micro.limit
    weights = micro.weights
    filled = np.bincount(below, weights=weights).astype(np.int64)
    for district, load in enumerate(filled.tolist()):
        members = np.flatnonzero(below == district)
        if load < low:
            yield members
        elif load > high and weights[members].max() <= high:
            enough = members[
                (weights[members] > 0)
                & (load - weights[members] <= high)
                & (load - weights[members] >= low)
            ]
            yield from (enough[[place]] for place in np.argsort(weights[enough], kind="stable")[:1])


def _may_leave(large: Problem, above: Ints, group: Ints, left: int) -> bool:
    """Tell whether a large district stays whole and in range without the group."""
    if left < large.limit[0] or (large.locked is not None and (large.locked[group] >= 0).any()):
        return False
    stay = np.flatnonzero(above == above[group[0]])
    stay = np.setdiff1d(stay, group)
    inside = np.zeros(large.n, dtype=bool)
    inside[stay] = True
    edges = large.edges if large.edges is not None else np.zeros((0, 2), dtype=np.int64)
    part = joined(edges[inside[edges].all(axis=1)], large.n)
    return len(np.unique(part[stay])) == 1


def _neighbours(edges: Ints, group: Ints) -> Ints:
    """Return the atoms beside a group, sorted."""
    touching = np.isin(edges, group)
    one_end = edges[touching.any(axis=1) & ~touching.all(axis=1)]
    return np.setdiff1d(np.unique(one_end), group)
