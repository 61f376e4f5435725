"""Test walks, snapping and reach against hand counts, networkx and each other."""

import os
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay
from shapely.ops import substring

from gis.errors import OffNetwork
from gis.network import build
from gis.rules import Walking as Rules
from gis.tables import INPUT_LAYERS, empty_layer
from gis.walking import NetworkWalking, StraightWalking, walking

NO_GATES = empty_layer(INPUT_LAYERS["gates"])
NO_BARRIERS = empty_layer(INPUT_LAYERS["barriers"])
STREET = [[(0, 0), (200, 0)]]
FAR = "no walkway within 150 m"
HIDDEN = "every walkway near is behind a barrier"


def layer(lines, **columns):
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame(columns, geometry=shapes)


def walks(points, lines, *, gates=NO_GATES, barriers=NO_BARRIERS, rules=None, **columns):
    return walking(
        shapely.points(points),
        walkways=layer(lines, **columns),
        gates=gates,
        barriers=barriers,
        rules=rules or Rules(),
    )


def wall(*lines):
    return layer(lines, kind=["wall"] * len(lines))


def planar(seed, count=120):
    """Make a random planar network: lines, and the networkx graph that they draw."""
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 800, (count, 2)).round(3)
    corners = Delaunay(xy).simplices
    pairs = np.unique(np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)), axis=0)
    pairs = pairs[random.random(len(pairs)) < 0.55]
    graph = nx.Graph()
    for u, v in pairs.tolist():
        graph.add_edge(u, v, weight=float(np.hypot(*(xy[u] - xy[v]))))
    return [xy[pair].tolist() for pair in pairs], pairs, graph


def by_networkx(points, lines, ends, graph, limit_m=150.0):
    """Walk between points by networkx: nearest line by brute force, edges cut by hand."""
    graph = graph.copy()
    shapes = [shapely.LineString(line) for line in lines]
    joins = {}
    for k, point in enumerate(points):
        away = [shape.distance(point) for shape in shapes]
        edge = int(np.argmin(away))
        if away[edge] <= limit_m:
            joins.setdefault(edge, []).append((shapes[edge].project(point), away[edge], k))
            graph.add_node(("point", k))
    for edge, places in joins.items():
        u, v = ends[edge]
        stops = [(0.0, u), *((at, ("joint", k)) for at, _, k in sorted(places))]
        stops.append((shapes[edge].length, v))
        for (start, one), (end, other) in pairwise(stops):
            graph.add_edge(one, other, weight=end - start)
        for _, away, k in places:
            graph.add_edge(("joint", k), ("point", k), weight=away)
    found = np.full((len(points), len(points)), np.inf)
    for k in range(len(points)):
        if ("point", k) in graph:
            metres = nx.single_source_dijkstra_path_length(graph, ("point", k))
            for other in range(len(points)):
                found[k, other] = metres.get(("point", other), np.inf)
        found[k, k] = 0
    return found


@pytest.mark.parametrize("seed", range(4))
def test_equal_to_networkx_on_a_random_planar_network(seed):
    lines, ends, graph = planar(seed)
    points = np.random.default_rng(seed + 100).uniform(-300, 1100, (80, 2)).round(3)
    walk = walks(points, lines)
    everyone = np.arange(len(points))
    ours = walk.matrix(everyone, everyone)
    theirs = by_networkx(shapely.points(points), lines, ends.tolist(), graph)
    assert np.array_equal(np.isfinite(ours), np.isfinite(theirs))
    assert np.isinf(ours).any()
    both = np.isfinite(ours)
    assert np.abs(ours[both] - theirs[both]).max() < 0.01


def test_walk_is_snaps_and_street():
    walk = walks([(10, 5), (70, 12), (70, 12), (30, 0)], STREET)
    assert walk.method == "network"
    assert walk.snap_m.tolist() == [5, 12, 12, 0]
    assert walk.why.tolist() == [""] * 4
    assert walk.matrix([0, 1], [0, 1, 2, 3]).tolist() == [[0, 77, 77, 25], [77, 0, 0, 52]]


