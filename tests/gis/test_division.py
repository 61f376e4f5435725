from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, box
from toy import CRS, toy_rules

from gis import hosts
from gis.adjacency import build
from gis.division import divide
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, empty_layer, with_columns


def _row(households, *, grounds=(), special=(), compound=None):
    """Make atoms in a row, 50 m apart, all open to each other."""
    names = [f"{'g' if n in grounds else 'h'}{n:02d}" for n in range(len(households))]
    frame = gpd.GeoDataFrame(
        [
            {
                "atom_id": name,
                "building_id": "" if n in grounds else name,
                "kind": "ground" if n in grounds else "home",
                "households": households[n],
                "special": "学校" if n in special else "",
                "compound": compound[n] if compound else None,
                "geometry": box(50 * n, 0, 50 * n + 50, 50),
            }
            for n, name in enumerate(names)
        ],
        crs=CRS,
    )
    atoms = with_columns(frame, PLAN_LAYERS["atoms"])
    nothing = {
        name: empty_layer(INPUT_LAYERS[name], crs=CRS) for name in ("barriers", "gates", "walkways")
    }
    return atoms, build(atoms, **nothing)


def _divide(atoms, adjacency, *, walk_m=None, locks=(), gates=None, names=None):
    base = (atoms["kind"] == "home") & (atoms["households"] > 0) & (atoms["special"] == "")
    at = 50.0 * np.flatnonzero(base)
    walk_m = np.abs(np.subtract.outer(at, at)) if walk_m is None else walk_m
    table = pd.DataFrame(list(locks), columns=["building_id", "grid", "level"])
    return divide(
        atoms,
        adjacency,
        hosts.find(adjacency, atoms),
        walk_m=walk_m,
        locks=with_columns(table, INPUT_LAYERS["locks"]),
        gates=empty_layer(INPUT_LAYERS["gates"], crs=CRS) if gates is None else gates,
        building_names=names or {},
        rules=toy_rules(),
    )


def _runs(labels):
    """Count the stretches of equal labels along the row."""
    return 1 + int((np.diff(labels) != 0).sum())


def test_grids_are_stretches_of_a_row_and_nest():
    atoms, adjacency = _row([25] * 12)
    found = _divide(atoms, adjacency)
    assert _runs(found.large) == len(set(found.large)) == 2
    assert _runs(found.micro) == len(set(found.micro))
    parents = pd.Series(found.large).groupby(found.micro).nunique()
    assert (parents == 1).all()
    for level, labels in (("large", found.large), ("micro", found.micro)):
        centres = found.centres[level]
        assert labels[centres].tolist() == sorted(set(labels))
        low, high = toy_rules().level(level).hard_households
        sums = np.bincount(labels, weights=atoms["households"].astype(float))
        assert ((sums >= low) & (sums <= high)).all()
        assert found.unavoidable(level) == {}


def test_ground_and_empty_buildings_follow_their_host_and_join_homes():
    atoms, adjacency = _row([30, 0, 30, 0, 30, 30], grounds=(1,))
    found = _divide(atoms, adjacency)
    assert (found.large >= 0).all()
    # One large grid of 120: the homes on both sides of ground can share it.
    assert set(found.large) == {0}
    assert found.micro[1] in {found.micro[0], found.micro[2]}
    assert not set(found.centres["micro"]) & {1, 3}


def test_special_sites_have_no_label_and_part_what_lies_beyond():
    atoms, adjacency = _row([40, 40, 10, 40, 40], special=(2,))
    found = _divide(atoms, adjacency)
    assert found.large[2] == found.micro[2] == -1
    assert found.large[0] == found.large[1] != found.large[3] == found.large[4]


def test_range_that_cannot_be_kept_is_proven():
    atoms, adjacency = _row([40, 40, 10, 9], special=(2,))
    found = _divide(atoms, adjacency)
    label = found.micro[3]
    assert list(found.unavoidable("micro")) == [label]
    assert found.unavoidable("micro")[label]


def test_compound_stays_whole_where_it_fits():
    compound = ["甲"] * 3 + ["乙"] * 5 + ["丙"] * 4
    atoms, adjacency = _row([25] * 12, compound=compound)
    found = _divide(atoms, adjacency)
    split = pd.Series(found.large).groupby(compound).nunique()
    assert (split == 1).all()


def test_locks_of_both_levels_hold():
    atoms, adjacency = _row([25] * 12)
    free = _divide(atoms, adjacency)
    edge = int(np.flatnonzero(np.diff(free.large))[0])
    pair = [f"h{edge:02d}", f"h{edge + 1:02d}"]
    for level in ("large", "micro", None):
        found = _divide(atoms, adjacency, locks=[(name, "一起", level) for name in pair])
        assert found.large[edge] == found.large[edge + 1]
        assert level != "micro" or found.micro[edge] == found.micro[edge + 1]


def test_home_that_no_walkway_reaches_is_placed_all_the_same():
    atoms, adjacency = _row([25] * 6)
    at = 50.0 * np.arange(6)
    walk_m = np.abs(np.subtract.outer(at, at))
    walk_m[2, :] = walk_m[:, 2] = np.inf
    walk_m[2, 2] = 0
    found = _divide(atoms, adjacency, walk_m=walk_m)
    assert (found.micro >= 0).all()
    assert 2 not in set(found.centres["micro"]) | set(found.centres["large"]) or len(
        np.flatnonzero(found.micro == found.micro[2])
    ) == 1  # fmt: skip


def _walled(households, *, wall_after, gate_open):
    """Make a row of atoms with a wall across it, and a gate in the wall."""
    atoms, _ = _row(households)
    x = 50.0 * (wall_after + 1)
    wall = gpd.GeoDataFrame({"kind": ["wall"]}, geometry=[LineString([(x, 0), (x, 50)])], crs=CRS)
    gate = gpd.GeoDataFrame(
        {"name": ["东门"], "open": [gate_open]}, geometry=[Point(x, 25)], crs=CRS
    )
    gates = with_columns(gate, INPUT_LAYERS["gates"])
    barriers = with_columns(wall, INPUT_LAYERS["barriers"])
    walkways = empty_layer(INPUT_LAYERS["walkways"], crs=CRS)
    return atoms, build(atoms, barriers=barriers, gates=gates, walkways=walkways), gates


def test_a_shut_gate_is_told_to_whom_it_would_help():
    atoms, adjacency, gates = _walled([40, 40, 40, 9], wall_after=2, gate_open=False)
    found = _divide(atoms, adjacency, gates=gates)
    by_grid, _ = found.remedies("large")
    alone = found.large[3]
    assert by_grid[alone].startswith("open the gate 东门")
    assert "9 households instead of 60" in by_grid[alone]
    atoms, adjacency, gates = _walled([40, 40, 40, 9], wall_after=2, gate_open=True)
    found = _divide(atoms, adjacency, gates=gates)
    assert found.large.tolist() == [0] * 4
    assert found.remedies("large") == ({}, {})


def test_names_are_told_instead_of_numbers():
    atoms, adjacency = _row([40, 200, 40, 40])
    found = _divide(atoms, adjacency, names={"h01": "7幢"})
    label = found.micro[1]
    assert found.remedies("micro")[0][label] == (
        "split 7幢 by stairwell into 3 parts, or allow 200 households instead of 80"
    )
    assert "one atom alone has 200" in found.unavoidable("micro")[label]
