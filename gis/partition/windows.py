"""Improve a plan window by window: divide some neighbouring districts anew, keep what is better.

A window is a district and those around it. It is divided from the start, as if it were a
problem of its own, so districts may move from one side of it to the other, which no boundary
move of an annealing does. Large plans profit most: somewhere in them a window can be improved
where a whole new start would improve one place and spoil another (large neighbourhood search,
Shaw 1998).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.construct import bisect, noise
from gis.partition.cost import allowed_pieces
from gis.partition.graph import compressed
from gis.partition.search import Within, anneal, improves, totals_of

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.moves import Pool
    from gis.partition.pace import Pace
    from gis.partition.problem import Bools, Floats, Ints

__all__ = ["improve"]

#: Fewest and most districts of a window; most windows are small.
FEWEST, MOST = 4, 40
#: Share of the windows that are divided as the bound says, and the least that a unit counts.
HALF, TINY = 0.5, 1e-9


def improve(
    model: Model,
    labels: Ints,
    *,
    seed: int,
    windows: int,
    moves: int,
    pool: Pool,
    share: Floats,
    pace: Pace,
) -> Ints:
    """Return labels that are no worse, of as many districts.

    Parameters
    ----------
    model
        The prepared problem, one connected component.
    labels
        (u,) district of each unit, 0 … k-1.
    seed
        The same seed gives the same windows.
    windows
        How many are tried.
    moves
        Proposals per unit of a window.
    pool
        Filled with districts that are in range.
    share
        (u,) how many districts each unit should count for, k in all; half of the windows are
        divided by these, half by weight.
    pace
        Told the share done; asked whether there is time.
    """
    labels, k = labels.copy(), int(labels.max()) + 1
    draws = noise(seed * 2 + 1, 3 * windows).reshape(-1, 3)
    allowed = allowed_pieces(model, float(model.weights.sum()) / k)
    for window, (first, size, kind) in enumerate(draws.tolist()):
        if pace.over():
            break
        wanted = min(k, FEWEST + int(size**2 * (MOST + 1 - FEWEST)))
        inside = _around(model, labels, int(first * model.n), wanted)
        units = np.flatnonzero(inside[labels])
        part, within = _part(model, labels, units, inside, allowed)
        names, old = np.unique(labels[units], return_inverse=True)
        draw = seed * 1_000_003 + window
        start = bisect(
            part,
            np.array([len(names)]),
            seed=draw,
            trees=1,
            share=share[units] + TINY if kind < HALF else None,
        )
        new, totals = anneal(
            part,
            start,
            seed=draw,
            moves=moves * len(units),
            pool=pool,
            within=within,
        )
        own = old.astype(np.int64)
        if improves(part, (totals, new), (totals_of(part, own, within), own)):
            labels[units] = names[new]
        pace.done((window + 1) / windows)
    return labels


def _around(model: Model, labels: Ints, first: int, wanted: int) -> Bools:
    """Return which districts lie around a unit, itself included: the nearest over borders."""
    inside = np.zeros(int(labels.max()) + 1, np.bool_)
    inside[labels[first]] = True
    seen, line, many = {first}, [first], 1
    for unit in line:
        for other in model.neighbours[model.starts[unit] : model.starts[unit + 1]].tolist():
            if other in seen:
                continue
            if not inside[labels[other]]:
                if many == wanted:
                    continue
                inside[labels[other]] = True
                many += 1
            seen.add(other)
            line.append(other)
    return inside


def _part(
    model: Model, labels: Ints, units: Ints, inside: Bools, allowed: Ints
) -> tuple[Model, Within]:
    """Return the model of some units alone, and how many districts groups may still touch there."""
    back = np.full(model.n, -1, np.int64)
    back[units] = np.arange(len(units))
    edges = back[model.edges]
    edges = edges[(edges >= 0).all(axis=1)]
    starts, neighbours = compressed(edges, len(units))
    part = replace(
        model,
        unit=np.arange(len(units)),
        first=model.first[units],
        weights=model.weights[units],
        second=model.second[units],
        component=np.zeros(len(units), np.int64),
        edges=edges,
        starts=starts,
        neighbours=neighbours,
        cost=np.ascontiguousarray(model.cost[np.ix_(units, units)]),
        handicap=model.handicap[units],
        group=np.ascontiguousarray(model.group[units]),
    )
    room = allowed.copy()
    for side in range(2):
        grouped = (model.group[:, side] >= 0) & ~inside[labels]
        if grouped.any():
            pairs = np.column_stack([model.group[grouped, side], labels[grouped]])
            pairs = np.unique(pairs, axis=0)
            room -= np.bincount(pairs[:, 0], minlength=len(room))
    return part, Within(room, units)
