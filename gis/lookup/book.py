"""Look up places and homes by what people call them, in one file that is never loaded."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections import deque
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.book_rows import Place, label_order
from gis.lookup.book_schema import FORMAT, KINDS, unpack_home
from gis.lookup.book_writer import write_book

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.lookup.book_rows import BookRow, Home

__all__ = ["AddressBook"]

#: Places, and homes, kept in memory: what was asked for last.
_KEPT: Final = 4096
#: Pages that a connection keeps besides the mapped file, in KiB.
_CACHE_KIB: Final = 256
_NO_LIMIT: Final = -1
_PLACE: Final = "key, kind, of, homes, numbered, micro, number"
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
        # As deques take and give in one step, connections need no lock; there are as many as
        # were ever asked at once.
        self._idle: deque[sqlite3.Connection] = deque()
        self._process = os.getpid()
        self._finish = weakref.finalize(self, _end, self._idle, folder, self._process)
        self._kept_place = lru_cache(_KEPT)(self._read_place)
        self._kept_home = lru_cache(_KEPT)(self._read_home)
        self.areas = frozenset(name for (name,) in self._all("SELECT name FROM area"))

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
        with _connected(path) as base:
            try:
                ((version,),) = base.execute("PRAGMA user_version")
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
        self._finish()

    def place(self, key: str) -> Place | None:
        """Return the place of a key: a compound's, a road's, a number's, an alias's."""
        return self._kept_place(key)

    def labels(self, place: Place) -> tuple[str, ...]:
        """Return the labels of a place's buildings, in the order of `label_order`.

        A building that the place itself is has the label "".
        """
        found = self._all("SELECT DISTINCT label FROM label WHERE place = ?", place.number)
        return tuple(sorted((label for (label,) in found), key=label_order))

    def homes_at(self, place: Place, label: str) -> tuple[Home, ...]:
        """Return the homes of a label in a place, by their ids."""
        found = self._all(
            "SELECT home FROM label WHERE place = ? AND label = ?", place.number, label
        )
        return tuple(self._kept_home(number) for (number,) in found)

    def homes_in(self, place: Place, *, limit: int | None = None) -> tuple[Home, ...]:
        """Return the homes of a place, in the order of their labels; at most `limit`."""
        found = self._all("SELECT label, home FROM label WHERE place = ?", place.number)
        found.sort(key=lambda row: label_order(row[0]))
        numbers = list(dict.fromkeys(number for _, number in found))[:limit]
        return tuple(self._kept_home(number) for number in numbers)

    def home(self, home_id: str) -> Home | None:
        """Return the home of an id."""
        found = self._all("SELECT number FROM home WHERE home_id = ?", home_id)
        return self._kept_home(found[0][0]) if found else None

    def stairwells_with(self, home_id: str, room: str) -> tuple[str, ...]:
        """Return the stairwells of a home that have a room; "" where the table names none."""
        found = self._all(
            "SELECT stairwell FROM room WHERE home = (SELECT number FROM home WHERE home_id = ?)"
            " AND room = ?",
            home_id,
            room,
        )
        return tuple(sorted((stairwell for (stairwell,) in found), key=label_order))

    def numbers(self, road: str) -> tuple[str, ...]:
        """Return the keys of a road's numbers, in their order: 学府路|8, 学府路|8-1."""
        found = self._all(
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
        found = self._all(
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
        found = self._all(
            "SELECT place FROM nameless WHERE label = ? ORDER BY place LIMIT ?", label, limit
        )
        return tuple(place for (place,) in found)

    def is_unplaced(self, text: str) -> bool:
        """Tell whether the table has a normalised address that the plan could not place."""
        return bool(self._all("SELECT 1 FROM unplaced WHERE text = ?", text))

    def _endings(self, text: str) -> list[Place]:
        keys = [text[start:] for start in range(len(text))]
        marks = ",".join("?" * len(keys))
        found = self._all(
            f"SELECT {_PLACE} FROM place WHERE key IN ({marks}) AND kind <> ?",  # noqa: S608
            *keys,
            KINDS.index("number"),
        )
        return sorted((_place(row) for row in found), key=lambda place: -len(place.key))

    def _read_place(self, key: str) -> Place | None:
        found = self._all(f"SELECT {_PLACE} FROM place WHERE key = ?", key)  # noqa: S608
        return _place(found[0]) if found else None

    def _read_home(self, number: int) -> Home:
        ((home_id, facts),) = self._all("SELECT home_id, facts FROM home WHERE number = ?", number)
        return unpack_home(home_id, facts)

    def _all(self, query: str, *values: Any) -> list[Any]:
        if self._process != os.getpid():  # a connection must not be used on both sides of a fork
            self._idle.clear()
            self._process = os.getpid()
        try:
            base = self._idle.pop()
        except IndexError:
            base = _connect(self.path)
        try:
            return base.execute(query, values).fetchall()
        finally:
            self._idle.append(base)


def _place(row: tuple[Any, ...]) -> Place:
    key, kind, of, homes, numbered, micro, number = row
    return Place(key, KINDS[kind], of, homes, bool(numbered), micro, number)


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file that does not change while it is open."""
    base = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    base.execute(f"PRAGMA mmap_size = {path.stat().st_size}")
    base.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return base


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    base = _connect(path)
    try:
        yield base
    finally:
        base.close()


def _end(idle: deque[sqlite3.Connection], folder: Path | None, process: int) -> None:
    """Close a book; the folder of one of its own is removed by the process that made it."""
    while idle:
        idle.pop().close()
    if folder and os.getpid() == process:
        rmtree(folder, ignore_errors=True)
