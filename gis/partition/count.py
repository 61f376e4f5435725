"""Choose how many districts each connected component gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis.partition.problem import Ints, Range

__all__ = ["choose_counts", "countable", "feasible_counts", "fits"]


def countable(weights: Ints, limit: Range, target: float) -> Ints:
    """Return what each atom weighs when districts are counted.

    An atom above the range fills one district and no more, however far above it is: it counts
    as a district's target.

    Examples
    --------
    >>> countable(np.array([40, 481]), (15, 120), 70.0).tolist()
    [40, 70]
    """
    return np.where(weights > limit[1], min(int(target), limit[1]), weights)


def feasible_counts(weight: int, limit: Range) -> tuple[int, int]:
    """Return the fewest and most districts of L … U that hold a weight; empty if lo > hi.

    Examples
    --------
    >>> feasible_counts(1000, (300, 500)), feasible_counts(250, (300, 500))
    ((2, 3), (1, 0))
    """
    low, high = limit
    fewest = max(1, -(-weight // high)) if high else 1
    if high == 0 and weight > 0:
        return 1, 0
    most = weight // low if low else np.iinfo(np.int64).max
    return fewest, int(most)


def fits(weight: int, limit: Range | None) -> bool:
    """Tell whether some count of districts in the range holds the weight."""
    if limit is None:
        return True
    fewest, most = feasible_counts(weight, limit)
    return fewest <= most


def choose_counts(
    weights: Ints,
    atoms: Ints,
    *,
    limit: Range,
    soft: Range,
    target: float,
    count: int | tuple[int, int] | None = None,
) -> Ints:
    """Choose the count of every component.

    Free: the number nearest to weight / target among those the soft range allows, else among
    those the hard range allows, else of all; ties to fewer. Given: the total is shared out by
    the largest remainder inside the feasible intervals.

    Parameters
    ----------
    weights, atoms
        (c,) weight and number of atoms of each component.
    limit, soft, target, count
        As in `Problem`.

    Examples
    --------
    >>> choose_counts(np.array([7600]), np.array([450]), limit=(200, 700), soft=(300, 500),
    ...               target=450.0).tolist()
    [17]
    """
    shares = weights / target
    bounds = np.array(
        [
            _bounds(int(w), int(a), limit, soft, share)
            for w, a, share in zip(weights, atoms, shares, strict=True)
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    free = np.array(
        [_nearest(s, lo, hi) for s, (lo, hi) in zip(shares, bounds, strict=True)], np.int64
    )
    if count is None or len(weights) == 0:
        return free
    total = int(free.sum())
    low, high = (count, count) if isinstance(count, int) else count
    wanted = min(max(total, low), high)
    if wanted == total:
        return free
    hard = np.array(
        [
            _bounds(int(w), int(a), limit, limit, share)
            for w, a, share in zip(weights, atoms, shares, strict=True)
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    return _share_out(weights, atoms, hard, wanted)


def _bounds(weight: int, atoms: int, limit: Range, soft: Range, share: float) -> tuple[int, int]:
    """Return the interval of counts to choose from, never empty, never above the atoms."""
    for allowed in (soft, limit):
        fewest, most = feasible_counts(weight, allowed)
        if fewest <= min(most, atoms):
            return fewest, min(most, atoms)
    near = min(max(1, _nearest(share, 1, atoms)), atoms)
    return near, near


def _nearest(share: float, low: int, high: int) -> int:
    below = int(np.floor(share))
    near = below if share - below <= 0.5 else below + 1  # noqa: PLR2004
    return min(max(near, low), high)


def _share_out(weights: Ints, atoms: Ints, bounds: Ints, wanted: int) -> Ints:
    """Give the next district to the component whose districts are heaviest, within bounds."""
    counts = np.minimum(np.maximum(bounds[:, 0], 1), atoms)
    while counts.sum() > wanted and (counts > 1).any():
        load = np.where(counts > 1, weights / np.maximum(counts - 1, 1), np.inf)
        counts[int(np.argmin(load))] -= 1
    while counts.sum() < wanted and (counts < atoms).any():
        inside = counts < np.minimum(bounds[:, 1], atoms)
        open_ = inside if inside.any() else counts < atoms
        load = np.where(open_, weights / (counts + 0.5), -1.0)
        counts[int(np.argmax(load))] += 1
    return counts
