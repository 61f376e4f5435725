"""Tell which barriers stop people on foot, and which gates let them through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.tables import BARRIER_CROSSABLE

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = [
    "GATE_REACH_M",
    "closed_gates",
    "crossable",
    "is_shut",
    "open_gates",
    "passes_gate",
    "uncrossable",
]

#: An open gate this near to where a wall is crossed makes the crossing a passage.
GATE_REACH_M: Final = 3.0


def uncrossable(barriers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the barriers that stop people on foot, rows without a shape left out.

    A row's own `crossable` beats what its kind says; a kind that nobody listed in
    `gis.tables.BARRIER_CROSSABLE` stops people.

    Examples
    --------
    >>> import geopandas as gpd
    >>> line = shapely.LineString([(0, 0), (9, 0)])
    >>> given = gpd.GeoDataFrame(
    ...     {"kind": ["wall", "road", "hoarding", "water"], "crossable": [None, None, None, True]},
    ...     geometry=[line] * 4,
    ... )
    >>> uncrossable(given)["kind"].tolist()
    ['wall', 'hoarding']
    """
    return barriers[_has_shape(barriers) & ~_is_crossable(barriers)]


def crossable(barriers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the barriers that people can cross anywhere, such as a street."""
    return barriers[_has_shape(barriers) & _is_crossable(barriers)]


def open_gates(gates: gpd.GeoDataFrame) -> NDArray[Any]:
    """Return the points of the gates that let people through; one that does not say is open."""
    return _points(gates, closed=False)


def closed_gates(gates: gpd.GeoDataFrame) -> NDArray[Any]:
    """Return the points of the gates that are said to be shut."""
    return _points(gates, closed=True)


def is_shut(gates: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which gates are said to be shut; one that does not say is open."""
    if "open" not in gates:
        return np.zeros(len(gates), dtype=bool)
    said = gates["open"].astype("boolean").fillna(value=True)
    shut: NDArray[np.bool_] = ~said.to_numpy(dtype=bool)
    return shut


def passes_gate(places: NDArray[Any], open_points: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which places lie within `GATE_REACH_M` of an open gate.

    Parameters
    ----------
    places
        (n,) geometries.
    open_points
        (m,) points as from `open_gates`.
    """
    passes = np.zeros(len(places), dtype=bool)
    if len(open_points) and len(places):
        tree = shapely.STRtree(open_points)
        near = tree.query(places, predicate="dwithin", distance=GATE_REACH_M)
        passes[near[0]] = True
    return passes


def _has_shape(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    shapes = frame.geometry.to_numpy()
    has: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return has


def _is_crossable(barriers: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    kinds = barriers["kind"].to_numpy(dtype=object)
    known = [BARRIER_CROSSABLE.get(str(kind).strip().casefold(), False) for kind in kinds]
    by_kind = np.array(known, dtype=bool)
    if "crossable" not in barriers:
        return by_kind
    said = barriers["crossable"].astype("boolean")
    return np.where(said.isna(), by_kind, said.fillna(value=False).to_numpy(dtype=bool))


def _points(gates: gpd.GeoDataFrame, *, closed: bool) -> NDArray[Any]:
    wanted = gates.geometry.to_numpy()[_has_shape(gates) & (is_shut(gates) == closed)]
    return np.asarray(shapely.get_parts(wanted), dtype=object)
