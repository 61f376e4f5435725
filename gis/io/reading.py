"""Share what the readers of all formats need: numbering rows, finding sidecars, saying no."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from gis.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from gis.io.files import Limits

__all__ = [
    "NOTES",
    "Found",
    "beside",
    "first_line",
    "numbered",
    "too_many",
    "undecodable",
    "unreadable",
    "without_blanks",
]

#: A layer's name, its table (none where it could not be read) and its faults.
Found = tuple[str, pd.DataFrame | None, list[Fault]]

#: The table or sheet of a template that explains the columns; layers beside it may stay empty.
NOTES: Final = "wangge_columns"


def beside(path: Path, suffix: str) -> Path | None:
    """Find the file of the same stem and another suffix, whatever its case."""
    same = (other for other in sorted(path.parent.glob(f"{_glob_escape(path.stem)}.*")))
    return next((other for other in same if other.suffix.lower() == suffix), None)


def _glob_escape(text: str) -> str:
    """Escape what a glob pattern would read as a wildcard."""
    return re.sub(r"([*?[])", r"[\1]", text)


def too_many(rows: int, layer: str, limits: Limits) -> Fault | None:
    """Report a layer of more rows than are read."""
    if rows <= limits.rows:
        return None
    what = f"has {rows:,} rows, more than {limits.rows:,}"
    return Fault(layer, what, "cut it to the communities planned", kind="too-many-rows")


def undecodable(layer: str, error: UnicodeDecodeError) -> Fault:
    """Say at which row a text file stops being text."""
    line = error.object.count(b"\n", 0, error.start)
    value = repr(error.object[error.start : error.start + 8])[2:-1]
    return Fault(
        layer, "text is neither UTF-8 nor GB18030", "save the file again as UTF-8",
        row=line or None, value=value, kind="undecodable-text",
    )  # fmt: skip


def unreadable(layer: str, what: str) -> Fault:
    """Say that a layer could not be read at all."""
    return Fault(
        layer, what, "export the layer again, or in another format", kind="unreadable-file"
    )


def first_line(error: Exception) -> str:
    """Give the first sentence of a library's message, without the folders of its paths."""
    line = str(error).split("\n", 1)[0].split(";", 1)[0]
    return re.sub(r"'?(?:/[^/'\s]+)+/([^/'\s]+)'?", r"\1", line)[:160]


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Give rows the numbers that the planner sees, from 1."""
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"), axis=0)


def without_blanks(found: list[Found]) -> list[Found]:
    """Leave out the layers of a filled-in template that nobody filled in."""
    return [one for one in found if one[1] is None or len(one[1])]
