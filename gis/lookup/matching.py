"""Match the readings of an address with an address book, and say how sure each match is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.lookup.addresses import ParsedAddress, compound_key
from gis.lookup.areas import PROVINCE, area_conflict
from gis.lookup.book_rows import number_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.lookup.answer import MatchLevel
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids, Home, Place

__all__ = ["Match", "match_readings"]

DEPTH: Final = {"room": 5, "stairwell": 4, "building": 3, "compound": 2, "road": 1, "none": 0}

#: How sure a match of each depth is when every word of the address was found. These, like the
#: factors below, are this project's judgement; nothing has calibrated them.
_SURE: Final = {"room": 0.99, "stairwell": 0.97, "building": 0.96, "compound": 0.95, "road": 0.3}
_UNKNOWN_PART: Final = 0.93  # the room or stairwell is not in the table, its building is
_OTHER_STAIRWELLS: Final = 0.8  # the building's stairwells are known, and this is none of them
_UNKNOWN_BUILDING: Final = 0.5  # the compound is known and the building is not
_NUMBER_DIFFERS: Final = 0.9  # the compound is known under another road or number
_KNOWN_PREFIX: Final = 0.95  # what stands before the compound is an area or a road
_STRANGE_PREFIX: Final = 0.6  # what stands before it may make it another compound
_PART_LEFT_OUT: Final = 0.7  # 玉兰苑 for 玉兰苑南区
_PLATE_AS_BUILDING: Final = 0.6  # 3号 for 3幢
_ONLY_PLACE: Final = 0.8  # no compound named, and the plan has only one
_LATER_READING: Final = 0.95
_BESIDE: Final = 0.8
_OTHER_AREA: Final = 0.4

#: What tells the parts of a compound apart: 1期, A区, 东苑.
_PART: Final = re.compile(
    r"(?:\d+期|[A-Z0-9]+区?|[东西南北中](?:区|苑|院|园)?|第?[A-Z0-9东西南北中]组团|\d+村)+"
)
_AREA_END: Final = re.compile(r"(?:[省市区县旗镇乡村路街道巷号]|社区|街道|大道|胡同)$")
_SHORTEST_NAME: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One way to understand an address.

    Parameters
    ----------
    level
        How deep it reaches.
    homes
        The buildings it may be: one where it reaches a building.
    place
        The place it was found under.
    stairwell, room
        As far as found.
    confidence
        From 0 to 1.
    complete
        Whether every part of the reading was found.
    """

    level: MatchLevel
    homes: tuple[Home, ...]
    place: str
    confidence: float
    complete: bool
    stairwell: str = ""
    room: str = ""

    @property
    def grids(self) -> tuple[Grids, ...]:
        """Every grid it may lie in, each once."""
        return tuple(sorted({g for home in self.homes for g in home.grids_of(self.stairwell)}))

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Order matches: those that explain all of the address first, then the deepest."""
        return self.complete, DEPTH[self.level], self.confidence


def match_readings(book: AddressBook, readings: Sequence[ParsedAddress]) -> list[Match]:
    """Match every reading, the best match first; none where nothing is known of the address."""
    found: list[Match] = []
    for at, reading in enumerate(readings):
        factor = 1.0 if at == 0 else _LATER_READING
        if readings[0].number and reading.building == readings[0].number and not reading.number:
            factor = _PLATE_AS_BUILDING
        factor *= _BESIDE if reading.beside else 1.0
        factor *= _OTHER_AREA if area_conflict(reading.area, book.areas) else 1.0
        for place, sureness in _places(book, reading):
            found.extend(_in_place(book, reading, place, sureness * factor))
    found = found or _on_road(book, readings[0])
    return sorted(found, key=lambda match: match.rank, reverse=True)


def _places(book: AddressBook, reading: ParsedAddress) -> list[tuple[Place, float]]:
    """Find the places a reading may name, each with how sure that is."""
    number = number_key(reading)
    if reading.compound:
        return _compounds(book, reading, number)
    if number:
        return [(place, 1.0) for place in _numbered(book, number)]
    if reading.road:
        place = book.place(reading.road)
        return [(place, 1.0)] if place and place.homes else []
    return _nameless(book, reading.building)


def _compounds(book: AddressBook, reading: ParsedAddress, number: str) -> list[tuple[Place, float]]:
    """Find the compound a reading names, and weigh the number it gives beside it."""
    if number and not reading.road and (place := book.place(number)):
        return [(place, 1.0)]
    found = _named(book, reading)
    if not (number and reading.road):
        return found
    if not found:
        return [(place, _NUMBER_DIFFERS) for place in _numbered(book, number)]
    return [(p, s * _number_factor(book, number, p)) for p, s in found]


def _nameless(book: AddressBook, building: str) -> list[tuple[Place, float]]:
    """Find every place that has a building of some label, where no place was named."""
    keys = book.places_with(building) if building else ()
    named = [place for key in keys if (place := book.place(key))]
    homes = {home.home_id for place in named for home in book.homes_at(place, building)}
    return [(place, _ONLY_PLACE) for place in (named[:1] if len(homes) == 1 else named)]


def _named(book: AddressBook, reading: ParsedAddress) -> list[tuple[Place, float]]:
    """Find a compound by its name: as it is, behind other words, or without its part."""
    name = compound_key(reading.compound)
    place = book.place(name)
    if place and place.homes:
        return [(place, 1.0)]
    for known in book.names_in(name):
        if known.homes and len(known.key) >= _SHORTEST_NAME:
            factor = _prefix_factor(book, name[: -len(known.key)])
            return [(known, factor)] if factor else []
    if len(name) < _SHORTEST_NAME:
        return []
    longer = book.parts_of(name)
    if reading.building:
        longer = tuple(key for key in longer if _PART.fullmatch(key[len(name) :]))
    return [(place, _PART_LEFT_OUT) for key in longer if (place := book.place(key))]


def _prefix_factor(book: AddressBook, prefix: str) -> float:
    """Tell how harmless words before a compound's name are; 0 where they make another name."""
    if PROVINCE.match(prefix):
        return _KNOWN_PREFIX
    bodies = (area[:-1] for area in book.areas)
    known = any(body and prefix.endswith(body) for body in bodies) or book.roads_in(prefix)
    if _AREA_END.search(prefix) or known:
        return _KNOWN_PREFIX
    return _STRANGE_PREFIX if len(prefix) >= _SHORTEST_NAME else 0.0


