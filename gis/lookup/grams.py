"""Spell names as pairs of characters for the full-text index, which knows no Chinese words."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

__all__ = ["any_of", "beginning", "inside", "pairs_of", "spell"]

#: Stand before and behind a name: characters that no text has.
_START, _END = "\ue000", "\ue001"
_ONE: Final = 1


def spell(name: str) -> str:
    """Return the words of a name: its pairs of characters, the ends marked.

    Pairs rather than triples, as names are short: a search for 阳光 is one pair.

    Examples
    --------
    >>> spell("芳苑")
    'e000x82b3 82b3x82d1 82d1xe001'
    """
    return " ".join(_pairs(f"{_START}{name}{_END}"))


def beginning(text: str) -> str:
    """Return the query for names that begin with a text."""
    return _phrase(_pairs(_START + text))


def inside(text: str) -> str:
    """Return the query for names that have a text in them."""
    if len(text) == _ONE:
        return f'"{ord(text):x}x" *'
    return _phrase(_pairs(text))


def pairs_of(name: str) -> list[str]:
    """Return the words of a name, each once.

    Examples
    --------
    >>> pairs_of("芳")
    ['e000x82b3', '82b3xe001']
    """
    return list(dict.fromkeys(_pairs(f"{_START}{name}{_END}")))


def any_of(pairs: list[str]) -> str:
    """Return the query for names that share one of some pairs at least."""
    return " OR ".join(pairs)


def _pairs(text: str) -> list[str]:
    return [f"{ord(a):x}x{ord(b):x}" for a, b in pairwise(text)]


def _phrase(words: list[str]) -> str:
    return f'"{" ".join(words)}"'
