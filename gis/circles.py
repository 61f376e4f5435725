"""Draw the living circles (生活圈) of grids: what lies within some minutes of their centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.tables import PLAN_LAYERS, with_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gis.rules import Walking as WalkingRules
    from gis.walking import Walking

__all__ = ["WHY", "build"]

#: Why a circle does not reach a home: the walk is longer; there is none, but would be if walls had
#: gates; there is none at all.
WHY: Final = ("too far", "no gate", "unreachable")

_CHUNK: Final = 64
_NOBODY: Final = np.zeros(0, dtype=np.int64)


def build(
    centres: pd.DataFrame,
    walking: Walking,
    *,
    atoms: pd.DataFrame,
    atom_points: Sequence[int] | NDArray[np.int64],
    rules: WalkingRules,
    crs: Any = None,
    without_barriers: Callable[[], Walking] | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Draw the circles of each grid, and tell which of its households they do not reach, and why.

    Parameters
    ----------
    centres
        One row a grid: `code`, `level` ("large" or "micro") and `point`, the position of its
        centre among the points of `walking`.
    walking
        The walks between points.
    atoms
        `atom_id`, `households`, `large_code` and `micro_code` of the atoms, (n,).
    atom_points
        (n,) position of each atom's entrance among the points of `walking`; -1 for an atom
        without one (ground), which is never reached.
    rules
        The walking rules: minutes of the circles and the speed.
    crs
        The CRS of the points.
    without_barriers
        Makes the walks between the same points if no barrier stood in the way; asked only
        where some home cannot be reached.

    Returns
    -------
    The layers `circles` and `unreached` of `gis.tables.PLAN_LAYERS`. A circle whose centre no
    walkway reaches has an empty polygon, and reaches whom it stands with.

    Examples
    --------
    >>> import pandas as pd, shapely
    >>> from gis.rules import Walking as Rules
    >>> from gis.walking import StraightWalking
    >>> doors = shapely.points([(0, 0), (200, 0), (400, 0)])
    >>> walking = StraightWalking(doors, detour_factor=1.3)
    >>> centres = pd.DataFrame({"code": ["01"], "level": ["large"], "point": [0]})
    >>> atoms = pd.DataFrame({"atom_id": ["a", "b", "c"], "households": [10, 20, 40],
    ...                       "large_code": ["01"] * 3, "micro_code": ["0101"] * 3})
    >>> circles, unreached = build(centres, walking, atoms=atoms, atom_points=[0, 1, 2],
    ...                            rules=Rules(circle_minutes=(5,)))
    >>> circles[["code", "minutes", "metres", "households_reached"]].to_numpy().tolist()
    [['01', 5, 300.0, 30]]
    >>> unreached[["atom_id", "households", "walk_m", "why"]].to_numpy().tolist()
    [['c', 40, 520.0, 'too far']]
    """
    points = np.asarray(atom_points, dtype=np.int64)
    homes = np.flatnonzero(points >= 0)
    households = atoms["households"].to_numpy(dtype=np.int64)[homes]
    names = atoms["atom_id"].to_numpy(dtype=object)[homes]
    members = {level: _members(atoms[f"{level}_code"].to_numpy(dtype=object)[homes], households)
               for level in _LEVELS}  # fmt: skip
    minutes = sorted(set(rules.circle_minutes))
    longest_m = max(minutes, default=0) * rules.speed_m_per_min
    ordered = centres.sort_values(["level", "code"], ignore_index=True)
    limits = [minute * rules.speed_m_per_min for minute in minutes]
    # Drawn once: a large grid and a micro-grid may share a centre.
    places, place = np.unique(ordered["point"].to_numpy(), return_inverse=True)
    shapes = walking.reaches(places, limits)
    whys = _Whys(walking, without_barriers)
    rows: list[tuple[Any, ...]] = []
    missed: list[tuple[Any, ...]] = []
    for number, (code, level, point) in enumerate(
        zip(ordered["code"], ordered["level"], ordered["point"].tolist(), strict=True)
    ):
        if number % _CHUNK == 0:
            near = ordered["point"].iloc[number : number + _CHUNK].to_numpy()
            metres_to = walking.matrix(near, points[homes], limit_m=longest_m)
        walk_m = metres_to[number % _CHUNK]
        own = members[level].get(code, _NOBODY)
        beyond = own[~np.isfinite(walk_m[own])]
        walk_m[beyond], why = whys.of(point, points[homes[beyond]])
        reason = dict(zip(beyond.tolist(), why, strict=True))
        for minute, metres, shape in zip(minutes, limits, shapes[place[number]], strict=True):
            within = walk_m <= metres
            lost = dict.fromkeys(WHY, 0)
            for home in own[~within[own]].tolist():
                told, count = reason.get(home, WHY[0]), int(households[home])
                lost[told] += count
                missed.append((code, level, minute, names[home], count, walk_m[home], told))
            reached = int(households[own[within[own]]].sum())
            around = int(households[within].sum())
            rows.append((code, level, minute, metres, reached, *lost.values(), around, shape))
    return _layers(rows, missed, crs)


_LEVELS: Final = ("large", "micro")


def _members(codes: NDArray[Any], households: NDArray[np.int64]) -> dict[Any, NDArray[np.int64]]:
    """Return the homes with households of each grid, in order."""
    own = np.flatnonzero(households > 0)
    number, names = pd.factorize(codes[own])
    order = np.argsort(number, kind="stable")
    parts = np.split(own[order], np.cumsum(np.bincount(number, minlength=len(names)))[:-1])
    return dict(zip(names, parts, strict=True)) if len(names) else {}


def _layers(
    rows: list[tuple[Any, ...]], missed: list[tuple[Any, ...]], crs: Any
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Give the rows the columns of their contracts, which they follow in order."""
    circles, unreached = PLAN_LAYERS["circles"], PLAN_LAYERS["unreached"]
    drawn = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=[*circles.dtypes, "geometry"]), geometry="geometry", crs=crs
    )
    table = pd.DataFrame(missed, columns=list(unreached.dtypes))
    metres = table["walk_m"].astype("float64")
    table["walk_m"] = metres.where(np.isfinite(metres)).round(3)
    return with_columns(drawn, circles), with_columns(table, unreached)


class _Whys:
    """Why homes are beyond the longest circle; walks without barriers are made where needed."""

    def __init__(self, walking: Walking, bare: Callable[[], Walking] | None) -> None:
        self._walking = walking
        self._make = bare
        self._bare: Walking | None = None

    def of(
        self, point: int, targets: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Return the metres from the point to each target, however far, and why it is beyond."""
        if not len(targets):
            return np.zeros(0), np.zeros(0, dtype=object)
        walk_m = self._walking.matrix([point], targets)[0]
        why = np.full(len(targets), "too far", dtype=object)
        lost = np.flatnonzero(~np.isfinite(walk_m))
        why[lost] = "unreachable"
        if len(lost) and self._make is not None:
            self._bare = self._bare or self._make()
            why[lost[np.isfinite(self._bare.matrix([point], targets[lost])[0])]] = "no gate"
        return walk_m, why
