"""热线工单: the fields of a hotline work order; personal fields are the common ones only."""

from services.channel.fields import (
    Count,
    Flag,
    Labelled,
    Line,
    Organisation,
    Prose,
    Time,
    listed,
    optional,
    required,
)
from services.channel.report import Details, Model, ReportOfPerson


class Intake(Labelled):
    """受理渠道."""

    PHONE = "phone", "电话"
    WEB = "web", "网站"
    APP = "app", "手机应用"
    WECHAT = "wechat", "微信"
    SMS = "sms", "短信"
    MAIL = "mail", "邮件"
    WINDOW = "window", "窗口"
    TRANSFER = "transfer", "其他渠道转入"


class RequestType(Labelled):
    """诉求类型."""

    CONSULTATION = "consultation", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    TIP_OFF = "tip_off", "举报"
    SUGGESTION = "suggestion", "建议"


class Urgency(Labelled):
    """紧急程度."""

    ORDINARY = "ordinary", "一般"
    URGENT = "urgent", "紧急"
    EMERGENCY = "emergency", "特急"


class Dispatch(Labelled):
    """派单方式."""

    DEPARTMENT = "department", "派部门"
    PLACE = "place", "派属地"
    DOUBLE = "double", "双派单（部门与属地）"


class Closing(Labelled):
    """办结方式."""

    DIRECT_ANSWER = "direct_answer", "直接答复"
    HANDLED = "handled", "办理办结"
    MERGED = "merged", "合并办理"
    TRANSFERRED = "transferred", "转其他渠道"
    WITHDRAWN = "withdrawn", "诉求人撤回"


class Repeated(Model):
    """退单或延期: how often and why."""

    count: Count = required("次数", 1)
    reason: Line | None = optional("理由", "不属本单位职责")


class Call(Model):
    """回访一次."""

    reached: Flag = required("是否接通", True)
    solved: Flag | None = optional("是否解决", True)
    satisfied: Flag | None = optional("是否满意", True)
    at: Time | None = optional("回访时间", "2026-03-10T10:00:00+08:00")


class FollowUp(Model):
    """回访: the first call and the last."""

    first: Call = required("首次回访", {"reached": True, "solved": True, "satisfied": True})
    final: Call | None = optional("最终回访", {"reached": True, "solved": True, "satisfied": True})


class HotlineDetails(Details):
    """工单专有字段."""

    intake: Intake | None = optional("受理渠道", "phone")
    request_type: RequestType | None = optional("诉求类型", "complaint")
    urgency: Urgency | None = optional("紧急程度", "ordinary")
    expectation: Prose | None = optional("诉求人期望", "希望夜间停止施工。")
    lead: Organisation | None = optional("主办单位", "平川县住建局")
    supporting: tuple[Organisation, ...] = listed("协办单位", ["平川县城管局"], 20)
    dispatch: Dispatch | None = optional("派单方式", "double")
    due_at: Time | None = optional("办理时限", "2026-03-12T18:00:00+08:00")
    returns: Repeated | None = optional("退单", {"count": 1, "reason": "不属本单位职责"})
    extensions: Repeated | None = optional("延期", {"count": 1, "reason": "需现场检测"})
    closing: Closing | None = optional("办结方式", "handled")
    reply: Prose | None = optional("答复", "已责令工地22时后停止施工。")
    follow_up: FollowUp | None = optional("回访", {"first": {"reached": True, "solved": True, "satisfied": True}})


class HotlineReport(ReportOfPerson[HotlineDetails]):
    """热线工单."""
