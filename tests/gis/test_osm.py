"""An OpenStreetMap extract becomes input layers; what is left out is said."""

import builtins
import os
from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.check import check
from gis.errors import BadRules, MissingExtra, UnreadableInput
from gis.io import osm_tags
from gis.io.osm import import_osm
from gis.io.osm_scan import administrative_areas
from gis.io.osm_tags import Tags
from gis.io.read import read_inputs
from gis.io.write_inputs import write_inputs
from gis.rules import Rules

osmium = pytest.importorskip("osmium", reason="pyosmium is not installed: pip install wangge[osm]")

WEST, SOUTH = 118.78, 32.04
TABLES = Tags.load()


class Map:
    """A small map drawn in metres east and north of its south-west corner."""

    def __init__(self):
        self.rows, self.ids, self.count = [], {}, 0

    def node(self, x, y, **tags):
        """Draw a node once per place, so that ways that meet share it."""
        if (x, y) not in self.ids or tags:
            self.count += 1
            self.ids[x, y] = self.count
            lon, lat = WEST + x / 94_400, SOUTH + y / 110_900
            self._row("node", self.count, f'lat="{lat:.7f}" lon="{lon:.7f}"', "", tags)
        return self.ids[x, y]

    def way(self, xy, **tags):
        refs = "".join(f'<nd ref="{self.node(*place)}"/>' for place in xy)
        self.count += 1
        self._row("way", self.count, "", refs, tags)
        return self.count

    def area(self, west, south, east, north, **tags):
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        return self.way(ring, **tags)

    def relation(self, ways, **tags):
        self.count += 1
        members = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in ways)
        self._row("relation", self.count, "", members, tags)
        return self.count

    def write(self, path):
        order = {"node": 0, "way": 1, "relation": 2}
        body = "\n".join(row for _, row in sorted(self.rows, key=lambda row: order[row[0]]))
        path.write_text(f'<osm version="0.6" generator="test">\n{body}\n</osm>', encoding="utf-8")
        return path

    def _row(self, kind, number, attributes, inner, tags):
        told = "".join(
            f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>"
            for key, value in tags.items()
        )
        row = f'<{kind} id="{number}" version="1" {attributes}>{inner}{told}</{kind}>'
        self.rows.append((kind, row))


@pytest.fixture
def town(tmp_path):
    """A district 400 m wide with a pond in its middle, and a street that leads out of it.

    ::

        400 +-------------------------+
            |  homes   pond    school |
        200 +====street===~~~=========+======> 900
            |  shop   compound        |
          0 +-------------------------+        far island at 300, 700
    """
    town = Map()
    edge = town.area(0, 0, 400, 400)
    town.relation(
        [edge], type="boundary", boundary="administrative", admin_level="10", name="清河社区"
    )
    other = town.area(1_000, 0, 1_400, 400)
    town.relation([other], type="boundary", boundary="administrative", admin_level="10", name="东")
    town.area(20, 300, 60, 312, building="apartments", building__levels="6", building__flats="36")
    town.area(
        100, 300, 140, 312, building="yes", height="18 m", addr__street="清河路",
        addr__housenumber="5", name="5幢",
    )  # fmt: skip
    town.area(300, 300, 360, 340, building="yes", amenity="school", name="<b>小学</b>")
    town.area(390, 100, 402, 110, building="house")
    town.area(398, 130, 420, 140, building="house")
    town.area(10, 10, 20, 20, building="roof")
    town.area(180, 190, 220, 260, natural="water")
    town.area(10, 20, 120, 180, landuse="residential", name="清河小区")
    town.area(200, 20, 300, 80, landuse="residential")
    street = [(x, 200) for x in (0, 60, 150, 250, 350, 400, 900)]
    town.way(street, highway="residential")
    town.way([(150, 200), (150, 300)], highway="steps")
    town.way([(60, 200), (60, 100)], highway="service", access="private")
    town.way([(350, 200), (350, 100)], highway="service", access="private")
    town.way([(0, 250), (400, 250)], highway="motorway")
    town.way([(300, 200), (300, 150), (320, 150)], highway="footway", layer="-1")
    town.way([(250, 200), (300, 200), (300, 250)], highway="footway", bridge="yes")
    town.way([(200, 700), (300, 700)], highway="footway")
    town.node(30, 220, shop="convenience", name="便利店")
    town.node(60, 306, addr__street="清河路", addr__housenumber="3")
    town.node(120, 306, addr__street="清河路", addr__housenumber="5")
    town.node(700, 200, highway="bus_stop")
    town.node(3_000, 200, highway="bus_stop")
    return town.write(tmp_path / "town.osm")


