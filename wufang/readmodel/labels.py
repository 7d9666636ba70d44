"""What officials read for the read model's codes: one table for console, command line and demo."""

from collections.abc import Mapping

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
}


def percent(score: float) -> str:
    """A score of 0..1 as a share."""
    return f"{score:.0%}"
