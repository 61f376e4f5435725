"""Prove that rules cannot all hold, and check such a proof alone.

Every proof is a necessary condition that the hard rules break: cheap to find, cheap to recompute
from the problem. The lightest ways are those of Validi, Buchanan, Lykhovyd (2022), the bound is
that of `gis.partition.lower_bound`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.count import feasible_counts, fits
from gis.partition.exhaust import exhausted
from gis.partition.graph import lightest_ways
from gis.partition.lower_bound import hess_bound
from gis.partition.reach import allowed_centres, components, heaviest_ball
from gis.partition.reasons import Certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.partition.problem import Bools, Floats, Ints, Problem, Range
    from gis.partition.reasons import CertificateKind

    #: Tells whether a problem has a plan that keeps every hard rule; None where it is not known.
    Exhaust = Callable[[Problem], bool | None]

__all__ = ["Case", "case_of", "certify", "holds", "moved", "proves", "said", "shared"]

#: The bound is asked only where its table (centres × atoms × households) is no larger.
BOUND_TABLE = 200_000_000
#: Ways are followed from no more locked atoms than this.
LOCK_ENDS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A problem that proofs are looked for in.

    Parameters
    ----------
    problem
        The problem.
    area
        (n,) connected component of each atom.
    divisible
        (n,) whether an atom's households could be given to several districts, in any shares.
    exhaust
        Who tries all plans; None: nobody.
    """

    problem: Problem
    area: Ints
    divisible: Bools
    exhaust: Exhaust | None = None

    def members(self, atom: int) -> Ints:
        """Return the atoms of an atom's component."""
        return np.flatnonzero(self.area == self.area[atom])

    def limit(self, rule: str) -> Range:
        """Return the range that a rule is about."""
        if rule == "second_range" and self.problem.second_preferred is not None:
            return self.problem.second_preferred
        return self.problem.preferred if rule == "soft_range" else self.problem.limit

    def load(self, rule: str, atom: int) -> int:
        """Return what an atom brings to the range that a rule is about."""
        second = self.problem.second
        own = second if rule == "second_range" and second is not None else self.problem.weights
        return int(own[atom])


def case_of(
    problem: Problem, *, divisible: Bools | None = None, exhaust: Exhaust | None = None
) -> Case:
    """Return the case of a problem, no atom of which can be divided unless told."""
    none = np.zeros(problem.n, np.bool_)
    return Case(problem, components(problem), none if divisible is None else divisible, exhaust)


def holds(
    problem: Problem, certificate: Certificate, *, exhaust: Exhaust | None = exhausted
) -> bool:
    """Recompute from a problem whether a certificate proves what it says.

    Parameters
    ----------
    problem
        The problem that the certificate was given for.
    certificate
        What to check; only `kind`, `rule`, `atoms`, `group` (and `limit` of "islands") count.
    exhaust
        Who tries all plans, for "exhaustion"; without anybody that is not proven.

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30))
    >>> [certificate] = solve(problem).certificates
    >>> certificate.kind, certificate.atoms, certificate.value, certificate.limit
    ('atom_above_limit', (1,), 50.0, 30.0)
    >>> holds(problem, certificate)
    True
    """
    return proves(case_of(problem, exhaust=exhaust), certificate)


def proves(case: Case, certificate: Certificate) -> bool:
    """Tell whether a certificate holds in a case."""
    found = _evidence(
        case,
        certificate.kind,
        certificate.rule,
        certificate.atoms,
        certificate.group,
        certificate.limit,
    )
    return found is not None


def certify(
    case: Case,
    kind: CertificateKind,
    rule: str,
    atoms: Sequence[int] = (),
    *,
    group: int = -1,
    limit: float = 0.0,
) -> Certificate | None:
    """Return a certificate of one kind about some atoms, or None where it proves nothing.

    Parameters
    ----------
    case
        Where to look.
    kind, rule, atoms, group
        As in `Certificate`; a component may be named by one of its atoms.
    limit
        The number of districts that "islands" allows.
    """
    found = _evidence(case, kind, rule, atoms, group, limit)
    if found is None:
        return None
    if kind in {"component_weight", "no_centre", "bound", "exhaustion"}:
        atoms = case.members(atoms[0]).tolist()
    elif kind in {"lock", "islands"}:
        atoms = np.flatnonzero(_groups(case, kind) == group).tolist()
    certificate = Certificate(
        kind, rule, "", tuple(int(atom) for atom in atoms), float(found[0]), float(found[1]), group
    )
    ids = case.problem.ids
    why = said(certificate, [f"atom {ids[atom]}" for atom in certificate.atoms[:1]])
    return replace(certificate, why=why)


