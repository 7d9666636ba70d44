"""The event and topic pages of docs/catalogue, written from the schemas; nobody edits them by hand."""

import json
from collections.abc import Iterator
from typing import Any

from wufang.contracts.registry import EventType, event_types, examples
from wufang.contracts.topics import TopicSpec, load_topics

Schema = dict[str, Any]
_MADE = "<!-- 由 `make catalogue` 生成，请勿手改 · generated, do not edit -->\n\n"


def topics_page() -> str:
    """docs/catalogue/topics.md."""
    rows = "".join(_topic_row(topic) for topic in load_topics())
    details = "".join(_topic_section(topic) for topic in load_topics())
    return (
        f"{_MADE}# 主题目录 · Topics\n\n"
        "代码与记录中用这里的名字；在 Kafka 上前面加部署前缀。"
        "Names on the broker carry the deployment's prefix.\n\n"
        "| 主题 topic | 中文 | 归属 owner | 分区 partitions | 键 key | 隔离 quarantine |\n"
        "|---|---|---|---|---|---|\n"
        f"{rows}\n{details}".rstrip()
        + "\n"
    )


def _topic_row(topic: TopicSpec) -> str:
    quarantine = f"`{topic.quarantine}`" if topic.quarantine else "–"
    cells = (f"`{topic.name}`", topic.label, topic.owner, str(topic.partitions), topic.key, quarantine)
    return f"| {' | '.join(cells)} |\n"


def _topic_section(topic: TopicSpec) -> str:
    config = "".join(f"- `{key}` = `{value}`\n" for key, value in topic.config.items())
    types = "".join(f"- `{name}`\n" for name in topic.event_types) or "- 无 none\n"
    schemas = "".join(f"- [{name}](../../schemas/{name})\n" for name in topic.schemas) or "- 原始字节 opaque bytes\n"
    return (
        f"## {topic.name} {topic.label}\n\n{topic.purpose}.\n\n事件类型 event types:\n\n{types}\n"
        f"契约 schemas:\n\n{schemas}\n配置 configuration:\n\n{config}\n"
    )


def events_page(schemas: dict[str, Schema]) -> str:
    """docs/catalogue/events.md; `schemas` is path under schemas/ to JSON Schema."""
    parts = [_event_section(kind, schemas) for kind in sorted(event_types(), key=lambda kind: kind.name)]
    parts += [
        _ledger_section(path, schemas[path]) for path in sorted(schemas) if path.startswith(("ledger/", "data_keys/"))
    ]
    return f"{_MADE}# 事件目录 · Events\n\n{_legend()}" + "".join(parts).rstrip() + "\n"


def _legend() -> str:
    return (
        "“来件”是各单位提交的内容，字段如下表；主题上另有接收端加上的字段（见契约文件）。"
        "Fields as an agency sends them; what the door adds stands in the event schema.\n\n"
        "与 `data` 并列的 `jurisdiction`（县级行政区划代码）可以不填：诉求件先按网格编码、再按密钥所属机关确定县区。"
        "密钥可报多个县区的，办理结果须写明所办件的县区。"
        "A report without `jurisdiction` is placed by its grid code, else under the key's own authority; "
        "an outcome sent with a key for more than one county must name the county its report stands in.\n\n"
        "`time`、`traceparent`、`datacontenttype`、`dataschema` 是保留字段：可以填，只查格式，不使用、不转存；"
        "主题上的 `time` 取自发生时间或办结时间。"
        "These four are reserved: their form is checked, their value is not used.\n\n"
    )


def _event_section(kind: EventType, schemas: dict[str, Schema]) -> str:
    sent, stands = kind.submission_schema, kind.event_schema
    names = ", ".join(
        f"[{e.name}](../../schemas/examples/{kind.channel}/{kind.event}/{e.name}.json)"
        for e in examples(kind.channel, kind.event)
    )
    return (
        f"## {kind.name}\n\n{schemas[sent]['title'].removesuffix('（来件）')} · 主题 topic `{kind.topic}` · "
        f"归属 owner {kind.owner}\n\n"
        f"来件契约 [{sent}](../../schemas/{sent}) · 主题契约 [{stands}](../../schemas/{stands}) · "
        f"示例 examples: {names}\n\n"
        f"{_table(schemas[sent], schemas[sent]['properties']['data'])}\n"
    )


def _ledger_section(path: str, schema: Schema) -> str:
    return (
        f"## {path.removesuffix('.schema.json')}\n\n{schema['description']}\n\n"
        f"契约 [{path}](../../schemas/{path})\n\n{_table(schema, schema)}\n"
    )


def _table(root: Schema, node: Schema) -> str:
    head = "| 字段 field | 中文 | 类型 type | 必填 required | 示例 example |\n|---|---|---|---|---|\n"
    return head + "".join(_rows(root, node, ""))


def _rows(root: Schema, node: Schema, prefix: str) -> Iterator[str]:
    node = _resolved(root, node)
    for name, field in node.get("properties", {}).items():
        required = "是" if name in node.get("required", ()) else ""
        example = field.get("examples", [None])[0]
        shown = "" if example is None or isinstance(example, dict) else f"`{json.dumps(example, ensure_ascii=False)}`"
        kind = _kind(root, field).replace("|", "\\|")
        yield f"| `{prefix}{name}` | {field.get('title', '')} | {kind} | {required} | {shown} |\n"
        inner = _inner(root, field)
        if inner is not None and prefix.count(".") < 2:
            yield from _rows(root, inner, f"{prefix}{name}.")


def _resolved(root: Schema, node: Schema) -> Schema:
    if "$ref" in node:
        target: Schema = root["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return target
    return node


def _choices(root: Schema, field: Schema) -> list[Schema]:
    found = [_resolved(root, choice) for choice in field.get("anyOf", [field])]
    return [choice for choice in found if choice.get("type") != "null"]


def _inner(root: Schema, field: Schema) -> Schema | None:
    objects = [choice for choice in _choices(root, field) if choice.get("properties")]
    return objects[0] if len(objects) == 1 else None


def _kind(root: Schema, field: Schema) -> str:
    return " 或 ".join(dict.fromkeys(_one_kind(root, choice) for choice in _choices(root, field)))


def _one_kind(root: Schema, choice: Schema) -> str:
    if "enum" in choice:
        labels = choice.get("x-labels", {})
        return "、".join(f"`{v}` {labels.get(v, '')}".strip() for v in choice["enum"])
    if choice.get("type") == "array":
        most = f"，至多 {choice['maxItems']} 项" if "maxItems" in choice else ""
        return f"列表：{_kind(root, choice.get('items', {}))}{most}"
    return _plain_kind(choice)


def _plain_kind(choice: Schema) -> str:
    words = {"string": "文字", "integer": "整数", "number": "数字", "boolean": "是否", "object": "对象"}
    formats = {"date-time": "时间（带时区）", "date": "日期"}
    name = formats.get(choice.get("format", ""), words.get(str(choice.get("type", "")), "任意"))
    if choice.get("type") == "string" and "format" not in choice and "maxLength" in choice:
        return f"{name} ≤ {choice['maxLength']}"
    return name
