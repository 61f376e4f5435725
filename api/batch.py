"""Look up a table of addresses or points and append the answers to its rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import UnreadableInput
from gis.io.atomic import atomic_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.lookup.answer import Answer
    from gis.lookup.locator import Locator

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
_LON: Final = ("lon", "lng", "longitude", "经度")
_LAT: Final = ("lat", "latitude", "纬度")
_SURE: Final = 0.5
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How many rows were asked, settled in one grid, and left open or outside."""

    rows: int
    found: int
    open: int


def locate_csv(locator: Locator, source: str | Path, target: str | Path) -> BatchSummary:
    """Append the answers to the rows of a CSV, in its own order and encoding.

    Parameters
    ----------
    locator
        What answers.
    source
        A CSV in UTF-8 or GB18030 with a column `address` (地址), or `lon` and `lat` (经度, 纬度).
    target
        Where to write; an existing file is replaced once the new one is whole.

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
    header, body = rows[0], rows[1:]
    answers = _answers(locator, header, body, Path(source).name)
    with atomic_path(target) as temporary, temporary.open("w", encoding=encoding, newline="") as f:
        writer = csv.writer(f)
        writer.writerow([*header, *ADDED])
        writer.writerows([*row, *_cells(a)] for row, a in zip(body, answers, strict=True))
    found = sum(answer.micro is not None and answer.confidence >= _SURE for answer in answers)
    return BatchSummary(rows=len(body), found=found, open=len(body) - found)


def _decoded(path: Path) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}"
        raise UnreadableInput(msg) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    msg = f"{path.name} is neither UTF-8 nor GB18030; save it as one of them"
    raise UnreadableInput(msg)


def _answers(
    locator: Locator, header: Sequence[str], body: Sequence[Sequence[str]], name: str
) -> list[Answer]:
    names = [cell.strip().lower() for cell in header]
    address = _place(names, _ADDRESS)
    if address is not None:
        return locator.locate_addresses(_cell(row, address) for row in body)
    lon, lat = _place(names, _LON), _place(names, _LAT)
    if lon is None or lat is None:
        msg = f"{name} has no column address (地址), nor lon and lat (经度, 纬度)"
        raise UnreadableInput(msg)
    points = [(_number(_cell(row, lon)), _number(_cell(row, lat))) for row in body]
    return [locator.locate_point(x, y) for x, y in points]


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
