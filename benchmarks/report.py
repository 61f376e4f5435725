"""Write tables, the facts they need, and the file that keeps the last of each."""

from __future__ import annotations

import os
import platform
import re
import unicodedata
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["facts", "keep", "number", "share", "table", "versions"]

_HEAD: Final = """# The partition engine, measured

Written by `python benchmarks/partition.py`; what each column means and how peers are run is in
[README.md](README.md). One row an instance and system, default settings, never the best of many.
"""


def number(value: float, digits: int = 1) -> str:
    """Write a number; a dash where there is none.

    Examples
    --------
    >>> number(1234.56), number(float("nan")), number(0.5, 2)
    ('1,234.6', '–', '0.50')
    """
    return f"{value:,.{digits}f}" if np.isfinite(value) else "–"


def share(value: float, digits: int = 1) -> str:
    """Write a share as per cent; a dash where there is none."""
    return f"{100 * value:.{digits}f} %" if np.isfinite(value) else "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table whose columns line up in a terminal too.

    Examples
    --------
    >>> print(table(["a", "long"], [["1", "2"]]))
    | a | long |
    |---|------|
    | 1 | 2    |
    """
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(head))]

    def written(line: Sequence[str]) -> str:
        cells = (
            cell + " " * (wide - _width(cell)) for cell, wide in zip(line, widths, strict=True)
        )
        return f"| {' | '.join(cells)} |"

    rule = f"|{'|'.join('-' * (wide + 2) for wide in widths)}|"
    return "\n".join([written(lines[0]), rule, *map(written, lines[1:])])


def versions(distributions: Iterable[str]) -> str:
    """Name the installed versions, in order."""
    return ", ".join(f"{name} {_version(name)}" for name in sorted(set(distributions)))


def facts(sources: Iterable[tuple[str, str]]) -> str:
    """Say when, on how many cores and from which files (their hash) a table was made."""
    day = datetime.now(UTC).date().isoformat()
    files = ", ".join(f"`{name}` {sha256[:16]}" for name, sha256 in sorted(set(sources)))
    cores = f"{os.cpu_count()} cores, one thread each"
    return (
        f"{day}; {platform.system()}, {cores}, Python {platform.python_version()}; SHA-256 {files}"
    )


def keep(path: Path, name: str, text: str, order: Sequence[str]) -> None:
    """Put a section into the file, in place of its last one; the others stay."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- end -->", old, re.DOTALL)
    kept = dict(found) | {name: text}
    blocks = [f"<!-- {each} -->\n{kept[each]}\n<!-- end -->" for each in order if each in kept]
    path.write_text("\n\n".join([_HEAD.rstrip(), *blocks]) + "\n", encoding="utf-8")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
