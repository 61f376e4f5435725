"""Name the files of a folder of releases, and bring them to the disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CATALOGUE", "DESK", "PLAN", "RELEASES", "sync"]

CATALOGUE: Final = "catalogue.json"
DESK: Final = "desk.sqlite"
RELEASES: Final = "releases"
#: In each release: the plan file, without private phones.
PLAN: Final = "plan.gpkg"


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be opened there, and its names are kept safe without
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
