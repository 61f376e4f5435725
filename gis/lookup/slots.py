"""Put labels into the parts they stand for: building, stairwell, floor, room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.lookup.labelling import Label

__all__ = ["Slots", "fill_slots"]

_ORDER: Final = ("building", "stairwell", "floor", "room")
#: Numbers of three digits and more are rooms rather than buildings or stairwells; of five and
#: more they are several run together.
_ROOM_DIGITS, _RUN_DIGITS = 3, 5


@dataclass(slots=True)
class Slots:
    """What the labels of a claim say.

    Attributes
    ----------
    building, stairwell, floor, room
        Labels; several where a range was said.
    sub
        A number behind a road's number: of a shop front (104-4号).
    run
        Digits of several parts that run together: 32501.
    side, shop
        Whether a stairwell is named by its side, or what is meant is no dwelling.
    """

    building: tuple[str, ...] = ()
    stairwell: tuple[str, ...] = ()
    floor: str = ""
    room: tuple[str, ...] = ()
    sub: str = ""
    run: str = ""
    side: bool = False
    shop: bool = False


def fill_slots(labels: Sequence[Label], *, numbered: bool) -> Slots:
    """Put labels into slots.

    A word fixes a label's slot; a label without one takes the next free slot in the order of an
    address, a number of three digits being a room.

    Parameters
    ----------
    labels
        In the order of the text.
    numbered
        Whether they stand behind the number of a road and no name.
    """
    slots = Slots()
    if _descends(labels):
        labels = list(reversed(labels))
    for at, label in enumerate(labels):
        _put(slots, label, labels[at + 1 :])
    told = [label for label in labels if label.kind != "shop"]
    if numbered and len(told) == 1 and told[0].kind in ("bare", "plate", "sub"):
        slots.sub = told[0].values[0]
    if slots.floor and slots.room and len(slots.room[0]) < _ROOM_DIGITS:
        slots.room = (f"{slots.floor}{slots.room[0]:0>2}",)
    elif slots.floor.isdecimal() and any(
        room.isdecimal() and room[:-2] != slots.floor for room in slots.room
    ):
        slots.room = ()  # no room of the first floor is 501
    return slots


def _descends(labels: Sequence[Label]) -> bool:
    ranks = [_ORDER.index(label.kind) for label in labels if label.kind in _ORDER]
    return len(ranks) > 1 and ranks == sorted(ranks, reverse=True) and ranks != sorted(ranks)


def _put(  # noqa: C901, PLR0912 - one branch a kind of label
    slots: Slots, label: Label, rest: Sequence[Label]
) -> None:
    kind, values = label.kind, label.values
    if kind == "chain":
        if slots.building:
            first, last = int(values[0]), int(values[-1])
            slots.stairwell = tuple(str(n) for n in range(first, max(first, last) + 1))
        else:
            slots.building, slots.stairwell = values[:1], values[-1:]
    elif kind in ("building", "lane"):
        slots.building = slots.building or values
    elif kind == "stairwell":
        slots.stairwell = slots.stairwell or values
    elif kind == "side":
        slots.side = True
    elif kind == "shop":
        slots.shop = True
    elif kind == "floor":
        slots.floor = slots.floor or values[0]
        slots.shop = slots.shop or slots.floor.startswith("B")
    elif kind == "storey":
        _put_storey(slots, values[0], rest)
    elif kind == "sub":
        slots.sub = values[0]
    elif kind == "room":
        _put_room(slots, values)
    elif kind == "plate":
        _put_plate(slots, values[0])
    elif not slots.shop:
        _put_bare(slots, values[0], rest)


def _put_room(slots: Slots, values: tuple[str, ...]) -> None:
    value = values[0]
    if slots.shop:
        return
    if len(value) >= _RUN_DIGITS and value.isdigit() and not (slots.building or slots.stairwell):
        slots.run = value
    else:
        slots.room = slots.room or values


def _put_storey(slots: Slots, value: str, rest: Sequence[Label]) -> None:
    """3楼 is a building where a stairwell or another floor's room follows; else a floor."""
    if slots.building:
        slots.floor = slots.floor or value
        return
    rooms = [
        each.values[0] for each in rest if each.kind in ("room", "bare", "plate") and each.values
    ]
    stairs = any(each.kind == "stairwell" for each in rest)
    if (not stairs and rooms and rooms[0][:-2] == value) or slots.stairwell:
        slots.floor = value
    else:
        slots.building = (value,)


def _put_plate(slots: Slots, value: str) -> None:
    """号 is a building's word behind a compound, and a room's behind a building."""
    if slots.building or slots.stairwell or slots.floor:
        _put_room(slots, (value,))
    elif len(value) >= _RUN_DIGITS:
        slots.run = value
    elif len(value) >= _ROOM_DIGITS:
        slots.room = slots.room or (value,)
    else:
        slots.building = (value,)


def _put_bare(slots: Slots, value: str, rest: Sequence[Label]) -> None:
    digits = sum(mark.isdigit() for mark in value)
    below = bool(slots.stairwell and rest)
    if value[0] == "B" and digits == 1 and slots.building:
        slots.shop = True  # B1 behind a building is its cellar
    elif slots.stairwell and value[0] in "FL" and value[1:].isdigit():
        slots.floor = slots.floor or value[1:]
    elif digits < _ROOM_DIGITS and below and not slots.room:
        slots.floor = slots.floor or value
    elif digits >= _RUN_DIGITS and not (slots.building or slots.stairwell):
        slots.run = slots.run or value
    elif digits >= _ROOM_DIGITS or slots.floor:
        slots.room = slots.room or (value,)
    elif not slots.building and not slots.stairwell:
        slots.building = (value,)
    elif not slots.stairwell and not slots.room:
        slots.stairwell = (value,)
    else:
        slots.room = slots.room or (value,)
