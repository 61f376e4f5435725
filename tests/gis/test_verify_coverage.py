"""Slivers along a straight border are rounding; holes between cells are not."""

import numpy as np
import pytest
import shapely

from gis.verify.coverage import HOLE_M2, _tiling

SOUTH_WEST, NORTH_WEST = (371935.816, 4842558.319), (371956.003, 4843660.0)
EAST = [(372740.5, 4842542.9), (372760.1, 4843645.3)]
#: On the west border, each rounded to a millimetre: outside, inside, inside, outside.
ROUNDED = [
    (371954.993, 4843604.916),
    (371951.966, 4843439.664),
    (371939.854, 4842778.655),
    (371936.825, 4842613.403),
]
BOUNDARY = shapely.Polygon([SOUTH_WEST, *EAST, NORTH_WEST])
CELL = shapely.Polygon([SOUTH_WEST, *EAST, NORTH_WEST, *ROUNDED])


def findings(cell):
    return list(_tiling("x", BOUNDARY, np.array(["a"]), np.array([cell])))


def test_a_sliver_whose_corners_are_computed_is_no_hole():
    slivers = shapely.get_parts(shapely.difference(BOUNDARY, CELL))
    missed = [p for p in slivers if not shapely.intersects(p, BOUNDARY.boundary)]
    # Were the sliver found on the border at once, this test would show nothing.
    assert max(piece.area for piece in missed) > HOLE_M2
    assert findings(CELL) == []


@pytest.mark.parametrize("away_m", [0.01, 100.0])
def test_a_hole_beside_the_border_is_one(away_m):
    corner = shapely.line_interpolate_point(shapely.LineString(EAST), 500.0)
    x = corner.x - away_m
    hole = shapely.box(x - 0.5, corner.y, x - 0.01, corner.y + 0.4)
    (finding,) = findings(shapely.difference(CELL, hole))
    assert finding.what.startswith("a hole")
