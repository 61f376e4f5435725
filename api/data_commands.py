"""The commands about data: check, repair, and the empty template."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from api.console import DONE, FAULTS, Output
from api.options import AsJson, DatumOption, InputPath, Profile, Quiet  # noqa: TC001 - typer's
from gis.check import check
from gis.errors import UnreadableInput
from gis.faults import Fault, has_errors
from gis.fix import JOIN_M, fix
from gis.io.atomic import require_writable
from gis.io.read import read_inputs, source_name
from gis.io.write_inputs import write_inputs
from gis.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.changes import Change

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("check")(check_command)
    app.command("template")(template_command)


def check_command(
    source: InputPath,
    *,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="Write the faults to a workbook too.")
    ] = None,
    fixed: Annotated[
        Path | None,
        typer.Option("--fix", metavar="FILE.gpkg", help="Write a repaired copy, say every change."),
    ] = None,
    join: Annotated[
        float,
        typer.Option(
            metavar="METRES",
            min=0.0,
            max=20.0,
            help="With --fix: how far a walkway's end is moved.",
        ),
    ] = JOIN_M,
    profile: Profile = "default",
    datum: DatumOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Report every fault of an input: layer, row, value, what is wrong, what to do.

    With `--fix` a repaired copy is written, every change is said, and the faults reported are those
    the copy still has. The input itself is never written to. Exit code 3 if any fault that is
    reported stops a plan.
    """
    out = Output(as_json=as_json, quiet=quiet)
    rules = Rules.load(profile)
    for target in (report, fixed):
        if target is not None:
            require_writable(target, sources=(Path(source),))
    changes: tuple[Change, ...] | None = None
    try:
        out.say(f"reading {escape(source_name(source))}")
        inputs = read_inputs(source, datum=datum)
        if fixed is not None:
            done = fix(inputs, rules, join_m=join)
            changes = done.changes
            write_inputs(done.inputs, fixed)
            inputs = read_inputs(fixed)
        faults = check(inputs, rules)
    except UnreadableInput as error:
        what, _, remedy = str(error).partition("; ")
        layer = source_name(source)
        faults = (Fault(layer, what, remedy or "give another file", kind="unreadable"),)
    if report is not None:
        from gis.io.report import write_report  # noqa: PLC0415 - see template_command

        write_report(faults, report, changes=changes)
    _print(faults, changes, out)
    if fixed is not None and changes is not None:
        out.say(f"wrote {escape(fixed.name)}")
    raise typer.Exit(FAULTS if has_errors(faults) else DONE)


def template_command(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: FILE.xlsx or FILE.gpkg.")
    ],
    quiet: Quiet = False,
) -> None:
    """Write an empty workbook or GeoPackage to fill in, every column explained (中文 and English).

    Example: `wangge template -o community.xlsx`
    """
    # openpyxl takes a fifth of a second to load, so who writes no workbook waits less.
    from gis.io.template import write_template  # noqa: PLC0415

    write_template(output)
    Output(quiet=quiet).say(f"wrote {escape(output.name)}; fill it in, then: wangge check")


def _print(faults: Sequence[Fault], changes: Sequence[Change] | None, out: Output) -> None:
    """Print faults; with a repair also its changes."""
    if changes is None:
        out.faults(faults)
    elif out.as_json:
        out.result(
            {
                "changes": [asdict(change) for change in changes],
                "faults": [asdict(fault) for fault in faults],
            }
        )
    else:
        out.changes(changes)
        out.faults(faults)
