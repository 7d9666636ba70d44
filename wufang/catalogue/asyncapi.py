"""The AsyncAPI 3.0 document of all topics, from schemas and topic files; it refers to nothing outside."""

from typing import Any

from wufang import __version__
from wufang.contracts.registry import event_type
from wufang.contracts.topics import TopicSpec, load_topics

Document = dict[str, Any]
_HEADERS = {
    "quarantine": {
        "type": "object",
        "properties": {
            "reason": {"type": "string", "description": "为何隔离 · a fixed word"},
            "detail": {"type": "string", "description": "说明 · for operators, quotes no values"},
            "stage": {"type": "string", "enum": ["ledger", "indexer"], "description": "哪一步"},
            "position": {"type": "string", "description": "原位置 · topic/partition/offset"},
        },
        "required": ["reason", "detail", "stage", "position"],
    }
}


def asyncapi(schemas: dict[str, Document]) -> Document:
    """`schemas` is path under schemas/ to JSON Schema."""
    topics = load_topics()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "五方贯通 · 事件契约",
            "version": __version__,
            "description": "五个渠道的诉求件、台账与隔离区。Topics of the channels, ledger and quarantine; "
            "on the broker each name carries a prefix.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": {name: each for topic in topics for name, each in _operations(topic).items()},
        "components": {"messages": _messages(topics, schemas)},
    }


def _message_names(topic: TopicSpec) -> dict[str, str | None]:
    """Message name to its schema; a topic of opaque bytes has one message without."""
    if not topic.schemas:
        return {f"{topic.name}.value": None}
    return {_message_name(topic, schema): schema for schema in topic.schemas}


def _message_name(topic: TopicSpec, schema: str) -> str:
    names = {event_type(name).event_schema: name for name in topic.event_types if name.startswith("wufang.")}
    return names.get(schema, schema.removesuffix(".schema.json").replace("/", "."))


def _channel(topic: TopicSpec) -> Document:
    return {
        "address": topic.name,
        "title": topic.label,
        "description": topic.purpose,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _message_names(topic)},
        "bindings": {"kafka": {"topic": topic.name, "partitions": topic.partitions, "bindingVersion": "0.5.0"}},
        "x-owner": topic.owner,
        "x-key": topic.key,
        "x-quarantine": topic.quarantine,
        "x-config": topic.config,
    }


def _operations(topic: TopicSpec) -> dict[str, Document]:
    """Seen from this system: doors and streams send, streams receive."""
    channel = {"$ref": f"#/channels/{topic.name}"}
    messages = [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _message_names(topic)]
    return {
        f"{action}.{topic.name}": {"action": action, "channel": channel, "messages": messages}
        for action in ("send", "receive")
    }


def _messages(topics: tuple[TopicSpec, ...], schemas: dict[str, Document]) -> dict[str, Document]:
    made = {}
    for topic in topics:
        for name, schema in _message_names(topic).items():
            made[name] = _message(topic, name, None if schema is None else schemas[schema])
    return made


def _message(topic: TopicSpec, name: str, schema: Document | None) -> Document:
    message: Document = {
        "name": name,
        "title": topic.label if schema is None else schema["title"],
        "summary": topic.purpose if schema is None else schema["description"],
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": "0.5.0"}},
    }
    if topic.name in _HEADERS:
        message["headers"] = _HEADERS[topic.name]
    if schema is None:
        return {**message, "contentType": "application/octet-stream"}
    inside = _rooted(schema, f"#/components/messages/{name}/payload/schema")
    return {**message, "payload": {"schemaFormat": _FORMAT, "schema": inside}}


# The one JSON Schema version AsyncAPI 3.0 names; ours use no more than it has, but for the name of $defs.
_FORMAT = "application/schema+json;version=draft-07"
_ALONE = frozenset({"$schema", "$id", "discriminator"})


def _rooted(value: Any, root: str) -> Any:
    """References of a stand-alone schema, from inside the one document."""
    if isinstance(value, dict):
        inside = {key: each for key, each in value.items() if key not in _ALONE}
        return {_word(k): _target(v, root) if k == "$ref" else _rooted(v, root) for k, v in inside.items()}
    if isinstance(value, list):
        return [_rooted(item, root) for item in value]
    return value


def _word(key: str) -> str:
    return "definitions" if key == "$defs" else key


def _target(ref: str, root: str) -> str:
    return root + ref.removeprefix("#").replace("/$defs/", "/definitions/")
