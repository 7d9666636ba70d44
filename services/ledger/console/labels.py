"""The words of the console: 中文 for every code a page shows; an unknown code is shown as it is."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from wufang.contracts import registry
from wufang.domain.report import CHANNEL_LABELS
from wufang.domain.shanghai import local
from wufang.readmodel.labels import (
    ANSWERS,
    CONTACT,
    DANGERS,
    EVENTS,
    LANES,
    LINKS,
    PROGRESS,
    RESULTS,
    SORTS,
    STATES,
    TAGS,
    WARNING_STATES,
    WARNINGS,
    about,
    percent,
)

__all__ = [  # what the templates ask for; one table with the command line
    "ANSWERS",
    "CHANNELS",
    "CONTACT",
    "DANGERS",
    "EVENTS",
    "FACETS",
    "LANES",
    "LINKS",
    "PROGRESS",
    "RESULTS",
    "SORTS",
    "STATES",
    "TAGS",
    "WARNINGS",
    "WARNING_STATES",
    "about",
    "answered",
    "clock",
    "day",
    "detail",
    "detail_value",
    "percent",
    "value_label",
]

CHANNELS: Mapping[str, str] = {str(channel): label for channel, label in CHANNEL_LABELS.items()}
FACETS: Mapping[str, str] = {
    "channel": "渠道",
    "jurisdiction": "区县",
    "progress": "办结情况",
    "danger": "立即转接",
    "lane": "办理方式",
    "tag": "标签",
    "category": "内容分类",
    "link_kind": "关联",
    "month": "最早发生月份",
    "state": "状态",
}

_VALUES: Mapping[str, Mapping[str, str]] = {
    "channel": CHANNELS,
    "progress": PROGRESS,
    "state": STATES,
    "danger": DANGERS,
    "lane": LANES,
    "tag": TAGS,
    "link_kind": LINKS,
}


def value_label(facet: str, value: str) -> str:
    """A facet's value for people."""
    if facet == "month":
        year, _, month = value.rpartition("-")  # a year before the first has a sign
        return f"{year}年{int(month)}月"
    return _VALUES.get(facet, {}).get(value, value)


def answered(answers: Mapping[str, int]) -> str:
    """How often the suggested categories were corrected: of the cases whose category a person decided."""
    kept, corrected, unasked = (answers.get(answer, 0) for answer in ANSWERS)
    asked = kept + corrected
    share = f"（更正率 {percent(corrected / asked)}）" if asked else ""
    return f"分类建议：采纳 {kept} 个事项，更正 {corrected} 个{share}；没有建议而定类 {unasked} 个"


@cache
def _details(channel: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The channel's own fields as its contract has them, and the definitions they refer to."""
    schema = registry.read_schema(f"events/{channel}/report.v1.schema.json")
    data = schema["properties"]["data"]
    definitions = {**schema.get("$defs", {}), **data.get("$defs", {})}
    return _plain(data["properties"]["details"], definitions)["properties"], definitions


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind its reference."""
    return definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def detail(channel: str, name: str) -> str:
    """A channel's own field for people."""
    return _title(_details(channel)[0], name) if channel in CHANNELS else name


def detail_value(channel: str, name: str, value: Any) -> str:
    """A channel's own field's value for people: codes by the labels of the contract, times as Beijing has them."""
    fields, definitions = _details(channel) if channel in CHANNELS else ({}, {})
    return _value(value, fields.get(name, {}), definitions)


def _title(fields: Mapping[str, Any], name: str) -> str:
    title: str = fields.get(name, {}).get("title", name)
    return title


def _value(value: Any, given: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    schema = _plain(given, definitions)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_value(each, schema.get("items", {}), definitions) for each in value)
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        inner = {name: _value(each, fields.get(name, {}), definitions) for name, each in value.items()}
        return "，".join(f"{_title(fields, name)}：{shown}" for name, shown in inner.items())
    if schema.get("format") == "date-time":
        return clock(datetime.fromisoformat(value))
    return str(schema.get("x-labels", {}).get(value, value))


def clock(moment: datetime) -> str:
    """Beijing time to the minute."""
    return local(moment).strftime("%Y-%m-%d %H:%M")


def day(moment: datetime) -> str:
    """Beijing date."""
    return local(moment).strftime("%Y-%m-%d")
