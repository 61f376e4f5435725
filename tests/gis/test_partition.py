"""Solve small problems whose answers are known, and hold the invariants on random ones."""

import itertools
from functools import cache

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import BadRules
from gis.partition import Level, Problem, check, lower_bound, solve, solve_nested
from gis.partition.count import choose_counts, feasible_counts, fits


@cache
def grid(rows, columns):
    """Return edges and walking metres (50 m a step) of a street grid."""
    graph = nx.grid_2d_graph(rows, columns)
    number = {node: at for at, node in enumerate(sorted(graph))}
    edges = np.array([(number[a], number[b]) for a, b in graph.edges])
    walk = np.zeros((len(number), len(number)))
    for a, lengths in nx.all_pairs_shortest_path_length(graph):
        for b, steps in lengths.items():
            walk[number[a], number[b]] = 50.0 * steps
    return edges, walk


def grid_problem(rows, columns, weights, limit, **more):
    edges, walk = grid(rows, columns)
    weights = np.asarray(weights)
    return Problem(weights, edges, weights[:, None] * walk, limit, walk_m=walk, **more)


def loads(problem, solution):
    return np.bincount(solution.labels, weights=problem.weights, minlength=solution.count)


def broken(problem, labels):
    """Count districts in several pieces, with networkx."""
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.n))
    graph.add_edges_from(problem.edges.tolist())
    return sum(
        not nx.is_connected(graph.subgraph(np.flatnonzero(labels == d).tolist()))
        for d in np.unique(labels)
    )


def best_by_brute_force(problem, k):
    """Return the least cost of all contiguous plans in range, or inf."""
    low, high = problem.limit
    best = np.inf
    for tail in itertools.product(range(k), repeat=problem.n - 1):
        labels = np.array((0, *tail))
        if len(np.unique(labels)) < k:
            continue
        load = np.bincount(labels, weights=problem.weights, minlength=k)
        if load.min() < low or load.max() > high or broken(problem, labels):
            continue
        cost = 0.0
        for district in range(k):
            own = np.flatnonzero(labels == district)
            far = problem.walk_m[np.ix_(own, own)] > (problem.max_walk_m or np.inf)
            price = np.where(far, np.inf, problem.cost[np.ix_(own, own)])
            cost += price.sum(axis=0).min()
        best = min(best, cost)
    return best


small_weights = st.lists(st.integers(0, 9), min_size=8, max_size=8)


