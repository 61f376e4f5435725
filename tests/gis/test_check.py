"""Sound inputs pass, and every broken one gets a fault with its place and its remedy."""

import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from broken import (
    BROKEN,
    CODE,
    CRS,
    community,
    frame,
    place,
    shifted,
    sound,
    sound_folder,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from gis.check import check, require
from gis.crs import wgs84_to_bd09, wgs84_to_gcj02
from gis.errors import InputFaults, UnreadableInput
from gis.faults import has_errors
from gis.inputs import Inputs
from gis.io.read import read_inputs
from gis.rules import Rules

RULES = Rules.load()
FOLDER = Path(os.environ.get("WANGGE_DATA") or "no WANGGE_DATA", "data")
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason="WANGGE_DATA has no folder data")


def faults_of(**layers):
    """Check the sound community with some layers replaced; None leaves one out."""
    whole = {**community(), **layers}
    return check(Inputs(layers={k: v for k, v in whole.items() if v is not None}), RULES)


def of_kind(faults, kind):
    return [fault for fault in faults if fault.kind == kind]


def said(faults):
    return "\n".join(f"{fault.severity} {fault.kind}: {fault}" for fault in faults)


def with_value(layer, row, column, value):
    table = community()[layer]
    table[column] = [value if k == row else old for k, old in enumerate(table[column], start=1)]
    return {layer: table}


def with_row(layer, shape, **values):
    more = frame([shape], **{name: [value] for name, value in values.items()})
    return {layer: pd.concat([community()[layer], more], ignore_index=True)}


def test_a_sound_community_has_no_fault_at_all():
    assert check(Inputs(layers=community()), RULES) == ()


@pytest.mark.parametrize("make", [sound, sound_folder])
def test_a_sound_file_has_no_fault_at_all(tmp_path, make):
    assert check(read_inputs(make(tmp_path)), RULES) == ()


def test_there_are_many_ways_to_be_broken_each_with_its_own_name():
    assert len(BROKEN) >= 60
    assert len({broken.name for broken in BROKEN}) == len(BROKEN)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_every_broken_input_gets_its_fault(tmp_path, broken):
    path = broken.make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    if broken.kind == "unreadable":
        with pytest.raises(UnreadableInput) as caught:
            read_inputs(path)
        message = str(caught.value)
        assert path.name in message
        assert str(tmp_path) not in message
        assert "; " in message, "says what to do"
        return

    faults = check(read_inputs(path), RULES)

    found = [f for f in of_kind(faults, broken.kind) if f.layer == broken.layer]
    places = [(fault.row, fault.value) for fault in found]
    assert found, said(faults)
    assert broken.row is None or broken.row in [row for row, _ in places], said(faults)
    assert broken.value is None or (broken.row, broken.value) in places, said(faults)
    assert all(fault.severity == "error" and fault.remedy for fault in found), said(faults)
    assert sorted(tmp_path.rglob("*")) == before, "checking writes nothing"


def test_all_faults_come_at_once_errors_first():
    buildings = community()["buildings"]
    buildings.loc[[0, 4], "households"] = -1
    buildings.loc[7, "floors"] = 900
    people = community()["people"].assign(duty_phone="call me")

    faults = faults_of(buildings=buildings, people=people)

    errors = [fault for fault in faults if fault.severity == "error"]
    assert [(f.kind, f.row) for f in errors] == [
        ("negative-households", 1), ("negative-households", 5), ("absurd-floors", 8),
    ]  # fmt: skip
    assert [fault.kind for fault in faults[3:]] == ["bad-phone"] * 4
    with pytest.raises(InputFaults) as caught:
        require(Inputs(layers={**community(), "buildings": buildings, "people": people}), RULES)
    assert caught.value.faults == faults


def test_require_returns_the_warnings_of_what_can_be_planned():
    people = community()["people"].assign(serves="月球")
    faults = require(Inputs(layers={**community(), "people": people}), RULES)
    assert [(f.severity, f.kind) for f in faults] == [("warning", "unknown-served")] * 4


