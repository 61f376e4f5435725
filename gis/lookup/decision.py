"""Decide what an address means, or what to ask back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.addresses import ParsedAddress, format_address, parse
from gis.lookup.answer import Alternative
from gis.lookup.book_rows import label_order
from gis.lookup.descent import DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.lookup.answer import GridRef, MatchLevel, Reason
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids, Home
    from gis.lookup.descent import Match
    from gis.lookup.matching import Matcher

__all__ = ["Decision", "decide"]

#: An answer that is a question is no surer than this.
_ASKING: Final = 0.4
#: Below this an answer asks to be confirmed.
_SURE: Final = 0.9
_MOST_ALTERNATIVES: Final = 60
#: Doubts about which place is meant at all, not only where in it.
_OPEN: Final = ("which-compound", "which-reading", "other-area")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an address means.

    `grids` are all it may lie in: one where that is settled. `home` and `stairwell` are given
    where they are settled, `compound` is the one all of it lies in; `place` is what was found
    as people call it, and `room` the room where the table has it. `asks` tells whether even
    the place is open.
    """

    level: MatchLevel
    confidence: float
    reason: Reason
    address: str
    grids: tuple[Grids, ...]
    home: Home | None = None
    stairwell: str = ""
    room: str = ""
    place: str = ""
    compound: str = ""
    alternatives: tuple[Alternative, ...] = ()
    asks: bool = False


def decide(matcher: Matcher, text: str, refs: Mapping[str, GridRef]) -> Decision | None:
    """Decide what a typed text means; None where nothing is known of it.

    One micro-grid for all that the address may mean is an answer, several are a question with
    the alternatives to choose from.

    Parameters
    ----------
    matcher
        Matches texts with the plan's places.
    text
        As typed.
    refs
        Code to grid, for the alternatives.
    """
    rivals, doubt = matcher.match(text)
    if not rivals:
        return None
    best = max(rivals, key=lambda match: (match.complete, DEPTH[match.level], match.confidence))
    homes = {home.home_id: home for match in rivals for home in match.homes}
    home = next(iter(homes.values())) if len(homes) == 1 else None
    one_stairwell = len({match.stairwell for match in rivals}) == 1
    deep = DEPTH[best.level] >= DEPTH["building"]
    grids = _grids(rivals)
    level = _level(rivals, best, home, one_stairwell=one_stairwell)
    stairwell = best.stairwell if one_stairwell and home else ""
    confidence = min(match.confidence for match in rivals)
    open_place = doubt in _OPEN
    settled = (
        len({g.micro for g in grids}) == 1
        and best.level != "road"
        and not open_place
        and (home is not None or not deep)
    )
    told: dict[str, Any] = {"confidence": confidence, "reason": "found"}
    if settled and one_stairwell:
        told["reason"] = _reason(best)
    elif settled:
        # Every stairwell that may be meant lies in one micro-grid: settled, but for its people.
        told["alternatives"] = _alternatives(matcher.book, best, rivals, refs)
    else:
        told = {
            "confidence": min(_ASKING, confidence),
            "reason": doubt if open_place and doubt else _question(best, home, rivals),
            "alternatives": _alternatives(matcher.book, best, rivals, refs),
            "asks": open_place or (len(rivals) > 1 and home is None),
        }
    return Decision(
        level=level,
        address=_address(best, text, home, stairwell=stairwell),
        grids=grids,
        home=home if deep else None,
        stairwell=stairwell,
        room=best.room if level == "room" else "",
        place=best.place if len({match.place for match in rivals}) == 1 else "",
        compound=_only(h.compound for h in homes.values()),
        **told,
    )


def _grids(rivals: Sequence[Match]) -> tuple[Grids, ...]:
    if len(rivals) == 1:
        return rivals[0].grids
    return tuple(sorted({grids for match in rivals for grids in match.grids}))


def _level(
    rivals: Sequence[Match], best: Match, home: Home | None, *, one_stairwell: bool
) -> MatchLevel:
    """Tell how deep an address was found: no deeper than its rivals agree."""
    if len(rivals) == 1:
        return best.level
    if home is None:
        return best.level if DEPTH[best.level] < DEPTH["building"] else "compound"
    return best.level if one_stairwell else "building"


def _reason(best: Match) -> Reason:
    """Say what there is to add to a settled answer."""
    if best.beside:
        return "beside"
    if best.confidence < _SURE:
        return "confirm"
    return "found" if best.complete else "not-in-table"


def _question(best: Match, home: Home | None, rivals: Sequence[Match]) -> Reason:
    """Say what must be known to settle an answer."""
    if best.level == "road":
        return "which-number"
    if home:
        return "which-stairwell"
    return "which-compound" if len({match.key for match in rivals}) > 1 else "which-building"


def _alternatives(
    book: AddressBook, best: Match, rivals: Sequence[Match], refs: Mapping[str, GridRef]
) -> tuple[Alternative, ...]:
    """List what may be meant, each with the grid it lies in."""
    options: dict[str, tuple[tuple[Grids, ...], dict[str, str]]] = {}
    if best.level == "road" and len(rivals) == 1:
        for key in book.numbers(best.key):
            place = book.place(key)
            road, _, number = key.partition("|")
            text = format_address(ParsedAddress(road=road, number=number))
            homes = book.homes_in(place) if place else ()
            options[text] = (tuple(sorted({g for home in homes for g in home.grids})), {})
        return _listed(options, refs)
    whole = len(rivals) > 1 and DEPTH[best.level] < DEPTH["building"]
    for match in rivals:
        if whole and DEPTH[match.level] < DEPTH["building"]:
            options[match.place] = (match.grids, {"place": match.place})
            continue
        for home in match.homes:
            open_stairwell = home.split and match.stairwell not in home.split
            for stairwell in home.split if open_stairwell else (match.stairwell,):
                text = _write(home, stairwell=stairwell, room=match.room)
                told = {
                    "building_id": home.home_id,
                    "stairwell": stairwell,
                    "room": match.room,
                    "place": match.place,
                }
                options.setdefault(text, (home.grids_of(stairwell), told))
    return _listed(options, refs)


def _listed(
    options: Mapping[str, tuple[tuple[Grids, ...], dict[str, str]]], refs: Mapping[str, GridRef]
) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(
            address=text,
            large=refs.get(_only(g.large for g in grids)),
            micro=refs.get(_only(g.micro for g in grids)),
            **told,
        )
        for text, (grids, told) in sorted(
            options.items(), key=lambda option: label_order(option[0])
        )[:_MOST_ALTERNATIVES]
    )


def _address(match: Match, text: str, home: Home | None, *, stairwell: str) -> str:
    """Write the address that was found; the asked one where no building was."""
    if home and DEPTH[match.level] >= DEPTH["building"]:
        return _write(home, stairwell=stairwell, room=match.room if stairwell else "")
    if match.level == "road":
        return format_address(parse(text)[0])
    return match.place


def _write(home: Home, *, stairwell: str, room: str) -> str:
    """Write a home's address with a stairwell and a room."""
    standard = home.standard
    text = format_address(replace(standard, stairwell=stairwell, room=room))
    if standard.building or not home.name or home.name in text:
        return text
    return text if parse(text)[0].building else f"{text}{home.name}"


def _only(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""
