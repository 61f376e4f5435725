"""Gather the words and labels of a text into claims: each a place and what is said to be in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gis.lookup.labelling import Label, cut_labels
from gis.lookup.wording import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.lookup.wording import Wording

__all__ = ["Claim", "claims_of"]

_LABELS: Final = [
    "building",
    "stairwell",
    "room",
    "floor",
    "plate",
    "storey",
    "side",
    "shop",
    "bare",
    "chain",
    "sub",
    "lane",
]
#: After as many unknown characters a number belongs to another story.
_LOST: Final = 3
_ROOM_DIGITS: Final = 3
_MOST_RANGE: Final = 12
_THINGS: Final = "车库棚店铺亭位负储地商"
#: What makes a thing that of a flat: 501的车位, 501(车库).
_OWNED: Final = re.compile(r"[室户]?(?:附属|附带|对应|配套|所属|自有)?的?[(\[【]?")
#: What is numbered in a building and is no dwelling, by how such words end.
_THING: Final = re.compile("[\u4e00-\u9fff]{1,4}[室房库棚店间亭台所]$")
#: What joins two things of a list.
_AND: Final = ("和", "与", "及", "以及", "或", "或者", "还是", "、", ",", "/", "到", "至", "跟")


@dataclass(slots=True)
class Claim:
    """A place, and the labels said to be in it.

    Attributes
    ----------
    road, number
        The road's key, and the label of its number.
    names
        The spans that name the place; each narrows it.
    parts
        Words for a phase or part, that no name holds.
    before, labels
        Labels before the place and behind it.
    glued
        Words that touch the name in front, or behind.
    elsewhere, nearby, beside, then
        Whether another area is named, another community, whether it is a landmark, and
        whether it was then and not now.
    road_sure
        How surely the road is that one.
    strange
        Whether words stand before that are no known name.
    closed, again
        Whether what follows is another story, and whether it names its place by the claim
        before it: 3幢和5幢.
    """

    road: str = ""
    road_sure: float = 1.0
    number: str = ""
    names: list[Span] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    before: list[Label] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    glued: list[str] = field(default_factory=list)
    elsewhere: bool = False
    nearby: bool = False
    beside: bool = False
    then: bool = False
    now: bool = False
    strange: bool = False
    closed: bool = False
    again: bool = False

    @property
    def placed(self) -> bool:
        """Whether it names a place, or a road."""
        return bool(self.names or self.road)

    @property
    def said(self) -> list[Label]:
        """The labels that count: those behind the place before those in front of it."""
        return self.labels or self.before


def claims_of(text: str, wording: Wording) -> list[Claim]:
    """Return the claims of a text, in their order.

    Parameters
    ----------
    text
        Cleaned.
    wording
        Reads the words with the names of a book.
    """
    gatherer = _Gatherer()
    for item in _items(text, wording):
        gatherer.take(item)
    return [claim for claim in gatherer.done() if claim.placed or claim.said or claim.elsewhere]


def _items(text: str, wording: Wording) -> Iterator[Span | Label]:
    """Give the labels and the words of a cleaned text in turn."""
    at = 0
    labels = cut_labels(text)
    for label in labels:
        words = text[at : label.start]
        if label.kind == "part" and words and _is_han(words[-1]):
            named = wording.read(words + _part_text(label), labelled=False)
            if label.text.endswith("村") or _holds(named, label):
                yield from named
                at = label.end
                continue
        if words:
            yield from wording.read(words, labelled=label.kind in _LABELS)
        at = label.end
        yield label
    if at < len(text):
        yield from wording.read(text[at:], labelled=False)


def _holds(spans: tuple[Span, ...], label: Label) -> bool:
    return bool(spans) and spans[-1].kind == "place" and spans[-1].text.endswith(_part_text(label))


def _part_text(label: Label) -> str:
    word = label.text[-2:] if label.text.endswith("组团") else label.text[-1:]
    return label.values[0] + word


class _Gatherer:
    """Takes words and labels one by one, and knows which claim each belongs to."""

    def __init__(self) -> None:
        self._claims: list[Claim] = []
        self._now = Claim()
        self._last: Span | Label | None = None
        self._before: Span | Label | None = None
        self._word: str = ""

    def take(self, item: Span | Label) -> None:
        """Take what comes next."""
        if isinstance(item, Label):
            self._take_label(item)
        elif item.kind != "gap":
            self._take_span(item)
        self._before, self._last = self._last, item

    def done(self) -> list[Claim]:
        """Return all claims."""
        return [*self._claims, self._now]

    def _new(self, claim: Claim | None = None) -> None:
        self._claims.append(self._now)
        self._now = claim or Claim()
        self._word = ""

    def _take_span(self, span: Span) -> None:
        own = self._now
        if span.kind in ("then", "now"):
            if own.placed or own.said or own.elsewhere:
                self._new()
            self._now.then, self._now.now = span.kind == "then", span.kind == "now"
        elif span.kind == "elsewhere":
            own.elsewhere = True
        elif span.kind == "nearby":
            own.nearby = True
        elif span.kind == "beside":
            own.beside = own.beside or own.placed or bool(own.said)
        elif span.kind == "part":
            own.parts.append(span.text)
        elif span.kind == "road":
            self._take_road(span)
        elif span.kind == "place":
            self._take_place(span)
        elif span.kind == "word":
            self._take_word(span)

    def _take_word(self, span: Span) -> None:
        own, last = self._now, self._last
        if isinstance(last, Span) and last.kind == "place":
            own.glued.append(span.text)
        own.strange = own.strange or not (own.placed or own.said)
        if isinstance(last, Label) and own.labels and _is_room(last) and _THING.match(span.text):
            own.labels.append(last._replace(kind="shop"))  # 201传达室
        if own.labels and len(span.text) >= _LOST:
            own.closed = True
        self._word = span.text

    def _take_road(self, span: Span) -> None:
        own = self._now
        listed = isinstance(self._last, Span) and self._last.text.strip() in _AND
        if (own.road and (own.road not in span.keys or (listed and own.number))) or (
            own.beside and own.placed and not own.said
        ):
            self._new()
        own = self._now
        glued = isinstance(self._last, Span) and self._last.kind == "word"
        if own.road and not own.labels:
            own.number = ""  # said again
        own.road, own.road_sure = span.keys[0], span.sureness
        if glued and len(self._word) == 1:
            own.glued.append(self._word + "+")
        pool = own.labels or own.before
        if pool and span.text.isascii() and not own.number and pool[-1].kind in ("bare", "plate"):
            own.number = pool.pop().values[0]
        self._word = ""

    def _take_place(self, span: Span) -> None:
        own = self._now
        if own.names:
            common = set(own.names[-1].keys) & set(span.keys)
            within = tuple(key for key in span.keys if key.startswith(own.names[-1].keys))
            if within and not own.said:
                own.names = []  # 海棠中学 求真楼: the second is in the first
                span = span._replace(keys=within)
            elif not common:
                self._new()
                self._now.nearby, self._now.elsewhere = own.nearby, own.elsewhere
            elif own.labels and not own.closed and own.names[-1].text == span.text:
                return
        elif own.beside and own.placed and not own.number:
            self._new()
        own = self._now
        if isinstance(self._last, Span) and self._last.kind == "word":
            own.glued.append(self._word + "+")
        own.names.append(span)
        self._word = ""

    def _take_label(self, label: Label) -> None:
        if label.kind == "part":
            self._now.parts.append(_part_text(label))
        elif label.kind == "count" or self._take_number(label):
            return
        elif self._now.placed:
            self._take_inside(self._as_sub(label))
        else:
            if any(kept.kind == label.kind == "building" for kept in self._now.before):
                self._new()
            self._now.before.append(label)

    def _take_number(self, label: Label) -> bool:
        """Take the number of a road, and tell whether a label was one."""
        own = self._now
        bare_road = bool(own.number) and not own.said and not own.names
        if bare_road and label.kind == "plate" and self._between in _AND:
            self._new(Claim(road=own.road, road_sure=own.road_sure, number=label.values[0]))
        elif label.kind == "lane" and own.number.endswith("弄") and not own.labels:
            own.number += label.values[0]
        elif self._is_number(label):
            own.number = label.values[0]
        else:
            return False
        return True

    def _as_sub(self, label: Label) -> Label:
        """Take 4号 behind a dash and a road's number for a shop front's: 104-4号."""
        own = self._now
        bare_road = bool(own.number) and not own.said and not own.names
        if bare_road and label.kind == "plate" and self._between == "-":
            return label._replace(kind="sub")
        return label

    @property
    def _between(self) -> str:
        """What joins the label to what was before it; a mark that joins nothing for words."""
        last = self._last
        return last.text.strip() if isinstance(last, Span) and last.kind == "gap" else "?"

    def _take_inside(self, label: Label) -> None:
        """Take a label of the place that is known."""
        own = self._now
        late = isinstance(self._last, Span) and self._last.kind == "part"
        same = any(kept[:2] == label[:2] for kept in own.labels)
        if same and label.kind != "bare" and not late:
            return
        if self._is_range(label):
            first, last = own.labels[-1].values[0], label.values[0]
            told = tuple(str(n) for n in range(int(first), int(last) + 1))
            own.labels[-1] = label._replace(values=told)
        elif label.kind == "building" and any(kept.kind == "building" for kept in own.labels):
            self._second(label, late=late)
        elif any(map(_is_room, own.labels)):
            self._take_after_room(label)
        elif not own.closed or label.kind in ("stairwell", "room"):
            self._add(label)

    def _second(self, label: Label, *, late: bool) -> None:
        """Begin a claim about another building of the same place."""
        own = self._now
        again = replace(own, labels=[label], before=[], closed=False, again=True)
        again.glued, again.names = list(own.glued), list(own.names)
        # 南区6幢和北区6幢: a part between two buildings is the second's.
        again.parts = [own.parts.pop()] if late and own.parts else list(own.parts)
        self._new(again)

    def _take_after_room(self, label: Label) -> None:
        between = self._between
        if label.kind == "shop" or label.values[:1] in (("B",), ("B1",), ("B2",)):
            if self._last == self._now.labels[-1] or _OWNED.fullmatch(between or "?"):
                self._now.labels.append(label)
        elif between in _AND or (between == "-" and _is_room(label)):
            self._another(label)

    def _add(self, label: Label) -> None:
        own = self._now
        if self._is_thing(label):
            label = label._replace(kind="shop")
        for at, kept in enumerate(own.labels):
            if kept.kind == label.kind == "stairwell":
                own.labels[at] = kept._replace(values=kept.values + label.values)
                return
        own.labels.append(label)

    def _another(self, label: Label) -> None:
        """Take what is said beside a room: another room, or another whole address."""
        own = self._now
        if _is_room(label):
            last = next(kept for kept in own.labels if _is_room(kept))
            at = own.labels.index(last)
            own.labels[at] = last._replace(kind="room", values=last.values + label.values)
        elif label.kind in ("bare", "stairwell"):
            kept = [each for each in own.labels if each.kind == "building"]
            fresh = replace(own, labels=kept if label.kind == "stairwell" else [], before=[])
            fresh.again = True
            self._new(fresh)
            self._now.labels.append(label)

    def _is_range(self, label: Label) -> bool:
        """Tell whether two buildings are the ends of a range: 1#-3#."""
        own, last = self._now, self._last
        if not (own.labels and isinstance(last, Span) and last.text.strip() in ("-", "到", "至")):
            return False
        first, kind = own.labels[-1], label.kind
        ends = (first.values[0], label.values[0])
        return (
            first.kind == kind == "building"
            and all(end.isdecimal() for end in ends)
            and 0 < int(ends[1]) - int(ends[0]) <= _MOST_RANGE
        )

    def _is_thing(self, label: Label) -> bool:
        """Tell whether a number is that of a thing with a name: 3幢储煤间201."""
        last = self._last
        if isinstance(last, Span) and last.text.strip() in ("-", "第", "号"):
            last = self._before
        return (
            isinstance(last, Span)
            and last.kind == "word"
            and (len(last.text) > 1 or last.text in _THINGS)
            and _is_han(last.text[-1])
            and label.kind in ("bare", "plate", "room")
            and any(kept.kind in ("building", "stairwell") for kept in self._now.labels)
        )

    def _is_number(self, label: Label) -> bool:
        """Tell whether a label is the number of the road before it."""
        own, last = self._now, self._last
        if not own.road or own.number or own.labels or label.kind not in ("plate", "bare", "lane"):
            return False
        return isinstance(last, Span) and last.kind in ("road", "gap", "beside")


def _is_room(label: Label) -> bool:
    return label.kind == "room" or (
        label.kind in ("bare", "plate") and len(label.values[0]) >= _ROOM_DIGITS
    )


def _is_han(mark: str) -> bool:
    return "\u3400" <= mark <= "\u9fff"
