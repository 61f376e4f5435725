"""Hold the cuts against all choices of columns: bounds that are valid, rise, and close cycles."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem
from gis.partition.columns import Columns
from gis.partition.cuts import first, nearest, tighten
from gis.partition.exact import Work, solve_exact


def as_columns(districts, cost):
    members = np.concatenate([np.array(own, np.int64) for own in districts])
    start = np.concatenate([[0], np.cumsum([len(own) for own in districts])]).astype(np.int64)
    return Columns(members, start, np.asarray(cost, float))


@st.composite
def choices(draw):
    """Draw districts of up to eight atoms with costs, and a plan among them."""
    n = draw(st.integers(3, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(2, n - 1))
    labels = np.concatenate([np.arange(count), rng.integers(0, count, n - count)])
    rng.shuffle(labels)
    plan = [tuple(np.flatnonzero(labels == district).tolist()) for district in range(count)]
    size = draw(st.integers(2, 4))
    every = [own for many in range(1, size + 1) for own in itertools.combinations(range(n), many)]
    others = [own for own in every if rng.random() < 0.7 and own not in plan]
    districts = [*plan, *others]
    cost = rng.integers(1, 30, len(districts)) + 20.0 * np.array([len(own) for own in districts])
    cost[:count] += draw(st.sampled_from([0, 3]))
    own = np.arange(len(districts)) < count
    return n, count, as_columns(districts, cost), own, rng.normal(20.0, 10.0, n)


def cheapest(n, count, columns):
    """Return the least cost of a plan, by trying all."""
    districts = [frozenset(own.tolist()) for own in np.split(columns.members, columns.start[1:-1])]

    def best(left, count):
        if not left or count == 0:
            return 0.0 if not left and count == 0 else math.inf
        lowest = min(left)
        return min(
            (
                columns.cost[at] + best(left - own, count - 1)
                for at, own in enumerate(districts)
                if lowest in own and own <= left
            ),
            default=math.inf,
        )

    return best(frozenset(range(n)), count)


@settings(max_examples=40, deadline=None)
@given(choices())
def test_bounds_rise_and_stay_below_the_cheapest_plan(choice):
    n, count, columns, own, prices = choice
    upper, best = float(columns.cost[own].sum()), cheapest(n, count, columns)
    begun = first(n, columns, own, prices, count)
    slack = 1e-6 * upper
    assert begun.value <= best + slack
    known = begun
    for rounds in (1, 4, 12):
        tight = tighten(n, count, known, upper=upper, goal=upper, rounds=rounds, enough=0)
        assert known.value - slack <= tight.value <= best + slack
        assert (tight.reduced >= 0).all()
        assert int(tight.own.sum()) == count
        # The plan that is best stays, unless the known one is as good.
        assert cheapest(n, count, tight.columns) == pytest.approx(best)
        known = tight


@settings(max_examples=25, deadline=None)
@given(choices())
def test_a_goal_ends_the_work_and_a_list_is_kept_whole_below_it(choice):
    n, count, columns, own, prices = choice
    upper, best = float(columns.cost[own].sum()), cheapest(n, count, columns)
    known = first(n, columns, own, prices, count)
    goal = (known.value + upper) / 2
    tight = tighten(n, count, known, upper=upper, goal=goal, rounds=9, enough=0)
    assert tight.value <= best + 1e-6 * upper
    few = nearest(tight, 3)
    assert count <= len(few.cost) <= count + 3
    assert cheapest(n, count, few) <= upper


def test_cuts_close_the_gap_of_two_odd_rings():
    ring = [(0, 1), (1, 2), (0, 2), (0,), (1,), (2,), (0, 1, 2)]
    districts = [*ring, *(tuple(atom + 3 for atom in own) for own in ring)]
    columns = as_columns(districts, [2, 2, 2, 4, 4, 4, 5] * 2)
    own = np.isin(np.arange(14), [6, 7, 12])
    begun = first(6, columns, own, np.zeros(6), 3)
    free = tighten(6, 3, begun, upper=11.0, goal=11.0, rounds=1, enough=0)
    assert free.value == pytest.approx(6.0)
    assert sorted(free.triples.tolist()) == [[0, 1, 2], [3, 4, 5]]
    cut = tighten(6, 3, free, upper=11.0, goal=11.0, rounds=5, enough=0)
    assert cheapest(6, 3, columns) == 11.0
    assert cut.value == pytest.approx(11.0)


def test_cuts_prove_a_plan_whose_list_is_long(monkeypatch):
    rng = np.random.default_rng(4)
    at = rng.uniform(0, 100, (18, 2))
    walk = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    edges = sorted(
        {(min(i, int(j)), max(i, int(j))) for i in range(18) for j in np.argsort(walk[i])[1:5]}
    )
    weights = rng.integers(20, 60, 18)
    problem = Problem(weights, edges, weights[:, None] * walk, (60, 240), count=5)
    work = Work(60, 60, 10**6, 10**7, 10**5, 10**6, 10**4, 10**3)
    plain = solve_exact(problem, work=work)
    # Any plan of the count to begin with: one that a dearer cost makes best.
    poor = solve_exact(
        replace(problem, cost=weights[:, None] * rng.uniform(1, 9, (18, 18))), work=work
    )
    assert plain.labels is not None
    assert poor.labels is not None
    monkeypatch.setattr("gis.partition.exact.CUT", 10)
    cut = solve_exact(problem, poor.labels, work=work._replace(cuts=40, near=500))
    assert cut.bound == pytest.approx(plain.bound, rel=1e-4)
    assert cut.labels is not None
    assert len(set(zip(cut.labels.tolist(), plain.labels.tolist(), strict=True))) == 5
