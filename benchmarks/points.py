"""Compare finding the cells of a million points with geopandas, shapely and PostGIS.

`python benchmarks/points.py [COUNT ...] [--points N] [--keep]` makes 20,000 and 400,000 cells (see
made_cells.py) and asks every system for the cell of each point, one core each; 1 where a bar is
missed. PostGIS is the database that the environment variable WANGGE_POSTGIS names; without it its
row is left out. `--keep` writes the tables to points.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from made_cells import CRS, made_cells, made_points
from report import facts, number, table, versions

from gis.lookup.points import PointIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["Answers", "compare", "differences", "main", "systems"]

_HERE: Final = Path(__file__).resolve().parent
_KEPT: Final = _HERE / "points.md"
_COUNTS: Final = (20_000, 400_000)
_SRID: Final = int(CRS.removeprefix("EPSG:"))
#: Least multiple of wangge's speed over a system's; from 100,000 cells on, and below.
_BARS: Final = {"geopandas.sjoin": (3.0, 5.0), "PostGIS, unnest": (20.0, 20.0)}
_SINGLE_BAR_US: Final = 20.0
_MANY: Final = 100_000
#: A point on a millimetre's edge may be rounded over it: half of one in each direction.
_ROUNDING_M: Final = 0.001
_SINGLES: Final = 20_000
_ROUNDS: Final = 3

#: What a worker does: it opens the index, answers, and says what memory is its own and shared.
_WORKER: Final = """
import json, sys, time
from pathlib import Path
import numpy as np
from gis.lookup.points import PointIndex
def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    named = (line.split() for line in lines if line.startswith("Rss"))
    return {words[0]: int(words[1]) / 1024 for words in named}
x, y = np.load(sys.argv[2])
before = memory()
start = time.perf_counter()
index = PointIndex.open(Path(sys.argv[1]))
opened = time.perf_counter()
index.find_one(x[0], y[0])
first = time.perf_counter()
index.find(x, y)
more = {key: after - before[key] for key, after in memory().items()}
print(json.dumps({"open_ms": 1000 * (opened - start), "first_ms": 1000 * (first - opened),
    "own_mb": more["RssAnon:"], "shared_mb": more["RssFile:"]}))
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a system answered.

    Parameters
    ----------
    system
        Its name.
    found
        Position of each point's cell, -1 for none, shape (n,).
    seconds, cpu_s
        Of the whole batch, the best of some rounds after one that is not counted; of processor,
        the database's server included.
    """

    system: str
    found: NDArray[np.int64]
    seconds: float
    cpu_s: float


def systems(
    cells: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64], *, rounds: int = _ROUNDS
) -> Iterator[Answers]:
    """Ask every system for the cells of all points; wangge comes first.

    What can be made before the points are known is not counted: indexes, trees, tables. Nor is
    turning coordinates into a peer's own points, but for PostGIS, which is sent arrays.
    """
    index = PointIndex.build(cells)
    yield _best("wangge", lambda: index.find(x, y), rounds)

    points = shapely.points(x, y)
    tree = shapely.STRtree(cells)
    yield _best("shapely STRtree", lambda: _asked(tree, points), rounds)
    order = index._order(x, y)  # noqa: SLF001 - the peer is given the same head start
    sorted_points = points[order]

    def put_back() -> NDArray[np.int64]:
        found = np.empty(len(points), dtype=np.int64)
        found[order] = _asked(tree, sorted_points)
        return found

    yield _best("shapely STRtree, points sorted", put_back, rounds)

    left = gpd.GeoDataFrame(geometry=points, crs=CRS)
    right = gpd.GeoDataFrame({"cell": np.arange(len(cells))}, geometry=cells, crs=CRS)
    right.sindex.query(points[:1])

    def joined() -> NDArray[np.int64]:
        pairs = gpd.sjoin(left, right, how="inner", predicate="within")
        return _first(pairs.index.to_numpy(), pairs["cell"].to_numpy(), len(points))

    yield _best("geopandas.sjoin", joined, rounds)
    if os.environ.get("WANGGE_POSTGIS"):
        yield from _postgis(os.environ["WANGGE_POSTGIS"], cells, x, y)


def differences(
    cells: NDArray[Any],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    ours: NDArray[np.int64],
    theirs: NDArray[np.int64],
) -> tuple[int, int]:
    """Count the points answered otherwise, and those of them not within a rounding of an edge."""
    other = np.flatnonzero(ours != theirs)
    away = np.full(len(other), np.inf)
    for found in (ours[other], theirs[other]):
        known = found >= 0
        borders = shapely.boundary(cells[found[known]])
        metres = shapely.distance(borders, shapely.points(x[other[known]], y[other[known]]))
        away[known] = np.minimum(away[known], metres)
    return len(other), int((away > _ROUNDING_M).sum())


def compare(count: int, points: int, *, seed: int = 1, rounds: int = _ROUNDS) -> tuple[str, int]:
    """Return a section of the report, and how many bars are missed in it."""
    cells, _ = made_cells(count, seed=seed)
    x, y = made_points(cells, points, seed=seed + 1)
    rows, missed, ours = [], 0, None
    for theirs in systems(cells, x, y, rounds=rounds):
        ours = ours or theirs
        ratio = theirs.cpu_s / ours.cpu_s
        bar = _BARS.get(theirs.system, (0.0, 0.0))[count < _MANY]
        others, wrong = differences(cells, x, y, ours.found, theirs.found)
        missed += (ratio < bar) + (wrong > 0)
        rows.append(
            [
                theirs.system,
                number(theirs.seconds, 2),
                number(theirs.cpu_s, 2),
                number(points / theirs.cpu_s / 1000, 0),
                number(ratio, 1),
                f"≥ {bar:g}" if bar else "",
                str(others),
                str(wrong),
            ]
        )
        print(theirs.system, flush=True)
    head = ["system", "seconds", "CPU s", "thousand a CPU second", "CPU ÷ wangge's", "bar"]
    head += ["answered otherwise", "of these not within 1 mm of an edge"]
    alone, p50_us = _alone(cells, x, y)
    missed += p50_us > _SINGLE_BAR_US
    valid = "a valid coverage" if shapely.coverage_is_valid(cells) else "NO VALID COVERAGE"
    vertices = int(shapely.get_num_coordinates(cells).sum())
    text = (
        f"## {points:,} points in {count:,} cells\n\n{_facts()}. "
        f"{vertices:,} vertices, {valid}; seed {seed}.\n\n{table(head, rows)}\n\n{alone}\n"
    )
    return text, missed


def main(arguments: list[str] | None = None) -> int:
    """Print a section a count; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, metavar="COUNT", default=list(_COUNTS))
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="write the tables to points.md")
    given = parser.parse_args(arguments)
    told = [compare(count, given.points) for count in given.counts]
    text = "\n".join(section for section, _ in told)
    print(text)
    if given.keep:
        title = "# Points in cells, measured\n\nWritten by `python benchmarks/points.py --keep`."
        _KEPT.write_text(f"{title}\n\n{text}", encoding="utf-8")
    return int(any(missed for _, missed in told))