def test_the_order_of_rows_and_layers_changes_no_fault_but_its_row():
    def about(faults):
        return sorted((f.severity, f.layer, f.kind, f.column, f.value) for f in faults)

    layers = community()
    layers["buildings"].loc[2, "households"] = -7
    layers["buildings"] = layers["buildings"].drop(columns="residents")
    turned = {
        name: table.iloc[::-1].reset_index(drop=True) for name, table in reversed(layers.items())
    }
    assert about(check(Inputs(layers=turned), RULES)) == about(check(Inputs(layers=layers), RULES))


def test_the_same_fault_found_by_reading_and_checking_is_told_once(tmp_path):
    table = community()["addresses"].assign(stairwell=["two", *[1] * 23])
    folder = sound_folder(tmp_path, leave=("addresses",))
    table.to_csv(folder / "addresses.csv", index=False)
    faults = check(read_inputs(folder), RULES)
    assert [(f.kind, f.row, f.value) for f in faults] == [("wrong-type", 1, "two")]


def test_thousands_of_like_faults_are_counted_not_listed():
    rows = 1000
    table = pd.DataFrame({"address": ["路"] * rows, "building_id": ["b77"] * rows})
    found = of_kind(faults_of(addresses=table), "unknown-building")
    assert len(found) == 201
    assert found[0].row is None
    assert found[0].what.startswith("800 more rows")


