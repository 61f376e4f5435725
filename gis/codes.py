"""Format, parse and number the codes of grids.

The default is this project's 15 digits: community (12) + 3 for a large grid, + 2 more for a
micro-grid. Beijing's and Xi'an's standards number west to east, then north to south, inside one
community, and keep special grids apart; the digits are not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MAX_LARGE",
    "MAX_MICRO",
    "MAX_SPECIAL",
    "GridCode",
    "format_code",
    "order",
    "parse_code",
]

COMMUNITY_DIGITS: Final = 12
LARGE_DIGITS: Final = 15
MICRO_DIGITS: Final = 17
FIRST_SPECIAL: Final = 900
MAX_LARGE: Final = 899
MAX_SPECIAL: Final = 100
MAX_MICRO: Final = 99


@dataclass(frozen=True, slots=True)
class GridCode:
    """What a code says: the community, the large grid's number, the micro-grid's number.

    `special` grids are numbered from 900; `micro` is None in a large grid's code.
    """

    community_code: str
    large: int
    micro: int | None = None

    @property
    def special(self) -> bool:
        """Whether it is a special grid's code."""
        return self.large >= FIRST_SPECIAL


def format_code(code: GridCode) -> str:
    """Write a code as digits.

    Raises
    ------
    ValueError
        If the community's code has not 12 digits or a number does not fit.

    Examples
    --------
    >>> format_code(GridCode("990000000001", 7, 3))
    '99000000000100703'
    """
    text = f"{code.community_code}{code.large:03d}"
    if code.micro is not None:
        text += f"{code.micro:02d}"
    if parse_code(text) != code:
        msg = f"{code} does not fit a code of {LARGE_DIGITS} or {MICRO_DIGITS} digits"
        raise ValueError(msg)
    return text


def parse_code(text: str) -> GridCode:
    """Read a code.

    Raises
    ------
    ValueError
        If it has not 15 or 17 digits.

    Examples
    --------
    >>> parse_code("990000000001901").special
    True
    """
    if not (text.isascii() and text.isdigit() and len(text) in {LARGE_DIGITS, MICRO_DIGITS}):
        msg = (
            f"{text!r} is no grid code; it has {LARGE_DIGITS} digits, a micro-grid's {MICRO_DIGITS}"
        )
        raise ValueError(msg)
    micro = int(text[LARGE_DIGITS:]) if len(text) == MICRO_DIGITS else None
    return GridCode(text[:COMMUNITY_DIGITS], int(text[COMMUNITY_DIGITS:LARGE_DIGITS]), micro)


def order(x: ArrayLike, y: ArrayLike) -> NDArray[np.int64]:
    """Put places in the order of their numbers: strips west to east, north to south in a strip.

    There are as many strips as the square root of the count, each of as many places.

    Parameters
    ----------
    x, y
        Eastings and northings, (n,).

    Returns
    -------
    Positions in the order of numbering, (n,).

    Examples
    --------
    >>> order([0, 100, 10, 110], [0, 0, 50, 50])
    array([2, 0, 3, 1])
    """
    x, y = np.asarray(x, dtype=float).round(2), np.asarray(y, dtype=float).round(2)
    west_to_east = np.lexsort((-y, x))
    if not len(x):
        return west_to_east
    strips = np.array_split(west_to_east, max(1, round(len(x) ** 0.5)))
    return np.concatenate([strip[np.lexsort((x[strip], -y[strip]))] for strip in strips])
