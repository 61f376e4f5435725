"""Hold one labelled string, check it against the register, and write it as a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.register import Register

COLUMNS = (
    "id",
    "text",
    "class",
    "expect",
    "place",
    "building_id",
    "stairwell",
    "room",
    "also_building_ids",
    "near",
    "note",
)
LEVELS = ("building", "stairwell", "room")


@dataclass(frozen=True)
class Case:
    """One string and its truth.

    `truth` is ``-`` (none), ``@芳华苑`` (a compound or site), ``~海棠路`` (a road), a path
    ``HT-04-03``, ``HT-04-03/2`` or ``HT-04-03/2/501``, or ``?a;b`` (must ask; of a, b).
    `near` holds what must not be answered: paths, beginnings of ids (``HT-04-``), or places.
    """

    kind: str
    text: str
    truth: str
    near: tuple[str, ...] = ()
    note: str = ""


def row(case: Case, number: int, register: Register) -> dict[str, str]:
    """Return a case as a row of the corpus; a truth that the tables do not bear is an error."""
    told = _told(case, register)
    for item in case.near:
        if not _stands(item, register):
            msg = f"{case.text!r}: nothing is called {item}"
            raise ValueError(msg)
    return dict.fromkeys(COLUMNS, "") | {
        "id": f"{case.kind}-{number:02d}",
        "text": case.text,
        "class": case.kind,
        "near": ";".join(case.near),
        "note": case.note,
        **told,
    }


def _told(case: Case, register: Register) -> dict[str, str]:
    mark, rest = case.truth[:1], case.truth[1:]
    if case.truth == "-":
        return {"expect": "none"}
    if mark == "?":
        return {"expect": "ask", "also_building_ids": rest, **_common(case, rest, register)}
    if mark in "@~":
        if rest not in (register.places if mark == "@" else register.roads):
            msg = f"{case.text!r}: no place is called {rest}"
            raise ValueError(msg)
        return {"expect": "compound" if mark == "@" else "road", "place": rest}
    if not register.has(case.truth):
        msg = f"{case.text!r}: the tables have no {case.truth}"
        raise ValueError(msg)
    parts = case.truth.split("/")
    return {
        "expect": LEVELS[len(parts) - 1],
        "place": register.buildings[parts[0]].place,
        **dict(zip(("building_id", "stairwell", "room"), parts, strict=False)),
    }


def _common(case: Case, rest: str, register: Register) -> dict[str, str]:
    """Return what all candidates of a question share: the building, or at least the place."""
    candidates = rest.split(";") if rest else []
    for item in candidates:
        known = register.has(item) if _is_path(item) else item in register.places | register.roads
        if not known:
            msg = f"{case.text!r}: no candidate is called {item}"
            raise ValueError(msg)
    ids = sorted({item.split("/")[0] for item in candidates if _is_path(item)})
    if len(ids) == 0 or not all(map(_is_path, candidates)):
        return {}
    places = sorted({register.buildings[building_id].place for building_id in ids})
    common = {"place": places[0]} if len(places) == 1 else {}
    return common | ({"building_id": ids[0]} if len(ids) == 1 else {})


def _stands(item: str, register: Register) -> bool:
    if _is_path(item):
        return register.has(item)
    if item.startswith("HT-"):
        return any(building_id.startswith(item) for building_id in register.buildings)
    return item in register.places | register.roads


def _is_path(item: str) -> bool:
    return re.match(r"HT-\d\d-\d\d(/|$)", item) is not None
