"""Put everything that people walk between into one walking network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.walking import Walking, walking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.ground import Ground
    from gis.inputs import Inputs
    from gis.rules import Rules

__all__ = ["Places", "put", "without_barriers"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where atoms and meeting points stand among the points that walking knows.

    Parameters
    ----------
    walking
        Walks between the points.
    atoms
        Position of each atom's entrance, (n,); -1 for ground.
    meeting_points
        Position of each meeting point.
    """

    walking: Walking
    atoms: NDArray[np.int64]
    meeting_points: NDArray[np.int64]


def put(
    grounds: Mapping[str, Ground], ready: Inputs, rules: Rules
) -> tuple[dict[str, Places], NDArray[np.int64]]:
    """Put all entrances, meeting points and facilities into one walking network.

    Parameters
    ----------
    grounds
        Community code to its ground.
    ready
        Prepared inputs.
    rules
        How people walk.

    Returns
    -------
    Community code to its places, all of one network; and the positions of the facilities.
    """
    points: list[Any] = []
    entrances = {}
    for code, own in grounds.items():
        home = (own.atoms["kind"] == "home").to_numpy()
        at = np.full(len(home), -1, dtype=np.int64)
        at[home] = len(points) + np.arange(home.sum())
        entrances[code] = at
        points += list(shapely.points(own.atoms.loc[home, ["entrance_x", "entrance_y"]]))
    meeting = len(points) + np.arange(len(ready["meeting_points"]))
    points += list(ready["meeting_points"].geometry)
    facilities = len(points) + np.arange(len(ready["facilities"]))
    points += list(ready["facilities"].geometry.representative_point())
    network = walking(
        np.array(points, dtype=object),
        walkways=ready["walkways"],
        gates=ready["gates"],
        barriers=ready["barriers"],
        rules=rules.walking,
    )
    return {code: Places(network, at, meeting) for code, at in entrances.items()}, facilities


def without_barriers(known: Walking, ready: Inputs, rules: Rules) -> Walking:
    """Return the walks between the same points as if no barrier stood and no gate were shut."""
    return walking(
        known.points,
        walkways=ready["walkways"],
        gates=ready["gates"].iloc[:0],
        barriers=ready["barriers"].iloc[:0],
        rules=rules.walking,
    )
