"""Search one connected component: from whole starts, window by window, or beyond a narrow range."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.construct import bisect
from gis.partition.cost import build_model, centres_of, terms_of
from gis.partition.search import anneal, empty_pool, improves, totals_of
from gis.partition.windows import improve

if TYPE_CHECKING:
    from gis.partition.budget import Budget
    from gis.partition.cost import Model, Terms
    from gis.partition.moves import Pool
    from gis.partition.pace import Pace
    from gis.partition.problem import Floats, Ints, Problem
    from gis.partition.search import Totals

__all__ = [
    "Searched",
    "in_windows",
    "outside_the_range",
    "polished",
    "priced",
    "resumed",
    "whole",
]

#: First temperature of the annealing that polishes a recombined plan.
WARM = 0.1
#: First temperatures of the annealings that search on from a plan.
RESUMED = (0.1, 0.5, 2.0)
#: Proposals per unit of a window, for each of a start.
WINDOW = 0.1
#: Most windows for every pair of districts: a plan of few has few different ones.
WINDOWS = 0.5
#: Starts that may leave the hard range: first temperature, and share of that range's usual price.
EASED = ((1.0, 1 / 40), (3.0, 3 / 40), (10.0, 10 / 40))
#: Their number and proposals for each usual one, and most proposals.
EASED_STARTS, EASED_MOVES, EASED_MOST = 5, 13, 1_500_000


class Searched(NamedTuple):
    """The best plan of a search for one count, and the districts it came by."""

    model: Model
    labels: Ints
    totals: Totals
    pool: Pool
    terms: Terms


def whole(problem: Problem, count: int, seed: int, work: Budget, pace: Pace) -> Searched:
    """Anneal several starts for exactly this many districts (fewer where units are)."""
    model = build_model(problem, float(problem.weights.sum()) / count)
    count = min(count, model.n)
    pool = empty_pool(work.pool, 25 * work.pool)
    # The other half of the room is for the districts of better plans, found later.
    half = pool._replace(start=pool.start[: work.pool // 2 + 1])
    tried: list[tuple[Totals, Ints]] = []
    starts = work.starts if count > 1 else 1
    for start in range(starts):
        if tried and pace.over():
            break
        draw = seed * 1009 + start
        first = bisect(model, np.array([count]), seed=draw)
        labels, totals = anneal(model, first, seed=draw, moves=work.moves * model.n, pool=half)
        tried.append((totals, labels))
        pace.done((start + 1) / starts)
    return _best(model, tried, pool)


def resumed(problem: Problem, labels: Ints, seed: int, work: Budget, pace: Pace) -> Searched:
    """Anneal a plan of a small component on, from ever higher temperatures."""
    model = build_model(problem, float(problem.weights.sum()) / (int(labels.max()) + 1))
    pool = empty_pool(work.pool, 25 * work.pool)
    first = labels[model.first]
    tried = [(totals_of(model, first), first)]
    for start in range(work.starts):
        if pace.over():
            break
        found, totals = anneal(
            model,
            first,
            seed=seed * 1009 + start,
            moves=work.moves * model.n,
            pool=pool,
            hot=RESUMED[start % len(RESUMED)],
        )
        tried.append((totals, found))
    return _best(model, tried, pool)


def _best(model: Model, tried: list[tuple[Totals, Ints]], pool: Pool) -> Searched:
    """Take the best of some plans, the first of equals."""
    best = tried[0]
    for other in tried[1:]:
        best = other if improves(model, other, best) else best
    totals, labels = best
    return Searched(model, labels, totals, pool, priced(model.problem, labels[model.unit]))


def in_windows(searched: Searched, opened: Floats, seed: int, work: Budget, pace: Pace) -> Searched:
    """Improve the best plan window by window; `opened` is how many districts atoms stand for."""
    model, before, _, pool, _ = searched
    count = int(before.max()) + 1
    labels = improve(
        model,
        before,
        seed=seed,
        windows=min(work.windows[0], int(WINDOWS * count * (count - 1) / 2))
        + work.windows[1] * count,
        moves=int(WINDOW * work.moves),
        pool=pool,
        share=_share(model, opened, count),
        pace=pace,
    )
    terms = priced(model.problem, labels[model.unit])
    return Searched(model, labels, totals_of(model, labels), pool, terms)


def _share(model: Model, opened: Floats, count: int) -> Floats:
    """Return how many districts each unit should count for: those that the bound opens there."""
    counted = np.bincount(model.unit, weights=opened, minlength=model.n).astype(np.float64)
    if counted.sum() <= 0:
        counted = np.maximum(model.weights, 1.0)
    share: Floats = count / counted.sum() * counted
    return share


def outside_the_range(searched: Searched, seed: int, work: Budget, pace: Pace) -> Searched:
    """Search on from starts that may leave the hard range for some time, and take longer."""
    model, best, totals, pool, _ = searched
    count = int(best.max()) + 1
    moves = max(work.moves * model.n, min(EASED_MOVES * work.moves * model.n, EASED_MOST))
    starts = EASED_STARTS * work.starts
    for start in range(starts):
        if pace.over():
            break
        draw = seed * 1009 + start
        first = bisect(model, np.array([count]), seed=draw)
        hot, ease = EASED[start % len(EASED)]
        labels, other = anneal(model, first, seed=draw, moves=moves, pool=pool, hot=hot, ease=ease)
        if improves(model, (other, labels), (totals, best)):
            best, totals = labels, other
        pace.done((start + 1) / starts)
    return Searched(model, best, totals, pool, priced(model.problem, best[model.unit]))


def polished(searched: Searched, labels: Ints, seed: int, work: Budget) -> Searched:
    """Anneal other labels from a low temperature; keep them where they are better."""
    model = searched.model
    moves, none = work.moves * model.n // 3, empty_pool(0, 0)
    labels, totals = anneal(model, labels, seed=seed, moves=moves, pool=none, hot=WARM)
    if not improves(model, (totals, labels), (searched.totals, searched.labels)):
        return searched
    return Searched(model, labels, totals, searched.pool, priced(model.problem, labels[model.unit]))


def priced(problem: Problem, labels: Ints) -> Terms:
    """Price the labels of a component's atoms term by term."""
    return terms_of(problem, labels, centres_of(problem, labels)[0])
