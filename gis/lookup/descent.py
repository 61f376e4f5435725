"""Go down from a place to the building, the stairwell and the room, as far as the tables bear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from gis.lookup.addresses import ParsedAddress, compound_key, format_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.lookup.answer import MatchLevel, Reason
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids, Home, Place
    from gis.lookup.slots import Slots

__all__ = ["DEPTH", "Descent", "Match", "descend", "in_home", "name_of"]

DEPTH: Final = {"room": 5, "stairwell": 4, "building": 3, "compound": 2, "road": 1, "none": 0}

#: How sure a match of each depth is when every word of the address was found.
_SURE: Final = {"room": 0.995, "stairwell": 0.985, "building": 0.98, "compound": 0.97}
_IMPLIED: Final = 0.97  # the stairwell was not said, and only one has such a room
_UNKNOWN_PART: Final = 0.95  # what lies deeper is not in the table
_UNKNOWN_BUILDING: Final = 0.5  # the compound is known and the building is not
_RUN: Final = 0.5
_DIGITS: Final = range(1, 3)
_ROOM_LENGTHS: Final = (3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One way to understand an address.

    Parameters
    ----------
    level
        How deep it reaches.
    homes
        The buildings it may be: one where it reaches a building.
    place, key
        The place it was found in, as people name it, and its key.
    stairwell, room
        As far as found.
    confidence
        From 0 to 1.
    complete
        Whether every part was found.
    beside
        Whether the words say beside it and not at it.
    """

    level: MatchLevel
    homes: tuple[Home, ...]
    place: str
    key: str
    confidence: float
    complete: bool
    stairwell: str = ""
    room: str = ""
    beside: bool = False

    @property
    def grids(self) -> tuple[Grids, ...]:
        """Every grid it may lie in, each once."""
        return tuple(sorted({g for home in self.homes for g in home.grids_of(self.stairwell)}))

    @property
    def identity(self) -> tuple[str, ...]:
        """What it is, however it was found."""
        ids = (home.home_id for home in self.homes)
        return (self.level, self.stairwell, self.room, *ids)

    def __hash__(self) -> int:
        return hash((self.level, self.key, self.stairwell, self.room, len(self.homes)))


class Descent(NamedTuple):
    """The matches in one place, and why one must ask."""

    found: tuple[Match, ...]
    doubt: Reason | None = None


def in_home(book: AddressBook, home: Home, slots: Slots) -> Descent:
    """Match what slots hold in one building."""
    return _rooms(book, [home], home.compound or home.name, "", slots)


def descend(book: AddressBook, place: Place, slots: Slots, *, name: str) -> Descent:
    """Match what slots hold in a place.

    Parameters
    ----------
    book
        The plan's addresses.
    place
        Where to look.
    slots
        What the labels say.
    name
        What `name_of` calls the place.
    """
    if slots.run:
        return _run(book, place, name, slots)
    if not slots.building:
        alone = _itself(book, place, slots)
        if alone:
            return _rooms(book, alone, name, place.key, slots)
        deeper = bool(slots.stairwell or slots.room or slots.floor)
        return Descent((_compound(book, place, name, complete=not deeper),))
    homes = [home for label in slots.building for home in book.homes_at(place, label)]
    if not homes and place.homes == 1:
        homes = list(_itself(book, place, slots)) if not _other_label(book, place) else []
    if not homes:
        return Descent((_compound(book, place, name, complete=False),))
    return _rooms(book, homes, name, place.key, slots)


def _other_label(book: AddressBook, place: Place) -> bool:
    return any(book.labels(place))


def _itself(book: AddressBook, place: Place, slots: Slots) -> tuple[Home, ...]:
    """Return the home of a place that is itself a building; none where it holds several."""
    deeper = bool(slots.stairwell or slots.room or slots.floor)
    itself = book.homes_at(place, "")
    if place.homes != 1 or not (itself or deeper or "|" in place.key):
        return ()
    homes = itself or book.homes_in(place)
    # The number of a site stands for the site, be there one building or several.
    return () if "|" in place.key and not deeper and _site_of(homes[0]) else homes


def _site_of(home: Home) -> str:
    """Return the site that a building's address names before the building itself."""
    compound = home.standard.compound
    named = bool(home.name) and not home.compound and compound.endswith(home.name)
    return compound.removesuffix(home.name) if named else ""


