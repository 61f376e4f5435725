"""A repair mends what it says, says all it does, and never decides what a person must."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from broken import BROKEN, CRS, ORIGIN, community
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box
from shapely.affinity import translate

from gis.check import check
from gis.errors import InputFaults, UnreadableInput
from gis.fix import fix
from gis.inputs import Inputs
from gis.io.read import read_inputs
from gis.io.write_inputs import write_inputs
from gis.rules import Rules

RULES = Rules.load()


def fixed(tmp_path=None, **layers):
    """Repair the sound community with some layers replaced; return changes, copy and its faults."""
    whole = {**community(), **layers}
    before = Inputs(layers={name: table for name, table in whole.items() if table is not None})
    done = fix(before, RULES)
    copy = done.inputs
    if tmp_path is not None:
        write_inputs(copy, tmp_path / "fixed.gpkg")
        copy = read_inputs(tmp_path / "fixed.gpkg")
    return done.changes, copy, {fault.kind for fault in check(copy, RULES)}


def place(x, y):
    return ORIGIN[0] + x, ORIGIN[1] + y


def kinds(inputs):
    return {fault.kind for fault in check(inputs, RULES)}


def with_rows(layer, *rows):
    """Add rows to a layer: dicts of columns."""
    table = community()[layer]
    more = gpd.GeoDataFrame([*rows], geometry="geometry", crs=table.crs)
    return {layer: pd.concat([table, more], ignore_index=True)}


def told(changes):
    return [(change.layer, change.row, change.kind) for change in changes]


def test_a_sound_community_is_left_alone(tmp_path):
    changes, copy, found = fixed(tmp_path)
    assert (changes, found) == ((), set())
    for name, table in community().items():
        if isinstance(table, gpd.GeoDataFrame) and table.geometry.notna().any():
            ours, theirs = copy[name].geometry.to_numpy(), table.geometry.to_numpy()
            assert shapely.hausdorff_distance(ours, theirs).max() < 0.001


MENDED = {
    "self-crossing building": "invalid-polygon",
    "overlapping cells": "overlap",
    "building outside": "outside-community",
}


@pytest.mark.parametrize("name", MENDED)
def test_what_check_finds_is_gone_from_the_copy(tmp_path, name):
    broken = next(one for one in BROKEN if one.name == name)
    inputs = read_inputs(broken.make(tmp_path))
    assert MENDED[name] in kinds(inputs)
    done = fix(inputs, RULES)
    assert broken.layer in {change.layer for change in done.changes}
    write_inputs(done.inputs, tmp_path / "fixed.gpkg")
    assert MENDED[name] not in kinds(read_inputs(tmp_path / "fixed.gpkg"))


HARD = (
    "infinite coordinate", "flat building", "self-crossing boundary", "building outside",
    "empty geometry", "duplicate building", "islands", "disconnected walkways",
)  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_no_input_gains_a_fault_by_a_repair_nor_needs_another(tmp_path, name):
    broken = next(one for one in BROKEN if one.name == name)
    inputs = read_inputs(broken.make(tmp_path))
    done = fix(inputs, RULES)
    assert kinds(done.inputs) <= kinds(inputs)
    assert fix(done.inputs, RULES).changes == ()


def test_a_repeated_row_and_a_twin_go_and_their_names_live_on(tmp_path):
    table = community()["buildings"]
    home = table.iloc[0]
    twin = home.to_dict() | {"building_id": "twin", "name": None, "address": None}
    layers = with_rows("buildings", home.to_dict(), twin)
    layers |= with_rows("entrances", {"building_id": "twin", "geometry": home.geometry.centroid})
    changes, copy, found = fixed(tmp_path, **layers)
    assert len(copy["buildings"]) == len(table)
    assert not {"duplicate-id", "same-outline", "unknown-building"} & found
    assert ("buildings", 13, "dropped") in told(changes)
    assert ("buildings", 14, "dropped") in told(changes)
    assert copy["entrances"]["building_id"].iloc[-1] == home["building_id"]
    assert any("'twin' became 'b01'" in change.what for change in changes)


def test_twins_that_disagree_are_left_to_a_person():
    home = community()["buildings"].iloc[0].to_dict()
    other = home | {"building_id": "twin", "households": int(home["households"]) + 1}
    changes, copy, found = fixed(**with_rows("buildings", other))
    assert changes == ()
    assert "same-outline" in found
    assert len(copy["buildings"]) == 13


def test_of_buildings_that_overlap_the_larger_gives_way():
    home = community()["buildings"].geometry.iloc[0]
    hut = {"building_id": "hut", "households": 0, "geometry": home.centroid.buffer(3)}
    wing = {"building_id": "wing", "households": 2,
            "geometry": translate(home, home.bounds[2] - home.bounds[0] - 4, 0)}  # fmt: skip
    changes, copy, found = fixed(**with_rows("buildings", hut, wing))
    assert not {"contained", "overlap"} & found
    shapes = copy["buildings"].geometry.to_numpy()
    assert shapes[-2].equals_exact(hut["geometry"], 0.001)
    assert {change.kind for change in changes} == {"overlap-cut"}
    union = shapely.union_all([home, hut["geometry"], wing["geometry"]]).area
    ours = shapely.union_all(shapes[[0, -2, -1]])
    assert ours.area == pytest.approx(union, abs=0.1)


def test_no_building_is_cut_until_it_lies_outside():
    west = community()["communities"].total_bounds[0]
    x, y = west, ORIGIN[1] + 20
    large = {"building_id": "large", "households": 9, "geometry": box(x - 18, y, x + 20, y + 20)}
    small = {"building_id": "small", "households": 9, "geometry": box(x + 1, y, x + 20, y + 20)}
    changes, copy, found = fixed(**with_rows("buildings", large, small))
    assert {"large", "small"} <= set(copy["buildings"]["building_id"])
    assert "outside-community" not in found
    assert changes == ()


def test_most_buildings_outside_are_a_wrong_place_not_rows_to_drop():
    table = community()["buildings"]
    away = table.set_geometry(table.geometry.translate(0, 1200), crs=CRS)
    changes, copy, _ = fixed(buildings=away, entrances=None, addresses=None)
    assert len(copy["buildings"]) == len(table)
    assert not [change for change in changes if change.layer == "buildings"]


def test_slivers_and_border_strips(tmp_path):
    home = community()["communities"].iloc[0]
    west, south, east, north = home.geometry.bounds
    speck = box(west - 2, south, west - 1, south + 1)
    torn = shapely.MultiPolygon([home.geometry, speck])
    other = home.to_dict() | {
        "name": "东邻", "community_code": "320102001002",
        "geometry": box(east - 0.4, south, east + 200, north),
    }  # fmt: skip
    table = community()["communities"]
    table.geometry = [torn, *table.geometry.iloc[1:]]
    table = pd.concat([table, gpd.GeoDataFrame([other], crs=CRS)], ignore_index=True)
    changes, copy, found = fixed(tmp_path, communities=table)
    assert not {"islands", "communities-overlap"} & found
    assert {change.kind for change in changes} == {"slivers", "strip-cut"}
    shapes = copy["communities"].geometry.to_numpy()
    assert shapes[0].equals_exact(home.geometry, 0.001)
    assert shapes[-1].bounds[0] == pytest.approx(east)


def own_cells(*shapes):
    """Return the community as planned by its own cells, drawn from its corner."""
    ids = [f"c{k}" for k in range(len(shapes))]
    table = gpd.GeoDataFrame(
        {"cell_id": ids, "households": [40] * len(shapes)},
        geometry=[translate(shape, *ORIGIN) for shape in shapes], crs=CRS,
    )  # fmt: skip
    layers = {name: community()[name] for name in ("communities", "walkways", "gates", "barriers")}
    return layers | {"cells": table}


def test_cells_that_fall_short_of_each_other_meet_afterwards():
    layers = own_cells(box(0, 0, 200, 400), box(200.6, 0, 400, 400), box(399.3, 0, 600, 400))
    before = Inputs(layers=layers)
    assert {"narrow-gap", "narrow-overlap"} <= kinds(before)
    done = fix(before, RULES)
    assert told(done.changes) == [("cells", 1, "gap-filled"), ("cells", 3, "strip-cut")]
    shapes = done.inputs["cells"].geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(600 * 400)
    assert not {"narrow-gap", "narrow-overlap"} & kinds(done.inputs)


def test_a_lane_and_a_notch_are_no_gap():
    notched = Polygon([(0, 0), (200, 0), (200, 200), (150, 200), (150, 200.5), (200, 200.5),
                       (200, 400), (0, 400)])  # fmt: skip
    before = Inputs(layers=own_cells(notched, box(202, 0, 600, 400)))
    assert not {"narrow-gap", "narrow-overlap"} & kinds(before)
    assert fix(before, RULES).changes == ()


#: Every change that a repair makes, and the faults of which one must have been reported.
ANSWERED = {
    "made-valid": {"invalid-polygon"},
    "slivers": {"sliver"},
    "dropped": {"no-extent", "repeated-row", "same-outline", "outside-community"},
    "renamed": {"same-outline"},
    "building-gone": {"outside-community"},
    "overlap-cut": {"overlap", "contained"},
    "strip-cut": {"communities-overlap", "narrow-overlap"},
    "gap-filled": {"narrow-gap"},
    "joined": {"disconnected-walkway"},
}
#: Changes of rows that follow from a fault of another row or layer.
FOLLOWING = ("renamed", "building-gone", "overlap-cut", "joined")


def unanswered(inputs):
    """List the changes of a repair that no fault asked for."""
    faults = check(inputs, RULES)
    done = []
    for change in fix(inputs, RULES).changes:
        if change.kind == "reprojected":  # into the one CRS of the copy: nothing was wrong
            continue
        asked = [fault for fault in faults if fault.kind in ANSWERED[change.kind]]
        if change.kind not in FOLLOWING:
            places = {(fault.layer, fault.row) for fault in asked}
            asked = [change] if (change.layer, change.row) in places else []
        if not asked:
            done.append(change)
    return done


def everything_wrong():
    """Yield communities in which each kind of change is called for."""
    homes = community()["buildings"]
    home = homes.iloc[0].to_dict()
    hair = box(*place(200, 250), *place(230, 250.05))
    torn = {"building_id": "torn", "geometry": shapely.MultiPolygon(
        [box(*place(200, 252), *place(212, 262)), hair])}  # fmt: skip
    yield with_rows("buildings", home, home | {"building_id": "twin", "name": None}) | with_rows(
        "entrances", {"building_id": "twin", "geometry": home["geometry"].centroid}
    )
    away = {"building_id": "away", "geometry": box(*place(-90, 0), *place(-60, 20))}
    yield with_rows("buildings", away, torn) | with_rows(
        "entrances", {"building_id": "away", "geometry": Point(*place(-60, 10))}
    )
    yield with_rows("buildings", {"building_id": "hut", "geometry": home["geometry"].buffer(-4)})
    bow = Polygon([place(200, 20), place(209, 29), place(209, 20), place(200, 29)])
    yield with_rows("compounds", {"name": "结", "geometry": bow})
    yield with_rows("walkways", {"geometry": LineString([place(9, 9), place(9, 9.0002)])})
    yield with_rows("walkways", {"geometry": LineString([place(300.5, 99), place(314, 99)])})
    yield with_rows("facilities", community()["facilities"].iloc[0].to_dict())
    yield with_rows("gates", community()["gates"].iloc[0].to_dict())
    apart = own_cells(box(0, 0, 200, 400), box(200.6, 0, 400, 400), box(399.3, 0, 600, 400))
    yield apart | {name: None for name in community() if name not in apart}


def test_every_change_answers_a_fault_that_check_reports():
    made = set()
    for layers in everything_wrong():
        whole = {**community(), **layers}
        inputs = Inputs(layers={name: one for name, one in whole.items() if one is not None})
        assert unanswered(inputs) == []
        made |= {change.kind for change in fix(inputs, RULES).changes}
    assert made == set(ANSWERED)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_no_broken_input_is_changed_without_a_fault(tmp_path, broken):
    try:
        inputs = read_inputs(broken.make(tmp_path))
        left = unanswered(inputs)
    except (UnreadableInput, InputFaults):
        return
    assert left == []


def test_the_end_of_a_walkway_meets_what_it_falls_short_of(tmp_path):
    paths = community()["walkways"]
    street = max(paths.geometry, key=lambda line: line.length)
    middle = street.interpolate(0.37, normalized=True)
    short = LineString([(middle.x + 0.6, middle.y), (middle.x + 14, middle.y)])
    stub = {"kind": "footway", "geometry": short}
    before = kinds(Inputs(layers=community() | with_rows("walkways", stub)))
    changes, copy, found = fixed(tmp_path, **with_rows("walkways", stub))
    assert "disconnected-walkway" in before
    assert found == set()
    ((layer, row, kind),) = told(changes)
    assert (layer, kind) == ("walkways", "joined")
    assert copy["walkways"].geometry.iloc[row - 1].distance(street) < 0.002
    assert "0.60 m" in changes[0].what


@pytest.mark.parametrize("gate", ["none", "shut", "open"])
def test_no_end_is_pulled_through_a_wall(gate):
    paths = community()["walkways"]
    street = max(paths.geometry, key=lambda line: line.length)
    middle = street.interpolate(0.37, normalized=True)
    x, y = middle.x, middle.y
    layers = with_rows("walkways", {"geometry": LineString([(x + 0.6, y), (x + 14, y)])})
    wall = {"kind": "wall", "geometry": LineString([(x + 0.3, y - 5), (x + 0.3, y + 5)])}
    layers |= with_rows("barriers", wall)
    if gate != "none":
        point = {"open": gate == "open", "geometry": Point(x + 0.3, y)}
        layers |= with_rows("gates", point)
    changes, _, _ = fixed(**layers)
    assert bool(changes) is (gate == "open")


def test_a_layer_of_the_wrong_place_stays_as_it_is():
    table = community()["buildings"].to_crs(4326)
    turned = shapely.transform(table.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    swapped = table.set_geometry(turned, crs=4326)
    changes, copy, found = fixed(buildings=swapped)
    assert "swapped-axes" in found
    assert copy["buildings"].geometry.to_numpy()[0].equals(turned[0])
    assert "buildings" not in {change.layer for change in changes}


def test_without_a_community_nothing_can_be_repaired():
    with pytest.raises(InputFaults, match="missing"):
        fixed(communities=None)


def test_other_systems_become_one_and_that_is_said():
    gates = community()["gates"].to_crs(4490)
    changes, copy, found = fixed(gates=gates)
    assert told(changes) == [("gates", None, "reprojected")]
    assert copy["gates"].crs.to_epsg() == CRS
    assert found == set()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 250), st.integers(0, 350), st.integers(2, 60), st.integers(2, 60)),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_boxes_thrown_anywhere_never_overlap_afterwards_nor_lose_ground(boxes):
    shapes = [box(*place(x, y), *place(x + w, y + h)) for x, y, w, h in boxes]
    table = gpd.GeoDataFrame(
        {"building_id": [f"n{k}" for k in range(len(boxes))]}, geometry=shapes, crs=CRS
    )
    done = fix(
        Inputs(layers={"communities": community()["communities"], "buildings": table}), RULES
    )
    found = kinds(done.inputs)
    assert not {"overlap", "contained", "same-outline", "invalid-polygon"} & found
    after = shapely.union_all(done.inputs["buildings"].geometry.to_numpy())
    inside = [shape for shape in shapes if shapely.intersection(
        shape, community()["communities"].union_all()).area * 2 >= shape.area]  # fmt: skip
    assert after.area == pytest.approx(shapely.union_all(inside).area, abs=0.5)


def test_a_bow_tie_says_how_large_it_came_out():
    bow = Polygon(np.array([place(20, 20), place(29, 29), place(29, 20), place(20, 29)]))
    table = community()["buildings"].iloc[6:7].set_geometry([bow], crs=CRS)
    changes, copy, _ = fixed(buildings=table, entrances=None, addresses=None)
    assert told(changes) == [("buildings", 7, "made-valid")] or changes[0].kind == "made-valid"
    assert copy["buildings"].geometry.is_valid.all()
    assert "40 m2" in changes[0].what
