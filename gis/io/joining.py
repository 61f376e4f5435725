"""Join a table without places to the layer it describes, by the id both have."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gis.conform_geometry import is_frame
from gis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["KEYS", "join_by_id"]

#: The column that names a row of a layer, in files and in tables that belong to them.
KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "buildings": "building_id",
        "cells": "cell_id",
        "communities": "name",
        "compounds": "name",
        "special_sites": "name",
    }
)
_SHOWN: Final = 5


def join_by_id(
    one: pd.DataFrame, other: pd.DataFrame, *, layer: str
) -> tuple[Any, list[Fault]] | None:
    """Add the columns of a plain table to a layer with places; None where they do not fit.

    They fit if exactly one of the two has a geometry and both have the layer's key. What the
    plain table says, a register say, beats what the map says; where the two differ that is told,
    and so are rows of the table that no row of the map has.

    Parameters
    ----------
    one, other
        The two tables given for the layer, in any order, as read.
    layer
        Its name.

    Returns
    -------
    The joined table, with the rows of the one that has places, and the faults.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> drawn = gpd.GeoDataFrame({"building_id": ["a", "b"]}, geometry=gpd.points_from_xy([0, 1],
    ...                          [0, 0]))
    >>> register = pd.DataFrame({"building_id": ["b", "c"], "households": [12, 7]})
    >>> joined, faults = join_by_id(drawn, register, layer="buildings")
    >>> joined["households"].tolist(), [(fault.kind, fault.value) for fault in faults]
    ([nan, 12], [('join-unmatched', 'c')])
    """
    key = KEYS.get(layer)
    if key is None or key not in one.columns or key not in other.columns:
        return None
    if is_frame(one) == is_frame(other):
        return None
    drawn, told = (one, other) if is_frame(one) else (other, one)
    names = _keys(told[key])
    repeated = names.duplicated() & names.notna()
    faults = [
        Fault(
            layer, f"{key} is used by two rows of the table joined", "keep one row for each",
            row=_row(told, k), column=key, value=str(names.iloc[k]), kind="join-repeated",
        )
        for k in repeated.to_numpy().nonzero()[0].tolist()
    ]  # fmt: skip
    faults += _unmatched(told, names, set(_keys(drawn[key]).dropna()), layer=layer, key=key)
    usable = told[names.notna().to_numpy() & ~repeated.to_numpy()]
    usable = usable.set_axis(_keys(usable[key]).to_numpy(), axis=0)
    order = _keys(drawn[key]).to_numpy(dtype=object)
    joined = drawn.copy()
    for column in usable.columns.drop(key):
        values = usable[column].astype(object).reindex(order).set_axis(drawn.index, axis=0)
        if column in drawn.columns:
            faults += _differing(drawn[column], values, layer=layer, column=str(column))
            values = values.where(values.notna(), drawn[column].astype(object))
        joined[column] = values
    return joined, faults


def _keys(values: pd.Series) -> pd.Series:
    """Write ids as text, so that 12 of a workbook is '12' of a map."""
    return values.map(_key, na_action="ignore").astype("str")


def _key(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip()


def _unmatched(
    told: pd.DataFrame, names: pd.Series, known: set[str], *, layer: str, key: str
) -> list[Fault]:
    return [
        Fault(
            layer, f"the table joined has a {key} that the map has not; the row was left out",
            "draw it, correct the id, or delete the row", row=_row(told, k), column=key,
            value=str(names.iloc[k]), severity="warning", kind="join-unmatched",
        )
        for k in (names.notna() & ~names.isin(known)).to_numpy().nonzero()[0].tolist()
    ]  # fmt: skip


def _differing(old: pd.Series, new: pd.Series, *, layer: str, column: str) -> list[Fault]:
    """Tell where the table says something else than the map does."""
    both = (old.notna() & new.notna()).to_numpy().nonzero()[0]
    rows = [k for k in both.tolist() if _key(old.iloc[k]) != _key(new.iloc[k])]
    if not rows:
        return []
    shown = "; ".join(
        f"row {_row(old, k)}: {_key(old.iloc[k])} → {_key(new.iloc[k])}" for k in rows[:_SHOWN]
    )
    return [
        Fault(
            layer, f"the table joined says another {column} than the map in {len(rows)} rows; it "
            "was followed", f"correct the one that is wrong: {shown}", column=column,
            severity="warning", kind="join-differs",
        )
    ]  # fmt: skip


def _row(table: pd.DataFrame | pd.Series, position: int) -> int:
    """Give the row's number in the table it was read from."""
    return int(str(table.index[position])) if table.index.name == "row" else position + 1