@settings(max_examples=12, deadline=None)
@given(small_weights, st.integers(2, 3), st.sampled_from([None, 100.0]))
def test_small_plans_equal_brute_force(weights, k, max_walk_m):
    total = sum(weights)
    limit = (total // (k + 1), total // k + 4)
    problem = grid_problem(2, 4, weights, limit, count=k, max_walk_m=max_walk_m)
    best = best_by_brute_force(problem, k)
    solution = solve(problem)
    assert lower_bound(problem, k) <= best + 1e-6
    if np.isfinite(best):
        assert solution.status == "feasible"
        assert solution.cost == pytest.approx(best)
    else:
        assert solution.status != "feasible"
        assert solution.why


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_plan_keeps_the_invariants(data):
    rows, columns = data.draw(st.sampled_from([(1, 7), (3, 4), (4, 5)]))
    n = rows * columns
    weights = data.draw(st.lists(st.integers(0, 60), min_size=n, max_size=n))
    low = data.draw(st.integers(0, 60))
    limit = (low, low + data.draw(st.integers(0, 120)))
    soft = (limit[0] + 5, max(limit[0] + 5, limit[1] - 5))
    problem = grid_problem(
        rows,
        columns,
        weights,
        limit,
        soft_limit=soft,
        max_walk_m=data.draw(st.sampled_from([None, 60.0, 150.0])),
        keep_together=data.draw(st.sampled_from([None, np.arange(n) // 3])),
        can_be_centre=data.draw(st.sampled_from([None, np.arange(n) % 4 > 0])),
    )
    solution = solve(problem, effort="quick")
    assert sorted(np.unique(solution.labels)) == list(range(solution.count))
    assert broken(problem, solution.labels) == 0
    assert solution.labels[solution.centres].tolist() == list(range(solution.count))
    assert solution.lower_bound <= solution.cost + 1e-6
    listed = {v.district for v in solution.violations if v.rule == "hard_range"}
    load = loads(problem, solution)
    assert listed == set(np.flatnonzero((load < limit[0]) | (load > limit[1])).tolist())
    own = solution.centres[solution.labels]
    assert solution.cost == pytest.approx(problem.cost[np.arange(n), own].sum())
    far = problem.walk_m[np.arange(n), own] > (problem.max_walk_m or np.inf)
    assert {v.atom for v in solution.violations if v.rule == "walk"} == set(
        np.flatnonzero(far).tolist()
    )
    assert solution.violations == check(problem, solution.labels)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(20)), st.integers(0, 3))
def test_the_order_of_rows_changes_nothing(order, seed):
    weights = 10 + (np.arange(20) * 7) % 23
    edges, walk = grid(4, 5)
    cost = weights[:, None] * walk
    names = np.array([f"atom {i:02}" for i in range(20)])
    groups = np.arange(20) // 4
    plain = Problem(weights, edges, cost, (60, 120), keep_together=groups, ids=names)
    order = np.array(order)
    back = np.argsort(order)
    mixed = Problem(
        weights[order],
        back[edges][::-1, ::-1],
        cost[np.ix_(order, order)],
        (60, 120),
        keep_together=groups[order],
        ids=names[order],
    )
    one, other = solve(plain, seed=seed, effort="quick"), solve(mixed, seed=seed, effort="quick")
    assert other.labels.tolist() == one.labels[order].tolist()
    assert order[other.centres].tolist() == one.centres.tolist()
    assert other.cost == one.cost
    assert other.lower_bound == one.lower_bound


def test_the_same_seed_gives_the_same_plan():
    problem = grid_problem(5, 6, 5 + (np.arange(30) * 11) % 17, (60, 100))
    first, second = solve(problem, seed=3), solve(problem, seed=3)
    assert first.labels.tolist() == second.labels.tolist()
    assert (first.cost, first.lower_bound) == (second.cost, second.lower_bound)


def test_nothing_is_a_plan_of_nothing():
    solution = solve(Problem([], None, np.zeros((0, 0)), (1, 2)))
    assert (solution.count, solution.cost, solution.status) == (0, 0.0, "feasible")
    nested = solve_nested([], [], np.zeros((0, 0)), large=Level((4, 8)), micro=Level((1, 2)))
    assert nested.parent.tolist() == []


@pytest.mark.parametrize(
    ("weights", "limit", "count", "labels"),
    [
        ([5], (1, 9), None, [0]),
        ([1] * 6, (1, 1), None, [0, 1, 2, 3, 4, 5]),
        ([1] * 6, (1, 9), 1, [0] * 6),
        ([0] * 6, (0, 0), None, [0] * 6),
    ],
)
def test_extreme_counts(weights, limit, count, labels):
    solution = solve(grid_problem(1, len(weights), weights, limit, count=count))
    assert solution.labels.tolist() == labels
    assert solution.status == "feasible"
    assert solution.gap == 0.0


def test_an_atom_above_the_range_is_proven_unavoidable():
    problem = grid_problem(1, 4, [10, 50, 10, 10], (10, 30))
    solution = solve(problem)
    assert solution.status == "infeasible"
    errors = [v for v in solution.violations if v.severity == "error"]
    assert [v.proven for v in errors] == [True]
    assert "one atom alone has 50" in errors[0].why


def test_islands_are_districts_of_their_own():
    walk = np.full((5, 5), np.inf)
    walk[:3, :3] = 50.0
    walk[3:, 3:] = 70.0
    np.fill_diagonal(walk, 0.0)
    weights = np.array([10, 10, 10, 4, 4])
    edges = [(0, 1), (1, 2), (1, 0), (3, 4), (2, 2)]
    with np.errstate(invalid="ignore"):
        cost = weights[:, None] * walk
    solution = solve(Problem(weights, edges, cost, (10, 30), target=30))
    assert solution.labels.tolist() == [0, 0, 0, 1, 1]
    assert [(v.rule, v.district, v.proven) for v in solution.violations] == [
        ("hard_range", 1, True)
    ]


def test_unreachable_atoms_are_reported_and_proven():
    cost = np.full((4, 4), np.inf)
    np.fill_diagonal(cost, 0.0)
    solution = solve(Problem([10] * 4, [(0, 1), (1, 2), (2, 3)], cost, (20, 40), count=2))
    lost = [v for v in solution.violations if v.rule == "unreachable"]
    assert solution.status == "infeasible"
    assert len(lost) == 2
    assert all(v.proven for v in lost)


def test_a_walking_limit_is_kept_where_it_can_be():
    problem = grid_problem(1, 9, [10] * 9, (20, 50), count=3, max_walk_m=50.0)
    solution = solve(problem)
    assert solution.status == "feasible"
    assert solution.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_walking_limit_that_cannot_be_kept_is_relaxed_and_listed():
    problem = grid_problem(1, 6, [10] * 6, (60, 60), max_walk_m=50.0)
    solution = solve(problem)
    assert solution.status == "relaxed"
    assert [v.rule for v in solution.violations] == ["walk"] * 3
    assert all(v.proven for v in solution.violations)
    assert solution.lower_bound == pytest.approx(solution.cost)


def test_atoms_without_a_walking_check_do_not_count():
    edges, walk = grid(1, 4)
    ground = np.array([True, False, False, False])
    weights = np.where(ground, 0, 10)
    metres = np.where(ground[:, None], np.nan, walk)
    problem = Problem(
        weights,
        edges,
        weights[:, None] * walk,
        (10, 30),
        count=1,
        walk_m=metres,
        max_walk_m=50.0,
        can_be_centre=~ground,
    )
    solution = solve(problem)
    assert solution.violations == ()
    assert solution.centres.tolist() == [2]


def test_locked_atoms_share_a_district():
    locked = np.full(12, -1)
    locked[[0, 1, 2, 3]] = 7
    problem = grid_problem(3, 4, [10] * 12, (30, 60), count=3, locked=locked)
    solution = solve(problem)
    assert len(set(solution.labels[[0, 1, 2, 3]].tolist())) == 1
    assert solution.status == "feasible"
    apart = np.full(12, -1)
    apart[[0, 11]] = 0
    solution = solve(grid_problem(3, 4, [10] * 12, (30, 60), count=3, locked=apart))
    assert solution.labels[0] == solution.labels[11]


def test_compounds_stay_whole_while_they_fit():
    groups = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    problem = grid_problem(
        1, 12, [10] * 12, (10, 60), soft_limit=(30, 50), count=3, keep_together=groups
    )
    solution = solve(problem)
    assert solution.violations == ()
    assert solution.labels.tolist() == groups.tolist()


def test_a_compound_too_large_is_split_into_its_share():
    groups = np.array([0] * 9 + [1] * 3)
    problem = grid_problem(
        1, 12, [10] * 12, (10, 60), soft_limit=(20, 40), target=30, keep_together=groups
    )
    solution = solve(problem)
    assert solution.count == 4
    assert solution.violations == ()
    assert len(np.unique(solution.labels[:9])) == 3


def test_no_contiguity_is_asked_without_edges():
    walk = np.array([[0, 9, 1, 9], [9, 0, 9, 1], [1, 9, 0, 9], [9, 1, 9, 0.0]])
    solution = solve(Problem([1] * 4, None, walk, (2, 2)))
    assert solution.labels.tolist() == [0, 1, 0, 1]
    assert solution.cost == 2.0


def test_a_large_district_that_no_micro_count_holds_is_out_of_range():
    problem = grid_problem(1, 4, [10] * 4, (10, 40), count=2, inner_limit=(14, 16))
    found = check(problem, np.array([0, 0, 0, 1]))
    assert [(v.rule, v.value) for v in found] == [("hard_range", 10.0)]
    assert "no count of" in found[0].why
    assert check(problem, np.array([0, 0, 0, 0]))[0].rule == "count"


def test_nested_levels_nest():
    edges, walk = grid(8, 9)
    weights = 8 + (np.arange(72) * 5) % 13
    nested = solve_nested(
        weights,
        edges,
        weights[:, None] * walk,
        large=Level((150, 260), (180, 240), 210, 400.0),
        micro=Level((25, 70), (35, 60), 50, 300.0),
        walk_m=walk,
    )
    assert nested.large.status == nested.micro.status == "feasible"
    assert nested.large.violations == nested.micro.violations == ()
    assert (nested.parent[nested.micro.labels] == nested.large.labels).all()
    assert nested.micro_overall_bound <= nested.micro.lower_bound <= nested.micro.cost
    assert nested.micro.gap <= nested.micro_overall_gap


def test_check_names_every_broken_rule():
    problem = grid_problem(
        1, 6, [10] * 6, (20, 40), count=2, max_walk_m=60.0, locked=[0, -1, -1, -1, -1, 0]
    )
    found = check(problem, np.array([0, 1, 1, 1, 1, 0]))
    assert [v.rule for v in found] == ["contiguity", "walk", "walk"]
    rules = {v.rule for v in check(problem, np.array([0, 0, 0, 1, 1, 2]))}
    assert rules == {"count", "locked", "hard_range"}
    assert check(problem, np.array([0, 0, 0, 1, 1, -1]))[0].rule == "unassigned"


def test_an_impossible_count_has_an_infinite_bound():
    problem = grid_problem(1, 4, [10] * 4, (20, 40))
    assert lower_bound(problem, 3) == np.inf
    assert lower_bound(problem, 0) == np.inf


def test_progress_rises_to_one():
    told = []
    solve(grid_problem(1, 4, [10] * 4, (20, 40)), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": [1.5, 1]}, "atom 0"),
        ({"weights": [1, -1]}, "atom 1"),
        ({"edges": [(0, 2)]}, "beyond the 2"),
        ({"cost": np.zeros((3, 3))}, r"\(2, 2\)"),
        ({"cost": np.full((2, 2), -1.0)}, "0 or more"),
        ({"limit": (5, 4)}, "limit is 5:4"),
        ({"ids": ["a", "a"]}, "unique"),
        ({"locked": [0]}, "locked must be of shape"),
        ({"target": 0}, "target is 0"),
    ],
)
def test_values_that_do_not_fit_are_refused(change, words):
    values = {"weights": [1, 1], "edges": [(0, 1)], "cost": np.zeros((2, 2)), "limit": (1, 2)}
    with pytest.raises((ValueError, BadRules), match=words):
        Problem(**(values | change))


@given(st.integers(0, 5000), st.integers(0, 200), st.integers(0, 300))
def test_feasible_counts_are_those_that_hold_the_weight(weight, low, room):
    limit = (low, low + room)
    fewest, most = feasible_counts(weight, limit)
    for count in range(1, 60):
        holds = count * limit[0] <= weight <= count * limit[1]
        assert holds == (fewest <= count <= most)
    if fewest < 60:
        assert fits(weight, limit) == any(k * low <= weight <= k * limit[1] for k in range(1, 60))


def test_counts_are_nearest_to_the_target_ties_to_fewer():
    def count(total, target):
        return choose_counts(
            np.array([total]), np.array([99]), limit=(10, 500), soft=(10, 500), target=target
        ).tolist()

    assert count(100, 40.0) == [2]
    assert count(100, 39.0) == [3]
    shared = choose_counts(
        np.array([100, 300]), np.array([9, 9]), limit=(10, 90), soft=(10, 90), target=50, count=7
    )
    assert shared.sum() == 7
    assert shared[1] >= 4


def test_an_atom_too_heavy_for_its_neighbours_is_a_proof():
    edges = np.array([(0, 1), (1, 2), (2, 3)])
    walk = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    problem = Problem([5, 8, 4, 3], edges, walk, (7, 10), count=2)
    solution = solve(problem)
    # Atom 0 alone weighs 5, and 13 with its only neighbour.
    found = [v for v in solution.violations if v.rule == "hard_range" and v.proven]
    assert solution.status == "infeasible"
    assert found
    assert "atom 0" in found[0].why


def test_a_range_narrower_than_its_atoms_is_kept():
    rng = np.random.default_rng(5)
    weights = rng.integers(200, 3000, 48)
    mean = int(weights.sum()) // 3
    problem = grid_problem(6, 8, weights, (mean - 10, mean + 12), count=3)
    solution = solve(problem)
    assert solution.status == "feasible"
    assert broken(problem, solution.labels) == 0
