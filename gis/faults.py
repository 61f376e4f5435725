"""Say what is wrong with an input: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Fault", "Severity", "has_errors", "sort_faults", "to_table"]

Severity = Literal["error", "warning", "information"]

_ORDER = {"error": 0, "warning": 1, "information": 2}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    layer
        Name of the layer or file at fault.
    what
        What is wrong, a short sentence.
    remedy
        What the planner can do about it.
    row
        Row of the layer, counted from 1 as the layer is read; None when the fault is the
        whole layer's.
    column
        Column at fault, or "geometry"; empty when it is the whole row's.
    value
        The offending value as text, cut to 80 characters; empty where there is none.
    severity
        "error" stops a plan; "warning" lets it go on, flagged; "information" changes nothing.
    kind
        Short stable name of the fault for programs, such as "missing-column".

    Examples
    --------
    >>> print(Fault("buildings", "households is negative", "give a count of 0 or more",
    ...             row=3, column="households", value="-4", kind="negative-households"))
    buildings row 3 households='-4': households is negative; give a count of 0 or more
    """

    layer: str
    what: str
    remedy: str
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: Severity = "error"
    kind: str = ""

    def __post_init__(self) -> None:
        if len(self.value) > 80:  # noqa: PLR2004
            object.__setattr__(self, "value", self.value[:79] + "…")

    def __str__(self) -> str:
        where = self.layer
        if self.row is not None:
            where += f" row {self.row}"
        if self.column:
            where += f" {self.column}"
            if self.value:
                where += f"={self.value!r}"
        return f"{where}: {self.what}; {self.remedy}"


def has_errors(faults: Iterable[Fault]) -> bool:
    """Tell whether any fault stops a plan."""
    return any(fault.severity == "error" for fault in faults)


def sort_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Put errors first, then by layer, row and column; drop exact repeats."""
    unique = set(faults)
    return tuple(
        sorted(
            unique,
            key=lambda f: (
                *(_ORDER[f.severity], f.layer, f.row or 0, f.column),
                *(f.kind, f.what, f.value, f.remedy),
            ),
        )
    )


def to_table(faults: Sequence[Fault]) -> pd.DataFrame:
    """Lay faults out as a table, one row each, columns as the fields of `Fault`."""
    names = ["severity", "layer", "row", "column", "value", "what", "remedy", "kind"]
    return pd.DataFrame([asdict(fault) for fault in faults], columns=names)
