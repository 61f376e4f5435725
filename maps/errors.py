"""Name what a map page refuses to draw.

* WanggeError
  x UnknownCode (LookupError)  the plan has no grid or community of that code
  x BadOptions (ValueError)    page options that contradict themselves
"""

from __future__ import annotations

from gis.errors import WanggeError

__all__ = ["BadOptions", "UnknownCode"]


class UnknownCode(WanggeError, LookupError):
    """A code that the plan does not hold."""


class BadOptions(WanggeError, ValueError):
    """Options that no page could be drawn by."""
