"""Read settings from TOML files and refuse values that are none."""

from __future__ import annotations

import math
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from gis.errors import BadRules

__all__ = ["named", "read", "require_flag", "require_number"]


def read(name: str | Path, *, what: str, folder: str = "") -> dict[str, Any]:
    """Read a TOML file that comes with wangge by its name, or any other by its path.

    Parameters
    ----------
    name
        A name without suffix, or a path that ends in ``.toml``.
    what
        What such a file is called where there is none.
    folder
        Where in `gis.profiles` those lie that come with wangge.

    Raises
    ------
    BadRules
        If there is no such file, or it is not TOML in UTF-8.

    Examples
    --------
    >>> read("default", what="profile")["name"]
    'default'
    """
    place = Path(name) if Path(name).suffix == ".toml" else _home(folder) / f"{name}.toml"
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(named(folder))
        msg = f"no {what} {str(name)!r}; known are {known}, or give a .toml file"
        raise BadRules(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{what} {str(name)!r} is not TOML in UTF-8: {error}"
        raise BadRules(msg) from error


def named(folder: str = "") -> list[str]:
    """Return the names of the files of a folder of `gis.profiles`.

    Examples
    --------
    >>> "living_circle" in named("services")
    True
    """
    names = (item.name for item in _home(folder).iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def require_number(
    name: str, value: Any, *, least: float = 0.0, zero: bool = False, whole: bool = False
) -> None:
    """Refuse what is no finite number above 0 and of the least or more.

    Parameters
    ----------
    name
        What to call it.
    value
        What was given.
    least
        The least that will do.
    zero
        Whether 0 will do too.
    whole
        Whether only whole numbers will do.

    Raises
    ------
    BadRules
        If it will not do; says what would.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    inside = number and least <= value < math.inf and (value > 0 or (zero and value == 0))
    if not inside or (whole and value % 1):
        limit = f"of {least:g} or more" if least or zero else "above 0"
        msg = f"{name} is {value!r}; give a {'whole ' if whole else ''}number {limit}"
        raise BadRules(msg)


def require_flag(name: str, value: Any) -> None:
    """Refuse what is neither true nor false."""
    if type(value) is not bool:
        msg = f"{name} is {value!r}; give true or false"
        raise BadRules(msg)


def _home(folder: str) -> Any:
    return files("gis.profiles") / folder if folder else files("gis.profiles")
