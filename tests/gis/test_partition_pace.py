"""Hold what a time limit, progress and atoms that cannot arrive do to an answer."""

import itertools

import networkx as nx
import numpy as np
import pytest

from gis.partition import Problem, solve
from gis.partition.pace import Pace


def street_grid(rows, columns, limit, **more):
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(rows, columns))
    n = graph.number_of_nodes()
    walk = np.zeros((n, n))
    for a, lengths in nx.all_pairs_shortest_path_length(graph):
        for b, steps in lengths.items():
            walk[a, b] = 50.0 * steps
    weights = 10 + (np.arange(n) * 7) % 23
    return Problem(weights, np.array(graph.edges), weights[:, None] * walk, limit, **more)


def test_a_time_limit_cuts_the_work_and_says_so():
    problem = street_grid(7, 8, (80, 160), count=10)
    ticks = itertools.count()
    cut = solve(problem, time_limit_s=0.5, clock=lambda: float(next(ticks)))
    assert not cut.repeatable
    assert cut.count == 10
    assert not [v for v in cut.violations if v.rule == "contiguity"]
    assert 0 < cut.lower_bound <= cut.cost
    whole = solve(problem)
    assert whole.repeatable
    assert whole.cost <= cut.cost


def test_a_time_limit_that_is_not_reached_changes_nothing():
    problem = street_grid(5, 6, (60, 120), count=6)
    timed, free = solve(problem, time_limit_s=3600.0, clock=lambda: 0.0), solve(problem)
    assert timed.repeatable
    assert timed.labels.tolist() == free.labels.tolist()
    assert timed.lower_bound == free.lower_bound


def test_progress_is_told_inside_one_component():
    told = []
    solve(street_grid(6, 6, (60, 120), count=7), progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] == 1.0
    assert len(told) > 20
    assert max(np.diff([0.0, *told])) <= 0.5


def test_parts_share_the_deadline_and_tell_their_share():
    told, now = [], [0.0]
    pace = Pace(told.append, limit_s=5.0, clock=lambda: now[0])
    inner = pace.part(0.5, 1.0).part(0.0, 0.5)
    inner.done(1.0)
    inner.done(0.2)
    assert told == [0.75]
    assert not inner.over()
    now[0] = 5.0
    assert inner.over()
    assert pace.cut
    assert inner.cut


def test_atoms_that_cannot_arrive_leave_the_rest_its_cost_and_bound():
    walk = np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0))) * 50
    walk[5, :5] = np.inf
    edges = [(i, i + 1) for i in range(5)]
    centre = np.arange(6) < 5
    problem = Problem([10] * 6, edges, 10 * walk, (30, 30), count=2, can_be_centre=centre)
    solution = solve(problem)
    assert [(v.rule, v.atom) for v in solution.violations] == [("unreachable", 5)]
    assert solution.status == "infeasible"
    # 0-2 around 1, and 3 and 4 together; 5 is in their district, but nowhere near.
    assert solution.cost == 2 * 500.0 + 500.0
    assert solution.lower_bound == pytest.approx(1500.0, rel=1e-4)
    assert solution.gap == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_of_the_rest_holds_for_every_plan_that_loses_the_same(seed):
    rng = np.random.default_rng(seed)
    n, k = 7, 2
    place = rng.uniform(0, 300, (n, 2))
    walk = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    walk[6, :6] = np.inf
    weights = rng.integers(5, 12, n)
    with np.errstate(invalid="ignore"):
        cost = weights[:, None] * walk
    limit = (int(weights.sum()) // 3, int(weights.sum()) * 2 // 3)
    solution = solve(Problem(weights, None, cost, limit, count=k, can_be_centre=np.arange(n) < 6))
    best = np.inf
    for labels in itertools.product(range(k), repeat=n):
        load = np.bincount(labels, weights=weights, minlength=k)
        if load.min() < limit[0] or load.max() > limit[1]:
            continue
        own = [np.flatnonzero(np.array(labels) == d) for d in range(k)]
        free = np.where(np.arange(n)[:, None] == 6, 0.0, cost)
        best = min(
            best, sum(free[np.ix_(o, o[o < 6])].sum(axis=0).min(initial=np.inf) for o in own)
        )
    lost = [v.atom for v in solution.violations if v.rule == "unreachable"]
    assert lost == [6]
    assert 0 < solution.lower_bound <= best + 1e-6 <= solution.cost + 2e-6
