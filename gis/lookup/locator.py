"""Answer which grid an address or a point is in, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from pyproj import Transformer

from gis.datums import to_wgs84
from gis.lookup.addresses import format_address, parse
from gis.lookup.answer import Alternative, Answer, BuildingRef, CommunityRef, GridRef
from gis.lookup.areas import strip_area
from gis.lookup.decision import Decision, decide
from gis.lookup.indexing import book_of_plan
from gis.lookup.matching import Matcher
from gis.lookup.messages import sentence
from gis.lookup.people import Roster
from gis.lookup.points import PointIndex
from gis.lookup.rows import rows_of
from gis.lookup.surroundings import Surroundings
from gis.lookup.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from gis.lookup.answer import Person, Reason
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids
    from gis.plan_data import Plan
    from gis.rules import Level

__all__ = ["AskedDatum", "Locator"]

AskedDatum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]

#: Positions of phones are good to 5 to 10 metres in the open.
NEAR_BORDER_M: Final = 10.0
_NEAR_BORDER_CONFIDENCE: Final = 0.7
_ON_BORDER_M: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Look up places in one plan; made by `from_plan`, then only read.

    Examples
    --------
    >>> from gis.io.plan_file import read_plan  # doctest: +SKIP
    >>> locator = Locator.from_plan(read_plan("plan.gpkg"))  # doctest: +SKIP
    >>> locator.locate_address("芳华苑3幢2单元501室").micro.name  # doctest: +SKIP
    '第9网格第6微网格'
    """

    plan_id: str
    data_date: str
    communities: Mapping[str, CommunityRef]
    grids: Mapping[str, GridRef]
    book: AddressBook
    matcher: Matcher
    roster: Roster
    micro: PointIndex
    codes: tuple[str, ...]
    parents: tuple[str, ...]
    surroundings: Surroundings
    to_plan: Transformer
    near_border_m: float
    today: Callable[[], date]

    @classmethod
    def from_plan(
        cls,
        plan: Plan,
        *,
        near_border_m: float = NEAR_BORDER_M,
        today: Callable[[], date] = date.today,
    ) -> Locator:
        """Index a plan.

        Parameters
        ----------
        plan
            A finished plan.
        near_border_m
            Metres from a border within which a point's answer is flagged.
        today
            Tells the day on which posts must be held.
        """
        book = book_of_plan(plan)
        info, micro = plan.info, plan.grids("micro").sort_values("code", kind="stable")
        return cls(
            plan_id=info.get("plan_id", ""),
            data_date=info.get("data_date", info.get("created", ""))[:10],
            communities={
                code: CommunityRef(code=code, name=name)
                for code, name in rows_of(plan["communities"], ("community_code", "name"))
            },
            grids=_grid_refs(plan),
            book=book,
            matcher=Matcher(book),
            roster=Roster.from_table(plan["people"]),
            micro=PointIndex.build(micro.geometry.to_numpy()),
            codes=tuple(micro["code"].tolist()),
            parents=tuple(micro["parent_code"].tolist()),
            surroundings=Surroundings.from_plan(plan),
            to_plan=Transformer.from_crs("EPSG:4326", plan.crs, always_xy=True),
            near_border_m=near_border_m,
            today=today,
        )

    def locate_address(self, text: str) -> Answer:
        """Find an address: exactly, or as far as it is known, or by asking back.

        Parameters
        ----------
        text
            As people type it; see `gis.lookup.addresses.parse`.

        Returns
        -------
        The answer. Where the address fits several micro-grids there is no `micro`, the
        confidence is low, and `alternatives` can be asked in their turn.
        """
        decision = decide(self.matcher, text, self.grids)
        if decision is None:
            known = self.book.is_unplaced(strip_area(normalise(text))[1])
            return self._answer(
                text,
                "no-place" if known else "unknown",
                address_normalised=format_address(parse(text)[0]),
                people=self._community_people(),
            )
        return self._decided(text, decision)

    def locate_addresses(self, texts: Iterable[str]) -> list[Answer]:
        """Find many addresses, one answer each, in their order."""
        return [self.locate_address(text) for text in texts]

    def locate_point(self, lon: float, lat: float, *, datum: AskedDatum | None = None) -> Answer:
        """Find the grid of a point in degrees.

        Parameters
        ----------
        lon, lat
            Degrees; WGS 84 or CGCS2000 unless `datum` says otherwise.
        datum
            "gcj02" (AMap, Tencent) and "bd09" (Baidu) are converted.
        """
        return self.locate_points([lon], [lat], datum=datum)[0]

    def locate_points(
        self, lon: ArrayLike, lat: ArrayLike, *, datum: AskedDatum | None = None
    ) -> list[Answer]:
        """Find the grids of many points in degrees, one answer each, in their order."""
        lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        queries = [f"{a:.6f},{b:.6f}" for a, b in zip(lons, lats, strict=True)]
        if datum in ("gcj02", "bd09"):
            lons, lats = to_wgs84(lons, lats, datum=datum)
        x, y = self.to_plan.transform(lons, lats)
        return self._points(queries, np.asarray(x), np.asarray(y))

    def locate_xy(self, x: float, y: float) -> Answer:
        """Find the grid of a point in metres of the plan's CRS."""
        return self._points([f"{x:.3f},{y:.3f}"], np.array([x]), np.array([y]))[0]

    def people_of(self, code: str) -> tuple[Person, ...]:
        """Return who answers for a grid, from its community down; empty for no known code."""
        grid = self.grids.get(code)
        if grid is None:
            return ()
        parent = dict(zip(self.codes, self.parents, strict=True)).get(code, "")
        large = parent if grid.level == "micro" else code
        served = {"large": large, "micro": code if grid.level == "micro" else ""}
        community = self.surroundings.community_of.get(large, "")
        return self.roster.chain({"community": community} | served, on=self.today())

    def _decided(self, text: str, decision: Decision) -> Answer:
        """Put an answer together from what was decided about an address."""
        home, grids = decision.home, decision.grids
        served = _served(grids)
        if decision.compound:
            served["compound"] = decision.compound
        if home:
            served["building"] = home.home_id
            if decision.stairwell:
                served["stairwell"] = f"{home.home_id}/{decision.stairwell}"
        return self._answer(
            text,
            decision.reason,
            match_level=decision.level,
            confidence=round(decision.confidence, 3),
            address_normalised=decision.address,
            building=home
            and BuildingRef(building_id=home.home_id, name=home.name, compound=home.compound),
            stairwell=decision.stairwell or None,
            alternatives=decision.alternatives,
            people=self.roster.chain(served, on=self.today()) or self._community_people(),
            **self._refs(served),
        )

    def _points(
        self, queries: list[str], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> list[Answer]:
        positions = self.micro.find(x, y)
        near, away_m = np.full(len(x), -1), np.full(len(x), np.nan)
        out = np.flatnonzero(positions < 0)
        near[out], away_m[out] = self.micro.nearest(x[out], y[out])
        # The north and east border of the whole belongs to nobody by the half-open rule.
        on_border = out[away_m[out] <= _ON_BORDER_M]
        positions[on_border] = near[on_border]
        border_m = self.micro.border_m(x, y, positions)
        return [
            self._inside(query, float(px), float(py), int(position), float(border))
            if position >= 0
            else self._outside(query, int(nearest), float(away))
            for query, px, py, position, border, nearest, away in zip(
                queries, x, y, positions, border_m, near, away_m, strict=True
            )
        ]

    def _inside(self, query: str, x: float, y: float, position: int, border_m: float) -> Answer:
        large = self.parents[position]
        place = self.surroundings.at(x, y)
        served = {
            "community": self.surroundings.community_of.get(large, ""),
            "large": large,
            "micro": self.codes[position],
            "compound": place.compound,
            "building": place.building.building_id if place.building else "",
        }
        near_border = border_m < self.near_border_m
        near = self.micro.within(x, y, self.near_border_m) if near_border else []
        return self._answer(
            query,
            "near-border" if near_border else "found",
            match_level="point",
            confidence=_NEAR_BORDER_CONFIDENCE if near_border else 1.0,
            building=place.building,
            people=self.roster.chain(served, on=self.today()) or self._community_people(),
            alternatives=tuple(self._alternative(p) for p in near if p != position),
            border_m=round(border_m, 3),
            near_border=near_border,
            **self._refs(served),
        )

    def _outside(self, query: str, nearest: int, outside_m: float) -> Answer:
        away = round(outside_m, 3) if np.isfinite(outside_m) else None
        return self._answer(
            query,
            "outside",
            people=self._community_people(),
            alternatives=(self._alternative(nearest),) if nearest >= 0 else (),
            outside_m=away,
        )

    def _alternative(self, position: int) -> Alternative:
        return Alternative(
            address="",
            large=self.grids.get(self.parents[position]),
            micro=self.grids[self.codes[position]],
        )

    def _refs(self, served: Mapping[str, str]) -> dict[str, Any]:
        return {
            "community": self.communities.get(served.get("community", "")),
            "large": self.grids.get(served.get("large", "")),
            "micro": self.grids.get(served.get("micro", "")),
        }

    def _community_people(self) -> tuple[Person, ...]:
        return self.roster.of_communities(self.communities, on=self.today())

    def _answer(self, query: str, reason: Reason, **known: Any) -> Answer:
        blank = Answer(
            query=query,
            match_level="none",
            confidence=0.0,
            reason=reason,
            message=sentence(reason),
            plan_id=self.plan_id,
            data_date=self.data_date,
        )
        return replace(blank, **known)


def _grid_refs(plan: Plan) -> Mapping[str, GridRef]:
    """Map the codes of both levels to the grids' names and kinds."""
    levels: tuple[Level, ...] = ("large", "micro")
    return MappingProxyType(
        {
            code: GridRef(code=code, name=name, kind=kind, level=level)
            for level in levels
            for code, name, kind in rows_of(plan.grids(level), ("code", "name", "kind"))
        }
    )


def _served(grids: tuple[Grids, ...]) -> dict[str, str]:
    """Name the community and grids that all of some atoms lie in."""
    return {
        level: next(iter(codes)) if len(codes := {getattr(g, level) for g in grids}) == 1 else ""
        for level in ("community", "large", "micro")
    }
