"""Measure GCJ-02 and BD-09 over China: `python benchmarks/datums.py`; 1 where a bar is missed.

The bars: there and back again within a millimetre, a million points a second each way. Seconds are
of one core's work, the best of three runs; points are random in the box 73-135.5 E, 3-54 N.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Geod

from gis.datums import DATUM_NAMES, from_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["measure"]

_POINTS: Final = 1_000_000
_ROUNDS: Final = 3
_BAR_M: Final = 0.001
_BAR_PER_SECOND: Final = 1_000_000


def measure(points: int = _POINTS) -> list[tuple[str, float, float, float]]:
    """Return for each datum its name, points a second there and back, and the largest error, m."""
    random = np.random.default_rng(20260)
    lon, lat = random.uniform(73.0, 135.5, points), random.uniform(3.0, 54.0, points)
    rows = []
    for datum, name in DATUM_NAMES.items():
        there_s, there = _timed(lambda d=datum: from_wgs84(lon, lat, datum=d))  # type: ignore[misc]
        back_s, back = _timed(lambda d=datum, t=there: to_wgs84(*t, datum=d))  # type: ignore[misc]
        error = np.abs(Geod(ellps="WGS84").inv(lon, lat, *back)[2]).max()
        rows.append((name, points / there_s, points / back_s, float(error)))
    return rows


def _timed(
    work: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[float, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    best, found = np.inf, work()
    for _ in range(_ROUNDS):
        start = time.process_time()
        found = work()
        best = min(best, time.process_time() - start)
    return best, found


def main() -> int:
    """Print the table; return 1 where a bar is missed."""
    rows = measure()
    print(f"{'datum':8}{'there, M/s':>12}{'back, M/s':>12}{'largest error, mm':>20}")
    for name, there, back, error in rows:
        print(f"{name:8}{there / 1e6:12.2f}{back / 1e6:12.2f}{error * 1000:20.6f}")
    good = all(
        min(there, back) >= _BAR_PER_SECOND and error <= _BAR_M for _, there, back, error in rows
    )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
