"""Choose sites by interchange: swap one chosen site for another while that helps most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["choose"]


def choose(
    cost: NDArray[Any],
    weights: NDArray[Any],
    already: NDArray[Any],
    count: int,
    *,
    kicks: int,
    seed: int,
) -> NDArray[np.int64]:
    """Choose the sites that make the weighted cost of the nearest least.

    Begins by adding the best site each time, then makes the best swap of all until none helps
    (Teitz and Bart 1968, with the gains and losses of all swaps computed together as by Resende
    and Werneck 2007). Then, so many times, more than half of the sites are replaced at random and
    swapped again; the better of the two is kept.

    Parameters
    ----------
    cost
        (n, m) of each demand at each site, finite; computed with in its own precision.
    weights
        (n,) whole numbers.
    already
        (n,) cost of each demand without any site.
    count
        How many sites, at most m.
    kicks
        How often to begin again.
    seed
        Of what is random.

    Returns
    -------
    Positions of the sites, sorted.

    Examples
    --------
    >>> cost = np.array([[0.0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> choose(cost, np.array([1, 1, 3]), np.full(3, 99.0), 2, kicks=3, seed=0).tolist()
    [0, 2]
    """
    least = cost.min(axis=1, initial=np.inf)
    # Who has no weight, or is better off with what is there, decides nothing.
    asks = (weights > 0) & (least < already)
    weights = weights[asks].astype(cost.dtype)
    cost, already, least = cost[asks], already[asks].astype(cost.dtype), least[asks]
    rng = np.random.default_rng(seed)
    best, total = _swap(cost, weights, already, least, _greedy(cost, weights, already, count))
    out = min(count, max(1, round(_REPLACED * count)))
    for _ in range(kicks if count < cost.shape[1] else 0):
        kept = rng.permutation(best)[out:]
        free = np.setdiff1d(np.arange(cost.shape[1]), kept)
        again = np.concatenate([kept, rng.permutation(free)[:out]])
        sites, found = _swap(cost, weights, already, least, again)
        if found <= total:
            best, total = np.sort(sites), found
    return np.sort(best)


#: This share of the sites is replaced at each kick; fewer led back to where it began.
_REPLACED: Final = 0.6


def _greedy(
    cost: NDArray[Any], weights: NDArray[Any], already: NDArray[Any], count: int
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
    cost: NDArray[Any],
    weights: NDArray[Any],
    already: NDArray[Any],
    least: NDArray[Any],
    sites: NDArray[np.int64],
) -> tuple[NDArray[np.int64], float]:
    """Make the best swap until none helps; return the sites and their weighted cost."""
    sites = sites.copy()
    demands, slots = np.arange(len(cost)), np.arange(len(sites))[:, None]
    while True:
        # The last column is what is there already, which cannot be swapped.
        own = np.column_stack([cost[:, sites], already])
        near = own.argmin(axis=1)
        first = own[demands, near]
        total = float(weights.astype(np.float64) @ first)
        if not len(sites) or not len(cost):
            return sites, total
        own[demands, near] = np.inf
        second = own.min(axis=1)
        # Who is best off gains nothing; who has another as near loses nothing.
        gains, loses = np.flatnonzero(first > least), np.flatnonzero(second > first)
        gain = weights[gains] @ np.maximum(first[gains, None] - cost[gains], 0.0)
        pays = np.clip(cost[loses], first[loses, None], second[loses, None]) - first[loses, None]
        change = ((near[loses] == slots) * weights[loses]) @ pays - gain
        change[:, sites] = 0.0
        out, into = np.unravel_index(int(np.argmin(change)), change.shape)
        if not change[out, into] < 0:
            return sites, total
        sites[out] = into
