"""Let browsers and gateways keep what has not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["not_modified", "validators"]


def validators(etag: str) -> dict[str, str]:
    """Return the headers of what may be kept, but must be asked about each time."""
    return {"etag": etag, "cache-control": "no-cache"}


def not_modified(request: Request, etag: str) -> bool:
    """Tell whether the asker already has this (RFC 9110, If-None-Match, weak comparison).

    A proxy that compresses may weaken an entity tag, so W/ in front makes no difference.
    """
    asked = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return etag in tags or "*" in tags
