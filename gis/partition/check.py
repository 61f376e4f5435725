"""Check labels against a problem's rules, and say what is proven unavoidable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gis.partition.cost import centres_of, group_pieces, outside, second_misses
from gis.partition.costs import beyond, by_centre, walks
from gis.partition.count import fits
from gis.partition.graph import joined, lightest_ways, pieces
from gis.partition.problem import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.partition.problem import Bools, Ints, Problem, Range

__all__ = ["check", "components", "reachable"]

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


def check(problem: Problem, labels: Ints) -> tuple[Violation, ...]:
    """List every rule that a plan does not keep.

    Parameters
    ----------
    problem
        The problem.
    labels
        (n,) district of each atom; below 0 means none.

    Returns
    -------
    tuple of Violation
        The worst rules first; empty when all rules hold. Walking runs to each district's best
        centre. A proof that something is unavoidable holds for every count of districts.

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
            check(problem.only(keep), labels[keep]), order[keep]
        )
    if problem.n == 0:
        return ()
    names, compact = np.unique(labels, return_inverse=True)
    found += _count(problem, len(names))
    found += _connected(problem, compact)
    found += _groups(problem, compact)
    found += _ranges(problem, compact)
    found += _second(problem, compact)
    found += _walks(problem, compact)
    found.sort(key=lambda v: (_RULES.index(v.rule), v.district, v.atom, v.group))
    named = tuple(
        replace(v, district=int(names[v.district]) if v.district >= 0 else -1) for v in found
    )
    return _moved(named, order)


def components(problem: Problem) -> Ints:
    """Return the connected component (inside one part) of each atom."""
    parts = np.zeros(problem.n, np.int64) if problem.parts is None else problem.parts
    if problem.edges is None:
        return np.unique(parts, return_inverse=True)[1].astype(np.int64)
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    return joined(problem.edges[parts[a] == parts[b]], problem.n)


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
    return tuple(replace(v, atom=int(order[v.atom]) if v.atom >= 0 else -1) for v in found)


def _count(problem: Problem, count: int) -> Iterator[Violation]:
    if problem.count is None:
        return
    low, high = (problem.count, problem.count) if isinstance(problem.count, int) else problem.count
    if not low <= count <= high:
        bound = low if count < low else high
        islands = int(components(problem).max()) + 1
        proven = islands > high or problem.n < low
        why = f"{count} districts instead of {bound}"
        if proven:
            why += f": there are {problem.n} atoms in {islands} unconnected areas"
        yield Violation("count", float(count), float(bound), why, proven=proven)


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


def _groups(problem: Problem, labels: Ints) -> Iterator[Violation]:
    high = problem.preferred[1]
    component = components(problem)
    for name, weight, many in group_pieces(problem.locked, problem, labels):
        if many > 1:
            islands = len(np.unique(component[problem.locked == name]))
            why = f"atoms locked together lie in {many} districts"
            if islands > 1:
                why += ", as they lie in areas without a crossable border between them"
            if weight > problem.limit[1]:
                why += f", as they hold {weight} households, above {problem.limit[1]}"
            proven = islands > 1 or weight > problem.limit[1]
            yield Violation("locked", float(many), 1.0, why, proven=proven, group=name)
    mean = problem.weights.sum() / max(int(labels.max()) + 1, 1)
    for name, weight, many in group_pieces(problem.keep_together, problem, labels):
        allowed = 1 if weight <= high else int(np.ceil(weight / max(min(mean, high), 1.0)))
        if many > allowed:
            islands = len(np.unique(component[problem.keep_together == name]))
            why = f"a compound of {weight} households lies in {many} districts, not {allowed}"
            if islands > allowed:
                why += f"; its atoms lie in {islands} areas without a crossable border"
            yield Violation(
                "keep_together",
                float(many),
                float(allowed),
                why,
                "warning",
                proven=islands > allowed,
                group=name,
            )


