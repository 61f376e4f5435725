"""Write what is ambiguous, absent, elsewhere or no home at all: where a matcher must hold back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.case import Case
from corpus.sealed import words
from corpus.sealed.drawing import (
    building,
    compound,
    doubt,
    draw,
    fields,
    fill,
    nothing,
    rank,
    stairwell,
)

if TYPE_CHECKING:
    from corpus.register import Building, Home, Register


def make(register: Register) -> list[Case]:
    """Return the classes about limits."""
    return [
        *_room_without_stairwell(register),
        *_run_together(register),
        *_absent(register),
        *_letters(register),
        *_side_stairwell(register),
        *_not_a_dwelling(register),
        *_fronts(register),
        *_road_numbers(register),
        *_roads(register),
        *_elsewhere(register),
        *_no_compound(register),
        *_conflict(register),
        *_building_ids(register),
    ]


def _room_without_stairwell(register: Register) -> list[Case]:
    """Leave the stairwell out: the table implies it, or several stairwells have such a room."""

    def alone(home: Home) -> bool:
        return len(register.stairwells_with(home.building_id, home.room)) == 1

    def single(home: Home) -> bool:
        return register.buildings[home.building_id].stairwells == 1

    def vacant_elsewhere(home: Home) -> bool:
        return alone(home) and not single(home)

    def several(home: Home) -> bool:
        return not alone(home)

    def question(home: Home) -> str:
        return "?" + ";".join(register.stairwells_with(home.building_id, home.room))

    dashes = (
        "{c}{n}-{r}",
        "{c}{n}—{r}",
        "{c}{n}#{r}",
        "{c}{N}－{R}",
        "{road}{n}-{r}",
        "{c}{n}/{r}",
    )
    said = (
        "{c}{n}幢{r}室",
        "{c}{n}号楼{r}",
        "{road}{n}栋{r}",
        "{c}{nc}幢{rc}室",
        "{c}{n}幢{f}楼{r}",
    )
    cases = []
    for kind, templates in (("dash_two", dashes), ("room_only", said)):
        implied = draw(register, f"{kind} single", 16, single)
        implied += draw(register, f"{kind} vacant", 10, vacant_elsewhere)
        cases += fill(f"{kind}_implied", templates, implied)
        cases += fill(
            f"{kind}_ask", templates, draw(register, f"{kind} ask", 24, several), question
        )
    return cases


def _run_together(register: Register) -> list[Case]:
    """Write building, stairwell and room without anything between: ask, and offer all readings."""

    def question(home: Home) -> str:
        return "?" + ";".join(_readings(register, home.compound, _digits(home)))

    homes = draw(register, "run_together", 24)
    return fill("run_together", ("{c}{n}{s}{r}", "{c} {n}{s}{r}室"), homes, question)


def _digits(home: Home) -> str:
    return f"{home.number}{home.stairwell}{home.room}"


def _readings(register: Register, place: str, digits: str) -> list[str]:
    """Return the rooms that the digits may mean, split as building, stairwell (or none), room."""
    found = []
    for i in range(1, len(digits)):
        house = register.at(place, int(digits[:i])) if digits[0] != "0" else None
        if house is not None:
            whole = register.stairwells_with(house.building_id, digits[i:])
            split = f"{house.building_id}/{digits[i]}/{digits[i + 1 :]}"
            found += whole + ([split] if split in register.rooms else [])
    return found


def _last_number(register: Register, place: str) -> int:
    return max(home.number for home in register.homes if home.compound == place)


def _absent(register: Register) -> list[Case]:
    """Name a building, stairwell or room that is not there: answer what is, and no neighbour."""

    def house(home: Home) -> Building:
        return register.buildings[home.building_id]

    def beyond(home: Home) -> int:
        return _last_number(register, home.compound) // 10 * 10 + 20 + home.number % 10

    def neighbour(home: Home) -> list[str]:
        ending = f"-{home.number % 10:02d}"
        own = home.building_id[:5] + ending
        return sorted({home.building_id, own} & set(register.buildings))

    def more(home: Home) -> int:
        return house(home).stairwells + 1 + home.number % 3

    def inside(home: Home) -> list[str]:
        return [f"{home.building_id}/{i + 1}" for i in range(house(home).stairwells)]

    def too_high(home: Home) -> str:
        return f"{house(home).floors + 1 + home.number % 4}{home.room[-2:]}"

    def too_far(home: Home) -> str:
        return f"{home.room[:-2]}{5 + home.number % 4:02d}"

    def room(home: Home) -> list[str]:
        return [home.path]

    buildings = (
        "{c}{no}幢{s}单元{r}室",
        "{c}{no}-{s}-{r}",
        "{road}{c}{no}号楼",
        "{c}{no}栋{s}单元",
        "{road}{no}幢{s}单元{r}",
        "{c}{no}#{r}",
    )
    stairs = ("{c}{n}幢{no}单元{r}室", "{c}{n}-{no}-{r}", "{c}{n}栋{no}单元", "{c}{n}号楼{no}门{r}")
    rooms = ("{c}{n}幢{s}单元{no}室", "{c}{n}-{s}-{no}", "{road}{n}栋{s}单元{no}")
    high, far = draw(register, "too high", 14), draw(register, "too far", 12)
    return [
        *fill(
            "no_such_building",
            buildings,
            draw(register, "no building", 28),
            compound,
            neighbour,
            no=beyond,
        ),
        *fill(
            "no_such_stairwell",
            stairs,
            draw(register, "no stairwell", 26),
            building,
            inside,
            no=more,
        ),
        *fill("no_such_room", rooms, high, stairwell, room, no=too_high),
        *fill("no_such_room", rooms, far, stairwell, room, no=too_far),
        *_vacant(register),
    ]


def _vacant(register: Register) -> list[Case]:
    """Name a flat that the building must have but the table has not: it is not in the register."""
    templates = ("{c}{n}幢{s}单元{no}室", "{c}{n}-{s}-{no}")

    def missing(home: Home) -> str:
        floor = int(home.room[:-2])
        other = f"{floor}{3 - int(home.room[-2:]):02d}"
        return "" if f"{home.building_id}/{home.stairwell}/{other}" in register.rooms else other

    homes = draw(
        register, "vacant", 10, lambda home: home.room[-2:] in ("01", "02") and missing(home) != ""
    )
    return fill("no_such_room", templates, homes, stairwell, lambda home: [home.path], no=missing)


def _letters(register: Register) -> list[Case]:
    """Give a building or stairwell a letter where the tables have numbers: A is not 1."""
    buildings = (
        "{c}{letter}座{r}",
        "{c}{letter}栋{s}单元{r}室",
        "{c}{letter}幢",
        "{c}{n}{letter}幢{s}单元{r}",
    )
    stairs = ("{c}{n}幢{letter}单元{r}", "{c}{n}号楼{letter}门{r}室")

    def letter(home: Home) -> str:
        return "ABCD"[home.number % 4]

    def alike(home: Home) -> list[str]:
        number = 1 + home.number % 4
        found = register.at(home.compound, number)
        return sorted({home.building_id} | ({found.building_id} if found else set()))

    def inside(home: Home) -> list[str]:
        count = register.buildings[home.building_id].stairwells
        return [f"{home.building_id}/{i + 1}" for i in range(count)]

    return [
        *fill("letters", buildings, draw(register, "letters", 20), compound, alike, letter=letter),
        *fill(
            "letters", stairs, draw(register, "letter stairs", 10), building, inside, letter=letter
        ),
    ]


def _side_stairwell(register: Register) -> list[Case]:
    """Name a stairwell by its side: no number is said, and 东1单元 is not 1单元."""
    templates = (
        "{c}{n}幢东单元{r}",
        "{c}{n}幢东1单元{r}室",
        "{c}{n}号楼西边单元{r}",
        "{c}{n}栋中间单元{r}",
        "{c}{n}幢西2单元{r}",
        "{c}{n}幢靠河那个单元{r}",
    )

    def several(home: Home) -> bool:
        return register.buildings[home.building_id].stairwells > 1

    def inside(home: Home) -> list[str]:
        count = register.buildings[home.building_id].stairwells
        return [f"{home.building_id}/{i + 1}" for i in range(count)]

    homes = draw(register, "side_stairwell", 24, several)
    return fill("side_stairwell", templates, homes, building, inside)


def _not_a_dwelling(register: Register) -> list[Case]:
    """Number a cellar, garage, shop or parking place as if it were a flat."""
    in_building = (
        "{c}{n}幢地下室{r}",
        "{c}{n}幢车库{r}号",
        "{c}{n}号楼储藏室{r}",
        "{c}{n}幢商铺{r}",
        "{c}{n}幢自行车棚{r}",
        "{c}{n}幢底商{r}号",
    )
    in_stairwell = (
        "{c}{n}幢{s}单元地下室{r}",
        "{c}{n}幢{s}单元储藏间{r}号",
        "{c}{n}-{s}单元地下{r}",
    )
    in_compound = ("{c}地下车库B区{r}", "{c}停车位{r}号", "{c}非机动车库{r}")

    def rooms(home: Home) -> list[str]:
        return register.stairwells_with(home.building_id, home.room)

    cases = []
    for templates, truth, count in (
        (in_building, building, 18),
        (in_stairwell, stairwell, 9),
        (in_compound, compound, 9),
    ):
        homes = draw(register, f"not_a_dwelling {count} {templates[0]}", count)
        cases += fill("not_a_dwelling", templates, homes, truth, rooms)
    return cases


def _fronts(register: Register) -> list[Case]:
    """Write the sub-number of a shop front; the same number on the other road is another."""
    templates = (
        "{road}{number}-{sub}号",
        "{road}{number}-{sub}",
        "{road}{number}号-{sub}",
        "{road}{number}之{sub}号",
        "{road}{number}号附{sub}号",
        "{road}{number}号之{sub_chinese}",
        "清河区{road} {wide}－{wide_sub} 号",
        "{road}{number}—{sub}号门面房",
    )
    order = sorted(register.fronts, key=lambda address: rank("fronts", address))
    cases = []
    for i, address in enumerate(order[:36]):
        road, (number, sub) = address[:3], address[3:].removesuffix("号").split("-")
        text = templates[i % len(templates)].format(
            road=road,
            number=number,
            sub=sub,
            sub_chinese=words.DIGITS[int(sub)],
            wide=number.translate(words.WIDE),
            wide_sub=sub.translate(words.WIDE),
        )
        near = _same_number(register, road, number)
        cases.append(Case("sub_number", text, register.fronts[address], near))
    return cases


def _same_number(register: Register, road: str, number: str) -> tuple[str, ...]:
    """Return the buildings at the same number of other roads."""
    return tuple(
        b.building_id
        for b in register.buildings.values()
        if b.name == "沿街商铺" and b.road[3:] == f"{number}号" and b.road[:3] != road
    )


def _road_numbers(register: Register) -> list[Case]:
    """Write a road and a number alone: a row of shops, a compound or site, or nothing there."""
    cases = []
    shops = [b for b in register.buildings.values() if b.name == "沿街商铺"]
    templates = (
        "{road}{number}号",
        "{road} {number} 号商铺",
        "{road}{number}",
        "{road}{wide}号沿街商铺",
    )
    for i, shop in enumerate(sorted(shops, key=lambda b: rank("shops", b.road))[:24]):
        road, number = shop.road[:3], shop.road[3:].removesuffix("号")
        text = templates[i % 4].format(road=road, number=number, wide=number.translate(words.WIDE))
        near = _same_number(register, road, number)
        cases.append(Case("shop_number", text, shop.building_id, near))
    several = {"南苑路11号", "海棠路46号", "北苑路3号", "丁香街11号"}
    homes = {home.road: home.compound for home in register.homes}
    homes |= {b.road: b.place for b in register.buildings.values() if b.road in several}
    said = ("{0}", "位于{0}", "云台市清河区{0}", "{0}门口", "{0}院内")
    for i, (road, place) in enumerate(sorted(homes.items(), key=lambda item: rank(*item))):
        near = {"粮站巷2号": ("粮站宿舍",), "粮站巷5号": ("纺机宿舍",)}.get(road, ())
        cases.append(Case("compound_number", said[i % 5].format(road), f"@{place}", near))
    return cases + _nobody_there(register)


def _nobody_there(register: Register) -> list[Case]:
    """Give a road a number that nothing in the tables has."""
    known = {b.road for b in register.buildings.values()}
    absent = (
        ("海棠路13号", "海棠路12号"),
        ("海棠路1号", "海棠路12号"),
        ("海棠路21号", "海棠路12号"),
        ("海棠路3号", "北苑路3号"),
        ("海棠路101号", "海棠路102号"),
        ("海棠路999号", "海棠路9号"),
        ("芳菲路2号", "芳菲路20号"),
        ("芳菲路12号", "海棠路12号"),
        ("芳菲路30号", "海棠路30号"),
        ("芳菲路202号", "芳菲路20号"),
        ("芳菲路207号", "芳菲路70号"),
        ("丁香街9号", "丁香街19号"),
        ("丁香街12号", "海棠路12号"),
        ("丁香街43号", "丁香街42号"),
        ("春水街81号", "春水街18号"),
        ("春水街5号", "粮站巷5号"),
        ("粮站巷3号", "粮站巷2号"),
        ("粮站巷12号", "海棠路12号"),
        ("西苑街60号", "西苑街6号"),
        ("西苑街15号", "北苑路15号"),
        ("北苑路6号", "西苑街6号"),
        ("南苑路27号", "北苑路27号"),
        ("梧桐街21号", "芳菲路21号"),
        ("南苑路15号", "北苑路15号"),
    )
    cases = []
    for address, other in absent:
        assert address not in known, address
        ids = {b.building_id[:6] for b in register.buildings.values() if b.road == other}
        places = {b.place for b in register.buildings.values() if b.road == other}
        near = tuple(sorted(ids) + sorted(places))
        if near[0] == "HT-96-":  # a row of shops is a building of its own among others
            near = tuple(b.building_id for b in register.buildings.values() if b.road == other)
        cases.append(Case("no_such_number", address, f"~{address[:3]}", near))
    return cases


def _roads(register: Register) -> list[Case]:
    said = ("{0}", "{0}上", "在{0}", "清河区{0}", "{0}南头")
    roads = sorted(register.roads, key=lambda road: rank("roads", road))
    cases = [
        Case("road_only", said[(i + j) % 5].format(road), f"~{road}")
        for i, road in enumerate(roads)
        for j in range(2)
    ]
    cases += [
        Case("road_only", f"{name}{words.ROAD_KINDS[road[-1]][0]}", f"~{road}")
        for road, name in sorted(words.ROADS.items())
    ]
    return cases


ELSEWHERE = (
    "北京市朝阳区{road}{c}{n}幢{s}单元{r}室",
    "上海市浦东新区{road}{c}{n}号楼{s}单元{r}",
    "东海省云台市滨湖区{road}{c}{n}幢{s}单元{r}室",
    "云台市开发区{c}{n}-{s}-{r}",
    "江苏省苏州市姑苏区{road}",
    "广东省深圳市福田区{c}{n}栋{s}单元{r}",
    "杭州{road}{c}{n}幢{s}单元{r}",
    "东海省青岩市{road}{c}{n}幢{s}单元{r}",
    "成都市武侯区{road}{n}栋{s}单元{r}号",
    "天津 {road} {c} {n}-{s}-{r}",
    "内蒙古自治区呼和浩特市{c}{n}号楼{s}单元{r}",
    "Room {r}, Unit {s}, Building {n}, {PYS}, Beijing",
    "重庆市渝北区{c}",
    "云台市滨湖区{rd}",
)


def _elsewhere(register: Register) -> list[Case]:
    """Put a known road and compound into another city or district: it is not ours."""

    def near(home: Home) -> list[str]:
        return [home.building_id[:6], home.compound, home.road[:3]]

    homes = draw(register, "elsewhere", 42)
    cases = fill("elsewhere", ELSEWHERE, homes, nothing, near)
    strange = (
        "牡丹社区{c}{n}幢{s}单元{r}室",
        "清河区牡丹街道{road}{c}{n}幢{s}单元{r}",
        "月季社区{road}{n}幢{s}单元{r}",
        "{city}{dist}丁山街道{c}{n}-{s}-{r}",
    )
    homes = draw(register, "other_community", 22)
    return cases + fill("other_community", strange, homes, doubt)


def _no_compound(register: Register) -> list[Case]:
    """Say everything but where: nobody can know which compound is meant."""
    templates = (
        "{n}幢{s}单元{r}室",
        "{n}-{s}-{r}",
        "{n}栋{s}单元{r}",
        "{n}号楼{s}门{r}",
        "{nc}幢{sc}单元",
        "{n}-{r}",
        "{s}单元{r}",
        "{n}#楼",
    )
    return fill("no_compound", templates, draw(register, "no_compound", 24), lambda _: "?")


def _conflict(register: Register) -> list[Case]:
    """Join one compound's road and number to another's name: ask, and offer both."""
    templates = (
        "{other}{c}{n}幢{s}单元{r}室",
        "{other}{c}{n}-{s}-{r}",
        "{c}（{other}）{n}栋{s}单元{r}",
    )
    same: dict[tuple[int, str, str], list[Home]] = {}
    for home in register.homes:
        same.setdefault((home.number, home.stairwell, home.room), []).append(home)
    cases: list[Case] = []
    for home in draw(register, "conflict", 60):
        twins = [
            other
            for other in same[home.number, home.stairwell, home.room]
            if other.compound != home.compound
        ]
        if twins and len(cases) < 24:
            twin = min(twins, key=lambda other: rank("conflict", home.path, other.path))
            text = templates[len(cases) % 3].format(other=twin.road, **fields(home))
            cases.append(Case("conflict", text, f"?{home.path};{twin.path}"))
    return cases


def _building_ids(register: Register) -> list[Case]:
    """Type the identifier that the tables give a building, alone or with a stairwell or room."""
    written = (
        ("{id}", 1),
        ("{low}", 1),
        ("{bare}", 1),
        ("编号{id}", 1),
        ("{wide}", 1),
        ("{id}/{s}", 2),
        ("{id} {s}单元", 2),
        ("{id}/{s}/{r}", 3),
        ("{id} {s}单元{r}室", 3),
        ("{low} {s}-{r}", 3),
    )
    cases = []
    for i, home in enumerate(draw(register, "building_id", 30)):
        template, depth = written[i % len(written)]
        text = template.format(
            low=home.building_id.lower(),
            bare=home.building_id.replace("-", ""),
            wide=home.building_id.translate(words.WIDE).replace("-", "－").replace("HT", "ＨＴ"),
            **fields(home),
        )
        cases.append(Case("building_id", text, "/".join(home.path.split("/")[:depth])))
    return cases
