"""Name the arguments and options that several commands share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = [
    "AsJson",
    "At",
    "Datum",
    "DatumOption",
    "FolderPath",
    "InputPath",
    "PlanPath",
    "Profile",
    "Quiet",
    "SourcePath",
    "point_of",
]

Datum = Literal["gcj02", "bd09"]
InputPath = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help="A GeoPackage, a workbook, a folder of layers, or postgresql://user@host/database.",
    ),
]
PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file.")]
FolderPath = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder that plans were published to.")
]
SourcePath = Annotated[
    Path, typer.Argument(metavar="PLAN", help="A plan file, or a folder of published plans.")
]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day whose plan, people and rulings are meant; today by default.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and failures only.")]
Profile = Annotated[
    str, typer.Option(help="A profile's name, or the path of a TOML file with one.")
]
DatumOption = Annotated[
    Datum | None, typer.Option(help="Say that the coordinates are GCJ-02 or BD-09.")
]


def point_of(text: str) -> tuple[float, float]:
    """Read LON,LAT in degrees.

    Examples
    --------
    >>> point_of("118.78,32.04")
    (118.78, 32.04)
    """
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        lon, lat = float("nan"), float("nan")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004
        msg = f"{text!r} is no point in degrees; give LON,LAT, such as 118.78,32.04"
        raise typer.BadParameter(msg)
    return lon, lat
