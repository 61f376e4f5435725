"""Check that the sample community is complete, consistent, walkable and reproducible."""

import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.rules import Rules
from gis.tables import BARRIER_CROSSABLE, INPUT_LAYERS

FOLDER = Path(__file__).parents[2] / "sample_data"
COMMITTED = FOLDER / "community.gpkg"
COUNTED = "layers/shops"
LAYERS = sorted([*(name for name in INPUT_LAYERS if name != "cells"), COUNTED])


def read(path):
    return {name: pyogrio.read_dataframe(path, layer=name) for name in LAYERS}


@pytest.fixture(scope="module")
def sample():
    return read(COMMITTED)


@pytest.fixture(scope="module")
def homes(sample):
    buildings = sample["buildings"]
    homes = buildings[buildings["use"] == "residential"].reset_index(drop=True)
    return homes.astype({"stairwells": int, "households": int, "residents": int})


@pytest.fixture(scope="module")
def walls(sample):
    barriers = sample["barriers"]
    return barriers[barriers["kind"].isin(["wall", "fence"])]


def generate(path, hash_seed):
    command = [sys.executable, str(FOLDER / "generate.py"), "-o", str(path)]
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run(command, check=True, env=env, timeout=120)
    return read(path)


def assert_same(left, right, tolerance_m):
    for name in LAYERS:
        tables = [
            layers[name].drop(columns="geometry", errors="ignore") for layers in (left, right)
        ]
        pd.testing.assert_frame_equal(*tables)
        if "geometry" in left[name]:
            assert left[name].crs == right[name].crs, name
            shapes = [layers[name].geometry.array for layers in (left, right)]
            assert (shapely.is_missing(shapes[0]) == shapely.is_missing(shapes[1])).all(), name
            same = shapely.equals_exact(*shapes, tolerance=tolerance_m)
            assert (same | shapely.is_missing(shapes[0])).all(), name


def test_generating_again_gives_the_committed_sample(sample, tmp_path):
    first = generate(tmp_path / "first.gpkg", "1")
    second = generate(tmp_path / "second.gpkg", "2")
    assert_same(first, second, 0.0)
    assert_same(first, sample, 0.011)  # other platforms may round a centimetre the other way


def test_it_is_one_small_file_with_every_layer(sample):
    assert COMMITTED.stat().st_size < 5_000_000
    assert sorted(pyogrio.list_layers(COMMITTED)[:, 0]) == LAYERS
    assert all(len(table) for table in sample.values())
    assert all(
        table.crs.to_epsg() == 4549
        for table in sample.values()
        if isinstance(table, gpd.GeoDataFrame)
    )


@pytest.mark.parametrize("name", [name for name in LAYERS if name != COUNTED])
def test_layers_keep_their_contract(sample, name):
    table, layer = sample[name], INPUT_LAYERS[name]
    missing = [column.name for column in layer.columns if column.name not in table]
    assert missing in ([], {"facilities": ["capacity"], "gates": ["assumed"]}.get(name, []))
    for column in layer.columns:
        if column.name not in table:
            continue
        values = table[column.name]
        assert not column.required or values.notna().all()
        values = values.dropna()
        assert len(values), column.name
        if column.kind == "integer":
            assert (values.astype(float) % 1 == 0).all()
            assert (values >= 0).all()
        elif column.kind == "boolean":
            assert values.isin([True, False]).all()
        else:
            assert values.map(type).eq(str).all()
            assert values.str.strip().eq(values).all()
        if column.kind == "date":
            assert values.str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()
    if layer.geometry:
        kinds = set(table.geometry.dropna().geom_type)
        allowed = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
        assert kinds <= {allowed[kind] for kind in layer.geometry}
        assert table.geometry.dropna().is_valid.all()
        assert not layer.geometry_required or table.geometry.notna().all()


def test_totals_are_those_of_the_article(sample, homes):
    community = sample["communities"].iloc[0]
    assert len(sample["communities"]) == 1
    assert re.fullmatch(r"99\d{10}", community["community_code"])
    assert community["households"] == sample["buildings"]["households"].sum()
    assert 7500 <= community["households"] <= 7700
    assert 21_500 <= sample["buildings"]["residents"].sum() <= 22_500
    assert 1.2 <= community.geometry.area / 1e6 <= 1.6
    assert 250 <= len(homes) <= 330
    per_household = homes["residents"] / homes["households"]
    assert 2.3 <= per_household.min() <= per_household.max() <= 3.4
    compounds = homes.groupby("compound")[["households", "residents"]].sum()
    assert 14 <= len(compounds) <= 18
    assert sorted(compounds.index) == sorted(sample["compounds"]["name"])
    assert compounds["residents"].max() == 2100
    others = sample["buildings"][sample["buildings"]["use"] != "residential"]
    assert len(others) >= 20
    assert (others["households"] == 0).all()
    assert (homes["households"] > 0).all()


