"""Misspelt names are found, and what is found is what looking at every name would find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_book import book_of_names

from gis.lookup.likeness import Spelling, likeness, near_keys
from gis.lookup.sounds import cut, fold, syllables_of

NAMES = [
    "芳华苑",
    "芳华园",
    "芳草苑",
    "华芳苑",
    "方圆里",
    "阳光花园",
    "阳光新城",
    "玉兰苑南区",
    "玉兰苑北区",
    "未央新村",
    "重庆路",
    "西安里",
    "梅园新村",
    "RUE GRIMALDI",
]


@pytest.fixture(scope="module")
def book():
    made = book_of_names(NAMES)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("方华苑", "芳华苑"),
        ("阳光化园", "阳光花园"),
        ("阳花光园", "阳光花园"),
        ("阳光园", "阳光花园"),
        ("阳光大花园", "阳光花园"),
        ("阴光花园", "阳光花园"),
        ("末央新村", "未央新村"),
        ("虫庆路", "重庆路"),
        ("玉蓝苑南区", "玉兰苑南区"),
        ("梅园", "梅园新村"),
        ("梅圆新春", "梅园新村"),
        ("阳光兴城", "阳光新城"),
        ("yangguanghuayuan", "阳光花园"),
        ("yangguanhuayuan", "阳光花园"),
        ("chongqinglu", "重庆路"),
        ("zhongqinglu", "重庆路"),
        ("xian", "西安里"),
        ("ygxc", "阳光新城"),
        ("RUE GRIMLADI", "RUE GRIMALDI"),
        ("RUE GRIMALD", "RUE GRIMALDI"),
    ],
)
def test_the_meant_name_comes_first(book, asked, meant):
    assert book.similar(asked)[0][0] == meant


def test_the_same_name_comes_before_its_like(book):
    for name in NAMES:
        (first, score), *others = book.similar(name)
        assert (first, score) == (name, 1.0)
        assert all(other < 1 for _, other in others)


def test_slips_that_are_likelier_count_for_less(book):
    scores = dict(book.similar("芳华苑"))
    assert scores["芳华园"] > scores["华芳苑"] > scores["芳草苑"]
    assert dict(book.similar("未央新村"))["未央新村"] > dict(book.similar("末央新村"))["未央新村"]
    shape = dict(book.similar("末央新村"))["未央新村"]
    assert shape > dict(book.similar("东央新村"))["未央新村"]


@pytest.mark.parametrize("asked", ["", " ", "X", "%", '"', "'", "\x00", "😀", "苑" * 300, "a-b"])
def test_nonsense_is_like_nothing(book, asked):
    assert all(score < 0.7 for _, score in book.similar(asked))


def test_no_more_than_asked_for(book):
    assert book.similar("芳华苑", limit=2) == book.similar("芳华苑")[:2]


MARKS = "芳方华花苑园玉兰蓝南区1"
TEXTS = st.text(alphabet=MARKS, min_size=2, max_size=6)


@given(st.lists(TEXTS, unique=True, min_size=1, max_size=30), TEXTS)
@settings(max_examples=60, deadline=None)
def test_as_good_as_looking_at_every_name(names, asked):
    book = book_of_names(names)
    sounds = book._similar.sounds
    one = Spelling(asked, (syllables_of(asked, sounds),))
    all_scores = {
        name: likeness(one, Spelling(name, (syllables_of(name, sounds),))) for name in names
    }
    found = book.similar(asked, limit=len(names))
    assert found == tuple(sorted(found, key=lambda each: (-each[1], each[0])))
    for name, score in all_scores.items():
        if score >= 0.6:
            assert dict(found)[name] >= score
    for name, score in found:
        assert 0 <= score <= 1
        assert name in names
    book.close()


@given(TEXTS, TEXTS)
def test_likeness_is_one_for_the_same_alone_and_the_same_both_ways(one, other):
    a, b = Spelling(one, ()), Spelling(other, ())
    assert (likeness(a, b) == 1) == (one == other)
    assert likeness(a, b) == likeness(b, a)


@given(TEXTS, st.integers(0, 5), st.sampled_from(MARKS), st.sampled_from(["+", "-", "=", "<>"]))
def test_one_slip_shares_a_key(name, at, mark, slip):
    at %= len(name)
    changed = {
        "+": name[:at] + mark + name[at:],
        "-": name[:at] + name[at + 1 :],
        "=": name[:at] + mark + name[at + 1 :],
        "<>": name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    }[slip]
    assert set(near_keys(Spelling(name, ()))) & set(near_keys(Spelling(changed, ())))


def test_sounds_that_are_confused_fold_together():
    for one, other in [("zhang", "zang"), ("lin", "ning"), ("shen", "seng"), ("nan", "lang")]:
        assert fold(one) == fold(other)
    assert len({fold(each) for each in ("zan", "can", "san", "ban", "zon", "a")}) == 6


def test_letters_that_cannot_be_cut_are_given_up_at_once():
    known = frozenset({"a", "aa", "aaa"})
    assert cut("a" * 60 + "x", known) == []
    assert len(cut("a" * 60, known)) == 8
