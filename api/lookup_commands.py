"""The commands that look up and serve: locate and serve."""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import Output
from api.options import (
    AsJson,
    At,
    DatumOption,
    Quiet,
    SourcePath,
    point_of,
)
from gis.io.atomic import require_writable

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Host", "Port", "register"]

Host = Annotated[str, typer.Option(help="Address to serve at.")]
Port = Annotated[
    int,
    typer.Option(min=0, max=65535, help="Port to serve at; another free one where it is taken."),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("locate")(locate_command)
    app.command("serve")(serve_command)


def locate_command(  # noqa: PLR0913 - one parameter an option
    plan: SourcePath,
    address: Annotated[str | None, typer.Argument(help="An address, as people write it.")] = None,
    *,
    point: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="A position in degrees.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--csv", "--xlsx", help="A CSV or .xlsx with address, or lon and lat."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the table with answers goes.")
    ] = None,
    datum: DatumOption = None,
    at: At = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say which grid an address or a point is in, and who answers for it.

    Examples: `wangge locate plan.gpkg 芳华苑3幢2单元501室`,
    `wangge locate site --point 118.78,32.04 --at 2027-01-01`,
    `wangge locate site --csv in.csv -o out.csv`
    """
    out = Output(as_json=as_json, quiet=quiet)
    if sum(asked is not None for asked in (address, point, table)) != 1:
        msg = "give one of ADDRESS, --point and --csv or --xlsx"
        raise typer.BadParameter(msg)
    if (table is None) != (output is None):
        msg = "--csv needs -o, the file to write, and -o needs --csv"
        raise typer.BadParameter(msg)
    place = None if point is None else point_of(point)
    if table is not None and output is not None:
        require_writable(output, sources=(plan, table))
    # What looks up loads in half a second, which the parent of several workers need not wait for.
    from api.store.opening import open_locator  # noqa: PLC0415

    locator = open_locator(plan, on=_day(at))
    if table is not None and output is not None:
        # Reading tables takes a second to load, so who looks one place up waits less.
        from api.batch import locate_table  # noqa: PLC0415

        done = locate_table(locator, table, output, datum=datum)
        out.say(f"{done.rows} rows: {done.found} found, {done.open} open; wrote {output.name}")
        if as_json:
            out.result(done)
        return
    if place is not None:
        answer = locator.locate_point(*place, datum=datum)
    else:
        answer = locator.locate_address(address or "")
    if as_json:
        out.result(answer)
    else:
        out.answer(answer)


def serve_command(
    plan: SourcePath,
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that share the port; of a folder.")
    ] = 1,
    quiet: Quiet = False,
) -> None:
    """Serve the look-up, the map, the embed page and the API until Ctrl-C.

    Of a folder of published plans it answers for any day, and picks up what is published next.
    """
    # The server's libraries take a second to load, so who does not serve waits less.
    from api.app import quick_app  # noqa: PLC0415
    from api.serving import free_port, serve, serve_workers  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415

    out = Output(quiet=quiet)
    if workers > 1 and not plan.is_dir():
        msg = "--workers needs a folder; make one with `wangge publish plan.gpkg --to FOLDER`"
        raise typer.BadParameter(msg)
    settings = Settings(plan=plan)
    free = free_port(host, port)
    told = f"serving {plan.name} at http://{host}:{free} (Ctrl-C ends it)"
    if workers > 1:
        out.say(f"{told}, {workers} workers")
        serve_workers(settings, host=host, port=free, workers=workers)
        return
    app = quick_app(settings)
    out.say(told)
    serve(app, host=host, port=free)


def _day(given: datetime | None) -> date:
    return given.date() if given else date.today()  # noqa: DTZ011 - plans begin on days of a place
