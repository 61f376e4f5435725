"""Prove how good a choice of sites is, by integer programming."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, identity, vstack

from gis.siting.choice import measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.siting.choice import Choice

__all__ = ["cover_all", "cover_most", "needed", "prove"]

#: Nodes of the search tree; a proof that needs more ends with a gap.
NODES: Final = 20_000

#: Of each demand only so many nearest sites are looked at one by one; those further are taken to
#: be as near as the next one, which can make the bound lower, never wrong. While that leaves a
#: gap twice as many are, up to so many pairs of a demand and a site.
NEAREST: Final = 60
PAIRS: Final = 150_000


def prove(choice: Choice, *, nodes: int = NODES, nearest: int = NEAREST) -> Choice:
    """Return the choice with a bound: the best that any choice of as many sites can do.

    Of "max_cover" the better choice is returned where the proof finds one. Else the choice is kept,
    and `Choice.gap` says how much better another may be.

    Parameters
    ----------
    choice
        What `fewest`, `max_cover` or `p_median` found.
    nodes
        How many nodes of the search tree to look at, at most.
    nearest
        How many sites of each demand are told apart at first.

    Examples
    --------
    >>> from gis.siting import p_median
    >>> prove(p_median([[0, 400, 900], [400, 0, 500], [900, 500, 0]], [10, 10, 30], 2)).proven
    True
    """
    if choice.proven:
        return choice
    if choice.model == "fewest":
        patterns, _, _ = choice.demand.patterns(choice.limit_m)
        return replace(choice, bound=cover_all(patterns, nodes=nodes)[1])
    if choice.model == "max_cover":
        return _cover(choice, nodes)
    demands, sites = choice.demand.walk_m.shape
    proven = replace(choice, bound=_median(choice, nodes, nearest))
    while not proven.proven and nearest < sites and 2 * nearest * demands <= PAIRS:
        nearest *= 2
        proven = replace(choice, bound=_median(choice, nodes, nearest))
    return proven


def _cover(choice: Choice, nodes: int) -> Choice:
    patterns, weights, served = choice.demand.patterns(choice.limit_m)
    sites, most = cover_most(patterns, weights, choice.count, nodes=nodes)
    if sites is not None:
        kept = needed(patterns, sites)
        limit_m, count = choice.limit_m, choice.count
        other = measured("max_cover", choice.demand, kept, limit_m=limit_m, count=count)
        choice = other if other.value > choice.value else choice
    return replace(choice, bound=float(served + most))


def needed(patterns: NDArray[np.bool_], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out sites, the last first, that serve nobody whom the others do not.

    Examples
    --------
    >>> needed(np.array([[True, True], [True, False]]), np.array([0, 1]))
    array([0])
    """
    kept = sorted(chosen.tolist())
    for site in reversed(list(kept)):
        others = [other for other in kept if other != site]
        if not (patterns[:, site] & ~patterns[:, others].any(axis=1)).any():
            kept = others
    return np.array(kept, dtype=np.int64)


def cover_most(
    covers: NDArray[Any], weights: NDArray[Any], count: int, *, nodes: int = NODES
) -> tuple[NDArray[np.int64] | None, float]:
    """Cover rows of the most weight by so many columns or fewer.

    Parameters
    ----------
    covers
        (n, m) which columns cover each row.
    weights
        (n,) whole numbers.
    count
        How many columns.
    nodes
        As for `prove`.

    Returns
    -------
    Positions of the columns, sorted, None where the nodes did not suffice for any; and the
    weight that no choice can exceed.

    Examples
    --------
    >>> cover_most(np.array([[1, 0], [0, 1], [1, 0]]), np.array([2, 5, 4]), 1)
    (array([0]), 6.0)
    """
    demands, sites = covers.shape
    if not demands:
        return np.zeros(0, dtype=np.int64), 0.0
    # Columns are whole, then whether each row is covered follows and may be a fraction.
    rows = vstack(
        [
            hstack([csr_array(covers.astype(np.float64)), -identity(demands)]),
            hstack([np.ones((1, sites)), csr_array((1, demands))]),
        ]
    )
    least = np.concatenate([np.zeros(demands), [0.0]])
    most = np.concatenate([np.full(demands, np.inf), [count]])
    chosen, bound = _solve(
        np.concatenate([np.zeros(sites), -weights.astype(np.float64)]),
        LinearConstraint(rows.tocsr(), least, most),
        whole=sites,
        nodes=nodes,
    )
    return chosen, float(np.floor(-bound + _ROUND))


