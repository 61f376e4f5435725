"""Print the counts of a half, class by class: ``python -m corpus_report tune plan.gpkg``.

Run from the repository with ``PYTHONPATH=.:tests``; the plan is one of the sample. Nothing but
counts is printed: the held half is for reporting only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from corpus.register import AREA
from corpus.score import read_rows, score, table, unmet
from corpus_asking import asker

from gis.io.plan_file import read_plan
from gis.lookup.locator import Locator

HERE = Path(__file__).parent / "corpus"


def main() -> None:
    """Score one half with the places of a plan."""
    half, path = sys.argv[1:]
    ask = asker(Locator.from_plan(read_plan(Path(path)), area="".join(AREA)))
    counts = score(read_rows(HERE / f"addresses_{half}.csv"), ask)
    bars = "\n".join(unmet(counts)) or "every bar holds"
    sys.stdout.write(f"{table(counts)}\n{bars}\n")


if __name__ == "__main__":
    main()
