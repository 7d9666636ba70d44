"""党建事项: what a party organisation did about a public matter; organisations and posts, never persons."""

from services.channel.fields import FileRef, Labelled, Line, Number, Organisation, Time, listed, optional
from services.channel.report import LINKED_BY, Details, ReportOfPerson


class Kind(Labelled):
    """事项类型."""

    CHECK_IN = "check_in", "报到"
    VISIT = "visit", "走访"
    SELF_EXAMINATION = "self_examination", "查摆"
    RECTIFICATION = "rectification", "整改"
    COMMENDATION = "commendation", "表彰"
    CRITICISM = "criticism", "通报"


class PartyBuildingDetails(Details):
    """党建专有字段."""

    organisation: Organisation | None = optional("党组织", "平川县青石社区党总支")
    kind: Kind | None = optional("事项类型", "rectification")
    post: Line | None = optional("责任岗位", "社区党总支副书记岗")
    due_at: Time | None = optional("时限", "2026-03-20T18:00:00+08:00")
    evidence: tuple[FileRef, ...] = listed("佐证材料（引用）", ["evidence/2026/03/rectification-01.pdf"], 20)
    reason: Line | None = optional("表彰或通报理由", "三日内解决居民反映的积水问题")


class PartyBuildingReport(ReportOfPerson[PartyBuildingDetails]):
    """党建事项."""

    related: tuple[Number, ...] = listed("关联工单（关联编号）", ["RX-2026-000098"], 50, LINKED_BY)
