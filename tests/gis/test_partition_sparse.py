"""Keep sparse rows sparse, and solve more atoms than a dense matrix holds."""

import importlib.util
import os
import tracemalloc
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from unittest.mock import patch

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array, issparse

from gis.partition import Problem, blocks, check, costs, lower_bound, matrix, solve
from gis.partition.check import reachable
from gis.partition.costs import beyond, by_centre, cheapest
from gis.partition.divide import divide
from gis.partition.graph import nearest_pairs
from gis.partition.lower_bound import hess_bound
from gis.partition.matrix import Rows

DATA = os.environ.get("WANGGE_DATA")


def always_sparse():
    return patch.object(matrix, "DENSE", -1)


def small_blocks(atoms):
    """Cut into blocks what has more than twice so many atoms, and keep their rows sparse."""
    stack = ExitStack()
    for module, name, value in [
        (matrix, "DENSE", -1),
        (blocks, "DENSE", 2 * atoms),
        (blocks, "BLOCK", atoms),
        (blocks, "WINDOW", atoms),
    ]:
        stack.enter_context(patch.object(module, name, value))
    return stack


@cache
def grid(rows, columns, reach):
    """Return edges, and sparse metres (50 m a step) between cells no more than `reach` apart."""
    at = np.arange(rows * columns).reshape(rows, columns)
    edges = np.concatenate(
        [
            np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        ]
    )
    parts = []
    for down in range(-reach, reach + 1):
        for right in range(abs(down) - reach, reach - abs(down) + 1):
            row, column = (axis.ravel() for axis in np.mgrid[:rows, :columns])
            inside = (row + down >= 0) & (row + down < rows)
            inside &= (column + right >= 0) & (column + right < columns)
            here = at.ravel()[inside]
            metres = np.full(len(here), 50.0 * (abs(down) + abs(right)))
            parts.append((metres, here, here + down * columns + right))
    metres, one, other = (np.concatenate(side) for side in zip(*parts, strict=True))
    return edges, coo_array((metres, (one, other)), shape=(at.size, at.size))


def weighted(walk, weights):
    """Return households times metres, of the same pairs."""
    return coo_array((weights[walk.row] * walk.data, (walk.row, walk.col)), shape=walk.shape)


def filled(rows):
    """Return sparse rows as the dense matrix they stand for."""
    dense = np.full(rows.shape, np.inf)
    given_ = rows.tocoo()
    dense[given_.row, given_.col] = given_.data
    np.fill_diagonal(dense, 0.0)
    return dense


def broken(problem, labels):
    """Count districts in several pieces, with networkx."""
    graph = nx.Graph()
    graph.add_nodes_from(range(problem.n))
    graph.add_edges_from((a, b) for a, b in problem.edges.tolist() if labels[a] == labels[b])
    return nx.number_connected_components(graph) - len(np.unique(labels))


@st.composite
def twins(draw):
    """Draw the same small problem twice: on sparse rows that stay so, and dense."""
    rows, columns = draw(st.sampled_from([(1, 6), (3, 4), (4, 5)]))
    n = rows * columns
    edges, walk = grid(rows, columns, draw(st.integers(1, 4)))
    weights = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)))
    kept = np.array(draw(st.lists(st.booleans(), min_size=walk.nnz, max_size=walk.nnz)))
    kept |= np.array(draw(st.lists(st.booleans(), min_size=walk.nnz, max_size=walk.nnz)))
    walk = coo_array((walk.data[kept], (walk.row[kept], walk.col[kept])), shape=walk.shape)
    cost = weighted(walk, weights)
    low = draw(st.integers(0, 15))
    own_walk = draw(st.booleans())
    rules = {
        "limit": (low, low + draw(st.integers(0, 20))),
        "max_walk_m": draw(st.sampled_from([None, 50.0, 100.0])),
        "can_be_centre": draw(st.sampled_from([None, np.arange(n) % 3 > 0])),
        "edges": draw(st.sampled_from([edges, None])),
    }
    with always_sparse():
        sparse = Problem(weights, cost=cost, walk_m=walk if own_walk else None, **rules)
    dense = Problem(weights, cost=filled(cost), walk_m=filled(walk) if own_walk else None, **rules)
    return sparse, dense


