"""Draw homes by a seed, and fill the templates of the rules with them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from corpus.case import Case
from corpus.register import AREA
from corpus.sealed import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from corpus.register import Home, Register

SEED = "wangge corpus 1"


def rank(*parts: str) -> str:
    """Return what a draw is sorted by: the same on every machine and version."""
    return hashlib.sha256("/".join((SEED, *parts)).encode()).hexdigest()


def draw(
    register: Register, key: str, count: int, where: Callable[[Home], bool] | None = None
) -> list[Home]:
    """Draw homes, going round the compounds so that every one has its turn."""
    heaps: dict[str, list[Home]] = defaultdict(list)
    for home in register.homes:
        if where is None or where(home):
            heaps[home.compound].append(home)
    order = sorted(heaps, key=lambda compound: rank(key, compound))
    for compound in order:
        heaps[compound].sort(key=lambda home: rank(key, home.path))
    found: list[Home] = []
    while len(found) < count and any(heaps.values()):
        found += [heaps[compound].pop(0) for compound in order if heaps[compound]]
    assert len(found) >= count, f"{key}: only {len(found)} homes"
    return found[:count]


def fields(home: Home) -> dict[str, Any]:
    """Return every way of writing a home's parts that a template may ask for."""
    spaced = words.PINYIN[home.compound]
    street, number = home.road[:3], home.road[3:].removesuffix("号")
    latin, english = words.ROAD_KINDS[street[-1]]
    stair = int(home.stairwell)
    return {
        "c": home.compound,
        "n": home.number,
        "s": home.stairwell,
        "r": home.room,
        "f": home.room[:-2],
        "d": home.room[-2:],
        "d1": int(home.room[-2:]),
        "id": home.building_id,
        "road": home.road,
        "rd": street,
        "rn": number,
        "N": str(home.number).translate(words.WIDE),
        "S": home.stairwell.translate(words.WIDE),
        "R": home.room.translate(words.WIDE),
        "RN": number.translate(words.WIDE),
        "nc": words.chinese(home.number),
        "sc": words.chinese(stair),
        "fc": words.chinese(int(home.room[:-2])),
        "rc": words.one_by_one(home.room),
        "ro": words.one_by_one(home.room, words.CIRCLE),
        "rh": words.counted(int(home.room)),
        "rnc": words.chinese(int(number)),
        "nf": words.formal(home.number),
        "sf": words.formal(stair),
        "rf": words.one_by_one(home.room, words.FORMAL),
        "stem": words.STEMS[stair - 1],
        "n2": f"{home.number:02d}",
        "s2": f"{stair:02d}",
        "r4": home.room.zfill(4),
        "py": spaced.replace(" ", ""),
        "pys": spaced,
        "PY": spaced.replace(" ", "").capitalize(),
        "PYS": spaced.title(),
        "ini": "".join(part[0] for part in spaced.split()),
        "INI": "".join(part[0] for part in spaced.split()).upper(),
        "rdpy": words.ROADS[street].lower() + latin,
        "RDPY": f"{words.ROADS[street]} {latin.capitalize()}",
        "RDEN": f"{words.ROADS[street]} {english}",
        "ct": words.TRADITIONAL[home.compound],
        "x": words.SHORT.get(home.compound, ""),
        "prov": AREA[0],
        "city": AREA[1],
        "dist": AREA[2],
        "town": AREA[3],
        "comm": AREA[4],
    }


def fill(  # one call is one class
    kind: str,
    templates: Sequence[str],
    homes: Iterable[Home],
    truth: Callable[[Home], str] | None = None,
    near: Callable[[Home], Sequence[str]] | None = None,
    **more: Callable[[Home], Any],
) -> list[Case]:
    """Fill the templates in turn; `more` adds fields of a class's own."""
    cases = []
    for i, home in enumerate(homes):
        own = {name: value(home) for name, value in more.items()}
        text = templates[i % len(templates)].format(**fields(home) | own)
        told = truth(home) if truth else home.path
        cases.append(Case(kind, text, told, tuple(near(home)) if near else ()))
    return cases


def building(home: Home) -> str:
    return home.building_id


def stairwell(home: Home) -> str:
    return f"{home.building_id}/{home.stairwell}"


def compound(home: Home) -> str:
    return f"@{home.compound}"


def nothing(_: Home) -> str:
    return "-"


def doubt(home: Home) -> str:
    """Return the truth of a string that must be asked about, though only one home fits."""
    return f"?{home.path}"
