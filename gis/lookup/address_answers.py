"""Answer addresses: put together what was decided about one, or what is ruled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from gis.lookup.addresses import format_address, parse
from gis.lookup.answer import Answer, BuildingRef, Person
from gis.lookup.areas import strip_area
from gis.lookup.decision import decide
from gis.lookup.messages import sentence
from gis.lookup.parts import parts_of
from gis.lookup.people import LEVELS
from gis.lookup.point_answers import RULED
from gis.lookup.rulings import address_keys
from gis.lookup.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.lookup.addresses import ParsedAddress
    from gis.lookup.answer import GridRef
    from gis.lookup.book import AddressBook
    from gis.lookup.book_rows import Grids
    from gis.lookup.decision import Decision
    from gis.lookup.matching import Matcher
    from gis.lookup.point_answers import PointSource
    from gis.lookup.rulings import AddressKey, Followed

__all__ = ["AddressSource"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSource:
    """What answers addresses: the book of a release beside its facts and people.

    Parameters
    ----------
    book
        The plan's addresses.
    matcher
        What matches texts with them.
    grids
        Its grids by code.
    points
        What answers points of the same release, with its facts, people and rulings.
    """

    book: AddressBook
    matcher: Matcher
    grids: Mapping[str, GridRef]
    points: PointSource

    def locate(self, text: str, report_url: str, *, on: str) -> Answer:
        """Find an address; see `Locator.locate_address`.

        Parameters
        ----------
        text
            As people type it.
        report_url
            As the answer has it.
        on
            The day that is asked about, as 2026-11-22.
        """
        decision = decide(self.matcher, text, self.grids)
        reading = parse(text)[0]
        followed = self._ruling(reading, decision, on=on)
        if followed:
            known = self._ruled(reading, decision, followed, on=on)
        elif decision:
            known = self._decided(decision, on=on)
        else:
            known = self._unknown(text, reading, on=on)
        answer = Answer(
            query=text,
            match_level="none",
            confidence=0.0,
            reason="unknown",
            message="",
            plan_id=self.points.plan_id,
            data_date=self.points.data_date,
            report_url=report_url,
        )
        answer = replace(answer, **known)
        version = answer.large.version if answer.large else None
        return replace(answer, message=sentence(answer.reason), version=version)

    def keys(self, text: str) -> tuple[AddressKey, ...]:
        """Return the keys by which a ruling holds for an address; none where it names no place."""
        levels = _levels(parse(text)[0], decide(self.matcher, text, self.grids))
        return levels[0] if levels else ()

    def _unknown(self, text: str, reading: ParsedAddress, *, on: str) -> dict[str, Any]:
        unplaced = self.book.is_unplaced(strip_area(normalise(text))[1])
        return {
            "reason": "no-place" if unplaced else "unknown",
            "address_normalised": format_address(reading),
            "parts": parts_of(reading),
            "people": self._people({}, on=on),
        }

    def _decided(self, decision: Decision, *, on: str) -> dict[str, Any]:
        """Tell what was decided about an address."""
        served = _served(decision.grids)
        settled = bool(served["micro"])
        return {
            **self._found(decision),
            **self._grids(served),
            **(self._home_facts(decision) if settled else {}),
            "reason": decision.reason,
            "confidence": round(decision.confidence, 3),
            "alternatives": decision.alternatives,
            "people": self._people(served | _targets(decision), on=on),
        }

    def _ruled(
        self, reading: ParsedAddress, decision: Decision | None, followed: Followed, *, on: str
    ) -> dict[str, Any]:
        """Tell what was ruled about an address, known to the plan or not."""
        facts = self.points.facts
        community, large = facts.parents(followed.micro)
        served = {
            "community": facts.communities[community].code,
            "large": facts.large_codes.name(large),
            "micro": facts.micro_codes.name(followed.micro),
        }
        found = {
            "match_level": _depth(reading),
            "address_normalised": format_address(reading),
            "parts": parts_of(reading),
        }
        planned = {grids.micro for grids in decision.grids} if decision else set()
        home = self._home_facts(decision) if decision else {}
        if planned != {served["micro"]}:
            home |= {"walk_m": None}
        return {
            **(self._found(decision) if decision else found),
            **self._grids(served),
            **home,
            "reason": "ruled-moved" if followed.moved else "ruled",
            "confidence": RULED,
            "ruling": followed.ref,
            "people": self._people(served | (_targets(decision) if decision else {}), on=on),
        }

    def _found(self, decision: Decision) -> dict[str, Any]:
        """Tell what place it is."""
        home = decision.home
        return {
            "match_level": decision.level,
            "address_normalised": decision.address,
            "parts": parts_of(parse(decision.address)[0]),
            "building": home
            and BuildingRef(building_id=home.home_id, name=home.name, compound=home.compound),
            "stairwell": decision.stairwell or None,
        }

    def _grids(self, served: Mapping[str, str]) -> dict[str, Any]:
        communities = self.points.facts.communities
        return {
            "community": next((c for c in communities if c.code == served["community"]), None),
            "large": self.grids.get(served["large"]),
            "micro": self.grids.get(served["micro"]),
        }

    def _home_facts(self, decision: Decision) -> dict[str, Any]:
        """Tell the walk to the meeting point from a home, and what its circle lacks."""
        home, facts = decision.home, self.points.facts
        if home is None:
            return {}
        own = home.atom_of.get(decision.stairwell)
        atoms = (own,) if own else home.atom_of.values()
        return facts.home_facts(facts.atom_ids.find(atom) for atom in atoms)

    def _people(self, served: Mapping[str, str], *, on: str) -> tuple[Person, ...]:
        roster = self.points.roster
        groups = [roster.group(level, served.get(level, "")) for level in LEVELS]
        people = roster.encoded(groups, on=on) or self.points.community_people(on=on)
        return msgspec.json.decode(b"[%b]" % people, type=tuple[Person, ...])

    def _ruling(
        self, reading: ParsedAddress, decision: Decision | None, *, on: str
    ) -> Followed | None:
        """Find the ruling about an address; words for beside it, or another area's, are not it."""
        rulings = self.points.rulings
        elsewhere = decision is not None and decision.reason == "other-area"
        if not len(rulings) or reading.beside or elsewhere:
            return None
        keys = (key for level in _levels(reading, decision) for key in level)
        return rulings.for_address(keys, on=on)


def _levels(
    reading: ParsedAddress, decision: Decision | None
) -> tuple[tuple[AddressKey, ...], ...]:
    if decision is None:
        return address_keys(reading)
    return address_keys(
        reading,
        home_id=decision.home.home_id if decision.home else "",
        compound=decision.compound,
        stairwell=decision.stairwell,
    )


def _targets(decision: Decision) -> dict[str, str]:
    """Name what is served below the grids."""
    home = decision.home
    return {
        "compound": decision.compound,
        "building": home.home_id if home else "",
        "stairwell": f"{home.home_id}/{decision.stairwell}" if home and decision.stairwell else "",
    }


def _served(grids: tuple[Grids, ...]) -> dict[str, str]:
    """Name the community and grids that all of some atoms lie in."""
    return {
        level: next(iter(codes)) if len(codes := {getattr(g, level) for g in grids}) == 1 else ""
        for level in ("community", "large", "micro")
    }


def _depth(reading: ParsedAddress) -> str:
    """Tell how deep an address that only a ruling knows goes."""
    for level in ("room", "stairwell", "building"):
        if getattr(reading, level):
            return level
    return "compound"
