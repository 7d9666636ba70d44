"""Made-up reports for loads and fault runs: fictional counties, Zipf-distributed places, matters that recur.

Everything comes from a seed. It must not copy a real message; words and places are made here.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wufang.domain.report import Channel

COUNTIES = tuple(f"9901{number:02d}" for number in range(1, 13))
CHANNELS: tuple[Channel, ...] = ("hotline", "hotline", "hotline", "grid", "sentiment", "petition", "party_building")
BASE_DAY = "2026-03-{day:02d}T{hour:02d}:{minute:02d}:00+08:00"

_FIRST = "青云金玉龙凤清碧紫银宝瑞祥福锦春秋长永安泰和平康宁景明晨星月朝霞松柏梅兰竹菊桂枫杨柳"
_SECOND = "湖山河泉溪岭岗坪台阁亭园庭苑峰谷洲湾港桥塘林森原野川江海波涛鹤鹿麟鸿雁燕莺鹏"
_KINDS = (
    "小区",
    "花园",
    "新村",
    "家园",
    "公寓",
    "路",
    "街",
    "巷",
    "村",
    "社区",
    "学校",
    "市场",
    "广场",
    "工业园",
    "医院",
)

# problem -> (title, sentences); {p} is the place, {n} a number
_PROBLEMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "供水": (
        "{p}停水多日无人处理",
        (
            "{p}从上周开始断断续续停水，水龙头一滴水都放不出来。",
            "楼上{n}层水压不足，热水器打不着火。",
            "自来水发黄浑浊，有铁锈味，接出来的水沉淀一层泥沙。",
            "给供水公司打电话只说在抢修，没有说什么时候恢复供水。",
        ),
    ),
    "噪音": (
        "{p}夜间施工噪音扰民",
        (
            "{p}旁边的工地夜里{n}点还在打桩，震得窗户直响。",
            "搅拌车和渣土车整夜进出，喇叭声不断。",
            "家里有老人和要高考的孩子，连续几个晚上睡不好。",
            "施工方拿不出夜间施工许可证，劝说也不听。",
        ),
    ),
    "油烟": (
        "{p}餐馆油烟直排",
        (
            "{p}一楼开了{n}家烧烤店，油烟管道直接对着居民窗户。",
            "每到傍晚浓烟滚滚，衣服晾在阳台全是油味。",
            "店家没有装净化器，烟道也没有接到楼顶。",
            "夏天不敢开窗，孩子一直咳嗽。",
        ),
    ),
    "停车": (
        "{p}车辆乱停占道",
        (
            "{p}两侧停满了车，消防通道被堵得严严实实。",
            "上下班时间堵成一锅粥，{n}分钟走不了一百米。",
            "划好的盲道和人行道也被占了，推婴儿车只能走机动车道。",
            "希望划定车位并派人来疏导。",
        ),
    ),
    "路灯": (
        "{p}路灯不亮出行困难",
        (
            "{p}有{n}盏路灯坏了半个多月，晚上漆黑一片。",
            "已经有骑电动车的人摔倒受伤。",
            "灯杆上的编号都看不清，报修没有人来。",
            "学生下晚自习要摸黑走这一段。",
        ),
    ),
    "供暖": (
        "{p}暖气不热室温不达标",
        (
            "{p}今年供暖以来家里温度只有{n}度，暖气片摸着是凉的。",
            "热力公司派人来测过温，说是管网末端压力不够。",
            "交了全额采暖费却要穿棉袄睡觉。",
            "要求退还部分费用并尽快整改管网。",
        ),
    ),
    "物业费": (
        "{p}物业乱收费服务差",
        (
            "{p}物业公司擅自上调物业费，每平方米涨了{n}角。",
            "电梯广告和停车收益从来没有公示过。",
            "楼道垃圾没人扫，单元门坏了也不修。",
            "不交费就停门禁卡，业主意见很大。",
        ),
    ),
    "电梯": (
        "{p}电梯频繁故障困人",
        (
            "{p}{n}号楼的电梯一个月坏了好几次，上周还把人困在里面。",
            "电梯运行时抖动异响，经常停在两层中间。",
            "维保单位每次都是简单重启一下就走。",
            "维修基金迟迟申请不下来，大家都爬楼梯。",
        ),
    ),
    "欠薪": (
        "{p}工地拖欠农民工工资",
        (
            "我们{n}个人在{p}项目上干了四个月木工，工资一直没有结清。",
            "包工头说总包没有拨款，总包又说钱已经给了劳务公司。",
            "手里只有考勤表和欠条，没有签劳动合同。",
            "家里等钱给孩子交学费，请劳动监察介入。",
        ),
    ),
    "积水": (
        "{p}下雨积水排水不畅",
        (
            "{p}一下雨就积水没过膝盖，下水道井盖往外冒水。",
            "地下车库倒灌，{n}辆车被泡。",
            "雨水篦子被落叶和建筑垃圾堵死了。",
            "去年反映过一次，只是清了一下表面。",
        ),
    ),
    "垃圾": (
        "{p}垃圾堆放无人清运",
        (
            "{p}垃圾点{n}天没有清运，臭气熏天，苍蝇乱飞。",
            "建筑垃圾和生活垃圾混在一起，占了半条路。",
            "旁边就是幼儿园，孩子捂着鼻子走。",
            "环卫和村里互相推，没有人管。",
        ),
    ),
    "污水": (
        "{p}污水直排污染沟渠",
        (
            "{p}附近的养殖场把污水直接排进沟里，水面发黑有泡沫。",
            "下游{n}亩稻田的秧苗都黄了。",
            "晚上偷排，白天就停，气味刺鼻。",
            "要求环保部门取样检测并公布结果。",
        ),
    ),
    "公交": (
        "{p}公交班次太少等车久",
        (
            "{p}的公交车{n}分钟才来一班，早高峰根本挤不上。",
            "末班车太早，下夜班的人只能打车。",
            "站牌写的时刻和实际对不上。",
            "希望增加班次或者开通区间车。",
        ),
    ),
    "产权证": (
        "{p}交房多年办不下房产证",
        (
            "{p}的房子交付{n}年了，到现在办不了不动产权证。",
            "开发商说是欠缴土地出让金，大修基金也不知去向。",
            "没有房产证孩子上学和落户都受影响。",
            "请自然资源部门牵头拿出解决方案。",
        ),
    ),
    "学位": (
        "{p}学区划分入学难",
        (
            "{p}的孩子被划到{n}公里以外的学校，上学要转两趟车。",
            "开发商卖房时承诺配套小学，现在学校迟迟不建。",
            "片区适龄儿童越来越多，班额已经超了。",
            "希望教育局重新研究学区划分。",
        ),
    ),
    "广场舞": (
        "{p}广场舞音响扰民",
        (
            "{p}每天早上{n}点就有人放高音喇叭跳舞。",
            "晚上两拨人比谁的音响大，屋里看电视都听不见。",
            "跟他们商量反而被骂。",
            "请城管和派出所来定个时间和音量。",
        ),
    ),
    "井盖": (
        "{p}井盖破损存在隐患",
        (
            "{p}路中间有个井盖塌陷了，汽车轧过去咣当响。",
            "有{n}处井圈破裂，夜里看不清非常危险。",
            "前几天有人骑车掉进去，腿都摔破了。",
            "不知道是哪家单位的管线，没有标识。",
        ),
    ),
    "占道": (
        "{p}流动摊贩占道经营",
        (
            "{p}路口每天聚集{n}多个摊位，把路占了一半。",
            "收摊后满地菜叶和油污，滑得站不住人。",
            "城管来了就散，走了又摆。",
            "希望规划一个便民疏导点。",
        ),
    ),
    "农网": (
        "{p}电压不稳经常停电",
        (
            "{p}一到用电高峰就跳闸，一天停{n}次。",
            "电压低得空调带不动，冰箱都烧坏了。",
            "变压器还是十几年前的，户数翻了一倍。",
            "请供电公司增容改造。",
        ),
    ),
    "医保": (
        "{p}卫生室医保报销不了",
        (
            "在{p}的卫生室看病拿药，刷不了医保卡。",
            "要跑{n}公里到镇上才能报销，老人不方便。",
            "系统说是没有接口，问了几次没有答复。",
            "希望尽快开通门诊统筹。",
        ),
    ),
    "拆迁": (
        "{p}征地补偿款未到位",
        (
            "{p}征地{n}年了，青苗补偿和过渡费一直没有发齐。",
            "安置房只打了地基就停工了。",
            "村里公示的面积和实际丈量的对不上。",
            "要求公开补偿标准和资金去向。",
        ),
    ),
    "危房": (
        "{p}老旧房屋墙体开裂",
        (
            "{p}的老楼外墙开裂，最宽的缝能伸进去{n}个手指。",
            "雨天墙皮成片往下掉，砸到过楼下的车。",
            "鉴定报告说是危房，住户还没有安置。",
            "请住建部门先把警戒线拉起来。",
        ),
    ),
    "网吧": (
        "{p}旁网吧接纳未成年人",
        (
            "{p}附近的网吧放学后坐满了穿校服的学生。",
            "登记的身份证都是老板自己的，一台机子收{n}块钱。",
            "有孩子通宵不回家，家长急得到处找。",
            "请文化和公安部门联合检查。",
        ),
    ),
    "宠物": (
        "{p}不拴绳遛狗伤人",
        (
            "{p}有人遛大型犬不拴绳，已经咬伤{n}个人。",
            "草坪上到处是狗粪，没有人清理。",
            "流浪狗成群，晚上追着电动车跑。",
            "希望加强巡查并设置投放处。",
        ),
    ),
}
_TAILS = (
    "请有关部门尽快到现场看一看，给我们一个答复。",
    "多次拨打电话都说会转办，至今没有结果。",
    "周边住户都很着急，希望能有个明确的时间。",
    "以上情况属实，可以随时联系我们核实。",
    "恳请领导重视，帮助协调解决。",
    "如果再不处理，大家准备一起去反映。",
    "这个问题拖了很久，影响正常生活。",
    "希望能公开处理进度，让群众心里有数。",
)
_WHO = (
    "住在三楼的退休教师",
    "开早餐店的老板",
    "送外卖的小哥",
    "幼儿园的保安",
    "楼长老郭",
    "刚搬来的租户",
    "卖水果的大姐",
    "开出租的师傅",
    "网格员",
    "社区医生",
    "修自行车的老汉",
    "快递驿站的店员",
    "带孙子的奶奶",
    "下夜班的护士",
    "中学的班主任",
    "理发店的学徒",
    "菜场的鱼贩",
    "装修队的工人",
    "跑货运的司机",
    "村里的会计",
    "茶馆的掌柜",
    "晨跑的大爷",
    "药店的店长",
    "洗车行的伙计",
    "合作社的社员",
    "文具店的店主",
    "裁缝铺的阿姨",
    "水果摊的夫妻",
    "健身房的教练",
    "棋牌室的常客",
)
_WHERE = (
    "东门岗亭旁",
    "二号车棚里",
    "地下室通道",
    "河堤转弯处",
    "公厕后墙",
    "老粮站门口",
    "变电箱边上",
    "健身器材旁",
    "桥洞下面",
    "北侧围墙根",
    "配电房前",
    "篮球场边",
    "邮局台阶上",
    "废品站隔壁",
    "加油站对面",
    "祠堂前坪",
    "水塔脚下",
    "机耕道口",
    "采石场边",
    "苗圃西头",
    "戏台后面",
    "渡口石阶",
    "凉亭里",
    "岔路口",
    "仓库夹道",
    "天桥下",
    "锅炉房外",
    "茶厂门前",
    "晒谷坪",
    "老井旁",
)
_WHAT = (
    "亲眼看到过好几回",
    "拍下了照片和视频",
    "差点滑倒摔伤",
    "写了书面材料交上去",
    "和对方吵了一架",
    "被溅了一身泥水",
    "等了整整一个下午",
    "听到了很大的响声",
    "闻到了刺鼻的气味",
    "找人量过尺寸",
    "数过来往的车辆",
    "劝过当事人几次",
    "贴过一张告示",
    "垫付了维修的钱",
    "联系过厂家",
    "留下了登记表",
    "请人看过图纸",
    "做了简单的围挡",
    "清理过一次又恢复原样",
    "发现了一道裂口",
    "捡到了掉落的零件",
    "收到过一张罚单",
    "遇到了同样的情况",
    "丢过一箱货物",
    "扶起过跌倒的老人",
    "记下了车牌尾数以外的特征",
    "摆过警示的锥桶",
    "量过夜里的分贝",
    "测过水的浊度",
    "查过旧的档案",
)


@dataclass(frozen=True)
class Matter:
    """One place, one problem; `number` and `marks` are what its reports share."""

    county: str
    place: str
    problem: str
    number: int
    marks: tuple[str, str]


class Corpus:
    """An endless stream of submissions; `linking` of them are about a matter that came before."""

    def __init__(
        self, seed: int, linking: float = 0.3, places: int = 3_000, run: str = "r", counties: tuple[str, ...] = COUNTIES
    ) -> None:
        self._random = random.Random(seed)
        self.linking, self._run = linking, run
        self._places = {county: _places(random.Random(f"{seed}{county}"), places) for county in counties}
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, places + 1)))
        self._matters: dict[str, list[Matter]] = {county: [] for county in counties}
        self._counties = counties
        self._count = 0

    def events(self, count: int, county: str | None = None) -> Iterator[tuple[Channel, dict[str, Any]]]:
        """(channel, CloudEvent) pairs, round the counties or of one."""
        for _ in range(count):
            yield self.event(county or self._counties[self._count % len(self._counties)])

    def event(self, county: str) -> tuple[Channel, dict[str, Any]]:
        """The next submission of a county."""
        self._count += 1
        channel = self._random.choice(CHANNELS)
        number = f"{self._run}-{self._count:08d}"
        matter = self._matter(county)
        data = {
            "title": _PROBLEMS[matter.problem][0].format(p=matter.place),
            "text": self._text(matter),
            "occurred_at": self._time(),
            "category": matter.problem,
            "address": matter.place,
            **self._reporter(channel),
        }
        event = {
            "specversion": "1.0",
            "id": number,
            "type": f"wufang.{channel}.report.v1",
            "jurisdiction": county,
            "data": data,
        }
        return channel, event

    def _matter(self, county: str) -> Matter:
        known = self._matters[county]
        if known and self._random.random() < self.linking:
            return known[min(int(self._random.paretovariate(0.6)) - 1, len(known) - 1)]
        problem, number = self._random.choice(tuple(_PROBLEMS)), self._random.randint(2, 19)
        made = Matter(county, self._place(county), problem, number, (self._remark(), self._remark()))
        known.append(made)
        return made

    def _place(self, county: str) -> str:
        return self._random.choices(self._places[county], cum_weights=self._weights)[0]

    def _text(self, matter: Matter) -> str:
        sentences = list(_PROBLEMS[matter.problem][1])
        self._random.shuffle(sentences)
        text = "".join(sentences[:3]).format(p=matter.place, n=matter.number)
        start = f"{matter.place}的住户反映，" if matter.place not in text else ""
        body = start + text + self._random.choice(matter.marks) + self._remark()
        for tail in self._random.sample(_TAILS, len(_TAILS)):
            body += tail
            if len(body) >= 100:
                break
        return body

    def _remark(self) -> str:
        """One of 27,000 sentences: what makes a report unlike the others of its kind."""
        return f"{self._random.choice(_WHO)}在{self._random.choice(_WHERE)}{self._random.choice(_WHAT)}。"

    def _time(self) -> str:
        pick = self._random.randint
        return BASE_DAY.format(day=pick(1, 28), hour=pick(0, 23), minute=pick(0, 59))

    def _reporter(self, channel: str) -> dict[str, str]:
        """A clearly made-up number: the prefix 100 is no operator's."""
        if channel in ("sentiment", "grid", "party_building"):
            return {}
        return {"reporter": f"u{self._random.randint(1, 500_000)}", "reporter_name": "某某某"}


def _places(chance: random.Random, count: int) -> list[str]:
    names = [a + b + kind for a in _FIRST for b in _SECOND for kind in _KINDS]
    return chance.sample(names, count)
