"""Choose colours and strokes: soft areas, strong borders, no two neighbours alike."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CIRCLE_PLACES", "PALETTE", "STYLES", "Style", "colour_areas", "legend_of", "neighbours"]

Style = dict[str, Any]

#: Six of Paul Tol's "light" scheme, whose colours carry labels (SRON/EPS/TN/09-002, issue
#: 3.2): those six that readers of any colour vision tell apart best, as a test computes.
PALETTE: Final = ("#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#AAAA00")

_RED: Final = "#B2182B"
_INK: Final = "#333A45"
_BLUE: Final = "#1B5AA0"
#: Circles from the nearest to the widest: fill, stroke, dashes. What is wider than these is alike.
_CIRCLES: Final[tuple[tuple[float, float, Style], ...]] = (
    (0.08, 2.4, {}),
    (0.03, 2.0, {"dashArray": "9 5"}),
    (0.0, 1.8, {"dashArray": "2 5"}),
)


def _area(fill: str, opacity: float, stroke: str, weight: float, **more: Any) -> Style:
    return {
        "fillColor": fill,
        "fillOpacity": opacity,
        "color": stroke,
        "weight": weight,
        **more,
    }


def _line(colour: str, weight: float, **more: Any) -> Style:
    return {"color": colour, "weight": weight, "fill": False, **more}


def _dot(fill: str, radius: float, stroke: str = "#FFFFFF", weight: float = 1.5) -> Style:
    return _area(fill, 1, stroke, weight, radius=radius)


#: How many circles of one grid are drawn unlike one another.
CIRCLE_PLACES: Final = len(_CIRCLES)

_LARGE = {f"colour-{n}": _area(fill, 0.55, _INK, 2.6) for n, fill in enumerate(PALETTE)}
_MICRO_ALONE = {f"colour-{n}": _area(fill, 0.55, _INK, 1.2) for n, fill in enumerate(PALETTE)}

#: Layer → class of a feature → Leaflet's path options.
STYLES: Final[Mapping[str, Mapping[str, Style]]] = MappingProxyType(
    {
        "large": _LARGE,
        "micro": {"base": _area("#FFFFFF", 0, "#4A5361", 0.9), **_MICRO_ALONE},
        "special": {"special": _area("url(#wangge-hatch)", 0.8, "#5E4B8B", 2.4, dashArray="7 4")},
        "water": {
            # Deeper than the grids' blues, so that no grid looks like water.
            "area": _area("#82ADD2", 0.95, "#5D8DB8", 1),
            "line": _line("#82ADD2", 4),
        },
        "walkways": {
            "road": _line("#FFFFFF", 7, opacity=0.95),
            "street": _line("#FFFFFF", 4.5, opacity=0.95),
            "path": _line("#FFFFFF", 2, opacity=0.95),
            "stairs": _line("#FFFFFF", 3, opacity=0.95, dashArray="2 3"),
            "closed": _line("#9AA0A8", 1.2, opacity=0.9, dashArray="1 5"),
        },
        "barriers": {
            "wall": _line("#7A4B2A", 1.8),
            "railway": _line("#30343B", 2.6, dashArray="9 5"),
            "road": _line("#C99A3B", 3.2, opacity=0.9),
            "other": _line("#7D8590", 1.8, dashArray="5 3"),
        },
        "compounds": {"compound": _area("#00663C", 0.05, "#00663C", 1.8, dashArray="2 4")},
        "buildings": {
            "counted": _area("#8C8579", 0.85, "#5F594F", 0.7),
            "estimated": _area("#D8CBB3", 0.9, "#8A6D3B", 1, dashArray="3 2"),
            "none": _area("#FFFFFF", 0.75, "#8D8A84", 0.7),
        },
        "cells": {
            "counted": _area("#8C8579", 0.05, "#77716A", 0.6),
            "estimated": _area("#D8B46A", 0.3, "#8A6D3B", 0.8, dashArray="3 2"),
            "none": _area("#FFFFFF", 0.2, "#8D8A84", 0.6),
        },
        "outlines": {
            "home": _area("#FFFFFF", 0.05, "#3D4B66", 0.8),
            "ground": _area("#7BA05B", 0.35, "#3D4B66", 0.8),
        },
        "circles": {
            f"{level}-{place}": _area(_BLUE, fill, _BLUE, weight * share, **more)
            for level, share in (("large", 1.0), ("micro", 0.5))
            for place, (fill, weight, more) in enumerate(_CIRCLES)
        },
        "unreached": {
            "far": _area("#F1A340", 0.85, "#8C510A", 0.8),
            "gate": _area("#998EC3", 0.85, "#542788", 0.8),
            "cut": _area(_RED, 0.85, "#67001F", 0.8),
        },
        "gaps": {
            "one": _area("#FDD49E", 0.95, "#8C4A12", 0.6),
            "some": _area("#FC8D59", 0.95, "#8C2D04", 0.6),
            "many": _area("#B30000", 0.9, "#5F0000", 0.6),
        },
        "violations": {
            "error": _area(_RED, 0.1, _RED, 4),
            "warning": _area("#E08214", 0.08, "#B35806", 3.4, dashArray="10 6"),
            "information": _area("#4D4D4D", 0.03, "#4D4D4D", 2.4, dashArray="2 6"),
        },
        "centres": {"large": _dot("#1A1D23", 6.5, weight=2.5), "micro": _dot("#4A5361", 3.2)},
        "gates": {
            "open": _dot("#FFFFFF", 4, "#1B7837", 2.4),
            "closed": _dot("#FFFFFF", 4, _RED, 2.4),
        },
        "facilities": {"facility": _area("#0B6E99", 0.25, "#0B6E99", 1.2)},
        "counted": {"counted": _dot("#C51B7D", 4.2)},
    }
)


def legend_of(
    layer: str, features: list[dict[str, Any]], text: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return legend rows for the styles that occur, in the order of `STYLES`."""
    found = {feature["properties"]["s"] for feature in features}
    return [
        {"style": style, "text": text[f"legend.{layer}.{style}"]}
        for style in STYLES[layer]
        if style in found
    ]


