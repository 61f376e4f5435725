"""Read from OpenStreetMap's tags what a thing is to wangge."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.errors import BadRules
from gis.rules import Households

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "Tags",
    "address",
    "barrier_kind",
    "building_use",
    "capacity",
    "facility_category",
    "flats",
    "floors",
    "gate_open",
    "is_building",
    "is_compound",
    "is_gate",
    "is_water",
    "walk_access",
    "walk_kind",
]

_Conditions = tuple[tuple[str, str], ...]
_HAN = re.compile(r"[\u3400-\u9fff]")
_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "customers", "public"})
_MOST_FLOORS = 200
_MOST_FLATS = 5_000
_MOST_PLACES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tag tables that an import follows; see ``osm_tags.toml`` for their meaning."""

    facilities: tuple[tuple[str, _Conditions], ...]
    never: frozenset[str]
    use: _Conditions
    use_any: tuple[tuple[str, str], ...]
    walkable: frozenset[str]
    no_foot_in_tunnel: frozenset[str]
    compounds: _Conditions
    water: _Conditions
    dry: frozenset[str]
    barriers: tuple[tuple[str, _Conditions], ...]
    gates: _Conditions

    @classmethod
    def load(cls, path: str | Path | None = None) -> Tags:
        """Read the tables from a TOML file; without a path those that come with wangge.

        Raises
        ------
        BadRules
            If the file is not one, or lacks a table.

        Examples
        --------
        >>> [name for name, _ in Tags.load().facilities][:2]
        ['convenience_store', 'supermarket']
        """
        source = files("gis.io") / "osm_tags.toml" if path is None else Path(path)
        try:
            data = tomllib.loads(source.read_text(encoding="utf-8"))
            return cls(
                facilities=tuple((k, _conditions(v)) for k, v in data["facilities"].items()),
                never=frozenset(data["buildings"]["never"]),
                use=_conditions(data["buildings"]["use"]),
                use_any=tuple(data["buildings"]["use_any"].items()),
                walkable=frozenset(data["walkways"]["walkable"]),
                no_foot_in_tunnel=frozenset(data["walkways"]["no_foot_in_tunnel"]),
                compounds=_conditions(data["areas"]["compounds"]),
                water=_conditions(data["areas"]["water"]),
                dry=frozenset(data["areas"]["dry"]),
                barriers=tuple((k, _conditions(v)) for k, v in data["barriers"].items()),
                gates=_conditions(data["gates"]["points"]),
            )
        except (OSError, KeyError, AttributeError, TypeError, ValueError) as error:
            msg = f"{source} holds no table of tags: {error!r}; copy gis/io/osm_tags.toml"
            raise BadRules(msg) from error

    @property
    def facility_keys(self) -> tuple[str, ...]:
        """Keys that make a thing a facility, sorted."""
        return tuple(sorted({key for _, rows in self.facilities for key, _ in rows}))

    def barrier_lines(self, kinds: Collection[str]) -> tuple[tuple[str, str], ...]:
        """Key and value of the ways that are barriers of these kinds, highways aside."""
        rows = {pair for kind, pairs in self.barriers if kind in kinds for pair in pairs}
        return tuple(sorted(pair for pair in rows if pair[0] != "highway"))

    @property
    def gate_keys(self) -> tuple[str, ...]:
        """Keys that make a node a gate, sorted."""
        return tuple(sorted({key for key, _ in self.gates}))

    @property
    def area_keys(self) -> tuple[str, ...]:
        """Keys that make an area a compound or water, sorted."""
        return tuple(sorted({key for key, _ in (*self.compounds, *self.water)}))


def facility_category(tags: Mapping[str, str], tables: Tags) -> str | None:
    """Name the category of a facility; None where it is none.

    Examples
    --------
    >>> facility_category({"shop": "convenience"}, Tags.load())
    'convenience_store'
    """
    return next((name for name, rows in tables.facilities if _fits(tags, rows)), None)


def is_building(tags: Mapping[str, str], tables: Tags) -> bool:
    """Tell whether a thing is a building above the ground."""
    value = tags.get("building")
    return value is not None and value not in tables.never and not _underground(tags)


def building_use(tags: Mapping[str, str], tables: Tags) -> str | None:
    """Tell what a building is used for; None where its tags do not say.

    Examples
    --------
    >>> building_use({"building": "yes", "amenity": "school"}, Tags.load())
    'school'
    >>> building_use({"building": "yes", "amenity": "restaurant"}, Tags.load()) is None
    True
    """
    value = tags.get("building", "yes")
    if value != "yes":
        return value
    for key, word in tables.use:
        if tags.get(key) == word:
            return word
    return next((word for key, word in tables.use_any if tags.get(key, "no") != "no"), None)


def floors(tags: Mapping[str, str]) -> int | None:
    """Count the floors: building:levels, else the height ÷ the default floor height.

    Examples
    --------
    >>> floors({"building:levels": "5.5"}), floors({"height": "31 m"}), floors({"height": "?"})
    (6, 10, None)
    """
    levels = _number(tags.get("building:levels"))
    if levels is None:
        height_m = _number(tags.get("height") or tags.get("building:height"))
        levels = None if height_m is None else height_m / Households().floor_height_m
    if levels is None or not 0 < levels <= _MOST_FLOORS:
        return None
    return max(1, int(levels + 0.5))


