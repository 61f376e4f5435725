from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from gis.adjacency import attach, build, hosts, inhabited
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns

CRS = 4549


def _atoms(*rows):
    """Make atoms of (id, shape, households, special); ids that begin with g are ground."""
    frame = gpd.GeoDataFrame(
        [
            {
                "atom_id": name,
                "kind": "ground" if name.startswith("g") else "home",
                "households": households,
                "special": special,
                "geometry": shape,
            }
            for name, shape, households, special in rows
        ],
        crs=CRS,
    )
    return with_columns(frame, PLAN_LAYERS["atoms"])


def _layer(name, *rows):
    if not rows:
        return empty_layer(INPUT_LAYERS[name], crs=CRS)
    return with_columns(gpd.GeoDataFrame(list(rows), crs=CRS), INPUT_LAYERS[name])


def _build(atoms, *, barriers=(), gates=(), walkways=()):
    table = build(
        atoms,
        barriers=_layer("barriers", *barriers),
        gates=_layer("gates", *gates),
        walkways=_layer("walkways", *walkways),
    )
    assert list(table.columns) == list(PLAN_LAYERS["adjacency"].dtypes)
    assert (table["atom_a"] < table["atom_b"]).all()
    return table


def _row(table, one="a", other="b"):
    found = table[(table["atom_a"] == one) & (table["atom_b"] == other)]
    assert len(found) == 1
    return found.iloc[0]


PAIR = (("a", box(0, 0, 50, 40), 10, ""), ("b", box(50, 0, 100, 40), 10, ""))
WALL = LineString([(50, -5), (50, 45)])


def test_open_border_is_measured():
    table = _build(_atoms(*PAIR))
    assert len(table) == 1
    row = _row(table)
    assert (row["shared_m"], bool(row["crossable"]), row["via"]) == (40, True, "open")


def test_corners_and_short_contacts_are_no_borders():
    atoms = _atoms(
        *PAIR,
        ("c", box(100, 40, 150, 80), 10, ""),
        ("d", box(0, 40, 50.5, 80), 10, ""),
    )
    table = _build(atoms)
    assert table[["atom_a", "atom_b"]].to_numpy().tolist() == [["a", "b"], ["a", "d"]]


@pytest.mark.parametrize("kind", ["wall", "fence", "water", "railway", "hoarding"])
def test_wall_closes_the_border(kind):
    row = _row(_build(_atoms(*PAIR), barriers=[{"kind": kind, "geometry": WALL}]))
    assert not row["crossable"]
    assert row["via"] == kind


def test_road_can_be_crossed_and_is_named():
    row = _row(_build(_atoms(*PAIR), barriers=[{"kind": "road", "geometry": WALL}]))
    assert (bool(row["crossable"]), row["via"]) == (True, "road")


def test_row_of_a_barrier_beats_its_kind():
    open_wall = {"kind": "wall", "crossable": True, "geometry": WALL}
    closed_road = {"kind": "road", "crossable": False, "geometry": WALL}
    assert _row(_build(_atoms(*PAIR), barriers=[open_wall]))["crossable"]
    row = _row(_build(_atoms(*PAIR), barriers=[closed_road]))
    assert (bool(row["crossable"]), row["via"]) == (False, "road")


@pytest.mark.parametrize(("says", "passes"), [(True, True), (None, True), (False, False)])
def test_gate_opens_unless_it_is_shut(says, passes):
    table = _build(
        _atoms(*PAIR),
        barriers=[{"kind": "wall", "geometry": WALL}],
        gates=[{"open": says, "geometry": Point(50, 20)}],
    )
    row = _row(table)
    assert bool(row["crossable"]) == passes
    assert row["via"] == ("gate" if passes else "wall")


def test_gate_opens_only_the_border_it_stands_at():
    atoms = _atoms(*PAIR, ("c", box(0, 40, 50, 80), 1, ""), ("d", box(50, 40, 100, 80), 1, ""))
    wall = LineString([(50, -5), (50, 85)])
    table = _build(
        atoms,
        barriers=[{"kind": "wall", "geometry": wall}],
        gates=[{"geometry": Point(50, 60)}],
    )
    assert not _row(table, "a", "b")["crossable"]
    assert _row(table, "c", "d")["via"] == "gate"


def test_gap_in_a_wall_of_two_metres_is_a_way():
    shorter = [
        {"kind": "wall", "geometry": LineString([(50, -5), (50, 20)])},
        {"kind": "wall", "geometry": LineString([(50, 22.5), (50, 45)])},
    ]
    assert _row(_build(_atoms(*PAIR), barriers=shorter))["crossable"]
    shorter[1]["geometry"] = LineString([(50, 21.5), (50, 45)])
    assert not _row(_build(_atoms(*PAIR), barriers=shorter))["crossable"]


RIVER = (
    ("a", box(0, 0, 50, 40), 10, ""),
    ("b", box(60, 0, 110, 40), 10, ""),
    ("g", box(50, 0, 60, 40), 0, ""),
)
WATER = {"kind": "water", "geometry": box(50, -5, 60, 45)}