def faults_of(inputs):
    return {fault.kind: fault for fault in inputs.faults}


def test_a_named_boundary_is_the_community(town):
    inputs = import_osm(town, boundary="清河社区")

    (name,) = inputs["communities"]["name"]
    metric = inputs["communities"].to_crs(32650)
    assert name == "清河社区"
    assert metric.area.iloc[0] == pytest.approx(160_000, rel=0.01)
    assert inputs.crs.to_epsg() == 4326
    assert inputs.source == "town.osm"
    assert len(inputs.hashes["town.osm"]) == 64
    assert [list(t.index) for t in inputs.layers.values()] == [
        list(range(1, len(t) + 1)) for t in inputs.layers.values()
    ]


def test_the_relations_number_names_the_area_too(town):
    (area,) = [a for a in administrative_areas(town) if a.tags["name"] == "清河社区"]

    for boundary in (int(area.osm_id[1:]), area.osm_id, area.osm_id[1:]):
        assert list(import_osm(town, boundary=boundary)["communities"]["name"]) == ["清河社区"]


def test_buildings_have_their_counts_floors_use_and_address(town):
    buildings = import_osm(town, boundary="清河社区")["buildings"]

    told = buildings[["households", "floors", "use", "name", "address", "method"]]
    rows = told.astype(object).where(told.notna(), None).to_numpy().tolist()
    assert rows == [
        [36, 6, "apartments", None, None, "flats"],
        [None, 6, None, "5幢", "清河路5号", None],
        [None, None, "school", "<b>小学</b>", None, None],
        [None, None, "house", None, None, None],
    ]
    assert buildings["building_id"].str.fullmatch(r"w\d+").all()


def test_walkways_keep_the_maps_junctions(town):
    inputs = import_osm(town, boundary="清河社区")
    ways = inputs["walkways"].to_crs(32650)

    assert ways["kind"].value_counts().to_dict() == {
        "residential": 2,
        "bridge": 3,
        "tunnel": 1,
        "steps": 1,
        "service": 1,
    }
    assert ways.loc[ways["kind"] == "steps", "stairs"].all()
    noded = shapely.get_parts(shapely.node(shapely.MultiLineString(list(ways.geometry))))
    ends = shapely.get_coordinates([shapely.get_point(noded, 0), shapely.get_point(noded, -1)])
    assert len(np.unique(ends.round(2), axis=0)) == 10


def test_what_is_left_out_of_walkways_is_said(town):
    said = faults_of(import_osm(town, boundary="清河社区"))

    assert said["map-fragments"].what.startswith("1 walkways")
    assert said["private-ways"].what.startswith("1 private ways")
    assert said["no-foot"].what.startswith("1 highways")
    assert said["bridges-made"].what.startswith("1 walkways")
    assert {fault.severity for fault in said.values()} == {"information"}


def test_no_walkway_on_the_ground_runs_through_water(town):
    inputs = import_osm(town, boundary="清河社区")

    ground = inputs["walkways"].query("kind not in ('bridge', 'tunnel')")
    water = inputs["barriers"].geometry.union_all()
    assert inputs["barriers"]["kind"].tolist() == ["water"]
    assert shapely.length(shapely.intersection(ground.geometry.array, water)).sum() == 0


