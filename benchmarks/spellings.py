"""Write made-up addresses as people do: in many spellings, and with names misspelt."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pypinyin import lazy_pinyin

if TYPE_CHECKING:
    from random import Random

    from made_addresses import Made

__all__ = ["SLIPS", "misspelt", "spelt", "typed"]

_STYLES: Final = (
    "{road}{number}号{compound}{building}幢{stairwell}单元{room}室",
    "{compound}{building}幢{stairwell}单元{room}室",
    "{compound}{building}号楼{stairwell}单元{room}",
    "{compound}{building}-{stairwell}-{room}",
    "{compound}{building}#{stairwell}-{room}",
    "{compound} {building}栋 {stairwell}门 {room}户",
    "江苏省南京市建邺区{compound}{building}幢{stairwell}单元{room}室",
    "南京市建邺区{road}{number}号{building}幢{stairwell}单元{room}",
    "{compound}小区{building}幢{stairwell}单元{room}",
    "{compound}第{building}幢{stairwell}单元{room}室，电话13800001234",
    "{compound}{building}幢",
    "{compound}{building}幢{room}",
)
_WIDE: Final = str.maketrans("0123456789-", "０１２３４５６７８９－")
_HAN: Final = str.maketrans("0123456789", "零一二三四五六七八九")

#: What happens to a name, and which share of the misspelt ones it happens to.
SLIPS: Final = ("homophone", "drop", "swap", "other", "add")


def spelt(address: Made, random: Random) -> str:
    """Write an address in one of many ways; one in twenty with its name misspelt."""
    parts = address._asdict()
    if random.random() < 0.05:
        parts["compound"] = misspelt(address.compound, random)[0]
    chance = random.random()
    if chance < 0.05:
        parts["building"] = parts["building"].translate(_HAN)
        parts["stairwell"] = parts["stairwell"].translate(_HAN)
    text = random.choice(_STYLES).format(**parts)
    return text.translate(_WIDE) if chance > 0.9 else text


def misspelt(name: str, random: Random) -> tuple[str, str]:
    """Return a name with one slip in it, and which."""
    slip = random.choice(SLIPS)
    at = random.randrange(len(name) - 1)
    if slip == "homophone":
        same = [mark for mark in _alike().get(lazy_pinyin(name[at])[0], []) if mark != name[at]]
        if same:
            return name[:at] + random.choice(same) + name[at + 1 :], slip
        slip = "other"
    if slip == "drop":
        return name[:at] + name[at + 1 :], slip
    if slip == "swap":
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :], slip
    other = chr(random.randrange(0x4E00, 0x9000))
    return name[:at] + other + name[at + (slip == "other") :], slip


def typed(address: Made, random: Random) -> str:
    """Return what stands in a field while an address is being typed: any beginning of it."""
    chance = random.random()
    if chance < 0.15:
        letters = "".join(lazy_pinyin(address.compound))
        return letters[: random.randint(1, len(letters))]
    if chance < 0.25:
        return "".join(each[0] for each in lazy_pinyin(address.compound))
    if chance < 0.35:
        return address.compound[random.randint(1, 2) :]
    text = random.choice(_STYLES[:6]).format(**address._asdict())
    return text[: random.randint(1, len(text))]


@cache
def _alike() -> dict[str, list[str]]:
    """Return the common characters by their sound."""
    marks = [
        mark
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
        if (mark := bytes((row, cell)).decode("gb2312", errors="ignore"))
    ]
    sounds: dict[str, list[str]] = {}
    for mark, sound in zip(marks, lazy_pinyin(marks), strict=True):
        sounds.setdefault(sound, []).append(mark)
    return sounds
