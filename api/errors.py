"""Turn every refusal into one shape: {"error": {"code", "message", "remedy"}}.

* ApiError
  x BadQuestion   a look-up that asks for nothing, or for two things at once
  x UnknownGrid   a code that the plan does not hold
  x TooOften      more reports than one asker may send
  x NotATable     a file that is no table of addresses or points
  x BadReport     a report that says nothing, or of nothing
  x NoDesk        a server of one plan file keeps no reports

What `gis.errors`, `maps.errors` and `api.store.errors` name is refused here too.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from api.store.errors import DeskFull, NoPlanThen, StoreError, TooMuch
from gis.errors import NotAPlan, WanggeError
from maps.errors import BadOptions, UnknownCode

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

__all__ = [
    "ApiError",
    "BadQuestion",
    "BadReport",
    "NoDesk",
    "NotATable",
    "TooOften",
    "UnknownGrid",
    "add_error_handlers",
]

_LOG: Final = logging.getLogger("wangge.api")


class ApiError(Exception):
    """The root of what the API itself refuses."""


class BadQuestion(ApiError, ValueError):
    """A look-up that asks for nothing, or for two things at once."""


class UnknownGrid(ApiError, LookupError):
    """A code that the plan does not hold."""


class TooOften(ApiError):
    """More reports than one asker may send."""


class NotATable(ApiError, ValueError):
    """A file that is no table of addresses or points."""


class BadReport(ApiError, ValueError):
    """A report that says nothing, or of nothing."""


class NoDesk(ApiError, LookupError):
    """A server of one plan file keeps no reports."""


class _Refusal(NamedTuple):
    status: int
    code: str
    remedy: str


#: What each error means over HTTP; the first class that fits decides.
_TABLE: Final[tuple[tuple[type[Exception], _Refusal], ...]] = (
    (
        BadQuestion,
        _Refusal(422, "bad-question", "give either address, or lon and lat in degrees"),
    ),
    (
        NoPlanThen,
        _Refusal(404, "no-plan-then", "leave `at` out, or ask for a day of a published plan"),
    ),
    (TooMuch, _Refusal(413, "too-much", "send less at once, in several requests")),
    (TooOften, _Refusal(429, "too-often", "wait an hour, or call the community")),
    (DeskFull, _Refusal(503, "desk-full", "call the community; its desk must be cleared first")),
    (
        NotATable,
        _Refusal(422, "not-a-table", "send CSV or .xlsx with a column address, or lon and lat"),
    ),
    (BadReport, _Refusal(422, "bad-report", "send text, and address or lon and lat, as JSON")),
    (NoDesk, _Refusal(404, "no-desk", "call the community")),
    (StoreError, _Refusal(503, "no-plan", "tell the operator: the folder cannot be read")),
    (UnknownGrid, _Refusal(404, "unknown-grid", "GET /v1/grids lists the codes of this plan")),
    (UnknownCode, _Refusal(404, "unknown-grid", "GET /v1/grids lists the codes of this plan")),
    (BadOptions, _Refusal(422, "bad-options", "see /docs for what the page may be asked for")),
    (NotAPlan, _Refusal(503, "no-plan", "tell the operator: the plan file cannot be read")),
    (WanggeError, _Refusal(500, "refused", "tell the operator what you asked for")),
)
_HTTP_REMEDIES: Final = {
    404: "see /docs for the addresses that exist",
    405: "see /docs for the methods that are allowed",
}


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of an app answer in the one shape."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ApiError, _known)
    app.add_exception_handler(WanggeError, _known)
    app.add_exception_handler(Exception, _unknown)


def error_response(status: int, code: str, message: str, remedy: str) -> JSONResponse:
    """Write one refusal."""
    body = {"error": {"code": code, "message": message, "remedy": remedy}}
    return JSONResponse(body, status_code=status)


async def _known(_: Request, error: Exception) -> JSONResponse:
    refusal = next(refusal for kind, refusal in _TABLE if isinstance(error, kind))
    return error_response(refusal.status, refusal.code, str(error), refusal.remedy)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Name the first parameter at fault; values are not repeated, they may be private."""
    faults: Any = error.errors() if isinstance(error, RequestValidationError) else []
    places = [f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in faults]
    message = "; ".join(places) or "the request is not valid"
    return error_response(422, "invalid-parameter", message, "see /docs for what is allowed")


async def _http(_: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    phrase = HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "-")
    return error_response(status, code, phrase, _HTTP_REMEDIES.get(status, "see /docs"))


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    """Say nothing of what went wrong inside; the log has it."""
    _LOG.error("request failed", exc_info=error)
    return error_response(500, "internal", "something went wrong here", "try again, then report it")
