"""Hold the rules a plan is made by: household ranges, walking limits, speed, seed, effort."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from gis import services, settings
from gis.errors import BadRules
from gis.prices import Prices
from gis.settings import require_flag, require_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gis.services import Service

__all__ = [
    "EFFORTS",
    "Cells",
    "Effort",
    "Households",
    "Level",
    "LevelRules",
    "Names",
    "Rules",
    "Walker",
    "Walking",
    "profile_names",
]

Level = Literal["large", "micro"]
Effort = Literal["quick", "normal", "thorough"]
Range = tuple[int, int]

#: How much work a plan may be worth; counted in steps, so that a plan repeats.
EFFORTS: tuple[Effort, ...] = ("quick", "normal", "thorough")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRules:
    """The rules of one level.

    Parameters
    ----------
    soft_households, hard_households
        Inclusive ranges of households: preferred, and never broken without saying so.
    target_households
        The count of grids is the feasible number nearest to total / target.
    walk_limit_m
        Longest walk from an atom's entrance to its grid's centre, in metres.
    """

    soft_households: Range
    hard_households: Range
    target_households: int
    walk_limit_m: float

    def __post_init__(self) -> None:
        for name in ("soft_households", "hard_households"):
            limit = getattr(self, name)
            whole = len(limit) == 2 and all(type(value) is int for value in limit)  # noqa: PLR2004
            if not whole or not 0 <= limit[0] <= limit[1]:
                given = ":".join(str(value) for value in limit)
                msg = f"{name} is {given}; give LOW:HIGH with 0 <= LOW <= HIGH, whole numbers"
                raise BadRules(msg)
        (low, high), (least, most) = self.soft_households, self.hard_households
        if not least <= low <= high <= most:
            msg = f"soft_households {low}:{high} must lie within hard_households {least}:{most}"
            raise BadRules(msg)
        for name in ("target_households", "walk_limit_m"):
            require_number(name, getattr(self, name))

    def with_soft(self, low: int, high: int) -> LevelRules:
        """Return these rules with another soft range; the hard one widens to hold it.

        The target moves to the middle of the range where it would lie outside.
        """
        hard = (min(self.hard_households[0], low), max(self.hard_households[1], high))
        inside = low <= self.target_households <= high
        target = self.target_households if inside else max(1, (low + high) // 2)
        return replace(
            self, soft_households=(low, high), hard_households=hard, target_households=target
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walking:
    """How people walk: speed, stairs, detours, how far an entrance may be from a walkway."""

    speed_m_per_min: float = 60.0
    stairs: bool = True
    detour_factor: float = 1.3
    snap_limit_m: float = 150.0
    circle_minutes: tuple[int, ...] = (5, 10, 15)

    def __post_init__(self) -> None:
        for name in ("speed_m_per_min", "snap_limit_m"):
            require_number(name, getattr(self, name))
        require_number("detour_factor", self.detour_factor, least=1.0)
        for minutes in self.circle_minutes:
            require_number("circle_minutes", minutes)
        require_flag("stairs", self.stairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """One kind of people on foot: how fast they walk, and whether they take stairs."""

    speed_m_per_min: float
    stairs: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        require_number("speed_m_per_min", self.speed_m_per_min)
        require_flag("stairs", self.stairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """How households are estimated where nobody counted them."""

    dwelling_m2: float = 92.17
    floor_height_m: float = 3.0
    default_floors: int = 6
    residents_per_household: float = 2.6

    def __post_init__(self) -> None:
        for item in fields(self):
            require_number(item.name, getattr(self, item.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """How cells are drawn: kinds of walkways that bound them as barriers do, but stop nobody."""

    street_kinds: tuple[str, ...] = (
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
    )

    def __post_init__(self) -> None:
        given = self.street_kinds
        if type(given) is not tuple or not all(type(kind) is str and kind for kind in given):
            msg = f"street_kinds is {given!r}; give a list of kinds of walkways, or an empty one"
            raise BadRules(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Patterns of the grids' names: n and m are sequence numbers, name a special site's."""

    large: str = "第{n}网格"
    micro: str = "第{n}网格第{m}微网格"
    special: str = "专属网格·{name}"
    special_micro: str = "专属微网格·{name}"

    def __post_init__(self) -> None:
        for item in fields(self):
            pattern = getattr(self, item.name)
            known = {"name": ""} if item.name.startswith("special") else {"n": 1, "m": 1}
            try:
                pattern.format(**known)
            except (AttributeError, IndexError, KeyError, ValueError) as error:
                allowed = " and ".join(f"{{{key}}}" for key in known)
                msg = f"the name pattern {item.name} is {pattern!r}; it may hold {allowed} only"
                raise BadRules(msg) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All a plan follows besides its inputs; equal rules and inputs give an equal plan.

    Examples
    --------
    >>> rules = Rules.load("default")
    >>> rules.large.soft_households, rules.micro.target_households
    ((300, 500), 70)
    >>> Rules.from_json(rules.to_json()) == rules
    True
    """

    name: str
    source: str
    large: LevelRules
    micro: LevelRules
    walking: Walking = field(default_factory=Walking)
    households: Households = field(default_factory=Households)
    cells: Cells = field(default_factory=Cells)
    names: Names = field(default_factory=Names)
    prices: Prices = field(default_factory=Prices)
    walkers: Mapping[str, Walker] = field(default_factory=dict)
    access: Mapping[str, Service] = field(default_factory=dict)
    seed: int = 0
    effort: Effort = "normal"

    def __post_init__(self) -> None:
        object.__setattr__(self, "walkers", MappingProxyType(dict(self.walkers)))
        object.__setattr__(self, "access", MappingProxyType(services.parse(self.access)))
        if type(self.seed) is not int or self.seed < 0:
            msg = f"seed is {self.seed!r}; give a whole number of 0 or more"
            raise BadRules(msg)

    def level(self, level: Level) -> LevelRules:
        """Return the rules of one level."""
        return self.large if level == "large" else self.micro

    def with_effort(self, effort: str) -> Rules:
        """Return these rules with another amount of work.

        Raises
        ------
        BadRules
            If there is no such effort.
        """
        known = next((each for each in EFFORTS if each == effort), None)
        if known is None:
            msg = f"effort is {effort!r}; give one of {', '.join(EFFORTS)}"
            raise BadRules(msg)
        return replace(self, effort=known)

    def walked_by(self, walker: str) -> Rules:
        """Return these rules at the speed of one of the profile's walkers.

        Limits in metres stay as they are; circles, which are in minutes, follow the speed.

        Raises
        ------
        BadRules
            If the profile knows no such walker.

        Examples
        --------
        >>> slow = Rules.load("default").walked_by("wheelchair").walking
        >>> slow.speed_m_per_min, slow.stairs
        (40.0, False)
        """
        if walker not in self.walkers:
            known = ", ".join(self.walkers) or "none"
            msg = f"the profile has no walker {walker!r}; known are {known}"
            raise BadRules(msg)
        known_as = self.walkers[walker]
        walking = replace(
            self.walking, speed_m_per_min=known_as.speed_m_per_min, stairs=known_as.stairs
        )
        return replace(self, walking=walking)

    @classmethod
    def load(cls, profile: str | Path = "default") -> Rules:
        """Read a profile by its name or by the path of a TOML file.

        Raises
        ------
        BadRules
            If there is no such profile, or it is not one.
        """
        return cls.from_dict(settings.read(profile, what="profile"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rules:
        """Build rules from plain values as a TOML or JSON file holds them."""
        try:
            rules = cls(
                name=data["name"],
                source=data["source"],
                large=LevelRules(**_ranges(data["large"])),
                micro=LevelRules(**_ranges(data["micro"])),
                walking=Walking(**_ranges(data.get("walking", {}))),
                households=Households(**data.get("households", {})),
                cells=Cells(**_ranges(data.get("cells", {}))),
                names=Names(**data.get("names", {})),
                prices=Prices(**data.get("prices", {})),
                walkers={key: Walker(**v) for key, v in data.get("walkers", {}).items()},
                access=data.get("access", {}),
                seed=data.get("seed", 0),
            )
            return rules.with_effort(data.get("effort", rules.effort))
        except (AttributeError, KeyError, TypeError) as error:
            msg = f"the profile lacks or misnames a value: {error}"
            raise BadRules(msg) from error

    def to_json(self) -> str:
        """Write the rules as one line of JSON, keys sorted."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return json.dumps(_plain(values), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Rules:
        """Read what `to_json` wrote."""
        return cls.from_dict(json.loads(text))


def profile_names() -> list[str]:
    """Return the names of the profiles that come with wangge."""
    return settings.named()


def _plain(value: Any) -> Any:
    """Turn frozen values and mappings of them into what JSON holds."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (dict, MappingProxyType)):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


def _ranges(section: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the lists of a file into tuples."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in section.items()}
