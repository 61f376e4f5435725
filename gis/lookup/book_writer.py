"""Write an address book; what is to be sorted is sorted on disk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final

from gis.lookup.book_names import write_names
from gis.lookup.book_rows import Home
from gis.lookup.book_schema import FORMAT, KINDS, TABLES, pack_home

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gis.lookup.book_rows import BookRow

__all__ = ["write_book"]

_CHUNK: Final = 20_000
#: Places remembered for a label that is asked for without any place.
_NAMELESS: Final = 64
_ALIAS: Final = KINDS.index("alias")
_NUMBER: Final = KINDS.index("number")
_ROAD: Final = KINDS.index("road")

#: Rows as they come; the attached database without a name is a file of SQLite's own that goes
#: away with the connection.
_STAGING: Final = """
CREATE TABLE raw.home (home_id TEXT, facts TEXT, micro TEXT);
CREATE TABLE raw.named (place TEXT, kind INTEGER, label TEXT, home_id TEXT);
CREATE TABLE raw.alias (place TEXT, of TEXT);
CREATE TABLE raw.room (home_id TEXT, room TEXT, stairwell TEXT);
CREATE TABLE raw.unplaced (text TEXT);
CREATE TABLE raw.near (key INTEGER, place INTEGER);
CREATE TABLE raw.typed (letters TEXT, place INTEGER);
"""

_HOMES: Final = """
INSERT INTO home SELECT row_number() OVER (ORDER BY home_id), home_id, facts FROM raw.home
ORDER BY home_id;
CREATE UNIQUE INDEX home_by_id ON home (home_id);
CREATE TABLE raw.micro (home INTEGER PRIMARY KEY, micro TEXT);
INSERT INTO raw.micro SELECT h.number, r.micro FROM raw.home r JOIN home h USING (home_id)
ORDER BY 1;
"""

#: A row whose home is in no grid leads nowhere. An alias of a whole place has all that the
#: place has; where a name is also a place of its own, or stands for several, it has not.
_ENTRIES: Final = f"""
CREATE TABLE raw.entry (
    place TEXT, label TEXT, home INTEGER, kind INTEGER, PRIMARY KEY (place, label, home)
) WITHOUT ROWID;
INSERT OR IGNORE INTO raw.entry SELECT n.place, n.label, h.number, n.kind
FROM raw.named n JOIN home h USING (home_id) ORDER BY n.place, n.label, h.number, n.kind;
CREATE TABLE raw.stands (place TEXT PRIMARY KEY, of TEXT) WITHOUT ROWID;
INSERT INTO raw.stands SELECT place, of FROM (
    SELECT place, min(of) AS of FROM raw.alias GROUP BY place HAVING min(of) = max(of)
) a WHERE of <> place
    AND EXISTS (SELECT 1 FROM raw.entry e WHERE e.place = a.of AND e.kind < {_ALIAS})
    AND NOT EXISTS (SELECT 1 FROM raw.entry e WHERE e.place = a.place AND e.kind < {_ALIAS});
INSERT OR IGNORE INTO raw.entry SELECT s.place, e.label, e.home, {_ALIAS}
FROM raw.stands s JOIN raw.entry e ON e.place = s.of;
"""  # noqa: S608 - our own constants

#: A road that only its numbers tell of is a place too, without homes of its own.
_PLACES: Final = f"""
CREATE TABLE raw.gathered (
    key TEXT PRIMARY KEY, kind INTEGER, homes INTEGER, weight INTEGER, micro TEXT
) WITHOUT ROWID;
INSERT INTO raw.gathered
SELECT place, min(kind), count(DISTINCT home), count(DISTINCT home),
    iif(min(micro) = max(micro), min(micro), '')
FROM raw.entry JOIN raw.micro USING (home) GROUP BY place;
CREATE TABLE raw.numbered (key TEXT PRIMARY KEY, weight INTEGER, micro TEXT) WITHOUT ROWID;
INSERT INTO raw.numbered
SELECT substr(key, 1, instr(key, '|') - 1), sum(homes),
    iif(min(micro) = max(micro), min(micro), '')
FROM raw.gathered WHERE instr(key, '|') GROUP BY 1;
INSERT INTO raw.gathered
SELECT key, {_ROAD}, 0, weight, micro FROM raw.numbered
WHERE key NOT IN (SELECT key FROM raw.gathered);
INSERT INTO place
SELECT row_number() OVER (ORDER BY instr(g.key, '|') > 0, g.weight DESC, g.key),
    g.key, g.kind, coalesce(s.of, ''), g.homes, n.key IS NOT NULL, g.micro
