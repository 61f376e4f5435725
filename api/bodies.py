"""Take the body of a request, and no more of it than is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.errors import TooMuch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

__all__ = ["read_body", "save_body"]


async def read_body(request: Request, *, most_bytes: int) -> bytes:
    """Return a body; TooMuch as soon as it is known to be longer than allowed."""
    return b"".join([piece async for piece in _pieces(request, most_bytes)])


async def save_body(request: Request, path: Path, *, most_bytes: int) -> None:
    """Write a body to a file piece by piece; TooMuch where it is longer than allowed."""
    with path.open("wb") as file:
        async for piece in _pieces(request, most_bytes):
            file.write(piece)


async def _pieces(request: Request, most_bytes: int) -> AsyncIterator[bytes]:
    declared = request.headers.get("content-length", "")
    taken = 0
    if declared.isdecimal() and int(declared) > most_bytes:
        _refuse(most_bytes)
    async for piece in request.stream():
        taken += len(piece)
        if taken > most_bytes:
            _refuse(most_bytes)
        yield piece


def _refuse(most_bytes: int) -> None:
    msg = f"the body is longer than {most_bytes:,} bytes"
    raise TooMuch(msg)
