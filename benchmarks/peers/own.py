"""Run wangge with its default settings: seed 0 and, unless the instance says so, normal effort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.partition import Level, Problem, solve, solve_nested
from peers import Answer

if TYPE_CHECKING:
    from instances import Instance

    from gis.partition import Solution

__all__ = ["one_level", "two_levels"]


def one_level(instance: Instance, _: float) -> Answer:
    """Solve one level; its work is bounded in steps, not seconds."""
    problem = Problem(
        instance.weights,
        instance.edges,
        instance.cost,
        instance.limit,
        count=instance.count,
        soft_limit=instance.soft_limit,
    )
    solution = solve(problem, effort=instance.effort)
    figures = {"bound": solution.lower_bound, "gap": solution.gap}
    return Answer(solution.labels, _said(solution), figures)


def two_levels(instance: Instance, _: float) -> Answer:
    """Solve large districts and the micro districts in them."""
    if instance.micro is None:
        msg = f"{instance.name} has no micro level"
        raise ValueError(msg)
    low, high, target = instance.micro
    nested = solve_nested(
        instance.weights,
        instance.edges,
        instance.cost,
        large=Level(instance.limit, count=instance.count),
        micro=Level((low, high), target=target),
        walk_m=instance.metres,
        effort=instance.effort,
    )
    figures = {
        "gap": nested.large.gap,
        "micro_gap": nested.micro.gap,
        "micro_overall_gap": nested.micro_overall_gap,
    }
    note = "; ".join(filter(None, map(_said, (nested.large, nested.micro))))
    return Answer(nested.large.labels, note, figures, nested.micro.labels)


def _said(solution: Solution) -> str:
    """Say what does not hold."""
    if not solution.violations:
        return "" if solution.status == "feasible" else solution.status
    many, proven = len(solution.violations), sum(each.proven for each in solution.violations)
    rules = ", ".join(sorted({each.rule for each in solution.violations}))
    return f"{solution.status}; {many} × {rules}, {proven} proven unavoidable"
