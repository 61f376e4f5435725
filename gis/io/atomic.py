"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gis.errors import UnwritableOutput

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["atomic_path", "require_writable"]


@contextlib.contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; it takes the place of `path` only on success.

    Raises
    ------
    UnwritableOutput
        As `require_writable` does.
    """
    target = Path(path)
    require_writable(target)
    with _folder_beside(target) as folder:
        temporary = Path(folder) / target.name
        yield temporary
        temporary.replace(target)


def require_writable(path: str | Path, *, sources: tuple[Path, ...] = ()) -> None:
    """Refuse a path that cannot be written, before the work rather than after; touch nothing.

    Parameters
    ----------
    path
        Where a file shall be written; folders that do not exist yet are made then.
    sources
        What is read for it, and must not be written over.

    Raises
    ------
    UnwritableOutput
        If the path is a folder or one of the sources, or its folder cannot be written to.
    """
    target = Path(path)
    if target.is_dir():
        msg = f"{path} is a folder; give the name of a file in it"
        raise UnwritableOutput(msg)
    if any(target.exists() and source.exists() and target.samefile(source) for source in sources):
        msg = f"{path} is what is read; give another file to write"
        raise UnwritableOutput(msg)
    folder = next(folder for folder in target.absolute().parents if folder.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        msg = f"{path} cannot be written: {folder} is no folder that may be written to"
        raise UnwritableOutput(msg)


def _folder_beside(target: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=target.parent, prefix=".wangge-")
    except OSError as error:
        msg = f"{target} cannot be written: {error.strerror}"
        raise UnwritableOutput(msg) from error
