"""Check labels against a problem's rules, and say what is proven unavoidable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.partition.certificates import case_of, certify, moved, shared
from gis.partition.cost import centres_of, group_pieces, outside, second_misses
from gis.partition.costs import beyond, by_centre, walks
from gis.partition.exhaust import exhausted
from gis.partition.graph import pieces
from gis.partition.problem import Violation
from gis.partition.reach import components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.certificates import Case, Exhaust
    from gis.partition.problem import Bools, Ints, Problem, Severity
    from gis.partition.reasons import Certificate, CertificateKind

__all__ = ["check", "reachable"]

_RULES = (
    "unassigned",
    "count",
    "parts",
    "contiguity",
    "locked",
    "hard_range",
    "centre",
    "unreachable",
    "keep_together",
    "soft_range",
    "second_range",
    "walk",
)


#: Proofs about a whole component or problem, the cheapest first.
_LAST: Final = ("count", "bound", "exhaustion")


def check(
    problem: Problem, labels: Ints, *, exhaust: Exhaust | None = exhausted
) -> tuple[Violation, ...]:
    """List every rule that a plan does not keep.

    Parameters
    ----------
    problem
        The problem.
    labels
        (n,) district of each atom; below 0 means none.
    exhaust
        Tells whether a small problem has any plan (None: unknown), for proofs by trying them
        all; without it there are none.

    Returns
    -------
    tuple of Violation
        The worst rules first; empty when all rules hold. Walking runs to each district's best
        centre. What is proven unavoidable carries its certificate.

    Raises
    ------
    ValueError
        If there is not one label per atom.

    Examples
    --------
    >>> from gis.partition.problem import Problem
    >>> problem = Problem([10, 30], [(0, 1)], [[0, 5], [5, 0]], (15, 30))
    >>> [(v.rule, v.district, v.value, v.limit) for v in check(problem, np.array([0, 1]))]
    [('hard_range', 0, 10.0, 15.0)]
    """
    labels = np.asarray(labels, dtype=np.int64)
    if labels.shape != (problem.n,):
        msg = f"labels must be of shape ({problem.n},), not {labels.shape}"
        raise ValueError(msg)
    order = np.argsort(problem.ids, kind="stable")
    problem, labels = problem.reordered(order), labels[order]
    lost = np.flatnonzero(labels < 0)
    found = [
        Violation("unassigned", -1.0, 0.0, "the atom has no district", atom=int(i)) for i in lost
    ]
    if len(lost):
        keep = np.flatnonzero(labels >= 0)
        return tuple(replace(v, atom=int(order[v.atom])) for v in found) + _moved(
            check(problem.only(keep), labels[keep], exhaust=exhaust), order[keep]
        )
    case = case_of(problem, exhaust=exhaust)
    names, compact = np.unique(labels, return_inverse=True)
    found += _count(case, len(names))
    if problem.n:
        found += _connected(problem, compact)
        found += _groups(case, compact)
        found += _ranges(case, compact)
        found += _second(case, compact)
        found += _walks(case, compact)
    found.sort(key=lambda v: (_RULES.index(v.rule), v.district, v.atom, v.group))
    named = tuple(
        replace(v, district=int(names[v.district]) if v.district >= 0 else -1) for v in found
    )
    return _moved(named, order)


def reachable(problem: Problem, *, walking: bool) -> Bools:
    """Return which atoms some district in range could serve from an allowed centre.

    A centre serves only atoms of its component, finite in cost and (with `walking`) within the
    limit; it is possible only where those weigh at least L together. False is a proof.
    """
    component = components(problem)
    answer = np.zeros(problem.n, np.bool_)
    for centres, starts, atoms, _ in by_centre(problem, walk_kept=walking):
        centre = np.repeat(np.arange(len(centres)), np.diff(starts))
        near = component[atoms] == component[centres[centre]]
        centre, atom = centre[near], atoms[near]
        ball = np.bincount(centre, problem.weights[atom], len(centres))
        possible = np.zeros(len(centres), np.bool_)
        possible[centre[atom == centres[centre]]] = True
        possible &= ball >= problem.limit[0]
        if problem.can_be_centre is not None:
            possible &= problem.can_be_centre[centres]
        answer[atom[possible[centre]]] = True
    return answer


def _moved(found: tuple[Violation, ...], order: Ints) -> tuple[Violation, ...]:
    """Name the atoms of violations and of their proofs as given."""
    proofs: dict[int, Certificate] = {}
    for certificate in (v.certificate for v in found):
        if certificate is not None and id(certificate) not in proofs:
            proofs[id(certificate)] = moved(certificate, order)
    return tuple(
        replace(
            v,
            atom=int(order[v.atom]) if v.atom >= 0 else -1,
            certificate=None if v.certificate is None else proofs[id(v.certificate)],
        )
        for v in found
    )


def _count(case: Case, count: int) -> Iterator[Violation]:
    given = case.problem.count
    if given is None:
        return
    low, high = (given, given) if isinstance(given, int) else given
    if not low <= count <= high:
        bound = low if count < low else high
        why = f"{count} districts instead of {bound}"
        proof = certify(case, "count", "count")
        if proof is not None:
            islands = int(case.area.max(initial=-1)) + 1
            why += f": there are {case.problem.n} atoms in {islands} unconnected areas"
        yield Violation("count", float(count), float(bound), why, certificate=proof)


def _connected(problem: Problem, labels: Ints) -> Iterator[Violation]:
    if problem.parts is not None:
        pairs = np.unique(np.column_stack([labels, problem.parts]), axis=0)
        for district, many in enumerate(np.bincount(pairs[:, 0])):
            if many > 1:
                why = f"the district lies in {many} parts"
                yield Violation("parts", float(many), 1.0, why, district=district)
    if problem.edges is not None:
        piece = pieces(problem.edges, labels)
        pairs = np.unique(np.column_stack([labels, piece]), axis=0)
        for district, many in enumerate(np.bincount(pairs[:, 0])):
            if many > 1:
                why = f"the district is in {many} pieces that share no crossable border"
                yield Violation("contiguity", float(many), 1.0, why, district=district)


def _groups(case: Case, labels: Ints) -> Iterator[Violation]:
    problem = case.problem
    high = problem.preferred[1]
    for name, _, many in group_pieces(problem.locked, problem, labels):
        if many > 1:
            proof = certify(case, "lock", "locked", group=name)
            why = f"atoms locked together lie in {many} districts"
            why += f": {proof.why}" if proof else ""
            yield Violation("locked", float(many), 1.0, why, group=name, certificate=proof)
    mean = problem.weights.sum() / max(int(labels.max()) + 1, 1)
    for name, weight, many in group_pieces(problem.keep_together, problem, labels):
        allowed = 1 if weight <= high else int(np.ceil(weight / max(min(mean, high), 1.0)))
        if many > allowed:
            proof = certify(case, "islands", "keep_together", group=name, limit=float(allowed))
            why = f"a compound of {weight} households lies in {many} districts, not {allowed}"
            why += f"; {proof.why}" if proof else ""
            yield Violation(
                "keep_together",
                float(many),
                float(allowed),
                why,
                "warning",
                group=name,
                certificate=proof,
            )


def _ranges(case: Case, labels: Ints) -> Iterator[Violation]:
    problem = case.problem
    proofs = _AreaProofs(case)
    loads = np.bincount(labels, weights=problem.weights).astype(np.int64)
    for district, load in enumerate(loads.tolist()):
        severity: Severity
        for rule, limit, severity in (
            ("hard_range", problem.limit, "error"),
            ("soft_range", problem.preferred, "warning"),
        ):
            inner = problem.inner_limit if rule == "hard_range" else None
            if outside(load, limit, inner) == 0:
                continue
            low, high = limit
            bound = low if load < low else high
            why = f"{load} households, outside {low}-{high}"
            if low <= load <= high:
                why = f"{load} households, which no count of {inner} districts can hold"
            proof = proofs.of(rule, np.flatnonzero(labels == district))
            why += f": {proof.why}" if proof else ""
            yield Violation(
                rule,
                float(load),
                float(bound),
                why,
                severity,
                district=district,
                certificate=proof,
            )
            break


class _AreaProofs:
    """Proofs of one district, else of its component; those are looked for once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._areas: dict[tuple[CertificateKind, str, int], Certificate | None] = {}

    def of(self, rule: str, atoms: Ints) -> Certificate | None:
        """Return the first proof that holds for a district of these atoms, the cheapest first."""
        proof = self._of_atoms(rule, atoms) or self.of_area("component_weight", rule, atoms)
        proof = proof or self._of_stranded(rule, atoms)
        if proof is None and rule == "hard_range":
            for kind in _LAST:
                proof = proof or self.of_area(kind, rule, atoms)
        return proof

    def of_area(self, kind: CertificateKind, rule: str, atoms: Ints) -> Certificate | None:
        """Return a proof about the component of some atoms, looked for once."""
        key = kind, rule, int(self._case.area[atoms[0]])
        if key not in self._areas:
            self._areas[key] = certify(
                self._case, kind, rule, [] if kind == "count" else [int(atoms[0])]
            )
        return self._areas[key]

    def _of_atoms(self, rule: str, atoms: Ints) -> Certificate | None:
        problem = self._case.problem
        heaviest = int(atoms[np.argmax(problem.weights[atoms])])
        proof = certify(self._case, "atom_above_limit", rule, [heaviest])
        if proof is None and rule == "hard_range" and problem.locked is not None:
            for lock in np.unique(problem.locked[atoms]):
                proof = proof or certify(self._case, "lock", rule, group=int(lock))
        return proof

    def _of_stranded(self, rule: str, atoms: Ints) -> Certificate | None:
        low, high = self._case.limit(rule)
        if self._case.problem.edges is None:
            return None
        alone = atoms[shared(self._case, atoms, high) < low]
        return (
            certify(self._case, "stranded_atom", rule, alone[:1].tolist()) if len(alone) else None
        )