def test_building_ids_are_unique_and_stairwells_small_enough(sample, homes):
    assert sample["buildings"]["building_id"].is_unique
    split = homes[homes["households"] > Rules.load("default").micro.hard_households[1]]
    assert len(split) >= 3
    assert (np.ceil(split["households"] / split["stairwells"]) <= 100).all()
    whole = homes.drop(split.index)
    assert (whole["households"] <= 100).all()


def test_buildings_stand_apart_and_inside(sample, homes):
    buildings = sample["buildings"]
    left, right = shapely.STRtree(buildings.geometry).query(
        buildings.geometry, predicate="dwithin", distance=6.0
    )
    pairs = [(i, j) for i, j in zip(left, right, strict=True) if i < j]
    assert pairs
    for i, j in pairs:
        a, b = buildings.geometry[i], buildings.geometry[j]
        assert a.distance(b) < 0.02
        assert a.intersection(b).area < 0.5
    assert len(pairs) <= 8
    community = sample["communities"].geometry[0]
    assert buildings.within(community).all()
    hard = sample["barriers"][~sample["barriers"]["crossable"]]
    assert not buildings.intersects(hard.union_all()).any()
    assert not buildings.intersects(sample["walkways"].union_all()).any()
    compounds = sample["compounds"].set_index("name").geometry
    assert homes.within(gpd.GeoSeries(compounds[homes["compound"]].array, homes.index)).all()


def test_areas_do_not_overlap(sample):
    areas = [*sample["compounds"].geometry, *sample["special_sites"].geometry]
    areas.append(sample["barriers"].geometry[sample["barriers"]["kind"] == "water"].item())
    assert sum(area.area for area in areas) - shapely.union_all(areas).area < 0.01
    assert not shapely.intersects(sample["special_sites"].union_all(), homes_of(sample)).any()
    assert shapely.union_all(areas).difference(sample["communities"].geometry[0]).area < 1.0


def homes_of(sample):
    buildings = sample["buildings"]
    return buildings.geometry[buildings["households"] > 0].array


def test_barriers_say_what_their_kind_says(sample):
    barriers = sample["barriers"]
    assert set(barriers["kind"]) == {"wall", "fence", "water", "road", "street"}
    assert (barriers["crossable"] == barriers["kind"].map(dict(BARRIER_CROSSABLE))).all()


def test_walkways_cross_walls_at_open_gates_only(sample, walls):
    gates = sample["gates"]
    assert gates["open"].sum() == len(gates) - 1
    on_wall = gates.distance(walls.union_all())
    assert (on_wall < 1e-6).all()
    met = shapely.intersection(sample["walkways"].union_all(), walls.union_all())
    points = shapely.get_parts(met)
    assert {point.geom_type for point in points} == {"Point"}
    opened = shapely.union_all(gates.geometry[gates["open"]].array)
    assert (shapely.distance(points, opened) == 0).all()
    assert len(points) == gates["open"].sum()
    closed = gates.geometry[~gates["open"]].item()
    assert sample["walkways"].distance(closed).min() > 1.0


def test_every_wall_encloses_a_place_with_an_open_gate(sample, walls):
    rings = shapely.get_parts(shapely.polygonize(walls.geometry.array))
    assert len(rings) >= 15
    gates = sample["gates"]
    for ring in rings:
        assert (gates.geometry[gates["open"]].distance(ring.exterior) < 1e-6).sum() >= 1


def test_only_bridges_cross_the_river(sample):
    river = sample["barriers"].geometry[sample["barriers"]["kind"] == "water"].item()
    wet = sample["walkways"][sample["walkways"].intersects(river)]
    assert set(wet["kind"]) == {"bridge"}
    assert len(shapely.get_parts(sample["communities"].geometry[0].difference(river))) == 2


def test_the_walking_network_is_one(sample):
    graph = nx.Graph()
    lengths = sample["walkways"].length
    for line, length in zip(sample["walkways"].geometry, lengths, strict=True):
        graph.add_edge(line.coords[0], line.coords[-1], length=length)
    assert nx.is_connected(graph)
    noded = sample["walkways"].union_all()
    assert len(shapely.get_parts(shapely.node(noded))) == len(sample["walkways"])


