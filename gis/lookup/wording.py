"""Read the words between labels: known names, areas, landmarks, fillers, and what is left."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from gis.lookup.addresses import compound_key
from gis.lookup.areas import Area, read_area
from gis.lookup.characters import cities
from gis.lookup.lexicon import BESIDE, FILLER, GENERIC, NOW, PART, THEN
from gis.lookup.misspelt import explained
from gis.lookup.text import has_han

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Place

__all__ = ["Span", "Wording"]

SpanKind = Literal[
    "place", "road", "area", "elsewhere", "nearby", "part", "beside", "then", "now", "word", "gap"
]


class Span(NamedTuple):
    """A stretch of words.

    Parameters
    ----------
    kind
        place (a compound, site or building), road, area (the own one), elsewhere (another
        province, city or district), nearby (another street or community), part (a phase or
        part), beside, then, now, gap (separators), or word (nothing known).
    text
        What was written.
    keys
        For a place or a road: the keys it may be.
    sureness
        How surely it is one of these.
    short
        Whether only a piece of the name was written.
    """

    kind: SpanKind
    text: str
    keys: tuple[str, ...] = ()
    sureness: float = 1.0
    short: bool = False


_KEPT: Final = 65_536
_GAP: Final = re.compile(r"[^0-9A-Z\u3007\u3400-\u9fff]+")
_LONGEST_NAME: Final = 24
#: What stands in the way of a name costs by its characters; names and fillers cost little.
_UNKNOWN, _NAME, _AREA, _OTHER_AREA, _FILLER = 1.0, 0.1, 0.12, 0.5, 0.3
_SHORTEST: Final = 2
_MOST_WORD: Final = 8
_SURE_SHORT, _SURE_INITIALS, _SURE_PINYIN, _SURE_PREFIX = 0.95, 0.93, 0.97, 0.96
_SURE_FRONT: Final = 0.93
#: Names explained as well as this are not told apart.
_AS_SURE: Final = 0.02
_MOST_PARTS: Final = 8
_PART_SIDE: Final = re.compile("([东西南北中])(?:苑|院|园|片|边)?$")


class Wording:
    """Reads words with the names of one book.

    Parameters
    ----------
    book
        The names.
    """

    def __init__(self, book: AddressBook) -> None:
        self._book = book
        self._areas = tuple(Area.of(name) for name in sorted(book.areas))
        self._cities = cities()
        # Where no province or city is known to be the own one, any may be.
        self._city_known = any(area.rank <= 1 for area in self._areas)
        self.read = lru_cache(_KEPT)(self._read)

    def _read(self, text: str, *, labelled: bool) -> tuple[Span, ...]:
        """Read a stretch of words.

        Parameters
        ----------
        text
            Cleaned, and without labels.
        labelled
            Whether a label follows.
        """
        spans = self._segment(text)
        if labelled and spans and spans[-1].kind == "elsewhere":
            # An area that holds nothing but a label is none: 晨光区10-2-402.
            spans[-1] = Span("word", spans[-1].text)
        spans = _absorbed(_joined(spans))
        if not any(span.kind in ("place", "road") for span in spans) or self._has_name_left(spans):
            spans = self._guess(spans, labelled=labelled)
        return tuple(spans)

    def _has_name_left(self, spans: list[Span]) -> bool:
        """Tell whether words are left that may be a name beside the road or place found."""
        last = next((span for span in reversed(spans) if span.kind != "gap"), None)
        return last is not None and last.kind == "word" and len(last.text) >= _SHORTEST

    def _segment(self, text: str) -> list[Span]:
        """Cut a text into known words at the least cost; the rest is left as words."""
        size = len(text)
        best: list[tuple[float, int, Span | None]] = [(0.0, 0, None)]
        best.extend([(1e9, 0, None)] * size)
        names = self._names(text)
        for at in range(size):
            cost = best[at][0]
            options = self._options(text, at, names)
            for end, price, span in options:
                if cost + price < best[end][0]:
                    best[end] = (cost + price, at, span)
        spans: list[Span] = []
        at = size
        while at > 0:
            _, start, span = best[at]
            spans.append(span or Span("word", text[start:at]))
            at = start
        spans.reverse()
        return spans

    def _options(  # noqa: C901 - one branch a kind of word
        self, text: str, at: int, names: dict[int, list[tuple[int, Place]]]
    ) -> list[tuple[int, float, Span | None]]:
        found: list[tuple[int, float, Span | None]] = [(at + 1, _UNKNOWN, None)]
        if gap := _GAP.match(text, at):
            return [(gap.end(), 0.0, Span("gap", gap[0]))]
        kind: SpanKind
        for end, place in names.get(at, ()):
            kind = "road" if place.numbered and not place.homes else "place"
            found.append((end, _NAME, Span(kind, text[at:end], (place.of or place.key,))))
            generic = GENERIC.match(text, end)
            if generic and kind == "place":
                full = text[at : generic.end()]
                found.append((generic.end(), _NAME, Span(kind, full, (place.of or place.key,))))
        for area in read_area(text, at, self._areas):
            span_kind: SpanKind = "area" if area.own else "nearby" if area.near else "elsewhere"
            price = _AREA if area.own else _OTHER_AREA
            found.append((area.end, price, Span(span_kind, text[at : area.end])))
        if at == 0 or not _is_han(text[at - 1]) or text[at - 2 : at] in self._cities:
            for length in (4, 3, 2):
                if text[at : at + length] in self._cities and self._is_front(text, at + length):
                    kind = "elsewhere" if self._city_known else "area"
                    found.append((at + length, _AREA, Span(kind, text[at : at + length])))
        for kind, pattern in (("then", THEN), ("now", NOW), ("beside", BESIDE), ("part", PART)):
            if match := pattern.match(text, at):
                found.append((match.end(), _FILLER, Span(kind, match[0])))
        if match := FILLER.match(text, at):
            price = _FILLER if match.end() - at > 1 else 0.6
            found.append((match.end(), price, Span("gap", match[0])))
        return found

    def _is_front(self, text: str, at: int) -> bool:
        """Tell whether a city's name is followed by what may be in it, not by 路 or 人."""
        return at >= len(text) or not re.match(
            "[路街巷道人]|大[道街酒]|东路|西路|饭店|宾馆", text[at:]
        )

    def _names(self, text: str) -> dict[int, list[tuple[int, Place]]]:
        """Find every known name that is written out: its start to its ends."""
        found: dict[int, list[tuple[int, Place]]] = {}
        if not has_han(text):
            return found
        for end in range(_SHORTEST, len(text) + 1):
            if not _is_name_mark(text[end - 1]):
                continue
            for place in self._book.names_in(text[max(0, end - _LONGEST_NAME) : end]):
                if len(place.key) >= _SHORTEST:
                    found.setdefault(end - len(place.key), []).append((end, place))
        return found

    def _guess(self, spans: list[Span], *, labelled: bool) -> list[Span]:
        """Try what is left of the words as names that are misspelt, short or in pinyin."""
        guessed: list[Span] = []
        spans = self._with_parts(spans)
        last = max((i for i, span in enumerate(spans) if span.kind in ("word", "part")), default=-1)
        for i, span in enumerate(spans):
            if span.kind == "word" and not span.text.isascii():
                guessed += self._guess_han(
                    span.text, labelled=labelled and i == last, first=not guessed
                )
            else:
                guessed.append(span)
        return _latin(guessed, self._pinyin)

    def _with_parts(self, spans: list[Span]) -> list[Span]:
        """Join a misspelt name with the part behind it, where both are a name: 玉蓝苑北区."""
        joined: list[Span] = []
        for span in spans:
            before = joined[-1] if joined else None
            if before and before.kind == "word" and span.kind == "part":
                whole = self._like(before.text + span.text, short=False)
                if whole:
                    joined[-1] = whole
                    continue
            joined.append(span)
        return joined

    def _guess_han(self, text: str, *, labelled: bool, first: bool) -> list[Span]:
        """Find a misspelt name at the end of a word, or at its front."""
        del first
        for start in range(max(0, len(text) - _MOST_WORD), len(text) - 1):
            tail = text[start:]
            span = self._like(tail, short=labelled and start == 0)
            if span:
                return [Span("word", text[:start]), span] if start else [span]
        for end in range(len(text) - 1, _SHORTEST, -1):
            span = self._like(text[:end], short=False) if len(text) - end > 1 else None
            if span and span.sureness >= _SURE_FRONT:
                return [span, Span("word", text[end:])]
        return [Span("word", text)]

    def _like(  # noqa: C901 - one branch a way to mean a name
        self, text: str, *, short: bool
    ) -> Span | None:
        """Return the place or road that a text means, so far as one does."""
        name = compound_key(text)
        if len(name) < _SHORTEST:
            return None
        scored: dict[str, float] = {}
        pieces: set[str] = set()
        for key, _ in self._book.similar(name, limit=12):
            place = self._book.place(key)
            if place is None or not (place.homes or place.numbered):
                continue
            target = place.of or key
            sure = max(
                explained(typed, form, self._book.sounds)
                for form in self._forms(place, key)
                for typed in dict.fromkeys((text, name))
            )
            if sure:
                scored[target] = max(scored.get(target, 0.0), sure)
            if key != name and place.homes and (key.startswith(name) or key.endswith(name)):
                pieces.add(target)
        if scored:
            best = max(scored.values())
            keys = tuple(sorted(key for key, sure in scored.items() if sure >= best - _AS_SURE))
            place = self._book.place(keys[0])
            kind: SpanKind = "road" if place and place.numbered and not place.homes else "place"
            return Span(kind, text, keys, best)
        if side := _PART_SIDE.search(name):
            stem = name[: side.start()]
            keys = tuple(
                key
                for key in self._book.parts_of(stem, limit=_MOST_PARTS)
                if key[len(stem) :].startswith(side[1])
            )
            if len(stem) >= _SHORTEST and len(keys) == 1:
                return Span("place", text, keys, _SURE_PREFIX)
        parts = self._book.parts_of(name, limit=_MOST_PARTS)
        split = tuple(key for key in parts if PART.fullmatch(key[len(name) :]))
        if split and len(split) == len(parts) and len(name) > _SHORTEST:
            return Span("place", text, split, _SURE_PREFIX)
        if short and pieces and not GENERIC.search(text):
            return Span("place", text, tuple(sorted(pieces)), _SURE_SHORT, short=True)
        return None

    def _forms(self, place: Place, key: str) -> tuple[str, ...]:
        """Return a name's key and the name with the words that the key leaves out."""
        homes = self._book.homes_in(place, limit=1) if place.homes and not place.of else ()
        compound = homes[0].compound if homes else ""
        return (key, compound) if compound and compound_key(compound) == key else (key,)

    def _pinyin(self, letters: str) -> Span | None:
        """Return what a name typed in letters means."""
        if letters in self._typed_cities:
            return Span("elsewhere" if self._city_known else "area", letters)
        stem = letters.removesuffix("XIAOQU")
        return self._typed(letters) or (self._typed(stem) if stem != letters else None)

    @cached_property
    def _typed_cities(self) -> frozenset[str]:
        return frozenset(self._book.letters_of(city).upper() for city in self._cities)

    def _typed(  # noqa: C901 - whole, in part, or by initials
        self, letters: str
    ) -> Span | None:
        if len(letters) < _SHORTEST:
            return None
        whole: dict[str, None] = {}
        begun: dict[str, None] = {}
        short: dict[str, None] = {}
        roads: dict[str, None] = {}
        for key, _ in self._book.similar(letters, limit=20):
            place = self._book.place(key)
            if place is None or not (place.homes or place.numbered):
                continue
            target = place.of or key
            forms = self._forms(place, key)
            if any(self._book.letters_of(form).upper() == letters for form in forms):
                (roads if place.numbered and not place.homes else whole)[target] = None
            elif len(letters) > _SHORTEST and any(
                "".join(s[:1] for s in map(self._book.letters_of, form)).upper() == letters
                for form in forms
            ):
                short[target] = None
        if whole or roads:
            kind: SpanKind = "place" if whole else "road"
            return Span(kind, letters, tuple(sorted(whole or roads)), _SURE_PINYIN)
        if len(letters) > 5:  # noqa: PLR2004
            for place in self._book.names_typed(letters.lower(), limit=_MOST_PARTS):
                begun[place.of or place.key] = None
            if begun and all(self._is_part(key, letters, len(letters)) for key in begun):
                return Span("place", letters, tuple(sorted(begun)), _SURE_PREFIX)
        if short:
            return Span("place", letters, tuple(sorted(short)), _SURE_INITIALS, short=True)
        return None

    def _is_part(self, key: str, letters: str, size: int) -> bool:
        """Tell whether letters are the name of which a key is a part: yulanyuan of 玉兰苑南区."""
        for at in range(_SHORTEST, len(key)):
            spelt = self._book.letters_of(key[:at]).upper()
            if len(spelt) >= size:
                return spelt == letters and PART.fullmatch(key[at:]) is not None
        return False


