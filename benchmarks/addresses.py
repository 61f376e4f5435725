"""Measure the address book on a made-up city: `python benchmarks/addresses.py`.

Builds the book of ten million addresses, asks it exactly, as one types, and with misspelt names,
and reads and matches a batch of mixed spellings; beside it, in the same run, PostgreSQL (a B-tree
on the key, pg_trgm on the names; WANGGE_POSTGIS is its connection string) and a scan of all names
by rapidfuzz. Every step runs in a process of its own; see README.md for what is measured how.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from address_peers import Postgres, all_names, scan
from alone import peak_megabytes
from made_addresses import City
from report import number, share, table, versions
from spellings import SLIPS, misspelt, spelt, typed

from gis.lookup.book import AddressBook
from gis.lookup.book_rows import Home
from gis.lookup.decision import decide
from gis.lookup.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from made_addresses import Made

    from gis.lookup.book_rows import BookRow

_HERE: Final = Path(__file__).resolve().parent
_HEAD: Final = """# Addresses, measured

Written by `python benchmarks/addresses.py`; what each column means is in [README.md](README.md).
"""
_ASKED: Final = ["work", "system", "p50 ms", "p99 ms", "longest", "CPU p99", "bar", "what came"]
_BUILT: Final = ["book", "took s", "CPU s", "peak MB", "MB", "MB per million", "bar"]
_CHUNK: Final = 2_000
_CORES: Final = 2
_ROWS: Final = 10_000_000
_QUERIES: Final = 10_000
#: Peers that take long are asked less often.
_SLOW_QUERIES: Final = 300
_BATCH: Final = 100_000
_BYTES: Final = 1e6


def build(path: Path, city: City, _: int) -> dict[str, float]:
    """Build the book, and say what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    counted = [0, 0]

    def entries() -> Iterator[Home | BookRow]:
        for entry in city.entries():
            counted[isinstance(entry, Home)] += isinstance(entry, Home) or bool(entry.room)
            yield entry

    AddressBook.build(path, entries()).close()
    return {
        "rows": counted[0],
        "homes": counted[1],
        "names": sum(1 for _ in all_names(city)),
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": peak_megabytes(),
        "bytes": path.stat().st_size,
    }


def ask(path: Path, city: City, queries: int) -> dict[str, Any]:
    """Ask the book one by one; the file is not in the page cache when the first are asked."""
    made, others = city.any(queries, seed=2), city.any(queries, seed=6)
    names = [misspelt(each.compound, Random(at)) for at, each in enumerate(made)]
    texts = [typed(each, Random(at)) for at, each in enumerate(made)]
    _forget(path)
    before = _resident()
    book = AddressBook.open(path)
    first = _timed(book.place, [made[0].compound])
    told: dict[str, Any] = {"first": first["longest"]}
    found = []
    told["cold"] = _timed(lambda each: found.append(exact(book, each) == each.home_id), others)
    told["exact"] = _timed(lambda each: found.append(exact(book, each) == each.home_id), made)
    told["found"] = sum(found) / len(found)
    told["typeahead"] = _timed(book.suggest, texts)
    told["suggested"] = sum(bool(book.suggest(text)) for text in texts) / queries
    likes: list[list[str]] = []
    told["fuzzy"] = _timed(
        lambda name: likes.append([like for like, _ in book.similar(name[0])]), names
    )
    told["recall"] = recall(made, names, likes)
    told["memory"] = {key: value - before[key] for key, value in _resident().items()}
    return told


def peers(_: Path, city: City, queries: int) -> dict[str, Any]:
    """Ask PostgreSQL, where it is there, and rapidfuzz."""
    made = city.any(queries, seed=2)
    names = [misspelt(each.compound, Random(at)) for at, each in enumerate(made)]
    slow = slice(min(_SLOW_QUERIES, queries))
    told: dict[str, Any] = {}
    search, likes = scan(city), []
    told["rapidfuzz"] = {
        "fuzzy": _timed(lambda name: likes.append(search(name[0])), names[slow]),
        "recall": recall(made[slow], names[slow], likes),
    }
    if not os.environ.get("WANGGE_POSTGIS"):
        return told
    wall = time.perf_counter()
    base, likes = Postgres(city), []
    starts = [each.compound[: 1 + at % len(each.compound)] for at, each in enumerate(made)]
    told["postgres"] = {
        "wall": time.perf_counter() - wall,
        "bytes": base.bytes,
        "about": f"PostgreSQL {base.version}, lc_ctype {base.locale}, "
        f"{base.trigrams} trigrams of 阳光花园",
        "exact": _timed(base.exact, made),
        "typeahead": _timed(base.typeahead, starts[slow]),
        "fuzzy": _timed(lambda name: likes.append(base.similar(name[0])), names[slow]),
    }
    told["postgres"]["recall"] = recall(made[slow], names[slow], likes)
    base.close()
    return told