def neighbours(areas: Sequence[Any], *, min_shared: float = 0.5) -> list[list[int]]:
    """List for each area the areas that share a border with it.

    Areas that meet in a point only are no neighbours.

    Parameters
    ----------
    areas
        Polygons in one metric CRS.
    min_shared
        Shorter borders are ignored, in metres.

    Returns
    -------
    One ascending list of positions for each area.

    Examples
    --------
    >>> neighbours([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2), shapely.box(4, 2, 6, 4)])
    [[1], [0], []]
    """
    found: list[list[int]] = [[] for _ in areas]
    if not found:
        return found
    shapes = np.asarray(areas, dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.unique(np.column_stack([left, right])[left < right], axis=0)
    shared = shapely.length(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    for a, b in pairs[shared >= min_shared].tolist():
        found[a].append(b)
        found[b].append(a)
    return [sorted(others) for others in found]


def colour_areas(areas: Sequence[Any], *, colours: int = len(PALETTE)) -> list[int]:
    """Give each area a colour unlike its neighbours', using all colours about equally.

    Greedy in smallest-last order (Matula and Beck, J. ACM 30(3), 1983): six colours always
    do for areas of one piece each, as their neighbourhood is planar. Where areas in several
    pieces need more than there are, the colour with the fewest alike neighbours is taken.

    Parameters
    ----------
    areas
        Polygons in one metric CRS, in a fixed order.
    colours
        How many colours there are.

    Returns
    -------
    One number below `colours` for each area.

    Examples
    --------
    >>> colour_areas([shapely.box(x, 0, x + 1, 1) for x in range(4)], colours=2)
    [1, 0, 1, 0]
    """
    beside = neighbours(areas)
    chosen: dict[int, int] = {}
    used = [0] * colours
    for area in reversed(_smallest_first(beside)):
        taken = [chosen[other] for other in beside[area] if other in chosen]
        best = min(range(colours), key=lambda n: (taken.count(n), used[n], n))
        chosen[area] = best
        used[best] += 1
    return [chosen[area] for area in range(len(beside))]


def _smallest_first(beside: list[list[int]]) -> list[int]:
    """Order areas by taking away, again and again, one with the fewest neighbours left."""
    left = {area: len(others) for area, others in enumerate(beside)}
    order = []
    while left:
        area = min(left, key=lambda n: (left[n], n))
        order.append(area)
        del left[area]
        for other in beside[area]:
            if other in left:
                left[other] -= 1
    return order
