"""Gather what a grid's popup tells from the plan's tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from maps.features import plain, records

if TYPE_CHECKING:
    from gis.plan_data import Plan

__all__ = ["SEVERITIES", "GridFacts", "place_names", "rank", "rows"]

#: Severities of violations, worst first.
SEVERITIES: Final = ("error", "warning", "information")

#: So many reasons of one grid stand in its popup; the rest are counted.
_MOST_REASONS: Final = 8

#: What is told of each circle: how far it goes, whom it reaches, whom not and why.
_CIRCLE: Final = (
    "minutes",
    "metres",
    "households_reached",
    "households_too_far",
    "households_no_gate",
    "households_unreachable",
)


def rows(plan: Plan, name: str) -> list[dict[str, Any]]:
    """Return the rows of a layer without their geometry; none where the plan lacks it."""
    table = plan.layers.get(name)
    return [] if table is None else records(table)


def rank(severity: str) -> int:
    """Return how bad a severity is, 0 the worst; an unknown one counts as information."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES) - 1


class GridFacts:
    """What popups tell about grids, gathered once from the plan's tables."""

    def __init__(self, plan: Plan) -> None:
        self._violations = _by_code(plan, "violations")
        self._counts = _by_code(plan, "counts")
        self._circles = _by_code(plan, "circles")
        self._places = place_names(plan)
        self._estimated = _estimated(plan)
        centres = rows(plan, "centres")
        self._centres = {row["code"]: plain(row["name"]) for row in centres}

    def of(self, code: str) -> dict[str, Any]:
        """Return the facts of one grid; nothing for what the plan does not say."""
        violations = sorted(self._violations[code], key=lambda row: rank(row["severity"]))
        return {
            "centre": self._centres.get(code),
            "estimated": self._estimated.get(code),
            "why": [
                {
                    "severity": plain(row["severity"]),
                    "rule": plain(row["rule"]),
                    "where": self._places.get(row["atom_id"]),
                    "value": plain(row["value"]),
                    "limit": plain(row["limit"]),
                    "why": plain(row["why"]),
                    "remedy": plain(row["remedy"]),
                }
                for row in violations[:_MOST_REASONS]
            ]
            or None,
            "counts": [
                [plain(row["layer"]), plain(row["status"]), plain(row["count"])]
                for row in self._counts[code]
            ]
            or None,
            "circles": [[plain(row[name]) for name in _CIRCLE] for row in self._circles[code]]
            or None,
        }


def place_names(plan: Plan) -> dict[str, str]:
    """Map each atom to what people call its building: compound and name."""
    buildings = plan.layers.get("buildings")
    named = {} if buildings is None else {row["building_id"]: row for row in records(buildings)}
    places = {}
    for row in rows(plan, "atoms"):
        building = named.get(row["building_id"], {})
        words = [plain(building.get("compound")), plain(building.get("name"))]
        places[row["atom_id"]] = " ".join(word for word in words if word) or row["atom_id"]
    return places


def _estimated(plan: Plan) -> dict[str, int]:
    """Sum the households that were estimated, by grid of either level."""
    sums: dict[str, int] = {}
    for row in rows(plan, "atoms"):
        if plain(row["estimated"]) and row["households"]:
            for code in (row["micro_code"], row["large_code"]):
                sums[code] = sums.get(code, 0) + int(row["households"])
    return sums


def _by_code(plan: Plan, name: str) -> defaultdict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(plan, name):
        found[row["code"]].append(row)
    return found
