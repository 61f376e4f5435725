"""Choose the streets that bound cells: lines people cross freely, but draw borders along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.shapes import GRID_M

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["lines"]


def lines(walkways: gpd.GeoDataFrame, *, kinds: Collection[str]) -> NDArray[Any]:
    """Return the walkways that are streets, as lines on the millimetre grid.

    Parameters
    ----------
    walkways
        The input layer, metres.
    kinds
        What counts as a street, as the layer's `kind` says it, capitals aside. Bridges and
        tunnels are kinds of their own, so that a street above or below the ground bounds nothing.

    Returns
    -------
    LineStrings, (m,); none where the layer has no street.

    Examples
    --------
    >>> import geopandas as gpd
    >>> ways = [shapely.LineString([(0, 0), (0, 9)]), shapely.LineString([(0, 0), (9, 0)])]
    >>> table = gpd.GeoDataFrame({"kind": ["Residential", "footway"]}, geometry=ways)
    >>> [line.wkt for line in lines(table, kinds=["residential"])]
    ['LINESTRING (0 0, 0 9)']
    """
    wanted = {kind.casefold() for kind in kinds}
    said = [str(kind).strip().casefold() in wanted for kind in walkways["kind"]]
    shapes = walkways.geometry.to_numpy()[np.array(said, dtype=bool)]
    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    on_grid = shapely.set_precision(parts, GRID_M)
    found: NDArray[Any] = on_grid[~shapely.is_empty(on_grid)]
    return found
