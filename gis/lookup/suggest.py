"""Suggest what an address may become while it is being typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from gis.lookup.addresses import ParsedAddress, compound_key, format_address, parse
from gis.lookup.areas import strip_area
from gis.lookup.book_rows import number_key
from gis.lookup.text import has_han, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids, Home, Place, PlaceKind

__all__ = ["Suggestion", "suggest"]

#: Names tried for letters that labels follow: fhy3.
_TRIED: Final = 3
_LETTERS: Final = re.compile(r"(?P<han>[^\dA-Z' ]*)(?P<letters>[A-Z][A-Z ']*)(?P<tail>\d.*)?")
#: A label without its word may go on: 3 may become 30, 3幢 may not.
_OPEN: Final = re.compile("[0-9A-Z]$")
#: The word of a label, not yet whole: 1单.
_BROKEN_OFF: Final = re.compile("(?<=[0-9A-Z])[^0-9A-Z]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One way to go on.

    Parameters
    ----------
    text
        An address that can be asked in its turn.
    kind
        What it is.
    of
        The key of the place that it lies in, or that an alias stands for; empty where it is
        that place.
    micro
        The code of the micro-grid that all of it lies in; empty where there are several.
    """

    text: str
    kind: PlaceKind | Literal["stairwell", "room"]
    of: str = ""
    micro: str = ""


