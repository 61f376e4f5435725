"""Say what an address book is made of: places, homes, rows from one to the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from gis.lookup.addresses import ParsedAddress, compound_key

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BookRow", "Grids", "Home", "Place", "PlaceKind", "label_order", "number_key"]

#: What a name stands for: a compound, a road (or whatever else has numbers), a building that
#: has a name of its own, a number of a road, or another name of one of these.
PlaceKind = Literal["compound", "road", "building", "number", "alias"]


class Grids(NamedTuple):
    """Codes of what an atom lies in."""

    community: str
    large: str
    micro: str


class Home(NamedTuple):
    """One building, or one given cell.

    Parameters
    ----------
    home_id
        Its building id; a cell's is ``cell:`` and the atom.
    name, compound
        As the plan has them; empty where it has none.
    standard
        Its address in parts.
    stairwells
        Every stairwell known of, in their order.
    grids
        The grids of the whole building, each once.
    split
        Where the building is split: stairwell to its grids.
    atom_of
        Stairwell to its atom; "" for a building that is one.
    """

    home_id: str
    name: str
    compound: str
    standard: ParsedAddress
    stairwells: tuple[str, ...]
    grids: tuple[Grids, ...]
    split: Mapping[str, Grids]
    atom_of: Mapping[str, str]

    def grids_of(self, stairwell: str) -> tuple[Grids, ...]:
        """Return the grids of a stairwell; those of the whole building where it is not split."""
        return (self.split[stairwell],) if stairwell in self.split else self.grids


class BookRow(NamedTuple):
    """One way by which a name leads to a home; what a book is built of.

    Parameters
    ----------
    place
        The key of a place: `compound_key` of a name, or what `number_key` writes.
    kind
        What it is.
    label
        The building's label in the place; empty where the place itself is the building.
    home_id
        The home; empty in a row that only says what place an alias stands for.
    stairwell, room
        A room that the home has, and its stairwell, as far as known.
    of
        For an alias: the place it stands for, so far as a whole place is meant.
    """

    place: str
    kind: PlaceKind
    label: str = ""
    home_id: str = ""
    stairwell: str = ""
    room: str = ""
    of: str = ""


class Place(NamedTuple):
    """A place that the book knows.

    Parameters
    ----------
    key, kind
        Its name, and what it is.
    of
        The key of the place that an alias stands for; empty where it is none, or stands for
        single buildings.
    homes
        How many homes it has.
    numbered
        Whether it has numbers, as roads have.
    micro
        The code of the micro-grid that all of it lies in; empty where there are several.
    number
        Its row in the book; the more homes, the lower.
    """

    key: str
    kind: PlaceKind
    of: str
    homes: int
    numbered: bool
    micro: str
    number: int


def number_key(address: ParsedAddress) -> str:
    """Return the key of a road, or a compound, with its number; empty without a number.

    Examples
    --------
    >>> number_key(ParsedAddress(road="芳菲路", number="36-2"))
    '芳菲路|36-2'
    """
    place = address.road or compound_key(address.compound)
    return f"{place}|{address.number}" if address.number and place else ""


def label_order(label: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts 2 before 10, and A before B.

    Examples
    --------
    >>> sorted(["10", "2", "B", "A"], key=label_order)
    ['A', 'B', '2', '10']
    """
    return tuple(
        (int(piece), "") if piece.isdecimal() else (-1, piece)
        for piece in re.findall(r"\d+|\D+", label)
    )
