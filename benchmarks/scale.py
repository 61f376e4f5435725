"""Plan from 1,000 to 100,000 households with the command itself: `python benchmarks/scale.py`.

The small input is three compounds of the sample; the larger are sample communities side by side,
each with names and ids of its own. Monaco comes from OpenStreetMap, looked for in the folder
``data`` of the folder that the environment variable WANGGE_DATA names. Each is planned (check to
plan file) and verified in processes of their own; the table is kept in ``scale.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import places
import pyogrio
import shapely
from report import number, table

from gis.io.plan_file import write_layers

__all__ = ["Row", "beside", "main", "measure", "part", "written"]

ROOT: Final = Path(__file__).parents[1]
SAMPLE: Final = ROOT / "sample_data/community.gpkg"

#: Copies of the sample in the made inputs.
COPIES: Final = (1, 3, 13)

#: Compounds of the small input, and of the first that each process plans.
_PART: Final = ("玉兰苑南区", "玉兰苑北区", "紫藤雅居")
_TINY: Final = ("粮站宿舍",)
_AROUND_M: Final = 20.0
_STREET_M: Final = 60.0
_APART_M: Final = 100.0
#: What must differ between two copies.
_NAMED: Final[dict[str, tuple[str, ...]]] = {
    "communities": ("name",),
    "compounds": ("name",),
    "buildings": ("building_id", "compound"),
    "entrances": ("building_id",),
    "addresses": ("address", "building_id", "alias_of"),
    "people": ("serves",),
    "locks": ("building_id", "grid"),
    "gates": ("name",),
}
_STAGES: Final = (
    "reading", "checking", "households", "cells", "walking", "partition", "circles", "digest",
    "writing",
)  # fmt: skip


_TEXT: Final = """# From 1,000 to 100,000 households

Written by `python benchmarks/scale.py`: the command itself plans and verifies each input, check to
plan file, in processes of their own. Seconds are of one processor but in the column of those that
passed. The start, in no other column, is the loading of libraries, most of it at once, the rest of
it (compiled functions, coordinate systems, drivers) at a first plan of 235 households. {day},
{cores} cores.

{table}

Largest ÷ smallest of the made inputs: plan {made_plan}, verify {made_verify}; with the real ones
plan {plan}, verify {verify}.

What does not grow with the households (opening, checking and writing some forty layers one by one)
is half of the smallest row and nothing in the others. Monaco differs in its division alone:
of its 316 buildings 16 towers, whose stairwells OpenStreetMap does not know, hold 4,318 of the
10,707 households, each more than a micro-grid may. Large grids are drawn four times around them
instead of twice, 131 problems solved instead of 3, and what cannot hold is explained.

Seconds of each stage for 1,000 households:

