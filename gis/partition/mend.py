"""Trade atoms between neighbouring large districts where a small district misses a rule.

What the atoms of one large district cannot be divided into may need no more than one atom of
its neighbour. Each trade is tried: both neighbours are divided anew, and it stays where their
rules are kept better and those of the large level no worse.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.partition.cost import Terms, centres_of, terms_of
from gis.partition.graph import joined
from gis.partition.solve import solve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.problem import Ints, Problem, Solution

__all__ = ["mend", "missed"]

#: Trades tried for one large district, and in all.
EACH: Final = 6
TRIALS: Final = 60


def missed(solution: Solution) -> tuple[float, ...]:
    """Return by how much the rules before the cost are missed, in their order."""
    return _before_cost(Terms(**solution.terms))


def mend(large: Problem, micro: Problem, above: Ints, below: Solution, *, seed: int) -> Ints | None:
    """Give large districts whose small ones miss a rule an atom of a neighbour, or the reverse.

    Parameters
    ----------
    large, micro
        The two problems, over the same atoms and edges.
    above
        (n,) labels of the large level.
    below
        The small level given those.
    seed
        As in `solve`.

    Returns
    -------
    (n,) labels of the large level, or None where no trade helps.
    """
    homes = _troubled(micro, above, below)
    order = np.argsort(large.ids, kind="stable").astype(np.int64)
    large, micro, labels = large.reordered(order), micro.reordered(order), above[order]
    kept = _large_missed(large, labels)
    start, left, known = labels, TRIALS, dict[int, tuple[float, ...]]()
    for home in homes:
        for atom, to in list(_trades(large, labels, home))[:EACH]:
            left -= 1
            moved = np.where(np.arange(large.n) == atom, to, labels)
            pair = int(labels[atom]), to
            if left < 0 or _large_missed(large, moved) > kept:
                continue
            for each in pair:
                if each not in known:
                    known[each] = _missed(micro, labels, each, seed)
            after = [_missed(micro, moved, each, seed) for each in pair]
            if _sum(after) < _sum([known[each] for each in pair]):
                labels = moved
                known |= dict(zip(pair, after, strict=True))
                break
    if labels is start:
        return None
    back = np.empty_like(labels)
    back[order] = labels
    return back


def _troubled(micro: Problem, above: Ints, below: Solution) -> list[int]:
    """List large districts with a small one that misses a rule, not for one atom's sake.

    What is proven is proven inside the large district only: a trade may mend that too.
    """
    homes = set()
    for violation in below.violations:
        members = np.flatnonzero(below.labels == violation.district)
        if len(members) and micro.weights[members].max() <= micro.limit[1]:
            homes.add(int(above[members[0]]))
    return sorted(homes)


def _before_cost(terms: Terms) -> tuple[float, ...]:
    return terms[: Terms._fields.index("cost")]


def _sum(rules: list[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(sum(each) for each in zip(*rules, strict=True))


def _large_missed(large: Problem, labels: Ints) -> tuple[float, ...]:
    return _before_cost(terms_of(large, labels, centres_of(large, labels)[0]))


def _missed(micro: Problem, labels: Ints, district: int, seed: int) -> tuple[float, ...]:
    """Return what the small districts of one large district miss at the best."""
    alone = replace(micro.only(np.flatnonzero(labels == district)), parts=None)
    return missed(solve(alone, seed=seed, effort="quick", explain=False))


def _trades(large: Problem, labels: Ints, home: int) -> Iterator[tuple[int, int]]:
    """Yield (atom, district it goes to) over the border of a district, the cheapest first."""
    if large.edges is None:
        return
    centres = centres_of(large, labels)[0]
    ends = np.concatenate([large.edges, large.edges[:, ::-1]])
    border = ends[(labels[ends[:, 0]] != labels[ends[:, 1]])]
    border = border[(labels[border] == home).any(axis=1)]
    pairs = np.unique(np.column_stack([border[:, 0], labels[border[:, 1]]]), axis=0)
    there = large.cost[pairs[:, 0], centres[pairs[:, 1]]]
    here = large.cost[pairs[:, 0], centres[labels[pairs[:, 0]]]]
    dearer = there - np.where(np.isfinite(here), here, 0.0)
    for atom, to in pairs[np.argsort(dearer, kind="stable")].tolist():
        free = large.locked is None or large.locked[atom] < 0
        if free and _whole_without(large.edges, labels, atom):
            yield atom, to


def _whole_without(edges: Ints, labels: Ints, atom: int) -> bool:
    """Tell whether an atom's district has others, in one piece."""
    rest = labels == labels[atom]
    rest[atom] = False
    piece = joined(edges[rest[edges].all(axis=1)], len(labels))[rest]
    return len(piece) > 0 and bool((piece == piece[0]).all())
