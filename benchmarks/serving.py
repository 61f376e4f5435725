"""Measure the server: look-ups by point over HTTP beside PostGIS and tipg, and how it starts.

`python benchmarks/serving.py [--cells N] [--start N] [--seconds S] [--peer PYTHON] [--keep]` makes
cells (see made_cells.py), publishes a plan of them, and asks for random points with wrk and 64
connections (`apt-get install wrk`): wangge, the same look-up through PostGIS with asyncpg in the
same app, and tipg, which the interpreter of `--peer` has. Then it starts the server with a plan
of `--start` micro-grids. 1 where a bar is missed. WANGGE_POSTGIS names the database; its schema
`bench` is made anew. `--keep` writes the tables to serving.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from http_load import (
    CONNECTIONS,
    Load,
    cpu_s,
    family,
    free_port,
    load,
    memory_mb,
    server,
    wait,
    warm,
)
from made_cells import CRS, made_cells, made_points
from made_site import made_plan
from pyproj import Transformer
from report import number, table, versions
from serving_peers import backends, fill

from api.store.catalogue import Release, added
from api.store.folder import FolderStore
from gis.lookup.release import freeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Start", "main", "publish_made", "written"]

_HERE: Final = Path(__file__).resolve().parent
_KEPT: Final = _HERE / "serving.md"
_POINTS: Final = 50_000
#: As many processes as there are cores, for every system.
_WORKERS: Final = ("--workers", "2")
#: Least multiple of a peer's requests a second; most milliseconds; most seconds and megabytes.
_BARS: Final = {"PostGIS, asyncpg": 4.0, "tipg": 20.0}
_P99_MS, _START_S, _WORKER_MB = 25.0, 2.0, 400.0
_SERVE: Final = "from api.entry import main; main()"


def main() -> int:
    """Run both parts and print, or keep, their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=400_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--peer", help="an interpreter that has tipg")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk makes the load: apt-get install wrk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        loads = _loads(Path(name), asked.cells, asked.seconds, asked.peer)
        starts = _starts(Path(name), asked.start)
    text, missed = written(loads, starts, asked.cells, asked.start)
    print(text)
    if asked.keep:
        _KEPT.write_text(text, encoding="utf-8")
    for each in missed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if missed else 0


