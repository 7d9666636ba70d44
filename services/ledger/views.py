"""What leaves the ledger service, field by field: a document's other fields stay inside."""

from datetime import UTC, datetime
from html import escape
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer

from wufang.readmodel.labels import reason_words
from wufang.readmodel.wording import MARK_END, MARK_START

_EARLIEST, _LATEST = -62_135_596_800_000, 253_402_300_799_999  # years 1 to 9999, what a calendar can show


def _moment(value: Any) -> Any:
    if isinstance(value, int):
        return datetime.fromtimestamp(min(max(value, _EARLIEST), _LATEST) / 1000, UTC)
    return value


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, BeforeValidator(_moment), PlainSerializer(_rfc3339, return_type=str)]


def marked_html(text: str) -> str:
    """A highlighted fragment as HTML: all of it escaped, hits in <mark>, every tag closed whatever the text holds."""
    parts = text.replace(MARK_END + MARK_START, "").split(MARK_START)
    return escape(parts[0].replace(MARK_END, "")) + "".join(map(_marked, parts[1:]))


def _marked(part: str) -> str:
    hit, _, rest = part.partition(MARK_END)
    return f"<mark>{escape(hit)}</mark>{escape(rest.replace(MARK_END, ''))}"


class BestReport(BaseModel):
    """The report of a case that holds the text best."""

    report_id: str
    channel: str
    number: str
    title: str
    highlight: dict[str, list[str]] = Field({}, title="命中片段（已转义的 HTML，命中处为 <mark>）")


class ActorView(BaseModel):
    """Who decided; no name."""

    subject: str
    role: str
    organisation: str


class DecidedView(BaseModel):
    """A person's decision of the lane."""

    by: ActorView
    reason: str = Field(title="理由")
    at: Moment = Field(title="时间")


class TriageView(BaseModel):
    """What the rules propose for a report, or what a person decided."""

    danger: str | None = Field(None, title="建议立即转接")
    lane: str = Field(title="办理方式")
    tags: list[str] = Field([], title="标签")
    why: list[str] = Field([], title="依据")
    rules: str | None = Field(None, title="规则版本")


class SuggestedCategoryView(BaseModel):
    """What is suggested of a case's category."""

    code: str = Field(title="代码")
    path: str = Field(title="分类")
    told: str = Field(title="建议与依据")
    rules: str = Field(title="规则版本")


class FiledView(BaseModel):
    """A person's decision of the category."""

    code: str = Field(title="代码")
    path: str = Field(title="分类")
    answer: str = Field(title="对建议的回答：kept 采纳，corrected 更正，unasked 没有建议")


class DecidedCategoryView(FiledView):
    """The same with who decided, when and why."""

    by: ActorView
    reason: str | None = Field(None, title="理由")
    at: Moment = Field(title="时间")


class CaseSummary(BaseModel):
    """One case in a list."""

    case_id: str = Field(title="事项编号")
    version: int = Field(title="版本")
    jurisdiction: str = Field(title="区县代码")
    state: str = Field(title="状态")
    progress: str = Field(title="办结情况：none 未办结，some 部分办结，all 全部办结")
    leads_to: str | None = Field(None, title="去向事项")
    parts: list[str] = Field([], title="并入的事项")
    title: str = Field(title="标题")
    excerpt: str = Field("", title="首件摘要")
    channels: dict[str, int] = Field(title="各渠道件数")
    reports: int = Field(title="件数")
    concluded: int = Field(title="已办结件数")
    links: dict[str, int] = Field({}, title="各种关联次数")
    danger: str | None = Field(None, title="建议立即转接：110、119 或 120")
    lane: str = Field("ordinary", title="办理方式：已定的，未定则为规则所建议的")
    tags: list[str] = Field([], title="标签")
    decided: DecidedView | None = Field(None, title="由谁定办；没有则为规则的建议")
    category: str | None = Field(None, title="内容分类：已定的，未定则为来件自带的")
    opened_at: Moment = Field(title="立项时间")
    first_occurred_at: Moment = Field(title="最早发生时间")
    last_occurred_at: Moment = Field(title="最近发生时间")
    last_accepted_at: Moment = Field(title="最近受理时间")
    highlight: dict[str, list[str]] = Field({}, title="命中片段（已转义的 HTML，命中处为 <mark>）")
    best_report: BestReport | None = Field(None, title="最相符的一件")


class FacetValue(BaseModel):
    """One value of a facet."""

    value: str
    count: int


class CasePage(BaseModel):
    """A page of a search."""

    total: int = Field(title="总数")
    total_is_exact: bool = Field(title="总数是否确切（超过一万时为下限）")
    cases: list[CaseSummary]
    facets: dict[str, list[FacetValue]] = Field({}, title="分面统计（首页才有）")
    next: str | None = Field(None, title="下一页游标")


class CaseHead(CaseSummary):
    """A case with what its page shows above the timeline."""

    other_titles: list[str] = Field([], title="其他标题")
    excerpts: list[str] = Field([], title="文字摘录")
    addresses: list[str] = Field([], title="地点")
    grid_codes: list[str] = Field([], title="网格")
    accused: list[str] = Field([], title="被反映单位")
    suggested_category: SuggestedCategoryView | None = Field(None, title="建议分类")
    decided_category: DecidedCategoryView | None = Field(None, title="所定的分类；没有则未定")


