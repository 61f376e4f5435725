"""Say which release is valid when; pure, so that every store agrees."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read where catalogues are
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Release", "added", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One publication of a plan.

    Parameters
    ----------
    number
        Counts publications, from 1.
    plan_id
        The plan.
    folder
        Where it lies, as the store names it.
    versions
        Community to the version of its plan: from 1, and one more at each publication.
    valid_from, valid_until
        First and last day, as 2026-11-22. `valid_until` is None where no end is set, and before
        `valid_from` where another release took its place from the first day.
    published
        When it was published, in UTC.
    """

    number: int
    plan_id: str
    folder: str
    versions: Mapping[str, int] = field(default_factory=dict)
    valid_from: str
    valid_until: str | None = None
    published: str

    def holds(self, day: str) -> bool:
        """Tell whether this is the release of a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def current(releases: Iterable[Release], day: date) -> Release | None:
    """Return the release of a day; None before the first one.

    Examples
    --------
    >>> first = Release(number=1, plan_id="a", folder="1", valid_from="2026-01-01", published="")
    >>> second = replace(first, number=2, valid_from="2026-06-01")
    >>> [r.valid_until for r in added([first], second)]
    ['2026-05-31', None]
    >>> [r and r.number for r in (current([first], date(2025, 1, 1)),
    ...     current(added([first], second), date(2026, 6, 1)))]
    [None, 2]
    """
    text = day.isoformat()
    return next((release for release in releases if release.holds(text)), None)


def added(releases: Sequence[Release], new: Release) -> tuple[Release, ...]:
    """Return the releases with a new one, each ending the day before the next begins.

    Versions are counted on for each community. Of two that begin on one day the later
    publication holds.
    """
    versions = {
        code: 1 + max((other.versions.get(code, 0) for other in releases), default=0)
        for code in new.versions
    }
    every = sorted((*releases, replace(new, versions=versions)), key=lambda r: r.number)
    return tuple(_ended(release, every) for release in every)


def _ended(release: Release, every: Sequence[Release]) -> Release:
    begins = [
        other.valid_from
        for other in every
        if (other.valid_from, other.number) > (release.valid_from, release.number)
    ]
    if not begins:
        return replace(release, valid_until=None)
    last = date.fromisoformat(min(begins)) - timedelta(days=1)
    return replace(release, valid_until=last.isoformat())
