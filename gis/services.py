"""Hold what a living circle should have: categories, their minutes and metres, who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gis import settings
from gis.errors import BadRules
from gis.settings import require_number

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["STRENGTHS", "Service", "list_names", "load", "parse"]

_FOLDER: Final = "services"

#: How sure a number is, the surest first; only what was "read" may be called a standard's.
STRENGTHS: Final = (
    "read",  # the primary text was read
    "fragment",  # some clauses of it were
    "press",  # press, an abstract or an encyclopaedia says so
    "hint",  # an unattributed page, or somebody's code
    "computed",  # from other numbers
    "unconfirmed",  # widely known, found nowhere
    "proposal",  # this project's own
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What people should find within a walk.

    Parameters
    ----------
    metres
        Within how many metres of walking it counts as served.
    minutes
        The circle it belongs to. Circles do not include one another: what belongs to the
        15-minute circle stands in for nothing of the 5-minute circle.
    source
        Where the numbers come from.
    strength
        How sure they are, one of `STRENGTHS`.
    """

    metres: float
    minutes: int = 5
    source: str = ""
    strength: str = "proposal"

    def __post_init__(self) -> None:
        require_number("metres of a service", self.metres)
        require_number("minutes of a service", self.minutes, whole=True)
        if self.strength not in STRENGTHS:
            msg = f"strength is {self.strength!r}; give one of {', '.join(STRENGTHS)}"
            raise BadRules(msg)


def parse(given: Any) -> dict[str, Service]:
    """Read the services of a profile.

    Parameters
    ----------
    given
        The name or the path of a list (`load`), or a mapping of categories to metres, to
        tables with `metres`, `minutes`, `source` and `strength`, or to services.

    Raises
    ------
    BadRules
        If it is none of these.

    Examples
    --------
    >>> parse({"pharmacy": 300.0})["pharmacy"]
    Service(metres=300.0, minutes=5, source='', strength='proposal')
    >>> parse("convenience_circle")["pharmacy"].minutes
    8
    """
    if isinstance(given, str):
        return load(given)
    try:
        return {str(category): _service(str(category), value) for category, value in given.items()}
    except AttributeError as error:
        msg = f"access is {given!r}; give categories and metres, or the name of a list of services"
        raise BadRules(msg) from error


def load(name: str | Path) -> dict[str, Service]:
    """Read a list of services by its name or by the path of a TOML file.

    Raises
    ------
    BadRules
        If there is no such list, or it is not one.
    """
    found = settings.read(name, what="services", folder=_FOLDER)
    try:
        return parse(dict(found["services"]))
    except (KeyError, TypeError, ValueError) as error:
        msg = f"services {str(name)!r} lack their table [services]: {error}"
        raise BadRules(msg) from error


def list_names() -> list[str]:
    """Return the names of the lists that come with wangge."""
    return settings.named(_FOLDER)


def _service(category: str, value: Any) -> Service:
    if isinstance(value, Service):
        return value
    try:
        # A number alone is the metres; anything that is neither is refused by its own check.
        return Service(**value) if hasattr(value, "keys") else Service(metres=value)
    except (BadRules, TypeError) as error:
        msg = f"access.{category}: {error}"
        raise BadRules(msg) from error
