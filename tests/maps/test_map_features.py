"""Features: small, rounded, without gaps and without empty values."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from maps.features import DIGITS, collect, drawable, label_spots, lonlat, plain

CRS = "EPSG:4549"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (pd.NA, None), (pd.NaT, None), (float("nan"), None), (np.inf, None),
        ("", None), ("  ", None), (np.array([False])[0], False), (np.int64(7), 7), (0.0, 0),
        (2.6, 3), ("\ud800x", "?x"),
    ],
)  # fmt: skip
def test_plain_values(value, expected):
    result = plain(value)
    assert result == expected
    assert type(result) is type(expected)


def test_shared_borders_stay_shared():
    cells = gpd.GeoSeries(
        [box(500000 + 33.33 * n, 3548000, 500000 + 33.33 * (n + 1), 3548033.3) for n in range(5)],
        crs=CRS,
    )
    assert shapely.coverage_is_valid(lonlat(cells))


def test_coordinates_are_short():
    shape = collect(gpd.GeoSeries([Point(500001.234567, 3548002.3456)], crs=CRS), [{"s": "x"}])[0]
    for value in shape["geometry"]["coordinates"]:
        assert value == round(value, DIGITS)


def test_label_stands_in_the_largest_piece():
    pieces = shapely.MultiPolygon([box(0, 0, 1, 1), box(10, 0, 14, 4)])
    longitude, latitude, radius = label_spots(gpd.GeoSeries([pieces], crs="EPSG:3857"))[0]
    x, y = gpd.GeoSeries([Point(longitude, latitude)], crs=4326).to_crs(3857).iloc[0].coords[0]
    assert box(10, 0, 14, 4).buffer(0.1).contains(Point(x, y))
    assert radius == pytest.approx(2, abs=0.1)


def test_rows_without_shape_are_not_drawn():
    table = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=[None, Polygon(), box(0, 0, 1, 1)], crs=CRS)
    assert drawable(table)["n"].tolist() == [3]
    assert drawable(table.iloc[:2]) is None
    assert drawable(pd.DataFrame()) is None
    assert drawable(None) is None
