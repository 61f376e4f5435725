"""Test where walkways cross barriers, and how they are cut there."""

import pytest
import shapely

from gis import crossings

WALL = shapely.LineString([(5, -5), (5, 5)])
PATH = shapely.LineString([(0, 0), (10, 0)])


def array(*shapes):
    return shapely.from_wkb(shapely.to_wkb(list(shapes)))


def found(lines, barriers, gates=()):
    return crossings.find(array(*lines), array(*barriers), array(*gates))


def test_path_through_wall_is_a_crossing():
    crossing = found([PATH], [WALL])
    assert crossing.line.tolist() == [0]
    assert crossing.place[0].equals(shapely.Point(5, 0))


def test_open_gate_near_makes_a_passage():
    assert len(found([PATH], [WALL], [shapely.Point(5, 2.9)])) == 0
    assert len(found([PATH], [WALL], [shapely.Point(5, 3.1)])) == 1


@pytest.mark.parametrize(
    "path",
    [
        [(0, 0), (5, 0)],  # ends on the wall
        [(0, 0), (5, 0), (0, 3)],  # touches it and turns back
        [(0, 6), (10, 6)],  # passes beyond its end
        [(0, 5), (10, 5)],  # passes its very end
        [(4, -5), (4, 5)],  # runs beside it
    ],
)
def test_touching_is_not_crossing(path):
    assert len(found([shapely.LineString(path)], [WALL])) == 0


def test_wall_end_drawn_a_little_over_the_path_does_not_block():
    wall = shapely.LineString([(5, 5), (5, -0.004)])
    assert len(found([PATH], [wall])) == 0


def test_two_walls_that_meet_on_the_path_block():
    walls = [shapely.LineString([(5, 5), (5, 0)]), shapely.LineString([(5, 0), (5, -5)])]
    crossing = found([PATH], walls)
    assert set(crossing.barrier.tolist()) == {0, 1}


def test_two_paths_that_meet_on_the_wall_cross_it():
    halves = [shapely.LineString([(0, 0), (5, 0)]), shapely.LineString([(5, 0), (10, 0)])]
    assert found(halves, [WALL]).line.tolist() == [0, 1]
    same_side = [halves[0], shapely.LineString([(0, 4), (5, 0)])]
    assert len(found(same_side, [WALL])) == 0


def test_path_end_a_hair_beyond_the_wall_is_cut_off():
    halves = [shapely.LineString([(0, 0), (5.0005, 0)]), shapely.LineString([(5.0005, 0), (9, 0)])]
    crossing = found(halves, [WALL])
    assert crossing.line.tolist() == [0]
    left, _ = crossings.cut(array(*halves), [crossing])
    assert shapely.distance(left[0], left[-1]) > 0.01


def test_dead_end_a_hair_beyond_the_wall_is_no_crossing():
    assert len(found([shapely.LineString([(0, 0), (5.0005, 0)])], [WALL])) == 0


@pytest.mark.parametrize("x", [4.995, 5, 5.0005])
def test_dead_end_on_a_wall_is_cut_short(x):
    path = shapely.LineString([(0, 0), (x, 0)])
    dead = crossings.dead_ends(array(path), array(WALL), array())
    assert dead.line.tolist() == [0]
    left, _ = crossings.cut(array(path), [dead])
    assert left[0].distance(WALL) > 0.01
    assert len(crossings.dead_ends(array(path), array(WALL), array(shapely.Point(5, 1)))) == 0
    more = shapely.LineString([(x, 0), (0, 3)])
    assert len(crossings.dead_ends(array(path, more), array(WALL), array())) == 0


def test_ring_that_starts_on_the_wall_crosses_it_twice():
    ring = shapely.LineString([(5, 0), (8, 2), (5, 4), (2, 2), (5, 0)])
    assert len(found([ring], [WALL])) == 2


def test_running_along_a_wall_is_a_crossing():
    along = shapely.LineString([(0, 0), (5, 0), (5, 4), (9, 4)])
    places = found([along], [WALL]).place
    assert sum(shapely.length(places)) == pytest.approx(4)


def test_area_stops_what_lies_inside_but_not_its_bank():
    lake = shapely.box(2, -2, 6, 2)
    crossing = found([PATH, shapely.LineString([(0, 2), (10, 2)])], [lake])
    assert crossing.line.tolist() == [0]
    left, owner = crossings.cut(array(PATH), [crossing])
    assert owner.tolist() == [0, 0]
    assert shapely.length(left).tolist() == pytest.approx([2, 4], abs=0.05)


def test_hole_of_an_area_can_be_walked():
    moat = shapely.box(-9, -9, 19, 9).difference(shapely.box(-2, -2, 12, 2))
    assert len(found([PATH], [moat])) == 0


def test_multi_shapes_keep_their_row():
    walls = shapely.MultiLineString([[(2, -1), (2, 1)], [(7, -1), (7, 1)]])
    crossing = found([PATH], [shapely.Point(0, 99).buffer(1), walls])
    assert crossing.barrier.tolist() == [1, 1]
    assert [place.x for place in crossing.place] == [2, 7]


def test_shut_gate_cuts_its_own_path_not_the_street_behind():
    street = shapely.LineString([(0, 1.2), (10, 1.2)])
    shut = crossings.shut(array(PATH, street), array(shapely.Point(4, 0.2)))
    assert shut.line.tolist() == [0]
    assert shut.place[0].equals(shapely.Point(4, 0))
    assert len(crossings.shut(array(PATH), array(shapely.Point(4, 1.6)))) == 0


def test_nothing_to_cross():
    assert len(found([], [WALL])) == 0
    assert len(found([PATH], [])) == 0
    left, owner = crossings.cut(array(PATH), [found([PATH], [])])
    assert left.tolist() == [PATH]
    assert owner.tolist() == [0]
