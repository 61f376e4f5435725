"""Choose sites by interchange: swap one chosen site for another while that helps most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["choose"]


def choose(
    cost: NDArray[np.float64],
    weights: NDArray[Any],
    already: NDArray[np.float64],
    count: int,
    *,
    starts: int,
    seed: int,
) -> NDArray[np.int64]:
    """Choose the sites that make the weighted cost of the nearest least.

    The first start adds the best site each time; the others begin at random. From each, the best
    swap of all is made until none helps (Teitz and Bart 1968, with the gains and losses of all
    swaps computed together as by Resende and Werneck 2007).

    Parameters
    ----------
    cost
        (n, m) of each demand at each site, finite.
    weights
        (n,) whole numbers.
    already
        (n,) cost of each demand without any site.
    count
        How many sites, at most m.
    starts
        How often to begin, at least once.
    seed
        Of the random starts.

    Returns
    -------
    Positions of the sites, sorted. Of equally good ones the first found, the greedy start first.

    Examples
    --------
    >>> cost = np.array([[0.0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> choose(cost, np.array([1, 1, 3]), np.full(3, 99.0), 2, starts=3, seed=0).tolist()
    [0, 2]
    """
    # Who has no weight, or is better off with what is there, decides nothing.
    asks = (weights > 0) & (cost.min(axis=1, initial=np.inf) < already)
    cost, weights, already = cost[asks], weights[asks].astype(np.float64), already[asks]
    rng = np.random.default_rng(seed)
    best, least = np.zeros(0, dtype=np.int64), np.inf
    for start in range(starts):
        if start == 0:
            sites = _greedy(cost, weights, already, count)
        else:
            sites = rng.permutation(cost.shape[1])[:count]
        sites, total = _swap(cost, weights, already, sites)
        if total < least:
            best, least = np.sort(sites), total
    return best


def _greedy(
    cost: NDArray[np.float64],
    weights: NDArray[np.float64],
    already: NDArray[np.float64],
    count: int,
) -> NDArray[np.int64]:
    """Add the site that helps most, so many times; the first of equals."""
    now = already
    sites: list[int] = []
    for _ in range(count):
        gain = weights @ np.maximum(now[:, None] - cost, 0.0)
        gain[sites] = -1.0
        sites.append(int(np.argmax(gain)))
        now = np.minimum(now, cost[:, sites[-1]])
    return np.array(sites, dtype=np.int64)


def _swap(
    cost: NDArray[np.float64],
    weights: NDArray[np.float64],
    already: NDArray[np.float64],
    sites: NDArray[np.int64],
) -> tuple[NDArray[np.int64], float]:
    """Make the best swap until none helps; return the sites and their weighted cost."""
    sites = sites.copy()
    demands = np.arange(len(cost))
    while True:
        # The last column is what is there already, which cannot be swapped.
        own = np.column_stack([cost[:, sites], already])
        near = own.argmin(axis=1)
        first = own[demands, near]
        total = float(weights @ first)
        if not len(sites) or not len(cost):
            return sites, total
        own[demands, near] = np.inf
        second = own.min(axis=1)
        gain = weights @ np.maximum(first[:, None] - cost, 0.0)
        pays = np.minimum(np.maximum(cost, first[:, None]), second[:, None]) - first[:, None]
        leaves = (near == np.arange(len(sites))[:, None]) * weights
        change = leaves @ pays - gain
        change[:, sites] = 0.0
        out, into = np.unravel_index(int(np.argmin(change)), change.shape)
        if not change[out, into] < 0:
            return sites, total
        sites[out] = into
