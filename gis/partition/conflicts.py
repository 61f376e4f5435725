"""Shrink a proof to the requirements it needs, in the planner's words.

A deletion filter (Chinneck, Dravnieks 1991) over the requirements, in halves: what can be
dropped while the same proof still holds is dropped. What is left is irreducible: without any one
of it the proof fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gis.partition.certificates import case_of, proves
from gis.partition.changes import metres_of, through
from gis.partition.reasons import Conflict, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.partition.certificates import Case, Exhaust
    from gis.partition.problem import Problem
    from gis.partition.reasons import Certificate, CertificateKind

__all__ = ["conflict_of", "opening_name", "requirements_of", "without"]

#: Requirements that a problem does without where it has no such field.
_FIELDS: Final = (
    ("inner", "inner_limit"),
    ("count", "count"),
    ("walk", "max_walk_m"),
    ("centres", "can_be_centre"),
    ("parts", "parts"),
)
#: Proofs that look at all atoms: what splitting a single one would change is not known.
_OF_ALL: Final = frozenset({"count", "bound", "exhaustion"})


def requirements_of(problem: Problem, kind: CertificateKind) -> tuple[Requirement, ...]:
    """List all that a plan must keep, in the order in which it is tried to do without.

    Parameters
    ----------
    problem
        The problem.
    kind
        What proof is to be shrunk: some know of atoms one by one, some of all only.

    Examples
    --------
    >>> from gis.partition import Problem
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30), count=2)
    >>> [each.kind for each in requirements_of(problem, "count")]
    ['count', 'reach', 'indivisible', 'contiguity', 'upper', 'lower']
    """
    low, high = problem.limit
    found: list[Requirement] = []
    if problem.inner_limit is not None:
        inner = "{}-{}".format(*problem.inner_limit)
        found.append(Requirement("inner", f"every district is to be divided into ones of {inner}"))
    if problem.count is not None:
        number = problem.count if isinstance(problem.count, int) else "{}-{}".format(*problem.count)
        found.append(Requirement("count", f"{number} districts"))
    if problem.can_be_centre is not None and not problem.can_be_centre.all():
        found.append(Requirement("centres", "only some atoms may be a centre"))
    if problem.locked is not None:
        found += [
            Requirement("lock", f"what is locked together as {group} stays together", int(group))
            for group in np.unique(problem.locked[problem.locked >= 0])
        ]
    if problem.parts is not None:
        found.append(Requirement("parts", "no district lies in two parts"))
    if problem.openings is not None and problem.edges is not None:
        found += [
            Requirement("border", f"{opening_name(problem, at)} stays shut", at)
            for at in range(len(problem.openings))
        ]
    if problem.max_walk_m is not None:
        found.append(Requirement("walk", f"nobody walks above {problem.max_walk_m:.0f} m"))
    found.append(Requirement("reach", "everybody can walk to the centre"))
    if kind in _OF_ALL:
        found.append(Requirement("indivisible", "no atom is split"))
    else:
        found += [
            Requirement("indivisible", f"atom {problem.ids[atom]} is not split", int(atom))
            for atom in np.flatnonzero(problem.weights > 1)
        ]
    if problem.edges is not None:
        found.append(Requirement("contiguity", "districts hang together"))
    found.append(Requirement("upper", f"at most {high} households in a district"))
    found.append(Requirement("lower", f"at least {low} households in a district"))
    return tuple(found)


def without(
    problem: Problem, dropped: Iterable[Requirement], *, exhaust: Exhaust | None = None
) -> Case:
    """Return the case of a problem without some of its requirements."""
    gone = tuple(dropped)
    kinds = {each.kind for each in gone}
    for kind, field in _FIELDS:
        if kind in kinds:
            problem = problem.changed(**{field: None})
    low, high = problem.limit
    problem = problem.changed(
        limit=(
            0 if "lower" in kinds else low,
            max(high, int(problem.weights.sum())) if "upper" in kinds else high,
        )
    )
    if problem.locked is not None:
        free = np.isin(problem.locked, _of(gone, "lock"))
        problem = problem.changed(locked=np.where(free, -1, problem.locked))
    if problem.openings is not None:
        for at in _of(gone, "border"):
            problem = through(problem, *problem.openings[at].tolist())
    if "reach" in kinds:
        problem = _within_reach(problem)
    if "contiguity" in kinds:
        problem = problem.changed(edges=None)
    split = _of(gone, "indivisible")
    divisible = np.isin(np.arange(problem.n), split) | (-1 in split)
    return case_of(problem, divisible=divisible, exhaust=exhaust)


def conflict_of(
    problem: Problem, certificate: Certificate, *, exhaust: Exhaust | None = None
) -> Conflict:
    """Return an irreducible set of requirements by which a certificate holds.

    Parameters
    ----------
    problem
        The problem that the certificate was given for.
    certificate
        A proof that holds, of a hard rule or the walking limit.
    exhaust
        Who tries all plans, for "exhaustion".

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30))
    >>> conflict_of(problem, solve(problem).certificates[0]).why
    'these cannot all hold: atom 1 is not split; at most 30 households in a district'
    """
    dropped: list[Requirement] = []
    kept: list[Requirement] = []

    def still(more: list[Requirement]) -> bool:
        return proves(without(problem, dropped + more, exhaust=exhaust), certificate)

    todo = [list(requirements_of(problem, certificate.kind))]
    while todo:
        some = todo.pop()
        if still(some):
            dropped += some
        elif len(some) == 1:
            kept += some
        else:
            todo += [some[len(some) // 2 :], some[: len(some) // 2]]
    # A prover may look away where a requirement is missing and see again where more are.
    for each in tuple(kept):
        if still([each]):
            kept.remove(each)
            dropped.append(each)
    why = "these cannot all hold: " + "; ".join(each.words for each in kept)
    return Conflict(certificate, tuple(kept), why)


def opening_name(problem: Problem, at: int) -> str:
    """Return what an opening is called."""
    if problem.openings is None:
        raise AssertionError
    if problem.opening_names is not None:
        return problem.opening_names[at]
    one, other = sorted(problem.ids[problem.openings[at]].tolist())
    return f"the border of atoms {one} and {other}"


def _of(requirements: tuple[Requirement, ...], kind: str) -> list[int]:
    """Return what the requirements of one kind are about."""
    return [each.which for each in requirements if each.kind == kind]


def _within_reach(problem: Problem) -> Problem:
    """Let everybody reach everybody; the walking limit goes by the metres as they are."""
    walk_m = problem.walk_m
    if walk_m is None and problem.max_walk_m is not None:
        walk_m = metres_of(problem)
    free = np.broadcast_to(0.0, (problem.n, problem.n))
    return problem.changed(walk_m=walk_m, cost=free)
