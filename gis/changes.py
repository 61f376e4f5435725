"""Say what a repair changed: where, and what it did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Change", "to_table"]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One thing that a repair did to an input.

    Parameters
    ----------
    layer
        Name of the layer.
    row
        Row as the layer was read, counted from 1; None when the whole layer was changed.
    kind
        Short stable name of the repair for programs, such as "made-valid".
    what
        What was done, a short sentence with its numbers.

    Examples
    --------
    >>> print(Change("walkways", 4, "joined", "its end was moved 0.31 m to meet row 7"))
    walkways row 4: its end was moved 0.31 m to meet row 7
    """

    layer: str
    row: int | None
    kind: str
    what: str

    def __str__(self) -> str:
        where = self.layer if self.row is None else f"{self.layer} row {self.row}"
        return f"{where}: {self.what}"


def to_table(changes: Sequence[Change]) -> pd.DataFrame:
    """Lay changes out as a table, one row each, columns as the fields of `Change`."""
    names = ["layer", "row", "kind", "what"]
    return pd.DataFrame([asdict(change) for change in changes], columns=names)