def _ranges(problem: Problem, labels: Ints) -> Iterator[Violation]:
    component = components(problem)
    loads = np.bincount(labels, weights=problem.weights).astype(np.int64)
    totals = np.bincount(component, weights=problem.weights).astype(np.int64)
    heaviest = np.zeros(len(loads), np.int64)
    np.maximum.at(heaviest, labels, problem.weights)
    for district, load in enumerate(loads.tolist()):
        area = int(totals[component[np.argmax(labels == district)]])
        for rule, limit in (("hard_range", problem.limit), ("soft_range", problem.preferred)):
            inner = problem.inner_limit if rule == "hard_range" else None
            if outside(load, limit, inner) == 0:
                continue
            low, high = limit
            bound = low if load < low else high
            why = f"{load} households, outside {low}-{high}"
            if low <= load <= high:
                why = f"{load} households, which no count of {inner} districts can hold"
            proven = True
            if heaviest[district] > high:
                why += f": one atom alone has {heaviest[district]}"
            elif not fits(area, limit):
                why += f": its unconnected area has {area}, which no count of districts can hold"
            elif (alone := _stranded(problem, np.flatnonzero(labels == district), limit)) >= 0:
                why += (
                    f": atom {problem.ids[alone]} shares no contiguous district of {low}-{high} "
                    "with any neighbours"
                )
            else:
                proven = False
            severity = "error" if rule == "hard_range" else "warning"
            yield Violation(
                rule,
                float(load),
                float(bound),
                why,
                "error" if severity == "error" else "warning",
                proven=proven,
                district=district,
            )
            break


def _second(problem: Problem, labels: Ints) -> Iterator[Violation]:
    limit = problem.second_preferred
    if limit is None or problem.second is None:
        return
    low, high = limit
    for district in np.flatnonzero(second_misses(problem, labels)).tolist():
        own = problem.second[labels == district]
        load, heaviest = int(own.sum()), int(own.max())
        why = f"a second load of {load}, outside {low}-{high}"
        if heaviest > high:
            why += f": one atom alone has {heaviest}"
        yield Violation(
            "second_range",
            float(load),
            float(low if load < low else high),
            why,
            "warning",
            proven=heaviest > high,
            district=district,
        )


def _stranded(problem: Problem, atoms: Ints, limit: Range) -> int:
    """Return the first of some atoms that no contiguous district in range can hold, or -1.

    All that could share one with it, as the way there weighs no more than U, weighs below L.
    """
    if problem.edges is None:
        return -1
    parts = np.zeros(problem.n, np.int64) if problem.parts is None else problem.parts
    inside = parts[problem.edges[:, 0]] == parts[problem.edges[:, 1]]
    ways = lightest_ways(problem.weights, problem.edges[inside], atoms, most=limit[1])
    stranded = np.flatnonzero((ways <= limit[1]) @ problem.weights < limit[0])
    return int(atoms[stranded[0]]) if len(stranded) else -1


def _walks(problem: Problem, labels: Ints) -> Iterator[Violation]:
    centres, _ = centres_of(problem, labels)
    if problem.can_be_centre is not None:
        component = components(problem)
        for district in np.flatnonzero(~problem.can_be_centre[centres]).tolist():
            area = component == component[centres[district]]
            proven = not problem.can_be_centre[area].any()
            why = "no atom of the district may be its centre"
            yield Violation("centre", 0.0, 1.0, why, proven=proven, district=district)
    own = (np.arange(problem.n), centres[labels])
    lost = np.isinf(problem.cost[own])
    far = beyond(problem, *own) & ~lost
    if lost.any():
        served = reachable(problem, walking=False)
        for atom in np.flatnonzero(lost).tolist():
            why = "no walk leads from the atom to its district's centre"
            proven = not served[atom]
            if proven:
                why = "no walk leads from the atom to any possible centre"
            yield Violation(
                "unreachable",
                float("inf"),
                float(problem.max_walk_m or 0.0),
                why,
                proven=proven,
                district=int(labels[atom]),
                atom=atom,
            )
    if far.any():
        served = reachable(problem, walking=True)
        metres = walks(problem, *own)
        limit = float(problem.max_walk_m or 0.0)
        for atom in np.flatnonzero(far).tolist():
            walk = float(metres[atom])
            why = f"{walk:.0f} m to the centre, above {limit:.0f} m"
            if not served[atom]:
                why += "; no district of enough households has a centre within reach"
            yield Violation(
                "walk",
                walk,
                limit,
                why,
                "warning",
                proven=not bool(served[atom]),
                district=int(labels[atom]),
                atom=atom,
            )
