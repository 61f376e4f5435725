"""Test what-ifs and proposals on the toy, against its plan and against trying every site."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from toy import X0, Y0

from gis import gate_paths, proposals, whatif
from gis.errors import OffNetwork, UnknownPlace
from gis.scene import MEETING_POINT, Scene


def at(x, y):
    return shapely.Point(X0 + x, Y0 + y)


@pytest.fixture(scope="module")
def scene(toy_plan):
    return Scene.of(toy_plan)


def compared(before, after):
    return whatif.compare(whatif.measure(before), whatif.measure(after))


def values(found):
    return found.measures.set_index(["measure", "of"])


def test_nothing_changed_is_nothing_changed_and_as_the_plan_says(toy_plan, scene):
    found = compared(scene, scene)
    assert found.homes.empty
    assert (found.measures["change"].dropna() == 0).all()
    told = values(found)["before"]
    atoms, access = toy_plan["atoms"], toy_plan["access"]
    served = access.merge(atoms[["atom_id", "households"]], on="atom_id")
    served = served[(served["category"] == "pharmacy") & (served["status"] == "served")]
    assert told["households served", "pharmacy"] == served["households"].sum()
    circles = toy_plan["circles"].groupby(["level", "minutes"])["households_reached"].sum()
    for (level, minutes), households in circles.items():
        assert told["households in circle", f"{level}, {minutes} min"] == households
    homes = atoms[atoms["walk_large_m"].notna() & (atoms["households"] > 0)]
    mean = np.average(homes["walk_large_m"], weights=homes["households"].astype(int))
    assert told["mean walk, m", "large centre"] == pytest.approx(mean, abs=0.01)


def test_a_shut_gate_takes_the_pharmacy_away(scene):
    west = scene.homes["building_id"].str.startswith("w").to_numpy()
    shut = scene.with_gates(["东门"], opened=False)
    found = compared(scene, shut)
    lost = values(found).loc[("households served", "pharmacy")]
    assert lost["before"] == scene.households.sum()
    assert lost["after"] == scene.households[~west].sum()
    assert found.homes.query("category == 'pharmacy'")["change"].tolist() == ["lost"] * west.sum()
    assert found.homes.query("category == 'pharmacy'")["after_m"].isna().all()
    # Opening it again is where we began, and the best of all shut gates.
    again = compared(scene, shut.with_gates(["东门"], opened=True))
    assert (again.measures["change"].dropna() == 0).all()
    best = proposals.gates(shut)
    assert best["name"].tolist() == ["东门"]
    assert best["gained"][0] == found.homes["households"].sum()
    assert proposals.gates(scene).empty


def test_a_new_gate_gets_a_path_to_both_sides(scene):
    shut = scene.with_gates(["东门"], opened=False)
    opened = shut.with_new_gates([at(180, 110)])
    assert len(opened.layers["walkways"]) == len(scene.layers["walkways"]) + 1
    found = values(compared(shut, opened)).loc[("households served", "pharmacy")]
    # By the gate beside the old one two homes have some metres too many.
    assert found["before"] < found["after"] < scene.households.sum()
    nearer = values(compared(shut, shut.with_new_gates([at(180, 98)])))
    assert nearer.loc[("households served", "pharmacy"), "after"] == scene.households.sum()
    with pytest.raises(UnknownPlace, match="20 m away"):
        scene.with_new_gates([at(200, 110)])


def test_one_more_facility_serves_who_lives_near(scene):
    more = scene.with_facilities("parcel", [at(20, 100)])
    found = values(compared(scene, more)).loc[("households served", "parcel")]
    assert np.isnan(found["before"])  # nobody surveyed parcels: no data, not none
    assert found["after"] > 0
    with pytest.raises(OffNetwork, match="no walkway within 150 m") as refused:
        scene.with_facilities("parcel", [at(5000, 100)])
    assert refused.value.metres == pytest.approx(4605)


def test_unknown_names_are_refused_with_those_known(scene):
    with pytest.raises(UnknownPlace, match="东门, 西门"):
        scene.with_gates(["北门"], opened=True)
    with pytest.raises(UnknownPlace, match="pharmacy"):
        proposals.places(scene, "cinema")
    assert len(proposals.places(scene, "cinema", limit_m=100)[0].sites) == 1
    assert {"pharmacy", MEETING_POINT} <= set(scene.categories())


@pytest.mark.parametrize("category", ["kindergarten", "pharmacy", MEETING_POINT])
def test_proposed_place_is_the_best_of_all_sites_tried_one_by_one(scene, category):
    limit_m = 60.0
    choice, places = proposals.places(scene, category, limit_m=limit_m, prove=True)
    there = scene.places(category)
    walks, (doors, _, known) = scene.walks(there)
    near = walks.matrix(doors, np.concatenate([doors, known]))
    now = near[:, len(doors) :].min(axis=1, initial=np.inf)
    tried = [
        scene.households[np.minimum(near[:, site], now) <= limit_m].sum()
        for site in range(len(doors))
    ]
    assert choice.value == choice.households_within == max(tried)
    assert choice.proven
    assert len(places) == 1
    assert places.geometry.iloc[0] in list(scene.doors)


def test_fewest_and_p_median_places(scene):
    fewest, places = proposals.places(scene, "kindergarten", model="fewest", limit_m=100)
    assert fewest.proven
    assert fewest.households_within == scene.households.sum()
    assert len(places) == len(fewest.sites)
    median, _ = proposals.places(scene, "kindergarten", 2, model="p_median", prove=True)
    assert median.proven
    assert proposals.places(scene, "kindergarten", 2, model="p_median")[0].bound is None


def test_gaps_add_up_and_tell_no_data_from_none(toy_plan):
    whole = proposals.gaps(toy_plan).set_index("category")
    households = toy_plan["atoms"]["households"].sum()
    states = ["served", "not_served", "unreachable", "no_data"]
    assert (whole[states].sum(axis=1) == households).all()
    assert whole.loc["parcel", "no_data"] == households
    assert whole.loc["pharmacy", "no_data"] == 0
    assert whole["minutes"].eq(5).all()
    for level in ("large", "micro"):
        each = proposals.gaps(toy_plan, level)
        assert each.groupby("category")[states].sum().equals(whole[states].sort_index())
        assert set(each["code"]) <= set(toy_plan.grids(level)["code"])


def lines(*rows):
    return gpd.GeoDataFrame(geometry=[shapely.LineString(xy) for xy in rows])


def walls(*rows):
    return lines(*rows).assign(kind="wall")


WALL = [(0, 0), (50, 0)]
BOTH = lines([(0, 5), (50, 5)], [(0, -8), (50, -8)])


def test_path_takes_the_nearest_walkway_of_each_side():
    ways = lines([(0, 5), (50, 5)], [(0, 3), (50, 3)], [(0, -8), (50, -8)])
    laid = gate_paths.through([shapely.Point(20, 0)], walkways=ways, barriers=walls(WALL))
    assert laid.geometry[0].wkt == "LINESTRING (20 3, 20 0, 20 -8)"
    assert laid["kind"].tolist() == ["path"]


@pytest.mark.parametrize(
    ("gate", "ways", "others"),
    [
        ((20, 0), lines([(0, 5), (50, 5)]), ()),  # nothing on the other side
        ((20, 0), lines([(20, 5), (20, -5)], [(0, 5), (50, 5)]), ()),  # one leads through already
        ((20, 9), BOTH, ()),  # in no wall
        ((20, 0), BOTH, [[(0, 2), (50, 2)]]),  # a second wall behind it
        ((20, 0), lines([(0, 40), (50, 40)], [(0, -40), (50, -40)]), ()),  # too far
        ((20, 0), lines(), ()),
    ],
)
def test_no_path_where_there_is_none_to_lay(gate, ways, others):
    barriers = walls(WALL, *others)
    assert gate_paths.through([shapely.Point(gate)], walkways=ways, barriers=barriers).empty


def test_walls_may_be_polygons():
    pond = gpd.GeoDataFrame({"kind": ["water"]}, geometry=[shapely.box(0, -2, 50, 0)])
    laid = gate_paths.through([shapely.Point(20, 0)], walkways=BOTH, barriers=pond)
    assert laid.empty  # the far bank is across the water
