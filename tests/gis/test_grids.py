from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box
from toy import CRS

from gis.codes import parse_code
from gis.errors import BadRules
from gis.grids import dissolve, number, with_walks
from gis.rules import Names
from gis.tables import PLAN_LAYERS, with_columns

COMMUNITY = "990000000001"


def _atoms(count=8, special=()):
    rows = [
        {
            "atom_id": f"a{n:04d}", "building_id": f"b{n // 2}", "kind": "home",
            "community_code": COMMUNITY, "households": n, "residents": 2 * n,
            "special": dict(special).get(n, ""), "geometry": box(10 * n, 0, 10 * n + 10, 10),
        }
        for n in range(count)
    ]  # fmt: skip
    return with_columns(gpd.GeoDataFrame(rows, crs=CRS), PLAN_LAYERS["atoms"])


def test_numbers_follow_the_place_not_the_label():
    large = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    micro = np.array([7, 7, 5, 5, 0, 0, 1, 1])
    atoms = number(_atoms(), large=large, micro=micro)
    assert [code[12:] for code in atoms["large_code"]] == ["001"] * 4 + ["002"] * 4
    # Two micro-grids make one strip, numbered from the north, then the west.
    assert [code[15:] for code in atoms["micro_code"]] == ["01", "01", "02", "02"] * 2


def test_special_sites_are_numbered_apart_by_name():
    atoms = _atoms(special=[(2, "乙校"), (3, "甲园"), (6, "乙校")])
    numbered = number(atoms, large=np.zeros(8, int), micro=np.zeros(8, int))
    codes = dict(zip(numbered["atom_id"], numbered["micro_code"], strict=True))
    assert codes["a0002"] == codes["a0006"] == f"{COMMUNITY}90001"
    assert codes["a0003"] == f"{COMMUNITY}90101"
    assert codes["a0000"] == f"{COMMUNITY}00101"
    assert numbered["micro_code"].str.startswith(tuple(numbered["large_code"])).all()


def test_relabelling_changes_nothing():
    random = np.random.default_rng(3)
    large, micro = np.repeat([0, 1, 2], 8), np.repeat(np.arange(6), 4)
    atoms = _atoms(24)
    first = number(atoms, large=large, micro=micro)
    again = number(atoms, large=random.permutation(3)[large], micro=random.permutation(6)[micro])
    assert first.drop(columns="geometry").equals(again.drop(columns="geometry"))


@pytest.mark.parametrize(
    ("large", "micro", "what"),
    [(np.arange(900), np.arange(900), "large"), (np.zeros(100, int), np.arange(100), "micro")],
)
def test_more_grids_than_digits_are_refused(large, micro, what):
    with pytest.raises(BadRules, match=what):
        number(_atoms(len(large)), large=large, micro=micro)


def test_more_special_sites_than_digits_are_refused():
    atoms = _atoms(103, special=[(n, f"s{n:03d}") for n in range(1, 102)])
    with pytest.raises(BadRules, match="101 special sites"):
        number(atoms, large=np.zeros(103, int), micro=np.zeros(103, int))


def test_grids_add_up_and_are_named():
    atoms = number(
        _atoms(special=[(7, "{学校}")]), large=np.repeat([0, 1], 4), micro=np.arange(8) // 2
    )
    names = Names(large="{n}号", micro="{n}-{m}", special="专·{name}", special_micro="微·{name}")
    large = dissolve(atoms, "large", names=names)
    micro = dissolve(atoms, "micro", names=names)
    assert large["name"].tolist() == ["1号", "2号", "专·{学校}"]
    assert micro["name"].tolist() == ["1-1", "1-2", "2-1", "2-2", "微·{学校}"]
    assert large["kind"].tolist() == ["base", "base", "special"]
    assert large["parent_code"].tolist() == [COMMUNITY] * 3
    assert micro["parent_code"].tolist() == [code[:15] for code in micro["code"]]
    for table in (large, micro):
        assert table["code"].is_monotonic_increasing
        assert table["households"].sum() == atoms["households"].sum()
        assert table["residents"].sum() == atoms["residents"].sum()
        assert table.area.sum() == pytest.approx(atoms.area.sum())
        assert shapely.coverage_is_valid(table.geometry.to_numpy())
    # b3 is partly special: it counts in both.
    assert large["buildings"].tolist() == [2, 2, 1]
    square = dissolve(atoms.iloc[:1], "micro", names=names)
    assert square["compactness"].iloc[0] == pytest.approx(np.pi / 4, abs=1e-4)


def test_walks_leave_out_who_cannot_arrive_or_lives_nowhere():
    atoms = number(_atoms(4), large=np.zeros(4, int), micro=np.array([0, 0, 1, 1]))
    # Households are 0, 1, 2, 3.
    atoms = atoms.assign(walk_large_m=[500, 30, 60, np.nan], walk_micro_m=[np.nan, 30, 1, 2])
    large = with_walks(dissolve(atoms, "large", names=Names()), atoms, "large")
    assert large[["walk_max_m", "walk_mean_m"]].to_numpy().tolist() == [[60, 50]]
    micro = with_walks(dissolve(atoms, "micro", names=Names()), atoms, "micro")
    assert micro["walk_mean_m"].tolist() == [30, 1.6]
    assert [parse_code(code).micro for code in micro["code"]] == [1, 2]