WARNED = [
    ("unknown-building", with_value("addresses", 3, "building_id", "b99"), 3, "warning"),
    ("unknown-stairwell", with_value("addresses", 3, "stairwell", 3), 3, "warning"),
    ("unknown-stairwell", with_value("entrances", 3, "stairwell", 4), 3, "warning"),
    ("unknown-barrier", with_value("barriers", 2, "kind", "dragon"), 2, "warning"),
    ("unknown-served", with_value("people", 4, "serves", "b99/2"), 4, "warning"),
    ("bad-phone", with_value("people", 1, "duty_phone", "ask the guard"), 1, "warning"),
    ("unknown-category", with_value("facilities", 2, "category", "casino"), 2, "information"),
    ("made-up-code", with_value("communities", 1, "community_code", None), 1, "information"),
    ("total-differs", with_value("communities", 1, "households", 1000), 1, "warning"),
    ("total-differs", with_value("communities", 1, "households", 400), 1, "warning"),
    ("households-estimated", with_value("buildings", 5, "households", None), 5, "information"),
    ("stray-gate", with_row("gates", Point(450, 370), name="?"), 3, "warning"),
    ("crosses-border", with_row("buildings", box(590, 0, 605, 9), building_id="x"), 13, "warning"),
    ("overlap", with_row("buildings", box(100, 300, 130, 315), building_id="x"), 13, "warning"),
    ("contained", with_row("buildings", box(60, 302, 80, 312), building_id="x"), 13, "warning"),
    ("z-dropped", with_row("meeting_points", Point(9, 9, 9), name="x"), None, "information"),
    (
        "households-in-special-site",
        with_row("special_sites", box(40, 290, 120, 325), name="x", kind="school"), 1, "warning",
    ),
    (
        "disconnected-walkway",
        with_row("walkways", LineString([(500, 210), (540, 210)]), kind="footway"), 6, "warning",
    ),
    (
        "invalid-polygon",
        with_row("facilities", Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), category="pharmacy"),
        3, "warning",
    ),
    ("empty-layer", {"gates": community()["gates"].iloc[:0], "barriers": None}, None, "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "layers", "row", "severity"), WARNED)
def test_what_a_plan_can_live_with_is_no_error(kind, layers, row, severity):
    faults = faults_of(**layers)
    assert [(f.row, f.severity) for f in of_kind(faults, kind)] == [(row, severity)], said(faults)
    assert not has_errors(faults), said(faults)


def test_a_private_phone_is_never_spelled_out():
    people = community()["people"].assign(private_phone=["1390000", "13900000004x", None, None])
    (fault,) = of_kind(faults_of(people=people), "bad-phone")
    assert (fault.row, fault.value) == (2, "***********x")


def test_grid_codes_special_sites_and_stairwells_can_be_served():
    people = community()["people"].assign(serves=["小学", CODE + "001", CODE + "00102", "b01/1"])
    assert faults_of(people=people) == ()


def test_barriers_that_say_whether_they_can_be_crossed_may_be_of_any_kind():
    barriers = community()["barriers"].assign(kind="dragon", crossable=[False, True])
    assert faults_of(barriers=barriers) == ()


def test_a_bridge_may_pass_a_wall_without_a_gate():
    path = LineString([(150, 100), (300, 100)])
    assert faults_of(**with_row("walkways", path, kind="bridge")) == ()
    (fault,) = of_kind(
        faults_of(**with_row("walkways", path, kind="footway")), "walkway-through-wall"
    )
    assert (fault.row, fault.value) == (6, "385280.0 3547100.0")


def test_a_far_piece_of_walkway_is_an_error_only_where_people_depend_on_it():
    paths = community()["walkways"].geometry.tolist()
    cut = frame([], kind=[])
    cut = gpd.GeoDataFrame({"kind": ["footway"] * 4}, geometry=paths[:3] + paths[4:], crs=CRS)
    (fault,) = of_kind(faults_of(walkways=cut), "disconnected-walkway")
    assert (fault.row, fault.severity) == (4, "error")
    assert "3 buildings depend on them" in fault.what

    empty = community()["buildings"]
    empty.loc[6:, "households"] = 0
    faults = faults_of(walkways=cut, buildings=empty, communities=None)
    (fault,) = of_kind(faults, "disconnected-walkway") or [None]
    assert fault is None or fault.severity == "warning"


def test_parts_of_a_community_that_touch_are_no_islands():
    corner = shapely.MultiPolygon([box(0, 0, 600, 400), box(600, 400, 650, 450)])
    home = community()["communities"].set_geometry([place(corner)], crs=CRS)
    assert faults_of(communities=home) == ()


def test_communities_may_share_a_border_drawn_with_other_vertices():
    left = box(0, 0, 300, 400)
    right = Polygon([(300, 0), (300, 133.3333), (300, 266.6667), (300, 400), (600, 400), (600, 0)])
    home = frame([left, right], name=["梅园社区", "乙"], community_code=[CODE, "320102001002"])
    assert faults_of(communities=home) == ()
    wide = frame([box(0, 0, 301, 400), right], name=["甲", "乙"])
    (fault,) = of_kind(faults_of(communities=wide), "communities-overlap")
    assert (fault.row, fault.value) == (2, "400 m2")


def test_two_ends_of_the_country_are_warned_of():
    home = frame([box(0, 0, 600, 400), box(200_000, 0, 200_600, 400)], name=["甲", "乙"])
    (fault,) = of_kind(faults_of(communities=home), "wide-extent")
    assert (fault.severity, fault.value) == ("warning", "200600 m")


def test_given_cells_need_no_buildings():
    cells = frame([box(0, 0, 300, 400), box(300, 0, 600, 400)], cell_id=["a", "b"],
                  households=[288, 288])  # fmt: skip
    faults = faults_of(buildings=None, entrances=None, cells=cells, locks=None, addresses=None)
    assert not has_errors(faults), said(faults)
    both = faults_of(cells=cells)
    assert [fault.severity for fault in of_kind(both, "buildings-and-cells")] == ["warning"]


def test_shapes_that_only_touch_themselves_are_repaired_not_refused():
    keyhole = Polygon([(50, 20), (110, 20), (110, 40), (80, 40), (90, 30), (70, 30), (80, 40),
                       (50, 40)])  # fmt: skip
    assert not keyhole.is_valid
    faults = faults_of(**with_row("buildings", keyhole, building_id="b13"))
    assert [(f.row, f.severity) for f in of_kind(faults, "invalid-polygon")] == [(13, "warning")]


def test_layers_of_other_systems_are_checked_where_they_lie():
    layers = community()
    for name, code in (("buildings", 4326), ("walkways", 3857), ("gates", 32650)):
        layers[name] = layers[name].to_crs(code)
    found = check(Inputs(layers=layers), RULES)
    assert {(fault.severity, fault.kind) for fault in found} == {("information", "several-crs")}
    assert {fault.layer: fault.value for fault in found} == {
        "buildings": "EPSG:4326", "walkways": "EPSG:3857", "gates": "EPSG:32650",
    }  # fmt: skip


def test_nothing_but_a_table_is_checked_without_a_crash():
    table = pd.DataFrame({"building_id": ["a"], "households": [-1]})
    kinds = {fault.kind for fault in check(Inputs(layers={"buildings": table}), RULES)}
    assert kinds == {"missing-geometry", "missing-layer", "negative-households"}


coordinates = st.floats(-1e7, 1e7) | st.sampled_from([np.inf, 0.0, 32.04, 118.78, 385_100.0])
rings = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6)


