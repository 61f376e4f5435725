"""Say in Chinese what every input layer and column means, for templates; English is in tables."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS_ZH", "KINDS_ZH", "LAYERS_ZH"]

#: A column's kind.
KINDS_ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "文本",
        "integer": "整数",
        "number": "数值",
        "boolean": "是/否",
        "date": "日期 2026-11-22",
    }
)

#: Layer to meaning.
LAYERS_ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "communities": "社区边界，每个社区一行。",
        "buildings": "楼栋，面或点。",
        "cells": "自备的最小单元，代替楼栋。",
        "compounds": "小区范围；优先于楼栋的 compound 列。",
        "walkways": "步行道路。",
        "entrances": "楼栋出入口。",
        "gates": "围墙等屏障上的门。",
        "barriers": "行人不能或不愿穿越的屏障。",
        "facilities": "商店、学校、车站等生活圈设施。",
        "meeting_points": "网格居民议事、活动的地点；即所在网格的中心。",
        "special_sites": "学校、医院、公园、商场等，各为一个专属网格。",
        "addresses": "地址表，尽可能到户室。",
        "people": "网格人员及其负责范围。",
        "locks": "划分时必须保持不变的内容。",
    }
)

#: Layer and column to meaning.
COLUMNS_ZH: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("communities", "name"): "社区名称。",
        ("communities", "community_code"): "统计用区划代码，12 位；没有时自动编造并注明。",
        ("communities", "households"): "已知总户数；估算的户数按此总数调整。",
        ("buildings", "building_id"): "楼栋编号，在本文件内不重复。",
        ("buildings", "households"): "登记户数；为空时估算并注明。",
        ("buildings", "name"): "居民的叫法，如 3幢。",
        ("buildings", "compound"): "所属小区。",
        ("buildings", "stairwells"): "单元数。",
        ("buildings", "floors"): "地上层数。",
        ("buildings", "residents"): "登记人数。",
        ("buildings", "use"): "用途：住宅、商业、学校等；为空视为住宅。",
        ("buildings", "address"): "地址。",
        ("cells", "cell_id"): "单元编号，不重复。",
        ("cells", "households"): "单元内户数；为空时估算并注明。",
        ("cells", "residents"): "单元内人数。",
        ("compounds", "name"): "小区名称。",
        ("walkways", "kind"): "类型：footway 步道、street 街道、bridge 桥、tunnel 地道等。",
        ("walkways", "foot"): "是否允许步行；为空视为允许。",
        ("walkways", "stairs"): "是否为台阶。",
        ("entrances", "building_id"): "所属楼栋；为空取最近的楼栋。",
        ("entrances", "stairwell"): "通往第几单元。",
        ("gates", "open"): "能否通行；未注明视为开放。",
        ("gates", "name"): "门的叫法。",
        ("gates", "assumed"): "是否为推测：有路穿过，但没有人见过门。",
        ("barriers", "kind"): (
            "类型：wall 围墙、fence 栅栏、hedge 绿篱、water 水面、railway 铁路、"
            "motorway 高速路、road 主干路、street 街道等。"
        ),
        ("barriers", "crossable"): "能否随处穿越；优先于类型的规定。",
        ("facilities", "category"): "类别，与规则中的清单一致。",
        ("facilities", "name"): "设施名称。",
        ("facilities", "capacity"): "容量（可服务的席位、床位等）。",
        ("facilities", "date"): "调查日期。",
        ("meeting_points", "name"): "名称，如 网格微家。",
        ("special_sites", "name"): "名称。",
        ("special_sites", "kind"): (
            "类型：school 学校、hospital 医院、park 公园、mall 商场、government 机关、"
            "enterprise 企业等。"
        ),
        ("addresses", "address"): "地址原文。",
        ("addresses", "building_id"): "所属楼栋；为空取坐标所在或最近的楼栋。",
        ("addresses", "stairwell"): "单元号。",
        ("addresses", "room"): "室号。",
        ("addresses", "alias_of"): "本行是哪个地址的别名。",
        ("people", "name"): "姓名。",
        ("people", "role"): "职务：网格长、网格员、楼道党小组长等。",
        ("people", "serves"): "负责的社区、小区、楼栋编号、楼栋编号/单元号或网格编码。",
        ("people", "duty_phone"): "值班电话，对外公开。",
        ("people", "private_phone"): "个人电话，从不对外公开。",
        ("people", "since"): "任职首日。",
        ("people", "until"): "任职末日。",
        ("locks", "building_id"): "固定不动的楼栋或单元。",
        ("locks", "grid"): "任意名称：名称相同的留在同一网格。",
        ("locks", "level"): "large 大网格或 micro 微网格；为空视为 large。",
        ("locks", "reason"): "理由。",
    }
)
