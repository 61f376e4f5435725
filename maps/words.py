"""Say the page's own words in Chinese and in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGE_TAGS", "LOCALES", "Locale", "words"]

Locale = Literal["zh", "en"]

LOCALES: Final = ("zh", "en")

#: What the page's lang attribute says.
LANGUAGE_TAGS: Final[Mapping[str, str]] = MappingProxyType({"zh": "zh-CN", "en": "en"})

_BOTH: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        # the page
        "page.title": ("{name}网格图", "Grids of {name}"),
        "page.and": ("、", ", "),
        "page.more": ("等{n}个社区", " and {n} more"),
        "page.noscript": ("本页需要启用 JavaScript。", "This page needs JavaScript."),
        "page.summary": (
            "{large}个大网格 · {micro}个微网格 · {households}户",
            "{large} large grids · {micro} micro-grids · {households} households",
        ),
        "page.special": (" · {n}个专属网格", " · {n} special grids"),
        "page.plan": ("方案 {id}", "plan {id}"),
        "map.label": ("地图：{title}", "Map: {title}"),
        "map.zoomIn": ("放大", "Zoom in"),
        "map.zoomOut": ("缩小", "Zoom out"),
        "map.whole": ("显示全部范围", "Show everything"),
        "popup.close": ("关闭", "Close"),
        "panel.open": ("图层与图例", "Layers and legend"),
        "panel.grids": ("网格", "Grids"),
        "panel.places": ("设施与统计", "Places and counts"),
        "panel.ground": ("现状", "Surroundings"),
        # layers
        "layer.large": ("大网格", "Large grids"),
        "layer.micro": ("微网格", "Micro-grids"),
        "layer.special": ("专属网格", "Special grids"),
        "layer.violations": ("未满足规则的网格", "Grids that break a rule"),
        "layer.centres": ("网格中心", "Grid centres"),
        "layer.circles.large": ("大网格步行生活圈", "Walking circles, large grids"),
        "layer.circles.micro": ("微网格步行生活圈", "Walking circles, micro-grids"),
        "layer.facilities": ("设施", "Facilities"),
        "layer.gates": ("出入口", "Gates"),
        "layer.buildings": ("建筑", "Buildings"),
        "layer.cells": ("最小单元", "Cells"),
        "layer.compounds": ("小区", "Compounds"),
        "layer.walkways": ("道路与步道", "Roads and walkways"),
        "layer.water": ("水系", "Water"),
        "layer.barriers": ("围墙与阻隔", "Walls and barriers"),
        # legend
        "legend.large": (
            "相邻异色，颜色不表示数量",
            "Neighbours differ in colour; colours mean no amount",
        ),
        "legend.buildings.counted": ("户数已登记", "Households registered"),
        "legend.buildings.estimated": ("户数为估算", "Households estimated"),
        "legend.buildings.none": ("无住户", "No households"),
        "legend.walkways.road": ("干道", "Main road"),
        "legend.walkways.street": ("道路", "Road"),
        "legend.walkways.path": ("步道", "Footpath"),
        "legend.walkways.stairs": ("台阶", "Stairs"),
        "legend.walkways.closed": ("不可步行", "Not for walking"),
        "legend.barriers.wall": ("围墙、栅栏", "Wall or fence"),
        "legend.barriers.railway": ("铁路", "Railway"),
        "legend.barriers.road": ("干道", "Main road"),
        "legend.barriers.other": ("其他阻隔", "Other barrier"),
        "legend.centres.large": ("大网格", "Large grid"),
        "legend.centres.micro": ("微网格", "Micro-grid"),
        "legend.gates.open": ("可通行", "Open"),
        "legend.gates.closed": ("不可通行", "Closed"),
        # counted layers
        "counted.shops": ("沿街商铺", "Shops"),
        "counted.reports": ("上报事项", "Reports"),
        # severities
        "severity.error": ("错误", "Error"),
        "severity.warning": ("提醒", "Warning"),
        "severity.information": ("说明", "Information"),
        # rules: what is not kept; in Chinese also why and the remedy, which a plan says in English
        "rule.hard_households": ("户数超出硬性范围", "Households outside the hard range"),
        "rule.soft_households": ("户数超出宜有范围", "Households outside the preferred range"),
        "rule.walking_limit": ("步行距离超限", "Walk too long"),
        "rule.unreachable": ("步行不可达", "No way on foot"),
        "rule.two_parts": ("网格由多块组成", "In several parts"),
        "rule.compound_split": ("小区被拆分", "Compound split"),
        "rule.stairwell_above_limit": ("单个单元户数超限", "Stairwell above the limit"),
        "rule.lock": ("锁定未能保持", "A lock does not hold"),
        "why.walking_limit": ("到网格中心的步行距离超过限值", ""),
        "why.unreachable": ("从该建筑出入口步行无法到达网格中心", ""),
        "why.two_parts": ("各部分由桥连接，或在输入数据中本就分开", ""),
        "why.stairwell_above_limit": ("一个单元即超过上限，或未提供单元数", ""),
        "why.soft_households": ("整栋建筑与整个小区优先于宜有范围", ""),
        "why.hard_households": ("在硬性范围内找不到划分，或已证明无法做到", ""),
        "why.compound_split": ("该小区被分到几个大网格", ""),
        "why.lock": ("锁定在一起的建筑分到了几个网格", ""),
        "remedy.hard_households": ("增开通往邻近网格的出入口，补充单元数，或调整该社区的范围", ""),
        "remedy.soft_households": ("增开通往邻近网格的出入口，补充单元数，或调整范围", ""),
        "remedy.lock": ("只锁定相邻且同一网格容得下的建筑", ""),
        "remedy.walking_limit": ("将网格中心移近，或在途中增开出入口，或允许更小的网格", ""),
        "remedy.unreachable": ("补充缺失的步道或出入口，或开放关闭的出入口", ""),
        "remedy.compound_split": ("锁定该小区的建筑，或放宽大网格的范围", ""),
        "remedy.stairwell_above_limit": ("补充该建筑的单元数，以便拆分", ""),
        "remedy.two_parts": ("无需处理", ""),
        "rule.figures": ("{value}（限 {limit}）", "{value} (limit {limit})"),
        # grids
        "level.large": ("大网格", "Large grid"),
        "level.micro": ("微网格", "Micro-grid"),
        "kind.special": ("专属", "Special"),
        "grid.code": ("编码", "Code"),
        "grid.households": ("户数", "Households"),
        "grid.households.short": ("{n}户", "{n} households"),
        "grid.residents": ("居民", "Residents"),
        "grid.buildings": ("楼栋", "Buildings"),
        "grid.walkMax": ("最远步行", "Longest walk"),
        "grid.walkMean": ("平均步行", "Mean walk"),
        "grid.centre": ("中心", "Centre"),
        "grid.parent": ("所属大网格", "Large grid"),
        "grid.circle": ("{minutes}分钟内可达", "Within {minutes} minutes"),
        "grid.circle.value": ("{n}户（{metres} m）", "{n} households ({metres} m)"),
        "grid.micros": ("微网格（{n}）", "Micro-grids ({n})"),
        "grid.counts": ("统计", "Counts"),
        "grid.violations": ("未满足的规则（{n}）", "Rules not kept ({n})"),
        "grid.violations.none": ("规则均满足", "All rules kept"),
        "grid.violations.more": ("另有{n}条", "and {n} more"),
        "grid.violations.short": ("{n}项未满足", "{n} not kept"),
        "grid.remedy": ("建议：", "Remedy: "),
        "unit.m": ("{n} m", "{n} m"),
        "value.unknown": ("不详", "unknown"),
        # buildings, facilities and the rest
        "building.compound": ("小区", "Compound"),
        "building.households": ("户数", "Households"),
        "building.estimated": ("估算", "estimated"),
        # how households were estimated, as in the plan's column `method`
        "method.residents": ("按登记人数", "from residents"),
        "method.floor area": ("按建筑面积", "from floor area"),
        "method.floors": ("按层数", "from floors"),
        "method.too small": ("面积过小", "too small to live in"),
        "method.cell residents": ("按登记人数", "from residents"),
        "method.cell area": ("按面积", "from area"),
        "method.rescaled": ("按社区总户数调整", "rescaled to the community's total"),
        "building.floors": ("层数", "Floors"),
        "building.stairwells": ("单元", "Stairwells"),
        "building.use": ("用途", "Use"),
        "building.walk": ("步行至微网格中心", "Walk to the micro-grid's centre"),
        "facility.category": ("类别", "Category"),
        "facility.capacity": ("容量", "Capacity"),
        "facility.date": ("调查日期", "Surveyed"),
        "centre.of": ("所属网格", "Grid"),
        "counted.status": ("状态", "Status"),
        "counted.date": ("日期", "Date"),
        "counted.inside": ("所在网格", "Grid"),
        "barrier.crossable": ("可穿越", "Can be crossed"),
        "barrier.closed": ("不可穿越", "Cannot be crossed"),
        "gate.open": ("可通行", "Open"),
        "gate.closed": ("不可通行", "Closed"),
        # kinds of barriers
        "barrier.wall": ("围墙", "Wall"),
        "barrier.fence": ("栅栏", "Fence"),
        "barrier.hedge": ("绿篱", "Hedge"),
        "barrier.water": ("水系", "Water"),
        "barrier.railway": ("铁路", "Railway"),
        "barrier.motorway": ("快速路", "Motorway"),
        "barrier.road": ("干道", "Main road"),
        "barrier.street": ("道路", "Street"),
        # uses of buildings
        "use.shop": ("商铺", "Shop"),
        "use.kindergarten": ("幼儿园", "Kindergarten"),
        "use.market": ("菜市场", "Market"),
        "use.residential": ("住宅", "Residential"),
        "use.commercial": ("商业", "Commercial"),
        "use.school": ("学校", "School"),
        "use.hospital": ("医院", "Hospital"),
        "use.office": ("办公", "Office"),
        "use.public": ("公共服务", "Public"),
        "use.industrial": ("工业", "Industrial"),
        # categories of facilities: a word and a sign of one or two letters
        "category.convenience_store": ("便利店", "Convenience store"),
        "category.community_service": ("社区服务站", "Community service"),
        "category.elderly_care": ("养老服务", "Elderly care"),
        "category.kindergarten": ("幼儿园", "Kindergarten"),
        "category.pharmacy": ("药店", "Pharmacy"),
        "category.health_station": ("卫生服务站", "Health station"),
        "category.fitness": ("健身场地", "Fitness ground"),
        "category.parcel": ("快递点", "Parcel point"),
        "category.supermarket": ("超市", "Supermarket"),
        "category.market": ("菜市场", "Market"),
        "category.school": ("学校", "School"),
        "category.nursery": ("托儿所", "Nursery"),
        "category.park": ("公园", "Park"),
        "category.bus_stop": ("公交站", "Bus stop"),
        "category.metro": ("地铁站", "Metro station"),
        "category.toilet": ("公共厕所", "Public toilet"),
        "category.restaurant": ("餐饮", "Restaurant"),
        "category.police": ("警务室", "Police"),
        "category.culture": ("文化活动站", "Culture station"),
        "sign.convenience_store": ("便", "CS"),
        "sign.community_service": ("社", "S"),
        "sign.elderly_care": ("老", "E"),
        "sign.kindergarten": ("幼", "K"),
        "sign.pharmacy": ("药", "Ph"),
        "sign.health_station": ("医", "H"),
        "sign.fitness": ("健", "F"),
        "sign.parcel": ("递", "Pa"),
        "sign.supermarket": ("超", "Su"),
        "sign.market": ("菜", "M"),
        "sign.school": ("校", "Sc"),
        "sign.nursery": ("托", "N"),
        "sign.park": ("园", "P"),
        "sign.bus_stop": ("交", "B"),
        "sign.metro": ("铁", "U"),
        "sign.toilet": ("厕", "WC"),
        "sign.restaurant": ("餐", "R"),
        "sign.police": ("警", "Po"),
        "sign.culture": ("文", "C"),
        # where base maps come from
        "source.osm": ("底图 © OpenStreetMap 贡献者", "Base map © OpenStreetMap contributors"),
        "source.tianditu": ("底图：天地图", "Base map: Tianditu"),
    }
)


def words(locale: Locale) -> dict[str, str]:
    """Return all words of one language by their keys.

    Examples
    --------
    >>> words("zh")["layer.micro"], words("en")["layer.micro"]
    ('微网格', 'Micro-grids')
    """
    place = LOCALES.index(locale)
    return {key: both[place] for key, both in _BOTH.items()}