def suggest(book: AddressBook, text: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
    """Return what a text that is still being typed may become, the likeliest first.

    First what is fully named, then names that begin with the text, the ones with the most homes
    first; then what lies below a name: buildings, numbers of a road, stairwells, rooms; then
    names that have the text inside, that begin with it in pinyin or initials, and, where there
    is nothing else, that are like it.

    Parameters
    ----------
    book
        The places.
    text
        As typed so far; its area may stand before it.
    limit
        How many at most.
    """
    rest = strip_area(normalise(text))[1]
    options: dict[str, Suggestion] = {}
    for typed in dict.fromkeys([rest, _BROKEN_OFF.sub("", rest)]):
        for option in _ways(book, typed, limit) if not options else ():
            options.setdefault(option.text, option)
            if len(options) >= limit:
                break
    if rest and not options:
        names = (name for name, _ in book.similar(compound_key(rest), limit=limit))
        return tuple(_of_place(place) for name in names if (place := book.place(name)))
    return tuple(options.values())


def _ways(book: AddressBook, text: str, limit: int) -> Iterator[Suggestion]:
    """Give the ways to go on, in their order; some several times."""
    key = compound_key(text)
    if place := book.place(key):
        yield _of_place(place)
    yield from map(_of_place, book.names(key, limit=limit))
    yield from _deeper(book, text, limit)
    yield from map(_of_place, book.names(key, inside=True, limit=limit))
    yield from _typed(book, text, limit)


def _typed(book: AddressBook, text: str, limit: int) -> Iterator[Suggestion]:
    """Go on from letters: fanghua, fhy, 芳hua as it stands before the input method is done."""
    found = _LETTERS.fullmatch(text)
    if not found:
        return
    letters = re.sub("[ ']", "", found["letters"]).lower()
    before = book.letters_of(found["han"])
    places = book.names_typed(before + letters, limit=limit)
    fitting = [place for place in places if place.key.startswith(found["han"])]
    if not found["tail"]:
        yield from map(_of_place, fitting)
    for place in fitting[:_TRIED] if found["tail"] else ():
        yield from _deeper(book, place.key + found["tail"], limit)


def _deeper(book: AddressBook, text: str, limit: int) -> Iterator[Suggestion]:
    """Give what lies below the place that a text names."""
    going_on = _OPEN.search(text) is not None
    readings = dict.fromkeys(replace(each, area="", beside=False) for each in parse(text))
    for reading in readings:
        yield from _below(book, reading, limit, going_on=going_on)
    for reading in readings if going_on else ():
        # 20 is a stairwell, but may be the beginning of the room 201.
        if reading.stairwell and not (reading.floor or reading.room):
            begun = replace(reading, stairwell="", room=reading.stairwell)
            yield from _below(book, begun, limit, going_on=True)


def _below(
    book: AddressBook, reading: ParsedAddress, limit: int, *, going_on: bool
) -> Iterator[Suggestion]:
    """Give what lies below a place that a reading names, as far as its labels go.

    `going_on` tells that the last label may not be complete.
    """
    if reading.road and reading.number and not reading.compound and not reading.building:
        yield from _numbers(book, reading, going_on=going_on)
    elif reading.road and not reading.number:
        yield from _numbers(book, reading, going_on=True)
    place = _place(book, reading)
    if place is None:
        if reading.road and reading.number and reading.compound and not going_on:
            for each in book.names(compound_key(reading.compound), limit=limit):
                text = format_address(replace(reading, compound=each.key))
                yield replace(_of_place(each), text=text)
        return
    if not (reading.stairwell or reading.floor or reading.room):
        yield from _buildings(book, place, reading, going_on=going_on)
    for home in book.homes_at(place, reading.building):
        yield from _in_home(book, place, home, reading, going_on=going_on)


def _place(book: AddressBook, reading: ParsedAddress) -> Place | None:
    """Return the place of a reading; none where it names none, or an unknown one."""
    key = compound_key(reading.compound)
    if reading.number and (not key or not reading.road):
        return book.place(number_key(reading))
    return book.place(key or reading.road)


def _numbers(book: AddressBook, reading: ParsedAddress, *, going_on: bool) -> Iterator[Suggestion]:
    for key in book.numbers(reading.road):
        number = key.partition("|")[2]
        place = book.place(key)
        if place and (number.startswith(reading.number) if going_on else number == reading.number):
            text = format_address(ParsedAddress(road=reading.road, number=number))
            yield Suggestion(text=text, kind="number", of=reading.road, micro=place.micro)


def _buildings(
    book: AddressBook, place: Place, reading: ParsedAddress, *, going_on: bool
) -> Iterator[Suggestion]:
    for label in filter(None, book.labels(place)):
        fits = label.startswith(reading.building) if going_on else label == reading.building
        if fits or not reading.building:
            above = format_address(replace(reading, building=""))
            own = has_han(label)
            text = above + label if own else format_address(replace(reading, building=label))
            grids = (g for home in book.homes_at(place, label) for g in home.grids)
            yield Suggestion(text=text, kind="building", of=place.key, micro=_micro(grids))


def _in_home(
    book: AddressBook, place: Place, home: Home, reading: ParsedAddress, *, going_on: bool
) -> Iterator[Suggestion]:
    """Give the stairwells and rooms of a building."""
    inside = replace(reading, floor="")
    for stairwell in home.stairwells if not reading.room else ():
        fits = stairwell.startswith(inside.stairwell) if going_on else stairwell == inside.stairwell
        if fits or not inside.stairwell:
            text = format_address(replace(inside, stairwell=stairwell))
            micro = _micro(home.grids_of(stairwell))
            yield Suggestion(text=text, kind="stairwell", of=place.key, micro=micro)
    if not (inside.stairwell or inside.room) and home.stairwells:
        return
    for room in book.rooms_of(home.home_id, inside.stairwell, prefix=inside.room):
        if going_on or not inside.room or room == inside.room:
            yield from _rooms(book, place, home, replace(inside, room=room))


def _rooms(
    book: AddressBook, place: Place, home: Home, reading: ParsedAddress
) -> Iterator[Suggestion]:
    """Give a room, once for each stairwell that has it where that makes a difference."""
    having: tuple[str, ...] = (reading.stairwell,)
    if home.split and not reading.stairwell:
        having = book.stairwells_with(home.home_id, reading.room)
    for stairwell in having:
        text = format_address(replace(reading, stairwell=stairwell))
        micro = _micro(home.grids_of(stairwell))
        yield Suggestion(text=text, kind="room", of=place.key, micro=micro)


def _of_place(place: Place) -> Suggestion:
    name, bar, number = place.key.partition("|")
    text = format_address(ParsedAddress(road=name, number=number)) if bar else name
    return Suggestion(text=text, kind=place.kind, of=place.of, micro=place.micro)


def _micro(grids: Iterable[Grids]) -> str:
    codes = {each.micro for each in grids}
    return codes.pop() if len(codes) == 1 else ""
