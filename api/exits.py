"""Run a command line; every failure of wangge's own becomes one line and an exit code."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from api.console import DONE, FAULTS, USAGE, Output
from api.store.errors import OtherCommunities, UnknownAddress, UnknownMicroGrid, UnknownNumber
from gis.errors import (
    BadRules,
    InputFaults,
    OffNetwork,
    UnknownPlace,
    UnwritableOutput,
    WanggeError,
)
from maps.errors import BadOptions, UnknownCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

__all__ = ["run"]

#: What people asked for cannot be; nothing is wrong with their data.
_USAGE: Final = (
    BadOptions,
    BadRules,
    OffNetwork,
    OtherCommunities,
    UnknownAddress,
    UnknownCode,
    UnknownMicroGrid,
    UnknownNumber,
    UnknownPlace,
    UnwritableOutput,
)


def run(app: typer.Typer, argv: Sequence[str] | None) -> NoReturn:
    """Run a command of an app and exit with its code.

    Parameters
    ----------
    app
        The command line.
    argv
        The words behind `wangge`; None for those of the process.
    """
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.freeze()
    try:
        app(args=argv, prog_name="wangge")
    except InputFaults as error:
        Output().faults(error.faults)
        sys.exit(FAULTS)
    except _USAGE as error:
        Output().fail(str(error))
        sys.exit(USAGE)
    except (WanggeError, OSError) as error:
        Output().fail(str(error))
        sys.exit(FAULTS)
    sys.exit(DONE)
