"""Hold the decision problem, what solves it, and what is wrong with a solution."""

from __future__ import annotations

from copy import copy
from dataclasses import KW_ONLY, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from gis.errors import BadRules
from gis.partition.matrix import Bools, Floats, Ints, Matrix, part_of, read_cost, read_matrix
from gis.prices import Prices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.partition.reasons import Certificate, Conflict, Remedy

__all__ = [
    "Bools",
    "Floats",
    "Ints",
    "Level",
    "Problem",
    "Range",
    "Solution",
    "Status",
    "Violation",
]

Range = tuple[int, int]
Severity = Literal["error", "warning", "information"]
Status = Literal["feasible", "relaxed", "infeasible"]

#: How far a district's second load may lie from its fair share where no range is given.
SECOND_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Atoms to be put into contiguous districts, on arrays only.

    All arrays are checked, copied (matrices that are read-only already are shared) and made
    read-only. Sort order never matters: everything is done in the order of `ids`.

    Parameters
    ----------
    weights
        (n,) households per atom, integers of 0 or more. Any other load can be the weight:
        with shops as weights and shops × metres as cost the districts share out the shops.
    edges
        (m, 2) pairs of atoms that share a crossable border; repeats and loops are ignored.
        None asks for no contiguity.
    cost
        (n, n) whole, already weighted cost of giving atom i (row) to centre j (column), 0 or
        more: households × walking metres by default. inf (or NaN where the weight is above 0)
        is unreachable. Sparse rows are accepted, and stay sparse where atoms are many: an absent
        pair is unreachable, the diagonal 0, a stored 0 is a 0.
    limit
        Hard range (L, U) of a district's weight, inclusive.
    soft_limit
        Preferred range; None prefers nothing.
    count
        Number of districts; None takes the feasible number nearest to weight / target in each
        connected component, ties to fewer. A pair (lo, hi) bounds that choice.
    target
        Preferred weight of a district; None takes the middle of the preferred range.
    walk_m
        (n, n) metres from atom i to centre j, for the walking limit, dense or sparse as
        above; None takes cost / weight. A NaN has no walking check (a row of them: a block
        without homes).
    max_walk_m
        Longest walk to the centre, metres; kept unless it cannot be, then listed.
    keep_together
        (n,) group (a compound) per atom, -1 for none: kept in one district while it fits.
    locked
        (n,) group per atom that must share a district, -1 for none.
    can_be_centre
        (n,) whether the atom may be a centre; None allows all.
    parts
        (n,) part of each atom; no district may lie in two parts (a large grid's micro-grids).
    inner_limit
        Hard range of the smaller districts that each district is to be divided into: a weight
        that no count of those can hold is out of range.
    second
        (n,) another load to be shared out, integers of 0 or more: elderly people, rentals.
    second_limit
        Preferred range of a district's second load, a soft rule after the soft range and before
        walking; None takes a quarter around a district's fair share.
    prices
        What steers the search where rules pull apart; see `gis.prices`.
    openings
        (m, 2) pairs of atoms that share a border nobody can cross now, but could: a shut gate.
        Nothing is planned through them; where rules cannot all hold, remedies try each.
    opening_m
        (m,) metres of walk from one atom to the other through each; None takes 0.
    opening_names
        (m,) what each of those is called; None names their atoms.
    ids
        (n,) unique sortable names; None takes the positions.

    Raises
    ------
    ValueError
        If shapes or values do not fit together.
    BadRules
        If a range contradicts itself.

    Examples
    --------
    >>> import numpy as np
    >>> walk = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))) * 50
    >>> problem = Problem([10, 12, 11, 9], [(0, 1), (1, 2), (2, 3)],
    ...                   np.array([10, 12, 11, 9])[:, None] * walk, (15, 30))
    >>> problem.n, int(problem.weights.sum())
    (4, 42)
    """

    weights: Ints
    edges: Ints | None
    cost: Matrix
    limit: Range
    _: KW_ONLY
    soft_limit: Range | None = None
    count: int | tuple[int, int] | None = None
    target: float | None = None
    walk_m: Matrix | None = None
    max_walk_m: float | None = None
    keep_together: Ints | None = None
    locked: Ints | None = None
    can_be_centre: Bools | None = None
    parts: Ints | None = None
    inner_limit: Range | None = None
    second: Ints | None = None
    second_limit: Range | None = None
    prices: Prices = field(default_factory=Prices)
    openings: Ints | None = None
    opening_m: Floats | None = None
    opening_names: tuple[str, ...] | None = None
    ids: Any = None

    def __post_init__(self) -> None:
        weights = _weights(self.weights)
        n = len(weights)
        _set(self, "weights", weights)
        _set(self, "edges", _edges(self.edges, n))
        _set(self, "cost", read_cost(self.cost, weights))
        _set(self, "second", _second(self.second, n))
        for name in ("limit", "soft_limit", "inner_limit", "second_limit"):
            _set(self, name, _range(getattr(self, name), name))
        for name in ("keep_together", "locked", "parts"):
            _set(self, name, _vector(getattr(self, name), n, np.int64, name))
        _set(self, "can_be_centre", _vector(self.can_be_centre, n, np.bool_, "can_be_centre"))
        if self.walk_m is not None:
            _set(self, "walk_m", read_matrix(self.walk_m, n, "walk_m"))
        _set(self, "ids", _ids(self.ids, n))
        _set(self, "openings", _openings(self.openings, n))
        many = 0 if self.openings is None else len(self.openings)
        _set(self, "opening_m", _vector(self.opening_m, many, np.float64, "opening_m"))
        _set(self, "opening_names", _names(self.opening_names, many))
        _set(self, "count", _count(self.count))
        if self.target is not None and not self.target > 0:
            msg = f"target is {self.target}; give a weight above 0"
            raise BadRules(msg)

    @property
    def n(self) -> int:
        """Number of atoms."""
        return len(self.weights)

    @property
    def preferred(self) -> Range:
        """The soft range inside the hard one; the hard one where there is no soft."""
        low, high = self.limit
        if self.soft_limit is None:
            return self.limit
        return max(low, min(self.soft_limit[0], high)), min(high, max(self.soft_limit[1], low))

    @property
    def wanted(self) -> float:
        """The weight a district should have: the target, else the middle of the preferred."""
        low, high = self.preferred
        return self.target or max((low + high) / 2, 1.0)

    @property
    def second_preferred(self) -> Range | None:
        """The preferred range of the second load; None where there is no second load."""
        if self.second is None or self.second_limit is not None:
            return None if self.second is None else self.second_limit
        total, weight = float(self.second.sum()), float(self.weights.sum())
        districts = self.count if isinstance(self.count, int) else weight / self.wanted
        fair = total / max(districts, 1.0)
        return int((1 - SECOND_SHARE) * fair), int(np.ceil((1 + SECOND_SHARE) * fair))

    def changed(self, **fields: Any) -> Problem:
        """Return a copy with some fields replaced, which are not checked: cheap."""
        other = copy(self)
        for name, value in fields.items():
            _set(other, name, value)
        return other

    def reordered(self, order: Ints) -> Problem:
        """Return the same problem with its atoms in another order.

        `order[p]` is the present position of the atom that comes to position p.
        """
        if np.array_equal(order, np.arange(self.n)):
            return self
        back = np.empty(self.n, np.int64)
        back[order] = np.arange(self.n)

        def vector(values: NDArray[Any] | None) -> Any:
            return None if values is None else values[order]

        return replace(
            self,
            weights=self.weights[order],
            edges=None if self.edges is None else back[self.edges],
            openings=None if self.openings is None else back[self.openings],
            cost=part_of(self.cost, order),
            walk_m=None if self.walk_m is None else part_of(self.walk_m, order),
            keep_together=vector(self.keep_together),
            locked=vector(self.locked),
            can_be_centre=vector(self.can_be_centre),
            parts=vector(self.parts),
            second=vector(self.second),
            ids=vector(self.ids),
        )

    def only(self, keep: Ints) -> Problem:
        """Return the problem of some atoms alone, named by position in ascending order."""
        if len(keep) == self.n:
            return self
        back = np.full(self.n, -1)
        back[keep] = np.arange(len(keep))
        edges = self.edges
        if edges is not None:
            edges = back[edges]
            edges = edges[(edges >= 0).all(axis=1)]
        openings, metres, names = self.openings, self.opening_m, self.opening_names
        if openings is not None:
            inside = np.flatnonzero((back[openings] >= 0).all(axis=1))
            openings = back[openings][inside]
            metres = None if metres is None else metres[inside]
            names = None if names is None else tuple(names[at] for at in inside)

        def vector(values: NDArray[Any] | None) -> Any:
            return None if values is None else values[keep]

        return replace(
            self,
            weights=self.weights[keep],
            edges=edges,
            openings=openings,
            opening_m=metres,
            opening_names=names,
            cost=part_of(self.cost, keep),
            walk_m=None if self.walk_m is None else part_of(self.walk_m, keep),
            keep_together=vector(self.keep_together),
            locked=vector(self.locked),
            can_be_centre=vector(self.can_be_centre),
            parts=vector(self.parts),
            second=vector(self.second),
            second_limit=self.second_preferred,
            ids=vector(self.ids),
        )


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a solution does not keep.

    Parameters
    ----------
    rule
        "hard_range", "contiguity", "locked", "centre", "parts", "count", "unreachable",
        "keep_together", "soft_range", "second_range" or "walk".
    value, limit
        What it is and the bound it breaks, in the rule's unit (households, second load, metres,
        pieces).
    why
        Plain words: what cannot hold, and why where that is known.
    severity
        "error" for what must hold, "warning" for what should.
    district, atom, group
        What it concerns; -1 where it does not apply. Atoms are positions as given.
    certificate
        The proof that no plan (of the count, where one is given) keeps all hard rules and this
        one, which names what is in the way here; None where there is none.
    """

    rule: str
    value: float
    limit: float
    why: str
    severity: Severity = "error"
    district: int = -1
    atom: int = -1
    group: int = -1
    certificate: Certificate | None = None

    @property
    def proven(self) -> bool:
        """Whether it is proven unavoidable."""
        return self.certificate is not None


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Districts, what they cost, and how good that provably is.

    Parameters
    ----------
    labels
        (n,) district of each atom, 0 … k-1, numbered by their first atom in the order of ids.
    centres
        (k,) atom that is each district's centre.
    cost
        The assignment term: Σ cost[i, centre of i] over the atoms that reach their centre; the
        others are violations ("unreachable") and add nothing.
    lower_bound
        No plan of this count, hard range and walking limit (as kept) costs less, those other
        atoms being free wherever they are put (their weight stays).
    gap
        (cost - lower_bound) / cost.
    status
        "feasible", "relaxed" (a walking limit could not be kept) or "infeasible" (see why).
    violations
        All rules not kept, the worst first.
    why
        What could not hold, in plain words; empty when all holds.
    terms
        The objective term by term, in the order of the rules (see `gis.partition.cost`).
    certificates
        The proofs that violations of hard rules and of the walking limit rest on, each once.
    conflicts
        The requirements that contradict each other by those proofs (the first of each sort).
    remedies
        What would mend them, the best first (see `gis.partition.remedies`).
    repeatable
        Whether the same problem, seed and effort give this plan again: not where a time limit
        cut the work short.
    """

    labels: Ints
    centres: Ints
    cost: float
    lower_bound: float
    gap: float
    status: Status
    violations: tuple[Violation, ...]
    why: tuple[str, ...]
    terms: Mapping[str, float] = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    repeatable: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", MappingProxyType(dict(self.terms)))

    @property
    def count(self) -> int:
        """Number of districts."""
        return len(self.centres)


@dataclass(frozen=True, slots=True)
class Level:
    """The rules of one of two nested levels; see `Problem` for the fields."""

    limit: Range
    soft_limit: Range | None = None
    target: float | None = None
    max_walk_m: float | None = None
    count: int | None = None
    second_limit: Range | None = None


def _set(problem: Problem, name: str, value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    object.__setattr__(problem, name, value)


def _weights(values: Any) -> Ints:
    given = np.asarray(values)
    if given.ndim != 1:
        msg = f"weights must be one row of numbers, not of shape {given.shape}"
        raise ValueError(msg)
    weights = np.array(given, dtype=np.int64)
    if len(given) and (not np.array_equal(weights, given) or weights.min() < 0):
        at = int(np.flatnonzero((weights != given) | (weights < 0))[0])
        msg = f"weights must be integers of 0 or more; atom {at} has {given[at]!r}"
        raise ValueError(msg)
    return weights


def _second(values: Any, n: int) -> Ints | None:
    if values is None:
        return None
    given = np.asarray(values)
    second = _vector(given, n, np.int64, "second")
    if second is not None and n and ((second != given).any() or second.min() < 0):
        msg = "second must be integers of 0 or more"
        raise ValueError(msg)
    return second


def _edges(values: Any, n: int) -> Ints | None:
    if values is None:
        return None
    edges = np.array(values, dtype=np.int64).reshape(-1, 2)
    if len(edges) and (edges.min() < 0 or edges.max() >= n):
        msg = f"edges name atoms beyond the {n} given"
        raise ValueError(msg)
    edges = np.sort(edges, axis=1)
    return np.unique(edges[edges[:, 0] < edges[:, 1]], axis=0).reshape(-1, 2)


def _openings(values: Any, n: int) -> Ints | None:
    if values is None:
        return None
    openings = np.array(values, dtype=np.int64).reshape(-1, 2)
    if len(openings) and (openings.min() < 0 or openings.max() >= n):
        msg = f"openings name atoms beyond the {n} given"
        raise ValueError(msg)
    return openings


def _names(values: Any, many: int) -> tuple[str, ...] | None:
    if values is None:
        return None
    names = tuple(str(value) for value in values)
    if len(names) != many:
        msg = f"opening_names has {len(names)} names for {many} openings"
        raise ValueError(msg)
    return names


def _count(value: Any) -> int | tuple[int, int] | None:
    if value is None:
        return None
    low, high = (value, value) if np.ndim(value) == 0 else value
    low, high = int(low), int(high)
    if not 0 <= low <= high:
        msg = f"count is {low}:{high}; give LOW:HIGH with 0 <= LOW <= HIGH"
        raise BadRules(msg)
    return low if np.ndim(value) == 0 else (low, high)


def _range(values: Any, name: str) -> Range | None:
    if values is None:
        return None
    low, high = (int(value) for value in values)
    if not 0 <= low <= high:
        msg = f"{name} is {low}:{high}; give LOW:HIGH with 0 <= LOW <= HIGH"
        raise BadRules(msg)
    return low, high


def _vector(values: Any, n: int, kind: type, name: str) -> NDArray[Any] | None:
    if values is None:
        return None
    vector: NDArray[Any] = np.array(values, dtype=kind)
    if vector.shape != (n,):
        msg = f"{name} must be of shape ({n},), not {vector.shape}"
        raise ValueError(msg)
    return vector


def _ids(values: Any, n: int) -> NDArray[Any]:
    ids = np.arange(n) if values is None else np.array(values)
    if ids.shape != (n,):
        msg = f"ids must be of shape ({n},), not {ids.shape}"
        raise ValueError(msg)
    if len(np.unique(ids)) != n:
        msg = "ids must be unique"
        raise ValueError(msg)
    return ids
