"""Keep releases in one folder, made current by one rename; nothing else is needed."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

import msgspec

from api.store.catalogue import Release, added, current
from api.store.desk import Desk
from api.store.errors import BrokenPlan, NotAFolder, OtherCommunities
from gis.io.plan_file import read_plan
from gis.lookup.release import freeze
from gis.lookup.rows import rows_of
from gis.verify import verify_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from datetime import date

__all__ = ["CATALOGUE", "FolderStore"]

CATALOGUE, DESK, RELEASES, PLAN = "catalogue.json", "desk.sqlite", "releases", "plan.gpkg"
FORMAT: Final = 1
_LOCK: Final = "publishing.sqlite"
_MAKING: Final = ".making-"
_NAMED: Final = 3
#: Named by the triggers of a GeoPackage; none is called where no geometry changes.
_SPATIAL: Final = ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")


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
        tell("checking")
        made = read_plan(plan)
        findings = verify_structure(made)
        if findings:
            more = f" (and {len(findings) - _NAMED} more)" if len(findings) > _NAMED else ""
            msg = f"{plan.name} is broken: {'; '.join(map(str, findings[:_NAMED]))}{more}"
            raise BrokenPlan(msg)
        codes = [code for (code,) in rows_of(made["communities"], ("community_code",))]
        (self.folder / RELEASES).mkdir(parents=True, exist_ok=True)
        with self._alone():
            before = self.releases()
            self._clear(before)
            if not replace:
                self._require_all(before, codes, valid_from)
            number = 1 + max((release.number for release in before), default=0)
            release = Release(
                number=number,
                plan_id=made.plan_id,
                folder=f"{number:04d}-{made.plan_id[:12]}",
                versions=dict.fromkeys(codes, 0),
                valid_from=valid_from.isoformat(),
                published=datetime.now(tz=UTC).isoformat(timespec="seconds"),
            )
            tell("freezing")
            making = Path(mkdtemp(prefix=_MAKING, dir=self.folder / RELEASES))
            try:
                making.chmod(0o755)
                freeze(made, making)
                _copy_plan(plan, making / PLAN)
                _settle(making)
                making.rename(self.path(release))
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
            _sync(self.folder / RELEASES)
            tell("publishing")
            every = added(before, release)
            self._write(every)
        return every[-1]

    def _require_all(self, releases: tuple[Release, ...], codes: list[str], day: date) -> None:
        known = current(releases, day)
        missing = sorted(set(known.versions) - set(codes)) if known else []
        if missing:
            msg = (
                f"the plan lacks {', '.join(missing)}, which the release of {day} has: plan them "
                "together in one file, or say --replace to give them up from that day on"
            )
            raise OtherCommunities(msg)

    def _write(self, releases: tuple[Release, ...]) -> None:
        """Replace the catalogue in one step."""
        text = msgspec.json.encode(_Catalogue(format=FORMAT, releases=releases))
        beside = self.folder / f".{CATALOGUE}.new"
        with beside.open("wb") as file:
            file.write(msgspec.json.format(text, indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / CATALOGUE)
        _sync(self.folder)

    def _clear(self, releases: tuple[Release, ...]) -> None:
        """Remove what a publication that broke off left behind."""
        named = {release.folder for release in releases}
        for left in (self.folder / RELEASES).iterdir():
            if left.name not in named:
                shutil.rmtree(left, ignore_errors=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one publication at a time pass; the lock goes with the process, however it ends."""
        base = sqlite3.connect(self.folder / _LOCK, timeout=600, isolation_level=None)
        try:
            base.execute("BEGIN EXCLUSIVE")
            yield
        finally:
            base.close()


class _Catalogue(msgspec.Struct):
    format: int
    releases: tuple[Release, ...]


def _copy_plan(source: Path, target: Path) -> None:
    """Copy a plan file without the phones that no asker may see."""
    shutil.copyfile(source, target)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as base:
        for name in _SPATIAL:
            base.create_function(name, 1, lambda _shape: 0)
        for (table,) in base.execute("SELECT table_name FROM gpkg_contents").fetchall():
            columns: Any = base.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
            for column in (row[1] for row in columns if row[1].lower() == "private_phone"):
                base.execute(f"UPDATE {_quoted(table)} SET {_quoted(column)} = NULL")  # noqa: S608
        # What was overwritten stays in the file's free space until it is written anew.
        base.execute("VACUUM")


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _settle(folder: Path) -> None:
    """Bring every file of a folder to the disk before its name says that it is whole."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be opened there, and its names are kept safe without
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
