"""Parse Chinese addresses down to the room, and say so when they can be read in two ways."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from gis.lookup.areas import strip_area
from gis.lookup.labels import LABEL, Tail, plain_label, split_tail
from gis.lookup.text import has_han, normalise
from gis.lookup.western import split_street

__all__ = ["ParsedAddress", "compound_key", "format_address", "normalise", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAddress:
    """One reading of an address; empty text where a part is not given.

    Parameters
    ----------
    area
        Province to community, as written: 江苏省南京市建邺区.
    road, number
        Road, and the number on its plates: 100, 100-1 (附号), 100弄. A number may also stand
        in a compound without a road (梅园新村17号).
    compound
        Compound (小区) with its phase or part: 海棠苑1期, 海棠苑东区.
    building, stairwell, floor, room
        Labels without their words and without leading zeros: 3, A, 东1, B1, 501. A room that
        is no dwelling keeps its word: 车库12.
    beside
        Whether the words say beside or near rather than at.
    """

    area: str = ""
    road: str = ""
    number: str = ""
    compound: str = ""
    building: str = ""
    stairwell: str = ""
    floor: str = ""
    room: str = ""
    beside: bool = False


#: No address is longer; what is may be somebody's attempt at something else.
_LONGEST: Final = 200
_BESIDE: Final = re.compile(
    r"(?:的?(?:斜?对[面过]|旁边?|隔壁|附近|周边|一带|门口|路口|楼下|[前后]面|[东南西北]侧|[东南西北][边面]))+$"
)
_LEAD: Final = re.compile(
    r"^(?:家庭|现|户籍|居住|详细|通讯)?(?:地址|住址|住所)(?:是|为)?|^(?:我家|我|家)?(?:住在?|位于|在)"
)
_LABELS_ONLY: Final = re.compile(rf"{LABEL}(?:(?:#?[ /-]|#){LABEL})*#?")
_ROAD: Final = re.compile(r"^(?P<road>[^\d-]{1,15}?(?:大道|大街|公路|路|街|巷|胡同|道))(?=\d)")
_ROAD_ALONE: Final = re.compile(r"^[^\d]{1,15}(?:大道|大街|公路|路|街|巷|胡同)$")
_LANE: Final = re.compile(r"^(?P<lane>\d+弄(?:\d+支弄)?)(?:(?P<door>\d+)号(?!楼|[幢栋座]))?")
_SUB_NUMBER: Final = re.compile(
    r"^(?P<main>\d+[A-Z]?)号?(?:-|附|之|-附)(?P<sub>\d{1,2})号?"
    r"(?![-\d#A-Z]|[幢栋座单室户层楼门梯号]|单元)"
)
_PLATE: Final = re.compile(r"^(?P<main>\d+[A-Z]?)号(?:大?院)?(?![楼幢栋座房线#])")
_PLATE_BARE: Final = re.compile(r"^(?P<main>\d+)(?=-|$)")
_GENERIC_END: Final = re.compile(
    r"(?<=..)(?:住宅)?(?:小区|住宅区)(?=$|[A-Z0-9]*(?:期|区)|[东西南北中]区?$)"
)
_ORDINAL: Final = re.compile(r"第(?=\d+(?:期|组团|区|村))")


def parse(text: str) -> tuple[ParsedAddress, ...]:
    """Read an address in every way that its words allow, the likeliest first.

    Words fix what a label is (幢, 单元, 室…); labels without a word take the parts left over,
    in their order from the building to the room. What stays open is answered as several
    readings: in 海棠苑3-501, 3 may be the building or the stairwell.

    Parameters
    ----------
    text
        An address as people write it, in any width, with or without its area; only its first
        200 characters are read.

    Returns
    -------
    readings
        At least one; empty fields where nothing was said.

    Examples
    --------
    >>> first, = parse("江苏省南京市建邺区海棠苑小区三号楼２单元５０１室")
    >>> first.area, first.compound, first.building, first.stairwell, first.room
    ('江苏省南京市建邺区', '海棠苑小区', '3', '2', '501')
    >>> [(each.building, each.stairwell, each.room) for each in parse("海棠苑3-501")]
    [('3', '', '501'), ('', '3', '501')]
    >>> parse("江东中路100-1号")[0].number
    '100-1'
    """
    typed = text[:_LONGEST]
    text = _LEAD.sub("", normalise(typed))
    if _LABELS_ONLY.fullmatch(text):
        text = re.sub("[ /]", "-", text)
    elif not has_han(text):
        return _parse_western(typed)
    beside = _BESIDE.search(text)
    if beside:
        text = text[: beside.start()]
    area, rest = strip_area(text)
    base = ParsedAddress(area=area, beside=beside is not None)
    if _ROAD_ALONE.match(rest):
        return (replace(base, road=rest),)
    base, rest = _take_road(base, rest)
    name, tails = split_tail(rest, has_number=bool(base.number), has_road=bool(base.road))
    base = replace(base, compound=_clean_name(name))
    return tuple(_with_tail(base, tail) for tail in tails) or (base,)


def compound_key(name: str) -> str:
    """Return what makes two names of a compound the same one.

    The words 小区 and 住宅区 are dropped, at the end and before a phase or part; phases and
    parts (1期, 东区, 西苑) stay.

    Examples
    --------
    >>> compound_key("芳华苑小区"), compound_key("芳华苑 小区一期"), compound_key("芳华苑东区")
    ('芳华苑', '芳华苑1期', '芳华苑东区')
    """
    return _GENERIC_END.sub("", _clean_name(normalise(name)))


def format_address(address: ParsedAddress) -> str:
    """Write a reading in one standard form, without its area.

    Examples
    --------
    >>> format_address(parse("海棠苑 3-2-501")[0]), format_address(parse("学府路100弄3号501")[0])
    ('海棠苑3幢2单元501室', '学府路100弄3号501室')
    """
    if not has_han(address.road + address.compound) and address.road:
        return " ".join(part for part in (address.number, address.road) if part)
    lane = address.number.endswith("弄")
    number = address.number if lane else _with_word(address.number, "号")
    parts = [
        address.road,
        number if address.road or lane else "",
        address.compound,
        "" if address.road or lane else number,
        _with_word(
            address.building, "号" if lane else "座" if address.building.isalpha() else "幢"
        ),
        _with_word(address.stairwell, "单元"),
        _with_word(address.floor, "层"),
        _with_word(address.room, "" if has_han(address.room) else "室"),
    ]
    return "".join(parts)


def _with_tail(base: ParsedAddress, tail: Tail) -> ParsedAddress:
    """Return a reading with the labels of its tail in their parts."""
    labels: dict[str, Any] = {str(part): label for part, label in tail.items()}
    return replace(base, **labels)


def _with_word(label: str, word: str) -> str:
    return f"{label}{word}" if label else ""


def _clean_name(name: str) -> str:
    """Drop dashes of a name that join no numbers, and the 第 of 第1期."""
    return _ORDINAL.sub("", re.sub(r"(?<!\d)-|-(?!\d)", "", name))


def _take_road(base: ParsedAddress, text: str) -> tuple[ParsedAddress, str]:
    """Take the road and its number from the front of a text."""
    found = _ROAD.match(text)
    lane = _LANE.match(text)
    if not found and not lane:
        return base, text
    rest = text[found.end() :] if found else text
    road = found["road"] if found else ""
    if lane := _LANE.match(rest):
        base = replace(
            base, road=road, number=lane["lane"], building=plain_label(lane["door"] or "")
        )
        return base, rest[lane.end() :]
    for pattern in (_SUB_NUMBER, _PLATE, _PLATE_BARE):
        if plate := pattern.match(rest):
            sub = plate.groupdict().get("sub")
            number = plain_label(plate["main"]) + (f"-{plain_label(sub)}" if sub else "")
            return replace(base, road=road, number=number), rest[plate.end() :]
    return base, text


def _parse_western(text: str) -> tuple[ParsedAddress, ...]:
    """Read a street and its number where no Chinese is written: 12 bis, Rue Grimaldi."""
    road, number = split_street(text)
    return (ParsedAddress(road=road, number=number),)
