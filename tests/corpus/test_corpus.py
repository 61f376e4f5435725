from __future__ import annotations

import ast
import csv
import hashlib
import io
import os
from collections import Counter
from pathlib import Path

import pytest
from corpus.case import COLUMNS, Case, row
from corpus.make_corpus import HALVES, all_cases, build, written
from corpus.make_real import MOST
from corpus.make_real import build as build_real
from corpus.register import AREA, Register, read_register
from corpus.score import read_rows
from corpus.spoil import SPELLINGS, Street, distance, misspell

HERE = Path(__file__).parent
REAL = ("real_monaco.csv", "real_petersburg.csv")
TUNE, HELD = (read_rows(HERE / name) for name in HALVES)
ROWS = TUNE + HELD


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register()


def _digest(text: str) -> str:
    """Compare digests, so that a failure prints no string of the held half."""
    return hashlib.sha256(text.encode()).hexdigest()


def _ids(rows: list[dict[str, str]]) -> list[str]:
    return [line["id"] for line in rows]


def test_both_halves_are_made_anew_to_the_last_byte(register: Register) -> None:
    for name, text in build(register).items():
        assert _digest(text) == _digest((HERE / name).read_bytes().decode()), name


def test_there_are_enough_strings_of_every_class() -> None:
    counts = Counter(line["class"] for line in ROWS)
    assert len(ROWS) >= 800
    assert len(counts) >= 30
    assert [kind for kind, count in counts.items() if count < 20] == []


def test_hundreds_are_written_one_by_one() -> None:
    assert len({case.text for case in written()}) >= 400


def test_hard_negatives_are_many_in_both_halves() -> None:
    for half in (TUNE, HELD):
        assert sum(bool(line["near"]) for line in half) >= 200


def test_the_halves_share_every_class_evenly_and_no_string() -> None:
    tune, held = (Counter(line["class"] for line in half) for half in (TUNE, HELD))
    assert tune.keys() == held.keys()
    assert [kind for kind in tune if not 0 <= tune[kind] - held[kind] <= 1] == []
    assert len({line["text"] for line in ROWS}) == len(ROWS)
    assert len(set(_ids(ROWS))) == len(ROWS)


def test_every_answer_stands_in_the_tables(register: Register) -> None:
    wrong = []
    for line in ROWS:
        path = "/".join(filter(None, (line["building_id"], line["stairwell"], line["room"])))
        depth = {"building": 1, "stairwell": 2, "room": 3}.get(line["expect"], 0)
        fits = path == "" or line["expect"] == "ask"
        if depth:
            fits = (
                register.has(path)
                and len(path.split("/")) == depth
                and register.buildings[line["building_id"]].place == line["place"]
            )
        if line["expect"] == "compound":
            fits = line["place"] in register.places and not path
        if line["expect"] == "road":
            fits = line["place"] in register.roads and not path
        if line["expect"] == "none":
            fits = not (line["place"] or path or line["also_building_ids"])
        if not fits:
            wrong.append(line["id"])
    assert wrong == []


def test_nothing_near_is_the_answer() -> None:
    wrong = []
    for line in ROWS:
        path = "/".join(filter(None, (line["building_id"], line["stairwell"], line["room"])))
        for item in filter(None, line["near"].split(";")):
            inside = path == item or path.startswith(item if item[-1] == "-" else item + "/")
            if path and inside:
                wrong.append(line["id"])
            if line["expect"] in ("compound", "road") and item == line["place"]:
                wrong.append(line["id"])
    assert wrong == []


def test_a_room_implies_its_stairwell_only_where_one_has_it(register: Register) -> None:
    for line in ROWS:
        if line["class"].endswith("_implied"):
            found = register.stairwells_with(line["building_id"], line["room"])
            assert len(found) == 1, line["id"]
        if line["class"] in ("dash_two_ask", "room_only_ask"):
            offered = line["also_building_ids"].split(";")
            room = offered[0].split("/")[2]
            assert len(offered) > 1, line["id"]
            assert offered == register.stairwells_with(line["building_id"], room), line["id"]