def name_of(book: AddressBook, place: Place) -> str:
    """Return a place's name as people write it: that of its compound, or its address."""
    homes = book.homes_in(place, limit=1)
    if not homes:
        return place.key
    compound = homes[0].compound or homes[0].standard.compound
    if place.homes == 1 and "|" in place.key and (site := _site_of(homes[0])):
        return site
    if place.homes == 1 and "|" in place.key and not compound:
        return format_address(homes[0].standard)
    if "|" in place.key and place.homes > 1:
        road, _, number = place.key.partition("|")
        return _site(book, place, compound) or format_address(
            ParsedAddress(road=road, number=number)
        )
    if "|" in place.key or compound_key(compound) == place.key:
        return compound or place.key
    return place.key


def _site(book: AddressBook, place: Place, compound: str) -> str:
    """Return the site that all buildings of a number are of: 海棠医院 of 海棠医院门诊楼."""
    names = [home.compound or home.standard.compound for home in book.homes_in(place)]
    if all(name == compound for name in names):
        return compound
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    common = "".join(letters[0] for letters in alike)
    found = (common[:size] for size in range(len(common), 1, -1) if book.place(common[:size]))
    return next(found, compound)


def _compound(book: AddressBook, place: Place, name: str, *, complete: bool) -> Match:
    return Match(
        level="compound",
        homes=book.homes_in(place),
        place=name,
        key=place.key,
        confidence=_SURE["compound"] if complete else _UNKNOWN_BUILDING,
        complete=complete,
    )


def _rooms(
    book: AddressBook, homes: list[Home] | tuple[Home, ...], name: str, key: str, slots: Slots
) -> Descent:
    found: list[Match] = []
    for home in homes:
        found += _in_home(book, home, name, key, slots)
    if len(homes) > 1:
        return Descent(tuple(found), "which-building")
    several = len(slots.room) > 1 or len(slots.stairwell) > 1
    doubt: Reason = "which-reading" if several else "which-stairwell"
    return Descent(tuple(found), doubt if len(found) > 1 else None)


def _in_home(book: AddressBook, home: Home, name: str, key: str, slots: Slots) -> Iterator[Match]:
    """Match the stairwell and the room in one building."""
    whole = Match(
        level="building",
        homes=(home,),
        place=name,
        key=key,
        confidence=_SURE["building"],
        complete=True,
    )
    partly = replace(whole, confidence=_UNKNOWN_PART, complete=False)
    known = [stairwell for stairwell in slots.stairwell if stairwell in home.stairwells]
    if slots.shop or slots.side:
        inside = known[:1] if not slots.side else []
        yield replace(partly, level="stairwell", stairwell=inside[0]) if inside else partly
    elif slots.room:
        for room in slots.room:
            yield from _room(book, home, room, known, whole, partly, said=bool(slots.stairwell))
    elif known:
        for stairwell in known:
            sure = _SURE["stairwell"]
            yield replace(whole, level="stairwell", stairwell=stairwell, confidence=sure)
    else:
        yield partly if slots.stairwell else whole


def _room(
    book: AddressBook,
    home: Home,
    room: str,
    known: Sequence[str],
    whole: Match,
    partly: Match,
    *,
    said: bool,
) -> Iterator[Match]:
    """Match a room in the stairwells that were said and are known, or in those that have it."""
    having = book.stairwells_with(home.home_id, room)
    for stairwell in known if said else having:
        if not said or stairwell in having or "" in having:
            sure = _SURE["room"] if said else _IMPLIED
            found = replace(whole, level="room", stairwell=stairwell, confidence=sure)
            yield replace(found, room=room)
        else:
            yield replace(partly, level="stairwell", stairwell=stairwell)
    if not (known if said else having):
        yield partly


def _run(book: AddressBook, place: Place, name: str, slots: Slots) -> Descent:
    """Read digits that run together in every way that the tables bear: 32501 as 3-2-501."""
    found = [
        Match(
            level="room",
            homes=(home,),
            place=name,
            key=place.key,
            confidence=_RUN,
            complete=True,
            stairwell=stairwell,
            room=room,
        )
        for at, length in product(_DIGITS, _ROOM_LENGTHS)
        if (room := slots.run[at:][-length:]) and len(room) == length
        for home in book.homes_at(place, slots.run[:at])
        for stairwell in book.stairwells_with(home.home_id, room)
        if slots.run[at:-length] in ("", stairwell)
    ]
    if not found:
        return Descent((_compound(book, place, name, complete=False),))
    return Descent(tuple(found), "which-reading")
