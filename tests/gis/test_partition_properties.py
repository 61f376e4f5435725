"""Hold what must be true of every plan on random problems with and without every option."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Level, Problem, check, lower_bound, solve, solve_nested

ROOT = Path(__file__).resolve().parents[2]


def town(n, seed, *, extra=0.6, islands=1):
    """Return places in a plane, edges between near ones, and metres along those edges."""
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 60, (n, 2)) * 10.0
    piece = np.arange(n) % islands
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    for each in range(islands):
        own = np.flatnonzero(piece == each)
        apart = np.abs(places[own, None] - places[None, own]).sum(axis=2) + 1.0
        whole = nx.from_numpy_array(apart)
        for a, b in nx.minimum_spanning_edges(whole, data=False):
            graph.add_edge(int(own[a]), int(own[b]), weight=float(apart[a, b]))
        for at, i in enumerate(own):
            near = own[int(np.argsort(apart[at], kind="stable")[min(2, len(own) - 1)])]
            if i != near and rng.random() < extra:
                graph.add_edge(
                    int(i), int(near), weight=float(np.abs(places[i] - places[near]).sum() + 1)
                )
    walk = np.full((n, n), np.inf)
    for a, reach in nx.all_pairs_dijkstra_path_length(graph):
        for b, metres in reach.items():
            walk[a, b] = metres
    return np.array(graph.edges, np.int64).reshape(-1, 2), walk


@st.composite
def problems(draw, most=14):
    """Draw a problem; every option is there or not."""
    n = draw(st.integers(1, most))
    numbers = st.lists(st.integers(0, 40), min_size=n, max_size=n)
    weights = np.array(draw(numbers))
    edges, walk = town(n, draw(st.integers(0, 99)), islands=draw(st.sampled_from([1, 1, 1, 2])))
    low = draw(st.integers(0, 60))
    limit = (low, low + draw(st.integers(0, 90)))
    groups = st.one_of(
        st.none(), st.lists(st.integers(-1, 3), min_size=n, max_size=n).map(np.array)
    )
    with np.errstate(invalid="ignore"):
        cost = weights[:, None] * walk
    return Problem(
        weights,
        draw(st.sampled_from([edges, edges, None])),
        cost,
        limit,
        soft_limit=draw(st.sampled_from([None, (low + 5, max(low + 5, limit[1] - 5))])),
        count=draw(st.one_of(st.none(), st.integers(1, n), st.just((1, max(1, n // 2))))),
        target=draw(st.sampled_from([None, 45.0])),
        walk_m=draw(st.sampled_from([None, walk])),
        max_walk_m=draw(st.sampled_from([None, 80.0, 250.0])),
        keep_together=draw(groups),
        locked=draw(st.one_of(st.none(), groups)),
        can_be_centre=draw(st.sampled_from([None, np.arange(n) % 3 > 0])),
        parts=draw(st.sampled_from([None, None, np.arange(n) % 2])),
        inner_limit=draw(st.sampled_from([None, (8, 20)])),
        second=draw(st.one_of(st.none(), numbers)),
        second_limit=draw(st.sampled_from([None, (10, 60)])),
        ids=draw(st.sampled_from([None, np.array([f"a{i * 7 % 97:02}" for i in range(n)])])),
    )


def violated(violations, rule):
    return {v.district for v in violations if v.rule == rule}


def hold(problem, solution):
    """Hold what is true of every solution."""
    n, labels = problem.n, solution.labels
    assert labels.shape == (n,)
    assert sorted(set(labels.tolist())) == list(range(solution.count))
    assert labels[solution.centres].tolist() == list(range(solution.count))
    in_order = labels[np.argsort(problem.ids, kind="stable")]
    assert list(dict.fromkeys(in_order.tolist())) == list(range(solution.count))
    load = np.bincount(labels, weights=problem.weights)
    low, high = problem.limit
    assert set(np.flatnonzero((load < low) | (load > high))) <= violated(
        solution.violations, "hard_range"
    )
    low, high = problem.preferred
    assert set(np.flatnonzero((load < low) | (load > high))) <= violated(
        solution.violations, "soft_range"
    ) | violated(solution.violations, "hard_range")
    if problem.edges is not None:
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(problem.edges.tolist())
        torn = {
            d
            for d in range(solution.count)
            if not nx.is_connected(graph.subgraph(np.flatnonzero(labels == d).tolist()))
        }
        assert torn == violated(solution.violations, "contiguity")
    if problem.parts is not None:
        mixed = {d for d in range(solution.count) if len(set(problem.parts[labels == d])) > 1}
        assert mixed == violated(solution.violations, "parts")
    own = problem.cost[np.arange(n), solution.centres[labels]]
    assert solution.cost == pytest.approx(own.sum())
    assert 0 <= solution.lower_bound <= solution.cost
    assert 0 <= solution.gap <= 1
    assert solution.violations == check(problem, labels)
    errors = any(v.severity == "error" for v in solution.violations)
    assert (solution.status == "infeasible") == errors
    assert bool(solution.why) == bool(solution.violations)
    if not any(v.rule in {"hard_range", "count", "walk", "unreachable", "centre"}
               for v in solution.violations):  # fmt: skip
        assert lower_bound(problem, solution.count) <= solution.cost * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 3))
def test_every_plan_holds_or_says_what_does_not(problem, seed):
    hold(problem, solve(problem, seed=seed, effort="quick"))


@settings(max_examples=4, deadline=None)
@given(problems(most=40))
def test_middle_plans_hold_too(problem):
    hold(problem, solve(problem))


@settings(max_examples=25, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_edges_changes_nothing(problem, random):
    order = list(range(problem.n))
    random.shuffle(order)
    mixed = problem.reordered(np.array(order))
    if mixed.edges is not None and len(mixed.edges):
        turned = [tuple(random.sample(edge, 2)) for edge in mixed.edges.tolist()] * 2
        random.shuffle(turned)
        mixed = Problem(
            mixed.weights,
            turned,
            mixed.cost,
            mixed.limit,
            **{
                name: getattr(mixed, name)
                for name in Problem.__dataclass_fields__
                if name not in {"weights", "edges", "cost", "limit", "_"}
            },
        )
    one, other = solve(problem, effort="quick"), solve(mixed, effort="quick")
    assert other.labels.tolist() == one.labels[order].tolist()
    assert [order[c] for c in other.centres] == one.centres.tolist()
    assert (other.cost, other.lower_bound, other.status) == (
        one.cost,
        one.lower_bound,
        one.status,
    )


@pytest.mark.parametrize("n", [1, 2, 9])
@pytest.mark.parametrize("contiguous", [True, False])
def test_one_district_and_as_many_as_atoms(n, contiguous):
    edges, walk = town(n, 3)
    weights = np.arange(1, n + 1)
    cost = weights[:, None] * walk

    def solved(count):
        limit = (0, int(weights.sum()))
        return solve(Problem(weights, edges if contiguous else None, cost, limit, count=count))

    whole, single = solved(1), solved(n)
    assert whole.labels.tolist() == [0] * n
    assert whole.cost == pytest.approx(cost.sum(axis=0).min())
    assert single.labels.tolist() == list(range(n))
    assert single.cost == 0.0
    assert whole.gap == single.gap == 0.0
    assert whole.violations == single.violations == ()


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 40), st.integers(0, 99), st.data())
def test_every_micro_district_lies_in_one_large_one(n, seed, data):
    edges, walk = town(n, seed, islands=data.draw(st.sampled_from([1, 1, 2])))
    weights = np.array(data.draw(st.lists(st.integers(0, 30), min_size=n, max_size=n)))
    with np.errstate(invalid="ignore"):
        cost = weights[:, None] * walk
    groups = st.sampled_from([None, np.arange(n) // 4, np.where(np.arange(n) % 9, -1, 0)])
    locked = data.draw(st.sampled_from([None, np.where(np.arange(n) < 2, 0, -1)]))
    micro = Level((15, 60), data.draw(st.sampled_from([None, (20, 50)])), 35)
    large = Level((80, 260), data.draw(st.sampled_from([None, (100, 200)])), 150)
    given_ = {
        "keep_together": data.draw(groups),
        "second": data.draw(st.sampled_from([None, np.arange(n) % 3])),
    }
    nested = solve_nested(
        weights,
        edges,
        cost,
        large=large,
        micro=micro,
        locked_micro=locked,
        effort="quick",
        **given_,
    )
    assert (nested.parent[nested.micro.labels] == nested.large.labels).all()
    assert nested.parent.shape == (nested.micro.count,)
    for level, rules, solution, more in (
        (large, {"inner_limit": micro.limit}, nested.large, {"locked": locked}),
        (micro, {"parts": nested.large.labels}, nested.micro, {"locked": locked}),
    ):
        problem = Problem(
            weights,
            edges,
            cost,
            level.limit,
            soft_limit=level.soft_limit,
            target=level.target,
            **rules,
            **more,
            **given_,
        )
        hold(problem, solution)
    assert nested.micro_overall_bound <= nested.micro.lower_bound
    assert nested.micro.gap <= nested.micro_overall_gap
    order = np.array(data.draw(st.permutations(range(n))))
    back = np.argsort(order)
    mixed = solve_nested(
        weights[order],
        back[edges],
        cost[np.ix_(order, order)],
        large=large,
        micro=micro,
        locked_micro=None if locked is None else locked[order],
        effort="quick",
        ids=order,
        **{key: None if value is None else value[order] for key, value in given_.items()},
    )
    assert mixed.micro.labels.tolist() == nested.micro.labels[order].tolist()
    assert mixed.large.labels.tolist() == nested.large.labels[order].tolist()


SCRIPT = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from test_partition_properties import town
from gis.partition import Level, Problem, solve, solve_nested
edges, walk = town(40, 5)
weights = 5 + np.arange(40) * 7 % 23
ids = np.array([f"atom {i * 11 % 41}" for i in range(40)])
problem = Problem(weights, edges, weights[:, None] * walk, (60, 140), soft_limit=(80, 120),
                  keep_together=np.arange(40) // 4, max_walk_m=200.0, walk_m=walk, ids=ids)
one = solve(problem)
two = solve_nested(weights, edges, weights[:, None] * walk, large=Level((150, 320), target=220),
                   micro=Level((30, 80), target=55), ids=ids)
print(json.dumps([one.labels.tolist(), one.cost, one.lower_bound, one.why,
                  two.large.labels.tolist(), two.micro.labels.tolist(), two.micro_overall_bound]))
"""


def test_hash_seed_and_threads_change_nothing():
    found = []
    for seed, threads in (("0", "1"), ("4242", "2")):
        names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        setting = dict.fromkeys(names, threads) | {"PYTHONHASHSEED": seed}
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        answer = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)],
            env=os.environ | setting | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(answer.stdout))
    assert found[0] == found[1]
