"""The commands of whoever answers for the look-up: publish, releases, rule, reports."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape

from api.console import Output
from api.options import AsJson, FolderPath, PlanPath, Quiet, point_of
from api.store.errors import UnknownAddress, UnknownMicroGrid
from api.table_files import safe_cell

if TYPE_CHECKING:
    from api.store.folder import FolderStore
    from gis.lookup.locator import Locator

__all__ = ["register"]

_DAYS: Final = ["%Y-%m-%d"]
_RADIUS_M: Final = 15.0

FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=_DAYS, metavar="DATE", help="First day; today by default."),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--until", formats=_DAYS, metavar="DATE", help="Last day; none by default."),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("publish")(publish_command)
    app.command("releases")(releases_command)
    app.command("rule")(rule_command)
    app.command("reports")(reports_command)


def publish_command(
    plan: PlanPath,
    *,
    to: Annotated[Path, typer.Option(help="The folder of releases; made if it is not there.")],
    valid_from: FirstDay = None,
    area: Annotated[
        str, typer.Option(help="What it lies in, such as 江苏省南京市建邺区: others' are not here.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up communities that the plan lacks.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make a plan the one that is looked up in from a day on; servers of the folder pick it up.

    The plan file is checked, its indexes are made, and one step makes it current: whatever
    breaks off before leaves all as it was. Private phones do not reach the folder.

    Example: `wangge publish plan.gpkg --to site --from 2027-01-01`
    """
    out = Output(as_json=as_json, quiet=quiet)
    release = _store(to).publish(
        plan, valid_from=_day(valid_from) or _today(), area=area, replace=replace, tell=out.say
    )
    if as_json:
        out.result(asdict(release))
        return
    versions = ", ".join(f"{code} version {n}" for code, n in sorted(release.versions.items()))
    out.say(
        f"published {escape(plan.name)} as release {release.number}: {escape(versions)}, "
        f"valid from {release.valid_from}"
    )


def releases_command(folder: FolderPath, *, as_json: AsJson = False) -> None:
    """List what was published to a folder: each release with its versions and days."""
    out, store = Output(as_json=as_json), _opened(folder)
    releases, now = store.releases(), store.current(_today())
    if as_json:
        out.result([asdict(release) for release in releases])
        return
    rows = [
        (
            release.number,
            ", ".join(f"{code} v{n}" for code, n in sorted(release.versions.items())),
            release.valid_from,
            release.valid_until or "",
            "current" if release == now else "",
            release.plan_id[:12],
            release.published,
        )
        for release in releases
    ]
    titles = ("release", "communities", "from", "until", "", "plan", "published")
    out.table(titles, rows)


