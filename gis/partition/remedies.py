"""Look for single changes that would end a proof of infeasibility, each as small as possible.

Whatever mends a proof by itself eases one of the requirements of its conflict, so those are gone
through one by one: a hard bound by bisection, the walking limit by the exact least that serves
the atom, a count by its neighbours, a border, a lock, a centre or a split as they are. What comes
out has been put to the same prover again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.certificates import case_of, proves
from gis.partition.changes import WALK_ATOMS, mended, parted, through
from gis.partition.conflicts import opening_name
from gis.partition.costs import walks
from gis.partition.reach import least_walk
from gis.partition.reasons import Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.certificates import Case, Exhaust
    from gis.partition.problem import Problem
    from gis.partition.reasons import Certificate, Conflict, Requirement

__all__ = ["remedies_of"]

#: Parts that an atom is split into at most, and the largest component that it is tried in.
MOST_PARTS, SPLIT_ATOMS = 16, 400
#: Where no atom stands out: how many of the heaviest are tried, in how many parts at most.
HEAVIEST, HEAVIEST_PARTS = 3, 4
#: Centres that are tried, and that are told; counts tried on either side.
CENTRES, TOLD_CENTRES, COUNTS = 16, 3, 8
#: Openings that are tried.
OPENINGS = 32


def remedies_of(
    problem: Problem, conflict: Conflict, *, exhaust: Exhaust | None = None
) -> Iterator[Remedy]:
    """Yield the changes that end a proof, each the least of its kind.

    Parameters
    ----------
    problem
        The problem that the certificate was given for.
    conflict
        What contradicts what.
    exhaust
        Who tries all plans, for "exhaustion".

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30))
    >>> [conflict] = solve(problem).conflicts
    >>> [remedy.what for remedy in remedies_of(problem, conflict)]
    ['split atom 1 into 2 parts of at most 25', 'allow 50 instead of 30']
    """
    case = case_of(problem, exhaust=exhaust)
    opened = 0
    for requirement in conflict.requirements:
        match requirement.kind:
            case "lower" | "upper":
                yield from _wider(case, conflict.certificate, up=requirement.kind == "upper")
            case "count":
                yield from _count(case, conflict.certificate)
            case "walk":
                yield from _walk(case, conflict.certificate)
            case "centres":
                yield from _centres(case, conflict.certificate)
            case "lock":
                yield from _unlocked(case, conflict.certificate, requirement)
            case "indivisible":
                yield from _split(case, conflict.certificate, requirement.which)
            case "border" if opened < OPENINGS:
                opened += 1
                yield from _opened(case, conflict.certificate, requirement.which)


def _ends(case: Case, certificate: Certificate, problem: Problem) -> bool:
    """Tell whether a changed problem, whose components are the same, is free of the proof."""
    return not proves(replace(case, problem=problem), certificate)


def _wider(case: Case, certificate: Certificate, *, up: bool) -> Iterator[Remedy]:
    """Widen the hard range at one end by the least that suffices."""
    problem, (low, high) = case.problem, case.problem.limit
    shut, free = (high, max(high, int(problem.weights.sum()))) if up else (low, 0)

    def ends(value: int) -> bool:
        limit = (low, value) if up else (value, high)
        return _ends(case, certificate, problem.changed(limit=limit))

    if shut == free or not ends(free):
        return
    before = shut
    while abs(free - shut) > 1:
        middle = (free + shut) // 2
        shut, free = (shut, middle) if ends(middle) else (middle, free)
    yield Remedy(
        "upper" if up else "lower",
        f"allow {free} instead of {before}",
        (),
        float(free),
        float(before),
        float(abs(free - before)),
    )


def _count(case: Case, certificate: Certificate) -> Iterator[Remedy]:
    """Take the nearest count on either side, fewer first."""
    given = case.problem.count
    if given is None:
        return
    low, high = (given, given) if isinstance(given, int) else given
    known = [int(certificate.limit)] if certificate.kind == "count" else []
    for before, tried in (
        (low, [each for each in known if each < low] + [low - 1 - at for at in range(COUNTS)]),
        (high, [each for each in known if each > high] + [high + 1 + at for at in range(COUNTS)]),
    ):
        for count in tried:
            if count < 1:
                continue
            if _ends(case, certificate, case.problem.changed(count=count)):
                what = f"plan {count} instead of {before} districts"
                price = float(abs(count - before))
                yield Remedy("count", what, (), float(count), float(before), price)
                break


def _walk(case: Case, certificate: Certificate) -> Iterator[Remedy]:
    """Lengthen the walking limit to the least that suffices."""
    problem = case.problem
    before = problem.max_walk_m
    if before is None:
        return
    if certificate.kind == "walking_ball":
        least = least_walk(problem, case.area, certificate.atoms[0])
    else:
        least = _bisected_walk(case, certificate, before)
    if np.isfinite(least) and _ends(case, certificate, problem.changed(max_walk_m=least)):
        what = f"allow a walk of {np.ceil(least):.0f} m instead of {before:.0f} m"
        yield Remedy("walk", what, (), least, float(before), least - float(before))


def _bisected_walk(case: Case, certificate: Certificate, before: float) -> float:
    """Return the least walk of a component that ends the proof as a limit, or inf."""
    problem, members = case.problem, case.members(certificate.atoms[0]) if case.problem.n else None
    if members is None or len(members) > WALK_ATOMS:
        return np.inf
    metres = walks(problem, members[:, None], members[None, :])
    tried = np.unique(metres[np.isfinite(metres) & (metres > before)])
    shut, free = -1, len(tried) - 1
    if free < 0 or not _ends(case, certificate, problem.changed(max_walk_m=float(tried[free]))):
        return np.inf
    while free - shut > 1:
        middle = (free + shut) // 2
        ends = _ends(case, certificate, problem.changed(max_walk_m=float(tried[middle])))
        shut, free = (shut, middle) if ends else (middle, free)
    return float(tried[free])


def _centres(case: Case, certificate: Certificate) -> Iterator[Remedy]:
    """Let one more atom be a centre, the nearest to what is concerned first."""
    problem = case.problem
    if problem.can_be_centre is None or not certificate.atoms:
        return
    atom = certificate.atoms[0]
    members = case.members(atom)
    barred = members[~problem.can_be_centre[members]]
    near = barred[np.argsort(problem.cost[atom, barred], kind="stable")]
    told = 0
    for centre in near[:CENTRES].tolist():
        what = f"let atom {problem.ids[centre]} be a centre"
        remedy = Remedy("centre", what, (centre,), 1.0, 0.0, 1.0)
        if _ends(case, certificate, mended(problem, remedy)):
            yield remedy
            told += 1
        if told == TOLD_CENTRES:
            return
    many = len(barred)
    every = Remedy(
        "centre", "let any atom be a centre", tuple(barred.tolist()), many, 0.0, float(many)
    )
    if not told and many > 1 and _ends(case, certificate, mended(problem, every)):
        yield every


def _unlocked(case: Case, certificate: Certificate, requirement: Requirement) -> Iterator[Remedy]:
    if case.problem.locked is None:
        return
    atoms = tuple(np.flatnonzero(case.problem.locked == requirement.which).tolist())
    what = f"give up the lock {requirement.which}"
    remedy = Remedy("unlock", what, atoms, 0.0, 1.0, 1.0, which=requirement.which)
    if _ends(case, certificate, mended(case.problem, remedy)):
        yield remedy


def _opened(case: Case, certificate: Certificate, at: int) -> Iterator[Remedy]:
    """Open a border."""
    problem = case.problem
    if problem.openings is None or problem.edges is None:
        return
    ends = (int(problem.openings[at, 0]), int(problem.openings[at, 1]))
    if not proves(case_of(through(problem, *ends), exhaust=case.exhaust), certificate):
        what = f"open {opening_name(problem, at)}"
        yield Remedy("open", what, ends, 1.0, 0.0, 1.0, which=at)


def _split(case: Case, certificate: Certificate, atom: int) -> Iterator[Remedy]:
    """Split an atom, or the heaviest ones, into the fewest parts that suffice."""
    problem = case.problem
    if certificate.kind == "count" or not certificate.atoms:
        return
    members = np.flatnonzero(np.isin(case.area, case.area[list(certificate.atoms)]))
    most, weights = MOST_PARTS, problem.weights
    atoms = [atom]
    if atom < 0:
        heavy = members[np.argsort(-weights[members], kind="stable")]
        atoms, most = heavy[:HEAVIEST].tolist(), HEAVIEST_PARTS
    elif certificate.kind == "atom_above_limit":
        members = np.array([atom])
    if len(members) > SPLIT_ATOMS or atom not in {-1, *members.tolist()}:
        return
    small = problem.only(members)
    own = replace(certificate, atoms=tuple(np.searchsorted(members, certificate.atoms).tolist()))
    for each in atoms:
        whole, high = int(weights[each]), max(problem.limit[1], 1)
        place = int(np.searchsorted(members, each))
        fewest = max(2, -(-whole // high))
        for parts in range(fewest, min(max(most, fewest), whole) + 1):
            case_ = case_of(parted(small, place, parts), exhaust=case.exhaust)
            if not proves(case_, own):
                yield Remedy(
                    "split",
                    f"split atom {problem.ids[each]} into {parts} parts of at most "
                    f"{-(-whole // parts)}",
                    (int(each),),
                    float(parts),
                    1.0,
                    float(parts - 1),
                )
                break
