"""Lanes, phases, parts, letters, towers and Western streets: what the sample has none of.

The places are a small register of its own, and the expectations were written by hand from it.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.lookup.addresses import ParsedAddress
from gis.lookup.book import AddressBook
from gis.lookup.book_rows import BookRow, Grids, Home
from gis.lookup.decision import decide
from gis.lookup.matching import Matcher

#: Compound, its road and number, its buildings, the stairwells and the rooms of each.
PLACES = [
    ("", "学府路|100弄", "1 2 3 5", "1", "101 102 501"),
    ("", "学府路|100弄12支弄", "1", "1", "101"),
    ("", "学府路|98", "", "", ""),
    ("金桂湾1期", "滨江大道|6", "1 2 3", "1 2", "101 501"),
    ("金桂湾2期", "滨江大道|8", "1 2 3", "1 2", "101 501"),
    ("金桂湾3期", "滨江大道|10", "1 2", "1", "101 501"),
    ("书香名第A区", "文昌街|1", "1 2", "1", "301"),
    ("书香名第B区", "文昌街|1", "1 2", "1", "301"),
    ("环球中心", "滨江大道|88", "A B C", "", "1201 2501"),
    ("双子大厦", "滨江大道|90", "东塔 西塔", "", "1801"),
    ("星河湾东苑", "文昌街|20", "3 5", "1 2", "201"),
    ("星河湾西苑", "文昌街|22", "3 5", "1 2", "201"),
    ("梅园新村", "文昌街|30", "1 2 A3", "1", "101"),
    ("26号院", "", "3 4", "1 2", "501"),
    ("", "RUE GRIMALDI|12", "", "", ""),
    ("", "RUE GRIMALDI|12BIS", "", "", ""),
    ("", "RUE GRIMALDI|14", "", "", ""),
    ("", "AVENUE DE GRANDE BRETAGNE|12", "", "", ""),
    ("", "QUEEN STREET|5", "", "", ""),
    ("", "QUEENS ROAD|5", "", "", ""),
]


def _entries():
    for compound, number, labels, stairs, rooms in PLACES:
        for label in labels.split() or [""]:
            home_id = f"{compound or number}/{label}".strip("/")
            road, _, plate = number.partition("|")
            yield Home(
                home_id=home_id,
                name=label,
                compound=compound,
                standard=ParsedAddress(road=road, number=plate, compound=compound, building=label),
                stairwells=tuple(stairs.split()),
                grids=(Grids("c", "l", home_id),),
                split={},
                atom_of={"": home_id},
            )
            if compound:
                yield BookRow(compound, "compound", label, home_id)
            if number:
                yield BookRow(number, "number", label, home_id)
            for room in rooms.split():
                for stairwell in stairs.split() or [""]:
                    yield BookRow("", "building", "", home_id, stairwell, room)


@pytest.fixture(scope="module")
def matcher():
    areas = ["东海省", "云台市", "清河区"]
    return Matcher(AddressBook.build(None, list(_entries()), areas=areas))


def told(matcher, text):
    """Say what a text means in one line: home, stairwell, room; ? where it asks."""
    decision = decide(matcher, text, {})
    if decision is None:
        return "-"
    if decision.asks:
        return "?" + " ".join(sorted({o.building_id or o.place for o in decision.alternatives}))
    if decision.home is None:
        return f"@{decision.place}"
    parts = [decision.home.home_id, decision.stairwell, decision.room]
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("学府路100弄3号501室", "学府路|100弄/3 1 501"),
        ("学府路100弄3号501", "学府路|100弄/3 1 501"),
        ("学府路100弄5号", "学府路|100弄/5"),
        ("学府路100弄3-501", "学府路|100弄/3 1 501"),
        ("云台市清河区学府路一百弄三号501", "学府路|100弄/3 1 501"),
        ("学府路100弄12支弄1号101", "学府路|100弄12支弄/1 1 101"),
        ("学府路100弄", "@学府路100弄"),
        ("学府路98号", "学府路|98"),
        ("学府路100号", "@学府路"),
        ("金桂湾一期3幢2单元501", "金桂湾1期/3 2 501"),
        ("金桂湾二期3幢2单元501", "金桂湾2期/3 2 501"),
        ("金桂湾II期3-2-501", "金桂湾2期/3 2 501"),
        ("金桂湾第三期2幢101", "金桂湾3期/2 1 101"),
        ("金桂湾（一期）3幢2单元501", "金桂湾1期/3 2 501"),
        ("金桂湾3幢2单元501", "?金桂湾1期/3 金桂湾2期/3"),
        ("书香名第A区1幢301", "书香名第A区/1 1 301"),
        ("书香名第b区2幢1单元301", "书香名第B区/2 1 301"),
        ("环球中心A座1201", "环球中心/A 1201"),
        ("环球中心B座2501室", "环球中心/B 2501"),
        ("滨江大道88号C座", "环球中心/C"),
        ("环球中心D座1201", "@环球中心"),
        ("环球中心1幢1201", "@环球中心"),
        ("星河湾东苑3幢2单元201", "星河湾东苑/3 2 201"),
        ("星河湾西苑3幢2单元201", "星河湾西苑/3 2 201"),
        ("星河湾3幢2单元201", "?星河湾东苑/3 星河湾西苑/3"),
        ("梅园新村A3幢101", "梅园新村/A3 1 101"),
        ("梅园新村3幢101", "@梅园新村"),
        ("北京市梅园新村1幢101", "-"),
        ("梅花新村1幢101", "-"),
        ("12 Rue Grimaldi", "RUE GRIMALDI|12"),
        ("Rue Grimaldi, 12 bis", "RUE GRIMALDI|12BIS"),
        ("12bis r. Grimaldi", "RUE GRIMALDI|12BIS"),
        ("12 ter rue Grimaldi", "@RUE GRIMALDI"),
        ("16 rue Grimaldi", "@RUE GRIMALDI"),
        ("12, ave de Grande-Bretagne, 98000 Monaco", "AVENUE DE GRANDE BRETAGNE|12"),
        ("5 Queen St", "QUEEN STREET|5"),
        ("5 Queen's Rd", "QUEENS ROAD|5"),
    ],
)
def test_forms_that_the_sample_has_not(matcher, text, means):
    assert told(matcher, text) == means


@given(st.text(max_size=80))
def test_any_text_is_matched_the_same_way_twice(matcher, text):
    one, two = matcher.match(text), Matcher(matcher.book).match(text)
    assert [match.identity for match in one.found] == [match.identity for match in two.found]
    assert all(0 <= match.confidence <= 1 for match in one.found)
