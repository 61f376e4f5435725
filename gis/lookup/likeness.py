"""Weigh how alike two names are: by their characters, their sound, their shape, their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zlib import crc32

from rapidfuzz.distance import OSA

from gis.lookup.sounds import fold, initials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.lookup.sounds import Syllables

__all__ = ["Spelling", "likeness", "near_keys"]

#: Characters that are taken for one another by eye, on paper and by machines that read it.
_ALIKE: Final = (
    "未末 己已巳 日曰 土士 人入八 大太犬 天夭 干千于 王玉主 田由甲申 东车 苑宛 晴睛 清情 侯候 "
    "戊戌戍 治冶 今令 邱丘 那邦 汇江 免兔 享亨 柏拍 析折 杨扬 亳毫 栗粟 茶荼 徽微 洛络 峡陕 "
    "陈阵 萧肃 藤滕 遂逐 凤风 龙尤 北比 古吉 石右 水永 金全 元无 义叉 白自 目且 鸟乌 名各 住往 "
    "桥侨 浦蒲 菜莱 睢雎"
)
_SHAPES: Final = str.maketrans({mark: group[0] for group in _ALIKE.split() for mark in group})
#: What people leave away from a name when they speak, or add.
_GENERIC: Final = re.compile(
    "(?<=..)(?:花园|家园|小区|新村|公寓|大厦|广场|山庄|别墅|花苑|名苑|佳苑|雅苑|新苑|苑|园|里|坊|村|城)$"
)

#: How much of the likeness the characters as they stand count for; the rest is the best of what
#: explains their differences, each with how far it is believed. These are this project's
#: judgement: a homophone (0.87 of a name of three) before a character like in shape, both before
#: any other character (0.67).
_PLAIN: Final = 0.4
_SOUND, _CONFUSED, _SHAPE, _ORDER, _CORE = 1.0, 0.95, 0.95, 0.9, 0.85
#: Where a name is typed in pinyin, its characters say nothing.
_TYPED, _INITIALS = 0.9, 0.6


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name with all that is compared of it.

    Parameters
    ----------
    name
        The name.
    sounds
        Its readings, the likeliest first.
    typed
        Whether it is pinyin, typed in letters.
    """

    name: str
    sounds: tuple[Syllables, ...]
    typed: bool = False

    @property
    def folded(self) -> tuple[Syllables, ...]:
        """The readings without what is easily confused."""
        return tuple(dict.fromkeys(tuple(map(fold, each)) for each in self.sounds))


def likeness(one: Spelling, other: Spelling) -> float:
    """Return how alike two names are, from 0 to 1; 1 for the same name alone.

    Characters are compared by optimal string alignment (Boytsov 2011: insert, drop, replace,
    swap of neighbours), a share of the longer name's length. It is a likeness, no confidence:
    芳华苑 and 芳华园 are as alike as can be, and two places.

    Examples
    --------
    >>> asked = Spelling("芳华苑", (("fang", "hua", "yuan"),))
    >>> homophone = Spelling("方华苑", (("fang", "hua", "yuan"),))
    >>> other = Spelling("芳草苑", (("fang", "cao", "yuan"),))
    >>> [round(likeness(asked, name), 2) for name in (asked, homophone, other)]
    [1.0, 0.87, 0.67]
    """
    plain = OSA.normalized_similarity(one.name, other.name)
    if plain == 1.0:
        return 1.0
    sound = max(
        _SOUND * _closest(one.sounds, other.sounds),
        _CONFUSED * _closest(one.folded, other.folded),
    )
    if one.typed:
        short = any(one.name.lower() == initials(each) for each in other.sounds)
        return max(plain, _TYPED * sound, _INITIALS * short)
    shapes = one.name.translate(_SHAPES), other.name.translate(_SHAPES)
    explained = max(
        plain,
        sound,
        _SHAPE * OSA.normalized_similarity(*shapes),
        _ORDER * (sorted(one.name) == sorted(other.name)),
        _CORE * _cores(one.name, other.name),
    )
    return _PLAIN * plain + (1 - _PLAIN) * explained


def _closest(ones: Sequence[Syllables], others: Sequence[Syllables]) -> float:
    return max(
        (OSA.normalized_similarity(a, b) for a in ones for b in others),
        default=0.0,
    )


def _cores(one: str, other: str) -> float:
    """Compare names without their generic word, where only one of them has one."""
    a, b = _GENERIC.sub("", one), _GENERIC.sub("", other)
    return OSA.normalized_similarity(a, b) if (a == one) != (b == other) else 0.0


def near_keys(spelling: Spelling) -> list[int]:
    """Return numbers of which names share one that are within one slip of each other.

    A slip is a character added, dropped, replaced or swapped with its neighbour; likewise for
    the syllables, easily confused ones taken as one. Two names share a key if leaving out at
    most one character each makes them the same (Bocek, Hunt and Stiller 2007); and if their
    characters are the same in any order.

    Examples
    --------
    >>> one, swapped = Spelling("芳华苑", ()), Spelling("华芳苑", ())
    >>> bool(set(near_keys(one)) & set(near_keys(swapped)))
    True
    """
    name = spelling.name
    texts = [f"={each}" for each in _shortened(tuple(name))]
    texts.append("~" + "".join(sorted(name)))
    for folded in spelling.folded:
        texts += [f"'{each}" for each in _shortened(folded, between=" ")]
    return list(dict.fromkeys(crc32(text.encode()) for text in texts))


def _shortened(parts: Sequence[str], between: str = "") -> list[str]:
    """Return a text whole, and with each of its parts left out; nothing of one part."""
    if len(parts) == 1:
        return [parts[0]]
    return [between.join(parts)] + [
        between.join((*parts[:at], *parts[at + 1 :])) for at in range(len(parts))
    ]
