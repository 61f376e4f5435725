"""Solve many atoms block by block, then once more across the seams between the blocks.

The effort of a search grows with its atoms and a dense matrix with their square; districts far
apart have nothing to say to each other. So a large component is cut into blocks, each is solved
alone, and windows of districts along the seams are searched again from the plan as it stands: a
window's answer is taken only where it is better (POPMUSIC, Taillard and Voss 2002).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gis.partition.cost import centres_of, group_terms, outside, terms_of
from gis.partition.costs import beyond
from gis.partition.divide import divide
from gis.partition.graph import first_seen, joined, nearest_pairs
from gis.partition.matrix import DENSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gis.partition.problem import Bools, Ints, Problem

__all__ = ["blocks_for", "solve_blocks"]

#: Atoms and least districts of a block.
BLOCK, DISTRICTS = 1500, 6
#: Rings of districts on both sides of a seam that are searched again, and their most atoms.
RINGS, WINDOW = 2, 1500


def blocks_for(atoms: int, count: int) -> int:
    """Return into how many blocks a component is cut; 1 leaves it whole.

    Blocks hold several districts; where districts have too many atoms for that, so have blocks.

    Examples
    --------
    >>> blocks_for(2000, 400), blocks_for(20_000, 4000), blocks_for(20_000, 5)
    (1, 13, 1)
    """
    if atoms <= DENSE:
        return 1
    return max(1, round(atoms / max(BLOCK, DISTRICTS * atoms / max(count, 1))))


def solve_blocks(
    problem: Problem,
    count: int,
    *,
    solve: Callable[[Problem, int], Ints],
    resume: Callable[[Problem, Ints], Ints],
    progress: Callable[[float], None],
) -> Ints:
    """Return labels of one connected component that is too large to be solved at once.

    Parameters
    ----------
    problem
        The component, in the order of its ids.
    count
        Number of districts.
    solve
        Returns the labels of a small problem with that many districts.
    resume
        Returns better labels of a small problem than the given ones, or those.
    progress
        Called with the share done, 0 to 1.
    """
    block, counts = divide(problem, count, blocks_for(problem.n, count))
    labels, done = np.zeros(problem.n, np.int64), 0
    for at, share in enumerate(counts.tolist()):
        atoms = np.flatnonzero(block == at)
        found = first_seen(solve(replace(_alone(problem, atoms), count=share), share))
        labels[atoms] = found + done
        done += int(found.max()) + 1
        progress(0.7 * (at + 1) / len(counts))
    edges = problem.edges
    if edges is None:
        parts = np.zeros(problem.n, np.int64) if problem.parts is None else problem.parts
        edges = nearest_pairs(problem.cost, parts)
    seams = _seams(edges, block)
    for at, seam in enumerate(seams):
        for part in _stretches(edges, labels, seam):
            _search_again(problem, labels, part, resume)
        progress(0.7 + 0.3 * (at + 1) / len(seams))
    for district in _missed(problem, labels):
        around = np.flatnonzero(labels[edges] == district) // 2
        for part in _stretches(edges, labels, edges[around]):
            _search_again(problem, labels, part, resume)
    return labels


def _alone(problem: Problem, atoms: Ints) -> Problem:
    """Return the problem of some atoms; compounds that are to be split anyway bind nothing."""
    alone = problem.only(atoms)
    if problem.keep_together is None or alone.keep_together is None:
        return alone
    names, group = np.unique(problem.keep_together, return_inverse=True)
    weight = np.bincount(group, problem.weights)
    inside = np.bincount(group[atoms], alone.weights, len(names))
    loose = ((inside < weight) & (weight > problem.preferred[1]))[group[atoms]]
    return replace(alone, keep_together=np.where(loose, -1, alone.keep_together))


def _seams(edges: Ints, block: Ints) -> list[Ints]:
    """List the edges between each two neighbouring blocks."""
    sides = np.sort(block[edges], axis=1)
    across = np.flatnonzero(sides[:, 0] != sides[:, 1])
    pairs, which = np.unique(sides[across], axis=0, return_inverse=True)
    return [edges[across[which == pair]] for pair in range(len(pairs))]


def _stretches(edges: Ints, labels: Ints, seam: Ints) -> Iterator[Bools]:
    """Yield, stretch by stretch along a seam, which districts lie near; labels may change."""
    while len(seam):
        count = int(labels.max()) + 1
        pairs = labels[edges]
        pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        graph = coo_array((np.ones(len(pairs)), pairs.T), shape=(count, count)).tocsr()
        hops = _hops(graph, labels[seam[0]], np.inf)
        seam = seam[np.argsort(hops[labels[seam]].min(axis=1), kind="stable")]
        size, taken, rings = np.bincount(labels, minlength=count), len(seam), RINGS
        while True:
            near = _hops(graph, np.unique(labels[seam[:taken]]), rings) <= rings
            if size[near].sum() <= WINDOW or (taken == 1 and rings == 0):
                break
            taken, rings = max(taken // 2, 1), rings - (taken == 1)
        yield near
        seam = seam[taken:]


def _hops(graph: coo_array, sources: Ints, most: float) -> Ints:
    hops: Ints = dijkstra(
        graph, directed=False, indices=sources, unweighted=True, min_only=True, limit=most
    )
    return hops


def _search_again(
    problem: Problem, labels: Ints, districts: Bools, resume: Callable[[Problem, Ints], Ints]
) -> None:
    """Search some districts again, each connected piece alone, and keep what is better."""
    atoms = np.flatnonzero(districts[labels])
    piece = np.zeros(len(atoms), np.int64)
    if problem.edges is not None:
        place = np.full(problem.n, -1)
        place[atoms] = np.arange(len(atoms))
        edges = place[problem.edges]
        piece = joined(edges[(edges >= 0).all(axis=1)], len(atoms))
    for each in range(int(piece.max()) + 1):
        own = atoms[piece == each]
        names, before = np.unique(labels[own], return_inverse=True)
        if len(names) < 2:  # noqa: PLR2004
            continue
        alone = replace(_alone(problem, own), count=len(names))
        after = resume(alone, before)
        other = labels.copy()
        other[own] = names[after]
        if _order(problem, own, other) < _order(problem, own, labels):
            labels[own] = other[own]


def _order(problem: Problem, atoms: Ints, labels: Ints) -> tuple[float, ...]:
    """Return what two plans that differ in some whole districts are compared by."""
    alone, own = problem.only(atoms), first_seen(labels[atoms])
    terms = terms_of(alone, own, centres_of(alone, own)[0])
    locked, together = group_terms(problem, labels)
    return terms._replace(locked=locked, keep_together=together)


def _missed(problem: Problem, labels: Ints) -> Ints:
    """Return the districts that are out of the hard range, or too far to walk."""
    loads = np.bincount(labels, weights=problem.weights).astype(np.int64)
    miss = [outside(int(x), problem.limit, problem.inner_limit) for x in loads]
    own = np.arange(problem.n), centres_of(problem, labels)[0][labels]
    far = beyond(problem, *own) | np.isinf(problem.cost[own])
    return np.union1d(np.flatnonzero(np.array(miss) > 0), labels[far])
