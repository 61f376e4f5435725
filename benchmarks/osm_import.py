"""Time the import of Monaco, and count what it finds against pyrosm.

`python benchmarks/osm_import.py [--pyrosm PYTHON]`; 1 where a bar is missed. The bars: 1.5 s for
the whole extract, counts within 0.5 % of pyrosm's. pyrosm needs a Python of its own (`pip install
pyrosm`); without one only the time is measured. Seconds are of one core's work, the best of three
runs after a first. The extract is looked for in the folder ``data`` of WANGGE_DATA.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.io.osm import import_osm
from gis.io.osm_scan import scan
from gis.io.osm_tags import Tags, facility_category

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["count", "seconds"]

_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
_MONACO: Final = (7.40, 43.715, 7.45, 43.76)
_ROUNDS: Final = 3
_BAR_S: Final = 1.5
_BAR_SHARE: Final = 0.005

#: What pyrosm is asked, in a process of its own: the same things by its own reading of the file.
_PYROSM: Final = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from pyrosm import OSM
path, categories = sys.argv[1], json.loads(sys.argv[2])
best = float("inf")
for _ in range(4):
    start = time.process_time()
    osm = OSM(path)
    buildings, walking = osm.get_buildings(), osm.get_network("walking")
    pois = {name: osm.get_pois(custom_filter=tags) for name, tags in categories.items()}
    best = min(best, time.process_time() - start)
ways = osm.get_data_by_custom_criteria(
    custom_filter={"highway": True}, keep_nodes=False, keep_relations=False)
found = {"buildings": len(buildings), "highways": int(ways["id"].nunique())}
found |= {name: 0 if rows is None else len(rows) for name, rows in pois.items()}
print(json.dumps({"seconds": best, "counts": found}))
"""

#: Facilities that one pair of key and value each decides, so that both can count them.
_CATEGORIES: Final[Mapping[str, Mapping[str, list[str]]]] = {
    "restaurant": {"amenity": ["restaurant", "fast_food", "cafe", "food_court"]},
    "school": {"amenity": ["school"]},
    "supermarket": {"shop": ["supermarket"]},
    "toilets": {"amenity": ["toilets"]},
    "bank": {"amenity": ["bank"]},
}


def count(path: Path) -> dict[str, int]:
    """Count what the import reads of a whole extract, before it is cut to a community."""
    tables = Tags.load()
    keys = ["building", "highway", *tables.facility_keys]
    found = scan(path, _WORLD, keys)
    categories = [facility_category(thing.tags, tables) for thing in (*found.points, *found.areas)]
    counts = {
        "buildings": sum("building" in area.tags for area in found.areas),
        "highways": len(found.ways),
    }
    return counts | {name: categories.count(name) for name in _CATEGORIES}


def seconds(path: Path) -> float:
    """Measure the import of the whole extract as one community."""
    best = np.inf
    for _ in range(_ROUNDS + 1):
        start = time.process_time()
        import_osm(path, bbox=_MONACO)
        best = min(best, time.process_time() - start)
    return float(best)


def _peer(python: str, path: Path) -> tuple[float, dict[str, int]]:
    words = [python, "-c", _PYROSM, str(path), json.dumps(_CATEGORIES)]
    answer = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603
    found = json.loads(answer.stdout.splitlines()[-1])
    return found["seconds"], found["counts"]


def main(arguments: list[str] | None = None) -> int:
    """Print both tables; return 1 where a bar is missed, 2 where the extract is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyrosm", metavar="PYTHON", help="a Python that has pyrosm")
    given = parser.parse_args(arguments)
    path = Path(os.environ.get("WANGGE_DATA", ""), "data", "monaco.osm.pbf")
    if not path.is_file():
        print("set WANGGE_DATA to the folder that holds data/monaco.osm.pbf", file=sys.stderr)
        return 2
    ours_s = seconds(path)
    print(f"monaco.osm.pbf, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")
    print(f"import: {ours_s:.2f} s (bar {_BAR_S} s)")
    good = ours_s <= _BAR_S
    if given.pyrosm:
        theirs_s, theirs = _peer(given.pyrosm, path)
        ours = count(path)
        print(f"pyrosm: {theirs_s:.2f} s for buildings, walking network and these facilities")
        print(f"{'':12}{'wangge':>8}{'pyrosm':>8}{'apart':>8}")
        for name, number in ours.items():
            apart = abs(number - theirs[name]) / max(1, theirs[name])
            good &= apart <= _BAR_SHARE
            print(f"{name:12}{number:8}{theirs[name]:8}{apart:8.2%}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
