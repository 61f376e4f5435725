"""Hold a plan's buildings and addresses by what people call them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.lookup.addresses import ParsedAddress, compound_key

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Gazetteer", "Grids", "Home", "label_order", "number_key"]


@dataclass(frozen=True, slots=True, order=True)
class Grids:
    """Codes of what an atom lies in."""

    community: str
    large: str
    micro: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Home:
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
    """

    home_id: str
    name: str
    compound: str
    standard: ParsedAddress
    stairwells: tuple[str, ...]
    grids: tuple[Grids, ...]
    split: Mapping[str, Grids]

    def grids_of(self, stairwell: str) -> tuple[Grids, ...]:
        """Return the grids of a stairwell; those of the whole building where it is not split."""
        return (self.split[stairwell],) if stairwell in self.split else self.grids


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """A plan's places by name.

    Parameters
    ----------
    homes
        Home id to home.
    places
        Place to building label to home ids. A place is a compound's key, or a road (or a
        compound) with a number as `number_key` writes it; the label is empty where the place
        itself is the building. Labels are in the order of `label_order`.
    rooms
        Home id and room to the stairwells that have it; "" where the table names none.
    roads
        Road to its numbered places.
    unplaced
        Normalised addresses that the table has and the plan could not place.
    areas
        Areas that the plan's addresses and communities lie in, one by one.
    """

    homes: Mapping[str, Home]
    places: Mapping[str, Mapping[str, tuple[str, ...]]]
    rooms: Mapping[tuple[str, str], tuple[str, ...]]
    roads: Mapping[str, tuple[str, ...]]
    unplaced: frozenset[str]
    areas: frozenset[str]

    def homes_in(self, place: str) -> tuple[Home, ...]:
        """Return all homes of a place, in the order of their labels."""
        ids = dict.fromkeys(i for homes in self.places[place].values() for i in homes)
        return tuple(self.homes[home_id] for home_id in ids)


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
