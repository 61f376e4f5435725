"""Make a plan: the whole flow from inputs to a frozen plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis import (
    access,
    centres,
    circles,
    counts,
    division,
    grids,
    ground,
    places,
    provenance,
    resolve,
    violations,
)
from gis.adjacency import inhabited
from gis.errors import NotACoverage
from gis.plan_data import Plan
from gis.prepare import prepare
from gis.tables import COUNTED_PREFIX, PLAN_LAYERS, empty_layer

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.inputs import Inputs
    from gis.places import Places
    from gis.rules import Level, Rules
    from gis.walking import Walking

    Progress = Callable[[str, float], None]

__all__ = ["build_plan"]

LEVELS: Final[tuple[Level, ...]] = ("large", "micro")

#: Input layers that a plan file carries, so that it needs no other file.
CARRIED: Final = (
    "communities",
    "buildings",
    "cells",
    "compounds",
    "walkways",
    "gates",
    "barriers",
    "facilities",
    "meeting_points",
    "special_sites",
)


def build_plan(
    inputs: Inputs, rules: Rules, *, created: str = "", progress: Progress | None = None
) -> Plan:
    """Divide communities into large grids and micro-grids.

    Parameters
    ----------
    inputs
        What `gis.io.read` returned, without error-level faults (`gis.check.require`).
    rules
        What to plan by.
    created
        When the plan is made, as text for its info; not part of what identifies it.
    progress
        Told the stage and the share of the whole work done, 0 to 1.

    Returns
    -------
    The plan. Same inputs and rules give the same plan, whatever the order of the rows.

    Raises
    ------
    NotACoverage
        If no community can be planned; where some can, the others are named in the plan's info.
    """
    tell = progress or (lambda _stage, _share: None)
    tell("households", 0.0)
    ready = prepare(inputs, rules)
    tell("cells", 0.05)
    grounds, failed = ground.build_each(
        ready,
        ready["communities"]["community_code"],
        largest_households=rules.micro.hard_households[1],
        street_kinds=rules.cells.street_kinds,
    )
    if not grounds:
        raise NotACoverage("; ".join(failed.values()))
    tell("walking", 0.3)
    placed, facility_points = places.put(grounds, ready, rules)
    walker = next(iter(placed.values())).walking
    parts = []
    for number, code in enumerate(grounds):
        step = 0.5 / len(grounds)
        start = 0.4 + step * number
        tell("partition", start)

        def done(share: float, start: float = start, step: float = step) -> None:
            tell("partition", start + step * share)

        parts.append(_community(grounds[code], placed[code], ready, rules, done))
    tell("circles", 0.9)
    layers = _together(parts, ready, rules, walker, facility_points)
    tell("digest", 0.97)
    made = provenance.info(
        ready,
        rules,
        layers,
        quality={
            part.code: {
                "large": provenance.quality(part.division.solutions["large"]),
                "micro": provenance.quality(
                    part.division.solutions["micro"], part.division.micro_overall_bound
                ),
            }
            for part in parts
        },
        walking_method=walker.method,
        failed=failed,
        created=created,
    )
    tell("done", 1.0)
    return Plan(layers={**layers, "info": made}, crs=ready["communities"].crs)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The finished layers of one community, and how they were divided."""

    code: str
    atoms: gpd.GeoDataFrame
    adjacency: pd.DataFrame
    grids: dict[Level, gpd.GeoDataFrame]
    centres: gpd.GeoDataFrame
    violations: pd.DataFrame
    division: division.Division
    points: NDArray[np.int64]


