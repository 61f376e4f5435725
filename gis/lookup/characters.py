"""Know Chinese characters and cities: traditional forms, lookalikes, names without a suffix.

The tables are read when first asked for. The traditional forms follow the dictionary of OpenCC
(Apache-2.0); the lookalikes were found by drawing (benchmarks/lookalikes.py).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["cities", "look_alike", "simplified"]


@cache
def simplified() -> Mapping[int, str]:
    """Return a table for `str.translate` from traditional characters to simplified ones.

    Examples
    --------
    >>> "銀杏家園".translate(simplified())
    '银杏家园'
    """
    pairs = "".join(_read("traditional").split())
    return MappingProxyType(dict(zip(map(ord, pairs[::2]), pairs[1::2], strict=True)))


def look_alike(one: str, other: str) -> bool:
    """Tell whether two characters are taken for one another by eye.

    Examples
    --------
    >>> look_alike("王", "玉"), look_alike("纺", "防"), look_alike("华", "草")
    (True, True, False)
    """
    first, second = sorted((one, other))
    lines = _lines()
    return second in lines.get(first, "") or first in lines.get(second, "")


@cache
def cities() -> frozenset[str]:
    """Return the provinces and cities that people name without 省 and 市.

    Examples
    --------
    >>> "杭州" in cities(), "杭州市" in cities()
    (True, False)
    """
    return frozenset(_read("cities").split())


@cache
def _lines() -> dict[str, str]:
    return {line[0]: line[1:] for line in _read("lookalikes").split()}


def _read(name: str) -> str:
    return (files("gis.lookup") / "data" / f"{name}.txt").read_text(encoding="utf-8")
