"""What is put into an address book is found in it, and nothing else is."""

import itertools
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_book import PlainBook, home
from tiny_plan import tiny_plan

from gis.lookup.book import AddressBook
from gis.lookup.book_rows import BookRow, Home
from gis.lookup.indexing import book_of_plan

NAMES = ["芳华苑", "芳华苑南区", "玉兰", "学府路", "新学府路", "老宿舍", "RUE GRIMALDI", "a'%_"]
LABELS = ["", "1", "2", "10", "A", "教学楼"]
ROOMS = ["", "101", "102", "1002"]
IDS = ["B1", "B10", "B2", "cell:7", "楼"]


def rows():
    names = st.sampled_from(NAMES)
    own = st.builds(
        BookRow,
        names,
        st.sampled_from(["compound", "road", "building"]),
        st.sampled_from(LABELS),
        st.sampled_from(IDS),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(ROOMS),
    )
    numbered = st.builds(
        lambda name, number, label, home_id: BookRow(f"{name}|{number}", "number", label, home_id),
        names,
        st.sampled_from(["8", "8-1", "12"]),
        st.sampled_from(LABELS),
        st.sampled_from(IDS),
    )
    alias = st.builds(
        lambda row, of: row._replace(kind="alias", of=of), own, st.sampled_from(["", *NAMES])
    )
    whole = st.builds(lambda name, of: BookRow(name, "alias", of=of), names, st.sampled_from(NAMES))
    return st.lists(st.one_of(own, numbered, alias, whole), max_size=25)


def homes():
    return st.lists(st.sampled_from(IDS), unique=True, max_size=4).map(
        lambda ids: [home(i, micro=f"m{i[-1]}") for i in ids]
    )


