"""Clean a typed text for reading: one width, one script, units in Chinese; what separates stays."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from gis.lookup.characters import simplified

__all__ = ["clean"]

#: No address is longer; what is may be somebody's attempt at something else.
_LONGEST: Final = 300
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]{0,80}>|&[A-Za-z]{2,8};|https?://[^\s\"'，,]*")
_PHONE: Final = re.compile(
    r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8}|0\d{9,11})(?!\d)"
    r"|(?:尾号|工号|单号)[:：]?\d+"
)
_DASHES: Final = re.compile(r"[‐‑‒–—―−─~〜～]+|-{2,}|杠")
#: Spaces between a number and its unit.
_APART: Final = re.compile(
    r"(?<=[0-9#]) +(?=[幢栋座号单室层楼门梯户弄期#](?![\u4e00-\u9fff]{0,2}[:：]))"
)
#: A side alone in brackets is a part: 玉兰苑(北).
_SIDE: Final = re.compile(r"[(\[{<《【「]([东西南北中])[)\]}>》】」]")
_LETTERS: Final = re.compile("[A-Z]")
#: Digits with the letters that are taken for them.
_MISREAD: Final = re.compile(
    r"(?<![A-Z0-9])(?=[A-Z〇]*\d[\dOIL〇]*)[OIL〇]*\d[\dOIL〇]*(?![A-Z])|(?<=\d)〇"
)
_AS_DIGITS: Final = str.maketrans("OIL〇", "0110")
#: Western words and typed pinyin for what Chinese writes behind a number.
_WESTERN: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\b(?:ROOM|RM|FLAT|APT|APARTMENT|SUITE)\b[.:#]? ?#?([0-9A-Z]+)\b", r" \1室 "),
        (r"\b(?:UNIT|ENTRANCE|STAIRWELL|STAIRCASE|STAIR)\b[.:#]? ?([0-9A-Z]+)\b", r" \1单元 "),
        (r"\b(?:BUILDING|BLDG|BLOCK|BLK|TOWER)\b[.:#]? ?([0-9A-Z]+)\b", r" \1幢 "),
        (r"\b(\d+)(?:ST|ND|RD|TH)? ?(?:FLOOR|FL)\b[.]?|\b(?:FLOOR|FL)\b[.]? ?(\d+)", r" \1\2层 "),
        (r"\bNO\b[.:]? ?(\d+)", r" \1号 "),
        (r"(?<=\d) ?(?:HAOLOU|HAO LOU)(?![A-Z])", "号楼"),
        (r"(?<=\d) ?(?:DANYUAN|DAN YUAN|DY)(?![A-Z])", "单元"),
        (r"(?<=\d) ?(?:DONG|ZHUANG|D(?=\d| |$))(?![A-Z])", "幢"),
        (r"(?<=\d) ?(?:SHI|S)(?![A-Z])", "室"),
        (r"(?<=\d) ?HAO(?![A-Z])", "号"),
        (r"(?<=\d) ?(?:LOU)(?![A-Z])", "楼"),
        (r"(?<=\d) ?(?:CENG)(?![A-Z])", "层"),
        (r" (?:ROAD|RD)\b\.?", " LU "),
        (r" (?:STREET|ST)\b\.?", " JIE "),
        (r" (?:LANE|ALLEY)\b\.?", " XIANG "),
        (r" (?:DISTRICT|CITY|PROVINCE|COMMUNITY)\b\.?", " "),
    )
)


def clean(text: str) -> str:
    """Return a typed text in one spelling, in which numbers, words and separators still stand.

    Unlike `gis.lookup.text.normalise` it keeps separators, which tell noise from names, and
    reads Western words and typed pinyin behind numbers.

    Examples
    --------
    >>> clean("銀杏家園３棟２單元５O１室，收件人 13812345678")
    '银杏家园3栋2单元501室,收件人  '
    >>> clean("Rm. 501, Unit 2, Bldg. 3, Fanghuayuan").split()
    ['501室', ',', '2单元', ',', '3幢', ',', 'FANGHUAYUAN']
    """
    text = text[:_LONGEST]
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable() or _MARKS.search(text):
        text = _INVISIBLE.sub("", text)
        text = "".join(
            " " if (_kind := unicodedata.category(mark)[0]) in "CZ" else mark
            for mark in text
            if unicodedata.category(mark)[0] != "M"
        )
    if "<" in text or "&" in text or "://" in text:
        text = _MARKUP.sub(" ", text)
    text = text.translate(simplified()).upper()
    text = _DASHES.sub("-", _PHONE.sub(" ", text))
    if _LETTERS.search(text) or "〇" in text:
        text = _MISREAD.sub(lambda found: found[0].translate(_AS_DIGITS), text)
        for pattern, written in _WESTERN:
            text = pattern.sub(written, text)
    return _SIDE.sub(r" \1区 ", _APART.sub("", text))
