"""Say in Chinese and English why an answer is as it is."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.lookup.answer import Reason

__all__ = ["sentence"]

_SENTENCES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        "found": "已找到。 Found.",
        "ruled": "按裁定答复。 Answered by a ruling.",
        "ruled-moved": "按裁定答复;方案已调整,取裁定的网格原来所在之处。 "
        "Answered by a ruling; the plan has changed since, so the grid that lies there now.",
        "confirm": "请确认是否指此处。 Please confirm that this place is meant.",
        "not-in-table": "地址表中没有更细的一级,按已知的一级答复。 "
        "The address table does not go as deep; answered as far as it does.",
        "beside": "地址写的是旁边或附近,请确认。 The words say beside or near; please confirm.",
        "other-area": "地址写的是别的辖区,请确认。 The address names another area; please confirm.",
        "which-stairwell": "本幢分属几个微网格,请说明单元。 "
        "The building lies in several micro-grids; which stairwell?",
        "which-building": "请说明幢号。 Which building?",
        "which-compound": "请说明小区。 Which compound?",
        "which-number": "请说明门牌号或小区。 Which number or compound?",
        "which-reading": "地址有几种读法,请选择。 "
        "The address can be read in several ways; choose one.",
        "no-place": "地址在表中,但位置不详,请致电社区。 "
        "The address is in the table but its place is not known; please call the community.",
        "unknown": "没有找到这个地址,请致电社区。 "
        "The address is not known; please call the community.",
        "near-border": "靠近网格边界,定位误差可能影响结果。 "
        "Near the border of a grid: an inexact position may change the answer.",
        "outside": "此处不在任何网格内。 This place is in no grid.",
    }
)


def sentence(reason: Reason) -> str:
    """Return the sentence of a reason, Chinese first.

    Examples
    --------
    >>> sentence("which-building")
    '请说明幢号。 Which building?'
    """
    return _SENTENCES[reason]
