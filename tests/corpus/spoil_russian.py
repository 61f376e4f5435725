"""Spoil a Russian address in the ways people do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.spoil import Street, misspell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

KINDS = {
    "улица": ("ул.", "ул"),
    "проспект": ("пр.", "пр-т"),
    "переулок": ("пер.", "пер"),
    "набережная": ("наб.", "наб"),
    "площадь": ("пл.", "пл"),
    "бульвар": ("б-р", "бул."),
    "проезд": ("пр-д", "проезд"),
    "линия": ("лин.", "л."),
    "линии": ("лин.", "л."),
    "проток": ("прот.", "проток"),
}
LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def ways(streets: Collection[str]) -> dict[str, Callable[[Street], str]]:
    """Return the rules by name; a typo or a dropped kind stays away from the other `streets`."""
    cores = [_core(street) for street in streets]

    def typo(where: Street) -> str:
        wrong = misspell(where, streets)
        return f"{wrong}, {where.number}" if wrong else ""

    def kind_dropped(where: Street) -> str:
        core = _core(where.street)
        alone = sum(other.split()[:1] == core.split()[:1] for other in cores) == 1
        return f"{core} {where.number}" if alone and not core[0].isdigit() else ""

    return {"typo": typo, "kind_dropped": kind_dropped, **WAYS}


def _kind(street: str) -> str:
    return next(word for word in street.split() if word in KINDS)


def _core(street: str) -> str:
    """Return a street's name without its kind and without В.О."""
    words = [word for word in street.split() if word not in KINDS and word != "В.О."]
    return " ".join(words)


def _lower(where: Street) -> str:
    return f"{where.street} {where.number}".lower()


def _upper(where: Street) -> str:
    return f"{where.street}, {where.number}".upper()


def _abbreviated(where: Street) -> str:
    kind = _kind(where.street)
    return f"{where.street.replace(kind, KINDS[kind][0])} {where.number}"


def _kind_first(where: Street) -> str:
    return f"{KINDS[_kind(where.street)][1]} {_core(where.street)}, {where.number}"


def _kind_last(where: Street) -> str:
    return f"{_core(where.street)} {_kind(where.street)}, д. {where.number}"


def _house_words(where: Street) -> str:
    return f"{where.street}, дом {_long_number(where.number)}"


def _joined_number(where: Street) -> str:
    return f"{where.street} {where.number.replace(' ', '')}"


def _number_first(where: Street) -> str:
    return f"{where.number}, {where.street}"


def _with_city(where: Street) -> str:
    return f"Санкт-Петербург, Васильевский остров, {where.street}, д.{where.number}"


def _no_island(where: Street) -> str:
    street = re.sub(r"(\d+)-я", r"\1", where.street.replace(" В.О.", "")).replace("ё", "е")
    return f"{street} {where.number}" if street != where.street else ""


def _latin(where: Street) -> str:
    return _transliterated(f"{where.street}, {where.number}")


def _latin_short(where: Street) -> str:
    kind = _kind(where.street)
    text = f"{where.street.replace(kind, KINDS[kind][0])} {where.number}".replace(" В.О.", " VO")
    return _transliterated(text).lower()


def _long_number(number: str) -> str:
    number = re.sub(r" к(?=\d)", " корпус ", number)
    number = re.sub(r" с(?=\d)", " строение ", number)
    return re.sub(r" лит(?=\w)", " литера ", number)


def _transliterated(text: str) -> str:
    out = []
    for letter in text:
        latin = LATIN.get(letter.lower(), letter)
        out.append(latin.capitalize() if letter.isupper() else latin)
    return "".join(out)


WAYS: dict[str, Callable[[Street], str]] = {
    "lower_case": _lower,
    "upper_case": _upper,
    "abbreviated": _abbreviated,
    "kind_first": _kind_first,
    "kind_last": _kind_last,
    "house_words": _house_words,
    "joined_number": _joined_number,
    "number_first": _number_first,
    "with_city": _with_city,
    "no_island": _no_island,
    "latin": _latin,
    "latin_short": _latin_short,
}
