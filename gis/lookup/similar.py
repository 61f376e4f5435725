"""Find the names of a book that are like a name, however it was misspelt."""

from __future__ import annotations

import json
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.lookup.grams import any_of, pairs_of
from gis.lookup.likeness import Spelling, likeness, near_keys
from gis.lookup.sounds import cut, letters, syllables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.lookup.book_file import FrozenFile

__all__ = ["SimilarNames"]

#: Names that share the rarest pairs of characters with the asked one, compared one by one.
_BY_PAIRS: Final = 60
#: Pairs that many names have, looked for where a name has no others.
_COMMON_TRIED: Final = 2
#: Names within one slip, compared one by one: many only where a name is very short.
_WITHIN_A_SLIP: Final = 400
#: Below this nothing is like anything.
_LEAST: Final = 0.4
#: A name is longer than this by mistake.
_LONGEST: Final = 60


class SimilarNames:
    """The names of a book, to be found by what is like them.

    Parameters
    ----------
    file
        The book's file.
    """

    def __init__(self, file: FrozenFile) -> None:
        self._file = file

    @cached_property
    def sounds(self) -> Mapping[str, str]:
        """Character to its usual syllable: some thousands, loaded when first asked for."""
        return MappingProxyType(dict(self._file.rows("SELECT mark, syllable FROM sound")))

    def find(self, name: str, *, limit: int) -> tuple[tuple[str, float], ...]:
        """Return the names most like a name, each with its likeness, the best first.

        Names as alike come in the order of their characters.

        Parameters
        ----------
        name
            As `gis.lookup.addresses.compound_key` writes it, or pinyin, or its initials.
        limit
            How many at most.
        """
        asked = self._spelling(name[:_LONGEST])
        numbers = self._candidates(asked)
        found = self._file.rows(
            "SELECT p.key, r.syllables FROM place p LEFT JOIN reading r ON r.place = p.number"
            " WHERE p.number IN (SELECT value FROM json_each(?))",
            json.dumps(numbers),
        )
        scored: dict[str, float] = {}
        for key, reading in found:
            usual = syllables_of(key, self.sounds)
            sounds = (tuple(reading.split(" ")), usual) if reading else (usual,)
            scored[key] = likeness(asked, Spelling(key, sounds))
        best = sorted(scored.items(), key=lambda each: (-each[1], each[0]))
        return tuple((key, score) for key, score in best[:limit] if score >= _LEAST)

    def _spelling(self, name: str) -> Spelling:
        typed = cut(name.lower(), self._syllables)
        if typed:
            return Spelling(name, tuple(typed), typed=True)
        # Initials are no syllables, but may be all that was typed.
        return Spelling(name, (syllables_of(name, self.sounds),), typed=name.isascii())

    @cached_property
    def _syllables(self) -> frozenset[str]:
        return frozenset(self.sounds.values())

    def _telling(self, name: str) -> list[str]:
        """Return the pairs of a name that few names have; the fewest have, where all have many."""
        pairs = pairs_of(name)
        common = [
            pair
            for (pair,) in self._file.rows(
                "SELECT pair FROM common WHERE pair IN (SELECT value FROM json_each(?))"
                " ORDER BY names, pair",
                json.dumps(pairs),
            )
        ]
        return [pair for pair in pairs if pair not in common] or common[:_COMMON_TRIED]

    def _candidates(self, asked: Spelling) -> list[int]:
        """Return the numbers of the names that are worth comparing."""
        if not asked.name:
            return []
        near = self._file.rows(
            "SELECT place FROM near WHERE key IN (SELECT value FROM json_each(?))"
            " GROUP BY place ORDER BY count(*) DESC, place LIMIT ?",
            json.dumps(near_keys(asked)),
            _WITHIN_A_SLIP,
        )
        pairs = self._file.rows(
            "SELECT rowid FROM gram WHERE gram MATCH ? ORDER BY rank, rowid LIMIT ?",
            any_of(self._telling(asked.name)),
            _BY_PAIRS,
        )
        typed = self._file.rows(
            "SELECT place FROM typed WHERE letters = ? ORDER BY place LIMIT ?",
            letters((asked.name.lower(),)),
            _WITHIN_A_SLIP,
        )
        return list(dict.fromkeys(number for (number,) in [*near, *pairs, *typed]))
