"""Write what a check found, and what a repair changed, as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill

from gis import changes as repairs
from gis import faults as found
from gis.errors import UnwritableOutput
from gis.io.atomic import atomic_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

    from gis.changes import Change
    from gis.faults import Fault

__all__ = ["write_report"]

_TITLES: Final = {
    "severity": "级别 severity",
    "layer": "图层 layer",
    "row": "行 row",
    "column": "列 column",
    "value": "值 value",
    "what": "问题 what is wrong",
    "remedy": "办法 what to do",
    "kind": "代号 kind",
}
_SEVERITIES: Final = {
    "error": "错误 error",
    "warning": "警告 warning",
    "information": "提示 information",
}
_COLOURS: Final = {"error": "FFF8D7DA", "warning": "FFFFF3CD", "information": "FFE2EEF9"}
_WIDTHS: Final = {"what": 60, "remedy": 60, "value": 24, "column": 18}


def write_report(
    faults: Sequence[Fault], path: str | Path, *, changes: Sequence[Change] | None = None
) -> None:
    """Write faults to one sheet, one row each, and the changes of a repair to another.

    Parameters
    ----------
    faults
        In the order they shall have.
    path
        Where to, ``*.xlsx``; an existing file is replaced.
    changes
        What a repair changed; without a repair there is no such sheet.

    Raises
    ------
    UnwritableOutput
        If the name ends otherwise, or the place cannot be written to.
    """
    if Path(path).suffix.lower() != ".xlsx":
        msg = f"{Path(path).name} is no workbook's name; let it end in .xlsx"
        raise UnwritableOutput(msg)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "问题 faults"
    _fill(sheet, found.to_table(faults), _TITLES)
    for row, fault in enumerate(faults, start=2):
        sheet.cell(row, 1).value = _SEVERITIES[fault.severity]
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[fault.severity])
    if changes is not None:
        titles = _TITLES | {"what": "改动 what was changed"}
        _fill(book.create_sheet("改动 changes"), repairs.to_table(changes), titles)
    with atomic_path(path) as temporary:
        book.save(temporary)


def _fill(sheet: Worksheet, table: pd.DataFrame, titles: dict[str, str]) -> None:
    """Write a table with its header; text stays text, so that no value becomes a formula."""
    sheet.append([titles[name] for name in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(table.itertuples(index=False), start=2):
        for place, value in enumerate(row, start=1):
            _write(sheet.cell(number, place), value)
    for place, name in enumerate(table.columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = _WIDTHS.get(str(name), 16)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _write(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("�", value)
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif value is not None and value == value:  # noqa: PLR0124 - not a number
        cell.value = int(value)
        cell.alignment = Alignment(vertical="top")
