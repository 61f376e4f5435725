"""Spoil a real address by hand-written rules: one function for each way, empty if it has none."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SPELLINGS = 5


class Street(NamedTuple):
    """A street and a number, and what this number is in the text of the table."""

    street: str
    number: str


def rank(*parts: str) -> str:
    """Return what a draw is sorted by."""
    return hashlib.sha256("/".join(("wangge spellings 1", *parts)).encode()).hexdigest()


def spellings(
    where: Street, ways: Mapping[str, Callable[[Street], str]], table: str
) -> list[tuple[str, str]]:
    """Draw five ways of spoiling an address, a typo always among them, each a different text."""
    seen = {table.casefold()}
    found: list[tuple[str, str]] = []
    order = sorted(ways, key=lambda way: (way != "typo", rank(way, where.street, where.number)))
    for way in order:
        text = ways[way](where)
        is_new = text == table.lower() or text == table.upper() or text.casefold() not in seen
        if text and text != table and is_new and len(found) < SPELLINGS:
            seen.add(text.casefold())
            found.append((way, text))
    return found


def misspell(where: Street, others: Iterable[str]) -> str:
    """Drop, swap, double or change one letter; the street stays nearer than every other one."""
    street = where.street
    words = re.findall(r"[^\W\d_]{5,}", street)
    if not words:
        return ""
    for turn in range(40):
        key = rank("typo", street, where.number, str(turn))
        word = words[int(key[8:10], 16) % len(words)]
        at, way = 1 + int(key[:6], 16) % (len(word) - 2), int(key[6:8], 16) % 4
        wrong = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] * 2 + word[at + 1 :],
            word[:at] + _beside(word[at]) + word[at + 1 :],
        )[way]
        text = street.replace(word, wrong, 1)
        own = distance(text, street)
        if own and all(distance(text, other) > own for other in others if other != street):
            return text
    return ""


def distance(one: str, two: str) -> int:
    """Count the letters to change, add or drop (Levenshtein), without case."""
    one, two = one.casefold(), two.casefold()
    line = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        last, line[0] = line[0], i
        for j, b in enumerate(two, 1):
            last, line[j] = line[j], min(line[j] + 1, line[j - 1] + 1, last + (a != b))
    return line[-1]


def plain(text: str) -> str:
    """Drop accents, and write a typist's apostrophe."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).replace("’", "'")


def _beside(letter: str) -> str:
    """Return the letter's neighbour on the keyboard."""
    for row in ("azertyuiop", "qsdfghjklm", "wxcvbn", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"):
        at = row.find(letter)
        if at >= 0:
            return row[at - 1] if at else row[at + 1]
    return letter
