"""Count what a look-up makes of the corpus; knows the rows and the replies, and nothing else."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

SURE = 0.9
SILENT = ("none", "ask")
IN_BUILDING = ("building", "stairwell", "room")
FOUND, COARSE, ASKED, MISSED, WRONG = "found", "coarse", "asked", "missed", "wrong"

Offer = tuple[str | None, str | None, str | None] | str


class Reply(NamedTuple):
    """What a look-up answers; `place` is read at the levels compound and road."""

    level: str
    building_id: str | None = None
    stairwell: str | int | None = None
    room: str | int | None = None
    confidence: float = 0.0
    alternatives: Sequence[Offer] = ()
    place: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Return building, stairwell and room as far as its level goes."""
        if self.level not in IN_BUILDING:
            return ()
        depth = IN_BUILDING.index(self.level) + 1
        return _parts((self.building_id, self.stairwell, self.room)[:depth])

    @property
    def asks(self) -> bool:
        return self.level == "ask" or (self.level != "none" and self.confidence < SURE)

    @property
    def sure(self) -> bool:
        return self.level not in SILENT and self.confidence >= SURE


@dataclass
class Counts:
    """The counts of one class, or of all of them."""

    verdicts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    sure: int = 0
    wrong_sure: int = 0
    negatives: int = 0
    merged: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        return self.verdicts[FOUND]

    @property
    def wrong(self) -> int:
        return self.verdicts[WRONG]

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.verdicts + other.verdicts,
            self.rows + other.rows,
            self.sure + other.sure,
            self.wrong_sure + other.wrong_sure,
            self.negatives + other.negatives,
            self.merged + other.merged,
            self.failed + other.failed,
        )


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a file of the corpus."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def score(
    rows: Iterable[Mapping[str, str]], locate: Callable[[str], Sequence[object]]
) -> dict[str, Counts]:
    """Ask `locate` for every row, and count by class; `failed` holds ids, never texts."""
    counts: dict[str, Counts] = {}
    for row in rows:
        reply = Reply(*locate(row["text"]))  # type: ignore[arg-type]
        verdict = judge(row, reply)
        merged = is_merged(row, reply)
        own = counts.setdefault(row["class"], Counts())
        own.rows += 1
        own.verdicts[verdict] += 1
        own.sure += verdict == FOUND and reply.sure
        own.wrong_sure += verdict == WRONG and reply.sure
        own.negatives += bool(row["near"])
        own.merged += merged
        if merged or verdict != FOUND:
            own.failed.append(row["id"])
    return counts


def total(counts: Mapping[str, Counts]) -> Counts:
    """Add all classes up."""
    return sum(counts.values(), Counts())


def unmet(counts: Mapping[str, Counts]) -> list[str]:
    """Say which bars of the issue do not hold."""
    whole = total(counts)
    said = []
    if whole.found < 0.97 * whole.rows:
        said.append(f"found {whole.found} of {whole.rows}, under 97 %")
    if whole.wrong_sure * 300 > whole.rows:
        said.append(f"wrong at {SURE} or more: {whole.wrong_sure} of {whole.rows}, over 1 in 300")
    if whole.merged:
        said.append(f"hard negatives merged: {whole.merged} of {whole.negatives}")
    return said


def judge(row: Mapping[str, str], reply: Reply) -> str:
    """Return the verdict on one reply; README.md tells what each means."""
    if row["expect"] == "none":
        return FOUND if reply.level in SILENT else WRONG
    if row["expect"] == "ask":
        return _judge_question(row, reply)
    truth = _truth(row)
    if reply.level == row["expect"] and _said(reply) == truth:
        return FOUND
    if reply.asks and any(offer == truth for offer in _offers(reply)):
        return ASKED
    if reply.level in SILENT:
        return MISSED
    return COARSE if _is_coarse(row, reply, [truth]) else WRONG


def is_merged(row: Mapping[str, str], reply: Reply) -> bool:
    """Say whether the answer itself, not what it offers beside, lies in what must stay apart."""
    if reply.level in SILENT or not row["near"]:
        return False
    path = "/".join(reply.path)
    return any(
        path == item
        or path.startswith(item if item.endswith("-") else f"{item}/")
        or (reply.place is not None and reply.place == item)
        for item in row["near"].split(";")
    )


