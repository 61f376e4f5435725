"""Reach the known figures on the made communities of WANGGE_DATA."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_communities import DATA, MARKS, generator, problem_of

from gis.partition import Level, Problem, solve, solve_nested

pytestmark = MARKS


@pytest.fixture(scope="module")
def gen():
    return generator()


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


def stairwells_of(made):
    """Split the buildings of a made community: a door every 12 m, 15 m from the lane."""
    count = made["stairwells"]
    building = np.repeat(np.arange(made["n"]), count)
    first = np.cumsum(count) - count
    number = np.arange(len(building)) - first[building]
    share = made["w"][building] // count[building]
    weights = share + (number < made["w"][building] % count[building])
    walk = made["D"][np.ix_(building, building)]
    inside = 30.0 + 12.0 * np.abs(number[:, None] - number[None, :])
    walk = np.where(building[:, None] == building[None, :], inside, walk)
    np.fill_diagonal(walk, 0.0)
    edges = [(i, i + 1) for i in range(len(building) - 1) if building[i] == building[i + 1]]
    for a, b in made["edges"]:
        dx, dy = made["x"][b] - made["x"][a], made["y"][b] - made["y"][a]
        if abs(dx) > abs(dy):
            ends = (count[a] - 1, 0) if dx > 0 else (0, count[b] - 1)
            edges.append((first[a] + ends[0], first[b] + ends[1]))
        else:
            most = max(count[a], count[b])
            edges += [
                (first[a] + t * count[a] // most, first[b] + t * count[b] // most)
                for t in range(most)
            ]
    return weights, np.array(edges), walk


def test_two_levels_of_stairwells_are_close_to_their_bounds(gen):
    weights, edges, walk = stairwells_of(gen(300, 1))
    nested = solve_nested(
        weights,
        edges,
        weights[:, None] * walk,
        large=Level((300, 500), target=400),
        micro=Level((15, 120), target=70),
    )
    assert nested.large.violations == nested.micro.violations == ()
    assert nested.large.gap <= 0.02
    assert nested.micro.gap <= 0.03
    assert nested.micro_overall_gap <= 0.06


def read_p_median(name):
    """Read a capacitated p-median problem, and its proven optimum."""
    folder = Path(DATA) / "bench" / "cpmp"
    suffix = "txt" if name.startswith("cpmp") else "dat"
    numbers = [float(word) for word in (folder / f"{name}.{suffix}").read_text().split()]
    rows = np.array(numbers[2:]).reshape(-1, 4)[: int(numbers[0])]
    apart = np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))
    cost = np.floor(apart) if suffix == "txt" else apart
    limit = (0, int(rows[0, 2]))
    best = json.loads((folder / "best_known.json").read_text())[name]["best"]
    return Problem(rows[:, 3].astype(int), None, cost, limit, count=int(numbers[1])), best


@pytest.mark.parametrize("name", [*(f"cpmp{number:02d}" for number in range(1, 11)), "SJC1"])
def test_the_published_medians_are_reached(name):
    problem, best = read_p_median(name)
    solution = solve(problem)
    assert solution.violations == ()
    assert solution.cost == pytest.approx(best, abs=0.01)
    assert solution.lower_bound <= best + 0.01


def read_state(name):
    """Read a state's districting problem, and its proven contiguous optimum."""
    state = json.loads((Path(DATA) / "bench" / "hess" / f"{name}.json").read_text())
    weights = np.array(state["weight"])
    cost = weights[:, None] * (np.array(state["dist_km"]) / 1000) ** 2
    limit = (state["L"], state["U"])
    problem = Problem(weights, state["edges"], cost, limit, count=state["k"])
    return problem, state["optimum_contiguous"]


@pytest.mark.parametrize("name", ["IA", "LA", "OK", "NE", "KS", "NM", "ME"])
def test_the_published_states_are_reached(name):
    problem, best = read_state(name)
    solution = solve(problem)
    assert solution.violations == ()
    assert solution.cost == pytest.approx(float(best), rel=0.002)
    assert solution.lower_bound <= solution.cost


def test_a_state_without_a_plan_is_proven_to_have_none():
    problem, _ = read_state("CO")
    solution = solve(problem, effort="quick")
    assert solution.status == "infeasible"
    assert any(v.rule == "hard_range" and v.proven for v in solution.violations)
