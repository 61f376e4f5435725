"""Check that each grid holds together over borders that people can cross."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.verify.finding import Finding
from gis.verify.view import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gis.verify.view import View

__all__ = ["check_attached", "check_contiguity"]

_NAMED: Final = 5


def check_contiguity(view: View) -> Iterator[Finding]:
    """Check that the atoms of each grid are connected over its own crossable rows."""
    pairs = view.pairs[view.pairs["crossable"] & (view.pairs["a"] >= 0) & (view.pairs["b"] >= 0)]
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    ids = view.atoms["atom_id"].to_numpy()
    for level in LEVELS:
        codes = view.atoms[f"{level}_code"].to_numpy()
        within = codes[a] == codes[b]
        part = _clusters(a[within], b[within], len(ids))
        for code, atoms in view.members(level).items():
            parts, sizes = np.unique(part[atoms], return_counts=True)
            if len(parts) > 1:
                apart = atoms[part[atoms] != parts[np.argmax(sizes)]]
                what = f"apart: {', '.join(ids[apart[:_NAMED]])}"
                yield Finding("contiguity", f"{level} grid, {what}", code, len(parts), 1)


def check_attached(view: View) -> Iterator[Finding]:
    """Check that attached rows hang on what nobody can walk to, each by one row, and join no homes.

    Atoms that are free to walk between form clusters (inside one special site, or outside all).
    Attached rows may tie clusters without homes to others, as a tree: none may close a ring,
    none may join two clusters with homes of base grids, none may cross a site's border.
    """
    pairs = view.pairs[view.pairs["crossable"] & (view.pairs["a"] >= 0) & (view.pairs["b"] >= 0)]
    special = view.atoms["special"].to_numpy()
    home = (view.atoms["households"] > 0).to_numpy() & (special == "")
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    attached = (pairs["via"] == "attached").to_numpy()
    same = special[a] == special[b]
    cluster = _clusters(a[same & ~attached], b[same & ~attached], len(home))
    tied = attached & same
    tree = _clusters(cluster[a[tied]], cluster[b[tied]], len(home))[cluster]
    ids = view.atoms["atom_id"].to_numpy()
    for row in np.flatnonzero(attached & ~same):
        yield Finding("attached", "a special site's border", f"{ids[a[row]]} {ids[b[row]]}")
    for whole in np.unique(tree[a[tied]]):
        rows = np.flatnonzero(tied & (tree[a] == whole))
        where = "; ".join(f"{ids[a[row]]} {ids[b[row]]}" for row in rows[:_NAMED])
        inside = np.unique(cluster[tree == whole])
        if len(rows) >= len(inside):
            yield Finding("attached", "more rows than ground they attach", where, len(rows))
        homes = len(np.unique(cluster[(tree == whole) & home]))
        if homes > 1:
            yield Finding("attached", "they join homes that nobody can walk between", where, homes)


def _clusters(a: NDArray[Any], b: NDArray[Any], size: int) -> NDArray[np.int32]:
    """Label the connected parts of the graph with these edges."""
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels
