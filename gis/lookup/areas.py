"""Take provinces, cities, districts, streets and communities off the front of an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Area",
    "FoundArea",
    "read_area",
    "split_area",
    "strip_area",
]

#: Suffix to rank: an address names areas from the widest to the narrowest.
_RANKS: Final = {
    "特别行政区": 0,
    "自治区": 0,
    "省": 0,
    "自治州": 1,
    "市": 1,
    "区": 2,
    "县": 2,
    "旗": 2,
    "街道办事处": 3,
    "街道办": 3,
    "街道": 3,
    "镇": 3,
    "乡": 3,
    "社区居委会": 4,
    "社区": 4,
    "居委会": 4,
    "居民委员会": 4,
    "村委会": 4,
}
_AREA: Final = re.compile(
    r"^(?P<body>[\u4e00-\u9fff]{1,9}?)(?P<suffix>"
    + "|".join(sorted(_RANKS, key=len, reverse=True))
    + ")"
)
#: Common nouns that end like an area: 小区, 城市, 园区, 水乡…
_NOUNS: Final = {
    "市": "城都超夜集菜门股",
    "区": "小社园校厂库矿景片住宅生活别墅新老东西南北中前后上下",
    "镇": "小古",
    "乡": "水故梦",
}
#: The rank of a street office; of a name without a suffix that is known.
_STREET, _UNRANKED = 3, 9
_LONGEST_AREA: Final = 14
#: What an area may follow without a separator.
_AREA_ENDS: Final = "省市区县州道办区委会国是在住去到往址于"
_ROAD_IN_BODY: Final = re.compile("(?:大道|路|街|巷|苑|花园|公寓|新村)")


def strip_area(text: str) -> tuple[str, str]:
    """Split a normalised address into its area and the rest.

    Names may be repeated or left out. An area word counts when a name of two characters
    stands before it and the whole is no common noun (小区, 城市). What would leave no place
    at all is given back: in 金色社区3幢 the community is the compound.

    Examples
    --------
    >>> strip_area("青岛市市南区香港中路1号"), strip_area("海棠小区3幢")
    (('青岛市市南区', '香港中路1号'), ('', '海棠小区3幢'))
    >>> strip_area("金色社区3幢")
    ('', '金色社区3幢')
    """
    taken: list[str] = []
    rest = text
    while (found := _AREA.match(rest)) and _is_area(found["body"], found["suffix"], after=taken):
        taken.append(found[0])
        rest = rest[found.end() :]
    if taken and (not rest or not "\u4e00" <= rest[0] <= "\u9fff"):
        rest = taken.pop() + rest
    return "".join(taken), rest


def split_area(area: str) -> tuple[str, ...]:
    """Cut an area into its parts: 南京市建邺区 → 南京市, 建邺区."""
    parts = []
    while found := _AREA.match(area):
        body, suffix = found["body"], found["suffix"]
        if len(body) < 2 and suffix not in ("县", "旗"):  # noqa: PLR2004
            break
        parts.append(body + suffix)
        area = area[found.end() :]
    return tuple(parts)


def _rank(area: str) -> int:
    suffix = next(s for s in sorted(_RANKS, key=len, reverse=True) if area.endswith(s))
    return _RANKS[suffix]


def _is_area(body: str, suffix: str, *, after: list[str]) -> bool:
    """Tell whether a name and a suffix are an area, given those taken before it."""
    rank = _RANKS[suffix]
    follows_city = any(_rank(area) in (1, 2) for area in after)
    if len(body) < 2 and not (suffix in ("县", "旗") and after):  # noqa: PLR2004
        return False
    if rank < 3 and _ROAD_IN_BODY.search(body):  # noqa: PLR2004
        return False
    if suffix in ("镇", "乡") and not follows_city:
        return False
    noun_ends = _NOUNS.get(suffix, "")
    if body[-1] in noun_ends:
        # 市南区 and 浦东新区 are districts, where a city stands before them.
        return suffix == "区" and follows_city and body[-1] in "东西南北中新"
    return True


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the own place, with the name that people say without its suffix."""

    name: str
    body: str
    rank: int

    @classmethod
    def of(cls, name: str) -> Area:
        """Take an area's name apart.

        Examples
        --------
        >>> Area.of("建邺区")
        Area(name='建邺区', body='建邺', rank=2)
        """
        suffix = next((s for s in sorted(_RANKS, key=len, reverse=True) if name.endswith(s)), "")
        return cls(name, name.removesuffix(suffix), _RANKS.get(suffix, _UNRANKED))


class FoundArea(NamedTuple):
    """An area in a text: where it ends, whether it is the own one, or another one nearby."""

    end: int
    own: bool
    near: bool


def read_area(text: str, at: int, known: Sequence[Area]) -> list[FoundArea]:
    """Return the areas that may be written at a place of a text.

    Another street office or community is nearby: people often mistake their own. Another
    province, city or district is elsewhere. Ranks of which no area is known are taken as own.

    Examples
    --------
    >>> known = [Area.of("南京市"), Area.of("建邺区")]
    >>> read_area("南京建邺区海棠苑", 0, known), read_area("鼓楼区海棠苑", 0, known)
    ([FoundArea(end=2, own=True, near=True)], [FoundArea(end=3, own=False, near=False)])
    """
    found = []
    for area in known:
        if text.startswith(area.name, at):
            return [FoundArea(at + len(area.name), own=True, near=True)]
        if len(area.body) > 1 and area.rank < _STREET and text.startswith(area.body, at):
            found.append(FoundArea(at + len(area.body), own=True, near=True))
    if found:
        return found
    if at and "\u3400" <= text[at - 1] <= "\u9fff" and text[at - 1] not in _AREA_ENDS:
        return found
    match = _AREA.match(text[at : at + _LONGEST_AREA])
    held = match and any(area.body in match["body"] for area in known if len(area.body) > 1)
    if match and not held and _is_other_area(match["body"], match["suffix"], text, at):
        rank = _RANKS[match["suffix"]]
        ranked = [area for area in known if area.rank == rank]
        own = not ranked
        found.append(FoundArea(at + match.end(), own=own, near=own or rank >= _STREET))
    return found


def _is_other_area(body: str, suffix: str, text: str, at: int) -> bool:
    """Tell whether a name with a suffix is an area that is not known."""
    if len(body) < 2 or _ROAD_IN_BODY.search(body):  # noqa: PLR2004
        return False
    if suffix in ("镇", "乡", "旗"):
        return at > 0
    if suffix in _NOUNS and body[-1] in _NOUNS[suffix]:
        # 市南区 and 浦东新区 are districts, where a city stands before them.
        return suffix == "区" and at > 0 and body[-1] in "东西南北中新" and text[at - 1] in "市省"
    return True
