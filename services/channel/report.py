"""What an agency says in a report or outcome, before the door cleans it; only checked, nothing decided."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from services.channel.fields import (
    Account,
    Flag,
    GridCode,
    IdCard,
    Labelled,
    Line,
    Number,
    Organisation,
    PersonName,
    Phone,
    Prose,
    Text,
    Time,
    Title,
    listed,
    optional,
    required,
)
from wufang.domain import report as domain
from wufang.readmodel import labels


class Model(BaseModel):
    """Closed and immutable: an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    def wire(self) -> dict[str, Any]:
        """Plain JSON values without the fields that were left out; times in UTC with milliseconds."""
        return self.model_dump(mode="json", exclude_defaults=True)


CONTACT: Mapping[domain.ContactMode, str] = {
    "contactable": "可联系（转接，号码不外露）",
    "confidential": "保密（仅受理台可见）",
    "anonymous": "匿名（凭回执查询答复）",
}


class ContactMode(Labelled):
    """联系方式: how the desk may reach the reporter; the values are the domain's."""

    _ignore_ = "each"
    for each in get_args(domain.ContactMode):
        vars()[each.upper()] = each, CONTACT[each]


class Result(Labelled):
    """办结结果: how one report ended in its own channel; the values are the domain's."""

    _ignore_ = "each"
    for each in get_args(domain.Result):
        vars()[each.upper()] = each, labels.RESULTS[each]


class Point(Model):
    """经纬度, WGS-84 degrees."""

    lat: float = required("纬度", 27.83, ge=-90, le=90, strict=True, allow_inf_nan=False)
    lon: float = required("经度", 113.13, ge=-180, le=180, strict=True, allow_inf_nan=False)


class Details(Model):
    """渠道专有字段: the fields only one channel's trade has."""


D = TypeVar("D", bound=Details)


LINKED_BY = "据以关联的是前 4 个、每个不少于 4 个字符；其余的照样留存，但不据以关联。"


class CommonReport(Model, Generic[D]):
    """诉求件: what every channel's report may say; nothing here names a person."""

    title: Title = required("标题", "青石巷夜间施工噪音扰民")
    text: Text = required("内容", "青石巷工地连续三晚施工到凌晨两点，附近居民无法休息。")
    occurred_at: Time = required("发生时间", "2026-03-05T09:30:00+08:00")
    number: Number | None = optional("来源编号", "RX-2026-000123")
    received_at: Time | None = optional("受理时间", "2026-03-05T09:41:00+08:00")
    category: Line | None = optional("内容分类", "噪音扰民")
    address: Line | None = optional("问题属地地址", "平川县青石巷18号工地")
    grid_code: GridCode | None = optional("网格编码", "990101003007")
    point: Point | None = optional("经纬度", {"lat": 27.83, "lon": 113.13})
    contact_mode: ContactMode | None = optional("联系方式", "contactable")
    public: Flag | None = optional("是否公开", True)
    enterprise: Flag | None = optional("是否涉企", False)
    accused: Organisation | None = optional("被反映单位", "平川县某建筑公司")
    related: tuple[Number, ...] = listed("关联编号", ["RX-2026-000098"], 50, LINKED_BY)
    details: D | None = optional("渠道专有字段", {})


class ReportOfPerson(CommonReport[D], Generic[D]):
    """A report that a person may stand behind; the door turns these four into one keyed pseudonym."""

    reporter: Account | None = optional("诉求人账号（来源系统内的稳定编号）", "user-000451")
    reporter_name: PersonName | None = optional("诉求人姓名", "某某某")
    reporter_phone: Phone | None = optional("诉求人电话", "13000000000")
    reporter_id_card: IdCard | None = optional("诉求人证件号", "990101190001010000")


PERSONAL_FIELDS = ("reporter", "reporter_name", "reporter_phone", "reporter_id_card")


class Outcome(Model):
    """办理结果: how one earlier report of the same source and county ended; it ends the report, never the case."""

    report: Number = required("诉求件的事件编号（同一来源、同一县区的件）", "hotline-2026-000123")
    result: Result = required("办结结果", "solved")
    concluded_at: Time = required("办结时间", "2026-03-09T17:20:00+08:00")
    reply: Prose | None = optional("答复", "已责令工地22时后停止施工，居民反映噪音已消除。")
    satisfied: Flag | None = optional("诉求人是否满意", True)


class Submission(Model):
    """CloudEvents 1.0 envelope; a concrete event type fixes `type` and `data` (services/channel/spec.py)."""

    specversion: str = Field(title="CloudEvents 版本", examples=["1.0"], pattern="^1\\.0$", max_length=3)
    id: Number = required("事件编号", "hotline-2026-000123")
    type: str = Field(title="事件类型", examples=["wufang.hotline.report.v1"], max_length=64)
    source: str | None = optional("来源（须与密钥登记的来源一致）", "pingchuan-12345", min_length=1, max_length=128)
    time: Time | None = optional("事件时间（保留：只查格式；主题上的时间取自 data）", "2026-03-05T09:30:00+08:00")
    jurisdiction: str | None = optional(
        "县级行政区划代码（与事件编号一起认定是哪一件）", "990101", pattern="^[0-9]{6}$", max_length=6
    )
    datacontenttype: str | None = optional(
        "数据类型（保留：只查格式，不转存）",
        "application/json",
        pattern="^application/json(; ?charset=utf-8)?$",
        max_length=32,
    )
    dataschema: str | None = optional(
        "数据契约（保留：只查格式，不转存）", "schemas/submissions/hotline/report.v1.schema.json", max_length=300
    )
    traceparent: str | None = optional(
        "链路追踪（保留：只查格式，不转存）",
        "00-" + "0" * 31 + "1-" + "0" * 15 + "1-01",
        pattern="^[0-9a-f-]{55}$",
        max_length=55,
    )
