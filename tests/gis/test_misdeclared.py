"""Coordinates declared as what they are not are recognised, and how far off that puts them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from broken import community
from pyproj import CRS, Geod
from shapely import box

from gis.check import check
from gis.inputs import Inputs
from gis.misdeclared import guess_crs, out_of_area
from gis.rules import Rules

RULES = Rules.load()


def homes(lon, lat):
    random = np.random.default_rng(3)
    x, y = lon + random.uniform(-0.004, 0.004, 20), lat + random.uniform(-0.004, 0.004, 20)
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4490)


def home(lon, lat):
    shape = box(lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005)
    return gpd.GeoDataFrame(geometry=[shape], crs=4490)


def as_if(frame, code):
    return frame.set_crs(code, allow_override=True)


PLACES = [(118.78, 32.04), (87.6, 43.8), (113.26, 23.13)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("declared", [4548, 4490])
def test_the_true_system_is_found_among_all(place, declared):
    meridian = round(place[0] / 3) * 3
    for code in (3857, 4534 + (meridian - 75) // 3, 4513 + (meridian - 75) // 3):
        if code == declared:
            continue
        layer = as_if(homes(*place).to_crs(code), declared)
        found = guess_crs(layer, home(*place))
        assert found is not None
        assert CRS(found.crs).to_epsg() == code


def test_the_shift_is_measured():
    layer = as_if(homes(118.78, 32.04).to_crs(4549), 4548)
    found = guess_crs(layer, home(118.78, 32.04))
    here, there = layer.to_crs(4490).geometry, homes(118.78, 32.04).geometry
    metres = Geod(ellps="GRS80").inv(here.x, here.y, there.x, there.y)[2]
    assert found.shift_m == pytest.approx(metres.mean(), rel=1e-3)


def test_where_nothing_fits_nothing_is_guessed():
    assert guess_crs(homes(110.0, 30.0), home(118.78, 32.04)) is None
    assert guess_crs(homes(118.78, 32.04).iloc[:0], home(118.78, 32.04)) is None


@pytest.mark.parametrize(
    ("code", "declared", "kind"),
    [
        (3857, 4549, "wrong-crs"),
        (3857, 4490, "out-of-range"),
        (4528, 4549, "wrong-crs"),
        (4528, 4490, "out-of-range"),
    ],
)
def test_communities_alone_tell_what_they_are_in(code, declared, kind):
    layers = community()
    layers["communities"] = as_if(layers["communities"].to_crs(code), declared)
    faults = check(Inputs(layers=layers), RULES)
    (fault,) = [fault for fault in faults if fault.layer == "communities"]
    assert (fault.kind, fault.severity) == (kind, "error")
    assert f"EPSG:{code}" in f"{fault}"


@pytest.mark.parametrize(
    ("code", "declared", "kind"),
    [
        (3857, 4549, "wrong-crs"),
        (3857, 4490, "out-of-range"),
        (4549, 4548, "far-away"),
        (4549, 4550, "far-away"),
        (4528, 4549, "wrong-crs"),
        (32650, 4549, "far-away"),
    ],
)
def test_a_layer_in_another_system_says_which_and_how_far(code, declared, kind):
    layers = community()
    layers["buildings"] = as_if(layers["buildings"].to_crs(code), declared)
    faults = check(Inputs(layers=layers), RULES)
    (fault,) = [one for one in faults if one.layer == "buildings" and one.severity == "error"]
    assert fault.kind == kind
    assert f"EPSG:{code}" in f"{fault}"
    assert ("km" in f"{fault}") is (kind == "far-away" or "km from there" in f"{fault}")


def test_a_sound_layer_is_never_out_of_its_area():
    for lon, lat in PLACES:
        meridian = round(lon / 3) * 3
        there = homes(lon, lat).to_crs(4534 + (meridian - 75) // 3)
        assert not out_of_area(there)
        assert not out_of_area(homes(lon, lat))
    assert out_of_area(as_if(homes(118.78, 32.04).to_crs(3857), 4549))
    none = gpd.GeoDataFrame(geometry=[shapely.Point()], crs=4549)
    assert not out_of_area(none)
