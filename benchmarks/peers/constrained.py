"""Run k-means-constrained (BSD-3): k-means with bounds on how many points a cluster holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from k_means_constrained import KMeansConstrained

from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["repeated"]

#: Households that one point stands for.
UNIT: Final = 10


def repeated(instance: Instance, _: float) -> Answer:
    """Repeat each atom's point by its households, and give it the cluster most of them got.

    It has no weights; repeating points is the way its users and its author know (its issues
    24, 49 and 62). One point for every household would be tens of times slower; one for ten
    keeps the bounds to the nearest ten. The default of ten starts.
    """
    many = np.maximum(np.round(instance.weights / UNIT).astype(np.int64), 1)
    atom = np.repeat(np.arange(instance.n), many)
    low, high = instance.limit
    model = KMeansConstrained(
        instance.count,
        size_min=min(low // UNIT, len(atom) // instance.count),
        size_max=max(high // UNIT, -(-len(atom) // instance.count)),
        random_state=0,
    )
    got = model.fit_predict(instance.xy[atom])
    votes = np.zeros((instance.n, instance.count), np.int64)
    np.add.at(votes, (atom, got), 1)
    return Answer(votes.argmax(axis=1), f"one point for {UNIT} households, then the most")
