"""Hold the exact phase against all plans of small problems, and the known states and medians."""

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem, lower_bound, solve
from gis.partition.districts import Asked, districts_at, prices_at
from gis.partition.exact import Work, settle, solve_exact

WORK = Work(60, 25, 200_000, 2_000_000, 20_000, 200_000, 3000, 50)
DATA = os.environ.get("WANGGE_DATA")


@st.composite
def problems(draw):
    """Draw up to eight atoms: with islands, empty atoms, barred centres, locks and far walks."""
    n = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(1, min(n, 4)))
    weights = rng.integers(0, 10, n)
    walk = rng.integers(1, 200, (n, n)).astype(float)
    np.fill_diagonal(walk, 0.0)
    edges = None
    if draw(st.booleans()):
        chance = draw(st.sampled_from([0.2, 0.5]))
        edges = [(i, j) for i in range(n) for j in range(i) if rng.random() < chance]
        if draw(st.booleans()):
            edges += [(i, int(rng.integers(0, i))) for i in range(1, n)]
    cost = weights[:, None] * walk
    if draw(st.booleans()):
        cost = np.where(rng.random((n, n)) < 0.1, np.inf, walk)
        np.fill_diagonal(cost, 0.0)
    mean = int(weights.sum()) // count
    low = max(0, mean - draw(st.integers(0, 6)))
    return Problem(
        weights,
        edges,
        cost,
        (low, max(low, mean + draw(st.integers(0, 6)))),
        count=count,
        walk_m=walk,
        max_walk_m=draw(st.sampled_from([None, 120.0])),
        can_be_centre=draw(st.sampled_from([None, rng.random(n) < 0.7])),
        locked=draw(st.sampled_from([None, rng.integers(-1, 2, n)])),
    )


def district_cost(problem, own, graph):
    """Return a district's least cost, or inf where it breaks a rule."""
    own = list(own)
    load = problem.weights[own].sum()
    if not problem.limit[0] <= load <= problem.limit[1]:
        return np.inf
    if graph is not None and not nx.is_connected(graph.subgraph(own)):
        return np.inf
    if problem.locked is not None:
        outside = np.delete(problem.locked, own)
        if set(problem.locked[own]) & set(outside) - {-1}:
            return np.inf
    square = np.ix_(own, own)
    far = problem.walk_m[square] > (problem.max_walk_m or np.inf)
    cost = np.where(far, np.inf, problem.cost[square])
    if problem.can_be_centre is not None:
        cost[:, ~problem.can_be_centre[own]] = np.inf
    return cost.sum(axis=0).min()


def best_by_brute_force(problem):
    """Return the least cost of all divisions into the count, or inf."""
    graph = None
    if problem.edges is not None:
        graph = nx.Graph(problem.edges.tolist())
        graph.add_nodes_from(range(problem.n))
    prices = {
        own: district_cost(problem, own, graph)
        for size in range(1, problem.n + 1)
        for own in itertools.combinations(range(problem.n), size)
    }

    def best(left, count):
        if count == 0 or not left:
            return 0.0 if count == 0 and not left else np.inf
        first, rest = left[0], left[1:]
        found = np.inf
        for size in range(len(rest) + 1):
            for more in itertools.combinations(rest, size):
                price = prices[(first, *more)]
                if price < found:
                    others = tuple(atom for atom in rest if atom not in more)
                    found = min(found, price + best(others, count - 1))
        return found

    return best(tuple(range(problem.n)), problem.count)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_small_problems_equal_brute_force(problem):
    best = best_by_brute_force(problem)
    exact = solve_exact(problem, work=WORK)
    assert exact.infeasible == np.isinf(best)
    assert lower_bound(problem, problem.count) <= best + 1e-6
    if np.isinf(best):
        assert exact.labels is None
        assert exact.bound == np.inf
        return
    cost = sum(
        district_cost(problem, np.flatnonzero(exact.labels == district), None)
        for district in range(problem.count)
    )
    assert cost == pytest.approx(best)
    assert best * (1 - 1e-4) - 1e-6 <= exact.bound <= best + 1e-6


@settings(max_examples=12, deadline=None)
@given(problems())
def test_solving_small_problems_reaches_the_optimum_and_proves_it(problem):
    problem = replace(problem, locked=None, can_be_centre=None)
    best = best_by_brute_force(problem)
    solution = solve(problem)
    if np.isfinite(best) and solution.status == "feasible":
        assert solution.cost == pytest.approx(best)
        assert solution.gap <= 1e-4
    assert solution.lower_bound <= max(best, solution.cost) + 1e-6


