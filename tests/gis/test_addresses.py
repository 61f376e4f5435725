"""What people write is read as what they mean, and what differs is not merged."""

import string
from dataclasses import asdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis.lookup.addresses import ParsedAddress, compound_key, format_address, normalise, parse
from gis.lookup.areas import Area, read_area, split_area, strip_area
from gis.lookup.text import numeral

HOME = "海棠苑3幢2单元501室"


def key(text):
    """Give the likeliest reading of a text without its area, the compound by its key."""
    reading = asdict(parse(text)[0])
    reading["compound"] = compound_key(reading["compound"])
    return {name: value for name, value in reading.items() if value and name != "area"}


@pytest.mark.parametrize(
    "text",
    [
        # width, spaces, dashes
        "海棠苑３幢２单元５０１室",
        " 海棠苑 3幢 2单元 501室 ",
        "海棠苑\u30003幢\u30002单元\u3000501室",
        "海棠苑\ufeff3幢\u200b2单元501室",
        "海棠苑3－2－501",
        "海棠苑3—2—501",
        "海棠苑3~2~501",
        "海棠苑3 2 501",
        "海棠苑3/2/501",
        "海棠苑3。2。501",
        "海棠苑3、2、501",
        "海棠苑3 - 2 - 501室",
        "海棠苑3-2-501号",
        # numerals
        "海棠苑三幢二单元五〇一室",
        "海棠苑三幢二单元五零一",
        "海棠苑叁幢贰单元501",
        "海棠苑三-二-五〇一",
        "海棠苑③幢②单元501",
        "海棠苑第三幢第二单元501室",
        # words for the building
        "海棠苑3栋2单元501室",
        "海棠苑3棟2單元501室",
        "海棠苑3号楼2单元501",
        "海棠苑3號樓2單元501",
        "海棠苑3#楼2单元501",
        "海棠苑3#2单元501",
        "海棠苑3＃2单元501",
        "海棠苑#3-2-501",
        "海棠苑No.3幢2单元501",
        "海棠苑3座2单元501",
        "海棠苑3幢楼2单元501",
        "海棠苑3楼2单元501",
        "海棠苑03幢02单元0501室",
        # words for the stairwell and the room
        "海棠苑3幢2门501",
        "海棠苑3幢2梯501",
        "海棠苑3幢乙单元501",
        "海棠苑3幢2单元501号",
        "海棠苑3幢2单元501户",
        "海棠苑3幢2单元501房",
        "海棠苑3幢2-501",
        "海棠苑3幢-2单元-501",
        "海棠苑3-2单元-501",
        "海棠苑3号楼-2-501",
        # areas, prefixes, noise
        "江苏省南京市建邺区海棠苑3幢2单元501室",
        "南京市南京市建邺区海棠街道海棠社区海棠苑3幢2单元501室",
        "建邺区海棠街道海棠苑3幢2单元501室",
        "海棠苑小区3幢2单元501室",
        "地址：海棠苑3幢2单元501室",
        "我家住在海棠苑3幢2单元501室",
        "海棠苑3幢2单元501室 13812345678",
        "海棠苑3幢2单元501室，电话：025-55501234",
        "海棠苑3幢2单元501室 138-1234-5678",
        "海棠苑（近菜场）3幢2单元501室",
        "海棠苑(原纺织厂宿舍)3幢2单元501",
        "海棠苑3幢2单元501室张三",
    ],
)
def test_one_home_in_many_spellings(text):
    assert key(text) == {"compound": "海棠苑", "building": "3", "stairwell": "2", "room": "501"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("海棠苑十二幢", {"compound": "海棠苑", "building": "12"}),
        ("海棠苑二十一幢", {"compound": "海棠苑", "building": "21"}),
        ("海棠苑A座1201室", {"compound": "海棠苑", "building": "A", "room": "1201"}),
        ("海棠苑A楼1201", {"compound": "海棠苑", "building": "A", "room": "1201"}),
        (
            "海棠苑B2-1-301",
            {"compound": "海棠苑", "building": "B2", "stairwell": "1", "room": "301"},
        ),
        ("海棠苑5楼501", {"compound": "海棠苑", "floor": "5", "room": "501"}),
        ("海棠苑5层501", {"compound": "海棠苑", "floor": "5", "room": "501"}),
        ("海棠苑3幢5楼501", {"compound": "海棠苑", "building": "3", "floor": "5", "room": "501"}),
        ("海棠苑3楼501", {"compound": "海棠苑", "building": "3", "room": "501"}),
        ("海棠苑3幢负1层", {"compound": "海棠苑", "building": "3", "floor": "B1"}),
        ("海棠苑501", {"compound": "海棠苑", "room": "501"}),
        ("海棠苑一期3幢", {"compound": "海棠苑1期", "building": "3"}),
        ("海棠苑Ⅰ期3幢", {"compound": "海棠苑1期", "building": "3"}),
        ("海棠苑小区第1期3幢", {"compound": "海棠苑1期", "building": "3"}),
        ("海棠苑A区3幢", {"compound": "海棠苑A区", "building": "3"}),
        ("梅园三村5幢101室", {"compound": "梅园3村", "building": "5", "room": "101"}),
        ("都市水乡-水秀苑3幢", {"compound": "都市水乡水秀苑", "building": "3"}),
        ("都市水乡·水秀苑3幢", {"compound": "都市水乡水秀苑", "building": "3"}),
        ("海棠苑1-10幢", {"compound": "海棠苑", "building": "1-10"}),
        ("2046小区3幢", {"compound": "2046", "building": "3"}),
        ("江东中路100号", {"road": "江东中路", "number": "100"}),
        ("江东中路100号3幢", {"road": "江东中路", "number": "100", "building": "3"}),
        (
            "江东中路100号海棠苑3幢",
            {"road": "江东中路", "number": "100", "compound": "海棠苑", "building": "3"},
        ),
        (
            "江东中路100-3-2-501",
            {"road": "江东中路", "number": "100", "building": "3", "stairwell": "2", "room": "501"},
        ),
        (
            "学府路100弄3号501室",
            {"road": "学府路", "number": "100弄", "building": "3", "room": "501"},
        ),
        (
            "朝阳路26号院3号楼2门501",
            {"road": "朝阳路", "number": "26", "building": "3", "stairwell": "2", "room": "501"},
        ),
        ("26号院3号楼", {"compound": "26号院", "building": "3"}),
        (
            "新安中里5-1-101号",
            {"compound": "新安中里", "building": "5", "stairwell": "1", "room": "101"},
        ),
        ("3-2-501", {"building": "3", "stairwell": "2", "room": "501"}),
        ("12 Rue Grimaldi", {"road": "RUE GRIMALDI", "number": "12"}),
        ("Rue Grimaldi, 12 bis", {"road": "RUE GRIMALDI", "number": "12BIS"}),
        ("Невский проспект 12", {"road": "НЕВСКИЙ ПРОСПЕКТ", "number": "12"}),
    ],
)
def test_every_part_is_read(text, parts):
    assert key(text) == parts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("八卦洲3幢", "八卦洲"),
        ("三牌楼3幢", "三牌楼"),
        ("百家湖3幢", "百家湖"),
        ("五星家园3幢", "五星家园"),
        ("七里香溪3幢", "七里香溪"),
        ("九华山庄3幢", "九华山庄"),
        ("铁路新村3幢", "铁路新村"),
        ("滨江城市花园3幢", "滨江城市花园"),
        ("金色社区3幢", "金色社区"),
        ("海棠东区3幢", "海棠东区"),
    ],
)
def test_names_keep_their_numerals_and_words(text, name):
    assert key(text) == {"compound": name, "building": "3"}


