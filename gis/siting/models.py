"""Answer the three questions of siting: how few sites, the widest cover, the shortest walks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.siting.choice import Choice, Demand, Model
from gis.siting.interchange import choose
from gis.siting.proof import NODES, cover_all, cover_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["fewest", "max_cover", "p_median"]

#: Starts of a search. Ten found the optimum of every problem measured.
STARTS = 10


def p_median(
    walk_m: Any,
    households: Any,
    count: int,
    *,
    already_m: Any = None,
    limit_m: float = np.inf,
    starts: int = STARTS,
    seed: int = 0,
) -> Choice:
    """Choose the sites that make all households' walks to the nearest place shortest in sum.

    Parameters
    ----------
    walk_m
        (n, m) metres from each demand to each site; infinite where there is no way.
    households
        (n,) whole numbers.
    count
        How many sites to choose; all of them where there are no more.
    already_m
        (n,) metres to the nearest place that is there already.
    limit_m
        Counts who is within it; the choice does not depend on it.
    starts, seed
        Of the search (`gis.siting.interchange`).

    Raises
    ------
    ValueError
        If the arrays do not fit together, or the count is no number of sites.

    Examples
    --------
    >>> walks = [[0, 400, 900], [400, 0, 500], [900, 500, 0]]
    >>> found = p_median(walks, [10, 10, 30], 2)
    >>> found.sites, found.value
    ((0, 2), 4000.0)
    """
    demand = Demand.of(walk_m, households, already_m)
    cost, there = demand.costs()
    chosen = choose(cost, demand.households, there, _count(demand, count), starts=starts, seed=seed)
    value = float(demand.households @ np.minimum(cost[:, chosen].min(1, initial=np.inf), there))
    return _choice("p_median", demand, chosen, value, limit_m)


def max_cover(
    walk_m: Any,
    households: Any,
    count: int,
    *,
    limit_m: float,
    already_m: Any = None,
    nodes: int = NODES,
) -> Choice:
    """Choose the sites that bring most households within the limit (Church and ReVelle 1974).

    Solved exactly, so that the choice comes with its bound: of millions of possible choices few
    need a look. Where the search tree grows beyond its nodes the best of an interchange search is
    taken too. Fewer sites than asked for are chosen where more would bring nobody.

    Parameters
    ----------
    walk_m, households, count, already_m
        As for `p_median`.
    limit_m
        Within how many metres a household counts.
    nodes
        Of the search tree (`gis.siting.proof`).

    Examples
    --------
    >>> walks = [[0, 400, 900], [400, 0, 500], [900, 500, 0]]
    >>> found = max_cover(walks, [10, 10, 30], 1, limit_m=500)
    >>> found.sites, found.value, found.proven
    ((1,), 50.0, True)
    """
    demand = Demand.of(walk_m, households, already_m)
    count = _count(demand, count)
    patterns, weights, served = _patterns(demand, limit_m)
    chosen, bound = cover_most(patterns, weights, count, nodes=nodes)
    value = -1 if chosen is None else weights[patterns[:, chosen].any(axis=1)].sum()
    if value < bound:
        cost = (~patterns).astype(np.float64)
        other = choose(cost, weights, np.ones(len(patterns)), count, starts=STARTS, seed=0)
        more = weights[patterns[:, other].any(axis=1)].sum()
        chosen = other if chosen is None or more > value else chosen
    picked = np.zeros(0, dtype=np.int64) if chosen is None else chosen
    found = _choice("max_cover", demand, _needed(patterns, picked), 0.0, limit_m)
    return replace(found, value=float(found.households_within), bound=float(served + bound))


def fewest(
    walk_m: Any, households: Any, *, limit_m: float, already_m: Any = None, nodes: int = NODES
) -> Choice:
    """Choose as few sites as bring everybody within the limit whom any site can (Toregas 1971).

    Solved exactly, so that the choice comes with its bound; only where the search tree grows
    beyond its nodes may it be one that adding site after site found. Parameters are those of
    `max_cover`. Whom no site can bring within the limit is left out: `Choice.households` less
    `Choice.households_within` tells how many they are.

    Examples
    --------
    >>> walks = [[0, 400, 900], [400, 0, 500], [900, 500, 0]]
    >>> found = fewest(walks, [10, 10, 30], limit_m=450)
    >>> len(found.sites), found.households_within, found.proven
    (2, 50, True)
    """
    demand = Demand.of(walk_m, households, already_m)
    patterns, _, _ = _patterns(demand, limit_m)
    chosen, bound = cover_all(patterns, nodes=nodes)
    added = _adding(patterns)
    if chosen is None or len(added) < len(chosen):
        chosen = added
    found = _choice("fewest", demand, np.sort(chosen), float(len(chosen)), limit_m)
    return replace(found, bound=bound)


def _patterns(demand: Demand, limit_m: float) -> tuple[NDArray[np.bool_], NDArray[np.int64], int]:
    """Return which sites serve each demand that lacks one, alike demands as one.

    Their households come with them, and how many households have one already.
    """
    near = demand.walk_m <= limit_m
    served = demand.already_m <= limit_m
    asks = (demand.households > 0) & ~served & near.any(axis=1)
    patterns, which = np.unique(near[asks], axis=0, return_inverse=True)
    weights = np.zeros(len(patterns), dtype=np.int64)
    np.add.at(weights, which.reshape(-1), demand.households[asks])
    return patterns, weights, int(demand.households[served].sum())


def _needed(patterns: NDArray[np.bool_], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out sites, the last first, that serve nobody whom the others do not."""
    kept = sorted(chosen.tolist())
    for site in reversed(list(kept)):
        others = [other for other in kept if other != site]
        if not (patterns[:, site] & ~patterns[:, others].any(axis=1)).any():
            kept = others
    return np.array(kept, dtype=np.int64)


def _adding(patterns: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Add the site that covers most of what is left, until nothing is."""
    left = np.ones(len(patterns), dtype=bool)
    sites: list[int] = []
    while left.any():
        sites.append(int(np.argmax(patterns[left].sum(axis=0))))
        left &= ~patterns[:, sites[-1]]
    return np.array(sites, dtype=np.int64)


def _count(demand: Demand, count: int) -> int:
    sites = int(demand.walk_m.shape[1])
    if count < 1 or not sites:
        msg = f"cannot choose {count} of {sites} sites"
        raise ValueError(msg)
    return min(int(count), sites)


def _choice(
    model: Model, demand: Demand, chosen: Sequence[int] | NDArray[Any], value: float, limit_m: float
) -> Choice:
    """Measure what the chosen sites bring."""
    sites = np.asarray(chosen, dtype=np.int64)
    own = demand.walk_m[:, sites]
    best_m = own.min(axis=1, initial=np.inf)
    metres = np.minimum(best_m, demand.already_m)
    nearer = best_m < demand.already_m
    nearest = np.full(len(metres), -1, dtype=np.int64)
    if len(sites):
        nearest[nearer] = sites[own.argmin(axis=1)[nearer]]
    weights, reached = demand.households, np.isfinite(metres)
    some = int(weights[reached].sum())
    total_m = float(weights[reached] @ metres[reached])
    return Choice(
        model=model,
        sites=tuple(int(site) for site in sites),
        value=value,
        households=int(weights.sum()),
        households_within=int(weights[reached & (metres <= limit_m)].sum()),
        households_reached=some,
        walk_mean_m=total_m / some if some else float("nan"),
        nearest=nearest,
        limit_m=limit_m,
        demand=demand,
    )
