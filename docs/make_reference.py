"""Write docs/reference.md from the contracts in the code, so that it cannot grow stale.

Run `python docs/make_reference.py`; a test compares the page with what this makes.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import Settings
from gis import services
from gis.rules import Rules
from gis.tables import BARRIER_CROSSABLE, INPUT_LAYERS, PLAN_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gis.tables import Layer

PAGE = Path(__file__).with_name("reference.md")


def page() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made by `docs/make_reference.py` from the contracts in the code."
    yield ""
    yield "## Input layers"
    yield ""
    yield (
        "One GeoPackage, one workbook with a sheet for each layer, a PostGIS database with tables "
        "of these names, or a folder of files named after the layers: GeoPackage, GeoJSON, "
        "Shapefile, GeoParquet, FlatGeobuf, CSV or Excel. Any CRS that PROJ knows, or "
        "`--datum gcj02` / `bd09`. Text is UTF-8 or GB18030. Only `communities` and one of "
        "`buildings` and `cells` "
        "must be there. Columns beyond these are kept. Any further layer named `layers/NAME` is "
        "counted per grid, by its column `status` where it has one."
    )
    for layer in INPUT_LAYERS.values():
        yield from _layer(layer)
    crossable = ", ".join(kind for kind, open_ in BARRIER_CROSSABLE.items() if open_)
    closed = ", ".join(kind for kind, open_ in BARRIER_CROSSABLE.items() if not open_)
    yield ""
    yield f"Barriers that can be crossed unless the row says otherwise: {crossable}. Not: {closed}."
    yield ""
    yield "## Layers of a plan file"
    yield ""
    yield (
        "One GeoPackage in one metric CRS that any GIS opens. Beside these it carries the input's "
        "communities, buildings, cells, compounds, walkways, gates, barriers, facilities, meeting "
        "points, special sites and counted layers."
    )
    for layer in PLAN_LAYERS.values():
        yield from _layer(layer)
    yield from _rules()
    yield from _settings()


def _layer(layer: Layer) -> Iterator[str]:
    shapes = ", ".join(sorted(layer.geometry)) or "no geometry"
    yield ""
    yield f"### {layer.name}"
    yield ""
    yield f"{layer.meaning} Geometry: {shapes}."
    yield ""
    yield "| column | kind | | meaning |"
    yield "|---|---|---|---|"
    for column in layer.columns:
        needed = "required" if column.required else ""
        yield f"| `{column.name}` | {column.kind} | {needed} | {column.meaning} |"


def _rules() -> Iterator[str]:
    rules = Rules.load()
    yield ""
    yield "## The default profile"
    yield ""
    yield f"{rules.source.strip()} Copy the TOML file, change it, and give it to `--profile`."
    yield ""
    yield "| level | preferred | hard | target | walk |"
    yield "|---|---|---|---|---|"
    for name in ("large", "micro"):
        level = rules.large if name == "large" else rules.micro
        soft, hard = level.soft_households, level.hard_households
        yield (
            f"| {name} | {soft[0]}-{soft[1]} | {hard[0]}-{hard[1]} | {level.target_households} "
            f"| {level.walk_limit_m:.0f} m |"
        )
    yield ""
    prices = ", ".join(f"{name} {price:g}" for name, price in asdict(rules.prices).items())
    yield (
        "The rules hold in this order: hard range and locks, compounds whole while they fit, "
        "preferred range, walking limit, households × metres, balance, compactness. Prices that "
        f"steer the search among them (`[prices]`, see `gis/prices.py`): {prices}."
    )
    yield ""
    streets = ", ".join(rules.cells.street_kinds)
    yield (
        "Walkways that bound cells as barriers do, but stop nobody (`[cells]`, `street_kinds`): "
        f"{streets}."
    )
    yield ""
    minutes = ", ".join(str(minutes) for minutes in rules.walking.circle_minutes)
    yield (
        f"Walking speed: {rules.walking.speed_m_per_min:.0f} m a minute; circles of {minutes} "
        "minutes. Other walkers, by `--walker`:"
    )
    yield ""
    yield "| walker | m a minute | stairs | source |"
    yield "|---|---|---|---|"
    for name, walker in rules.walkers.items():
        stairs = "yes" if walker.stairs else "no"
        yield f"| {name} | {walker.speed_m_per_min:.0f} | {stairs} | {walker.source} |"
    yield from _services("access", "What circles should hold", rules.access)
    for name in services.list_names():
        yield from _services(name, f"`--services {name}`", services.load(name))


def _services(name: str, title: str, held: Mapping[str, services.Service]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield f"| {name} | circle, minutes | within, m | strength | source |"
    yield "|---|---|---|---|---|"
    for category, service in held.items():
        yield (
            f"| {category} | {service.minutes} | {service.metres:.0f} | {service.strength} "
            f"| {service.source} |"
        )


def _settings() -> Iterator[str]:
    yield ""
    yield "## Settings of the server"
    yield ""
    yield "| environment variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.is_required() else f"`{field.default!r}`"
        yield f"| `WANGGE_{name.upper()}` | {default} | {field.description} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
