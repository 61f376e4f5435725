"""Find rows of a layer that say the same as an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from gis.conform_geometry import finite, is_frame
from gis.tables import COUNTED_PREFIX

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["repeats"]


def repeats(table: pd.DataFrame | Any, *, layer: str) -> list[tuple[int, int]]:
    """List the rows that repeat an earlier one in every column and in their shape, with that one.

    Rows of counted layers are never repeats: two reports of one place and day are two.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["甲", "乙", "甲"]}, index=[1, 2, 3])
    >>> repeats(table, layer="people")
    [(3, 1)]
    """
    if layer.startswith(COUNTED_PREFIX) or not len(table):
        return []
    keys = table.drop(columns="geometry", errors="ignore").astype("str").fillna("")
    if is_frame(table):
        shapes = table.geometry.to_numpy().copy()
        # GEOS refuses to order coordinates that are not finite.
        whole = finite(shapes)
        shapes[whole] = shapely.normalize(shapes[whole])
        keys = keys.assign(geometry=shapely.to_wkb(shapes, hex=True))
    rows = table.index.to_series()
    first = rows.groupby([keys[name] for name in keys], dropna=False).transform("first")
    again = first != rows
    return list(zip(rows[again].astype(int), first[again].astype(int), strict=True))
