"""Bring an address to one spelling: width, dashes, numerals, noise."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["has_han", "normalise", "numeral"]

_DIGITS: Final = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    "〇": 0,
    "两": 2,
}
_TENS: Final = {"十": 1, "拾": 1, "廿": 2, "卅": 3}
_HUNDRED: Final = "百佰"
_NUMERAL: Final = "[" + "".join([*_DIGITS, *_TENS, *_HUNDRED]) + "]+"
_STEMS: Final = dict(zip("甲乙丙丁戊己", "123456", strict=True))
_ROMAN: Final = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}
_FOLDED: Final = str.maketrans("號樓棟單層戶門區號幢苑", "号楼栋单层户门区号幢苑")

#: Words that make the numeral before them a number. Those of one character are often part of
#: a name (三门路, 六户镇), so a word of names behind them leaves the numeral alone.
_UNITS: Final = "号楼|号院|号房|号|单元|幢|栋|期|弄|组团|支弄"
_WEAK_UNITS: Final = "门|梯|室|户|层|楼|座|区|村|组|院"
_NAME_WORDS: Final = "路街道巷桥峡口镇山河湖江宫寺店庄"

#: Ordinary addresses are done after one; odd ones may uncover more (NO"0, NO NO 0).
_MOST_PASSES: Final = 8
_DASHES: Final = re.compile(r"[‐‑‒–—―−─~〜～]+|-{2,}|杠")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PHONE: Final = re.compile(
    r"(?:电话|手机|联系电话|TEL)?[::]?(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-?\d{7,8})(?!\d)"
)
_NUMBER_SIGN: Final = re.compile(r"(?<![A-Z])NO\.? ?(?=\d)")
_BETWEEN: Final = re.compile(r"(?<=[0-9A-Z#])[\s/\\,，、。.;；:：_|]+(?=[0-9A-Z])")
_DROPPED: Final = re.compile(r"[\s,，、。.;；:：!！?？'\"“”‘’·•|_/\\]+")
_BEFORE_UNIT: Final = re.compile(
    f"({_NUMERAL})(?=(?:{_UNITS})|(?:{_WEAK_UNITS})(?![{_NAME_WORDS}]))"
)
_BEFORE_DASH: Final = re.compile(f"({_NUMERAL})(?=-(?:\\d|{_NUMERAL}))")
_AFTER_LABEL: Final = re.compile(f"(?<=[0-9幢栋楼元门梯层座#-])({_NUMERAL})(?=$|[-0-9])")
_STEM: Final = re.compile("([甲乙丙丁戊己])(?=单元|门|梯)")
_ROMAN_PHASE: Final = re.compile(r"(?<![A-Z])(I{1,3}|IV|VI?)(?=期)")
_ASIDE: Final = re.compile(r"[(\[【{<《][近靠邻原旁][^()\[\]]*[)\]】}>》]")
_BRACKETS: Final = re.compile(r"[()\[\]【】{}<>《》「」]")
_HASH_FIRST: Final = re.compile(r"(?<![0-9A-Z])#(\d+[A-Z]?)(?!\d*#)")
_HAN: Final = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]")


def normalise(text: str) -> str:
    """Return an address in one spelling, for people and for comparing.

    Width is folded (NFKC), dashes are one dash, numerals in front of a word of addresses are
    Arabic (三幢 → 3幢, but 三牌楼 stays), separators between numbers are dashes, invisible
    characters, phone numbers and other punctuation are gone. Words are left as they stand:
    `gis.lookup.addresses.parse` knows that 幢 and 号楼 mean the same.

    Examples
    --------
    >>> normalise(" 海棠苑 三号楼　２单元－５０１室 ")
    '海棠苑3号楼2单元-501室'
    >>> normalise("海棠苑三—二—五〇一"), normalise("三牌楼大街十二号"), normalise("八卦洲")
    ('海棠苑3-2-501', '三牌楼大街12号', '八卦洲')
    """
    for _ in range(_MOST_PASSES):
        before, text = text, _pass(text)
        if text == before:
            break
    return text


def _pass(text: str) -> str:
    """Take one step towards the one spelling; what one step uncovers is for the next."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = "".join(" " if unicodedata.category(mark)[0] in "CZ" else mark for mark in text)
    text = text.translate(_FOLDED).upper()
    text = _NUMBER_SIGN.sub("", _PHONE.sub(" ", text))
    text = _DASHES.sub("-", text)
    text = re.sub(r"\s*-\s*", "-", text)
    if not has_han(text):
        return " ".join(re.sub(r"[,;:.'\"!?|_\\]+", " ", text).split())
    text = _BRACKETS.sub("", _ASIDE.sub("", text))
    text = _HASH_FIRST.sub(r"\1#", text)
    text = _BETWEEN.sub("-", text.strip())
    text = _DROPPED.sub("", text)
    for pattern in (_BEFORE_UNIT, _BEFORE_DASH, _AFTER_LABEL):
        text = pattern.sub(lambda found: numeral(found[1]) or found[1], text)
    text = _STEM.sub(lambda found: _STEMS[found[1]], text)
    text = _ROMAN_PHASE.sub(lambda found: _ROMAN[found[1]], text)
    return text.strip("-")


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return _HAN.search(text) is not None


def numeral(text: str) -> str | None:
    """Return a Chinese numeral up to 999, or digits read one by one, in Arabic; else None.

    Examples
    --------
    >>> numeral("十二"), numeral("二十一"), numeral("一百零三"), numeral("五〇一"), numeral("廿三")
    ('12', '21', '103', '501', '23')
    >>> numeral("百") is None
    True
    """
    if all(mark in _DIGITS for mark in text):
        return "".join(str(_DIGITS[mark]) for mark in text)
    total, digit, floor = 0, None, 1000
    for mark in text:
        if mark in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[mark]
            continue
        unit = 100 if mark in _HUNDRED else 10
        if unit >= floor or (unit == 100 and not digit):  # noqa: PLR2004
            return None
        times = _TENS[mark] if unit == 10 and not digit else digit  # noqa: PLR2004
        if unit == 10 and digit and _TENS[mark] > 1:  # noqa: PLR2004
            return None
        total, digit, floor = total + unit * (times or 0), None, unit
    return str(total + (digit or 0))
