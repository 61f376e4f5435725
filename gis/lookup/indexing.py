"""Build the gazetteer of a plan from its atoms, buildings and addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.addresses import ParsedAddress, compound_key, parse
from gis.lookup.areas import split_area, strip_area
from gis.lookup.gazetteer import Gazetteer, Grids, Home, label_order, number_key
from gis.lookup.labels import plain_label
from gis.lookup.rows import rows_of
from gis.lookup.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan_data import Plan

__all__ = ["build_gazetteer", "room_label"]

_ADDRESS: Final = ("address", "alias_of", "building_id", "atom_id", "stairwell", "room")
_ATOM: Final = ("building_id", "atom_id", "stairwells", "compound", "special", "community_code")
_CODES: Final = ("large_code", "micro_code")
_BUILDING: Final = ("building_id", "name", "compound", "address", "stairwells")

#: More stairwells than any building has: a count beyond it is a mistake, not a list.
_MOST_STAIRWELLS: Final = 60


@dataclass(slots=True)
class _Sheet:
    """What is gathered before it is frozen."""

    places: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    aliased: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    other_names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rooms: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    stairwells: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    standards: dict[str, ParsedAddress] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)
    unplaced: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Parts:
    """The atoms of one home."""

    compound: str = ""
    special: str = ""
    grids: set[Grids] = field(default_factory=set)
    split: dict[str, Grids] = field(default_factory=dict)


def build_gazetteer(plan: Plan) -> Gazetteer:
    """Index a plan's buildings and addresses by every name they have.

    Names come from the address table, its aliases, and the buildings' own names, compounds
    and addresses. An alias of one address (红旗新村1号楼 for 海棠新村1幢) names the whole
    compound anew where only the compound differs and nothing else bears that name.
    """
    parts = _parts(plan["atoms"])
    sheet = _Sheet()
    for row in sorted(rows_of(plan["addresses"], _ADDRESS)):
        _note_row(sheet, row, parts)
    homes = {}
    buildings = {row[0]: row for row in rows_of(plan.layers.get("buildings"), _BUILDING)}
    for home_id in sorted(parts):
        part = parts[home_id]
        if home_id not in buildings and home_id not in sheet.standards and not part.special:
            continue
        home = _home(home_id, buildings.get(home_id), part, sheet)
        homes[home_id] = home
        _note_home(sheet.places, home, special=part.special)
    for row in rows_of(plan["communities"], ("name",)):
        sheet.areas.update(split_area(row[0]))
    places = _with_aliases(sheet)
    return Gazetteer(
        homes=MappingProxyType(homes),
        places=places,
        rooms=MappingProxyType({key: _in_order(sheet.rooms[key]) for key in sorted(sheet.rooms)}),
        roads=_roads(places),
        unplaced=frozenset(sheet.unplaced),
        areas=frozenset(sheet.areas),
    )


def room_label(room: str) -> str:
    """Return a room of a table as `parse` writes it.

    Examples
    --------
    >>> room_label("0501室"), room_label("车库02")
    ('501', '车库2')
    """
    return plain_label(re.sub("[室户号]$", "", normalise(room)))


def _parts(atoms: Any) -> dict[str, _Parts]:
    """Gather the atoms of each building, and each given cell's."""
    parts: dict[str, _Parts] = defaultdict(_Parts)
    codes = rows_of(atoms, _CODES)
    for row, (large, micro) in zip(rows_of(atoms, _ATOM), codes, strict=True):
        building, atom, stairwells, compound, special, community = row
        part = parts[building or f"cell:{atom}"]
        grids = Grids(community, large, micro)
        part.grids.add(grids)
        part.compound, part.special = part.compound or compound, part.special or special
        part.split.update({s.strip(): grids for s in stairwells.split(",") if s.strip()})
    return dict(parts)


def _note_row(sheet: _Sheet, row: tuple[str, ...], parts: Mapping[str, _Parts]) -> None:
    """Take one row of the address table."""
    text, alias_of, building, atom, stairwell, room = row
    address = parse(text)[0]
    sheet.areas.update(split_area(address.area))
    if alias_of:
        target = parse(alias_of)[0]
        if _tail(address) == _tail(target) and address.compound and target.compound:
            sheet.other_names[compound_key(address.compound)].add(compound_key(target.compound))
    home = building or f"cell:{atom}"
    if home not in parts:
        if not alias_of or address.building:
            sheet.unplaced.add(strip_area(normalise(text))[1])
        return
    stairwell = stairwell or address.stairwell
    room = room_label(room) or address.room
    _note_place(sheet.aliased if alias_of else sheet.places, address, home)
    if not alias_of:
        plain = replace(address, area="", stairwell="", floor="", room="")
        if _fullness(plain) > _fullness(sheet.standards.get(home)):
            sheet.standards[home] = plain
    if stairwell:
        sheet.stairwells[home].add(stairwell)
    if room:
        sheet.rooms[home, room].add(stairwell)