FROM raw.gathered g LEFT JOIN raw.stands s ON s.place = g.key
LEFT JOIN raw.numbered n ON n.key = g.key ORDER BY 1;
CREATE UNIQUE INDEX place_by_key ON place (key);
"""  # noqa: S608 - our own constants

_BELOW: Final = f"""
INSERT INTO label SELECT p.number, e.label, e.home
FROM raw.entry e JOIN place p ON p.key = e.place ORDER BY 1, 2, 3;
INSERT INTO nameless SELECT label, place FROM (
    SELECT label, place, row_number() OVER (PARTITION BY label ORDER BY place) AS at
    FROM (SELECT DISTINCT label, place FROM raw.entry WHERE label <> '')
) WHERE at <= {_NAMELESS} ORDER BY 1, 2;
INSERT OR IGNORE INTO room SELECT h.number, r.room, r.stairwell
FROM raw.room r JOIN home h USING (home_id) ORDER BY 1, 2, 3;
"""  # noqa: S608 - our own constants

_NAMES: Final = """
INSERT OR IGNORE INTO near SELECT key, place FROM raw.near ORDER BY 1, 2;
INSERT OR IGNORE INTO typed SELECT letters, place FROM raw.typed WHERE letters <> '' ORDER BY 1, 2;
"""


def write_book(
    path: Path,
    entries: Iterable[BookRow | Home],
    *,
    areas: Iterable[str],
    unplaced: Iterable[str],
) -> None:
    """Write a book to a new file.

    Rows and homes may come in any order; they are read once and never held in memory. The same
    rows and homes make the same book.

    Parameters
    ----------
    path
        Where to; there must be nothing yet.
    entries
        The homes, and the rows that lead to them; rows of homes that do not come are left out.
    areas, unplaced
        See `gis.lookup.book.AddressBook.build`; read when the entries are done.

    Raises
    ------
    sqlite3.IntegrityError
        Where two homes have one id.
    """
    with closing(sqlite3.connect(path)) as base:
        base.executescript(
            f"PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            f"PRAGMA temp_store = FILE; PRAGMA cache_size = -65536; PRAGMA user_version = {FORMAT};"
            f"ATTACH '' AS raw; PRAGMA raw.journal_mode = OFF; PRAGMA raw.cache_size = -65536;"
            f"{TABLES} {_STAGING}"
        )
        _stage(base, entries)
        for step in (_HOMES, _ENTRIES, _PLACES, _BELOW):
            base.executescript(step)
        write_names(base)
        base.executescript(_NAMES)
        base.executemany("INSERT INTO area VALUES (?)", ((area,) for area in sorted(set(areas))))
        base.executemany("INSERT INTO raw.unplaced VALUES (?)", ((text,) for text in unplaced))
        base.execute("INSERT INTO unplaced SELECT DISTINCT text FROM raw.unplaced ORDER BY text")
        base.executescript("ANALYZE;")


def _stage(base: sqlite3.Connection, entries: Iterable[BookRow | Home]) -> None:
    """Take the entries as they come, but for rows that repeat the one before."""
    waiting = iter(entries)
    kinds = {kind: at for at, kind in enumerate(KINDS)}
    last: tuple[str, str, str] | None = None
    while chunk := list(islice(waiting, _CHUNK)):
        homes, named, aliases, rooms = [], [], [], []
        for entry in chunk:
            if isinstance(entry, Home):
                homes.append((entry.home_id, pack_home(entry), _micro(entry)))
                continue
            place, kind, label, home_id, stairwell, room, of = entry
            if of:
                aliases.append((place, of))
            if room:
                rooms.append((home_id, room, stairwell))
            if home_id and place and (place, label, home_id) != last:
                last = (place, label, home_id)
                named.append((place, kinds[kind], label, home_id))
        base.executemany("INSERT INTO raw.home VALUES (?, ?, ?)", homes)
        base.executemany("INSERT INTO raw.named VALUES (?, ?, ?, ?)", named)
        base.executemany("INSERT INTO raw.alias VALUES (?, ?)", aliases)
        base.executemany("INSERT INTO raw.room VALUES (?, ?, ?)", rooms)


def _micro(home: Home) -> str:
    """Return the micro-grid that all of a home lies in; empty where there are several."""
    codes = {grids.micro for grids in home.grids}
    return codes.pop() if len(codes) == 1 else ""
