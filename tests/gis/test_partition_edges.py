"""Give an answer to every problem, however odd: never an exception, never a hang."""

import numpy as np
import pytest

from gis.errors import BadRules
from gis.partition import Problem, check, holds, lower_bound, solve

INF = np.inf


def row(n, **more):
    """Make a problem of atoms in a row, 50 m apart, ten households each, but for what is given."""
    weights = np.array(more.pop("weights", [10] * n), dtype=np.int64)
    at = 50.0 * np.arange(n)
    fields = {
        "edges": [(i, i + 1) for i in range(n - 1)],
        "cost": weights[:, None] * np.abs(np.subtract.outer(at, at)),
        "limit": (20, 40),
    }
    return Problem(weights, **(fields | more))


#: name: problem, status, number of districts (None: any), rules that are broken and all proven.
CASES = {
    "nothing": (row(0), "feasible", 0, set()),
    "nothing in two districts": (row(0, count=2), "infeasible", 0, {"count"}),
    "nothing without contiguity": (row(0, edges=None), "feasible", 0, set()),
    "one atom": (row(1, limit=(10, 10)), "feasible", 1, set()),
    "one atom below": (row(1), "infeasible", 1, {"hard_range"}),
    "one atom above": (row(1, limit=(1, 9)), "infeasible", 1, {"hard_range"}),
    "one district": (row(4, count=1), "feasible", 1, set()),
    "as many districts as atoms": (row(4, count=4, limit=(10, 10)), "feasible", 4, set()),
    "more districts than atoms": (row(3, count=5, limit=(1, 30)), "infeasible", 3, {"count"}),
    "fewer districts than islands": (
        row(6, edges=[(0, 1), (2, 3), (4, 5)], count=2),
        "infeasible",
        3,
        {"count"},
    ),
    "a count that misses the weight": (row(6, count=4), "infeasible", 4, {"hard_range"}),
    "all weights zero": (row(4, weights=[0] * 4, limit=(0, 9)), "feasible", None, set()),
    "all weights zero, some asked": (
        row(4, weights=[0] * 4, limit=(1, 9)),
        "infeasible",
        None,
        {"hard_range"},
    ),
    "some weights zero": (row(5, weights=[0, 20, 0, 20, 0]), "feasible", None, set()),
    "nobody may live there": (row(3, limit=(0, 0)), "infeasible", None, {"hard_range"}),
    "nobody does": (row(3, weights=[0] * 3, limit=(0, 0)), "feasible", None, set()),
    "one number only": (row(6, limit=(30, 30)), "feasible", 2, set()),
    "one number that does not fit": (row(5, limit=(20, 20)), "infeasible", None, {"hard_range"}),
    "no way anywhere": (row(4, cost=np.full((4, 4), INF)), "infeasible", None, {"unreachable"}),
    "no way to another": (
        row(4, cost=np.where(np.eye(4) > 0, 0.0, INF)),
        "infeasible",
        None,
        {"unreachable"},
    ),
    "islands": (row(4, edges=[(0, 1), (2, 3)]), "feasible", 2, set()),
    "nothing touches": (row(3, edges=[]), "infeasible", 3, {"hard_range"}),
    "borders told twice": (
        row(4, edges=[(0, 1), (1, 0), (0, 1), (1, 2), (2, 3), (3, 3)]),
        "feasible",
        None,
        set(),
    ),
    "an atom alone": (row(5, edges=[(0, 1), (1, 2), (2, 3)]), "infeasible", None, {"hard_range"}),
    "no centres": (row(4, can_be_centre=[False] * 4), "infeasible", None, {"centre"}),
    "locked above the range": (
        row(6, limit=(10, 20), locked=[0, 0, 0, -1, -1, -1]),
        "infeasible",
        None,
        {"hard_range"},
    ),
    "locks through each other": (
        row(6, limit=(20, 20), locked=[0, 1, 0, 1, -1, -1]),
        "infeasible",
        None,
        {"locked"},
    ),
    "locked across parts": (
        row(4, parts=[0, 0, 1, 1], locked=[-1, 3, 3, -1]),
        "infeasible",
        2,
        {"locked"},
    ),
    "locked on two islands": (
        row(4, edges=[(0, 1), (2, 3)], locked=[0, -1, -1, 0]),
        "infeasible",
        2,
        {"locked"},
    ),
    "huge weights": (
        row(4, weights=[10**12] * 4, limit=(10**12, 2 * 10**12)),
        "feasible",
        None,
        set(),
    ),
    "huge weights that miss": (
        row(3, weights=[10**12] * 3, limit=(2 * 10**12, 2 * 10**12)),
        "infeasible",
        None,
        {"hard_range"},
    ),
    "nobody walks": (row(4, max_walk_m=0.0, limit=(10, 40)), "feasible", 4, set()),
    "nobody walks together": (row(4, max_walk_m=0.0), "relaxed", None, {"walk"}),
    "a soft range above the hard": (row(4, soft_limit=(50, 60)), "feasible", None, None),
    "a soft range below the hard": (row(4, soft_limit=(0, 5)), "feasible", None, None),
    "a range without an end": (row(4, limit=(0, 10**15)), "feasible", None, set()),
    "an inner range that fits nothing": (
        row(4, inner_limit=(11, 12), limit=(10, 20)),
        "infeasible",
        None,
        {"hard_range"},
    ),
    "an opening that is open": (row(4, openings=[(0, 1)]), "feasible", None, set()),
}


@pytest.mark.parametrize("name", CASES)
def test_an_answer_comes_back(name):
    problem, status, count, broken = CASES[name]
    solution = solve(problem, effort="quick")
    assert solution.status == status
    assert count is None or solution.count == count
    assert len(solution.labels) == problem.n
    assert solution.violations == check(problem, solution.labels)
    assert solution.lower_bound <= solution.cost
    assert 0.0 <= solution.gap <= 1.0
    if broken is not None:
        assert {v.rule for v in solution.violations} >= broken
        proven = {v.rule for v in solution.violations if v.proven}
        assert broken <= proven
    assert all(holds(problem, each) for each in solution.certificates)
    assert bool(solution.certificates) == bool(broken)
    bound = lower_bound(problem, solution.count)
    assert bound <= solution.cost * (1 + 1e-9) or solution.violations


@pytest.mark.parametrize("count", [-1, (3, 2), (-2, 4)])
def test_a_count_that_contradicts_itself_is_refused(count):
    with pytest.raises(BadRules, match="count is"):
        row(4, count=count)


def test_openings_must_fit():
    with pytest.raises(ValueError, match="beyond the 4"):
        row(4, openings=[(0, 4)])
    with pytest.raises(ValueError, match="2 names for 1"):
        row(4, openings=[(0, 3)], opening_names=["a", "b"])
    with pytest.raises(ValueError, match="opening_m must be of shape"):
        row(4, openings=[(0, 3)], opening_m=[1.0, 2.0])


def test_openings_stay_shut():
    problem = row(4, edges=[(0, 1), (2, 3)], openings=[(1, 2)], limit=(20, 40), target=40)
    assert solve(problem, effort="quick").labels.tolist() == [0, 0, 1, 1]


def test_openings_follow_their_atoms():
    problem = row(4, openings=[(0, 3), (1, 2)], opening_m=[5.0, 6.0], opening_names=["far", "near"])
    turned = problem.reordered(np.array([3, 2, 1, 0]))
    assert turned.openings.tolist() == [[3, 0], [2, 1]]
    part = problem.only(np.array([1, 2]))
    assert (part.openings.tolist(), part.opening_m.tolist(), part.opening_names) == (
        [[0, 1]],
        [6.0],
        ("near",),
    )
