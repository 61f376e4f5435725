"""Drop rows that say nothing, or nothing new, or lie outside every community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.changes import Change
from gis.conform_geometry import is_frame
from gis.fix_geometry import SAME, overlapping
from gis.repeats import repeats

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["without_extentless", "without_outside", "without_repeated", "without_twins"]

#: Layers a row of which is never dropped for lack of extent: somebody may live there.
_KEPT: Final = ("buildings", "cells", "communities", "special_sites")
_HALF: Final = 0.5
#: Layers that name a building, and the column that does.
_NAMING: Final = (("entrances", "building_id"), ("addresses", "building_id"),
                  ("locks", "building_id"), ("people", "serves"))  # fmt: skip

Layers = dict[str, Any]


def without_extentless(layers: Layers) -> tuple[Layers, list[Change]]:
    """Drop lines without length, and polygons without area where nobody lives."""
    done, changes = dict(layers), []
    for name, frame in layers.items():
        if name in _KEPT or not is_frame(frame):
            continue
        shapes = frame.geometry.to_numpy()
        dimension = shapely.get_dimensions(shapes)
        size = np.where(dimension == 1, shapely.length(shapes), shapely.area(shapes))
        gone = (dimension > 0) & (size == 0)
        changes += [
            Change(name, int(row), "dropped", "it had neither length nor area and was dropped")
            for row in frame.index[gone]
        ]
        done[name] = frame[~gone]
    return done, changes


def without_repeated(layers: Layers) -> tuple[Layers, list[Change]]:
    """Drop rows that repeat an earlier one in every column and in their shape."""
    done, changes = dict(layers), []
    for name, frame in layers.items():
        found = repeats(frame, layer=name)
        changes += [
            Change(name, row, "dropped", f"it repeated row {one} and was dropped")
            for row, one in found
        ]
        done[name] = frame.drop(index=[row for row, _ in found])
    return done, changes


def without_twins(layers: Layers) -> tuple[Layers, list[Change]]:
    """Drop a building of the same outline as another that says nothing else of households.

    The one that says less goes, of two that say as much the later; what named it names the other.
    """
    frame = layers.get("buildings")
    if frame is None or not is_frame(frame):
        return layers, []
    shapes = frame.geometry.to_numpy()
    known = frame.drop(columns="geometry").notna().sum(axis=1).to_numpy()
    gone: dict[int, int] = {}
    for a, b, share in overlapping(shapes):
        if min(share) <= SAME or a in gone or b in gone or _differ(frame["households"], a, b):
            continue
        drop, keep = (a, b) if known[b] > known[a] else (b, a)
        gone[drop] = keep
    if not gone:
        return layers, []
    changes = [
        Change(
            "buildings", int(frame.index[drop]), "dropped",
            f"it had the outline of row {int(frame.index[keep])} and was dropped",
        )
        for drop, keep in gone.items()
    ]  # fmt: skip
    ids = frame["building_id"].to_numpy(dtype=object)
    left = np.delete(np.arange(len(frame)), [*gone])
    staying = set(frame["building_id"].iloc[left].dropna())
    renamed = {ids[drop]: ids[keep] for drop, keep in gone.items() if ids[drop] not in staying}
    done, more = _renamed(layers, renamed)
    return done | {"buildings": frame.iloc[left]}, changes + more


def without_outside(layers: Layers) -> tuple[Layers, list[Change]]:
    """Drop buildings and cells that lie outside every community, unless that is most of them."""
    home = shapely.union_all(layers["communities"].geometry.to_numpy())
    done, changes = dict(layers), []
    for name in ("buildings", "cells"):
        frame = layers.get(name)
        if frame is None or not is_frame(frame) or not len(frame):
            continue
        gone = _outside(frame, home)
        if gone.mean() > _HALF:
            continue
        counts = frame["households"].to_numpy(dtype=object)
        changes += [
            Change(name, int(frame.index[k]), "dropped", _told(counts[k]))
            for k in np.flatnonzero(gone)
        ]
        done[name] = frame[~gone]
        if name == "buildings":
            left = set(done[name]["building_id"].dropna())
            done, more = _unnamed(done, set(frame["building_id"][gone].dropna()) - left)
            changes += more
    return done, changes


def _told(households: Any) -> str:
    count = "" if pd.isna(households) else f" with its {int(households)} households"
    return f"it lay outside every community and was dropped{count}"


def _outside(frame: gpd.GeoDataFrame, home: Any) -> NDArray[np.bool_]:
    """Tell which shapes lie outside for the most part; what has no shape is not outside."""
    shapes = frame.geometry.to_numpy()
    area = shapely.area(shapes)
    inside = shapely.area(shapely.intersection(shapes, home))
    beyond = np.where(area > 0, inside < _HALF * area, ~shapely.intersects(shapes, home))
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    found: NDArray[np.bool_] = beyond & placed
    return found


def _differ(households: pd.Series, a: int, b: int) -> bool:
    one, other = households.iloc[a], households.iloc[b]
    return not (pd.isna(one) or pd.isna(other)) and int(one) != int(other)


def _renamed(layers: Layers, names: dict[Any, Any]) -> tuple[Layers, list[Change]]:
    """Let rows that named a dropped building name the one that stays."""
    done, changes = dict(layers), []
    for layer, column in _NAMING:
        if layer not in layers:
            continue
        values = layers[layer][column]
        rows = values.isin([name for name in names if isinstance(name, str)])
        changes += [
            Change(layer, int(row), "renamed", f"{column} {old!r} became {names[old]!r}")
            for row, old in values[rows].items()
        ]
        done[layer] = layers[layer].assign(**{column: values.where(~rows, values.map(names))})
    return done, changes


def _unnamed(layers: Layers, ids: set[Any]) -> tuple[Layers, list[Change]]:
    """Drop the entrances and locks of buildings that are gone; addresses lose the name alone."""
    done, changes = dict(layers), []
    for layer in ("addresses", "entrances", "locks"):
        if layer not in layers:
            continue
        table = layers[layer]
        rows = table["building_id"].isin(sorted(ids))
        kept = layer == "addresses"
        what = "was emptied" if kept else "is gone, and the row with it"
        changes += [
            Change(layer, int(row), "building-gone", f"building_id {value!r} {what}")
            for row, value in table["building_id"][rows].items()
        ]
        emptied = table.assign(building_id=table["building_id"].mask(rows))
        done[layer] = emptied if kept else table[~rows]
    return done, changes