@settings(max_examples=15, deadline=None)
@given(
    ring=rings,
    code=st.sampled_from([4549, 4326, 3857, 4490, None]),
    household=st.integers(-10, 10**6) | st.none() | st.text(max_size=3),
    name=st.text(max_size=5) | st.none(),
)
def test_no_building_whatever_crashes_the_check(ring, code, household, name):
    with np.errstate(all="ignore"):
        shape = Polygon(ring)
    wild = gpd.GeoDataFrame(
        {"building_id": pd.Series([name], dtype="object"), "households": [household]},
        geometry=[shape], crs=code,
    )  # fmt: skip
    home = {"communities": community()["communities"], "buildings": wild}
    faults = check(Inputs(layers=home), replace(RULES, seed=1))
    assert all(fault.what and fault.remedy and fault.kind for fault in faults)
    assert has_errors(faults) or shapely.covers(
        home["communities"].geometry.iloc[0], wild.to_crs(CRS).geometry.iloc[0].centroid
    )


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("moved", ["buildings", "walkways"])
@pytest.mark.parametrize("convert", [wgs84_to_gcj02, wgs84_to_bd09])
def test_a_shift_shows_in_a_wide_boundary_too(moved, convert):
    path = FOLDER / "shanghai_bund_osm.gpkg"
    roads = gpd.read_file(path, layer="roads")[["geometry"]]
    homes = gpd.read_file(path, layer="buildings")[["geometry"]]
    homes = homes.assign(building_id=[f"w{k}" for k in range(len(homes))])
    wide = box(*homes.to_crs(4550).total_bounds).buffer(3000)
    home = gpd.GeoDataFrame({"name": ["外滩"]}, geometry=[wide], crs=4550)
    layers = {"communities": home, "buildings": homes, "walkways": roads}
    assert of_kind(check(Inputs(layers=layers), RULES), "shifted-datum") == []

    layers[moved] = shifted(convert)(layers[moved])

    faults = of_kind(check(Inputs(layers=layers), RULES), "shifted-datum")
    name = "GCJ-02" if convert is wgs84_to_gcj02 else "BD-09"
    assert [(f.layer, f.severity, name in f.what) for f in faults] == [(moved, "error", True)]


@pytest.mark.data
@needs_data
def test_real_cells_pass_with_their_gaps_told():
    areas = gpd.read_file(FOLDER / "taipei_daan_microareas.gpkg")
    names = {"CODEBASE": "cell_id", "H_CNT": "households", "P_CNT": "residents"}
    home = areas.dissolve("CODE2").reset_index().rename(columns={"CODE2": "name"})
    layers = {"communities": home[["name", "geometry"]], "cells": areas.rename(columns=names)}
    faults = check(Inputs(layers=layers), RULES)
    assert not has_errors(faults), said(faults)
    (fault,) = of_kind(faults, "households-estimated")
    assert fault.what.startswith("34 of 1,270")


@pytest.mark.data
@needs_data
def test_real_buildings_pass_and_those_of_amap_do_not():
    layer = gpd.read_file(FOLDER / "shanghai_bund_osm.gpkg", layer="buildings").to_crs(4550)
    middle = shapely.box(*layer.total_bounds).centroid
    home = gpd.GeoDataFrame({"name": ["外滩"]}, geometry=[middle.buffer(600)], crs=4550)
    inside = layer[layer.within(home.geometry.iloc[0])].assign(building_id=lambda f: f["id"])
    inside = inside.assign(building_id=[f"w{k}" for k in range(len(inside))])
    faults = check(Inputs(layers={"communities": home, "buildings": inside}), RULES)
    assert not has_errors(faults), said(faults)

    degrees = inside.to_crs(4326)
    there = shapely.transform(
        degrees.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(*xy.T))
    )
    amap = degrees.set_geometry(there, crs=4326)
    faults = check(Inputs(layers={"communities": home, "buildings": amap}), RULES)
    (fault,) = of_kind(faults, "shifted-datum")
    assert fault.what.startswith("lies 478 m ESE of where it fits: buildings look like GCJ-02")
