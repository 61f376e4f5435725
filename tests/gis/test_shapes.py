from __future__ import annotations

import numpy as np
import shapely

from gis.shapes import polygonal

SQUARE = "POLYGON((0 0,2 0,2 2,0 2,0 0))"


def test_only_areas_are_left():
    given = [
        f"GEOMETRYCOLLECTION({SQUARE},LINESTRING(0 0,9 9),POINT(1 1))",
        f"GEOMETRYCOLLECTION({SQUARE},POLYGON((5 5,6 5,6 6,5 5)))",
        "GEOMETRYCOLLECTION(MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5))),POINT(1 1))",
        "LINESTRING(0 0,1 1)",
        "GEOMETRYCOLLECTION(POINT(1 1))",
        "GEOMETRYCOLLECTION EMPTY",
        SQUARE,
    ]
    shapes = polygonal(shapely.from_wkt(given))
    assert shapely.area(shapes).tolist() == [4, 4.5, 1, 0, 0, 0, 4]
    assert {shape.geom_type for shape in shapes} <= {"Polygon", "MultiPolygon"}


def test_given_array_is_not_changed_and_none_is_empty():
    given = np.array([shapely.Point(0, 0), None], dtype=object)
    assert shapely.is_empty(polygonal(given)).all()
    assert given[0] == shapely.Point(0, 0)
    assert len(polygonal([])) == 0
