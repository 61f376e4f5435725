"""Draw living circles: what lies within a walk, whom it leaves out, who lacks what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import shapely
from shapely.geometry import MultiPolygon, Polygon

from maps.features import MapLayer, collect, drawable, plain, records
from maps.grid_facts import place_names, rows
from maps.style import CIRCLE_PLACES, STYLES, legend_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan_data import Plan
    from gis.rules import Level
    from maps.options import PageOptions

__all__ = ["living_layers"]

_CIRCLE_TOLERANCE_M: Final = 2.0
_SMALLEST_HOLE_M2: Final = 2000.0
_LEVELS: Final[tuple[Level, ...]] = ("large", "micro")
#: From so many kinds lacked on, a home is drawn so.
_LACKS: Final = ((4, "many"), (2, "some"), (1, "one"))
#: What the plan says of who is not reached, the worst first, and how that is drawn.
_WHYS: Final = {"unreachable": "cut", "no gate": "gate", "too far": "far"}


def living_layers(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> list[MapLayer]:
    """Return the circles, one layer a level and time, and the homes left out by them."""
    shapes = _homes(plan)
    return [
        *_circles(plan, options, text),
        _unreached(plan, options, shapes, text),
        _gaps(plan, shapes, text),
    ]


def _circles(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> list[MapLayer]:
    """Return what lies within each walk of each centre, as far as the plan has drawn it."""
    circles = drawable(plan.layers.get("circles"))
    layers = []
    for level in _LEVELS:
        if circles is None or level not in options.levels:
            continue
        own = circles[circles["level"] == level]
        for place, (minutes, found) in enumerate(own.groupby("minutes", sort=True)):
            style = f"{level}-{min(place, CIRCLE_PLACES - 1)}"
            filled = gpd.GeoSeries([_filled(shape) for shape in found.geometry], crs=own.crs)
            properties = [
                {"s": style, "code": plain(row["code"]), "minutes": plain(row["minutes"])}
                for row in records(found)
            ]
            layers.append(
                MapLayer(
                    id=f"circles-{level}-{minutes}",
                    name=text[f"layer.circles.{level}"].format(minutes=minutes),
                    group="living",
                    pane="outlines",
                    features=collect(filled.simplify(_CIRCLE_TOLERANCE_M), properties),
                    styles=STYLES["circles"],
                    interactive=False,
                    legend=[{"style": style, "text": ""}],
                )
            )
    return layers


def _unreached(
    plan: Plan, options: PageOptions, shapes: Mapping[str, tuple[str, Any]], text: Mapping[str, str]
) -> MapLayer:
    """Return the homes that a circle of their own grid does not reach, and why."""
    told: dict[str, list[dict[str, Any]]] = {}
    for row in rows(plan, "unreached"):
        if row["atom_id"] in shapes and row["level"] in options.levels:
            told.setdefault(shapes[row["atom_id"]][0], []).append(row)
    order = [*_WHYS]
    facts = {
        home: {
            "s": _WHYS[min((row["why"] for row in found), key=order.index)],
            "unreached": sorted(
                {
                    (row["level"], int(row["minutes"]), _WHYS[row["why"]], plain(row["walk_m"]))
                    for row in found
                },
                key=lambda one: (_LEVELS.index(one[0]), one[1], one[2], one[3] or 0),
            ),
        }
        for home, found in told.items()
    }
    features = _features(plan, shapes, facts)
    return MapLayer(
        id="unreached",
        name=text["layer.unreached"],
        group="living",
        pane="outlines",
        features=features,
        styles=STYLES["unreached"],
        legend=legend_of("unreached", features, text),
    )


def _gaps(plan: Plan, shapes: Mapping[str, tuple[str, Any]], text: Mapping[str, str]) -> MapLayer:
    """Return the homes that lack a facility which the rules ask for, and what each lacks.

    What nobody surveyed is no gap; the legend names it.
    """
    lacks: dict[str, dict[str, list[Any]]] = {}
    unknown, short = set(), set()
    for row in rows(plan, "access"):
        limit, category, status = plain(row["limit_m"]), row["category"], row["status"]
        if status == "no data":
            unknown.add(category)
        if status not in ("not served", "unreachable") or row["atom_id"] not in shapes:
            continue
        if limit is None:
            continue
        short.add(category)
        own = lacks.setdefault(shapes[row["atom_id"]][0], {})
        walk = plain(row["walk_m"])
        known = own.get(category)
        if known is None or walk is None or (known[1] is not None and walk > known[1]):
            own[category] = [category, walk, limit]
    facts = {
        home: {
            "s": next(name for most, name in _LACKS if len(own) >= most),
            "lacks": [own[category] for category in sorted(own)],
        }
        for home, own in lacks.items()
    }
    said = {name: text.get(f"category.{name}", name) for name in (*short, *unknown)}
    legend: list[dict[str, Any]] = [
        {"style": name, "text": text[f"legend.gaps.{name}"]} for _, name in _LACKS[::-1]
    ]
    if unknown:
        names = text["page.and"].join(said[name] for name in sorted(unknown))
        legend.append({"text": text["legend.gaps.unknown"].format(names=names)})
    return MapLayer(
        id="gaps",
        name=text["layer.gaps"],
        group="living",
        pane="outlines",
        features=_features(plan, shapes, facts),
        styles=STYLES["gaps"],
        legend=legend,
        choices=[{"value": name, "text": said[name]} for name in sorted(short)],
    )


def _homes(plan: Plan) -> dict[str, tuple[str, Any]]:
    """Map each home atom with households to its building, or itself, and the shape to draw."""
    atoms, buildings = plan.layers.get("atoms"), drawable(plan.layers.get("buildings"))
    if drawable(atoms) is None or atoms is None:
        return {}
    drawn = (
        {}
        if buildings is None
        else dict(zip(buildings["building_id"], buildings.geometry, strict=True))
    )
    lived = atoms[atoms["households"] > 0]
    return {
        atom: (building, drawn[building]) if building in drawn else (atom, shape)
        for atom, building, shape in zip(
            lived["atom_id"], lived["building_id"], lived.geometry, strict=True
        )
    }


def _features(
    plan: Plan, shapes: Mapping[str, tuple[str, Any]], facts: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Turn homes into features: the facts of each, its name and its households."""
    if not facts:
        return []
    names, crs = place_names(plan), plan.crs
    counts: dict[str, dict[str, Any]] = {}
    for row in rows(plan, "atoms"):
        home, shape = shapes.get(row["atom_id"], ("", None))
        if home in facts:
            own = counts.setdefault(
                home,
                {"shape": shape, "name": names[row["atom_id"]], "households": 0, "estimated": None},
            )
            own["households"] += int(row["households"])
            own["estimated"] = own["estimated"] or bool(plain(row["estimated"])) or None
    order = sorted(counts)
    return collect(
        gpd.GeoSeries([counts[home].pop("shape") for home in order], crs=crs),
        [{**facts[home], **counts[home]} for home in order],
    )


def _filled(area: Any) -> Any:
    """Fill the small holes that lie between walkways: they are yards, not out of reach."""
    pieces = [
        Polygon(
            piece.exterior,
            [hole for hole in piece.interiors if Polygon(hole).area >= _SMALLEST_HOLE_M2],
        )
        for piece in shapely.get_parts(area)
        if isinstance(piece, Polygon)
    ]
    return pieces[0] if len(pieces) == 1 else MultiPolygon(pieces)
