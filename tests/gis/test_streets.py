from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiLineString
from toy import toy_inputs, toy_rules

from gis.ground import build
from gis.prepare import prepare
from gis.rules import Cells, Rules
from gis.streets import lines
from gis.tables import INPUT_LAYERS, with_columns

CODE = "990000000001"
TWO = MultiLineString([[(0, 0), (1, 0)], [(5, 5), (9, 9)]])


def _ways(*rows):
    return gpd.GeoDataFrame({"kind": [k for k, _ in rows]}, geometry=[g for _, g in rows])


def test_only_the_given_kinds_are_streets():
    line = LineString([(0, 0), (0, 9)])
    table = _ways(("residential", line), ("footway", line), (None, line), ("tunnel", line))
    assert len(lines(table, kinds=["residential", "tertiary"])) == 1
    assert len(lines(table, kinds=[])) == 0


def test_parts_are_taken_apart_and_empty_shapes_left_out():
    table = _ways(("road", TWO), ("road", LineString()), ("road", None))
    assert shapely.length(lines(table, kinds=["Road"])).round(3).tolist() == [1, 5.657]


def test_default_kinds_hold_no_footway_service_road_or_stairs():
    kinds = Rules.load().cells.street_kinds
    assert kinds == Cells().street_kinds
    assert not set(kinds) & {"footway", "service", "steps", "path", "bridge", "tunnel"}


def _without_barriers(kind):
    """Return the toy with no walls but a street at x = 200, of some kind."""
    inputs = toy_inputs()
    walkways = inputs["walkways"].copy()
    walkways["kind"] = walkways["kind"].where(walkways["kind"] != "street", kind)
    barriers = with_columns(inputs["barriers"].iloc[:0], INPUT_LAYERS["barriers"])
    return prepare(inputs.with_layers(walkways=walkways, barriers=barriers), toy_rules())


@pytest.mark.parametrize("kind", ["residential", "footway"])
def test_borders_run_along_streets_that_anyone_can_cross(kind):
    ready = _without_barriers(kind)
    kinds = Rules.load().cells.street_kinds
    ground = build(ready, CODE, largest_households=80, street_kinds=kinds)
    street = shapely.LineString([(480_200, 3_540_000), (480_200, 3_540_200)])
    crossed = shapely.crosses(street, ground.atoms.geometry.to_numpy()).any()
    roads = ground.adjacency[ground.adjacency["via"] == "road"]
    assert crossed == (kind == "footway")
    assert (len(roads) > 0) == (kind == "residential")
    assert ground.adjacency["crossable"].astype(bool).all()
    boundary = ready["communities"].geometry.iloc[0]
    assert shapely.coverage_is_valid(ground.atoms.geometry.to_numpy())
    off = ground.atoms.union_all().symmetric_difference(boundary).area
    assert off < 1e-6 * boundary.area


def test_footprint_over_a_street_keeps_its_ground():
    ready = _without_barriers("residential")
    buildings = ready["buildings"].copy()
    over = shapely.box(480_190, 3_540_060, 480_225, 3_540_075)
    first = buildings["building_id"] == "e1"
    buildings.loc[first, "geometry"] = over
    ready = ready.with_layers(buildings=buildings)
    ground = build(ready, CODE, largest_households=80, street_kinds=["residential"])
    atoms = ground.atoms.set_index("atom_id")
    assert over.difference(atoms.loc["e1", "geometry"].buffer(0.5)).area == 0


def test_order_of_walkways_changes_nothing():
    ready = _without_barriers("residential")
    turned = ready.with_layers(walkways=ready["walkways"].iloc[::-1])
    one, other = (
        build(each, CODE, largest_households=80, street_kinds=["residential"])
        for each in (ready, turned)
    )
    assert shapely.equals_exact(one.atoms.geometry, other.atoms.geometry).all()
    pd.testing.assert_frame_equal(one.adjacency, other.adjacency)
    assert np.array_equal(one.hosts, other.hosts)
