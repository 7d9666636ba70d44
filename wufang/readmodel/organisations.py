"""An organisation's name as people write it, as keys that can be compared; it knows the forms of names, no name.

Line 4 (docs/domain.md): the accused organisation never sees who complained. Two texts mean the same organisation, its
parent or its child when a key of one stands inside a key of the other; in doubt they do.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from wufang.domain.case import MORE_ACCUSED

WHOLE = 2  # characters a text must have to name anything: 物业, 一中
PART = 3  # characters a part of it must have: 政府 or 公司 alone names every one of them
LONGEST = 200  # characters of a folded text that are compared; the doors take 100, folding of width may lengthen them
LONGEST_OWN = 60  # characters of a person's own organisation, which is asked for in all its runs
MOST_KEYS = 32  # of one text; a text with more hides its case from every organisation
MOST_CASE_KEYS = 256  # of one case, likewise

_BETWEEN = re.compile(r"[^\w\s]|和|及|与")
# Characters of offices' names that are still written the old way, each before the one it is compared as.
_OLD = (
    "縣县區区鎮镇鄉乡辦办隊队執执業业務务廳厅處处電电環环衛卫員员會会黨党國国資资產产財财稅税勞劳動动農农糧粮監监設设"
    "築筑規规劃划計计統统審审創创聯联協协學学園园術术藝艺圖图書书館馆報报視视廣广傳传醫医療疗藥药檢检測测質质標标準准"
    "證证據据運运輸输車车場场機机廠厂礦矿鐵铁鋼钢氣气熱热綠绿護护營营銷销貿贸險险銀银債债糾纠紛纷調调訪访訴诉紀纪組组"
    "織织戰战僑侨臺台灣湾東东陽阳陰阴長长門门閘闸橋桥樓楼莊庄灘滩島岛嶺岭龍龙馬马鳳凤華华慶庆興兴豐丰寧宁靜静澤泽濱滨"
    "滄沧漢汉濟济淵渊溝沟濰潍蘇苏蘭兰蘆芦葉叶萬万義义禮礼萊莱達达遼辽遷迁連连進进遠远鄭郑鄧邓錦锦鎖锁關关開开閩闽隴陇"
    "際际雲云靈灵韓韩順顺須须領领頭头題题類类飛飞飯饭養养驗验驛驿體体髮发發发點点麗丽齊齐齡龄龜龟屬属層层嶽岳師师帶带"
    "廟庙張张強强彌弥彎弯徑径從从復复恆恒愛爱應应懷怀戶户拋抛掛挂搶抢撫抚擇择擊击擔担採采數数斷断時时暢畅曆历條条楊杨"
    "構构權权歷历歸归殘残殺杀氫氢決决況况沒没涇泾淨净溫温漁渔潔洁潤润澇涝瀋沈無无煙烟爐炉爭争狀状獨独獎奖瑋玮畢毕畫画"
    "異异當当疊叠瘋疯盡尽眾众礎础禦御稱称種种穩稳窩窝競竞筆笔節节範范籃篮給给網网維维線线緊紧緝缉編编練练縱纵總总績绩"
    "繩绳續续罰罚習习職职聲声肅肃腦脑臨临舉举舊旧艦舰裝装製制複复覽览觀观訂订訓训記记許许評评試试話话該该誌志認认誠诚"
    "語语說说課课談谈請请論论諮咨講讲議议譯译讀读變变讓让賓宾賢贤賬账購购賽赛贛赣軌轨軍军軟软軸轴較较載载輕轻輝辉輪轮"
    "轉转辭辞邊边郵邮鄰邻釋释針针鈔钞錄录錢钱鏈链鑄铸閱阅隨随難难雜杂離离霧雾響响項项預预顧顾飲饮駐驻騎骑驅驱魚鱼鮮鲜"
    "鳥鸟鹽盐麥麦黃黄"
)
_NEW = str.maketrans({_OLD[at]: _OLD[at + 1] for at in range(0, len(_OLD), 2)})
# Long and short official forms of the same words, in the order they are folded: the long one first.
_SHORT = (
    ("股份有限公司", "公司"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
    ("人民政府", "政府"),
    ("街道办事处", "街道办"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村委会"),
    ("管理委员会", "管委会"),
    ("城市管理", "城管"),
    ("综合行政执法", "综合执法"),
    ("住房和城乡建设", "住建"),
    ("住房城乡建设", "住建"),
    ("人力资源和社会保障", "人社"),
    ("人力资源社会保障", "人社"),
    ("卫生健康", "卫健"),
    ("市场监督管理", "市监"),
    ("市场监管", "市监"),
    ("发展和改革", "发改"),
    ("发展改革", "发改"),
    ("自然资源和规划", "自规"),
    ("自然资源", "自规"),
    ("生态环境", "环保"),
    ("环境保护", "环保"),
    ("交通运输", "交通"),
    ("农业农村", "农业"),
    ("文化和旅游", "文旅"),
    ("文化旅游", "文旅"),
    ("应急管理", "应急"),
    ("医疗保障", "医保"),
    ("退役军人事务", "退役军人"),
    ("工业和信息化", "工信"),
    ("机关事务管理", "机关事务"),
    ("委员会", "委"),
)
# Authorities that stand before an office's name, county and above; a town or a village tells one office from another.
_AUTHORITY = re.compile(r"(?:(?P<name>\w{2,10}?)(?:省|自治区|市|自治州|州|盟|县|旗|(?<![小社校园景厂片辖城])区))")


@lru_cache(4_096)
def keys(text: str) -> tuple[str, ...]:
    """The keys of a text that names one organisation or several, none when it names nothing.

    Letters and digits only, folded in width, case, script and official abbreviation; first the whole, then each part
    between punctuation and conjunctions, each also without the authority before it (of which the name may stay).
    """
    folded = _folded(text)
    whole = _bare(folded)
    parts = [_bare(part) for part in _BETWEEN.split(folded)]
    found = [whole] if len(whole) >= WHOLE else []
    for part in (whole, *parts):
        found += [form for form in (part, *_without_authority(part)) if len(form) >= PART]
    return tuple(dict.fromkeys(found))


def accused_keys(accused: Iterable[str]) -> list[str]:
    """What a case's document is filtered by; `MORE_ACCUSED` among them hides it from every organisation."""
    found: dict[str, None] = {}
    for text in accused:
        named = (MORE_ACCUSED,) if text == MORE_ACCUSED or _unclear(text) else keys(text)
        found.update(dict.fromkeys(named))
    return list(found) if len(found) <= MOST_CASE_KEYS else [*list(found)[:MOST_CASE_KEYS], MORE_ACCUSED]