def rule_command(  # noqa: PLR0913 - one parameter an option
    folder: FolderPath,
    address: Annotated[
        str | None, typer.Argument(help="An address; the ruling holds for all below it.")
    ] = None,
    *,
    point: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="A place in degrees instead.")
    ] = None,
    radius: Annotated[
        float,
        typer.Option(metavar="METRES", min=0.1, max=1000, help="With --point: how far around it."),
    ] = _RADIUS_M,
    grid: Annotated[
        str | None, typer.Option(metavar="CODE", help="The micro-grid it belongs to.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    document: Annotated[str, typer.Option(help="Number of the document that says so.")] = "",
    valid_from: FirstDay = None,
    valid_until: LastDay = None,
    end: Annotated[
        int | None, typer.Option(metavar="N", help="End ruling N: --until, or yesterday.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Assign an address or a place to a micro-grid, whatever the plan says; list; end.

    A ruling is followed by every plan, also by later ones: where its code is gone, or lies
    elsewhere, it goes to the grid that then lies where the ruled one did, and answers say so.

    Examples: `wangge rule site 芳华苑3幢 --grid 99000000000100201 --reason 历史归属`,
    `wangge rule site` lists them, `wangge rule site --end 3`
    """
    out, store = Output(as_json=as_json, quiet=quiet), _opened(folder)
    if end is not None:
        last = _day(valid_until) or date.fromordinal(_today().toordinal() - 1)
        store.desk().end_ruling(end, last_day=last)
        out.say(f"ruling {end} ends on {last.isoformat()}")
        return
    if address is None and point is None:
        _list_rulings(store, out)
        return
    if (address is None) == (point is None) or grid is None or not reason:
        msg = "give ADDRESS or --point, with --grid and --reason"
        raise typer.BadParameter(msg)
    from api.store.opening import open_locator  # noqa: PLC0415 - see _store
    from gis.lookup.rulings import Ruling  # noqa: PLC0415

    ruling = Ruling(
        number=0,
        **_about(open_locator(folder, on=_today()), address, point, radius, grid),
        reason=reason,
        document=document,
        valid_from=(_day(valid_from) or _today()).isoformat(),
        valid_until=valid_until.date().isoformat() if valid_until else None,
    )
    number = store.desk().rule(ruling)
    if as_json:
        out.result({**asdict(ruling), "number": number})
    else:
        out.say(f"ruling {number}: {escape(address or str(point))} belongs to {escape(grid)}")


def reports_command(
    folder: FolderPath,
    *,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    close: Annotated[int | None, typer.Option(metavar="N", help="Close report N.")] = None,
    outcome: Annotated[str, typer.Option(help="With --close: what came of it.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what people say is wrong, and close what was dealt with.

    Examples: `wangge reports site --csv > reports.csv`,
    `wangge reports site --close 7 --outcome 已改`
    """
    out, desk = Output(as_json=as_json, quiet=quiet), _opened(folder).desk()
    if close is not None:
        desk.close_report(close, outcome=outcome)
        out.say(f"report {close} is closed")
        return
    reports = [asdict(report) for report in desk.reports(closed=every)]
    if as_json:
        out.result(reports)
    elif as_csv:
        writer = csv.writer(sys.stdout)
        names = list(reports[0]) if reports else ["number"]
        writer.writerow(names)
        writer.writerows([safe_cell(report[name]) for name in names] for report in reports)
    else:
        shown = ("number", "last", "times", "query", "micro_code", "text")
        out.table(
            ("report", "last", "times", "question", "answered", "what is said"),
            ([report[name] for name in shown] for report in reports),
        )


def _store(folder: Path) -> FolderStore:
    # What looks up is loaded by who asks for it: who plans need not wait.
    from api.store.folder import FolderStore  # noqa: PLC0415

    return FolderStore(folder)


def _opened(folder: Path) -> FolderStore:
    from api.store.folder import FolderStore  # noqa: PLC0415 - see _store

    return FolderStore.open(folder)


def _list_rulings(store: FolderStore, out: Output) -> None:
    rulings = store.desk().rulings()
    if out.as_json:
        out.result([asdict(ruling) for ruling in rulings])
        return
    rows = [
        (
            ruling.number,
            ruling.address or f"{ruling.lon:.6f},{ruling.lat:.6f} ±{ruling.radius_m:g} m",
            ruling.code,
            ruling.valid_from,
            ruling.valid_until or "",
            ruling.document,
            ruling.reason,
        )
        for ruling in rulings
    ]
    out.table(("ruling", "about", "grid", "from", "until", "document", "reason"), rows)


def _about(
    locator: Locator, address: str | None, point: str | None, radius: float, grid: str
) -> dict[str, Any]:
    """Say what a ruling is about and which grid, with a point in it as it is now."""
    try:
        lon, lat = locator.anchor(grid)
    except KeyError:
        msg = f"the plan has no micro-grid {grid}"
        raise UnknownMicroGrid(msg) from None
    target = {"code": grid, "anchor_lon": lon, "anchor_lat": lat}
    if point is not None:
        lon, lat = point_of(point)
        return {**target, "lon": lon, "lat": lat, "radius_m": radius}
    if not locator.addresses.keys(address or ""):
        msg = f"{address!r} names no place; give compound or road, and the building"
        raise UnknownAddress(msg)
    return {**target, "address": address}


def _day(given: datetime | None) -> date | None:
    return given and given.date()


def _today() -> date:
    return date.today()  # noqa: DTZ011 - plans begin on days of this place
