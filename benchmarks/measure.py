"""Measure a plan from its labels alone, the same for every system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array, issparse
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from instances import Floats, Instance, Ints

__all__ = ["Measured", "broken", "measure"]


class Measured(NamedTuple):
    """What a plan is like.

    Parameters
    ----------
    count
        Number of districts.
    in_range
        Share of districts whose weight is in the range.
    broken
        Number of districts in several pieces.
    cost
        Σ over districts of the least cost to one of its own atoms.
    walk_m, longest_m
        Weighted mean, and longest walk of an atom with weight, to those centres; NaN where
        the cost is not of walking.
    least, most
        Weight of the lightest and the heaviest district.
    """

    count: int
    in_range: float
    broken: int
    cost: float
    walk_m: float
    longest_m: float
    least: int
    most: int


def measure(instance: Instance, labels: Ints, *, limit: tuple[int, int] | None = None) -> Measured:
    """Measure labels (n,) against an instance; `limit` is another range than its own."""
    low, high = limit or instance.limit
    label = np.unique(labels, return_inverse=True)[1]
    count = int(label.max()) + 1
    load = np.bincount(label, weights=instance.weights)
    order = np.argsort(label, kind="stable")
    cost, longest = 0.0, 0.0
    for own in np.split(order, np.cumsum(np.bincount(label))[:-1]):
        serve = _square(instance.cost, own).sum(axis=0)
        at = int(np.argmin(serve))
        cost += float(serve[at])
        if instance.metres is not None:
            walk = _square(instance.metres, own)[:, at]
            longest = max(longest, float(walk[instance.weights[own] > 0].max(initial=0.0)))
    walking = instance.metres is not None
    return Measured(
        count=count,
        in_range=float(((load >= low) & (load <= high)).mean()),
        broken=broken(instance.edges, label),
        cost=cost,
        walk_m=cost / float(instance.weights.sum()) if walking else float("nan"),
        longest_m=longest if walking else float("nan"),
        least=int(load.min()),
        most=int(load.max()),
    )


def broken(edges: Ints | None, label: Ints) -> int:
    """Count the districts, numbered 0 and up, that are in several pieces."""
    if edges is None:
        return 0
    inside = edges[label[edges[:, 0]] == label[edges[:, 1]]]
    n = len(label)
    graph = coo_array((np.ones(len(inside)), inside.T), shape=(n, n))
    piece = connected_components(graph, directed=False)[1]
    pairs = np.unique(np.column_stack([label, piece]), axis=0)
    return int((np.bincount(pairs[:, 0]) > 1).sum())


def _square(matrix: Any, own: Ints) -> Floats:
    """Return the square of some atoms; in sparse rows an absent pair has no way."""
    if not issparse(matrix):
        square: Floats = matrix[np.ix_(own, own)]
        return square
    rows = coo_array(matrix[own][:, own])
    square = np.full((len(own), len(own)), np.inf)
    square[rows.row, rows.col] = rows.data
    np.fill_diagonal(square, 0.0)
    return square
