"""Name the arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["AsJson", "Datum", "DatumOption", "InputPath", "PlanPath", "Profile", "Quiet"]

Datum = Literal["gcj02", "bd09"]
InputPath = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help="A GeoPackage, a workbook, a folder of layers, or postgresql://user@host/database.",
    ),
]
PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and failures only.")]
Profile = Annotated[
    str, typer.Option(help="A profile's name, or the path of a TOML file with one.")
]
DatumOption = Annotated[
    Datum | None, typer.Option(help="Say that the coordinates are GCJ-02 or BD-09.")
]
