"""Solve one level: construct, anneal from several starts, prove a bound, report."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.partition.blocks import blocks_for, solve_blocks
from gis.partition.budget import budget
from gis.partition.check import check
from gis.partition.cost import centres_of, terms_of
from gis.partition.count import choose_counts, countable
from gis.partition.exhaust import exhausted
from gis.partition.explain import explained, proofs_moved
from gis.partition.graph import first_seen
from gis.partition.lower_bound import hess_bound
from gis.partition.pace import Pace
from gis.partition.part import Found, bound_for, resume_part, solve_part
from gis.partition.problem import Solution
from gis.partition.reach import components

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.partition.budget import Budget, Effort
    from gis.partition.certificates import Exhaust
    from gis.partition.problem import Ints, Problem, Status

__all__ = [
    "Known",
    "gap_of",
    "lower_bound",
    "report",
    "restored",
    "solve",
    "with_reasons",
]

#: Components of one problem that were solved before: by work, seed, count and atoms.
Known = dict[tuple[Any, ...], Found]

#: Share of the work that is done when every component is solved; the report is the rest.
NEARLY = 0.99


def solve(  # noqa: PLR0913 - the choices of one call, all by keyword
    problem: Problem,
    *,
    seed: int = 0,
    effort: Effort = "normal",
    progress: Callable[[float], None] | None = None,
    explain: bool = True,
    exhaust: Exhaust | None = exhausted,
    time_limit_s: float | None = None,
    clock: Callable[[], float] = monotonic,
    known: Known | None = None,
) -> Solution:
    """Partition the atoms into districts.

    Whatever the problem, an answer comes back: where rules cannot all hold, the least bad plan
    with its violations, what proves them unavoidable, which requirements contradict each other,
    and what would mend them.

    Parameters
    ----------
    problem
        What to partition, and the rules.
    seed
        Another seed gives another search; the same gives the same plan, to the last digit.
    effort
        How much work: "quick", "normal" or "thorough".
    progress
        Called with the share done, 0 to 1, after every start and some windows.
    time_limit_s
        Seconds after which no new work starts: a safety valve, for the best plan so far and its
        bound then come back, but not the same ones each time (`Solution.repeatable`). A step
        under way is finished first.
    clock
        What the time limit goes by: returns seconds that only rise.
    explain
        Whether conflicts and remedies are looked for where rules do not hold.
    exhaust
        Tells whether a small problem has any plan (None: unknown), for proofs by trying them all.

    known
        What components were solved before in problems that differ in `parts` alone; what is
        solved now is added. Its answers are the same with and without.

    Examples
    --------
    >>> from gis.partition import Problem, solve
    >>> walk = np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0))) * 50
    >>> problem = Problem([10] * 6, [(i, i + 1) for i in range(5)], 10 * walk, (20, 40), target=30)
    >>> solution = solve(problem, effort="quick")
    >>> solution.labels.tolist(), solution.cost, solution.status, solution.gap
    ([0, 0, 0, 1, 1, 1], 2000.0, 'feasible', 0.0)
    """
    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    proofs = exhaust if explain else None
    pace = Pace(progress, limit_s=time_limit_s, clock=clock)
    work = budget(effort)
    found = _planned(problem.reordered(order), seed, work, pace, exhaust=proofs, known=known)
    solution = restored(found, order)
    if explain and not pace.over():
        solution = with_reasons(problem, solution, seed=seed, exhaust=exhaust)
    pace.done(1.0)
    return replace(solution, repeatable=not pace.cut)


def with_reasons(
    problem: Problem, solution: Solution, *, seed: int = 0, exhaust: Exhaust | None = exhausted
) -> Solution:
    """Add certificates, conflicts and remedies to a solution that breaks rules."""
    if solution.status == "feasible":
        return solution

    def attempt(small: Problem) -> Solution:
        return _planned(small, seed, budget("quick"), Pace())

    order = np.argsort(problem.ids, kind="stable").astype(np.int64)
    ordered = problem.reordered(order)
    again = report(ordered, solution.labels[order], solution.lower_bound, exhaust=exhaust)
    found = restored(explained(ordered, again, attempt=attempt, exhaust=exhaust), order)
    return replace(
        solution,
        violations=found.violations,
        why=found.why,
        certificates=found.certificates,
        conflicts=found.conflicts,
        remedies=found.remedies,
    )


def _planned(
    ordered: Problem,
    seed: int,
    work: Budget,
    pace: Pace,
    *,
    exhaust: Exhaust | None = None,
    known: Known | None = None,
) -> Solution:
    """Solve a problem that is in the order of its ids, component by component."""
    known = {} if known is None else known
    area = components(ordered)
    counts = counts_of(ordered, area)
    labels = np.zeros(ordered.n, np.int64)
    bound, done, begun = 0.0, 0, 0
    for part, count in enumerate(counts.tolist()):
        atoms = np.flatnonzero(area == part)
        share = pace.part(begun / ordered.n * NEARLY, (begun + len(atoms)) / ordered.n * NEARLY)
        key = (work, seed, count, atoms.tobytes())
        if (found := known.get(key)) is None:
            found = _component(ordered.only(atoms), count, seed, work, share)
            # What was cut short by the clock is no answer to the same question asked again.
            if not share.cut:
                known[key] = found
        begun += len(atoms)
        labels[atoms] = found.labels + done
        bound += found.bound
        done += int(found.labels.max()) + 1
    return report(ordered, labels, bound, exhaust=exhaust)


def lower_bound(problem: Problem, count: int) -> float:
    """Return a cost that no plan of this count, hard range and walking limit goes below.

    The bound is for the assignment term; inf says that no such plan exists. Contiguity, parts,
    groups and locks are left out, so it holds with and without them.

    Examples
    --------
    >>> from gis.partition import Problem
    >>> problem = Problem([10, 10], [(0, 1)], [[0.0, 30.0], [30.0, 0.0]], (10, 20))
    >>> lower_bound(problem, 1), lower_bound(problem, 2), lower_bound(problem, 3)
    (30.0, 0.0, inf)
    """
    ordered = problem.reordered(np.argsort(problem.ids, kind="stable").astype(np.int64))
    steps = budget("normal").steps
    everything = np.arange(problem.n)
    return hess_bound(
        ordered, everything, count, limit=problem.limit, walk_kept=True, upper=np.inf, steps=steps
    ).value


def counts_of(problem: Problem, area: Ints) -> Ints:
    """Return the count of districts of every connected component."""
    target = problem.wanted
    return choose_counts(
        np.bincount(area, weights=countable(problem.weights, problem.limit, target)).astype(
            np.int64
        ),
        np.bincount(area),
        limit=problem.limit,
        soft=problem.preferred,
        target=target,
        count=problem.count,
    )


def report(
    problem: Problem, labels: Ints, bound: float, *, exhaust: Exhaust | None = None
) -> Solution:
    """Measure a plan of a problem that is in the order of its ids."""
    labels = first_seen(labels)
    centres, _ = centres_of(problem, labels)
    terms = terms_of(problem, labels, centres)
    violations = check(problem, labels, exhaust=exhaust)
    # Summed as it was bounded; an atom that does not reach its centre is a violation, no cost.
    paid = problem.cost[np.arange(problem.n), centres[labels]]
    cost = float(np.where(np.isinf(paid), 0.0, paid).sum())
    bound = min(bound, cost)
    broken = any(v.severity == "error" for v in violations)
    status: Status = "infeasible" if broken else "relaxed" if terms.walk else "feasible"
    return Solution(
        labels=labels,
        centres=centres,
        cost=cost,
        lower_bound=bound,
        gap=gap_of(cost, bound),
        status=status,
        violations=violations,
        why=tuple(dict.fromkeys(f"{v.rule}: {v.why}" for v in violations)),
        terms=terms._asdict(),
    )


def gap_of(cost: float, bound: float) -> float:
    """Return (cost - bound) / cost; 0 for a plan that costs nothing."""
    return 0.0 if cost <= 0 else max(0.0, (cost - bound) / cost)


def restored(solution: Solution, order: Ints) -> Solution:
    """Put a solution of the ordered problem back into the caller's order of atoms."""
    labels = np.empty_like(solution.labels)
    labels[order] = solution.labels
    violations = tuple(
        replace(v, atom=int(order[v.atom]) if v.atom >= 0 else -1) for v in solution.violations
    )
    solution = proofs_moved(replace(solution, violations=violations), order)
    return replace(solution, labels=labels, centres=order[solution.centres])


def _component(problem: Problem, count: int, seed: int, work: Budget, pace: Pace) -> Found:
    """Solve one component, in blocks where it is too large to be solved at once."""
    if blocks_for(problem.n, count) == 1:
        return solve_part(problem, count, seed, work, pace)
    less = replace(
        work,
        starts=-(-work.starts // 2),
        steps=(work.steps[0] // 2, 0),
        more=0,
        exact=None,
    )
    labels = solve_blocks(
        problem,
        count,
        solve=lambda block, share: solve_part(block, share, seed, less, pace.part(0.0, 0.0)).labels,
        resume=lambda window, plan: resume_part(window, plan, seed, less, pace.part(0.0, 0.0)),
        progress=pace.part(0.0, 0.9).done,
    )
    terms = terms_of(problem, labels, centres_of(problem, labels)[0])
    return Found(labels, terms, bound_for(problem, labels, terms.cost, work.steps).value)
