"""Say how names sound: in pinyin, by initials, and as input methods confuse them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from gis.lookup.text import has_han

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Syllables", "cut", "fold", "initials", "letters", "read_aloud", "syllables_of"]

#: Syllables in their order; what is no Chinese character stands for itself, in lower case.
Syllables = tuple[str, ...]

#: What speakers of many regions do not tell apart, and input methods therefore offer together:
#: zh ch sh and z c s, n and l at the front, ng and n at the end.
_FOLDED: Final = ((re.compile("^([zcs])h"), r"\1"), (re.compile("^n(?=.)"), "l"))
_NASAL: Final = re.compile("(?<=[aei])ng$")
#: Ways to cut letters into syllables that are worth trying: xian is 仙 and 西安.
_MOST_CUTS: Final = 8
_LONGEST: Final = 6


def read_aloud(names: Iterable[str]) -> Iterator[Syllables]:
    """Read names aloud by their words: 重庆 is chong qing, 重 alone zhong.

    Examples
    --------
    >>> list(read_aloud(["重庆路1号"]))
    [('chong', 'qing', 'lu', '1', 'hao')]
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 60 MB that only building needs

    one_by_one: Any = list  # what is no Chinese; typed as if it could not be several parts
    for name in names:
        spelt = lazy_pinyin(name, errors=one_by_one)
        yield tuple(part.lower() for part in spelt)


def syllables_of(name: str, sounds: Mapping[str, str]) -> Syllables:
    """Read a name character by character.

    Parameters
    ----------
    name
        Any text.
    sounds
        Character to its usual syllable.

    Examples
    --------
    >>> syllables_of("芳苑A", {"芳": "fang", "苑": "yuan"})
    ('fang', 'yuan', 'a')
    """
    return tuple(sounds.get(mark) or mark.lower() for mark in name)


def letters(syllables: Syllables) -> str:
    """Write syllables as one types them: fanghuayuan1qi."""
    return "".join("".join(syllables).split())


def initials(syllables: Syllables) -> str:
    """Write the first letter of each syllable: fhy1q."""
    return "".join(part[:1] for part in syllables if part.strip())


@lru_cache(4096)
def fold(syllable: str) -> str:
    """Return what syllables that are easily confused have in common.

    Examples
    --------
    >>> fold("zhang"), fold("zan"), fold("ning"), fold("lin"), fold("n")
    ('zan', 'zan', 'lin', 'lin', 'n')
    """
    for pattern, plain in _FOLDED:
        syllable = pattern.sub(plain, syllable)
    return _NASAL.sub("n", syllable)


def cut(text: str, known: frozenset[str]) -> list[Syllables]:
    """Cut letters into known syllables, in every way up to a few; none where it cannot be.

    Examples
    --------
    >>> cut("xianlu", frozenset({"xi", "an", "xian", "lu"}))
    [('xian', 'lu'), ('xi', 'an', 'lu')]
    """
    if has_han(text) or not text.isalpha():
        return []
    ends = {len(text)}  # from where the rest can be cut: so that no way is followed in vain
    for at in range(len(text) - 1, -1, -1):
        if any(text[at:end] in known and end in ends for end in _steps(at, text)):
            ends.add(at)
    found: list[Syllables] = []
    waiting: list[tuple[int, Syllables]] = [(0, ())]
    while waiting and len(found) < _MOST_CUTS:
        at, taken = waiting.pop()
        if at == len(text):
            found.append(taken)
        good = (end for end in _steps(at, text) if end in ends and text[at:end] in known)
        waiting += [(end, (*taken, text[at:end])) for end in good]
    return found


def _steps(at: int, text: str) -> range:
    return range(at + 1, min(at + _LONGEST, len(text)) + 1)
