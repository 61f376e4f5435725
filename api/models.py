"""State the shape of every answer; the same names as in `gis.lookup.answer`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "AddressParts",
    "Alternative",
    "BatchCount",
    "Building",
    "Community",
    "Count",
    "ErrorBody",
    "Grid",
    "GridDetail",
    "GridList",
    "GridName",
    "Health",
    "LocateAnswer",
    "LocateItem",
    "LocateResult",
    "LocateResults",
    "Person",
    "Problem",
    "ReportForm",
    "ReportKept",
    "Ruling",
    "SuggestionList",
    "SuggestionName",
    "Violation",
]

LevelName = Literal["large", "micro"]


class _Model(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid")


class Problem(_Model):
    """What was refused, why, and what to do."""

    code: str = Field(description="Short stable name.", examples=["bad-question"])
    message: str = Field(description="What is wrong.")
    remedy: str = Field(description="What to do about it.")


class ErrorBody(_Model):
    """The one shape of every error."""

    error: Problem


class Community(_Model):
    """A community (社区)."""

    code: str
    name: str


class GridName(_Model):
    """A grid (网格) by code and name, and the published plan that it is a grid of."""

    code: str
    name: str
    kind: str = Field(description="base or special (专属网格).")
    level: LevelName
    version: int | None = Field(default=None, description="Empty where nobody published it.")
    valid_from: str | None = Field(default=None, description="First day, as 2026-11-22.")
    valid_until: str | None = Field(default=None, description="Last day; empty: no end is set.")


class AddressParts(_Model):
    """The address that was found, part by part; empty text where it has none."""

    area: str
    road: str
    number: str
    compound: str = Field(description="The compound (小区) with its phase.")
    phase: str
    building: str
    stairwell: str
    floor: str
    room: str


class Ruling(_Model):
    """The ruling that an answer follows: a person assigned the place to a grid."""

    code: str = Field(description="The micro-grid as it was ruled.")
    reason: str
    document: str
    valid_from: str
    valid_until: str | None
    moved: bool = Field(description="Whether the plan has changed since, so that another answers.")


class Building(_Model):
    """A building; empty text where a part is not known."""

    building_id: str
    name: str
    compound: str = Field(description="The compound (小区) it belongs to.")


class Person(_Model):
    """Who answers for a place, with the phone that is public by duty and no other."""

    level: Literal["community", "large", "compound", "micro", "building", "stairwell"]
    role: str
    name: str
    duty_phone: str = Field(description="Empty where none is public.")


class Alternative(_Model):
    """What else may be meant."""

    address: str = Field(description="Can be asked in its turn; empty for a point.")
    large: GridName | None
    micro: GridName | None
    building_id: str = Field(description="Empty where it is no building.")
    stairwell: str
    room: str
    place: str = Field(description="The compound, road or site it is; empty where not known.")


class LocateAnswer(_Model):
    """Which grid a place is in, how sure that is, and who answers for it."""

    query: str
    match_level: Literal["room", "stairwell", "building", "compound", "road", "point", "none"]
    confidence: float = Field(ge=0, le=1, description="Below 0.5 the answer asks back.")
    reason: str = Field(description="Why the answer is as it is: a short stable word.")
    message: str = Field(description="The same as a sentence, in Chinese and English.")
    address_normalised: str
    parts: AddressParts | None = Field(description="The same, part by part; for an address.")
    community: Community | None
    large: GridName | None
    micro: GridName | None
    building: Building | None
    stairwell: str | None
    people: tuple[Person, ...] = Field(description="From the community down to the stairwell.")
    walk_m: float | None = Field(description="Metres of walking to the micro-grid's meeting point.")
    lacks: tuple[str, ...] = Field(description="Facilities that the living circle lacks.")
    ruling: Ruling | None
    alternatives: tuple[Alternative, ...]
    border_m: float | None = Field(description="For a point: metres to the micro-grid's border.")
    near_border: bool
    outside_m: float | None = Field(description="Outside: metres to the nearest grid.")
    plan_id: str
    version: int | None = Field(description="The plan's in this community; empty: unpublished.")
    data_date: str
    report_url: str = Field(
        description="Where people say that this is wrong, from this server's root; may be empty."
    )


class Grid(_Model):
    """A grid with its figures."""

    code: str
    name: str
    level: LevelName
    kind: str
    community_code: str
    parent_code: str | None
    households: int
    residents: int
    buildings: int
    walk_max_m: float | None
    walk_mean_m: float | None
    compactness: float | None
    violations: int
    bbox: tuple[float, float, float, float] = Field(
        description="West, south, east, north in degrees, WGS 84."
    )


class GridList(_Model):
    """All grids of a plan, or of one level, in the order of their codes."""

    plan_id: str
    grids: tuple[Grid, ...]


class Violation(_Model):
    """A rule that a grid does not keep, and why."""

    rule: str
    severity: str
    value: float | None
    limit: float | None
    why: str
    remedy: str


class Count(_Model):
    """How many things of a counted layer a grid has."""

    layer: str
    status: str | None
    count: int


class GridDetail(_Model):
    """A grid with what belongs to it."""

    plan_id: str
    grid: Grid
    community: Community | None
    parent: GridName | None
    children: tuple[GridName, ...]
    people: tuple[Person, ...]
    violations: tuple[Violation, ...]
    counts: tuple[Count, ...]


class Health(_Model):
    """Whether the server answers, and with what."""

    status: Literal["ok"]
    plan_id: str
    data_date: str
    communities: int
    large_grids: int
    micro_grids: int


class LocateItem(BaseModel):
    """One question of many: an address, or a point in degrees."""

    model_config = ConfigDict(extra="forbid")

    id: str | int | None = Field(default=None, description="Your own; comes back as it is.")
    address: str | None = Field(default=None, min_length=1, max_length=200)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        point = (self.lon is not None, self.lat is not None)
        if point != ((False, False) if self.address is not None else (True, True)):
            msg = "give either address, or lon and lat"
            raise ValueError(msg)
        return self


class LocateResult(_Model):
    """The answer to one question of many, or why it has none."""

    id: str | int | None
    answer: LocateAnswer | None = None
    error: Problem | None = None


class BatchCount(_Model):
    """How many questions were asked, settled in one grid, left open or outside, and refused."""

    asked: int
    found: int
    open: int
    refused: int


class LocateResults(_Model):
    """The answers to many questions, in their order."""

    results: tuple[LocateResult, ...]
    summary: BatchCount


class SuggestionName(_Model):
    """One way to go on typing."""

    text: str = Field(description="Can be asked in its turn.")
    kind: str = Field(description="compound, road, building, number, alias, stairwell or room.")
    of: str = Field(description="The place it lies in; empty where it is that place.")
    micro: str = Field(description="The micro-grid that all of it lies in; empty for several.")


class SuggestionList(_Model):
    """What a text may become, the likeliest first."""

    query: str
    suggestions: tuple[SuggestionName, ...]


class ReportForm(LocateItem):
    """Say that the answer to a question is wrong."""

    id: None = None
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    text: str = Field(
        min_length=1, max_length=1000, description="What is wrong, or what would be right."
    )


class ReportKept(_Model):
    """That a report was kept for the planner."""

    number: int
    message: str
