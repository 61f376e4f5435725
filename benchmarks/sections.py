"""Make the tables: peers on one instance, wangge alone on many, two levels, official areas."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

import numpy as np
from alone import SECONDS, Run, run_alone
from measure import Measured, broken, measure
from official import compactness, draw, read_areas
from peers import SYSTEMS
from report import facts, number, share, table, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from instances import Instance
    from official import Areas

    Tell = Callable[[str], None]

__all__ = ["alone", "areas", "first_call", "levels", "peers"]

#: Seconds for wangge where no peer is compared; a fault if it is ever reached.
_PATIENCE: Final = 1800.0
_OFFICIAL: Final = "official"


def peers(
    instance: Instance, warm: Instance, names: Sequence[str], *, timeout: float, tell: Tell
) -> str:
    """Run wangge and its peers on one instance; one row each."""
    runs = {}
    for name in ("wangge", *names):
        tell(f"{instance.name}: {name}")
        runs[name] = run_alone(name, instance, warm, timeout=timeout)
    seen = {
        name: measure(instance, run.labels) if run.labels is not None else None
        for name, run in runs.items()
    }
    own, ours = runs["wangge"], seen["wangge"]
    head = [
        "system", "walk ÷ wangge's", "CPU s ÷ wangge's", "in range", "broken", "walk m",
        "longest m", "seconds", "CPU s", "MB", "districts", "note",
    ]  # fmt: skip
    rows = [
        [
            name,
            number(got.walk_m / ours.walk_m if got and ours else np.nan, 3),
            number(run.cpu / own.cpu, 2),
            *_plan(got),
            number(run.seconds, 2),
            number(run.cpu, 2),
            number(run.megabytes, 0),
            number(got.count if got else np.nan, 0),
            _noted(run, instance),
        ]
        for name, run in runs.items()
        for got in (seen[name],)
    ]
    low, high = instance.limit
    used = versions(SYSTEMS[name].distribution for name in runs)
    said = (
        f"{facts([(instance.source, instance.sha256)])}; {used}. {_busy(list(runs.values()))} "
        f"Peers that could go on for ever have {SECONDS:.0f} s, all have {timeout:.0f} s."
    )
    title = f"## {instance.name}: n={instance.n:,}, k={instance.count}, {low}–{high} households"
    return "\n\n".join([title, said, table(head, rows)])


def first_call(warm: Instance, *, tell: Tell) -> str:
    """Say what wangge's first call takes where nothing is compiled yet."""
    tell("the first call of wangge")
    run = run_alone("wangge", warm, warm, timeout=_PATIENCE, compiled=False)
    return f"The first call of wangge ever, compiling included: {number(run.warm)} s of processor."


def alone(title: str, instances: Sequence[Instance], warm: Instance, *, tell: Tell) -> str:
    """Run wangge alone on several instances; one row each, with optimum or bound.

    Columns that hold nothing (walks, where the cost is not of walking) are left out.
    """
    head = [
        "instance", "cost ÷ optimum", "proven gap", "in range", "broken", "walk m", "longest m",
        "cost", "seconds", "CPU s", "MB", "n", "k", "note",
    ]  # fmt: skip
    rows, runs = [], []
    for instance in instances:
        tell(f"{title}: {instance.name}")
        run = run_alone("wangge", instance, warm, timeout=_PATIENCE)
        runs.append(run)
        got = None if run.labels is None else measure(instance, run.labels)
        known = got.cost / instance.known if got else np.nan
        rows.append(
            [
                instance.name,
                "none exists" if np.isinf(instance.known) else number(known, 4),
                share(run.figures.get("gap", np.nan), 2),
                *_plan(got),
                number(got.cost if got else np.nan, 2),
                number(run.seconds, 2),
                number(run.cpu, 2),
                number(run.megabytes, 0),
                f"{instance.n:,}",
                f"{instance.count:,}",
                _noted(run, instance),
            ]
        )
    sources = [(instance.source, instance.sha256) for instance in instances]
    said = f"{facts(sources)}; {versions(['wangge'])}. {_busy(runs)}"
    told = [at for at in range(len(head)) if any(row[at] not in ("–", "") for row in rows)]
    seen = table([head[at] for at in told], [[row[at] for at in told] for row in rows])
    return "\n\n".join([f"## {title}", said, seen])


def levels(instance: Instance, warm: Instance, *, tell: Tell) -> str:
    """Run wangge's two levels on one instance; one row a level."""
    tell(instance.name)
    run = run_alone("wangge nested", instance, warm, timeout=_PATIENCE)
    low, high, target = instance.micro or (0, 0, 0)
    head = ["level", "range", "in range", "broken", "districts", "walk m", "longest m", "gap"]
    rows = []
    for name, labels, limit, gap in (
        ("large", run.labels, instance.limit, "gap"),
        ("micro, given the large", run.inner, (low, high), "micro_gap"),
        ("micro, over the whole", run.inner, (low, high), "micro_overall_gap"),
    ):
        got = None if labels is None else measure(instance, labels, limit=limit)
        rows.append(
            [
                name,
                f"{limit[0]}–{limit[1]}",
                *_plan(got)[:2],
                number(got.count if got else np.nan, 0),
                *_plan(got)[2:],
                share(run.figures.get(gap, np.nan), 2),
            ]
        )
    said = f"{facts([(instance.source, instance.sha256)])}; {versions(['wangge'])}. {_busy([run])} "
    said += (
        f"Micro target {target}. {number(run.seconds, 2)} s, {number(run.cpu, 2)} s of processor, "
    )
    said += f"{number(run.megabytes, 0)} MB."
    if run.labels is not None and run.inner is not None:
        pairs = np.unique(np.column_stack([run.inner, run.labels]), axis=0)
        said += f" Micro districts in two large ones: {len(pairs) - len(np.unique(run.inner))}."
    if run.note:
        said += f" {run.note}."
    title = f"## Two levels: {instance.name}, n={instance.n:,}, k={instance.count}"
    return "\n\n".join([title, said, table(head, rows)])