def _second(case: Case, labels: Ints) -> Iterator[Violation]:
    problem = case.problem
    limit = problem.second_preferred
    if limit is None or problem.second is None:
        return
    low, high = limit
    for district in np.flatnonzero(second_misses(problem, labels)).tolist():
        atoms = np.flatnonzero(labels == district)
        own = problem.second[atoms]
        load = int(own.sum())
        why = f"a second load of {load}, outside {low}-{high}"
        proof = certify(case, "atom_above_limit", "second_range", [int(atoms[np.argmax(own)])])
        if proof:
            why += f": {proof.why}"
        yield Violation(
            "second_range",
            float(load),
            float(low if load < low else high),
            why,
            "warning",
            district=district,
            certificate=proof,
        )


def _walks(case: Case, labels: Ints) -> Iterator[Violation]:
    problem = case.problem
    centres, _ = centres_of(problem, labels)
    if problem.can_be_centre is not None:
        for district in np.flatnonzero(~problem.can_be_centre[centres]).tolist():
            why = "no atom of the district may be its centre"
            proof = certify(case, "no_centre", "centre", [int(centres[district])])
            yield Violation("centre", 0.0, 1.0, why, district=district, certificate=proof)
    own = (np.arange(problem.n), centres[labels])
    lost = np.isinf(problem.cost[own])
    far = beyond(problem, *own) & ~lost
    served = reachable(problem, walking=False) if lost.any() else lost
    for atom in np.flatnonzero(lost).tolist():
        why = "no walk leads from the atom to its district's centre"
        proof = None if served[atom] else certify(case, "unreachable", "unreachable", [atom])
        if proof:
            why = "no walk leads from the atom to any possible centre"
        yield Violation(
            "unreachable",
            float("inf"),
            float(problem.max_walk_m or 0.0),
            why,
            district=int(labels[atom]),
            atom=atom,
            certificate=proof,
        )
    if far.any():
        yield from _far(case, labels, centres, np.flatnonzero(far))


def _far(case: Case, labels: Ints, centres: Ints, atoms: Ints) -> Iterator[Violation]:
    """List atoms beyond the walking limit."""
    problem, proofs = case.problem, _AreaProofs(case)
    served = reachable(problem, walking=True)
    metres = walks(problem, atoms, centres[labels[atoms]])
    limit = float(problem.max_walk_m or 0.0)
    for atom, walk in zip(atoms.tolist(), metres.tolist(), strict=True):
        why = f"{walk:.0f} m to the centre, above {limit:.0f} m"
        proof = None if served[atom] else certify(case, "walking_ball", "walk", [atom])
        if proof:
            why += "; no district of enough households has a centre within reach"
        for kind in _LAST:
            proof = proof or proofs.of_area(kind, "walk", np.array([atom]))
        yield Violation(
            "walk",
            walk,
            limit,
            why,
            "warning",
            district=int(labels[atom]),
            atom=atom,
            certificate=proof,
        )