def batch(path: Path, city: City, queries: int) -> dict[str, float]:
    """Read and match a batch of mixed spellings on two cores, and part of it on one."""
    size = min(_BATCH, queries * 10)
    random = Random(3)
    made = city.any(size, seed=4)
    texts = [spelt(each, random) for each in made]
    chunks = [texts[at : at + _CHUNK] for at in range(0, size, _CHUNK)]
    match = partial(_match, path)
    with ProcessPoolExecutor(_CORES, mp_context=get_context("spawn")) as pool:
        list(pool.map(match, [texts[: _CHUNK // 4]] * _CORES * 2))
        wall = time.perf_counter()
        answers = [each for part in pool.map(match, chunks) for each in part]
        wall = time.perf_counter() - wall
    matcher = Matcher(AddressBook.open(path))
    some = texts[:5000]
    cpu = time.process_time()
    for each in some:
        decide(matcher, each, {})
    cpu = time.process_time() - cpu
    return {
        "rows": size,
        "wall": wall,
        "right": sum(a == b.home_id for a, b in zip(answers, made, strict=True)) / size,
        "wrong": sum(a not in ("", b.home_id) for a, b in zip(answers, made, strict=True)) / size,
        "decide": cpu / len(some),
    }


def exact(book: AddressBook, made: Made) -> str:
    """Find the home of an address given in parts; empty where its room is not known."""
    place = book.place(made.compound)
    homes = book.homes_at(place, made.building) if place else ()
    for home in homes:
        if made.stairwell in book.stairwells_with(home.home_id, made.room):
            return home.home_id
    return ""


def recall(
    made: Sequence[Made], names: Sequence[tuple[str, str]], likes: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Say how often the meant name comes first, or among the first five; by slip too."""
    first = [like[:1] == [each.compound] for each, like in zip(made, likes, strict=True)]
    five = [each.compound in like[:5] for each, like in zip(made, likes, strict=True)]
    slips = [slip for _, slip in names]
    by_slip = {
        slip: float(np.mean([ok for ok, each in zip(five, slips, strict=True) if each == slip]))
        for slip in SLIPS
        if slip in slips
    }
    return {"first": float(np.mean(first)), "five": float(np.mean(five))} | by_slip


def _match(path: Path, texts: list[str]) -> list[str]:
    matcher = _opened(path)
    decided = (decide(matcher, text, {}) for text in texts)
    return [each.home.home_id if each and each.home else "" for each in decided]


@cache
def _opened(path: Path) -> Matcher:
    return Matcher(AddressBook.open(path))


def _timed(call: Callable[[Any], Any], values: Sequence[Any]) -> dict[str, float]:
    """Ask one by one; milliseconds, and those of the processor alone."""
    wall, cpu = np.empty(len(values)), np.empty(len(values))
    gc.collect()
    for at, value in enumerate(values):
        from_wall, from_cpu = time.perf_counter_ns(), time.process_time_ns()
        call(value)
        wall[at] = (time.perf_counter_ns() - from_wall) / 1e6
        cpu[at] = (time.process_time_ns() - from_cpu) / 1e6
    return {
        "p50": float(np.median(wall)),
        "p99": float(np.percentile(wall, 99)),
        "longest": float(wall.max()),
        "cpu99": float(np.percentile(cpu, 99)),
    }


def _forget(path: Path) -> None:
    """Have the system drop a file from its page cache, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _resident() -> dict[str, float]:
    """Return the memory of this process, MB: its own, and files it shares."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    kinds = {"RssAnon:": "own", "RssFile:": "shared"}
    return {kinds[w[0]]: int(w[1]) / 1024 for line in lines if (w := line.split())[0] in kinds}


_STEPS: Final = {"build": build, "ask": ask, "peers": peers, "batch": batch}


def _alone(step: str, folder: Path, rows: int, queries: int) -> dict[str, Any]:
    """Run a step in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--step", step]
    command += ["--folder", str(folder), "--rows", str(rows), "--queries", str(queries)]
    path = os.pathsep.join(filter(None, (str(_HERE.parent), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(  # noqa: S603 - our own script
        command,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _row(work: str, system: str, times: dict[str, float], bar: str, note: str = "") -> list[str]:
    cells = [number(times[key], 3) for key in ("p50", "p99", "longest", "cpu99")]
    return [work, system, *cells, bar, note]


def _recalled(told: dict[str, float]) -> str:
    slips = ", ".join(f"{slip} {share(told[slip], 0)}" for slip in SLIPS if slip in told)
    return f"first {share(told['first'])}, in five {share(told['five'])} ({slips})"


def written(told: dict[str, Any]) -> str:
    """Write the tables."""
    built, asked, other, many = (told[step] for step in _STEPS)
    base = other.get("postgres")
    scale = built["rows"] / 1e6
    rows = [
        _row("exact", "wangge", asked["exact"], "0.2", f"found {share(asked['found'])}"),
        _row("", "wangge, file on disk alone", asked["cold"], ""),
    ]
    if base:
        rows.append(_row("", "PostgreSQL, B-tree", base["exact"], ""))
    note = f"something for {share(asked['suggested'])}"
    rows.append(_row("typeahead", "wangge", asked["typeahead"], "20", note))
    if base:
        rows.append(_row("", "PostgreSQL, LIKE on names", base["typeahead"], ""))
    rows.append(_row("fuzzy", "wangge", asked["fuzzy"], "100", _recalled(asked["recall"])))
    fuzz = other["rapidfuzz"]
    rows.append(_row("", "rapidfuzz, all names", fuzz["fuzzy"], "", _recalled(fuzz["recall"])))
    if base:
        rows.append(_row("", "PostgreSQL, pg_trgm", base["fuzzy"], "", _recalled(base["recall"])))
    books = [_built("wangge", built, scale)] + ([_built("PostgreSQL", base, scale)] if base else [])
    parts = (
        _facts(built, base),
        table(_ASKED, rows),
        table(_BUILT, books),
        _memory(asked),
        _batch(many),
    )
    return "\n\n".join(parts)


def _facts(built: dict[str, Any], base: dict[str, Any] | None) -> str:
    day = datetime.now(UTC).date().isoformat()
    with_versions = versions(["rapidfuzz", "pypinyin"])
    return (
        f"{day}; {os.cpu_count()} cores, Python {sys.version.split()[0]}, {with_versions}, "
        f"SQLite {sqlite3.sqlite_version}{'; ' + base['about'] if base else ''}.\n"
        f"{built['rows']:,} addresses in {built['homes']:,} buildings, {built['names']:,} names."
    )


def _memory(asked: dict[str, Any]) -> str:
    own, shared = (number(asked["memory"].get(kind, np.nan)) for kind in ("own", "shared"))
    return (
        f"The first answer of a book just opened took {number(asked['first'], 2)} ms. Over all of "
        f"these questions the process grew by {own} MB of its own, and mapped {shared} MB of "
        "files, which every process shares."
    )


def _batch(many: dict[str, float]) -> str:
    return (
        f"A batch of {many['rows']:,} mixed spellings on {_CORES} cores, read and matched: "
        f"{number(many['rows'] / many['wall'], 0)} a second (bar: 20,000), "
        f"{share(many['right'])} the right building, {share(many['wrong'])} another. On one core, "
        f"an address takes {number(1e6 * many['decide'])} µs of processor time."
    )


def _built(system: str, told: dict[str, float], scale: float) -> list[str]:
    size = told["bytes"] / _BYTES
    numbers = (told["wall"], told.get("cpu", np.nan), told.get("peak", np.nan), size, size / scale)
    return [system, *(number(each, 1) for each in numbers), "300"]


def main() -> None:
    """Run every step, print the tables and keep them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=_ROWS, help="addresses, about")
    parser.add_argument("--queries", type=int, default=_QUERIES, help="questions of each kind")
    parser.add_argument("--keep", type=Path, help="the file to write the tables to")
    parser.add_argument("--step", choices=list(_STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        path = asked.folder / "addresses.sqlite"
        print(json.dumps(_STEPS[asked.step](path, City(asked.rows), asked.queries)))
        return
    with TemporaryDirectory() as name:
        told = {step: _alone(step, Path(name), asked.rows, asked.queries) for step in _STEPS}
    text = written(told)
    print(text)
    if asked.keep:
        asked.keep.write_text(f"{_HEAD}\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