def _loads(folder: Path, count: int, seconds: int, peer: str | None) -> list[Load]:
    cells, parents = made_cells(count, seed=1)
    site = publish_made(folder / "site", cells, parents)
    url = os.environ.get("WANGGE_POSTGIS", "")
    lon, lat = _degrees(*made_points(cells, _POINTS, seed=2))
    env = {**os.environ, "WANGGE_PLAN": str(site), "PYTHONPATH": f"{_HERE.parent}:{_HERE}"}
    found = []
    words = [sys.executable, "-m", "uvicorn", *_WORKERS, "--factory"]
    app = "serving_app:app" if url else "api.app:app_of_environment"
    if url:
        fill(url, folder / "site")
    with server([*words, app], env, "/healthz") as (port, process):
        asked = [f"/v1/locate?lon={a:.7f}&lat={b:.7f}" for a, b in zip(lon, lat, strict=True)]
        warm(port, asked)
        found.append(load("wangge", port, process, asked, seconds, folder))
        if url:
            others = [path.replace("/v1/", "/peer/") for path in asked]
            warm(port, others)
            found.append(
                load(
                    "PostGIS, asyncpg", port, process, others, seconds, folder, beside=backends(url)
                )
            )
    if url and peer:
        place = "/collections/bench.cell/items?f=geojson&limit=1&geom-column=shape&bbox="
        boxes = [f"{place}{a:.7f},{b:.7f},{a:.7f},{b:.7f}" for a, b in zip(lon, lat, strict=True)]
        words = [peer, "-m", "uvicorn", *_WORKERS, "tipg.main:app"]
        env = {**env, "DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["bench"]', "PYTHONPATH": ""}
        with server(words, env, "/healthz") as (port, process):
            warm(port, boxes)
            found.append(load("tipg", port, process, boxes, seconds, folder, beside=backends(url)))
    return found


def publish_made(site: Path, cells: NDArray[Any], parents: NDArray[np.int64]) -> Path:
    """Publish a made plan as the command does, but for proving it and for its plan file."""
    store, plan = FolderStore(site), made_plan(cells, parents)
    codes = plan["communities"]["community_code"].tolist()
    release = Release(
        number=1,
        plan_id=plan.plan_id,
        folder="0001-made",
        versions=dict.fromkeys(codes, 0),
        valid_from="2026-01-01",
        published="2026-01-01T00:00:00+00:00",
    )
    freeze(plan, store.path(release))
    store.write(added((), release))
    return site


def _degrees(x: Any, y: Any) -> tuple[list[float], list[float]]:
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    return lon.tolist(), lat.tolist()


@dataclass(frozen=True, slots=True)
class Start:
    """How a server started.

    Parameters
    ----------
    workers
        How many.
    first_s, cpu_s
        From the command to the first answer, and the processor time that took.
    rss_mb, pss_mb, own_mb
        Of the largest worker after some thousand answers: all it has mapped, its share of it,
        and what only it has.
    """

    workers: int
    first_s: float
    cpu_s: float
    rss_mb: float
    pss_mb: float
    own_mb: float


def _starts(folder: Path, count: int) -> list[Start]:
    cells, parents = made_cells(count, seed=3)
    site = publish_made(folder / "large", cells, parents)
    lon, lat = _degrees(*made_points(cells, 4000, seed=4))
    del cells
    paths = [f"/v1/locate?lon={a:.7f}&lat={b:.7f}" for a, b in zip(lon, lat, strict=True)]
    # Once before, so that all of them find the compiled loops and the files in memory.
    return [_start(site, paths, workers) for workers in (1, 1, 1, 2)][1:]


def _start(site: Path, paths: Sequence[str], workers: int) -> Start:
    port = free_port()
    words = [sys.executable, "-c", _SERVE, "serve", str(site), "--port", str(port), "-q"]
    words += ["--workers", str(workers)] if workers > 1 else []
    begun = time.perf_counter()
    process = subprocess.Popen(words, cwd=_HERE.parent, start_new_session=True)  # noqa: S603
    try:
        wait(f"http://127.0.0.1:{port}{paths[0]}", process)
        first = time.perf_counter() - begun
        cpu = sum(map(cpu_s, family(process.pid)))
        for path in paths:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                answer.read()
        sizes = [memory_mb(pid) for pid in family(process.pid)]
        rss, pss, own = max(sizes)
        return Start(workers, first, cpu, rss, pss, own)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def written(
    loads: Sequence[Load], starts: Sequence[Start], count: int, many: int
) -> tuple[str, list[str]]:
    """Write the tables; say which bars are missed."""
    ours = loads[0]
    ratio = {load.system: ours.per_second / load.per_second for load in loads}
    rows = [
        (load.system, number(load.per_second, 0), number(load.p50_ms), number(load.p99_ms),
         number(load.cpu_us, 0), str(load.failed), number(ratio[load.system]))
        for load in loads
    ]  # fmt: skip
    head = ("system", "requests/s", "p50 ms", "p99 ms", "CPU µs each", "failed", "times slower")
    missed = [
        f"{name}: {ratio[name]:.1f} times, not {bar:g}"
        for name, bar in _BARS.items()
        if name in ratio and ratio[name] < bar
    ]
    missed += [f"p99 {ours.p99_ms:.1f} ms"] if ours.p99_ms > _P99_MS else []
    for start in starts:
        missed += [f"first answer after {start.first_s:.2f} s"] if start.first_s > _START_S else []
        # What is mapped of files is one copy for all workers; a lone one is counted all of it.
        large = start.workers > 1 and start.pss_mb > _WORKER_MB
        missed += [f"{start.pss_mb:.0f} MB a worker"] if large else []
    used = versions(("asyncpg", "httptools", "numba", "starlette", "uvicorn", "uvloop"))
    starting = table(
        ("workers", "first answer s", "CPU s", "RSS MB", "PSS MB", "own MB"),
        [
            (str(s.workers), number(s.first_s, 2), number(s.cpu_s, 2), number(s.rss_mb, 0),
             number(s.pss_mb, 0), number(s.own_mb, 0))
            for s in starts
        ],
    )  # fmt: skip
    text = f"""# The server, measured

Written by `python benchmarks/serving.py --keep`; see [README.md](README.md).

{datetime.now(UTC).date().isoformat()}; {os.cpu_count()} cores, shared by server, load and database
(load average {os.getloadavg()[0]:.1f}); {used}; PostGIS, wrk.

Look-ups by point over HTTP, {count:,} made cells, {CONNECTIONS} connections, two workers, the whole
answer with its people; CPU is the server's and the database's together.

{table(head, rows)}

Start with {many:,} micro-grids and as many buildings, files in memory and loops compiled by an
earlier start; memory after 4,000 answers, of the largest process. RSS counts every page of the
files that is mapped, PSS its share of them, own what no other process has:

{starting}
"""
    return text, missed


if __name__ == "__main__":
    sys.exit(main())