@pytest.fixture
def walled(tmp_path):
    """A box with a wall that a path passes at a gate, a track with a level crossing, and more."""
    town = Map()
    town.area(20, 300, 60, 312, building="apartments")
    town.way([(0, 200), (100, 200), (200, 200), (300, 200), (400, 200)], highway="footway")
    town.way([(100, 100), (100, 200), (100, 300)], barrier="wall")
    town.node(100, 200, barrier="gate", locked="yes", name="西门")
    town.way([(200, 100), (200, 200), (200, 300)], railway="rail")
    town.node(200, 200, railway="level_crossing")
    town.way([(250, 100), (250, 300)], railway="rail", bridge="yes")
    town.way([(300, 0), (300, 100)], highway="motorway")
    town.way([(320, 0), (320, 100)], highway="motorway", tunnel="yes")
    town.area(150, 20, 180, 50, barrier="fence")
    town.way([(0, 390), (400, 390)], waterway="canal")
    town.area(100, 380, 200, 400, natural="water")
    town.way([(0, 10), (400, 10)], waterway="stream")
    town.node(350, 350, barrier="bollard")
    town.node(180, 35, barrier="gate", access="private")
    return town.write(tmp_path / "walled.osm")


BOX = (WEST, SOUTH, WEST + 400 / 94_400, SOUTH + 400 / 110_900)


def test_the_planner_chooses_the_barriers_and_gates_come_with_them(walled):
    every = ("wall", "fence", "hedge", "water", "railway", "motorway")
    made = import_osm(walled, bbox=BOX, barriers=every)
    found = made["barriers"]
    assert found["kind"].tolist() == ["water", "wall", "railway", "motorway", "fence", "water"]
    assert found.geom_type.tolist()[0] == "Polygon"
    assert set(found.geom_type[1:]) == {"LineString", "MultiLineString"}
    canal = found.to_crs(32650).geometry.iloc[-1]
    assert canal.length == pytest.approx(300, abs=3), "what an area covers is no line"
    gates = made["gates"]
    assert gates["open"].isna().tolist() == [False, True, True]
    assert not gates["open"].iloc[0]
    assert gates["name"].dropna().tolist() == ["西门"]
    assert check(made, Rules.load()) is not None


@pytest.mark.parametrize(
    ("kinds", "rows", "gates"), [((), 0, 0), (("water",), 2, 0), (("railway",), 1, 3)]
)
def test_only_what_was_chosen_is_a_barrier(walled, kinds, rows, gates):
    made = import_osm(walled, bbox=BOX, barriers=kinds)
    assert (len(made["barriers"]), len(made["gates"])) == (rows, gates)


def test_a_shut_gate_stops_the_walkway_and_is_no_fault(walled):
    made = import_osm(walled, bbox=BOX, barriers=("wall", "railway"), openings="assume")
    assert "walkway-through-wall" not in {fault.kind for fault in check(made, Rules.load())}
    assert len(made["gates"]) == 3, "nothing is assumed where the map shows a gate, if a shut one"


@pytest.fixture
def openings(tmp_path):
    """A wall across a box: steps, an arcade and a path through it, and a square along it."""
    town = Map()
    town.area(20, 300, 60, 312, building="apartments")
    town.way([(200, y) for y in (0, 50, 100, 150, 200, 260, 300, 400)], barrier="retaining_wall")
    for y, tags in (
        (50, {"highway": "steps"}), (100, {"highway": "footway", "covered": "arcade"}),
        (150, {"highway": "footway"}),
    ):  # fmt: skip
        town.way([(100, y), (200, y), (300, y)], **tags)
    town.way([(100, 50), (100, 100), (100, 150), (100, 230)], highway="footway")
    town.way([(300, 50), (300, 100), (300, 150)], highway="footway")
    ring = [(100, 230), (100, 200), (200, 200), (200, 260), (200, 300), (100, 300), (100, 230)]
    town.way(ring, highway="pedestrian", area="yes")
    town.way([(200, 260), (150, 260)], highway="footway")
    return town.write(tmp_path / "openings.osm")


