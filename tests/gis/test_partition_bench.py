"""Reach the known figures on the made communities of WANGGE_DATA."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from gis.partition import Level, Problem, solve, solve_nested

DATA = os.environ.get("WANGGE_DATA")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(DATA is None, reason="WANGGE_DATA is not set: no benchmark instances"),
]


@pytest.fixture(scope="module")
def gen():
    path = Path(DATA) / "bench" / "community.py"
    spec = importlib.util.spec_from_file_location("community", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.gen


def problem_of(made):
    weights = made["w"]
    count = round(weights.sum() / 400)
    return Problem(weights, made["edges"], weights[:, None] * made["D"], (300, 500), count=count)


@pytest.mark.parametrize(("seed", "walk_m", "gap"), [(1, 84.0, 0.02), (2, 79.0, 0.02)])
def test_the_known_instances_are_solved_close_to_their_bound(gen, seed, walk_m, gap):
    problem = problem_of(gen(300, seed))
    solution = solve(problem)
    assert solution.status == "feasible"
    assert solution.violations == ()
    assert solution.cost / problem.weights.sum() <= walk_m
    assert solution.gap <= gap


def test_two_levels_of_buildings_keep_their_ranges(gen):
    made = gen(300, 3)
    weights = made["w"]
    nested = solve_nested(
        weights,
        made["edges"],
        weights[:, None] * made["D"],
        large=Level((1000, 3200), (1500, 2500), 2000, 500.0),
        micro=Level((200, 600), (300, 500), 400, 300.0),
        walk_m=made["D"],
        keep_together=made["comp"],
    )
    assert (nested.parent[nested.micro.labels] == nested.large.labels).all()
    assert not [v for v in nested.large.violations if v.severity == "error"]
    assert not [v for v in nested.micro.violations if v.severity == "error"]
    load = np.bincount(nested.micro.labels, weights=weights)
    assert ((load >= 300) & (load <= 500)).mean() >= 0.95