def flats(tags: Mapping[str, str]) -> int | None:
    """Count the dwellings that building:flats states; None where it does not."""
    count = _number(tags.get("building:flats"))
    whole = count is not None and count == int(count) and 0 <= count <= _MOST_FLATS
    return int(count) if whole and count is not None else None


def capacity(tags: Mapping[str, str]) -> int | None:
    """Count the places that a facility says it has; None where it does not.

    Examples
    --------
    >>> capacity({"capacity": "60"}), capacity({"capacity": "many"})
    (60, None)
    """
    text = tags.get("capacity", "").strip()
    return int(text) if text.isdecimal() and int(text) <= _MOST_PLACES else None


def address(tags: Mapping[str, str]) -> str | None:
    """Join addr:* as people write it where it is; None without a number and a street or place.

    Examples
    --------
    >>> address({"addr:street": "滨江大道", "addr:housenumber": "2727"})
    '滨江大道2727号'
    >>> address({"addr:street": "Rue Grimaldi", "addr:housenumber": "12"})
    '12 Rue Grimaldi'
    """
    full = tags.get("addr:full", "").strip()
    street = (tags.get("addr:street") or tags.get("addr:place") or "").strip()
    number = tags.get("addr:housenumber", "").strip()
    if full or not (street and number):
        return full or None
    if _HAN.search(street):
        return f"{street}{number}{'' if _HAN.search(number) else '号'}"
    return f"{number} {street}"


def walk_kind(tags: Mapping[str, str], tables: Tags) -> str | None:
    """Name the kind of a walkway: bridge, tunnel or its highway; None where it is none.

    A passage through a building is no tunnel: it lies on the ground.
    """
    highway = tags.get("highway")
    if highway not in tables.walkable or tags.get("motorroad") == "yes":
        return None
    if tags.get("bridge", "no") != "no":
        return "bridge"
    return "tunnel" if tags.get("tunnel", "no") not in {"no", "building_passage"} else highway


def walk_access(tags: Mapping[str, str], tables: Tags) -> str:
    """Tell who may walk there: "yes", "no" or "private"; foot beats access."""
    foot = tags.get("foot")
    says = foot or tags.get("access", "yes")
    if foot in _ALLOWED:
        return "yes"
    if says in {"private", "residents", "permit"}:
        return "private"
    if says in {"no", "use_sidepath", "military", "agricultural", "forestry", "delivery"}:
        return "no"
    for_cars = tags.get("highway") in tables.no_foot_in_tunnel
    sidewalk = tags.get("sidewalk", tags.get("sidewalk:both", "no")) not in {"no", "none"}
    in_tunnel = tags.get("tunnel", "no") not in {"no", "building_passage"}
    return "no" if in_tunnel and for_cars and not sidewalk else "yes"


def is_compound(tags: Mapping[str, str], tables: Tags) -> bool:
    """Tell whether an area is one where people live."""
    return _fits(tags, tables.compounds)


def is_water(tags: Mapping[str, str], tables: Tags) -> bool:
    """Tell whether an area is open water at ground level."""
    hidden = tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes" or _underground(tags)
    passing = tags.get("water") in tables.dry or tags.get("intermittent") == "yes"
    return _fits(tags, tables.water) and not hidden and not passing


def barrier_kind(tags: Mapping[str, str], tables: Tags) -> str | None:
    """Name the kind of barrier that a way is; None where it is none, or is not on the ground.

    Examples
    --------
    >>> tables = Tags.load()
    >>> barrier_kind({"barrier": "city_wall"}, tables), barrier_kind({"railway": "rail"}, tables)
    ('wall', 'railway')
    >>> barrier_kind({"railway": "rail", "bridge": "viaduct"}, tables) is None
    True
    """
    away = any(
        tags.get(key, "no") not in {"no", "building_passage"} for key in ("bridge", "tunnel")
    )
    if away or _underground(tags) or tags.get("layer", "0").startswith("-"):
        return None
    return next((kind for kind, rows in tables.barriers if _fits(tags, rows)), None)


def is_gate(tags: Mapping[str, str], tables: Tags) -> bool:
    """Tell whether a node lets people through a barrier."""
    return _fits(tags, tables.gates)


def gate_open(tags: Mapping[str, str]) -> bool | None:
    """Tell whether people can pass a gate; None where its tags do not say.

    Examples
    --------
    >>> gate_open({"locked": "yes"}), gate_open({"access": "private"}), gate_open({"foot": "yes"})
    (False, None, True)
    >>> gate_open({"locked": "yes", "opening_hours": "07:00-20:00"})
    True
    """
    says = tags.get("foot") or tags.get("access")
    if says in _ALLOWED or (says != "no" and tags.get("opening_hours", "").strip()):
        return True
    return False if tags.get("locked") == "yes" or says == "no" else None


def _underground(tags: Mapping[str, str]) -> bool:
    return tags.get("location") in {"underground", "underwater"}


def _conditions(rows: list[str]) -> _Conditions:
    pairs: list[Any] = [tuple(row.split("=", 1)) for row in rows]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004
        msg = f"a condition is key=value, and {rows} holds another"
        raise ValueError(msg)
    return tuple(pairs)


def _fits(tags: Mapping[str, str], rows: _Conditions) -> bool:
    return any(
        tags.get(key) == value or (value == "*" and tags.get(key, "no") != "no")
        for key, value in rows
    )


def _number(text: str | None) -> float | None:
    """Read the first number of a value such as "12", "31.5 m" or "3;4"."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(?:m|$|;|-)", text or "", flags=re.IGNORECASE)
    return float(found.group(1)) if found else None
