from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from boxes import PAIR, RIVER, WATER, atoms_of, border_of, touching
from shapely import LineString, Point, box

from gis.adjacency import inhabited
from gis.hosts import attach, find


def test_river_is_attached_over_its_longest_border_and_joins_no_homes():
    atoms = atoms_of(RIVER[0], ("b", box(60, 0, 110, 35), 10, ""), RIVER[2])
    table = touching(atoms, barriers=[WATER])
    joined = attach(table, atoms)
    assert border_of(joined, "a", "g")["via"] == "attached"
    assert not border_of(joined, "b", "g")["crossable"]
    assert find(joined, atoms).tolist() == [0, 1, 0]
    assert not table["crossable"].any()


def test_what_is_open_is_left_as_it_is():
    atoms = atoms_of(*RIVER)
    table = touching(atoms)
    pd.testing.assert_frame_equal(attach(table, atoms), table)


def test_ground_behind_ground_is_attached_in_a_chain():
    atoms = atoms_of(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("g1", box(50, 0, 60, 40), 0, ""),
        ("g2", box(60, 0, 70, 40), 0, ""),
    )
    walls = [{"kind": "wall", "geometry": LineString([(x, -5), (x, 45)])} for x in (50, 60)]
    joined = attach(touching(atoms, barriers=walls), atoms)
    assert joined["via"].tolist() == ["attached", "attached"]
    assert find(joined, atoms).tolist() == [0, 0, 0]


def test_ground_joins_over_its_longest_border():
    atoms = atoms_of(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("b", box(60, 0, 110, 30), 10, ""),
        ("g", box(50, 0, 60, 40), 0, ""),
    )
    assert find(touching(atoms), atoms).tolist() == [0, 1, 0]


def test_building_without_households_goes_with_its_neighbour():
    atoms = atoms_of(*PAIR, ("c", box(100, 0, 150, 40), 0, ""))
    assert inhabited(atoms).tolist() == [True, True, False]
    assert find(touching(atoms), atoms).tolist() == [0, 1, 1]


def test_special_site_is_one_and_no_way_for_others():
    atoms = atoms_of(
        ("a", box(0, 0, 50, 40), 10, ""),
        ("b", box(50, 0, 100, 40), 10, "学校"),
        ("c", box(100, 0, 150, 40), 10, "学校"),
        ("g", box(150, 0, 160, 40), 0, ""),
    )
    wall = [{"kind": "wall", "geometry": LineString([(100, -5), (100, 45)])}]
    joined = attach(touching(atoms, barriers=wall), atoms)
    assert border_of(joined, "b", "c")["via"] == "attached"
    # The ground behind the school reaches no home but through it.
    assert find(joined, atoms).tolist() == [0, 1, 1, -1]


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
    atoms = atoms_of(*sorted(rows))
    table = touching(atoms)
    shut = random.random(len(table)) < 0.6
    table.loc[shut, "crossable"] = False
    table.loc[shut, "via"] = "wall"
    joined = attach(table, atoms)
    host = find(joined, atoms)
    assert (host >= 0).all()
    index = pd.Index(atoms["atom_id"])
    for row in joined[joined["via"] == "attached"].itertuples():
        assert host[index.get_loc(row.atom_a)] == host[index.get_loc(row.atom_b)]
    changed = joined["via"] != table["via"]
    assert (table.loc[changed, "via"] == "wall").all()


def test_shops_go_with_the_side_of_the_street_they_stand_on():
    # Two rows of shops face each other over a street, longer than they touch along their row;
    # west's first shop is reached through a gate, and so are the others behind it.
    atoms = atoms_of(
        ("east", box(60, 0, 100, 90), 10, ""),
        ("s1", box(40, 0, 50, 30), 0, ""),
        ("s2", box(40, 30, 50, 60), 0, ""),
        ("s3", box(40, 60, 50, 90), 0, ""),
        ("t1", box(50, 0, 60, 90), 0, ""),
        ("west", box(0, 0, 40, 90), 10, ""),
    )
    barriers = [
        {"kind": "wall", "geometry": LineString([(40, -5), (40, 95)])},
        {"kind": "street", "geometry": LineString([(50, -5), (50, 95)])},
    ]
    gates = [{"open": True, "geometry": Point(40, 10)}]
    table = attach(touching(atoms, barriers=barriers, gates=gates), atoms)
    assert border_of(table, "s3", "t1")["via"] == "road"
    taken = atoms["atom_id"].to_numpy()[find(table, atoms)]
    assert taken.tolist() == ["east", "west", "west", "west", "east", "west"]


def test_ground_along_a_wall_goes_with_the_compound_behind_it_wherever_the_gate_is():
    # Ground in two pieces outside two compounds; the first compound's only gate opens to its
    # own piece's far end, the second piece is no farther away and has the longer open border.
    atoms = atoms_of(
        ("a", box(0, 0, 60, 40), 10, ""),
        ("b", box(60, 0, 120, 40), 10, ""),
        ("g1", box(0, 40, 20, 60), 0, ""),
        ("g2", box(20, 40, 60, 60), 0, ""),
        ("g3", box(60, 40, 120, 70), 0, ""),
    )
    walls = [
        {"kind": "wall", "geometry": LineString([(-5, 40), (125, 40)])},
        {"kind": "wall", "geometry": LineString([(60, -5), (60, 40)])},
        {"kind": "wall", "geometry": LineString([(20, 40), (20, 55)])},
    ]
    gates = [{"open": True, "geometry": Point(x, 40)} for x in (10, 110)]
    table = attach(touching(atoms, barriers=walls, gates=gates), atoms)
    taken = atoms["atom_id"].to_numpy()[find(table, atoms)]
    assert border_of(table, "g2", "g3")["shared_m"] > border_of(table, "g1", "g2")["shared_m"] - 1
    assert taken.tolist() == ["a", "b", "a", "a", "b"]


def test_atoms_without_any_border_are_their_own_hosts():
    atoms = atoms_of(("a", box(0, 0, 9, 9), 10, ""))
    assert find(touching(atoms), atoms).tolist() == [0]
