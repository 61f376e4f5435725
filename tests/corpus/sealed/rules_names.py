"""Write names in other ways: other names, short names, misspellings, parts of an estate, sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.case import Case
from corpus.sealed import words
from corpus.sealed.drawing import doubt, draw, fields, fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.register import Home, Register

AFTER_NAME = (
    "{name}{n}幢{s}单元{r}室",
    "{name}{n}-{s}-{r}",
    "{name}{n}栋{s}单元{r}",
    "{name}{n}号楼{s}门{r}",
    "{name}{nc}幢{sc}单元{r}",
    "{name}{n}#{s}单元{r}室",
)
OTHER_PART = {"玉兰苑南区": ("HT-10-", "HT-11-"), "玉兰苑北区": ("HT-11-", "HT-10-")}


def make(register: Register) -> list[Case]:
    """Return the classes about names."""
    return [
        *_alias(register),
        *_short(register),
        *_misspelt(register, "homophone", words.SOUNDS, 54),
        *_misspelt(register, "lookalike", words.LOOKS, 36),
        *_lookalike_digits(register),
        *_misspelt(register, "swapped", _one(words.SWAPPED), 24),
        *_misspelt(register, "dropped_character", _one(words.DROPPED), 22),
        *_misspelt(register, "doubled_character", _one(words.DOUBLED), 20),
        *_road_misspelt(register),
        *_words_misheard(register),
        *_tail(register),
        *_part_said(register),
        *_part_missing(register),
        *_part_unknown(register),
        *_sibling(register),
    ]


def _one(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: (other,) for name, other in names.items()}


def _alias(register: Register) -> list[Case]:
    other = {compound: alias for alias, compound in register.aliases.items()}
    templates = (
        "{name}{n}号楼{s}单元{r}",
        "{name}{n}-{s}-{r}",
        "{name}{n}幢{s}单元{r}室",
        "{road}{name}{n}栋{s}单元{r}",
        "{name}{nc}号楼{sc}单元{rc}",
        "{name}{n}#{s}门{r}",
        "{dist}{name}{n}幢{s}单元{r}",
        "{name}（{c}）{n}幢{s}单元{r}",
        "原{name}{n}幢{s}单元{r}室",
    )
    homes = draw(register, "alias", 36, lambda home: home.compound in other)
    return fill("alias", templates, homes, name=lambda home: other[home.compound])


def _short(register: Register) -> list[Case]:
    homes = draw(register, "short_name", 32, lambda home: home.compound in words.SHORT)
    return fill("short_name", AFTER_NAME, homes, name=lambda home: words.SHORT[home.compound])


def _misspelt(
    register: Register, kind: str, names: Mapping[str, tuple[str, ...]], count: int
) -> list[Case]:
    """Take each compound's misspellings in turn, each with a home of its own."""
    homes = draw(register, kind, count, lambda home: home.compound in names)
    seen: dict[str, int] = {}
    cases = []
    for i, home in enumerate(homes):
        turn = seen.get(home.compound, 0)
        seen[home.compound] = turn + 1
        name = names[home.compound][turn % len(names[home.compound])]
        text = AFTER_NAME[i % len(AFTER_NAME)].format(name=name, **fields(home))
        cases.append(Case(kind, text, home.path))
    return cases


def _lookalike_digits(register: Register) -> list[Case]:
    """Write O for 0 and l or I for 1, as scans and old typists do."""
    templates = ("{c}{n}幢{s}单元{wrong}室", "{c}{n}-{s}-{wrong}", "{c}{n}栋{s}单元{wrong}")
    homes = draw(register, "lookalike_digits", 21)
    swaps = ({"0": "O"}, {"1": "l"}, {"0": "o"}, {"1": "I"}, {"0": "O", "1": "l"}, {"0": "〇"})
    turn = {home.path: swaps[i % len(swaps)] for i, home in enumerate(homes)}

    def wrong(home: Home) -> str:
        swap = turn[home.path]
        swap = swap if set(swap) & set(home.room) else {"0": "O", "1": "l"}
        return home.room.translate(str.maketrans(swap))

    return fill("lookalike_digits", templates, homes, wrong=wrong)


