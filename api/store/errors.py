"""Name what a store of releases, and who looks places up in it, is refused.

* StoreError (WanggeError)
  x NotAFolder        no plan was published to the folder, or its catalogue cannot be read
  x BrokenPlan        a plan that contradicts itself is not published
  x OtherCommunities  a plan that lacks communities is not published unless told to
  x UnknownNumber     no ruling, or no open report, has that number
  x UnknownMicroGrid  no micro-grid has that code
  x UnknownAddress    an address that names no place cannot be ruled about
  x NoPlanThen        a day that no published plan is valid on
  x TooMuch           more items, rows or bytes than are taken at once
  x DeskFull          more reports are open than are kept
"""

from __future__ import annotations

from gis.errors import WanggeError

__all__ = [
    "BrokenPlan",
    "DeskFull",
    "NoPlanThen",
    "NotAFolder",
    "OtherCommunities",
    "StoreError",
    "TooMuch",
    "UnknownAddress",
    "UnknownMicroGrid",
    "UnknownNumber",
]


class StoreError(WanggeError):
    """The root of what a store of releases refuses."""


class NotAFolder(StoreError, ValueError):
    """A folder that no plan was published to, or whose catalogue cannot be read."""


class BrokenPlan(StoreError, ValueError):
    """A plan that contradicts itself; it is not published."""


class OtherCommunities(StoreError, ValueError):
    """A plan that lacks communities which are published."""


class UnknownNumber(StoreError, LookupError):
    """No ruling, or no open report, has that number."""


class UnknownMicroGrid(StoreError, LookupError):
    """No micro-grid has that code."""


class UnknownAddress(StoreError, ValueError):
    """An address that names no place, so that no ruling can hold for it."""


class NoPlanThen(StoreError, LookupError):
    """A day that no published plan is valid on."""


class TooMuch(StoreError, ValueError):
    """More items, rows or bytes than are taken at once."""


class DeskFull(StoreError):
    """More reports are open than are kept."""
