"""Start the command: at once for who looks up or serves, with all it can do for who plans."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NoReturn

import typer

from api import lookup_commands
from api.exits import run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

#: These load nothing of what plans are made with, which takes two seconds.
_QUICK: Final = ("locate", "serve")


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command `wangge`.

    Parameters
    ----------
    argv
        The words behind it; by default those of the process.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] in _QUICK:
        quick = typer.Typer(
            name="wangge", rich_markup_mode="markdown", pretty_exceptions_enable=False
        )
        lookup_commands.register(quick)
        run(quick, words)
    from api.cli import app  # noqa: PLC0415 - the two seconds

    run(app, words)
