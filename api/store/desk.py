"""Keep what changes while the server runs: rulings, and reports of wrong answers."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from api.store.desk_schema import FORMAT, SCHEMA
from api.store.errors import DeskFull, UnknownNumber
from gis.lookup.rulings import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MOST_OPEN", "Desk", "Report"]

#: Open reports that are kept; more than people will ever read are somebody's attempt to flood.
MOST_OPEN: Final = 20_000
_RULING: Final = (
    "address", "lon", "lat", "radius_m", "code", "anchor_lon", "anchor_lat", "reason",
    "document", "valid_from", "valid_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says is wrong.

    Parameters
    ----------
    number
        Counts reports, from 1.
    made, last
        When it was first and last said, in UTC.
    query, lon, lat
        The question: an address, or a point in degrees of WGS 84.
    plan_id, micro_code
        What was answered: the plan, and the micro-grid, empty for none.
    text
        What people say.
    times
        How often the same was said.
    closed, outcome
        The day it was dealt with and what came of it; None and empty while it is open.
    """

    number: int = 0
    made: str = ""
    query: str
    lon: float | None = None
    lat: float | None = None
    plan_id: str
    micro_code: str
    text: str
    times: int = 1
    last: str = ""
    closed: str | None = None
    outcome: str = ""


class Desk:
    """The rulings and reports of one store, in one SQLite file.

    Every call opens and closes the file, so that processes share it and none keeps it open.

    Parameters
    ----------
    path
        The file; made when the first thing is kept in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rulings(self, *, on: date | None = None) -> tuple[Ruling, ...]:
        """Return the rulings in the order they were made; those of one day where it is given."""
        rows = self._read("SELECT * FROM ruling ORDER BY number")
        every = tuple(Ruling(**{name: row[name] for name in ("number", *_RULING)}) for row in rows)
        if on is None:
            return every
        day = on.isoformat()
        return tuple(r for r in every if r.valid_from <= day <= (r.valid_until or day))

    def rule(self, ruling: Ruling) -> int:
        """Keep a ruling; return its number."""
        values = {name: getattr(ruling, name) for name in _RULING} | {"made": _now()}
        return self._insert("ruling", values)

    def end_ruling(self, number: int, *, last_day: date) -> None:
        """Set a ruling's last day; it is kept, since answers of earlier days follow it.

        Raises
        ------
        UnknownNumber
            If there is no such ruling.
        """
        with self._open() as base:
            done = base.execute(
                "UPDATE ruling SET valid_until = ? WHERE number = ?",
                (last_day.isoformat(), number),
            )
        if not done.rowcount:
            msg = f"there is no ruling {number}; `wangge rule FOLDER` lists them"
            raise UnknownNumber(msg)

    def reports(self, *, closed: bool = False) -> tuple[Report, ...]:
        """Return the open reports, or all, the newest last."""
        where = "" if closed else "WHERE closed IS NULL"
        rows = self._read(f"SELECT * FROM report {where} ORDER BY number")  # noqa: S608
        return tuple(Report(**dict(row)) for row in rows)

    def report(self, report: Report) -> int:
        """Keep a report; the same said again of the same question is counted, not kept twice.

        Returns
        -------
        Its number.

        Raises
        ------
        DeskFull
            If `MOST_OPEN` are open.
        """
        now = _now()
        with self._open() as base:
            same = base.execute(
                "SELECT number FROM report WHERE closed IS NULL AND query = ? AND text = ?"
                " AND plan_id = ?",
                (report.query, report.text, report.plan_id),
            ).fetchone()
            if same:
                base.execute(
                    "UPDATE report SET times = times + 1, last = ? WHERE number = ?",
                    (now, same["number"]),
                )
                return int(same["number"])
            ((open_reports,),) = base.execute("SELECT count(*) FROM report WHERE closed IS NULL")
            if open_reports >= MOST_OPEN:
                msg = f"{open_reports} reports are open"
                raise DeskFull(msg)
        values = asdict(report) | {"made": now, "last": now, "closed": None, "outcome": ""}
        del values["number"]
        return self._insert("report", values)

    def close_report(self, number: int, *, outcome: str) -> None:
        """Close a report and say what came of it.

        Raises
        ------
        UnknownNumber
            If no such report is open.
        """
        with self._open() as base:
            done = base.execute(
                "UPDATE report SET closed = ?, outcome = ? WHERE number = ? AND closed IS NULL",
                (_now(), outcome, number),
            )
        if not done.rowcount:
            msg = f"no report {number} is open; `wangge reports FOLDER` lists them"
            raise UnknownNumber(msg)

    def _insert(self, table: str, values: dict[str, Any]) -> int:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._open() as base:
            done = base.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                tuple(values.values()),
            )
        return int(done.lastrowid or 0)

    def _read(self, query: str) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        with self._open() as base:
            found: list[sqlite3.Row] = base.execute(query).fetchall()
        return found

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, which others wait for."""
        with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as base:
            base.row_factory = sqlite3.Row
            if not base.execute("PRAGMA user_version").fetchone()[0]:
                base.executescript(f"{SCHEMA} PRAGMA user_version = {FORMAT};")
            with base:
                yield base


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")
