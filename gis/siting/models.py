"""Answer the three questions of siting: how few sites, the widest cover, the shortest walks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gis.siting.choice import Choice, Demand, measured
from gis.siting.interchange import choose
from gis.siting.proof import NODES, cover_all, needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fewest", "max_cover", "p_median"]

#: Kicks of a search (`gis.siting.interchange`).
KICKS: Final = 20

#: Sums of whole numbers below this are exact in single precision, which is twice as fast.
_EXACT: Final = 2**24


def p_median(
    walk_m: Any,
    households: Any,
    count: int,
    *,
    already_m: Any = None,
    limit_m: float = np.inf,
    kicks: int = KICKS,
    seed: int = 0,
) -> Choice:
    """Choose the sites that make all households' walks to the nearest place shortest in sum.

    Searched; `gis.siting.prove` bounds it.

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
    kicks, seed
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
    count = _count(demand, count)
    chosen = choose(cost, demand.households, there, count, kicks=kicks, seed=seed)
    value = float(demand.households @ np.minimum(cost[:, chosen].min(1, initial=np.inf), there))
    return measured("p_median", demand, chosen, limit_m=limit_m, count=count, value=value)


def max_cover(
    walk_m: Any,
    households: Any,
    count: int,
    *,
    limit_m: float,
    already_m: Any = None,
    kicks: int = KICKS,
    seed: int = 0,
) -> Choice:
    """Choose the sites that bring most households within the limit (Church and ReVelle 1974).

    Searched; `gis.siting.prove` solves it. Fewer sites than asked for are chosen where more would
    bring nobody.

    Parameters
    ----------
    walk_m, households, count, already_m, kicks, seed
        As for `p_median`.
    limit_m
        Within how many metres a household counts.

    Examples
    --------
    >>> walks = [[0, 400, 900], [400, 0, 500], [900, 500, 0]]
    >>> found = max_cover(walks, [10, 10, 30], 1, limit_m=500)
    >>> found.sites, found.value
    ((1,), 50.0)
    """
    demand = Demand.of(walk_m, households, already_m)
    count = _count(demand, count)
    patterns, weights, _ = demand.patterns(limit_m)
    kind = np.float32 if weights.sum() < _EXACT else np.float64
    beyond, none = (~patterns).astype(kind), np.ones(len(patterns))
    chosen = choose(beyond, weights, none, count, kicks=kicks, seed=seed)
    return measured("max_cover", demand, needed(patterns, chosen), limit_m=limit_m, count=count)


def fewest(
    walk_m: Any, households: Any, *, limit_m: float, already_m: Any = None, nodes: int = NODES
) -> Choice:
    """Choose as few sites as bring everybody within the limit whom any site can (Toregas 1971).

    Solved exactly, so that the choice comes with its bound; only where the search tree grows
    beyond `nodes` may it be one that adding site after site found. Other parameters are those of
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
    patterns, _, _ = demand.patterns(limit_m)
    chosen, bound = cover_all(patterns, nodes=nodes)
    added = _adding(patterns)
    if chosen is None or len(added) < len(chosen):
        chosen = added
    value = float(len(chosen))
    found = measured("fewest", demand, chosen, limit_m=limit_m, count=len(chosen), value=value)
    return replace(found, bound=bound)


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
