"""Share out a second load, order the rules' prices, and break ties by balance and compactness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import BadRules
from gis.partition import Level, Prices, Problem, check, solve, solve_nested
from gis.partition.cost import build_model
from gis.partition.search import Totals, improves


def street(n):
    """Return edges and walking metres of a street of atoms 50 m apart."""
    steps = np.arange(float(n))
    return [(i, i + 1) for i in range(n - 1)], np.abs(np.subtract.outer(steps, steps)) * 50


def problem_of(second, **more):
    edges, walk = street(6)
    values = {"count": 2, "limit": (20, 40), "second": second} | more
    return Problem([10] * 6, edges, 10 * walk, values.pop("limit"), walk_m=walk, **values)


def test_a_second_load_changes_the_plan():
    elderly = np.array([9, 9, 1, 1, 1, 1])
    plain = solve(problem_of(None))
    assert plain.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert plain.terms["second_range"] == 0
    shared = solve(problem_of(elderly, second_limit=(4, 18)))
    assert shared.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert shared.violations == ()
    assert shared.cost > plain.cost
    assert shared.lower_bound <= plain.cost * (1 + 1e-12)


def test_the_soft_range_goes_before_the_second_load_and_walking_after_it():
    elderly = np.array([9, 9, 1, 1, 1, 1])
    soft = problem_of(elderly, second_limit=(4, 18), soft_limit=(30, 30))
    solution = solve(soft)
    assert solution.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert [(v.rule, v.severity, v.district, v.value, v.limit) for v in solution.violations] == [
        ("second_range", "warning", 0, 19.0, 18.0),
        ("second_range", "warning", 1, 3.0, 4.0),
    ]
    assert solution.status == "feasible"
    assert solution.terms["second_range"] == 2
    near = solve(problem_of(elderly, second_limit=(4, 18), max_walk_m=50.0))
    assert near.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert [v.rule for v in near.violations] == ["walk"]


def test_without_a_range_a_quarter_around_the_fair_share_is_preferred():
    assert problem_of([4, 4, 4, 4, 4, 4]).second_preferred == (9, 15)
    free = problem_of([4, 4, 4, 4, 4, 4], count=None, target=20)
    assert free.second_preferred == (6, 10)
    assert free.only(np.array([0, 1])).second_preferred == (6, 10)
    assert problem_of(None, second_limit=(1, 2)).second_preferred is None


def test_an_atom_above_the_second_range_is_proven():
    found = check(problem_of([50, 0, 0, 0, 0, 0], second_limit=(0, 18)), np.repeat([0, 1], 3))
    assert [(v.rule, v.proven) for v in found] == [("second_range", True)]
    assert "one atom alone has 50" in found[0].why


def test_any_load_may_be_the_weight():
    shops = np.array([0, 0, 1, 2, 0, 1, 0, 2])
    edges, walk = street(8)
    solution = solve(Problem(shops, edges, shops[:, None] * walk, (3, 3)))
    assert np.bincount(solution.labels, weights=shops).tolist() == [3, 3]


def test_every_level_has_its_own_second_range():
    edges, walk = street(12)
    elderly = np.array([3, 3, 0, 0, 0, 0] * 2)
    nested = solve_nested(
        [10] * 12,
        edges,
        10 * walk,
        large=Level((40, 80), target=60, second_limit=(6, 6)),
        micro=Level((10, 50), target=30, second_limit=(0, 3)),
        second=elderly,
    )
    assert np.bincount(nested.large.labels, weights=elderly).tolist() == [6, 6]
    assert np.bincount(nested.micro.labels, weights=elderly).tolist() == [3, 3, 3, 3]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
    st.sampled_from([None, (5, 12)]),
)
def test_the_search_counts_the_second_load_as_the_report_does(weights, second, limit):
    edges, walk = street(12)
    problem = Problem(
        weights,
        edges,
        np.array(weights)[:, None] * walk,
        (0, 40),
        count=3,
        second=second,
        second_limit=limit,
    )
    solution = solve(problem, effort="quick")
    load = np.bincount(solution.labels, weights=second, minlength=3)
    low, high = problem.second_preferred
    outside = np.maximum(low - load, 0) + np.maximum(load - high, 0)
    assert solution.terms["second_range"] == outside.sum()
    listed = {v.district for v in solution.violations if v.rule == "second_range"}
    assert listed == set(np.flatnonzero(outside).tolist())


@pytest.mark.parametrize("wrong", [[1.5] * 6, [-1] * 6, [1, 2]])
def test_a_second_load_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="second must be"):
        problem_of(wrong)


@pytest.mark.parametrize("price", [-1.0, float("inf"), float("nan"), "dear", True])
def test_prices_that_are_none_are_refused(price):
    with pytest.raises(BadRules, match="price soft"):
        Prices(soft=price)


def test_a_price_steers_the_search():
    edges, walk = street(6)
    cost = np.array([10] * 6)[:, None] * walk
    limit = {"soft_limit": (30, 30), "count": 2}
    model = build_model(Problem([10] * 6, edges, cost, (20, 40), **limit), 30.0)
    dear = build_model(
        Problem([10] * 6, edges, cost, (20, 40), **limit, max_walk_m=60, prices=Prices(walk=7.0)),
        30.0,
    )
    assert dear.cost[0, 5] - model.cost[0, 5] == pytest.approx(7.0 * 30 * model.scale)


def test_equal_plans_are_ordered_by_balance_and_then_compactness():
    edges = [(0, 1), (1, 2), (2, 3), (0, 3)]
    model = build_model(Problem([10, 10, 10, 10], edges, np.zeros((4, 4)), (10, 30)), 20.0)
    none = Totals(0, 0, 0, 0, 0.0)
    even, uneven = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert improves(model, (none, even), (none, uneven))
    assert not improves(model, (none, uneven), (none, even))
    crossed = np.array([0, 1, 0, 1])
    assert improves(model, (none, even), (none, crossed))
    assert not improves(model, (none, crossed), (none, even))
    assert not improves(model, (none, even), (none, even))
    # What is saved in walking goes before both, what rounding adds does not.
    assert improves(model, (none._replace(cost=1.0), uneven), (none._replace(cost=2.0), even))
    rounded = none._replace(cost=1.0 + 1e-13)
    assert improves(model, (rounded, even), (none._replace(cost=1.0), uneven))
