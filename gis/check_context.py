"""Prepare inputs for checking: conformed as read, and what can be measured in metres."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from gis.conform import conform, layer_contract
from gis.conform_geometry import finite, geometry_kinds, is_frame
from gis.crs import choose_metric_crs, snap_to_grid
from gis.placement import misplacements
from gis.tables import INPUT_LAYERS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.faults import Fault
    from gis.inputs import Inputs
    from gis.rules import Rules

__all__ = ["Context", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every check sees.

    Parameters
    ----------
    inputs
        The inputs as read, every layer conformed to its contract.
    rules
        The rules a plan would follow.
    usable
        Layers with a geometry as read: only rows whose shape is of the right kind and finite.
    metres
        The same in one metric CRS, polygons repaired.
    misplaced
        Layers that as a whole lie where they cannot; their rows are not checked for place.
    """

    inputs: Inputs
    rules: Rules
    usable: Mapping[str, gpd.GeoDataFrame]
    metres: Mapping[str, gpd.GeoDataFrame]
    misplaced: frozenset[str]

    def table(self, name: str) -> Any:
        """Return a layer as read; an empty one where it was not given."""
        return self.inputs[name]

    def placed(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer's usable rows in metres; none if it lies where it cannot."""
        if name in self.metres and not {name, "communities"} & self.misplaced:
            return self.metres[name]
        crs = next((frame.crs for frame in self.metres.values()), None)
        return empty_layer(INPUT_LAYERS[name], crs=crs)

    def home(self) -> Any:
        """Return the union of the communities, in metres; empty where they are unusable."""
        return shapely.union_all(self.placed("communities").geometry.to_numpy())


def prepare(inputs: Inputs, rules: Rules) -> tuple[Context, list[Fault]]:
    """Conform every layer and bring what is usable into metres; also return the faults found."""
    faults: list[Fault] = []
    layers: dict[str, Any] = {}
    for name, table in sorted(inputs.layers.items()):
        contract = layer_contract(name)
        if contract is None:
            continue
        layers[name], wrong = conform(table, contract)
        faults += wrong
    usable = {
        name: frame[_sound(frame, name)]
        for name, frame in layers.items()
        if is_frame(frame) and frame.crs is not None
    }
    usable = {name: frame for name, frame in usable.items() if len(frame)}
    found = misplacements(usable)
    faults += found
    context = Context(
        inputs=inputs.with_layers(**layers),
        rules=rules,
        usable=MappingProxyType(usable),
        metres=MappingProxyType(_in_metres(usable)),
        misplaced=frozenset(fault.layer for fault in found if fault.severity == "error"),
    )
    return context, faults


def _sound(frame: gpd.GeoDataFrame, name: str) -> NDArray[np.bool_]:
    """Tell which rows have a shape that one can compute with."""
    contract = layer_contract(name)
    wanted = sorted(contract.geometry) if contract else []
    shapes = frame.geometry.to_numpy()
    return np.isin(geometry_kinds(shapes).astype(str), wanted) & finite(shapes)


def _in_metres(usable: Mapping[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Bring layers into the metric CRS of the communities, or of what else there is."""
    order = ("communities", "buildings", "cells", *usable)
    first = next((usable[name] for name in order if name in usable), None)
    if first is None:
        return {}
    crs = choose_metric_crs(first)
    there = {}
    for name, frame in usable.items():
        moved = frame if CRS(frame.crs) == crs else frame.to_crs(crs)
        moved = moved[finite(moved.geometry.to_numpy())]
        shapes = snap_to_grid(moved.geometry.to_numpy())
        moved = moved.set_geometry(shapes, crs=crs)
        there[name] = moved[~shapely.is_empty(shapes)]
    return there
