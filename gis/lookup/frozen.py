"""Freeze a plan into a folder of its own, which goes when nothing needs it any more."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from gis.lookup.release import freeze

if TYPE_CHECKING:
    from gis.plan_data import Plan

__all__ = ["FrozenFolder", "frozen_folder"]


class FrozenFolder:
    """A folder with a frozen plan; removed when this is forgotten, or the process ends."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="wangge-"))
        self._finish = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def frozen_folder(plan: Plan, *, area: str = "") -> FrozenFolder:
    """Freeze a plan that nobody published, to look places up in it all the same."""
    folder = FrozenFolder()
    freeze(plan, folder.path, area=area)
    return folder
