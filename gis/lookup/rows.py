"""Read the rows of a plan's tables as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["rows_of", "text_of"]


def text_of(value: Any) -> str:
    """Return a table's value as text, a whole number without its point, missing as empty.

    Examples
    --------
    >>> text_of(2.0), text_of(float("nan")), text_of(" 3幢 ")
    ('2', '', '3幢')
    """
    # Missing by pandas' own name, which is told without loading pandas.
    if value is None or type(value).__name__ == "NAType" or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def rows_of(table: Any, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give some columns of a table row by row as text; a column it lacks is empty."""
    if table is None:
        return iter(())
    lists = [
        [text_of(value) for value in table[name].tolist()]
        if name in table.columns
        else [""] * len(table)
        for name in columns
    ]
    return zip(*lists, strict=True)
