"""List every layer of a map page, in the order readers find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maps.context_layers import (
    barrier_layers,
    building_layer,
    cell_layer,
    compound_layer,
    walkway_layer,
)
from maps.grid_layers import centre_layer, grid_layers, violation_layer
from maps.living_layers import living_layers
from maps.place_layers import counted_layers, facility_layer, gate_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.plan_data import Plan
    from maps.features import MapLayer
    from maps.options import PageOptions

__all__ = ["map_layers"]


def map_layers(plan: Plan, options: PageOptions, text: Mapping[str, str]) -> list[MapLayer]:
    """Return all layers of a plan; one that the plan does not fill has no features.

    Parameters
    ----------
    plan
        Any plan; layers it lacks are left out.
    options
        Which levels are wanted.
    text
        The page's words, of `maps.words.words`.
    """
    return [
        *grid_layers(plan, options, text),
        violation_layer(plan, options, text),
        centre_layer(plan, options, text),
        *living_layers(plan, options, text),
        facility_layer(plan, text),
        *counted_layers(plan, text),
        building_layer(plan, text),
        cell_layer(plan, text),
        compound_layer(plan, text),
        walkway_layer(plan, text),
        *barrier_layers(plan, text),
        gate_layer(plan, text),
    ]