def test_unreachable_is_named_and_infinite():
    lines = [*STREET, [(0, 500), (200, 500)]]
    walk = walks([(10, 5), (10, 151), (10, 495), (10, 150)], lines)
    assert walk.why.tolist() == ["", FAR, "", ""]
    assert walk.snap_m[1] == np.inf
    assert walk.matrix([0, 1], [0, 1, 2, 3]).tolist() == [
        [0, np.inf, np.inf, 155],
        [np.inf, 0, np.inf, np.inf],
    ]


def test_limit_is_inclusive_and_counts_snaps():
    walk = walks([(0, 10), (50, 10), (100, 10)], STREET)
    assert walk.matrix([0], [1, 2], limit_m=70).tolist() == [[70, np.inf]]
    assert walk.matrix([0], [1, 2], limit_m=69.999).tolist() == [[np.inf, np.inf]]


def test_snapping_goes_round_a_wall():
    lines = [[(0, 0), (100, 0)], [(0, 60), (100, 60)]]
    walk = walks([(50, 20)], lines, barriers=wall([(0, 10), (100, 10)]))
    assert walk.snap_m.tolist() == [40]


def test_snapping_behind_walls_on_all_sides():
    ring = [(40, 10), (60, 10), (60, 30), (40, 30), (40, 10)]
    hidden = walks([(50, 20), (50, 400)], STREET, barriers=wall(ring))
    assert hidden.why.tolist() == [HIDDEN, FAR]
    gate = gpd.GeoDataFrame({"open": [True]}, geometry=[shapely.Point(51, 10)])
    assert walks([(50, 20)], STREET, barriers=wall(ring), gates=gate).snap_m.tolist() == [20]
    shut = gate.assign(open=False)
    assert walks([(50, 20)], STREET, barriers=wall(ring), gates=shut).why.tolist() == [HIDDEN]


@pytest.mark.parametrize("y", [9.9995, 10, 10.0005])
def test_nobody_beyond_the_wall_joins_a_path_that_ends_on_it(y):
    lines = [*STREET, [(50, 0), (50, y)]]
    walk = walks([(50, 20), (55, 9)], lines, barriers=wall([(-500, 10), (700, 10)]))
    assert walk.why.tolist() == [HIDDEN, ""]
    assert walk.snap_m[1] == pytest.approx(5, abs=0.01)


def test_entrance_drawn_on_the_wall_is_on_both_sides():
    walk = walks([(50, 10)], STREET, barriers=wall([(0, 10), (100, 10)]))
    assert walk.snap_m.tolist() == [10]


def test_water_hides_a_street():
    water = gpd.GeoDataFrame({"kind": ["water"]}, geometry=[shapely.box(0, 2, 200, 8)])
    assert walks([(50, 20)], STREET, barriers=water).why.tolist() == [HIDDEN]


def test_nobody_joins_a_bridge_in_its_middle():
    lines = [[(0, 0), (20, 0)], [(20, 0), (180, 0)], [(180, 0), (200, 0)]]
    walk = walks([(60, 5)], lines, kind=["street", "bridge", "street"])
    assert walk.snap_m.tolist() == [pytest.approx(np.hypot(40, 5), abs=1e-6)]


def test_nearest_is_the_least_of_the_matrix():
    lines, _, _ = planar(7)
    points = np.random.default_rng(7).uniform(-200, 1000, (150, 2)).round(3)
    points[40] = points[3]
    walk = walks(points, lines)
    origins, targets = np.arange(150), np.array([3, 40, 12, 77, 100, 149])
    position, walk_m = walk.nearest(origins, targets)
    everything = walk.matrix(origins, targets)
    assert np.array_equal(walk_m, everything.min(axis=1))
    found = np.isfinite(walk_m)
    assert not found.all()
    assert (position[~found] == -1).all()
    assert (everything[found, position[found]] == walk_m[found]).all()
    assert position[40] == position[3] == 0
    assert (position != 1).all()


