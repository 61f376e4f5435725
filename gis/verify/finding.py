"""Say what a plan fails to prove: which check, what, where, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant of a plan that does not hold.

    Parameters
    ----------
    check
        Short stable name of the check, such as "contiguity".
    what
        What is wrong, a short sentence.
    where
        The code, atom, building or layer at fault.
    value, limit
        What was found and what should be, where they are numbers.

    Examples
    --------
    >>> print(Finding("community_households", "atoms do not add up", "330109001001", 7601, 7600))
    community_households 330109001001: atoms do not add up (7601, not 7600)
    """

    check: str
    what: str
    where: str = ""
    value: float | None = None
    limit: float | None = None

    def __str__(self) -> str:
        text = f"{self.check} {self.where}: {self.what}" if self.where else ""
        text = text or f"{self.check}: {self.what}"
        if self.value is None:
            return text
        if self.limit is None:
            return f"{text} ({self.value:g})"
        return f"{text} ({self.value:.10g}, not {self.limit:.10g})"
