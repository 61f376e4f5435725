"""Run scikit-learn's clustering (BSD-3).

Neither method knows a bound on a cluster's weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from sklearn.cluster import AgglomerativeClustering, KMeans

from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["kmeans", "ward"]


def kmeans(instance: Instance, _: float) -> Answer:
    """Cluster the coordinates, weighted by households.

    Ten k-means++ starts, as its user guide advises against local optima; it keeps the best by
    its own criterion.
    """
    model = KMeans(instance.count, n_init=10, random_state=0)
    labels = model.fit_predict(instance.xy, sample_weight=instance.weights)
    return Answer(labels.astype(np.int64), "no bounds, no contiguity")


def ward(instance: Instance, _: float) -> Answer:
    """Merge neighbours with Ward's linkage along the edges."""
    a, b = instance.edges.T
    near = coo_array((np.ones(len(a)), (a, b)), shape=(instance.n, instance.n)).tocsr()
    model = AgglomerativeClustering(instance.count, connectivity=near + near.T, linkage="ward")
    return Answer(model.fit_predict(instance.xy).astype(np.int64), "knows no weights")