def pairs_of(matrix):
    """Return the finite pairs of a matrix, by row and column, and their metres."""
    row, column = np.nonzero(np.isfinite(matrix))
    return row.tolist(), column.tolist(), matrix[row, column].tolist()


def listed(within):
    """Return the stored pairs of sparse rows, in the order in which they are stored."""
    row = np.repeat(np.arange(within.shape[0]), np.diff(within.indptr))
    return row.tolist(), within.indices.tolist(), within.data.tolist()


@pytest.mark.parametrize("lines", [planar(7)[0], []])
@pytest.mark.parametrize("limit_m", [0, 90, 300, np.inf])
@pytest.mark.parametrize("room", [1, 1_000_000])
def test_within_is_what_the_matrix_has_in_the_limit(lines, limit_m, room, monkeypatch):
    monkeypatch.setattr("gis.walking._PAIRS", room)
    points = np.random.default_rng(8).uniform(-200, 1000, (150, 2)).round(3)
    points[40] = points[3]
    points[100] = points[101] = (-150, 900)
    walk = walks(points, lines)
    origins, targets = np.r_[np.arange(100, 20, -1), 3], np.r_[np.arange(149), 3]
    near = walk.within(origins, targets, limit_m=limit_m)
    assert near.shape == (81, 150)
    assert listed(near) == pairs_of(walk.matrix(origins, targets, limit_m=limit_m))


def test_within_of_nothing():
    for lines in (STREET, []):
        walk = walks([(1, 1), (2, 2), (2, 900)], lines)
        assert listed(walk.within([0, 1], [], limit_m=100)) == ([], [], [])
        assert walk.within([], [0, 1], limit_m=100).shape == (0, 2)
        assert listed(walk.within([0], [0, 1], limit_m=-1)) == ([], [], [])
    hidden = walks([(1, 1), (2, 2), (2, 900), (2, 900)], STREET)
    assert listed(hidden.within([2, 0], [0, 2, 3], limit_m=9)) == ([0, 0, 1], [1, 2, 0], [0, 0, 0])


def test_nearest_takes_the_first_of_targets_at_one_place():
    walk = walks([(0, 0), (50, 0), (50, 0), (50, 0), (90, 5)], STREET)
    for order in ([1, 2, 3, 4], [4, 3, 1, 2], [2, 4, 1, 3]):
        position, _ = walk.nearest([0], order)
        assert position.tolist() == [min(order.index(k) for k in (1, 2, 3))]


def test_nearest_of_nothing():
    for lines in (STREET, []):
        position, walk_m = walks([(1, 1), (2, 2)], lines).nearest([0, 1], [])
        assert position.tolist() == [-1, -1]
        assert walk_m.tolist() == [np.inf, np.inf]
    hidden = walks([(1, 1), (2, 900), (2, 900)], STREET)
    position, walk_m = hidden.nearest([0, 1, 2], [2, 1])
    assert position.tolist() == [-1, 0, 0]
    assert walk_m.tolist() == [np.inf, 0, 0]


def test_entrance_that_touches_its_street_is_found():
    position, walk_m = walks([(50, 0), (20, 0), (90, 0)], STREET).nearest([0], [2, 1])
    assert position.tolist() == [1]
    assert walk_m.tolist() == [30]


def test_straight_lines_only_where_no_walkways_were_given():
    walk = walks([(0, 0), (30, 40), (30, 40)], [], rules=Rules(detour_factor=1.5))
    assert isinstance(walk, StraightWalking)
    assert walk.method == "straight"
    assert walk.matrix([0, 1], [0, 1, 2]).tolist() == [[0, 75, 75], [75, 0, 0]]
    assert walk.matrix([0], [1], limit_m=74).tolist() == [[np.inf]]
    assert walk.why.tolist() == ["", "", ""]
    assert walk.nearest([0, 2], [1, 2])[0].tolist() == [0, 0]
    circle = walk.reach(0, 300)
    assert circle.bounds == pytest.approx((-200, -200, 200, 200))
    blocked = walks([(0, 0)], STREET, foot=pd.array([False], dtype="boolean"))
    assert blocked.method == "network"
    assert blocked.why.tolist() == [FAR]
    assert blocked.matrix([0], [0]).tolist() == [[0]]


