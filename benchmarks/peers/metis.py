"""Run METIS through pymetis (MIT; METIS itself Apache-2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pymetis

from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["contiguous"]

#: Thousandths of the mean that a part may weigh more.
TOLERANCE: Final = 50


def contiguous(instance: Instance, _: float) -> Answer:
    """Cut the graph into k contiguous parts of like weight.

    Contiguity needs the k-way scheme. An edge weighs the more the shorter its walk, so that
    parts are cut where it is far; the best of ten cuts by METIS's own criterion (``ncuts``).
    METIS knows no lower bound, and its tolerance is a wish: of 3 % (its default), 5 %, 10 %
    and all that U allows, 5 % came nearest to the range and the shortest walk on gen(300, 1).
    """
    a, b = instance.edges.T
    metres = np.minimum(instance.metres[a, b], instance.metres[b, a])
    close = np.maximum(1, np.round(1000 / np.maximum(metres, 1.0))).astype(np.int64)
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(source, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=instance.n))])
    options = pymetis.Options(seed=0, ncuts=10, ufactor=TOLERANCE, contig=1)
    found = pymetis.part_graph(
        instance.count,
        pymetis.CSRAdjacency(starts.tolist(), target[order].tolist()),
        vweights=instance.weights.tolist(),
        eweights=np.concatenate([close, close])[order].tolist(),
        recursive=False,
        options=options,
    )
    return Answer(np.asarray(found.vertex_part, dtype=np.int64), "tolerance of 5 %, no lower bound")