def test_entrances_lie_on_their_buildings_near_a_walkway(sample, homes):
    entrances = sample["entrances"]
    expected = [
        (row.building_id, stairwell)
        for row in homes.itertuples()
        for stairwell in range(1, row.stairwells + 1)
    ]
    given = zip(entrances["building_id"], entrances["stairwell"], strict=True)
    assert sorted(given) == sorted(expected)
    footprints = homes.set_index("building_id").geometry[entrances["building_id"]]
    edges = shapely.boundary(footprints.array)
    assert shapely.distance(edges, entrances.geometry.array).max() < 0.01
    assert entrances.distance(sample["walkways"].union_all()).max() <= 15.0


def test_stairwells_are_numbered_from_the_west(sample):
    for _, doors in sample["entrances"].groupby("building_id"):
        ordered = doors.sort_values("stairwell").geometry.x
        assert ordered.is_monotonic_increasing


def test_every_household_has_one_address(sample, homes):
    table = sample["addresses"]
    assert table["address"].is_unique
    rooms = table[table["room"].notna() & table["alias_of"].isna()]
    counts = rooms.groupby(["building_id", "stairwell"]).size()
    dealt = {}
    for row in homes.itertuples():
        share, rest = divmod(row.households, row.stairwells)
        for i in range(row.stairwells):
            dealt[(row.building_id, i + 1)] = share + (i < rest)
    assert counts.to_dict() == dealt
    known = homes.set_index("building_id")
    for row in rooms.itertuples():
        building = known.loc[row.building_id]
        assert row.address == f"{building['address']}{row.stairwell:.0f}单元{row.room}室"
        assert 1 <= int(row.room[:-2]) <= building["floors"]
    assert rooms.geometry.isna().all()


def test_other_names_lead_to_addresses(sample):
    table = sample["addresses"]
    aliases = table[table["alias_of"].notna()]
    assert len(aliases) == 40
    meant = table.set_index("address").loc[aliases["alias_of"]]
    for column in ("building_id", "stairwell", "room"):
        assert (meant[column].array == aliases[column].array).all()
    fronts = table[table["building_id"].isna()]
    assert len(fronts) == 20
    assert fronts.geometry.within(sample["communities"].geometry[0]).all()


def test_the_roster_has_four_levels_and_serves_what_exists(sample, homes):
    people = sample["people"]
    assert {"社区党总支书记", "小区党支部书记", "楼道党小组长", "党员联户"} <= set(people["role"])
    served = {sample["communities"]["name"][0], *sample["compounds"]["name"]}
    served |= set(homes["building_id"])
    doors = sample["entrances"]
    served |= {
        f"{b}/{s:.0f}" for b, s in zip(doors["building_id"], doors["stairwell"], strict=True)
    }
    assert set(people["serves"]) <= served
    assert people["duty_phone"].dropna().str.fullmatch(r"025-5550\d{4}").all()
    assert people["private_phone"].str.fullmatch(r"1990000\d{4}").all()
    assert people["private_phone"].is_unique
    ended = people[people["until"].notna()]
    assert (ended["since"] < ended["until"]).all()


def test_shops_facilities_and_meeting_points(sample):
    shops = sample[COUNTED]
    assert len(shops) == 93
    assert set(shops["status"]) == {"未改造", "洽谈中", "已改造"}
    assert shops["date"].str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()
    rows = sample["buildings"][sample["buildings"]["use"] == "shop"]
    assert shops.within(rows.union_all()).all()
    categories = set(sample["facilities"]["category"])
    access = set(Rules.load("default").access)
    assert access - categories == {"parcel"}
    assert categories - access == {"bus_stop"}
    assert sample["facilities"].within(sample["communities"].geometry[0]).all()
    meeting = sample["meeting_points"]
    assert len(meeting) == 5
    assert meeting.within(sample["compounds"].union_all()).all()
    assert not meeting.within(sample["buildings"].union_all()).any()
    for point in meeting.geometry:
        compound = sample["compounds"][sample["compounds"].contains(point)].geometry.item()
        assert point.distance(compound.centroid) < 75.0


def test_locks_name_buildings_of_one_compound(sample, homes):
    locked = homes.set_index("building_id").loc[sample["locks"]["building_id"]]
    assert len(locked) == 2
    assert len(set(locked["compound"])) == 1
    assert len(set(sample["locks"]["grid"])) == 1
    assert set(sample["locks"]["level"]) <= {"large", "micro"}
