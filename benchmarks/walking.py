"""Compare walks with pandana, networkit and networkx: `python benchmarks/walking.py`.

The matrix up to 1 km of 1,300 buildings of Shanghai; what lies within 300 m of 5,000 places of a
made city; the nearest of ten categories for 20,000. Shanghai is looked for in the folder ``data``
of the folder that the environment variable WANGGE_DATA names. `--peer PYTHON` is an interpreter
that has pandana and networkit; networkx comes with the extra `test`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import report
from scipy.sparse import csr_array
from walk_peers import timed
from walk_works import city_works, shanghai_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from walk_works import Work

__all__ = ["Answer", "compare", "ours", "theirs"]

_HERE: Final = Path(__file__).resolve().parent
_SHANGHAI: Final = "shanghai_bund_osm.gpkg"
_LIBRARIES: Final = ("geopandas", "networkx", "numba", "numpy", "scipy", "shapely")
_CENTIMETRE: Final = 0.01


class Answer(NamedTuple):
    """What a system found.

    Parameters
    ----------
    system, way, threads
        Who was asked, and how.
    values
        Metres: (n, m) of a matrix or, of what is near, the same in sparse rows; (c, n) to the
        nearest of each category.
    wall, cpu, ready
        Seconds to answer, and of making ready before.
    asked
        How many of the origins were asked; the seconds are scaled to all of them.
    others
        Wall seconds of the other ways that were tried.
    version
        Of the library.
    """

    system: str
    way: str
    threads: int
    values: Any
    wall: float
    cpu: float
    ready: float
    asked: int
    others: Mapping[str, float] = MappingProxyType({})
    version: str = ""


def ours(work: Work) -> Answer:
    """Let wangge answer; the first time, which may compile, is not counted."""
    walks, task = work.walks, work.task
    ask = {
        "matrix": lambda: walks.matrix(work.origins, work.targets, limit_m=task.limit_m),
        "within": lambda: walks.within(work.origins, work.targets, limit_m=task.limit_m),
        "nearest": lambda: np.array(
            [
                walks.nearest(work.origins, work.targets[task.category == k])[1]
                for k in np.unique(task.category)
            ]
        ),
    }[task.kind]
    ask()
    run = timed(ask)
    count = len(work.origins)
    return Answer("wangge", f"{task.kind}()", 1, run.found, run.wall, run.cpu, work.ready, count)


def theirs(
    work: Work, peer: str, *, python: str = sys.executable, threads: int = 1, seconds: float = 600.0
) -> Answer:
    """Let a peer answer in a process of its own, in the quickest of its ways.

    Parameters
    ----------
    work
        What to walk.
    peer
        A name in `walk_peers.PEERS`.
    python
        An interpreter that has the peer.
    threads
        How many it may use.
    seconds
        A run that would take longer is given fewer origins.
    """
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "task.npz", **work.task._asdict())
        threaded = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run(  # noqa: S603 - the interpreter is the caller's own
            [python, str(_HERE / "walk_peers.py"), peer, folder, str(seconds)],
            env=os.environ | threaded | {"PYTHONPATH": ""},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        told = json.loads((Path(folder) / "told.json").read_text())
        values = np.load(Path(folder) / "values.npy")
    return Answer(peer, threads=threads, values=_with_snaps(work, values, told["asked"]), **told)


def compare(work: Work, answers: Sequence[Answer]) -> tuple[list[list[str]], bool]:
    """Return a row of the table for each answer, of which the first is wangge's.

    What was found is compared with networkx, for the origins that it was asked. Also returned is
    whether wangge was quicker than all others, and equal to networkx.
    """
    own, rows = answers[0], []
    known = next((each for each in answers if each.system == "networkx"), own)
    good = all(min(each.wall / own.wall, each.cpu / own.cpu) > 1 for each in answers[1:])
    for each in answers:
        off_m, alone = _difference(work, known, each)
        if each is own:
            good &= off_m < _CENTIMETRE and alone == 0
        asked = f"{each.asked:,}" if each.asked < len(work.origins) else "all"
        threads = f", {each.threads} threads" if each.threads > 1 else ""
        rows.append(
            [
                f"{each.system}{threads}",
                f"{each.wall / own.wall:,.1f}",
                f"{each.cpu / own.cpu:,.1f}",
                f"{each.wall:.4f}",
                f"{each.cpu:.4f}",
                f"{each.ready:.3f}",
                f"{100 * off_m:.4f}",
                f"{alone:,}",
                asked,
                each.way,
            ]
        )
    return rows, good


_COLUMNS: Final = ("system", "wall ×", "CPU ×", "wall s", "CPU s", "ready s", "off cm",
                   "only one has", "origins", "way")  # fmt: skip


def _with_snaps(work: Work, values: Any, asked: int) -> Any:
    """Turn metres from node to node into those from point to point, as wangge gives them."""
    snap_m = work.walks.snap_m
    if work.task.kind == "nearest":
        return values
    if work.task.kind == "within":
        row, node, metres = values
        at = np.full(len(work.task.xy), -1)
        at[work.task.targets] = np.arange(len(work.targets))
        pairs = row.astype(np.int64), at[node.astype(np.int64)]
        return csr_array((metres, pairs), shape=(asked, len(work.targets)))
    origins = work.origins[:asked]
    whole = values + (snap_m[origins, None] + snap_m[work.targets])
    whole[origins[:, None] == work.targets] = 0.0
    return np.where(whole <= work.task.limit_m, whole, np.inf)


def _difference(work: Work, known: Answer, own: Answer) -> tuple[float, int]:
    """Return how far values are apart at most, and how many pairs only one of both has."""
    count = min(known.asked, own.asked)
    if work.task.kind == "within":
        one, other = (_dense(each.values[:count]) for each in (known, own))
    elif work.task.kind == "nearest":
        one, other = known.values[:, :count], own.values[:, :count]
    else:
        one, other = known.values[:count], own.values[:count]
    both = np.isfinite(one) & np.isfinite(other)
    off_m = np.abs(one[both] - other[both]).max(initial=0.0)
    return float(off_m), int((np.isfinite(one) != np.isfinite(other)).sum())


def _dense(rows: csr_array) -> Any:
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    dense = np.full(rows.shape, np.inf)
    dense[row, rows.indices] = rows.data
    return dense


def _answers(work: Work, peer: str | None, seconds: float) -> list[Answer]:
    own = ours(work)
    if work.task.kind == "nearest":
        # A peer that must be told how far to look is told no more than it needs.
        longest_m = np.ceil(own.values[np.isfinite(own.values)].max())
        work = work._replace(task=work.task._replace(limit_m=longest_m))
    found = [own]
    for name in ("networkit", "pandana") if peer else ():
        found += [theirs(work, name, python=peer, threads=count) for count in (1, 2)]
    return [*found, theirs(work, "networkx", seconds=seconds)]


def main(arguments: list[str] | None = None) -> int:
    """Print a table a task; return 1 where a peer was quicker or values are not equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", metavar="PYTHON", help="has pandana and networkit")
    parser.add_argument("--seconds", type=float, default=20.0, help="for a run of networkx")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="also write the tables there")
    given = parser.parse_args(arguments)
    root = os.environ.get("WANGGE_DATA")
    if not root:
        print("set WANGGE_DATA to the folder that holds data/", file=sys.stderr)
        return 2
    path = Path(root) / "data" / _SHANGHAI
    works = [shanghai_work(path, seed=given.seed), *city_works(seed=given.seed)]
    parts, used, fine = [], {}, True
    for work in works:
        answers = _answers(work, given.peer, given.seconds)
        used |= {each.system: each.version for each in answers[1:]}
        rows, good = compare(work, answers)
        fine &= good
        parts.append(f"## {work.name}\n\n{report.table(_COLUMNS, rows)}")
        others = [
            f"{each.system}, {way}: {wall:.3f} s"
            for each in answers
            for way, wall in each.others.items()
            if each.threads == 1
        ]
        if others:
            parts.append(f"Slower ways: {'; '.join(others)}.")
        print("\n\n".join(parts[-1 - bool(others) :]), flush=True, end="\n\n")
    sources = [
        (_SHANGHAI, hashlib.sha256(path.read_bytes()).hexdigest()),
        (f"make_city(20000, seed={given.seed})", _city_hash(works[1])),
    ]
    peers = ", ".join(f"{name} {number}" for name, number in sorted(used.items()))
    busy = f"load of the machine {os.getloadavg()[1]:.1f}"
    facts = f"{report.facts(sources)}, {busy}; {report.versions(_LIBRARIES)}; peers: {peers}"
    print(facts)
    if given.output:
        given.output.write_text("\n\n".join([_HEAD.rstrip(), facts, *parts]) + "\n")
    return int(not fine)


def _city_hash(work: Work) -> str:
    """Return the SHA-256 of the made city's edges."""
    task = work.task
    return hashlib.sha256(
        b"".join(part.tobytes() for part in (task.xy, task.first, task.last, task.metres))
    ).hexdigest()


_HEAD: Final = """# Walks, measured

Written by `python benchmarks/walking.py`; what the columns mean is in [README.md](README.md).
"""


if __name__ == "__main__":
    raise SystemExit(main())
