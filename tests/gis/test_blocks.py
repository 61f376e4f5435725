from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, box

from gis.blocks import SLIVER_M2, cut

TOWN = box(0, 0, 100, 50)


def _barriers(*shapes):
    return gpd.GeoDataFrame({"kind": ["wall"] * len(shapes)}, geometry=list(shapes))


def _sites(**shapes):
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()))


def _areas(blocks):
    return sorted(shapely.area(blocks.shapes).round(3).tolist())


def test_nothing_cuts_nothing():
    blocks = cut(TOWN, barriers=_barriers(), special_sites=_sites())
    assert _areas(blocks) == [5000]
    assert blocks.special.tolist() == [""]


def test_wall_that_ends_inside_cuts_nothing():
    dead_end = LineString([(50, -5), (50, 40)])
    blocks = cut(TOWN, barriers=_barriers(dead_end), special_sites=_sites())
    assert _areas(blocks) == [5000]


def test_barrier_polygon_cuts_out_its_own_block():
    pond = box(20, 20, 30, 30)
    blocks = cut(TOWN, barriers=_barriers(pond), special_sites=_sites())
    assert _areas(blocks) == [100, 4900]


def test_special_sites_are_named_even_where_walls_cut_them():
    wall = LineString([(50, -5), (50, 55)])
    sites = _sites(学校=box(40, 10, 60, 20), 公园=box(90, 40, 200, 200))
    blocks = cut(TOWN, barriers=_barriers(wall), special_sites=sites)
    named = dict(zip(_areas(blocks), [""] * 9, strict=False))
    assert len(named) == 3
    by_name = {
        name: sorted(shapely.area(blocks.shapes[blocks.special == name]).tolist())
        for name in ("学校", "公园", "")
    }
    assert by_name == {"学校": [100, 100], "公园": [100], "": [2300, 2400]}


def test_slivers_join_the_neighbour_with_the_longest_border():
    double = [LineString([(50, -5), (50, 55)]), LineString([(50.05, -5), (50.05, 55)])]
    blocks = cut(TOWN, barriers=_barriers(*double), special_sites=_sites())
    assert len(blocks.shapes) == 2
    assert sum(_areas(blocks)) == 5000


def test_sliver_that_touches_nothing_does_not_stop_the_others():
    town = MultiPolygon([TOWN, box(200, 0, 201, 1)])
    double = [LineString([(50, -5), (50, 55)]), LineString([(50.05, -5), (50.05, 55)])]
    blocks = cut(town, barriers=_barriers(*double), special_sites=_sites())
    assert len(blocks.shapes) == 3
    assert _areas(blocks)[0] == 1


def test_hole_in_the_boundary_stays_a_hole():
    town = TOWN.difference(box(20, 20, 30, 30))
    blocks = cut(town, barriers=_barriers(), special_sites=_sites())
    assert _areas(blocks) == [4900]


ENDS = st.tuples(st.integers(-10, 110), st.integers(-10, 60))
LINES = st.lists(st.tuples(ENDS, ENDS).filter(lambda pair: pair[0] != pair[1]), max_size=5)


@given(LINES, st.randoms(use_true_random=False))
def test_blocks_tile_the_boundary_whatever_the_order_of_barriers(ends, random):
    lines = [LineString(pair) for pair in ends]
    blocks = cut(TOWN, barriers=_barriers(*lines), special_sites=_sites())
    assert shapely.area(blocks.shapes).sum() == pytest.approx(TOWN.area, rel=1e-6)
    assert shapely.union_all(blocks.shapes).symmetric_difference(TOWN).area < 1e-6 * TOWN.area
    assert len(blocks.shapes) == 1 or shapely.area(blocks.shapes).min() >= SLIVER_M2
    random.shuffle(lines)
    again = cut(TOWN, barriers=_barriers(*lines), special_sites=_sites())
    assert shapely.equals(blocks.shapes, again.shapes).all()


def _cut(*streets, barriers=(), sites=None):
    return cut(
        TOWN,
        barriers=_barriers(*barriers),
        special_sites=_sites(**(sites or {})),
        streets=np.array(streets, dtype=object),
    )


def test_streets_cut_blocks_and_dead_ends_do_not():
    through, dead_end = LineString([(50, -5), (50, 55)]), LineString([(0, 25), (40, 25)])
    assert _areas(_cut(through)) == [2500, 2500]
    assert _areas(_cut(through, dead_end)) == [2500, 2500]
    assert _areas(_cut(dead_end)) == [5000]


def test_median_between_two_carriageways_joins_one_side():
    one, other = LineString([(50, -5), (50, 55)]), LineString([(58, -5), (58, 55)])
    areas = _areas(_cut(one, other))
    assert areas in ([2500, 2500], [2100, 2900])


def test_roundabout_is_no_block():
    ring = Point(50, 25).buffer(8).exterior
    spokes = [LineString([(50, -5), (50, 17)]), LineString([(50, 33), (50, 55)])]
    blocks = _cut(ring, *spokes)
    assert len(blocks.shapes) == 2
    assert sum(_areas(blocks)) == pytest.approx(5000)


def test_what_a_wall_and_a_street_enclose_stays_on_its_side_of_the_wall():
    wall, street = LineString([(50, -5), (50, 55)]), LineString([(54, -5), (54, 55)])
    assert _areas(_cut(street, barriers=[wall])) == [2500, 2500]


def test_streets_cut_no_special_site():
    through = LineString([(-5, 25), (105, 25)])
    blocks = _cut(through, sites={"公园": box(40, -5, 100, 55)})
    assert sorted(zip(_areas(blocks), ["", "", "公园"], strict=True)) == [
        (1000, ""),
        (1000, ""),
        (3000, "公园"),
    ]
    assert blocks.special[np.argmax(shapely.area(blocks.shapes))] == "公园"


@given(LINES, LINES, st.randoms(use_true_random=False))
def test_blocks_along_streets_tile_the_boundary_and_keep_to_one_side_of_walls(walls, ways, random):
    walls, ways = ([LineString(pair) for pair in ends] for ends in (walls, ways))
    hard = cut(TOWN, barriers=_barriers(*walls), special_sites=_sites())
    blocks = _cut(*ways, barriers=walls)
    assert shapely.area(blocks.shapes).sum() == pytest.approx(TOWN.area, rel=1e-6)
    assert shapely.union_all(blocks.shapes).symmetric_difference(TOWN).area < 1e-6 * TOWN.area
    assert len(blocks.shapes) >= len(hard.shapes)
    # A sliver between walls may join either side; nothing else lies on both sides of a wall.
    crossing, wall = shapely.STRtree(hard.shapes).query(blocks.shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(blocks.shapes[crossing], hard.shapes[wall]))
    assert (np.sort(common)[::-1][len(blocks.shapes) :] < SLIVER_M2 * 3).all()
    random.shuffle(ways)
    again = _cut(*ways, barriers=walls)
    assert shapely.equals(blocks.shapes, again.shapes).all()
