"""Test the walking network against what its rules say and against networkx."""

import os
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.network import GRADE_SEPARATED, build, exact_m, wall_crossings
from gis.tables import INPUT_LAYERS, empty_layer

NO_GATES = empty_layer(INPUT_LAYERS["gates"])
NO_BARRIERS = empty_layer(INPUT_LAYERS["barriers"])


def layer(lines, **columns):
    shapes = [line if line is None else shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame(columns, index=range(1, len(lines) + 1), geometry=shapes)


def made(walkways, gates=NO_GATES, barriers=NO_BARRIERS):
    return build(walkways, gates=gates, barriers=barriers)


def distance(network, start, end):
    """Walk between two places that are nodes, by networkx."""
    graph = nx.Graph()
    names = [tuple(xy) for xy in network.node_xy.round(3).tolist()]
    for (u, v), metres in zip(network.edges.tolist(), network.length_m.tolist(), strict=True):
        known = graph.get_edge_data(names[u], names[v], {"weight": np.inf})["weight"]
        graph.add_edge(names[u], names[v], weight=min(metres, known))
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        return np.inf
    return nx.dijkstra_path_length(graph, start, end)


def sound(network):
    """Check what every network must hold."""
    count = len(network.edges)
    assert network.length_m.shape == network.geometries.shape == network.separated.shape == (count,)
    assert (network.edges[:, 0] <= network.edges[:, 1]).all()
    starts = shapely.get_coordinates(shapely.get_point(network.geometries, 0))
    ends = shapely.get_coordinates(shapely.get_point(network.geometries, -1))
    assert np.abs(starts - network.node_xy[network.edges[:, 0]]).max(initial=0) < 1e-6
    assert np.abs(ends - network.node_xy[network.edges[:, 1]]).max(initial=0) < 1e-6
    assert np.abs(shapely.length(network.geometries) - network.length_m).max(initial=0) < 1e-6
    assert set(network.edges.ravel().tolist()) == set(range(len(network.node_xy)))


def test_lines_that_cross_join():
    network = made(layer([[(0, 0), (10, 0)], [(4, -5), (4, 5)]]))
    sound(network)
    assert len(network.edges) == 4
    assert distance(network, (0, 0), (4, 5)) == 9


def test_nodes_of_degree_two_are_contracted():
    network = made(layer([[(0, 0), (5, 0)], [(5, 0), (9, 0), (9, 3)]]))
    assert network.length_m.tolist() == [12]
    assert network.node_xy.tolist() == [[0, 0], [9, 3]]


def test_rows_without_foot_are_left_out():
    foot = pd.array([None, True, False], dtype="boolean")
    lines = [[(0, y), (9, y)] for y in (0, 1, 2)]
    assert made(layer(lines, foot=foot)).node_xy[:, 1].max() == 1


@pytest.mark.parametrize("kind", GRADE_SEPARATED)
def test_bridge_joins_only_at_ends(kind):
    street, stairs = [(0, 0), (20, 0)], [(10, 0), (10, 5)]
    bridge = [(10, 5), (5, 5), (5, -5)]
    network = made(layer([street, stairs, bridge], kind=["street", "stairs", kind]))
    sound(network)
    assert distance(network, (0, 0), (5, -5)) == 10 + 5 + 15
    assert network.length_m[network.separated].tolist() == [15]
    assert len(network.edges) == 4


def test_bridge_joined_by_its_end_in_the_middle_of_a_street_and_stairs_in_its_own_middle():
    street, bridge, stairs = [(0, 0), (20, 0)], [(5, 0), (5, 10)], [(5, 6), (9, 6)]
    network = made(layer([street, bridge, stairs], kind=["street", "bridge", "steps"]))
    sound(network)
    assert distance(network, (0, 0), (9, 6)) == 5 + 6 + 4


def test_end_of_a_bridge_rounded_off_the_street_joins_it():
    street, bridge = [(0, 0), (30, 10)], [(10, 3.333), (10, 20)]
    network = made(layer([street, bridge], kind=["street", "bridge"]))
    sound(network)
    walk = distance(network, (0, 0), (10, 20))
    assert walk == pytest.approx(np.hypot(10, 10 / 3) + 20 - 10 / 3, abs=0.01)


def test_wall_stops_a_street_but_not_a_bridge():
    wall = layer([[(5, -5), (5, 5)]], kind=["wall"])
    lines = [[(0, 0), (10, 0)], [(0, 0), (0, 3), (10, 3), (10, 0)]]
    network = made(layer(lines, kind=["street", "bridge"]), barriers=wall)
    sound(network)
    assert distance(network, (0, 0), (10, 0)) == 16
    assert network.length_m.sum() == pytest.approx(26, abs=0.1)
    walled = made(layer(lines[:1]), barriers=wall)
    assert distance(walled, (0, 0), (10, 0)) == np.inf


@pytest.mark.parametrize(("said", "walk"), [(None, 10), (True, 10), (False, np.inf)])
def test_gate_in_the_wall(said, walk):
    wall = layer([[(5, -5), (5, 5)]], kind=["wall"])
    gate = gpd.GeoDataFrame(
        {"open": pd.array([said], dtype="boolean")}, geometry=[shapely.Point(5, 1)]
    )
    network = made(layer([[(0, 0), (10, 0)]]), gate, wall)
    assert distance(network, (0, 0), (10, 0)) == walk


def test_shut_gate_without_a_wall_cuts_the_walkway():
    gate = gpd.GeoDataFrame(
        {"open": pd.array([False], dtype="boolean")}, geometry=[shapely.Point(5, 1.4)]
    )
    network = made(layer([[(0, 0), (10, 0)]]), gate)
    assert distance(network, (0, 0), (10, 0)) == np.inf


def test_water_stops_and_crossable_barriers_do_not():
    water = gpd.GeoDataFrame({"kind": ["water"]}, geometry=[shapely.box(4, -9, 6, 9)])
    street = layer([[(0, 0), (10, 0)]])
    assert distance(made(street, barriers=water), (0, 0), (10, 0)) == np.inf
    road = water.assign(kind="road")
    assert distance(made(street, barriers=road), (0, 0), (10, 0)) == 10


def test_nothing_left_to_walk():
    for walkways in (
        empty_layer(INPUT_LAYERS["walkways"]),
        layer([[(0, 0), (1, 0)]], foot=pd.array([False], dtype="boolean")),
        layer([None, [(3, 3), (3, 3)]]),
    ):
        network = made(walkways)
        sound(network)
        assert len(network.edges) == len(network.node_xy) == 0


def test_rings_and_parallel_ways_are_kept():
    ring = [(0, 0), (4, 0), (4, 4), (0, 0)]
    detour = [(4, 0), (9, 2), (4, 4)]
    network = made(layer([ring, detour]))
    sound(network)
    assert len(network.edges) == 3
    alone = made(layer([ring]))
    sound(alone)
    assert alone.edges.tolist() == [[0, 0]]


def test_z_is_dropped_and_multi_lines_are_taken_apart():
    multi = shapely.MultiLineString([[(0, 0, 9), (5, 0, 9)], [(5, 0, 2), (5, 5, 2)]])
    network = made(gpd.GeoDataFrame(geometry=[multi]))
    assert network.length_m.tolist() == [10]


def test_faults_name_rows_kind_and_place():
    walls = layer([[(5, -5), (5, 5)], [(8, -5), (8, 5)]], kind=["wall", "railway"])
    walkways = layer(
        [[(0, 9), (9, 9)], [(0, 0), (10, 0)], [(0, 1), (10, 1)]], kind=[None, "street", "bridge"]
    )
    gates = gpd.GeoDataFrame(geometry=[shapely.Point(8, 2)])
    faults = wall_crossings(walkways, gates=gates, barriers=walls)
    assert faults.to_dict("records") == [
        {"row": 2, "barrier_row": 1, "kind": "wall", "x": 5.0, "y": 0.0}
    ]
    none = wall_crossings(walkways, gates=gates, barriers=NO_BARRIERS)
    assert none.columns.tolist() == ["row", "barrier_row", "kind", "x", "y"]
    assert len(none) == 0


millimetres = st.integers(0, 60_000).map(lambda k: k / 1000)
segments = st.lists(
    st.tuples(st.tuples(millimetres, millimetres), st.tuples(millimetres, millimetres)).filter(
        lambda ends: ends[0] != ends[1]
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(segments, st.randoms(use_true_random=False), st.lists(st.sampled_from(["street", "bridge"])))
def test_order_and_direction_of_rows_change_nothing(lines, random, kinds):
    kinds = (kinds + ["street"] * len(lines))[: len(lines)]
    wall = layer([[(30, 0), (30, 60)]], kind=["wall"])
    network = made(layer(lines, kind=kinds), barriers=wall)
    sound(network)
    shuffled = [
        (line[::-1] if random.random() < 0.5 else line, kind)
        for line, kind in zip(lines, kinds, strict=True)
    ]
    random.shuffle(shuffled)
    other = made(
        layer([line for line, _ in shuffled], kind=[kind for _, kind in shuffled]), barriers=wall
    )
    assert np.array_equal(network.node_xy, other.node_xy)
    assert np.array_equal(network.edges, other.edges)
    assert np.array_equal(network.length_m, other.length_m)
    assert shapely.to_wkb(network.geometries).tolist() == shapely.to_wkb(other.geometries).tolist()


@settings(max_examples=60, deadline=None)
@given(segments)
def test_no_walk_crosses_a_wall_without_a_gate(lines):
    wall = layer([[(30, -1), (30, 61)]], kind=["wall"])
    network = made(layer(lines), barriers=wall)
    graph = nx.Graph(network.edges.tolist())
    for part in nx.connected_components(graph):
        x = shapely.get_coordinates(network.geometries[np.isin(network.edges[:, 0], list(part))])[
            :, 0
        ]
        assert x.max() <= 30 or x.min() >= 30


def test_sums_are_exact():
    metres = exact_m(np.random.default_rng(0).uniform(0, 1000, 10_000))
    assert metres.sum() == metres[::-1].cumsum()[-1] == np.sort(metres).sum()


@pytest.mark.data
def test_shanghai_keeps_its_metres_and_its_bridges():
    root = os.environ.get("WANGGE_DATA")
    if not root:
        pytest.skip("set WANGGE_DATA to the folder with data/shanghai_bund_osm.gpkg")
    path = Path(root) / "data" / "shanghai_bund_osm.gpkg"
    roads = gpd.read_file(path, layer="roads").to_crs(32651)
    roads = roads[roads["kind"].isin(["path", "major_road", "minor_road"])]
    kind = np.where(roads["is_tunnel"] == "True", "tunnel", "street")
    kind = np.where(roads["is_bridge"] == "True", "bridge", kind)
    shapes = shapely.set_precision(roads.geometry.to_numpy(), 0.001)
    walkways = gpd.GeoDataFrame({"kind": kind}, geometry=shapes)
    water = gpd.read_file(path, layer="water").to_crs(32651)
    river = gpd.GeoDataFrame({"kind": ["water"] * len(water)}, geometry=water.geometry.to_numpy())
    network = made(walkways, barriers=river)
    sound(network)
    drawn = shapely.length(shapes).sum()
    assert made(walkways).length_m.sum() == pytest.approx(drawn, rel=0.01)
    faults = wall_crossings(walkways, gates=NO_GATES, barriers=river)
    assert len(faults) > 0
    assert set(kind[faults["row"]]) == {"street"}
    wet = shapely.union_all(river.geometry.to_numpy()).buffer(-0.05)
    assert not shapely.intersects(network.geometries[~network.separated], wet).any()
    lengths = pd.Series(network.length_m)
    graph = nx.Graph(network.edges.tolist())
    whole = max(nx.connected_components(graph), key=len)
    assert lengths[np.isin(network.edges[:, 0], list(whole))].sum() > 0.9 * lengths.sum()


def test_a_ring_keeps_the_junction_where_a_path_meets_it():
    ring, tail = [(0, 0), (5, -3), (10, 0), (5, 3), (0, 0)], [(10, 0), (20, 0)]
    for lines in ([ring, tail], [tail, ring], [ring[::-1], tail]):
        network = made(layer(lines))
        sound(network)
        assert distance(network, (10, 0), (20, 0)) == 10
        assert len(network.edges) == 2


def test_the_callers_walkways_are_left_as_they_are():
    walkways = layer([[(0, 0), (10, 0)], [(4, -5), (4, 5)]], foot=[True, False])
    before = walkways.copy(deep=True)
    made(walkways)
    assert walkways.geometry.geom_equals_exact(before.geometry, 0).all()