{stages}
"""


class Row(NamedTuple):
    """What one input took, in seconds of processor time but for `wall_s`.

    Parameters
    ----------
    name, households
        The input.
    start_s
        The interpreter, the libraries, and a first plan of one compound, at which they load
        the rest of themselves; in no other figure.
    stages
        Seconds of each stage of `wangge plan`.
    wall_s
        Seconds that passed from check to plan file.
    verify_s
        `wangge verify`, its start left out.
    memory_mb
        Most memory that the planning process held.
    """

    name: str
    households: int
    start_s: float
    stages: dict[str, float]
    wall_s: float
    verify_s: float
    memory_mb: float

    @property
    def plan_s(self) -> float:
        """Seconds from check to plan file."""
        return sum(self.stages.values())

    def per_thousand(self, seconds: float) -> float:
        """Return seconds for 1,000 households."""
        return 1000 * seconds / self.households


def part(layers: dict[str, Any], names: tuple[str, ...] = _PART) -> dict[str, Any]:
    """Cut compounds out of the sample, with what stands in and around them."""
    compounds = layers["compounds"]
    ring = compounds.geometry[compounds["name"].isin(names)].buffer(_AROUND_M, join_style="mitre")
    area = shapely.intersection(ring.union_all(), layers["communities"].geometry.iloc[0])
    street = shapely.buffer(area, _STREET_M)
    found: dict[str, Any] = {}
    for name, frame in layers.items():
        if name == "communities":
            continue
        if name in ("walkways", "barriers", "gates"):
            near = frame[frame.intersects(street)]
            found[name] = near.set_geometry(near.intersection(street))
        elif isinstance(frame, gpd.GeoDataFrame) and frame.geometry.notna().all():
            found[name] = frame[frame.within(area)]
        elif "building_id" in frame:
            inside = layers["buildings"].within(area)
            found[name] = frame[
                frame["building_id"].isin(layers["buildings"]["building_id"][inside])
            ]
    whole = layers["communities"].iloc[:1].assign(geometry=[area])
    whole["households"] = int(found["buildings"]["households"].sum())
    return {"communities": whole} | {name: frame for name, frame in found.items() if len(frame)}


def beside(layers: dict[str, Any], count: int) -> dict[str, Any]:
    """Put so many copies side by side, a road from each to the next; names get a number."""
    left, _, right, _ = layers["communities"].total_bounds
    ways = layers["walkways"].get_coordinates().to_numpy()
    west, east = ways[ways[:, 0].argmin()], ways[ways[:, 0].argmax()]
    step = right - left + _APART_M
    roads = shapely.linestrings([[east, west + np.array([step, 0.0])]])
    copies: dict[str, list[Any]] = {}
    for copy in range(count):
        for name, frame in layers.items():
            own = frame.copy()
            for column in _NAMED.get(name, ()):
                there = own[column].notna()
                own.loc[there, column] = f"{copy:02}-" + own.loc[there, column].astype(str)
            if name == "communities":
                own["community_code"] = f"99{copy + 1:010}"
            if isinstance(own, gpd.GeoDataFrame):
                own = own.set_geometry(own.translate(xoff=copy * step))
            if name == "walkways" and copy + 1 < count:
                road = gpd.GeoDataFrame({"kind": ["road"]}, geometry=roads, crs=own.crs)
                own = pd.concat([own, road.translate(xoff=copy * step).to_frame("geometry")])
            copies.setdefault(name, []).append(own)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in copies.items()}


def measure(name: str, source: Path, folder: Path, *, first: Path) -> Row:
    """Plan and verify an input by the command, each in a process that did so with `first`."""
    target, tiny = folder / f"{source.stem}.plan.gpkg", folder / "tiny.plan.gpkg"
    said, _, _, memory_mb = _run(
        ["plan", first, "-o", tiny, "--quiet"],
        ["plan", source, "-o", target, "--json", "--timings", "--quiet"],
    )
    summary = json.loads(said[said.index("{") :])
    stages = {stage["name"]: stage for stage in summary["stages"]}
    start_s = stages.pop("start")["cpu_s"]
    _, start_verify_s, whole_s, _ = _run(["verify", tiny, "--quiet"], ["verify", target, "--quiet"])
    return Row(
        name=name,
        households=summary["households"],
        start_s=start_s,
        stages={stage: stages[stage]["cpu_s"] for stage in _STAGES},
        wall_s=sum(stage["wall_s"] for stage in stages.values()),
        verify_s=whole_s - start_verify_s,
        memory_mb=memory_mb,
    )


_TWICE: Final = """
import json, resource, sys, time
from api.cli import main
spent = []
for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as ended:
        if ended.code not in (0, 1):  # 1: the plan has errors, which is not asked here
            raise
    spent.append(time.process_time())
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sys.stderr.write("\\n" + json.dumps([*spent, most]))
"""


def _run(first: list[Any], then: list[Any]) -> tuple[str, float, float, float]:
    """Run `wangge` twice in one process; return what it printed, seconds until either end, MB."""
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", _TWICE, json.dumps([first, then], default=str)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    start_s, end_s, memory_mb = json.loads(done.stderr.splitlines()[-1])
    return done.stdout, start_s, end_s, memory_mb


def written(rows: list[Row], real: list[Row]) -> str:
    """Write the tables: seconds for 1,000 households, and where they go."""
    every = [*rows, *real]
    head = ["input", "households", "start", "plan, passed", "plan", "per 1,000", "verify",
            "per 1,000", "MB"]  # fmt: skip
    lines = [
        [row.name, f"{row.households:,}", number(row.start_s, 2), number(row.wall_s, 1),
         number(row.plan_s, 1), number(row.per_thousand(row.plan_s), 2), number(row.verify_s, 1),
         number(row.per_thousand(row.verify_s), 2), number(row.memory_mb, 0)]
        for row in every
    ]  # fmt: skip
    stages = [
        [row.name, *(number(row.per_thousand(row.stages[stage]), 3) for stage in _STAGES)]
        for row in every
    ]
    return _TEXT.format(
        day=datetime.now(UTC).date().isoformat(),
        cores=os.cpu_count(),
        table=table(head, lines),
        made_plan=_ratio(rows, "plan_s"),
        made_verify=_ratio(rows, "verify_s"),
        plan=_ratio(every, "plan_s"),
        verify=_ratio(every, "verify_s"),
        stages=table(["input", *_STAGES], stages),
    )


def _ratio(rows: list[Row], what: str) -> str:
    shares = [row.per_thousand(getattr(row, what)) for row in rows]
    return number(max(shares) / min(shares), 2)


def main(arguments: list[str] | None = None) -> int:
    """Make the inputs, plan each, print the tables and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("scale.md"))
    parser.add_argument("--copies", type=int, nargs="*", default=COPIES)
    given = parser.parse_args(arguments)
    layers = {
        str(name): pyogrio.read_dataframe(SAMPLE, layer=name)
        for name in pyogrio.list_layers(SAMPLE)[:, 0]
    }
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        inputs = {"3 compounds of the sample": part(layers)}
        inputs |= {f"{count} × the sample": beside(layers, count) for count in given.copies}
        rows, real = [], []
        tiny = folder / "tiny.gpkg"
        write_layers(part(layers, _TINY), tiny)
        for k, (name, made) in enumerate(inputs.items()):
            source = folder / f"made{k}.gpkg"
            write_layers(made, source)
            if not k:
                measure(name, source, folder, first=tiny)  # everything is compiled after that
            rows.append(measure(name, source, folder, first=tiny))
            print(rows[-1], file=sys.stderr)
        root = os.environ.get("WANGGE_DATA")
        if root:
            source = places.monaco(Path(root) / "data", folder / "monaco.gpkg")
            real.append(measure("Monaco", source, folder, first=tiny))
        else:
            print("WANGGE_DATA is not set: no Monaco", file=sys.stderr)
        text = written(rows, real)
    print(text)
    given.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