@settings(max_examples=40, deadline=None)
@given(twins(), st.data())
def test_sparse_rows_stand_for_a_dense_matrix(pair, data):
    sparse, dense = pair
    n = dense.n
    assert isinstance(sparse.cost, Rows)
    everything = np.ix_(range(n), range(n))
    assert (sparse.cost[everything] == dense.cost).all()
    assert (sparse.cost.dense() == dense.cost).all()
    assert (beyond(sparse, *everything) == beyond(dense, *everything)).all()
    for walk_kept in (False, True):
        few = [cheapest(each, 3, walk_kept=walk_kept) for each in pair]
        assert (few[0] == few[1][:, : few[0].shape[1]]).all()
        assert not np.isfinite(few[1][:, few[0].shape[1] :]).any()
        assert (reachable(sparse, walking=walk_kept) == reachable(dense, walking=walk_kept)).all()
        (one,) = by_centre(sparse, walk_kept=walk_kept)
        with patch.object(costs, "CHUNK", 2 * n):
            parts = list(by_centre(dense, walk_kept=walk_kept))
        assert np.concatenate([part.atoms for part in parts]).tolist() == one.atoms.tolist()
        assert np.concatenate([part.costs for part in parts]).tolist() == one.costs.tolist()
    parts = np.arange(n) // 5
    assert nearest_pairs(sparse.cost, parts).tolist() == nearest_pairs(dense.cost, parts).tolist()
    labels = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)))
    with always_sparse():
        assert check(sparse, labels) == check(dense, labels)
        order = np.array(data.draw(st.permutations(range(n))))
        moved = sparse.reordered(order)
        assert isinstance(moved.cost, Rows)
    assert (moved.cost.dense() == dense.cost[np.ix_(order, order)]).all()


@settings(max_examples=6, deadline=None)
@given(twins(), st.integers(0, 4))
def test_sparse_rows_give_the_same_plan_and_bound(pair, count):
    sparse, dense = pair
    with always_sparse():
        assert lower_bound(sparse, count) == lower_bound(dense, count)
        one = solve(sparse, effort="quick")
    other = solve(dense, effort="quick")
    assert one.labels.tolist() == other.labels.tolist()
    assert (one.cost, one.lower_bound) == (other.cost, other.lower_bound)
    assert one.violations == other.violations


def test_a_stored_zero_is_a_cost_and_an_absent_pair_is_none():
    given_ = csr_array(([0.0, 5.0, np.inf, np.nan], ([0, 1, 2, 2], [1, 1, 0, 1])), shape=(3, 3))
    for sparse in (False, True):
        with patch.object(matrix, "DENSE", -1 if sparse else 3000):
            cost = Problem([1, 1, 0], None, given_, (0, 9)).cost
            assert isinstance(cost, Rows) == sparse
        assert cost[np.ix_(range(3), range(3))].tolist() == [
            [0.0, 0.0, np.inf],
            [np.inf, 0.0, np.inf],
            [np.inf, 0.0, 0.0],
        ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (csr_array(np.full((2, 2), -1.0)), "0 or more"),
        (csr_array(np.ones((2, 3))), r"\(2, 2\), not \(2, 3\)"),
    ],
)
def test_sparse_rows_that_do_not_fit_are_refused(rows, words):
    with pytest.raises(ValueError, match=words):
        Problem([1, 1], None, rows, (0, 9))


def test_nothing_makes_a_full_matrix_of_sparse_rows():
    edges, walk = grid(80, 90, 3)
    n = walk.shape[0]
    weights = 20 + np.arange(n) % 7
    labels = np.arange(n) // 4
    tracemalloc.start()
    problem = Problem(
        weights, edges, weighted(walk, weights), (60, 130), walk_m=walk, max_walk_m=100.0
    )
    found = check(problem, np.roll(labels, 1) + (np.arange(n) == 400))
    bound = hess_bound(
        problem, np.arange(n), 1800, limit=(60, 130), walk_kept=True, upper=1e7, steps=(3, 0)
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {v.rule for v in found} >= {"contiguity", "unreachable"}
    assert bound.value > 0
    assert peak < n * n


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([(1, 40), (7, 9), (10, 12)]),
    st.integers(2, 5),
    st.lists(st.integers(0, 30), min_size=120, max_size=120),
    st.sampled_from(["plain", "locked", "loose"]),
)
def test_blocks_are_contiguous_and_keep_what_is_locked(shape, many, weights, kind):
    edges, walk = grid(*shape, 6)
    n = walk.shape[0]
    weights = np.array(weights[:n])
    locked = None if kind == "plain" else np.arange(n) // 2
    problem = Problem(
        weights,
        None if kind == "loose" else edges,
        weighted(walk, np.maximum(weights, 1)),
        (10, 90),
        locked=locked,
        keep_together=np.arange(n) // 6,
    )
    block, counts = divide(problem, 3 * many, many)
    assert len(counts) == many
    assert counts.min() >= 1
    assert counts.sum() == 3 * many
    assert sorted(np.unique(block)) == list(range(many))
    if kind != "loose":
        assert broken(problem, block) == 0
    if kind == "locked":
        # Atoms 2i and 2i + 1 touch, unless a row ends between them.
        assert (np.diff(block.reshape(-1, 2)) == 0).mean() > 0.9


