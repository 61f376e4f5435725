"""Look up what a problem's pairs of atom and centre cost, and how far they are.

What has to see every pair goes centre by centre (`by_centre`) or takes the cheapest few
(`cheapest`), so that no n × n array is ever made of sparse rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.matrix import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.problem import Bools, Floats, Ints, Problem

__all__ = ["Pairs", "beyond", "by_centre", "cheapest", "rank_in", "walks"]

#: Pairs of a dense matrix that are looked at in one go.
CHUNK = 500_000


class Pairs(NamedTuple):
    """The pairs of some centres that may be joined.

    Centre `centres[c]` may serve `atoms[starts[c] : starts[c + 1]]`, ascending, at `costs`.
    """

    centres: Ints
    starts: Ints
    atoms: Ints
    costs: Floats


def walks(problem: Problem, atoms: Ints, centres: Ints) -> Floats:
    """Return the metres from atoms to centres, two arrays that broadcast as in NumPy."""
    if problem.walk_m is not None:
        return problem.walk_m[atoms, centres]
    metres: Floats = problem.cost[atoms, centres] / np.maximum(problem.weights, 1)[atoms]
    return metres


def beyond(problem: Problem, atoms: Ints, centres: Ints) -> Bools:
    """Return which pairs break the walking limit; none where there is no limit."""
    if problem.max_walk_m is None:
        return np.zeros(np.broadcast_shapes(atoms.shape, centres.shape), np.bool_)
    with np.errstate(invalid="ignore"):
        far: Bools = walks(problem, atoms, centres) > problem.max_walk_m
    return far


def by_centre(problem: Problem, *, walk_kept: bool) -> Iterator[Pairs]:
    """Yield all pairs of finite cost, some centres at a time.

    Parameters
    ----------
    problem
        The problem.
    walk_kept
        Whether pairs beyond the walking limit are left out.

    Examples
    --------
    >>> from gis.partition.problem import Problem
    >>> problem = Problem([2, 1], None, [[0, 8], [np.inf, 0]], (1, 3))
    >>> [(p.starts.tolist(), p.atoms.tolist()) for p in by_centre(problem, walk_kept=True)]
    [([0, 1, 3], [0, 0, 1])]
    """
    cost, n = problem.cost, problem.n
    if isinstance(cost, Rows):
        columns = cost.matrix.tocsc()
        centre = np.repeat(np.arange(n), np.diff(columns.indptr))
        yield _pairs(problem, np.arange(n), centre, columns.indices, columns.data, walk_kept)
        return
    step = max(1, CHUNK // max(n, 1))
    for first in range(0, n, step):
        block = cost[:, first : first + step].T
        centre, atom = np.nonzero(np.isfinite(block))
        some = np.arange(first, first + len(block))
        yield _pairs(problem, some, centre + first, atom, block[centre, atom], walk_kept)


def cheapest(problem: Problem, many: int, *, walk_kept: bool) -> Floats:
    """Return what each atom's cheapest few centres cost: (n, many), ascending, inf where none.

    Of sparse rows no more columns come back than the longest row has pairs.

    Examples
    --------
    >>> from gis.partition.problem import Problem
    >>> problem = Problem([2, 1], None, [[0, 8], [np.inf, 0]], (1, 3))
    >>> cheapest(problem, 2, walk_kept=False).tolist()
    [[0.0, 8.0], [0.0, inf]]
    """
    cost, n = problem.cost, problem.n
    many = min(many, n)
    if isinstance(cost, Rows):
        rows = cost.matrix.tocoo()
        near = ~beyond(problem, rows.row, rows.col) if walk_kept else np.ones(rows.nnz, np.bool_)
        row, value = rows.row[near], rows.data[near]
        order = np.lexsort((value, row))
        row, value = row[order], value[order]
        rank = rank_in(row)
        many = min(many, int(rank.max()) + 1) if len(rank) else 0
        least = np.full((n, many), np.inf)
        least[row[rank < many], rank[rank < many]] = value[rank < many]
        return least
    step = max(1, CHUNK // max(n, 1))
    found = [np.zeros((0, many))]
    for first in range(0, n, step):
        some = np.arange(first, min(first + step, n))
        block = cost[some]
        if walk_kept and problem.max_walk_m is not None:
            block = np.where(beyond(problem, some[:, None], np.arange(n)), np.inf, block)
        found.append(np.sort(np.partition(block, many - 1, axis=1)[:, :many], axis=1))
    return np.concatenate(found)


def rank_in(groups: Ints) -> Ints:
    """Return the place of each entry in its group, from 0 on; equal groups lie side by side.

    Examples
    --------
    >>> rank_in(np.array([4, 4, 7, 7, 7])).tolist()
    [0, 1, 0, 1, 2]
    """
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(first, np.diff(first, append=len(groups)))


def _pairs(
    problem: Problem,
    some: Ints,
    centre: Ints,
    atom: Ints,
    value: Floats,
    walk_kept: bool,  # noqa: FBT001
) -> Pairs:
    if walk_kept and problem.max_walk_m is not None:
        near = ~beyond(problem, atom, centre)
        centre, atom, value = centre[near], atom[near], value[near]
    counts = np.bincount(centre - some[0], minlength=len(some))
    return Pairs(some, np.concatenate([[0], np.cumsum(counts)]), atom, value)