def _latin(spans: list[Span], look: Callable[[str], Span | None]) -> list[Span]:
    """Find names typed in letters: the longest run of words that is one."""
    merged: list[Span] = []
    i = 0
    while i < len(spans):
        if spans[i].kind != "word" or not spans[i].text.isascii():
            merged.append(spans[i])
            i += 1
            continue
        last = i
        ends = [i]
        while (
            last + 2 < len(spans)
            and spans[last + 1].kind == "gap"
            and spans[last + 1].text.strip(" '-") == ""
            and spans[last + 2].kind == "word"
            and spans[last + 2].text.isascii()
        ):
            last += 2
            ends.append(last)
        for end in reversed(ends):
            found = look("".join(span.text for span in spans[i : end + 1 : 2]))
            if found:
                merged.append(found)
                i = end + 1
                break
        else:
            merged.append(spans[i])
            i += 1
    return merged


def _joined(spans: list[Span]) -> list[Span]:
    """Join neighbouring unknown characters into words, with the little fillers that touch them."""
    joined: list[Span] = []
    for span in spans:
        loose = span.kind == "word" or _is_little(span)
        if loose and joined and (joined[-1].kind == "word" or _is_little(joined[-1])):
            both = joined[-1].kind == "word" or span.kind == "word"
            text = joined[-1].text + span.text
            joined[-1] = Span("word" if both else "gap", text)
        else:
            joined.append(span)
    return joined


def _is_little(span: Span) -> bool:
    return span.kind == "gap" and len(span.text) == 1 and _is_han(span.text)


def _absorbed(spans: list[Span]) -> list[Span]:
    """Let a place swallow a character of its own that stands doubled beside it: 听听雨轩."""
    kept: list[Span] = []
    for i, span in enumerate(spans):
        before, after = spans[i - 1 : i], spans[i + 1 : i + 2]
        own = (after and after[0].kind in ("place", "road") and after[0].text[0] == span.text) or (
            before and before[0].kind in ("place", "road") and before[0].text[-1] == span.text
        )
        if not (span.text and len(span.text) == 1 and own):
            kept.append(span)
    return kept


def _is_han(mark: str) -> bool:
    return "\u3400" <= mark <= "\u9fff"


def _is_name_mark(mark: str) -> bool:
    return mark.isalnum()