@given(rows(), homes(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_book_finds_what_was_put_in_and_nothing_else(rows, homes, random):
    entries = [*rows, *homes]
    random.shuffle(entries)
    plain, book = PlainBook(entries), AddressBook.build(None, entries)
    for key in [*NAMES, *(f"{name}|{n}" for name in NAMES for n in ("8", "8-1", "12")), "芳", ""]:
        place = book.place(key)
        assert (place is not None) == (key in plain.places or key in plain.roads())
        if key not in plain.places:
            assert place is None or (place.kind, place.homes) == ("road", 0)
            continue
        assert (place.key, place.of) == (key, plain.of.get(key, ""))
        assert (place.kind == "alias") == (key not in plain.own)
        assert book.labels(place) == plain.labels(key)
        for label in [*LABELS, "3"]:
            found = tuple(each.home_id for each in book.homes_at(place, label))
            assert found == tuple(sorted(plain.places[key].get(label, ())))
        ids = tuple(each.home_id for each in book.homes_in(place))
        assert ids == plain.homes_in(key)
        assert place.homes == len(ids)
        assert book.homes_in(place, limit=2) == book.homes_in(place)[:2]
        codes = {plain.homes[i].grids[0].micro for i in ids}
        assert place.micro == (codes.pop() if len(codes) == 1 else "")
    known = [place for name in NAMES if (place := book.place(name)) and place.homes]
    for one, other in itertools.pairwise(known):
        common = set(plain.homes_in(one.key)) & set(plain.homes_in(other.key))
        assert book.share_home(one, other) == bool(common)
    for home_id in [*IDS, "B", ""]:
        assert book.home(home_id) == plain.homes.get(home_id)
        for room in ["101", "102", "1002", "1"]:
            found = book.stairwells_with(home_id, room)
            assert found == tuple(sorted(plain.rooms.get((home_id, room), ())))
    book.close()


@given(rows(), homes())
@settings(max_examples=30, deadline=None)
def test_names_and_numbers_are_found_by_their_parts(rows, homes):
    plain, book = PlainBook([*rows, *homes]), AddressBook.build(None, [*rows, *homes])
    names = sorted(name for name in plain.places if "|" not in name)
    for text in [*NAMES, "芳华", "芳", "新芳华苑", "在学府路", "8", ""]:
        assert book.numbers(text) == plain.numbers(text)
        roads = [road for road in plain.roads() if text.endswith(road)]
        assert book.roads_in(text) == tuple(sorted(roads, key=len, reverse=True))
        longer = tuple(name for name in names if name.startswith(text) and name != text)
        assert book.parts_of(text) == longer
        assert book.parts_of(text, limit=1) == longer[:1]
    for label in [*LABELS[1:], "3"]:
        places = sorted(name for name, labels in plain.places.items() if label in labels)
        assert book.places_with(label) == tuple(places)
        assert book.places_with(label, limit=1) == tuple(places[:1])
    book.close()


@given(rows(), homes(), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_no_byte(tmp_path_factory, rows, homes, random):
    folder = tmp_path_factory.mktemp("books")
    entries = [*rows, *homes]
    AddressBook.build(folder / "one", entries, areas=["甲区", "乙区"], unplaced=["x", "y"]).close()
    random.shuffle(entries)
    AddressBook.build(folder / "two", entries, areas=["乙区", "甲区"], unplaced=["y", "x"]).close()
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


def test_what_is_known_of_a_home_comes_back():
    split = home("B1", compound="芳华苑", building="1", split={"1": "m1", "2": "m2"})
    book = AddressBook.build(None, [split], areas=["建邺区"], unplaced=["海棠里9幢"])
    found = book.home("B1")
    assert found == split
    assert [g.micro for g in found.grids_of("2")] == ["m2"]
    assert found.atom_of == {"1": "B1/1", "2": "B1/2"}
    assert book.areas == {"建邺区"}
    assert book.is_unplaced("海棠里9幢")
    assert not book.is_unplaced("海棠里")
    book.close()


def test_an_empty_book_knows_nothing():
    book = AddressBook.build(None, [])
    assert book.place("") is book.place("芳华苑") is book.home("B1") is None
    assert book.similar("芳华苑") == book.suggest("芳") == book.suggest("") == ()
    book.close()


def test_two_homes_of_one_id_are_a_mistake(tmp_path):
    with pytest.raises(sqlite3.IntegrityError):
        AddressBook.build(tmp_path / "book", [home("B1"), home("B1")])
    assert list(tmp_path.iterdir()) == []


def test_a_book_that_fails_leaves_the_old_one(tmp_path):
    AddressBook.build(tmp_path / "book", [home("B1")]).close()

    def breaks():
        yield home("B2")
        message = "broken"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        AddressBook.build(tmp_path / "book", breaks())
    assert [path.name for path in tmp_path.iterdir()] == ["book"]
    book = AddressBook.open(tmp_path / "book")
    assert isinstance(book.home("B1"), Home)
    book.close()


def test_what_is_no_book_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        AddressBook.open(tmp_path / "none")
    (tmp_path / "text").write_text("no book" * 1000)
    sqlite3.connect(tmp_path / "other").close()
    for name in ("text", "other"):
        with pytest.raises(ValueError, match="publish"):
            AddressBook.open(tmp_path / name)


def test_a_book_of_its_own_goes_away(tmp_path):
    own, kept = AddressBook.build(None, [home("B1")]), tmp_path / "book"
    folder = own.path.parent
    assert folder.exists()
    own.close()
    assert not folder.exists()
    AddressBook.build(kept, [home("B1")]).close()
    assert kept.exists()


def test_threads_a_fork_and_other_processes_may_ask():
    book = book_of_plan(tiny_plan())
    keys = ["芳华苑", "海棠里", "学府路|8", "nowhere"] * 50
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(book.place, keys)) == [book.place(key) for key in keys]
    again = pickle.loads(pickle.dumps(book))  # noqa: S301 - our own
    assert again.place("芳华苑") == book.place("芳华苑")
    again.close()
    before = list(book._file._idle)
    book._file._process = -1
    assert book.home("H1").home_id == "H1"
    assert not set(before) & set(book._file._idle)
    for connection in before:
        connection.close()
    book.close()


def test_the_file_cannot_be_written_through_the_book():
    book = book_of_plan(tiny_plan())
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        book._file.rows("DELETE FROM home")
    book.close()


def test_a_plan_becomes_places_homes_and_atoms(tmp_path):
    book = book_of_plan(tiny_plan(), tmp_path / "addresses.sqlite")
    kinds = {key: book.place(key).kind for key in ("芳华苑", "学府路", "学府路|8", "老纺织宿舍")}
    assert list(kinds.values()) == ["compound", "road", "number", "alias"]
    assert book.place("老纺织宿舍").of == "芳华苑"
    assert [each.home_id for each in book.homes_in(book.place("老纺织宿舍"))] == ["H1", "H2", "H3"]
    assert book.home("H2").atom_of == {"1": "H2/1", "2": "H2/2"}
    assert book.home("H3").atom_of == {"": "H3"}
    assert book.stairwells_with("H2", "201") == ("1", "2")
    assert book.is_unplaced("海棠里9幢1单元101室")
    book.close()
