"""Test siting against trying every choice of sites."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.siting import fewest, max_cover, p_median, prove
from gis.siting.choice import Demand


@st.composite
def problems(draw):
    demands, sites = draw(st.integers(1, 12)), draw(st.integers(1, 7))
    metres = st.integers(0, 40).map(lambda step: 25.0 * step) | st.just(np.inf)
    walk_m = draw(st.lists(st.lists(metres, min_size=sites, max_size=sites),
                           min_size=demands, max_size=demands))  # fmt: skip
    households = draw(st.lists(st.integers(0, 60), min_size=demands, max_size=demands))
    already = draw(st.lists(metres, min_size=demands, max_size=demands) | st.none())
    return np.array(walk_m), np.array(households), already, draw(st.integers(1, sites))


def every(demand, count):
    """Yield the metres of each demand to the nearest place for every choice of sites."""
    for sites in combinations(range(demand.walk_m.shape[1]), count):
        own = demand.walk_m[:, list(sites)].min(axis=1, initial=np.inf)
        yield np.minimum(own, demand.already_m)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_proofs_hold_for_every_choice_of_sites(problem):
    walk_m, households, already, count = problem
    demand = Demand.of(walk_m, households, already)
    within = max(households[metres <= 500].sum() for metres in every(demand, count))
    found = max_cover(walk_m, households, count, limit_m=500, already_m=already)
    assert found.value == found.households_within <= within
    found = prove(found)
    assert found.value == found.households_within == found.bound == within
    cost, there = demand.costs()
    far = max(cost.max(), there.max())
    least = min(
        households @ np.where(np.isfinite(metres), metres, far) for metres in every(demand, count)
    )
    # Whoever no way leads to costs a thousand times the longest walk, alike for all choices.
    found = prove(p_median(walk_m, households, count, already_m=already))
    assert found.bound <= least * (1 + 1e-9) + 1e-6
    assert found.value >= least - 1e-6
    assert len(found.sites) == count


@settings(max_examples=150, deadline=None)
@given(problems())
def test_fewest_covers_whom_any_can_with_as_few_as_may_be(problem):
    walk_m, households, already, _ = problem
    demand = Demand.of(walk_m, households, already)
    found = fewest(walk_m, households, limit_m=500, already_m=already)
    anyhow = np.minimum(demand.walk_m.min(axis=1), demand.already_m) <= 500
    assert found.households_within == households[anyhow].sum()
    assert found.proven
    assert found.gap == 0
    if found.sites:
        fewer = every(demand, len(found.sites) - 1)
        assert all(households[m <= 500].sum() < found.households_within for m in fewer)


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_order_of_demands_changes_nothing(problem, random):
    walk_m, households, already, count = problem
    order = list(range(len(households)))
    random.shuffle(order)
    there = None if already is None else np.array(already)[order]
    for model in (p_median, max_cover):
        one = model(walk_m, households, count, limit_m=500, already_m=already)
        two = model(walk_m[order], households[order], count, limit_m=500, already_m=there)
        assert one.sites == two.sites
        assert one.value == two.value


@pytest.mark.parametrize("seed", range(6))
def test_interchange_finds_the_optimum_of_planar_problems(seed):
    rng = np.random.default_rng(seed)
    homes, sites = rng.uniform(0, 1000, (120, 2)), rng.uniform(0, 1000, (25, 2))
    walk_m = np.hypot(*(homes[:, None] - sites).transpose(2, 0, 1))
    households = rng.integers(1, 80, 120)
    for found in (
        p_median(walk_m, households, 4),
        max_cover(walk_m, households, 4, limit_m=200),
        fewest(walk_m, households, limit_m=300),
    ):
        assert prove(found).proven
    # Telling few sites apart may lower the bound, never raise it.
    near = prove(p_median(walk_m, households, 4), nearest=3)
    assert near.bound <= near.value


def test_what_is_there_already_is_not_asked_for_again():
    walk_m = [[0, 900], [900, 0]]
    found = max_cover(walk_m, [50, 10], 1, limit_m=300, already_m=[100, np.inf])
    assert found.sites == (1,)
    assert found.nearest.tolist() == [-1, 1]
    assert (found.households_within, found.walk_mean_m) == (60, 100 * 50 / 60)
    assert fewest(walk_m, [50, 10], limit_m=300, already_m=[100, 100]).sites == ()


def test_who_cannot_be_reached_is_counted_apart():
    found = p_median([[100, np.inf], [np.inf, np.inf], [np.inf, 300]], [1, 2, 4], 2)
    assert (found.households, found.households_reached) == (7, 5)
    assert found.walk_mean_m == (100 + 4 * 300) / 5
    assert found.nearest.tolist() == [0, -1, 1]
    # One site only: the one that four reach, though the way is longer.
    assert p_median([[100, np.inf], [np.inf, np.inf], [np.inf, 300]], [1, 2, 4], 1).sites == (1,)


@pytest.mark.parametrize(
    "make",
    [
        lambda: p_median([[0.0]], [1], 0),
        lambda: p_median(np.zeros((1, 0)), [1], 1),
        lambda: p_median([0.0], [1], 1),
        lambda: p_median([[-1.0]], [1], 1),
        lambda: p_median([[np.nan]], [1], 1),
        lambda: p_median([[1.0]], [0.5], 1),
        lambda: p_median([[1.0]], [-1], 1),
        lambda: p_median([[1.0]], [1, 2], 1),
        lambda: p_median([[1.0]], [1], 1, already_m=[1.0, 2.0]),
    ],
)
def test_nonsense_is_refused(make):
    with pytest.raises(ValueError, match=r"."):
        make()
