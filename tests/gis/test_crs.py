"""Metric systems are the right ones, and shifted datums come and go without loss."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from broken import community
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from gis.crs import (
    bd09_to_wgs84,
    choose_metric_crs,
    gcj02_to_wgs84,
    is_metric,
    snap_to_grid,
    suspect_datum,
    to_metric,
    undo_datum,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from gis.datums import from_wgs84, to_wgs84
from gis.errors import InputFaults
from gis.inputs import Inputs
from gis.placement import degrees_as_metres, suspect_axes

GEOD = pyproj.Geod(ellps="WGS84")
china = st.tuples(st.floats(73.7, 134.9), st.floats(18.2, 53.4))


def apart(one, other):
    """Measure how far shapes lie apart, pair by pair."""
    return shapely.hausdorff_distance(one.to_numpy(), other.to_numpy())


def square(lon, lat, *, half=0.005, crs=4326):
    shape = box(lon - half, lat - half, lon + half, lat + half)
    return gpd.GeoDataFrame(geometry=[shape], crs=crs)


def metres(one, other):
    return np.abs(GEOD.inv(*one, *other)[2])


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (118.78, 32.04, 4549),  # Nanjing: CM 120
        (118.49, 32.0, 4548),  # just west of the zones' border
        (118.51, 32.0, 4549),
        (121.5, 31.23, 4550),  # on a border: the eastern zone
        (116.4, 39.9, 4548),  # Beijing: CM 117
        (87.6, 43.8, 4538),  # Urumqi: CM 87
        (73.2, 39.5, 4534),  # the first zone
        (134.8, 48.3, 4554),  # the last one
        (121.54, 25.03, 4550),  # Taipei: CM 123
        (7.42, 43.74, 32632),  # Monaco
        (30.25, 59.94, 32636),  # St Petersburg
        (-58.4, -34.6, 32721),  # Buenos Aires
        (179.99, -16.5, 32760),
        (-179.99, -16.5, 32701),
    ],
)
def test_the_zone_of_a_place(lon, lat, code):
    assert choose_metric_crs(square(lon, lat)).to_epsg() == code


@settings(max_examples=60, deadline=None)
@given(place=china)
def test_a_chinese_zone_holds_the_place_by_the_epsg_database(place):
    crs = choose_metric_crs(square(*place))
    meridian = crs.coordinate_operation.params[1].value
    assert crs.name.startswith("CGCS2000 / 3-degree Gauss-Kruger CM")
    assert abs(meridian - place[0]) <= 1.5001 or place[0] < 73.5
    assert crs.coordinate_operation.params[3].value == 500_000


def test_the_largest_community_decides_whatever_the_order():
    small, large = square(117.0, 32.0, half=0.002), square(120.0, 32.0)
    both = gpd.GeoDataFrame(geometry=[*small.geometry, *large.geometry], crs=4326)
    assert choose_metric_crs(both).to_epsg() == 4549
    assert choose_metric_crs(both.iloc[::-1]).to_epsg() == 4549


@pytest.mark.parametrize(("code", "kept"), [(4549, True), (4528, True), (32650, True),
                                            (2364, True), (3857, False), (4490, False),
                                            (3395, False), (2263, False)])  # fmt: skip
def test_only_true_metres_are_kept(code, kept):
    home = square(118.78, 32.04).to_crs(code)
    assert is_metric(home.crs) is kept
    assert choose_metric_crs(home).to_epsg() == (code if kept else 4549)


def test_without_a_crs_or_a_polygon_there_is_none():
    with pytest.raises(InputFaults, match="no coordinate reference system"):
        choose_metric_crs(square(118.78, 32.04).set_crs(None, allow_override=True))
    with pytest.raises(InputFaults, match="no polygon"):
        choose_metric_crs(gpd.GeoDataFrame(geometry=[Polygon(), None], crs=4326))


def test_every_layer_ends_in_one_system_on_the_millimetre_grid():
    layers = community()
    layers["walkways"] = layers["walkways"].to_crs(4326)
    layers["gates"] = layers["gates"].to_crs(3857)
    layers["meeting_points"] = gpd.GeoDataFrame(geometry=[Point(385_150, 3_547_210, 12)], crs=4549)
    moved = to_metric(Inputs(layers=layers))
    for name, table in moved.layers.items():
        if not isinstance(table, gpd.GeoDataFrame):
            continue
        xy = shapely.get_coordinates(table.geometry.to_numpy())
        assert table.crs == moved.crs == "EPSG:4549", name
        assert np.array_equal(xy, np.round(xy, 3)), name
        assert not shapely.has_z(table.geometry.to_numpy()).any(), name
        assert (shapely.get_precision(table.geometry.to_numpy()) == 0).all(), name
        if name in community():
            was = community()[name].geometry
            assert apart(table.geometry, was).max() < 0.001, name
    again = to_metric(moved)
    for name, table in moved.layers.items():
        assert again[name].equals(table) if name in community() else True


def test_metres_are_true_within_a_few_millimetres_a_kilometre():
    home = square(118.78, 32.04, half=0.02)
    moved = to_metric(Inputs(layers={"communities": home}))["communities"].geometry.iloc[0]
    truth = abs(GEOD.geometry_area_perimeter(home.geometry.iloc[0])[0])
    assert moved.area == pytest.approx(truth, rel=4e-4)


def test_layers_without_a_crs_are_refused_by_name():
    layers = community()
    layers["gates"] = layers["gates"].set_crs(None, allow_override=True)
    with pytest.raises(InputFaults, match="gates geometry: has no coordinate reference system"):
        to_metric(Inputs(layers=layers))


@settings(deadline=None)
@given(ring=st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=8))
def test_the_grid_keeps_valid_what_was_valid_and_mends_the_rest(ring):
    shape = Polygon(ring)
    snapped = snap_to_grid(np.array([shape], dtype=object))[0]
    xy = shapely.get_coordinates(snapped)
    assert np.allclose(xy, np.round(xy, 3), atol=1e-9)
    assert snapped.is_valid or snapped.is_empty
    if shape.is_valid:
        assert abs(snapped.area - shape.area) <= 0.001 * shape.length + 1e-6


def test_lines_and_points_and_nothing_stay_what_they_are():
    shapes = np.array([LineString([(0, 0), (1.00049, 2)]), Point(1 / 3, 2 / 3), None], object)
    snapped = snap_to_grid(shapes)
    assert [shape and shape.wkt for shape in snapped] == [
        "LINESTRING (0 0, 1 2)", "POINT (0.333 0.667)", None,
    ]  # fmt: skip


#: Known pairs of the published implementation (eviltransform's tests): lat, lon each.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_gcj02_as_published(wgs, gcj):
    there = wgs84_to_gcj02(wgs[1], wgs[0])
    assert metres(there, (gcj[1], gcj[0])) < 0.02


def test_bd09_as_published():
    # The published inverse takes one step only and errs by up to four metres; ours does not.
    there = bd09_to_wgs84(120.019809, 29.199786)
    assert metres(there, (120.00877901149691, 29.196231)) < 4.5
    assert metres(wgs84_to_bd09(*there), (120.019809, 29.199786)) < 1e-6


@pytest.mark.parametrize(
    ("lon", "lat", "gcj_m", "bd_m"),
    [(118.78, 32.04, 541, 1194), (120.62, 31.30, 465, 1104), (116.40, 39.90, 556, 1379),
     (104.07, 30.67, 360, 950), (121.47, 31.23, 482, 1144)],
)  # fmt: skip
def test_the_shifts_of_known_cities(lon, lat, gcj_m, bd_m):
    assert metres((lon, lat), wgs84_to_gcj02(lon, lat)) == pytest.approx(gcj_m, abs=15)
    assert metres((lon, lat), wgs84_to_bd09(lon, lat)) == pytest.approx(bd_m, abs=25)


def test_there_and_back_over_all_of_china_is_under_a_millimetre():
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(73.5, 135.5, 100_000), rng.uniform(17.0, 54.0, 100_000)
    for forward, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        assert metres((lon, lat), back(*forward(lon, lat))).max() < 0.001


def published(lon, lat):
    """Shift as the published formula is written, sine by sine."""
    x, y, pi, sin = lon - 105.0, lat - 35.0, np.pi, np.sin
    ripples = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(abs(x))
    north += (ripples + 20 * sin(pi * y) + 40 * sin(pi * y / 3)) * 2 / 3
    north += (160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(abs(x))
    east += (ripples + 20 * sin(pi * x) + 40 * sin(pi * x / 3)) * 2 / 3
    east += (150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    magic = 1 - 0.00669342162296594323 * sin(np.radians(lat)) ** 2
    north *= 180 / (6378245.0 * (1 - 0.00669342162296594323) / magic**1.5 * pi)
    east *= 180 / (6378245.0 / np.sqrt(magic) * np.cos(np.radians(lat)) * pi)
    return lon + east, lat + north


def test_gcj02_is_the_published_formula_to_the_last_digits():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(73.5, 135.5, 20_000), rng.uniform(3.0, 54.0, 20_000)
    for ours, theirs in zip(wgs84_to_gcj02(lon, lat), published(lon, lat), strict=True):
        assert np.abs(ours - theirs).max() < 1e-13


def test_coordinates_of_any_shape_and_number_are_converted_alike():
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(73.5, 135.5, (3, 5000)), rng.uniform(18.0, 54.0, (3, 5000))
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, wgs84_to_bd09, bd09_to_wgs84):
        x, y = convert(lon, lat)
        assert x.shape == y.shape == (3, 5000)
        one = convert(lon[2, 4999], lat[2, 4999])
        assert one == pytest.approx((x[2, 4999], y[2, 4999]), abs=1e-12)
        assert convert([], [])[0].shape == (0,)


def test_gcj02_is_no_shift_outside_china():
    assert wgs84_to_gcj02(7.42, 43.74) == (7.42, 43.74)
    assert wgs84_to_gcj02(7.42, 90.0) == gcj02_to_wgs84(7.42, 90.0) == (7.42, 90.0)


@settings(max_examples=50)
@given(place=china)
def test_the_shift_is_never_nothing_nor_a_kilometre(place):
    assert 20 < metres(place, wgs84_to_gcj02(*place)) < 720
    assert 300 < metres(place, wgs84_to_bd09(*place)) < 1700


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_declared_datum_is_undone_for_every_layer(datum):
    def shift(table):
        degrees = table.to_crs(4326)
        there = shapely.transform(
            degrees.geometry.to_numpy(),
            lambda xy: np.column_stack(from_wgs84(*xy.T, datum=datum)),
        )
        return degrees.set_geometry(there, crs=4326)

    truth = to_metric(Inputs(layers=community()))
    layers = {k: shift(v) if isinstance(v, gpd.GeoDataFrame) else v for k, v in community().items()}
    layers["walkways"] = layers["walkways"].to_crs(3857)
    for undone in (to_metric(Inputs(layers=layers), datum=datum),
                   to_metric(undo_datum(Inputs(layers=layers), datum=datum))):  # fmt: skip
        for name in ("communities", "buildings", "walkways", "layers/shops"):
            off = apart(undone[name].geometry, truth[name].geometry)
            assert off.max() < 0.002, name


def _points(lon, lat, *, half=0.0045, crs=4326):
    grid = np.linspace(-half, half, 7)
    x, y = (axis.ravel() for axis in np.meshgrid(lon + grid, lat + grid))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=crs)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("place", [(118.78, 32.04), (116.4, 39.9), (104.07, 30.67), (87.6, 43.8)])
def test_a_shifted_layer_is_recognised_and_how_far_it_is_off(datum, place):
    home, points = square(*place), _points(*place)
    lon, lat = from_wgs84(points.geometry.x, points.geometry.y, datum=datum)
    off = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)

    found = suspect_datum(off.to_crs(4490), home.to_crs(3857))

    assert (found.looks_like, found.moved, found.inside_then) == (datum, "layer", 1.0)
    truth = metres((points.geometry.x, points.geometry.y), (lon, lat)).mean()
    assert found.shift_m == pytest.approx(truth, abs=1.0)
    assert to_wgs84(lon, lat, datum=datum)[0] == pytest.approx(points.geometry.x, abs=1e-9)


def test_communities_in_gcj02_are_told_from_a_layer_in_it():
    home = square(118.78, 32.04)
    shifted = home.set_geometry(
        shapely.transform(
            home.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(*xy.T))
        ),
        crs=4326,
    )
    found = suspect_datum(_points(118.78, 32.04), shifted)
    assert (found.looks_like, found.moved) == ("gcj02", "communities")


def test_what_fits_or_lies_abroad_is_not_suspected():
    assert suspect_datum(_points(118.78, 32.04), square(118.78, 32.04)) is None
    assert suspect_datum(_points(7.425, 43.74), square(7.42, 43.74)) is None
    wide = _points(118.78, 32.04, half=0.05)
    assert suspect_datum(wide, square(118.78, 32.04)) is None
    none = gpd.GeoDataFrame(geometry=[], crs=4326)
    assert suspect_datum(none, square(118.78, 32.04)) is None


@settings(max_examples=60, deadline=None)
@given(place=china, code=st.sampled_from([4326, 4490, 4549, 32650, 3857]))
def test_true_axes_are_never_suspected(place, code):
    points, home = _points(*place).to_crs(code), square(*place)
    assert not suspect_axes(points, home)
    if code != 4549 or 118.5 < place[0] < 121.5:
        assert not suspect_axes(points)


@settings(max_examples=60, deadline=None)
@given(place=china)
def test_swapped_degrees_are_always_suspected_against_the_communities(place):
    points = _points(*place)
    swapped = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(points.geometry.y, points.geometry.x), crs=4326
    )
    assert suspect_axes(swapped, square(*place))
    assert suspect_axes(swapped)


def test_degrees_declared_as_metres():
    points = _points(118.78, 32.04)
    assert degrees_as_metres(points.set_crs(4549, allow_override=True))
    assert not degrees_as_metres(points)
    assert not degrees_as_metres(points.to_crs(4549))
