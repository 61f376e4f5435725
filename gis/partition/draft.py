"""Draw large districts around a draft of the small ones, so that few of those are cut.

The small districts of the whole, whatever the large ones, come first: they are the blocks that
the large districts are made of (a coarser graph, as in multilevel partitioning: Hendrickson and
Leland 1995). Then single atoms move on at the large level, where a block that is cut costs part
of what a small district costs: so a large district keeps its share of the good small ones, and
gives it up where its own walks gain more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gis.partition.cost import build_model
from gis.partition.graph import first_seen, joined
from gis.partition.reach import components
from gis.partition.search import Within, anneal, empty_pool, improves

if TYPE_CHECKING:
    from gis.partition.problem import Ints, Problem

__all__ = ["joined_locks", "refine"]

#: Price of a cut block, in mean costs of one; first temperature, walks, proposals an atom.
CUT: Final = 0.5
HOT: Final = 0.5
WALKS: Final = 3
MOVES: Final = 1500


def refine(problem: Problem, labels: Ints, blocks: Ints, block_cost: float, *, seed: int) -> Ints:
    """Move atoms between districts where that saves more than the blocks it cuts are worth.

    Parameters
    ----------
    problem
        The large level, in any order of its atoms.
    labels
        (n,) its districts, made of whole blocks.
    blocks
        (n,) the small district of each atom in the draft.
    block_cost
        Mean assignment cost of a block.
    seed
        As in `solve`.

    Returns
    -------
    (n,) labels; as many districts in each connected area as before.
    """
    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    ordered, start, block = problem.reordered(order), labels[order], blocks[order]
    area = components(ordered)
    found = start.copy()
    for part in range(int(area.max(initial=-1)) + 1):
        atoms = np.flatnonzero(area == part)
        names = np.unique(start[atoms])
        if len(names) > 1:
            own = ordered.only(atoms)
            better = _walked(own, first_seen(start[atoms]), block[atoms], CUT * block_cost, seed)
            found[atoms] = names[better]
    back = np.empty_like(found)
    back[order] = found
    return back


def _walked(problem: Problem, labels: Ints, blocks: Ints, price: float, seed: int) -> Ints:
    """Refine one connected area, in the order of its ids."""
    count = int(labels.max()) + 1
    model = build_model(problem, float(problem.weights.sum()) / count)
    start = labels[model.first]
    if not np.array_equal(start[model.unit], labels):
        # A lock that the plan itself breaks cannot be walked from.
        return labels
    unit_blocks = first_seen(blocks[model.first])
    best = None
    for walk in range(WALKS):
        found, totals = anneal(
            model,
            start,
            seed=seed * 1009 + walk,
            moves=MOVES * model.n,
            pool=empty_pool(0, 0),
            hot=HOT,
            within=Within(blocks=(unit_blocks, price)),
        )
        if best is None or improves(model, (totals, found), best):
            best = totals, found
    return labels if best is None else best[1][model.unit]


def joined_locks(large: Any, micro: Any, n: int) -> Ints | None:
    """Join the locks (or blocks) of both levels where they share an atom; (n,) groups, -1 none."""
    given = [np.asarray(lock, dtype=np.int64) for lock in (large, micro) if lock is not None]
    if not given:
        return None
    pairs = []
    for lock in given:
        order = np.lexsort((np.arange(n), lock))
        same = (lock[order[:-1]] == lock[order[1:]]) & (lock[order[1:]] >= 0)
        pairs.append(np.column_stack([order[:-1][same], order[1:][same]]))
    label = joined(np.concatenate(pairs), n)
    return np.where(np.bincount(label, minlength=n)[label] > 1, label, -1)
