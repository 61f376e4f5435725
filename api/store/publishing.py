"""Publish a plan file to a folder: check it, freeze it, make it current by one rename."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from api.store.catalogue import Release, added, current
from api.store.errors import BrokenPlan, OtherCommunities
from api.store.layout import PLAN, RELEASES, sync
from gis.io.plan_file import read_plan
from gis.lookup.release import freeze
from gis.lookup.rows import rows_of
from gis.verify import verify_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from api.store.folder import FolderStore
    from gis.plan_data import Plan

__all__ = ["publish"]

_LOCK: Final = "publishing.sqlite"
_MAKING: Final = ".making-"
_NAMED: Final = 3
#: Named by the triggers of a GeoPackage; none is called where no geometry changes.
_SPATIAL: Final = ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")


def publish(
    store: FolderStore,
    plan: Path,
    *,
    valid_from: date,
    area: str,
    replace: bool,
    tell: Callable[[str], None],
) -> Release:
    """Publish a plan file; see `FolderStore.publish`."""
    tell("checking")
    made = _sound(plan)
    codes = [code for (code,) in rows_of(made["communities"], ("community_code",))]
    folder = store.folder / RELEASES
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(store.folder / _LOCK):
        before = store.releases()
        _clear(folder, {release.folder for release in before})
        if not replace:
            _require_all(before, codes, valid_from)
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
        making = Path(mkdtemp(prefix=_MAKING, dir=folder))
        try:
            making.chmod(0o755)
            freeze(made, making, area=area)
            _copy_plan(plan, making / PLAN)
            _settle(making)
            making.rename(folder / release.folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        sync(folder)
        tell("publishing")
        every = added(before, release)
        store.write(every)
    return every[-1]


def _sound(plan: Path) -> Plan:
    """Read a plan file; refuse one that contradicts itself."""
    made = read_plan(plan)
    findings = verify_structure(made)
    if findings:
        more = f" (and {len(findings) - _NAMED} more)" if len(findings) > _NAMED else ""
        msg = f"{plan.name} is broken: {'; '.join(map(str, findings[:_NAMED]))}{more}"
        raise BrokenPlan(msg)
    return made


def _require_all(releases: tuple[Release, ...], codes: list[str], day: date) -> None:
    known = current(releases, day)
    missing = sorted(set(known.versions) - set(codes)) if known else []
    if missing:
        msg = (
            f"the plan lacks {', '.join(missing)}, which the release of {day} has: plan them "
            "together in one file, or say --replace to give them up from that day on"
        )
        raise OtherCommunities(msg)


def _clear(folder: Path, named: set[str]) -> None:
    """Remove what a publication that broke off left behind."""
    for left in folder.iterdir():
        if left.name not in named:
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one publication at a time pass; the lock goes with the process, however it ends."""
    with contextlib.closing(sqlite3.connect(lock, timeout=600, isolation_level=None)) as base:
        base.execute("BEGIN EXCLUSIVE")
        yield


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
        sync(path)
    sync(folder)
