"""Run the comparison with peers on a tiny instance, each system in its own process."""

import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array, issparse

from api.store.opening import open_locator
from gis.network import build
from gis.tables import INPUT_LAYERS, empty_layer

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = (
    "alone",
    "city",
    "instances",
    "made_cells",
    "made_site",
    "measure",
    "official",
    "peers",
    "places",
    "points",
    "reach",
    "report",
    "sections",
    "serving",
    "walk_peers",
    "walk_works",
    "walking",
)


@pytest.fixture(scope="module")
def bench():
    """Import the modules of the benchmarks, which are scripts and no package."""
    before = set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield SimpleNamespace(**{name: import_module(name) for name in MODULES})
    sys.path.remove(str(BENCHMARKS))
    for name in set(sys.modules) - before:
        if name.split(".")[0] in MODULES:
            del sys.modules[name]


@pytest.fixture
def street(bench):
    """Return a street of nine buildings that is to become three districts of three."""
    at = np.arange(9.0)
    weights = np.full(9, 10)
    metres = 50 * np.abs(at[:, None] - at)
    return bench.instances.Instance(
        name="street",
        source="none",
        sha256="0" * 64,
        weights=weights,
        edges=np.column_stack([np.arange(8), np.arange(1, 9)]),
        xy=np.column_stack([50 * at, 0 * at]),
        cost=weights[:, None] * metres,
        metres=metres,
        limit=(25, 35),
        count=3,
    )


@pytest.mark.parametrize("system", ["wangge", "MILP"])
def test_systems_in_their_own_process_find_the_best_plan(bench, street, system):
    run = bench.alone.run_alone(system, street, street, timeout=120, seconds=10)
    got = bench.measure.measure(street, run.labels)
    assert (got.count, got.in_range, got.broken, got.cost) == (3, 1.0, 0, 3000.0)
    assert (got.walk_m, got.longest_m, got.least, got.most) == (pytest.approx(100 / 3), 50, 30, 30)
    assert run.figures["bound"] == pytest.approx(3000)
    assert run.seconds > 0
    assert run.megabytes > 10


def test_the_table_of_peers_has_a_row_for_each_and_its_ratio(bench, street):
    told = []
    text = bench.sections.peers(street, street, ["MILP"], timeout=120, tell=told.append)
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    assert told == ["street: wangge", "street: MILP"]
    assert [row[1].strip() for row in rows] == ["system", "wangge", "MILP"]
    assert [row[2].strip() for row in rows[1:]] == ["1.000", "1.000"]
    assert "`none` 0000000000000000" in text
    assert str(BENCHMARKS.parent) not in text


def test_a_system_that_is_late_or_fails_gets_a_row_that_says_so(bench, street):
    late = bench.alone.run_alone("wangge", street, street, timeout=0.001)
    assert (late.labels, late.note) == (None, "not done in 0 s")
    failed = bench.alone.run_alone("wangge nested", street, street, timeout=120)
    assert (failed.labels, failed.note) == (None, "failed: ValueError: street has no micro level")


def test_a_plan_is_measured_from_its_labels(bench, street):
    got = bench.measure.measure(street, np.array([0, 0, 1, 0, 1, 1, 2, 2, 2]))
    assert (got.count, got.in_range, got.broken) == (3, 1.0, 2)
    assert got.cost == 10 * (150 + 150 + 100)
    got = bench.measure.measure(street, np.array([5, 5, 5, 5, 7, 7, 7, 7, 7]))
    assert (got.count, got.in_range, got.broken, got.least, got.most) == (2, 0.0, 0, 40, 50)
    assert got.longest_m == 100


