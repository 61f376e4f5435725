"""Look up a table of addresses or points and append the answers to its rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import UnreadableInput
from gis.io.atomic import atomic_path
from gis.io.tabular import LAT_COLUMNS, LON_COLUMNS
from gis.io.text import decode_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.lookup.answer import Answer
    from gis.lookup.locator import AskedDatum, Locator

__all__ = ["ADDED", "BatchSummary", "locate_csv"]

#: Columns that are appended to every row.
ADDED: Final = (
    "match_level",
    "confidence",
    "large_code",
    "large_name",
    "micro_code",
    "micro_name",
    "answer",
    "plan_id",
)
_ADDRESS: Final = ("address", "地址", "详细地址")
_NO_POINT: Final = "坐标缺失或不是数字。 The coordinates are missing or no numbers."
_SURE: Final = 0.5
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How many rows were asked, settled in one grid, and left open or outside."""

    rows: int
    found: int
    open: int


def locate_csv(
    locator: Locator, source: str | Path, target: str | Path, *, datum: AskedDatum | None = None
) -> BatchSummary:
    """Append the answers to the rows of a CSV, in its own order and encoding.

    Parameters
    ----------
    locator
        What answers.
    source
        A CSV in UTF-8 or GB18030 with a column `address` (地址), or `lon` and `lat` (经度, 纬度).
    target
        Where to write; an existing file is replaced once the new one is whole. Every row is as
        wide as the widest, so that the answers stand in columns of their own; rows without any
        value are left out.
    datum
        "gcj02" or "bd09" where `lon` and `lat` are of that datum.

    Raises
    ------
    UnreadableInput
        If the file cannot be read or has none of those columns.
    """
    text, encoding = _decoded(Path(source))
    rows = list(csv.reader(text.splitlines(keepends=True)))
    if not rows:
        msg = f"{Path(source).name} is empty; give a header row and rows below it"
        raise UnreadableInput(msg)
    # A line without a value asks nothing; a short or long row must not shift the answers.
    header, body = rows[0], [row for row in rows[1:] if any(cell.strip() for cell in row)]
    blanks = [""] * max(len(row) for row in (header, *body))
    answers = _answers(locator, header, body, Path(source).name, datum)
    with atomic_path(target) as temporary, temporary.open("w", encoding=encoding, newline="") as f:
        writer = csv.writer(f)
        writer.writerow([*header, *blanks[len(header) :], *ADDED])
        writer.writerows(
            [*row, *blanks[len(row) :], *_cells(a)] for row, a in zip(body, answers, strict=True)
        )
    found = sum(answer.micro is not None and answer.confidence >= _SURE for answer in answers)
    return BatchSummary(rows=len(body), found=found, open=len(body) - found)


def _decoded(path: Path) -> tuple[str, str]:
    try:
        text, encoding = decode_file(path.read_bytes())
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}"
        raise UnreadableInput(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path.name} is neither UTF-8 nor GB18030; save it as one of them"
        raise UnreadableInput(msg) from error
    # Spreadsheets take UTF-8 for what it is only if it begins with a mark.
    return text, "utf-8-sig" if encoding == "utf-8" else encoding


def _answers(
    locator: Locator,
    header: Sequence[str],
    body: Sequence[Sequence[str]],
    name: str,
    datum: AskedDatum | None,
) -> list[Answer]:
    names = [cell.strip().lower() for cell in header]
    address = _place(names, _ADDRESS)
    if address is not None:
        return locator.locate_addresses(_cell(row, address) for row in body)
    lon, lat = _place(names, LON_COLUMNS), _place(names, LAT_COLUMNS)
    if lon is None or lat is None:
        msg = f"{name} has no column address (地址), nor lon and lat (经度, 纬度)"
        raise UnreadableInput(msg)
    points = [(_number(_cell(row, lon)), _number(_cell(row, lat))) for row in body]
    return [
        replace(answer, message=_NO_POINT) if isnan(x) or isnan(y) else answer
        for (x, y) in points
        for answer in (locator.locate_point(x, y, datum=datum),)
    ]


def _place(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _cells(answer: Answer) -> list[str]:
    cells = [
        answer.match_level,
        f"{answer.confidence:.2f}",
        answer.large.code if answer.large else "",
        answer.large.name if answer.large else "",
        answer.micro.code if answer.micro else "",
        answer.micro.name if answer.micro else "",
        answer.message,
        answer.plan_id,
    ]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