def _best(system: str, ask: Callable[[], NDArray[np.int64]], rounds: int) -> Answers:
    found = ask()
    times = []
    for _ in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        found = ask()
        times.append((time.process_time() - cpu, time.perf_counter() - start))
    cpu_s, seconds = min(times)
    return Answers(system, found, seconds, cpu_s)


def _asked(tree: shapely.STRtree, points: NDArray[Any]) -> NDArray[np.int64]:
    rows, cells = tree.query(points, predicate="within")
    return _first(rows, cells, len(points))


def _first(rows: NDArray[np.int64], cells: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    found = np.full(count, -1, dtype=np.int64)
    found[rows[::-1]] = cells[::-1]
    return found


def _postgis(
    dsn: str, cells: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]
) -> Iterator[Answers]:
    """Ask PostGIS by arrays, and from a table that the points are copied into; one core."""
    import psycopg  # noqa: PLC0415 - an extra

    point = f"ST_SetSRID(ST_Point(p.x, p.y), {_SRID})"
    joined = f"JOIN made_cells c ON ST_Contains(c.geom, {point})"
    with psycopg.connect(dsn) as connection, connection.cursor(binary=True) as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET jit = off")
        cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        cursor.execute(f"CREATE TEMP TABLE made_cells (id int, geom geometry(Polygon, {_SRID}))")
        with cursor.copy("COPY made_cells FROM STDIN") as copy:
            shapes = shapely.to_wkb(shapely.set_srid(cells, _SRID), hex=True, include_srid=True)
            for row in enumerate(shapes):
                copy.write_row(row)
        cursor.execute("CREATE INDEX ON made_cells USING gist (geom)")
        cursor.execute("ANALYZE made_cells")

        arrays = "unnest(%s::float8[], %s::float8[]) WITH ORDINALITY p(x, y, n)"

        def by_arrays() -> list[Any]:
            query = f"SELECT p.n, c.id FROM {arrays} {joined}"  # noqa: S608
            return cursor.execute(query, [x.tolist(), y.tolist()]).fetchall()

        def by_table() -> list[Any]:
            cursor.execute("DROP TABLE IF EXISTS asked")
            cursor.execute("CREATE TEMP TABLE asked (n int, x float8, y float8)")
            with cursor.copy("COPY asked FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int4", "float8", "float8"])
                for row in zip(range(1, len(x) + 1), x.tolist(), y.tolist(), strict=True):
                    copy.write_row(row)
            cursor.execute("ANALYZE asked")
            return cursor.execute(f"SELECT p.n, c.id FROM asked p {joined}").fetchall()  # noqa: S608

        backend = connection.info.backend_pid
        for name, ask in (("PostGIS, unnest", by_arrays), ("PostGIS, points copied", by_table)):
            start, cpu, served = time.perf_counter(), time.process_time(), _server_s(backend)
            rows = np.array(ask(), dtype=np.int64).reshape(-1, 2)
            seconds = time.perf_counter() - start
            cpu_s = time.process_time() - cpu + _server_s(backend) - served
            found = np.full(len(x), -1, dtype=np.int64)
            found[rows[:, 0] - 1] = rows[:, 1]
            yield Answers(name, found, seconds, cpu_s)
        connection.rollback()


