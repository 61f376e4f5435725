"""Look up a table of addresses or points and append the answers to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.store.errors import TooMuch
from api.table_files import open_table
from gis.errors import UnreadableInput
from gis.io.atomic import atomic_path
from gis.io.tabular import LAT_COLUMNS, LON_COLUMNS
from gis.lookup.messages import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from gis.lookup.answer import Answer
    from gis.lookup.locator import AskedDatum, Locator

__all__ = ["ADDED", "BatchSummary", "locate_table"]

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
#: Rows that are looked up at once, and held in memory.
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How many rows were asked, settled in one grid, and left open or outside."""

    rows: int
    found: int
    open: int


@dataclass(frozen=True, slots=True)
class _Question:
    """Where a row has its question: the column of the address, or those of the point."""

    columns: tuple[int, ...]


def locate_table(
    locator: Locator,
    source: str | Path,
    target: str | Path,
    *,
    datum: AskedDatum | None = None,
    on: date | None = None,
    most_rows: int | None = None,
) -> BatchSummary:
    """Append the answers to the rows of a table, in its own order, kind and encoding.

    However long the table, only some thousand rows of it are in memory at once.

    Parameters
    ----------
    locator
        What answers.
    source
        A CSV in UTF-8 or GB18030, or the first sheet of an .xlsx, with a column `address`
        (地址), or `lon` and `lat` (经度, 纬度).
    target
        Where to write; an existing file is replaced once the new one is whole. Every row is as
        wide as the widest, so that the answers stand in columns of their own; rows without any
        value are left out; cells that a spreadsheet would run as a formula are marked as text.
    datum
        "gcj02" or "bd09" where `lon` and `lat` are of that datum.
    on
        The day that is asked about; today where left out.
    most_rows
        Refuse a table with more.

    Raises
    ------
    UnreadableInput
        If the file cannot be read or has none of those columns.
    TooMuch
        If it has more rows than `most_rows`.
    """
    table = open_table(Path(source))
    count = wide = 0
    for row in table.rows():
        count, wide = count + 1, max(wide, len(row))
        if most_rows is not None and count > most_rows + 1:
            msg = f"the table has more than {most_rows:,} rows"
            raise TooMuch(msg)
    if not count:
        msg = f"{table.path.name} is empty; give a header row and rows below it"
        raise UnreadableInput(msg)
    rows = table.rows()
    header = next(rows)
    question = _question(header, table.path.name)
    found = 0
    with atomic_path(target) as temporary, table.writing(temporary) as write:
        write([*header, *[""] * (wide - len(header)), *ADDED])
        while chunk := list(islice(rows, _CHUNK)):
            for row, cells in zip(
                chunk, _answers(locator, question, chunk, datum, on), strict=True
            ):
                write([*row, *[""] * (wide - len(row)), *cells])
                found += bool(cells[4]) and float(cells[1]) >= _SURE
    return BatchSummary(rows=count - 1, found=found, open=count - 1 - found)


def _question(header: Sequence[Any], name: str) -> _Question:
    names = [str(cell if cell is not None else "").strip().lower() for cell in header]
    address = _place(names, _ADDRESS)
    if address is not None:
        return _Question((address,))
    lon, lat = _place(names, LON_COLUMNS), _place(names, LAT_COLUMNS)
    if lon is None or lat is None:
        msg = f"{name} has no column address (地址), nor lon and lat (经度, 纬度)"
        raise UnreadableInput(msg)
    return _Question((lon, lat))


def _answers(
    locator: Locator,
    question: _Question,
    chunk: Sequence[Sequence[Any]],
    datum: AskedDatum | None,
    on: date | None,
) -> Iterator[list[str]]:
    """Give the cells to append to each row."""
    if len(question.columns) == 1:
        texts = [_cell(row, question.columns[0]) for row in chunk]
        yield from map(_address_cells, locator.locate_addresses(texts, on=on))
        return
    lon, lat = ([_number(_cell(row, at)) for row in chunk] for at in question.columns)
    columns = locator.locate_points(lon, lat, datum=datum, on=on).columns()
    rows = zip(*(columns[name] for name in (*ADDED[:6], "reason")), lon, lat, strict=True)
    for level, sure, large, large_name, micro, micro_name, reason, x, y in rows:
        known = isfinite(x) and isfinite(y)
        message = sentence(reason) if known else _NO_POINT
        yield [level, f"{sure:.2f}", large, large_name, micro, micro_name, message, locator.plan_id]


def _place(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Sequence[Any], place: int) -> str:
    return "" if place >= len(row) or row[place] is None else str(row[place])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _address_cells(answer: Answer) -> list[str]:
    return [
        answer.match_level,
        f"{answer.confidence:.2f}",
        answer.large.code if answer.large else "",
        answer.large.name if answer.large else "",
        answer.micro.code if answer.micro else "",
        answer.micro.name if answer.micro else "",
        answer.message,
        answer.plan_id,
    ]