@settings(max_examples=40, deadline=None)
@given(problems(), st.floats(0, 400))
def test_every_connected_district_below_a_limit_is_listed_once_for_each_centre(problem, limit):
    usable = np.isfinite(problem.cost)
    graph = nx.complete_graph(problem.n)
    if problem.edges is not None:
        graph = nx.Graph(problem.edges.tolist())
        graph.add_nodes_from(range(problem.n))
    prices = np.arange(problem.n) * 7.0
    found = districts_at(
        problem,
        usable,
        prices_at(problem, usable, prices),
        Asked(cheapest=False, steps=10**6, columns=10**4),
        limit,
    )
    met = [
        (int(own[0]), tuple(sorted(own.tolist())))
        for own in np.split(found.members, found.start[1:-1])
        if len(own)
    ]
    low, high = problem.limit
    wanted = {
        (centre, own)
        for size in range(1, problem.n + 1)
        for own in itertools.combinations(range(problem.n), size)
        if low <= problem.weights[list(own)].sum() <= high and nx.is_connected(graph.subgraph(own))
        for centre in own
        if (problem.cost[list(own), centre] - prices[list(own)]).sum() < limit - 1e-6
    }
    assert found.whole
    assert len(met) == len(set(met))
    assert wanted <= set(met)


def line(n, weights, limit, **more):
    walk = np.abs(np.subtract.outer(np.arange(float(n)), np.arange(float(n)))) * 50
    weights = np.asarray(weights)
    edges = [(i, i + 1) for i in range(n - 1)]
    return Problem(weights, edges, weights[:, None] * walk, limit, walk_m=walk, **more)


def test_a_plan_that_keeps_softer_rules_is_not_given_up_for_a_cheaper_one():
    groups = np.array([0, 0, 0, 0, 1, 1])
    problem = line(6, [10] * 6, (20, 50), soft_limit=(20, 45), keep_together=groups, count=2)
    exact = settle(problem, groups, np.zeros(6), WORK)
    assert exact.labels is None
    free = settle(replace(problem, keep_together=None), groups, np.zeros(6), WORK)
    assert free.labels.tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])


def test_a_plan_out_of_range_is_mended():
    problem = line(6, [7, 3, 6, 4, 5, 5], (10, 10), count=3)
    exact = settle(problem, np.array([0, 0, 0, 1, 1, 2]), np.zeros(6), WORK)
    assert exact.labels[[0, 2, 4]].tolist() == exact.labels[[1, 3, 5]].tolist()
    assert len(set(exact.labels.tolist())) == 3


def test_work_that_runs_out_proves_nothing():
    rng = np.random.default_rng(3)
    n = 40
    walk = rng.integers(1, 300, (n, n)).astype(float)
    problem = Problem(rng.integers(1, 90, n), None, walk, (0, 2000), count=4)
    little = Work(60, 1, 50, 50, 50, 50, 50, 1)
    exact = solve_exact(problem, work=little)
    assert not exact.infeasible
    assert exact.bound <= solve(problem).cost


def test_the_phase_is_left_out_for_components_beyond_its_size():
    problem = line(6, [10] * 6, (20, 40), count=2)
    labels = np.array([0, 0, 0, 0, 1, 1])
    assert settle(problem, labels, np.zeros(6), WORK._replace(atoms=5)).labels is None


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="WANGGE_DATA is not set: no benchmark instances")
@pytest.mark.parametrize("name", ["ME", "NM", "NE", "CO"])
def test_states_are_solved_with_proof(name):
    state = json.loads((Path(DATA) / "bench" / "hess" / f"{name}.json").read_text())
    weights = np.array(state["weight"])
    cost = weights[:, None] * (np.array(state["dist_km"]) / 1000) ** 2
    limit = (state["L"], state["U"])
    problem = Problem(weights, state["edges"], cost, limit, count=state["k"])
    solution = solve(problem)
    if state["optimum_contiguous"] == "infeasible":
        assert solution.status == "infeasible"
        assert solve_exact(problem, work=WORK._replace(atoms=120)).infeasible
        return
    assert solution.cost == pytest.approx(float(state["optimum_contiguous"]), rel=0.002)
    assert solution.gap <= 1e-5
