"""Hold what a living circle should have: categories, their minutes and metres, who says so."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from gis.errors import BadRules

__all__ = ["STRENGTHS", "Service", "list_names", "load", "parse"]

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
        for name in ("metres", "minutes"):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 < value < math.inf or (name == "minutes" and value % 1):
                msg = f"{name} of a service is {value!r}; give a number above 0"
                raise BadRules(msg)
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
    try:
        if Path(name).suffix == ".toml":
            text = Path(name).read_text(encoding="utf-8")
        else:
            text = (_lists() / f"{name}.toml").read_text(encoding="utf-8")
        return parse(dict(tomllib.loads(text)["services"]))
    except OSError as error:
        msg = (
            f"no services {str(name)!r}; known are {', '.join(list_names())}, or give a .toml file"
        )
        raise BadRules(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        msg = f"services {str(name)!r} is not a TOML file of services in UTF-8: {error}"
        raise BadRules(msg) from error


def list_names() -> list[str]:
    """Return the names of the lists that come with wangge."""
    found = (item.name for item in _lists().iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def _lists() -> Any:
    return files("gis.profiles") / "services"


def _service(category: str, value: Any) -> Service:
    if isinstance(value, Service):
        return value
    try:
        # A number alone is the metres; anything that is neither is refused by its own check.
        return Service(**value) if hasattr(value, "keys") else Service(metres=value)
    except (BadRules, TypeError) as error:
        msg = f"access.{category}: {error}"
        raise BadRules(msg) from error
