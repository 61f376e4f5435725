from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box
from toy import CRS

from gis.centres import choose, walks
from gis.places import Places
from gis.tables import INPUT_LAYERS, PLAN_LAYERS, with_columns


@dataclass
class Line:
    """Walking along one street: points stand at these metres, NaN where cut off."""

    at: np.ndarray

    def matrix(self, sources, targets):
        metres = np.abs(np.subtract.outer(self.at[sources], self.at[targets]))
        return np.where(np.isnan(metres), np.inf, metres)


def _atoms(households=(10, 10, 10), special=("", "", ""), kinds=("home", "home", "home")):
    rows = [
        {
            "atom_id": f"a{n}", "kind": kind, "special": special[n], "households": count,
            "micro_code": "g1", "large_code": "g1", "entrance_x": 100 * n + 50 if kind == "home"
            else None, "entrance_y": 5 if kind == "home" else None,
            "geometry": box(100 * n, 0, 100 * n + 100, 10),
        }
        for n, (count, kind) in enumerate(zip(households, kinds, strict=True))
    ]  # fmt: skip
    return with_columns(gpd.GeoDataFrame(rows, crs=CRS), PLAN_LAYERS["atoms"])


def _choose(atoms, meetings, *, middle=1, cut_off=()):
    frame = gpd.GeoDataFrame(
        [{"name": name, "geometry": Point(x, 5)} for name, x in meetings] or None,
        geometry=None if meetings else [],
        crs=CRS,
    )
    frame = with_columns(frame, INPUT_LAYERS["meeting_points"])
    at = np.array([100.0 * n + 50 for n in range(len(atoms))] + [x for _, x in meetings], float)
    for position in cut_off:
        at[position] = np.nan
    home = (atoms["kind"] == "home").to_numpy()
    points = np.where(home, np.arange(len(atoms)), -1)
    places = Places(Line(at), points, len(atoms) + np.arange(len(meetings)))
    own = {} if middle is None else {"g1": middle}
    found = choose(atoms, "micro", middle=own, meeting_points=frame, places=places)
    assert len(found) == 1
    metres = walks(atoms, "micro", centres=found, walking=places.walking, points=points)
    return found.iloc[0], metres


def test_without_meeting_points_the_middle_atom_is_the_centre():
    centre, metres = _choose(_atoms(), [])
    assert (centre["atom_id"], centre["point"], centre["name"]) == ("a1", 1, "")
    assert metres.tolist() == [100, 0, 100]


def test_meeting_point_in_the_grid_is_its_centre():
    centre, metres = _choose(_atoms(), [("网格微家", 210)])
    assert (centre["atom_id"], centre["name"]) == ("a2", "网格微家")
    assert centre["geometry"] == Point(210, 5)
    assert metres.tolist() == [160, 60, 40]


def test_meeting_point_elsewhere_is_not():
    assert _choose(_atoms(), [("远", 900)])[0]["atom_id"] == "a1"


@pytest.mark.parametrize(
    ("households", "expected"), [((10, 0, 0), "西"), ((0, 0, 10), "东"), ((5, 9, 5), "东")]
)
def test_of_several_meeting_points_the_nearest_to_all_wins(households, expected):
    found, _ = _choose(_atoms(households), [("西", 20), ("东", 220)])
    assert found["name"] == expected


def test_of_equal_meeting_points_the_name_decides():
    assert _choose(_atoms(), [("乙", 150), ("丙", 150)])[0]["name"] == "丙"


def test_meeting_point_that_nobody_reaches_loses():
    # Point 3 is the first meeting point: no way leads to it.
    assert _choose(_atoms(), [("西", 150), ("东", 290)], cut_off=[3])[0]["name"] == "东"


def test_meeting_point_that_few_reach_loses_to_a_farther_one():
    class Island(Line):
        def matrix(self, sources, targets):
            metres = super().matrix(sources, targets)
            # Only the first home gets to the first meeting point.
            metres[1:, np.asarray(targets) == 3] = np.inf
            return metres

    atoms = _atoms()
    frame = gpd.GeoDataFrame(
        {"name": ["岛", "岸"]}, geometry=[Point(50, 5), Point(290, 5)], crs=CRS
    )
    places = Places(Island(np.array([50.0, 150, 250, 50, 290])), np.arange(3), np.array([3, 4]))
    found = choose(atoms, "micro", middle={"g1": 1}, meeting_points=frame, places=places)
    assert found["name"].tolist() == ["岸"]


def test_special_grid_without_homes_has_a_place_and_no_walks():
    atoms = _atoms((0, 0, 0), special=["园"] * 3, kinds=["ground"] * 3)
    centre, metres = _choose(atoms, [], middle=None)
    assert centre["point"] == -1
    assert atoms.union_all().covers(centre["geometry"])
    assert np.isnan(metres).all()


def test_special_grid_with_homes_takes_the_home_nearest_to_its_middle():
    atoms = _atoms((0, 0, 0), special=["校"] * 3, kinds=["home", "ground", "home"])
    assert _choose(atoms, [], middle=None)[0]["atom_id"] == "a0"


def test_walks_are_empty_for_ground_and_where_there_is_no_way():
    atoms = _atoms((10, 0, 10), kinds=["home", "ground", "home"])
    _, metres = _choose(atoms, [], middle=0, cut_off=[2])
    assert metres[0] == 0
    assert np.isnan(metres[1:]).all()
