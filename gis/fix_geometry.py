"""Repair polygons: make them valid, drop slivers, take overlaps apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis import homes
from gis.changes import Change
from gis.check_slivers import AREAS, TILING
from gis.conform_geometry import finite, is_frame
from gis.shapes import GRID_M, polygonal
from gis.slivers import SLIVER_M2, STRIP_M, common_ground, gaps, strips, trimmed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "made_valid",
    "overlapping",
    "without_gaps",
    "without_overlaps",
    "without_slivers",
    "without_strips",
]

#: An overlap that is less than this share of the smaller polygon is left to the plan.
LAID_OVER: Final = 0.05
#: Two outlines are the same if each covers this share of the other.
SAME: Final = 0.99

Layers = dict[str, Any]


def made_valid(before: Mapping[str, Any], after: Layers, *, crossed: bool) -> list[Change]:
    """Say which polygons bringing layers into metres had to repair; keep what that emptied.

    Parameters
    ----------
    before, after
        Layers as read and in metres; a shape that came out empty is put back into `after`.
    crossed
        Whether the communities' outlines are beyond repair, so that they will not be changed.
    """
    changes = []
    for name, table in sorted(before.items()):
        if not is_frame(table) or (crossed and name == "communities"):
            continue
        shapes = np.array(after[name].geometry.to_numpy(), dtype=object)
        old = table.geometry.to_numpy()
        broken = (shapely.get_dimensions(old) == 2) & finite(old) & ~shapely.is_valid(old)  # noqa: PLR2004
        lost = shapely.is_empty(shapes) & ~shapely.is_empty(old)
        if lost.any():
            shapes[lost] = table.geometry[lost].to_crs(after[name].crs).to_numpy()
            after[name] = after[name].set_geometry(shapes, crs=after[name].crs)
        for row, shape in zip(table.index[broken & ~lost], shapes[broken & ~lost], strict=True):
            what = f"the outline crossed itself and was made valid: {shape.area:,.0f} m2"
            changes.append(Change(name, int(row), "made-valid", what))
    return changes


def without_slivers(layers: Layers) -> tuple[Layers, list[Change]]:
    """Drop stray pieces and fill stray holes of polygons (`gis.slivers.trimmed`)."""
    done, changes = dict(layers), []
    for name in _given(layers, AREAS):
        shapes = np.array(layers[name].geometry.to_numpy(), dtype=object)
        for k in np.flatnonzero(shapely.area(shapes) > 0):
            shapes[k], dropped, filled = trimmed(shapes[k])
            if dropped or filled:
                what = f"{dropped} pieces and {filled} holes below {SLIVER_M2:g} m2 were dropped"
                changes.append(Change(name, int(layers[name].index[k]), "slivers", what))
        done[name] = layers[name].set_geometry(shapes, crs=layers[name].crs)
    return done, changes


def without_overlaps(layers: Layers) -> tuple[Layers, list[Change]]:
    """Let the larger of two buildings, or cells, that lie over one another give way.

    One that lies within another gets its ground as a hole of that one. Outlines that are the same
    are left: which of the two is right is no matter of geometry. Left is also one that what
    remained of it would put outside every community.
    """
    home = shapely.union_all(layers["communities"].geometry.to_numpy())
    done, changes = dict(layers), []
    for name in _given(layers, ("buildings", "cells")):
        frame = layers[name]
        shapes = np.array(frame.geometry.to_numpy(), dtype=object)
        pairs = [(a, b) for a, b, share in overlapping(shapes) if min(share) <= SAME]
        cut = _cut(shapes, pairs)
        while moved := [k for k in cut if _inside(shapes[k], home) and not _inside(cut[k], home)]:
            pairs = [pair for pair in pairs if not set(pair) & set(moved)]
            cut = _cut(shapes, pairs)
        for k, shape in cut.items():
            others = sorted({b if a == k else a for a, b in pairs if k in (a, b)})
            listed = ", ".join(str(int(frame.index[other])) for other in others)
            lost = shapes[k].area - shape.area
            what = f"{lost:,.1f} m2 that it shared with row {listed} were cut off"
            changes.append(Change(name, int(frame.index[k]), "overlap-cut", what))
            shapes[k] = shape
        done[name] = frame.set_geometry(shapes, crs=frame.crs)
    return done, changes


def without_strips(layers: Layers) -> tuple[Layers, list[Change]]:
    """Give a narrow strip that two communities, or cells, claim to the one of the earlier row."""
    done, changes = dict(layers), []
    for name in _given(layers, TILING):
        frame = layers[name]
        shapes = np.array(frame.geometry.to_numpy(), dtype=object)
        for a, b, common in strips(shapes):
            rest = polygonal([shapely.difference(shapes[b], shapes[a], grid_size=GRID_M)])[0]
            pieces = [part for part in shapely.get_parts(rest) if part.area >= SLIVER_M2]
            if not pieces:
                continue
            shapes[b] = pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(pieces)
            what = (
                f"a strip of {common.area:,.1f} m2, narrower than {STRIP_M:g} m, went to row "
                f"{int(frame.index[a])}, which claimed it too"
            )
            changes.append(Change(name, int(frame.index[b]), "strip-cut", what))
        done[name] = frame.set_geometry(shapes, crs=frame.crs)
    return done, changes


def without_gaps(layers: Layers) -> tuple[Layers, list[Change]]:
    """Give a narrow gap between communities, or cells, to the one it borders on most."""
    done, changes = dict(layers), []
    for name in _given(layers, TILING):
        frame = layers[name]
        shapes = np.array(frame.geometry.to_numpy(), dtype=object)
        for gap, touched in gaps(shapes):
            k = touched[0]
            shapes[k] = polygonal([shapely.union(shapes[k], gap, grid_size=GRID_M)])[0]
            rows = ", ".join(str(int(frame.index[other])) for other in touched[1:])
            what = f"a gap of {gap.area:,.1f} m2 between it and row {rows} was filled"
            changes.append(Change(name, int(frame.index[k]), "gap-filled", what))
        done[name] = frame.set_geometry(shapes, crs=frame.crs)
    return done, changes


def _cut(shapes: NDArray[Any], pairs: Sequence[tuple[int, int]]) -> dict[int, Any]:
    """Take overlapping polygons apart; return those that this changes, by position."""
    rows = sorted({k for pair in pairs for k in pair})
    if not rows:
        return {}
    apart = homes.without_overlaps(shapes[rows])
    return {
        k: shape
        for k, shape in zip(rows, apart, strict=True)
        if shapes[k].area - shape.area > GRID_M
    }


def _inside(shape: Any, home: Any) -> bool:
    return bool(shapely.intersection(shape, home).area * 2 >= shape.area)


def overlapping(shapes: NDArray[Any]) -> Iterator[tuple[int, int, tuple[float, float]]]:
    """Yield pairs of polygons that lie over one another, with the share of each that does.

    Overlaps that `gis.check` passes over are left out: below `SLIVER_M2`, or below `LAID_OVER` of
    the smaller one.
    """
    for a, b, common in common_ground(shapes):
        share = (common.area / shapes[a].area, common.area / shapes[b].area)
        if common.area > SLIVER_M2 and max(share) > LAID_OVER:
            yield a, b, share


def _given(layers: Layers, names: tuple[str, ...]) -> Iterator[str]:
    return (name for name in names if name in layers and is_frame(layers[name]))
