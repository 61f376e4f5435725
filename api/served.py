"""Hold what a server answers from: one release, opened once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from api.page_cache import MapPages
from api.store.opening import published_of
from gis.lookup.fragments import Fragments
from gis.lookup.head import FACTS, Head, read_head
from gis.lookup.locator import Locator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from api.store.catalogue import Release
    from gis.lookup.rulings import Ruling
    from gis.rules import Level

__all__ = ["Served", "open_plan", "open_release", "program_version"]

LEVELS: Final[tuple[Level, ...]] = ("large", "micro")
_LOG: Final = logging.getLogger("wangge.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A release made ready for answering; nothing of it is held in memory but what is asked for.

    Parameters
    ----------
    locator
        What answers look-ups, with the rulings there are.
    head
        What the release says of itself.
    folder
        Its files.
    etag
        Names the release and the version of this program.
    pages
        The map pages of its plan.
    records, details
        The figures, and what else is told, of the grids of each level, in the order of codes.
    """

    locator: Locator
    head: Head
    folder: Path
    etag: str
    pages: MapPages
    records: Mapping[Level, Fragments]
    details: Mapping[Level, Fragments]

    def following(self, rulings: Iterable[Ruling]) -> Served:
        """Return the same release with these rulings."""
        locator = self.locator.following(rulings)
        for stray in locator.rulings.stray:
            _LOG.warning("ruling %d has no grid in this plan", stray.ruling.number)
        return replace(self, locator=locator)

    def grid_list(self, level: Level | None) -> Iterator[bytes]:
        """Give the grids of one level, or of both, by code, as JSON in pieces."""
        yield b'{"plan_id":"%b","grids":[' % self.head.plan_id.encode()
        first = True
        for each in LEVELS if level is None else (level,):
            records = self.records[each]
            for at in range(len(records)):
                yield records[at] if first else b"," + records[at]
                first = False
        yield b"]}"

    def geojson(self, level: Level) -> Path:
        """Return the file of a level's outlines."""
        return self.folder / FACTS / f"{level}.geojson"

    def detail(self, code: str, *, on: date | None) -> dict[str, Any] | None:
        """Return a grid with its people, parent, children, violations and counts."""
        facts = self.locator.points.facts
        micro, large = facts.micro_codes.find(code), facts.large_codes.find(code)
        if micro < 0 and large < 0:
            return None
        level: Level = "micro" if micro >= 0 else "large"
        at = micro if micro >= 0 else large
        grid = msgspec.json.decode(self.records[level][at])
        children = np.flatnonzero(facts.micro_large == at) if level == "large" else ()
        return {
            "plan_id": self.head.plan_id,
            "grid": grid,
            "community": self.locator.communities.get(grid["community_code"]),
            "parent": self.locator.grids.get(grid["parent_code"]) if level == "micro" else None,
            "children": [msgspec.json.decode(facts.micro_json(int(child))) for child in children],
            "people": self.locator.people_of(code, on=on),
            **msgspec.json.decode(self.details[level][at]),
        }


def open_plan(path: Path, *, kept: int, report_base: str | None = None) -> Served:
    """Read a plan file, freeze it into a folder that goes with the process, and open that.

    Raises
    ------
    NotAPlan
        If the file is not a whole plan.
    """
    # Reading and freezing plans loads much that serving a frozen one does not need.
    from gis.io.plan_file import read_plan  # noqa: PLC0415
    from gis.lookup.frozen import frozen_folder  # noqa: PLC0415

    frozen = frozen_folder(read_plan(path))
    locator = replace(Locator.open(frozen.path), report_base=report_base)
    return _opened(locator, frozen.path, MapPages(path, kept=kept, keeps=frozen), number="plan")


def open_release(
    folder: Path, plan: Path, release: Release, *, kept: int, report_base: str | None
) -> Served:
    """Open a published release.

    Raises
    ------
    NotARelease
        If its files are not there, or of another version of wangge.
    """
    locator = replace(
        Locator.open(folder, published=published_of(release)), report_base=report_base
    )
    return _opened(locator, folder, MapPages(plan, kept=kept), number=str(release.number))


def _opened(locator: Locator, folder: Path, pages: MapPages, *, number: str) -> Served:
    head = read_head(folder)
    records, details = (
        MappingProxyType(
            {level: Fragments.open(folder / FACTS, f"{level}_{what}") for level in LEVELS}
        )
        for what in ("records", "details")
    )
    return Served(
        locator=locator,
        head=head,
        folder=folder,
        etag=f'"{head.plan_id[:16]}-{number}-{program_version()}"',
        pages=pages,
        records=records,
        details=details,
    )


def program_version() -> str:
    """Return the version of the distribution; 0 where it runs from a bare checkout."""
    try:
        return version("wangge")
    except PackageNotFoundError:
        return "0"
