"""Addresses and points over the tiny plan."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from tiny_plan import COMMUNITY, HOSTILE, ORIGIN, PRIVATE, tiny_plan

from gis.lookup.locator import Locator
from gis.lookup.release import freeze
from gis.plan_data import Plan

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def locator():
    return Locator.from_plan(tiny_plan(), today=lambda: TODAY)


def at(locator, x, y):
    return locator.locate_xy(ORIGIN[0] + x, ORIGIN[1] + y)


def micro(answer):
    return answer.micro and answer.micro.code.removeprefix(COMMUNITY)


@pytest.mark.parametrize(
    ("text", "level", "code", "reason"),
    [
        ("芳华苑1幢1单元101室", "room", "00101", "found"),
        ("学府路8号芳华苑1幢1单元101室", "room", "00101", "found"),
        ("学府路8号1幢1单元101室", "room", "00101", "found"),
        ("学府路8号1-1-101", "room", "00101", "found"),
        ("芳华苑小区１号楼１－１０１", "room", "00101", "found"),
        ("芳华苑1幢101", "room", "00101", "found"),
        ("芳华苑3-501", "room", "00102", "found"),
        ("芳华苑1幢2单元", "stairwell", "00101", "found"),
        ("芳华苑1幢2单元909", "stairwell", "00101", "not-in-table"),
        ("芳华苑1幢", "building", "00101", "found"),
        ("芳华苑1幢909", "building", "00101", "not-in-table"),
        ("芳华苑2幢1单元", "stairwell", "00101", "found"),
        ("芳华苑2幢2单元", "stairwell", "00102", "found"),
        ("芳华苑2幢301", "room", "00102", "found"),
        ("老纺织宿舍1号楼", "building", "00101", "found"),
        ("老纺织宿舍3号楼1单元501", "room", "00102", "found"),
        ("学府路8-1号", "building", "00101", "found"),
        ("海棠里", "compound", "00201", "found"),
        ("海棠小学", "compound", "00202", "found"),
        ("海棠小学教学楼", "building", "00202", "found"),
        ("江苏南京芳华苑1幢", "building", "00101", "found"),
        ("芳华苑1幢旁边", "building", "00101", "beside"),
        ("芳华苑1号", "building", "00101", "found"),
        ("美丽芳华苑1幢", "building", "00101", "confirm"),
        ("桂花社区芳华苑1幢", "building", "00101", "other-area"),
    ],
)
def test_known_addresses_are_found(locator, text, level, code, reason):
    answer = locator.locate_address(text)
    assert (answer.match_level, micro(answer), answer.reason) == (level, code, reason)
    assert answer.large.code == COMMUNITY + code[:3]
    assert answer.community.name == "海棠社区"
    sure = reason in ("found", "not-in-table")
    assert (answer.confidence >= 0.9) == sure


@pytest.mark.parametrize(
    ("text", "reason", "options"),
    [
        ("芳华苑2幢", "which-stairwell", ["学府路8号芳华苑2幢1单元", "学府路8号芳华苑2幢2单元"]),
        (
            "芳华苑2幢201",
            "which-stairwell",
            ["学府路8号芳华苑2幢1单元201室", "学府路8号芳华苑2幢2单元201室"],
        ),
        (
            "芳华苑2幢9单元",
            "which-stairwell",
            ["学府路8号芳华苑2幢1单元", "学府路8号芳华苑2幢2单元"],
        ),
        ("芳华苑", "which-building", None),
        ("芳华苑9幢", "which-building", None),
        ("学府路8号", "which-building", None),
        ("1幢", "which-compound", ["学府路8号芳华苑1幢", "海棠里1幢"]),
        ("学府路", "which-number", ["学府路8号", "学府路8-1号"]),
        ("学府路8-2号", "which-building", ["学府路8号芳华苑1幢"]),
        ("学府路9号", "which-number", ["学府路8号", "学府路8-1号"]),
    ],
)
def test_what_is_open_is_asked_back(locator, text, reason, options):
    answer = locator.locate_address(text)
    assert (answer.reason, answer.micro) == (reason, None)
    assert answer.confidence < 0.5
    assert {a.address for a in answer.alternatives} >= set(options or ())
    for option in answer.alternatives:
        again = locator.locate_address(option.address)
        if option.micro:
            assert again.micro == option.micro


@pytest.mark.parametrize("text", ["", "不存在的地方1幢", "新芳华苑1幢", "😀", "桂花路1号", "芳"])
def test_what_is_unknown_says_whom_to_call(locator, text):
    answer = locator.locate_address(text)
    assert (answer.match_level, answer.reason, answer.confidence) == ("none", "unknown", 0)
    assert answer.micro is answer.large is answer.community is None
    assert [(p.level, p.duty_phone) for p in answer.people] == [("community", "025-5550001")]
    assert answer.message


def test_a_row_without_a_place_is_known_to_be_so(locator):
    answer = locator.locate_address("海棠里9幢1单元101")
    assert (answer.match_level, answer.micro) == ("compound", None) or micro(answer) == "00201"
    assert answer.confidence <= 0.5


def test_people_come_in_order_and_only_while_they_serve(locator):
    answer = locator.locate_address("芳华苑2幢2单元301")
    assert [(p.level, p.name) for p in answer.people] == [
        ("community", "林书记"),
        ("large", "网格长"),
        ("compound", "经理"),
        ("micro", HOSTILE),
        ("building", "幢长"),
        ("stairwell", "联户"),
    ]
    long_ago = Locator.from_plan(tiny_plan(), today=lambda: date(2020, 6, 1))
    names = [p.name for p in long_ago.locate_address("海棠里1幢").people]
    assert names == ["林书记", "前书记"]


def test_private_phones_are_in_no_answer_and_in_no_file(locator, tmp_path):
    texts = ["芳华苑2幢2单元301", "芳华苑", "没有", "海棠里1幢"]
    for answer in locator.locate_addresses(texts):
        assert PRIVATE not in str(asdict(answer))
    plan = tiny_plan(extra_column="private_phone")
    freeze(plan, tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path.name for path in files if PRIVATE.encode() in path.read_bytes()] == []
    assert PRIVATE not in str(locator.people_of(COMMUNITY + "00102"))


def test_points_are_in_the_grid_building_and_compound_they_lie_in(locator):
    answer = at(locator, 20, 20)
    assert (answer.match_level, micro(answer), answer.confidence) == ("point", "00101", 1)
    assert answer.building.building_id == "H1"
    assert answer.border_m == pytest.approx(20)
    assert {p.level for p in answer.people} == {"community", "large", "compound"}
    assert at(locator, 80, 20).building is None


def test_points_near_a_border_name_both_grids(locator):
    answer = at(locator, 50, 97)
    assert (micro(answer), answer.near_border, answer.reason) == ("00101", True, "near-border")
    assert [a.micro.code[12:] for a in answer.alternatives] == ["00102"]
    assert answer.confidence < 0.9
    corner = at(locator, 100, 100)
    assert len({micro(corner)} | {a.micro.code[12:] for a in corner.alternatives}) == 4


@pytest.mark.parametrize("xy", [(0, 0), (200, 200), (0, 200), (200, 0), (100, 200), (200, 50)])
def test_the_outer_border_belongs_to_the_plan(locator, xy):
    assert at(locator, *xy).match_level == "point"


def test_points_outside_say_how_far(locator):
    answer = at(locator, 250, 50)
    assert (answer.match_level, answer.reason, answer.micro) == ("none", "outside", None)
    assert answer.outside_m == pytest.approx(50)
    assert answer.alternatives[0].micro.code == COMMUNITY + "00201"
    nowhere = locator.locate_point(np.nan, 34)
    assert (nowhere.match_level, nowhere.outside_m) == ("none", None)


def test_the_order_of_rows_changes_no_answer():
    plan = tiny_plan()
    shuffled = {
        name: table.sample(frac=1, random_state=7).reset_index(drop=True)
        if name != "people"
        else table
        for name, table in plan.layers.items()
    }
    texts = ["芳华苑2幢", "1幢", "芳华苑", "学府路", "老纺织宿舍1号楼", "芳华苑3-501"]
    one = Locator.from_plan(plan, today=lambda: TODAY)
    two = Locator.from_plan(Plan(layers=shuffled, crs=plan.crs), today=lambda: TODAY)
    assert one.locate_addresses(texts) == two.locate_addresses(texts)
    for x, y in [(20, 20), (100, 100), (50, 97), (300, 300)]:
        assert at(one, x, y) == at(two, x, y)


def test_a_batch_answers_as_one_by_one(locator):
    lon, lat = np.array([120.93, 120.94, 0.0]), np.array([34.0, 34.0, 0.0])
    batch = locator.locate_points(lon, lat)
    assert batch == [locator.locate_point(a, b) for a, b in zip(lon, lat, strict=True)]


def test_people_of_a_grid(locator):
    assert [p.level for p in locator.people_of(COMMUNITY + "001")] == ["community", "large"]
    assert [p.level for p in locator.people_of(COMMUNITY + "00102")] == [
        "community",
        "large",
        "micro",
    ]
    assert locator.people_of("nope") == ()


def test_look_up_knows_nothing_of_the_solver():
    folder = Path(__file__).parents[2] / "gis" / "lookup"
    for module in sorted(folder.glob("*.py")):
        assert "gis.partition" not in module.read_text(encoding="utf-8"), module.name


def test_what_a_point_is_answered_is_the_same_as_text_and_as_an_answer(locator):
    lon, lat = locator.to_plan.transform(
        *np.array([ORIGIN]).T + np.array([[20, 50, 97, 230, 150.0], [20, 40, 100, 50, 150]]),
        direction="INVERSE",
    )
    batch = locator.locate_points(lon, lat)
    assert {answer.reason for answer in batch} == {"found", "near-border", "outside"}
    for at, answer in enumerate(batch):
        encoded = locator.encode_point(lon[at], lat[at])
        assert encoded == batch.encoded(at) == msgspec.json.encode(answer)


def test_columns_say_what_answers_say(locator):
    rng = np.random.default_rng(3)
    x, y = ORIGIN[0] + rng.uniform(-30, 230, 60), ORIGIN[1] + rng.uniform(-30, 230, 60)
    batch = locator.locate_points(*locator.to_plan.transform(x, y, direction="INVERSE"))
    columns = batch.columns()
    for at, answer in enumerate(batch):
        row = {name: column[at] for name, column in columns.items()}
        assert row["micro_code"] == (answer.micro.code if answer.micro else "")
        assert row["large_name"] == (answer.large.name if answer.large else "")
        for name in ("match_level", "confidence", "reason"):
            assert row[name] == getattr(answer, name)
        outside = None if np.isnan(row["outside_m"]) else round(row["outside_m"], 3)
        assert outside == answer.outside_m


def test_a_home_says_how_far_its_people_meet_and_what_is_missing():
    plan = tiny_plan()
    atoms = plan["atoms"].assign(walk_micro_m=[12.34, 50.0, 60.0, None, 5.0, 6.0, 7.0])
    access = pd.DataFrame(
        {
            "atom_id": ["H1", "H1", "H2/1", "H2/2"],
            "category": ["shop", "clinic", "shop", "park"],
            "status": ["served", "not served", "unreachable", "no data"],
        }
    )
    plan = Plan(layers={**plan.layers, "atoms": atoms, "access": access}, crs=plan.crs)
    found = Locator.from_plan(plan, today=lambda: TODAY)
    near = found.locate_address("芳华苑1幢")
    assert (near.walk_m, near.lacks) == (12.3, ("clinic",))
    assert found.locate_address("芳华苑2幢1单元").lacks == ("shop",)
    assert found.locate_address("芳华苑3幢").walk_m is None
    assert found.locate_address("芳华苑2幢").lacks == ()
    point = at(found, 20, 20)
    assert (point.walk_m, point.lacks) == (near.walk_m, near.lacks)


def test_the_address_is_taken_apart(locator):
    parts = locator.locate_address("海棠社区学府路8号芳华苑2幢2单元301室").parts
    assert (parts.road, parts.number, parts.compound) == ("学府路", "8", "芳华苑")
    assert (parts.building, parts.stairwell, parts.room) == ("2", "2", "301")
