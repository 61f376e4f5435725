from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, MultiPolygon, box
from shapely.affinity import translate
from toy import CRS, X0, Y0, toy_inputs, toy_rules

from gis.errors import NotACoverage
from gis.ground import build
from gis.prepare import prepare
from gis.tables import INPUT_LAYERS, with_columns

CODE = "990000000001"


def _layer(name, *rows):
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs=CRS)
    frame["geometry"] = frame.geometry.translate(X0, Y0)
    frame = with_columns(frame, INPUT_LAYERS[name])
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def _ground(**layers):
    ready = prepare(toy_inputs().with_layers(**layers), toy_rules())
    return build(ready, CODE, largest_households=80)


def test_every_atom_has_a_host_that_is_lived_in_or_special(toy_ready):
    ground = build(toy_ready, CODE, largest_households=80)
    hosts = ground.atoms.iloc[ground.hosts]
    assert (ground.hosts >= 0).all()
    special = ground.atoms["special"].fillna("").to_numpy()
    assert (hosts["special"].fillna("").to_numpy() == special).all()
    assert ((hosts["households"].to_numpy() > 0) | (special != "")).all()
    home = (ground.atoms["kind"] == "home").to_numpy()
    assert (ground.hosts[home] == home.nonzero()[0]).all()


def test_ground_enclosed_by_a_special_site_becomes_part_of_it():
    # A pond, walled off, in the middle of the park.
    park = {"name": "公园", "kind": "park", "geometry": box(300, 60, 400, 130)}
    hole = box(340, 80, 370, 110)
    park["geometry"] = park["geometry"].difference(hole)
    ground = _ground(
        special_sites=_layer("special_sites", park),
        barriers=_layer("barriers", {"kind": "wall", "geometry": hole.exterior}),
    )
    pond = translate(hole.buffer(1), X0, Y0)
    inside = ground.atoms[ground.atoms.within(pond)]
    assert inside["special"].tolist() == ["公园"]
    assert inside["kind"].tolist() == ["ground"]


def test_building_across_the_edge_of_a_site_belongs_where_most_of_it_lies():
    mostly_in = {"name": "学校", "kind": "school", "geometry": box(60, 20, 110, 60)}
    ground = _ground(special_sites=_layer("special_sites", mostly_in))
    special = ground.atoms.set_index("atom_id")["special"].fillna("")
    # w2 is 52..88, w3 is 94..130.
    assert special[["w2", "w3", "w1/03", "w6"]].tolist() == ["学校", "", "", ""]


def test_community_whose_homes_are_all_in_a_site_is_refused():
    site = {"name": "大院", "kind": "enterprise", "geometry": box(-5, -5, 405, 205)}
    with pytest.raises(NotACoverage, match="special sites"):
        _ground(special_sites=_layer("special_sites", site))


def test_part_that_touches_the_rest_in_a_point_only_is_refused():
    shape = MultiPolygon([box(0, 0, 400, 200), box(400, 200, 450, 230)])
    town = {"name": "玩具社区", "geometry": shape}
    with pytest.raises(NotACoverage, match="1500 m²"):
        _ground(communities=_layer("communities", town))


def test_walled_pieces_of_ground_are_attached():
    pond = LineString([(190, 80), (196, 80), (196, 120), (190, 120), (190, 80)])
    ground = _ground(barriers=_layer("barriers", {"kind": "water", "geometry": pond}))
    assert ground.adjacency["via"].eq("attached").sum() == 1
    assert (ground.hosts >= 0).all()
