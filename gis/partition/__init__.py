"""Partition atoms into contiguous districts of limited weight near their centres, on arrays."""

from gis.partition.check import check
from gis.partition.nested import NestedSolution, solve_nested
from gis.partition.problem import Level, Problem, Solution, Violation
from gis.partition.solve import gap_of, lower_bound, solve
from gis.prices import Prices

__all__ = [
    "Level",
    "NestedSolution",
    "Prices",
    "Problem",
    "Solution",
    "Violation",
    "check",
    "gap_of",
    "lower_bound",
    "solve",
    "solve_nested",
]