@pytest.mark.parametrize("bad", [None, shapely.Point(), shapely.LineString([(0, 0), (1, 1)])])
def test_only_points_walk(bad):
    with pytest.raises(ValueError, match="number 1 is none"):
        walking(
            gpd.GeoSeries([shapely.Point(0, 0), bad]),
            walkways=layer(STREET),
            gates=NO_GATES,
            barriers=NO_BARRIERS,
            rules=Rules(),
        )


@pytest.mark.parametrize("lines", [STREET, []])
def test_what_has_no_point_is_refused(lines):
    walk = walks([(0, 0), (5, 5)], lines)
    with pytest.raises(IndexError, match="leave out"):
        walk.matrix([0, -1], [1])
    with pytest.raises(IndexError, match="leave out"):
        walk.nearest([0], [-1])
    with pytest.raises(IndexError, match="leave out"):
        walk.reach(-1, 300)


def test_reach_ends_exactly_where_the_walk_does():
    walk = walks([(100, 10)], [[(0, 0), (200, 0)], [(120, 0), (120, 200)]])
    area = walk.reach(0, 60)
    assert area.bounds == pytest.approx((20, -30, 180, 60), abs=1.1)
    assert area.buffer(1.1).covers(shapely.LineString([(50, 0), (150, 0)]).buffer(29))
    assert area.contains(shapely.Point(120, 30))


def test_reach_shorter_than_the_way_to_the_street():
    area = walks([(100, 100)], STREET).reach(0, 20)
    assert area.bounds == pytest.approx((70, 50, 130, 130), abs=1.1)
    assert walks([(100, 100)], STREET).reach(0, 0).contains(shapely.Point(100, 100))


def test_reach_of_the_unreachable_is_refused_with_its_metres():
    with pytest.raises(OffNetwork, match="no walkway within 150 m") as refused:
        walks([(100, 400)], STREET).reach(0, 300)
    assert refused.value.metres == 400


def test_reach_equals_cutting_every_edge_by_hand():
    lines, ends, graph = planar(11)
    points = np.random.default_rng(11).uniform(0, 800, (10, 2)).round(3)
    walk = walks(points, lines)
    shapes = [shapely.LineString(line) for line in lines]
    for k, place in enumerate(shapely.points(points)):
        away = [shape.distance(place) for shape in shapes]
        edge = int(np.argmin(away))
        cut = graph.copy()
        at = shapes[edge].project(place)
        for node, metres in zip(ends[edge].tolist(), (at, shapes[edge].length - at), strict=True):
            cut.add_edge("origin", node, weight=away[edge] + metres)
        walked = nx.single_source_dijkstra_path_length(cut, "origin")
        pieces = [substring(shapes[edge], max(0, at - 250 + away[edge]), at + 250 - away[edge])]
        for shape, (u, v) in zip(shapes, ends.tolist(), strict=True):
            for left, line in (
                (250 - walked.get(u, 999), shape),
                (250 - walked.get(v, 999), shape.reverse()),
            ):
                if left > 0:
                    pieces.append(substring(line, 0, left))
        joint = shapes[edge].interpolate(at)
        pieces.append(shapely.LineString([place, joint]))
        exact = shapely.union_all(shapely.buffer(pieces, 30))
        area = walk.reach(k, 250)
        assert area.is_valid
        assert area.symmetric_difference(exact).area < 0.03 * exact.area


metres = st.integers(0, 400_000).map(lambda k: k / 1000)
places = st.tuples(metres, metres)
segments = st.lists(
    st.tuples(places, places).filter(lambda ends: ends[0] != ends[1]), min_size=1, max_size=10
)


