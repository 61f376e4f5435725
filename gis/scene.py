"""Set up a finished plan's walks again, as it is or with gates and facilities changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import access
from gis.barriers import is_shut, uncrossable
from gis.errors import OffNetwork, UnknownPlace
from gis.gate_paths import WALL_M, through
from gis.tables import INPUT_LAYERS, empty_layer, with_columns
from gis.walking import Walking, walking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gis.plan_data import Plan
    from gis.rules import Rules

__all__ = ["MEETING_POINT", "Scene"]

#: What meeting points are called where categories of facilities are named.
MEETING_POINT: Final = "meeting_point"

_CARRIED: Final = ("walkways", "gates", "barriers", "facilities", "meeting_points")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Who lives where in a plan, and what they walk to and through; each change makes a new one.

    Parameters
    ----------
    rules
        The plan's rules.
    homes
        The atoms with an entrance, as in the plan.
    doors
        (n,) their entrances.
    centres
        The centres layer of the plan.
    layers
        Walkways, gates, barriers, facilities and meeting points.
    """

    rules: Rules
    homes: gpd.GeoDataFrame
    doors: NDArray[Any]
    centres: gpd.GeoDataFrame
    layers: dict[str, gpd.GeoDataFrame]

    @classmethod
    def of(cls, plan: Plan) -> Scene:
        """Read the scene of a plan; a layer that the plan does not carry is empty."""
        atoms = plan["atoms"]
        homes = atoms[atoms["entrance_x"].notna()].reset_index(drop=True)
        layers = {
            name: plan.layers[name]
            if name in plan.layers
            else empty_layer(INPUT_LAYERS[name], crs=plan.crs)
            for name in _CARRIED
        }
        doors = shapely.points(homes[["entrance_x", "entrance_y"]].to_numpy(dtype=np.float64))
        return cls(
            rules=plan.rules, homes=homes, doors=doors, centres=plan["centres"], layers=layers
        )

    @property
    def households(self) -> NDArray[np.int64]:
        """Households of each home."""
        return np.asarray(self.homes["households"].to_numpy(dtype=np.int64))

    def categories(self) -> list[str]:
        """Return the categories that the rules or the facilities name, and the meeting points'."""
        surveyed = self.layers["facilities"]["category"].dropna()
        return sorted({*self.rules.access, *surveyed, MEETING_POINT})

    def with_gates(self, names: Sequence[str], *, opened: bool) -> Scene:
        """Return the scene with all gates of these names open, or shut.

        A gate that is opened gets a path to the walkways on either side, where none leads
        through it (`gis.gate_paths`).

        Raises
        ------
        UnknownPlace
            If no gate has one of the names.
        """
        gates = self.layers["gates"].copy()
        for name in names:
            if not (gates["name"] == name).any():
                known = ", ".join(sorted(set(gates["name"].dropna()))) or "none"
                msg = f"no gate is called {name!r}; there are {known}"
                raise UnknownPlace(msg)
        own = gates["name"].isin(list(names))
        newly = own & is_shut(gates)
        gates.loc[own, "open"] = opened
        changed = replace(self, layers={**self.layers, "gates": gates})
        return changed._paths(gates.geometry[newly]) if opened else changed  # noqa: SLF001 - own

    def with_new_gates(self, spots: Sequence[Any]) -> Scene:
        """Return the scene with open gates, and paths through them, at further points.

        Raises
        ------
        UnknownPlace
            If a point lies in no wall.
        """
        walls = uncrossable(self.layers["barriers"]).geometry.to_numpy()
        for spot in spots:
            away_m = float(shapely.distance(spot, walls).min(initial=np.inf))
            if away_m > WALL_M:
                msg = f"a gate must stand in a wall; the nearest is {away_m:.0f} m away"
                raise UnknownPlace(msg)
        return self._with("gates", spots, open=True)._paths(spots)  # noqa: SLF001 - own

    def with_facilities(self, category: str, spots: Sequence[Any]) -> Scene:
        """Return the scene with more facilities of a category, or meeting points.

        Raises
        ------
        OffNetwork
            If one stands too far from every walkway for anybody to walk to.
        """
        ways, limit_m = self.layers["walkways"], self.rules.walking.snap_limit_m
        for spot in spots if len(ways) else ():
            away_m = float(ways.distance(spot).min())
            if away_m > limit_m:
                msg = f"no walkway within {limit_m:g} m"
                raise OffNetwork(msg, away_m)
        if category == MEETING_POINT:
            return self._with("meeting_points", spots)
        return self._with("facilities", spots, category=category)

    def places(self, category: str) -> NDArray[Any]:
        """Return the points of the facilities of a category, or the meeting points."""
        if category == MEETING_POINT:
            table = self.layers["meeting_points"]
        else:
            table = self.layers["facilities"]
            table = table[table["category"] == category]
        return np.asarray(table.geometry.representative_point(), dtype=object)

    def limit_m(self, category: str) -> float:
        """Return the metres within which a category counts as served.

        Meeting points count within the walking limit of micro-grids.

        Raises
        ------
        UnknownPlace
            If the rules say nothing of the category.
        """
        if category == MEETING_POINT:
            return self.rules.micro.walk_limit_m
        if category not in self.rules.access:
            known = ", ".join([*self.rules.access, MEETING_POINT])
            msg = f"the rules have no metres for {category!r}; they have them for {known}"
            raise UnknownPlace(msg)
        return self.rules.access[category].metres

    def walks(self, *more: NDArray[Any]) -> tuple[Walking, list[NDArray[np.int64]]]:
        """Measure walks between the doors, the centres and further points.

        Returns
        -------
        The walks, and the positions of the doors, the centres and each of the others.
        """
        parts = [self.doors, np.asarray(self.centres.geometry, dtype=object), *more]
        ends = np.cumsum([0, *(len(part) for part in parts)])
        made = walking(
            np.concatenate(parts),
            walkways=self.layers["walkways"],
            gates=self.layers["gates"],
            barriers=self.layers["barriers"],
            rules=self.rules.walking,
        )
        where = [np.arange(first, last) for first, last in pairwise(ends)]
        return made, where

    def access(self, walks: Walking, doors: Any, facilities: Any) -> pd.DataFrame:
        """Return the layer `access` of the scene (`gis.access.build`)."""
        return access.build(
            self.homes["atom_id"].to_numpy(),
            doors,
            self.layers["facilities"].assign(point=facilities),
            walking=walks,
            services=self.rules.access,
        )

    def _paths(self, gates: Sequence[Any]) -> Scene:
        laid = through(
            list(gates), walkways=self.layers["walkways"], barriers=self.layers["barriers"]
        )
        if laid.empty:
            return self
        ways = pd.concat([self.layers["walkways"], laid], ignore_index=True)
        return replace(self, layers={**self.layers, "walkways": ways})

    def _with(self, layer: str, spots: Sequence[Any], **values: Any) -> Scene:
        table = self.layers[layer]
        rows = gpd.GeoDataFrame(
            {name: [value] * len(spots) for name, value in values.items()},
            geometry=list(spots),
            crs=table.crs,
        )
        rows = with_columns(rows, INPUT_LAYERS[layer])
        both = rows if table.empty else pd.concat([table, rows], ignore_index=True)
        return replace(self, layers={**self.layers, layer: both})