def through_walls(inputs):
    """List the row of each walkway that crosses a wall without a gate."""
    kind = "walkway-through-wall"
    return [fault.row for fault in check(inputs, Rules.load()) if fault.kind == kind]


def test_steps_and_arcades_pass_a_wall_and_what_does_not_say_so_is_a_fault(openings):
    made = import_osm(openings, bbox=BOX, barriers=("wall",))
    assert made["gates"]["assumed"].tolist() == [False, False]
    (row,) = through_walls(made)
    x = made["walkways"].to_crs(32650).geometry.loc[row].centroid
    path = made["walkways"].to_crs(32650).geometry.iloc[2]
    assert x.distance(path) < 1, "the path at 150 m"
    told = {fault.kind: fault.what for fault in made.faults}
    assert told["openings-made"].startswith("2 steps and passages")
    assert "in 1 places" in told["walls-crossed"]


def test_who_asks_for_it_gets_openings_that_say_they_are_assumed(openings, tmp_path):
    made = import_osm(openings, bbox=BOX, barriers=("wall",), openings="assume")
    assert through_walls(made) == []
    assert sorted(made["gates"]["assumed"]) == [False, False, True]
    write_inputs(made, tmp_path / "in.gpkg")
    found = check(read_inputs(tmp_path / "in.gpkg"), Rules.load())
    (fault,) = [fault for fault in found if fault.kind == "assumed-gate"]
    assert (fault.severity, fault.layer) == ("information", "gates")
    assert any(fault.kind == "openings-assumed" for fault in made.faults)


def test_a_square_whose_edge_is_a_wall_is_walked_inside_it(openings):
    made = import_osm(openings, bbox=BOX, barriers=("wall",))
    metric = made["walkways"].to_crs(32650)
    wall = made["barriers"].to_crs(32650).geometry.iloc[0]
    square = metric[metric["kind"] == "pedestrian"]
    ring = square.geometry[square.geometry.length > 10].iloc[0]
    assert ring.is_ring
    assert 0.2 < ring.distance(wall) < 0.4
    spurs = square.geometry[square.geometry.length < 10]
    assert (spurs.distance(wall) < 0.01).all()
    assert spurs.distance(ring).max() < 0.01, "who joins the square at its edge still does"


def test_squares_off_walls_are_left_alone(openings):
    free = import_osm(openings, bbox=BOX, barriers=("water",))["walkways"]
    assert (free["kind"] == "pedestrian").sum() == 1


def coast(tmp_path, *lines):
    town = Map()
    town.area(20, 300, 60, 312, building="apartments")
    for line in lines:
        town.way(line, natural="coastline")
    return town.write(tmp_path / "coast.osm")


def test_the_sea_is_on_the_right_of_the_coast(tmp_path):
    source = coast(tmp_path, [(200, -900), (200, 100)], [(200, 100), (200, 900), (300, 1300)])
    made = import_osm(source, bbox=BOX)
    (shape,) = made["barriers"].to_crs(32650).geometry
    home = made["communities"].to_crs(32650).geometry.iloc[0]
    assert made["barriers"]["kind"].tolist() == ["water"]
    wet = shape.intersection(home)
    assert wet.area == pytest.approx(home.area / 2, rel=0.01)
    assert wet.centroid.x > home.centroid.x
    assert made.faults == ()


def test_an_island_lies_in_no_sea_and_turned_round_is_a_lake(tmp_path):
    ring = [(100, 100), (300, 100), (300, 290), (100, 290), (100, 100)]
    island = import_osm(coast(tmp_path, ring), bbox=BOX)
    (shape,) = island["barriers"].to_crs(32650).geometry
    assert not shape.contains(shape.centroid), "a hole where the island is"
    lake = import_osm(coast(tmp_path, ring[::-1]), bbox=BOX)["barriers"].to_crs(32650)
    assert lake.geometry.iloc[0].area == pytest.approx(200 * 190, rel=0.01)


