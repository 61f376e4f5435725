"""Ask a matcher as the scorer wants to be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.score import Reply

from gis.lookup.decision import decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.lookup.answer import Alternative
    from gis.lookup.locator import Locator


def asker(locator: Locator) -> Callable[[str], Reply]:
    """Return what answers the corpus's texts by a locator."""

    def ask(text: str) -> Reply:
        decision = decide(locator.addresses.matcher, text, locator.grids)
        if decision is None:
            return Reply("none")
        home = decision.home
        return Reply(
            "ask" if decision.asks else decision.level,
            home.home_id if home else None,
            decision.stairwell or None,
            decision.room or None,
            decision.confidence,
            [_offer(option) for option in decision.alternatives],
            decision.place or None,
        )

    return ask


def _offer(option: Alternative) -> tuple[str | None, str | None, str | None] | str:
    if option.building_id:
        return option.building_id, option.stairwell or None, option.room or None
    return option.place or option.address
