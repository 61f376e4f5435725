"""Layers: every row of the plan is drawn, in the right style, with what popups tell."""

import geopandas as gpd
import pytest
import shapely
from living_toy import with_living

from gis.households import _ESTIMATED_METHODS
from gis.plan_data import Plan
from maps.layers import map_layers
from maps.options import PageOptions
from maps.words import words


def layers_of(plan, **options):
    drawn = map_layers(plan, PageOptions(**options), words(options.get("locale", "zh")))
    return {layer.id: layer for layer in drawn}


def properties(layer):
    return [feature["properties"] for feature in layer.features]


def test_every_row_is_drawn(toy_plan):
    layers = layers_of(toy_plan)
    counts = {name: len(layer.features) for name, layer in layers.items()}
    assert counts == {
        "large": 3, "special": 1, "micro": 7, "violations": 1, "centres": 2, "circles-large-5": 1,
        "unreached": 0, "gaps": 0, "facilities": 2, "layers/shops": 2, "buildings": 11, "cells": 12,
        "compounds": 1, "walkways": 4, "water": 1, "barriers": 2, "gates": 2,
    }  # fmt: skip


def test_quiet_at_first(toy_plan):
    shown = {name for name, layer in layers_of(toy_plan).items() if layer.visible}
    assert shown == {"large", "special", "micro", "buildings", "walkways", "water"}


def test_a_grid_tells_all(toy_plan):
    grid = next(p for p in properties(layers_of(toy_plan)["large"]) if p["code"].endswith("001"))
    assert grid["households"] == 162
    assert grid["residents"] == 402
    assert grid["buildings"] == 4
    assert (grid["walkMax"], grid["walkMean"]) == (61, 60)
    assert grid["centre"] == "网格微家"
    assert grid["circles"] == [[5, 300, 150, 0, 0, 0]]
    assert grid["estimated"] == 82
    assert grid["counts"] == [["shops", "done", 1]]
    assert "why" not in grid


def test_violations_tell_why_worst_first(toy_plan):
    layers = layers_of(toy_plan)
    assert properties(layers["violations"])[0]["s"] == "error"
    grid = next(p for p in properties(layers["large"]) if p["code"].endswith("002"))
    assert [reason["severity"] for reason in grid["why"]] == ["error", "warning"]
    assert grid["why"][0]["why"] == "户数不足"
    assert grid["violations"] == 2


def test_neighbours_have_other_colours(toy_plan):
    styles = {p["code"][-3:]: p["s"] for p in properties(layers_of(toy_plan)["large"])}
    assert len(set(styles.values())) == 3


def test_buildings_take_households_and_codes_from_their_atoms(toy_plan):
    buildings = properties(layers_of(toy_plan)["buildings"])
    assert {p["s"] for p in buildings} == {"counted", "estimated", "none"}
    estimated = next(p for p in buildings if p["s"] == "estimated")
    assert estimated["estimated"] is True
    assert estimated["households"] == 41
    assert estimated["micro"] == ["99000000000100301"]
    assert estimated["large"] == ["990000000001003"]


def test_the_way_of_estimating_is_told_in_words(toy_plan):
    table = toy_plan["buildings"].assign(method="floor area, rescaled")
    plan = Plan(layers={**toy_plan.layers, "buildings": table}, crs=toy_plan.crs)
    for told in properties(layers_of(plan)["buildings"]):
        assert told.get("method") == ("floor area, rescaled" if told["s"] == "estimated" else None)
    for name in _ESTIMATED_METHODS:
        for part in name.split(", "):
            assert {f"method.{part}"} <= set(words("zh")) & set(words("en"))


def test_walkways_and_barriers_by_kind(toy_plan):
    layers = layers_of(toy_plan)
    assert [p["s"] for p in properties(layers["walkways"])] == [
        "street",
        "path",
        "stairs",
        "closed",
    ]
    assert [p["s"] for p in properties(layers["barriers"])] == ["wall", "railway"]
    assert [p["s"] for p in properties(layers["gates"])] == ["open", "closed"]
    assert properties(layers["water"])[0]["s"] == "area"


def test_roads_among_barriers_are_drawn_as_roads(toy_plan):
    barriers = toy_plan["barriers"].copy()
    barriers.loc[1, "kind"] = "road"
    layers = layers_of(Plan(layers={**toy_plan.layers, "barriers": barriers}, crs=toy_plan.crs))
    assert "road" in [p["s"] for p in properties(layers["walkways"])]
    assert "road" in [p["s"] for p in properties(layers["barriers"])]


def test_micro_grids_alone_take_their_parents_colours(toy_plan):
    layers = layers_of(toy_plan, levels=("micro",))
    assert "large" not in layers
    styles = {p["code"][-5:]: p["s"] for p in properties(layers["micro"])}
    assert len(styles) == 6
    assert styles["00101"] == styles["00102"] != styles["00201"]
    assert [p["level"] for p in properties(layers["special"])] == ["micro"]


