from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, box

from gis.blocks import cut
from gis.verges import divide

TOWN = box(0, 0, 200, 120)
#: Two compounds with a wall between them, and a verge all around up to the boundary.
WALLS = [box(15, 15, 90, 105), box(90, 15, 185, 105)]
HOMES = np.array([box(20, 50, 60, 60), box(120, 50, 160, 60)])
NO_SITES = gpd.GeoDataFrame({"name": []}, geometry=[])


def _barriers(*rows):
    return gpd.GeoDataFrame({"kind": [k for k, _ in rows]}, geometry=[g for _, g in rows])


def _divided(barriers, homes=HOMES, town=TOWN):
    blocks = cut(town, barriers=barriers, special_sites=NO_SITES)
    return blocks, divide(blocks, homes, barriers=barriers)


def _walls(kind="wall", shapes=WALLS):
    return _barriers(*((kind, shape.exterior) for shape in shapes))


def test_verge_is_divided_where_the_compounds_meet():
    before, after = _divided(_walls())
    assert (len(before.shapes), len(after.shapes)) == (3, 4)
    west, east = sorted(after.shapes[2:], key=lambda shape: shape.centroid.x)
    assert west.bounds[2] == pytest.approx(90, abs=2)
    assert east.bounds[0] == pytest.approx(90, abs=2)
    assert shapely.union_all(after.shapes).symmetric_difference(TOWN).area < 1e-6 * TOWN.area


@pytest.mark.parametrize(
    ("barriers", "homes", "town"),
    [
        (_walls("road"), HOMES, TOWN),
        (_walls(shapes=WALLS[:1]), HOMES[:1], TOWN),
        (_walls(), HOMES[:1], TOWN),
        (_walls(), HOMES, box(-300, -300, 500, 420)),
    ],
    ids=["roads are no walls", "one compound", "nobody lives in the other", "a wide park"],
)
def test_other_ground_stays_whole(barriers, homes, town):
    before, after = _divided(barriers, homes, town)
    assert shapely.equals(before.shapes, after.shapes).all()


def test_water_stays_whole():
    water = box(0, 60, 200, 75)
    banks = _barriers(("water", water), ("wall", LineString([(100, -5), (100, 60)])))
    before, after = _divided(banks, np.array([box(20, 20, 40, 30), box(140, 20, 160, 30)]))
    assert len(before.shapes) == len(after.shapes) == 4


@given(st.integers(30, 170), st.integers(5, 25), st.randoms(use_true_random=False))
def test_pieces_tile_the_verge_whatever_the_order_of_walls(middle, width, random):
    town = box(0, 0, 200, 90 + 2 * width)
    shapes = [box(10, width, middle, 90 + width), box(middle, width, 190, 90 + width)]
    homes = shapely.buffer(shapely.centroid(shapes), 4)
    _, after = _divided(_walls(shapes=shapes), homes, town)
    assert shapely.area(after.shapes).sum() == pytest.approx(town.area, abs=0.1)
    assert shapely.union_all(after.shapes).symmetric_difference(town).area < 1e-6 * town.area
    random.shuffle(shapes)
    _, again = _divided(_walls(shapes=shapes), homes, town)
    assert shapely.equals(after.shapes, again.shapes).all()
