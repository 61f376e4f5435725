"""The command `wangge`: check, plan, verify, show and look up from a terminal."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version as installed
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import typer
from rich.markup import escape

from api import data_commands, desk_commands, living, lookup_commands
from api.console import DONE, FAULTS, VIOLATIONS, Output
from api.exits import run
from api.options import (  # noqa: TC001 - typer reads them
    AsJson,
    Datum,
    DatumOption,
    InputPath,
    PlanPath,
    Profile,
    Quiet,
)
from api.timings import Timings
from gis import services as service_lists
from gis.check import require
from gis.errors import InputFaults
from gis.io.atomic import require_writable
from gis.io.plan_file import read_plan, write_plan
from gis.io.postgis import is_database
from gis.io.read import read_inputs, source_name
from gis.io.write_inputs import write_inputs
from gis.plan import build_plan
from gis.rules import LevelRules, Rules
from gis.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from gis.inputs import Inputs

__all__ = ["app", "main", "sample_path"]

_HELP: Final = (
    "Plan the grids (网格) of a community, prove the plan, look addresses up, show it.\n\n"
    "A first walk: `wangge demo`. Your own community: `wangge check INPUT`, then "
    "`wangge plan INPUT -o plan.gpkg`, `wangge verify plan.gpkg`, "
    "`wangge publish plan.gpkg --to FOLDER`, `wangge serve FOLDER`.\n\n"
    "Exit codes: 0 done, 1 the plan breaks a hard rule or fails its proof, 2 wrong usage, "
    "3 the input has faults."
)

app = typer.Typer(
    name="wangge",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

data_commands.register(app)
living.register(app)
lookup_commands.register(app)
desk_commands.register(app)

Host = Annotated[str, typer.Option(help="Address to serve at.")]
Port = Annotated[
    int,
    typer.Option(min=0, max=65535, help="Port to serve at; another free one where it is taken."),
]


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer passes the option's value
    if asked:
        sys.stdout.write(f"wangge {installed('wangge')}\n")
        raise typer.Exit


@app.callback(help=_HELP)
def common(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command; every failure of wangge's own becomes one line and an exit code.

    Parameters
    ----------
    argv
        The words behind `wangge`; by default those of the process.
    """
    run(app, argv)


def sample_path() -> Path:
    """Return the sample community that comes with wangge."""
    packed = Path(str(files("api"))) / "sample" / "community.gpkg"
    # In a checkout the sample lies beside the packages, not inside one.
    return packed if packed.exists() else Path(__file__).parents[1] / "sample_data/community.gpkg"


