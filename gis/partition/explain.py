"""Add to a plan that breaks rules why it must, and what would mend it, within a bounded effort."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.certificates import moved
from gis.partition.changes import mended
from gis.partition.conflicts import conflict_of
from gis.partition.reach import components
from gis.partition.reasons import Remedy
from gis.partition.remedies import remedies_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gis.partition.certificates import Exhaust
    from gis.partition.problem import Ints, Problem, Solution
    from gis.partition.reasons import Certificate, Conflict

__all__ = ["explained", "proofs_moved", "ranked"]

#: Certificates that are shrunk to conflicts and mended; the first of each kind come first.
EXPLAINED = 12
#: Quick solves, and the atoms of an area that one is spent on.
SOLVES, SOLVED_ATOMS = 24, 60
#: Rules whose proofs are explained: those that a plan must keep, and the walking limit.
RULES = frozenset({"count", "locked", "hard_range", "centre", "unreachable", "walk"})
#: What is changed, from the ground over the planner's wishes to the rules themselves.
ORDER = ("open", "split", "centre", "unlock", "count", "walk", "lower", "upper")


def explained(
    problem: Problem,
    solution: Solution,
    *,
    attempt: Callable[[Problem], Solution],
    exhaust: Exhaust | None = None,
) -> Solution:
    """Add certificates, conflicts and remedies to a solution.

    At most 12 certificates are explained, each with some tens of runs of its own prover; at most
    24 areas of at most 60 atoms are solved quickly to confirm a remedy and tell its cost.

    Parameters
    ----------
    problem
        What was solved.
    solution
        The least bad plan; a feasible one comes back as it is.
    attempt
        Solves a small problem quickly, without explaining it.
    exhaust
        Who tries all plans of a small problem.
    """
    if solution.status == "feasible":
        return solution
    found = [v.certificate for v in solution.violations if v.rule in RULES and v.certificate]
    certificates = tuple(dict.fromkeys(found))
    chosen = sorted(_turns([each.kind for each in certificates])[:EXPLAINED])
    conflicts = {at: conflict_of(problem, certificates[at], exhaust=exhaust) for at in chosen}
    told = [
        replace(remedy, mends=(at,))
        for at, conflict in conflicts.items()
        for remedy in remedies_of(problem, conflict, exhaust=exhaust)
    ]
    tried = _Trials(problem, solution, certificates, attempt).of(_merged(told))
    whole = _merged([*tried, *_as_planned(problem, solution, certificates)])
    return replace(
        solution,
        certificates=certificates,
        conflicts=_distinct(conflicts.values()),
        remedies=tuple(ranked(whole)),
    )


def ranked(remedies: Iterable[Remedy]) -> list[Remedy]:
    """Sort remedies, the best first.

    The least change of the rules comes first: the ground (a border opened, an atom split, one
    more centre), then a wish (a lock, the count), the walking limit, the hard range; then by how
    much; then by the plan's cost. What a quick solve could not confirm comes after all others.
    """
    return sorted(
        remedies,
        key=lambda each: (
            each.confirmed is False,
            ORDER.index(each.kind) if each.kind != "upper" else ORDER.index("lower"),
            each.price,
            each.plan_cost,
            each.kind,
            each.value,
            each.atoms,
            each.which,
        ),
    )


def proofs_moved(solution: Solution, order: Ints) -> Solution:
    """Name the atoms of proofs, conflicts and remedies as they were before ordering."""
    conflicts = tuple(
        replace(
            each,
            certificate=moved(each.certificate, order),
            requirements=tuple(
                replace(own, which=int(order[own.which]))
                if own.kind == "indivisible" and own.which >= 0
                else own
                for own in each.requirements
            ),
        )
        for each in solution.conflicts
    )
    violations = tuple(
        v if v.certificate is None else replace(v, certificate=moved(v.certificate, order))
        for v in solution.violations
    )
    return replace(
        solution,
        violations=violations,
        certificates=tuple(moved(each, order) for each in solution.certificates),
        conflicts=conflicts,
        remedies=tuple(
            replace(each, atoms=tuple(order[list(each.atoms)].tolist()))
            for each in solution.remedies
        ),
    )


class _Trials:
    """Quick solves of the areas that remedies change, no more than allowed."""

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        certificates: Sequence[Certificate],
        attempt: Callable[[Problem], Solution],
    ) -> None:
        self._problem = problem
        self._certificates = certificates
        self._attempt = attempt
        self._area = components(problem)
        own = (np.arange(problem.n), solution.centres[solution.labels])
        self._spent = problem.cost[own]
        self._left = SOLVES

    def of(self, remedies: Sequence[Remedy]) -> list[Remedy]:
        """Return the remedies with what a quick solve says, the best of each kind tried first."""
        best = ranked(remedies)
        turn = _turns([each.kind for each in best])
        return [self._tried(best[at]) for at in turn]

    def _tried(self, remedy: Remedy) -> Remedy:
        problem = self._problem
        named = [self._certificates[at].atoms for at in remedy.mends]
        about = [*remedy.atoms, *(atom for atoms in named for atom in atoms)]
        # A proof that names no atom is about all.
        everything = not all(named)
        inside = np.isin(self._area, self._area[about]) | everything
        atoms = np.flatnonzero(inside)
        whole = len(atoms) == problem.n
        if (
            not self._left
            or not 0 < len(atoms) <= SOLVED_ATOMS
            or (remedy.kind == "count" and not whole)
        ):
            return remedy
        self._left -= 1
        small = problem.only(atoms)
        if not whole:
            small = small.changed(count=None)
        places = tuple(np.searchsorted(atoms, remedy.atoms).tolist())
        found = self._attempt(mended(small, replace(remedy, atoms=places)))
        if found.status != "feasible":
            return replace(remedy, confirmed=False)
        cost = float(self._spent[~inside].sum()) + found.cost
        return replace(remedy, confirmed=True, plan_cost=cost)


def _turns(kinds: Sequence[str]) -> list[int]:
    """Return positions in turns: the first of each kind, then the second of each, and so on."""
    seen: dict[str, int] = {}
    rank = []
    for at, kind in enumerate(kinds):
        seen[kind] = seen.get(kind, 0) + 1
        rank.append((seen[kind], at))
    return [at for _, at in sorted(rank)]


def _as_planned(
    problem: Problem, solution: Solution, certificates: Sequence[Certificate]
) -> list[Remedy]:
    """Widen the hard range to what the plan at hand needs, where nothing else is wrong with it."""
    errors = [v for v in solution.violations if v.severity == "error" or v.rule == "walk"]
    loads = np.bincount(solution.labels, weights=problem.weights).astype(np.int64)
    low, high = problem.limit
    least, most = int(loads.min(initial=low)), int(loads.max(initial=high))
    held = all(v.rule == "hard_range" and not low <= v.value <= high for v in errors)
    if not held or (least < low) == (most > high):
        return []
    mends = tuple(at for at, each in enumerate(certificates) if each.rule == "hard_range")
    kind, value, before = ("lower", least, low) if least < low else ("upper", most, high)
    return [
        Remedy(
            "lower" if kind == "lower" else "upper",
            f"allow {value} instead of {before}",
            (),
            float(value),
            float(before),
            float(abs(value - before)),
            mends,
            confirmed=True,
            plan_cost=solution.cost,
        )
    ]


def _merged(remedies: Sequence[Remedy]) -> list[Remedy]:
    """Put equal remedies together; a larger change of a bound also mends what a smaller does."""
    groups: dict[tuple[str, float, tuple[int, ...], int], list[Remedy]] = {}
    for each in remedies:
        groups.setdefault((each.kind, each.value, each.atoms, each.which), []).append(each)
    merged = []
    for own in groups.values():
        mends = {at for each in own for at in each.mends}
        if own[0].kind in {"walk", "lower", "upper"}:
            lesser = (r for r in remedies if r.kind == own[0].kind and r.price < own[0].price)
            mends |= {at for each in lesser for at in each.mends}
        confirmed = [each for each in own if each.confirmed]
        best = min(confirmed or own, key=lambda each: each.plan_cost)
        merged.append(replace(best, mends=tuple(sorted(mends))))
    return merged


def _distinct(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Keep the first conflict of each set of requirements."""
    first = {each.requirements: each for each in reversed(list(conflicts))}
    return tuple(reversed(first.values()))
