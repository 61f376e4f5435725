from __future__ import annotations

from pathlib import Path

import pytest
from corpus.make_corpus import HALVES
from corpus.score import (
    ASKED,
    COARSE,
    FOUND,
    MISSED,
    WRONG,
    Reply,
    is_merged,
    judge,
    read_rows,
    score,
    score_spellings,
    table,
    total,
    unmet,
)

ROWS = [line for name in HALVES for line in read_rows(Path(__file__).parent / name)]


def _row(expect: str, path: str = "", **more: str) -> dict[str, str]:
    parts = [*path.split("/"), "", ""]
    return {
        "id": "toy-1",
        "text": "海棠路12号芳华苑",
        "class": "toy",
        "expect": expect,
        "place": "芳华苑",
        "building_id": parts[0],
        "stairwell": parts[1],
        "room": parts[2],
        "also_building_ids": "",
        "near": "",
    } | more


ROOM = _row("room", "HT-04-03/2/501")


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply("room", "HT-04-03", "2", "501", 1.0), FOUND),
        (Reply("room", "HT-04-03", 2, 501, 0.2), FOUND),
        (Reply("room", "HT-04-03", "2", "502", 1.0), WRONG),
        (Reply("room", "HT-04-04", "2", "501", 1.0), WRONG),
        (Reply("stairwell", "HT-04-03", "2", None, 1.0), COARSE),
        (Reply("stairwell", "HT-04-03", "1", None, 1.0), WRONG),
        (Reply("building", "HT-04-03", None, None, 1.0), COARSE),
        (Reply("building", "HT-04-03", "9", None, 1.0), COARSE),
        (Reply("compound", confidence=1.0, place="芳华苑"), COARSE),
        (Reply("compound", confidence=1.0, place="桂花城"), WRONG),
        (Reply("compound", confidence=1.0), WRONG),
        (Reply("road", confidence=1.0, place="海棠路"), COARSE),
        (Reply("road", confidence=1.0, place="芳菲路"), WRONG),
        (Reply("none"), MISSED),
        (Reply("ask"), MISSED),
        (Reply("ask", alternatives=[("HT-04-03", "2", "501")]), ASKED),
        (Reply("ask", alternatives=[("HT-04-03", "2", None)]), MISSED),
        (Reply("room", "HT-04-04", 2, 501, 0.5, [("HT-04-03", 2, 501)]), ASKED),
        (Reply("room", "HT-04-04", 2, 501, 0.9, [("HT-04-03", 2, 501)]), WRONG),
    ],
)
def test_one_answer_is_judged(reply: Reply, verdict: str) -> None:
    assert judge(ROOM, reply) == verdict


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply("compound", confidence=1.0, place="芳华苑"), FOUND),
        (Reply("compound", confidence=1.0, place="桂花城"), WRONG),
        (Reply("building", "HT-04-03", confidence=1.0, place="芳华苑"), WRONG),
        (Reply("ask", alternatives=["芳华苑", "桂花城"]), ASKED),
        (Reply("road", confidence=1.0, place="海棠路"), COARSE),
    ],
)
def test_a_compound_is_judged_by_its_name(reply: Reply, verdict: str) -> None:
    assert judge(_row("compound"), reply) == verdict


def test_a_road_is_judged_by_its_name() -> None:
    line = _row("road", place="海棠路")
    assert judge(line, Reply("road", confidence=1.0, place="海棠路")) == FOUND
    assert judge(line, Reply("road", confidence=1.0, place="芳菲路")) == WRONG
    assert judge(line, Reply("compound", confidence=1.0, place="芳华苑")) == WRONG


def test_where_nothing_is_meant_any_answer_is_wrong() -> None:
    line = _row("none", place="")
    assert judge(line, Reply("none", confidence=1.0)) == FOUND
    assert judge(line, Reply("ask", alternatives=[("HT-04-03", "2", "501")])) == FOUND
    assert judge(line, Reply("room", "HT-04-03", "2", "501", 0.1)) == WRONG


QUESTION = _row(
    "ask", "HT-04-03", also_building_ids="HT-04-03/1/502;HT-04-03/2/502", text="芳华苑3-502"
)
BOTH = [("HT-04-03", "1", "502"), ("HT-04-03", "2", "502")]


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply("ask", alternatives=BOTH), FOUND),
        (Reply("ask", alternatives=[("HT-04-03", 1, None), ("HT-04-03", 2, None)]), FOUND),
        (Reply("ask", alternatives=BOTH[:1]), MISSED),
        (Reply("ask", alternatives=[("HT-04-03", None, None)]), MISSED),
        (Reply("room", "HT-04-03", "1", "502", 0.6, BOTH[1:]), FOUND),
        (Reply("room", "HT-04-03", "1", "502", 0.9, BOTH[1:]), WRONG),
        (Reply("room", "HT-04-03", "1", "502", 0.6), WRONG),
        (Reply("building", "HT-04-03", None, None, 1.0, BOTH), FOUND),
        (Reply("building", "HT-04-03", None, None, 1.0), COARSE),
        (Reply("building", "HT-04-04", None, None, 1.0, BOTH), WRONG),
        (Reply("compound", None, None, None, 1.0, BOTH, "芳华苑"), FOUND),
        (Reply("none"), MISSED),
    ],
)
def test_a_question_is_judged_by_what_it_offers(reply: Reply, verdict: str) -> None:
    assert judge(QUESTION, reply) == verdict


