"""Test the unions of bands, and areas drawn many at a time."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis import bands, network
from gis.rules import Walking as Rules
from gis.tables import INPUT_LAYERS, empty_layer
from gis.walking import walking

NO_GATES, NO_BARRIERS = empty_layer(INPUT_LAYERS["gates"]), empty_layer(INPUT_LAYERS["barriers"])


def streets(side=9, apart=80.0):
    """Lay a grid of streets, one of them bent and one that ends by itself."""
    far = (side - 1) * apart
    lines = [[(0, k * apart), (far, k * apart)] for k in range(side)]
    lines += [[(k * apart, 0), (k * apart, far)] for k in range(side)]
    lines += [[(far, 0), (far + 100, 30), (far + 120, 200)], [(0, far), (-150, far + 40)]]
    return gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines])


@pytest.fixture(scope="module")
def built():
    return network.build(streets(), gates=NO_GATES, barriers=NO_BARRIERS)


def walks(points):
    return walking(
        shapely.points(points),
        walkways=streets(),
        gates=NO_GATES,
        barriers=NO_BARRIERS,
        rules=Rules(),
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.97, 1.0])
def test_unions_are_those_of_all_bands_at_once(built, share):
    random = np.random.default_rng(1)
    held = random.random((40, len(built.edges))) < share
    area, edge = np.nonzero(held)
    own = np.arange(40), random.integers(0, len(built.edges), 40), np.arange(40)
    extras = shapely.buffer(shapely.points(random.uniform(0, 600, (40, 2))), 20)
    found = bands.Bands(built).unite(40, (area, edge), own, extras)
    grown = bands.grown(built.geometries)
    for k in range(40):
        right = shapely.union_all([*grown[held[k]], extras[k]])
        assert found[k].is_valid
        assert shapely.symmetric_difference(found[k], right).area < 1e-3


def test_an_area_is_the_same_whatever_is_drawn_with_it(built):
    random = np.random.default_rng(2)
    held = random.random((300, len(built.edges))) < 0.9
    none = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    drawn = bands.Bands(built)
    together = drawn.unite(300, np.nonzero(held), none, [])
    for k in (0, 17, 299):
        alone = bands.Bands(built).unite(1, np.nonzero(held[[k]]), none, [])
        assert shapely.to_wkb(alone[0]) == shapely.to_wkb(together[k])


def test_nothing_is_empty(built):
    none = np.zeros(0, dtype=np.int64)
    found = bands.Bands(built).unite(2, (none, none), (none, none, none), [])
    assert shapely.is_empty(found).tolist() == [True, True]


def test_many_walks_at_a_time_are_drawn_as_each_alone():
    points = np.random.default_rng(3).uniform(-250, 800, (90, 2)).round(3)
    walk, metres = walks(points), [60.0, 0.0, 300.0, 20.0, 900.0]
    areas = walk.reaches(np.arange(90), metres)
    on = np.isfinite(walk.snap_m)
    assert 60 < on.sum() < 90
    assert shapely.is_empty(areas[~on]).all()
    assert shapely.is_valid(areas[on]).all()
    assert not shapely.is_empty(areas[on]).any()
    for k in np.flatnonzero(on)[::7].tolist():
        alone = [walk.reach(k, limit) for limit in metres]
        assert [area.wkb for area in alone] == [area.wkb for area in areas[k]]
    for shorter, longer in ((1, 3), (3, 0), (0, 2), (2, 4)):
        left = shapely.difference(areas[on, shorter], shapely.buffer(areas[on, longer], 2.5))
        assert shapely.area(left).max() == 0


def test_an_edge_cut_from_both_ends_keeps_its_gap():
    """Two ways around a block: 640 m around, 290 m either way leave 60 m in the middle."""
    ring = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(0, 0), (160, 0), (160, 160), (0, 160), (0, 0)])]
    )
    walk = walking(
        shapely.points([(0, 0)]),
        walkways=ring,
        gates=NO_GATES,
        barriers=NO_BARRIERS,
        rules=Rules(),
    )
    area, whole = walk.reaches([0], [220.0, 330.0])[0]
    assert not area.contains(shapely.Point(160, 160))
    assert area.contains(shapely.Point(160, 80))
    assert whole.contains(shapely.Point(160, 160))
