"""Build first plans by recursive bisection of walking trees.

Each set of atoms that is to become k districts is spanned by a minimum tree of randomised
walking lengths; the tree edge whose removal splits weight and count best cuts it in two. This
is the spanning-tree step of ReCom (DeFord, Duchin, Solomon 2021) used as a constructor: unlike
growing, no last district gets all the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.partition.trees import Cuts, Graph, bisect_in_place

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.problem import Floats, Ints

__all__ = ["bisect", "noise"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def noise(seed: int, count: int) -> Floats:
    """Return numbers in [0, 1) that depend on the seed alone, whatever NumPy's version.

    The generator is SplitMix64 (Steele, Lea, Flood 2014).

    Examples
    --------
    >>> noise(1, 3).round(3).tolist()
    [0.176, 0.459, 0.525]
    """
    start = np.uint64((seed * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        z = start + _GOLDEN * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def bisect(
    model: Model, counts: Ints, *, seed: int, trees: int = 3, share: Floats | None = None
) -> Ints:
    """Return labels of every unit: contiguous, with the asked count in every component.

    Parameters
    ----------
    model
        The prepared problem.
    counts
        (c,) number of districts of each component, at most its units.
    seed
        Which random trees to draw.
    trees
        Trees tried at each cut; the best cut of all is taken.
    share
        (u,) how many districts each unit should count for; None goes by weight.
    """
    n = model.n
    graph, cuts = _graph(model, share), _cuts(n, int(counts.max(initial=1)))
    draws = np.array([(seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF], np.uint64)
    done = 0
    for component, count in enumerate(counts.tolist()):
        members = np.flatnonzero(model.component == component)
        cuts.nodes[: len(members)] = members
        cuts.segments[0] = 0, len(members), count
        done = bisect_in_place(graph, cuts, trees, draws, done)
    return cuts.labels


def _graph(model: Model, share: Floats | None) -> Graph:
    """Lay out the units with walking lengths of the edges; shorter inside a compound, never 0."""
    a, b = model.edges[:, 0], model.edges[:, 1]
    weight = np.maximum(model.weights, 1)
    length = np.minimum(model.cost[a, b] / weight[a], model.cost[b, a] / weight[b])
    same = (model.group[a, 0] == model.group[b, 0]) & (model.group[a, 0] >= 0)
    length = np.where(same, 0.5, 1.0) * length + 0.05 * model.scale + 1e-9
    number = np.lexsort((np.concatenate([b, a]), np.concatenate([a, b]))) % max(len(a), 1)
    return Graph(
        model.starts,
        model.neighbours,
        number.astype(np.int64),
        length[number],
        model.weights,
        np.maximum(model.weights, 1e-9) if share is None else share,
        model.group[:, 0].copy(),
        model.problem.limit,
    )


def _cuts(n: int, count: int) -> Cuts:
    def room() -> Ints:
        return np.zeros(n, np.int64)

    return Cuts(
        nodes=room(),
        segments=np.zeros((count + 2, 3), np.int64),
        inside=room(),
        order=room(),
        before=room(),
        below=room(),
        shares=np.zeros(n),
        size=room(),
        near=np.zeros(n),
        heap=room(),
        spot=room(),
        best=room(),
        labels=np.full(n, -1, np.int64),
    )
