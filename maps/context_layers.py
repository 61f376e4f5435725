"""Draw the ground a plan was made on: buildings, compounds, walkways, water, barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from gis.tables import BARRIER_CROSSABLE
from maps.features import MapLayer, collect, drawable, label_spots, plain, records
from maps.style import STYLES, legend_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gis.plan_data import Plan

__all__ = [
    "barrier_layers",
    "building_layer",
    "cell_layer",
    "compound_layer",
    "walkway_layer",
]

#: As the grids are simplified, so that a cell's outline lies on its grid's.
_CELL_TOLERANCE_M: Final = 0.5
_STREETS: Final = frozenset(
    {"street", "road", "primary", "secondary", "tertiary", "residential", "unclassified"}
    | {"trunk", "living_street", "service"}
)
_WALLS: Final = frozenset({"wall", "fence", "hedge"})
_ROADS: Final = frozenset({"motorway", "road", "street"})


def building_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the buildings."""
    buildings = drawable(plan.layers.get("buildings"))
    known = _by_building(plan.layers.get("atoms"))
    features = []
    if buildings is not None:
        features = collect(
            buildings.geometry,
            [_building(row, known.get(row["building_id"])) for row in records(buildings)],
        )
    return MapLayer(
        id="buildings",
        name=text["layer.buildings"],
        group="ground",
        pane="buildings",
        visible=True,
        features=features,
        styles=STYLES["buildings"],
        legend=legend_of("buildings", features, text),
    )


def cell_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the cells' outlines; without buildings they answer to clicks in their place."""
    atoms = drawable(plan.layers.get("atoms"))
    if drawable(plan.layers.get("buildings")) is None:
        return _own_cells(atoms, text)
    features = []
    if atoms is not None:
        simple = shapely.coverage_simplify(atoms.geometry.to_numpy(), _CELL_TOLERANCE_M)
        cells = atoms.set_geometry(simple, crs=atoms.crs).geometry
        features = collect(cells, [{"s": plain(kind)} for kind in atoms["kind"]])
    return MapLayer(
        id="cells",
        name=text["layer.cells"],
        group="ground",
        pane="micro",
        features=features,
        styles=STYLES["outlines"],
        interactive=False,
        legend=legend_of("outlines", features, text),
    )


def compound_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the compounds' outlines."""
    compounds = drawable(plan.layers.get("compounds"))
    features = []
    if compounds is not None:
        spots = label_spots(compounds.geometry)
        properties = [
            {"s": "compound", "name": plain(name), "spot": spot}
            for name, spot in zip(compounds["name"], spots, strict=True)
        ]
        features = collect(compounds.geometry, properties)
    return MapLayer(
        id="compounds",
        name=text["layer.compounds"],
        group="ground",
        pane="outlines",
        features=features,
        styles=STYLES["compounds"],
        interactive=False,
        legend=[{"style": "compound", "text": ""}],
    )


def walkway_layer(plan: Plan, text: Mapping[str, str]) -> MapLayer:
    """Return the walkways, and the roads and streets among the barriers."""
    features = []
    for name, style in (("barriers", _road), ("walkways", _walkway)):
        table = drawable(plan.layers.get(name))
        if table is not None:
            styles = [style(row) for row in records(table)]
            wanted = [style is not None for style in styles]
            found = [{"s": style} for style in styles if style is not None]
            features += collect(table.geometry[wanted], found)
    return MapLayer(
        id="walkways",
        name=text["layer.walkways"],
        group="ground",
        pane="walkways",
        visible=True,
        features=features,
        styles=STYLES["walkways"],
        interactive=False,
        legend=legend_of("walkways", features, text),
    )


