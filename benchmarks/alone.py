"""Run one system on one instance in a process of its own: `python benchmarks/alone.py …`.

A process each, as some systems cannot be loaded together, as memory is counted by process,
and as one that hangs or crashes must not take the others with it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from instances import load, save
from peers import SYSTEMS, call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instances import Instance, Ints

__all__ = ["SECONDS", "Run", "peak_megabytes", "run_alone"]

#: What a system that could go on for ever may take, and what the warm-up of one may take.
SECONDS: Final = 60.0
WARM_SECONDS: Final = 1.0
_HERE: Final = Path(__file__).resolve().parent
#: One thread each, whatever the library.
_THREADS: Final = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "LOKY_MAX_CPU_COUNT",
    ),
    "1",
)


class Run(NamedTuple):
    """What came out of one run.

    Parameters
    ----------
    labels, inner
        (n,) the plan, and its micro level; None where there is none.
    seconds, cpu
        Wall time and processor time of the solve alone: loading and warm-up left out.
    warm
        Processor time of the warm-up: compiling, where nothing was compiled before.
    megabytes
        Peak memory of the whole process.
    note
        What the system says, or why it has no plan.
    figures
        The system's own figures: its bound, its gap.
    """

    labels: Ints | None
    inner: Ints | None = None
    seconds: float = float("nan")
    cpu: float = float("nan")
    warm: float = float("nan")
    megabytes: float = float("nan")
    note: str = ""
    figures: dict[str, float] = {}  # noqa: RUF012 - never written to


def run_alone(
    system: str,
    instance: Instance,
    warm: Instance,
    *,
    timeout: float,
    seconds: float = SECONDS,
    compiled: bool = True,
) -> Run:
    """Run a system in a process of its own.

    Parameters
    ----------
    system
        A name in `peers.SYSTEMS`.
    instance, warm
        What is solved and timed, and the small instance solved before, untimed, so that
        compiling and importing are left out.
    timeout
        Seconds for all of it, warm-up included, after which the process is ended.
    seconds
        What a system that could go on for ever may take.
    compiled
        Whether numba's code may come from the disk; else it is compiled anew.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        save(warm, folder / "warm.npz")
        save(instance, folder / "instance.npz")
        command = [sys.executable, str(Path(__file__).resolve()), system, name, str(seconds)]
        path = os.pathsep.join(filter(None, (str(_HERE.parent), os.environ.get("PYTHONPATH"))))
        environment = os.environ | _THREADS | {"PYTHONHASHSEED": "0", "PYTHONPATH": path}
        if not compiled:
            environment["NUMBA_CACHE_DIR"] = name
        try:
            done = subprocess.run(  # noqa: S603 - our own script
                command,
                timeout=timeout,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(None, note=f"not done in {timeout:.0f} s")
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
            return Run(None, note=f"failed: {said[-1]}")
        with np.load(folder / "labels.npz") as stored:
            labels = {key: stored[key] for key in stored}
        told = json.loads((folder / "told.json").read_text())
        return Run(labels["labels"], labels.get("inner"), **told)


def peak_megabytes() -> float:
    """Return the most memory this process held.

    On Linux ru_maxrss of a started process counts the memory of the one that started it too
    (it is kept over exec), so the kernel's own high-water mark is read where it is shown.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _arrays(answer: Any) -> Iterator[tuple[str, Ints]]:
    yield "labels", answer.labels
    if answer.inner is not None:
        yield "inner", answer.inner


def main() -> int:
    """Solve the warm-up, then the instance; write labels and figures beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("folder", type=Path, help="holds warm.npz and instance.npz")
    parser.add_argument("seconds", type=float, help="for a system that could go on for ever")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # those of other people's libraries
    solve = call(given.system)
    warm, instance = load(given.folder / "warm.npz"), load(given.folder / "instance.npz")
    start = time.process_time()
    solve(warm, WARM_SECONDS)
    wall, cpu = time.perf_counter(), time.process_time()
    answer = solve(instance, given.seconds)
    told = {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "warm": cpu - start,
        "megabytes": peak_megabytes(),
        "note": answer.note,
        "figures": dict(answer.figures),
    }
    np.savez(given.folder / "labels.npz", **dict(_arrays(answer)))
    (given.folder / "told.json").write_text(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
