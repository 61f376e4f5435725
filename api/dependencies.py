"""Parse what requests ask, and hand routes what they need."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from api.errors import UnknownGrid
from api.publications import Publications
from api.served import Served
from api.settings import Settings

__all__ = [
    "Address",
    "AskedLevel",
    "At",
    "Code",
    "Datum",
    "Latitude",
    "Locale",
    "Longitude",
    "PublicationsDependency",
    "ServedDependency",
    "SettingsDependency",
]


At = Annotated[
    date | None,
    Query(
        description="The day whose plan, people and rulings are meant; today where left out.",
        examples=["2026-11-22"],
    ),
]


def publications(request: Request) -> Publications:
    """Return what the app answers from."""
    found: Publications = request.app.state.publications
    return found


def served(request: Request, at: At = None) -> Served:
    """Return the release of the day that is asked about."""
    return publications(request).served(at)


def settings(request: Request) -> Settings:
    """Return the app's settings."""
    found: Settings = request.app.state.settings
    return found


ServedDependency = Annotated[Served, Depends(served)]
PublicationsDependency = Annotated[Publications, Depends(publications)]


def known_code(
    plan: ServedDependency,
    code: Annotated[
        str | None, Query(max_length=40, description="A grid to zoom to and highlight.")
    ] = None,
) -> str | None:
    """Return a grid's or community's code; refuse one that the plan does not hold."""
    if code is not None and code not in plan.locator.grids and code not in plan.locator.communities:
        msg = "the plan has no grid or community of that code"
        raise UnknownGrid(msg)
    return code


SettingsDependency = Annotated[Settings, Depends(settings)]
Code = Annotated[str | None, Depends(known_code)]

Longitude = Annotated[
    float | None,
    Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees.", examples=[118.78]),
]
Latitude = Annotated[
    float | None,
    Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees.", examples=[32.04]),
]
Datum = Annotated[
    Literal["wgs84", "cgcs2000", "gcj02", "bd09"],
    Query(description="What the degrees are in; gcj02 is AMap's and Tencent's, bd09 Baidu's."),
]
Address = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="An address as people write it.",
        examples=["海棠苑3幢2单元501室"],
    ),
]
AskedLevel = Annotated[
    Literal["large", "micro"] | None, Query(description="One level; both where left out.")
]
Locale = Annotated[Literal["zh", "en"] | None, Query(description="Language of the page.")]
