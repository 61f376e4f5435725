"""Build folium's figure and map so that the page needs no network and trusts no name.

folium loads its scripts from five foreign servers, forbids zooming by fingers, gives its
elements random ids, and reads what elements wrote as a template once more. None of that
suits a page that must open on an intranet, be the same byte for byte, and hold names from
files; so texts enter through `Literal`, and the map has its own empty lists of links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element, Figure
from jinja2 import Environment

if TYPE_CHECKING:
    from maps.options import PageOptions

__all__ = ["Literal", "OfflineMap", "PageFigure", "PlanView", "base_layers", "image_sources"]

_PAGE = Environment(autoescape=True).from_string(
    """<!DOCTYPE html>
<html lang="{{ this.language }}">
<head>
{{ this.header.render(**kwargs)|safe }}
</head>
<body>
{{ this.html.render(**kwargs)|safe }}
<script>
{{ this.script.render(**kwargs)|safe }}
</script>
</body>
</html>
"""
)

_TIANDITU: Final = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_OSM: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"

_MAX_ZOOM: Final = 21
_DATA_ID: Final = "wangge-data"


class Literal(Element):
    """A piece of the page that is written as it is and never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002 - branca passes them to every element
        """Return the text."""
        return self.text


class PageFigure(Figure):
    """The page around a map: its language, and what stands in head, body and script."""

    _template = _PAGE

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.header = Element()
        self.header._parent = self  # noqa: SLF001 - as branca's Figure itself does


class OfflineMap(folium.Map):
    """A folium map that links to nothing and keeps its name."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own way; never written to
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(tiles=None, max_zoom=_MAX_ZOOM, **options)
        self._id = "plan"
        # folium drops its own max_zoom where there are no tiles.
        self.options["max_zoom"] = _MAX_ZOOM

    def render(self, **kwargs: Any) -> str:
        """Write the map; leave out folium's head, whose viewport forbids zooming."""
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        root: Any = self.get_root()
        root.header._children.pop(self.get_name(), None)  # noqa: SLF001 - branca's only way
        return ""


class PlanView(Element):
    """The plan's data, and the call of our own script that shows it on the parent map."""

    def __init__(self, data: str) -> None:
        super().__init__()
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002 - branca passes them to every element
        """Write the data into the body and the call behind the map's own script."""
        figure: Any = self.get_root()
        chart: Any = self._parent
        block = f'<script type="application/json" id="{_DATA_ID}">{self.data}</script>'
        figure.html.add_child(Literal(block), name="plan_data")
        call = f'wangge.show({chart.get_name()}, "{_DATA_ID}");'
        figure.script.add_child(Literal(call), name="plan_view")
        return ""


def base_layers(options: PageOptions, credit: str) -> list[folium.TileLayer]:
    """Return the base map's tile layers: none, one of OSM, or two of Tianditu.

    Tianditu draws its names as a layer of their own (vec and cva), asks for a row (y) and a
    column (x), and has 18 levels.
    """
    if options.base_map == "osm":
        return [_tiles("osm", _OSM, 19, credit)]
    if options.base_map == "tianditu":
        return [
            _tiles(layer, _TIANDITU.format(layer=layer, key=options.tianditu_key), 18, credit)
            for layer in ("vec", "cva")
        ]
    return []


def image_sources(options: PageOptions) -> tuple[str, ...]:
    """Return the servers that the page may load images from."""
    if options.base_map == "osm":
        return ("https://tile.openstreetmap.org",)
    return ("https://*.tianditu.gov.cn",) if options.base_map == "tianditu" else ()


def _tiles(name: str, url: str, deepest: int, credit: str) -> folium.TileLayer:
    layer = folium.TileLayer(
        tiles=url,
        attr=credit,
        name=name,
        max_native_zoom=deepest,
        max_zoom=_MAX_ZOOM,
        subdomains="01234567",
    )
    layer._id = name  # noqa: SLF001 - folium's ids are random, the page's bytes must not be
    return layer
