"""Partition atoms into contiguous districts of limited weight near their centres, on arrays."""

from gis.partition.certificates import holds, said
from gis.partition.check import check
from gis.partition.nested import NestedSolution, solve_nested
from gis.partition.problem import Level, Problem, Solution, Violation
from gis.partition.reasons import Certificate, Conflict, Remedy, Requirement
from gis.partition.solve import gap_of, lower_bound, solve
from gis.prices import Prices

__all__ = [
    "Certificate",
    "Conflict",
    "Level",
    "NestedSolution",
    "Prices",
    "Problem",
    "Remedy",
    "Requirement",
    "Solution",
    "Violation",
    "check",
    "gap_of",
    "holds",
    "lower_bound",
    "said",
    "solve",
    "solve_nested",
]
