"""List the words around names and labels that are no names: fillers, landmarks, other cities."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["BESIDE", "FILLER", "GENERIC", "NOW", "PART", "THEN"]

#: Words that people put before, between and behind the parts of an address.
FILLER: Final = re.compile(
    "(?:家庭|现在|现|联系|收货|收件|居住|详细|通讯|所在|暂住|身份证|发生|服务|事发|案发|报警|户籍)?(?:地址|住址|住所|住地|地区|地点|位置|居住地|门牌号?|地)"
    "|收货人|收件人|寄件人|寄|收件|收|送到|送|去|到|在|住在?|位于|位在|坐落于?|于|居住于?|租住于?|家住|我家|我们家?|我是|我|你好|您好|请问|帮我|查下|查一下|麻烦|请|看看|看下"
    "|之间|交[叉汇]口?|是|的|了|和|与|及|或者?|还是|家里?|处|附近|小区名?(?=:)|大院|院内|院子|院里|院|里面|内|里|家属[区院楼]|物业(?![0-9A-Z])(?!第)|业主|居民|住户|租户|户主|原|原来的?|老|旧称?"
    "|中华人民共和国|中国|从|由|给|往|至|经|找|回|有|请|向|离|替|为|帮|把|叫|让|查|问|搬[到至进]|转[到至]|租[在住]|第|号|幢|栋|楼栋|单元|室|楼|层|门|无单元|无|姓名|电话|手机|备注|公寓|本|这|那|个|都|要|登记|走访|慰问|家庭|建的"
    "|编号|网格员?|第?[一二三四五六七八九十0-9]+(?:微)?网格"
)
#: What lies beside, before or behind a place, so that its words are a landmark.
BESIDE: Final = re.compile(
    "的?(?:斜?对[面过门]|旁边?|隔壁|附近|周边|一带|门[口前外]|路口|楼[下上]|电梯口|[前后]面|东侧|西侧|南侧|北侧|[东南西北][边面头门]外?|口进去|口|门卫|北头|人行道|停车位|空地|那[里边儿])"
)
#: Words that say where somebody lived or is registered, and where somebody lives now.
THEN: Final = re.compile("户籍地?|户口所?在?地?|原籍|籍贯|老家|以前住?|原住址?|原先住?|曾住|搬走前")
NOW: Final = re.compile("现住址?|现居住?地?|现在住?|目前住?|今住|暂住地?|实际居?住?地?|居住地")
#: What tells the phases and parts of a compound apart.
PART: Final = re.compile(
    "(?:第?[0-9A-Z一二三四五六七八九十]{1,2}(?:期|组团|区)|[东西南北中新老](?:区|苑|院|园|片区?|组团))(?![路街巷道])"
)
#: What follows the name of a compound without being a part of it.
GENERIC: Final = re.compile("(?:住宅)?小区|住宅区|社区|大院|家属[院区]")