def areas(warm: Instance, *, picture: Path | None = None, tell: Tell) -> str:
    """Compare wangge with the areas that Da'an's statisticians drew, on the same atoms.

    `picture` is where the official areas and wangge's of the first table are drawn.
    """
    head = [
        "areas", "mean m ÷ official", "max ÷ min households", "broken", "mean m", "longest m",
        "least", "most", "compactness", "proven gap", "seconds", "CPU s", "districts", "note",
    ]  # fmt: skip
    blocks, runs = [], []
    for level, empty in (("CODE2", True), ("CODE2", False), ("CODE1", False)):
        drawn = read_areas(level, empty=empty)
        plans = _plans(drawn, warm, tell)
        runs += [run for name, run in plans.items() if name != _OFFICIAL]
        if picture is not None and not blocks:
            seen = {name: run.labels for name, run in plans.items() if run.labels is not None}
            draw(drawn, seen, picture)
        base = measure(drawn.instance, drawn.official)
        left = "" if empty else ", those in which nobody lives left as they are"
        title = f"{level}: {drawn.instance.count} areas{left}, {drawn.instance.n:,} atoms"
        rows = [_area(name, run, drawn, base) for name, run in plans.items()]
        blocks.append(f"{title}:\n\n{table(head, rows)}")
    said = f"{facts([(drawn.instance.source, drawn.instance.sha256)])}; {versions(['wangge'])}."
    title = "## Da'an, Taipei: the official areas"
    return "\n\n".join([title, f"{said} {_busy(runs)}", *blocks])


def _plans(drawn: Areas, warm: Instance, tell: Tell) -> dict[str, Run]:
    """Return the official areas, and what wangge makes of the same atoms, range and count.

    wangge gets the official areas' range alone; then it prefers the range that nine in ten of
    them keep, too.
    """
    instance = drawn.instance
    load = np.bincount(drawn.official, instance.weights)
    low, high = np.quantile(load[load > 0], (0.05, 0.95)).round().astype(int).tolist()
    hard = f"wangge, {instance.limit[0]}–{instance.limit[1]}"
    plans = {_OFFICIAL: Run(drawn.official)}
    for name, soft in ((hard, None), (f"{hard}, prefers {low}–{high}", (low, high))):
        tell(f"{instance.name}: {name}")
        asked = dataclasses.replace(instance, soft_limit=soft)
        plans[name] = run_alone("wangge", asked, warm, timeout=_PATIENCE)
    return plans


def _area(name: str, run: Run, drawn: Areas, base: Measured) -> list[str]:
    """Write one row of the comparison with official areas."""
    instance = drawn.instance
    if run.labels is None:
        return [name, *["–"] * 12, run.note]
    got = measure(instance, run.labels)
    load = np.bincount(np.unique(run.labels, return_inverse=True)[1], instance.weights)
    least = int(load[load > 0].min())
    return [
        name,
        number(got.walk_m / base.walk_m, 3),
        number(got.most / least, 2),
        str(broken(instance.edges, np.unique(run.labels, return_inverse=True)[1])),
        number(got.walk_m),
        number(got.longest_m, 0),
        str(got.least) if got.least else f"0, then {least}",
        str(got.most),
        number(float(compactness(drawn.shapes, run.labels).mean()), 3),
        share(run.figures.get("gap", np.nan), 2),
        number(run.seconds, 2),
        number(run.cpu, 2),
        str(got.count),
        run.note,
    ]


def _plan(got: Measured | None) -> list[str]:
    """Write what a plan is like: in range, broken, mean walk, longest walk."""
    if got is None:
        return ["–"] * 4
    return [
        share(got.in_range),
        str(got.broken),
        number(got.walk_m, 2),
        number(got.longest_m, 0),
    ]


def _noted(run: Run, instance: Instance) -> str:
    effort = f"{instance.effort} effort" if instance.effort != "normal" else ""
    lost = 0 if run.labels is None else int((run.labels < 0).sum())
    return "; ".join(filter(None, [effort, run.note, f"{lost} atoms left out" if lost else ""]))


def _busy(runs: Sequence[Run]) -> str:
    """Say how quiet the machine was: processor time of all solves ÷ their wall time."""
    timed = [run for run in runs if np.isfinite(run.seconds)]
    wall, cpu = (sum(getattr(run, what) for run in timed) for what in ("seconds", "cpu"))
    return f"Processor time was {share(cpu / wall, 0) if wall else '–'} of wall time."