def _server_s(process: int) -> float:
    """Return the processor seconds of another process on this machine; 0 where it is elsewhere."""
    path = Path(f"/proc/{process}/stat")
    if not path.exists():
        return 0.0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _alone(
    cells: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[str, float]:
    """Tell what single points and the index itself cost; the median of singles in microseconds."""
    start = time.process_time()
    index = PointIndex.build(cells)
    build_s = time.process_time() - start
    ask = list(zip(x[:_SINGLES].tolist(), y[:_SINGLES].tolist(), strict=True))
    near = [(*point, 10.0) for point in ask]
    found = index.find(x[:_SINGLES], y[:_SINGLES])
    rows = [(*point, position) for point, position in zip(ask, found.tolist(), strict=True)]
    tree = shapely.STRtree(cells)
    calls: dict[str, tuple[Callable[..., Any], list[Any]]] = {
        "`find_one`": (index.find_one, ask),
        "`border_m` of one": (index.border_m, rows),
        "`within` 10 m": (index.within, near),
        "shapely STRtree, one": (lambda a, b: tree.query(shapely.Point(a, b), "within"), ask),
    }
    times = {name: _each_us(call, given) for name, (call, given) in calls.items()}
    lines = [[name, *(number(us, 1) for us in both)] for name, both in times.items()]
    start = time.process_time()
    index.border_m(x, y, index.find(x, y))
    border_s = time.process_time() - start
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index.save(folder / "index")
        disk_mb = sum(path.stat().st_size for path in (folder / "index").iterdir()) / 1e6
        np.save(folder / "asked.npy", np.array([x, y]))
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _WORKER, str(folder / "index"), str(folder / "asked.npy")],
            capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONPATH": str(_HERE.parent)},
        )  # fmt: skip
    worker = json.loads(done.stdout)
    text = (
        f"{table(['one call', 'p50 µs', 'p99 µs'], lines)}\n\n"
        f"The index is built in {build_s:.1f} s of processor and takes {disk_mb:.1f} MB on disk. "
        f"Another process opens it in {worker['open_ms']:.1f} ms, answers first after "
        f"{worker['first_ms']:.0f} ms more (compiled code comes from the disk), and after all "
        f"points holds {worker['shared_mb']:.0f} MB of mapped files, which it shares, and "
        f"{worker['own_mb']:.0f} MB more of its own, the answers included. `find` and `border_m` "
        f"of all points take {border_s:.2f} s of processor."
    )
    return text, times["`find_one`"][0]


def _each_us(call: Callable[..., Any], given: list[Any]) -> tuple[float, float]:
    """Return the median and the 99th percentile of single calls in microseconds."""
    call(*given[0])
    times = []
    for values in given:
        start = time.perf_counter_ns()
        call(*values)
        times.append(time.perf_counter_ns() - start)
    p50, p99 = np.percentile(times, [50, 99]) / 1000
    return float(p50), float(p99)


def _facts() -> str:
    return f"{facts([]).partition('; SHA-256')[0]}; {versions(['geopandas', 'shapely', 'wangge'])}"


if __name__ == "__main__":
    raise SystemExit(main())
