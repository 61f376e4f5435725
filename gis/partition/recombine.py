"""Choose the best set of districts among all that the searches came by (set partitioning).

Each district seen is a column; every unit must lie in exactly one chosen column, and as many
columns are chosen as there are districts. Prices of the lower bound say which columns can be
part of a better plan; the rest is left out. HiGHS solves what remains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from gis.partition.cost import allowed_pieces, outside, search_weights

if TYPE_CHECKING:
    from gis.partition.cost import Model
    from gis.partition.lower_bound import Bound
    from gis.partition.moves import Pool
    from gis.partition.problem import Floats, Ints

__all__ = ["recombine"]

#: Nodes of branch and bound, so that the work is bounded and repeats.
NODES = 200


def recombine(model: Model, labels: Ints, bound: Bound, pool: Pool, *, columns: int) -> Ints | None:
    """Return labels made of pooled districts that cost no more than the given ones, or None.

    Parameters
    ----------
    model
        The prepared problem, one connected component.
    labels
        (u,) the best plan known; its districts are columns too.
    bound
        The component's bound, with the prices of its atoms.
    pool
        Districts seen.
    columns
        Columns that are kept, those of least reduced cost.
    """
    k, n = int(labels.max()) + 1, model.n
    own = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels, minlength=k)
    many, used = int(pool.fill[0]), int(pool.fill[1])
    member = np.concatenate([own, pool.members[:used]])
    column = np.concatenate(
        [
            np.repeat(np.arange(k), sizes),
            np.repeat(np.arange(many), np.diff(pool.start[: many + 1])) + k,
        ]
    )
    cost = np.concatenate([_own_costs(model, labels, k), pool.cost[:many]])
    cost = cost + _penalties(model, member, column, len(cost), k)
    prices = np.bincount(model.unit, weights=bound.prices, minlength=n)
    slack = cost[:k].sum() - bound.value
    if slack <= 1e-9 * max(bound.value, 1.0):
        return None
    reduced = cost - np.bincount(column, weights=prices[member], minlength=len(cost))
    worth = np.sort(np.argsort(reduced[k:], kind="stable")[:columns]) + k
    worth = worth[reduced[worth] <= bound.last + slack]
    if len(worth) == 0:
        return None
    keep = np.concatenate([np.arange(k), worth])
    rank = np.full(len(cost), -1)
    rank[keep] = np.arange(len(keep))
    inside = rank[column] >= 0
    member, column = member[inside], rank[column[inside]]
    ones = np.ones(len(member))
    cover = csc_array((ones, (member, column)), shape=(n, len(keep)))
    unit = max(float(cost[:k].mean()), 1e-300)
    answer = milp(
        cost[keep] / unit,
        constraints=[
            LinearConstraint(cover, 1, 1),
            LinearConstraint(np.ones((1, len(keep))), k, k),
        ],
        bounds=Bounds(0, 1),
        integrality=np.ones(len(keep)),
        options={"node_limit": NODES, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        return None
    chosen = np.flatnonzero(answer.x > 0.5)  # noqa: PLR2004
    found = np.full(n, -1, np.int64)
    for district, at in enumerate(chosen):
        found[member[column == at]] = district
    return found if (found >= 0).all() and len(chosen) == k else None


def _own_costs(model: Model, labels: Ints, k: int) -> Floats:
    costs = np.zeros(k)
    for district in range(k):
        own = np.flatnonzero(labels == district)
        costs[district] = (model.cost[np.ix_(own, own)].sum(axis=0) + model.handicap[own]).min()
    return costs


def _penalties(model: Model, member: Ints, column: Ints, many: int, k: int) -> Floats:
    """Price the loads outside the ranges, and every group touched, as the search does."""
    mean = float(model.weights.sum()) / k
    prices = search_weights(model, mean)
    problem = model.problem
    load = np.bincount(column, weights=model.weights[member], minlength=many).astype(np.int64)
    price = np.array(
        [
            prices.hard * outside(int(x), problem.limit, problem.inner_limit)
            + prices.soft * outside(int(x), problem.preferred)
            for x in load
        ]
    )
    limit = problem.second_preferred
    if limit is not None:
        other = np.bincount(column, weights=model.second[member], minlength=many)
        price += prices.second * np.maximum(np.maximum(limit[0] - other, other - limit[1]), 0)
    dear = np.where(model.group_weight < 0, prices.lock, prices.group)
    dear = np.where(allowed_pieces(model, mean) > 1, 0.0, dear)
    for side in range(2):
        group = model.group[member, side]
        touched = np.unique((column * (len(dear) + 1) + group)[group >= 0])
        np.add.at(price, touched // (len(dear) + 1), dear[touched % (len(dear) + 1)])
    return price
