"""Say the engine's proofs and remedies in a planner's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.partition import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.partition import Remedy, Solution, Violation

__all__ = ["remedies", "why"]

#: Remedies told of one violation, of different kinds.
TOLD: Final = 2
#: Buildings named in one remedy.
NAMED: Final = 3


def why(violation: Violation, names: Sequence[str]) -> str:
    """Say what a violation is and what proves it, buildings by name.

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30))
    >>> why(solve(problem).violations[0], ["1幢", "2幢"])
    '50 households, outside 10-30: one atom alone has 50, above 30'
    """
    proof = violation.certificate
    if proof is None:
        return violation.why
    words = said(proof, [names[atom] for atom in proof.atoms[:1]])
    return violation.why.replace(proof.why, words)


def remedies(solution: Solution, names: Sequence[str]) -> tuple[dict[int, str], dict[int, str]]:
    """Map districts out of range, and atoms too far from a centre, to what would mend that.

    Parameters
    ----------
    solution
        What the engine said.
    names
        (n,) what people call each atom.

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> problem = Problem([10, 50], [(0, 1)], [[0, 5], [5, 0]], (10, 30))
    >>> remedies(solve(problem), ["1幢", "2幢"])[0]
    {1: 'split 2幢 by stairwell into 2 parts, or allow 50 households instead of 30'}
    """
    grids: dict[int, str] = {}
    atoms: dict[int, str] = {}
    for violation in solution.violations:
        chosen = _chosen(solution, violation)
        if not chosen:
            continue
        words = ", or ".join(_words(remedy, names) for remedy in chosen)
        if violation.rule == "hard_range":
            grids[violation.district] = words
        elif violation.rule in {"walk", "unreachable"}:
            atoms[violation.atom] = words
    return grids, atoms


def _chosen(solution: Solution, violation: Violation) -> list[Remedy]:
    """Return the best remedies of a violation, one of each kind."""
    kinds: dict[str, Remedy] = {}
    for remedy in solution.remedies:
        if _mends(solution, remedy, violation):
            kinds.setdefault(remedy.kind, remedy)
    return list(kinds.values())[:TOLD]


def _mends(solution: Solution, remedy: Remedy, violation: Violation) -> bool:
    """Tell whether a remedy ends a violation's proof, or makes its range wide enough."""
    if violation.certificate is not None:
        return any(solution.certificates[at] == violation.certificate for at in remedy.mends)
    if violation.rule != "hard_range" or not remedy.confirmed:
        return False
    below = violation.value < violation.limit
    return remedy.kind == ("lower" if below else "upper") and (
        remedy.value <= violation.value if below else remedy.value >= violation.value
    )


def _words(remedy: Remedy, names: Sequence[str]) -> str:
    named = ", ".join(names[atom] for atom in remedy.atoms[:NAMED])
    named += " …" if len(remedy.atoms) > NAMED else ""
    return {
        "split": f"split {named} by stairwell into {remedy.value:.0f} parts",
        "centre": f"let {named} be a centre",
        "unlock": f"give up the lock of {named}",
        "count": f"plan {remedy.value:.0f} grids instead of {remedy.before:.0f}",
        "lower": f"allow {remedy.value:.0f} households instead of {remedy.before:.0f}",
        "upper": f"allow {remedy.value:.0f} households instead of {remedy.before:.0f}",
    }.get(remedy.kind, remedy.what)