def test_a_road_may_begin_with_a_numeral_and_a_word_of_buildings():
    assert key("三门路100号") == {"road": "三门路", "number": "100"}
    assert key("三牌楼大街12号") == {"road": "三牌楼大街", "number": "12"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海棠苑3号", "海棠苑3号楼"),
        ("江东中路100-1号", "江东中路100号1幢"),
        ("江东中路100-1号", "江东中路100号"),
        ("海棠苑3幢东1单元", "海棠苑3幢1单元"),
        ("海棠苑3幢东单元501", "海棠苑3幢西单元501"),
        ("海棠苑3幢地下室2", "海棠苑3幢2室"),
        ("海棠苑3幢车库2号", "海棠苑3幢2单元"),
        ("海棠苑3幢商铺5号", "海棠苑3幢5号"),
        ("海棠苑东区3幢", "海棠苑西区3幢"),
        ("海棠苑东区3幢", "海棠苑3幢"),
        ("海棠苑1期3幢", "海棠苑2期3幢"),
        ("海棠苑一期3幢", "海棠苑3幢"),
        ("海棠苑A区3幢", "海棠苑B区3幢"),
        ("海棠苑3幢", "海棠园3幢"),
        ("海棠苑13幢", "海棠苑3幢"),
        ("海棠苑A座", "海棠苑1幢"),
        ("海棠苑3幢501", "海棠苑3幢5层"),
    ],
)
def test_what_differs_is_not_merged(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("海棠苑3-501", [{"building": "3", "room": "501"}, {"stairwell": "3", "room": "501"}]),
        ("海棠苑3号", [{"number": "3"}, {"building": "3"}]),
        ("海棠苑3楼", [{"building": "3"}, {"floor": "3"}]),
        (
            "海棠苑3号501室",
            [{"number": "3", "room": "501"}, {"building": "3", "room": "501"}],
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_read_in_both(text, readings):
    found = [{k: v for k, v in asdict(r).items() if v and k != "compound"} for r in parse(text)]
    assert found == readings


@pytest.mark.parametrize(
    "word", ["旁", "旁边", "附近", "对面", "斜对面", "楼下", "门口", "隔壁", "东侧"]
)
def test_beside_a_place_is_not_at_it(word):
    reading = parse(f"海棠苑3幢{word}")[0]
    assert (reading.building, reading.beside) == ("3", True)
    assert not parse("海棠苑3幢")[0].beside


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("江苏省南京市建邺区海棠苑3幢", "江苏省南京市建邺区"),
        ("青岛市市南区香港中路1号", "青岛市市南区"),
        ("上海市浦东新区金桥路1号", "上海市浦东新区"),
        ("南京市江宁区湖熟镇海棠苑", "南京市江宁区湖熟镇"),
        ("海棠小区3幢", ""),
        ("都市花园3幢", ""),
        ("理想小镇3幢", ""),
        ("幸福水乡3幢", ""),
    ],
)
def test_areas_are_told_from_names(text, area):
    assert strip_area(text)[0] == area


