"""Compare siting with spopt and HiGHS: `python benchmarks/siting.py --peer PYTHON`.

1,000 statistical areas of Da'an, Taipei, with their households ask for places at 200 sites, ten of
which are chosen. The data are looked for in the folder ``data`` of the folder that the environment
variable WANGGE_DATA names. PYTHON is an interpreter that has spopt, pulp and highspy: the peer runs
in its own process, so that neither's libraries are in the other's way.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from gis import siting

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["daan", "ours", "theirs"]

_TWD97 = 3826
_DEMANDS, _SITES, _COUNT = 1000, 200, 10
_COVER_M, _REACH_M = 500.0, 800.0

#: What the peer runs: model by model, the time of building and solving, and the optimum.
_PEER = """
import json, sys, time
import numpy as np, pulp
from spopt.locate import LSCP, MCLP, PMedian
data = np.load(sys.argv[1])
cost, weights = data["walk_m"], data["households"]
count, cover_m, reach_m = int(data["count"]), float(data["cover_m"]), float(data["reach_m"])
models = {
    # It has no answer where nobody can serve somebody; we leave those out and say how many.
    "fewest": lambda: LSCP.from_cost_matrix(cost[(cost <= reach_m).any(axis=1)], reach_m),
    "max_cover": lambda: MCLP.from_cost_matrix(cost, weights, cover_m, p_facilities=count),
    "p_median": lambda: PMedian.from_cost_matrix(cost, weights, p_facilities=count),
}
for name, make in models.items():
    if name not in sys.argv[2:]:
        continue
    start = time.process_time()
    model = make()
    built = time.process_time()
    model.solve(pulp.HiGHS(msg=False))
    done = time.process_time()
    value = pulp.value(model.problem.objective)
    print(json.dumps([name, value, built - start, done - built]), flush=True)
"""


def daan(folder: Path, *, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return straight metres from 1,000 areas to the middles of 200, and their households."""
    areas = gpd.read_file(folder / "taipei_daan_microareas.gpkg")
    areas = areas[areas["H_CNT"].notna()].sort_values("CODEBASE")
    middle = areas.to_crs(_TWD97).representative_point()
    xy = np.column_stack([middle.x, middle.y])
    rng = np.random.default_rng(seed)
    demands = np.sort(rng.permutation(len(xy))[:_DEMANDS])
    sites = np.sort(rng.permutation(len(xy))[:_SITES])
    walk_m = np.hypot(*(xy[demands, None] - xy[sites]).transpose(2, 0, 1))
    # To the millimetre's binary neighbour, so that both see the same numbers.
    return np.rint(walk_m * 1024) / 1024, areas["H_CNT"].to_numpy(dtype=np.int64)[demands]


def ours(walk_m: NDArray[np.float64], households: NDArray[np.int64]) -> dict[str, Any]:
    """Time our three models and, apart, their proofs; the first call of all is not counted."""
    everybody = np.maximum(households, 1)
    ask: dict[str, Callable[[], siting.Choice]] = {
        "fewest": lambda: siting.fewest(walk_m, everybody, limit_m=_REACH_M),
        "max_cover": lambda: siting.max_cover(walk_m, households, _COUNT, limit_m=_COVER_M),
        "p_median": lambda: siting.p_median(walk_m, households, _COUNT),
    }
    found = {}
    for name, make in ask.items():
        make()
        start = time.process_time()
        choice = make()
        done = time.process_time()
        proven = siting.prove(choice)
        found[name] = {
            "value": choice.value,
            "seconds": done - start,
            "bound": proven.bound,
            "gap": proven.gap,
            "proof seconds": time.process_time() - done,
        }
    return found


def theirs(
    python: str, walk_m: NDArray[np.float64], households: NDArray[np.int64], models: list[str]
) -> dict[str, tuple[float, float]]:
    """Return the peer's optimum and seconds of each model."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.npz"
        np.savez(path, walk_m=walk_m, households=households, count=_COUNT,
                 cover_m=_COVER_M, reach_m=_REACH_M)  # fmt: skip
        done = subprocess.run(  # noqa: S603 - the interpreter is the caller's own
            [python, "-c", _PEER, str(path), *models], capture_output=True, text=True, check=True
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {name: (value, built + solved) for name, value, built, solved in lines}


def main(arguments: list[str] | None = None) -> int:
    """Print a line a model; return 1 where our value is not the peer's optimum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has spopt")
    parser.add_argument("--models", nargs="+", default=["fewest", "max_cover", "p_median"])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    root = os.environ.get("WANGGE_DATA")
    if not root:
        print("set WANGGE_DATA to the folder that holds data/", file=sys.stderr)
        return 2
    walk_m, households = daan(Path(root) / "data", seed=given.seed)
    found = ours(walk_m, households)
    peer = theirs(given.peer, walk_m, households, given.models) if given.peer else {}
    worse = 0
    for name, own in found.items():
        line = (
            f"{name}: {own['value']:.1f} in {own['seconds']:.3f} s; "
            f"bound {own['bound']:.1f}, gap {own['gap']:.2%}, "
            f"proven in {own['proof seconds']:.2f} s"
        )
        if name in peer:
            value, seconds = peer[name]
            same = abs(value - own["value"]) <= 1e-6 * abs(value)
            worse += not same
            share = own["seconds"] / seconds
            line += f"; spopt {value:.1f} in {seconds:.2f} s; {share:.3f} of its time"
            line += ", the same optimum" if same else ", ANOTHER VALUE"
        print(line)
    return int(worse > 0)


if __name__ == "__main__":
    raise SystemExit(main())
