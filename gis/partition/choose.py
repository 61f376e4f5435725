"""Choose the cheapest plan from listed districts, and say what that proves (set partitioning).

Every atom lies in exactly one chosen column, and as many columns are chosen as there are
districts. The linear programme leaves out what no better plan can use (reduced-cost fixing);
HiGHS solves the rest in whole numbers.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, vstack

from gis.partition.cost import outside
from gis.partition.districts import districts_asked

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from gis.partition.columns import Columns
    from gis.partition.problem import Bools, Floats, Ints, Problem

__all__ = ["NOTHING", "Exact", "Work", "choose"]

#: Share of the cost that counts as no gap.
NOTHING = 1e-6
#: Status of HiGHS that proves that there is no solution.
INFEASIBLE = 2


class Work(NamedTuple):
    """Work of the exact phase, counted in steps and never in seconds.

    Parameters
    ----------
    atoms
        Largest component that is tried.
    rounds, steps
        Linear programmes of column generation, and decisions for a centre's cheapest district.
    listing, columns
        Decisions and districts of the list.
    entries
        Largest linear programme that chooses among listed districts, as their members.
    chosen, nodes
        Most columns of the programme in whole numbers that remains, and its nodes.
    cuts, near
        Rounds of cuts (0: none), and most columns chosen from where more than `chosen` are left.
    wide
        Largest component that is tried while its gap is above a share of its cost, and that share.
    """

    atoms: int
    rounds: int
    steps: int
    listing: int
    columns: int
    entries: int
    chosen: int
    nodes: int
    cuts: int = 0
    near: int = 0
    wide: tuple[int, float] = (0, 1.0)


class Exact(NamedTuple):
    """A better plan (None: none found), a bound on every plan, and whether none exists.

    `infeasible` is a proof: no plan of this count keeps contiguity, the hard range, locks, the
    walking limit and the allowed centres.
    """

    labels: Ints | None
    bound: float
    infeasible: bool = False


def choose(
    problem: Problem, columns: Columns, bound: float, upper: float, work: Work, *, whole: bool
) -> Exact:
    """Choose the cheapest plan from columns; with the `whole` list what that proves holds."""
    hard, soft = _allowed(problem, columns)
    columns, soft = columns.only(np.flatnonzero(hard)), soft[hard]
    if len(columns.cost) == 0:
        return Exact(None, inf if whole else bound, infeasible=whole)
    if len(columns.members) > work.entries:
        return Exact(None, bound)
    rows, total = _rows(problem, columns)
    unit = max(min(upper, float(columns.cost.mean()) * districts_asked(problem)), 1e-300)
    answer = linprog(columns.cost / unit, A_eq=rows, b_eq=total, method="highs")
    if answer.x is None:
        none = whole and answer.status == INFEASIBLE
        return Exact(None, inf if none else bound, infeasible=none)
    reduced = columns.cost / unit - rows.T @ answer.eqlin.marginals
    keep = np.flatnonzero(reduced <= upper / unit - answer.fun + 10 * NOTHING)
    columns, soft = columns.only(keep), soft[keep]
    bound = max(bound, min(answer.fun * (1 - NOTHING) * unit, upper)) if whole else bound
    if len(columns.cost) > work.chosen:
        return Exact(None, bound)
    labels, proven, none = _best(problem, columns.only(np.flatnonzero(soft)), unit, work.nodes)
    if whole and soft.all():
        if none:
            return Exact(None, inf, infeasible=True)
        bound = max(bound, min(proven * (1 - NOTHING) * unit, upper))
    return Exact(labels, bound)


def _best(
    problem: Problem, columns: Columns, unit: float, nodes: int
) -> tuple[Ints | None, float, bool]:
    """Return the plan of least cost made of columns, its proven share, and whether none exists."""
    if len(columns.cost) == 0:
        return None, -inf, True
    rows, total = _rows(problem, columns)
    answer = milp(
        columns.cost / unit,
        constraints=LinearConstraint(rows, total, total),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(columns.cost)),
        options={"node_limit": nodes, "mip_rel_gap": NOTHING / 2},
    )
    proven = -inf if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
    if answer.x is None:
        return None, proven, answer.status == INFEASIBLE
    labels = np.full(problem.n, -1, np.int64)
    for district, at in enumerate(np.flatnonzero(answer.x > 0.5)):  # noqa: PLR2004
        labels[columns.members[columns.start[at] : columns.start[at + 1]]] = district
    return labels, proven, False


def _rows(problem: Problem, columns: Columns) -> tuple[csc_array, Floats]:
    """Return the rows of set partitioning, and what they must add up to."""
    every = csc_array(np.ones((1, len(columns.cost))))
    rows = vstack([columns.matrix(problem.n), every], format="csc")
    return rows, np.append(np.ones(problem.n), float(districts_asked(problem)))


def _allowed(problem: Problem, columns: Columns) -> tuple[Bools, Bools]:
    """Return which columns keep locks and inner ranges, and which the softer rules besides."""
    inside = columns.matrix(problem.n).tocsr()
    load = np.rint(problem.weights @ inside).astype(np.int64)
    names, at = np.unique(load, return_inverse=True)
    inner, preferred = problem.inner_limit, problem.preferred
    hard = np.array([outside(int(x), problem.limit, inner) == 0 for x in names], np.bool_)[at]
    soft = hard & np.array([outside(int(x), preferred) == 0 for x in names], np.bool_)[at]
    hard &= _whole(problem, problem.locked, inside, inf)
    soft &= hard & _whole(problem, problem.keep_together, inside, preferred[1])
    return hard, soft


def _whole(problem: Problem, groups: Ints | None, inside: csr_array, most: float) -> Bools:
    """Return which columns split no group of up to a weight."""
    whole = np.ones(inside.shape[1], np.bool_)
    for name in [] if groups is None else np.unique(groups[groups >= 0]):
        own = np.flatnonzero(groups == name)
        if problem.weights[own].sum() <= most:
            many = np.asarray(inside[own].sum(axis=0)).ravel()
            whole &= (many == 0) | (many == len(own))
    return whole
