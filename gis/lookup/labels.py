"""Read the labels at the end of an address as number, building, stairwell, floor and room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final, Literal

__all__ = ["LABEL", "Part", "Tail", "plain_label", "split_tail"]

Part = Literal["number", "building", "stairwell", "floor", "room"]

#: One reading of a tail: what each part's label is.
Tail = dict[Part, str]

#: The parts in the order in which an address names them.
_ORDER: Final[tuple[Part, ...]] = ("number", "building", "stairwell", "floor", "room")

LABEL: Final = r"(?:[A-Z]?\d+[A-Z]?|[A-Z])"
_SHOP: Final = "商铺|店铺|铺面|门面房?|门市房?|车库|车位|地下室|储藏室|储物间|自行车库"
#: Each pattern's word fixes, or leaves open, which part its label is.
_TOKEN: Final = re.compile(
    rf"""-?(?:第)?(?:
      (?P<shop>(?:{_SHOP}))(?P<shop_label>{LABEL})?(?:号|室|\#)?
    | (?P<shop_label_first>{LABEL})号?(?P<shop_last>(?:{_SHOP}))
    | 负(?P<basement>\d)(?:层|楼)?
    | (?P<stairwell>[东西南北中]?\d+|[A-Z]\d*|[东西南北中](?=单元))(?:单元门?|门(?![口面卫诊牌])|梯)
    | (?P<building>{LABEL}(?:-\d+)?)
      (?:号楼(?![下上道梯])|\#楼(?![下上道梯])|\#|号?[幢栋](?:楼(?![下上道梯]))?|号?座)
    | (?P<floor>B?\d+)(?:层|F(?![A-Z0-9]))
    | (?P<storey>{LABEL})楼(?![下上道梯顶])
    | (?P<room>{LABEL})(?:室|户|号房|房间?)
    | (?P<plate>{LABEL})号
    | (?P<bare>{LABEL})(?![0-9A-Z])
    )""",
    re.VERBOSE,
)
_START: Final = re.compile(rf"-?第?(?:[A-Z0-9]|负\d|[东西南北中]\d*单元|{_SHOP})")
_FIXED: Final[dict[str, Part]] = {
    "stairwell": "stairwell",
    "building": "building",
    "floor": "floor",
    "room": "room",
}
#: Numbers of three digits and more are rooms rather than buildings or stairwells.
_ROOM_DIGITS: Final = 3
_ALL_BELOW_NUMBER: Final = 4


@dataclass(frozen=True, slots=True)
class _Token:
    """A label, the parts it may be, the likeliest first, and whether it has no word."""

    label: str
    parts: tuple[Part, ...]
    bare: bool = False

    @property
    def short(self) -> bool:
        return sum(mark.isdigit() for mark in self.label) < _ROOM_DIGITS


def split_tail(text: str, *, has_number: bool, has_road: bool) -> tuple[str, list[Tail]]:
    """Split a normalised text into a name and the readings of the labels behind it.

    The name is the shortest one after which everything is labels; words behind the last
    labelled one are dropped.

    Parameters
    ----------
    text
        An address without its area and road.
    has_number, has_road
        Whether a number, or a road, was taken from its front.

    Examples
    --------
    >>> split_tail("海棠苑3-501", has_number=False, has_road=False)
    ('海棠苑', [{'building': '3', 'room': '501'}, {'stairwell': '3', 'room': '501'}])
    """
    for found in _START.finditer(text):
        start = found.start()
        if start == 0 and not has_road and text[0].isalpha() and not text[1:2].isdigit():
            continue
        tokens = _tokens(text[start:], has_number=has_number)
        tails = _readings(tokens) if tokens else []
        if tails:
            return text[:start], tails
    return text, []


def plain_label(label: str) -> str:
    """Drop leading zeros of each number in a label.

    Examples
    --------
    >>> plain_label("0501"), plain_label("A-03"), plain_label("0")
    ('501', 'A-3', '0')
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", label)


def _tokens(text: str, *, has_number: bool) -> list[_Token] | None:
    """Cut a text into labels; None where it is no chain of labels of a possible length."""
    tokens: list[_Token] = []
    at = 0
    while at < len(text) and (found := _TOKEN.match(text, at)):
        tokens.append(_token(found, first=not tokens, has_number=has_number))
        at = found.end()
        if len(tokens) > len(_ORDER):
            return None
    rest = text[at:].strip("-")
    if not tokens or any(mark.isdigit() for mark in rest) or (rest and tokens[-1].bare):
        return None
    return tokens


def _token(found: re.Match[str], *, first: bool, has_number: bool) -> _Token:
    """Tell which parts one label may be."""
    kind = found.lastgroup or ""
    if kind.startswith("shop"):
        word = found["shop"] or found["shop_last"]
        label = found["shop_label"] or found["shop_label_first"] or ""
        return _Token(word + plain_label(label), ("room",))
    if kind == "basement":
        return _Token("B" + found["basement"], ("floor",))
    label = plain_label(found[kind])
    if kind in _FIXED:
        return _Token(label, (_FIXED[kind],))
    if kind == "storey":
        return _Token(label, ("building",) if label.isalpha() else ("building", "floor"))
    token = _Token(label, (), bare=kind == "bare")
    return _Token(label, _open_parts(token, first=first, has_number=has_number), token.bare)


def _open_parts(token: _Token, *, first: bool, has_number: bool) -> tuple[Part, ...]:
    """Tell which parts a label without a word, or with 号, may be."""
    if token.bare and token.short:
        letter = token.label[0].isalpha()
        return ("building",) if letter else ("building", "stairwell", "floor", "room")
    if token.bare:
        return ("room", "building")
    if not first:
        return ("room",)
    plate: tuple[Part, ...] = ("building",) if has_number else ("number", "building")
    return plate if token.short else (*plate, "room")


def _readings(tokens: list[_Token]) -> list[Tail]:
    """Give every way to read labels as parts in their order."""
    return [
        {part: token.label for part, token in zip(parts, tokens, strict=True)}
        for parts in product(*(token.parts for token in tokens))
        if all(_ORDER.index(a) < _ORDER.index(b) for a, b in pairwise(parts))
        and _plausible(tokens, parts)
    ]


def _plausible(tokens: list[_Token], parts: tuple[Part, ...]) -> bool:
    """Tell whether labels that may be several parts may be what a reading makes of them."""
    labels = {part: token.label for part, token in zip(parts, tokens, strict=True)}
    bare = sum(token.bare for token in tokens)
    for at, (token, part) in enumerate(zip(tokens, parts, strict=True)):
        if len(token.parts) == 1:
            continue
        if token.bare:
            below = at > 0 and parts[at - 1] in ("stairwell", "floor")
            if not _bare_fits(token, part, below=below, alone=len(tokens) == 1, bare=bare):
                return False
        elif (
            # 5楼501 is a floor, 3楼501 is not: rooms carry their floor's number in front.
            "floor" in token.parts
            and "room" in labels
            and "stairwell" not in labels
            and (labels["room"][:-2] == token.label) != (part == "floor")
        ):
            return False
    return True


def _bare_fits(token: _Token, part: Part, *, below: bool, alone: bool, bare: int) -> bool:
    """Tell whether a label without a word may be a part.

    `below` tells whether it stands right behind a stairwell or floor.
    """
    return {
        "number": False,
        "building": token.short or not alone,
        "stairwell": token.short and not alone,
        "floor": bare >= _ALL_BELOW_NUMBER,
        "room": not token.short or below,
    }[part]