def test_the_readme_gives_no_string_of_the_held_half_away() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    told = [line["id"] for line in HELD if len(line["text"]) > 9 and line["text"] in text]
    assert told == []


def test_the_corpus_shares_no_code_with_the_library() -> None:
    for path in sorted(HERE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        ours = {name for name in names if name.split(".")[0] in ("gis", "maps", "api")}
        assert ours == ({"gis.io.osm"} if path.name == "make_real.py" else set()), path.name


def test_the_readme_tells_the_area_and_counts_the_classes() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    counts = Counter(line["class"] for line in ROWS)
    assert " ".join(AREA) in text
    assert [k for k, count in counts.items() if f"| `{k}` | {count} |" not in text] == []


@pytest.mark.parametrize(
    ("truth", "near"),
    [
        ("HT-04-99", ()),
        ("HT-04-03/9", ()),
        ("HT-04-03/2/999", ()),
        ("@芳草苑", ()),
        ("~海棠大道", ()),
        ("?HT-04-03;HT-04-99", ()),
        ("?芳草苑", ()),
        ("-", ("HT-99-",)),
        ("-", ("芳草苑",)),
    ],
)
def test_what_the_tables_do_not_bear_is_refused(
    register: Register, truth: str, near: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="某处"):
        row(Case("toy", "某处", truth, near), 1, register)


def test_a_question_names_what_its_candidates_share(register: Register) -> None:
    within = row(Case("toy", "a", "?HT-04-03/1/502;HT-04-03/2/502"), 1, register)
    across = row(Case("toy", "b", "?HT-04-03;HT-04-05"), 2, register)
    apart = row(Case("toy", "c", "?HT-04-03;HT-05-03"), 3, register)
    assert (within["place"], within["building_id"]) == ("芳华苑", "HT-04-03")
    assert (across["place"], across["building_id"]) == ("芳华苑", "")
    assert (apart["place"], apart["building_id"]) == ("", "")
    assert tuple(within) == COLUMNS


def test_cases_do_not_depend_on_the_order_of_the_tables(register: Register) -> None:
    turned = Register(
        dict(reversed(register.buildings.items())),
        tuple(reversed(register.homes)),
        register.rooms,
        dict(reversed(register.fronts.items())),
        register.aliases,
        register.roads,
    )
    one, two = ([_digest(repr(c)) for c in all_cases(each)] for each in (register, turned))
    assert sorted(one) == sorted(two)


@pytest.mark.parametrize("name", REAL)
def test_real_addresses_have_five_spellings_each(name: str) -> None:
    rows = read_rows(HERE / name)
    counts = Counter(line["address"] for line in rows)
    assert 200 <= len(counts) <= MOST
    assert set(counts.values()) == {SPELLINGS}
    assert len({line["text"] for line in rows} | set(counts)) == len(rows) + len(counts)


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("WANGGE_DATA"), reason="WANGGE_DATA names no folder")
def test_real_addresses_are_made_anew_to_the_last_byte() -> None:
    pytest.importorskip("osmium")
    pytest.importorskip("pyarrow")
    folder = Path(os.environ["WANGGE_DATA"]) / "data"
    if not (folder / "monaco.osm.pbf").exists():
        pytest.skip("WANGGE_DATA holds no monaco.osm.pbf")
    for name, text in build_real(folder).items():
        assert text == (HERE / name).read_bytes().decode()


def test_a_typo_stays_nearest_to_its_own_street() -> None:
    streets = ["Rue Basse", "Rue Bosio", "Rue Basses"]
    text = misspell(Street("Rue Basse", "3"), streets)
    assert text
    assert distance(text, "Rue Basse") < min(distance(text, other) for other in streets[1:])


def test_distance_counts_edits() -> None:
    assert [distance("kitten", "sitting"), distance("Rue", "rue"), distance("", "ab")] == [3, 0, 2]


def test_the_files_are_plain_tables() -> None:
    for name in (*HALVES, *REAL):
        text = (HERE / name).read_bytes().decode()
        assert "\r" not in text
        assert "\x00" not in text
        lines = list(csv.reader(io.StringIO(text)))
        assert {len(line) for line in lines} == {len(lines[0])}
