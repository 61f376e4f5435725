"""Prepare a community for partitioning: its atoms, what touches what, what ground goes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis import adjacency, atoms, hosts, streets
from gis.errors import NotACoverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.inputs import Inputs

__all__ = ["Ground", "build", "build_each"]

_AROUND_M: Final = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A community ready to be partitioned.

    Parameters
    ----------
    atoms
        The atoms layer of the plan contract, without codes and walks.
    adjacency
        The adjacency layer, attached borders included.
    hosts
        Position of the home (or the special site's first atom) that each atom goes with, (n,).
    """

    atoms: gpd.GeoDataFrame
    adjacency: pd.DataFrame
    hosts: NDArray[np.int64]


def build(
    inputs: Inputs,
    community_code: str,
    *,
    largest_households: int,
    street_kinds: Collection[str] = (),
) -> Ground:
    """Build the ground of one community.

    Parameters
    ----------
    inputs
        Inputs in one metric CRS, with communities assigned and households estimated.
    community_code
        Which community.
    largest_households
        Larger buildings are split by stairwell.
    street_kinds
        Kinds of walkways that bound cells as barriers do, but stop nobody.

    Raises
    ------
    NotACoverage
        If the community has no households to divide, its cells do not tile it, or a part of it
        without homes touches the rest in no border.
    """
    inputs = _around(inputs, community_code)
    soft = streets.lines(inputs["walkways"], kinds=street_kinds)
    own = atoms.build(inputs, community_code, largest_households=largest_households, streets=soft)
    if not adjacency.inhabited(own).any():
        msg = f"community {community_code} has no households outside special sites to plan"
        raise NotACoverage(msg)
    touching = adjacency.build(
        own,
        barriers=inputs["barriers"],
        gates=inputs["gates"],
        walkways=inputs["walkways"],
        streets=soft,
    )
    own = _absorbed(own, touching)
    joined = hosts.attach(touching, own)
    found = hosts.find(joined, own)
    if (found < 0).any():
        lost = own[found < 0]
        msg = (
            f"community {community_code} has {lost.area.sum():.0f} m² without households that "
            f"touch the rest in no border ({lost['atom_id'].iloc[0]}); cut them off or join them"
        )
        raise NotACoverage(msg)
    return Ground(own, joined, found)


def _around(inputs: Inputs, community_code: str) -> Inputs:
    """Leave out what lies beside other communities and stands between no two cells of this one."""
    every = inputs["communities"]
    own = every.geometry[every["community_code"] == community_code]
    box = shapely.box(*own.total_bounds).buffer(_AROUND_M)
    near = {name: inputs[name] for name in ("barriers", "gates", "walkways") if inputs.has(name)}
    return inputs.with_layers(
        **{name: table[table.intersects(box)] for name, table in near.items()}
    )


def build_each(
    inputs: Inputs,
    community_codes: Iterable[str],
    *,
    largest_households: int,
    street_kinds: Collection[str] = (),
) -> tuple[dict[str, Ground], dict[str, str]]:
    """Build the ground of each community; one that fails does not stop the rest.

    Returns
    -------
    Code to ground, and code to why there is none.
    """
    grounds: dict[str, Ground] = {}
    failed: dict[str, str] = {}
    for code in community_codes:
        try:
            grounds[code] = build(
                inputs,
                code,
                largest_households=largest_households,
                street_kinds=street_kinds,
            )
        except NotACoverage as error:
            failed[code] = str(error)
    return grounds, failed


def _absorbed(own: gpd.GeoDataFrame, touching: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give ground that touches nothing but special sites to the one it shares most border with."""
    while True:
        joined = hosts.attach(touching, own)
        lost = np.flatnonzero(hosts.find(joined, own) < 0)
        index = pd.Index(own["atom_id"])
        pairs = np.column_stack([index.get_indexer(touching[c]) for c in ("atom_a", "atom_b")])
        special = own["special"].fillna("").to_numpy(dtype=object)
        rows = np.flatnonzero(np.isin(pairs, lost).any(axis=1) & (special[pairs] != "").any(axis=1))
        if not len(rows):
            return own
        longest = rows[int(np.argmax(touching["shared_m"].to_numpy()[rows]))]
        one, other = pairs[longest]
        ground, site = (one, other) if special[one] == "" else (other, one)
        special[ground] = special[site]
        own = own.assign(special=pd.Series(special, index=own.index, dtype="str"))
