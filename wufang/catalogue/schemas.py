"""Builds every JSON Schema (2020-12) from the models: what is sent, what stands on topics and in records."""

from typing import Any, get_args

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from services.channel import PERSONAL_FIELDS, ChannelSpec
from services.channel.fields import DAY_PATTERN, TIME_PATTERN
from wufang.catalogue.channels import channel_specs
from wufang.contracts.registry import EventType, event_types
from wufang.domain import report
from wufang.domain.events import Event
from wufang.wire.inputs import COMMANDS
from wufang.wire.record import Record

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "urn:wufang:schemas:"
WIRE_TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": DAY_PATTERN[:-1] + r"T[0-9:]{8}[.][0-9]{3}Z$",
    "maxLength": 24,
}
MASKING_GROWTH = (
    2  # masking and the door's words for mentions at most double a text (a name of two signs becomes [姓名])
)
LEDGER_EVENTS: dict[str, type[msgspec.Struct]] = {str(event.__struct_config__.tag): event for event in get_args(Event)}


class WrappedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """数据密钥: a report's data key, encrypted under a named master key; a tombstone in its place erases."""

    master: str
    nonce: str
    key: str


def all_schemas() -> dict[str, Schema]:
    """Path under schemas/ to schema, for everything."""
    specs = {spec.name: spec for spec in channel_specs()}
    made = {}
    for kind in event_types():
        spec = specs[kind.channel]
        made[kind.submission_schema] = _submission(spec, kind)
        made[kind.event_schema] = _event(spec, kind)
    for name, command in COMMANDS.items():
        path = command_schema(name)
        made[path] = _command(name, path, command)
    for tag, struct in LEDGER_EVENTS.items():
        made[f"ledger/{tag}.schema.json"] = _of_struct(struct, f"ledger/{tag}.schema.json")
    made["ledger/record.v1.schema.json"] = _of_struct(Record, "ledger/record.v1.schema.json")
    made["data_keys/wrapped_key.v1.schema.json"] = _of_struct(WrappedKey, "data_keys/wrapped_key.v1.schema.json")
    return made


def _headed(path: str, title: str, description: str, schema: Schema) -> Schema:
    """`$id` is a name, not an address: nothing is ever fetched."""
    rest = {k: v for k, v in schema.items() if k not in ("title", "description", "$schema", "$id")}
    head = {"$schema": DIALECT, "$id": BASE + path.removesuffix(".schema.json").replace("/", ":")}
    return {**head, "title": title, "description": description, **rest}


def _submission(spec: ChannelSpec, kind: EventType) -> Schema:
    schema = _of_model(spec.events[kind.name])
    title = f"{spec.label}：{_label(kind)}（来件）"
    return _headed(kind.submission_schema, title, f"What an agency sends as {kind.name}.", schema)


def _label(kind: EventType) -> str:
    return {"report": "诉求件", "outcome": "办理结果"}[kind.event]


class _Plain(GenerateJsonSchema):
    """Without the titles pydantic makes up from English field names; ours are the Chinese terms."""

    def get_title_from_name(self, name: str) -> str:
        return ""


def _of_model(model: type[BaseModel]) -> Schema:
    schema: Schema = _strip(model.model_json_schema(schema_generator=_Plain))
    return schema


def _strip(value: Any) -> Any:
    """Drops empty titles and defaults of null, which say nothing."""
    if isinstance(value, dict):
        return {k: _strip(v) for k, v in value.items() if k != "default" and (k, v) != ("title", "")}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value


def _of_struct(struct: Any, path: str) -> Schema:
    schema = msgspec.json.schema(struct, ref_template="#/$defs/{name}")
    name = schema.pop("$ref").rsplit("/", 1)[1]
    own = schema["$defs"].pop(name)
    if schema["$defs"]:
        own["$defs"] = schema["$defs"]
    doc = (struct.__doc__ or "").strip().split("\n")[0]
    return _headed(path, name, doc, own)


def _event(spec: ChannelSpec, kind: EventType) -> Schema:
    """The CloudEvent on the topic: the submission's data, cleaned, inside the door's own envelope."""
    data = _of_model(spec.report if kind.event == "report" else spec.outcome)
    defs = data.pop("$defs", {})
    data = _on_topic(data)
    properties = {name: field for name, field in data["properties"].items() if name not in PERSONAL_FIELDS}
    if spec.takes_reporter and kind.event == "report":
        properties["reporter"] = {"$ref": "#/$defs/Reporter"}
        defs["Reporter"] = REPORTER
    properties["sealed"] = {"$ref": "#/$defs/Sealed"}
    properties["conduct"] = {"$ref": "#/$defs/SealedPart"}
    if kind.event == "report":
        properties["screened"] = SCREENED
        properties["proposed"] = PROPOSED
    data["properties"] = properties
    envelope = _envelope(kind.name, kind.event_schema)
    schema = {
        "type": "object",
        "properties": {**envelope, "data": {"title": "内容", **data}},
        "required": [*envelope, "data"],
        "additionalProperties": False,
        "$defs": {
            **{name: _on_topic(each) for name, each in defs.items()},
            "Sealed": SEALED,
            "SealedPart": SEALED_PART,
        },
    }
    title = f"{spec.label}：{_label(kind)}（主题上）"
    return _headed(kind.event_schema, title, f"What stands on {kind.topic} as {kind.name}.", schema)


def command_schema(event_type: str) -> str:
    """The path under schemas/ of a command's CloudEvent."""
    _, _, name, version = event_type.split(".")
    return f"commands/{name}.{version}.schema.json"


