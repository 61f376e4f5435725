"""Hold the sums that the search keeps against sums made anew, and its windows against the whole."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem
from gis.partition.construct import bisect
from gis.partition.cost import build_model
from gis.partition.pace import Pace
from gis.partition.search import anneal, empty_pool, totals_of
from gis.partition.windows import _around, _part, improve

GRID = nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 7))
WALK = 50.0 * np.array(nx.floyd_warshall_numpy(GRID))
N = len(WALK)


@st.composite
def models(draw):
    weights = np.array(draw(st.lists(st.integers(0, 40), min_size=N, max_size=N)))
    weights[0] += 1
    k = draw(st.integers(2, 7))
    mean = int(weights.sum()) // k
    problem = Problem(
        weights,
        np.array(GRID.edges),
        weights[:, None] * WALK,
        (mean // 2, mean + mean // 2),
        soft_limit=(mean - mean // 5, mean + mean // 5),
        keep_together=draw(st.sampled_from([None, np.arange(N) // 4])),
        locked=draw(st.sampled_from([None, np.where(np.arange(N) % 17 == 0, 1, -1)])),
        can_be_centre=draw(st.sampled_from([None, np.arange(N) % 3 > 0])),
    )
    return build_model(problem, weights.sum() / k), k


def in_one_piece(model, labels):
    graph = nx.Graph(model.edges.tolist())
    return all(
        nx.is_connected(graph.subgraph(np.flatnonzero(labels == d).tolist()))
        for d in range(int(labels.max()) + 1)
    )


@settings(max_examples=30, deadline=None)
@given(models(), st.integers(0, 99))
def test_the_sums_of_an_annealing_are_those_of_its_plan(made, seed):
    model, k = made
    start = bisect(model, np.array([k]), seed=seed)
    labels, totals = anneal(model, start, seed=seed, moves=4000, pool=empty_pool(0, 0))
    assert totals == pytest.approx(totals_of(model, labels), abs=1e-6)
    assert totals <= totals_of(model, start)
    assert sorted(set(labels.tolist())) == list(range(k))
    assert in_one_piece(model, labels)


@settings(max_examples=30, deadline=None)
@given(models(), st.integers(0, N - 1), st.integers(2, 4), st.integers(0, 99))
def test_what_a_window_saves_is_what_the_plan_saves(made, first, wanted, seed):
    model, k = made
    labels = bisect(model, np.array([k]), seed=seed)
    whole = totals_of(model, labels)
    allowed = np.ones(len(model.group_weight), np.int64)
    inside = _around(model, labels, min(first, model.n - 1), min(wanted, k))
    units = np.flatnonzero(inside[labels])
    part, within = _part(model, labels, units, inside, allowed)
    names, old = np.unique(labels[units], return_inverse=True)
    new = bisect(part, np.array([len(names)]), seed=seed)
    changed = labels.copy()
    changed[units] = names[new]
    alone = np.subtract(totals_of(part, new, within), totals_of(part, old, within))
    among = within._replace(allowed=allowed, names=np.arange(model.n))
    together = np.subtract(totals_of(model, changed, among), totals_of(model, labels, among))
    # A group's price is in terms of the mean district, which a window has its own of.
    for term in (0, 2, 3):
        assert alone[term] == pytest.approx(together[term], abs=1e-6)
    assert np.sign(np.round(alone[1], 6)) == np.sign(np.round(together[1], 6))
    assert whole == pytest.approx(totals_of(model, labels))


@settings(max_examples=15, deadline=None)
@given(models(), st.integers(0, 99))
def test_windows_never_spoil_a_plan(made, seed):
    model, k = made
    start = bisect(model, np.array([k]), seed=seed)
    pool = empty_pool(500, 5000)
    share = np.full(model.n, k / model.n)
    labels = improve(
        model, start, seed=seed, windows=5, moves=150, pool=pool, share=share, pace=Pace()
    )
    assert labels.max() + 1 == k
    assert in_one_piece(model, labels)
    if model.problem.keep_together is None and model.problem.locked is None:
        assert totals_of(model, labels) <= tuple(np.add(totals_of(model, start), 1e-6))
    # Districts remembered are named as in the whole, in range, and priced right.
    low, high = model.problem.limit
    for district in range(int(pool.fill[0])):
        own = pool.members[pool.start[district] : pool.start[district + 1]]
        assert low <= model.weights[own].sum() <= high
        best = (model.cost[np.ix_(own, own)].sum(axis=0) + model.handicap[own]).min()
        assert pool.cost[district] == pytest.approx(best)


def test_a_window_moves_a_district_that_no_border_move_can():
    # A street joined to a spot by one link: weight gives each two districts, but the spot needs
    # one only, which is what a bound finds.
    x = np.concatenate([np.arange(9) * 100.0, 2000.0 + np.zeros(9)])
    walk = np.abs(np.subtract.outer(x, x))
    edges = [(i, i + 1) for i in range(17)]
    problem = Problem([10] * 18, edges, 10 * walk, (30, 90), count=4)
    model = build_model(problem, 45.0)
    start = np.repeat([0, 1, 2, 3], [4, 5, 4, 5])
    kept, _ = anneal(model, start, seed=0, moves=20_000, pool=empty_pool(0, 0), hot=0.05)
    assert len(set(kept[9:].tolist())) == 2
    share = np.repeat([3 / 9, 1 / 9], 9)
    labels = improve(
        model, start, seed=0, windows=20, moves=150, pool=empty_pool(0, 0), share=share, pace=Pace()
    )
    assert len(set(labels[9:].tolist())) == 1
    assert totals_of(model, labels).cost == 3 * 2000.0
