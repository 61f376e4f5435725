"""Say of a frozen release what it is, and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from gis.errors import NotARelease
from gis.lookup.answer import CommunityRef  # noqa: TC001 - read where heads are

__all__ = ["ADDRESSES", "FACTS", "FORMAT", "POINTS", "Head", "read_head", "write_head"]

#: Changes with the files; what was frozen in another one is frozen anew from its plan.
FORMAT: Final = 1
#: What a release is made of.
HEAD, FACTS, POINTS, ADDRESSES = "release.json", "facts", "points", "addresses.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a release says of itself.

    Parameters
    ----------
    format
        How its files are written.
    plan_id, data_date
        The plan, and the day of its data.
    crs
        The plan's metric CRS, as WKT.
    communities
        Those it holds, by code.
    large_grids, micro_grids
        How many there are.
    """

    format: int
    plan_id: str
    data_date: str
    crs: str
    communities: tuple[CommunityRef, ...]
    large_grids: int
    micro_grids: int


def write_head(folder: Path, head: Head) -> None:
    """Write what a release says of itself."""
    (folder / HEAD).write_bytes(msgspec.json.format(msgspec.json.encode(head), indent=2))


def read_head(folder: str | Path) -> Head:
    """Read what a release says of itself.

    Raises
    ------
    NotARelease
        If the folder is none, or of another version of wangge.
    """
    path = Path(folder) / HEAD
    try:
        head = msgspec.json.decode(path.read_bytes(), type=Head)
    except (OSError, msgspec.DecodeError) as error:
        msg = f"{Path(folder).name} is no release; make one with `wangge publish`"
        raise NotARelease(msg) from error
    if head.format != FORMAT:
        msg = f"{Path(folder).name} was made by another version of wangge; publish its plan again"
        raise NotARelease(msg)
    return head
