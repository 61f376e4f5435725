"""Answer from the release of each day, and pick up what is published while the server runs."""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import date
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from api.served import Served, open_plan, open_release
from api.store.catalogue import current
from api.store.errors import NoPlanThen
from gis.errors import WanggeError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from api.settings import Settings
    from api.store.catalogue import Release
    from api.store.desk import Desk
    from api.store.folder import FolderStore
    from gis.lookup.rulings import Ruling

__all__ = ["OnePlan", "Publications", "Published", "publications"]

#: The catalogue is looked at no more often than this.
LOOK_SECONDS: Final = 1.0
#: Releases of other days than today that are kept open.
_KEPT: Final = 4
_LOG: Final = logging.getLogger("wangge.api")


class Publications(Protocol):
    """What a server answers from."""

    def served(self, on: date | None = None) -> Served:
        """Return what answers for a day, today where none is given; NoPlanThen where none does."""

    def desk(self) -> Desk | None:
        """Return where reports go; None where nobody takes any."""


class OnePlan:
    """A plan file that nobody published: it answers for every day, and takes no reports."""

    def __init__(self, settings: Settings) -> None:
        self._served = open_plan(settings.plan, kept=settings.map_pages_kept)

    def served(self, on: date | None = None) -> Served:  # noqa: ARG002 - as the protocol asks
        """Return the plan."""
        return self._served

    def desk(self) -> None:
        """Return none."""
        return


class Published:
    """The releases of a folder.

    The catalogue and the desk are looked at when somebody asks, at most once a second; a request
    that has begun keeps the release it began with.

    Parameters
    ----------
    store
        Where they lie.
    settings
        The server's.

    Raises
    ------
    NotAFolder, NotARelease, NoPlanThen
        If there is nothing to answer from.
    """

    def __init__(self, store: FolderStore, settings: Settings) -> None:
        self._store = store
        self._kept = settings.map_pages_kept
        self._report_base = f"{settings.public_url.rstrip('/')}/" if settings.public_url else ""
        self._lock = Lock()
        self._opened: OrderedDict[Hashable, Served] = OrderedDict()
        self._following: OrderedDict[Hashable, Served] = OrderedDict()
        self._rulings: tuple[Ruling, ...] = ()
        self._releases: tuple[Release, ...] = ()
        self._stamp: Hashable = None
        self._next_look = 0.0
        self._today: tuple[date, Served] | None = None
        self._look()
        self.served()

    def served(self, on: date | None = None) -> Served:
        """Return what answers for a day, today where none is given.

        Raises
        ------
        NoPlanThen
            If no release is valid then.
        """
        if monotonic() >= self._next_look:
            self._look()
        today = date.today()  # noqa: DTZ011 - plans begin on days of this place
        known = self._today
        if known and known[0] == today and on in (None, today):
            return known[1]
        found = self._of_day(on or today)
        if on in (None, today):
            self._today = (today, found)
        return found

    def desk(self) -> Desk:
        """Return where reports go."""
        return self._store.desk()

    def _of_day(self, day: date) -> Served:
        release = current(self._releases, day)
        if release is None:
            msg = f"no published plan is valid on {day.isoformat()}"
            raise NoPlanThen(msg)
        with self._lock:
            key = _key(release)
            found = self._following.get(key)
            if found is None:
                found = self._open(release).following(self._rulings)
                self._following[key] = found
            self._following.move_to_end(key)
            for kept in (self._following, self._opened):
                while len(kept) > _KEPT:
                    kept.popitem(last=False)
            return found

    def _open(self, release: Release) -> Served:
        key = _key(release)
        found = self._opened.get(key)
        if found is None:
            found = self._opened[key] = open_release(
                self._store.path(release),
                self._store.plan(release),
                release,
                kept=self._kept,
                report_base=self._report_base,
            )
        self._opened.move_to_end(key)
        return found

    def _look(self) -> None:
        """Read the catalogue and the desk again where they changed; keep the old where broken."""
        self._next_look = monotonic() + LOOK_SECONDS
        stamp = self._store.stamp()
        if stamp == self._stamp:
            return
        try:
            releases, rulings = self._store.releases(), self._store.desk().rulings()
        except WanggeError:
            if not self._releases:
                raise
            _LOG.exception("the catalogue cannot be read; answering as before")
            return
        with self._lock:
            self._stamp, self._releases, self._rulings = stamp, releases, rulings
            self._following.clear()
            before, self._today = self._today, None
        if before:
            self._renew(before)

    def _renew(self, before: tuple[date, Served]) -> None:
        """Open what is current now; keep what was where that fails."""
        try:
            self._today = (before[0], self._of_day(before[0]))
        except (WanggeError, OSError, ValueError):
            _LOG.exception("the new release cannot be opened; answering as before")
            self._today = before


def _key(release: Release) -> Hashable:
    """Name a release together with what its answers say of it."""
    return release.folder, release.valid_from, release.valid_until


def publications(settings: Settings) -> Publications:
    """Return what a server answers from: a folder of releases, or a plan file."""
    from api.store.folder import FolderStore  # noqa: PLC0415 - a plan file needs none of it

    if settings.plan.is_dir():
        return Published(FolderStore.open(settings.plan), settings)
    return OnePlan(settings)
