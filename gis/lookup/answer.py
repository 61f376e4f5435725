"""Hold the one answer that a look-up gives, whoever asks and however."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gis.lookup.addresses import ParsedAddress

__all__ = [
    "AddressParts",
    "Alternative",
    "Answer",
    "BuildingRef",
    "CommunityRef",
    "GridRef",
    "MatchLevel",
    "Person",
    "Reason",
    "RulingRef",
]

MatchLevel = Literal["room", "stairwell", "building", "compound", "road", "point", "none"]

#: Why an answer is as it is; a stable word that pages translate.
Reason = Literal[
    "found",
    "ruled",
    "ruled-moved",
    "confirm",
    "not-in-table",
    "beside",
    "other-area",
    "which-stairwell",
    "which-building",
    "which-compound",
    "which-number",
    "which-reading",
    "no-place",
    "unknown",
    "near-border",
    "outside",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRef:
    """A community, as an answer names it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRef:
    """A grid, as an answer names it; `kind` is base or special.

    `version`, `valid_from` and `valid_until` (dates as 2026-11-22, the last day included) are
    those of the published plan that it is a grid of; None where it was not published, or where
    no end is set.
    """

    code: str
    name: str
    kind: str
    level: Literal["large", "micro"]
    version: int | None = None
    valid_from: str | None = None
    valid_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingRef:
    """A building, as an answer names it; empty text where a part is not known."""

    building_id: str
    name: str
    compound: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressParts:
    """The address that was found, part by part; empty text where it has none.

    `compound` holds its `phase`, as in 海棠苑1期, since both together are its name.
    """

    area: str
    road: str
    number: str
    compound: str
    phase: str
    building: str
    stairwell: str
    floor: str
    room: str

    @classmethod
    def of(cls, address: ParsedAddress, *, phase: str) -> AddressParts:
        """Take the parts of a reading."""
        return cls(
            area=address.area,
            road=address.road,
            number=address.number,
            compound=address.compound,
            phase=phase,
            building=address.building,
            stairwell=address.stairwell,
            floor=address.floor,
            room=address.room,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who answers for a place, with the phone that is public by duty and no other.

    `level` is community, large, compound, micro, building or stairwell.
    """

    level: str
    role: str
    name: str
    duty_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another answer that may be meant; `address` can be asked in its turn where not empty.

    `building_id`, `stairwell`, `room` and `place` are what it is, as far as known.
    """

    address: str
    large: GridRef | None
    micro: GridRef | None
    building_id: str = ""
    stairwell: str = ""
    room: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRef:
    """The ruling that an answer follows: a person assigned the place to a grid.

    `code` is the micro-grid as it was ruled. Where a later plan has no such code, or has moved
    it elsewhere, the place goes to the grid that now lies where the ruled one did: `moved`.
    """

    code: str
    reason: str
    document: str
    valid_from: str
    valid_until: str | None
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Which grid a place is in, how sure that is, and who answers for it.

    Parameters
    ----------
    query
        What was asked: the address as typed, or ``lon,lat``.
    match_level
        How deep the address was found; "point" for a point in a grid, "none" where nothing
        was found.
    confidence
        From 0 to 1; below 0.5 the answer is a question, and `micro` may be None.
    reason, message
        Why, as a stable word and as a sentence in Chinese and in English.
    address_normalised, parts
        The address in its standard form, and part by part; empty and None for a point.
    community, large, micro
        What it lies in; None where that is not settled.
    building, stairwell
        The building and the stairwell, where found.
    people
        Who answers for it, from the community down to the stairwell.
    walk_m
        Metres of walking to the micro-grid's meeting point; None where not known.
    lacks
        What the living circle around it lacks: categories of facilities.
    ruling
        The ruling that settled it; None where the plan did.
    alternatives
        What else may be meant, the nearest or likeliest first.
    border_m, near_border, outside_m
        For a point: metres to its micro-grid's border, whether that is nearer than positions
        are exact, and metres to the nearest grid where it lies in none.
    plan_id, version, data_date
        The plan that answers, its version in this community (None where it was not published),
        and the day of its data.
    report_url
        Where to say that the answer is wrong; empty where nobody takes reports.
    """

    query: str
    match_level: MatchLevel
    confidence: float
    reason: Reason
    message: str
    address_normalised: str = ""
    parts: AddressParts | None = None
    community: CommunityRef | None = None
    large: GridRef | None = None
    micro: GridRef | None = None
    building: BuildingRef | None = None
    stairwell: str | None = None
    people: tuple[Person, ...] = ()
    walk_m: float | None = None
    lacks: tuple[str, ...] = ()
    ruling: RulingRef | None = None
    alternatives: tuple[Alternative, ...] = ()
    border_m: float | None = None
    near_border: bool = False
    outside_m: float | None = None
    plan_id: str = ""
    version: int | None = None
    data_date: str = ""
    report_url: str = ""
