"""Rebuild a plan's ground from its inputs, and hold cells, borders and walks against it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis import ground, places
from gis.verify.finding import Finding
from gis.verify.view import LEVELS, numbers, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from gis.inputs import Inputs
    from gis.plan_data import Plan
    from gis.rules import Level

__all__ = ["check_rebuilt"]

#: Cells may differ by this share of their area, borders and walks by this many metres.
SHARE: Final = 1e-4
BORDER_M: Final = 0.01
WALK_M: Final = 0.01

_SHOWN: Final = 20

_TEXTS: Final = ("kind", "building_id", "stairwells", "compound", "special")
_NUMBERS: Final = ("residents", "entrance_x", "entrance_y")


def check_rebuilt(plan: Plan, inputs: Inputs) -> Iterator[Finding]:
    """Build cells and borders again, measure the walks to the plan's own centres, and compare.

    Nothing is partitioned.

    Parameters
    ----------
    plan
        The plan to prove.
    inputs
        What it says it was made from, prepared by `gis.prepare.prepare`.
    """
    known = set(inputs["communities"]["community_code"])
    stated = sorted(plan["atoms"]["community_code"].unique())
    for code in stated:
        if code not in known:
            yield Finding("input_cells", "the inputs have no such community", code)
    grounds, failed = ground.build_each(
        inputs,
        [code for code in stated if code in known],
        largest_households=plan.rules.micro.hard_households[1],
        street_kinds=plan.rules.cells.street_kinds,
    )
    for code, why in failed.items():
        yield Finding("input_cells", f"the inputs make no ground: {why}", code)
    if grounds:
        yield from islice(_cells(plan, grounds), _SHOWN)
        yield from islice(_borders(plan, grounds), _SHOWN)
        yield from islice(_walks(plan, grounds, inputs), _SHOWN)


def _cells(plan: Plan, grounds: Mapping[str, ground.Ground]) -> Iterator[Finding]:
    made = pd.concat([own.atoms for own in grounds.values()]).set_index("atom_id")
    stated = plan["atoms"].set_index("atom_id")
    for atom in sorted(set(made.index) ^ set(stated.index)):
        yield Finding("input_cells", "in the plan or the inputs only", atom)
    both = sorted(set(made.index) & set(stated.index))
    ours, theirs = made.loc[both], stated.loc[both]
    off = shapely.area(
        shapely.symmetric_difference(ours.geometry.to_numpy(), theirs.geometry.to_numpy())
    )
    for place in np.flatnonzero(off > SHARE * shapely.area(ours.geometry.to_numpy())):
        yield Finding("input_cells", "the cell is another one, m²", both[place], off[place], 0.0)
    yield from _columns(ours, theirs)
    wrong = ours["households"].to_numpy() != theirs["households"].to_numpy()
    for place in np.flatnonzero(wrong):
        value, limit = theirs["households"].iloc[place], ours["households"].iloc[place]
        yield Finding("input_households", "another count", both[place], float(value), float(limit))


def _columns(ours: Any, theirs: Any) -> Iterator[Finding]:
    """Compare what else atoms say of themselves, entrances among it."""
    for name in _TEXTS:
        wrong = texts(ours[name]).to_numpy() != texts(theirs[name]).to_numpy()
        for atom in ours.index[wrong]:
            yield Finding("input_cells", f"its {name} is another one", str(atom))
    for name in _NUMBERS:
        pair = numbers(ours[name]), numbers(theirs[name])
        wrong = ~np.isclose(*pair, rtol=0, atol=BORDER_M, equal_nan=True)
        for atom in ours.index[wrong]:
            yield Finding("input_cells", f"its {name} is another one", str(atom))


def _borders(plan: Plan, grounds: Mapping[str, ground.Ground]) -> Iterator[Finding]:
    ours = _by_pair(pd.concat([own.adjacency for own in grounds.values()]))
    theirs = _by_pair(plan["adjacency"])
    for pair in sorted(set(ours) | set(theirs)):
        where = " ".join(pair)
        if pair not in ours or pair not in theirs:
            yield Finding("input_borders", "in the plan or the inputs only", where)
            continue
        (metres, *rest), (stated, *said) = ours[pair], theirs[pair]
        if abs(metres - stated) > BORDER_M:
            yield Finding("input_borders", "another length, m", where, stated, metres)
        if rest != said:
            yield Finding("input_borders", f"{said[1]}, where the inputs say {rest[1]}", where)


def _walks(plan: Plan, grounds: Mapping[str, ground.Ground], inputs: Inputs) -> Iterator[Finding]:
    placed, _ = places.put(grounds, inputs, plan.rules)
    stated = plan["atoms"].set_index("atom_id")
    for code, own in grounds.items():
        ids = own.atoms["atom_id"]
        for level in LEVELS:
            codes = stated[f"{level}_code"].reindex(ids).to_numpy(dtype=object)
            said = stated[f"walk_{level}_m"].reindex(ids).to_numpy(dtype=float)
            ours = _measured(plan, own, placed[code], codes, inputs, level)
            same = np.isclose(ours, said, atol=WALK_M, rtol=0, equal_nan=True)
            for place in np.flatnonzero(~same):
                what = f"{level}, another walk, m"
                yield Finding("input_walks", what, ids.iloc[place], said[place], ours[place])


def _measured(
    plan: Plan,
    own: ground.Ground,
    at: places.Places,
    codes: NDArray[Any],
    inputs: Inputs,
    level: Level,
) -> NDArray[np.float64]:
    """Measure each atom's walk to the centre its grid has in the plan; NaN where there is none."""
    centres = plan["centres"]
    spots = centres[centres["level"] == level].set_index("code").geometry
    entrances = own.atoms[["entrance_x", "entrance_y"]].to_numpy(dtype=float)
    meeting = shapely.get_coordinates(inputs["meeting_points"].geometry.to_numpy())
    known = np.vstack([entrances, meeting.reshape(-1, 2)])
    points = np.concatenate([at.atoms, at.meeting_points])
    walks = np.full(len(codes), np.nan)
    for grid in spots.index.intersection(pd.Index(codes)):
        members = np.flatnonzero((codes == grid) & (at.atoms >= 0))
        off = np.hypot(*(known - [spots[grid].x, spots[grid].y]).T)
        here = points[int(np.nanargmin(off))]
        # A special grid without homes has its centre on the map alone.
        if np.nanmin(off) < BORDER_M and here >= 0 and len(members):
            walks[members] = at.walking.matrix(at.atoms[members], [here])[:, 0]
    return np.where(np.isfinite(walks), walks, np.nan)


def _by_pair(table: pd.DataFrame) -> dict[tuple[str, str], tuple[float, bool, str]]:
    columns = ("atom_a", "atom_b", "shared_m", "crossable", "via")
    rows = zip(*(table[name] for name in columns), strict=True)
    return {(str(a), str(b)): (float(m), bool(c), str(v)) for a, b, m, c, v in rows}
