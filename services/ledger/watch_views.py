"""What of early warnings and hot topics leaves the ledger service, field by field."""

from datetime import date

from pydantic import BaseModel, Field

from services.ledger.views import Moment


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
