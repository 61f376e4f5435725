"""Hold what the first plans must keep, whatever the trees."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.partition import Problem
from gis.partition.construct import bisect
from gis.partition.cost import build_model


def model_of(graph, weights, limit, **more):
    """Prepare a problem on a graph of nodes 0 … n-1, 50 m an edge."""
    n = graph.number_of_nodes()
    walk = np.full((n, n), np.inf)
    for a, lengths in nx.all_pairs_shortest_path_length(graph):
        for b, steps in lengths.items():
            walk[a, b] = 50.0 * steps
    weights = np.asarray(weights)
    edges = np.array(graph.edges).reshape(-1, 2)
    with np.errstate(invalid="ignore"):
        cost = weights[:, None] * walk
    problem = Problem(weights, edges, cost, limit, **more)
    return build_model(problem, float(weights.sum()))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_district_is_there_and_in_one_piece(data):
    n = data.draw(st.integers(1, 24))
    graph = nx.gnp_random_graph(n, 0.15, seed=data.draw(st.integers(0, 10**6)))
    weights = data.draw(st.lists(st.integers(0, 40), min_size=n, max_size=n))
    model = model_of(graph, weights, (5, 60))
    areas = [np.flatnonzero(model.component == c) for c in range(int(model.component.max()) + 1)]
    counts = np.array([data.draw(st.integers(1, len(area))) for area in areas])
    labels = bisect(
        model,
        counts,
        seed=data.draw(st.integers(0, 99)),
        trees=data.draw(st.integers(1, 3)),
        share=data.draw(st.sampled_from([None, np.linspace(1e-9, 1.0, n)])),
    )
    assert sorted(set(labels.tolist())) == list(range(int(counts.sum())))
    for area, count in zip(areas, counts, strict=True):
        assert len(set(labels[area].tolist())) == count
    for district in range(int(counts.sum())):
        own = np.flatnonzero(labels == district).tolist()
        assert nx.is_connected(graph.subgraph(own))


def test_the_seed_alone_decides():
    model = model_of(
        nx.convert_node_labels_to_integers(nx.grid_2d_graph(8, 9)), [10] * 72, (50, 90)
    )
    first, second, other = (bisect(model, np.array([9]), seed=s).tolist() for s in (4, 4, 5))
    assert first == second
    assert first != other


def test_cuts_keep_the_range_where_they_can():
    model = model_of(nx.path_graph(30), [10] * 30, (50, 50))
    labels = bisect(model, np.array([6]), seed=1)
    assert np.bincount(labels).tolist() == [5] * 6


def test_shares_say_where_the_districts_are():
    model = model_of(nx.path_graph(30), [10] * 30, (10, 300))
    share = np.where(np.arange(30) < 10, 0.4, 0.1)
    labels = bisect(model, np.array([6]), seed=1, share=share)
    assert len(set(labels[:10].tolist())) == 4
    assert len(set(labels[10:].tolist())) == 2


def test_loose_pieces_are_spanned_where_nothing_must_touch():
    walk = np.full((6, 6), 9.0)
    for block in (slice(0, 3), slice(3, 6)):
        walk[block, block] = 1.0
    np.fill_diagonal(walk, 0.0)
    problem = Problem([10] * 6, None, walk, (20, 40), parts=None)
    model = build_model(problem, 30.0)
    labels = bisect(model, np.array([2]), seed=0)
    assert sorted(np.bincount(labels).tolist()) == [3, 3]
