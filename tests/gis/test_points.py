"""Every point of a coverage lies in exactly one polygon, on edges and corners too."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from point_oracle import first_holder, holders
from shapely import LineString, MultiPolygon, Point, Polygon, box

from gis.errors import NotAnIndex
from gis.lookup.points import PointIndex

SIDE = 100.0
LOW = 500_000.0


@st.composite
def coverages(draw):
    """Draw a square cut into Voronoi cells on a 1 mm grid, some of them joined.

    Half of the seeds crowd in a corner, so that leaves of several sizes are needed; joined
    cells have holes and parts.
    """
    seed = draw(st.integers(0, 2**32 - 1))
    count = draw(st.integers(2, 60))
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0, SIDE, (count, 2))
    seeds[: count // 2] *= draw(st.sampled_from([1.0, 0.1]))
    square = box(0, 0, SIDE, SIDE)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=square))
    cells = shapely.coverage_clean(
        shapely.set_precision(shapely.intersection(cells, square), 0.001)
    )
    cells = cells[~shapely.is_empty(cells)]
    groups = rng.integers(0, max(1, len(cells) // 2) + 1, len(cells))
    joined = [shapely.coverage_union_all(cells[groups == g]) for g in np.unique(groups)]
    cover = np.array(joined, dtype=object)
    return shapely.transform(cover, lambda xy: np.round(xy, 3) + LOW), rng


def probes(cover, rng):
    """Return all vertices, their neighbours a millimetre off, points on edges, and random ones."""
    corners = np.unique(shapely.get_coordinates(cover), axis=0)
    beside = corners + rng.integers(-1, 2, corners.shape) / 1000
    borders = shapely.boundary(cover)
    along = shapely.line_interpolate_point(borders, rng.random(len(cover)), normalized=True)
    low, high = corners.min(), corners.max()
    anywhere = rng.uniform(low - 5, high + 5, (200, 2))
    level = np.column_stack([anywhere[: len(corners), 0], corners[:200, 1]])
    return np.vstack([corners, beside, shapely.get_coordinates(along), anywhere, level]).round(3).T


@given(coverages())
@settings(max_examples=60)
def test_each_point_of_a_coverage_is_in_exactly_one_polygon(drawn):
    cover, rng = drawn
    assert shapely.coverage_is_valid(cover)
    x, y = probes(cover, rng)
    held = holders(cover, x, y)
    inner = ((x > LOW) & (x < LOW + SIDE) & (y > LOW) & (y < LOW + SIDE)).nonzero()[0]
    assert len(inner)
    assert (held[:, inner].sum(axis=0) == 1).all()
    assert (PointIndex.build(cover).find(x, y) == first_holder(cover, x, y)).all()


@given(coverages())
@settings(max_examples=40)
def test_inner_points_are_where_shapely_finds_them(drawn):
    cover, rng = drawn
    x, y = rng.uniform(LOW - 5, LOW + SIDE + 5, (2, 200)).round(3)
    points = shapely.points(x, y)
    clear = np.min([shapely.distance(c.boundary, points) for c in cover], axis=0) > 0.002
    inside = np.array([shapely.contains(c, points) for c in cover])
    theirs = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    assert (PointIndex.build(cover).find(x, y)[clear] == theirs[clear]).all()


@given(coverages())
@settings(max_examples=40)
def test_distances_are_what_shapely_measures(drawn):
    cover, rng = drawn
    index = PointIndex.build(cover)
    x, y = rng.uniform(LOW - 60, LOW + SIDE + 60, (2, 100))
    points = shapely.points(x, y)
    away = np.array([shapely.distance(c, points) for c in cover])
    borders = np.array([shapely.distance(c.boundary, points) for c in cover])
    positions = index.find(x, y)
    ours = index.border_m(x, y, positions)
    known = positions >= 0
    assert np.isnan(ours[~known]).all()
    assert ours[known] == pytest.approx(borders[positions[known], known.nonzero()[0]], abs=1e-6)
    # Any polygon's border may be asked for, not the own one alone.
    other = rng.integers(0, len(cover), len(x))
    assert index.border_m(x, y, other) == pytest.approx(borders[other, range(len(x))], abs=1e-6)
    near, metres = index.nearest(x, y)
    assert metres == pytest.approx(away.min(axis=0), abs=0.001)
    assert away[near, range(len(x))] == pytest.approx(away.min(axis=0), abs=0.001)
    for at in range(10):
        reach = rng.uniform(0, 80)
        theirs = away[:, at]
        got = index.within(x[at], y[at], reach)
        assert got == sorted(set(got))
        assert set(np.flatnonzero(theirs < reach - 0.001)) <= set(got)
        assert set(got) <= set(np.flatnonzero(theirs < reach + 0.001))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
@settings(max_examples=40)
def test_of_polygons_that_overlap_the_first_is_answered(seed, count):
    rng = np.random.default_rng(seed)
    low, size = rng.uniform(0, 100, (count, 2)).round(1), rng.uniform(1, 90, (count, 2)).round(1)
    boxes = [box(*corner, *(corner + side)) for corner, side in zip(low, size, strict=True)]
    # Many small ones in a corner, so that leaves are filled by large ones.
    boxes += [box(at, at, at + 0.3, at + 0.3) for at in rng.uniform(0, 9, 300).round(3)]
    boxes = np.array(boxes, dtype=object)[rng.permutation(len(boxes))]
    x, y = probes(boxes, rng)
    assert (PointIndex.build(boxes).find(x, y) == first_holder(boxes, x, y)).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_rows_of_bricks_whose_corners_lie_on_the_edges_of_others_leave_no_gap(seed):
    rng = np.random.default_rng(seed)
    heights = [0.0, *np.cumsum(rng.uniform(0.5, 3, 12)).round(3)]
    bricks = []
    for south, north in pairwise(heights):
        cuts = [0.0, *np.sort(rng.uniform(0.1, 19.9, 7)).round(3), 20.0]
        bricks += [box(w, south, e, north) for w, e in pairwise(cuts) if w < e]
    cover = np.array(bricks, dtype=object)
    x, y = probes(cover, rng)
    inner = (x > 0) & (x < 20) & (y > 0) & (y < heights[-1])
    assert (holders(cover, x, y)[:, inner].sum(axis=0) == 1).all()
    assert (PointIndex.build(cover).find(x, y) == first_holder(cover, x, y)).all()


@pytest.mark.parametrize("layer", ["atoms", "micro_grids", "large_grids"])
def test_a_plans_cells_and_grids_are_found(toy_plan, layer):
    cover = toy_plan[layer].geometry.to_numpy()
    x, y = probes(cover, np.random.default_rng(4))
    index = PointIndex.build(cover)
    assert (index.find(x, y) == first_holder(cover, x, y)).all()
    middles = shapely.point_on_surface(cover)
    assert index.find(shapely.get_x(middles), shapely.get_y(middles)).tolist() == list(
        range(len(cover))
    )


def test_one_fine_polygon_in_a_wide_land_is_found_exactly():
    angle = np.linspace(0, 2 * np.pi, 4_000)[:-1]
    radius = 300 + 40 * np.sin(57 * angle) + 5 * np.sin(911 * angle)
    shore = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]).round(3)
    lake = Polygon(shore + 1_000_000)
    land = Polygon(
        [(0, 0), (2_000_000, 3), (1_999_999, 2_000_000), (1, 1_999_998)], [lake.exterior]
    )
    cover = np.array([land, lake], dtype=object)
    rng = np.random.default_rng(1)
    spots = np.vstack([shore[::7], shore[:200] + 0.001, rng.uniform(-400, 400, (500, 2))])
    x, y = np.vstack([spots.round(3) + 1_000_000, rng.uniform(-9, 2_000_009, (200, 2))]).T
    wide = PointIndex.build(cover)
    assert (wide.find(x, y) == first_holder(cover, x, y)).all()
    assert (wide.grid.cells & 15).max() >= 4, "no leaves of several sizes"
    assert wide.nearest([-3000.0], [1000.0])[0].tolist() == [0]
    assert wide.border_m([1_000_000.0], [1_000_000.0], [1])[0] == pytest.approx(
        lake.boundary.distance(Point(1e6, 1e6)), abs=1e-6
    )


def test_four_squares_share_their_corner_without_quarrel():
    squares = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]
    assert PointIndex.build(squares).find_one(1, 1) == 3
    assert [p.contains(Point(1, 1)) for p in squares] == [False] * 4
    assert [p.intersects(Point(1, 1)) for p in squares] == [True] * 4


def test_holes_and_parts_count():
    ring = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    island = MultiPolygon([box(4, 4, 6, 6), box(20, 0, 21, 1)])
    index = PointIndex.build([ring, island])
    assert index.find([1, 5, 20.5, 15], [1, 5, 0.5, 0.5]).tolist() == [0, 1, 1, -1]
    assert index.border_m([5], [1], [0]).tolist() == [1]
    assert index.within(15, 0.5, 5) == [0, 1]


def test_the_order_of_polygons_changes_no_answer():
    cells = [box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
    x, y = (grid.ravel() / 2 for grid in np.meshgrid(np.arange(8), np.arange(8)))
    there = PointIndex.build(cells).find(x, y)
    assert (15 - PointIndex.build(cells[::-1]).find(x, y) == there).all()
    assert (there >= 0).all()


def test_distances_to_borders_and_from_outside():
    index = PointIndex.build([box(0, 0, 10, 10), box(10, 0, 20, 10)])
    positions = index.find([3, 25], [5, 5])
    assert positions.tolist() == [0, -1]
    assert index.border_m([3, 25], [5, 5], positions)[0] == pytest.approx(3)
    assert np.isnan(index.border_m([3, 25], [5, 5], positions)[1])
    nearest, metres = index.nearest([25, 10], [5, 5])
    assert nearest.tolist() == [1, 1]
    assert metres.tolist() == [5, 0]
    # As far from both: the first one.
    assert index.nearest([10], [15])[0].tolist() == [0]
    assert index.within(9, 5, 2) == [0, 1]
    assert index.within(9, 5, 0.5) == [0]
    assert index.within(9, 5, -1) == []
    assert index.within(-5, 5, np.inf) == [0, 1]


def test_more_polygons_may_be_near_than_there_is_room_for_at_first():
    cells = [box(x, y, x + 1, y + 1) for x in range(20) for y in range(20)]
    assert PointIndex.build(cells).within(10, 10, 40) == list(range(400))


def test_what_is_no_place_is_nowhere():
    index = PointIndex.build([box(0, 0, 10, 10)])
    odd = [np.nan, np.inf, -np.inf, 1e300]
    assert index.find(odd, [1] * 4).tolist() == [-1] * 4
    assert [index.find_one(x, 1) for x in odd] == [-1] * 4
    assert index.nearest(odd, [1] * 4)[0].tolist() == [-1] * 4
    assert np.isnan(index.nearest(odd, [1] * 4)[1]).all()
    assert index.within(np.nan, 1, 5) == []
    assert index.within(1, 1, np.nan) == []


def test_no_polygons_hold_no_points(tmp_path):
    PointIndex.build([]).save(tmp_path)
    for index in (PointIndex.build([]), PointIndex.open(tmp_path)):
        assert len(index) == 0
        assert index.find([1], [1]).tolist() == [-1]
        assert index.nearest([1], [1])[0].tolist() == [-1]
        assert index.within(1, 1, 1e6) == []
        assert index.find([], []).tolist() == []


def test_a_large_batch_is_answered_in_its_order_as_one_by_one():
    cells = [box(x, y, x + 1, y + 1) for x in range(10) for y in range(10)]
    index = PointIndex.build(cells)
    x, y = np.random.default_rng(3).uniform(-1, 11, (2, 9000))
    x[[5, 70, 8000]] = np.nan, np.inf, -1e308
    found = index.find(x, y)
    assert found.tolist() == [index.find_one(*point) for point in zip(x, y, strict=True)]
    pieces = [index.nearest(x[at : at + 900], y[at : at + 900]) for at in range(0, 9000, 900)]
    near, metres = index.nearest(x, y)
    assert near.tolist() == np.concatenate([piece[0] for piece in pieces]).tolist()
    assert np.array_equal(metres, np.concatenate([piece[1] for piece in pieces]), equal_nan=True)


def test_threads_answer_alike():
    cells = [box(x, y, x + 1, y + 1) for x in range(30) for y in range(30)]
    index = PointIndex.build(cells)
    x, y = np.random.default_rng(5).uniform(0, 30, (2, 20_000))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: index.find(x, y).tolist(), range(8)))
    assert answers == [index.find(x, y).tolist()] * 8


def test_a_saved_index_answers_alike_and_cannot_be_changed(tmp_path, toy_plan):
    cover = toy_plan["atoms"].geometry.to_numpy()
    x, y = probes(cover, np.random.default_rng(6))
    built = PointIndex.build(cover)
    built.save(tmp_path / "new" / "atoms")
    opened = PointIndex.open(tmp_path / "new" / "atoms")
    assert len(opened) == len(cover)
    assert (opened.find(x, y) == built.find(x, y)).all()
    assert [np.array_equal(a, b) for a, b in zip(opened.grid, built.grid, strict=True)] == [
        True
    ] * 5
    for index in (built, opened):
        with pytest.raises(ValueError, match="read-only"):
            index.grid.runs[0] = 0


def test_the_same_polygons_are_saved_the_same(tmp_path, toy_plan):
    for name in ("a", "b"):
        PointIndex.build(toy_plan["atoms"].geometry.to_numpy()).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(files) == 7
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def _other_version(folder):
    head = json.loads((folder / "points.json").read_text())
    (folder / "points.json").write_text(json.dumps(head | {"version": 99}))


def _cut_short(folder):
    path = folder / "runs.npy"
    path.write_bytes(path.read_bytes()[:-8])


def _anothers_file(folder):
    PointIndex.build([box(0, 0, 1, 1), box(2, 2, 3, 3)]).save(folder / "other")
    (folder / "other" / "vertices.npy").replace(folder / "vertices.npy")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_other_version, "version 99, not 2: build it anew"),
        (_cut_short, "damaged"),
        (_anothers_file, "do not go together"),
        (lambda folder: (folder / "cells.npy").unlink(), "damaged"),
        (lambda folder: (folder / "points.json").unlink(), "holds no point index"),
        (lambda folder: (folder / "points.json").write_text("[]"), "holds no point index"),
    ],
)
def test_what_is_no_index_of_this_version_is_not_opened(tmp_path, damage, words):
    PointIndex.build([box(0, 0, 1, 1)]).save(tmp_path)
    assert len(PointIndex.open(tmp_path)) == 1
    damage(tmp_path)
    with pytest.raises(NotAnIndex, match=words):
        PointIndex.open(tmp_path)


@pytest.mark.parametrize(
    ("polygons", "words"),
    [
        ([None], "missing, empty or none"),
        ([Polygon()], "missing, empty or none"),
        ([LineString([(0, 0), (1, 1)])], "missing, empty or none"),
        ([Polygon([(0, 0), (1, 0), (np.inf, 1)])], "not finite"),
        ([box(0, 0, 3e6, 1)], "2,147 km"),
    ],
)
def test_what_cannot_be_indexed_is_refused(polygons, words):
    with pytest.raises(ValueError, match=words):
        PointIndex.build(polygons)


def test_points_come_in_pairs_and_positions_are_known():
    index = PointIndex.build([box(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="give two of one length"):
        index.find([1, 2], [1])
    with pytest.raises(ValueError, match="2 points have 1 positions"):
        index.border_m([1, 2], [1, 2], [0])
    with pytest.raises(IndexError, match="position 1 among 1"):
        index.border_m([1], [1], [1])


def test_the_border_of_one_is_that_of_many():
    ring = shapely.Point(50, 50).buffer(20)
    donut = shapely.box(0, 0, 100, 100) - ring
    pair = shapely.MultiPolygon([shapely.box(100, 0, 140, 40), shapely.box(150, 0, 200, 60)])
    index = PointIndex.build([donut, ring, pair])
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-5, 205, 400), rng.uniform(-5, 105, 400)
    found = index.find(x, y)
    many = index.border_m(x, y, found)
    assert set(found.tolist()) == {-1, 0, 1, 2}
    for at in np.flatnonzero(found >= 0):
        assert index.border_one(x[at], y[at], int(found[at])) == pytest.approx(many[at], abs=1e-9)
