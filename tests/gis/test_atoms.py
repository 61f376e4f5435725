from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point, box
from toy import CRS, toy_inputs, toy_rules

from gis.atoms import build
from gis.errors import NotACoverage
from gis.prepare import prepare
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, with_columns

CODE = "990000000001"
ORIGIN = np.array([480_000.0, 3_540_000.0])


def _layer(name, rows):
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame["geometry"] = frame.geometry.translate(*ORIGIN)
    frame = with_columns(frame, INPUT_LAYERS[name])
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def _twin(**layers):
    """The toy cut in two communities at the road, x = 200."""
    communities = [
        {"name": "东", "geometry": box(200, 0, 400, 200)},
        {"name": "西", "geometry": box(0, 0, 200, 200)},
    ]
    inputs = toy_inputs().with_layers(communities=_layer("communities", communities), **layers)
    return prepare(inputs, toy_rules())


def test_atoms_keep_the_contract_and_tile_the_boundary(toy_ready):
    atoms = build(toy_ready, CODE, largest_households=80)
    expected = [*PLAN_LAYERS["atoms"].dtypes, "geometry"]
    assert list(atoms.columns) == expected
    assert atoms["atom_id"].is_monotonic_increasing
    assert atoms["atom_id"].is_unique
    boundary = toy_ready["communities"].geometry.iloc[0]
    assert shapely.coverage_is_valid(atoms.geometry.to_numpy())
    assert atoms.union_all().symmetric_difference(boundary).area < 1e-6 * boundary.area


def test_atoms_keep_every_household(toy_ready):
    atoms = build(toy_ready, CODE, largest_households=80)
    buildings = toy_ready["buildings"]
    by_building = atoms[atoms["kind"] == "home"].groupby("building_id")["households"].sum()
    assert by_building.to_dict() == dict(
        zip(buildings["building_id"], buildings["households"], strict=True)
    )
    assert atoms["residents"].sum() == buildings["residents"].sum()


def test_ground_is_named_from_west_to_east_and_the_park_is_special(toy_ready):
    atoms = build(toy_ready, CODE, largest_households=80)
    ground = atoms[atoms["kind"] == "ground"]
    assert ground["atom_id"].tolist() == [f"ground-{CODE}-{n:03d}" for n in (1, 2, 3)]
    assert ground.centroid.x.is_monotonic_increasing
    assert ground["special"].tolist() == ["", "", "小公园"]
    assert ground["households"].tolist() == [0, 0, 0]
    assert ground["entrance_x"].isna().all()


def test_order_of_rows_changes_nothing(toy_ready):
    shuffled = prepare(toy_inputs(shuffle=5), toy_rules())
    one, other = (build(ready, CODE, largest_households=80) for ready in (toy_ready, shuffled))
    assert shapely.equals_exact(one.geometry, other.geometry).all()
    assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))


def test_moved_origin_moves_the_cells_along(toy_ready):
    move = np.array([12_000, -7_000])
    moved = toy_ready.with_layers(
        **{
            name: table.set_geometry(table.geometry.translate(*move))
            for name, table in toy_ready.layers.items()
            if isinstance(table, gpd.GeoDataFrame)
        }
    )
    here, there = (build(ready, CODE, largest_households=80) for ready in (toy_ready, moved))
    back = there.geometry.translate(*-move)
    assert there["atom_id"].tolist() == here["atom_id"].tolist()
    assert shapely.area(shapely.symmetric_difference(back, here.geometry)).max() < 1.0


def test_nameless_entrance_belongs_to_the_nearest_building_of_any_community():
    # 3 m off e1 in the east, beyond the bounds of that community's buildings.
    ready = _twin(entrances=_layer("entrances", [{"geometry": Point(229, 36)}]))
    east, west = sorted(ready["communities"]["community_code"])
    atoms = build(ready, east, largest_households=80).set_index("atom_id")
    assert atoms.loc["e1", "entrance_x"] - ORIGIN[0] == 229
    alone = build(_twin(), west, largest_households=80).set_index("atom_id")
    other = build(ready, west, largest_households=80).set_index("atom_id")
    assert other["entrance_x"].equals(alone["entrance_x"])


def test_community_without_buildings_is_named():
    buildings = toy_inputs()["buildings"]
    west = buildings[buildings["building_id"].str.startswith("w")]
    with pytest.raises(NotACoverage, match="990000000001 has no building"):
        build(_twin(buildings=west), "990000000001", largest_households=80)


def test_given_cells_are_homes_without_buildings():
    rows = [
        {"cell_id": "c1", "households": 40, "geometry": box(0, 0, 100, 200)},
        {"cell_id": "c2", "households": 60, "geometry": box(100, 0, 300, 200)},
    ]
    ready = prepare(toy_inputs().with_layers(cells=_layer("cells", rows)), toy_rules())
    atoms = build(ready, CODE, largest_households=50).set_index("atom_id")
    assert atoms.index.tolist() == ["c1", "c2", f"ground-{CODE}-001"]
    assert atoms["households"].tolist() == [40, 60, 0]
    assert atoms["kind"].tolist() == ["home", "home", "ground"]
    assert (atoms["building_id"].fillna("") == "").all()
    assert atoms.loc["c1", "entrance_x"] == pytest.approx(ORIGIN[0] + 50)
