"""Read and write tables of any length row by row: CSV in its own encoding, and .xlsx."""

from __future__ import annotations

import codecs
import csv
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from gis.errors import UnreadableInput
from gis.io.files import Limits, refuse_bomb
from gis.io.text import decode_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["TableFile", "open_table", "safe_cell"]

_ZIP: Final = b"PK\x03\x04"
_CHUNK: Final = 1 << 20
#: Bytes that a workbook may unpack to; its texts are held in memory.
MOST_UNPACKED: Final = 256 << 20
MOST_COLUMNS: Final = 500
#: A spreadsheet runs a cell that begins with one of these as a formula; a number or a phone
#: may begin with + or - all the same.
_FORMULA: Final = ("=", "@", "\t", "\r", "+", "-")
_NUMBER: Final = re.compile(r"[+-][\d\s.,:/()-]*")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table in a file.

    Parameters
    ----------
    path
        The file.
    kind
        What it is, by its content.
    encoding, separator
        Of a CSV, as it should be written again.
    """

    path: Path
    kind: Literal["csv", "xlsx"]
    encoding: str = ""
    separator: str = ","

    def rows(self) -> Iterator[list[Any]]:
        """Give the rows, header first, those without any value left out.

        Raises
        ------
        UnreadableInput
            If a row cannot be read, or is wider than `MOST_COLUMNS`.
        """
        source = self._sheet() if self.kind == "xlsx" else self._lines()
        try:
            for row in source:
                if len(row) > MOST_COLUMNS:
                    msg = f"{self.path.name} has a row of more than {MOST_COLUMNS} columns"
                    raise UnreadableInput(msg)
                if any(str(cell).strip() for cell in row if cell is not None):
                    yield row
        except (csv.Error, UnicodeDecodeError) as error:
            msg = f"{self.path.name} cannot be read as CSV: {error}"
            raise UnreadableInput(msg) from error

    def _lines(self) -> Iterator[list[Any]]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield from csv.reader(file, delimiter=self.separator)

    def _sheet(self) -> Iterator[list[Any]]:
        # openpyxl takes a fifth of a second to load, so who has a CSV waits less.
        from openpyxl import load_workbook  # noqa: PLC0415

        try:
            # By its path a file without the right ending would be refused.
            with self.path.open("rb") as file:
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
                yield from (list(row) for row in book.worksheets[0].iter_rows(values_only=True))
        except UnreadableInput:
            raise
        except Exception as error:
            # What a broken workbook makes openpyxl raise is no one kind.
            msg = f"{self.path.name} cannot be read as a workbook; save it again, or as CSV"
            raise UnreadableInput(msg) from error

    @contextmanager
    def writing(self, target: Path) -> Iterator[Callable[[Sequence[Any]], None]]:
        """Give a function that writes a row to a file of the same kind and encoding."""
        if self.kind == "csv":
            with target.open("w", encoding=self.encoding, newline="") as file:
                writer = csv.writer(file, delimiter=self.separator)
                yield lambda row: writer.writerow([safe_cell(cell) for cell in row])
            return
        from openpyxl import Workbook  # noqa: PLC0415 - see _sheet
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

        book = Workbook(write_only=True)
        sheet = book.create_sheet()

        def cell(value: Any) -> Any:
            if not (isinstance(value, str) and value.startswith(_FORMULA)):
                return value
            made = WriteOnlyCell(sheet, value=value)
            made.data_type = "s"  # text, never a formula
            return made

        yield lambda row: sheet.append([cell(value) for value in row])
        book.save(target)


def open_table(path: Path) -> TableFile:
    """Tell what table a file holds, without reading it into memory.

    Raises
    ------
    UnreadableInput
        If it cannot be read, is neither UTF-8 nor GB18030 nor .xlsx, or unpacks to more than a
        workbook of people's addresses does.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}"
        raise UnreadableInput(msg) from error
    if head.startswith(_ZIP):
        if fault := refuse_bomb(path, limits=Limits(unpacked_bytes=MOST_UNPACKED)):
            msg = f"{path.name} {fault}; save it again, or as CSV"
            raise UnreadableInput(msg)
        return TableFile(path, "xlsx")
    encoding = _encoding(path, head)
    first = head.decode(encoding, errors="replace").partition("\n")[0]
    return TableFile(path, "csv", encoding, max(",;\t", key=first.count))


def safe_cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula; numbers and phones stay as they are.

    Examples
    --------
    >>> [safe_cell(cell) for cell in ("=1+1", "-cmd|x", "+86 25-555", "-3.5", "-", 7)]
    ["'=1+1", "'-cmd|x", '+86 25-555', '-3.5', '-', 7]
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _encoding(path: Path, head: bytes) -> str:
    """Return the encoding of a CSV, marked as spreadsheets need it to be."""
    found = _known(head) if len(head) < _CHUNK else _tried(path, head)
    if not found:
        msg = f"{path.name} is neither UTF-8 nor GB18030; save it as one of them"
        raise UnreadableInput(msg)
    # Spreadsheets take UTF-8 for what it is only if it begins with a mark.
    return "utf-8-sig" if found == "utf-8" else found


def _known(data: bytes) -> str:
    """Return the encoding of a whole file; empty for none."""
    try:
        return decode_file(data)[1]
    except UnicodeDecodeError:
        return ""


def _tried(path: Path, head: bytes) -> str:
    """Return the first encoding that a long file can be read in; empty for none."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    tried = ("utf-16",) if wide else ("utf-8", "gb18030")
    return next((encoding for encoding in tried if _decodes(path, encoding)), "")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
