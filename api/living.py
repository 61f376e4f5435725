"""The commands of living circles: who lacks what, where to build, what a change would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import geopandas as gpd
import shapely
import typer

from api.console import Output
from api.options import AsJson, PlanPath  # noqa: TC001 - typer reads them
from gis.io.plan_file import read_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gis.scene import Scene
    from gis.siting import Choice

__all__ = ["register"]

Model = Literal["max_cover", "p_median", "fewest"]

_WGS84 = 4326


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("gaps")(gaps_command)
    app.command("site")(site_command)
    app.command("whatif")(whatif_command)


def gaps_command(
    plan: PlanPath,
    *,
    level: Annotated[
        Literal["large", "micro"] | None, typer.Option(help="Also by grid of this level.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how many households have, and how many lack, each facility within its walk.

    What nobody surveyed is "no data", which is no gap. Example: `wangge gaps plan.gpkg`
    """
    # HiGHS takes half a second to load, so who does not ask waits less.
    from gis import proposals  # noqa: PLC0415

    table = proposals.gaps(read_plan(plan), level)
    out = Output(as_json=as_json)
    if as_json:
        out.result(_records(table))
    else:
        out.table(table.columns, table.astype(object).where(table.notna(), None).to_numpy())


def site_command(
    plan: PlanPath,
    category: Annotated[
        str,
        typer.Argument(help="A category of facilities, meeting_point, or gate: which to open."),
    ],
    *,
    count: Annotated[int, typer.Option(min=1, help="How many places.")] = 1,
    model: Annotated[
        Model,
        typer.Option(
            help="Most households within the walk, shortest walks in sum, or fewest places."
        ),
    ] = "max_cover",
    within: Annotated[
        float | None, typer.Option(metavar="METRES", help="The walk; else the rules'.")
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Prove how good it is; it may take a while.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Propose where one more facility or meeting point, or which opened gate, serves most.

    Examples: `wangge site plan.gpkg pharmacy --count 2`, `wangge site plan.gpkg gate`
    """
    from gis import proposals  # noqa: PLC0415 - see gaps_command
    from gis.scene import Scene  # noqa: PLC0415

    out = Output(as_json=as_json)
    scene = Scene.of(read_plan(plan))
    if category == "gate":
        _print(out, proposals.gates(scene), "no gate is shut")
        return
    choice, places = proposals.places(
        scene, category, count, model=model, limit_m=within, prove=prove
    )
    places = _degrees(places)
    facts = {
        "category": category,
        "model": model,
        "within_m": choice.limit_m,
        "households": choice.households,
        "households_within": choice.households_within,
        "households_reached": choice.households_reached,
        "walk_mean_m": round(choice.walk_mean_m, 1),
        "value": choice.value,
        "bound": choice.bound,
        "gap": choice.gap,
    }
    if as_json:
        out.result(facts | {"places": _records(places)})
        return
    _print(out, places, "no place would serve anybody more")
    within_of = f"{choice.households_within:,} of {choice.households:,} in {choice.limit_m:g} m"
    rows = (
        ("households within", within_of),
        ("mean walk, m", facts["walk_mean_m"]),
        ("proof", _proof(choice)),
    )
    out.table(("", ""), rows)


def whatif_command(
    plan: PlanPath,
    *,
    opened: Annotated[
        list[str] | None,
        typer.Option("--open", help="A gate's name, or LON,LAT of a new gate in a wall."),
    ] = None,
    closed: Annotated[list[str] | None, typer.Option("--close", help="A gate's name.")] = None,
    added: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="CATEGORY@LON,LAT", help="One more facility."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what opening or closing gates and adding facilities changes, before and after.

    The grids stay as they are. Example: `wangge whatif plan.gpkg --close 芳华苑西门 --add
    pharmacy@118.78,32.04`
    """
    out = Output(as_json=as_json)
    if not (opened or closed or added):
        msg = "give --open, --close or --add, as often as you like"
        raise typer.BadParameter(msg)
    from gis import whatif  # noqa: PLC0415 - see gaps_command
    from gis.scene import Scene  # noqa: PLC0415

    before = Scene.of(read_plan(plan))
    after = before.with_gates(closed or [], opened=False)
    names = [text for text in opened or [] if not _is_point(text)]
    after = after.with_gates(names, opened=True)
    spots = [_point(text, before) for text in opened or [] if _is_point(text)]
    after = after.with_new_gates(spots)
    for text in added or []:
        category, at, where = text.partition("@")
        if not (at and category and _is_point(where)):
            msg = f"{text!r} is no facility; give CATEGORY@LON,LAT, such as pharmacy@118.78,32.04"
            raise typer.BadParameter(msg)
        after = after.with_facilities(category, [_point(where, before)])
    found = whatif.compare(whatif.measure(before), whatif.measure(after))
    if as_json:
        out.result({"measures": _records(found.measures), "homes": _records(found.homes)})
        return
    changed = found.measures[found.measures["change"].abs() > 0]
    _print(out, changed.round(1), "nothing changes")
    if len(found.homes):
        sums = found.homes.groupby(["category", "change"])["households"].sum().reset_index()
        _print(out, sums, "")


def _print(out: Output, table: Any, none: str) -> None:
    plain = table.drop(columns="geometry", errors="ignore")
    if out.as_json:
        out.result(_records(plain))
    elif len(plain):
        out.table(plain.columns, plain.astype(object).where(plain.notna(), None).to_numpy())
    else:
        out.say(none)


def _proof(choice: Choice) -> str:
    if choice.bound is None:
        return "not asked for (--prove)"
    return "proven best" if choice.proven else f"within {choice.gap:.2%} of the best possible"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.drop(columns="geometry", errors="ignore")
    rows: Sequence[dict[Any, Any]] = (
        plain.astype(object).where(plain.notna(), None).to_dict("records")
    )
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _degrees(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add longitude and latitude, which every map takes."""
    spots = places.geometry.to_crs(_WGS84)
    return places.assign(lon=spots.x.round(6), lat=spots.y.round(6))


def _is_point(text: str) -> bool:
    try:
        return len([float(part) for part in text.replace("，", ",").split(",")]) == 2  # noqa: PLR2004
    except ValueError:
        return False


def _point(text: str, scene: Scene) -> Any:
    lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004
        msg = f"{text!r} is no point in degrees; give LON,LAT, such as 118.78,32.04"
        raise typer.BadParameter(msg)
    spot = gpd.GeoSeries([shapely.Point(lon, lat)], crs=_WGS84).to_crs(scene.homes.crs)
    return spot.iloc[0]