def test_a_coast_that_the_file_cuts_off_makes_no_sea_and_that_is_said(tmp_path):
    made = import_osm(coast(tmp_path, [(200, 100), (200, 300)]), bbox=BOX)
    assert not len(made["barriers"])
    assert [fault.kind for fault in made.faults] == ["coast-cut"]
    dry = import_osm(coast(tmp_path, [(200, -900), (200, 1300)]), bbox=BOX, barriers=())
    assert not len(dry["barriers"])


def test_places_and_hours_are_kept(tmp_path):
    town = Map()
    town.area(20, 300, 60, 312, building="apartments")
    town.node(100, 100, amenity="kindergarten", capacity="60")
    town.node(110, 100, amenity="school", capacity="about 300")
    town.way([(0, 200), (400, 200)], barrier="fence")
    town.node(150, 200, barrier="gate", opening_hours="06:00-22:00", locked="yes")
    made = import_osm(town.write(tmp_path / "places.osm"), bbox=BOX, barriers=("fence",))
    assert made["facilities"]["capacity"].fillna(-1).tolist() == [60, -1]
    assert made["gates"][["open", "opening_hours"]].values.tolist() == [[True, "06:00-22:00"]]


def test_a_kind_that_is_none_is_refused(walled):
    with pytest.raises(BadRules, match="moat is no kind of barrier; give of fence, hedge"):
        import_osm(walled, bbox=BOX, barriers=("moat",))


def test_facilities_addresses_and_compounds(town):
    inputs = import_osm(town, boundary="清河社区")

    facilities = inputs["facilities"]
    assert list(zip(facilities["category"], facilities.geom_type, strict=True)) == [
        ("convenience_store", "Point"),
        ("bus_stop", "Point"),
        ("school", "Polygon"),
    ]
    addresses = inputs["addresses"]
    assert addresses["address"].tolist() == ["清河路5号", "清河路3号"]
    assert addresses["building_id"].notna().tolist() == [True, False]
    assert inputs["compounds"]["name"].tolist() == ["清河小区"]


def test_a_box_is_a_community_too(town):
    box = (WEST, SOUTH, WEST + 0.002, SOUTH + 0.004)

    inputs = import_osm(town, bbox=box)

    assert inputs["communities"].total_bounds == pytest.approx(box)
    assert len(inputs["buildings"]) == 2


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"boundary": "nowhere"}, "no whole administrative area called 'nowhere'"),
        ({"boundary": "nowhere"}, "清河社区 ("),
        ({}, "either a box or a boundary"),
        ({"boundary": "清河社区", "bbox": (0, 0, 1, 1)}, "either a box or a boundary"),
        ({"bbox": (1, 1, 0, 0)}, "is no box"),
        ({"bbox": (0, 0, 1, 100)}, "is no box"),
    ],
)
def test_a_wrong_choice_says_what_there_is(town, choice, words):
    with pytest.raises(UnreadableInput) as raised:
        import_osm(town, **choice)
    assert words in str(raised.value)


def test_two_areas_of_one_name_are_told_apart_by_number(tmp_path):
    twins = Map()
    for x in (0, 500):
        edge = twins.area(x, 0, x + 400, 400)
        twins.relation([edge], type="boundary", boundary="administrative", name="新村")
    path = twins.write(tmp_path / "twins.osm")

    with pytest.raises(UnreadableInput, match=r"has 2 areas called '新村'.*\(\d+\), .*\(\d+\)"):
        import_osm(path, boundary="新村")