def test_bridge_joins_the_banks_over_water():
    parts = [
        {"kind": "bridge", "geometry": LineString([(45, 20), (55, 20)])},
        {"kind": "bridge", "geometry": LineString([(55, 20), (65, 20)])},
    ]
    table = _build(_atoms(*RIVER), barriers=[WATER], walkways=parts)
    row = _row(table)
    assert (bool(row["crossable"]), row["via"], row["shared_m"]) == (True, "bridge", 0)
    assert not _row(table, "a", "g")["crossable"]


@pytest.mark.parametrize(
    "way",
    [
        {"kind": "footway", "geometry": LineString([(45, 20), (65, 20)])},
        {"kind": "bridge", "foot": False, "geometry": LineString([(45, 20), (65, 20)])},
        {"kind": "bridge", "geometry": LineString([(10, 20), (20, 20)])},
        {"kind": "bridge", "geometry": LineString([(45, 20), (165, 20)])},
        {"kind": "bridge", "geometry": LineString([(20, 43), (90, 43)])},
    ],
)
def test_what_is_no_bridge_on_foot_over_the_water_joins_nothing(way):
    table = _build(_atoms(*RIVER), barriers=[WATER], walkways=[way])
    assert table[["atom_a", "atom_b"]].to_numpy().tolist() == [["a", "g"], ["b", "g"]]
    assert not table["crossable"].any()


def test_tunnel_under_a_railway_opens_the_border_itself():
    table = _build(
        _atoms(*PAIR),
        barriers=[{"kind": "railway", "geometry": WALL}],
        walkways=[{"kind": "tunnel", "geometry": LineString([(45, 20), (55, 20)])}],
    )
    row = _row(table)
    assert (bool(row["crossable"]), row["via"], row["shared_m"]) == (True, "bridge", 40)


def test_river_is_attached_over_its_longest_border_and_joins_no_homes():
    atoms = _atoms(RIVER[0], ("b", box(60, 0, 110, 35), 10, ""), RIVER[2])
    table = _build(atoms, barriers=[WATER])
    joined = attach(table, atoms)
    assert _row(joined, "a", "g")["via"] == "attached"
    assert not _row(joined, "b", "g")["crossable"]
    assert hosts(joined, atoms).tolist() == [0, 1, 0]
    assert not table["crossable"].any()


def test_what_is_open_is_left_as_it_is():
    atoms = _atoms(*RIVER)
    table = _build(atoms)
    pd.testing.assert_frame_equal(attach(table, atoms), table)


def test_ground_behind_ground_is_attached_in_a_chain():
    atoms = _atoms(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("g1", box(50, 0, 60, 40), 0, ""),
        ("g2", box(60, 0, 70, 40), 0, ""),
    )
    walls = [{"kind": "wall", "geometry": LineString([(x, -5), (x, 45)])} for x in (50, 60)]
    joined = attach(_build(atoms, barriers=walls), atoms)
    assert joined["via"].tolist() == ["attached", "attached"]
    assert hosts(joined, atoms).tolist() == [0, 0, 0]


def test_ground_joins_over_its_longest_border():
    atoms = _atoms(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("b", box(60, 0, 110, 30), 10, ""),
        ("g", box(50, 0, 60, 40), 0, ""),
    )
    assert hosts(_build(atoms), atoms).tolist() == [0, 1, 0]


def test_building_without_households_goes_with_its_neighbour():
    atoms = _atoms(*PAIR, ("c", box(100, 0, 150, 40), 0, ""))
    assert inhabited(atoms).tolist() == [True, True, False]
    assert hosts(_build(atoms), atoms).tolist() == [0, 1, 1]


def test_special_site_is_one_and_no_way_for_others():
    atoms = _atoms(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("b", box(50, 0, 100, 40), 10, "学校"),
        ("c", box(100, 0, 150, 40), 10, "学校"),
        ("g", box(150, 0, 160, 40), 0, ""),
    )
    wall = [{"kind": "wall", "geometry": LineString([(100, -5), (100, 45)])}]
    joined = attach(_build(atoms, barriers=wall), atoms)
    assert _row(joined, "b", "c")["via"] == "attached"
    # The ground behind the school reaches no home but through it.
    assert hosts(joined, atoms).tolist() == [0, 1, 1, -1]


@pytest.mark.parametrize("seed", range(5))
def test_attached_borders_never_close_a_ring_nor_join_homes(seed):
    random = np.random.default_rng(seed)
    side = 6
    rows = []
    for n in range(side * side):
        x, y = 10 * (n % side), 10 * (n // side)
        home = random.random() < 0.3
        name = f"h{n:02d}" if home else f"g{n:02d}"
        rows.append((name, box(x, y, x + 10, y + 10), int(home), ""))
    rows.append(("h99", box(0, -10, 60, 0), 5, ""))
    atoms = _atoms(*sorted(rows))
    table = _build(atoms)
    shut = random.random(len(table)) < 0.6
    table.loc[shut, "crossable"] = False
    table.loc[shut, "via"] = "wall"
    joined = attach(table, atoms)
    host = hosts(joined, atoms)
    assert (host >= 0).all()
    index = pd.Index(atoms["atom_id"])
    for row in joined[joined["via"] == "attached"].itertuples():
        assert host[index.get_loc(row.atom_a)] == host[index.get_loc(row.atom_b)]
    changed = joined["via"] != table["via"]
    assert (table.loc[changed, "via"] == "wall").all()
