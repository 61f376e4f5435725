"""State the shape of every answer; the same names as in `gis.lookup.answer`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Alternative",
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
    "Person",
    "Problem",
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
    """A grid (网格) by code and name."""

    code: str
    name: str
    kind: str = Field(description="base or special (专属网格).")
    level: LevelName


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


class LocateAnswer(_Model):
    """Which grid a place is in, how sure that is, and who answers for it."""

    query: str
    match_level: Literal["room", "stairwell", "building", "compound", "road", "point", "none"]
    confidence: float = Field(ge=0, le=1, description="Below 0.5 the answer asks back.")
    reason: str = Field(description="Why the answer is as it is: a short stable word.")
    message: str = Field(description="The same as a sentence, in Chinese and English.")
    address_normalised: str
    community: Community | None
    large: GridName | None
    micro: GridName | None
    building: Building | None
    stairwell: str | None
    people: tuple[Person, ...] = Field(description="From the community down to the stairwell.")
    alternatives: tuple[Alternative, ...]
    border_m: float | None = Field(description="For a point: metres to the micro-grid's border.")
    near_border: bool
    outside_m: float | None = Field(description="Outside: metres to the nearest grid.")
    plan_id: str
    data_date: str


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
