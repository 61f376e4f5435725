"""Compare the partition engine with its peers and with published optima.

`python benchmarks/partition.py` runs every section, prints its tables and keeps them in
`benchmarks/partition.md`. The instances are not in the repository: they are looked for in the
folder that the environment variable WANGGE_DATA names. Peers: `pip install -e '.[peers]'`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sections
from instances import COUNTIES, MEDIANS, community, county, p_median, stairwells
from peers import PEERS
from report import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["SECTIONS", "main"]

_OUT: Final = Path(__file__).with_name("partition.md")
#: Other seeds than the one that everybody tunes to.
_SEEDS: Final = (2, 3, 4, 5, 6)
_HUGE_LIMIT_M: Final = 600.0


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def _peers(size: int, given: argparse.Namespace) -> str:
    made = community(size, 1)
    return sections.peers(made, community(60, 9), given.peers, timeout=given.timeout, tell=_tell)


def _small(given: argparse.Namespace) -> str:
    return f"{_peers(300, given)}\n\n{sections.first_call(community(60, 9), tell=_tell)}"


def _seeds(_: argparse.Namespace) -> str:
    made = [community(300, seed) for seed in _SEEDS]
    return sections.alone("Other seeds", made, community(60, 9), tell=_tell)


def _huge(_: argparse.Namespace) -> str:
    made = [community(20_000, 1, limit_m=_HUGE_LIMIT_M)]
    warm = community(200, 9, limit_m=_HUGE_LIMIT_M)
    return sections.alone("A large town, sparse rows", made, warm, tell=_tell)


def _nested(_: argparse.Namespace) -> str:
    return sections.levels(stairwells(300, 1), stairwells(60, 9), tell=_tell)


def _hess(_: argparse.Namespace) -> str:
    made = [county(name) for name in COUNTIES]
    return sections.alone("Hess districting of counties", made, county("ME"), tell=_tell)


def _cpmp(_: argparse.Namespace) -> str:
    made = [p_median(name) for name in MEDIANS]
    return sections.alone("Capacitated p-medians", made, p_median("cpmp01"), tell=_tell)


def _daan(given: argparse.Namespace) -> str:
    return sections.areas(community(60, 9), picture=given.picture, tell=_tell)


#: The sections of the report, in its order, and what each shows.
SECTIONS: Final[Mapping[str, tuple[str, Callable[[argparse.Namespace], str]]]] = {
    "small": ("peers on gen(300, 1)", _small),
    "medium": ("peers on gen(2000, 1)", lambda given: _peers(2000, given)),
    "seeds": ("wangge alone on gen(300, 2 … 6)", _seeds),
    "huge": ("wangge alone on gen(20000, 1, limit_m=600)", _huge),
    "nested": ("two levels of wangge, stairwells as atoms", _nested),
    "hess": ("US counties, contiguous optimum known", _hess),
    "cpmp": ("capacitated p-medians, optimum known", _cpmp),
    "daan": ("the official areas of Da'an, Taipei", _daan),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the sections asked for; return 0, or 2 where their data are not there."""
    told = "\n".join(f"  {name:8}{what}" for name, (what, _) in SECTIONS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"sections:\n{told}\n\npeers:\n  {', '.join(PEERS)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sections", nargs="*", metavar="section", help="which; all by default")
    parser.add_argument(
        "--peers",
        type=lambda names: [name.strip() for name in names.split(",") if name.strip()],
        default=list(PEERS),
        metavar="A,B",
        help="the peers of small and medium, by name; all by default, '' for none",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="after which a system is ended and its row says so (default: %(default)g)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=_OUT,
        metavar="FILE",
        help="where the tables are kept (default: partition.md beside this file)",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="where daan draws the official areas beside wangge's (a PNG; needs matplotlib)",
    )
    given = parser.parse_args(arguments)
    for kind, names, known in (
        ("section", given.sections, SECTIONS),
        ("peer", given.peers, PEERS),
    ):
        for name in names:
            if name not in known:
                parser.error(f"no {kind} {name!r}: choose from {', '.join(known)}")
    try:
        for name in given.sections or SECTIONS:
            text = SECTIONS[name][1](given)
            print(f"{text}\n", flush=True)
            keep(given.out, name, text, list(SECTIONS))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