class OutcomeView(BaseModel):
    """How a report ended in its own channel."""

    result: str = Field(title="办理结果")
    reply: str | None = Field(None, title="答复")
    satisfied: bool | None = Field(None, title="是否满意")
    concluded_at: Moment = Field(title="办结时间")


class ReasonView(BaseModel):
    """One piece of evidence."""

    feature: str
    value: float
    detail: Annotated[str, AfterValidator(reason_words)]


class LinkView(BaseModel):
    """Why a report stands in its case."""

    kind: str = Field(title="关联种类")
    score: float = Field(title="把握，0 到 1")
    reasons: list[ReasonView] = Field(title="依据")
    rules: str = Field(title="规则版本")


class HandView(BaseModel):
    """A person's decision where a report belongs."""

    by: ActorView
    reason: str = Field(title="理由")
    at: Moment = Field(title="时间")


class ReportView(BaseModel):
    """One report with its own number and end."""

    report_id: str
    case_id: str
    channel: str
    source: str = Field(title="来源")
    number: str = Field(title="来源编号")
    jurisdiction: str
    title: str
    text: str
    occurred_at: Moment
    accepted_at: Moment
    received_at: Moment | None = None
    category: str | None = None
    address: str | None = None
    grid_code: str | None = None
    contact_mode: str | None = None
    public: bool | None = None
    enterprise: bool | None = None
    accused: str | None = None
    related: list[str] = []
    details: dict[str, Any] = {}
    link: LinkView | None = Field(None, title="归入依据；立项的一件没有")
    hand: HandView | None = Field(None, title="人工改归")
    outcome: OutcomeView | None = Field(None, title="本件的结果")


class TimelineEntry(BaseModel):
    """One event of a case."""

    event_id: str
    type: str
    report_id: str | None = None
    at: Moment
    seq: int
    cause: str
    occurred_at: Moment | None = None
    channel: str | None = None
    number: str | None = None
    title: str | None = None
    link: LinkView | None = None
    outcome: OutcomeView | None = None
    triage: TriageView | None = Field(None, title="四办一受理：建议或所定")
    category: FiledView | None = Field(None, title="所定的分类")
    from_to: list[str] = Field([], title="从哪个事项到哪个事项")
    opened: bool | None = Field(None, title="是否另立事项")
    reports: list[str] = Field([], title="改归的诉求件")
    by: ActorView | None = Field(None, title="经办")
    reason: str | None = Field(None, title="理由")
    warning: str | None = Field(None, title="预警编号")
    words: str | None = Field(None, title="预警说明")
    reply: str | None = Field(None, title="解除封存后的答复")


class TimelinePage(BaseModel):
    """A page of a timeline."""

    total: int
    entries: list[TimelineEntry]
    next: str | None = None


class SuggestionView(BaseModel):
    """Two cases that may be one matter: side by side, with what speaks for it."""

    case: CaseSummary = Field(title="事项")
    other: CaseSummary = Field(title="疑似同一事项")
    report_id: str = Field(title="由哪一件引起")
    link: LinkView = Field(title="依据")


class SuggestionPage(BaseModel):
    """A page of what waits for a person."""

    suggestions: list[SuggestionView]
    next: str | None = Field(None, title="下一页游标")


class SplitReport(BaseModel):
    """A report of one side."""

    report_id: str
    channel: str
    number: str = Field(title="来源编号")
    title: str
    excerpt: str = Field(title="文字摘录")
    occurred_at: Moment


class SideView(BaseModel):
    """One side of a case that may be two matters."""

    reports: list[SplitReport] = Field(title="诉求件")
    places: list[str] = Field([], title="标题所指地点")
    words: list[str] = Field([], title="所述问题的用词")


class SplitView(BaseModel):
    """A case that may be two matters: its two groups side by side, why, and what to send for either answer."""

    case: CaseSummary = Field(title="事项")
    sides: list[SideView] = Field(title="两组：留下的在前，拟另立的在后")
    score: float = Field(title="最相像的两件属同一事项的把握，0 到 1")
    reasons: list[ReasonView] = Field(title="依据")
    rules: str = Field(title="规则版本")
    move: dict[str, Any] = Field(title="是两个事项：改归另立，补上理由后发往 POST /v1/cases/{case_id}/move")
    keep_together: dict[str, Any] = Field(title="确为一事：补上理由后发往 POST /v1/cases/{case_id}/keep-together")


class SplitPage(BaseModel):
    """A page of cases that may be two matters."""

    splits: list[SplitView]
    next: str | None = Field(None, title="下一页游标")


class ReportPage(BaseModel):
    """A page of a case's reports."""

    total: int
    reports: list[ReportView]
    next: str | None = None


class CaseView(BaseModel):
    """A case with the first pages of its timeline and reports."""

    case: CaseHead
    timeline: TimelinePage
    reports: ReportPage


class Me(BaseModel):
    """Who the token names."""

    name: str
    role: str
    role_label: str
    organisation: str
    jurisdiction: str
