"""Spoil a French address in the ways people do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.spoil import Street, misspell, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

KINDS = {
    "Avenue": ("av.", "ave"),
    "Boulevard": ("bd", "blvd"),
    "Rue": ("r.", "r"),
    "Place": ("pl.", "pl"),
    "Quai": ("q.", "qu."),
    "Allée": ("all.", "al."),
    "Chemin": ("ch.", "chem."),
    "Impasse": ("imp.", "imp"),
    "Promenade": ("prom.", "prom"),
    "Route": ("rte", "rte."),
    "Descente": ("desc.", "dte"),
    "Escalier": ("esc.", "esc"),
    "Terrasses": ("ter.", "terr."),
    "galerie": ("gal.", "gal"),
}
TITLES = (("Saint-", "St-"), ("Sainte-", "Ste-"), ("Princesse", "Psse"), ("Prince", "Pce"))
SMALL = re.compile(r"^(de la|de l'|des|du|de|d')\s*", re.IGNORECASE)


def split(address: str) -> Street | None:
    """Take number and street apart at the kind of street; None where there is none."""
    found = re.match(rf"(\d[^,]*?|\d+,\d+)\s+((?:{'|'.join(KINDS)})\s[^,]+)$", address)
    return Street(found[2], found[1]) if found else None


def ways(streets: Collection[str]) -> dict[str, Callable[[Street], str]]:
    """Return the rules by name; a typo stays away from the other `streets`."""

    def typo(where: Street) -> str:
        wrong = misspell(where, streets)
        return f"{where.number} {wrong}" if wrong else ""

    return {"typo": typo, **WAYS}


def _lower(where: Street) -> str:
    return f"{where.number} {where.street}".lower()


def _upper(where: Street) -> str:
    return plain(f"{where.number} {where.street}".upper())


def _accents(where: Street) -> str:
    return plain(f"{where.number} {where.street}")


def _abbreviated(where: Street) -> str:
    kind, name = where.street.split(" ", 1)
    return f"{where.number} {KINDS[kind][0]} {name}"


def _abbreviated_more(where: Street) -> str:
    kind, name = where.street.split(" ", 1)
    for word, short in TITLES:
        name = name.replace(word, short)
    return f"{where.number}, {KINDS[kind][1]} {plain(name).lower()}"


def _number_after(where: Street) -> str:
    return f"{where.street}, {where.number}"


def _number_sign(where: Street) -> str:
    return f"{where.street} n° {where.number}"


def _punctuated(where: Street) -> str:
    street = where.street.replace("'", " ").replace("-", " ")
    return f"{where.number} ,{street}."


def _with_town(where: Street) -> str:
    return f"{where.number}, {where.street}, 98000 Monaco"


def _small_words_dropped(where: Street) -> str:
    kind, name = where.street.split(" ", 1)
    return f"{where.number} {kind.lower()} {SMALL.sub('', name)}"


def _kind_after(where: Street) -> str:
    kind, name = where.street.split(" ", 1)
    return f"{SMALL.sub('', name)} ({kind.lower()}) {where.number}"


WAYS: dict[str, Callable[[Street], str]] = {
    "lower_case": _lower,
    "upper_case": _upper,
    "accents_dropped": _accents,
    "abbreviated": _abbreviated,
    "abbreviated_more": _abbreviated_more,
    "number_after": _number_after,
    "number_sign": _number_sign,
    "punctuation": _punctuated,
    "with_town": _with_town,
    "small_words_dropped": _small_words_dropped,
    "kind_after": _kind_after,
}
