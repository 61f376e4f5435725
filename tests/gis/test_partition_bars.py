"""Reach the figures that are asked of made communities of any seed and size."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from gis.partition import Problem, solve

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


def problem_of(made, **more):
    weights = made["w"]
    count = round(weights.sum() / 400)
    cost = weights[:, None] * made["D"]
    return Problem(weights, made["edges"], cost, (300, 500), count=count, **more)


@pytest.mark.parametrize(
    ("seed", "walk_m", "gap"), [(3, 87.5, 0.015), (7, 75.5, 0.015), (14, 86.8, 0.02)]
)
def test_three_hundred_buildings_of_any_seed(gen, seed, walk_m, gap):
    problem = problem_of(gen(300, seed))
    solution = solve(problem)
    assert solution.violations == ()
    assert solution.cost / problem.weights.sum() <= walk_m
    assert solution.gap <= gap


def test_two_thousand_buildings_within_a_walk_of_their_centre(gen):
    made = gen(2000, 1)
    problem = problem_of(made, walk_m=made["D"], max_walk_m=300.0)
    solution = solve(problem)
    assert solution.count == 367
    assert solution.violations == ()
    own = solution.centres[solution.labels]
    assert made["D"][np.arange(problem.n), own].max() <= 300.0
    assert solution.cost / problem.weights.sum() <= 80.3
    assert solution.gap <= 0.02
