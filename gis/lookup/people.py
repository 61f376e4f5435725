"""Find who answers for a place, from the community down to the stairwell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.addresses import compound_key
from gis.lookup.answer import Person
from gis.lookup.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

__all__ = ["Roster"]

_ORDER: Final = ("community", "large", "compound", "micro", "building", "stairwell")
#: Private phones are not among them, so no answer can hold one.
_READ: Final = ("name", "role", "serves", "duty_phone", "since", "until", "level", "code")


@dataclass(frozen=True, slots=True)
class _Post:
    person: Person
    since: str
    until: str

    def held_on(self, day: str) -> bool:
        return (not self.since or self.since <= day) and (not self.until or day <= self.until)


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a plan by what they serve; private phones are never read.

    Examples
    --------
    >>> import datetime, pandas as pd
    >>> table = pd.DataFrame({"name": ["林某"], "role": ["网格长"], "serves": ["99"],
    ...     "duty_phone": ["025-5550"], "private_phone": ["138"], "since": [None],
    ...     "until": [None], "level": ["large"], "code": ["99001"]})
    >>> Roster.from_table(table).chain({"large": "99001"}, on=datetime.date(2026, 1, 1))
    (Person(level='large', role='网格长', name='林某', duty_phone='025-5550'),)
    """

    posts: Mapping[tuple[str, str], tuple[_Post, ...]]

    @classmethod
    def from_table(cls, people: Any) -> Roster:
        """Index a plan's people layer.

        Grids and communities are found by their code; compounds, buildings and stairwells by
        what the person serves.
        """
        posts: dict[tuple[str, str], list[_Post]] = defaultdict(list)
        for row in rows_of(people, _READ):
            name, role, serves, phone, since, until, level, code = row
            if level in _ORDER:
                key = (level, _target(level, serves=serves, code=code))
                person = Person(level=level, role=role, name=name, duty_phone=phone)
                posts[key].append(_Post(person, since[:10], until[:10]))
        return cls(MappingProxyType({key: tuple(posts[key]) for key in sorted(posts)}))

    def chain(self, served: Mapping[str, str], *, on: date) -> tuple[Person, ...]:
        """Return who serves these targets on a day, in the order of levels, then of the table.

        Parameters
        ----------
        served
            Level to code (community, large, micro), compound name, building id, or building
            id/stairwell; a level may be left out.
        on
            The day: posts that ended before it or begin after it are left out.
        """
        day = on.isoformat()
        return tuple(
            post.person
            for level in _ORDER
            if served.get(level)
            for post in self.posts.get((level, _target(level, served[level], served[level])), ())
            if post.held_on(day)
        )

    def of_communities(self, codes: Iterable[str], *, on: date) -> tuple[Person, ...]:
        """Return the people at community level, for what no grid is known of."""
        return tuple(
            person for code in sorted(codes) for person in self.chain({"community": code}, on=on)
        )


def _target(level: str, serves: str, code: str) -> str:
    if level == "compound":
        return compound_key(serves)
    return serves if level in ("building", "stairwell") else code