def test_sparse_rows_survive_the_way_to_another_process(bench, street, tmp_path):
    near = street.metres * (street.metres <= 100)
    values = {name: getattr(street, name) for name in street.__slots__}
    sparse = bench.instances.Instance(
        **{**values, "metres": csr_array(near), "cost": csr_array(10 * near), "micro": (1, 2, 3)}
    )
    bench.instances.save(sparse, tmp_path / "street.npz")
    back = bench.instances.load(tmp_path / "street.npz")
    assert issparse(back.cost)
    assert (back.cost != sparse.cost).nnz == 0
    assert (back.limit, back.micro, back.name) == ((25, 35), (1, 2, 3), "street")
    assert np.isnan(back.known)
    labels = np.repeat([0, 1, 2], 3)
    measured = bench.measure.measure(back, labels)
    assert measured == bench.measure.measure(street, labels)
    assert bench.measure.measure(back, np.repeat([0, 1], [5, 4])).cost == 3000 + 2000
    assert np.isinf(bench.measure.measure(back, np.zeros(9, int)).cost)


def test_a_section_replaces_its_last_one_and_keeps_the_others(bench, tmp_path):
    kept, order = tmp_path / "kept.md", ["first", "second"]
    bench.report.keep(kept, "second", "## Two\n\nold", order)
    bench.report.keep(kept, "first", "## One", order)
    bench.report.keep(kept, "second", "## Two\n\nnew", order)
    text = kept.read_text()
    assert "old" not in text
    assert text.index("## One") < text.index("## Two\n\nnew")
    assert text.count("<!-- end -->") == 2


@pytest.mark.parametrize(("nodes", "seed"), [(30, 0), (100, 1), (777, 2), (2000, 3)])
def test_a_made_city_has_exactly_its_nodes(bench, nodes, seed):
    made = bench.city.make_city(nodes, seed=seed)
    beside = {name: empty_layer(INPUT_LAYERS[name]) for name in ("gates", "barriers")}
    built = build(made.walkways, **beside)
    order = np.lexsort(made.nodes.T[::-1])
    assert np.allclose(built.node_xy, made.nodes[order], rtol=0, atol=1e-6)
    assert len(built.edges) == len(made.walkways)
    graph = nx.MultiGraph(built.edges.tolist())
    assert nx.is_connected(graph)
    degrees = {degree for _, degree in graph.degree}
    assert {1, 3, 4} <= degrees <= {1, 3, 4, 5}
    shapes = shapely.length(made.walkways.geometry.to_numpy())
    assert shapes.min() > 9.99
    assert shapes.max() < 200


def test_a_made_city_is_the_same_for_the_same_seed(bench):
    one, same, other = (bench.city.make_city(200, seed=seed) for seed in (4, 4, 5))
    assert np.array_equal(one.nodes, same.nodes)
    assert one.walkways.geometry.to_wkb().tolist() == same.walkways.geometry.to_wkb().tolist()
    assert not np.array_equal(one.nodes, other.nodes)


def test_walks_of_wangge_and_networkx_are_equal(bench):
    works = bench.walk_works.city_works(400, reaches=60, facilities=(12, 5, 2), seed=1)
    assert [work.task.kind for work in works] == ["within", "nearest"]
    for work in works:
        answers = [bench.walking.ours(work), bench.walking.theirs(work, "networkx")]
        rows, _ = bench.walking.compare(work, answers)
        assert [row[0] for row in rows] == ["wangge", "networkx"]
        assert [row[6:9] for row in rows] == [["0.0000", "0", "all"]] * 2
        worse = answers[0]._replace(values=answers[0].values + answers[0].values)
        rows, good = bench.walking.compare(work, [worse, answers[1]])
        assert not good
        assert float(rows[0][6]) > 1000


def test_points_on_edges_are_nodes_for_peers(bench):
    """The matrix of points that join edges, cut for peers, is that of networkx."""
    made = bench.city.make_city(100, seed=6)
    rng = np.random.default_rng(6)
    doors = shapely.points(rng.uniform(0, 800, (60, 2)).round(3))
    beside = {name: empty_layer(INPUT_LAYERS[name]) for name in ("gates", "barriers")}
    ground = bench.walk_works.Ground.of(doors, walkways=made.walkways, **beside)
    on = np.flatnonzero(ground.snaps.edge >= 0)
    work = ground.work("doors", "matrix", on, on[::2], limit_m=500.0)
    answers = [bench.walking.ours(work), bench.walking.theirs(work, "networkx")]
    assert 0.1 < np.isfinite(answers[1].values).mean() < 0.9
    rows, _ = bench.walking.compare(work, answers)
    assert [row[6:9] for row in rows] == [["0.0000", "0", "all"]] * 2


