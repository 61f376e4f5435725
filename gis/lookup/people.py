"""Find who answers for a place, from the community down to the stairwell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from gis.lookup.addresses import compound_key
from gis.lookup.answer import Person
from gis.lookup.fragments import Fragments, Keys, open_array
from gis.lookup.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["LEVELS", "Roster", "write_people"]

#: The chain, from the widest to the narrowest.
LEVELS: Final = ("community", "large", "compound", "micro", "building", "stairwell")
_GRIDS: Final = ("community", "large", "micro")
#: Private phones are not among them, so no release can hold one.
_READ: Final = ("name", "role", "serves", "duty_phone", "since", "until", "level", "code")
#: In front of each post stand the days it is held, as 2026-11-22; these where none is given.
_ALWAYS: Final = ("0000-00-00", "9999-99-99")
_DAY: Final = 10
_SPAN: Final = 2 * _DAY


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a release by what they serve.

    Parameters
    ----------
    posts
        Each person's post as JSON, behind the days it is held.
    first
        Where each group's posts begin; shape (groups + 1,).
    groups
        The groups by level and what is served.
    of_grids
        The groups of the communities, large grids and micro-grids, by position; -1 for none.
    """

    posts: Fragments
    first: NDArray[np.int64]
    groups: Keys
    of_grids: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

    @classmethod
    def open(cls, folder: Path) -> Roster:
        """Map what `write_people` wrote."""
        community, large, micro = (open_array(folder, f"posts_{level}") for level in _GRIDS)
        return cls(
            Fragments.open(folder, "posts"),
            open_array(folder, "posts_first"),
            Keys.open(folder, "posts_groups"),
            (community, large, micro),
        )

    def group(self, level: str, served: str) -> int:
        """Return the group of who serves one thing; -1 where nobody does.

        Parameters
        ----------
        level, served
            A level of `LEVELS` with a code (community, large, micro), a compound's name, a
            building id, or building id/stairwell.
        """
        return self.groups.find(_name(level, served)) if served else -1

    def encoded(self, groups: Iterable[int], *, on: str) -> bytes:
        """Return the posts of some groups that are held on a day, as JSON with commas between."""
        day, first = on.encode(), self.first.item
        found = []
        for group in groups:
            if group >= 0:
                for at in range(first(group), first(group + 1)):
                    post = self.posts[at]
                    if post[:_DAY] <= day <= post[_DAY:_SPAN]:
                        found.append(post[_SPAN:])
        return b",".join(found)

    def chain(self, served: Mapping[str, str], *, on: date) -> tuple[Person, ...]:
        """Return who serves these targets on a day, in the order of levels, then of the table.

        Parameters
        ----------
        served
            Level to what is served, as `group` takes it; a level may be left out.
        on
            The day: posts that ended before it or begin after it are left out.
        """
        groups = [self.group(level, served.get(level, "")) for level in LEVELS]
        text = b"[%b]" % self.encoded(groups, on=on.isoformat())
        return msgspec.json.decode(text, type=tuple[Person, ...])


def write_people(folder: Path, people: Any, codes: Mapping[str, Sequence[str]]) -> None:
    """Write a plan's people layer by what they serve; private phones are never read.

    Grids and communities are found by their code; compounds, buildings and stairwells by what
    the person serves.

    Parameters
    ----------
    folder
        Where to.
    people
        The layer.
    codes
        The codes of the communities, large grids and micro-grids, each in the order of `Facts`.
    """
    posts: dict[str, list[bytes]] = defaultdict(list)
    for name, role, serves, phone, since, until, level, code in rows_of(people, _READ):
        if level in LEVELS:
            target = serves if level in ("compound", "building", "stairwell") else code
            person = Person(level=level, role=role, name=name, duty_phone=phone)
            days = f"{_day(since, _ALWAYS[0])}{_day(until, _ALWAYS[1])}".encode()
            posts[_name(level, target)].append(days + msgspec.json.encode(person))
    names = sorted(posts)
    Fragments.write(folder, "posts", (post for name in names for post in posts[name]))
    counts = [0, *(len(posts[name]) for name in names)]
    np.save(folder / "posts_first.npy", np.cumsum(counts, dtype=np.int64))
    Keys.write(folder, "posts_groups", names)
    place = {name: at for at, name in enumerate(names)}
    for level in _GRIDS:
        groups = [place.get(_name(level, code), -1) for code in codes[level]]
        np.save(folder / f"posts_{level}.npy", np.array(groups, dtype=np.int32))


def _name(level: str, served: str) -> str:
    return f"{level}\x1f{compound_key(served) if level == 'compound' else served}"


def _day(text: str, otherwise: str) -> str:
    """Return a day of the table; what is no day in digits bounds nothing."""
    day = text[:_DAY]
    return day if len(day) == _DAY and day.isascii() else otherwise
