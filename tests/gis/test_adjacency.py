from __future__ import annotations

import pytest
from boxes import PAIR, RIVER, WALL, WATER, atoms_of, border_of, touching
from shapely import LineString, Point, box


def test_open_border_is_measured():
    table = touching(atoms_of(*PAIR))
    assert len(table) == 1
    row = border_of(table)
    assert (row["shared_m"], bool(row["crossable"]), row["via"]) == (40, True, "open")


def test_corners_and_short_contacts_are_no_borders():
    atoms = atoms_of(
        *PAIR,
        ("c", box(100, 40, 150, 80), 10, ""),
        ("d", box(0, 40, 50.5, 80), 10, ""),
    )
    table = touching(atoms)
    assert table[["atom_a", "atom_b"]].to_numpy().tolist() == [["a", "b"], ["a", "d"]]


@pytest.mark.parametrize("kind", ["wall", "fence", "water", "railway", "hoarding"])
def test_wall_closes_the_border(kind):
    row = border_of(touching(atoms_of(*PAIR), barriers=[{"kind": kind, "geometry": WALL}]))
    assert not row["crossable"]
    assert row["via"] == kind


def test_road_can_be_crossed_and_is_named():
    row = border_of(touching(atoms_of(*PAIR), barriers=[{"kind": "road", "geometry": WALL}]))
    assert (bool(row["crossable"]), row["via"]) == (True, "road")


def test_row_of_a_barrier_beats_its_kind():
    open_wall = {"kind": "wall", "crossable": True, "geometry": WALL}
    closed_road = {"kind": "road", "crossable": False, "geometry": WALL}
    assert border_of(touching(atoms_of(*PAIR), barriers=[open_wall]))["crossable"]
    row = border_of(touching(atoms_of(*PAIR), barriers=[closed_road]))
    assert (bool(row["crossable"]), row["via"]) == (False, "road")


@pytest.mark.parametrize(("says", "passes"), [(True, True), (None, True), (False, False)])
def test_gate_opens_unless_it_is_shut(says, passes):
    table = touching(
        atoms_of(*PAIR),
        barriers=[{"kind": "wall", "geometry": WALL}],
        gates=[{"open": says, "geometry": Point(50, 20)}],
    )
    row = border_of(table)
    assert bool(row["crossable"]) == passes
    assert row["via"] == ("gate" if passes else "wall")


def test_gate_opens_only_the_border_it_stands_at():
    atoms = atoms_of(*PAIR, ("c", box(0, 40, 50, 80), 1, ""), ("d", box(50, 40, 100, 80), 1, ""))
    wall = LineString([(50, -5), (50, 85)])
    table = touching(
        atoms,
        barriers=[{"kind": "wall", "geometry": wall}],
        gates=[{"geometry": Point(50, 60)}],
    )
    assert not border_of(table, "a", "b")["crossable"]
    assert border_of(table, "c", "d")["via"] == "gate"


def test_gap_in_a_wall_of_two_metres_is_a_way():
    shorter = [
        {"kind": "wall", "geometry": LineString([(50, -5), (50, 20)])},
        {"kind": "wall", "geometry": LineString([(50, 22.5), (50, 45)])},
    ]
    assert border_of(touching(atoms_of(*PAIR), barriers=shorter))["crossable"]
    shorter[1]["geometry"] = LineString([(50, 21.5), (50, 45)])
    assert not border_of(touching(atoms_of(*PAIR), barriers=shorter))["crossable"]


def test_bridge_joins_the_banks_over_water():
    parts = [
        {"kind": "bridge", "geometry": LineString([(45, 20), (55, 20)])},
        {"kind": "bridge", "geometry": LineString([(55, 20), (65, 20)])},
    ]
    table = touching(atoms_of(*RIVER), barriers=[WATER], walkways=parts)
    row = border_of(table)
    assert (bool(row["crossable"]), row["via"], row["shared_m"]) == (True, "bridge", 0)
    assert not border_of(table, "a", "g")["crossable"]


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
    table = touching(atoms_of(*RIVER), barriers=[WATER], walkways=[way])
    assert table[["atom_a", "atom_b"]].to_numpy().tolist() == [["a", "g"], ["b", "g"]]
    assert not table["crossable"].any()


def test_tunnel_under_a_railway_opens_the_border_itself():
    table = touching(
        atoms_of(*PAIR),
        barriers=[{"kind": "railway", "geometry": WALL}],
        walkways=[{"kind": "tunnel", "geometry": LineString([(45, 20), (55, 20)])}],
    )
    row = border_of(table)
    assert (bool(row["crossable"]), row["via"], row["shared_m"]) == (True, "bridge", 40)
