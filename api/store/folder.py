"""Keep releases in one folder, made current by one rename; nothing else is needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from api.store.catalogue import Release, current
from api.store.desk import Desk
from api.store.errors import NotAFolder
from api.store.layout import CATALOGUE, DESK, PLAN, RELEASES, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import date

__all__ = ["FolderStore"]

FORMAT: Final = 1


class FolderStore:
    """Releases in a folder: a catalogue, the releases' folders, the desk.

    A release is made beside the others under another name, and is there once its name is;
    it is current once the catalogue names it. Both are renames, which happen or do not, so a
    publication that breaks off anywhere leaves what was current as it was.

    Parameters
    ----------
    folder
        The folder; made at the first publication.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @classmethod
    def open(cls, folder: str | Path) -> FolderStore:
        """Return the store of a folder that plans were published to.

        Raises
        ------
        NotAFolder
            If none was.
        """
        store = cls(folder)
        if not (store.folder / CATALOGUE).is_file():
            msg = f"{folder} holds no releases; publish to it with `wangge publish`"
            raise NotAFolder(msg)
        return store

    def releases(self) -> tuple[Release, ...]:
        """Return every release, in the order of publication."""
        try:
            text = (self.folder / CATALOGUE).read_bytes()
        except FileNotFoundError:
            return ()
        try:
            kept = msgspec.json.decode(text, type=_Catalogue)
        except msgspec.DecodeError as error:
            msg = f"{self.folder / CATALOGUE} cannot be read: {error}"
            raise NotAFolder(msg) from error
        if kept.format != FORMAT:
            msg = f"{self.folder} was written by another version of wangge"
            raise NotAFolder(msg)
        return kept.releases

    def current(self, on: date) -> Release | None:
        """Return the release of a day; None before the first one."""
        return current(self.releases(), on)

    def stamp(self) -> Hashable:
        """Return what changes when the catalogue or the desk does: two looks at the disk."""
        return tuple(_stamp(self.folder / name) for name in (CATALOGUE, DESK))

    def path(self, release: Release) -> Path:
        """Return a release's folder."""
        return self.folder / RELEASES / release.folder

    def plan(self, release: Release) -> Path:
        """Return the plan file of a release, without private phones."""
        return self.path(release) / PLAN

    def desk(self) -> Desk:
        """Return the desk of rulings and reports."""
        return Desk(self.folder / DESK)

    def publish(
        self,
        plan: Path,
        *,
        valid_from: date,
        area: str = "",
        replace: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Release:
        """Check a plan file, freeze it, and make it the release from a day on, in one step.

        Parameters
        ----------
        plan
            The plan file. Its copy in the release loses its private phones.
        valid_from
            The first day; may lie ahead, or behind.
        area
            What the communities lie in, from the province down; an address elsewhere is not here.
        replace
            Whether communities that the plan lacks are given up; else they stop it.
        tell
            Told what is being done.

        Raises
        ------
        NotAPlan, BrokenPlan
            If the file is not a plan, or contradicts itself.
        OtherCommunities
            If the plan lacks communities that the release of that day has.
        """
        # Checking and freezing takes much that serving does not need.
        from api.store.publishing import publish  # noqa: PLC0415

        return publish(self, plan, valid_from=valid_from, area=area, replace=replace, tell=tell)

    def write(self, releases: tuple[Release, ...]) -> None:
        """Replace the catalogue in one step; `publish` calls it when all else is done."""
        text = msgspec.json.encode(_Catalogue(format=FORMAT, releases=releases))
        beside = self.folder / f".{CATALOGUE}.new"
        with beside.open("wb") as file:
            file.write(msgspec.json.format(text, indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / CATALOGUE)
        sync(self.folder)


class _Catalogue(msgspec.Struct):
    format: int
    releases: tuple[Release, ...]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
