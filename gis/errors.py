"""Name every way in which wangge says no.

* WanggeError
  x InputFaults (ValueError)      the input cannot be planned; carries every fault found
  x UnreadableInput (ValueError)  the path is not an input of any known format
  x BadRules (ValueError)         a profile or an option contradicts itself
  x NotACoverage (ValueError)     polygons that should tile a plane do not
  x NotAPlan (ValueError)         the file is not a plan file, or not a whole one
  x NotARelease (ValueError)      the folder is no release that this version can answer from
  x UnwritableOutput (OSError)     the place to write to is none
  x NotAnIndex (ValueError)       the folder holds no look-up index, or one of another version
  x OffNetwork (ValueError)       no walk starts there; carries the metres to the nearest walkway
  x UnknownPlace (ValueError)     a gate, category or grid that the plan does not have
  x MissingExtra (ImportError)    an optional package is needed for what was asked

None of them knows of HTTP or of the command line; `api` maps them to both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.faults import Fault

__all__ = [
    "BadRules",
    "InputFaults",
    "MissingExtra",
    "NotACoverage",
    "NotAPlan",
    "NotARelease",
    "NotAnIndex",
    "OffNetwork",
    "UnknownPlace",
    "UnreadableInput",
    "UnwritableOutput",
    "WanggeError",
]


class WanggeError(Exception):
    """The root: catch it to catch everything wangge raises on purpose."""


class UnreadableInput(WanggeError, ValueError):
    """A path that is no input: absent, of an unknown format, or broken."""


class InputFaults(WanggeError, ValueError):
    """Inputs with error-level faults; `faults` holds all of them, warnings too."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.severity == "error"]
        first = "; ".join(str(fault) for fault in errors[:3])
        more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""  # noqa: PLR2004
        super().__init__(f"{len(errors)} input faults: {first}{more}")


class BadRules(WanggeError, ValueError):
    """Rules that no plan could be made by."""


class NotACoverage(WanggeError, ValueError):
    """Polygons that overlap or whose edges do not match; names those at fault."""


class NotAPlan(WanggeError, ValueError):
    """A file that does not hold a whole plan."""


class NotARelease(WanggeError, ValueError):
    """A folder that holds no whole release, or one of another version."""


class NotAnIndex(WanggeError, ValueError):
    """A folder that is no index for look-ups, is damaged, or was made by another version."""


class OffNetwork(WanggeError, ValueError):
    """A place that no walkway can be reached from; `metres` is how far the nearest one is."""

    def __init__(self, why: str, metres: float) -> None:
        self.metres = metres
        super().__init__(
            f"no walk starts or ends here: {why}; the nearest walkway is {metres:.0f} m away"
        )


class UnknownPlace(WanggeError, ValueError):
    """A gate or category asked for that the plan does not have; names those it has."""


class UnwritableOutput(WanggeError, OSError):
    """A path that nothing can be written to: a folder, inside no folder, or what is read."""


class MissingExtra(WanggeError, ImportError):
    """An optional dependency is absent; the message has the command that installs it."""
