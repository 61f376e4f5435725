"""Check the adjacency table against the cells: every border, rightly measured, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gis.verify.view import View

__all__ = ["check_adjacency", "common_borders"]

#: Pairs that share less may be left out.
LISTED_M: Final = 1.0

#: Stated metres may be off by this share and this length.
SHARE: Final = 0.02
OFF_M: Final = 0.5

_ENDS: Final = ["x0", "y0", "x1", "y1"]


def check_adjacency(view: View) -> Iterator[Finding]:
    """Check the pairs of the table, and their metres, against the borders of the cells."""
    yield from _named(view)
    ids = view.atoms["atom_id"].to_numpy()
    owners = view.atoms["community_code"].to_numpy()
    borders = common_borders(view.cells)
    listed = set()
    for row in view.pairs[(view.pairs["a"] >= 0) & (view.pairs["b"] >= 0)].itertuples():
        pair = (min(row.a, row.b), max(row.a, row.b))
        listed.add(pair)
        where = f"{row.atom_a} {row.atom_b}"
        right = borders[pair].length if pair in borders else 0.0
        if abs(row.shared_m - right) > SHARE * right + OFF_M:
            what = "the shared border is not so long, m"
            yield Finding("adjacency", what, where, row.shared_m, right)
        elif right == 0 and row.via not in {"gate", "bridge"}:
            yield Finding("adjacency", "the pair does not share a border", where)
    for pair in sorted(set(borders) - listed):
        within = owners[pair[0]] == owners[pair[1]]
        if within and borders[pair].length >= LISTED_M + OFF_M / 100:
            where = " ".join(sorted(ids[list(pair)]))
            yield Finding("adjacency", "a border is not listed, m", where, borders[pair].length)


def common_borders(cells: NDArray[Any]) -> dict[tuple[int, int], Any]:
    """Return the border that each two cells have in common.

    Parameters
    ----------
    cells
        Polygons of a valid coverage, (n,), in one part or several. Those have every border in
        common vertex by vertex, so equal stretches of their outlines are the borders.

    Returns
    -------
    Positions of two cells, the lower first, to a MultiLineString.

    Examples
    --------
    >>> cells = np.array([shapely.box(0, 0, 4, 3), shapely.box(4, 0, 9, 3)])
    >>> {pair: line.length for pair, line in common_borders(cells).items()}
    {(0, 1): 3.0}
    """
    parts, cell = shapely.get_parts(cells, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[1:] == ring[:-1]
    start, end = xy[:-1][within], xy[1:][within]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.where(turned[:, None], np.hstack([end, start]), np.hstack([start, end]))
    table: Any = pd.DataFrame(ends, columns=_ENDS)
    table["cell"] = cell[part[ring[1:][within]]]
    both = table.merge(table, on=_ENDS)
    both = both[both["cell_x"] < both["cell_y"]]
    lines = shapely.linestrings(both[_ENDS].to_numpy().reshape(-1, 2, 2))
    groups = both.groupby(["cell_x", "cell_y"]).indices
    return {
        (int(a), int(b)): shapely.multilinestrings(list(lines[rows]))
        for (a, b), rows in groups.items()
    }


def _named(view: View) -> Iterator[Finding]:
    """Check that rows name two atoms of one community, in order."""
    codes = view.atoms["community_code"].to_numpy()
    for row in view.pairs.itertuples():
        where = f"{row.atom_a} {row.atom_b}"
        if row.a < 0 or row.b < 0:
            yield Finding("adjacency", "the row names an atom that is not there", where)
        elif not row.atom_a < row.atom_b:
            yield Finding("adjacency", "atom_a does not sort before atom_b", where)
        elif codes[row.a] != codes[row.b]:
            yield Finding("adjacency", "atoms of two communities", where)
