"""Read the sample's tables: what the corpus may say is true, and nothing else."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SAMPLE = Path(__file__).parents[2] / "sample_data" / "community.gpkg"
#: Where the corpus has the invented community lie: province, city, district, street, community.
AREA = ("东海省", "云台市", "清河区", "海棠街道", "海棠社区")


class Home(NamedTuple):
    """One household's address, taken apart; `road` is the compound's road and number."""

    building_id: str
    stairwell: str
    room: str
    compound: str
    number: int
    road: str

    @property
    def path(self) -> str:
        return f"{self.building_id}/{self.stairwell}/{self.room}"


class Building(NamedTuple):
    """One building; `place` is its compound, its site, or its own road and number."""

    building_id: str
    name: str
    place: str
    road: str
    stairwells: int
    floors: int


@dataclass(frozen=True)
class Register:
    """The sample's buildings, homes, shop fronts, other names and roads."""

    buildings: dict[str, Building]
    homes: tuple[Home, ...]
    rooms: frozenset[str]
    fronts: dict[str, str]
    aliases: dict[str, str]
    roads: frozenset[str]

    @property
    def places(self) -> frozenset[str]:
        return frozenset(building.place for building in self.buildings.values())

    def has(self, path: str) -> bool:
        """Say whether a building, stairwell or room stands in the tables."""
        building_id, *rest = path.split("/")
        building = self.buildings.get(building_id)
        if building is None or len(rest) > 2:
            return False
        if not rest:
            return True
        if not 1 <= int(rest[0]) <= building.stairwells:
            return False
        return len(rest) == 1 or path in self.rooms

    def stairwells_with(self, building_id: str, room: str) -> list[str]:
        """Return the paths of a building's rooms of this number, one for each stairwell."""
        count = self.buildings[building_id].stairwells
        paths = [f"{building_id}/{i + 1}/{room}" for i in range(count)]
        return [path for path in paths if path in self.rooms]

    def at(self, place: str, number: int) -> Building | None:
        """Return a compound's building by its number."""
        found = [b for b in self.buildings.values() if b.place == place and b.name == f"{number}幢"]
        return found[0] if found else None


def read_register(path: Path = SAMPLE) -> Register:
    """Read the tables with nothing but the standard library."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT building_id, name, compound, stairwells, floors, address FROM buildings"
        ).fetchall()
        told = store.execute(
            "SELECT address, building_id, stairwell, room, alias_of FROM addresses"
        ).fetchall()
        shops = store.execute('SELECT address FROM "layers/shops"').fetchall()
        named = store.execute("SELECT name FROM barriers WHERE name LIKE '%路' OR name LIKE '%街'")
        roads = {name for (name,) in named}
    buildings = {row[0]: _building(*row) for row in rows}
    homes = tuple(
        Home(b, str(s), r, buildings[b].place, _number(buildings[b].name), buildings[b].road)
        for _, b, s, r, alias_of in told
        if b and alias_of is None
    )
    by_road = {b.road: b.building_id for b in buildings.values() if b.name == "沿街商铺"}
    fronts = {
        address: by_road[address.split("-")[0] + "号"]
        for address in sorted({row[0] for row in told if not row[1]} | {row[0] for row in shops})
    }
    aliases = {
        re.split(r"\d", row[0])[0]: buildings[row[1]].place for row in told if row[4] is not None
    }
    roads |= {re.split(r"\d", building.road)[0] for building in buildings.values()}
    return Register(
        buildings,
        tuple(sorted(homes)),
        frozenset(home.path for home in homes),
        fronts,
        aliases,
        frozenset(roads),
    )


def _building(
    building_id: str,
    name: str,
    compound: str | None,
    stairwells: int | None,
    floors: int,
    address: str,
) -> Building:
    """Take an address such as 海棠路46号海棠医院门诊楼 apart."""
    found = re.match(r"\D+\d+号", address)
    assert found, address
    road = found.group()
    rest = address.removeprefix(road).removesuffix(name)
    place = compound or rest or road
    return Building(building_id, name, place, road, stairwells or 0, floors)


def _number(name: str) -> int:
    return int(name.removesuffix("幢"))
