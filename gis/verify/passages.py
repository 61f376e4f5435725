"""Check what can be crossed against the barriers, gates and bridges the plan carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.tables import BARRIER_CROSSABLE
from gis.verify.borders import common_borders
from gis.verify.finding import Finding
from gis.verify.view import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from gis.verify.view import View

__all__ = ["check_passages"]

#: A border this free of barriers can be crossed: 2 m, or nine tenths of a shorter one.
OPEN_M: Final = 2.0
OPEN_SHARE: Final = 0.9

#: A border runs along a barrier within some distance between these two: nearer than the first
#: it certainly does, farther than the second it certainly does not.
SURELY_M: Final = 0.5
HARDLY_M: Final = 1.0
OFF_M: Final = 0.05

#: How far an open gate may stand from the border it opens, and a bridge end from its atom.
GATE_M: Final = 3.05
END_M: Final = 0.05

_BRIDGES: Final = ("bridge", "tunnel", "underpass", "overpass")
_WAYS: Final = frozenset({"open", "road", "gate", "bridge", "attached"})


def check_passages(view: View) -> Iterator[Finding]:
    """Check that each crossable row says how, and that the carried layers bear it out.

    An open border has a stretch free of barriers that stop people; a gate's has an open gate; a
    bridge ends in both atoms; and a closed border has no free stretch.
    """
    pairs = view.pairs[(view.pairs["a"] >= 0) & (view.pairs["b"] >= 0)]
    borders = common_borders(view.cells)
    lines = np.array(
        [
            borders.get((min(a, b), max(a, b)), shapely.MultiLineString())
            for a, b in zip(pairs["a"], pairs["b"], strict=True)
        ],
        dtype=object,
    )
    barriers = _closed(view)
    needed = np.minimum(OPEN_M, OPEN_SHARE * shapely.length(lines))
    shut = _free_m(lines, barriers, SURELY_M) < needed - OFF_M
    free = _free_m(lines, barriers, HARDLY_M) > needed + OFF_M
    gated = _near_gate(view, lines)
    spans = _spans(view)
    for row, is_shut, is_free, has_gate in zip(pairs.itertuples(), shut, free, gated, strict=True):
        what = _fault(row, view.cells, spans, {"shut": is_shut, "free": is_free, "gate": has_gate})
        if what:
            yield Finding("passages", what, f"{row.atom_a} {row.atom_b}")


def _fault(row: Any, cells: NDArray[Any], spans: NDArray[Any], found: Mapping[str, bool]) -> str:
    """Say what is wrong with one row; nothing where all is right."""
    if not row.crossable:
        return "not crossable, yet no barrier stops people" if found["free"] else ""
    if row.via not in _WAYS:
        return f"crossable over {row.via or 'nothing'}"
    if row.via in {"open", "road"} and found["shut"]:
        return f"crossable as {row.via}, yet a barrier runs all along it"
    if row.via == "gate" and not found["gate"]:
        return "crossable by a gate, yet no open gate stands at the border"
    if row.via == "bridge" and not _bridged(spans, cells[row.a], cells[row.b]):
        return "crossable by a bridge, yet no bridge or tunnel ends in both"
    return ""


def _closed(view: View) -> NDArray[Any]:
    """Return the barriers that stop people; a row's own word beats its kind's."""
    barriers = view.plan.layers.get("barriers")
    if barriers is None or barriers.empty:
        return np.zeros(0, dtype=object)
    flags: Any = barriers["crossable"]
    closed = [
        not (BARRIER_CROSSABLE.get(kind, False) if missing else flag)
        for kind, flag, missing in zip(texts(barriers["kind"]), flags, flags.isna(), strict=True)
    ]
    shapes: NDArray[Any] = np.asarray(barriers.geometry, dtype=object)
    shapes = shapes[np.array(closed, dtype=bool)]
    kept: NDArray[Any] = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return kept


def _free_m(lines: NDArray[Any], barriers: NDArray[Any], within_m: float) -> Any:
    """Measure how much of each line lies farther from every barrier than that."""
    free = shapely.length(lines)
    zones = shapely.buffer(barriers, within_m, cap_style="flat")
    row, zone = shapely.STRtree(zones).query(lines, predicate="intersects")
    for line in np.unique(row):
        near = shapely.union_all(zones[zone[row == line]])
        free[line] = shapely.difference(lines[line], near).length
    return free


def _near_gate(view: View, lines: NDArray[Any]) -> NDArray[np.bool_]:
    near = np.zeros(len(lines), dtype=bool)
    gates = view.plan.layers.get("gates")
    if gates is not None and len(gates):
        spots = np.asarray(gates.geometry, dtype=object)[
            gates["open"].fillna(value=True).astype(bool)
        ]
        near[shapely.STRtree(spots).query(lines, predicate="dwithin", distance=GATE_M)[0]] = True
    return near


def _spans(view: View) -> NDArray[Any]:
    """Return each bridge or tunnel from end to end."""
    walkways = view.plan.layers.get("walkways")
    if walkways is None or walkways.empty:
        return np.zeros(0, dtype=object)
    on_foot = walkways["foot"].fillna(value=True).astype(bool)
    lines = walkways.geometry[walkways["kind"].isin(_BRIDGES) & on_foot].to_numpy()
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.union_all(lines))), dtype=object)


def _bridged(spans: NDArray[Any], one: Any, other: Any) -> bool:
    first, last = shapely.get_point(spans, 0), shapely.get_point(spans, -1)
    forth = shapely.dwithin(first, one, END_M) & shapely.dwithin(last, other, END_M)
    back = shapely.dwithin(first, other, END_M) & shapely.dwithin(last, one, END_M)
    return bool((forth | back).any())
