"""Reports of a county that does not exist, for the linker's tests; every sentence is made up."""

from collections.abc import Iterable
from typing import Any

from wufang.domain.linking import Link, Reading, Subject, find, read
from wufang.domain.linking.memory import MemoryIndex

DAY = 86_400_000
NOON = 1_760_000_000_000

LIFT = ("青杉里小区电梯停运三天无人修", "青杉里小区六栋的电梯坏了三天，老人上下楼只能爬楼梯，物业说在等配件。")
LIFT_AGAIN = (
    "青杉里小区六栋电梯一直没修好",
    "电梯停运好几天了，物业还在等配件，老人出不了门，青杉里小区六栋的住户都着急。",
)
LIFT_ELSEWHERE = (
    "白榆湾小区电梯停运三天无人修",
    "白榆湾小区六栋的电梯坏了三天，老人上下楼只能爬楼梯，物业说在等配件。",
)
NOISE_SAME_PLACE = ("青杉里小区门口烧烤摊油烟呛人", "每晚八点起烧烤摊摆到马路上，油烟往楼上飘，窗户不敢开。")
LESSONS = ("石门渡小学强制订购练习册", "石门渡小学要求每个学生花八十元订购练习册，不订就不发作业。")
FILLER = (
    ("望槐路路灯不亮", "望槐路东段一排路灯坏了，晚上骑车看不见坑。"),
    ("申请公共租赁住房要哪些材料", "刚到本地工作，想了解公共租赁住房的申请条件和材料清单。"),
    ("鹿岭村自来水发黄", "鹿岭村自来水近一周发黄有沉淀，烧开后有股铁锈味。"),
    ("云桥市场门前乱停车", "云桥市场门前三轮车和货车乱停，公交车开不进站。"),
    ("驾校拖着不退学费", "报名半年没有安排上车练习，驾校一再推脱不退学费。"),
)


def subject(told: tuple[str, str], number: str = "HL-0001", **fields: Any) -> Subject:
    """A report of one of the stories above."""
    title, text = told
    defaults: dict[str, Any] = {"channel": "hotline", "occurred_at": NOON, "numbers": (number,)}
    return Subject(report_id=number, title=title, text=text, **(defaults | fields))


class County:
    """A ledger of one jurisdiction in plain memory: what comes in joins a case or opens one."""

    def __init__(self, known: Iterable[tuple[str, str]] = FILLER) -> None:
        self.index = MemoryIndex()
        self.opened = 0
        for number, told in enumerate(known):
            self.take(subject(told, f"FL-{number:04}"))

    def read(self, report: Subject) -> Reading:
        return read(report, self.index)

    def link(self, report: Subject) -> Link | None:
        """What would be decided now."""
        return find(self.read(report), self.index).link

    def take(self, report: Subject) -> str:
        """Decide and remember; the case."""
        reading = self.read(report)
        link = find(reading, self.index).link
        if link is not None:
            self.index.joined(link.case_id, reading)
            return link.case_id
        return self.open(report)

    def open(self, report: Subject) -> str:
        """Open a case for the report whatever the rules say."""
        self.opened += 1
        case_id = f"990101-{self.opened}-0"
        self.index.opened(case_id, self.read(report))
        return case_id
