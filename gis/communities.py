"""Give every community a code, and every building or cell its community and compound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.inputs import Inputs

__all__ = ["assign", "largest_overlap"]

_MADE_UP: Final = 990_000_000_000


def assign(inputs: Inputs) -> Inputs:
    """Return the inputs with `community_code` on communities, buildings and cells.

    Communities without an official code get one that starts with 99, in the order of their
    names, and `code_made_up` is true there. A building or cell belongs to the community that
    most of it lies in; one outside all of them has none. Compounds given as polygons beat the
    `compound` column of buildings.

    Parameters
    ----------
    inputs
        Inputs in one metric CRS.
    """
    communities = _coded(inputs["communities"])
    changed: dict[str, Any] = {"communities": communities}
    for name, key in (("buildings", "building_id"), ("cells", "cell_id")):
        if not inputs.has(name):
            continue
        table = inputs[name].copy()
        position = largest_overlap(table.geometry, communities.geometry)
        codes = communities["community_code"].to_numpy()
        table["community_code"] = pd.Series(_take(codes, position), index=table.index, dtype="str")
        if name == "buildings" and inputs.has("compounds"):
            table["compound"] = _compound(table, inputs["compounds"])
        changed[name] = table.sort_values(key, kind="stable")
    return inputs.with_layers(**changed)


def largest_overlap(
    shapes: gpd.GeoSeries | Sequence[Any], areas: gpd.GeoSeries | Sequence[Any]
) -> NDArray[np.int64]:
    """Find the area that most of each shape lies in.

    Parameters
    ----------
    shapes
        Polygons, lines or points, (n,).
    areas
        Polygons, (m,).

    Returns
    -------
    Positions into `areas`, (n,); -1 where a shape meets none (a polygon that only touches one
    does not meet it). Ties go to the lower position.

    Examples
    --------
    >>> areas = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> largest_overlap([shapely.box(8, 0, 13, 1), shapely.Point(30, 30)], areas)
    array([ 1, -1])
    """
    shapes, areas = np.asarray(shapes, dtype=object), np.asarray(areas, dtype=object)
    found = np.full(len(shapes), -1, dtype=np.int64)
    if len(areas) == 0 or len(shapes) == 0:
        return found
    which, area = shapely.STRtree(areas).query(shapes, predicate="intersects")
    common = shapely.intersection(shapes[which], areas[area])
    # Points and lines have no area; the count of dimensions keeps the measures comparable.
    measure = np.where(
        shapely.get_dimensions(shapes[which]) == 2,  # noqa: PLR2004
        shapely.area(common),
        shapely.length(common),
    )
    touches = (shapely.get_dimensions(shapes[which]) == 2) & (measure == 0)  # noqa: PLR2004
    which, area, measure = which[~touches], area[~touches], measure[~touches]
    order = np.lexsort((area, -np.round(measure, 6), which))
    which, area = which[order], area[order]
    first = np.r_[True, which[1:] != which[:-1]] if len(which) else np.zeros(0, dtype=bool)
    found[which[first]] = area[first]
    return found


def _coded(communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill the codes that are missing and sort by code."""
    communities = communities.copy()
    codes = communities["community_code"]
    made_up = codes.isna() | (codes == "")
    names = communities.loc[made_up, "name"].sort_values(kind="stable")
    taken = set(codes[~made_up])
    number = _MADE_UP
    for row in names.index:
        number += 1
        while str(number) in taken:
            number += 1
        codes = codes.where(codes.index != row, str(number))
    communities["community_code"] = codes.astype("str")
    communities["code_made_up"] = made_up.astype("boolean")
    return communities.sort_values("community_code", kind="stable")


def _compound(buildings: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame) -> pd.Series:
    """Name the compound each building lies in, else what the building itself says."""
    ordered = compounds.sort_values("name", kind="stable")
    position = largest_overlap(buildings.geometry, ordered.geometry)
    inside = pd.Series(_take(ordered["name"].to_numpy(), position), index=buildings.index)
    return inside.astype("str").fillna(buildings["compound"])


def _take(values: NDArray[Any], position: NDArray[np.int64]) -> list[Any]:
    return [values[p] if p >= 0 else None for p in position]
