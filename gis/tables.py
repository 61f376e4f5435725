"""State the contract of every input layer and every layer of a plan file."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BARRIER_CROSSABLE",
    "COUNTED_PREFIX",
    "INPUT_LAYERS",
    "PLAN_LAYERS",
    "Column",
    "Geometry",
    "Kind",
    "Layer",
    "empty_layer",
    "with_columns",
]

Kind = Literal["text", "integer", "number", "boolean", "date"]
Geometry = Literal["polygon", "line", "point"]

COUNTED_PREFIX: Final = "layers/"

#: Whether a barrier of a kind can be crossed anywhere, unless its row says otherwise.
BARRIER_CROSSABLE: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "wall": False,
        "fence": False,
        "hedge": False,
        "water": False,
        "railway": False,
        "motorway": False,
        "road": True,
        "street": True,
    }
)

_DTYPES: Final[Mapping[Kind, Any]] = MappingProxyType(
    {"text": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "str"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its kind, whether a row may do without it, what it means.

    `integer` is a whole number (pandas "Int64"), `boolean` is pandas "boolean", `date` is
    text as 2026-11-22, `text` is pandas "str" with NaN where nothing is known.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: which geometry it may have (none: a plain table) and its columns."""

    name: str
    geometry: frozenset[Geometry]
    columns: tuple[Column, ...]
    meaning: str
    geometry_required: bool = True

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def dtypes(self) -> dict[str, Any]:
        """Map each column's name to its pandas dtype."""
        return {column.name: _DTYPES[column.kind] for column in self.columns}


def _layer(name: str, geometry: str, meaning: str, *columns: Column, needs: bool = True) -> Layer:
    kinds: frozenset[Any] = frozenset(geometry.split())
    return Layer(name, kinds, columns, meaning, geometry_required=needs and bool(kinds))


def _text(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, "text", meaning, required)


def _whole(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, "integer", meaning, required)


def _number(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, "number", meaning, required)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "boolean", meaning)


def _date(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning)


def _index(*layers: Layer) -> Mapping[str, Layer]:
    return MappingProxyType({layer.name: layer for layer in layers})


#: What an input may hold. Columns beyond these are kept and never read.
INPUT_LAYERS: Final[Mapping[str, Layer]] = _index(
    _layer(
        "communities",
        "polygon",
        "The boundary of each community to plan.",
        _text("name", "Name of the community (社区).", required=True),
        _text("community_code", "Official code, 12 digits; made up and flagged where absent."),
        _whole("households", "Known total; estimates are rescaled to it."),
    ),
    _layer(
        "buildings",
        "polygon point",
        "Buildings as footprints or points.",
        _text("building_id", "Unique name of the building in this file.", required=True),
        _whole("households", "Households registered; estimated where absent."),
        _text("name", "What people call it: 3幢."),
        _text("compound", "The compound (小区) it belongs to."),
        _whole("stairwells", "How many stairwells (单元) it has."),
        _whole("floors", "Floors above ground."),
        _whole("residents", "People registered."),
        _text("use", "residential, commercial, school, …; empty counts as residential."),
        _text("address", "Its address."),
    ),
    _layer(
        "cells",
        "polygon",
        "A planner's own smallest areas, instead of buildings.",
        _text("cell_id", "Unique name of the cell.", required=True),
        _whole("households", "Households in it; estimated and flagged where absent."),
        _whole("residents", "People in it."),
    ),
    _layer(
        "compounds",
        "polygon",
        "Compounds (小区); beats the column of buildings.",
        _text("name", "Name of the compound.", required=True),
    ),
    _layer(
        "walkways",
        "line",
        "Where people walk.",
        _text("kind", "footway, street, bridge, tunnel, …"),
        _flag("foot", "Whether walking is allowed; absent is yes."),
        _flag("stairs", "Whether it is a flight of stairs."),
    ),
    _layer(
        "entrances",
        "point",
        "Where people enter a building.",
        _text("building_id", "The building; else the nearest one."),
        _whole("stairwell", "The stairwell it leads to."),
    ),
    _layer(
        "gates",
        "point",
        "Openings in barriers.",
        _flag("open", "Whether one can pass; a gate that does not say is open."),
        _text("name", "What people call it."),
        _flag("assumed", "Whether it is a guess: walkways lead through, nobody saw a gate."),
    ),
    _layer(
        "barriers",
        "line polygon",
        "What people cannot, or may not want to, cross.",
        _text(
            "kind", "wall, fence, hedge, water, railway, motorway, road, street, …", required=True
        ),
        _flag("crossable", "Overrides what its kind says."),
    ),
    _layer(
        "facilities",
        "point polygon",
        "Shops, schools, stations and all a living circle needs.",
        _text("category", "What it is, as in the profile's access list.", required=True),
        _text("name", "Its name."),
        _whole("capacity", "Places it has."),
        _date("date", "When it was surveyed."),
    ),
    _layer(
        "meeting_points",
        "point",
        "Where a grid's people meet; the centre of the grid it lies in.",
        _text("name", "Its name: 网格微家."),
    ),
    _layer(
        "special_sites",
        "polygon",
        "Schools, hospitals, parks, malls: each a special grid (专属网格).",
        _text("name", "Its name.", required=True),
        _text("kind", "school, hospital, park, mall, government, enterprise, …", required=True),
    ),
    _layer(
        "addresses",
        "point",
        "The address table, down to the room where known.",
        _text("address", "The address as written.", required=True),
        _text("building_id", "The building; else the one the point lies in or is nearest to."),
        _whole("stairwell", "Stairwell number."),
        _text("room", "Room number."),
        _text("alias_of", "The address this is another name of."),
        needs=False,
    ),
    _layer(
        "people",
        "",
        "Who answers for what.",
        _text("name", "Name.", required=True),
        _text("role", "Role: 网格长, 网格员, 楼道党小组长, …", required=True),
        _text(
            "serves",
            "Community, compound, building id, building id/stairwell, or grid code.",
            required=True,
        ),
        _text("duty_phone", "Phone that is public by duty."),
        _text("private_phone", "Phone that is never shown to the public."),
        _date("since", "First day in the role."),
        _date("until", "Last day in the role."),
    ),
    _layer(
        "locks",
        "",
        "What a plan must leave as it is.",
        _text("building_id", "The building or cell that is fixed.", required=True),
        _text("grid", "Any name: all that share it stay in one grid.", required=True),
        _text("level", "large or micro; absent is large."),
        _text("reason", "Why."),
    ),
)

