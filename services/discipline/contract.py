"""What is said to the store and what it answers: closed models, every text bounded; nothing decided here."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wufang.domain.report import Channel

State = Literal["proposed", "confirmed", "released", "erased"]
STATES: dict[State, str] = {
    "proposed": "待确认",
    "confirmed": "已确认",
    "released": "已解除",
    "erased": "已清除",
}
CAUSE = r"^[0-9a-f]{64}$"
RECEIPT = r"^[0-9a-f]{40}$"
MOST_PARTS = 200
MOST_AT_ONCE = 100
MOST_LISTED = 200
MOST_BOOKED = 5_000


class Closed(BaseModel):
    """An unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Part(Closed):
    """原文的一段."""

    field: str = Field(title="字段", examples=["text"], min_length=1, max_length=200)
    start: int = Field(title="起（字）", examples=[12], ge=0)
    text: str = Field(title="原文", examples=["（略）"], min_length=1, max_length=10_000)


class Restored(Closed):
    """解除后送回台账的各字段：接入服务已按未封存时清洗（号码、姓名已隐去）."""

    title: str | None = Field(None, title="标题", max_length=2_000)
    text: str | None = Field(None, title="内容", max_length=40_000)
    category: str | None = Field(None, title="内容分类", max_length=2_000)
    address: str | None = Field(None, title="地址", max_length=2_000)
    accused: str | None = Field(None, title="被反映单位", max_length=2_000)
    details: dict[str, Any] | None = Field(None, title="渠道专有字段（全部）")
    reply: str | None = Field(None, title="答复（办理结果）", max_length=40_000)


class Kept(Closed):
    """库内的一件：原文各段（规则更新后再送的并存），和到哪里去问."""

    jurisdiction: str = Field(title="县级行政区划代码", examples=["990101"], pattern="^[0-9]{6}$")
    channel: Channel = Field(title="渠道", examples=["hotline"])
    source: str = Field(title="来源", examples=["pingchuan-12345"], min_length=1, max_length=128)
    number: str = Field(title="事件编号", examples=["hotline-2026-000123"], min_length=1, max_length=128)
    up: bool = Field(title="被反映的是纪检机关或 12345 受理台自身：由上一级查阅", examples=[False])
    rules: str = Field(title="规则版本", examples=["triage-1"], min_length=1, max_length=64)
    content: str | None = Field(
        None, title="原件内容码：同一起因、同一内容码即为同一件", examples=["c1:00"], min_length=1, max_length=200
    )
    parts: list[Part] = Field(title="原文各段", min_length=1)
    restored: Restored | None = Field(None, title="解除后送回台账的内容；没有则不能自动送回")
    of: str | None = Field(
        None, title="办理结果所办件的事件编号", examples=["hotline-2026-000123"], min_length=1, max_length=128
    )


class Entry(Kept):
    """一件中封存的内容：原文各段，和到哪里去问."""

    parts: list[Part] = Field(title="原文各段", min_length=1, max_length=MOST_PARTS)


class EntryOf(Entry):
    """一件中封存的内容，及其起因."""

    cause: str = Field(title="起因", examples=["0" * 64], pattern=CAUSE)


class Entries(Closed):
    """一次提交中封存的各件."""

    entries: list[EntryOf] = Field(title="各件", min_length=1, max_length=MOST_AT_ONCE)


class Decision(Closed):
    """理由."""

    reason: str = Field(title="理由", examples=["属于监督范围"], min_length=1, max_length=500)


class Sealed(BaseModel):
    """封存凭据：不透明，同一起因总是同一个."""

    receipt: str = Field(title="凭据", examples=["0" * 40])


class SealedEach(BaseModel):
    """各件的凭据，次序与提交相同."""

    receipts: list[str | None] = Field(title="凭据；同一起因先前送过不同内容的为空", examples=[["0" * 40, None]])


Return = Literal["waiting", "done", "refused", "erased"]


class Head(BaseModel):
    """封存件：不含原文."""

    receipt: str = Field(title="凭据")
    jurisdiction: str = Field(title="县级行政区划代码")
    up: bool = Field(title="提级查阅")
    state: State = Field(title="状态")
    label: str = Field(title="状态（中文）")
    received_at: int = Field(title="封存时间（UTC 毫秒）")
    due_at: int = Field(title="应在此前确认或解除（UTC 毫秒；只扣周末）")
    returned: Return | None = Field(
        None,
        title="解除后是否已送回台账：waiting 待送回，done 已送回，refused 台账未采用，erased 送回前已清除",
    )


class Heads(BaseModel):
    """一页，新的在前."""

    sealed: list[Head]
    next: str | None = Field(default=None, title="下一页：作为参数 after")


class Act(BaseModel):
    """对封存件做过的事."""

    act: Literal["confirm", "release", "erase"]
    by: str = Field(title="经办人编号")
    name: str = Field(title="经办人")
    organisation: str = Field(title="单位")
    at: int = Field(title="时间（UTC 毫秒）")
    reason: str | None = Field(default=None, title="理由；随原文一并清除的不再可读")


class View(Head):
    """封存件与原文；已清除的没有原文."""

    entry: Kept | None = Field(default=None, title="封存的内容")
    acts: list[Act] = Field(default_factory=list, title="经过")


class Booked(BaseModel):
    """对账用：凭据与起因；解除后已公开的，另注是否送回."""

    receipt: str
    cause: str
    returned: Return | None = None


class Books(BaseModel):
    """一页，旧的在前."""

    entries: list[Booked]
    next: str | None = Field(default=None, title="下一页：作为参数 after")


class Read(BaseModel):
    """一次查阅或尝试."""

    at: int = Field(title="时间（UTC 毫秒）")
    by: str
    name: str
    role: str
    organisation: str
    area: str = Field(title="令牌的属地前缀")
    act: str
    receipts: list[str]
    found: bool = Field(title="是否有可见的封存件")


class Reads(BaseModel):
    """一页，新的在前."""

    reads: list[Read]
    next: int | None = Field(default=None, title="下一页：作为参数 before")


MODELS: tuple[type[BaseModel], ...] = (
    Sealed,
    SealedEach,
    Entry,
    EntryOf,
    Entries,
    Decision,
    Head,
    Heads,
    View,
    Books,
    Reads,
)
