"""Say which home each piece of ground, and each building without households, goes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.adjacency import inhabited, positions

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["attach", "find"]

#: Ways from one atom to the next in the order in which ground takes them; all others come last.
NEAREST: Final = {"open": 0, "gate": 1}


def attach(adjacency: pd.DataFrame, atoms: gpd.GeoDataFrame) -> pd.DataFrame:
    """Open one border each for what nobody can walk to, so that it belongs to some grid.

    A river, or a park that is walled in, has no crossable border; the longest border it has
    counts as crossable, with via "attached". The same holds for parts of a special site that
    barriers cut off from each other. Attached borders never join homes.

    Parameters
    ----------
    adjacency
        What `gis.adjacency.build` returned.
    atoms
        With atom_id, kind and special.

    Returns
    -------
    The adjacency with `crossable` and `via` changed in those rows.
    """
    adjacency = adjacency.copy()
    first, second = positions(adjacency, atoms)
    order = np.lexsort((second, first, -adjacency["shared_m"].to_numpy()))
    open_now = adjacency["crossable"].to_numpy(dtype=bool)
    special = atoms["special"].fillna("").to_numpy()
    same = special[first] == special[second]
    clusters = _Clusters(inhabited(atoms))
    for row in order[(open_now & same)[order]]:
        clusters.join(int(first[row]), int(second[row]), freely=True)
    touching = adjacency["shared_m"].to_numpy() > 0
    attached = [
        int(row)
        for row in order[(~open_now & same & touching)[order]]
        if clusters.join(int(first[row]), int(second[row]), freely=False)
    ]
    adjacency.loc[attached, "crossable"] = True
    adjacency.loc[attached, "via"] = "attached"
    return adjacency


def find(adjacency: pd.DataFrame, atoms: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Tell which inhabited home each atom goes with.

    Ground and buildings without households join the neighbour over their longest crossable
    border: first those beside a home, then those beside them, and so on outwards. What lies along
    the homes of one yard, such as a compound's, more than along others joins those first, if it
    can without crossing a street; then comes what lies open to each other, then what a gate
    joins, and only then, by its longest border alone, what lies across a street or a bridge. So
    a row of shops goes with the compound behind it, wherever the gate is, and not with the shops
    opposite.

    Parameters
    ----------
    adjacency
        What `attach` returned.
    atoms
        With atom_id, kind, households and special.

    Returns
    -------
    Position of the home, (n,): an inhabited home's own position; a special site's first atom
    for all atoms of the site; -1 for what reaches no home.
    """
    first, second = positions(adjacency, atoms)
    special = atoms["special"].fillna("").to_numpy()
    usable = adjacency["crossable"].to_numpy(dtype=bool) & (special[first] == special[second])
    shared_m = adjacency["shared_m"].to_numpy()[usable]
    near = np.concatenate([first[usable], second[usable]])
    beside = np.concatenate([second[usable], first[usable]])
    far = adjacency["via"].map(NEAREST).fillna(len(NEAREST)).to_numpy(dtype=np.int64)[usable]
    far, shared_m = np.concatenate([far, far]), np.concatenate([shared_m, shared_m])
    near_by = far < len(NEAREST)
    found = np.where(inhabited(atoms), np.arange(len(atoms)), -1)
    yard, along, along_m = _yards(adjacency, first, second, len(atoms))
    homes = np.isin(along % len(atoms), yard[found >= 0])
    most_m = np.zeros(len(atoms))
    np.maximum.at(most_m, along[homes] // len(atoms), along_m[homes])
    while True:
        ready = np.flatnonzero((found[near] < 0) & (found[beside] >= 0))
        if not len(ready):
            break
        host = found[beside[ready]]
        key = near[ready] * len(atoms) + yard[host]
        place = np.minimum(np.searchsorted(along, key), len(along) - 1)
        wall_m = np.where((along[place] == key) & near_by[ready], along_m[place], 0.0)
        own = near_by[ready] & (wall_m >= most_m[near[ready]])
        rank = np.where(own, -1, far[ready])
        best = np.flatnonzero(rank == rank.min())
        ready, host = ready[best], host[best]
        order = np.lexsort((beside[ready], -shared_m[ready], -wall_m[best], near[ready]))
        joining, longest = np.unique(near[ready][order], return_index=True)
        found[joining] = host[order][longest]
    for name in np.unique(special[special != ""]):
        members = np.flatnonzero(special == name)
        found[members] = members[0]
    return found


def _yards(
    adjacency: pd.DataFrame, first: NDArray[np.int64], second: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Find what lies open to each other, and measure each atom's border with each such yard.

    Returns the yard of each atom, (n,); atom × n + yard where they share a border, sorted; and
    the metres of it, walls included.
    """
    shared_m = adjacency["shared_m"].to_numpy(dtype=float)
    both, other, metres = np.r_[first, second], np.r_[second, first], np.r_[shared_m, shared_m]
    is_open = np.tile((adjacency["via"] == "open").to_numpy(dtype=bool), 2)
    graph = coo_array((is_open[is_open], (both[is_open], other[is_open])), shape=(count, count))
    yard = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    along, place = np.unique(both * count + yard[other], return_inverse=True)
    along_m = np.zeros(len(along))
    np.add.at(along_m, place, metres)
    return yard, np.asarray(along, dtype=np.int64), along_m.round(3)


class _Clusters:
    """Sets of atoms that grow together (union-find)."""

    def __init__(self, home: NDArray[np.bool_]) -> None:
        self._parent = list(range(len(home)))
        self._home = [bool(flag) for flag in home]

    def root(self, atom: int) -> int:
        """Return the atom that stands for the set."""
        while self._parent[atom] != atom:
            self._parent[atom] = self._parent[self._parent[atom]]
            atom = self._parent[atom]
        return atom

    def join(self, one: int, other: int, *, freely: bool) -> bool:
        """Join two sets; unless freely, not two that both hold a home. Tell whether it did."""
        one, other = self.root(one), self.root(other)
        if one == other or (not freely and self._home[one] and self._home[other]):
            return False
        self._parent[other] = one
        self._home[one] = self._home[one] or self._home[other]
        return True
