"""Bring a table to the contract of its layer, and report every value that does not fit."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.conform_geometry import geometry_faults, is_frame
from gis.faults import Fault
from gis.tables import COUNTED_PREFIX, INPUT_LAYERS, Column, Layer, with_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["capped", "conform", "layer_contract"]

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "是", "开", "有"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "否", "关", "无"})
_CAP: Final = 200
_INT64: Final = 2**63 - 1
_WANTED: Final = {
    "integer": ("is not a whole number", "give digits only, such as 48"),
    "number": ("is not a number", "give digits, such as 4.5"),
    "boolean": ("is neither true nor false", "give true or false (1 or 0, 是 or 否)"),
    "date": ("is not a date", "write it as 2026-11-22"),
    "text": ("is not text", "give text"),
}

_COUNTED_COLUMNS: Final = (
    Column("status", "text", "What is counted apart."),
    Column("date", "date", "When it was recorded."),
)


def layer_contract(name: str) -> Layer | None:
    """Return the contract of an input layer, counted ones included; None where unknown."""
    if name.startswith(COUNTED_PREFIX):
        kinds: frozenset[Any] = frozenset({"polygon", "point"})
        return Layer(name, kinds, _COUNTED_COLUMNS, "A set counted per grid.")
    return INPUT_LAYERS.get(name)


def conform(frame: pd.DataFrame, layer: Layer) -> tuple[Any, list[Fault]]:
    """Return the table with the layer's columns in their dtypes, and the faults found.

    A value that does not fit becomes missing, and a fault; a table that conforms already
    comes back the same, so that tables made in code can be checked like files.

    Parameters
    ----------
    frame
        Table as read; its index becomes ``row``, counted from 1, unless it is that already.
    layer
        The contract.

    Examples
    --------
    >>> from gis.tables import INPUT_LAYERS
    >>> table = pd.DataFrame({"address": ["3-2-501", None], "stairwell": ["2", "two"]})
    >>> good, faults = conform(table, INPUT_LAYERS["addresses"])
    >>> good["stairwell"].tolist()
    [2, <NA>]
    >>> [(fault.row, fault.kind) for fault in faults]
    [(2, 'missing-value'), (2, 'wrong-type')]
    """
    frame = _numbered(frame)
    faults = list(_missing(frame, layer))
    columns: dict[str, Any] = {}
    for column in layer.columns:
        if column.name in frame.columns:
            values, wrong = _converted(frame[column.name], column, layer=layer.name)
            columns[column.name] = values
            faults += wrong
    frame = frame.assign(**columns)
    faults += geometry_faults(frame, layer)
    if not layer.geometry and is_frame(frame):
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    elif layer.geometry and not is_frame(frame):
        empty = gpd.GeoSeries([None] * len(frame), index=frame.index)
        frame = gpd.GeoDataFrame(frame.drop(columns="geometry", errors="ignore"), geometry=empty)
    return with_columns(frame, layer), list(capped(faults))


def capped(faults: list[Fault], *, most: int = _CAP) -> Iterator[Fault]:
    """Yield at most so many faults of one kind, layer and column, then one that counts the rest."""
    seen: dict[tuple[str, ...], int] = {}
    last: dict[tuple[str, ...], Fault] = {}
    for fault in faults:
        key: tuple[str, ...] = (fault.layer, fault.column, fault.kind, fault.severity)
        seen[key] = seen.get(key, 0) + 1
        last[key] = fault
        if seen[key] <= most:
            yield fault
    for key, count in seen.items():
        if count > most:
            fault = last[key]
            yield Fault(
                fault.layer, f"{count - most:,} more rows like this: {fault.what}", fault.remedy,
                column=fault.column, severity=fault.severity, kind=fault.kind,
            )  # fmt: skip


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.index.name == "row" and frame.index.is_unique:
        return frame
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"), axis=0)


def _missing(frame: pd.DataFrame, layer: Layer) -> Iterator[Fault]:
    """Report required columns that are absent, and rows that leave one empty."""
    for name in layer.required:
        if name not in frame.columns:
            yield Fault(
                layer.name, f"has no column {name!r}", f"add it: {_meaning(layer, name)}",
                column=name, kind="missing-column",
            )  # fmt: skip
            continue
        values = frame[name]
        blank = values.isna() | values.astype(str).str.strip().eq("")
        for row in frame.index[blank.to_numpy(dtype=bool)]:
            yield Fault(
                layer.name, f"{name} is empty", f"fill it: {_meaning(layer, name)}",
                row=int(row), column=name, kind="missing-value",
            )  # fmt: skip


def _meaning(layer: Layer, name: str) -> str:
    column = layer.column(name)
    return column.meaning.rstrip(".") if column else name


def _converted(values: pd.Series, column: Column, *, layer: str) -> tuple[Any, list[Fault]]:
    """Convert one column value by value; the fast way where its dtype fits already."""
    if column.kind == "integer" and str(values.dtype) == "Int64":
        return values, []
    if column.kind == "boolean" and str(values.dtype) in ("boolean", "bool"):
        return values.astype("boolean"), []
    if column.kind == "text" and values.dtype == "str":
        texts = values.str.strip()
        return texts.mask(texts == ""), []
    convert = _CONVERTERS[column.kind]
    out: list[Any] = []
    faults: list[Fault] = []
    for row, value in zip(values.index, values.tolist(), strict=True):
        if _blank(value):
            out.append(None)
            continue
        try:
            out.append(convert(value))
        except (ValueError, TypeError, OverflowError):
            out.append(None)
            what, remedy = _WANTED[column.kind]
            faults.append(
                Fault(
                    layer,
                    f"{column.name} {what}",
                    remedy,
                    row=int(row),
                    column=column.name,
                    value=str(value),
                    kind="wrong-type",
                )
            )
    dtypes = {"integer": "Int64", "boolean": "boolean", "number": "float64"}
    return pd.Series(out, index=values.index, dtype=dtypes.get(column.kind, "str")), faults


def _blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is pd.NaT or value is pd.NA or value != value  # noqa: PLR0124


def _to_text(value: Any) -> str:
    if isinstance(value, (list, dict, bytes)):
        raise TypeError
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _to_integer(value: Any) -> int:
    if isinstance(value, (bool, np.bool_)):
        raise TypeError
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace("，", "")
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    else:
        number = value
    whole = int(number)
    if whole != number or abs(whole) > _INT64:
        raise ValueError
    return whole


def _to_number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _to_boolean(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    text = str(int(value)) if isinstance(value, float) else str(value)
    text = text.strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError


def _to_date(value: Any) -> str:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.strftime("%Y-%m-%d")
    text = str(value).strip()
    day = text.partition("T")[0].removesuffix(" 00:00:00")
    return dt.date.fromisoformat(day).isoformat()


_CONVERTERS: Final[dict[str, Callable[[Any], Any]]] = {
    "text": _to_text,
    "integer": _to_integer,
    "number": _to_number,
    "boolean": _to_boolean,
    "date": _to_date,
}
