"""Hold the pages and their assets as package data, and read them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_page", "static_folder", "swagger_folder"]

_PACKAGE: Final = "api.pages"


def read_page(name: str) -> str:
    """Return a page's HTML; KeyError for a page that does not exist."""
    page = files(_PACKAGE) / f"{name}.html"
    if not page.is_file():
        raise KeyError(name)
    return page.read_text(encoding="utf-8")


def static_folder() -> Path:
    """Return the folder of the pages' scripts and styles."""
    folder: Path = files(_PACKAGE) / "static"  # type: ignore[assignment]
    return folder


def swagger_folder() -> Path:
    """Return the folder of Swagger UI's files, from the wheel that carries them."""
    folder: Path = files("fastapi_offline") / "static"  # type: ignore[assignment]
    return folder
