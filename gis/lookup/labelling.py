"""Cut a typed text into labels (3幢, 2单元, 501) and the words between them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from gis.lookup.labels import plain_label
from gis.lookup.text import numeral

__all__ = ["Label", "cut_labels"]


class Label(NamedTuple):
    """One label of a text.

    Parameters
    ----------
    kind
        building, stairwell, floor, room, plate (号), storey (楼: a floor or a building), part
        (期, 区, 村), lane (弄), sub (附号), chain (2-1单元), side (东单元), shop (车库…), count
        (a number of something, no label), or bare.
    values
        The label; several where a range or a list was written.
    start, end
        Where it stands.
    text
        What was written.
    """

    kind: str
    values: tuple[str, ...]
    start: int
    end: int
    text: str


_CN: Final = "零〇一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾佰廿卅"
_D: Final = r"(?:(?:(?<![A-Z])[A-Z])?\d+(?:[A-Z](?![A-Z]))?)"
_N: Final = rf"(?:{_D}|[{_CN}]+)"
_L: Final = rf"(?:{_N}|(?<![A-Z])[A-Z])"
#: Behind a number that is written in characters, a word of one character must be at its end:
#: 三门路 is a road.
_END: Final = rf"(?=$|[^\u4e00-\u9fff]|[{_CN}第东西无室附之的])"
_SHOP: Final = (
    "(?:半?地下|非?机动|自行|电动|停|楼下|[一底]层|[一底]楼|[沿临]街|门口)?(?:"
    "车[库位棚]|停车[位场库]|地下室|储藏[室间]|储物[室间]|杂物间|阁楼|底商|商铺|"
    "地下?车?库|充电[桩棚]|电动?车[棚位]|[柴煤]火?[房棚间]|架空层|人防|设备间|配电[房室间]|水?泵房|物业用房|[水电]表箱?|"
    "信报?箱|快递柜|自提柜|半地下室?|店铺|铺面|铺位|摊位|门面房?|门市房?|门头房?|[沿临]街店面?|店面|商业用?房?|仓库)"
)
_SIDE: Final = (
    "(?:最?[东西南北中左右](?:边|侧|面|头)?|中间|[靠临近][\u4e00-\u9fff]{1,3}?)(?:的|那个|那)?"
)
_STEM: Final = "甲乙丙丁戊己"
#: Words as they are and as they are misheard or mistyped; each by its sound or its shape.
_ZHUANG: Final = "幢撞状壮装桩"
_DONG: Final = "栋洞动冻懂拣"
_LOU: Final = "楼搂喽"
_DAN: Final = "(?:单[元园员圆源无]?|[丹担旦][元园员圆])"

_TOKEN: Final = re.compile(
    rf"""(?=[\d#A-Z{_CN}几第{_STEM}楼沿临东西南北中左右最靠临近楼幢栋房门室单地负非机自电动停车储杂阁底商店铺摊仓充柴煤架人设配水泵物信报快半网附之共有差各约无-])(?:
      (?P<amount>\d+(?:\.\d+)?(?:年度?|月份?|日|点|平方?米?|㎡|人|岁|%|次|件|条|周年|分钟?|小时|天|公里|米|万|多?元(?!\d))
        |第[{_CN}\d]+(?:条|款|届|次|户|位|名|个)
        |(?<![\d.])\d+\.\d+(?![\d.])元?|无单元
        |(?:单元数|户数|层数|楼层数?|人数|面积)[:：]?\d+
        |(?<!\d)\d(?:个?单元|门洞?|梯)[、,/ ]?\d{{1,2}}户|\d梯\d户
        |(?<!\d)(?:\d{{1,3}}|[{_CN}两几]+)(?:个|套|间(?!房)|家(?!园)|名|位|台|辆|张|份|部电梯|口人?|梯\d户)
        |[共有差各约]计?{_N}个?(?:单元|户|层|幢|栋|楼|套)
        |(?<!\d)\d{{1,2}}户(?=\d+人)|(?:网格|第)\d+(?:微?网格)|\d{{8,}})
    | (?P<list>(?<![\d-])\d{{1,2}}(?:[、,和]\d{{1,2}}){{2,}}
        (?P<list_word>号楼|[{_ZHUANG}{_DONG}座]|单元))
    | (?P<both>(?P<b1>(?<![\d-])\d{{1,2}}|[{_CN}]+)(?:
        [{_ZHUANG}{_DONG}座]?[-、,至到和与及]+(?P<b2>\d{{1,2}}|[{_CN}]+)(?P<bw>号楼|[{_ZHUANG}{_DONG}座])
        |(?:单元)?[-、至到和与及/]+(?P<b3>\d|[{_CN}])(?P<bu>单元)))
    | (?P<side>(?P<side_label>{_SIDE}\d*)单元(?:门洞?)?)
    | (?:第)?(?P<stem>[{_STEM}])(?:单元|门|梯)
    | (?<![\d元])单元号?[:：]?(?P<stairwell2>{_N})(?![幢栋楼])
    | (?:第)?\#?(?P<stairwell>{_L})[号\#]?(?:
        {_DAN}(?<=[元园员圆源无])(?:门(?![面市卫房头店诊厅])洞?|洞|口(?=\d))?|单(?=\d|第)
        |元(?=\d|[{_CN}]{{2}})|门洞|门栋|楼道口?|楼梯口?|楼洞|[门梯]口(?=\d)
        |门(?![口面市卫房头店诊外前牌铃路])(?={_END}|\d)|梯{_END})
    | \#(?P<building3>\d{{1,2}}[A-Z]?)(?!\d)(?:楼|幢|栋)?
    | (?:[楼幢栋]栋?号|楼栋号?|楼号|[幢栋]号)[:： ]?(?P<building2>{_L})(?:号?楼|[{_ZHUANG}{_DONG}])?
    | (?:室号|房号|房间号?|门牌号?|房室)[:： ]?\#?(?P<room2>{_L})(?:室|号|房)?
    | (?:地下|负|(?<=[^\d])-(?=[12](?:层|楼|F)))(?P<basement>[{_CN}\d]?)(?:层|[{_LOU}]|F)
    | (?P<shop>{_SHOP})(?:[A-Z]区)?(?:第)?(?P<shop_label>{_N})?(?:号|室)?
    | (?:第)?(?P<part>{_L})(?:期|组团|(?<=[0-9A-Z期])区|[村](?=$|[^\u4e00-\u9fff]|[{_CN}]))
    | (?P<lane>{_N})(?P<lane_word>弄|支弄)
    | (?:附|之)(?P<sub>{_N})号?(?![幢栋楼室])
    | (?:第)?(?P<building>{_L})(?:
        \#?号?[{_ZHUANG}{_DONG}](?:楼(?![下上道梯]))?|号[{_LOU}](?![下上道梯])|\#[{_LOU}]?|号?座{_END})
    | (?:第)?(?P<room>{_N})(?:
        室|号房间?|房间?{_END}|户(?!籍|主){_END}|(?<=\d\d\d)[市是事式](?=$|[^\u4e00-\u9fff]))
    | (?:第)?(?P<floor>\d+|[{_CN}]+)(?:层|F(?![A-Z]))
    | (?:第)?(?P<storey>(?<!\d)\d{{1,2}}|[{_CN}]+|(?<![A-Z])[A-Z])[{_LOU}](?![道梯顶])
    | (?P<plate>{_N})号(?:大?院)?
    | (?P<bare>{_D})
    | (?P<chars>(?<=[-元门梯层楼幢栋座#室])[{_CN}]{{1,4}}(?=$|[^\u4e00-\u9fff])
        |(?<![\u4e00-\u9fff])[{_CN}]{{1,4}}(?=-)
        |[{_CN}]{{3,4}}(?=$|[^\u4e00-\u9fff])))
    """,
    re.VERBOSE,
)
_KINDS: Final = {
    "stem": "stairwell",
    "stairwell2": "stairwell",
    "building2": "building",
    "building3": "building",
    "room2": "room",
    "chars": "bare",
}
_ONES: Final = "一二三四五六七八九"
_LONGEST_RANGE: Final = 12
_SHORT_ROOM: Final = 3


def cut_labels(text: str) -> list[Label]:
    """Return the labels of a cleaned text, in their order.

    Examples
    --------
    >>> [(label.kind, label.values) for label in cut_labels("芳华苑三幢2单元501")]
    [('building', ('3',)), ('stairwell', ('2',)), ('bare', ('501',))]
    >>> [(label.kind, label.values) for label in cut_labels("三门路12号八卦洲4至6幢")]
    [('plate', ('12',)), ('building', ('4', '5', '6'))]
    """
    labels = []
    for found in _TOKEN.finditer(text):
        label = _label(found)
        if label:
            labels.append(label)
    return labels


def _label(  # noqa: C901, PLR0911 - one case a kind of label
    found: re.Match[str],
) -> Label | None:
    kind = found.lastgroup or ""
    start, end = found.span()
    written = found[0]
    if kind == "amount":
        return Label("count", (), start, end, written)
    if kind in ("bw", "bu", "both"):
        return _range(found)
    if kind in ("list", "list_word"):
        told = tuple(map(plain_label, re.findall(r"\d+", written)))
        kind = "stairwell" if found["list_word"] == "单元" else "building"
        return Label(kind, told, start, end, written)
    if kind in ("side", "side_label"):
        return Label("side", (found["side_label"],), start, end, written)
    if kind in ("shop", "shop_label"):
        return Label("shop", (found["shop_label"] or "",), start, end, written)
    if kind == "basement":
        return Label("floor", ("B" + found["basement"],), start, end, written)
    if kind == "stem":
        return Label("stairwell", (str(_STEM.index(found["stem"]) + 1),), start, end, written)
    kind = "lane" if kind == "lane_word" else kind
    value = _value(found[kind])
    if value is None:
        return None
    kind = _KINDS.get(kind, kind)
    digits = numerals_of(found[kind]) if kind in ("building", "stairwell") and found[kind] else ()
    if len(digits) > 1:
        return Label(kind, digits, start, end, written)  # 一二幢: both, as nobody writes 12 so
    if kind == "lane":
        return Label(kind, (value + found["lane_word"],), start, end, written)
    if kind == "room" and len(value) < _SHORT_ROOM and "户" in written:
        return Label("count", (), start, end, written)
    return Label(kind, (value,), start, end, written)


def _range(found: re.Match[str]) -> Label | None:
    """Read 4至6幢 and 3、5幢."""
    first, last = _value(found["b1"]), _value(found["b2"] or found["b3"])
    if first is None or last is None:
        return None
    kind = "stairwell" if found["bu"] else "building"
    values: tuple[str, ...] = (first, last)
    between = found[0][len(found["b1"]) :]
    if kind == "stairwell" and first.isdigit() and last.isdigit() and between[0] in "-/":
        kind = "chain"  # 2-1单元: a building and its stairwell, unless the building was named
    ends = first.isdigit() and last.isdigit() and not any(mark in between for mark in "、,和与及 ")
    if ends and 0 < int(last) - int(first) <= _LONGEST_RANGE:
        values = tuple(str(n) for n in range(int(first), int(last) + 1))
    return Label(kind, values, found.start(), found.end(), found[0])


def numerals_of(text: str) -> tuple[str, ...]:
    """Return digits that are written in characters one by one: 一二 as 1 and 2.

    Examples
    --------
    >>> numerals_of("一二"), numerals_of("十二"), numerals_of("12")
    (('1', '2'), (), ())
    """
    if text.isascii() or any(mark not in _ONES for mark in text):
        return ()
    return tuple(str(_ONES.index(mark) + 1) for mark in text)


def _value(text: str) -> str | None:
    """Return a label in Arabic digits and without leading zeros."""
    if text.isdecimal() and text.isascii():
        return text.lstrip("0") or "0"
    if text.isascii():
        return plain_label(text)
    read = numeral(text)
    return plain_label(read) if read else None
