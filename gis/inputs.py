"""Hold a community's layers between reading and planning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gis.tables import COUNTED_PREFIX, INPUT_LAYERS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from pyproj import CRS

    from gis.faults import Fault

__all__ = ["Inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The layers of one input, by name.

    Parameters
    ----------
    layers
        Layer name to table. Known layers have every column of their contract
        (`gis.tables.INPUT_LAYERS`); those with a geometry are GeoDataFrames. Counted layers
        are named ``layers/<name>``. The index is named ``row`` and counts from 1, as the
        planner sees the rows.
    source
        What was read, for people: a file or folder name without its path.
    hashes
        File name to SHA-256 of its bytes.
    faults
        What reading found wrong.
    """

    layers: Mapping[str, Any]
    source: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))
        object.__setattr__(self, "hashes", MappingProxyType(dict(self.hashes)))

    def __getitem__(self, name: str) -> Any:
        """Return the layer, or an empty one of the same columns where it was not given."""
        if name in self.layers:
            return self.layers[name]
        return empty_layer(INPUT_LAYERS[name], crs=self.crs)

    def has(self, name: str) -> bool:
        """Tell whether the layer was given and has a row."""
        return name in self.layers and len(self.layers[name]) > 0

    @property
    def crs(self) -> CRS | None:
        """The CRS of the communities; of every layer once `gis.crs.to_metric` has run."""
        return self.layers["communities"].crs if "communities" in self.layers else None

    @property
    def counted(self) -> dict[str, Any]:
        """Counted layers by name without their prefix, sorted."""
        return {
            name.removeprefix(COUNTED_PREFIX): table
            for name, table in sorted(self.layers.items())
            if name.startswith(COUNTED_PREFIX)
        }

    def with_layers(self, **layers: pd.DataFrame) -> Inputs:
        """Return these inputs with some layers replaced or added."""
        return replace(self, layers={**self.layers, **layers})