@app.command("plan")
def plan_command(  # noqa: PLR0913 - one parameter an option
    source: InputPath,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The plan file to write.")],
    profile: Profile = "default",
    large: Annotated[
        str | None, typer.Option(metavar="LOW:HIGH", help="Preferred households, large grid.")
    ] = None,
    micro: Annotated[
        str | None, typer.Option(metavar="LOW:HIGH", help="Preferred households, micro-grid.")
    ] = None,
    walk: Annotated[
        float | None, typer.Option(metavar="METRES", help="Longest walk to a grid's centre.")
    ] = None,
    walker: Annotated[
        str | None, typer.Option(help="Who walks: adult, elderly, wheelchair, as in the profile.")
    ] = None,
    services: Annotated[
        str | None,
        typer.Option(
            help="What circles should hold: living_circle, convenience_circle, or a TOML."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same plan. Default: the profile's.")
    ] = None,
    effort: Annotated[
        str | None,
        typer.Option(help="How much work: quick, normal or thorough. Default: the profile's."),
    ] = None,
    datum: DatumOption = None,
    timings: Annotated[
        bool, typer.Option("--timings", help="Say how many seconds each stage took.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Divide communities into large grids and micro-grids, and write a plan file.

    Example: `wangge plan community.gpkg -o plan.gpkg --large 300:500 --micro 30:100 --walk 300`
    """
    out = Output(as_json=as_json, quiet=quiet)
    rules = _rules(profile, large=large, micro=micro, walk_m=walk)
    rules = rules if seed is None else replace(rules, seed=seed)
    rules = rules if effort is None else rules.with_effort(effort)
    rules = rules if walker is None else rules.walked_by(walker)
    rules = rules if services is None else replace(rules, access=service_lists.load(services))
    raise typer.Exit(_plan(source, output, rules, out, datum=datum, timings=timings))


@app.command("verify")
def verify_command(
    plan: PlanPath,
    *,
    inputs: Annotated[
        str | None, typer.Option(help="The input it was made from: rebuild and compare.")
    ] = None,
    datum: DatumOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Prove a plan file without trusting what made it.

    Recomputes coverage, nesting, contiguity, households, walking, codes and every violation from
    the file alone. Exit code 1 if anything does not hold.
    """
    from gis.verify import verify  # noqa: PLC0415 - see map_command

    out = Output(as_json=as_json, quiet=quiet)
    made = read_plan(plan)
    given = None if inputs is None else _read(inputs, datum, out)
    findings = verify(made, inputs=given)
    if as_json:
        out.result([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            out.fail(str(finding))
        if not findings:
            out.say(f"[green]proven[/green]: {plan.name} holds; plan {made.plan_id[:12]}")
    raise typer.Exit(VIOLATIONS if findings else DONE)


@app.command("map")
def map_command(
    plan: PlanPath,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML page to write.")],
    locale: Annotated[Literal["zh", "en"], typer.Option(help="Language of the page.")] = "zh",
    quiet: Quiet = False,
) -> None:
    """Write the map of a plan as one HTML page that needs no network."""
    # What only some commands need is loaded by them: the map's and the server's libraries alone
    # take a second.
    from maps.page import PageOptions, write_map  # noqa: PLC0415

    require_writable(output, sources=(plan,))
    write_map(read_plan(plan), output, PageOptions(locale=locale))
    Output(quiet=quiet).say(f"wrote {output.name}: open it in any browser")


@app.command("import-osm")
def import_osm_command(  # noqa: PLR0913 - one parameter an option
    source: Annotated[Path, typer.Argument(metavar="FILE", help="An .osm.pbf extract.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The inputs to write.")],
    bbox: Annotated[
        str | None, typer.Option(metavar="W,S,E,N", help="The community as a box in degrees.")
    ] = None,
    boundary: Annotated[
        str | None, typer.Option(help="Name or relation id of an administrative area in it.")
    ] = None,
    barriers: Annotated[
        str,
        typer.Option(
            metavar="KINDS",
            help="What stops people: of water, wall, fence, hedge, railway, motorway; or none.",
        ),
    ] = "water",
    openings: Annotated[
        Literal["mapped", "assume"],
        typer.Option(
            help="Where walkways cross walls without a gate: leave, or assume an opening."
        ),
    ] = "mapped",
    tags: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own copy of osm_tags.toml.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make an input of an OpenStreetMap extract: buildings, walkways, addresses, facilities.

    Example: `wangge import-osm city.osm.pbf --boundary 海棠社区 -o inputs.gpkg`
    """
    from gis.io.osm import import_osm  # noqa: PLC0415 - see map_command
    from gis.io.osm_tags import Tags  # noqa: PLC0415

    out = Output(as_json=as_json, quiet=quiet)
    if (bbox is None) == (boundary is None):
        _usage("give one of --bbox and --boundary")
    box = None if bbox is None else _four(bbox)
    require_writable(output, sources=(source,))
    kinds = [kind.strip() for kind in barriers.split(",") if kind.strip() not in ("", "none")]
    tables = None if tags is None else Tags.load(tags)
    made = import_osm(
        source, bbox=box, boundary=boundary, tags=tables, barriers=kinds, openings=openings
    )
    if "buildings" not in made.layers:
        out.fail(f"{source.name} has no building in {made['communities']['name'].iloc[0]}")
        raise typer.Exit(FAULTS)
    write_inputs(made, output)
    if as_json:
        rows = {name: len(layer) for name, layer in sorted(made.layers.items())}
        out.result({"layers": rows, "faults": [asdict(fault) for fault in made.faults]})
        return
    for fault in made.faults:
        out.say(escape(str(fault)))
    out.say(f"wrote {output.name}; next: wangge check {output.name}")


@app.command("demo")
def demo_command(
    *,
    folder: Annotated[Path, typer.Option(help="Where the plan file goes.")] = Path("wangge-demo"),
    host: Host = "127.0.0.1",
    port: Port = 8000,
    check_only: Annotated[
        bool, typer.Option("--check", help="Serve, fetch every page once, and stop.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Plan the sample community, then serve its map and look-up at a local address."""
    from api.serving import fetch_all, free_port, running, serve  # noqa: PLC0415 - see map_command

    out = Output(as_json=as_json, quiet=quiet)
    target = folder / "plan.gpkg"
    code = _plan(sample_path(), target, Rules.load(), out)
    if code != DONE:
        raise typer.Exit(code)
    out.say(f"wrote {target}")
    server, free = _server(target), free_port(host, port)
    if not check_only:
        out.say(
            f"look-up: http://{host}:{free}/   map: http://{host}:{free}/map   (Ctrl-C ends it)"
        )
        serve(server, host=host, port=free)
        return
    with running(server, host=host, port=free) as address:
        answers = fetch_all(address, _DEMO_PAGES)
    for path, status in answers.items():
        out.say(f"{status} {path}")
    if set(answers.values()) != {200}:
        out.fail("a page did not answer")
        raise typer.Exit(VIOLATIONS)


_DEMO_PAGES = (
    "/",
    "/map",
    "/embed?level=micro",
    "/docs",
    "/healthz",
    "/v1/grids",
    "/v1/grids.geojson?level=large",
    "/v1/locate?address=%E8%8A%B3%E5%8D%8E%E8%8B%913%E5%B9%A22%E5%8D%95%E5%85%83501%E5%AE%A4",
)


def _server(plan: Path) -> ASGIApp:
    from api.app import quick_app  # noqa: PLC0415 - see map_command
    from api.settings import Settings  # noqa: PLC0415

    return quick_app(Settings(plan=plan))


def _read(source: str | Path, datum: Datum | None, out: Output) -> Inputs:
    out.say(f"reading {escape(source_name(source))}")
    return read_inputs(source, datum=datum)


def _plan(
    source: str | Path,
    target: Path,
    rules: Rules,
    out: Output,
    *,
    datum: Datum | None = None,
    timings: bool = False,
) -> int:
    """Read, check, plan, write and summarise; return the exit code."""
    clock = Timings()
    require_writable(target, sources=(Path(source),))
    try:
        with out.progress() as bar:
            tell = clock.along(bar)
            tell("reading", 0.0)
            inputs = read_inputs(source, datum=datum)
            tell("checking", 0.0)
            remarks = require(inputs, rules)
            created = datetime.now(tz=UTC).isoformat(timespec="seconds")
            plan = build_plan(inputs, rules, created=created, progress=tell)
            tell("writing", 1.0)
            write_plan(plan, target)
            clock.end()
    except InputFaults as error:
        out.faults(error.faults)
        return FAULTS
    if remarks:
        shown = source_name(source) if is_database(source) else str(source)
        told = "1 remark" if len(remarks) == 1 else f"{len(remarks)} remarks"
        out.say(f"{told} on the input; see `wangge check {escape(shown)}`")
    summary = summarise(plan)
    out.summary(summary, stages=clock.stages if timings else ())
    return VIOLATIONS if summary.severities.get("error") or summary.failed else DONE


def _rules(profile: str, *, large: str | None, micro: str | None, walk_m: float | None) -> Rules:
    rules = Rules.load(profile)
    return replace(
        rules,
        large=_level(rules.large, large, walk_m),
        micro=_level(rules.micro, micro, walk_m),
    )


def _level(rules: LevelRules, soft: str | None, walk_m: float | None) -> LevelRules:
    if soft is not None:
        rules = rules.with_soft(*_range(soft))
    return rules if walk_m is None else replace(rules, walk_limit_m=walk_m)


def _range(text: str) -> tuple[int, int]:
    try:
        low, high = (int(part) for part in text.split(":"))
    except ValueError:
        _usage(f"{text!r} is no range; give LOW:HIGH, such as 300:500")
    return low, high


def _four(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        _usage(f"{text!r} is no box; give WEST,SOUTH,EAST,NORTH in degrees")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        _usage(f"{text!r} is no box; give WEST,SOUTH,EAST,NORTH in degrees")
    return west, south, east, north


def _usage(text: str) -> NoReturn:
    raise typer.BadParameter(text)
