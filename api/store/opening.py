"""Open what answers look-ups: a release of a folder, or a plan file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.errors import NoPlanThen
from api.store.folder import FolderStore
from gis.lookup.facts import Published
from gis.lookup.locator import Locator

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from api.store.catalogue import Release

__all__ = ["open_locator", "published_of"]


def published_of(release: Release) -> dict[str, Published]:
    """Return how each community's plan was published."""
    return {
        code: Published(
            version=number, valid_from=release.valid_from, valid_until=release.valid_until
        )
        for code, number in release.versions.items()
    }


def open_locator(source: Path, *, on: date) -> Locator:
    """Open a folder's release of a day with its rulings, or a plan file, which has neither.

    Raises
    ------
    NotAFolder, NotARelease, NotAPlan
        If the source is none of them.
    NoPlanThen
        If no release is valid on that day.
    """
    if not source.is_dir():
        # Who asks a folder waits a second less.
        from gis.io.plan_file import read_plan  # noqa: PLC0415

        return Locator.from_plan(read_plan(source), today=lambda: on)
    store = FolderStore.open(source)
    release = store.current(on)
    if release is None:
        msg = f"no plan published to {source} is valid on {on.isoformat()}"
        raise NoPlanThen(msg)
    published = published_of(release)
    locator = Locator.open(store.path(release), published=published, today=lambda: on)
    return locator.following(store.desk().rulings())
