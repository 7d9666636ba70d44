"""What contracts there are: event types, schemas, topics and examples, from the packaged files alone."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from wufang.contracts.topics import TopicSpec, load_topics

SCHEMA_SUFFIX = ".schema.json"


class EventType(msgspec.Struct, frozen=True):
    """One CloudEvents type of a channel; schema names are paths under schemas/."""

    name: str
    channel: str
    event: str
    version: int
    topic: str
    owner: str

    @property
    def submission_schema(self) -> str:
        """What an agency sends."""
        return f"submissions/{self.channel}/{self.event}.v{self.version}{SCHEMA_SUFFIX}"

    @property
    def event_schema(self) -> str:
        """What stands on the topic."""
        return f"events/{self.channel}/{self.event}.v{self.version}{SCHEMA_SUFFIX}"


class Example(msgspec.Struct, frozen=True):
    """A named submission; `content` is a whole CloudEvent."""

    name: str
    channel: str
    event: str
    content: dict[str, Any]


@cache
def event_types() -> tuple[EventType, ...]:
    """Every CloudEvents type that a topic declares. Raises ValueError on a malformed name."""
    names = [(name, topic) for topic in load_topics() for name in topic.event_types]
    return tuple(_event_type(name, topic) for name, topic in names if name.startswith("wufang."))


def _event_type(name: str, topic: TopicSpec) -> EventType:
    _, channel, event, version = name.split(".")
    if topic.name != f"reports.{channel}" or not version.startswith("v"):
        raise ValueError(f"topic {topic.name} declares the event type {name}")
    return EventType(name, channel, event, int(version[1:]), topic.name, topic.owner)


def event_type(name: str) -> EventType:
    """Raises KeyError for an unknown type."""
    return {known.name: known for known in event_types()}[name]


def folder() -> Traversable:
    """The packaged schemas/ folder."""
    return files("schemas")


def read_schema(path: str) -> dict[str, Any]:
    """One schema by its path under schemas/. Raises KeyError when there is none of that name."""
    if path not in schema_paths():
        raise KeyError(path)
    schema: dict[str, Any] = msgspec.json.decode((folder() / path).read_bytes())
    return schema


@cache
def schema_paths() -> tuple[str, ...]:
    """Every current schema, as a path under schemas/ (the released ones stand apart, under released/)."""
    return tuple(p for p in walk(folder(), "") if p.endswith(SCHEMA_SUFFIX) and not p.startswith("released/"))


@cache
def examples(channel: str, event: str) -> tuple[Example, ...]:
    """The named examples of what an agency may send, by name."""
    paths = walk(folder() / "examples" / channel / event, "")
    return tuple(
        Example(p.removesuffix(".json"), channel, event, _json(folder() / "examples" / channel / event / p))
        for p in paths
    )


def walk(place: Traversable, prefix: str) -> Iterator[str]:
    """Every JSON file below, as a relative path, in order."""
    if not place.is_dir():
        return
    for item in sorted(place.iterdir(), key=lambda each: each.name):
        if item.is_dir():
            yield from walk(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".json"):
            yield f"{prefix}{item.name}"


def _json(file: Traversable) -> Any:
    return msgspec.json.decode(file.read_bytes())
