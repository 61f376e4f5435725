"""Write the sample's tables: addresses, people, shops, facilities, locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from layout import along, side_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from houses import House
    from layout import Layout
    from numpy.typing import NDArray
    from shops import ShopRow

    Floats = NDArray[np.float64]

SHOPS = 93
STATES = ("未改造", "洽谈中", "已改造")


def stairwell_households(house: House) -> list[int]:
    """Deal a building's households to its stairwells, the remainder to the low numbers."""
    if not house.stairwells:
        return []
    share, rest = divmod(house.households, house.stairwells)
    return [share + (i < rest) for i in range(house.stairwells)]


def build_addresses(
    houses: Sequence[House],
    shop_rows: Sequence[ShopRow],
    aliases: Mapping[str, str],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, list[Floats | None]]:
    """Return the address table and, for shop fronts, where they are.

    One row for every household, then other names of some of them, then shop fronts.
    """
    rows = []
    for house in houses:
        for i, households in enumerate(stairwell_households(house)):
            flats = rng.permutation(house.floors * house.flats)[:households]
            for flat in np.sort(flats):
                floor, door = divmod(int(flat), house.flats)
                room = f"{floor + 1}{door + 1:02d}"
                rows.append((f"{house.address}{i + 1}单元{room}室", house, i + 1, room, None))
    known = len(rows)
    for compound in sorted(aliases):
        own = [row for row in rows[:known] if row[1].compound == compound]
        for pick in np.sort(rng.choice(len(own), 10, replace=False)):
            address, house, stairwell, room, _ = own[pick]
            number = house.name.removesuffix("幢")
            other = f"{aliases[compound]}{number}号楼{stairwell}单元{room}"
            rows.append((other, house, stairwell, room, address))
    table = pd.DataFrame(
        {
            "address": [row[0] for row in rows],
            "building_id": [row[1].building_id for row in rows],
            "stairwell": pd.array([row[2] for row in rows], dtype="Int64"),
            "room": [row[3] for row in rows],
            "alias_of": [row[4] for row in rows],
        }
    )
    fronts = [
        (f"{row.house.address.removesuffix('号')}-{j + 1}号", unit)
        for row in shop_rows
        for j, unit in enumerate(row.units)
    ]
    picks = np.sort(rng.choice(len(fronts), 20, replace=False))
    shops = pd.DataFrame({"address": [fronts[pick][0] for pick in picks]})
    points: list[Floats | None] = [None] * len(table)
    return pd.concat([table, shops], ignore_index=True), points + [fronts[p][1] for p in picks]


def build_people(
    community: str,
    houses: Sequence[House],
    compounds: Sequence[str],
    pools: Mapping[str, Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the invented roster: committee, compound branches, stairwell groups, households."""
    rows: list[tuple[str, str, bool, bool]] = [
        ("社区党总支书记", community, True, False),
        ("社区居委会主任", community, True, False),
        ("社区民警", community, True, False),
        ("社区党总支书记", community, True, True),
    ]
    rows += [("小区党支部书记", compound, True, False) for compound in compounds]
    rows += [("物业经理", compound, True, False) for compound in compounds[:6]]
    homes = [house for house in houses if house.stairwells]
    rows += [("楼道党小组长", house.building_id, True, False) for house in homes]
    for house in homes:
        for i in range(house.stairwells):
            if rng.random() < 0.85:
                rows.append(("党员联户", f"{house.building_id}/{i + 1}", False, False))
    people = []
    for i, (role, serves, duty, former) in enumerate(rows):
        year = int(rng.integers(2016, 2020) if former else rng.integers(2020, 2026))
        since = f"{year}-{rng.integers(1, 13):02d}-01"
        people.append(
            {
                "name": _name(pools, rng),
                "role": role,
                "serves": serves,
                "duty_phone": f"025-5550{i:04d}" if duty else None,
                "private_phone": f"1990000{i:04d}",
                "since": since,
                "until": "2021-06-30" if former else None,
            }
        )
    return pd.DataFrame(people)


def _name(pools: Mapping[str, Any], rng: np.random.Generator) -> str:
    """Return an invented name of two or three characters."""
    given = rng.choice(list(pools["given"]), int(rng.integers(1, 3)))
    return str(rng.choice(list(pools["surnames"]))) + "".join(given)


def build_shop_points(
    shop_rows: Sequence[ShopRow], pools: Mapping[str, Any], rng: np.random.Generator
) -> tuple[pd.DataFrame, Floats]:
    """Return the counted layer: 93 shops, their state of conversion and when it was noted."""
    units = [(row.house.address, j, unit) for row in shop_rows for j, unit in enumerate(row.units)]
    picks = np.sort(rng.choice(len(units), SHOPS, replace=False))
    rows = []
    for pick in picks:
        address, j, _ = units[pick]
        front = f"{address.removesuffix('号')}-{j + 1}号"
        month = int(rng.integers(0, 20))
        rows.append(
            {
                "name": f"{rng.choice(list(pools['surnames']))}记{rng.choice(pools['trades'])}",
                "address": front,
                "status": str(rng.choice(STATES, p=[0.35, 0.2, 0.45])),
                "date": f"{2025 + month // 12}-{month % 12 + 1:02d}-{rng.integers(1, 29):02d}",
            }
        )
    return pd.DataFrame(rows), np.array([units[pick][2] for pick in picks])


def build_facilities(
    layout: Layout, houses: Sequence[House], facilities: Mapping[str, Any]
) -> tuple[pd.DataFrame, Floats]:
    """Return the facilities, each at a building of a name or set back from a sidewalk."""
    by_name = {house.name: house for house in houses}
    rows, points = [], []
    for category in sorted(facilities):
        for name, *where in facilities[category]:
            rows.append({"category": category, "name": name, "date": "2026-10-01"})
            if len(where) == 1:
                points.append(by_name[where[0]].ring.mean(axis=0))
                continue
            block, side, share = where
            corners = layout.blocks[block].sidewalk
            start, end = side_line(corners, side)
            axis = (end - start) / np.hypot(*(end - start))
            inwards = np.array([-axis[1], axis[0]]) * (1.0 if side in "SE" else -1.0)
            points.append(along(corners, side, share) + 1.5 * inwards)
    return pd.DataFrame(rows), np.array(points)


def build_locks(houses: Sequence[House], compound: str) -> pd.DataFrame:
    """Keep two neighbouring buildings of a compound in one large grid."""
    pair = [house for house in houses if house.compound == compound and house.stairwells][4:6]
    return pd.DataFrame(
        {
            "building_id": [house.building_id for house in pair],
            "grid": "共用楼道党小组",
            "level": "large",
            "reason": "两幢共用一个楼道党小组活动室，居民要求同在一个网格",
        }
    )
