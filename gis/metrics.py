"""Compute the quality numbers of grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["polsby_popper", "walk_max_m", "walk_mean_m"]


def polsby_popper(shapes: ArrayLike) -> NDArray[np.float64]:
    """Measure compactness: 1 for a circle, towards 0 for a ribbon.

    4 pi A / P², after Polsby and Popper (1991), Yale Law & Policy Review 9(2):301.

    Parameters
    ----------
    shapes
        Polygons, (n,), metric CRS.

    Returns
    -------
    Compactness, (n,); NaN for an empty shape.

    Examples
    --------
    >>> polsby_popper([shapely.box(0, 0, 1, 1)]).round(3).tolist()
    [0.785]
    """
    shapes = np.asarray(shapes, dtype=object)
    perimeter: NDArray[Any] = shapely.length(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        compactness: NDArray[np.float64] = 4 * np.pi * shapely.area(shapes) / perimeter**2
    return compactness


def walk_mean_m(walk_m: ArrayLike, households: ArrayLike) -> float:
    """Average a walk over households; who cannot reach the centre is left out.

    Parameters
    ----------
    walk_m
        Metres to the centre, (n,); inf or NaN where unreachable.
    households
        Households, (n,).

    Returns
    -------
    Metres; NaN where no household reaches the centre.

    Examples
    --------
    >>> walk_mean_m([100.0, 200.0, np.inf], [30, 10, 5])
    125.0
    """
    walk, weight = np.asarray(walk_m, dtype=float), np.asarray(households, dtype=float)
    reached = np.isfinite(walk) & (weight > 0)
    if not reached.any():
        return float("nan")
    return float(np.average(walk[reached], weights=weight[reached]))


def walk_max_m(walk_m: ArrayLike, households: ArrayLike) -> float:
    """Return the longest walk of any household that reaches the centre; NaN where none does.

    Examples
    --------
    >>> walk_max_m([100.0, 900.0], [30, 0])
    100.0
    """
    walk, weight = np.asarray(walk_m, dtype=float), np.asarray(households, dtype=float)
    reached = np.isfinite(walk) & (weight > 0)
    return float(walk[reached].max()) if reached.any() else float("nan")
