"""Draw what the plan decided: grids, their centres, and the rules not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from maps.features import MapLayer, collect, drawable, label_spots, plain, records
from maps.grid_facts import SEVERITIES, GridFacts, rank, rows
from maps.style import PALETTE, STYLES, colour_areas

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gis.plan_data import Plan
    from gis.rules import Level
    from maps.options import PageOptions

__all__ = ["centre_layer", "grid_layers", "violation_layer"]

#: Borders within half a metre of the true ones, without gaps; a pixel shows as much.
_GRID_TOLERANCE_M: Final = 0.5

_LEVELS: Final[tuple[Level, ...]] = ("large", "micro")


def grid_layers(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> list[MapLayer]:
    """Return the layers of large, micro- and special grids, lowest first."""
    large, micro = _grids(plan, "large"), _grids(plan, "micro")
    classes = {} if large is None else _colours(large)
    facts = GridFacts(plan)
    layers = []
    if large is not None and "large" in options.levels:
        special = large["kind"] == "special"
        layers += [
            MapLayer(
                id="large",
                name=text["layer.large"],
                group="grids",
                pane="areas",
                visible=True,
                features=_features(large[~special], "large", classes, facts),
                styles=STYLES["large"],
                legend=[
                    {
                        "styles": [f"colour-{n}" for n in range(4)],
                        "text": text["legend.large"],
                    }
                ],
            ),
            _special_layer(large[special], "large", facts, text),
        ]
    if micro is not None and "micro" in options.levels:
        alone = "large" not in options.levels
        own = {} if not alone else _parents_colours(micro, classes)
        special = micro["kind"] == "special"
        shown = micro[~special] if alone else micro
        layers.append(
            MapLayer(
                id="micro",
                name=text["layer.micro"],
                group="grids",
                pane="areas" if alone else "micro",
                visible=True,
                features=_features(shown, "micro", own, facts),
                styles=STYLES["micro"],
                legend=[] if alone else [{"style": "base", "text": ""}],
            )
        )
        if alone:
            layers.append(_special_layer(micro[special], "micro", facts, text))
    return layers


def violation_layer(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> MapLayer:
    """Return the layer that outlines each grid that a violation names, worst severity first."""
    worst: dict[str, str] = {}
    for row in rows(plan, "violations"):
        known = worst.get(row["code"], SEVERITIES[-1])
        worst[row["code"]] = SEVERITIES[min(rank(known), rank(row["severity"]))]
    features = []
    for level in options.levels:
        grids = _grids(plan, level)
        if grids is None:
            continue
        broken = grids[grids["code"].isin(worst)]
        features += collect(
            broken.geometry,
            [{"s": worst[code], "code": code, "level": level} for code in broken["code"]],
        )
    found = {feature["properties"]["s"] for feature in features}
    return MapLayer(
        id="violations",
        name=text["layer.violations"],
        group="grids",
        pane="outlines",
        features=features,
        styles=STYLES["violations"],
        interactive=False,
        legend=[
            {"style": severity, "text": text[f"severity.{severity}"]}
            for severity in SEVERITIES
            if severity in found
        ],
    )


def centre_layer(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> MapLayer:
    """Return the layer of points that walking is measured to."""
    centres = drawable(plan.layers.get("centres"))
    features = []
    if centres is not None:
        centres = centres[centres["level"].isin(options.levels)]
        properties = [
            {"s": row.level, "name": plain(row.name), "code": row.code, "level": row.level}
            for row in centres[["level", "name", "code"]].itertuples(index=False, name="Centre")
        ]
        features = collect(centres.geometry, properties)
    return MapLayer(
        id="centres",
        name=text["layer.centres"],
        group="grids",
        pane="points",
        features=features,
        styles=STYLES["centres"],
        legend=[
            {"style": level, "text": text[f"legend.centres.{level}"]}
            for level in _LEVELS
            if level in options.levels
        ],
    )


def _features(
    grids: gpd.GeoDataFrame, level: Level, classes: Mapping[str, str], facts: GridFacts
) -> list[dict[str, Any]]:
    """Turn grids into features; `classes` maps codes to styles, "base" where it does not."""
    if grids.empty:
        return []
    properties = [
        {
            "s": classes.get(row["code"], "base"),
            "level": level,
            "code": plain(row["code"]),
            "name": plain(row["name"]),
            "kind": plain(row["kind"]),
            "parent": plain(row["parent_code"]) if level == "micro" else None,
            "community": plain(row["community_code"]),
            "households": plain(row["households"]),
            "residents": plain(row["residents"]),
            "buildings": plain(row["buildings"]),
            "walkMax": plain(row["walk_max_m"]),
            "walkMean": plain(row["walk_mean_m"]),
            "violations": plain(row["violations"]),
            "spot": spot,
            **facts.of(row["code"]),
        }
        for row, spot in zip(records(grids), label_spots(grids.geometry), strict=True)
    ]
    return collect(grids.geometry, properties)


def _special_layer(
    grids: gpd.GeoDataFrame, level: Level, facts: GridFacts, text: Mapping[str, str]
) -> MapLayer:
    classes = dict.fromkeys(grids["code"], "special")
    return MapLayer(
        id="special",
        name=text["layer.special"],
        group="grids",
        pane="areas",
        visible=True,
        features=_features(grids, level, classes, facts),
        styles=STYLES["special"],
        legend=[{"style": "special", "text": ""}],
    )


def _grids(plan: Plan, level: Level) -> gpd.GeoDataFrame | None:
    """Return the grids of a level, simplified together so that no gap opens."""
    grids = drawable(plan.layers.get(f"{level}_grids"))
    if grids is None:
        return None
    simple = shapely.coverage_simplify(grids.geometry.to_numpy(), _GRID_TOLERANCE_M)
    return grids.set_geometry(simple, crs=grids.crs)


def _colours(large: gpd.GeoDataFrame) -> dict[str, str]:
    numbers = colour_areas(large.geometry.to_numpy(), colours=len(PALETTE))
    return {code: f"colour-{n}" for code, n in zip(large["code"], numbers, strict=True)}


def _parents_colours(micro: gpd.GeoDataFrame, classes: Mapping[str, str]) -> dict[str, str]:
    pairs = zip(micro["code"], micro["parent_code"], strict=True)
    return {code: classes.get(parent, "colour-0") for code, parent in pairs}
