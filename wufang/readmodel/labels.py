"""What officials read for the read model's codes: one table for console, command line and demo."""

from collections.abc import Mapping
from datetime import datetime

from wufang.domain.events import EarlierYear, WarningRaised, WarningScored
from wufang.domain.shanghai import SHANGHAI

PROGRESS: Mapping[str, str] = {"none": "尚未办结", "some": "部分办结", "all": "各件均已办结"}
STATES: Mapping[str, str] = {"open": "在办", "merged": "已并入", "moved": "已移交"}
LINKS: Mapping[str, str] = {"repeat": "重件", "same_matter": "合并办理", "reference": "编号引用"}
RESULTS: Mapping[str, str] = {
    "solved": "已解决",
    "partly_solved": "部分解决",
    "explained": "解释说明",
    "refused": "不予受理",
    "withdrawn": "撤回",
    "transferred": "转其他渠道",
}
ANSWERS: Mapping[str, str] = {"kept": "采纳建议", "corrected": "更正建议", "unasked": "没有建议"}
LANES: Mapping[str, str] = {"urgent": "速办", "dedicated": "专办", "ordinary": "一般"}
TAGS: Mapping[str, str] = {"study": "研办", "joint": "联办"}
DANGERS: Mapping[str, str] = {"110": "转接110", "119": "转接119", "120": "转接120"}
CONTACT: Mapping[str, str] = {"contactable": "可联系", "confidential": "保密", "anonymous": "匿名"}
EVENTS: Mapping[str, str] = {
    "case_opened": "立项",
    "report_linked": "归入",
    "report_concluded": "办结",
    "cases_merged": "并案",
    "case_restored": "撤销并案",
    "reports_moved": "改归",
    "cases_kept_apart": "不得并案",
    "cases_bridged": "自动并案",
    "case_kept_together": "确为一事",
    "lane_decided": "定办",
    "category_decided": "定类",
    "conduct_released": "封存解除",
    "warning_raised": "预警",
    "warning_scored": "预警验证",
}
WARNINGS: Mapping[str, str] = {
    "matter": "同一事项",
    "place": "同一地点",
    "category": "同一分类",
    "growing": "持续增长",
    "season": "季节将至",
    "above_season": "高于往年同期",
}
SORTS: Mapping[str, str] = {
    "relevance": "最相符",
    "newest": "最近发生",
    "oldest": "最早发生",
    "updated": "最近受理",
    "most_reports": "件数最多",
}
WARNING_STATES: Mapping[str, str] = {"open": "待验证", "true": "已应验", "false": "未应验"}
PLACES: Mapping[str, str] = {
    "estate": "小区、楼宇",
    "school": "学校",
    "hospital": "医院",
    "road": "道路",
    "village": "村居、街镇",
    "line": "线路",
    "grid": "网格",
}

REFUSALS: Mapping[str, str] = {
    "unknown_case": "未执行：没有这个事项",
    "not_open": "未执行：事项已并入别处或已移交",
    "changed": "未执行：事项在您查看之后有变化，请看过再定",
    "same_case": "未执行：两处是同一个事项",
    "not_part": "未执行：该事项并未并入此事项",
    "unknown_report": "未执行：有的诉求件不在此事项中",
    "nothing_left": "未执行：事项中至少要留一件；要全部移走请用并案",
    "too_many": "未执行：一次涉及的诉求件太多",
    "only_one": "未执行：要说明为一事的至少两件",
    "unknown_category": "未执行：分类目录里没有这个代码",
    "not_sealed": "未执行：台账上的这一件没有以此凭据封存的内容",
}


def percent(score: float) -> str:
    """A score of 0..1 as a share."""
    return f"{score:.0%}"


def subject_label(kind: str, subject: str) -> str:
    """What a warning is of, for people: a place's name with what kind of place; a case is named by its title."""
    if kind != "place":
        return subject
    place, _, name = subject.partition(":")
    return f"{name}（{PLACES.get(place, place)}）"


def about(expected: float, places: int = 1) -> str:
    """How many were expected, as a person says it: 约1.4, and 不到0.1 where only a nought would be left."""
    said = f"{expected:.{places}f}"
    return f"约{said}" if float(said) else f"不到{10**-places:g}"


def reason_words(detail: str) -> str:
    """A link's recorded reason as a person says it: none is 相隔 0 天. What the ledger holds stays as it is."""
    return detail.removesuffix(" 0 天") + "不到一天" if detail.endswith("相隔 0 天") else detail


def warning_words(raised: WarningRaised) -> str:
    """What came and what was expected, as an official reads it."""
    if raised.sign == "growth":
        spans = "、".join(map(str, raised.spans))
        new = f"近{raised.window}天每28天都有新的来件人（依次{spans}位，共{raised.seen}位）"
        return f"{new}，同类事项通常{about(raised.expected)}位"
    if raised.sign == "season":
        years = "、".join(f"{_year(one)}{one.seen}位（此前八周{one.before}位）" for one in raised.years)
        came = f"往年{_same_weeks(raised)}来件增多：{years}"
        return f"{came}；预计自{_date(raised.since)}起四周{about(raised.expected, 0)}位来件人，请提前研办"
    if raised.sign == "above_season":
        years = "、".join(f"{_year(one)}{one.seen}位" for one in raised.years)
        came = f"自{_date(raised.since)}起四周{raised.seen}位不同来件人反映"
        return f"{came}，按往年{_same_weeks(raised)}{about(raised.expected)}位（{years}），请研办"
    again = f"，已反映的人又来件{raised.again}次" if raised.again else ""
    return f"{raised.window}天内{raised.seen}位不同来件人反映{again}，按以往{about(raised.expected)}位"


def _same_weeks(raised: WarningRaised) -> str:
    """By which calendar the weeks are the same."""
    return "农历同期" if raised.method.endswith("moon") else "同期"


def _year(one: EarlierYear) -> str:
    """The year in which most of the four weeks lay."""
    return f"{_local(one.since + 14 * 86_400_000).year}年"


def _date(at: int) -> str:
    moment = _local(at)
    return f"{moment.month}月{moment.day}日"


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, SHANGHAI)


def score_words(scored: WarningScored) -> str:
    """Whether a warning came true, with the numbers it takes."""
    return (
        f"{'已应验' if scored.came_true else '未应验'}：此后28天内新增{scored.seen}位来件人，应验须{scored.further}位"
    )
