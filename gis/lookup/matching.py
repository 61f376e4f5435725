"""Match the claims of an address with an address book, and say how sure each match is."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from gis.lookup.addresses import compound_key
from gis.lookup.claims import Claim, claims_of
from gis.lookup.cleaning import clean
from gis.lookup.descent import Match, descend, in_home, name_of
from gis.lookup.labelling import cut_labels
from gis.lookup.lexicon import PART
from gis.lookup.slots import Slots, fill_slots
from gis.lookup.text import has_han
from gis.lookup.western import Streets, split_street
from gis.lookup.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gis.lookup.answer import Reason
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Place

__all__ = ["Matcher", "Matches"]

_KEPT: Final = 65_536
_NUMBER_DIFFERS: Final = 0.92  # the compound is known, its road's number is not
_GLUED: Final = 0.6  # words touch the name that may make it another one
_BESIDE: Final = 0.8
_NAMELESS: Final = 0.4
#: Two streets as like a typed one are asked about; a single one is surer than it looks.
_TOO_CLOSE, _ONLY_ONE = 0.02, 0.08
_MOST_NAMELESS: Final = 8
_SIDES: Final = "东西南北中"
_PART_END: Final = re.compile(f"(?:{PART.pattern})$")


class Matches(NamedTuple):
    """What a text may mean.

    Parameters
    ----------
    found
        The matches, as good guesses all of them where there are several.
    doubt
        Why one must ask; None where the text leaves no doubt but what the matches tell.
    """

    found: tuple[Match, ...]
    doubt: Reason | None = None


class Matcher:
    """Matches typed texts with one address book; keeps what it has read of words.

    Parameters
    ----------
    book
        The plan's addresses.
    """

    def __init__(self, book: AddressBook) -> None:
        self.book = book
        self.wording = Wording(book)
        self._name = lru_cache(_KEPT)(self._read_name)
        self._meets = lru_cache(_KEPT)(self._read_meets)

    def match(self, text: str) -> Matches:
        """Match a typed text.

        Every part of it must be explained: what stands in the tables decides how deep the
        answer goes, and what contradicts them, or may be another place, is asked.
        """
        if self._streets and not has_han(text):
            western = self._western(text)
            if western.found:
                return western
        cleaned = clean(text)
        if named := self._identifier(cleaned):
            return named
        chosen = _chosen(claims_of(cleaned, self.wording))
        if not chosen:
            return Matches(())
        told = [self._claim(claim) for claim in chosen]
        told = [each for each in told if each.found] or told[:1]
        if len(told) > 1:
            found = tuple(dict.fromkeys(match for each in told for match in each.found))
            same = len({m.identity for m in found}) == 1
            return told[0] if same else Matches(found, "which-reading")
        return told[0]

    def _claim(self, claim: Claim) -> Matches:
        """Match one claim."""
        if claim.elsewhere:
            return Matches(())
        slots = fill_slots(claim.said, numbered=bool(claim.number) and not claim.names)
        if not claim.placed:
            return Matches(()) if claim.strange else self._nameless(slots)
        keys, doubt, sure = self._places(claim, slots)
        if not keys:
            return self._road(claim)
        found: list[Match] = []
        for place in keys:
            here = descend(self.book, place, slots, name=self._name(place))
            found += here.found
            doubt = doubt or here.doubt
        if len(keys) > 1:
            doubt = "which-compound"
            full = [match for match in found if match.complete]
            found = full or found
        if any(name.short for name in claim.names) and not claim.said:
            return Matches(())
        if claim.nearby:
            doubt = "other-area"
        if sure < 1.0:
            found = [replace(match, confidence=match.confidence * sure) for match in found]
        if claim.beside:
            found = [replace(m, confidence=m.confidence * _BESIDE, beside=True) for m in found]
        return Matches(tuple(dict.fromkeys(found)), doubt)

    def _places(self, claim: Claim, slots: Slots) -> tuple[list[Place], Reason | None, float]:
        """Find the places that a claim may mean, why it is in doubt, and how sure it is."""
        sure = min([name.sureness for name in claim.names], default=1.0) * claim.road_sure
        numbered = self._numbered(claim, slots)
        keys, glued = self._deepened(claim)
        sure *= glued
        if not sure:
            return [], None, 0.0
        places = [place for key in keys if (place := self.book.place(key))]
        if numbered and places:
            here = [place for place in places if self._meets(numbered.key, place.key)]
            if not here:
                return [*places, numbered], "which-compound", sure
            places = [numbered] if numbered.homes == 1 else here
        elif numbered:
            places = [numbered]
        elif claim.number and places and not slots.sub:
            sure *= _NUMBER_DIFFERS
        places, known = self._with_parts(claim, places)
        return places, None if known else "which-compound", sure

    def _deepened(self, claim: Claim) -> tuple[tuple[str, ...], float]:
        """Join names with words that touch them, and tell how harmless what is left of them is."""
        keys, sure = _common(claim), 1.0
        for word in claim.glued:
            if word.endswith("+"):
                # One character makes another name: 新芳华苑.
                sure *= 0.0 if len(word) == 2 else _GLUED  # noqa: PLR2004
                continue
            deeper = [k for k in (key + compound_key(word) for key in keys) if self.book.place(k)]
            if deeper:
                keys = tuple(deeper)
            elif claim.said:
                sure *= _GLUED
        return keys, sure

    def _with_parts(self, claim: Claim, places: list[Place]) -> tuple[list[Place], bool]:
        """Keep the places that have the parts that were said; tell whether all parts are known."""
        known = True
        for part in claim.parts:
            having = [place for place in places if self._has_part(place, part)]
            if not having and claim.again:
                others = self._siblings(places)
                having = [place for place in others if self._has_part(place, part)]
            known = known and bool(having)
            places = having or places
        return places, known

    def _numbered(self, claim: Claim, slots: Slots) -> Place | None:
        """Find the place of a road and a number; a number behind it may be of a shop front."""
        if not (claim.road and claim.number):
            return None
        main = self.book.place(f"{claim.road}|{claim.number}")
        if not slots.sub:
            return main
        exact = self.book.place(f"{claim.road}|{claim.number}-{slots.sub}")
        if main and main.homes == 1:
            homes = self.book.homes_in(exact) if exact else ()
            if all(home.home_id.startswith("cell:") for home in homes):
                slots.building = ()
                return main
        if exact or (claim.said and claim.said[0].kind == "sub"):
            slots.building = ()
        return exact or main

    def _read_name(self, place: Place) -> str:
        return name_of(self.book, place)

    def _read_meets(self, one: str, other: str) -> bool:
        """Tell whether two places have a home in common."""
        first, second = self.book.place(one), self.book.place(other)
        return bool(first and second and self.book.share_home(first, second))

    def _siblings(self, places: Iterable[Place]) -> list[Place]:
        """Return the other parts of the compounds that places are parts of."""
        stems = dict.fromkeys(
            place.key[: found.start()] for place in places if (found := _PART_END.search(place.key))
        )
        keys = (key for stem in stems for key in self.book.parts_of(stem, limit=_MOST_NAMELESS))
        return [place for key in keys if (place := self.book.place(key))]

    def _has_part(self, place: Place, part: str) -> bool:
        """Tell whether a place is the part of a compound that a word names."""
        stem = part[0] if part[0] in _SIDES else part
        homes = self.book.homes_in(place, limit=1)
        name = compound_key(homes[0].compound or homes[0].standard.compound) if homes else ""
        return stem in place.key[2:] or stem in name[2:]

    def _road(self, claim: Claim) -> Matches:
        """Fall back on the road alone."""
        if not claim.road or claim.names or any(word.endswith("+") for word in claim.glued):
            return Matches(())
        homes = {
            home.home_id: home
            for key in self.book.numbers(claim.road)
            if (place := self.book.place(key))
            for home in self.book.homes_in(place)
        }
        match = Match(
            level="road",
            homes=tuple(homes.values()),
            place=claim.road,
            key=claim.road,
            confidence=0.9 * claim.road_sure,
            complete=not claim.number,
        )
        return Matches((match,), "other-area" if claim.nearby else None)

    def _nameless(self, slots: Slots) -> Matches:
        """Offer the places that have such a building, so far as they are few."""
        if len(slots.building) != 1:
            return Matches(())
        keys = self.book.places_with(slots.building[0], limit=_MOST_NAMELESS + 1)
        if not keys or len(keys) > _MOST_NAMELESS:
            return Matches(())
        found: list[Match] = []
        for key in keys:
            place = self.book.place(key)
            if place:
                found += descend(self.book, place, slots, name=self._name(place)).found
        if len({home.home_id for match in found for home in match.homes}) == 1:
            return Matches(tuple(replace(m, confidence=0.8 * m.confidence) for m in found[:1]))
        told = (replace(match, confidence=_NAMELESS) for match in found)
        return Matches(tuple(told), "which-compound")

    @cached_property
    def _streets(self) -> Streets:
        return Streets(self.book.western_roads())

    @cached_property
    def _numbers(self) -> Callable[[str], Mapping[str, str]]:
        """Street to its numbers, each with its key; kept for the streets asked last."""

        def read(road: str) -> Mapping[str, str]:
            return {key.partition("|")[2]: key for key in self.book.numbers(road)}

        return lru_cache(_KEPT)(read)

    def _western(self, text: str) -> Matches:
        """Match a street and a number that are written without Chinese."""
        street, number = split_street(text)
        streets = self._streets.find(street)
        having = [
            (self._numbers(key)[number], score)
            for key, score in streets
            if number in self._numbers(key)
        ]
        if not having:
            best = [key for key, score in streets if score == streets[0][1]]
            road = Claim(road=best[0], number=number) if len(best) == 1 else None
            return self._road(road) if road else Matches(())
        best_score = having[0][1]
        rivals = [key for key, score in having if score > best_score - _TOO_CLOSE]
        found: list[Match] = []
        for key in rivals:
            if place := self.book.place(key):
                found += descend(self.book, place, Slots(), name=self._name(place)).found
        sure = best_score if len(rivals) > 1 else min(1.0, best_score + _ONLY_ONE)
        found = [replace(match, confidence=match.confidence * sure) for match in found]
        return Matches(tuple(found), "which-compound" if len(rivals) > 1 else None)

    @cached_property
    def _identified(self) -> re.Pattern[str] | None:
        """How the ids of buildings are written, so far as they are letters and numbers."""
        home_id = self.book.some_home_id()
        pieces = re.findall(r"[A-Za-z]+|\d+", home_id)
        if len(pieces) < 2 or not pieces[0].isalpha():  # noqa: PLR2004
            return None
        body = "[-_./ ]?".join(
            f"({re.escape(p.upper())})" if p.isalpha() else rf"(\d{{{len(p)}}})" for p in pieces
        )
        return re.compile(rf"(?<![A-Z0-9]){body}(?!\d)")

    def _identifier(self, cleaned: str) -> Matches | None:
        """Match a text that holds a building's id."""
        pattern = self._identified
        found = pattern.search(cleaned) if pattern else None
        if not found:
            return None
        home = self.book.home(self._id_of(found.groups()))
        if home is None:
            return None
        slots = fill_slots(cut_labels("0幢" + cleaned[found.end() :]), numbered=False)
        return Matches(*in_home(self.book, home, slots))

    def _id_of(self, pieces: Sequence[str]) -> str:
        sample = self.book.some_home_id()
        told = iter(pieces)
        return re.sub(r"[A-Za-z]+|\d+", lambda _: next(told), sample)


def _common(claim: Claim) -> tuple[str, ...]:
    """Return the keys that all names of a claim agree on."""
    keys: tuple[str, ...] = ()
    for name in claim.names:
        both = tuple(key for key in keys if key in name.keys)
        keys = both or name.keys if keys else name.keys
    return keys


def _chosen(claims: Iterable[Claim]) -> list[Claim]:
    """Choose the claims that count: now before then, places before landmarks and loose labels."""
    left = [claim for claim in claims if claim.placed or claim.said or claim.elsewhere]
    placed = [claim for claim in left if claim.placed]
    landmarks = [c for c in placed[:-1] if c.beside and not c.said and c.names]
    left = [claim for claim in left if not any(claim is mark for mark in landmarks)]
    for better in (
        lambda claim: claim.now,
        lambda claim: not claim.then,
        lambda claim: claim.placed,
        lambda claim: bool(claim.names or claim.number),
        lambda claim: bool(claim.said) or not claim.elsewhere,
    ):
        left = [claim for claim in left if better(claim)] or left
    return left
