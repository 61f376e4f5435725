"""What is suggested goes on from what is typed, and can be asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_book import book_of_names
from tiny_plan import tiny_plan

from gis.lookup.locator import Locator
from gis.lookup.text import normalise


@pytest.fixture(scope="module")
def locator():
    return Locator.from_plan(tiny_plan())


def texts(locator, typed, **options):
    return [option.text for option in locator.addresses.book.suggest(typed, **options)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("芳", ["芳华苑"]),
        ("江苏省南京市建邺区芳华", ["芳华苑"]),
        ("芳华苑", ["芳华苑", "芳华苑1幢", "芳华苑2幢", "芳华苑3幢"]),
        ("芳华苑２", ["芳华苑2幢", "芳华苑2幢1单元", "芳华苑2幢2单元"]),
        ("芳华苑2号楼2", ["芳华苑2幢2单元", "芳华苑2幢2单元201室", "芳华苑2幢2单元301室"]),
        ("芳华苑2-2-3", ["芳华苑2幢2单元301室"]),
        ("芳华苑2幢20", ["芳华苑2幢1单元201室", "芳华苑2幢2单元201室"]),
        ("学府", ["学府路"]),
        ("学府路", ["学府路", "学府路8号", "学府路8-1号"]),
        ("学府路8号", ["学府路8号", "学府路8号1幢", "学府路8号2幢", "学府路8号3幢"]),
        ("学府路8号芳", ["学府路8号芳华苑"]),
        ("海棠小", ["海棠小学", "海棠小学教学楼"]),
        ("小学", ["海棠小学", "海棠小学教学楼"]),
        ("老", ["老纺织宿舍"]),
        ("fang", ["芳华苑"]),
        ("FHY", ["芳华苑"]),
        ("fhy3", ["芳华苑3幢"]),
        ("芳hua", ["芳华苑"]),
        ("方华苑", ["芳华苑"]),
        ("芳华苑9", ["芳华苑"]),
        ("芳华苑2幢2单", ["芳华苑2幢2单元"]),
    ],
)
def test_what_is_typed_goes_on(locator, typed, first):
    assert texts(locator, typed)[: len(first)] == first


@pytest.mark.parametrize("typed", ["", " ", "X9", "%", "芳华苑2幢9单元", "\x00", "'", '"'])
def test_nothing_goes_on_from_nothing(locator, typed):
    assert texts(locator, typed) == []


def test_what_it_is_and_where_it_lies_is_said(locator):
    found = {each.text: each for each in locator.addresses.book.suggest("芳华苑2幢")}
    assert (found["芳华苑2幢"].kind, found["芳华苑2幢"].micro) == ("building", "")
    assert found["芳华苑2幢1单元"].micro != found["芳华苑2幢2单元"].micro != ""
    assert found["芳华苑2幢1单元"].kind == "stairwell"
    (alias,) = locator.addresses.book.suggest("老纺")
    assert (alias.kind, alias.of) == ("alias", "芳华苑")


def test_no_more_than_asked_for_and_none_twice(locator):
    assert texts(locator, "芳华苑", limit=2) == ["芳华苑", "芳华苑1幢"]
    for typed in ("芳", "海", "学府路8", "芳华苑2", "苑"):
        found = texts(locator, typed)
        assert len(found) == len(set(found)) <= 10


WHOLE = [
    "学府路8号芳华苑1幢1单元101室",
    "芳华苑2幢2单元301室",
    "芳华苑3-1-501",
    "海棠里1幢1单元101",
    "海棠小学教学楼",
    "老纺织宿舍1号楼1单元101",
    "学府路8-1号",
]


@pytest.mark.parametrize("whole", WHOLE)
def test_every_suggestion_can_be_asked_in_its_turn(locator, whole):
    for end in range(1, len(whole) + 1):
        options = locator.addresses.book.suggest(whole[:end], limit=20)
        assert options, whole[:end]
        for option in options:
            answer = locator.locate_address(option.text)
            assert answer.match_level != "none", option
            if option.micro:
                assert answer.micro.code == option.micro, option


NAMES = st.text(alphabet="芳华苑玉A1", min_size=2, max_size=5)


@given(st.lists(NAMES, unique=True, min_size=1, max_size=25), st.text("芳华苑玉A1", min_size=1))
@settings(max_examples=60, deadline=None)
def test_names_by_their_beginning_and_inside(names, typed):
    book = book_of_names(names)
    begin = sorted(name for name in names if name.startswith(typed))
    assert [place.key for place in book.names(typed, limit=50)] == begin
    inner = sorted(name for name in names if typed in name)
    assert [place.key for place in book.names(typed, inside=True, limit=50)] == inner
    assert [place.key for place in book.names(typed, limit=1)] == begin[:1]
    book.close()


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_anything_may_be_typed(locator, typed):
    for option in locator.addresses.book.suggest(typed):
        assert option.text
        assert normalise(option.text)
