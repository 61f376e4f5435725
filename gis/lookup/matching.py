"""Match the readings of an address with a gazetteer, and say how sure each match is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.lookup.addresses import ParsedAddress, compound_key
from gis.lookup.areas import PROVINCE, area_conflict
from gis.lookup.gazetteer import number_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.lookup.answer import MatchLevel
    from gis.lookup.gazetteer import Gazetteer, Grids, Home

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


def match_readings(gazetteer: Gazetteer, readings: Sequence[ParsedAddress]) -> list[Match]:
    """Match every reading, the best match first; none where nothing is known of the address."""
    found: list[Match] = []
    for at, reading in enumerate(readings):
        factor = 1.0 if at == 0 else _LATER_READING
        if readings[0].number and reading.building == readings[0].number and not reading.number:
            factor = _PLATE_AS_BUILDING
        factor *= _BESIDE if reading.beside else 1.0
        factor *= _OTHER_AREA if area_conflict(reading.area, gazetteer.areas) else 1.0
        for place, sureness in _places(gazetteer, reading):
            found.extend(_in_place(gazetteer, reading, place, sureness * factor))
    found = found or _on_road(gazetteer, readings[0])
    return sorted(found, key=lambda match: match.rank, reverse=True)


def _places(gazetteer: Gazetteer, reading: ParsedAddress) -> list[tuple[str, float]]:
    """Find the places a reading may name, each with how sure that is."""
    number = number_key(reading)
    if reading.compound:
        return _compounds(gazetteer, reading, number)
    if number:
        return [(place, 1.0) for place in _numbered(gazetteer, number)]
    if reading.road:
        return [(reading.road, 1.0)] if reading.road in gazetteer.places else []
    return _nameless(gazetteer, reading.building)


def _compounds(
    gazetteer: Gazetteer, reading: ParsedAddress, number: str
) -> list[tuple[str, float]]:
    """Find the compound a reading names, and weigh the number it gives beside it."""
    if number and not reading.road and number in gazetteer.places:
        return [(number, 1.0)]
    found = _named(gazetteer, reading)
    if not (number and reading.road):
        return found
    if not found:
        return [(place, _NUMBER_DIFFERS) for place in _numbered(gazetteer, number)]
    return [(p, s * _number_factor(gazetteer, number, p)) for p, s in found]


def _nameless(gazetteer: Gazetteer, building: str) -> list[tuple[str, float]]:
    """Find every place that has a building of some label, where no place was named."""
    places = gazetteer.places
    named = [place for place in places if building and building in places[place]]
    homes = {home for place in named for home in places[place][building]}
    return [(place, _ONLY_PLACE) for place in (named[:1] if len(homes) == 1 else named)]


def _named(gazetteer: Gazetteer, reading: ParsedAddress) -> list[tuple[str, float]]:
    """Find a compound by its name: as it is, behind other words, or without its part."""
    places = gazetteer.places
    name = compound_key(reading.compound)
    if name in places:
        return [(name, 1.0)]
    for start in range(1, len(name) - _SHORTEST_NAME + 1):
        if name[start:] in places:
            factor = _prefix_factor(gazetteer, name[:start])
            return [(name[start:], factor)] if factor else []
    if len(name) < _SHORTEST_NAME:
        return []
    longer = [place for place in places if place.startswith(name) and "|" not in place]
    if reading.building:
        longer = [place for place in longer if _PART.fullmatch(place[len(name) :])]
    return [(place, _PART_LEFT_OUT) for place in longer]


def _prefix_factor(gazetteer: Gazetteer, prefix: str) -> float:
    """Tell how harmless words before a compound's name are; 0 where they make another name."""
    if PROVINCE.match(prefix):
        return _KNOWN_PREFIX
    bodies = {area[:-1] for area in gazetteer.areas} | set(gazetteer.roads)
    if _AREA_END.search(prefix) or any(prefix.endswith(body) for body in bodies if body):
        return _KNOWN_PREFIX
    return _STRANGE_PREFIX if len(prefix) >= _SHORTEST_NAME else 0.0


def _numbered(gazetteer: Gazetteer, number: str) -> list[str]:
    """Find a road's number, also where words stand before the road's name."""
    if number in gazetteer.places:
        return [number]
    road, _, plate = number.partition("|")
    known = [r for r in gazetteer.roads if road.endswith(r) and f"{r}|{plate}" in gazetteer.places]
    return [f"{max(known, key=len)}|{plate}"] if known else []


def _number_factor(gazetteer: Gazetteer, number: str, place: str) -> float:
    """Tell whether a compound stands at the number that was given with it."""
    here = {home for homes in gazetteer.places[place].values() for home in homes}
    at_number = (
        home
        for key in _numbered(gazetteer, number)
        for homes in gazetteer.places[key].values()
        for home in homes
    )
    return 1.0 if any(home in here for home in at_number) else _NUMBER_DIFFERS


def _in_place(
    gazetteer: Gazetteer, reading: ParsedAddress, place: str, factor: float
) -> Iterator[Match]:
    """Match the building and what lies below it in one place."""
    labels = gazetteer.places[place]
    deeper = bool(reading.stairwell or reading.floor or reading.room)
    inner = reading.number if reading.number and not reading.road and "|" not in place else ""
    label = reading.building or (f"{inner}号" if inner else "")
    wanted = labels.get(label, ()) if label else _itself(labels, place, deeper=deeper)
    if inner and reading.building:
        factor *= _NUMBER_DIFFERS
    for home_id in wanted:
        yield from _in_home(gazetteer, reading, place, gazetteer.homes[home_id], factor)
    if wanted:
        return
    homes = gazetteer.homes_in(place)
    known = not label
    sure = _SURE["compound"] if known else _UNKNOWN_BUILDING
    yield Match(
        level="compound",
        homes=homes,
        place=place,
        confidence=sure * factor,
        complete=known and not deeper,
    )


def _itself(labels: Mapping[str, tuple[str, ...]], place: str, *, deeper: bool) -> tuple[str, ...]:
    """Return the homes of a place that is itself a building; none where it holds several.

    A number with one building is that building; a compound with one only where something
    inside it (a stairwell, a room) was asked for.
    """
    everything = tuple(dict.fromkeys(home for homes in labels.values() for home in homes))
    if set(labels.get("", ())) == set(everything):
        return everything
    return everything if len(everything) == 1 and (deeper or "|" in place) else ()


def _in_home(
    gazetteer: Gazetteer, reading: ParsedAddress, place: str, home: Home, factor: float
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
    having = gazetteer.rooms.get((home.home_id, room), ()) if room else ()
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


def _on_road(gazetteer: Gazetteer, reading: ParsedAddress) -> list[Match]:
    """Fall back on the road alone."""
    asked = reading.road or reading.compound
    known = [road for road in gazetteer.roads if asked and asked.endswith(road)]
    if not known:
        return []
    road = max(known, key=len)
    homes = dict.fromkeys(h for key in gazetteer.roads[road] for h in gazetteer.homes_in(key))
    return [
        Match(
            level="road",
            homes=tuple(homes),
            place=road,
            confidence=_SURE["road"],
            complete=not reading.number,
        )
    ]