def _road_misspelt(register: Register) -> list[Case]:
    """Misspell the road, with the compound's name or (harder) with its number alone."""
    templates = (
        "{wrong}{rn}号{n}幢{s}单元{r}室",
        "{wrong}{rn}号{c}{n}-{s}-{r}",
        "{wrong}{rn}号{n}-{s}-{r}",
        "清河区{wrong}{rn}号{n}号楼{s}单元{r}",
    )
    homes = draw(register, "road_misspelt", 26)
    turn = {home.path: i for i, home in enumerate(homes)}

    def wrong(home: Home) -> str:
        return words.ROAD_SOUNDS[home.road[:3]][turn[home.path] // 4 % 2]

    return fill("road_misspelt", templates, homes, wrong=wrong)


def _words_misheard(register: Register) -> list[Case]:
    """Misspell the words after the name; the digits keep their order, so the sense is plain."""
    templates = (
        "{c}{n}撞{s}单元{r}室",
        "{c}{n}洞{s}单元{r}",
        "{c}{n}幢{s}单园{r}室",
        "{c}{n}幢{s}丹元{r}",
        "{c}{n}动{s}单元{r}是",
        "{c}{n}幢{s}单元{r}市",
        "{c}{n}号搂{s}单元{r}",
        "{c}{n}幢{s}元{r}",
        "{c}{n}幢{n}幢{s}单元{r}",
        "{c}{n}幢{s}单元单元{r}室",
        "{c}{n}懂{s}单元{r}",
    )
    return fill("words_misheard", templates, draw(register, "words_misheard", 26))


def _tail(register: Register) -> list[Case]:
    templates = (
        "{c}小区{n}幢{s}单元{r}室",
        "{c}住宅小区{n}-{s}-{r}",
        "{c}（小区）{n}栋{s}单元{r}",
        "{c}家属区{n}号楼{s}单元{r}",
        "{c}大院{n}幢{s}单元{r}",
        "{c}内{n}幢{s}单元{r}",
        "{c}里面{n}号楼{s}单元{r}",
    )
    homes = draw(register, "tail_after_name", 24, lambda home: home.compound[-2:] != "小区")
    return fill("tail_after_name", templates, homes)


def _part_of(home: Home) -> str:
    return home.compound[3]


def _other_part(home: Home) -> list[str]:
    return [OTHER_PART[home.compound][1]]


def _in_parts(home: Home) -> bool:
    return home.compound in OTHER_PART


def _part_said(register: Register) -> list[Case]:
    """Say the part in another way; it decides, and must never be lost."""
    templates = (
        "玉兰苑（{part}区）{n}幢{s}单元{r}室",
        "玉兰苑{part}{n}-{s}-{r}",
        "玉兰苑·{part}区{n}栋{s}单元{r}",
        "玉兰苑 {part}区 {n}号楼 {s}门 {r}",
        "玉兰苑小区{part}区{n}幢{s}单元{r}",
        "玉兰苑-{part}区-{n}-{s}-{r}",
        "玉兰{part}区{n}幢{s}单元{r}室",
        "玉兰苑【{part}】{n}幢{s}单元{r}",
        "玉兰苑{part}苑{n}幢{s}单元{r}",
        "{road}{part}区{n}幢{s}单元{r}",
        "玉蘭苑{part}區{n}棟{s}單元{r}",
        "玉兰苑{n}幢{s}单元{r}（{part}区）",
        "{part}区玉兰苑{n}幢{s}单元{r}",
    )
    homes = draw(register, "part_said", 28, _in_parts)
    return fill("part_said", templates, homes, near=_other_part, part=_part_of)


def _part_missing(register: Register) -> list[Case]:
    """Leave out what tells two compounds apart: ask, and offer both."""
    pairs = {"玉兰苑": ("HT-10-", "HT-11-"), "宿舍": ("HT-06-", "HT-07-")}
    templates = (
        "{name}{n}幢{s}单元{r}室",
        "{name}{n}-{s}-{r}",
        "{name}{n}栋{s}单元{r}",
        "{name}{n}号楼{s}门{r}",
        "{name}{n}幢{s}单元",
        "{name}{n}幢",
        "{name}{n}号楼{s}门",
        "{name}{n}栋",
    )
    depths = (3, 3, 3, 3, 2, 1, 2, 1)
    cases = []
    for name, (one, two) in pairs.items():

        def both(home: Home, one: str = one, two: str = two) -> bool:
            return (
                home.building_id.startswith(one) and home.path.replace(one, two) in register.rooms
            )

        for i, home in enumerate(draw(register, f"part_missing {name}", 16, both)):
            text = templates[i % len(templates)].format(name=name, **fields(home))
            path = "/".join(home.path.split("/")[: depths[i % len(depths)]])
            cases.append(Case("part_missing", text, f"?{path};{path.replace(one, two)}"))
    cases += [
        Case("part_missing", text, "?玉兰苑南区;玉兰苑北区")
        for text in ("玉兰苑", "我住玉兰苑", "yulanyuan", "玉兰苑小区门口", "玉蘭苑", "玉兰苑物业")
    ]
    return cases


def _part_unknown(register: Register) -> list[Case]:
    """Name a phase or part that the compound has not: it may be another place, so ask."""
    templates = (
        "{c}二期{n}幢{s}单元{r}室",
        "{c}一期{n}-{s}-{r}",
        "{c}东区{n}幢{s}单元{r}",
        "{c}西苑{n}栋{s}单元{r}",
        "{c}A区{n}幢{s}单元{r}",
        "{c}Ⅱ期{n}号楼{s}单元{r}",
        "{c}三期{n}#{s}单元{r}",
        "{c}第二组团{n}幢{s}单元{r}",
        "{c}北区{n}-{s}-{r}",
        "{c}新区{n}幢{s}单元{r}",
    )
    homes = draw(register, "part_unknown", 24, lambda home: home.compound not in OTHER_PART)
    return fill("part_unknown", templates, homes, doubt)


def _sibling(register: Register) -> list[Case]:
    """Name one of two places that are easily taken for each other, both of them real."""
    twins = {
        "玉兰苑南区": "HT-11-",
        "玉兰苑北区": "HT-10-",
        "纺机宿舍": "HT-07-",
        "粮站宿舍": "HT-06-",
    }
    templates = (
        "{c}{n}幢{s}单元{r}室",
        "{c}{n}-{s}-{r}",
        "{road}{n}幢{s}单元{r}",
        "{py}{n}-{s}-{r}",
    )

    def near(home: Home) -> list[str]:
        return [twins[home.compound]]

    homes = draw(register, "sibling", 24, lambda home: home.compound in twins)
    return fill("sibling", templates, homes, near=near)
