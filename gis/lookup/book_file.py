"""Ask an SQLite file that does not change, from any number of threads and processes."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections import deque
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FrozenFile"]

#: Pages that a connection keeps besides the mapped file, in KiB.
_CACHE_KIB: Final = 256


class FrozenFile:
    """A file that is mapped into memory, and read without a lock as nobody writes to it.

    Parameters
    ----------
    path
        The file.
    folder
        Removed when the file is closed, or forgotten by the process that opened it.
    """

    def __init__(self, path: Path, *, folder: Path | None = None) -> None:
        self.path = path
        # A deque takes and gives in one step, so connections need no lock; there are as many
        # as were ever at work at once.
        self._idle: deque[sqlite3.Connection] = deque()
        self._process = os.getpid()
        self._finish = weakref.finalize(self, _end, self._idle, folder, self._process)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return all rows of a query."""
        if self._process != os.getpid():  # a connection must not be used on both sides of a fork
            self._idle.clear()
            self._process = os.getpid()
        try:
            base = self._idle.pop()
        except IndexError:
            base = self._connect()
        try:
            return base.execute(query, values).fetchall()
        finally:
            self._idle.append(base)

    def close(self) -> None:
        """Close the file."""
        self._finish()

    def _connect(self) -> sqlite3.Connection:
        base = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        base.execute(f"PRAGMA mmap_size = {self.path.stat().st_size}")
        base.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return base


def _end(idle: deque[sqlite3.Connection], folder: Path | None, process: int) -> None:
    """Close what is open; the folder is removed by the process that made it alone."""
    while idle:
        idle.pop().close()
    if folder and os.getpid() == process:
        rmtree(folder, ignore_errors=True)