def table(counts: Mapping[str, Counts]) -> str:
    """Print counts by class, worst first, and their sum, as text."""
    head = ("class", "rows", FOUND, "sure", COARSE, ASKED, MISSED, WRONG, "wrong≥.9", "merged")
    worst = sorted(counts, key=lambda kind: (counts[kind].found / counts[kind].rows, kind))
    lines = [head] + [_line(kind, counts[kind]) for kind in worst]
    lines.append(_line("all", total(counts)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def score_spellings(
    rows: Iterable[Mapping[str, str]], find: Callable[[str], tuple[str | None, float]]
) -> dict[str, Counts]:
    """Ask `find` for every spoilt spelling of a real address, and count by kind of spoiling.

    `find` returns the address as the table writes it (or None) and a confidence.
    """
    counts: dict[str, Counts] = {}
    for row in rows:
        address, confidence = find(row["text"])
        verdict = FOUND if address == row["address"] else MISSED if address is None else WRONG
        own = counts.setdefault(row["spoilt"], Counts())
        own.rows += 1
        own.verdicts[verdict] += 1
        own.sure += verdict == FOUND and confidence >= SURE
        own.wrong_sure += verdict == WRONG and confidence >= SURE
        if verdict != FOUND:
            own.failed.append(row["id"])
    return counts


def _line(kind: str, own: Counts) -> tuple[str, ...]:
    verdicts = [str(own.verdicts[name]) for name in (COARSE, ASKED, MISSED, WRONG)]
    merged = f"{own.merged}/{own.negatives}" if own.negatives else "-"
    return (
        kind,
        str(own.rows),
        str(own.found),
        str(own.sure),
        *verdicts,
        str(own.wrong_sure),
        merged,
    )


def _judge_question(row: Mapping[str, str], reply: Reply) -> str:
    wanted = [_parts(item.split("/")) for item in row["also_building_ids"].split(";") if item]
    if not wanted:
        return FOUND if reply.asks or reply.level == "none" else WRONG
    offers = _offers(reply)
    covered = all(any(_covers(offer, item) for offer in offers) for item in wanted)
    true = _is_coarse(row, reply, wanted)
    if covered and (reply.asks or true):
        return FOUND
    if reply.level in SILENT:
        return MISSED
    return COARSE if true else WRONG


def _is_coarse(row: Mapping[str, str], reply: Reply, truths: Sequence[tuple[str, ...]]) -> bool:
    """Say whether a reply is true of every possible answer, but shallower."""
    if reply.level in IN_BUILDING:
        return all(
            len(reply.path) < len(truth) and truth[: len(reply.path)] == reply.path
            for truth in truths
        )
    if reply.level == "compound":
        deeper = row["expect"] in (*IN_BUILDING, "ask")
        return deeper and bool(reply.place) and reply.place == row["place"]
    return bool(reply.place) and row["expect"] != "road" and str(reply.place) in row["text"]


def _truth(row: Mapping[str, str]) -> tuple[str, ...]:
    if row["expect"] in IN_BUILDING:
        return _parts((row["building_id"], row["stairwell"], row["room"]))
    return (row["place"],)


def _said(reply: Reply) -> tuple[str, ...]:
    return reply.path or _parts((reply.place,))


def _offers(reply: Reply) -> list[tuple[str, ...]]:
    """Return the answer itself and all it offers beside, as parts."""
    told = [_parts((item,) if isinstance(item, str) else item) for item in reply.alternatives]
    return [parts for parts in (_said(reply), *told) if parts]


def _covers(offer: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Say whether picking the offer would lead to what is wanted: its stairwell at least."""
    least = min(2, len(wanted))
    return len(offer) >= least and offer[: len(wanted)] == wanted[: len(offer)]


def _parts(items: Iterable[object]) -> tuple[str, ...]:
    """Return what stands before the first absent part, as text."""
    parts: list[str] = []
    for item in items:
        if item is None or item == "":
            break
        parts.append(str(item))
    return tuple(parts)
