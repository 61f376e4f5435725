"""Hand a community's atoms to the partition engine, and take its labels back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis import advice, partition
from gis.adjacency import inhabited, shut_gates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.rules import Level, LevelRules, Rules

__all__ = ["Division", "divide"]


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Labels of all atoms at both levels, and how good they are.

    Parameters
    ----------
    large, micro
        Labels, (n,); -1 for atoms of special sites.
    centres
        Level to the position of the atom in the middle of each label.
    solutions
        Level to what the engine said.
    homes
        (m,) positions of the homes that were divided, in the engine's order.
    names
        (m,) what people call each.
    micro_overall_bound
        What no division of the whole into as many micro-grids costs less than.
    """

    large: NDArray[np.int64]
    micro: NDArray[np.int64]
    centres: dict[Level, NDArray[np.int64]]
    solutions: dict[Level, partition.Solution]
    homes: NDArray[np.int64]
    names: tuple[str, ...]
    micro_overall_bound: float

    def unavoidable(self, level: Level) -> dict[int, str]:
        """Map labels whose hard range is proven impossible to the proof."""
        return {
            violation.district: advice.why(violation, self.names)
            for violation in self.solutions[level].violations
            if violation.rule == "hard_range" and violation.proven
        }

    def remedies(self, level: Level) -> tuple[dict[int, str], dict[int, str]]:
        """Map labels, and positions of atoms, that break a rule to what would mend that."""
        grids, atoms = advice.remedies(self.solutions[level], self.names)
        return grids, {int(self.homes[atom]): words for atom, words in atoms.items()}


def divide(  # noqa: PLR0913 - the layers it draws on, all by keyword
    atoms: gpd.GeoDataFrame,
    adjacency: pd.DataFrame,
    hosts: NDArray[np.int64],
    *,
    walk_m: NDArray[np.float64],
    locks: pd.DataFrame,
    gates: gpd.GeoDataFrame,
    building_names: Mapping[str, str],
    rules: Rules,
    progress: Callable[[float], None] | None = None,
) -> Division:
    """Divide the inhabited homes of one community at both levels; all else follows its host.

    Parameters
    ----------
    atoms
        Atoms of one community.
    adjacency
        What `gis.hosts.attach` returned.
    hosts
        What `gis.hosts.find` returned.
    walk_m
        Metres from each inhabited home to each other, in the order of the atoms; inf where
        there is no way.
    locks
        The input layer.
    gates
        The input layer: shut ones are tried where rules cannot hold.
    building_names
        Building (or cell) to what people call it.
    rules
        Ranges, walking limits, seed, effort.
    progress
        Told the share of the work done, 0 to 1.
    """
    base = np.flatnonzero(inhabited(atoms))
    place = np.full(len(atoms), -1, dtype=np.int64)
    place[base] = np.arange(len(base))
    follows = np.where(hosts >= 0, place[hosts], -1)
    homes = atoms.iloc[base]
    weights = homes["households"].to_numpy(dtype=np.int64)
    openings = _openings(shut_gates(adjacency, atoms, gates), atoms, follows)
    solution = partition.solve_nested(
        weights,
        _edges(adjacency, atoms, follows),
        _cost(weights, walk_m),
        large=_level(rules.large),
        micro=_level(rules.micro),
        walk_m=np.where(_cut_off(walk_m)[:, None], np.nan, walk_m),
        keep_together=_groups(homes["compound"]),
        locked_large=_locked(homes, locks, "large"),
        locked_micro=_locked(homes, locks, "micro"),
        prices=rules.prices,
        openings=openings[["a", "b"]].to_numpy(dtype=np.int64),
        opening_m=openings["metres"].to_numpy(dtype=np.float64),
        opening_names=openings["gate"].tolist(),
        ids=homes["atom_id"].to_numpy(dtype=object).astype(str),
        seed=rules.seed,
        effort=rules.effort,
        progress=progress,
    )
    return Division(
        large=np.where(follows >= 0, solution.large.labels[follows], -1),
        micro=np.where(follows >= 0, solution.micro.labels[follows], -1),
        centres={
            "large": base[solution.large.centres],
            "micro": base[solution.micro.centres],
        },
        solutions={"large": solution.large, "micro": solution.micro},
        homes=base,
        names=_names(homes, building_names),
        micro_overall_bound=solution.micro_overall_bound,
    )


