"""Index the names of a book by their characters and by their sound."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from gis.lookup.grams import spell
from gis.lookup.likeness import Spelling, near_keys
from gis.lookup.sounds import initials, letters, read_aloud, syllables_of
from gis.lookup.text import has_han

if TYPE_CHECKING:
    import sqlite3

__all__ = ["write_names"]

_CHUNK: Final = 5_000
#: A pair of characters that more names have, as 花园, tells little of which is meant.
_COMMON: Final = 500
#: The Chinese characters of GB 2312: all that anybody types by mistake.
_ROWS, _CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)


def write_names(base: sqlite3.Connection) -> None:
    """Fill the tables by which names are found that are not quite known.

    Parameters
    ----------
    base
        A book whose places are written.
    """
    names = base.execute("SELECT number, key FROM place WHERE NOT instr(key, '|') ORDER BY number")
    sounds: dict[str, str] = {}
    while chunk := list(islice(names, _CHUNK)):
        spoken = {key for _, key in chunk if has_han(key)}
        if spoken and not sounds:
            sounds.update(_usual_sounds())
        _add_sounds(sounds, sorted({mark for key in spoken for mark in key} - set(sounds)))
        in_order = sorted(spoken)
        aloud = dict(zip(in_order, read_aloud(in_order), strict=True))
        spelt = []
        for number, key in chunk:
            usual = syllables_of(key, sounds)
            spelt.append(
                (number, Spelling(key, tuple(dict.fromkeys([aloud.get(key, usual), usual]))))
            )
        _write(base, spelt)
    base.executemany("INSERT INTO sound VALUES (?, ?)", sorted(sounds.items()))
    base.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    base.execute("CREATE VIRTUAL TABLE temp.pair USING fts5vocab(main, gram, row)")
    base.execute(
        "INSERT INTO common SELECT term, doc FROM temp.pair WHERE doc > ? ORDER BY term", (_COMMON,)
    )
    base.execute("DROP TABLE temp.pair")


def _write(base: sqlite3.Connection, spelt: list[tuple[int, Spelling]]) -> None:
    base.executemany(
        "INSERT INTO gram (rowid, grams) VALUES (?, ?)",
        ((number, spell(spelling.name)) for number, spelling in spelt),
    )
    base.executemany(
        "INSERT INTO reading VALUES (?, ?)",
        (
            (number, " ".join(spelling.sounds[0]))
            for number, spelling in spelt
            if len(spelling.sounds) > 1
        ),
    )
    base.executemany(
        "INSERT OR IGNORE INTO raw.typed VALUES (?, ?)",
        (
            (typed, number)
            for number, spelling in spelt
            for each in spelling.sounds
            for typed in (letters(each), initials(each))
        ),
    )
    base.executemany(
        "INSERT INTO raw.near VALUES (?, ?)",
        ((key, number) for number, spelling in spelt for key in near_keys(spelling)),
    )


@cache
def _usual_sounds() -> tuple[tuple[str, str], ...]:
    marks = (
        bytes((row, cell)).decode("gb2312", errors="ignore") for row in _ROWS for cell in _CELLS
    )
    return _read_alone([mark for mark in marks if mark])


def _add_sounds(sounds: dict[str, str], marks: list[str]) -> None:
    sounds.update(_read_alone([mark for mark in marks if has_han(mark)]))


def _read_alone(marks: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((mark, aloud[0]) for mark, aloud in zip(marks, read_aloud(marks), strict=True))
