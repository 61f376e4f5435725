"""Put the headers on every response that keep a browser from being misused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "DATA_POLICY",
    "DOCS_POLICY",
    "PAGE_POLICY",
    "PLAIN_HEADERS",
    "SecurityHeaders",
    "frame_policy",
]

#: Data is never a page: nothing may run in it or frame it.
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
#: Our own pages load only what this server serves, and run no inline script or style.
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
#: Swagger UI writes style attributes and draws its icons from data URLs.
DOCS_POLICY: Final = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
#: The same as bytes, with the policy of data: for answers that pass no other layer.
PLAIN_HEADERS: Final = tuple(
    (name.encode(), value.encode())
    for name, value in {**_ALWAYS, "content-security-policy": DATA_POLICY}.items()
)


def frame_policy(ancestors: Sequence[str]) -> str:
    """Return the policy of a map page, which itself says what may run in it.

    Examples
    --------
    >>> frame_policy(["'self'", "https://portal.example.gov.cn"])
    "frame-ancestors 'self' https://portal.example.gov.cn"
    """
    sources = " ".join(ancestors) or "'none'"
    return f"frame-ancestors {sources}"


class SecurityHeaders:
    """Wrap an app so that each response carries the headers; a route's own policy stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", DATA_POLICY)
            await send(message)

        await self.app(scope, receive, send_with_headers)