def cover_all(
    covers: NDArray[Any], *, nodes: int = NODES
) -> tuple[NDArray[np.int64] | None, float]:
    """Cover every row by as few columns as may be.

    Parameters
    ----------
    covers
        (n, m) which columns cover each row; every row has one.
    nodes
        As for `prove`.

    Returns
    -------
    Positions of the columns, sorted, None where the nodes did not suffice for any; and the
    number that no choice can do without.

    Examples
    --------
    >>> cover_all(np.array([[1, 0, 1], [0, 1, 1]]))
    (array([2]), 1.0)
    """
    demands, sites = covers.shape
    if not demands:
        return np.zeros(0, dtype=np.int64), 0.0
    chosen, bound = _solve(
        np.ones(sites),
        LinearConstraint(csr_array(covers.astype(np.float64)), np.ones(demands), np.inf),
        whole=sites,
        nodes=nodes,
    )
    return chosen, float(np.ceil(bound - _ROUND))


def _median(choice: Choice, nodes: int, nearest: int) -> float:
    """Bound the weighted metres from below: each demand goes to a near site, or further away."""
    cost, there = choice.demand.costs()
    asks = (choice.demand.households > 0) & (cost.min(axis=1) < there)
    weights = choice.demand.households.astype(np.float64)
    fixed = float(weights[~asks] @ np.minimum(there, cost.min(axis=1))[~asks])
    cost, there, weights = cost[asks], there[asks], weights[asks]
    demands, sites = cost.shape
    if not demands:
        return fixed
    kept = min(nearest, sites)
    order = np.argsort(cost, axis=1, kind="stable")
    near_m = np.take_along_axis(cost, order, axis=1)
    beyond_m = near_m[:, kept] if kept < sites else np.full(demands, np.inf)
    away_m = np.minimum(there, beyond_m)
    demand, rank = np.nonzero(near_m[:, :kept] < there[:, None])
    site, pairs = order[demand, rank], len(demand)
    each = np.arange(pairs)
    # Columns: the sites; pairs of a demand and a near site; each demand's going further away.
    further = np.isfinite(away_m)
    goes = hstack(
        [
            csr_array((demands, sites)),
            coo_array((np.ones(pairs), (demand, each)), shape=(demands, pairs)),
            identity(demands, format="csr")[:, further],
        ]
    )
    opens = hstack(
        [
            coo_array((np.ones(pairs), (each, site)), shape=(pairs, sites)),
            -identity(pairs),
            csr_array((pairs, int(further.sum()))),
        ]
    )
    count = hstack([np.ones((1, sites)), csr_array((1, pairs + int(further.sum())))])
    least = np.concatenate([np.ones(demands), np.zeros(pairs), [0.0]])
    most = np.concatenate([np.ones(demands), np.full(pairs, np.inf), [choice.count]])
    _, bound = _solve(
        np.concatenate(
            [np.zeros(sites), weights[demand] * near_m[demand, rank], (weights * away_m)[further]]
        ),
        LinearConstraint(vstack([goes, opens, count]).tocsr(), least, most),
        whole=sites,
        nodes=nodes,
    )
    # The choice itself is no better than the best: what stands above it is rounding.
    return min(fixed + bound, choice.value)


#: Bounds of whole numbers are rounded to them, but for this much.
_ROUND: Final = 1e-6


def _solve(
    objective: NDArray[np.float64], constraints: LinearConstraint, *, whole: int, nodes: int
) -> tuple[NDArray[np.int64] | None, float]:
    """Return which whole columns, the first, are 1, and the least the objective can be."""
    integral: Any = np.zeros(len(objective))
    integral[:whole] = 1
    found = milp(
        objective,
        constraints=constraints,
        integrality=integral,
        bounds=Bounds(0.0, 1.0),
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    bound = found.fun if found.status == 0 else found.mip_dual_bound
    chosen = None if found.x is None else np.flatnonzero(found.x[:whole] > 0.5)  # noqa: PLR2004
    return chosen, -np.inf if bound is None else float(bound)