def _level(rules: LevelRules) -> partition.Level:
    return partition.Level(
        limit=rules.hard_households,
        soft_limit=rules.soft_households,
        target=rules.target_households,
        max_walk_m=rules.walk_limit_m,
    )


def _edges(
    adjacency: pd.DataFrame, atoms: gpd.GeoDataFrame, home: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return pairs of homes between which people can go, ground merged into its home."""
    index = pd.Index(atoms["atom_id"])
    # An attached border is one nobody can cross: it gives ground a grid and joins no homes.
    usable = adjacency[adjacency["crossable"].astype(bool) & (adjacency["via"] != "attached")]
    ends = np.column_stack(
        [home[index.get_indexer(usable[column])] for column in ("atom_a", "atom_b")]
    )
    between = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    return np.unique(np.sort(ends[between], axis=1), axis=0)


def _openings(shut: pd.DataFrame, atoms: gpd.GeoDataFrame, home: NDArray[np.int64]) -> pd.DataFrame:
    """Return the pairs of homes (a, b) that each shut gate parts, ground merged into its home."""
    index = pd.Index(atoms["atom_id"])
    ends = np.column_stack([home[index.get_indexer(shut[end])] for end in ("atom_a", "atom_b")])
    ends = np.sort(ends, axis=1)
    table = shut.assign(a=ends[:, 0], b=ends[:, 1])
    table = table[(table["a"] >= 0) & (table["a"] != table["b"])]
    return table.sort_values(["a", "b", "gate", "metres"], kind="stable").drop_duplicates(
        ["a", "b", "gate"]
    )


def _names(homes: gpd.GeoDataFrame, given: Mapping[str, str]) -> tuple[str, ...]:
    """Return what people call each home; a stairwell also by its own name."""
    building = homes["building_id"].fillna("")
    many = building.map(building.value_counts()).to_numpy() > 1
    named = [given.get(key, "") or key for key in building]
    return tuple(
        f"{name} ({atom})" if several or not name else name
        for name, atom, several in zip(named, homes["atom_id"], many, strict=True)
    )


def _cost(weights: NDArray[np.int64], walk_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return households × metres; what cannot be reached is infinite.

    A home that no walkway reaches costs nothing wherever it goes: whatever is said of the walks
    is said of the others, and the plan lists it as unreachable.
    """
    finite = np.isfinite(walk_m)
    cost = np.where(finite, weights[:, None] * np.where(finite, walk_m, 0.0), np.inf)
    return np.where(_cut_off(walk_m)[:, None], 0.0, cost)


def _cut_off(walk_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which homes reach no other one."""
    return np.asarray(np.isfinite(walk_m).sum(axis=1) <= 1, dtype=bool)


def _groups(names: pd.Series) -> NDArray[np.int64]:
    """Give each name its number in their order; -1 where there is none."""
    codes, _ = pd.factorize(names.replace("", None), sort=True)
    return np.asarray(codes, dtype=np.int64)


def _locked(homes: Any, locks: pd.DataFrame, level: Level) -> NDArray[np.int64] | None:
    """Give the atoms locked together one number; None where a level has no locks."""
    own = locks[locks["level"].fillna("large").replace("", "large") == level]
    if not len(own):
        return None
    grid = dict(zip(own["building_id"], own["grid"], strict=True))
    keys = homes["building_id"].where(homes["building_id"].fillna("") != "", homes["atom_id"])
    return _groups(keys.map(grid))
