from __future__ import annotations

import geopandas as gpd
import momepy
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, box
from shapely.affinity import rotate

from gis import cells
from gis.blocks import Blocks, cut
from gis.errors import NotACoverage

NO_SITES = gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[])
ORIGIN = np.array([480_000.0, 3_540_000.0])


def _one_block(boundary):
    return Blocks(np.array([boundary], dtype=object), np.array([""]))


def _walls(lines):
    return gpd.GeoDataFrame({"kind": ["wall"] * len(lines)}, geometry=list(lines))


def _build(footprints, boundary, lines=()):
    blocks = cut(boundary, barriers=_walls(lines), special_sites=NO_SITES)
    return cells.around(np.array(footprints, dtype=object), boundary, blocks=blocks)


def _assert_tiles(shapes, boundary):
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    off = shapely.symmetric_difference(shapely.coverage_union_all(shapes), boundary).area
    assert off < 1e-6 * boundary.area


def _assert_uncut(footprints, found, boundary):
    inside = shapely.intersection(footprints, boundary)
    own = shapely.buffer(found.shapes[: found.homes], 0.5)
    assert shapely.area(shapely.difference(inside, own)).max() < 1e-6


@pytest.fixture(scope="module")
def bubenec():
    path = momepy.datasets.get_path("bubenec")
    buildings = gpd.read_file(path, layer="buildings")
    streets = gpd.read_file(path, layer="streets")
    shapes = shapely.transform(buildings.geometry.to_numpy(), lambda xy: xy.round(3))
    boundary = shapely.set_precision(box(*buildings.total_bounds).buffer(20), 0.001)
    return gpd.GeoSeries(shapes, crs=buildings.crs), boundary, streets


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the borders as Voronoi made them, but for a little smoothing."""
    monkeypatch.setattr(cells, "straighten", lambda found, **_: cells._simplified(found))


@pytest.mark.usefixtures("undrawn")
def test_cells_agree_with_momepy(bubenec):
    buildings, boundary, _ = bubenec
    theirs = momepy.morphological_tessellation(
        buildings, clip=boundary, shrink=0.2, segment=1.0
    ).geometry
    found = cells.around(buildings.to_numpy(), boundary, blocks=_one_block(boundary))
    ours = gpd.GeoSeries(found.shapes[: found.homes], crs=buildings.crs)
    assert len(ours) == len(theirs) == len(buildings)
    off = np.abs(ours.area - theirs.area) / theirs.area
    assert off.median() < 0.005
    assert off.quantile(0.95) < 0.1
    common = ours.intersection(theirs.sort_index()).area / theirs.area
    assert common.quantile(0.05) > 0.9
    _assert_tiles(found.shapes, boundary)
    _assert_uncut(buildings.to_numpy(), found, boundary)


@pytest.mark.usefixtures("undrawn")
def test_cells_agree_with_momepy_inside_streets(bubenec):
    buildings, boundary, streets = bubenec
    enclosures = momepy.enclosures(streets, limit=gpd.GeoSeries([boundary], crs=streets.crs))
    theirs = momepy.enclosed_tessellation(buildings, enclosures, shrink=0.2, segment=1.0, n_jobs=1)
    # Theirs has a cell in each enclosure that a building reaches into; ours is one a building.
    whole = theirs[theirs.index >= 0].dissolve(level=0).geometry
    shapes = cut(boundary, barriers=_walls(streets.geometry), special_sites=NO_SITES)
    found = cells.around(buildings.to_numpy(), boundary, blocks=shapes)
    ours = gpd.GeoSeries(found.shapes[: found.homes], crs=buildings.crs)
    assert len(ours) == len(whole)
    off = np.abs(ours.area - whole.area) / whole.area
    assert off.median() < 0.005
    assert off.quantile(0.9) < 0.1
    _assert_tiles(found.shapes, boundary)


def test_drawing_moves_cells_by_little(bubenec):
    buildings, boundary, _ = bubenec
    block = _one_block(boundary)
    drawn = cells.around(buildings.to_numpy(), boundary, blocks=block).shapes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "straighten", lambda found, **_: cells._simplified(found))
        undrawn = cells.around(buildings.to_numpy(), boundary, blocks=block).shapes
    moved = shapely.area(shapely.symmetric_difference(drawn, undrawn)) / shapely.area(undrawn)
    assert 0 < np.median(moved) < 0.05
    assert (
        shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(undrawn).sum() * 0.6
    )


@st.composite
def towns(draw):
    """Rectangles that do not overlap, in a boundary that stands askew, cut by straight walls."""
    side, count = 40, draw(st.integers(2, 4))
    rows = []
    for column in range(count):
        for row in range(count):
            if draw(st.booleans()):
                w, h = draw(st.integers(3, side)), draw(st.integers(3, side))
                x = column * side + draw(st.integers(0, side - w))
                y = row * side + draw(st.integers(0, side - h))
                rows.append(box(x, y, x + w, y + h))
    rows = rows or [box(3, 3, 9, 9)]
    size = side * count
    ends = st.tuples(st.integers(-5, size + 5), st.integers(-5, size + 5))
    lines = draw(st.lists(st.tuples(ends, ends).filter(lambda p: p[0] != p[1]), max_size=3))
    turn = draw(st.sampled_from([0, 0, 17, 31.7]))
    shapes = [box(-5, -5, size + 5, size + 5), *rows, *(LineString(ends) for ends in lines)]
    shapes = [rotate(shape, turn, origin=(0, 0)) for shape in shapes]
    shapes = shapely.transform(shapes, lambda xy: xy.round(3) + ORIGIN)
    return shapes[0], shapes[1 : 1 + len(rows)], shapes[1 + len(rows) :]


@settings(max_examples=40)
@given(towns())
def test_any_town_is_covered_and_no_footprint_cut(town):
    boundary, footprints, lines = town
    found = _build(footprints, boundary, lines)
    assert found.homes == len(footprints)
    assert len(found.special) == len(found.shapes)
    _assert_tiles(found.shapes, boundary)
    _assert_uncut(footprints, found, boundary)


@settings(max_examples=15)
@given(towns(), st.integers(-50, 50), st.integers(-50, 50))
@example((box(0, 0, 60, 20), np.array([box(5, 5, 15, 15), box(45, 5, 55, 15)]), []), 1000, -1000)
def test_origin_changes_nothing(town, east, north):
    boundary, footprints, lines = town
    move = np.array([east, north])
    there = [
        shapely.transform(np.array(part, dtype=object), lambda xy: xy + move)
        for part in (boundary, footprints, lines)
    ]
    here = _build(footprints, boundary, lines)
    moved = _build(list(there[1]), there[0].item(), list(there[2]))
    back = shapely.transform(moved.shapes, lambda xy: xy - move)
    assert len(back) == len(here.shapes)
    off = shapely.area(shapely.symmetric_difference(back, here.shapes))
    assert off.max() < 0.01 * shapely.length(here.shapes).max()


def test_ground_is_a_block_without_footprints():
    town = box(0, 0, 60, 20)
    found = _build([box(2, 2, 10, 10)], town, [LineString([(30, -5), (30, 25)])])
    assert found.homes == 1
    assert shapely.area(found.shapes).tolist() == [600, 600]
    assert found.special.tolist() == ["", ""]


def test_footprint_across_a_wall_takes_its_ground_along():
    town = box(0, 0, 60, 20)
    across, other = box(20, 5, 34, 15), box(45, 5, 55, 15)
    found = _build([across, other], town, [LineString([(30, -5), (30, 25)])])
    _assert_tiles(found.shapes, town)
    assert found.shapes[0].covers(across)
    assert found.shapes[0].area == pytest.approx(600 + 40)


def test_footprint_that_covers_a_whole_block_leaves_no_empty_ground():
    town = box(0, 0, 60, 20)
    ring = box(24, 8, 28, 12).exterior
    found = _build([box(20, 5, 34, 15)], town, [ring])
    assert len(found.shapes) == 1
    _assert_tiles(found.shapes, town)


def test_boundary_in_two_parts_is_covered():
    town = MultiPolygon([box(0, 0, 60, 20), box(60, 20, 90, 40)])
    found = _build([box(2, 2, 10, 10), box(62, 22, 70, 30)], town)
    assert len(found.shapes) == 2
    assert shapely.area(found.shapes).tolist() == [1200, 600]


def test_buildings_outside_are_refused():
    town = box(0, 0, 60, 20)
    with pytest.raises(NotACoverage, match="1 of 2 buildings"):
        _build([box(2, 2, 10, 10), box(60, 0, 70, 10)], town)


def test_given_cells_are_cut_and_completed():
    town = box(0, 0, 60, 20)
    found = cells.given(np.array([box(-5, 0, 20, 20), box(20, 0, 40, 20)]), town)
    assert found.homes == 2
    assert shapely.area(found.shapes).tolist() == [400, 400, 400]
    _assert_tiles(found.shapes, town)


def test_given_cells_with_hairline_gaps_and_overlaps_are_matched():
    town = box(0, 0, 60, 20)
    given = np.array([box(0, 0, 20.02, 20), box(20, 0, 39.98, 20), box(40, 0, 60, 20)])
    found = cells.given(given, town)
    assert len(found.shapes) == 3
    _assert_tiles(found.shapes, town)


def test_given_cells_that_overlap_are_refused():
    with pytest.raises(NotACoverage, match="overlap by 100 m²"):
        cells.given(np.array([box(0, 0, 25, 20), box(20, 0, 60, 20)]), box(0, 0, 60, 20))
