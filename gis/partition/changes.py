"""Change a problem as a remedy says: wider rules, an opened border, an atom in parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.costs import walks
from gis.partition.matrix import whole

if TYPE_CHECKING:
    from gis.partition.problem import Floats, Ints, Problem
    from gis.partition.reasons import Remedy

__all__ = ["WALK_ATOMS", "mended", "metres_of", "parted", "through"]

#: The largest problem, or component, all of whose walks are gone through.
WALK_ATOMS = 400


def mended(  # noqa: PLR0911 - one change for each kind
    problem: Problem, remedy: Remedy
) -> Problem:
    """Return the problem after a remedy.

    Of a split atom the first part keeps its position and the others come last, all beside each
    other. Walks through an opened border run to it and on from it.
    """
    low, high = problem.limit
    match remedy.kind:
        case "lower":
            return problem.changed(limit=(int(remedy.value), high))
        case "upper":
            return problem.changed(limit=(low, int(remedy.value)))
        case "count":
            return problem.changed(count=int(remedy.value))
        case "walk":
            return problem.changed(max_walk_m=remedy.value)
        case "centre":
            allowed = np.ones(problem.n, np.bool_)
            if problem.can_be_centre is not None:
                allowed = problem.can_be_centre.copy()
            allowed[list(remedy.atoms)] = True
            return problem.changed(can_be_centre=allowed)
        case "unlock":
            locked = problem.locked
            if locked is not None:
                locked = np.where(locked == remedy.which, -1, locked)
            return problem.changed(locked=locked)
        case "open":
            return through(problem, *remedy.atoms)
        case _:
            return parted(problem, remedy.atoms[0], int(remedy.value))


def parted(problem: Problem, atom: int, parts: int) -> Problem:
    """Split an atom into parts that differ by at most one household."""
    n, whole = problem.n, int(problem.weights[atom])
    source = np.concatenate([np.arange(n), np.full(parts - 1, atom)])
    own = np.concatenate([[atom], np.arange(n, n + parts - 1)])
    weights = problem.weights[source]
    weights[own] = _shared(whole, parts)
    second = None if problem.second is None else problem.second[source]
    if second is not None:
        second[own] = _shared(int(second[atom]), parts)
    share = np.ones(len(source))
    share[own] = weights[own] / max(whole, 1)
    square = np.ix_(source, source)
    edges = problem.edges
    if edges is not None:
        beside = np.unique(edges[(edges == atom).any(axis=1)])
        beside = beside[beside != atom]
        more = [np.column_stack([np.full(len(beside), part), beside]) for part in own[1:]]
        among = np.array([(a, b) for a in own for b in own if a < b], np.int64).reshape(-1, 2)
        edges = np.concatenate([edges, *more, among])

    def vector(values: Ints | None) -> Ints | None:
        return None if values is None else values[source]

    return replace(
        problem,
        weights=weights,
        second=second,
        edges=edges,
        cost=problem.cost[square] * share[:, None],
        walk_m=metres_of(problem)[square] if problem.max_walk_m is not None else None,
        keep_together=vector(problem.keep_together),
        locked=vector(problem.locked),
        can_be_centre=None if problem.can_be_centre is None else problem.can_be_centre[source],
        parts=vector(problem.parts),
        ids=None,
    )


def _shared(whole: int, parts: int) -> Ints:
    """Share a number out over some parts that differ by at most one."""
    return whole // parts + (np.arange(parts) < whole % parts)


def through(problem: Problem, one: int, other: int) -> Problem:
    """Open a border; in problems of up to 400 atoms walks run through it where that is shorter."""
    edges = problem.edges
    if edges is not None:
        edges = np.concatenate([edges, [(one, other)]])
    if problem.n > WALK_ATOMS:
        return problem.changed(edges=edges)
    metres = metres_of(problem)
    there = np.nan_to_num(metres, nan=0.0, posinf=np.inf)
    through = 0.0
    if problem.openings is not None and problem.opening_m is not None:
        same = (np.sort(problem.openings, axis=1) == sorted((one, other))).all(axis=1)
        through = float(problem.opening_m[same].min(initial=np.inf))
    by = np.minimum(there[:, [one]] + there[[other], :], there[:, [other]] + there[[one], :])
    by = by + through
    np.fill_diagonal(by, there.diagonal())
    served = np.where(problem.weights[:, None] > 0, problem.weights[:, None] * by, 0.0)
    return problem.changed(
        edges=edges,
        cost=np.minimum(whole(problem.cost), np.where(np.isfinite(by), served, np.inf)),
        walk_m=np.where(np.isnan(metres), np.nan, np.minimum(metres, by)),
    )


def metres_of(problem: Problem) -> Floats:
    """Return the metres that the walking limit goes by, of a problem that is small enough."""
    every = np.arange(problem.n)
    return walks(problem, every[:, None], every[None, :])