def test_of_a_boundary_in_parts_the_largest_is_kept_and_that_is_said(tmp_path):
    isles = Map()
    edges = [isles.area(0, 0, 400, 400), isles.area(500, 0, 600, 100)]
    isles.relation(edges, type="boundary", boundary="administrative", name="岛")

    inputs = import_osm(isles.write(tmp_path / "isles.osm"), boundary="岛")

    assert inputs["communities"].geom_type.tolist() == ["Polygon"]
    assert "2 parts; all but the largest, 5.9% of it" in faults_of(inputs)["parts-left-out"].what


@pytest.mark.parametrize(
    "content", [b"", b"not osm", b"<osm", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"]
)
@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf", ".txt"])
def test_a_file_that_is_no_map_is_refused(tmp_path, content, suffix):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)

    with pytest.raises(UnreadableInput, match="broken"):
        import_osm(path, boundary="x")


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(UnreadableInput, match=r"none\.osm\.pbf"):
        import_osm(tmp_path / "none.osm.pbf", boundary="x")


def test_without_pyosmium_the_command_that_installs_it_is_said(town, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "osmium":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r'pip install "wangge\[osm\]"'):
        import_osm(town, boundary="x")


def test_a_map_without_anything_gives_the_community_alone(tmp_path):
    bare = Map()
    bare.node(10, 10, natural="tree")

    inputs = import_osm(bare.write(tmp_path / "bare.osm"), bbox=(WEST, SOUTH, 118.79, 32.05))

    assert list(inputs.layers) == ["communities"]
    assert inputs.faults == ()


def test_ways_whose_nodes_are_cut_off_are_counted(tmp_path):
    path = tmp_path / "cut.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" version="1" lat="32.041" lon="118.781"/>'
        '<way id="2" version="1"><nd ref="1"/><nd ref="9"/><tag k="highway" v="path"/></way></osm>'
    )

    (fault,) = import_osm(path, bbox=(WEST, SOUTH, 118.79, 32.05)).faults

    assert "1 things lack some of their nodes" in fault.what


def test_written_and_read_again_the_layers_are_the_same(town, tmp_path):
    inputs = import_osm(town, boundary="清河社区")
    path = tmp_path / "inputs.gpkg"

    write_inputs(inputs, path)
    again = gpd.read_file(path, layer="buildings")

    assert again["building_id"].tolist() == inputs["buildings"]["building_id"].tolist()
    assert again.geometry.geom_equals(inputs["buildings"].geometry.reset_index(drop=True)).all()


def test_tags_may_be_replaced_by_ones_own(town, tmp_path):
    text = (Path(osm_tags.__file__).parent / "osm_tags.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace("convenience_store = ", "corner_shop = "), encoding="utf-8")

    inputs = import_osm(town, boundary="清河社区", tags=Tags.load(own))

    assert inputs["facilities"]["category"].tolist()[0] == "corner_shop"


@pytest.mark.parametrize("text", ["", "[facilities]", "facilities = 1", "not toml ="])
def test_tables_that_are_none_are_refused(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text)

    with pytest.raises(BadRules, match=r"own\.toml"):
        Tags.load(path)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, "yes"),
        ({"highway": "footway", "foot": "no"}, "no"),
        ({"highway": "service", "access": "no"}, "no"),
        ({"highway": "service", "access": "no", "foot": "designated"}, "yes"),
        ({"highway": "service", "access": "private"}, "private"),
        ({"highway": "service", "access": "private", "foot": "yes"}, "yes"),
        ({"highway": "primary", "tunnel": "yes"}, "no"),
        ({"highway": "primary", "tunnel": "yes", "sidewalk": "both"}, "yes"),
        ({"highway": "primary", "tunnel": "building_passage"}, "yes"),
        ({"highway": "footway", "tunnel": "yes"}, "yes"),
    ],
)
def test_access(tags, expected):
    assert osm_tags.walk_access(tags, TABLES) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"building:levels": "6"}, 6),
        ({"building:levels": "0"}, None),
        ({"building:levels": "0.5"}, 1),
        ({"building:levels": "3;4"}, 3),
        ({"building:levels": "many", "height": "30"}, 10),
        ({"building:levels": "9999"}, None),
        ({"height": "99'"}, None),
        ({"height": "1"}, 1),
        ({}, None),
    ],
)
def test_floors(tags, expected):
    assert osm_tags.floors(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"addr:street": "清河路", "addr:housenumber": "5号"}, "清河路5号"),
        ({"addr:street": "清河路", "addr:housenumber": "5-1"}, "清河路5-1号"),
        ({"addr:place": "Fontvieille", "addr:housenumber": "5"}, "5 Fontvieille"),
        ({"addr:full": "清河路5号"}, "清河路5号"),
        ({"addr:housenumber": "5"}, None),
        ({"addr:street": " ", "addr:housenumber": "5"}, None),
    ],
)
def test_address(tags, expected):
    assert osm_tags.address(tags) == expected


