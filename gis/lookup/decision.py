"""Decide what an address means, or what to ask back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gis.lookup.addresses import ParsedAddress, format_address, parse
from gis.lookup.answer import Alternative
from gis.lookup.areas import area_conflict
from gis.lookup.book_rows import label_order
from gis.lookup.matching import DEPTH, match_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.lookup.answer import GridRef, MatchLevel, Reason
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids, Home
    from gis.lookup.matching import Match

__all__ = ["Decision", "decide"]

#: An answer that is a question is no surer than this.
_ASKING: Final = 0.4
#: Below this an answer asks to be confirmed.
_SURE: Final = 0.9
#: A match this much less sure than the best one is no rival to it.
_RIVAL: Final = 0.75
_MOST_ALTERNATIVES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an address means.

    `grids` are all it may lie in: one where that is settled. `home` and `stairwell` are given
    where they are settled, `compound` is the one all of it lies in.
    """

    level: MatchLevel
    confidence: float
    reason: Reason
    address: str
    grids: tuple[Grids, ...]
    home: Home | None = None
    stairwell: str = ""
    compound: str = ""
    alternatives: tuple[Alternative, ...] = ()


def decide(
    book: AddressBook, readings: Sequence[ParsedAddress], refs: Mapping[str, GridRef]
) -> Decision | None:
    """Choose among the matches of an address; None where nothing is known of it.

    One micro-grid for all that the address may mean is an answer, several are a question with
    the alternatives to choose from.

    Parameters
    ----------
    book
        The plan's places.
    readings
        The readings of the address, as `parse` gives them.
    refs
        Code to grid, for the alternatives.
    """
    matches = match_readings(book, readings)
    if not matches:
        return None
    best = matches[0]
    rivals = [match for match in matches if _is_rival(match, best)]
    grids = tuple(sorted({grids for match in rivals for grids in match.grids}))
    home = best.homes[0] if len({h.home_id for m in rivals for h in m.homes}) == 1 else None
    settled = len({g.micro for g in grids}) == 1
    deep = DEPTH[best.level] >= DEPTH["building"]
    one_stairwell = len({match.stairwell for match in rivals}) == 1
    stairwell = best.stairwell if one_stairwell else ""
    decision = Decision(
        level=_level(best, home, one_stairwell=one_stairwell),
        confidence=best.confidence,
        reason="found",
        address=_address(best, readings[0], home, stairwell=stairwell),
        grids=grids,
        home=home if deep else None,
        stairwell=stairwell if home else "",
        compound=_only(h.compound for match in rivals for h in match.homes),
    )
    if settled and (home or not deep) and best.level != "road":
        reason = _reason(decision, readings[0], book)
        if one_stairwell:
            return replace(decision, reason=reason)
        # Every stairwell that may be meant lies in one micro-grid: settled, but for its people.
        options = _alternatives(book, best, rivals, readings[0], refs)
        return replace(decision, reason="found", alternatives=options)
    return replace(
        decision,
        confidence=min(_ASKING, best.confidence),
        reason=_question(best, rivals, home),
        alternatives=_alternatives(book, best, rivals, readings[0], refs),
    )


def _level(best: Match, home: Home | None, *, one_stairwell: bool) -> MatchLevel:
    """Tell how deep an address was found: no deeper than its rivals agree."""
    if home is None:
        return best.level if DEPTH[best.level] < DEPTH["building"] else "compound"
    return best.level if one_stairwell else "building"


def _is_rival(match: Match, best: Match) -> bool:
    """Tell whether a match is as good a guess as the best one."""
    building = DEPTH["building"]
    same_depth = (
        DEPTH[match.level] >= building
        if DEPTH[best.level] >= building
        else match.level == best.level
    )
    return (
        match.complete == best.complete
        and same_depth
        and match.confidence >= _RIVAL * best.confidence
    )


def _reason(decision: Decision, asked: ParsedAddress, book: AddressBook) -> Reason:
    """Say what there is to add to a settled answer."""
    if area_conflict(asked.area, book.areas):
        return "other-area"
    if asked.beside:
        return "beside"
    wanted = "room" if asked.room else "stairwell" if asked.stairwell else "building"
    deeper = bool(asked.building or asked.stairwell or asked.room)
    if deeper and DEPTH[decision.level] < DEPTH[wanted]:
        return "not-in-table"
    return "found" if decision.confidence >= _SURE else "confirm"


def _question(best: Match, rivals: Sequence[Match], home: Home | None) -> Reason:
    """Say what must be known to settle an answer."""
    if best.level == "road":
        return "which-number"
    if home:
        return "which-stairwell"
    if len({match.place for match in rivals}) > 1:
        return "which-compound"
    return "which-reading" if len({m.stairwell for m in rivals}) > 1 else "which-building"


def _alternatives(
    book: AddressBook,
    best: Match,
    rivals: Sequence[Match],
    asked: ParsedAddress,
    refs: Mapping[str, GridRef],
) -> tuple[Alternative, ...]:
    """List what may be meant, each with the grid it lies in."""
    options: dict[str, tuple[Grids, ...]] = {}
    if best.level == "road":
        for key in book.numbers(best.place):
            place = book.place(key)
            road, _, number = key.partition("|")
            text = format_address(ParsedAddress(road=road, number=number))
            homes = book.homes_in(place) if place else ()
            options[text] = tuple(sorted({g for home in homes for g in home.grids}))
    for match in rivals if best.level != "road" else ():
        for home in match.homes:
            open_stairwell = home.split and match.stairwell not in home.split
            for stairwell in home.split if open_stairwell else (match.stairwell,):
                room = match.room or (asked.room if match.level != "compound" else "")
                text = _write(home, stairwell=stairwell, room=room)
                options.setdefault(text, home.grids_of(stairwell))
    return tuple(
        Alternative(
            address=text,
            large=refs.get(_only(g.large for g in grids)),
            micro=refs.get(_only(g.micro for g in grids)),
        )
        for text, grids in sorted(options.items(), key=lambda option: label_order(option[0]))
    )[:_MOST_ALTERNATIVES]


def _address(match: Match, asked: ParsedAddress, home: Home | None, *, stairwell: str) -> str:
    """Write the address that was found; the asked one where no building was."""
    if home and DEPTH[match.level] >= DEPTH["building"]:
        return _write(home, stairwell=stairwell or asked.stairwell, room=match.room or asked.room)
    return format_address(asked)


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