def barrier_layers(plan: Plan, text: Mapping[str, str]) -> list[MapLayer]:
    """Return the water, filled, and the other barriers, as two layers."""
    barriers = drawable(plan.layers.get("barriers"))
    water: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    if barriers is not None:
        wet = barriers["kind"] == "water"
        areas = barriers.geom_type.isin(["Polygon", "MultiPolygon"])
        water = collect(
            barriers.geometry[wet],
            [{"s": "area" if is_area else "line", "kind": "water"} for is_area in areas[wet]],
        )
        others = collect(
            barriers.geometry[~wet], [_barrier(row) for row in records(barriers[~wet])]
        )
    return [
        MapLayer(
            id="water",
            name=text["layer.water"],
            group="ground",
            pane="water",
            visible=True,
            features=water,
            styles=STYLES["water"],
            interactive=False,
            legend=[{"style": "area", "text": ""}],
        ),
        MapLayer(
            id="barriers",
            name=text["layer.barriers"],
            group="ground",
            pane="barriers",
            features=others,
            styles=STYLES["barriers"],
            legend=legend_of("barriers", others, text),
        ),
    ]


def _own_cells(atoms: gpd.GeoDataFrame | None, text: Mapping[str, str]) -> MapLayer:
    features = []
    if atoms is not None:
        properties = [
            _homes(row["households"], estimated=bool(plain(row["estimated"])))
            | {
                "name": plain(row["atom_id"]),
                "micro": [plain(row["micro_code"])],
                "large": [plain(row["large_code"])],
                "walk": plain(row["walk_micro_m"]),
            }
            for row in records(atoms)
        ]
        features = collect(atoms.geometry, properties)
    return MapLayer(
        id="cells",
        name=text["layer.cells"],
        group="ground",
        pane="buildings",
        features=features,
        styles=STYLES["cells"],
        legend=legend_of("buildings", features, text),
    )


def _by_building(atoms: Any) -> dict[str, dict[str, Any]]:
    """Sum and list what the atoms of each building say."""
    if atoms is None:
        return {}
    known = atoms[atoms["building_id"].notna()]
    return {
        str(building): {
            "households": int(rows["households"].sum()),
            "estimated": bool(rows["estimated"].fillna(value=False).any()),
            "micro": sorted(rows["micro_code"].unique()),
            "large": sorted(rows["large_code"].unique()),
            "walk": plain(rows["walk_micro_m"].max()),
        }
        for building, rows in known.groupby("building_id", sort=True)
    }


def _building(row: dict[str, Any], atoms: dict[str, Any] | None) -> dict[str, Any]:
    known = atoms or {"households": plain(row.get("households")), "estimated": False}
    return {
        **_homes(known["households"], estimated=known["estimated"]),
        "name": plain(row.get("name")) or plain(row["building_id"]),
        "method": plain(row.get("method")) if known["estimated"] else None,
        "compound": plain(row.get("compound")),
        "stairwells": plain(row.get("stairwells")),
        "floors": plain(row.get("floors")),
        "use": plain(row.get("use")),
        "micro": known.get("micro"),
        "large": known.get("large"),
        "walk": known.get("walk"),
    }


def _homes(households: Any, *, estimated: bool) -> dict[str, Any]:
    count = plain(households)
    style = "estimated" if estimated else "counted"
    return {
        "s": style if count else "none",
        "households": count,
        "estimated": True if estimated and count else None,
    }


def _walkway(row: dict[str, Any]) -> str:
    kind = plain(row.get("kind")) or "path"
    if plain(row.get("foot")) is False:
        return "closed"
    if plain(row.get("stairs")) or kind == "steps":
        return "stairs"
    return "street" if kind in _STREETS else "path"


def _road(row: dict[str, Any]) -> str | None:
    kind = plain(row["kind"])
    if kind in ("road", "motorway"):
        return "road"
    return "street" if kind == "street" else None


def _barrier(row: dict[str, Any]) -> dict[str, Any]:
    kind = plain(row["kind"]) or ""
    crossable = plain(row.get("crossable"))
    if kind in _WALLS:
        style = "wall"
    elif kind in _ROADS:
        style = "road"
    else:
        style = "railway" if kind == "railway" else "other"
    if crossable is None:
        crossable = BARRIER_CROSSABLE.get(kind, False)
    return {"s": style, "kind": kind or None, "crossable": crossable}