def test_another_area_is_told_from_the_own_one_at_a_rank_that_is_known():
    known = [Area.of(name) for name in split_area("南京市建邺区海棠街道")]
    assert [area.name for area in known] == ["南京市", "建邺区", "海棠街道"]

    def first(text):
        return [(area.end, area.own, area.near) for area in read_area(text, 0, known)]

    assert first("鼓楼区学府路") == [(3, False, False)]
    assert first("牡丹街道学府路") == [(4, False, True)]
    assert first("江苏省学府路") == [(3, True, True)]
    assert first("建邺学府路") == [(2, True, True)]
    assert first("海棠苑") == first("小区") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", "10"),
        ("一百二十", "120"),
        ("二〇一", "201"),
        ("廿", "20"),
        ("拾贰", "12"),
        ("两", "2"),
    ],
)
def test_numerals(text, number):
    assert numeral(text) == number


@pytest.mark.parametrize("text", ["百", "十百", "三五十", "二廿"])
def test_what_is_no_numeral(text):
    assert numeral(text) is None


@pytest.mark.parametrize("text", ["", " ", "\x00", "-", "号", "幢", "第", "()", "单元", "\u202e"])
def test_nothing_much_is_read_as_nothing_much(text):
    reading = parse(text)[0]
    assert {reading.building, reading.stairwell, reading.room, reading.number} == {""}


@given(st.text(max_size=60))
@example("1-" * 200)
@example("幢" * 5000)
@example('NO"0')
@example("NO NO NO 0")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    readings = parse(text)
    assert 1 <= len(readings) <= 30
    assert len(set(readings)) == len(readings)


NAMES = st.sampled_from(["海棠苑", "芳华苑一期", "八卦洲", "三牌楼新村", "晨光小区", "玉兰苑南区"])
NUMBERS = st.integers(1, 60).map(str)
ROOMS = st.tuples(st.integers(1, 33), st.integers(1, 9)).map(lambda r: f"{r[0]}0{r[1]}")
STYLES = [
    "{c}{b}幢{s}单元{r}室",
    "{c}{b}号楼{s}单元{r}",
    "{c}{b}#{s}-{r}",
    "{c}{b}-{s}-{r}",
    "{c} {b}栋 {s}门 {r}户",
    "江苏省南京市{c}{b}座{s}梯{r}号",
]
WIDE = str.maketrans(string.digits, "０１２３４５６７８９")


@given(NAMES, NUMBERS, NUMBERS, ROOMS, st.sampled_from(STYLES), st.booleans())
def test_every_style_means_the_same(name, building, stairwell, room, style, wide):
    text = style.format(c=name, b=building, s=stairwell, r=room)
    text = text.translate(WIDE) if wide else text
    plain = key(f"{name}{building}幢{stairwell}单元{room}室")
    assert key(text) == plain
    assert (plain["building"], plain["stairwell"], plain["room"]) == (building, stairwell, room)


@given(NAMES, NUMBERS, NUMBERS, ROOMS)
def test_what_is_written_is_read_back(name, building, stairwell, room):
    reading = parse(f"{name}{building}-{stairwell}-{room}")[0]
    assert parse(format_address(reading)) == (reading,)


def test_standard_forms():
    assert format_address(parse("海棠苑 3-2-501")[0]) == HOME
    assert format_address(ParsedAddress(compound="梅园新村", number="17")) == "梅园新村17号"
    assert format_address(parse("海棠苑3幢车库02")[0]) == "海棠苑3幢车库2"
