"""Find what hangs together, and what the centres near an atom could gather."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.partition.graph import joined

if TYPE_CHECKING:
    from gis.partition.problem import Bools, Floats, Ints, Problem

__all__ = ["allowed_centres", "components", "heaviest_ball", "least_walk"]

#: Centres looked at in one go.
BALLS = 32


def components(problem: Problem) -> Ints:
    """Return the connected component (inside one part) of each atom."""
    parts = np.zeros(problem.n, np.int64) if problem.parts is None else problem.parts
    if problem.edges is None:
        return np.unique(parts, return_inverse=True)[1].astype(np.int64)
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    return joined(problem.edges[parts[a] == parts[b]], problem.n)


def allowed_centres(problem: Problem) -> Bools:
    """Return which atoms may be centres."""
    if problem.can_be_centre is None:
        return np.ones(problem.n, np.bool_)
    return problem.can_be_centre


def heaviest_ball(
    problem: Problem, area: Ints, atom: int, *, walking: bool, enough: float = np.inf
) -> float:
    """Return what the best centre within reach of an atom can gather at most; -1 without any.

    A centre gathers the atoms of its component that reach it, finite in cost and (with
    `walking`) within the limit; it must be an allowed one that reaches itself. The first that
    gathers `enough` ends the search.
    """
    members, centres = _around(problem, area, atom)
    centres = centres[_near(problem, np.array([atom]), centres, walking=walking)[0]]
    heaviest = -1.0
    for first in range(0, len(centres), BALLS):
        some = centres[first : first + BALLS]
        near = _near(problem, members, some, walking=walking)
        near = near[:, near[np.searchsorted(members, some), np.arange(len(some))]]
        heaviest = max(heaviest, float((problem.weights[members] @ near).max(initial=-1)))
        if heaviest >= enough:
            break
    return heaviest


def least_walk(problem: Problem, area: Ints, atom: int) -> float:
    """Return the least walking limit by which some centre serves an atom and gathers L; else inf.

    Exact: it is the longest walk to that centre among those it must gather.
    """
    members, centres = _around(problem, area, atom)
    there = _walks(problem, np.array([atom]), centres)[0]
    least = np.inf
    for at in np.argsort(there, kind="stable"):
        if there[at] >= least:
            break
        walks = _walks(problem, members, centres[[at]])[:, 0]
        if not np.isfinite(walks[np.searchsorted(members, centres[at])]):
            continue
        order = np.argsort(walks, kind="stable")
        gathered = np.cumsum(problem.weights[members[order]])
        enough = int(np.searchsorted(gathered, problem.limit[0]))
        if enough < len(members):
            own = walks[np.searchsorted(members, centres[at])]
            least = min(least, max(float(walks[order[enough]]), float(there[at]), float(own)))
    return float(least)


def _around(problem: Problem, area: Ints, atom: int) -> tuple[Ints, Ints]:
    """Return the atoms of an atom's component, and the allowed centres among them."""
    members = np.flatnonzero(area == area[atom])
    return members, members[allowed_centres(problem)[members]]


def _near(problem: Problem, atoms: Ints, centres: Ints, *, walking: bool) -> Bools:
    """Return which atoms (rows) reach which centres (columns)."""
    square = np.ix_(atoms, centres)
    cost = problem.cost[square]
    near: Bools = np.isfinite(cost)
    if walking and problem.max_walk_m is not None:
        if problem.walk_m is None:
            metres = cost / np.maximum(problem.weights[atoms], 1)[:, None]
        else:
            metres = problem.walk_m[square]
        # Without a number there is no walking check.
        near &= ~(metres > problem.max_walk_m)
    return near


def _walks(problem: Problem, atoms: Ints, centres: Ints) -> Floats:
    """Return metres from atoms to centres: 0 where nothing is checked, inf where no way leads."""
    square = np.ix_(atoms, centres)
    cost = problem.cost[square]
    if problem.walk_m is None:
        metres = cost / np.maximum(problem.weights[atoms], 1)[:, None]
    else:
        metres = np.nan_to_num(problem.walk_m[square], nan=0.0, posinf=np.finfo(np.float64).max)
    walks: Floats = np.where(np.isfinite(cost), metres, np.inf)
    return walks
