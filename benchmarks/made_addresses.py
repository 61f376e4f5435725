"""Make up a city of addresses: compounds with parts on numbered roads, buildings, rooms.

Everything follows from a seed, and each compound from its number alone, so that a city of ten
million addresses is never held in memory and any of them can be made again to be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from gis.lookup.addresses import ParsedAddress
from gis.lookup.book_rows import BookRow, Grids, Home

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["City", "Compound", "Made"]

#: Rooms that a compound has on average: what turns a number of addresses into compounds.
ROOMS: Final = 325
_MICRO_HOMES: Final = 2
_FIRST: Final = (
    "阳光 金色 碧水 绿地 紫金 锦绣 玉兰 海棠 梧桐 桂花 银杏 翠竹 春江 秋水 云杉 枫林 芳华 晨光 "
    "学府 河畔 滨江 望湖 临湖 听雨 观山 凤凰 龙湖 天鹅 白鹭 朝阳 光明 和平 建设 红旗 胜利 解放 "
    "新华 中央 长江 黄河 东方 西湖 南湖 北苑 城东 城南 城西 城北 江宁 秦淮 鼓楼 玄武 栖霞 雨花 "
    "建邺 浦口 六合 仙林 百家 莫愁 万达 万科 保利 中海 华润 金地 融创 世茂 恒大 招商 雅居 香樟 "
    "丁香 紫藤 茉莉 牡丹 月季 荷塘 莲花 芙蓉 文华 文昌 书香 翰林 状元 育才 同仁 仁和 德馨 怡景 "
    "怡和 康居 安居 乐居 福临 吉祥 如意 平安 康乐 长乐"
)
_MIDDLE: Final = (
    "世纪 时代 国际 都市 水岸 名门 尚城 新城 华府 御景 豪庭 丽景 逸景 雅居 佳境 美庐 云庭 星河 "
    "月影 天际 江畔 湖畔 山水 田园 春天 金秋 四季 未来 梦想 家和 人和 祥和 瑞景 瑞丰 瑞祥 嘉园 "
    "嘉和 嘉业 恒丰 恒泰 东 西 南 北 中 上 下 大 小 新 老"
)
_LAST: Final = (
    "花园 家园 新村 公寓 苑 花苑 名苑 佳苑 雅苑 里 坊 园 庭 府 公馆 华庭 山庄 广场 大厦 城 湾 轩 居"
)
_PARTS: Final = ("", "", "", "", "", "南区", "北区", "东区", "西区", "1期", "2期", "A区", "B区")
_ROAD_LAST: Final = ("路", "路", "路", "街", "巷", "大道", "大街", "东路", "西路", "中路")
#: A fifth of the compounds has an older name too.
_OLD: Final = ("宿舍", "大院", "老村", "公房")


class Made(NamedTuple):
    """One address in its parts."""

    road: str
    number: str
    compound: str
    building: str
    stairwell: str
    room: str
    home_id: str


@dataclass(frozen=True)
class Compound:
    """One compound; its buildings all have the same stairwells, floors and rooms."""

    at: int
    name: str
    old_name: str
    road: str
    number: str
    buildings: int
    stairwells: int
    floors: int
    rooms: int

    def addresses(self) -> Iterator[Made]:
        """Give every address, building by building."""
        for building in range(1, self.buildings + 1):
            for stairwell in range(1, self.stairwells + 1):
                for room in self._rooms:
                    yield self._made(building, stairwell, room)

    def any(self, random: Random) -> Made:
        """Return any of the addresses."""
        building = random.randint(1, self.buildings)
        return self._made(building, random.randint(1, self.stairwells), random.choice(self._rooms))

    def entries(self) -> Iterator[Home | BookRow]:
        """Give the homes, and a row for each address, as a book takes them."""
        for building in range(1, self.buildings + 1):
            home = self._home(building)
            yield home
            label, home_id = str(building), home.home_id
            yield BookRow(f"{self.road}|{self.number}", "number", label, home_id)
            for stairwell in home.stairwells:
                for room in self._rooms:
                    yield BookRow(self.name, "compound", label, home_id, stairwell, room)
        if self.old_name:
            yield BookRow(self.old_name, "alias", of=self.name)

    @cached_property
    def _rooms(self) -> list[str]:
        return [f"{f}{r:02d}" for f in range(1, self.floors + 1) for r in range(1, self.rooms + 1)]

    def _made(self, building: int, stairwell: int, room: str) -> Made:
        home_id = f"C{self.at:06d}-{building}"
        place = (self.road, self.number, self.name)
        return Made(*place, str(building), str(stairwell), room, home_id)

    def _home(self, building: int) -> Home:
        large = f"990000{self.at // 64:06d}{self.at % 64 + 1:03d}"
        grids = Grids(large[:12], large, f"{large}{building // _MICRO_HOMES + 1:02d}")
        home_id = f"C{self.at:06d}-{building}"
        return Home(
            home_id=home_id,
            name=f"{building}幢",
            compound=self.name,
            standard=ParsedAddress(
                road=self.road, number=self.number, compound=self.name, building=str(building)
            ),
            stairwells=tuple(str(n) for n in range(1, self.stairwells + 1)),
            grids=(grids,),
            split={},
            atom_of={"": home_id},
        )


@dataclass(frozen=True)
class City:
    """A city of about `rows` addresses.

    Parameters
    ----------
    rows
        How many.
    seed
        Another seed makes another city.
    """

    rows: int
    seed: int = 0

    def __len__(self) -> int:
        return max(1, round(self.rows / ROOMS))

    @cached_property
    def names(self) -> list[str]:
        """A name for every compound, some parts of the same whole; no two the same."""
        random = Random(self.seed)
        first, middle, last = _FIRST.split(), _MIDDLE.split(), _LAST.split()
        found: dict[str, None] = {}
        while len(found) < len(self):
            between = random.choice(middle) if random.random() < 0.7 else ""
            name = random.choice(first) + between + random.choice(last)
            found[name + random.choice(_PARTS)] = None
        return list(found)

    @cached_property
    def roads(self) -> list[str]:
        """Names of roads, one for about eight compounds."""
        random = Random(self.seed + 1)
        found: dict[str, None] = {}
        first, words = _FIRST.split(), f"{_FIRST} {_MIDDLE}".split()
        while len(found) < len(self) // 8 + 1:
            found[random.choice(first) + random.choice(words) + random.choice(_ROAD_LAST)] = None
        return list(found)

    def compound(self, at: int) -> Compound:
        """Return the compound of a number."""
        random = Random(f"{self.seed} {at}")
        low = random.random() < 0.6
        old_name = f"{random.choice(_FIRST.split())}{at % 997 + 2}{random.choice(_OLD)}"
        old = random.random() < 0.2
        return Compound(
            at=at,
            name=self.names[at],
            old_name=old_name if old else "",
            road=self.roads[at % len(self.roads)],
            number=str(at // len(self.roads) * 4 + random.randint(1, 3)),
            buildings=random.randint(2, 10),
            stairwells=random.randint(2, 4) if low else random.randint(1, 2),
            floors=6 if low else random.choice((11, 18, 26)),
            rooms=2 if low else random.randint(2, 4),
        )

    def entries(self) -> Iterator[Home | BookRow]:
        """Give all homes and rows, compound by compound."""
        for at in range(len(self)):
            yield from self.compound(at).entries()

    def any(self, count: int, *, seed: int) -> list[Made]:
        """Return addresses from all over the city."""
        random = Random(seed)
        return [self.compound(random.randrange(len(self))).any(random) for _ in range(count)]
