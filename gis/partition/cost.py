"""Turn a problem into the finite numbers the search works on, and price a plan term by term.

The order of the rules, each before all that follow:

1. the hard range and locks;
2. groups (compounds) in one district while they fit the soft upper bound; a larger one in no
   more pieces than its share of districts;
3. the soft range;
4. the preferred range of the second load;
5. the walking limit;
6. the assignment cost (households × metres to the centre);
7. balance, as the mean distance of a district's weight from the mean weight, then compactness,
   as the number of crossable edges cut; both only choose among plans that are else equal.

`gis.partition.search.improves` compares plans by this order. The annealing needs one number
instead; its weights (`Weights`) are the problem's `gis.prices.Prices` times `scale`, the typical
cost of serving one household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis.partition.costs import beyond
from gis.partition.count import fits
from gis.partition.graph import compressed, joined, nearest_pairs
from gis.partition.matrix import whole

if TYPE_CHECKING:
    from gis.partition.problem import Bools, Floats, Ints, Problem, Range

__all__ = [
    "Model",
    "Terms",
    "Weights",
    "beyond_walk",
    "build_model",
    "centres_of",
    "group_terms",
    "second_misses",
    "terms_of",
    "units_of",
]


class Weights(NamedTuple):
    """Prices of the annealing: per household (load) outside, per surplus piece, per cut edge."""

    hard: float
    soft: float
    second: float
    lock: float
    group: float
    cut: float


class Terms(NamedTuple):
    """A plan's terms in the order of the rules; smaller is better."""

    hard_range: float
    locked: float
    unreachable: float
    keep_together: float
    soft_range: float
    second_range: float
    walk: float
    cost: float
    balance: float
    compactness: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A problem in the order of ids, locked neighbours joined to units, costs finite.

    Parameters
    ----------
    unit
        (n,) unit of each atom; the search moves units.
    first
        (u,) atom that stands for each unit as a centre.
    weights, second, component
        (u,) weight, second load (0 where there is none) and connected component of each unit.
    cost
        (u, u) finite search cost with penalties for walking too far.
    handicap
        (u,) added where the unit must not be a centre.
    group
        (u, 2) compound and lock of each unit, -1 none; numbered together.
    group_weight
        Weight of each compound; -1 marks a lock.
    """

    problem: Problem
    unit: Ints
    first: Ints
    weights: Ints
    second: Ints
    component: Ints
    edges: Ints
    starts: Ints
    neighbours: Ints
    cost: Floats
    handicap: Floats
    group: Ints
    group_weight: Ints
    scale: float
    atom_scale: float

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.weights)


def beyond_walk(problem: Problem) -> Bools:
    """Return which of all pairs (atom, centre) break the walking limit, as a dense matrix."""
    everything = np.arange(problem.n)
    return beyond(problem, everything[:, None], everything)


def build_model(problem: Problem, mean_weight: float) -> Model:
    """Prepare a problem that is already in the order of its ids.

    Parameters
    ----------
    problem
        At least one atom.
    mean_weight
        Expected weight of a district, which the penalties are scaled by.
    """
    n = problem.n
    parts = np.zeros(n, np.int64) if problem.parts is None else problem.parts
    if problem.edges is None:
        edges = nearest_pairs(problem.cost, parts)
        component = np.unique(parts, return_inverse=True)[1].astype(np.int64)
    else:
        edges = problem.edges[parts[problem.edges[:, 0]] == parts[problem.edges[:, 1]]]
        component = joined(edges, n)
    unit = units_of(problem, edges)
    count = int(unit.max()) + 1
    first = np.zeros(count, np.int64)
    first[unit[::-1]] = np.arange(n)[::-1]
    weights = np.bincount(unit, weights=problem.weights, minlength=count).astype(np.int64)

    scale, atom_scale = _scales(problem, mean_weight)
    far = problem.prices.walk * max(mean_weight, 1.0) * scale
    cost = whole(problem.cost)
    finite = np.where(np.isfinite(cost), cost, 10 * far)
    finite[beyond_walk(problem)] += far
    by_unit = np.zeros((count, n))
    np.add.at(by_unit, unit, finite)
    first = _unit_centres(problem, unit, first, by_unit)
    allowed = np.ones(n, np.bool_) if problem.can_be_centre is None else problem.can_be_centre
    pairs = np.sort(unit[edges], axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).reshape(-1, 2)
    starts, neighbours = compressed(pairs, count)
    group, group_weight = _groups(problem, unit, count)
    return Model(
        problem=problem,
        unit=unit,
        first=first,
        weights=weights,
        second=np.bincount(unit, weights=problem.second, minlength=count).astype(np.int64)
        if problem.second is not None
        else np.zeros(count, np.int64),
        component=component[first],
        edges=pairs,
        starts=starts,
        neighbours=neighbours,
        cost=np.ascontiguousarray(by_unit[:, first]),
        handicap=np.where(allowed[first], 0.0, 20 * far),
        group=group,
        group_weight=group_weight,
        scale=scale,
        atom_scale=atom_scale,
    )


def search_weights(model: Model, mean_weight: float) -> Weights:
    """Return the prices that the annealing uses for the rules' order."""
    (low, high), (soft_low, soft_high) = model.problem.limit, model.problem.preferred
    prices, problem = model.problem.prices, model.problem
    room = max(soft_low - low, high - soft_high)
    soft = prices.soft * model.scale if room else 0.0
    second = 0.0
    if problem.second is not None:
        # A whole share of the second load is worth as much as a whole share of the households.
        ratio = float(problem.weights.sum()) / max(float(problem.second.sum()), 1.0)
        second = prices.second * model.scale * ratio
    group = soft * min(room, mean_weight) + model.scale * max(mean_weight, 1.0)
    return Weights(
        hard=prices.hard * model.scale,
        soft=soft,
        second=second,
        lock=20 * group,
        group=group,
        cut=prices.cut * model.atom_scale,
    )


