"""Print the counts of a half, class by class: ``python -m corpus.report tune plan.gpkg``.

Run from the repository with ``PYTHONPATH=.:tests``; the plan is one of the sample. Nothing but
counts is printed: the held half is for reporting only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from corpus.asking import asker
from corpus.register import AREA
from corpus.score import read_rows, score, table, unmet

from gis.io.plan_file import read_plan
from gis.lookup.locator import Locator
from gis.plan_data import Plan

HERE = Path(__file__).parent


def placed(plan: Plan) -> Plan:
    """Return the sample's plan with the area that the corpus has it lie in."""
    told = pd.DataFrame({"key": ["area"], "value": ["".join(AREA)]})
    info = pd.concat([plan.layers["info"], told], ignore_index=True)
    return Plan(layers={**plan.layers, "info": info}, crs=plan.crs)


def main() -> None:
    """Score one half with the places of a plan."""
    half, path = sys.argv[1:]
    ask = asker(Locator.from_plan(placed(read_plan(Path(path)))))
    counts = score(read_rows(HERE / f"addresses_{half}.csv"), ask)
    bars = "\n".join(unmet(counts)) or "every bar holds"
    sys.stdout.write(f"{table(counts)}\n{bars}\n")


if __name__ == "__main__":
    main()
