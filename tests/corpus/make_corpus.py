"""Write the corpus anew, the same every time: ``PYTHONPATH=tests python -m corpus.make_corpus``."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.case import COLUMNS, Case, row
from corpus.register import read_register
from corpus.sealed import rules_forms, rules_limits, rules_names
from corpus.sealed.drawing import rank

if TYPE_CHECKING:
    from corpus.register import Register

HERE = Path(__file__).parent
WRITTEN = HERE / "sealed" / "written.tsv"
HALVES = ("addresses_tune.csv", "addresses_held.csv")


def main() -> None:
    """Write both halves beside this file."""
    for name, text in build(read_register()).items():
        (HERE / name).write_text(text, encoding="utf-8", newline="")


def build(register: Register) -> dict[str, str]:
    """Return the text of each half, by the name of its file."""
    halves: dict[str, list[dict[str, str]]] = {name: [] for name in HALVES}
    cases = all_cases(register)
    texts = [case.text for case in cases]
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        msg = f"said twice: {twice}"
        raise ValueError(msg)
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for case in cases:
        by_kind[case.kind].append(row(case, len(by_kind[case.kind]) + 1, register))
    for kind in sorted(by_kind):
        drawn = sorted(by_kind[kind], key=lambda line: rank("half", line["text"]))
        for i, name in enumerate(HALVES):
            halves[name] += sorted(drawn[i::2], key=lambda line: line["id"])
    return {name: _text(lines) for name, lines in halves.items()}


def all_cases(register: Register) -> list[Case]:
    """Return what was written by hand, then what the rules make."""
    return [
        *written(),
        *rules_forms.make(register),
        *rules_names.make(register),
        *rules_limits.make(register),
    ]


def written(path: Path = WRITTEN) -> list[Case]:
    """Read the strings that were written one by one: class, truth, text, near, note."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, truth, text, near, note = (line.split("\t") + [""] * 4)[:5]
        cases.append(
            Case(
                kind,
                re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text),
                _whole(truth),
                tuple(_whole(item) for item in near.split(",") if item),
                note,
            )
        )
    return cases


def _whole(path: str) -> str:
    """Put the HT- back that the hand-written lines leave out."""
    return re.sub(r"(?<![\d-])(?=\d\d-\d\d)", "HT-", path)


def _text(lines: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


if __name__ == "__main__":
    main()
