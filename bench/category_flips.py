"""After how many corrections what is like them is suggested so: made-up reports of one matter at ever other places.

`learned` cases of other categories were decided before; `corrected` says how often a person has to decide the same
until the next like report is suggested that very code, None where it takes more than MOST.
"""

from functools import partial
from typing import Any

from wufang.domain.categories import Tree
from wufang.domain.ids import case_id
from wufang.domain.report import Report
from wufang.ledger.storage.tables import Snapshot
from wufang.ledger.taught.lessons import Lessons

COUNTY = "990101"
MOST = 12
PLACES = ("青禾小区", "望江路", "云岭村", "柳叶巷", "梧桐里", "白鹭洲", "星河湾", "石桥镇")
BEFORE = (
    ("隧道积水", "下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。", "010202"),
    ("电梯停运", "六栋电梯停运三天，老人上下楼困难，物业电话没有人接。", "010402"),
    ("公司欠薪", "公司拖欠二十名工人工资四个月，老板联系不上，厂房大门上锁。", "0601"),
    ("幼儿园收费", "幼儿园春季学费多收八百元，没有发票，家长并没有报名兴趣班。", "0301"),
)
# Of the first the tree suggests another category for a keyword, of the second nothing, of the third yet another.
MATTERS = (
    ("广场舞音响吵闹", "每天晚上有人跳广场舞，音响声音很大，老人孩子没法休息，劝了也不听。", "050301"),
    ("楼顶养鸡臭味", "有人在楼顶养鸡，公鸡半夜打鸣，臭味难闻，粪便顺着管道往下流。", "010405"),
    ("充电桩坏了", "电动车充电桩坏了半个月，扫码扣钱却不充电，电话没人接。", "010403"),
)


def flips(tree: Tree) -> list[dict[str, Any]]:
    """One row for each number of other cases learned before; of each matter the corrections it takes."""
    return [
        {"learned": before, "corrected": [_corrections(tree, before, *matter) for matter in MATTERS]}
        for before in range(len(BEFORE) + 1)
    ]


def _corrections(tree: Tree, before: int, title: str, text: str, code: str) -> int | None:
    lessons = Lessons(Snapshot(None), tree)
    for number, (other, said, its) in enumerate(BEFORE[:before]):
        _decide(lessons, 100 + number, its, _report(other, said, PLACES[number]))
    for number in range(MOST + 1):
        report = _report(title, text, PLACES[number % len(PLACES)])
        suggestion = lessons.suggest(report)
        if suggestion is not None and suggestion.code == code:
            return number
        _decide(lessons, number, code, report)
    return None


def _decide(lessons: Lessons, number: int, code: str, report: Report) -> None:
    lessons.decided(case_id(COUNTY, number + 1, 0), code, partial(only, report))


def _report(title: str, text: str, place: str) -> Report:
    return Report(title, "b", title, "hotline", COUNTY, 0, 0, "b:0", place + title, place + text)


def only(report: Report, _most: int) -> list[Report]:
    """A case of one report."""
    return [report]