def _command(event_type: str, path: str, command: Any) -> Schema:
    data = _of_struct(command, path)
    defs = data.pop("$defs", {})
    inner = {key: value for key, value in data.items() if key not in ("$schema", "$id", "title", "description")}
    properties = _envelope(event_type, path)
    schema = {
        "type": "object",
        "properties": {**properties, "data": {"title": "内容", **inner}},
        "required": [*properties, "data"],
        "additionalProperties": False,
        "$defs": defs,
    }
    title = (command.__doc__ or "").split(":")[0]
    return _headed(path, f"指令：{title}", f"What stands on commands as {event_type}.", schema)


def _envelope(event_type: str, schema: str) -> dict[str, Schema]:
    return {
        "specversion": {"const": "1.0", "title": "CloudEvents 版本"},
        "id": {"type": "string", "minLength": 1, "maxLength": 128, "title": "事件编号"},
        "source": {"type": "string", "minLength": 1, "maxLength": 128, "title": "登记的来源"},
        "type": {"const": event_type, "title": "事件类型"},
        "time": {**WIRE_TIME, "title": "发生时间"},
        "datacontenttype": {"const": "application/json", "title": "数据类型"},
        "dataschema": {"const": f"schemas/{schema}", "title": "数据契约"},
        "jurisdiction": {"type": "string", "pattern": "^[0-9]{6}$", "title": "县级行政区划代码"},
        "acceptedat": {**WIRE_TIME, "title": "接收时间（接收端时钟）"},
        "contentmac": {
            "type": "string",
            "pattern": "^[a-z0-9-]{1,32}:[0-9a-f]{64}$",
            "title": "原始内容的 HMAC-SHA256（密钥名:十六进制）",
        },
    }


REPORTER: Schema = {
    "type": "object",
    "title": "诉求人代号",
    "description": "A keyed pseudonym and what it was made from; never a name or a number.",
    "properties": {
        "pseudonym": {"type": "string", "pattern": "^[0-9a-f]{32}$", "title": "代号"},
        "basis": {"enum": list(report.Reporter.__annotations__["basis"].__args__), "title": "依据"},
    },
    "required": ["pseudonym", "basis"],
    "additionalProperties": False,
}
_BASE64 = {"type": "string", "pattern": "^[0-9A-Za-z+/]+={0,2}$"}
SEALED: Schema = {
    "type": "object",
    "title": "密文",
    "description": "What the door took out: AES-256-GCM of JSON {field: original} under an erasable key.",
    "properties": {
        "key": {"type": "string", "pattern": "^[0-9a-f]{32}$", "title": "数据密钥编号"},
        "nonce": {**_BASE64, "maxLength": 32, "title": "随机数"},
        "ciphertext": {**_BASE64, "maxLength": 200_000, "title": "密文"},
    },
    "required": ["key", "nonce", "ciphertext"],
    "additionalProperties": False,
}
SEALED_PART: Schema = {
    "type": "object",
    "title": "另行转交的部分",
    "description": "A part that another office has: its opaque receipt, or that it waits in `sealed` for it.",
    "properties": {
        "receipt": {"type": "string", "pattern": "^[0-9A-Za-z_-]{8,128}$", "title": "凭据"},
        "held": {"type": "boolean", "title": "待移交"},
        "danger": {"enum": ["110", "119", "120"], "title": "全文须立即转接"},
    },
    "additionalProperties": False,
}
SCREENED: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 128,
    "title": "已筛查所用的规则标记（版本与校验值）",
    "description": "By the rules of this mark the door found nothing for another office in title and text.",
}

PROPOSED: Schema = {
    "type": "object",
    "title": "按来件自身提出的建议",
    "description": "What the door proposed by the same rules, of the report alone; nothing for a plain one.",
    "properties": {
        "danger": {"enum": ["110", "119", "120"], "title": "须立即转接"},
        "lane": {"enum": ["urgent", "dedicated", "ordinary"], "title": "办理方式"},
        "tags": {"type": "array", "maxItems": 2, "items": {"enum": ["study", "joint"]}, "title": "标签"},
        "facts": {
            "type": "array",
            "maxItems": 24,
            "title": "依据",
            "items": {
                "type": "object",
                "properties": {
                    "rule": {"type": "string", "maxLength": 256},
                    "matched": {"type": "string", "maxLength": 40},
                    "field": {"enum": ["title", "text", "context"]},
                    "start": {"type": "integer", "minimum": 0},
                    "end": {"type": "integer", "minimum": 0},
                    "why": {"type": "string", "maxLength": 2_000},
                },
                "required": ["rule", "matched", "field", "start", "end", "why"],
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def _on_topic(value: Any) -> Any:
    """A schema of what is sent after the door: no nulls, times in UTC, prose longer by the masks."""
    if isinstance(value, list):
        return [_on_topic(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("pattern") == TIME_PATTERN:
        return {**{k: v for k, v in value.items() if k not in ("examples",)}, **WIRE_TIME}
    plain = {k: _on_topic(v) for k, v in value.items() if k not in ("anyOf", "examples")}
    if value.get("x-prose") and "maxLength" in value:
        plain["maxLength"] = value["maxLength"] * MASKING_GROWTH
    return {**plain, **_without_null(value.get("anyOf", []))}


def _without_null(choices: list[Schema]) -> Schema:
    left: list[Schema] = [_on_topic(choice) for choice in choices if choice.get("type") != "null"]
    if len(left) == 1:
        return left[0]
    return {"anyOf": left} if left else {}
