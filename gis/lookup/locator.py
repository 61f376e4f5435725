"""Answer which grid an address or a point is in, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

import msgspec
import numpy as np
from pyproj import CRS, Transformer

from gis.datums import to_wgs84
from gis.lookup.address_answers import AddressSource
from gis.lookup.book import AddressBook
from gis.lookup.facts import Facts, GridRefs, Published
from gis.lookup.fragments import open_array
from gis.lookup.head import ADDRESSES, FACTS, POINTS, read_head
from gis.lookup.matching import Matcher
from gis.lookup.people import Roster
from gis.lookup.point_answers import PointAnswers, PointSource
from gis.lookup.points import PointIndex
from gis.lookup.rulings import Followed, Rulings
from gis.lookup.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from gis.lookup.answer import Answer, CommunityRef, GridRef, Person
    from gis.lookup.rulings import Ruling
    from gis.plan_data import Plan

__all__ = ["AskedDatum", "Locator"]

AskedDatum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]

#: Positions of phones are good to 5 to 10 metres in the open.
NEAR_BORDER_M: Final = 10.0
_SHIFTED: Final = ("gcj02", "bd09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Look up places in one plan; made by `open` or `from_plan`, then only read.

    Parameters
    ----------
    points
        What answers points, and holds the facts, people and rulings.
    addresses
        What answers addresses, and holds the plan's address book.
    communities, grids
        What the plan holds, by code.
    to_plan
        Degrees of WGS 84 to metres of the plan's CRS.
    anchors
        A point in each micro-grid, shape (n, 2), metres.
    today
        Tells the day that is meant where none is asked for.
    report_base
        What the address of the page for reports begins with; None where nobody takes any.
    keeps
        What must live as long as this does.

    Examples
    --------
    >>> locator = Locator.open("releases/0001-2c4b3a")  # doctest: +SKIP
    >>> locator.locate_address("芳华苑3幢2单元501室").micro.name  # doctest: +SKIP
    '第9网格第6微网格'
    """

    points: PointSource
    addresses: AddressSource
    communities: Mapping[str, CommunityRef]
    grids: Mapping[str, GridRef]
    to_plan: Transformer
    anchors: NDArray[np.float64]
    today: Callable[[], date]
    report_base: str | None = None
    keeps: object = None

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        published: Mapping[str, Published] = MappingProxyType({}),
        near_border_m: float = NEAR_BORDER_M,
        today: Callable[[], date] = date.today,
    ) -> Locator:
        """Open a frozen release: its files are mapped, nothing is read but what is asked for.

        Parameters
        ----------
        folder
            What `gis.lookup.release.freeze` wrote.
        published
            Community to how its plan was published.
        near_border_m
            Metres from a border within which a point's answer is flagged.
        today
            Tells the day that is meant where none is asked for.

        Raises
        ------
        NotARelease
            If the folder is none, or of another version of wangge.
        """
        head, path = read_head(folder), Path(folder)
        facts = Facts.open(path / FACTS, head.communities, published)
        grids = GridRefs(facts)
        points = PointSource(
            facts=facts,
            roster=Roster.open(path / FACTS),
            micro=PointIndex.open(path / POINTS / "micro"),
            surroundings=Surroundings.open(path / FACTS, path / POINTS),
            near_border_m=near_border_m,
            plan_id=head.plan_id,
            data_date=head.data_date,
        )
        book = AddressBook.open(path / ADDRESSES)
        return cls(
            points=points,
            addresses=AddressSource(book=book, matcher=Matcher(book), grids=grids, points=points),
            communities=MappingProxyType({each.code: each for each in head.communities}),
            grids=grids,
            to_plan=Transformer.from_crs("EPSG:4326", CRS.from_wkt(head.crs), always_xy=True),
            anchors=open_array(path / FACTS, "micro_anchor"),
            today=today,
        )

    @classmethod
    def from_plan(
        cls,
        plan: Plan,
        *,
        area: str = "",
        near_border_m: float = NEAR_BORDER_M,
        today: Callable[[], date] = date.today,
    ) -> Locator:
        """Freeze a plan into a folder of its own, which goes when the locator goes, and open it."""
        # Freezing loads much that looking up does not need.
        from gis.lookup.frozen import frozen_folder  # noqa: PLC0415

        frozen = frozen_folder(plan, area=area)
        made = cls.open(frozen.path, near_border_m=near_border_m, today=today)
        return replace(made, keeps=frozen)

    @property
    def plan_id(self) -> str:
        """The plan that answers."""
        return self.points.plan_id

    @property
    def data_date(self) -> str:
        """The day of its data."""
        return self.points.data_date

    def following(self, rulings: Iterable[Ruling]) -> Locator:
        """Return a locator that follows rulings; those it has no grid for are `rulings.stray`."""
        points = replace(self.points, rulings=Rulings(self._follow(each) for each in rulings))
        return replace(self, points=points, addresses=replace(self.addresses, points=points))

    @property
    def rulings(self) -> Rulings:
        """The rulings that are followed."""
        return self.points.rulings

    def locate_address(self, text: str, *, on: date | None = None) -> Answer:
        """Find an address: exactly, or as far as it is known, or by asking back.

        Parameters
        ----------
        text
            As people type it; see `gis.lookup.addresses.parse`.
        on
            The day whose people and rulings are meant; today where left out.

        Returns
        -------
        The answer. Where the address fits several micro-grids there is no `micro`, the
        confidence is low, and `alternatives` can be asked in their turn.
        """
        report_url = self._report_url(f"address={quote(text)}")
        return self.addresses.locate(text, report_url, on=self._day(on))

    def locate_addresses(self, texts: Iterable[str], *, on: date | None = None) -> list[Answer]:
        """Find many addresses, one answer each, in their order."""
        return [self.locate_address(text, on=on) for text in texts]

    def encode_address(self, text: str, *, on: date | None = None) -> bytes:
        """Find an address; return the answer as JSON."""
        return msgspec.json.encode(self.locate_address(text, on=on))

    def locate_point(
        self, lon: float, lat: float, *, datum: AskedDatum | None = None, on: date | None = None
    ) -> Answer:
        """Find the grid of a point in degrees.

        Parameters
        ----------
        lon, lat
            Degrees; WGS 84 or CGCS2000 unless `datum` says otherwise.
        datum
            "gcj02" (AMap, Tencent) and "bd09" (Baidu) are converted.
        on
            The day whose people and rulings are meant; today where left out.
        """
        return self.locate_points([lon], [lat], datum=datum, on=on)[0]

    def encode_point(
        self, lon: float, lat: float, *, datum: AskedDatum | None = None, on: date | None = None
    ) -> bytes:
        """Find the grid of a point in degrees; return the answer as JSON, the quickest way."""
        query, report_url = f"{lon:.6f},{lat:.6f}", self._report_point(lon, lat, datum)
        if datum in _SHIFTED:
            lon, lat = (float(each) for each in to_wgs84(lon, lat, datum=datum))
        x, y = self.to_plan.transform(lon, lat)
        return self.points.encode(self.points.hit(x, y), query, report_url, on=self._day(on))

    def locate_points(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        datum: AskedDatum | None = None,
        on: date | None = None,
    ) -> PointAnswers:
        """Find the grids of many points in degrees at once, in their order.

        Returns
        -------
        A sequence of answers, each made when it is asked for; its `columns` make none.
        """
        lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        pairs = list(zip(lons.tolist(), lats.tolist(), strict=True))
        queries = [f"{a:.6f},{b:.6f}" for a, b in pairs]
        report_urls = [self._report_point(a, b, datum) for a, b in pairs]
        if datum in _SHIFTED:
            lons, lats = to_wgs84(lons, lats, datum=datum)
        x, y = self.to_plan.transform(lons, lats)
        hits = self.points.hits(np.asarray(x), np.asarray(y))
        return PointAnswers(self.points, hits, queries, report_urls, on=self._day(on))

    def locate_xy(self, x: float, y: float) -> Answer:
        """Find the grid of a point in metres of the plan's CRS."""
        hits = self.points.hits(np.array([x]), np.array([y]))
        query = f"{x:.3f},{y:.3f}"
        return PointAnswers(self.points, hits, [query], [""], on=self._day(None))[0]

    def people_of(self, code: str, *, on: date | None = None) -> tuple[Person, ...]:
        """Return who answers for a grid, from its community down; empty for no known code."""
        facts, roster = self.points.facts, self.points.roster
        micro, large = facts.micro_codes.find(code), facts.large_codes.find(code)
        if micro < 0 and large < 0:
            return ()
        large = facts.parents(micro)[1] if micro >= 0 else large
        served = {
            "community": facts.communities[int(facts.large_community.item(large))].code,
            "large": facts.large_codes.name(large),
            "micro": code if micro >= 0 else "",
        }
        return roster.chain(served, on=on or self.today())

    def anchor(self, code: str) -> tuple[float, float]:
        """Return a point in a micro-grid in degrees; KeyError for no known code."""
        micro = self.points.facts.micro_codes.find(code)
        if micro < 0:
            raise KeyError(code)
        x, y = self.anchors[micro].tolist()
        lon, lat = self.to_plan.transform(x, y, direction="INVERSE")
        return float(lon), float(lat)

    def _follow(self, ruling: Ruling) -> Followed:
        """Find what a ruling comes to in this release."""
        facts = self.points.facts
        x, y = self.to_plan.transform(ruling.anchor_lon, ruling.anchor_lat)
        named, there = facts.micro_codes.find(ruling.code), self.points.micro.find_one(x, y)
        stays = named >= 0 and there in (named, -1)
        micro = named if stays else there
        if ruling.address:
            return Followed(ruling, micro, not stays, keys=self.addresses.keys(ruling.address))
        x, y = self.to_plan.transform(ruling.lon, ruling.lat)
        return Followed(ruling, micro, not stays, x=x, y=y)

    def _day(self, on: date | None) -> str:
        return (on or self.today()).isoformat()

    def _report_point(self, lon: float, lat: float, datum: AskedDatum | None) -> str:
        if self.report_base is None:
            return ""
        shifted = f"&datum={datum}" if datum in _SHIFTED else ""
        return self._report_url(f"lon={lon:.6f}&lat={lat:.6f}{shifted}")

    def _report_url(self, question: str) -> str:
        return "" if self.report_base is None else f"{self.report_base}?wrong=1&{question}"
