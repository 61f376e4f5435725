"""Turn the atoms, buildings and addresses of a plan into an address book."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.lookup.addresses import ParsedAddress, compound_key, parse
from gis.lookup.areas import split_area, strip_area
from gis.lookup.book import AddressBook
from gis.lookup.book_rows import BookRow, Grids, Home, label_order, number_key
from gis.lookup.labels import plain_label
from gis.lookup.rows import rows_of
from gis.lookup.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gis.lookup.book_rows import PlaceKind
    from gis.plan_data import Plan

__all__ = ["book_of_plan", "room_label"]

_ADDRESS: Final = ("building_id", "atom_id", "address", "alias_of", "stairwell", "room")
_ATOM: Final = ("building_id", "atom_id", "stairwells", "compound", "special", "community_code")
_CODES: Final = ("large_code", "micro_code")
_BUILDING: Final = ("building_id", "name", "compound", "address", "stairwells")

#: More stairwells than any building has: a count beyond it is a mistake, not a list.
_MOST_STAIRWELLS: Final = 60


@dataclass(slots=True)
class _Sheet:
    """What is gathered of one home before it is frozen."""

    home_id: str
    compound: str = ""
    special: str = ""
    name: str = ""
    grids: set[Grids] = field(default_factory=set)
    split: dict[str, Grids] = field(default_factory=dict)
    atoms: dict[str, str] = field(default_factory=dict)
    stairwells: set[str] = field(default_factory=set)
    standard: ParsedAddress | None = None
    rows: dict[BookRow, None] = field(default_factory=dict)


def book_of_plan(plan: Plan, path: Path | None = None, *, area: str = "") -> AddressBook:
    """Write a plan's buildings and addresses, by every name they have, into a book.

    Names come from the address table, its aliases, and the buildings' own names, compounds
    and addresses. An alias of one address (红旗新村1号楼 for 海棠新村1幢) names the whole
    compound anew where only the compound differs and nothing else bears that name.

    Parameters
    ----------
    plan
        A finished plan.
    path
        Where the book is written; None for one that goes away with the book.
    area
        What the communities lie in, from the province down, as in 江苏省南京市建邺区; what the
        addresses say of it is learnt from them.
    """
    areas = set(split_area(area))
    for (name,) in rows_of(plan["communities"], ("name",)):
        areas.update(split_area(name))
    with closing(sqlite3.connect("")) as scratch:
        _sort_in(scratch, plan)
        entries, unplaced = _entries(scratch, areas), _unplaced(scratch)
        return AddressBook.build(path, entries, areas=areas, unplaced=unplaced)


def room_label(room: str) -> str:
    """Return a room of a table as `parse` writes it.

    Examples
    --------
    >>> room_label("0501室"), room_label("车库02")
    ('501', '车库2')
    """
    return plain_label(re.sub("[室户号]$", "", normalise(room)))


def _sort_in(scratch: sqlite3.Connection, plan: Plan) -> None:
    """Put what is to be read home by home where it is sorted without filling the memory."""
    scratch.executescript(
        """
        CREATE TABLE atom (home TEXT, building, atom, stairwells, compound, special, community,
            large, micro);
        CREATE TABLE building (home TEXT PRIMARY KEY, name, compound, address, stairwells);
        CREATE TABLE address (home TEXT, text, alias_of, building, stairwell, room);
        CREATE TABLE unplaced (text TEXT);
        """
    )
    atoms = plan["atoms"]
    scratch.executemany(
        "INSERT INTO atom VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (_home_id(*row[:2]), *row, *codes)
            for row, codes in zip(rows_of(atoms, _ATOM), rows_of(atoms, _CODES), strict=True)
        ),
    )
    scratch.executemany(
        "INSERT OR REPLACE INTO building VALUES (?, ?, ?, ?, ?)",
        rows_of(plan.layers.get("buildings"), _BUILDING),
    )
    scratch.executemany(
        "INSERT INTO address VALUES (?, ?, ?, ?, ?, ?)",
        (
            (_home_id(building, atom), text, alias_of, building, stairwell, room)
            for building, atom, text, alias_of, stairwell, room in rows_of(
                plan["addresses"], _ADDRESS
            )
        ),
    )
    scratch.executescript(
        """
        CREATE INDEX atom_by_home ON atom (home, atom);
        CREATE INDEX address_by_home ON address (home, text, alias_of, stairwell, room);
        """
    )


def _entries(scratch: sqlite3.Connection, areas: set[str]) -> Iterator[BookRow | Home]:
    """Give the rows and the home of every building, one building after the other."""
    homes = scratch.execute("SELECT home FROM atom UNION SELECT home FROM address ORDER BY 1")
    for (home_id,) in homes:
        sheet = _sheet(
            home_id,
            scratch.execute(
                "SELECT atom, stairwells, compound, special, community, large, micro"
                " FROM atom WHERE home = ? ORDER BY atom",
                (home_id,),
            ),
        )
        addresses = scratch.execute(
            "SELECT text, alias_of, stairwell, room FROM address WHERE home = ?"
            " ORDER BY text, alias_of, stairwell, room",
            (home_id,),
        )
        for row in addresses:
            text = _note_row(sheet, areas, *row)
            if text:
                scratch.execute("INSERT INTO unplaced VALUES (?)", (text,))
        found = scratch.execute(
            "SELECT name, compound, address, stairwells FROM building WHERE home = ?", (home_id,)
        ).fetchone()
        if sheet.grids and (found or sheet.standard or sheet.special):
            home = _home(sheet, found)
            _note_home(sheet, home)
            yield home
        yield from sheet.rows


def _unplaced(scratch: sqlite3.Connection) -> Iterator[str]:
    """Give what `_entries` has no place for; to be asked when those are done."""
    for (text,) in scratch.execute("SELECT text FROM unplaced"):
        yield text


def _home_id(building: str, atom: str) -> str:
    return building or f"cell:{atom}"


def _sheet(home_id: str, atoms: Iterable[tuple[str, ...]]) -> _Sheet:
    """Gather the atoms of a building, or of a given cell."""
    sheet = _Sheet(home_id)
    for atom, stairwells, compound, special, community, large, micro in atoms:
        grids = Grids(community, large, micro)
        sheet.grids.add(grids)
        sheet.compound, sheet.special = sheet.compound or compound, sheet.special or special
        labels = [label.strip() for label in stairwells.split(",") if label.strip()]
        sheet.split.update(dict.fromkeys(labels, grids))
        sheet.atoms.update(dict.fromkeys(labels or [""], atom))
    return sheet


def _note_row(
    sheet: _Sheet, areas: set[str], text: str, alias_of: str, stairwell: str, room: str
) -> str:
    """Take one row of the address table; return its text where the plan has no place for it."""
    address = parse(text)[0]
    areas.update(split_area(address.area))
    if alias_of:
        target = parse(alias_of)[0]
        if _tail(address) == _tail(target) and address.compound and target.compound:
            keys = compound_key(address.compound), compound_key(target.compound)
            sheet.rows[BookRow(keys[0], "alias", of=keys[1])] = None
    if not sheet.grids:
        return strip_area(normalise(text))[1] if not alias_of or address.building else ""
    stairwell = stairwell or address.stairwell
    room = room_label(room) or address.room
    _note_place(sheet, address, alias=bool(alias_of))
    if not alias_of:
        plain = replace(address, area="", stairwell="", floor="", room="")
        if _fullness(plain) > _fullness(sheet.standard):
            sheet.standard = plain
    if stairwell:
        sheet.stairwells.add(stairwell)
    if room:
        sheet.rows[BookRow("", "building", "", sheet.home_id, stairwell, room)] = None
    return ""


def _fullness(address: ParsedAddress | None) -> tuple[bool, bool, bool]:
    """Rank what may stand for a home: naming its compound and its building is best."""
    if address is None:
        return (False, False, False)
    return (bool(address.compound), bool(address.building), True)


def _note(sheet: _Sheet, place: str, kind: PlaceKind, label: str, *, alias: bool = False) -> None:
    sheet.rows[BookRow(place, "alias" if alias else kind, label, sheet.home_id)] = None


def _note_place(sheet: _Sheet, address: ParsedAddress, *, alias: bool = False) -> None:
    """Register a home under the compound and under the number that its address names."""
    compound, number = compound_key(address.compound), number_key(address)
    if compound:
        inner = f"{address.number}号" if number and not address.road else ""
        _note(sheet, compound, "compound", address.building or inner, alias=alias)
    if number:
        _note(sheet, number, "number", address.building, alias=alias)
    elif address.road and not compound:
        _note(sheet, address.road, "road", address.building, alias=alias)


def _note_home(sheet: _Sheet, home: Home) -> None:
    """Register a home under its address, its compound, its special site and its own name."""
    own_name = "" if home.standard.building else compound_key(home.name)
    named = replace(home.standard, building=home.standard.building or own_name)
    alone = bool(own_name) and not compound_key(home.standard.compound).endswith(own_name)
    _note_place(sheet, named if alone else home.standard)
    for name in filter(None, (home.compound, sheet.special)):
        _note(sheet, compound_key(name), "compound", named.building)
        if own_name:
            _note(sheet, compound_key(name) + own_name, "building", "")
    if alone:
        _note(sheet, own_name, "building", "")


def _home(sheet: _Sheet, found: tuple[str, ...] | None) -> Home:
    """Put together what is known of one building."""
    name, compound, address, count = found or ("", "", "", "")
    compound = sheet.compound or compound
    standard = parse(address)[0] if address else sheet.standard or ParsedAddress()
    if compound and compound_key(standard.compound) != compound_key(compound):
        standard = replace(standard, compound=compound)
    if name and not standard.building:
        label = parse(f"楼盘{name}")[0].building
        standard = replace(standard, building=label)
    if not (standard.compound or standard.road):
        standard = replace(standard, compound=name or sheet.special or sheet.home_id)
    known = set(sheet.split) | sheet.stairwells
    if count.isdecimal():
        known |= {str(n) for n in range(1, min(int(count), _MOST_STAIRWELLS) + 1)}
    return Home(
        home_id=sheet.home_id,
        name=name,
        compound=compound,
        standard=replace(standard, area="", stairwell="", floor="", room="", beside=False),
        stairwells=tuple(sorted(known, key=label_order)),
        grids=tuple(sorted(sheet.grids)),
        split=MappingProxyType(dict(sorted(sheet.split.items()))),
        atom_of=MappingProxyType(dict(sorted(sheet.atoms.items()))),
    )


def _tail(address: ParsedAddress) -> tuple[str, str, str]:
    return address.building, address.stairwell, address.room