def test_one_level_alone(toy_plan):
    layers = layers_of(toy_plan, levels=("large",))
    assert "micro" not in layers
    assert [p["s"] for p in properties(layers["centres"])] == ["large"]


def test_cells_where_there_are_no_buildings(toy_plan):
    rest = {name: table for name, table in toy_plan.layers.items() if name != "buildings"}
    layers = layers_of(Plan(layers=rest, crs=toy_plan.crs))
    assert len(layers["cells"].features) == 12
    assert layers["cells"].interactive
    assert layers["buildings"].features == []


def test_cells_beside_buildings_are_outlines_without_a_gap(toy_plan):
    layer = layers_of(toy_plan)["cells"]
    assert {p["s"] for p in properties(layer)} == {"home", "ground"}
    assert not layer.interactive
    assert not layer.visible
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in layer.features]
    assert shapely.coverage_is_valid(shapes)


def test_grids_have_no_gap(toy_plan):
    for name in ("large", "micro"):
        shapes = [shapely.geometry.shape(f["geometry"]) for f in layers_of(toy_plan)[name].features]
        assert shapely.coverage_is_valid(shapes)


def test_slits_of_circles_are_filled_and_yards_kept(toy_plan):
    circles = toy_plan["circles"].copy()
    shape = circles.geometry.iloc[0]
    x, y = shape.centroid.coords[0]
    holed = shape - shapely.box(x, y, x + 40, y + 5) - shapely.box(x - 80, y - 80, x - 20, y - 20)
    circles = circles.set_geometry(gpd.GeoSeries([holed], crs=circles.crs))
    layers = layers_of(Plan(layers={**toy_plan.layers, "circles": circles}, crs=toy_plan.crs))
    drawn = shapely.geometry.shape(layers["circles-large-5"].features[0]["geometry"])
    assert len(drawn.interiors) == 1


@pytest.mark.parametrize("level", ["large", "micro"])
def test_a_plan_of_grids_alone(toy_plan, level):
    rest = {name: toy_plan[name] for name in ("communities", f"{level}_grids", "info")}
    layers = layers_of(Plan(layers=rest, crs=toy_plan.crs))
    assert len(layers[level].features) > 0
    assert layers["violations"].features == []


def test_a_layer_for_each_time_that_the_plan_has_drawn(toy_plan):
    layers = layers_of(with_living(toy_plan))
    names = {name: layer.name for name, layer in layers.items() if name.startswith("circles-")}
    assert names == {
        "circles-large-5": "大网格5分钟步行圈", "circles-large-10": "大网格10分钟步行圈",
    }  # fmt: skip
    assert not any(layers[name].visible for name in names)
    assert "circles-micro-5" not in layers_of(with_living(toy_plan), levels=("large",))


def test_homes_out_of_reach_say_why_the_worst_first(toy_plan):
    layer = layers_of(with_living(toy_plan))["unreached"]
    first, second = properties(layer)
    assert (first["s"], second["s"]) == ("gate", "far")
    assert first["unreached"] == [("large", 5, "gate", None), ("micro", 5, "far", 310)]
    assert first["name"] == "和平小区 3幢" or first["name"].startswith("和平小区")
    assert [row["style"] for row in layer.legend] == ["far", "gate"]


def test_gaps_are_homes_that_lack_what_the_rules_ask_for(toy_plan):
    layer = layers_of(with_living(toy_plan))["gaps"]
    told = properties(layer)
    assert [(p["s"], p["lacks"]) for p in told] == [
        ("some", [["pharmacy", 410, 300], ["tea_house", None, 300]]),
        ("one", [["pharmacy", 310, 300]]),
    ]
    assert [p["households"] for p in told] == [40, 41]
    assert [p.get("estimated") for p in told] == [None, True]
    assert layer.choices == [
        {"value": "pharmacy", "text": "药店"}, {"value": "tea_house", "text": "tea_house"},
    ]  # fmt: skip
    assert layer.legend[-1] == {"text": "未调查，不计缺口：养老服务"}


def test_homes_of_a_plan_without_buildings_are_their_cells(toy_plan):
    plan = with_living(toy_plan)
    rest = {name: table for name, table in plan.layers.items() if name != "buildings"}
    layer = layers_of(Plan(layers=rest, crs=plan.crs))["gaps"]
    assert len(layer.features) == 2
    assert properties(layer)[0]["name"] == "b-0-0"


def test_a_gate_tells_its_hours_and_whether_it_is_a_guess(toy_plan):
    gates = toy_plan["gates"].assign(opening_hours=["06:00-22:00", None], assumed=[None, True])
    layers = layers_of(Plan(layers={**toy_plan.layers, "gates": gates}, crs=toy_plan.crs))
    first, second = properties(layers["gates"])
    assert (first["hours"], first.get("assumed")) == ("06:00-22:00", None)
    assert second["assumed"] is True