def test_the_command_names_its_sections_and_refuses_others():
    command = [sys.executable, str(BENCHMARKS / "partition.py")]
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "Da'an" in told.stdout
    assert "spopt MaxP" in told.stdout
    wrong = subprocess.run([*command, "smal"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "no section 'smal'" in wrong.stderr


def test_made_cells_are_a_coverage_with_parents_and_the_same_again(bench, monkeypatch):
    cells, parents = bench.made_cells.made_cells(2000, seed=3)
    assert len(cells) == len(parents) == 2000
    assert shapely.coverage_is_valid(cells)
    assert shapely.is_valid(cells).all()
    assert 29 < shapely.get_num_coordinates(cells).mean() < 34
    xy = shapely.get_coordinates(cells)
    assert (xy == xy.round(3)).all()
    assert np.unique(parents).tolist() == list(range(parents[-1] + 1))
    assert (np.diff(parents) >= 0).all()
    again = bench.made_cells.made_cells(2000, seed=3)[0]
    assert shapely.equals_exact(cells, again).all()
    assert not shapely.equals_exact(cells, bench.made_cells.made_cells(2000, seed=4)[0]).any()
    monkeypatch.setattr(bench.made_cells, "_APART_M", 100_000.0)
    with pytest.raises(ValueError, match="no room for 2000 cells: 35"):
        bench.made_cells.made_cells(2000, seed=3)


def test_peers_find_the_same_cells_of_points(bench):
    cells, _ = bench.made_cells.made_cells(500, seed=3)
    x, y = bench.made_cells.made_points(cells, 5000, seed=4)
    answers = list(bench.points.systems(cells, x, y, rounds=1))
    ours = answers[0]
    assert [one.system for one in answers][:2] == ["wangge", "shapely STRtree"]
    assert len(answers) >= 4
    assert (ours.found >= 0).sum() > 4000
    for theirs in answers:
        assert bench.points.differences(cells, x, y, ours.found, theirs.found)[1] == 0
    # One answer that is wrong far from every edge is seen as such.
    wrong = ours.found.copy()
    wrong[np.argmax(wrong >= 0)] = -1
    assert bench.points.differences(cells, x, y, ours.found, wrong) == (1, 1)


def test_the_table_of_points_has_a_row_for_each_system(bench):
    text, _ = bench.points.compare(300, 5000, rounds=1)
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    assert rows[1:5] == [
        "wangge",
        "shapely STRtree",
        "shapely STRtree, points sorted",
        "geopandas.sjoin",
    ]
    assert "`find_one`" in rows
    assert "a valid coverage" in text
    assert "MB on disk" in text


def test_a_made_plan_is_published_and_answers_whole(bench, tmp_path):
    cells, parents = bench.made_cells.made_cells(300, seed=1)
    site = bench.serving.publish_made(tmp_path / "site", cells, parents)
    locator = open_locator(site, on=date(2026, 11, 22))
    codes = [locator.points.facts.micro_codes.name(at) for at in (0, 150, 299)]
    for code in codes:
        answer = locator.locate_point(*locator.anchor(code))
        assert (answer.micro.code, answer.version) == (code, 1)
        assert [person.level for person in answer.people] == [
            "community",
            "large",
            "micro",
            "building",
        ]
        assert answer.walk_m is not None


def test_the_servers_tables_name_what_is_missed(bench):
    load, start = bench.serving.Load, bench.serving.Start
    loads = [load("wangge", 9000, 6, 20, 60, 0), load("PostGIS, asyncpg", 3000, 20, 60, 400, 0)]
    starts = [start(1, 1.5, 1.2, 600, 500, 450), start(2, 2.5, 3.0, 600, 450, 150)]
    text, missed = bench.serving.written(loads, starts, 20_000, 400_000)
    assert "| wangge           | 9,000      |" in text
    assert missed == [
        "PostGIS, asyncpg: 3.0 times, not 4",
        "first answer after 2.50 s",
        "450 MB a worker",
    ]
