"""Read and compare Western addresses: a street and a number, in any order, script or shortening."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Street", "Streets", "plain_number", "split_street", "words_of"]

#: A number of a house with what follows it: 12 bis, 23-25, 7/17, 6 к1 литБ, 65А. A number with an
#: ending (1er, 5-я) is a name's; one of five digits is a postcode.
_NUMBER: Final = re.compile(
    r"""(?<![\w])(?:N[°ºO]\.?\ ?|№\ ?|(?:ДОМ|DOM|HOUSE)\ |[ДD]\.\ ?)?
    (?P<number>(?!\d{5})\d+(?!\d|-?(?:Я|Й|YA|ER|ÈME|EME|ST|ND|RD|TH)(?!\w))(?:[-/;,]\d+)*
      (?:\ ?(?:BIS|TER|QUATER)(?![\w.])|[A-ZА-Я](?![\w.'’])|[A-ZА-Я](?=[КKСS]\d|ЛИТ|LIT)
        |\ [A-CА-В](?![\w.'’]))?
      (?:,?\ ?(?:КОРПУС|КОРП\.?|К|KORPUS|KORP\.?|K|СТРОЕНИЕ|СТР\.?|С|S)\ ?\d{1,3}
        |,?\ ?(?:ЛИТЕРА|ЛИТ\.?|LITERA|LIT\.?)\ ?[A-ZА-Я]{1,2}(?!\w))*
    )(?!\w)""",
    re.VERBOSE,
)
_ORDINAL: Final = re.compile(
    r"\b(\d+)(?:-?(?:я|й|ya|y))?\s+(?=(?:линия|лин|liniya|lin)\b)|(?<=\d)-(?:я|й|ya)\b"
)
_PUNCTUATION: Final = re.compile(r"[\s,;:.'’\"!?|_\\()№°]+")
_PARTS: Final = (
    ("КОРПУС", "K"),
    ("КОРП", "K"),
    ("KORPUS", "K"),
    ("KORP", "K"),
    ("ЛИТЕРА", "LIT"),
    ("LITERA", "LIT"),
    ("СТРОЕНИЕ", "S"),
    ("СТР", "S"),
)
_CYRILLIC: Final = {
    ord(mark): latin
    for mark, latin in zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
} | {ord("ъ"): "", ord("ь"): ""}
#: Little words that people leave out.
_SMALL: Final = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "of",
        "the",
        "and",
        "v",
        "o",
        "vo",
        "di",
        "del",
        "della",
        "von",
        "der",
        "am",
        "im",
    ]
)
_LEAST: Final = 0.72
_SHORTEST_TYPO: Final = 4
_LEFT_OVER: Final = 0.01
_SMALL_SHARE, _KIND_SHARE = 0.3, 0.2
#: A word is one of kinds of streets if more streets than these have it.
_OFTEN, _OFTEN_SHARE = 3, 0.05


class Street(NamedTuple):
    """A street of a book: its key, and its words that count."""

    key: str
    words: tuple[str, ...]


def split_street(text: str) -> tuple[str, str]:
    """Split a Western address into its street and its number, either empty where not said.

    Examples
    --------
    >>> split_street("12 bis, Rue Grimaldi"), split_street("10-я линия В.О., 9 литБ")
    (('RUE GRIMALDI', '12BIS'), ('10-Я ЛИНИЯ В О', '9LITB'))
    """
    upper = unicodedata.normalize("NFKC", text).upper()
    found = list(_NUMBER.finditer(upper))
    if not found:
        return _plain(upper), ""
    chosen = found[-1] if not upper[found[-1].end() :].strip(" .,") else found[0]
    return _plain(upper[: chosen.start()] + " " + upper[chosen.end() :]), plain_number(
        chosen["number"]
    )


def plain_number(number: str) -> str:
    """Return a number in one spelling.

    Examples
    --------
    >>> plain_number("6 корпус 1 литера Б"), plain_number("6 к1 литБ"), plain_number("34 b")
    ('6K1LITB', '6K1LITB', '34B')
    """
    number = number.upper()
    for word, short in _PARTS:
        number = number.replace(word, short)
    number = re.sub(r"[ .,]+(?=[^\d])|(?<=[^\d,]) +| ", "", number)
    return number.lower().translate(_CYRILLIC).upper()


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a street in plain Latin letters.

    Examples
    --------
    >>> words_of("Большой проспект В.О."), words_of("Rue de la Lüjerneta"), words_of("9 линия")
    (('bolshoy', 'prospekt', 'v', 'o'), ('rue', 'de', 'la', 'lujerneta'), ('9', 'liniya'))
    """
    text = _ORDINAL.sub(lambda found: f"{found[1]} " if found[1] else "", text.lower())
    text = text.translate(_CYRILLIC)
    text = "".join(
        mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark)
    )
    return tuple(re.findall(r"[a-z]+|\d+", re.sub(r"(?<=\d)ya\b", "", text)))


class Streets:
    """The streets of a book, to be found by words as people write them.

    Parameters
    ----------
    keys
        Their keys.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._streets = [Street(key, words_of(key)) for key in keys]
        often = Counter(word for street in self._streets for word in set(street.words))
        most = max(_OFTEN, len(self._streets) * _OFTEN_SHARE)
        self._kinds = frozenset(word for word, count in often.items() if count > most)
        self._by_start: dict[str, list[int]] = {}
        for at, street in enumerate(self._streets):
            for start in {word[0] for word in street.words if word not in _SMALL}:
                self._by_start.setdefault(start, []).append(at)

    def __bool__(self) -> bool:
        return bool(self._streets)

    def find(self, text: str) -> list[tuple[str, float]]:
        """Return the streets that a text may name, each with how well, the best first."""
        typed = words_of(text)
        starts = dict.fromkeys(word[0] for word in typed if word not in _SMALL)
        near = dict.fromkeys(at for start in starts for at in self._by_start.get(start, ()))
        scored = []
        for at in near:
            street = self._streets[at]
            score = _score(street.words, typed, self._kinds)
            if score >= _LEAST:
                scored.append((street.key, score))
        return sorted(scored, key=lambda each: (-each[1], each[0]))


def _score(street: Sequence[str], typed: Sequence[str], kinds: frozenset[str]) -> float:
    """Weigh how well typed words name a street, from 0 to 1.

    Words that many streets have (rue, улица) count less, as people leave them out.
    """
    free = list(typed)
    total = reached = 0.0
    for word in street:
        weight = _SMALL_SHARE if word in _SMALL else float(len(word)) ** 0.5
        weight *= _KIND_SHARE if word in kinds else 1.0
        best, chosen = 0.0, ""
        for other in free:
            if other in _SMALL and other != word and not (word in kinds and len(other) == 1):
                continue  # de is no short word, but l. may be
            same = _same(word, other)
            if same > best:
                best, chosen = same, other
        if word in _SMALL and best < 1.0:
            continue
        if word.isdigit() and best < 1.0:
            return 0.0
        total += weight
        reached += weight * best
        if chosen:
            free.remove(chosen)
    left = sum(1 for word in free if word not in _SMALL)
    return reached / total - _LEFT_OVER * left if total else 0.0


def _same(word: str, typed: str) -> float:
    """Tell how far a typed word is a street's word: the same, shortened, or mistyped."""
    if word == typed:
        return 1.0
    if word.isdigit() or typed.isdigit():
        return 0.0
    if typed[0] == word[0] and len(typed) < len(word) and _shortens(typed, word):
        return 0.97
    if min(len(word), len(typed)) >= _SHORTEST_TYPO or abs(len(word) - len(typed)) == 1:
        alike = OSA.normalized_similarity(word, typed)
        return alike if alike >= 0.6 else 0.0  # noqa: PLR2004
    return 0.0


def _shortens(short: str, word: str) -> bool:
    """Tell whether a word's letters stand in another in their order: bd in boulevard."""
    rest = iter(word)
    return all(mark in rest for mark in short)


def _plain(text: str) -> str:
    text = re.sub(r"['’](?=S\b)", "", text)
    return " ".join(_PUNCTUATION.sub(" ", text).split()).strip("- ")
