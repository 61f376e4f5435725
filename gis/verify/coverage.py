"""Check that cells tile their community and that grids are the union of their atoms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.verify.finding import Finding
from gis.verify.view import LEVELS, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gis.rules import Level
    from gis.verify.view import View

__all__ = ["check_coverage", "check_grid_shapes"]

#: Symmetric difference of cells and boundary: under 1 m² per km².
TILING_SHARE: Final = 1e-6

#: A hole between cells above this is a gap, however large the community.
HOLE_M2: Final = 0.1

#: A grid's polygon may differ from its atoms by this area, or by this share of its own.
GRID_AREA_M2: Final = 0.01
GRID_SHARE: Final = 1e-6

COMPACTNESS_TOLERANCE: Final = 1e-3

#: A piece below this is the rounding of a crossing, not a piece.
_CRUMB_M2: Final = 1e-9
_NEAR_M: Final = 0.01
#: A corner computed on the boundary lies off it by the rounding of coordinates, not more.
_ON_BORDER_M: Final = 1e-6
_NAMED: Final = 5


def check_coverage(view: View) -> Iterator[Finding]:
    """Check that each community's cells are a valid coverage and tile its boundary."""
    owners = view.atoms["community_code"].to_numpy()
    for code in sorted(set(owners) - set(view.communities)):
        yield Finding("tiling", "atoms lie in a community that the plan does not hold", code)
    for code in view.communities:
        inside = np.flatnonzero(owners == code)
        if len(inside) == 0:
            yield Finding("tiling", "no atom lies in the community", code)
            continue
        ids = view.atoms["atom_id"].to_numpy()[inside]
        cells = view.cells[inside]
        broken = ~shapely.is_empty(shapely.coverage_invalid_edges(cells))
        for atom in ids[broken]:
            yield Finding("coverage", "its border does not match its neighbours'", atom)
        yield from _overlaps(ids[broken], cells[broken])
        yield from _tiling(code, view.boundaries[code], ids, cells)
    yield from _communities_apart(view)


def check_grid_shapes(view: View) -> Iterator[Finding]:
    """Check each grid against its atoms, micro-grids against large ones, and their fit."""
    for level in LEVELS:
        index = view.grids[level].index
        for code, atoms in view.members(level).items():
            shape = view.shapes[level][index.get_loc(code)]
            yield from _same("grid_shape", code, shape, view.cells[atoms], "its atoms")
        yield from _fit(view, level)
        yield from _compactness(view, level)
    parents = view.grids["micro"]["parent_code"].to_numpy()
    for code, shape in zip(view.grids["large"].index, view.shapes["large"], strict=True):
        children = view.shapes["micro"][parents == code]
        yield from _same("grid_nesting", code, shape, children, "its micro-grids")


def _tiling(code: str, boundary: Any, ids: NDArray[Any], cells: NDArray[Any]) -> Iterator[Finding]:
    """Compare the union of cells with the boundary; name the atoms beside each fault."""
    union = shapely.union_all(cells)
    limit = TILING_SHARE * boundary.area
    gaps = shapely.get_parts(shapely.difference(boundary, union))
    excess = shapely.difference(union, boundary)
    if shapely.area(gaps).sum() + excess.area > limit:
        for piece in sorted(gaps, key=lambda p: (-p.area, p.wkt))[:_NAMED]:
            if piece.area > _CRUMB_M2:
                where = f"{code} beside {_beside(piece, ids, cells)}"
                yield Finding("tiling", "no cell covers a part of it, m²", where, piece.area, 0)
        if excess.area > _CRUMB_M2:
            where = f"{code} at {_beside(excess, ids, cells)}"
            yield Finding("tiling", "cells leave the boundary, m²", where, excess.area, 0)
        return
    for piece in gaps:
        if piece.area > HOLE_M2 and not shapely.dwithin(piece, boundary.boundary, _ON_BORDER_M):
            where = f"{code} beside {_beside(piece, ids, cells)}"
            yield Finding("tiling", "a hole between cells, m²", where, piece.area, 0)


def _overlaps(ids: NDArray[Any], cells: NDArray[Any]) -> Iterator[Finding]:
    first, second = shapely.STRtree(cells).query(cells, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    areas = shapely.area(shapely.intersection(cells[first], cells[second]))
    for a, b, area in zip(ids[first], ids[second], areas, strict=True):
        if area > _CRUMB_M2:
            yield Finding("coverage", "cells overlap, m²", f"{a} {b}", float(area), 0)


def _beside(piece: Any, ids: NDArray[Any], cells: NDArray[Any]) -> str:
    near = ids[shapely.dwithin(cells, piece, _NEAR_M)]
    return ", ".join(sorted(near)[:_NAMED]) or "no atom"


def _communities_apart(view: View) -> Iterator[Finding]:
    codes = np.array(view.communities, dtype=object)
    shapes = np.array([view.boundaries[code] for code in codes], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for a, b in zip(first, second, strict=True):
        if a < b:
            area = shapely.intersection(shapes[a], shapes[b]).area
            limit = TILING_SHARE * min(shapes[a].area, shapes[b].area)
            if area > limit:
                where = f"{codes[a]} {codes[b]}"
                yield Finding("tiling", "communities overlap, m²", where, float(area), limit)


def _same(check: str, code: str, shape: Any, parts: NDArray[Any], of: str) -> Iterator[Finding]:
    union = shapely.union_all(parts)
    off = shapely.symmetric_difference(shape, union).area
    if off > max(GRID_AREA_M2, GRID_SHARE * shape.area):
        yield Finding(check, f"the polygon is not the union of {of}, m²", code, float(off), 0)


def _fit(view: View, level: Level) -> Iterator[Finding]:
    """Check that the grids of a level, in each community, are a valid coverage."""
    owners = view.grids[level]["community_code"].to_numpy()
    for code in sorted(set(owners)):
        mine = owners == code
        edges = shapely.coverage_invalid_edges(view.shapes[level][mine])
        for grid in view.grids[level].index[mine][~shapely.is_empty(edges)]:
            yield Finding("grid_coverage", "its border does not match its neighbours'", grid)


def _compactness(view: View, level: Level) -> Iterator[Finding]:
    shapes = view.shapes[level]
    right = 4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2
    stated = numbers(view.grids[level]["compactness"])
    for row in np.flatnonzero(~(np.abs(stated - right) <= COMPACTNESS_TOLERANCE)):
        code = view.grids[level].index[row]
        yield Finding("compactness", "not 4πA/P²", code, float(stated[row]), float(right[row]))
