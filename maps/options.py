"""Hold what a reader may choose about a map page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from maps.errors import BadOptions
from maps.words import LOCALES

if TYPE_CHECKING:
    from gis.rules import Level
    from maps.words import Locale

__all__ = ["BaseMap", "PageOptions"]

BaseMap = Literal["none", "osm", "tianditu"]

_BASE_MAPS = ("none", "osm", "tianditu")
_LEVELS = ("large", "micro")
_KEY = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """What a map page shows and in which language.

    Parameters
    ----------
    locale
        "zh" or "en": the language of the page; names stay as the plan has them.
    levels
        Which grids are drawn: "large", "micro" or both.
    code
        A grid to zoom to and highlight, or a community to zoom to.
    controls
        Whether readers get the panel that switches layers and explains colours.
    base_map
        "none" needs no network; "osm" and "tianditu" load tiles from their servers.
    tianditu_key
        Key of tianditu.gov.cn; it stands readable in the page, so use a browser-side key.
    title
        Title of the page; by default the communities' names.
    embed
        Quiet defaults for a frame in another page: no header, the panel folded.
    attribution
        Text beside the map's sources: a map approval number (审图号) or a publisher.

    Raises
    ------
    BadOptions
        If a value is none of the above, or Tianditu is asked for without a key.

    Examples
    --------
    >>> PageOptions(locale="en").levels
    ('large', 'micro')
    >>> PageOptions(base_map="tianditu")
    Traceback (most recent call last):
    maps.errors.BadOptions: base_map tianditu needs tianditu_key: letters and digits only
    """

    locale: Locale = "zh"
    levels: tuple[Level, ...] = ("large", "micro")
    code: str | None = None
    controls: bool = True
    base_map: BaseMap = "none"
    tianditu_key: str = ""
    title: str | None = None
    embed: bool = False
    attribution: str = ""

    def __post_init__(self) -> None:
        _one_of("locale", self.locale, LOCALES)
        _one_of("base_map", self.base_map, _BASE_MAPS)
        if not self.levels:
            msg = f"levels is empty; give one or both of {', '.join(_LEVELS)}"
            raise BadOptions(msg)
        for level in self.levels:
            _one_of("levels", level, _LEVELS)
        if self.base_map == "tianditu" and not _KEY.fullmatch(self.tianditu_key):
            msg = "base_map tianditu needs tianditu_key: letters and digits only"
            raise BadOptions(msg)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        msg = f"{name} is {value!r}; give one of {', '.join(known)}"
        raise BadOptions(msg)
