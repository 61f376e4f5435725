"""Rulings over the tiny plan: they beat the polygon, and survive another plan."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from tiny_plan import COMMUNITY, ORIGIN, tiny_plan

from gis.lookup.locator import Locator
from gis.lookup.rulings import Ruling
from gis.plan_data import Plan

TODAY = date(2026, 11, 22)
EAST = COMMUNITY + "00201"


@pytest.fixture(scope="module")
def locator():
    return Locator.from_plan(tiny_plan(), today=lambda: TODAY)


def ruling(locator, address="", code=EAST, *, number=1, xy=None, **values):
    lon, lat = locator.anchor(code)
    if xy:
        x, y = ORIGIN[0] + xy[0], ORIGIN[1] + xy[1]
        place = locator.to_plan.transform(x, y, direction="INVERSE")
        values |= {"lon": place[0], "lat": place[1]}
    values = {"valid_from": "2026-01-01", "reason": "历史归属", "document": "〔2026〕3号", **values}
    return Ruling(
        number=number, address=address, code=code, anchor_lon=lon, anchor_lat=lat, **values
    )


def micro(answer):
    return answer.micro and answer.micro.code.removeprefix(COMMUNITY)


@pytest.mark.parametrize(
    ("ruled", "asked", "holds"),
    [
        ("芳华苑1幢", "芳华苑1幢", True),
        ("芳华苑1幢", "学府路8号芳华苑一号楼1单元101", True),
        ("芳华苑1幢", "老纺织宿舍1号楼", True),
        ("芳华苑1幢", "芳华苑1幢909", True),
        ("芳华苑1幢", "芳华苑3幢", False),
        ("芳华苑1幢", "芳华苑1幢旁边", False),
        ("芳华苑1幢", "桂花社区芳华苑1幢", False),
        ("芳华苑2幢2单元", "芳华苑2幢2单元301", True),
        ("芳华苑2幢2单元", "芳华苑2幢301", True),
        ("芳华苑2幢2单元", "芳华苑2幢1单元", False),
        ("芳华苑2幢2单元301室", "芳华苑2幢301", True),
        ("芳华苑2幢2单元301室", "芳华苑2幢2单元201", False),
        ("芳华苑2幢", "芳华苑2幢", True),
        ("芳华苑", "芳华苑3幢1单元501室", True),
        ("芳华苑", "海棠里1幢", False),
        ("新苑9幢", "新苑9幢2单元101室", True),
        ("新苑9幢", "新苑8幢", False),
    ],
)
def test_a_ruling_holds_for_an_address_and_all_below_it(locator, ruled, asked, holds):
    following = locator.following([ruling(locator, ruled, COMMUNITY + "00202")])
    answer, before = following.locate_address(asked), locator.locate_address(asked)
    if not holds:
        assert answer == before
        return
    assert (micro(answer), answer.reason, answer.ruling.moved) == ("00202", "ruled", False)
    assert answer.large.code == COMMUNITY + "002"
    assert answer.confidence >= 0.9
    assert answer.ruling.document == "〔2026〕3号"
    assert not answer.alternatives
    assert (answer.building and answer.building.building_id) == (
        before.building and before.building.building_id
    )


def test_the_deeper_ruling_holds_and_of_two_the_later(locator):
    rules = [
        ruling(locator, "芳华苑1幢", COMMUNITY + "00202", number=1),
        ruling(locator, "芳华苑1幢1单元101室", EAST, number=2),
        ruling(locator, "芳华苑3幢", COMMUNITY + "00202", number=3),
        ruling(locator, "芳华苑3幢", EAST, number=4),
    ]
    following = locator.following(rules)
    assert micro(following.locate_address("芳华苑1幢2单元102")) == "00202"
    assert micro(following.locate_address("芳华苑1幢1单元101")) == "00201"
    assert micro(following.locate_address("芳华苑3幢")) == "00201"


def test_a_ruling_holds_from_its_first_to_its_last_day(locator):
    made = ruling(locator, "芳华苑1幢", valid_from="2026-02-01", valid_until="2026-02-28")
    following = locator.following([made])
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [micro(following.locate_address("芳华苑1幢", on=day)) for day in days] == [
        "00101",
        "00201",
        "00201",
        "00101",
    ]
    answer = following.locate_address("芳华苑1幢", on=days[1])
    assert (answer.ruling.valid_from, answer.ruling.valid_until) == ("2026-02-01", "2026-02-28")


def test_points_follow_rulings_about_places_and_whole_buildings(locator):
    place = ruling(locator, xy=(80, 20), radius_m=5)
    building = ruling(locator, "芳华苑1幢", COMMUNITY + "00202", number=2)
    following = locator.following([place, building])

    def at(x, y):
        return following.locate_xy(ORIGIN[0] + x, ORIGIN[1] + y)

    assert (micro(at(80, 20)), at(80, 20).reason) == ("00201", "ruled")
    assert (micro(at(84.9, 20)), micro(at(85.1, 20)), micro(at(84, 24))) == (
        "00201",
        "00101",
        "00101",
    )
    inside = at(20, 20)
    assert (micro(inside), inside.building.building_id) == ("00202", "H1")
    assert (inside.border_m, inside.near_border, inside.walk_m) == (None, False, None)
    x, y = [ORIGIN[0] + 80], [ORIGIN[1] + 20]
    batch = following.locate_points(*locator.to_plan.transform(x, y, direction="INVERSE"))
    assert batch.columns()["micro_code"].tolist() == [EAST] == [batch[0].micro.code]
    assert batch.columns()["reason"].tolist() == ["ruled"]


def test_a_place_outside_all_grids_can_be_ruled_about(locator):
    following = locator.following([ruling(locator, xy=(230, 40), radius_m=20)])
    answer = following.locate_xy(ORIGIN[0] + 235, ORIGIN[1] + 40)
    assert (micro(answer), answer.reason) == ("00201", "ruled")
    assert following.locate_xy(ORIGIN[0] + 255, ORIGIN[1] + 40).reason == "outside"


def changed(**columns):
    """Return the plan with its micro-grids changed."""
    plan = tiny_plan()
    return Plan(
        layers={**plan.layers, "micro_grids": plan["micro_grids"].assign(**columns)}, crs=plan.crs
    )


def test_a_ruling_follows_its_grid_to_another_plan(locator):
    made = ruling(locator, "芳华苑1幢")
    codes = [COMMUNITY + tail for tail in ("00101", "00102", "00209", "00202")]
    atoms = tiny_plan()["atoms"]
    atoms = atoms.assign(micro_code=atoms["micro_code"].replace(EAST, codes[2]))
    plan = changed(code=codes)
    plan = Plan(layers={**plan.layers, "atoms": atoms}, crs=plan.crs)
    gone = Locator.from_plan(plan, today=lambda: TODAY).following([made])
    answer = gone.locate_address("芳华苑1幢")
    assert (micro(answer), answer.reason) == ("00209", "ruled-moved")
    assert (answer.ruling.code, answer.ruling.moved) == (EAST, True)
    assert "方案已调整" in answer.message

    shapes = tiny_plan()["micro_grids"].geometry.to_numpy()[[0, 1, 3, 2]]
    moved = Locator.from_plan(changed(geometry=shapes), today=lambda: TODAY).following([made])
    answer = moved.locate_address("芳华苑1幢")
    assert (micro(answer), answer.reason) == ("00202", "ruled-moved")


def test_a_ruling_without_a_grid_is_set_aside(locator):
    far = replace(ruling(locator, "芳华苑1幢"), code="gone", anchor_lon=0.0, anchor_lat=0.0)
    following = locator.following([far])
    assert following.locate_address("芳华苑1幢").reason == "found"
    assert [each.ruling for each in following.rulings.stray] == [far]


def test_an_anchor_lies_in_its_grid(locator):
    shapes = dict(
        zip(tiny_plan()["micro_grids"]["code"], tiny_plan()["micro_grids"].geometry, strict=True)
    )
    for code, shape in shapes.items():
        x, y = locator.to_plan.transform(*locator.anchor(code))
        assert shapely.Point(x, y).within(shape)
    with pytest.raises(KeyError):
        locator.anchor("nope")
