"""Keep the map pages that were asked for last, each made once."""

from __future__ import annotations

from asyncio import Lock
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from maps.page import PageOptions, map_page

if TYPE_CHECKING:
    from gis.plan_data import Plan

__all__ = ["MapPages"]


class MapPages:
    """The map pages of one plan by their options.

    Parameters
    ----------
    plan
        The plan to draw.
    kept
        How many pages are kept; the one not asked for longest goes first.
    """

    def __init__(self, plan: Plan, *, kept: int) -> None:
        self._plan = plan
        self._kept = kept
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
                    text = await run_in_threadpool(map_page, self._plan, options)
                    page = text.encode()
                    self._pages[options] = page
        self._pages.move_to_end(options)
        while len(self._pages) > self._kept:
            self._pages.popitem(last=False)
        return page
