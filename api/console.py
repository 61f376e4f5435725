"""Print for people or for programs: progress, tables, JSON, and one way of failing."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from api.timings import Stage
    from gis.changes import Change
    from gis.faults import Fault
    from gis.lookup.answer import Alternative, Answer
    from gis.summary import LevelSummary, Summary

__all__ = ["DONE", "FAULTS", "USAGE", "VIOLATIONS", "Output"]

#: Exit codes of the command.
DONE, VIOLATIONS, USAGE, FAULTS = 0, 1, 2, 3

_COLOURS: Final = {"error": "red", "warning": "yellow", "information": "blue"}


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command prints: results to standard output, progress and remarks to the other.

    Parameters
    ----------
    as_json
        Print results as JSON.
    quiet
        Print neither progress nor remarks; results and failures still appear.
    """

    as_json: bool = False
    quiet: bool = False

    def say(self, text: str) -> None:
        """Print a remark."""
        if not self.quiet:
            RichConsole(stderr=True).print(text, highlight=False, soft_wrap=True)

    def fail(self, text: str) -> None:
        """Print why the command failed."""
        RichConsole(stderr=True).print(
            f"[red]{escape(text)}[/red]", highlight=False, soft_wrap=True
        )

    def result(self, value: Any) -> None:
        """Print a result as JSON."""
        plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2, default=str) + "\n")

    def faults(self, faults: Sequence[Fault]) -> None:
        """Print all faults, errors first."""
        if self.as_json:
            self.result([asdict(fault) for fault in faults])
            return
        if not faults:
            self.say("[green]no faults[/green]")
            return
        console = RichConsole()
        if console.is_terminal:
            rows = [(fault.severity, _where(fault), fault.what, fault.remedy) for fault in faults]
            self.table(("severity", "where", "what is wrong", "what to do"), rows)
            return
        for fault in faults:
            colour = _COLOURS[fault.severity]
            console.print(
                f"[{colour}]{fault.severity}[/{colour}] {escape(str(fault))}",
                highlight=False,
                soft_wrap=True,
            )

    def changes(self, changes: Sequence[Change]) -> None:
        """Print what a repair changed."""
        console = RichConsole()
        for change in changes:
            console.print(
                f"[green]changed[/green] {escape(str(change))}", highlight=False, soft_wrap=True
            )
        if not changes:
            self.say("nothing to repair")

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        """Print a table; nothing in it is read as markup."""
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in columns:
            # Folded, since a value cut short by a narrow window or a pipe is lost.
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*("" if value is None else escape(str(value)) for value in row))
        RichConsole().print(table)

    def answer(self, answer: Answer) -> None:
        """Print which grid it is, how sure that is, and who answers for it."""
        rows = [("answer", answer.message), ("sure", f"{answer.confidence:.0%}")]
        rows += [
            (title, f"{grid.code} {grid.name}")
            for title, grid in (("large grid", answer.large), ("micro-grid", answer.micro))
            if grid
        ]
        if answer.address_normalised:
            rows.append(("read as", answer.address_normalised))
        rows += [
            (person.role, f"{person.name} {person.duty_phone}".strip()) for person in answer.people
        ]
        if answer.walk_m is not None:
            rows.append(("to the meeting point", f"{answer.walk_m:.0f} m on foot"))
        if answer.lacks:
            rows.append(("the circle lacks", ", ".join(answer.lacks)))
        if answer.ruling:
            ruling = answer.ruling
            rows.append(("ruling", f"{ruling.document} {ruling.reason}".strip()))
        rows += [("or", _alternative(other)) for other in answer.alternatives]
        version = "" if answer.version is None else f", version {answer.version}"
        rows.append(("plan", f"{answer.plan_id[:12]}{version}"))
        self.table(("", ""), rows)

    def summary(self, summary: Summary, *, stages: Sequence[Stage] = ()) -> None:
        """Print what a plan comes to, and what the stages of making it took."""
        if self.as_json:
            more = {"stages": [asdict(stage) for stage in stages]} if stages else {}
            self.result(asdict(summary) | more)
            return
        many = summary.communities != 1
        communities = f"{summary.communities} communities" if many else "1 community"
        estimated = f", {summary.estimated_households:,} estimated"
        self.say(
            f"[bold]{escape(summary.source)}[/bold]: {communities}, "
            f"{summary.households:,} households"
            f"{estimated if summary.estimated_households else ''}; "
            f"walking by {summary.walking}; plan {summary.plan_id[:12]}"
        )
        rows = [_level_row(level) for level in summary.levels]
        titles = ("level", "grids", "households", "in range", "preferred", "walk mean/max m", "gap")
        self.table(titles, rows)
        large, micro = summary.levels
        RichConsole().print(
            f"walking not proven to be needed: large grids {_share(large.gap)}; micro-grids "
            f"{_share(micro.gap)} given these, {_share(micro.overall_gap)} given any large grids",
            highlight=False,
            soft_wrap=True,
        )
        for code, why in summary.failed.items():
            self.fail(f"community {code} could not be planned: {why}")
        broken = ", ".join(f"{count} {rule}" for rule, count in summary.rules.items())
        worst = ", ".join(f"{count} {name}" for name, count in sorted(summary.severities.items()))
        RichConsole().print(
            f"violations: {worst} ({broken})" if broken else "violations: none",
            highlight=False,
            soft_wrap=True,
        )
        if stages:
            total = sum(stage.cpu_s for stage in stages)
            taken = [(stage.name, f"{stage.cpu_s:.2f}", _seconds(stage.wall_s)) for stage in stages]
            self.table(("stage", "processor s", "passed s"), [*taken, ("all", f"{total:.2f}", "")])

    @contextlib.contextmanager
    def progress(self) -> Iterator[Callable[[str, float], None]]:
        """Show a bar; the function given takes the stage and the share done, 0 to 1."""
        if self.quiet:
            yield lambda _stage, _share: None
            return
        with Progress(
            TextColumn("{task.description:>12}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=RichConsole(stderr=True),
        ) as bar:
            task = bar.add_task("reading", total=1.0)

            def tell(stage: str, share: float) -> None:
                bar.update(task, description=stage, completed=share)

            yield tell


def _where(fault: Fault) -> str:
    row = "" if fault.row is None else f" row {fault.row}"
    value = f" = {fault.value}" if fault.value else ""
    return f"{fault.layer}{row} {fault.column}{value}".strip()


def _alternative(other: Alternative) -> str:
    """Name what else may be meant: an address, or for a point the grid."""
    grid = other.micro or other.large
    return other.address or (f"{grid.code} {grid.name}" if grid else "")


def _level_row(level: LevelSummary) -> list[str]:
    low, high = level.soft_households
    walks = "unknown"
    if level.walk_mean_m is not None:
        walks = f"{level.walk_mean_m:.0f} / {level.walk_max_m:.0f}"
    special = f" + {level.special_grids}" if level.special_grids else ""
    return [
        level.level,
        f"{level.grids}{special}",
        f"{level.households_min}-{level.households_max}",
        f"{level.in_hard_range:.1%}",
        f"{level.in_soft_range:.1%} in {low}-{high}",
        walks,
        _share(level.gap),
    ]


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.2f}"


def _share(gap: float | None) -> str:
    return "unknown" if gap is None else f"{gap:.1%}"
