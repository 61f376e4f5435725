"""Run METIS through pymetis (MIT; METIS itself Apache-2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymetis

from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["contiguous"]


def contiguous(instance: Instance, _: float) -> Answer:
    """Cut the graph into k contiguous parts of like weight.

    Contiguity needs the k-way scheme. An edge weighs the more the shorter its walk, so that
    parts are cut where it is far, and METIS keeps the best of ten cuts by its own criterion
    (``ncuts``). It knows no lower bound; the tolerance is what U allows above the mean. Of
    six tolerances from 3 % up, and weights of 1 / metres, 1 / metres² and exponential ones,
    these were the best on gen(300, 1), gen(300, 2) and gen(2000, 1) alike.
    """
    a, b = instance.edges.T
    metres = np.minimum(instance.metres[a, b], instance.metres[b, a])
    close = np.maximum(1, np.round(1e6 / np.maximum(metres, 1.0) ** 2)).astype(np.int64)
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(source, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=instance.n))])
    tolerance = max(
        1, int(1000 * (instance.limit[1] * instance.count / instance.weights.sum() - 1))
    )
    options = pymetis.Options(seed=0, ncuts=10, ufactor=tolerance, contig=1)
    found = pymetis.part_graph(
        instance.count,
        pymetis.CSRAdjacency(starts.tolist(), target[order].tolist()),
        vweights=instance.weights.tolist(),
        eweights=np.concatenate([close, close])[order].tolist(),
        recursive=False,
        options=options,
    )
    return Answer(np.asarray(found.vertex_part, dtype=np.int64), "no lower bound")
