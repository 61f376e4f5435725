"""Every point of a coverage lies in exactly one polygon, on edges and corners too."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box
from shapely.ops import unary_union

from gis.lookup.points import PointIndex

SIDE = 100.0


@st.composite
def coverages(draw):
    """Draw a square cut into Voronoi cells on a 1 mm grid, some of them joined."""
    seed = draw(st.integers(0, 2**32 - 1))
    count = draw(st.integers(2, 25))
    rng = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(rng.uniform(0, SIDE, (count, 2)))
    square = box(0, 0, SIDE, SIDE)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square))
    cells = shapely.coverage_clean(
        shapely.set_precision(shapely.intersection(cells, square), 0.001)
    )
    cells = cells[~shapely.is_empty(cells)]
    groups = rng.integers(0, max(1, len(cells) // 2) + 1, len(cells))
    joined = [shapely.coverage_union_all(cells[groups == g]) for g in np.unique(groups)]
    cover = np.array(joined, dtype=object)
    cover = shapely.transform(cover, lambda xy: np.round(xy, 3) + 500_000.0)
    return cover, seed


def containing(index, x, y):
    """Return by each polygon alone whether it takes each point."""
    alone = [PointIndex([0], [polygon]) for polygon in index._polygons]
    return np.array([single.find(x, y) >= 0 for single in alone])


@given(coverages())
@settings(max_examples=40, deadline=None)
def test_each_vertex_and_edge_point_of_a_coverage_is_in_exactly_one_polygon(drawn):
    cover, _ = drawn
    assert shapely.coverage_is_valid(cover)
    index = PointIndex(range(len(cover)), cover)
    xy = np.unique(shapely.get_coordinates(cover), axis=0)
    along = shapely.get_coordinates(
        shapely.line_interpolate_point(shapely.boundary(cover), 0.37, normalized=True)
    )
    xy = np.vstack([xy, np.round(along, 3)])
    takers = containing(index, xy[:, 0], xy[:, 1]).sum(axis=0)
    whole = PointIndex([0], [unary_union(list(cover))])
    assert takers.tolist() == (whole.find(xy[:, 0], xy[:, 1]) >= 0).astype(int).tolist()
    low = 500_000.0
    inner = ((xy > low) & (xy < low + SIDE)).all(axis=1)
    assert (takers[inner] == 1).all()


@given(coverages())
@settings(max_examples=40, deadline=None)
def test_inner_points_are_where_shapely_finds_them(drawn):
    cover, seed = drawn
    index = PointIndex(range(len(cover)), cover)
    xy = np.random.default_rng(seed).uniform(-5, SIDE + 5, (200, 2)).round(3) + 500_000.0
    found = index.find(xy[:, 0], xy[:, 1])
    for (x, y), position in zip(xy, found, strict=True):
        point = Point(x, y)
        if min(polygon.boundary.distance(point) for polygon in cover) < 0.002:
            continue
        owners = [n for n, polygon in enumerate(cover) if polygon.contains(point)]
        assert owners == ([position] if position >= 0 else [])


def test_four_squares_share_their_corner_without_quarrel():
    squares = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]
    index = PointIndex("abcd", squares)
    assert containing(index, [1.0], [1.0]).sum() == 1
    assert [p.contains(Point(1, 1)) for p in squares] == [False] * 4
    assert [p.intersects(Point(1, 1)) for p in squares] == [True] * 4


def test_holes_and_parts_count():
    ring = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    island = MultiPolygon([box(4, 4, 6, 6), box(20, 0, 21, 1)])
    index = PointIndex(["ring", "island"], [ring, island])
    assert index.find([1, 5, 20.5, 15], [1, 5, 0.5, 0.5]).tolist() == [0, 1, 1, -1]


def test_the_order_of_polygons_changes_no_answer():
    cells = [box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
    names = [str(n) for n in range(16)]
    x, y = (grid.ravel() / 2 for grid in np.meshgrid(np.arange(8), np.arange(8)))
    there = [names[p] if p >= 0 else "" for p in PointIndex(names, cells).find(x, y)]
    back = PointIndex(names[::-1], cells[::-1])
    assert [back.codes[p] if p >= 0 else "" for p in back.find(x, y)] == there
    assert "" not in there


def test_distances_to_borders_and_from_outside():
    index = PointIndex("ab", [box(0, 0, 10, 10), box(10, 0, 20, 10)])
    positions = index.find([3, 25], [5, 5])
    assert positions.tolist() == [0, -1]
    assert index.border_m([3, 25], [5, 5], positions)[0] == pytest.approx(3)
    assert np.isnan(index.border_m([3, 25], [5, 5], positions)[1])
    nearest, metres = index.nearest([25, 10], [5, 5])
    assert nearest.tolist() == [1, 0]
    assert metres.tolist() == [5, 0]
    assert index.within(9, 5, 2) == [0, 1]


def test_what_is_no_place_is_nowhere():
    index = PointIndex("a", [box(0, 0, 10, 10)])
    odd = [np.nan, np.inf, -np.inf, 1e300]
    assert index.find(odd, [1] * 4).tolist() == [-1] * 4
    assert index.nearest([np.nan], [1])[0].tolist() == [-1]
    assert PointIndex([], []).find([1], [1]).tolist() == [-1]
    assert index.within(np.nan, 1, 5) == []


def test_a_large_batch_is_answered_in_pieces_as_one_by_one(monkeypatch):
    cells = [box(x, y, x + 1, y + 1) for x in range(10) for y in range(10)]
    index = PointIndex(range(100), cells)
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-1, 11, (2, 2000))
    whole = index.find(x, y)
    monkeypatch.setattr("gis.lookup.points._CHUNK_EDGES", 7)
    assert (index.find(x, y) == whole).all()


@pytest.mark.parametrize(
    ("codes", "polygons", "words"),
    [
        (["a"], [], "1 codes for 0"),
        (["a"], [None], "missing or empty"),
        (["a"], [Polygon()], "missing or empty"),
        (["a"], [box(0, 0, 3e6, 1)], "2,147 km"),
    ],
)
def test_what_cannot_be_indexed_is_refused(codes, polygons, words):
    with pytest.raises(ValueError, match=words):
        PointIndex(codes, polygons)


def test_points_come_in_pairs():
    index = PointIndex("a", [box(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="give two of one length"):
        index.find([1, 2], [1])
