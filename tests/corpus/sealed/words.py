"""Spell numbers and names in the ways people do; every list here is written by hand."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
CIRCLE = "〇一二三四五六七八九"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
STEMS = "甲乙丙丁"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

PINYIN = {
    "晨光小区": "chen guang xiao qu",
    "梧桐里": "wu tong li",
    "锦绣花园": "jin xiu hua yuan",
    "芳华苑": "fang hua yuan",
    "海棠新村": "hai tang xin cun",
    "纺机宿舍": "fang ji su she",
    "粮站宿舍": "liang zhan su she",
    "银杏家园": "yin xing jia yuan",
    "翠竹园": "cui zhu yuan",
    "玉兰苑南区": "yu lan yuan nan qu",
    "玉兰苑北区": "yu lan yuan bei qu",
    "紫藤雅居": "zi teng ya ju",
    "听雨轩": "ting yu xuan",
    "河畔华庭": "he pan hua ting",
    "学府名邸": "xue fu ming di",
    "云杉府": "yun shan fu",
    "桂花城": "gui hua cheng",
    "枫林晚": "feng lin wan",
}
ROADS = {
    "海棠路": "Haitang",
    "芳菲路": "Fangfei",
    "丁香街": "Dingxiang",
    "春水街": "Chunshui",
    "粮站巷": "Liangzhan",
    "西苑街": "Xiyuan",
    "北苑路": "Beiyuan",
}
ROAD_KINDS = {"路": ("lu", "Road"), "街": ("jie", "Street"), "巷": ("xiang", "Lane")}
TRADITIONAL = {
    "晨光小区": "晨光小區",
    "梧桐里": "梧桐里",
    "锦绣花园": "錦繡花園",
    "芳华苑": "芳華苑",
    "海棠新村": "海棠新邨",
    "纺机宿舍": "紡機宿舍",
    "粮站宿舍": "糧站宿舍",
    "银杏家园": "銀杏家園",
    "翠竹园": "翠竹園",
    "玉兰苑南区": "玉蘭苑南區",
    "玉兰苑北区": "玉蘭苑北區",
    "紫藤雅居": "紫藤雅居",
    "听雨轩": "聽雨軒",
    "河畔华庭": "河畔華庭",
    "学府名邸": "學府名邸",
    "云杉府": "雲杉府",
    "桂花城": "桂花城",
    "枫林晚": "楓林晚",
}
#: What the neighbours say; each leads to one compound only.
SHORT = {
    "晨光小区": "晨光",
    "锦绣花园": "锦绣",
    "芳华苑": "芳华",
    "海棠新村": "新村",
    "纺机宿舍": "纺机",
    "粮站宿舍": "粮站",
    "银杏家园": "银杏",
    "翠竹园": "翠竹",
    "紫藤雅居": "紫藤",
    "听雨轩": "听雨",
    "河畔华庭": "河畔",
    "学府名邸": "学府",
    "云杉府": "云杉",
    "桂花城": "桂花",
    "枫林晚": "枫林",
}
#: Sounds the same, with or without its tone; also what dictation makes of a name.
SOUNDS = {
    "晨光小区": ("辰光小区", "陈光小区", "晨广小区"),
    "梧桐里": ("吾桐里", "梧童里", "梧桐理"),
    "锦绣花园": ("锦秀花园", "锦绣花圆", "紧绣花园"),
    "芳华苑": ("方华苑", "芳华院", "芳华园"),
    "海棠新村": ("海堂新村", "海棠心村", "海塘新村"),
    "纺机宿舍": ("纺鸡宿舍", "仿机宿舍", "纺机素舍"),
    "粮站宿舍": ("良站宿舍", "粮战宿舍", "粮站速舍"),
    "银杏家园": ("银杏佳园", "银幸家园", "银杏家圆"),
    "翠竹园": ("翠竹苑", "脆竹园", "翠竹圆"),
    "玉兰苑南区": ("玉蓝苑南区", "玉兰院南区", "玉兰园南区"),
    "玉兰苑北区": ("玉蓝苑北区", "玉兰院北区", "玉兰园北区"),
    "紫藤雅居": ("紫腾雅居", "子藤雅居", "紫藤雅局"),
    "听雨轩": ("听语轩", "听雨宣", "厅雨轩"),
    "河畔华庭": ("河畔花庭", "河判华庭", "和畔华庭"),
    "学府名邸": ("学府铭邸", "学府名第", "学府明邸"),
    "云杉府": ("云山府", "云衫府", "芸杉府"),
    "桂花城": ("贵花城", "桂花成", "桂华城"),
    "枫林晚": ("风林晚", "枫林碗", "枫淋晚"),
}
#: The same for roads.
ROAD_SOUNDS = {
    "海棠路": ("海堂路", "海塘路"),
    "芳菲路": ("方菲路", "芳飞路"),
    "丁香街": ("盯香街", "丁乡街"),
    "春水街": ("纯水街", "春水接"),
    "粮站巷": ("良站巷", "粮站向"),
    "西苑街": ("西院街", "西园街"),
    "北苑路": ("北院路", "北园路"),
}
#: Looks much the same: handwriting, scans, a slip of the finger on a list of candidates.
LOOKS = {
    "晨光小区": ("晨先小区", "晨光小仄"),
    "梧桐里": ("悟桐里", "梧桐厘"),
    "锦绣花园": ("绵绣花园", "锦诱花园"),
    "芳华苑": ("芳毕苑", "芳华宛"),
    "海棠新村": ("海裳新村", "海棠新材"),
    "纺机宿舍": ("防机宿舍", "纺机宿含"),
    "粮站宿舍": ("粮钻宿舍", "粮站缩舍"),
    "银杏家园": ("银否家园", "银杏冢园"),
    "翠竹园": ("翠竺园", "翠竹围"),
    "玉兰苑南区": ("王兰苑南区", "玉兰宛南区"),
    "玉兰苑北区": ("王兰苑北区", "玉兰宛北区"),
    "紫藤雅居": ("紫滕雅居", "柴藤雅居"),
    "听雨轩": ("昕雨轩", "听两轩"),
    "河畔华庭": ("河胖华庭", "河畔华挺"),
    "学府名邸": ("学府名低", "学俯名邸"),
    "云杉府": ("云彬府", "云杉俯"),
    "桂花城": ("挂花城", "桂化城"),
    "枫林晚": ("讽林晚", "枫材晚"),
}
SWAPPED = {
    "晨光小区": "光晨小区",
    "梧桐里": "桐梧里",
    "锦绣花园": "绣锦花园",
    "芳华苑": "华芳苑",
    "海棠新村": "棠海新村",
    "纺机宿舍": "机纺宿舍",
    "粮站宿舍": "站粮宿舍",
    "银杏家园": "杏银家园",
    "翠竹园": "竹翠园",
    "玉兰苑南区": "兰玉苑南区",
    "玉兰苑北区": "兰玉苑北区",
    "紫藤雅居": "紫藤居雅",
    "听雨轩": "雨听轩",
    "河畔华庭": "畔河华庭",
    "学府名邸": "府学名邸",
    "云杉府": "杉云府",
    "桂花城": "花桂城",
    "枫林晚": "林枫晚",
}
#: One character lost from a name of four or more: what is left still says which.
DROPPED = {
    "晨光小区": "晨光区",
    "锦绣花园": "锦花园",
    "海棠新村": "海棠村",
    "纺机宿舍": "纺宿舍",
    "粮站宿舍": "粮宿舍",
    "银杏家园": "银杏园",
    "玉兰苑南区": "玉兰南区",
    "玉兰苑北区": "玉兰北区",
    "紫藤雅居": "紫藤居",
    "河畔华庭": "河华庭",
    "学府名邸": "学府邸",
}
DOUBLED = {
    "晨光小区": "晨光光小区",
    "梧桐里": "梧桐里里",
    "锦绣花园": "锦绣花花园",
    "芳华苑": "芳华华苑",
    "海棠新村": "海棠海棠新村",
    "银杏家园": "银银杏家园",
    "翠竹园": "翠竹竹园",
    "紫藤雅居": "紫藤雅雅居",
    "听雨轩": "听听雨轩",
    "河畔华庭": "河畔畔华庭",
    "云杉府": "云杉杉府",
    "桂花城": "桂桂花城",
}


def chinese(number: int) -> str:
    """Spell a number below 100: 12 is 十二, 21 is 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def counted(number: int) -> str:
    """Spell a number below 10,000 as it is counted: 501 is 五百零一, 1203 is 一千二百零三."""
    thousands, rest = divmod(number, 1000)
    hundreds, rest = divmod(rest, 100)
    out = (DIGITS[thousands] + "千" if thousands else "") + (
        DIGITS[hundreds] + "百" if hundreds else ""
    )
    if not rest:
        return out
    gap = "零" if rest < 10 or (thousands and not hundreds) else ""
    tens = "一" if 10 <= rest < 20 and out else ""
    return out + gap + tens + chinese(rest)


def formal(number: int) -> str:
    """Spell a number below 100 as a bank does: 12 is 拾贰, 3 is 叁."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "拾" if tens == 1 else FORMAL[tens] + "拾"
    return head + (FORMAL[ones] if ones or not tens else "")


def one_by_one(digits: str, alphabet: str = DIGITS) -> str:
    """Spell digits one after the other: 501 is 五零一."""
    return "".join(alphabet[int(digit)] for digit in digits)