def allowed_pieces(model: Model, mean_weight: float) -> Ints:
    """Return how many districts each group may touch: 1 while it fits, else its share."""
    high = max(model.problem.preferred[1], 1)
    weight = model.group_weight
    share = np.ceil(weight / max(min(mean_weight, high), 1.0)).astype(np.int64)
    return np.where(weight > high, np.maximum(share, 1), 1)


def centres_of(problem: Problem, labels: Ints) -> tuple[Ints, Floats]:
    """Return each district's best centre and the cost it gives; the first of equals.

    The best centre is an allowed one, with the fewest unreachable, then the fewest too far,
    then the least cost. The problem is in the order of its ids.
    """
    count = int(labels.max()) + 1 if len(labels) else 0
    centres, costs = np.full(count, -1, np.int64), np.zeros(count)
    members_of = np.split(np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels))[:-1])
    for district, members in enumerate(members_of if count else []):
        square = np.ix_(members, members)
        cost = problem.cost[square]
        lost = np.isinf(cost)
        total = np.where(lost, 0.0, cost).sum(axis=0)
        barred = np.zeros(len(members), np.bool_)
        if problem.can_be_centre is not None:
            barred = ~problem.can_be_centre[members]
        order = np.lexsort((total, beyond(problem, *square).sum(axis=0), lost.sum(axis=0), barred))
        best = order[0]
        centres[district] = members[best]
        costs[district] = cost[:, best].sum()
    return centres, costs


