"""Follow rulings: a person assigned an address or a place to a grid, whatever the plan says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rtree import index as rtree_index

from gis.lookup.addresses import compound_key
from gis.lookup.answer import RulingRef
from gis.lookup.book_rows import number_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gis.lookup.addresses import ParsedAddress

__all__ = ["HOME", "AddressKey", "Followed", "Ruling", "Rulings", "address_keys"]

#: Marks a key that is a home's id.
HOME: Final = "home:"
#: Who is asked about: a home or a place with a building's label, a stairwell, a room.
AddressKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """That an address, or a place, belongs to a micro-grid.

    Parameters
    ----------
    number
        The higher, the later it was made; of two about one thing the later holds.
    address
        The address, with all that lies below it; empty for a place.
    lon, lat, radius_m
        The place in degrees of WGS 84, and how far around it the ruling holds; None for an
        address.
    code, anchor_lon, anchor_lat
        The micro-grid, and a point in it as it was when ruled.
    reason, document
        Why, and the number of the document that says so.
    valid_from, valid_until
        First and last day, as 2026-11-22; None where no end is set.
    """

    number: int
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    radius_m: float = 0.0
    code: str
    anchor_lon: float
    anchor_lat: float
    reason: str
    document: str = ""
    valid_from: str
    valid_until: str | None = None


class Followed(NamedTuple):
    """A ruling in one release.

    Parameters
    ----------
    ruling
        The ruling.
    micro
        Position of the micro-grid that it comes to; -1 where the release has none there.
    moved
        Whether that is another one than was ruled.
    keys
        For an address: the keys it holds for, and for all below them.
    x, y
        For a place: metres in the plan's CRS.
    """

    ruling: Ruling
    micro: int
    moved: bool
    keys: tuple[AddressKey, ...] = ()
    x: float = 0.0
    y: float = 0.0

    def holds(self, day: str) -> bool:
        """Tell whether the ruling holds on a day."""
        until = self.ruling.valid_until
        return self.ruling.valid_from <= day and (until is None or day <= until)

    @property
    def ref(self) -> RulingRef:
        """The ruling as an answer names it."""
        ruling = self.ruling
        return RulingRef(
            code=ruling.code,
            reason=ruling.reason,
            document=ruling.document,
            valid_from=ruling.valid_from,
            valid_until=ruling.valid_until,
            moved=self.moved,
        )


class Rulings:
    """The rulings that a release can follow, by address and by place; small, and made often.

    Parameters
    ----------
    followed
        The rulings. Those whose grid is nowhere in the release are left out: see `stray`.
    """

    def __init__(self, followed: Iterable[Followed] = ()) -> None:
        every = sorted(followed, key=lambda each: -each.ruling.number)
        self.stray: Final = tuple(each for each in every if each.micro < 0)
        self._places = [each for each in every if each.micro >= 0 and not each.ruling.address]
        self._tree = rtree_index.Index()
        for at, each in enumerate(self._places):
            r = each.ruling.radius_m
            self._tree.insert(at, (each.x - r, each.y - r, each.x + r, each.y + r))
        keyed: dict[AddressKey, list[Followed]] = defaultdict(list)
        buildings: dict[str, list[Followed]] = defaultdict(list)
        for each in every:
            if each.micro >= 0 and each.ruling.address:
                for key in each.keys:
                    keyed[key].append(each)
                    if key[0].startswith(HOME) and not any(key[1:]):
                        buildings[key[0].removeprefix(HOME)].append(each)
        self._keyed: Mapping[AddressKey, Sequence[Followed]] = keyed
        self._buildings: Mapping[str, Sequence[Followed]] = buildings

    def __len__(self) -> int:
        return len(self._places) + sum(map(len, self._keyed.values()))

    def for_address(self, keys: Iterable[AddressKey], *, on: str) -> Followed | None:
        """Return the ruling of the first key that has one on a day; the deepest come first."""
        return next(_holding((self._keyed.get(key, ()) for key in keys), on), None)

    def for_point(self, x: float, y: float, building_id: str, *, on: str) -> Followed | None:
        """Return the latest ruling on a day about a place, or else about its whole building."""
        hits = sorted(self._tree.intersection((x, y, x, y))) if self._places else ()
        near = [
            place
            for place in (self._places[int(hit)] for hit in hits)
            if (place.x - x) ** 2 + (place.y - y) ** 2 <= place.ruling.radius_m**2
        ]
        return next(_holding((near, self._buildings.get(building_id, ())), on), None)


def address_keys(
    reading: ParsedAddress, *, home_id: str = "", compound: str = "", stairwell: str = ""
) -> tuple[tuple[AddressKey, ...], ...]:
    """Return the keys of an address, then those of all it lies in, level by level.

    Parameters
    ----------
    reading
        The address as it was read.
    home_id, compound, stairwell
        What the address book knows of it, which other spellings come to as well.

    Examples
    --------
    >>> from gis.lookup.addresses import parse
    >>> for level in address_keys(parse("芳华苑3幢2单元501室")[0], home_id="B7"):
    ...     print(level)
    (('home:B7', '2', '501'), ('芳华苑/3', '2', '501'))
    (('home:B7', '2', ''), ('芳华苑/3', '2', ''))
    (('home:B7', '', ''), ('芳华苑/3', '', ''))
    (('芳华苑/', '', ''),)
    """
    places = [place for place in (compound_key(reading.compound), number_key(reading)) if place]
    heads = [f"{HOME}{home_id}"] if home_id else []
    heads += [f"{place}/{reading.building}" for place in places if reading.building]
    stairwell, room = stairwell or reading.stairwell, reading.room
    below = [(stairwell, room)] if room else []
    below += [(stairwell, "")] if stairwell else []
    names = dict.fromkeys([*places, *([compound_key(compound)] if compound else [])])
    levels = [tuple((head, *inner) for head in heads) for inner in (*below, ("", ""))]
    return tuple(filter(None, (*levels, tuple((f"{name}/", "", "") for name in names))))


def _holding(groups: Iterable[Sequence[Followed]], day: str) -> Iterator[Followed]:
    return (each for group in groups for each in group if each.holds(day))
