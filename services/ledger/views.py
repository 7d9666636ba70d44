"""What leaves the ledger service, field by field: a document's other fields stay inside."""

from datetime import UTC, date, datetime
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


class WarningReport(BaseModel):
    """A report that a warning counted, and where it stands now."""

    report_id: str
    case_id: str = Field(title="所在事项")
    channel: str
    number: str = Field(title="来源编号")
    title: str
    occurred_at: Moment


class EarlierYearView(BaseModel):
    """The same four weeks of an earlier year."""

    since: Moment = Field(title="该年同期的首日")
    before: int = Field(title="此前八周来件人数")
    seen: int = Field(title="四周来件人数")


class WarningView(BaseModel):
    """One early warning: what was expected, what came, since when, and whether it came true."""

    warning_id: str = Field(title="预警编号")
    jurisdiction: str = Field(title="区县代码")
    kind: str = Field(
        title="种类",
        description="matter 同一事项，place 同一地点，category 同一分类，growing 持续增长，"
        "season 季节将至，above_season 高于往年同期",
    )
    state: str = Field(title="验证情况：open 待验证，true 已应验，false 未应验")
    subject: str = Field(title="对象代码：事项编号、地点或分类")
    label: str = Field(title="对象：事项标题、地点或分类")
    words: str = Field(title="说明")
    case_id: str = Field(title="引发预警的一件所在事项")
    at: Moment = Field(title="预警时间")
    since: Moment = Field(title="自何日起", description="季节将至：所预计的四周的首日")
    lasted_until: Moment = Field(title="最近一次仍属异常的时间")
    window: int = Field(title="时段（天）")
    expected: float = Field(title="按以往应有来件人数")
    seen: int = Field(title="实有来件人数", description="季节将至：0，预警时尚未开始")
    most: int = Field(title="延续中最多的来件人数")
    again: int = Field(title="已反映的人又来件次数")
    spans: list[int] = Field([], title="持续增长：每28天的新来件人数")
    years: list[EarlierYearView] = Field([], title="季节：往年同期")
    surprise: float | None = Field(None, title="异常程度（10的负几次方）")
    further: int = Field(title="应验须再有的来件人数")
    came: int | None = Field(None, title="此后实有的来件人数；待验证时没有")
    scored_at: Moment | None = Field(None, title="验证时间")
    method: str = Field(title="方法")
    rules: str = Field(title="规则版本")
    reports: list[WarningReport] = Field(title="计入的诉求件")


class WarningPage(BaseModel):
    """A page of warnings."""

    warnings: list[WarningView]
    next: str | None = Field(None, title="下一页游标")


class HotCase(BaseModel):
    """A matter with its heat."""

    case_id: str = Field(title="事项编号")
    title: str = Field(title="标题")
    heat: int = Field(title="热度")
    growth: int = Field(title="比上一时段多出的来件人数；少了为负")
    people: int = Field(title="来件人数")
    reports: int = Field(title="件数")
    channels: list[str] = Field(title="渠道")


class HotShare(BaseModel):
    """A category or a place with its heat."""

    name: str = Field(title="代码：分类，或地点的种类与名称")
    label: str = Field(title="名称")
    heat: int = Field(title="热度")
    cases: int = Field(title="事项数")
    people: int = Field(title="来件人数：各事项之和")
    before: int = Field(title="上一时段的来件人数")


class HotPage(BaseModel):
    """The hot-topic report over a window, of what the person may see."""

    since: date = Field(title="首日")
    until: date = Field(title="末日（含）")
    before_since: date = Field(title="上一时段的首日，与本时段等长")
    formula: str = Field(title="热度的计算公式，地点列出的条件")
    top: list[HotCase] = Field(title="热点事项")
    categories: list[HotShare] = Field(title="热点分类")
    places: list[HotShare] = Field(title="热点地点")


class Me(BaseModel):
    """Who the token names."""

    name: str
    role: str
    role_label: str
    organisation: str
    jurisdiction: str
