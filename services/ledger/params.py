"""What a search may ask, field by field; anything else in the query is refused."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from wufang.adapters.http_problems import FieldError, Refusal
from wufang.domain.linking import Kind
from wufang.domain.notice import Kind as WarningKind
from wufang.domain.notice import State as WarningState
from wufang.domain.report import Channel
from wufang.domain.shanghai import day_number
from wufang.domain.triage import Danger, Lane, Tag
from wufang.domain.warning.window import Window
from wufang.readmodel.queries import Facet, Search, Sort, WarningSearch
from wufang.readmodel.wording import read_text

QUERY_LIMIT = 2_000  # characters of a query that are received; wording.py says how many are looked at
VALUES = 20

Area = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){1,3}$")]
Month = Annotated[str, StringConstraints(pattern=r"^(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]
HOT_DAYS, MOST_HOT_DAYS = 28, 3_653
Progress = Literal["none", "some", "all"]
Size = Annotated[int, Field(ge=1, le=100, title="每页条数")]
Cursor = Annotated[str, Field(max_length=1_024, title="翻页游标（上一页答复中的 next）")]


class CaseSearch(BaseModel):
    """Query parameters of GET /v1/cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: str = Field("", max_length=QUERY_LIMIT, title="文字", description="空格分开的各部分都要找到；引号内按原文找")
    phrase: str = Field("", max_length=QUERY_LIMIT, title="原文短语")
    channel: list[Channel] = Field([], max_length=VALUES, title="渠道")
    jurisdiction: list[Area] = Field([], max_length=VALUES, title="区县代码")
    state: list[Word] = Field([], max_length=VALUES, title="状态")
    progress: list[Progress] = Field([], max_length=VALUES, title="办结情况")
    danger: list[Danger] = Field([], max_length=VALUES, title="建议立即转接")
    lane: list[Lane] = Field([], max_length=VALUES, title="办理方式")
    tag: list[Tag] = Field([], max_length=VALUES, title="标签：研办、联办")
    category: list[Word] = Field([], max_length=VALUES, title="内容分类")
    link_kind: list[Kind] = Field([], max_length=VALUES, title="关联种类")
    month: list[Month] = Field([], max_length=VALUES, title="最早发生月份")
    area: Area | None = Field(None, title="行政区划前缀（省、市或区县）")
    grid: Word | None = Field(None, title="网格编码")
    since: AwareDatetime | None = Field(None, title="发生时间起")
    until: AwareDatetime | None = Field(None, title="发生时间止（不含）")
    reports_at_least: int = Field(1, ge=1, le=1_000_000, title="至少几件")
    channels_at_least: int = Field(1, ge=1, le=5, title="至少几个渠道")
    sort: Sort = Field("relevance", title="排序")
    size: Size = 20
    cursor: Cursor = ""

    def named(self) -> dict[str, Any]:
        """What a cursor is bound to: everything but the page."""
        return self.model_dump(mode="json", exclude={"size", "cursor"})

    def search(self, after: tuple[Any, ...] = ()) -> Search:
        """The search for the read model."""
        return Search(
            text=read_text(self.q, self.phrase),
            facets={facet: tuple(values) for facet, values in self._chosen().items() if values},
            area=self.area or "",
            grid=self.grid or "",
            since=_milliseconds(self.since),
            until=_milliseconds(self.until),
            reports_at_least=self.reports_at_least,
            channels_at_least=self.channels_at_least,
            sort=self.sort,
            size=self.size,
            after=after,
        )

    def _chosen(self) -> dict[Facet, list[Any]]:
        return {
            "channel": self.channel,
            "jurisdiction": self.jurisdiction,
            "state": self.state,
            "progress": self.progress,
            "danger": self.danger,
            "lane": self.lane,
            "tag": self.tag,
            "category": self.category,
            "link_kind": self.link_kind,
            "month": self.month,
        }


class WarningList(BaseModel):
    """Query parameters of GET /v1/warnings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: list[WarningKind] = Field([], max_length=VALUES, title="种类")
    state: list[WarningState] = Field([], max_length=VALUES, title="验证情况")
    area: Area | None = Field(None, title="行政区划前缀（省、市或区县）")
    since: AwareDatetime | None = Field(None, title="预警时间起")
    until: AwareDatetime | None = Field(None, title="预警时间止（不含）")
    size: Annotated[int, Field(ge=1, le=50, title="每页条数")] = 20
    cursor: Cursor = ""

    def named(self) -> dict[str, Any]:
        """What a cursor is bound to: everything but the page."""
        return {"warnings": self.model_dump(mode="json", exclude={"size", "cursor"})}

    def search(self, after: tuple[Any, ...] = ()) -> WarningSearch:
        """The list for the read model."""
        return WarningSearch(
            kinds=tuple(self.kind),
            states=tuple(self.state),
            area=self.area or "",
            since=_milliseconds(self.since),
            until=_milliseconds(self.until),
            size=self.size,
            after=after,
        )


class HotList(BaseModel):
    """Query parameters of GET /v1/hot-topics; days of Beijing, both ends counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Day | None = Field(None, title="首日", description="默认为末日之前 28 天")
    until: Day | None = Field(None, title="末日（含）", description="默认今天")
    jurisdiction: Area | None = Field(None, title="区县代码，或省、市的前缀")
    size: Annotated[int, Field(ge=1, le=100, title="各列几行")] = 10

    def window(self, today: date) -> Window:
        """The days asked for. Raises Refusal when they are none, or more than ten years."""
        last = self.until or today
        days = HOT_DAYS if self.since is None else (last - self.since).days + 1
        if not 1 <= days <= MOST_HOT_DAYS:
            wrong = FieldError("since", "window", "首日不能晚于末日，时段最长十年", "2026-03-01")
            raise Refusal("refused", "查询的时段有误", [wrong])
        return Window(day_number(last), days)


class Paging(BaseModel):
    """Query parameters of a page of something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Size = 50
    cursor: Cursor = ""


class Turning(Paging):
    """Query parameters of a console page; `ordered` says that a command was handed in just now."""

    ordered: Literal["", "yes"] = ""


class OtherCase(BaseModel):
    """Query parameters of the console's page on which two cases stand side by side."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: str = Field("", max_length=QUERY_LIMIT)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
