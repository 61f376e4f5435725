"""Draw the places of a community: facilities, counted layers, gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.tables import COUNTED_PREFIX
from maps.features import MapLayer, collect, drawable, plain, records
from maps.style import STYLES, legend_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan_data import Plan

__all__ = ["counted_layers", "facility_layer", "gate_layer"]

#: Colours of counted layers, in the order of their names; dots, so darker than the areas.
_COUNTED: Final = ("#C51B7D", "#4D9221", "#2166AC", "#B35806", "#542788", "#01665E")


def gate_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the gates, open or closed; one that does not say is open."""
    gates = drawable(plan.layers.get("gates"))
    features = []
    if gates is not None:
        properties = [
            {
                "s": "closed" if plain(row.get("open")) is False else "open",
                "name": plain(row.get("name")),
                "hours": plain(row.get("opening_hours")),
                "assumed": plain(row.get("assumed")) or None,
            }
            for row in records(gates)
        ]
        features = collect(gates.geometry, properties)
    return MapLayer(
        id="gates",
        name=text["layer.gates"],
        group="ground",
        pane="points",
        features=features,
        styles=STYLES["gates"],
        legend=legend_of("gates", features, text),
    )


def facility_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the facilities, each with a sign for its category."""
    facilities = drawable(plan.layers.get("facilities"))
    features = []
    if facilities is not None:
        properties = [
            {
                "s": "facility",
                "category": plain(row.get("category")),
                "name": plain(row.get("name")),
                "capacity": plain(row.get("capacity")),
                "date": plain(row.get("date")),
            }
            for row in records(facilities)
        ]
        features = collect(facilities.geometry, properties)
    categories = sorted({feature["properties"].get("category", "") for feature in features})
    return MapLayer(
        id="facilities",
        name=text["layer.facilities"],
        group="places",
        pane="points",
        features=features,
        styles=STYLES["facilities"],
        legend=[{"sign": name, "text": text.get(f"category.{name}", name)} for name in categories],
    )


def counted_layers(plan: Plan, text: Mapping[str, str]) -> list[MapLayer]:
    """Return each counted layer under its own name.

    Only status and date go into the page: other columns may name residents.
    """
    names = sorted(name for name in plan.layers if name.startswith(COUNTED_PREFIX))
    layers = []
    for number, name in enumerate(names):
        own = name.removeprefix(COUNTED_PREFIX)
        rows = drawable(plan.layers[name])
        if rows is None:
            continue
        style = STYLES["counted"]["counted"] | {"fillColor": _COUNTED[number % len(_COUNTED)]}
        properties = [
            {"s": "counted", "status": plain(row.get("status")), "date": plain(row.get("date"))}
            for row in records(rows)
        ]
        layers.append(
            MapLayer(
                id=name,
                name=text.get(f"counted.{own}", own),
                group="places",
                pane="points",
                features=collect(rows.geometry, properties),
                styles={"counted": style},
                legend=[{"style": "counted", "text": ""}],
            )
        )
    return layers