@settings(max_examples=60, deadline=None)
@given(segments, st.lists(places, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_walks_are_a_metric_whatever_the_order_of_rows(lines, points, random):
    barriers = wall([(200, 50), (200, 400)])
    walk = walks(points, lines, barriers=barriers)
    everyone = np.arange(len(points))
    walk_m = walk.matrix(everyone, everyone)
    assert np.array_equal(walk_m, walk_m.T)
    assert (walk_m.diagonal() == 0).all()
    crow_m = np.hypot(*(np.array(points)[:, None] - np.array(points)[None]).transpose(2, 0, 1))
    assert (walk_m >= crow_m - 1e-3).all()
    same = crow_m == 0
    finite = np.isfinite(walk.snap_m)
    through = walk_m[:, :, None] + walk_m[None, :, :]
    assert (walk_m[:, None, :] <= through.transpose(0, 1, 2) + 1e-9)[:, finite].all()
    assert (walk_m[same] == 0).all()
    some = everyone[::2]
    position, nearest_m = walk.nearest(everyone, some)
    assert np.array_equal(nearest_m, walk_m[:, some].min(axis=1))
    reached = np.isfinite(nearest_m)
    assert (walk_m[everyone[reached], some[position[reached]]] == nearest_m[reached]).all()
    near = walk.within(everyone, some, limit_m=150)
    assert listed(near) == pairs_of(np.where(walk_m[:, some] <= 150, walk_m[:, some], np.inf))
    assert np.array_equal(
        walk.matrix(everyone, some, limit_m=150), walk.matrix(some, everyone, limit_m=150).T
    )

    order = list(range(len(points)))
    random.shuffle(order)
    lines = lines[:]
    random.shuffle(lines)
    other = walks([points[k] for k in order], lines, barriers=barriers)
    assert np.array_equal(other.matrix(everyone, everyone), walk_m[np.ix_(order, order)])
    assert np.array_equal(other.snap_m, walk.snap_m[order])
    assert other.why.tolist() == walk.why[order].tolist()
    if np.isinf(walk.snap_m[order[0]]):
        for again in (lambda: walk.reach(order[0], 120), lambda: other.reach(0, 120)):
            with pytest.raises(OffNetwork):
                again()
        return
    area, again = walk.reach(order[0], 120), other.reach(0, 120)
    assert area.is_valid
    assert not area.is_empty
    assert area.symmetric_difference(again).area < 1e-6 * max(1, area.area)


def city(side=51, block=100.0):
    """Make a grid of streets with about 5,000 edges, unevenly spaced."""
    random = np.random.default_rng(0)
    at = np.cumsum(random.uniform(0.7, 1.3, side) * block).round(3)
    return [
        *([(at[0], y), (at[-1], y)] for y in at.tolist()),
        *([(x, at[0]), (x, at[-1])] for x in at.tolist()),
    ], at


def test_five_thousand_edges_are_walked():
    lines, at = city()
    points = np.random.default_rng(1).uniform(at[0], at[-1], (500, 2)).round(3)
    walk = walks(points, lines)
    assert isinstance(walk, NetworkWalking)
    assert len(walk.network.edges) > 5000
    everyone = np.arange(500)
    walk_m = walk.matrix(everyone, everyone)
    areas = [walk.reach(k, 300) for k in range(130)]
    assert np.isfinite(walk_m).all()
    assert shapely.is_valid(areas).all()
    assert not shapely.is_empty(areas).any()


@pytest.fixture(scope="module")
def shanghai():
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
    buildings = gpd.read_file(path, layer="buildings").to_crs(32651)
    doors = shapely.set_precision(buildings.representative_point().to_numpy(), 0.001)
    return walkways, doors


@pytest.mark.data
def test_equal_to_networkx_on_shanghai(shanghai):
    """Every segment between two drawn points is an edge of the oracle, nothing contracted."""
    walkways, doors = shanghai
    parts, row = shapely.get_parts(walkways.geometry.to_numpy(), return_index=True)
    deck = (walkways["kind"].to_numpy() != "street")[row]
    ground = shapely.get_parts(shapely.union_all(parts[~deck], grid_size=0.001))
    ends = {xy for part in parts for xy in (part.coords[0], part.coords[-1])}
    lines, names, graph = [], [], nx.Graph()
    for number, part in enumerate([*ground, *parts[deck]]):
        xy = list(part.coords)
        keys = list(xy)
        if number >= len(ground):
            keys = [place if place in ends else (number, k) for k, place in enumerate(xy)]
        for k in range(len(xy) - 1):
            metres = float(np.hypot(xy[k][0] - xy[k + 1][0], xy[k][1] - xy[k + 1][1]))
            old = graph.get_edge_data(keys[k], keys[k + 1], {"weight": np.inf})["weight"]
            graph.add_edge(keys[k], keys[k + 1], weight=min(metres, old))
            if number < len(ground):
                lines.append([xy[k], xy[k + 1]])
                names.append((keys[k], keys[k + 1]))
    some = doors[:: len(doors) // 60][:60]
    walk = walking(some, walkways=walkways, gates=NO_GATES, barriers=NO_BARRIERS, rules=Rules())
    everyone = np.arange(len(some))
    ours = walk.matrix(everyone, everyone)
    theirs = by_networkx(some, lines, names, graph)
    assert np.array_equal(np.isfinite(ours), np.isfinite(theirs))
    both = np.isfinite(ours)
    assert both.mean() > 0.8
    assert np.abs(ours[both] - theirs[both]).max() < 0.01

    near = walk.within(everyone, everyone, limit_m=600)
    row, column, metres = (np.array(part) for part in listed(near))
    assert np.abs(metres - theirs[row, column]).max() < 0.01
    surely = np.argwhere(theirs < 600 - 0.01).tolist()
    assert len(surely) > 2 * len(some)
    assert set(map(tuple, surely)) <= set(zip(row.tolist(), column.tolist(), strict=True))
    for facilities in (everyone[::20], everyone[7::11], everyone[-1:]):
        position, nearest_m = walk.nearest(everyone, facilities)
        known = theirs[:, facilities].min(axis=1)
        reached = np.isfinite(known)
        assert np.array_equal(np.isfinite(nearest_m), reached)
        assert np.array_equal(position >= 0, reached)
        assert np.abs(nearest_m[reached] - known[reached]).max() < 0.01
        told = theirs[everyone[reached], facilities[position[reached]]]
        assert np.abs(told - known[reached]).max() < 0.01


@pytest.mark.data
def test_every_door_of_shanghai_reaches_a_valid_area(shanghai):
    walkways, doors = shanghai
    walk = walking(doors, walkways=walkways, gates=NO_GATES, barriers=NO_BARRIERS, rules=Rules())
    areas = [walk.reach(k, 300) for k in range(0, len(doors), 5)]
    assert shapely.is_valid(areas).all()
    assert not shapely.is_empty(areas).any()
    network = build(walkways, gates=NO_GATES, barriers=NO_BARRIERS)
    assert walk.why.tolist() == [""] * len(doors)
    assert np.array_equal(network.length_m, walk.network.length_m)


def test_stairs_are_left_out_where_the_rules_say_so():
    lines = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 0), (50, 40)]),
             shapely.LineString([(50, 40), (100, 0)])]  # fmt: skip
    streets = gpd.GeoDataFrame({"stairs": [True, None, False]}, geometry=lines)
    doors = shapely.points([(0, 0), (100, 0)])
    metres = [
        walking(
            doors,
            walkways=streets,
            gates=empty_layer(INPUT_LAYERS["gates"]),
            barriers=empty_layer(INPUT_LAYERS["barriers"]),
            rules=Rules(stairs=stairs),
        ).matrix([0], [1])[0, 0]
        for stairs in (True, False)
    ]
    assert metres == pytest.approx([100, 2 * np.hypot(50, 40)], abs=1e-5)
