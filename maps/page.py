"""Make one self-contained map page of a plan; it needs no network."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from gis.errors import NotAPlan
from gis.io.atomic import atomic_path
from maps import assets
from maps.errors import UnknownCode
from maps.features import DIGITS, drawable, plain
from maps.figure import Literal, OfflineMap, PageFigure, PlanView, base_layers, image_sources
from maps.layers import map_layers
from maps.options import PageOptions
from maps.words import LANGUAGE_TAGS, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from gis.plan_data import Plan

__all__ = ["PageOptions", "map_page", "write_map"]

_LONLAT: Final = "EPSG:4326"
_POLICY_SPOT: Final = "__CONTENT_SECURITY_POLICY__"
_MOST_NAMES: Final = 3
_ID_LETTERS: Final = 8
_FIRST_ZOOM: Final = 15

Bounds = list[list[float]]


def map_page(plan: Plan, options: PageOptions | None = None) -> str:
    """Return a plan as one HTML page: grids, surroundings, legend, popups, all inside.

    The page opens from a file and on an intranet alike. Its content security policy lets
    only its own scripts run and nothing be fetched (but tiles, where a base map is asked
    for). The same plan and options give the same bytes. Addresses, people and phones are
    not in it; of counted layers only status and date are.

    Parameters
    ----------
    plan
        A finished plan, in any CRS that PROJ knows.
    options
        See `PageOptions`; by default everything in Chinese, without a base map.

    Returns
    -------
    HTML, to be stored or sent as UTF-8.

    Raises
    ------
    UnknownCode
        If the plan has no grid or community of the code asked for.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> from gis.plan_data import Plan
    >>> area = gpd.GeoDataFrame({"name": ["海棠社区"]}, geometry=[shapely.box(5e5, 0, 5.1e5, 9e3)])
    >>> plan = Plan(layers={"communities": area.set_crs(32650)}, crs=32650)
    >>> "<title>海棠社区网格图</title>" in map_page(plan, PageOptions(controls=False))
    True
    """
    options = options or PageOptions()
    text = words(options.locale)
    title = options.title if options.title is not None else _title(plan, text)
    data = _data(plan, options, text, title)
    figure = PageFigure(LANGUAGE_TAGS[options.locale])
    for piece in _head(title):
        figure.header.add_child(Literal(piece))
    if not options.embed:
        figure.html.add_child(Literal(_banner(title, _summary(plan, text))))
    figure.html.add_child(Literal(f"<noscript>{html.escape(text['page.noscript'])}</noscript>"))
    tiles = base_layers(options, text.get(f"source.{options.base_map}", ""))
    chart = OfflineMap(
        location=_middle(data["bounds"]),
        zoom_start=_FIRST_ZOOM,
        zoom_control=False,
        attribution_control=False,
        fade_animation=False,
        # Tiles are sharp at whole zooms only; without them the plan may fill the window.
        zoom_snap=1 if tiles else 0.25,
    )
    chart.add_to(figure)
    for layer in (*tiles, PlanView(assets.safe_json(data))):
        layer.add_to(chart)
    page: str = figure.render()
    policy = _policy(assets.script_hashes(page), image_sources(options))
    return page.replace(_POLICY_SPOT, policy, 1)


def write_map(plan: Plan, path: str | Path, options: PageOptions | None = None) -> None:
    """Write a plan's map page to a file, whole or not at all.

    Raises
    ------
    UnknownCode
        As `map_page` does.
    OSError
        If the folder cannot be written to; a file that was there before stays as it was.
    """
    page = map_page(plan, options)
    with atomic_path(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def _data(plan: Plan, options: PageOptions, text: Mapping[str, str], title: str) -> dict[str, Any]:
    """Gather what the page's script shows, as plain values."""
    whole = _whole(plan)
    plan_id = plan.info.get("plan_id", "") if "info" in plan.layers else ""
    credit = [
        options.attribution,
        text["page.plan"].format(id=plan_id[:_ID_LETTERS]) if plan_id else "",
    ]
    return {
        "title": title,
        "language": LANGUAGE_TAGS[options.locale],
        "words": {key: word for key, word in text.items() if not key.startswith("page.")},
        "controls": options.controls,
        "embed": options.embed,
        "code": options.code,
        "whole": whole,
        "bounds": whole if options.code is None else _bounds_of(plan, options.code),
        "attribution": [line for line in credit if line],
        "layers": [layer.to_dict() for layer in map_layers(plan, options, text)],
    }