def moved(certificate: Certificate, order: Ints) -> Certificate:
    """Name the atoms of a certificate by `order[p]` instead of p."""
    return replace(certificate, atoms=tuple(order[list(certificate.atoms)].tolist()))


def said(certificate: Certificate, names: Sequence[str]) -> str:
    """Say a certificate in plain words.

    Parameters
    ----------
    certificate
        What to say.
    names
        What its atoms are called, at least the first.

    Examples
    --------
    >>> said(Certificate("stranded_atom", "hard_range", "", (3,), 24.0, 30.0), ["building 7"])
    'building 7 shares no contiguous district in range with any neighbours: they hold 24, below 30'
    """
    value, limit = _whole(certificate.value), _whole(certificate.limit)
    first = names[0] if names else ""
    return {
        "atom_above_limit": f"one atom alone has {value}, above {limit}",
        "component_weight": f"its unconnected area has {value}, which no count of districts can "
        "hold",
        "count": f"{value} districts are asked for; no plan in range has fewer than {limit}"
        if certificate.value < certificate.limit
        else f"{value} districts are asked for; no plan in range has more than {limit}",
        "walking_ball": f"no centre within the walking limit of {first} can gather {limit}: "
        f"{value} at most",
        "unreachable": f"no walk leads from {first} to any possible centre",
        "stranded_atom": f"{first} shares no contiguous district in range with any neighbours: "
        f"they hold {value}, below {limit}",
        "lock": f"what is locked together needs {value} in one district, above {limit}"
        if np.isfinite(certificate.value)
        else "what is locked together lies in areas without a crossable border between them",
        "no_centre": f"{value} in its unconnected area may be centres, where {limit} are needed",
        "islands": f"its atoms lie in {value} areas without a crossable border between them",
        "bound": "its unconnected area cannot be shared out among centres, each with a number "
        "in range",
        "exhaustion": "all plans of its unconnected area were tried, and none keeps the rules",
    }[certificate.kind]


def _whole(value: float) -> str:
    return f"{value:.0f}" if np.isfinite(value) else "any number"


def _evidence(  # noqa: PLR0911 - one answer for each kind
    case: Case, kind: str, rule: str, atoms: Sequence[int], group: int, limit: float
) -> tuple[float, float] | None:
    """Return the value and the limit it misses, or None where nothing is proven."""
    match kind:
        case "atom_above_limit":
            return _atom_above(case, rule, atoms[0])
        case "component_weight":
            return _component_weight(case, rule, atoms[0])
        case "count":
            return _count(case)
        case "walking_ball" | "unreachable":
            low = case.problem.limit[0]
            ball = heaviest_ball(
                case.problem, case.area, atoms[0], walking=kind == "walking_ball", enough=low
            )
            return (max(ball, 0.0), float(low)) if ball < low else None
        case "stranded_atom":
            return _stranded(case, rule, atoms[0])
        case "lock":
            return _lock(case, group)
        case "no_centre":
            return _no_centre(case, atoms[0])
        case "islands":
            islands = len(np.unique(case.area[_groups(case, kind) == group]))
            return (islands, limit) if islands > limit else None
        case "bound":
            return _bound(case, rule, atoms[0])
        case _:
            return _exhaustion(case, rule, atoms[0])


def _atom_above(case: Case, rule: str, atom: int) -> tuple[float, float] | None:
    weight, high = case.load(rule, atom), case.limit(rule)[1]
    return (weight, high) if weight > high and not case.divisible[atom] else None


def _component_weight(case: Case, rule: str, atom: int) -> tuple[float, float] | None:
    weight = int(case.problem.weights[case.members(atom)].sum())
    limit = case.limit(rule)
    # Nobody at all is divided into no smaller districts.
    inner = None if rule == "soft_range" or not weight else case.problem.inner_limit
    for own in (limit, inner):
        if own is not None and not fits(weight, own):
            return weight, own[0] if weight < own[0] else own[1]
    return None


def _counts(case: Case) -> tuple[Ints, Ints]:
    """Return the fewest and most districts of each component."""
    problem = case.problem
    weights = np.bincount(case.area, weights=problem.weights)
    most_atoms = np.bincount(case.area)
    most_atoms[np.bincount(case.area, weights=case.divisible) > 0] = np.iinfo(np.int32).max
    pairs = [feasible_counts(int(weight), problem.limit) for weight in weights]
    bounds = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return bounds[:, 0], np.minimum(bounds[:, 1], most_atoms)