_GRID_COLUMNS: Final = (
    _text("code", "What people see.", required=True),
    _text("name", "Its name.", required=True),
    _text("community_code", "The community it lies in.", required=True),
    _text("kind", "base or special.", required=True),
    _text("parent_code", "The large grid a micro-grid lies in; a large grid's is its community."),
    _whole("households", "Households.", required=True),
    _whole("residents", "Residents: registered where known, else estimated.", required=True),
    _whole("buildings", "Buildings with at least one atom in it.", required=True),
    _number("walk_max_m", "Longest walk to the centre, metres; empty where none is reachable."),
    _number("walk_mean_m", "Household-weighted mean walk to the centre, metres."),
    _text("centre_atom", "The atom that walking is measured to, or whose cell the centre lies in."),
    _number("compactness", "Polsby-Popper: 4 pi area / perimeter squared."),
    _whole("violations", "How many rows of the violations layer name it.", required=True),
)

#: What a plan file holds beside its inputs, which it carries as read, repaired and flagged.
PLAN_LAYERS: Final[Mapping[str, Layer]] = _index(
    _layer("large_grids", "polygon", "Large grids (大网格).", *_GRID_COLUMNS),
    _layer("micro_grids", "polygon", "Micro-grids (微网格).", *_GRID_COLUMNS),
    _layer(
        "atoms",
        "polygon",
        "The smallest things never split; the geometry is the cell.",
        _text("atom_id", "Unique, sortable.", required=True),
        _text("community_code", "Its community.", required=True),
        _text("kind", "home (a building or part of one) or ground (no building).", required=True),
        _text("building_id", "The building; empty for ground and for given cells."),
        _text("stairwells", "The stairwells it holds, as 1 or 1,2; empty when it is whole."),
        _text("compound", "The compound (小区)."),
        _text("special", "Name of the special site it lies in; empty elsewhere."),
        _whole("households", "Households.", required=True),
        _whole("residents", "Residents.", required=True),
        _flag("estimated", "Whether its households were estimated."),
        _text("micro_code", "Its micro-grid.", required=True),
        _text("large_code", "Its large grid.", required=True),
        _number("entrance_x", "Where people enter, metres in the plan's CRS; empty for ground."),
        _number("entrance_y", "Where people enter."),
        _number("walk_micro_m", "Walk to the micro-grid's centre; empty where unreachable."),
        _number("walk_large_m", "Walk to the large grid's centre; empty where unreachable."),
    ),
    _layer(
        "adjacency",
        "",
        "Pairs of atoms that touch, each once, atom_a < atom_b.",
        _text("atom_a", "One atom.", required=True),
        _text("atom_b", "The other.", required=True),
        _number("shared_m", "Metres of boundary they share.", required=True),
        _flag("crossable", "Whether people can go from one to the other there."),
        _text(
            "via", "open, road, gate, bridge or attached; the barrier's kind where not crossable."
        ),
    ),
    _layer(
        "centres",
        "point",
        "Where walking is measured to.",
        _text("code", "The grid.", required=True),
        _text("level", "large or micro.", required=True),
        _text("name", "The meeting point's name, where one was given."),
        _text("atom_id", "The atom.", required=True),
    ),
    _layer(
        "circles",
        "polygon",
        "What lies within a walk of the centre; longer walks of micro-grids are only counted.",
        _text("code", "The grid.", required=True),
        _text("level", "large or micro.", required=True),
        _whole("minutes", "Minutes of walking.", required=True),
        _number("metres", "Metres of walking.", required=True),
        _whole("households_reached", "Households of the grid within the walk.", required=True),
        _whole("households_too_far", "Those with a longer walk.", required=True),
        _whole("households_no_gate", "Those no walk leads to, for want of a gate.", required=True),
        _whole("households_unreachable", "Those no walk leads to at all.", required=True),
        _whole("households_around", "Households of all grids within the walk.", required=True),
    ),
    _layer(
        "unreached",
        "",
        "Each atom with households that a circle of its own grid does not reach.",
        _text("code", "The grid.", required=True),
        _text("level", "large or micro.", required=True),
        _whole("minutes", "The circle.", required=True),
        _text("atom_id", "The atom.", required=True),
        _whole("households", "Its households.", required=True),
        _number("walk_m", "Metres to the centre; empty where no walk leads there."),
        _text("why", "too far, no gate (a wall is in the way) or unreachable.", required=True),
    ),
    _layer(
        "access",
        "",
        "Each home atom's walk to the nearest facility of each category.",
        _text("atom_id", "The atom.", required=True),
        _text("category", "The category.", required=True),
        _whole("minutes", "The circle that the category belongs to; it counts in no other."),
        _text("facility", "Name of the nearest facility."),
        _number("walk_m", "Metres to it."),
        _number("limit_m", "Metres within which it counts as served."),
        _text("status", "served, not served, unreachable or no data.", required=True),
    ),
    _layer(
        "loads",
        "point",
        "Who goes to each facility, as the nearest of its category.",
        _text("category", "The category.", required=True),
        _text("name", "Its name."),
        _whole("capacity", "Places it has, where known."),
        _whole("households", "Households it is nearest to, within the limit.", required=True),
        _whole("households_beyond", "Those it is nearest to beyond the limit.", required=True),
        _number("households_per_place", "Households that share a place; empty where not known."),
    ),
    _layer(
        "counts",
        "",
        "Counted layers, per grid.",
        _text("code", "The grid.", required=True),
        _text("layer", "The counted layer, without its prefix.", required=True),
        _text("status", "The status column's value; empty where it has none."),
        _whole("count", "How many.", required=True),
    ),
    _layer(
        "violations",
        "",
        "Every rule that does not hold, and why.",
        _text("level", "large, micro or atom.", required=True),
        _text("code", "The grid.", required=True),
        _text("rule", "Short stable name of the rule.", required=True),
        _text("atom_id", "The atom, where it is one atom's."),
        _number("value", "What was found."),
        _number("limit", "What the rule asks."),
        _text("severity", "error, warning or information.", required=True),
        _text("why", "Why it does not hold.", required=True),
        _text("remedy", "What would mend it.", required=True),
    ),
    _layer(
        "addresses",
        "point",
        "The address table, resolved.",
        *INPUT_LAYERS["addresses"].columns,
        _text("atom_id", "The atom; empty where it could not be resolved."),
        _text("micro_code", "Its micro-grid."),
        _text("large_code", "Its large grid."),
        _text("match", "given, inside, nearest, alias or none: how the building was found."),
        needs=False,
    ),
    _layer(
        "people",
        "",
        "Who answers for what, resolved.",
        *INPUT_LAYERS["people"].columns,
        _text("level", "community, large, compound, micro, building, stairwell or none."),
        _text("code", "Community or grid code it resolves to, where it is one."),
    ),
    _layer(
        "lineage",
        "",
        "What became of the grids of the plan before.",
        _text("old_code", "Code in the old plan.", required=True),
        _text("new_code", "Code in this plan.", required=True),
        _text("change", "U unchanged, S split, M merged, X irregular.", required=True),
        _whole("households_moved", "Households that changed grid.", required=True),
    ),
    _layer(
        "info",
        "",
        "What the plan was made from and how good it is.",
        _text(
            "key",
            "plan_id, created, versions, rules, seed, effort, source, sources (file to SHA-256), "
            "walking (network or straight), estimated_households, made_up_codes; by community "
            "households, residents, failed (why it could not be planned) and quality (per level: "
            "count, cost, lower_bound, gap, status, why, terms; for micro-grids, which are bounded "
            "given the large grids, also overall_lower_bound and overall_gap).",
            required=True,
        ),
        _text("value", "Value; JSON where it is not a plain text or number.", required=True),
    ),
)


def with_columns(frame: pd.DataFrame, layer: Layer) -> Any:
    """Return the frame with every column of the contract, in its dtype, contract's first.

    Values must already be convertible: `gis.io.read` reports those that are not.
    """
    columns = {
        name: frame[name].astype(dtype)
        if name in frame.columns
        else pd.Series(None, index=frame.index, dtype=dtype)
        for name, dtype in layer.dtypes.items()
    }
    frame = frame.assign(**columns)
    others = [name for name in frame.columns if name not in layer.dtypes]
    return frame[[*layer.dtypes, *others]]


def empty_layer(layer: Layer, *, crs: Any = None) -> Any:
    """Return a frame of the layer with no rows: a GeoDataFrame where it has a geometry."""
    frame = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in layer.dtypes.items()})
    if not layer.geometry:
        return frame
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
