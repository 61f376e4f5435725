"""State what a store of releases must do, whatever it keeps them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import date
    from pathlib import Path

    from api.store.catalogue import Release
    from api.store.desk import Desk

__all__ = ["Store"]


class Store(Protocol):
    """Where releases are kept, and the desk beside them."""

    def releases(self) -> tuple[Release, ...]:
        """Return every release, in the order of publication."""

    def current(self, on: date) -> Release | None:
        """Return the release of a day; None before the first one."""

    def stamp(self) -> Hashable:
        """Return what changes when the releases or the desk do; cheap, to be asked often."""

    def path(self, release: Release) -> Path:
        """Return the folder that a release can be opened in."""

    def publish(
        self,
        plan: Path,
        *,
        valid_from: date,
        area: str = "",
        replace: bool = False,
        tell: Callable[[str], None] = ...,
    ) -> Release:
        """Check a plan file, freeze it, and make it the release from a day on, in one step."""

    def desk(self) -> Desk:
        """Return the desk of rulings and reports."""
