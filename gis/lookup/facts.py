"""Tell what is known of the grids and atoms of a release, as answers name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from gis.lookup.answer import CommunityRef, GridRef
from gis.lookup.fragments import Fragments, Keys, open_array
from gis.lookup.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.plan_data import Plan

__all__ = ["Facts", "GridRefs", "Published", "write_facts"]

_GAPS: Final = ("not served", "unreachable")
_WALK_DIGITS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How a community's plan was published: its version, and its first and last day."""

    version: int | None = None
    valid_from: str | None = None
    valid_until: str | None = None

    def encoded(self) -> bytes:
        """Return the end of a grid's JSON."""
        return b"," + msgspec.json.encode(self)[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The grids and atoms of a release, by position and by name.

    Grids and atoms have their positions in the order of their codes and ids. Their texts are
    JSON made at publish, the grids' open at the end, for `Published` is known only when asked.

    Parameters
    ----------
    communities, published
        The communities by code, and how each was published.
    large_codes, micro_codes, atom_ids
        Positions by name.
    large, micro, atoms
        Texts by position.
    large_community, micro_large, atom_micro
        Positions of what each lies in.
    """

    communities: tuple[CommunityRef, ...]
    published: tuple[Published, ...]
    large_codes: Keys
    micro_codes: Keys
    atom_ids: Keys
    large: Fragments
    micro: Fragments
    atoms: Fragments
    large_community: NDArray[np.int32]
    micro_large: NDArray[np.int32]
    atom_micro: NDArray[np.int32]
    community_json: tuple[bytes, ...]
    endings: tuple[bytes, ...]

    @classmethod
    def open(
        cls,
        folder: Path,
        communities: Sequence[CommunityRef],
        published: Mapping[str, Published],
    ) -> Facts:
        """Map what `write_facts` wrote; `published` is by community, absent for unpublished."""
        known = tuple(published.get(c.code, Published()) for c in communities)
        return cls(
            communities=tuple(communities),
            published=known,
            large_codes=Keys.open(folder, "large_codes"),
            micro_codes=Keys.open(folder, "micro_codes"),
            atom_ids=Keys.open(folder, "atom_ids"),
            large=Fragments.open(folder, "large"),
            micro=Fragments.open(folder, "micro"),
            atoms=Fragments.open(folder, "atoms"),
            large_community=open_array(folder, "large_community"),
            micro_large=open_array(folder, "micro_large"),
            atom_micro=open_array(folder, "atom_micro"),
            community_json=tuple(msgspec.json.encode(c) for c in communities),
            endings=tuple(p.encoded() for p in known),
        )

    def parents(self, micro: int) -> tuple[int, int]:
        """Return the positions of a micro-grid's community and large grid."""
        large = int(self.micro_large.item(micro))
        return int(self.large_community.item(large)), large

    def micro_json(self, micro: int) -> bytes:
        """Return a micro-grid as JSON."""
        return self.micro[micro] + self.endings[self.parents(micro)[0]]

    def large_json(self, large: int) -> bytes:
        """Return a large grid as JSON."""
        return self.large[large] + self.endings[int(self.large_community.item(large))]

    def place_json(self, micro: int) -> bytes:
        """Return what a micro-grid lies in and itself, to stand among an answer's fields."""
        community, large = self.parents(micro)
        end = self.endings[community]
        return b'"community":%b,"large":%b%b,"micro":%b%b' % (
            self.community_json[community], self.large[large], end, self.micro[micro], end,
        )  # fmt: skip

    def home_facts(self, atoms: Iterable[int]) -> dict[str, Any]:
        """Return the longest walk to the meeting point from some atoms, and what any lacks."""
        known = [msgspec.json.decode(b"{%b}" % self.atoms[atom]) for atom in atoms if atom >= 0]
        walks = [each["walk_m"] for each in known]
        lacks = sorted({category for each in known for category in each["lacks"]})
        walk = None if not walks or None in walks else max(walks)
        return {"walk_m": walk, "lacks": tuple(lacks)}


class GridRefs(Mapping[str, GridRef]):
    """The grids of a release by code; each is read when it is asked for.

    Parameters
    ----------
    facts
        The release's.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getitem__(self, code: str) -> GridRef:
        facts = self._facts
        if (position := facts.micro_codes.find(code)) >= 0:
            return msgspec.json.decode(facts.micro_json(position), type=GridRef)
        if (position := facts.large_codes.find(code)) >= 0:
            return msgspec.json.decode(facts.large_json(position), type=GridRef)
        raise KeyError(code)

    def __iter__(self) -> Iterator[str]:
        for keys in (self._facts.large_codes, self._facts.micro_codes):
            yield from (keys.name(at) for at in range(len(keys)))

    def __len__(self) -> int:
        return len(self._facts.large_codes) + len(self._facts.micro_codes)


def write_facts(folder: Path, plan: Plan, communities: Sequence[CommunityRef]) -> None:
    """Write what answers say of a plan's grids and atoms."""
    codes = [community.code for community in communities]
    large = sorted(rows_of(plan.grids("large"), ("code", "name", "kind", "community_code")))
    micro = sorted(rows_of(plan.grids("micro"), ("code", "name", "kind", "parent_code")))
    atoms = sorted(rows_of(plan["atoms"], ("atom_id", "micro_code", "walk_micro_m")))
    for level, rows in (("large", large), ("micro", micro)):
        Fragments.write(folder, level, (_grid_json(level, row) for row in rows))
        Keys.write(folder, f"{level}_codes", (row[0] for row in rows))
    _save_parents(folder, "large_community", large, codes, column=3)
    _save_parents(folder, "micro_large", micro, [row[0] for row in large], column=3)
    _save_parents(folder, "atom_micro", atoms, [row[0] for row in micro], column=1)
    Keys.write(folder, "atom_ids", (row[0] for row in atoms))
    lacks = _lacks(plan.layers.get("access"))
    Fragments.write(folder, "atoms", (_atom_json(row[2], lacks.get(row[0], [])) for row in atoms))


def _grid_json(level: str, row: tuple[str, ...]) -> bytes:
    """Write a grid, all but its end."""
    code, name, kind, _ = row
    return msgspec.json.encode({"code": code, "name": name, "kind": kind, "level": level})[:-1]


def _atom_json(walk: str, lacks: list[str]) -> bytes:
    """Write what an answer says of one atom, to stand among the answer's own fields."""
    metres = round(float(walk), _WALK_DIGITS) if walk else None
    return msgspec.json.encode({"walk_m": metres, "lacks": lacks})[1:-1]


def _save_parents(
    folder: Path, name: str, rows: Sequence[tuple[str, ...]], parents: Sequence[str], *, column: int
) -> None:
    place = {code: at for at, code in enumerate(parents)}
    positions = [place[row[column]] for row in rows]
    np.save(folder / f"{name}.npy", np.array(positions, dtype=np.int32))


def _lacks(access: Any) -> dict[str, list[str]]:
    """Map an atom to the categories that were surveyed and do not serve it."""
    found: dict[str, list[str]] = {}
    for atom, category, status in sorted(rows_of(access, ("atom_id", "category", "status"))):
        if status in _GAPS:
            found.setdefault(atom, []).append(category)
    return found
