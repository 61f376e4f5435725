"""Answer points: columns for tables, JSON for servers, and answers where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

import msgspec
import numpy as np

from gis.lookup.answer import Answer, GridRef
from gis.lookup.messages import sentence
from gis.lookup.rulings import Rulings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from gis.lookup.answer import Reason
    from gis.lookup.facts import Facts
    from gis.lookup.people import Roster
    from gis.lookup.points import PointIndex
    from gis.lookup.rulings import Followed
    from gis.lookup.surroundings import Surroundings

__all__ = ["RULED", "Hit", "PointAnswers", "PointSource"]

NEAR_BORDER_CONFIDENCE: Final = 0.7
#: How sure an answer by a ruling is.
RULED: Final = 0.99
_ON_BORDER_M: Final = 0.001
#: An alternative that is no address: another grid.
_GRIDS_ALONE: Final = (
    b'{"address":"","large":%b,"micro":%b,"building_id":"","stairwell":"","room":"","place":""}'
)
#: Places whose names and people are kept as they were last written: what many ask about.
_KEPT: Final = 8192
_BLANK: Final = b'"building":%b,"stairwell":null,"people":[%b],%b,"ruling":%b,"alternatives":[%b],'
_NOWHERE: Final = b'"community":null,"large":null,"micro":null'
_NO_FACTS: Final = b'"walk_m":null,"lacks":[]'
#: People named where nothing is known of the place: the communities' own, no more than these.
MOST_PEOPLE: Final = 20


class Hit(NamedTuple):
    """Where one point lies: positions, -1 for none, and metres, NaN where not known."""

    x: float
    y: float
    micro: int
    cell: int
    building: int
    border_m: float
    nearest: int
    outside_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSource:
    """What answers points: the indexes of a release, its facts and its people.

    Parameters
    ----------
    facts, roster, micro, surroundings
        The release's.
    near_border_m
        Metres from a border within which an answer is flagged.
    plan_id, data_date
        The plan's.
    rulings
        What beats the polygons.
    """

    facts: Facts
    roster: Roster
    micro: PointIndex
    surroundings: Surroundings
    near_border_m: float
    plan_id: str
    data_date: str
    rulings: Rulings = field(default_factory=Rulings)
    _known: Callable[[int, int, int, str], tuple[bytes, bytes, int | None]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", lru_cache(_KEPT)(self._about))

    def hit(self, x: float, y: float) -> Hit:
        """Find what one point lies in; metres in the plan's CRS."""
        micro = self.micro.find_one(x, y)
        if micro < 0:
            return self.hits(np.array([x]), np.array([y])).row(0)
        border_m = self.micro.border_one(x, y, micro)
        around = self.surroundings
        cell, building = around.cells.find_one(x, y), around.footprints.find_one(x, y)
        return Hit(x, y, micro, cell, building, border_m, -1, np.nan)

    def hits(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Hits:
        """Find what many points lie in."""
        micro = np.array(self.micro.find(x, y))
        nearest, outside_m = np.full(len(x), -1), np.full(len(x), np.nan)
        out = np.flatnonzero(micro < 0)
        if len(out):
            nearest[out], outside_m[out] = self.micro.nearest(x[out], y[out])
            # The north and east border of the whole belongs to nobody by the half-open rule.
            on_border = out[outside_m[out] <= _ON_BORDER_M]
            micro[on_border] = nearest[on_border]
        return Hits(
            x=x,
            y=y,
            micro=micro,
            cell=self.surroundings.cells.find(x, y),
            building=self.surroundings.footprints.find(x, y),
            border_m=self.micro.border_m(x, y, micro),
            nearest=nearest,
            outside_m=outside_m,
        )

    def encode(self, hit: Hit, query: str, report_url: str, *, on: str) -> bytes:
        """Write the answer of one point as JSON, made of what was written at publish.

        Parameters
        ----------
        hit
            Where it lies.
        query, report_url
            As the answer has them; nothing in them needs escaping.
        on
            The day that is asked about, as 2026-11-22.
        """
        if hit.micro < 0 and not (len(self.rulings) and hit.nearest >= 0):
            return self._outside(hit, query, report_url, on=on)
        followed = self._ruling(hit, on=on) if len(self.rulings) else None
        if followed is None and hit.micro < 0:
            return self._outside(hit, query, report_url, on=on)
        return self._inside(hit, followed, query, report_url, on=on)

    def _inside(
        self, hit: Hit, followed: Followed | None, query: str, report_url: str, *, on: str
    ) -> bytes:
        around = self.surroundings
        micro = followed.micro if followed else hit.micro
        near = not followed and hit.border_m < self.near_border_m
        building = around.buildings[hit.building] if hit.building >= 0 else b"null"
        place, people, version = self._known(
            micro,
            around.cell_posts.item(hit.cell) if hit.cell >= 0 else -1,
            around.building_posts.item(hit.building) if hit.building >= 0 else -1,
            on,
        )
        ruling, reason = b"null", b"near-border" if near else b"found"
        if followed:
            ruling = msgspec.json.encode(followed.ref)
            reason = b"ruled-moved" if followed.moved else b"ruled"
        return b"%b%b,%b%b%b" % (
            _head(query, b"point", reason, _CONFIDENCE[reason]),
            place,
            _BLANK
            % (
                building,
                people,
                self._cell_facts(hit.cell, micro),
                ruling,
                self._neighbours(hit) if near else b"",
            ),
            b'"border_m":null,"near_border":false,"outside_m":null,'
            if followed
            else b'"border_m":%b,"near_border":%b,"outside_m":null,'
            % (repr(round(hit.border_m, 3)).encode(), b"true" if near else b"false"),
            self._tail(version, report_url),
        )

    def _about(
        self, micro: int, compound: int, building: int, on: str
    ) -> tuple[bytes, bytes, int | None]:
        """Return what a micro-grid lies in, who answers there, and its plan's version.

        `compound` and `building` are the groups of who serves them.
        """
        facts = self.facts
        community, large = facts.parents(micro)
        by_community, by_large, by_micro = self.roster.of_grids
        groups = (
            by_community.item(community),
            by_large.item(large),
            compound,
            by_micro.item(micro),
            building,
        )
        people = self.roster.encoded(groups, on=on) or self.community_people(on=on)
        return facts.place_json(micro), people, facts.published[community].version

    def _outside(self, hit: Hit, query: str, report_url: str, *, on: str) -> bytes:
        nearest = hit.nearest
        away = repr(round(hit.outside_m, 3)).encode() if np.isfinite(hit.outside_m) else b"null"
        people = self.community_people(on=on)
        if nearest >= 0:
            community, _ = self.facts.parents(nearest)
            group = self.roster.of_grids[0].item(community)
            people = self.roster.encoded((group,), on=on) or people
        other = self._alternative(nearest) if nearest >= 0 else b""
        return b"%b%b,%b%b%b" % (
            _head(query, b"none", b"outside", b"0.0"),
            _NOWHERE,
            _BLANK % (b"null", people, _NO_FACTS, b"null", other),
            b'"border_m":null,"near_border":false,"outside_m":%b,' % away,
            self._tail(None, report_url),
        )

    def community_people(self, *, on: str) -> bytes:
        """Return the communities' own people as JSON: whom to call where nothing is known."""
        texts: list[bytes] = []
        for group in self.roster.of_grids[0].tolist():
            text = self.roster.encoded((group,), on=on)
            texts += [text] if text else []
            if len(texts) == MOST_PEOPLE:
                break
        return b",".join(texts)

    def _ruling(self, hit: Hit, *, on: str) -> Followed | None:
        around = self.surroundings
        name = around.building(hit.building).building_id if hit.building >= 0 else ""
        return self.rulings.for_point(hit.x, hit.y, name, on=on)

    def _cell_facts(self, cell: int, micro: int) -> bytes:
        """Return the walk and the lacks of an atom; no walk where another grid is answered."""
        if cell < 0:
            return _NO_FACTS
        facts = self.facts
        if facts.atom_micro.item(cell) == micro:
            return facts.atoms[cell]
        lacks = msgspec.json.decode(b"{%b}" % facts.atoms[cell])["lacks"]
        return b'"walk_m":null,"lacks":' + msgspec.json.encode(lacks)

    def _neighbours(self, hit: Hit) -> bytes:
        near = self.micro.within(hit.x, hit.y, self.near_border_m)
        return b",".join(self._alternative(each) for each in near if each != hit.micro)

    def _alternative(self, micro: int) -> bytes:
        _, large = self.facts.parents(micro)
        return _GRIDS_ALONE % (
            self.facts.large_json(large),
            self.facts.micro_json(micro),
        )

    def _tail(self, version: int | None, report_url: str) -> bytes:
        return b'"plan_id":"%b","version":%b,"data_date":"%b","report_url":"%b"}' % (
            self.plan_id.encode(),
            b"null" if version is None else str(version).encode(),
            self.data_date.encode(),
            report_url.encode(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Where many points lie: the columns of `Hit`, each of shape (n,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    micro: NDArray[np.int64]
    cell: NDArray[np.int64]
    building: NDArray[np.int64]
    border_m: NDArray[np.float64]
    nearest: NDArray[np.int64]
    outside_m: NDArray[np.float64]

    def row(self, at: int) -> Hit:
        """Return one point's."""
        return Hit(
            self.x.item(at),
            self.y.item(at),
            self.micro.item(at),
            self.cell.item(at),
            self.building.item(at),
            self.border_m.item(at),
            self.nearest.item(at),
            self.outside_m.item(at),
        )


class PointAnswers(Sequence[Answer]):
    """The answers of many points, in their order; each is made when it is asked for.

    Parameters
    ----------
    source
        What answers.
    hits
        Where the points lie.
    queries, report_urls
        What each answer says of its question.
    on
        The day that is asked about.
    """

    def __init__(
        self,
        source: PointSource,
        hits: Hits,
        queries: Sequence[str],
        report_urls: Sequence[str],
        *,
        on: str,
    ) -> None:
        self._source = source
        self.hits = hits
        self._queries = queries
        self._report_urls = report_urls
        self._on = on

    def __len__(self) -> int:
        return len(self._queries)

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> list[Answer]: ...
    def __getitem__(self, at: int | slice) -> Answer | list[Answer]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return msgspec.json.decode(self.encoded(range(len(self))[at]), type=Answer)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def encoded(self, at: int) -> bytes:
        """Return one answer as JSON."""
        hit = self.hits.row(at)
        return self._source.encode(hit, self._queries[at], self._report_urls[at], on=self._on)

    def columns(self) -> Mapping[str, NDArray[Any]]:
        """Return what a table says of every point, as columns of shape (n,).

        Returns
        -------
        `match_level`, `confidence`, `reason`, `large_code`, `large_name`, `micro_code`,
        `micro_name` (empty where a point lies in no grid), `border_m`, `outside_m` (NaN where
        there is none). Each grid is read once, however many points lie in it.
        """
        micro, near_m = self.hits.micro.copy(), self._source.near_border_m
        reason = np.where(self.hits.border_m < near_m, "near-border", "found").astype(object)
        reason[micro < 0] = "outside"
        if len(self._source.rulings):
            for at in range(len(self)):
                followed = self._source._ruling(self.hits.row(at), on=self._on)  # noqa: SLF001
                if followed:
                    micro[at] = followed.micro
                    reason[at] = "ruled-moved" if followed.moved else "ruled"
        sure = {name.decode(): float(value) for name, value in _CONFIDENCE.items()}
        found, which = np.unique(micro, return_inverse=True)
        names = np.array([self._names(int(each)) for each in found], dtype=object).reshape(-1, 4)
        large_code, large_name, micro_code, micro_name = names[which].T
        return {
            "match_level": np.where(micro < 0, "none", "point"),
            "confidence": np.array([sure[each] for each in reason], dtype=float),
            "reason": reason,
            "large_code": large_code,
            "large_name": large_name,
            "micro_code": micro_code,
            "micro_name": micro_name,
            "border_m": self.hits.border_m,
            "outside_m": np.where(micro < 0, self.hits.outside_m, np.nan),
        }

    def _names(self, micro: int) -> tuple[str, str, str, str]:
        if micro < 0:
            return ("", "", "", "")
        facts = self._source.facts
        small = msgspec.json.decode(facts.micro_json(micro), type=GridRef)
        large = msgspec.json.decode(facts.large_json(facts.parents(micro)[1]), type=GridRef)
        return (large.code, large.name, small.code, small.name)


def _message(reason: Reason) -> bytes:
    return msgspec.json.encode(sentence(reason))


_MESSAGES: Final = {
    b"found": _message("found"),
    b"near-border": _message("near-border"),
    b"outside": _message("outside"),
    b"ruled": _message("ruled"),
    b"ruled-moved": _message("ruled-moved"),
}
_CONFIDENCE: Final = {
    b"found": b"1.0",
    b"near-border": repr(NEAR_BORDER_CONFIDENCE).encode(),
    b"outside": b"0.0",
    b"ruled": repr(RULED).encode(),
    b"ruled-moved": repr(RULED).encode(),
}


def _head(query: str, level: bytes, reason: bytes, confidence: bytes) -> bytes:
    return (
        b'{"query":"%b","match_level":"%b","confidence":%b,"reason":"%b","message":%b,'
        b'"address_normalised":"","parts":null,'
        % (query.encode(), level, confidence, reason, _MESSAGES[reason])
    )
