"""Run spopt's regionalisation (BSD-3).

None of these can be told an upper bound, and only MaxP weighs its atoms. Their attributes are
the coordinates, so that like means near, as in spopt's own notes on compact regions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from libpysal.weights import W
from sklearn.metrics import pairwise
from spopt.region import AZP, MaxPHeuristic, RegionKMeansHeuristic, Skater, WardSpatial

from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

__all__ = ["azp", "maxp", "region_kmeans", "skater", "ward"]

_XY = ["x", "y"]


def maxp(instance: Instance, _: float) -> Answer:
    """Find as many regions as hold at least L households each.

    The defaults of construction and annealing. How many regions comes out cannot be asked
    for. It draws from NumPy's global generator, the only one it has.
    """
    table, touch = _inputs(instance)
    np.random.seed(0)  # noqa: NPY002 - spopt draws from the global generator
    model = MaxPHeuristic(table, touch, _XY, "households", instance.limit[0])
    model.solve()
    return Answer(np.asarray(model.labels_), "lower bound only; chooses the count")


def azp(instance: Instance, _: float) -> Answer:
    """Exchange atoms between k regions, the only variant that spopt's class offers."""
    table, touch = _inputs(instance)
    model = AZP(table, touch, _XY, instance.count, random_state=0)
    model.solve()
    return Answer(np.asarray(model.labels_), "knows no weights")


def skater(instance: Instance, _: float) -> Answer:
    """Prune a minimum spanning tree.

    Euclidean instead of Manhattan dissimilarity, as coordinates are the attributes: on
    gen(300, 1) walks were shorter. Its floor counts atoms, not households, so it is left at 1.
    """
    table, touch = _inputs(instance)
    model = Skater(
        table,
        touch,
        _XY,
        n_clusters=instance.count,
        floor=1,
        spanning_forest_kwds={
            "dissimilarity": pairwise.euclidean_distances,
            "affinity": None,
            "reduction": np.sum,
            "center": np.mean,
        },
    )
    model.solve()
    return Answer(np.asarray(model.labels_), "its floor counts atoms")


def region_kmeans(instance: Instance, _: float) -> Answer:
    """Grow and reassign k regions around means."""
    _, touch = _inputs(instance)
    model = RegionKMeansHeuristic(instance.xy, instance.count, touch, seed=0)
    model.solve()
    return Answer(np.asarray(model.labels_), "knows no weights")


def ward(instance: Instance, _: float) -> Answer:
    """Merge neighbours with Ward's linkage."""
    table, touch = _inputs(instance)
    model = WardSpatial(table, touch, _XY, instance.count)
    model.solve()
    return Answer(np.asarray(model.labels_), "knows no weights")


def _inputs(instance: Instance) -> tuple[gpd.GeoDataFrame, Any]:
    """Return the table and the contiguity that spopt takes."""
    x, y = instance.xy.T
    table = gpd.GeoDataFrame(
        {"x": x, "y": y, "households": instance.weights}, geometry=gpd.points_from_xy(x, y)
    )
    near: dict[int, list[int]] = {atom: [] for atom in range(instance.n)}
    for a, b in instance.edges.tolist():
        near[a].append(b)
        near[b].append(a)
    return table, W(near, silence_warnings=True)
