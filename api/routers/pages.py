"""Serve the pages: look-up, map, frame, and the API's own documentation."""

from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.caching import not_modified, validators
from api.dependencies import Code, Locale, ServedDependency, SettingsDependency
from api.models import ErrorBody
from api.page_cache import MapPages
from api.pages import read_page
from api.security import DOCS_POLICY, PAGE_POLICY, frame_policy
from api.settings import Settings
from maps.options import PageOptions

__all__ = ["router"]

router = APIRouter(
    tags=["pages"],
    default_response_class=HTMLResponse,
    responses={404: {"model": ErrorBody}, 422: {"model": ErrorBody}},
)

AskedLevels = Annotated[
    Literal["large", "micro", "both"], Query(description="Which grids are drawn.")
]
Controls = Annotated[bool, Query(description="Whether readers can switch layers.")]


@router.get("/", summary="The look-up page")
async def look_up() -> HTMLResponse:
    """Return the page with the search box."""
    return HTMLResponse(read_page("lookup"), headers={"content-security-policy": PAGE_POLICY})


@router.get("/docs", include_in_schema=False)
async def docs() -> HTMLResponse:
    """Return the API's documentation, which loads nothing from elsewhere."""
    return HTMLResponse(read_page("docs"), headers={"content-security-policy": DOCS_POLICY})


@router.get("/map", summary="The whole map")
async def whole_map(
    request: Request,
    served: ServedDependency,
    settings: SettingsDependency,
    code: Code,
    level: AskedLevels = "both",
    locale: Locale = None,
) -> Response:
    """Return the map as one page that needs no network."""
    options = _options(settings, code, level, locale, controls=True, embed=False)
    policy = frame_policy(["'self'"])
    return await _map(request, served.pages, options, etag=served.etag, policy=policy)


@router.get("/embed", summary="The map for a frame in another site")
async def embed(
    request: Request,
    served: ServedDependency,
    settings: SettingsDependency,
    code: Code,
    *,
    level: AskedLevels = "both",
    locale: Locale = None,
    controls: Controls = True,
) -> Response:
    """Return the map to be shown in an iframe; the operator says which sites may."""
    options = _options(settings, code, level, locale, controls=controls, embed=True)
    policy = frame_policy(settings.frame_ancestors)
    return await _map(request, served.pages, options, etag=served.etag, policy=policy)


def _options(
    settings: Settings,
    code: str | None,
    level: Literal["large", "micro", "both"],
    locale: Literal["zh", "en"] | None,
    *,
    controls: bool,
    embed: bool,
) -> PageOptions:
    """Join what a reader asks with what the operator set."""
    levels: tuple[Literal["large", "micro"], ...]
    levels = ("large", "micro") if level == "both" else (level,)
    return PageOptions(
        locale=locale or settings.locale,
        levels=levels,
        code=code,
        controls=controls,
        base_map=settings.base_map,
        tianditu_key=settings.tianditu_key,
        title=settings.title or None,
        embed=embed,
    )


async def _map(
    request: Request, pages: MapPages, options: PageOptions, *, etag: str, policy: str
) -> Response:
    """Return a map page, or that the asker already has it."""
    # A page also depends on what the operator set, so a restart may change it.
    etag = f'"{etag.strip(chr(34))}-{sha256(repr(options).encode()).hexdigest()[:8]}"'
    headers = validators(etag) | {"content-security-policy": policy}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(await pages.get(options), headers=headers)