def _community(
    own: ground.Ground,
    at: Places,
    ready: Inputs,
    rules: Rules,
    progress: Callable[[float], None],
) -> _Part:
    """Divide one community, number and name its grids, measure them, list what does not hold."""
    base = at.atoms[inhabited(own.atoms)]
    divided = division.divide(
        own.atoms,
        own.adjacency,
        own.hosts,
        walk_m=at.walking.matrix(base, base),
        locks=ready["locks"],
        gates=ready["gates"],
        building_names=_building_names(ready),
        rules=rules,
        progress=progress,
    )
    atoms = grids.number(own.atoms, large=divided.large, micro=divided.micro)
    found: dict[Level, gpd.GeoDataFrame] = {}
    chosen: list[gpd.GeoDataFrame] = []
    unavoidable: dict[str, str] = {}
    remedies: dict[tuple[str, str], str] = {}
    for level in LEVELS:
        codes = atoms[f"{level}_code"].to_numpy(dtype=object)
        middle = {codes[atom]: int(atom) for atom in divided.centres[level]}
        centre = centres.choose(
            atoms,
            level,
            middle=middle,
            meeting_points=ready["meeting_points"],
            places=at,
        )
        metres = centres.walks(atoms, level, centres=centre, walking=at.walking, points=at.atoms)
        atoms = atoms.assign(**{f"walk_{level}_m": metres})
        table = grids.dissolve(atoms, level, names=rules.names)
        table["centre_atom"] = centre["atom_id"].to_numpy()
        found[level] = grids.with_walks(table, atoms, level)
        chosen.append(centre)
        labels = divided.large if level == "large" else divided.micro
        unavoidable |= {
            codes[int(np.argmax(labels == label))]: why
            for label, why in divided.unavoidable(level).items()
        }
        by_grid, by_atom = divided.remedies(level)
        remedies |= {
            (level, codes[int(np.argmax(labels == label))]): words
            for label, words in by_grid.items()
        }
        names = atoms["atom_id"].to_numpy(dtype=object)
        remedies |= {(level, names[atom]): words for atom, words in by_atom.items()}
    centre = pd.concat(chosen, ignore_index=True)
    broken = violations.build(
        atoms,
        found,
        rules,
        meeting_points=dict(zip(centre["code"], centre["name"], strict=True)),
        unavoidable=unavoidable,
        locks=ready["locks"],
        remedies=remedies,
    )
    named = broken["code"].value_counts()
    for table in found.values():
        table["violations"] = table["code"].map(named).fillna(0).astype("Int64")
    return _Part(
        str(atoms["community_code"].iloc[0]),
        atoms,
        own.adjacency,
        found,
        centre,
        broken,
        divided,
        at.atoms,
    )


def _building_names(ready: Inputs) -> dict[str, str]:
    """Map buildings to what people call them; cells have no names."""
    buildings = ready["buildings"]
    return dict(zip(buildings["building_id"], buildings["name"].fillna(""), strict=True))


def _together(
    parts: list[_Part],
    ready: Inputs,
    rules: Rules,
    walker: Walking,
    facility_points: NDArray[np.int64],
) -> dict[str, Any]:
    """Put the communities' layers together and add what is measured over all of them."""
    atoms = pd.concat([part.atoms for part in parts], ignore_index=True)
    points = np.concatenate([part.points for part in parts])
    centre = pd.concat([part.centres for part in parts], ignore_index=True)
    layers: dict[str, Any] = {
        name: ready[name].reset_index(drop=True) for name in CARRIED if ready.has(name)
    }
    layers |= {
        COUNTED_PREFIX + name: table.reset_index(drop=True) for name, table in ready.counted.items()
    }
    layers |= {
        "atoms": atoms,
        "adjacency": pd.concat([part.adjacency for part in parts], ignore_index=True),
        "centres": centre.drop(columns="point"),
        "violations": pd.concat([part.violations for part in parts], ignore_index=True),
        "counts": counts.build(ready.counted, atoms),
        "addresses": resolve.addresses(
            ready["addresses"],
            atoms,
            # Where both are given the cells are planned by.
            buildings=None if ready.has("cells") else ready["buildings"],
        ),
        "people": resolve.people(ready["people"], atoms, communities=ready["communities"]),
        "lineage": empty_layer(PLAN_LAYERS["lineage"]),
    }
    for level in LEVELS:
        tables = [part.grids[level] for part in parts]
        layers[f"{level}_grids"] = pd.concat(tables, ignore_index=True)
    layers["circles"], layers["unreached"] = circles.build(
        centre[centre["point"] >= 0],
        walker,
        atoms=atoms,
        atom_points=points,
        rules=rules.walking,
        crs=atoms.crs,
        without_barriers=lambda: places.without_barriers(walker, ready, rules),
    )
    home = points >= 0
    found = access.build(
        atoms.loc[home, "atom_id"].to_numpy(),
        points[home],
        ready["facilities"].assign(point=facility_points),
        walking=walker,
        services=rules.access,
    )
    layers["access"] = found.drop(columns="row")
    layers["loads"] = access.loads(
        found,
        ready["facilities"],
        households=dict(zip(atoms["atom_id"], atoms["households"].astype(int), strict=True)),
    )
    return layers
