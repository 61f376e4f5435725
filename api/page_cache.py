"""Keep the map pages that were asked for last, each made once."""

from __future__ import annotations

from asyncio import Lock
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from pathlib import Path

    from gis.plan_data import Plan
    from maps.options import PageOptions

__all__ = ["MapPages"]


class MapPages:
    """The map pages of one plan by their options.

    Parameters
    ----------
    path
        The plan file to draw; read when a page is first asked for.
    kept
        How many pages are kept; the one not asked for longest goes first.
    keeps
        What must live as long as this does.
    """

    def __init__(self, path: Path, *, kept: int, keeps: object = None) -> None:
        self._path = path
        self._plan: Plan | None = None
        self._kept = kept
        self._keeps = keeps
        self._pages: OrderedDict[PageOptions, bytes] = OrderedDict()
        self._making = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    async def get(self, options: PageOptions) -> bytes:
        """Return a page, made off the event loop and one at a time where it is new."""
        page = self._pages.get(options)
        if page is None:
            async with self._making:
                page = self._pages.get(options)
                if page is None:
                    page = await run_in_threadpool(self._make, options)
                    self._pages[options] = page
        self._pages.move_to_end(options)
        while len(self._pages) > self._kept:
            self._pages.popitem(last=False)
        return page

    def _make(self, options: PageOptions) -> bytes:
        # Reading plans and drawing maps takes a second to load, so who only looks up waits less.
        from gis.io.plan_file import read_plan  # noqa: PLC0415
        from maps.page import map_page  # noqa: PLC0415

        if self._plan is None:
            self._plan = read_plan(self._path)
        return map_page(self._plan, options).encode()
