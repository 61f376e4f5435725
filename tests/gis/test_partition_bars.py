"""Reach the figures that are asked of made communities of any seed and size."""

import numpy as np
import pytest
from made_communities import MARKS, generator, problem_of

from gis.partition import solve

pytestmark = MARKS


@pytest.fixture(scope="module")
def gen():
    return generator()


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
