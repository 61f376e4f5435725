"""Lay out the tables of an address book, and pack a home into one row of them."""

from __future__ import annotations

import json
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.lookup.addresses import ParsedAddress
from gis.lookup.book_rows import Grids, Home

if TYPE_CHECKING:
    from gis.lookup.book_rows import PlaceKind

__all__ = ["FORMAT", "KINDS", "TABLES", "pack_home", "unpack_home"]

#: Changes with the tables: a book of another format is refused rather than misread.
FORMAT: Final = 1

#: Kinds by their number; where a name is several, it is what stands first.
KINDS: Final[tuple[PlaceKind, ...]] = ("compound", "road", "building", "number", "alias")

#: Numbers of places follow how many homes they have, so that in every list the low come first.
#: `nameless` keeps, for each label, the first places that have such a building. Of names alone:
#: `gram` has their pairs of characters, `common` the pairs that say little, `near` what misspelt
#: ones share, `typed` their letters and initials, `sound` the usual syllable of each character,
#: `reading` those of a name where its words say otherwise.
TABLES: Final = """
CREATE TABLE area (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE unplaced (text TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE home (number INTEGER PRIMARY KEY, home_id TEXT NOT NULL, facts TEXT NOT NULL);
CREATE TABLE place (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, kind INTEGER NOT NULL, of TEXT NOT NULL,
    homes INTEGER NOT NULL, numbered INTEGER NOT NULL, micro TEXT NOT NULL
);
CREATE TABLE label (
    place INTEGER, label TEXT, home INTEGER, PRIMARY KEY (place, label, home)
) WITHOUT ROWID;
CREATE TABLE room (
    home INTEGER, room TEXT, stairwell TEXT, PRIMARY KEY (home, room, stairwell)
) WITHOUT ROWID;
CREATE TABLE nameless (label TEXT, place TEXT, PRIMARY KEY (label, place)) WITHOUT ROWID;
CREATE VIRTUAL TABLE gram USING fts5 (grams, content='', tokenize='ascii');
CREATE TABLE common (pair TEXT PRIMARY KEY, names INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE near (key INTEGER, place INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE typed (letters TEXT, place INTEGER, PRIMARY KEY (letters, place)) WITHOUT ROWID;
CREATE TABLE sound (mark TEXT PRIMARY KEY, syllable TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (place INTEGER PRIMARY KEY, syllables TEXT NOT NULL);
"""

_PARTS: Final = tuple(field.name for field in fields(ParsedAddress))


def pack_home(home: Home) -> str:
    """Write all of a home but its id as text.

    Grids are listed once; `split` points into the list.
    """
    every = sorted({*home.grids, *home.split.values()})
    return json.dumps(
        [
            home.name,
            home.compound,
            {part: value for part in _PARTS if (value := getattr(home.standard, part))},
            home.stairwells,
            every,
            [every.index(g) for g in home.grids],
            {stairwell: every.index(g) for stairwell, g in home.split.items()},
            dict(home.atom_of),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def unpack_home(home_id: str, facts: str) -> Home:
    """Read a home back.

    Examples
    --------
    >>> grids = Grids("c", "l", "m")
    >>> home = Home(home_id="B1", name="1幢", compound="芳华苑", stairwells=("1",), grids=(grids,),
    ...     standard=ParsedAddress(compound="芳华苑", building="1"), split={}, atom_of={"": "B1"})
    >>> unpack_home("B1", pack_home(home)) == home
    True
    """
    name, compound, standard, stairwells, codes, grids, split, atoms = json.loads(facts)
    every = [Grids(*each) for each in codes]
    return Home(
        home_id=home_id,
        name=name,
        compound=compound,
        standard=ParsedAddress(**standard),
        stairwells=tuple(stairwells),
        grids=tuple(every[at] for at in grids),
        split=MappingProxyType({stairwell: every[at] for stairwell, at in split.items()}),
        atom_of=MappingProxyType(atoms),
    )
