"""Check grid codes: unique, prefixed by their community and parent, numbered without gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.verify.view import View

__all__ = ["check_codes"]

LARGE_DIGITS: Final = 3
MICRO_DIGITS: Final = 2
FIRST_SPECIAL: Final = 900


def check_codes(view: View) -> Iterator[Finding]:
    """Check each code's prefix, digits and number.

    A large grid's code is its community's and 3 digits, a micro-grid's its parent's and 2. Base
    large grids are numbered from 001, special ones from 900 to 999, micro-grids of each large
    grid from 01; base numbers leave no gap.
    """
    large, micro = view.grids["large"], view.grids["micro"]
    numbers: dict[str, list[int]] = {}
    for code, community, kind in large[["community_code", "kind"]].itertuples():
        tail = code.removeprefix(community)
        if tail == code or len(tail) != LARGE_DIGITS or not _digits(tail):
            yield Finding("codes", f"not {community} and {LARGE_DIGITS} digits", code)
        elif (int(tail) >= FIRST_SPECIAL) != (kind == "special"):
            yield Finding("codes", f"a {kind} grid does not have this number", code)
        elif kind == "base":
            numbers.setdefault(community, []).append(int(tail))
    for code, parent in micro[["parent_code"]].itertuples():
        tail = code.removeprefix(parent)
        if tail == code or len(tail) != MICRO_DIGITS or not _digits(tail):
            yield Finding("codes", f"not {parent} and {MICRO_DIGITS} digits", code)
        else:
            numbers.setdefault(parent, []).append(int(tail))
    for owner, given in sorted(numbers.items()):
        if sorted(given) != list(range(1, len(given) + 1)):
            what = f"its grids are not numbered 1 to {len(given)}: {sorted(given)[:8]}"
            yield Finding("codes", what, owner)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