def _given(problem: Problem) -> Range | None:
    """Return the range of the count, None where it is free."""
    if problem.count is None:
        return None
    return (problem.count, problem.count) if isinstance(problem.count, int) else problem.count


def _count(case: Case) -> tuple[float, float] | None:
    given = _given(case.problem)
    if given is None:
        return None
    fewest, most = (int(each.sum()) for each in _counts(case))
    if given[1] < fewest:
        return given[1], fewest
    return (given[0], most) if given[0] > most else None


def _inside(case: Case) -> Ints:
    """Return the edges that do not cross from part to part."""
    edges = case.problem.edges
    if edges is None:
        raise AssertionError
    inside: Ints = edges[case.area[edges[:, 0]] == case.area[edges[:, 1]]]
    return inside


def shared(case: Case, atoms: Ints, high: int) -> Floats:
    """Sum up, for each of some atoms, all that could share a contiguous district with it.

    Those are the atoms that the lightest way to weighs no more than `high`.
    """
    passed = np.where(case.divisible, 0, case.problem.weights)
    ways = lightest_ways(passed, _inside(case), atoms, most=high)
    near = (ways <= high).astype(np.float64)
    around: Floats = near @ case.problem.weights
    return around


def _stranded(case: Case, rule: str, atom: int) -> tuple[float, float] | None:
    low, high = case.limit(rule)
    if case.problem.edges is None or case.divisible[atom]:
        return None
    around = float(shared(case, np.array([atom]), high)[0])
    return (around, low) if around < low else None


def _groups(case: Case, kind: str) -> Ints:
    groups = case.problem.locked if kind == "lock" else case.problem.keep_together
    return np.full(case.problem.n, -1) if groups is None else groups


def _lock(case: Case, group: int) -> tuple[float, float] | None:
    """Weigh the lightest district that could hold what is locked together."""
    problem, high = case.problem, case.problem.limit[1]
    members = np.flatnonzero(_groups(case, "lock") == group)
    if not len(members):
        return None
    if len(np.unique(case.area[members])) > 1:
        return np.inf, 1.0
    weight = float(problem.weights[members[~case.divisible[members]]].sum())
    if weight <= high and problem.edges is not None:
        between = np.where(case.divisible, 0, problem.weights)
        between[members] = 0
        ways = lightest_ways(between, _inside(case), members[:LOCK_ENDS])
        weight += float(ways[:, members].max())
    return (weight, high) if weight > high else None


def _no_centre(case: Case, atom: int) -> tuple[float, float] | None:
    members = case.members(atom)
    allowed = int(allowed_centres(case.problem)[members].sum())
    needed, given = int(_counts(case)[0][case.area[atom]]), _given(case.problem)
    if given and len(members) == case.problem.n:
        needed = max(needed, given[0])
    return (allowed, needed) if allowed < needed else None


def _bound(case: Case, rule: str, atom: int) -> tuple[float, float] | None:
    """Ask the Hess model of the component for the fewest districts that it can have.

    One step suffices: whether a centre's knapsack has a solution does not depend on prices. More
    districts need more such centres; only a single one must reach everybody itself.
    """
    problem, members = case.problem, case.members(atom)
    fewest, most = (int(each[case.area[atom]]) for each in _counts(case))
    given, n = _given(problem), len(members)
    if given and n == problem.n:
        fewest, most = max(fewest, given[0]), min(most, given[1])
    high = min(problem.limit[1], int(problem.weights[members].sum()))
    if fewest > most or n * n * (high + 1) > BOUND_TABLE:
        return None
    steps = (1, 0 if case.divisible[members].any() else 1)
    for count in range(fewest, min(most, max(fewest, 2)) + 1):
        bound = hess_bound(
            problem,
            members,
            count,
            limit=problem.limit,
            walk_kept=rule == "walk",
            upper=np.inf,
            steps=steps,
        )
        if np.isfinite(bound.value):
            return None
    return n, fewest


def _exhaustion(case: Case, rule: str, atom: int) -> tuple[float, float] | None:
    """Ask who tries all plans of the component; a range proof does not lean on the walks."""
    if case.exhaust is None or case.divisible.any():
        return None
    members = case.members(atom)
    own = case.problem.only(members)
    if len(members) < case.problem.n:
        own = own.changed(count=None)
    if rule != "walk":
        own = own.changed(max_walk_m=None)
    return (0.0, 1.0) if case.exhaust(own) is False else None
