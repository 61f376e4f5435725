"""Hold the prices by which the search weighs one rule against another."""

from __future__ import annotations

from dataclasses import dataclass, fields

from gis.settings import require_number

__all__ = ["Prices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What breaking a rule costs the search, in typical costs of serving a household.

    Plans are compared by the order of the rules whatever the prices (see `gis.partition.cost`);
    these only steer the search from one plan to the next. A price so low that a rule pays to be
    broken leads astray, one very high makes the search rigid.

    Parameters
    ----------
    hard, soft
        A household outside the hard and the preferred range.
    second
        As much of the second load outside its preferred range as one household has on average.
    walk
        An atom beyond the walking limit, in whole districts served; unreachable ten times that.
    cut
        A crossable border between two districts (compactness), as a share of serving an atom.

    Raises
    ------
    BadRules
        If a price is no finite number of 0 or more.

    Examples
    --------
    >>> Prices().hard, Prices(soft=20.0).soft
    (40.0, 20.0)
    """

    hard: float = 40.0
    soft: float = 10.0
    second: float = 5.0
    walk: float = 1.0
    cut: float = 0.002

    def __post_init__(self) -> None:
        for item in fields(self):
            require_number(f"the price {item.name}", getattr(self, item.name), zero=True)