def _fullness(address: ParsedAddress | None) -> tuple[bool, bool, bool]:
    """Rank what may stand for a home: naming its compound and its building is best."""
    if address is None:
        return (False, False, False)
    return (bool(address.compound), bool(address.building), True)


def _note_place(
    places: dict[str, dict[str, set[str]]], address: ParsedAddress, home_id: str
) -> None:
    """Register a home under the compound and under the number that its address names."""
    compound, number = compound_key(address.compound), number_key(address)
    if compound:
        inner = f"{address.number}号" if number and not address.road else ""
        places[compound][address.building or inner].add(home_id)
    if number:
        places[number][address.building].add(home_id)
    elif address.road and not compound:
        places[address.road][address.building].add(home_id)


def _note_home(places: dict[str, dict[str, set[str]]], home: Home, *, special: str) -> None:
    """Register a home under its address, its compound, its special site and its own name."""
    own_name = "" if home.standard.building else compound_key(home.name)
    named = replace(home.standard, building=home.standard.building or own_name)
    alone = own_name and not compound_key(home.standard.compound).endswith(own_name)
    _note_place(places, named if alone else home.standard, home.home_id)
    for name in (home.compound, special):
        if name:
            places[compound_key(name)][named.building].add(home.home_id)
            if own_name:
                places[compound_key(name) + own_name][""].add(home.home_id)
    if alone:
        places[own_name][""].add(home.home_id)


def _home(home_id: str, row: tuple[str, ...] | None, part: _Parts, sheet: _Sheet) -> Home:
    """Put together what is known of one building."""
    _, name, compound, address, count = row or (home_id, "", "", "", "")
    compound = part.compound or compound
    standard = parse(address)[0] if address else sheet.standards.get(home_id, ParsedAddress())
    if compound and compound_key(standard.compound) != compound_key(compound):
        standard = replace(standard, compound=compound)
    if name and not standard.building:
        label = parse(f"楼盘{name}")[0].building
        standard = replace(standard, building=label)
    if not (standard.compound or standard.road):
        standard = replace(standard, compound=name or part.special or home_id)
    known = set(part.split) | sheet.stairwells.get(home_id, set())
    if count.isdecimal():
        known |= {str(n) for n in range(1, min(int(count), _MOST_STAIRWELLS) + 1)}
    return Home(
        home_id=home_id,
        name=name,
        compound=compound,
        standard=replace(standard, area="", stairwell="", floor="", room="", beside=False),
        stairwells=_in_order(known),
        grids=tuple(sorted(part.grids)),
        split=MappingProxyType(dict(sorted(part.split.items()))),
    )


def _with_aliases(sheet: _Sheet) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Freeze the places, other names among them."""
    places = {name: dict(labels) for name, labels in sheet.places.items()}
    for name, targets in sorted(sheet.other_names.items()):
        if name not in sheet.places and len(targets) == 1:
            places[name] = dict(places.get(next(iter(targets)), {}))
    for name, labels in sheet.aliased.items():
        own = places.setdefault(name, {})
        for label, homes in labels.items():
            own[label] = own.get(label, set()) | homes
    return MappingProxyType(
        {
            name: MappingProxyType(
                {
                    label: tuple(sorted(places[name][label]))
                    for label in sorted(places[name], key=label_order)
                }
            )
            for name in sorted(places)
            if places[name]
        }
    )


def _roads(places: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    roads: dict[str, set[str]] = defaultdict(set)
    for place in places:
        road, bar, _ = place.partition("|")
        if bar:
            roads[road].add(place)
    return MappingProxyType({road: _in_order(roads[road]) for road in sorted(roads)})


def _tail(address: ParsedAddress) -> tuple[str, str, str]:
    return address.building, address.stairwell, address.room


def _in_order(labels: set[str]) -> tuple[str, ...]:
    return tuple(sorted(labels, key=label_order))