def outside(weight: int, limit: Range, inner: Range | None = None) -> float:
    """Return by how many households a weight misses a range (and what the inner one can hold).

    Examples
    --------
    >>> outside(520, (300, 500)), outside(130, (50, 500), (80, 100))
    (20.0, 30.0)
    """
    low, high = limit
    miss = float(max(low - weight, weight - high, 0))
    if inner is not None and not fits(weight, inner):
        count = -(-weight // inner[1]) if inner[1] else 1
        more = count * inner[0] - weight
        less = weight - (count - 1) * inner[1] if count > 1 else more
        miss += float(min(more, less))
    return miss


def terms_of(problem: Problem, labels: Ints, centres: Ints) -> Terms:
    """Price a plan term by term; the problem is in the order of its ids."""
    count = len(centres)
    loads = np.bincount(labels, weights=problem.weights, minlength=count).astype(np.int64)
    own = (np.arange(problem.n), centres[labels])
    cost = problem.cost[own]
    edges = problem.edges
    cut = 0.0 if edges is None else float((labels[edges[:, 0]] != labels[edges[:, 1]]).sum())
    mean = float(loads.mean()) if count else 0.0
    locked, together = group_terms(problem, labels)
    return Terms(
        hard_range=sum(outside(int(x), problem.limit, problem.inner_limit) for x in loads),
        locked=locked,
        unreachable=float(np.isinf(cost).sum()),
        keep_together=together,
        soft_range=sum(outside(int(x), problem.preferred) for x in loads),
        second_range=float(second_misses(problem, labels).sum()),
        walk=float(beyond(problem, *own).sum()),
        cost=float(cost[np.isfinite(cost)].sum()),
        balance=float(np.abs(loads - mean).mean()) if count else 0.0,
        compactness=cut,
    )


def group_terms(problem: Problem, labels: Ints) -> tuple[float, float]:
    """Return in how many districts too many locks and compounds lie."""
    mean = float(problem.weights.sum()) / max(len(np.unique(labels)), 1)
    high = problem.preferred[1]
    locks = group_pieces(problem.locked, problem, labels)
    compounds = group_pieces(problem.keep_together, problem, labels)
    surplus = [
        max(0, pieces - (1 if weight <= high else int(np.ceil(weight / max(min(mean, high), 1.0)))))
        for _, weight, pieces in compounds
    ]
    return float(sum(pieces - 1 for _, _, pieces in locks)), float(sum(surplus))


def second_misses(problem: Problem, labels: Ints) -> Ints:
    """Return by how much each district's second load misses its preferred range; 0 without one."""
    limit = problem.second_preferred
    if limit is None:
        return np.zeros(int(labels.max(initial=-1)) + 1, np.int64)
    load = np.bincount(labels, weights=problem.second).astype(np.int64)
    return np.maximum(np.maximum(limit[0] - load, load - limit[1]), 0)


def group_pieces(groups: Ints | None, problem: Problem, labels: Ints) -> list[tuple[int, int, int]]:
    """List (group, weight, number of districts it lies in), sorted by group; -1 left out."""
    if groups is None:
        return []
    inside = groups >= 0
    pairs = np.unique(np.column_stack([groups[inside], labels[inside]]), axis=0)
    names, touched = np.unique(pairs[:, 0], return_counts=True)
    return [
        (int(name), int(problem.weights[groups == name].sum()), int(many))
        for name, many in zip(names, touched, strict=True)
    ]


def units_of(problem: Problem, edges: Ints) -> Ints:
    """Join locked atoms that touch; without contiguity all of a lock that share a part."""
    n = problem.n
    if problem.locked is None:
        return np.arange(n, dtype=np.int64)
    lock = problem.locked
    if problem.edges is None:
        order = np.lexsort((np.arange(n), lock))
        edges = np.column_stack([order[:-1], order[1:]])
        if problem.parts is not None:
            edges = edges[problem.parts[edges[:, 0]] == problem.parts[edges[:, 1]]]
    same = (lock[edges[:, 0]] == lock[edges[:, 1]]) & (lock[edges[:, 0]] >= 0)
    return joined(edges[same], n)


def _unit_centres(problem: Problem, unit: Ints, first: Ints, by_unit: Floats) -> Ints:
    """Let each unit of several atoms be served at its best allowed atom."""
    sizes = np.bincount(unit)
    centre = first.copy()
    for u in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(unit == u)
        if problem.can_be_centre is not None and problem.can_be_centre[members].any():
            members = members[problem.can_be_centre[members]]
        centre[u] = members[int(np.argmin(by_unit[u, members]))]
    return centre


def _groups(problem: Problem, unit: Ints, count: int) -> tuple[Ints, Ints]:
    """Give compounds and unjoined locks numbers: (u, 2) groups, and the groups' weights."""
    group = np.full((count, 2), -1, np.int64)
    weights: list[int] = []
    for column, names in enumerate((problem.keep_together, problem.locked)):
        if names is None:
            continue
        for name in np.unique(names[names >= 0]):
            members = np.flatnonzero(names == name)
            units = np.unique(unit[members])
            if len(units) > 1:
                free = units[group[units, column] < 0]
                group[free, column] = len(weights)
                weights.append(-1 if column else int(problem.weights[members].sum()))
    return group, np.array(weights, np.int64)


def _scales(problem: Problem, mean_weight: float) -> tuple[float, float]:
    """Return the typical cost of serving one household and one atom."""
    n = problem.n
    mean = float(problem.weights.mean()) if n else 0.0
    if n < 2 or mean == 0:  # noqa: PLR2004
        return 1.0, 1.0
    size = int(np.clip(round(mean_weight / mean), 1, n - 1))
    cost = whole(problem.cost)
    row = np.partition(cost, size, axis=1)[:, size]
    row = row[(problem.weights > 0) & np.isfinite(row)]
    typical = float(np.median(row)) if len(row) else 0.0
    if typical <= 0:
        finite = cost[np.isfinite(cost) & (cost > 0)]
        typical = float(np.median(finite)) if len(finite) else 1.0
    return typical / mean, typical
