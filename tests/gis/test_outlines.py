from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from gis.outlines import straighten

#: A border at x = 50 that wavers by 2 m every 10 m, in a town of 100 by 80.
WAVER = [(50 + 2 * (n % 2), 10 * n) for n in range(9)]
TOWN = box(0, 0, 100, 80)


def _halves(line=WAVER):
    west = Polygon([(0, 0), *line, (0, 80)])
    return np.array([west, TOWN.difference(west)], dtype=object)


def _draw(cells, *footprints, group=None):
    same = np.zeros(len(cells), dtype=np.int64)
    return straighten(cells, np.array(footprints), group=same if group is None else group)


def _border(cells):
    return shapely.line_merge(shapely.intersection(*cells))


def test_border_in_the_open_is_drawn_straight():
    drawn = _draw(_halves(), box(5, 30, 20, 50), box(80, 30, 95, 50))
    assert _border(drawn).equals(LineString([(50, 0), (50, 80)]))
    assert shapely.coverage_is_valid(drawn)


def test_border_between_close_walls_keeps_its_shape():
    # Walls a metre off on both sides, in the southern half only.
    near = box(5, 0, 49, 40), box(53, 0, 95, 40)
    drawn = _border(_draw(_halves(), *near))
    south = box(0, 0, 100, 39)
    assert drawn.intersection(south).equals(LineString(WAVER).intersection(south))
    assert len(drawn.coords) < len(WAVER)


def test_border_keeps_clear_of_a_footprint_on_its_chord():
    # The border leads far around a hut that the straight line would run over.
    around = [(50, 0), (50, 30), (52.6, 40), (50, 50), (50, 80)]
    hut = box(49, 39.5, 50.4, 40.5)
    drawn = _draw(_halves(around), hut)
    assert drawn[0].covers(hut)


def test_borders_of_blocks_and_the_outline_stay():
    cells = _halves()
    drawn = _draw(cells, box(5, 30, 20, 50), group=np.arange(2))
    assert shapely.equals(drawn, cells).all()


def test_hole_and_island_stay_together():
    island = box(40, 30, 60, 50)
    cells = np.array([TOWN.difference(island), island], dtype=object)
    drawn = _draw(cells, box(45, 35, 55, 45))
    assert shapely.coverage_is_valid(drawn)
    assert drawn[0].union(drawn[1]).equals(TOWN)


@given(st.lists(st.integers(-8, 8), min_size=4, max_size=12))
def test_no_border_moves_by_more_than_its_freedom(steps):
    line = [(50 + x, 80 * n / (len(steps) - 1)) for n, x in enumerate(steps)]
    drawn = _draw(_halves(line), box(1, 1, 6, 6), box(94, 70, 99, 79))
    assert shapely.coverage_is_valid(drawn)
    assert drawn[0].union(drawn[1]).symmetric_difference(TOWN).area < 1e-9
    assert shapely.hausdorff_distance(_border(drawn), LineString(line)) <= 2.84