def test_a_question_with_nothing_to_offer_may_only_be_answered_unsurely() -> None:
    line = _row("ask", place="", text="3幢2单元501")
    assert judge(line, Reply("none")) == FOUND
    assert judge(line, Reply("ask")) == FOUND
    assert judge(line, Reply("room", "HT-04-03", "2", "501", 0.95)) == WRONG


@pytest.mark.parametrize(
    ("near", "reply", "merged"),
    [
        ("HT-04-03", Reply("room", "HT-04-03", "2", "501", 0.1), True),
        ("HT-04-03", Reply("room", "HT-04-30", "2", "501", 1.0), False),
        ("HT-04-", Reply("building", "HT-04-30"), True),
        ("HT-04-03/1", Reply("stairwell", "HT-04-03", 1), True),
        ("HT-04-03/1", Reply("stairwell", "HT-04-03", 11), False),
        ("HT-04-03/1/501", Reply("stairwell", "HT-04-03", 1), False),
        ("HT-05-;芳华苑", Reply("compound", place="芳华苑"), True),
        ("芳华苑", Reply("none"), False),
        ("HT-04-", Reply("ask", alternatives=[("HT-04-03", 1, 501)]), False),
        ("", Reply("room", "HT-04-03", "2", "501", 1.0), False),
    ],
)
def test_only_the_answer_itself_is_merged(near: str, reply: Reply, merged: bool) -> None:  # noqa: FBT001
    assert is_merged(_row("none", near=near), reply) is merged


def _perfect(text: str) -> Reply:
    line = next(line for line in ROWS if line["text"] == text)
    if line["expect"] == "ask":
        offers = [item for item in line["also_building_ids"].split(";") if item]
        told = [
            (*item.split("/"), None, None)[:3] if item[:3] == "HT-" else item for item in offers
        ]
        return Reply("ask", alternatives=told)
    return Reply(
        line["expect"],
        line["building_id"] or None,
        line["stairwell"] or None,
        line["room"] or None,
        1.0,
        (),
        line["place"] or None,
    )


def test_a_perfect_matcher_meets_every_bar() -> None:
    counts = score(ROWS, _perfect)
    whole = total(counts)
    assert (whole.found, whole.wrong, whole.merged) == (len(ROWS), 0, 0)
    assert unmet(counts) == []


def test_a_silent_matcher_is_never_wrong_and_finds_too_little() -> None:
    counts = score(ROWS, lambda _: ("none", None, None, None, 0.0, []))
    whole = total(counts)
    assert (whole.wrong, whole.merged, whole.sure) == (0, 0, 0)
    assert [said[:5] for said in unmet(counts)] == ["found"]


def test_a_rash_matcher_fails_every_bar() -> None:
    counts = score(ROWS, lambda _: ("room", "HT-04-03", "2", "501", 0.95, []))
    assert len(unmet(counts)) == 3
    assert total(counts).merged > 0


def test_a_matcher_that_stops_at_buildings_is_coarse_not_wrong() -> None:
    def shallow(text: str) -> Reply:
        reply = _perfect(text)
        return reply._replace(level="building") if reply.level in ("room", "stairwell") else reply

    whole = total(score(ROWS, shallow))
    assert whole.wrong == 0
    assert whole.verdicts[COARSE] == sum(line["expect"] in ("room", "stairwell") for line in ROWS)


def test_the_bars_are_those_of_the_issue() -> None:
    right, none = Reply("room", "HT-04-03", "2", "501", 1.0), Reply("none")
    bad = Reply("room", "HT-04-03", "1", "501", 1.0)

    def bars(*replies: Reply) -> list[str]:
        told = iter(replies)
        return [
            said.split()[0] for said in unmet(score([ROOM] * len(replies), lambda _: next(told)))
        ]

    assert bars(*[right] * 97, *[none] * 3) == []
    assert bars(*[right] * 96, *[none] * 4) == ["found"]
    assert bars(*[right] * 299, bad) == []
    assert bars(*[right] * 298, bad) == ["wrong"]


def test_the_table_has_a_line_for_each_class_and_their_sum() -> None:
    counts = score([ROOM, QUESTION | {"class": "other"}], _reply_of_room)
    lines = table(counts).splitlines()
    assert [line.split()[0] for line in lines] == ["class", "other", "toy", "all"]
    assert lines[-1].split()[1:3] == ["2", "1"]
    assert counts["other"].failed == ["toy-1"]


def _reply_of_room(_: str) -> Reply:
    return Reply("room", "HT-04-03", "2", "501", 1.0)


def test_spellings_are_counted_by_the_way_they_were_spoilt() -> None:
    rows = [
        {"id": f"{i}", "address": "12 Rue Grimaldi", "spoilt": way, "text": text}
        for i, (way, text) in enumerate([("a", "right"), ("a", "other"), ("b", "none")])
    ]
    told = {"right": ("12 Rue Grimaldi", 0.95), "other": ("1 Rue Basse", 0.95), "none": (None, 0.0)}
    counts = score_spellings(rows, told.__getitem__)
    assert (counts["a"].rows, counts["a"].found, counts["a"].wrong_sure) == (2, 1, 1)
    assert (counts["b"].found, counts["b"].failed) == (0, ["2"])
