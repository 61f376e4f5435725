"""Look up places and homes by what people call them, in one file that is never loaded."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.book_file import FrozenFile
from gis.lookup.book_rows import Place, label_order
from gis.lookup.book_schema import FORMAT, KINDS, unpack_home
from gis.lookup.book_writer import write_book
from gis.lookup.grams import beginning
from gis.lookup.grams import inside as within
from gis.lookup.similar import SimilarNames
from gis.lookup.sounds import letters, syllables_of
from gis.lookup.suggest import Suggestion, suggest
from gis.lookup.text import has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.lookup.book_rows import BookRow, Home

__all__ = ["AddressBook"]

#: Places, and homes, kept in memory: what was asked for last.
_KEPT: Final = 4096
_NO_LIMIT: Final = -1
_PLACE: Final = "key, kind, of, homes, numbered, micro, number"
_HOMES: Final = "SELECT label, home_id, facts FROM label JOIN home ON number = home WHERE place = ?"
_AFTER_ALL: Final = "\U0010ffff"


class AddressBook:
    """A plan's buildings and addresses by every name they have; made by `build`, then only read.

    The file is mapped into memory, never read into it, and shared by all processes that open it.
    A book may be asked by several threads at once, after a fork, and be sent to another process.

    Parameters
    ----------
    path
        The file.
    folder
        Removed when the book is closed, or forgotten by the process that made it.

    Attributes
    ----------
    path
        The file.
    areas
        Areas that the plan's addresses and communities lie in, one by one.

    Examples
    --------
    >>> from gis.lookup.addresses import ParsedAddress
    >>> from gis.lookup.book_rows import BookRow, Grids, Home
    >>> home = Home(home_id="B1", name="1幢", compound="芳华苑", stairwells=("1",), split={},
    ...     standard=ParsedAddress(compound="芳华苑", building="1"), atom_of={"": "B1"},
    ...     grids=(Grids("c", "l", "m"),))
    >>> row = BookRow("芳华苑", "compound", "1", "B1", "1", "101")
    >>> book = AddressBook.build(None, [home, row], areas=["建邺区"])
    >>> place = book.place("芳华苑")
    >>> book.labels(place), [home.home_id for home in book.homes_at(place, "1")]
    (('1',), ['B1'])
    >>> book.stairwells_with("B1", "101"), book.stairwells_with("B1", "102")
    (('1',), ())
    >>> book.close()
    """

    def __init__(self, path: Path, *, folder: Path | None = None) -> None:
        self.path = path
        self._file = FrozenFile(path, folder=folder)
        self._similar = SimilarNames(self._file)
        self._kept_place = lru_cache(_KEPT)(self._read_place)
        self._kept_home = lru_cache(_KEPT)(unpack_home)
        self.areas = frozenset(name for (name,) in self._file.rows("SELECT name FROM area"))

    @classmethod
    def build(
        cls,
        path: Path | None,
        entries: Iterable[BookRow | Home],
        *,
        areas: Iterable[str] = (),
        unplaced: Iterable[str] = (),
    ) -> AddressBook:
        """Write a book and open it.

        Parameters
        ----------
        path
            A file that is replaced in one step once the book is whole; None for a file of its
            own that goes away with the book.
        entries
            The homes, and the rows that lead to them, in any order; read once, never held in
            memory.
        areas
            Areas that the addresses lie in, one by one: 建邺区.
        unplaced
            Normalised addresses that the table has and the plan could not place.
        """
        folder = Path(mkdtemp(prefix="wangge-", dir=path.parent if path else None))
        try:
            made = folder / "addresses.sqlite"
            write_book(made, entries, areas=areas, unplaced=unplaced)
            if path:
                made.replace(path)
                folder.rmdir()
        except BaseException:
            rmtree(folder, ignore_errors=True)
            raise
        return cls(path) if path else cls(made, folder=folder)

    @classmethod
    def open(cls, path: Path) -> AddressBook:
        """Open a book.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where the file is no address book of this version.
        """
        if not path.is_file():
            raise FileNotFoundError(path)
        with closing(FrozenFile(path)) as file:
            try:
                ((version,),) = file.rows("PRAGMA user_version")
            except sqlite3.DatabaseError:
                version = None
        if version != FORMAT:
            message = f"{path} is no address book of this version: publish the plan again"
            raise ValueError(message)
        return cls(path)

    def __reduce__(self) -> tuple[Any, ...]:
        """Open the same file where a book is sent to another process."""
        return AddressBook.open, (self.path,)

    def close(self) -> None:
        """Close the file; a book of its own is removed."""
        self._file.close()

    def place(self, key: str) -> Place | None:
        """Return the place of a key: a compound's, a road's, a number's, an alias's."""
        return self._kept_place(key)

    def labels(self, place: Place) -> tuple[str, ...]:
        """Return the labels of a place's buildings, in the order of `label_order`.

        A building that the place itself is has the label "".
        """
        found = self._file.rows("SELECT DISTINCT label FROM label WHERE place = ?", place.number)
        return tuple(sorted((label for (label,) in found), key=label_order))

    def homes_at(self, place: Place, label: str) -> tuple[Home, ...]:
        """Return the homes of a label in a place, by their ids."""
        found = self._file.rows(
            "SELECT home_id, facts FROM label JOIN home ON number = home"
            " WHERE place = ? AND label = ? ORDER BY home",
            place.number,
            label,
        )
        return tuple(self._kept_home(home_id, facts) for home_id, facts in found)

    def homes_in(self, place: Place, *, limit: int | None = None) -> tuple[Home, ...]:
        """Return the homes of a place, in the order of their labels; at most `limit`."""
        numbers = self._file.rows("SELECT label, home FROM label WHERE place = ?", place.number)
        numbers.sort(key=lambda row: label_order(row[0]))
        wanted = list(dict.fromkeys(number for _, number in numbers))[:limit]
        found = self._file.rows(
            "SELECT number, home_id, facts FROM home"
            " WHERE number IN (SELECT value FROM json_each(?))",
            json.dumps(wanted),
        )
        homes = {number: self._kept_home(home_id, facts) for number, home_id, facts in found}
        return tuple(homes[number] for number in wanted)

    def share_home(self, one: Place, other: Place) -> bool:
        """Tell whether two places, as a compound and a number, have a home in common."""
        found = self._file.rows(
            "SELECT 1 FROM label WHERE place = ?"
            " AND home IN (SELECT home FROM label WHERE place = ?) LIMIT 1",
            one.number,
            other.number,
        )
        return bool(found)

    def home(self, home_id: str) -> Home | None:
        """Return the home of an id."""
        found = self._file.rows("SELECT facts FROM home WHERE home_id = ?", home_id)
        return self._kept_home(home_id, found[0][0]) if found else None

    def stairwells_with(self, home_id: str, room: str) -> tuple[str, ...]:
        """Return the stairwells of a home that have a room; "" where the table names none."""
        found = self._file.rows(
            "SELECT stairwell FROM room WHERE home = (SELECT number FROM home WHERE home_id = ?)"
            " AND room = ?",
            home_id,
            room,
        )
        return tuple(sorted((stairwell for (stairwell,) in found), key=label_order))

    def numbers(self, road: str) -> tuple[str, ...]:
        """Return the keys of a road's numbers, in their order: 学府路|8, 学府路|8-1."""
        found = self._file.rows(
            "SELECT key FROM place WHERE key > ? AND key < ?", f"{road}|", f"{road}|{_AFTER_ALL}"
        )
        return tuple(sorted((key for (key,) in found), key=label_order))

    def roads_in(self, text: str) -> tuple[str, ...]:
        """Return the known roads, and others that have numbers, that a text ends with.

        The longest comes first; 新学府路 ends with 学府路 too.
        """
        return tuple(place.key for place in self._endings(text) if place.numbered)

    def names_in(self, text: str) -> tuple[Place, ...]:
        """Return the places whose names a text ends with, the longest first."""
        return tuple(self._endings(text))

    def parts_of(self, name: str, *, limit: int | None = None) -> tuple[str, ...]:
        """Return the names that go on after a name, in their order: 玉兰苑 → 玉兰苑南区.

        At most `limit` of them.
        """
        found = self._file.rows(
            "SELECT key FROM place WHERE key > ? AND key < ? AND NOT instr(key, '|')"
            " AND homes > 0 ORDER BY key LIMIT ?",
            name,
            name + _AFTER_ALL,
            _NO_LIMIT if limit is None else limit,
        )
        return tuple(key for (key,) in found)

    def places_with(self, label: str, *, limit: int = 64) -> tuple[str, ...]:
        """Return places that have a building of a label, in their order.

        At most `limit`, and no more than 64: with more, a label alone says nothing.
        """
        found = self._file.rows(
            "SELECT place FROM nameless WHERE label = ? ORDER BY place LIMIT ?", label, limit
        )
        return tuple(place for (place,) in found)

    def is_unplaced(self, text: str) -> bool:
        """Tell whether the table has a normalised address that the plan could not place."""
        return bool(self._file.rows("SELECT 1 FROM unplaced WHERE text = ?", text))

    def names(self, text: str, *, inside: bool = False, limit: int) -> tuple[Place, ...]:
        """Return the places whose names begin with a text, or have it inside.

        Those with the most homes come first.
        """
        if not text:
            return ()
        found = self._file.rows(
            f"SELECT {_PLACE} FROM place WHERE number IN"  # noqa: S608
            " (SELECT rowid FROM gram WHERE gram MATCH ? ORDER BY rowid LIMIT ?) ORDER BY number",
            within(text) if inside else beginning(text),
            limit,
        )
        return tuple(map(_place, found))

    def names_typed(self, begun: str, *, limit: int) -> tuple[Place, ...]:
        """Return the places whose names begin, in pinyin or its initials, with letters.

        Those with the most homes come first.
        """
        found = self._file.rows(
            f"SELECT {_PLACE} FROM place WHERE number IN"  # noqa: S608
            " (SELECT DISTINCT place FROM typed WHERE letters >= ? AND letters < ?"
            " ORDER BY place LIMIT ?) ORDER BY number",
            begun,
            begun + _AFTER_ALL,
            limit,
        )
        return tuple(map(_place, found))

    def letters_of(self, name: str) -> str:
        """Return a name as one types it in pinyin: fanghuayuan."""
        return letters(syllables_of(name, self._similar.sounds))

    def western_roads(self) -> tuple[str, ...]:
        """Return the roads that are written without Chinese, in their order."""
        found = self._file.rows("SELECT key FROM place WHERE numbered AND key < '⺀' ORDER BY key")
        return tuple(key for (key,) in found if not has_han(key))

    def some_home_id(self) -> str:
        """Return the id of one building, for how ids are written; empty where there is none."""
        found = self._file.rows(
            "SELECT home_id FROM home WHERE home_id NOT LIKE 'cell:%' ORDER BY number LIMIT 1"
        )
        return str(found[0][0]) if found else ""

    @property
    def sounds(self) -> Mapping[str, str]:
        """Character to its usual syllable."""
        return self._similar.sounds

    def rooms_of(self, home_id: str, stairwell: str, *, prefix: str = "") -> tuple[str, ...]:
        """Return the rooms of a home's stairwell that begin with something, in their order.

        All of the home's where the stairwell is "".
        """
        found = self._file.rows(
            "SELECT DISTINCT room FROM room"
            " WHERE home = (SELECT number FROM home WHERE home_id = ?)"
            " AND room >= ? AND room < ? AND ? IN ('', stairwell)",
            home_id,
            prefix,
            prefix + _AFTER_ALL,
            stairwell,
        )
        return tuple(sorted((room for (room,) in found), key=label_order))

    def suggest(self, text: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return what may be meant by a text that is still being typed.

        See `gis.lookup.suggest.suggest`.
        """
        return suggest(self, text, limit=limit)

    def similar(self, name: str, *, limit: int = 20) -> tuple[tuple[str, float], ...]:
        """Return the names most like a name, each with its likeness from 0 to 1, the best first.

        By characters (one wrong, dropped, added, swapped, taken for one that looks like it),
        by sound (homophones, syllables that are easily confused), by pinyin or its initials.
        A likeness is no confidence: see `gis.lookup.likeness.likeness`.

        Parameters
        ----------
        name
            The key of a compound, a road, or another name; or letters.
        limit
            How many at most; the same likeness in the order of the characters.
        """
        return self._similar.find(name, limit=limit)

    def _endings(self, text: str) -> list[Place]:
        keys = [text[start:] for start in range(len(text))]
        marks = ",".join("?" * len(keys))
        found = self._file.rows(
            f"SELECT {_PLACE} FROM place WHERE key IN ({marks}) AND kind <> ?",  # noqa: S608
            *keys,
            KINDS.index("number"),
        )
        return sorted((_place(row) for row in found), key=lambda place: -len(place.key))

    def _read_place(self, key: str) -> Place | None:
        found = self._file.rows(f"SELECT {_PLACE} FROM place WHERE key = ?", key)  # noqa: S608
        return _place(found[0]) if found else None


def _place(row: tuple[Any, ...]) -> Place:
    key, kind, of, homes, numbered, micro, number = row
    return Place(key, KINDS[kind], of, homes, bool(numbered), micro, number)