def test_locked_atoms_that_do_not_touch_come_into_one_block():
    edges, walk = grid(8, 20, 30)
    weights = np.full(160, 10)
    locked = np.full(160, -1)
    locked[[0, 44, 46]] = 3
    problem = Problem(weights, edges, weighted(walk, weights), (20, 60), locked=locked)
    block, _ = divide(problem, 40, 4)
    assert block[0] == block[44] == block[46]


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.integers(0, 25), min_size=120, max_size=120),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["plain", "groups", "no edges"]),
)
def test_plans_in_blocks_keep_the_invariants(weights, seed, dense, kind):
    edges, walk = grid(10, 12, 7)
    weights = np.array(weights)
    cost = weighted(walk, weights)
    groups = np.arange(120) // 5 if kind == "groups" else None
    with small_blocks(30):
        problem = Problem(
            weights,
            None if kind == "no edges" else edges,
            filled(cost) if dense else cost,
            (60, 140),
            max_walk_m=300.0,
            locked=None if groups is None else np.where(np.arange(120) % 5 < 2, groups, -1),
            keep_together=groups,
        )
        solution = solve(problem, seed=seed, effort="quick")
        assert issparse(getattr(problem.cost, "matrix", None)) != dense
        assert solution.violations == check(problem, solution.labels)
    own = solution.centres[solution.labels]
    paid = problem.cost[np.arange(120), own]
    assert solution.cost == pytest.approx(paid[np.isfinite(paid)].sum())
    assert solution.lower_bound <= solution.cost
    load = np.bincount(solution.labels, weights=weights)
    listed = {v.district for v in solution.violations if v.rule == "hard_range"}
    assert listed == set(np.flatnonzero((load < 60) | (load > 140)).tolist())
    if kind != "no edges":
        assert broken(problem, solution.labels) == 0


def test_a_window_is_taken_only_where_it_is_better():
    edges, walk = grid(10, 12, 7)
    weights = 10 + (np.arange(120) * 7) % 31
    problem = Problem(weights, edges, weighted(walk, weights), (40, 200))
    windows = []

    def halves(block, count):
        return np.minimum(np.arange(block.n) * count // block.n, count - 1)

    def worse(window, labels):
        windows.append(window.n)
        return np.roll(labels, 1)

    told = []
    with small_blocks(30):
        kept = blocks.solve_blocks(
            problem, 24, solve=halves, resume=lambda _, plan: plan, progress=told.append
        )
        spoiled = blocks.solve_blocks(problem, 24, solve=halves, resume=worse, progress=told.append)
    assert len(windows) > 3
    assert max(windows) <= 30
    assert len(np.unique(kept)) == 24
    price = [solve_cost(problem, labels) for labels in (kept, spoiled)]
    assert price[1] <= price[0]
    assert told[-1] == pytest.approx(1.0)


def solve_cost(problem, labels):
    """Return households outside the range, and the cost to the best centres."""
    load = np.bincount(labels, weights=problem.weights)
    outside = np.maximum(40 - load, 0) + np.maximum(load - 200, 0)
    own = [np.flatnonzero(labels == district) for district in np.unique(labels)]
    return outside.sum(), sum(problem.cost[np.ix_(i, i)].sum(axis=0).min() for i in own)


def test_many_atoms_are_solved_whatever_their_order():
    edges, walk = grid(60, 64, 7)
    n = walk.shape[0]
    rng = np.random.default_rng(4)
    weights = rng.integers(20, 130, n)
    cost = weighted(walk, weights)
    ids = np.array([f"atom {i:05}" for i in range(n)])
    rules = {"limit": (300, 500), "count": round(weights.sum() / 400)}
    plain = solve(Problem(weights, edges, cost, ids=ids, **rules), effort="quick")
    order = rng.permutation(n)
    back = np.argsort(order)
    moved = coo_array((cost.data, (back[cost.row], back[cost.col])), shape=cost.shape)
    mixed = Problem(weights[order], back[edges], moved, ids=ids[order], **rules)
    assert isinstance(mixed.cost, Rows)
    other = solve(mixed, effort="quick")
    assert other.labels.tolist() == plain.labels[order].tolist()
    assert (other.cost, other.lower_bound) == (plain.cost, plain.lower_bound)
    assert other.status == "feasible"
    assert other.violations == ()
    assert broken(mixed, other.labels) == 0
    assert other.gap < 0.08


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="WANGGE_DATA is not set: no benchmark instances")
def test_a_town_within_600_metres_is_solved_close_to_its_bound():
    path = Path(DATA) / "bench" / "community.py"
    spec = importlib.util.spec_from_file_location("community", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.gen(5000, 2, limit_m=600)
    weights, walk = made["w"], made["D"].tocoo()
    count = round(weights.sum() / 400)
    problem = Problem(weights, made["edges"], weighted(walk, weights), (300, 500), count=count)
    assert isinstance(problem.cost, Rows)
    solution = solve(problem)
    assert solution.count == count
    assert solution.violations == ()
    assert broken(problem, solution.labels) == 0
    assert solution.gap <= 0.03
