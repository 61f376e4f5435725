"""Make the app that serves a plan, or what is published in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api.errors import add_error_handlers
from api.fast_locate import FastLocate
from api.head import HeadAsGet
from api.models import ErrorBody
from api.pages import static_folder, swagger_folder
from api.publications import publications
from api.routers import grids, health, locate, pages, reports
from api.security import SecurityHeaders
from api.served import program_version
from api.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["app_of_environment", "create_app", "quick_app"]

_SUMMARY = "Which grid (网格) is this place in, and who answers for it?"
_SMALLEST_ZIPPED = 1024


def create_app(settings: Settings) -> FastAPI:
    """Return an app that serves the plan or folder of its settings, opened here and now.

    Nothing is shared between two apps, and nothing is read at import.

    Parameters
    ----------
    settings
        What to serve and how.

    Raises
    ------
    NotAPlan, NotAFolder, NotARelease, NoPlanThen
        If there is nothing to answer from: the file is no plan, or the folder has no release.

    Examples
    --------
    >>> app = create_app(Settings(plan="plan.gpkg"))  # doctest: +SKIP
    """
    app = FastAPI(
        title="wangge",
        summary=_SUMMARY,
        version=program_version(),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={500: {"model": ErrorBody}},
    )
    app.state.settings = settings
    app.state.publications = publications(settings)
    for module in (locate, grids, reports, pages, health):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=static_folder()), name="static")
    app.mount("/swagger", StaticFiles(directory=swagger_folder()), name="swagger")
    add_error_handlers(app)
    _add_middleware(app, settings)
    return app


def quick_app(settings: Settings) -> ASGIApp:
    """Return the app as it is served: with plain look-ups answered before the framework.

    Raises
    ------
    NotAPlan, NotAFolder, NotARelease, NoPlanThen
        As `create_app` does.
    """
    app = create_app(settings)
    return FastLocate(app, publications=app.state.publications)


def app_of_environment() -> ASGIApp:
    """Return an app of the settings in the environment; what each worker process calls."""
    # What is not given comes from the environment, the plan too.
    return quick_app(Settings())  # type: ignore[call-arg]


def _add_middleware(app: Any, settings: Settings) -> None:
    """Add what every response passes, the innermost first; all of it plain ASGI."""
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_ZIPPED)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET", "POST"]
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
