"""Write the same address in other forms: numbers, words, dashes, order, spaces, scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.sealed.drawing import building, compound, draw, fill, stairwell
from corpus.sealed.words import SHORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.case import Case
    from corpus.register import Home, Register

#: Class: how many, and the templates that a home is written by.
FORMS: dict[str, tuple[int, tuple[str, ...]]] = {
    "official": (20, ("{road}{c}{n}幢{s}单元{r}室",)),
    "no_road": (20, ("{c}{n}幢{s}单元{r}室",)),
    "width": (
        24,
        (
            "{rd}{RN}号{c}{N}幢{S}单元{R}室",
            "{c}{N}幢{S}单元{R}",
            "{c}{N}－{S}－{R}",
            "{c}（{N}幢{S}单元{R}室）",
            "{c}{N}＃{S}单元{R}",
            "{c}　{N}　幢　{S}　单元　{R}　室",
        ),
    ),
    "chinese_numerals": (
        30,
        (
            "{c}{nc}幢{sc}单元{rc}室",
            "{c}{nc}栋{sc}单元{r}",
            "{c}{nc}幢{sc}单元{ro}",
            "{c}{nf}幢{sf}单元{rf}室",
            "{c}{nc}号楼{sc}单元{rh}室",
            "{c}第{nc}幢第{sc}单元{r}室",
            "{rd}{rnc}号{c}{nc}幢{sc}单元{r}",
            "{c}{n}幢{sc}单元{rc}",
        ),
    ),
    "building_word": (
        32,
        (
            "{c}{n}栋{s}单元{r}室",
            "{c}{n}号楼{s}单元{r}",
            "{c}{n}#楼{s}单元{r}室",
            "{c}{n}#{s}单元{r}",
            "{c}{n}座{s}单元{r}室",
            "{c}{n}号{s}单元{r}室",
            "{c}{n}楼{s}单元{r}",
            "{c}#{n}楼{s}单元{r}",
            "{c}{n}橦{s}单元{r}室",
            "{c}第{n}栋{s}单元{r}",
            "{c}{n}号栋{s}单元{r}室",
            "{c}楼号{n}，{s}单元{r}",
        ),
    ),
    "stairwell_word": (
        28,
        (
            "{c}{n}幢{s}门{r}室",
            "{c}{n}号楼{s}门{r}",
            "{c}{n}幢{s}梯{r}",
            "{c}{n}幢{stem}单元{r}室",
            "{c}{n}栋{s}门洞{r}",
            "{c}{n}幢{s}单{r}",
            "{c}{n}幢第{s}单元{r}室",
            "{c}{n}幢{s}号单元{r}",
            "{c}{n}幢单元{s}，{r}室",
            "{c}{n}幢{s}楼道{r}室",
        ),
    ),
    "room_word": (
        26,
        (
            "{c}{n}幢{s}单元{r}号",
            "{c}{n}幢{s}单元{r}户",
            "{c}{n}幢{s}单元{r}",
            "{c}{n}幢{s}单元{r}房",
            "{c}{n}幢{s}单元{r}房间",
            "{c}{n}幢{s}单元{r}号房",
            "{c}{n}幢{s}单元#{r}",
            "{c}{n}幢{s}单元室号{r}",
        ),
    ),
    "dash_three": (
        34,
        (
            "{c}{n}-{s}-{r}",
            "{c}{n}—{s}—{r}",
            "{c}{n}–{s}–{r}室",
            "{c}{n}～{s}～{r}",
            "{c}{n}/{s}/{r}",
            "{c} {n} {s} {r}",
            "{c}{n}.{s}.{r}",
            "{c}{n}。{s}。{r}",
            "{c}{n}、{s}、{r}",
            "{c}{n}#-{s}-{r}",
            "{c}{n}幢-{s}-{r}",
            "{c}-{n}-{s}-{r}号",
            "{c}{n}幢{s}-{r}",
            "{c}{n}栋{s}/{r}",
            "{c}{n}_{s}_{r}",
        ),
    ),
    "road_for_compound": (
        28,
        (
            "{road}{n}幢{s}单元{r}室",
            "{road}{n}号楼{s}单元{r}",
            "{road}{n}-{s}-{r}",
            "{rd}{rn}-{n}-{s}-{r}",
            "{road}-{n}-{s}-{r}",
            "{road}院{n}栋{s}门{r}",
            "{road} {n}#{s}单元{r}",
            "{rd}{RN}号{n}幢{s}单元{r}",
            "{road}小区{n}幢{s}单元{r}室",
        ),
    ),
    "prefix": (
        26,
        (
            "{prov}{city}{dist}{town}{comm}{road}{c}{n}幢{s}单元{r}室",
            "{prov}{city}{dist}{road}{c}{n}幢{s}单元{r}",
            "{city}{dist}{road}{c}{n}栋{s}单元{r}室",
            "{dist}{road}{c}{n}-{s}-{r}",
            "{town}{comm}{c}{n}幢{s}单元{r}",
            "{comm}{c}{n}幢{s}单元{r}室",
            "中国{prov}{city}{dist}{c}{n}幢{s}单元{r}",
            "东海云台清河{c}{n}幢{s}单元{r}",
            "{prov} {city} {dist} {town} {c} {n}-{s}-{r}",
            "{city}{c}{n}幢{s}单元{r}室",
        ),
    ),
    "prefix_repeated": (
        22,
        (
            "{prov}{city}{dist}{prov}{city}{dist}{road}{c}{n}幢{s}单元{r}室",
            "{city}{city}{dist}{c}{n}幢{s}单元{r}",
            "{prov}{city}{dist}{town}{dist}{town}{comm}{c}{n}-{s}-{r}",
            "{comm}{comm}{road}{c}{n}幢{s}单元{r}",
            "{road}{road}{c}{n}幢{s}单元{r}室",
            "{c}{c}{n}幢{s}单元{r}",
            "{dist}{c}{dist}{road}{c}{n}栋{s}单元{r}",
        ),
    ),
    "zeros": (
        22,
        (
            "{c}{n2}幢{s2}单元{r4}室",
            "{c}{n}幢{s}单元{r4}",
            "{c}{n2}-{s2}-{r4}",
            "{c}0{n2}幢0{s}单元{r}室",
            "{c}{n2}栋{s}单元{r}",
            "{c}第{n2}幢第{s2}单元第{r}室",
        ),
    ),
    "spacing": (
        28,
        (
            " {c}  {n} 幢 {s} 单元 {r} 室 ",
            "{c}，{n}幢，{s}单元，{r}室。",
            "{c}·{n}幢·{s}单元·{r}",
            "{c}【{n}幢】【{s}单元】【{r}】",
            "{c}——{n}幢{s}单元——{r}",
            "“{c}”{n}幢{s}单元{r}室",
            "{c};{n}幢;{s}单元;{r}",
            "{c}({n}幢){s}单元[{r}]",
            "{c}\n{n}幢{s}单元\n{r}室",
            "{c}\t{n}幢\t{s}单元\t{r}",
            "!!{c}{n}幢{s}单元{r}!!",
            "{c}\u3000{n}\u00a0幢\u2003{s}\u2009单元{r}",
            "{c}：{n}幢：{s}单元：{r}室",
            "<{c}>{n}幢|{s}单元|{r}",
        ),
    ),
    "traditional": (
        26,
        (
            "{ct}{n}幢{s}單元{r}室",
            "{ct}{n}棟{s}單元{r}",
            "{ct}{n}號樓{s}單元{r}號",
            "{ct}{nc}棟{sc}單元{rc}室",
            "{ct}{n}-{s}-{r}",
            "{ct}{n}棟{s}門{r}",
        ),
    ),
    "western_order": (
        28,
        (
            "Room {r}, Unit {s}, Building {n}, {PYS}",
            "Rm. {r}, Unit {s}, Bldg. {n}, {PY}, No. {rn} {RDPY}",
            "Apt {r}, Entrance {s}, Block {n}, {PY}, {rn} {RDEN}",
            "{n}-{s}-{r} {PY}, {rn} {RDEN}, Qinghe District, Yuntai",
            "Flat {r}, Stairwell {s}, Building {n}, {rn} {RDEN}",
            "No.{rn} {RDPY} {PY} Building {n} Unit {s} Room {r}",
            "{r}室{s}单元{n}幢{c}",
            "{r}室，{s}单元，{n}号楼，{c}，{road}",
            "Bldg {n}, Unit {s}, Room {r}, {c}",
        ),
    ),
    "pinyin": (
        28,
        (
            "{py}{n}-{s}-{r}",
            "{py} {n}dong {s}danyuan {r}shi",
            "{pys} {n} zhuang {s} danyuan {r}",
            "{PYS} {n}-{s}-{r}",
            "{rdpy}{rn}hao {py} {n}-{s}-{r}",
            "{PY}{n}幢{s}单元{r}",
            "{py} {n}haolou {s}danyuan {r}",
        ),
    ),
    "initials": (
        26,
        (
            "{ini}{n}-{s}-{r}",
            "{INI} {n}-{s}-{r}",
            "{ini}{n}幢{s}单元{r}",
            "{ini} {n}d{s}dy{r}",
            "{INI}{n}#{s}单元{r}室",
            "{ini} {n} {s} {r}",
        ),
    ),
    "floor": (
        28,
        (
            "{c}{n}幢{s}单元{f}楼{r}",
            "{c}{n}幢{s}单元{f}层{r}室",
            "{c}{n}幢{s}单元{fc}楼{r}",
            "{c}{n}幢{s}单元{f}楼{d}室",
            "{c}{n}栋{s}单元{f}F-{d}",
            "{c}{n}-{s}-{f}-{d}",
            "{c}{n}幢{s}单元第{f}层{d}号",
            "{c}{n}幢{s}单元{f}F{r}",
            "{c}{n}幢{s}单元{fc}层{rc}室",
        ),
    ),
    "pieces_joined": (
        32,
        (
            "{city}{dist}{c}小区{nc}号楼{s}门{r}",
            "{ct}{N}棟{sc}單元{r}號",
            "{rd}{rn}号{x}{n}#{s}-{r}",
            " {c} 第{nc}栋 {S}单元 {fc}楼{r}户",
            "{dist} {c}（{road}） {n}栋/{s}单元/{r}",
            "{r}，{s}单元，{n}栋，{c}，{town}",
            "{py} {N}－{S}－{R}",
            "{comm} {ini}{n2}-{s2}-{r4}",
        ),
    ),
}

#: The same for strings that stop at a building or a stairwell.
SHORTER: dict[str, tuple[int, Callable[[Home], str], tuple[str, ...]]] = {
    "building_only": (
        30,
        building,
        (
            "{c}{n}幢",
            "{road}{c}{n}幢",
            "{c}{n}号楼",
            "{c}{nc}栋",
            "{c}{n}#",
            "{c}第{n}幢",
            "{road}{n}幢",
            "{ct}{n}棟",
            "{py}{n}dong",
            "Building {n}, {PYS}",
            "{c}-{n}",
            "{c}{N}座",
        ),
    ),
    "stairwell_only": (
        28,
        stairwell,
        (
            "{c}{n}幢{s}单元",
            "{road}{c}{n}幢{s}单元",
            "{c}{nc}栋{sc}单元",
            "{c}{n}号楼{s}门",
            "{c}{n}#{s}单元",
            "{c}{n}-{s}单元",
            "{c}{n}幢{stem}单元",
            "{py} {n}dong {s}danyuan",
            "Unit {s}, Building {n}, {PYS}",
        ),
    ),
    "floor_only": (
        24,
        stairwell,
        (
            "{c}{n}幢{s}单元{f}楼",
            "{c}{n}栋{s}单元{fc}层",
            "{c}{n}幢{s}单元{f}F",
            "{c}{n}幢{s}单元{fc}楼东户",
            "{c}{n}幢{s}单元{f}楼左手边那家",
            "{c}{n}-{s} {f}楼",
        ),
    ),
    "compound_only": (
        30,
        compound,
        (
            "{c}",
            "{c}门口",
            "{road}{c}",
            "{c}物业",
            "{ct}",
            "{py}",
            "{PYS}",
            "{city}{dist}{c}",
            "在{c}",
            " {c} 。",
        ),
    ),
    "no_building_said": (
        22,
        compound,
        ("{c}{s}单元{r}室", "{c}{r}室", "{road}{c}{s}单元", "{c}，{r}"),
    ),
}


def make(register: Register) -> list[Case]:
    """Return the classes whose truth is the home that was drawn, or a part of it."""
    cases = []
    for kind, (count, templates) in FORMS.items():
        where = {"zeros": _three_digits, "pieces_joined": _has_short_name}.get(kind)
        cases += fill(kind, templates, draw(register, kind, count, where))
    for kind, (count, truth, templates) in SHORTER.items():
        cases += fill(kind, templates, draw(register, kind, count), truth)
    return cases


def _three_digits(home: Home) -> bool:
    return len(home.room) == 3


def _has_short_name(home: Home) -> bool:
    return home.compound in SHORT