@given(
    st.dictionaries(
        st.sampled_from(
            sorted(
                {"building", "building:levels", "building:flats", "height", "highway", "tunnel"}
                | {"bridge", "foot", "access", "sidewalk", "amenity", "addr:street", "layer"}
                | {"addr:housenumber", "natural", "water", "shop"}
            )
        ),
        st.text(max_size=12),
    )
)
def test_no_tags_break_the_reading(tags):
    counts = (osm_tags.floors(tags), osm_tags.flats(tags))
    assert all(count is None or 0 <= count <= 5_000 for count in counts)
    assert osm_tags.walk_access(tags, TABLES) in {"yes", "no", "private"}
    assert osm_tags.address(tags) != ""
    assert osm_tags.building_use(tags, TABLES) != "yes"
    assert osm_tags.facility_category(tags, TABLES) in {None, *dict(TABLES.facilities)}
    assert osm_tags.is_water(tags, TABLES) in {True, False}


DATA = os.environ.get("WANGGE_DATA")
MONACO = Path(DATA or "", "data", "monaco.osm.pbf")
needs_data = pytest.mark.skipif(not MONACO.is_file(), reason="WANGGE_DATA has no Monaco extract")


@pytest.mark.data
@needs_data
def test_the_whole_of_monaco_matches_the_known_counts():
    inputs = import_osm(MONACO, bbox=(7.40, 43.715, 7.45, 43.76))

    buildings, ways = inputs["buildings"], inputs["walkways"].to_crs(32632)
    assert 1_250 <= len(buildings) <= 1_286
    assert (buildings["use"] == "apartments").sum() in range(415, 422)
    assert buildings["floors"].notna().sum() in range(455, 475)
    assert 110_000 < ways.length.sum() < 134_000


@pytest.mark.data
@needs_data
@pytest.mark.parametrize(
    "area", ["Fontvieille", "La Condamine", "La Rousse", "Larvotto", "Monaco-Ville", "Monte-Carlo"]
)
def test_every_area_of_monaco_is_without_error(area):
    faults = check(import_osm(MONACO, boundary=area), Rules.load())
    assert [str(fault) for fault in faults if fault.severity == "error"] == []


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("area", ["Monte-Carlo", "La Condamine"])
def test_walls_of_monaco_leave_few_places_to_the_planner(area):
    left = import_osm(MONACO, boundary=area, barriers=("water", "wall"))
    assert 0 < len(through_walls(left)) < 5
    made = import_osm(MONACO, boundary=area, barriers=("water", "wall"), openings="assume")
    faults = check(made, Rules.load())
    assert [str(fault) for fault in faults if fault.severity == "error"] == []


@pytest.mark.data
@needs_data
def test_monacos_areas_are_listed_by_name():
    names = [area.tags["name"] for area in administrative_areas(MONACO)]
    assert {"Monte-Carlo", "La Condamine", "Fontvieille"} <= set(names)