def own_keys(organisation: str) -> tuple[str, ...]:
    """The keys of a person's own organisation, bounded; none means that the person belongs to none."""
    return keys(organisation[:LONGEST_OWN])[:MOST_KEYS]


def runs(organisation: str) -> list[str]:
    """Every run of characters of its own keys: any of them may be an accused's key. 21 for 平川县城管局, 1,770 for a
    name of 60 characters without an authority before it."""
    found: dict[str, None] = {}
    for key in own_keys(organisation):
        for start in range(len(key) - WHOLE + 1):
            found.update((key[start:end], None) for end in range(start + WHOLE, len(key) + 1))
    return list(found)


def both_ways(key: str) -> str:
    """A key as the index holds it: as one word, to be found among a name's runs, then as its characters."""
    return f"{key} {spaced(key)}"


def spaced(key: str) -> str:
    """A key's characters as words, to be found as a phrase within a longer key."""
    return " ".join(key)


def hides(organisation: str, accused: Iterable[str]) -> bool:
    """Whether a case with these accused is hidden from a person of this organisation."""
    own = own_keys(organisation)
    theirs = accused_keys(accused) if own else []
    return any(one == MORE_ACCUSED or any(one in key or key in one for key in own) for one in theirs)


def _unclear(text: str) -> bool:
    """So long, or of so many parts, that its keys would not be all."""
    return len(_folded(text)) > LONGEST or len(keys(text)) > MOST_KEYS


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).lower().translate(_NEW)
    visible = "".join(" " if unicodedata.category(char)[0] == "Z" else char for char in wide if _shown(char))
    plain = re.sub(r"\s+", "", visible)
    for long, short in _SHORT:
        plain = plain.replace(long, short)
    return plain


def _shown(char: str) -> bool:
    """Not a control, format or combining character: they change no name."""
    return unicodedata.category(char)[0] not in "CM" or char.isspace()


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _without_authority(name: str) -> tuple[str, ...]:
    """平川县城管局: 城管局 and 平川城管局."""
    rest, last = name, ""
    while found := _AUTHORITY.match(rest):
        rest, last = rest[found.end() :], found["name"]
    return (rest, last + rest) if last else ()