def _numbered(book: AddressBook, number: str) -> list[Place]:
    """Find a road's number, also where words stand before the road's name."""
    if place := book.place(number):
        return [place]
    road, _, plate = number.partition("|")
    known = (book.place(f"{name}|{plate}") for name in book.roads_in(road))
    return [place for place in known if place][:1]


def _number_factor(book: AddressBook, number: str, place: Place) -> float:
    """Tell whether a compound stands at the number that was given with it."""
    here = {home.home_id for home in book.homes_in(place)}
    at_number = (home for key in _numbered(book, number) for home in book.homes_in(key))
    return 1.0 if any(home.home_id in here for home in at_number) else _NUMBER_DIFFERS


def _in_place(
    book: AddressBook, reading: ParsedAddress, place: Place, factor: float
) -> Iterator[Match]:
    """Match the building and what lies below it in one place."""
    deeper = bool(reading.stairwell or reading.floor or reading.room)
    inner = reading.number if reading.number and not reading.road and "|" not in place.key else ""
    label = reading.building or (f"{inner}号" if inner else "")
    wanted = book.homes_at(place, label) if label else _itself(book, place, deeper=deeper)
    if inner and reading.building:
        factor *= _NUMBER_DIFFERS
    for home in wanted:
        yield from _in_home(book, reading, place.key, home, factor)
    if wanted:
        return
    known = not label
    sure = _SURE["compound"] if known else _UNKNOWN_BUILDING
    yield Match(
        level="compound",
        homes=book.homes_in(place),
        place=place.key,
        confidence=sure * factor,
        complete=known and not deeper,
    )


def _itself(book: AddressBook, place: Place, *, deeper: bool) -> tuple[Home, ...]:
    """Return the homes of a place that is itself a building; none where it holds several.

    A number with one building is that building; a compound with one only where something
    inside it (a stairwell, a room) was asked for.
    """
    itself = book.homes_at(place, "")
    if len(itself) == place.homes:
        return itself
    alone = place.homes == 1 and (deeper or "|" in place.key)
    return book.homes_in(place) if alone else ()


def _in_home(
    book: AddressBook, reading: ParsedAddress, place: str, home: Home, factor: float
) -> Iterator[Match]:
    """Match the stairwell and the room in one building."""

    def match(
        level: MatchLevel, *, stairwell: str = "", room: str = "", sure: float = _UNKNOWN_PART
    ) -> Match:
        return Match(
            level=level,
            homes=(home,),
            place=place,
            confidence=sure * factor,
            complete=True,
            stairwell=stairwell,
            room=room,
        )

    stairwell, room = reading.stairwell, reading.room
    having = book.stairwells_with(home.home_id, room) if room else ()
    if room and not stairwell:
        for implied in having:
            yield match("room", stairwell=implied, room=room, sure=_SURE["room"])
        if having:
            return
    if room and stairwell and (stairwell in having or "" in having):
        yield match("room", stairwell=stairwell, room=room, sure=_SURE["room"])
    elif stairwell in home.stairwells:
        sure = _UNKNOWN_PART if room else _SURE["stairwell"]
        yield match("stairwell", stairwell=stairwell, sure=sure)
    elif stairwell and home.stairwells:
        yield match("building", sure=_OTHER_STAIRWELLS)
    else:
        yield match("building", sure=_UNKNOWN_PART if stairwell or room else _SURE["building"])


def _on_road(book: AddressBook, reading: ParsedAddress) -> list[Match]:
    """Fall back on the road alone."""
    known = book.roads_in(reading.road or reading.compound)
    if not known:
        return []
    places = filter(None, map(book.place, book.numbers(known[0])))
    homes = {home.home_id: home for place in places for home in book.homes_in(place)}
    return [
        Match(
            level="road",
            homes=tuple(homes.values()),
            place=known[0],
            confidence=_SURE["road"],
            complete=not reading.number,
        )
    ]