def _head(title: str) -> list[str]:
    """Return what stands in the page's head, policy first."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY_SPOT}">'
    return [
        '<meta charset="utf-8">',
        policy,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>",
        '<link rel="icon" href="data:,">',
        f"<style>{assets.leaflet_style()}</style>",
        f"<style>{assets.own_style()}</style>",
        f"<script>{assets.leaflet_script()}</script>",
        f"<script>{assets.own_script()}</script>",
    ]


def _policy(scripts: Iterable[str], images: Iterable[str]) -> str:
    """Allow the page's own scripts, its styles, and images of the base map; nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src", *scripts]),
            "style-src 'unsafe-inline'",
            " ".join(["img-src data:", *images]),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _banner(title: str, summary: str) -> str:
    return (
        f'<header class="page-head"><h1>{html.escape(title)}</h1>'
        f"<p>{html.escape(summary)}</p></header>"
    )


def _title(plan: Plan, text: Mapping[str, str]) -> str:
    table = plan.layers.get("communities")
    names = [] if table is None else [name for name in map(plain, table["name"]) if name]
    name = text["page.and"].join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        name += text["page.more"].format(n=len(names) - _MOST_NAMES)
    return text["page.title"].replace("{name}", name)


def _summary(plan: Plan, text: Mapping[str, str]) -> str:
    large, micro = plan.layers.get("large_grids"), plan.layers.get("micro_grids")
    counts = [
        0 if table is None else int((table["kind"] == "base").sum()) for table in (large, micro)
    ]
    special = 0 if large is None else int((large["kind"] == "special").sum())
    households = 0 if large is None else int(large["households"].sum())
    summary = text["page.summary"].format(
        large=f"{counts[0]:,}", micro=f"{counts[1]:,}", households=f"{households:,}"
    )
    atoms = plan.layers.get("atoms")
    if atoms is not None and (guessed := _guessed(atoms)):
        which = "page.estimated.all" if guessed == households else "page.estimated"
        summary += text[which].format(n=f"{guessed:,}")
    return summary + (text["page.special"].format(n=special) if special else "")


def _guessed(atoms: gpd.GeoDataFrame) -> int:
    """Sum the households that were estimated."""
    estimated = atoms["estimated"].fillna(value=False).astype(bool)
    return int(atoms.loc[estimated, "households"].sum())


def _whole(plan: Plan) -> Bounds:
    """Return the box around everything that is planned."""
    for name in ("communities", "large_grids", "micro_grids"):
        table = drawable(plan.layers.get(name))
        if table is not None:
            return _box(table)
    msg = "the plan has no community and no grid to draw"
    raise NotAPlan(msg)


def _bounds_of(plan: Plan, code: str) -> Bounds:
    columns = {"communities": "community_code", "large_grids": "code", "micro_grids": "code"}
    for name, column in columns.items():
        table = drawable(plan.layers.get(name))
        if table is not None and column in table.columns:
            found = table[table[column] == code]
            if len(found):
                return _box(found)
    msg = f"the plan has no grid or community {code!r}; its grids are in the layers of grids"
    raise UnknownCode(msg)


def _box(table: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = (float(v) for v in table.geometry.to_crs(_LONLAT).total_bounds)
    low, high = [south, west], [north, east]
    return [[round(value, DIGITS) for value in corner] for corner in (low, high)]


def _middle(bounds: Bounds) -> list[float]:
    return [(low + high) / 2 for low, high in zip(*bounds, strict=True)]
