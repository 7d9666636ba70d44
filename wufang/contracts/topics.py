"""The topics as schemas/topics declares them; it only parses packaged files and knows no prefix."""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec


class TopicSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One topic: its owner, its key, how the broker keeps it, where what cannot be used goes."""

    name: str
    label: str
    owner: str
    purpose: str
    key: str
    partitions: int
    config: dict[str, str]
    quarantine: str | None = None
    event_types: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    """Schemas of the record values, paths under schemas/; empty where the value is opaque bytes."""

    def __post_init__(self) -> None:
        if self.partitions < 1:
            raise ValueError(f"topic {self.name} declares no partition")


def parse_topic(text: str) -> TopicSpec:
    """One topic file. Raises msgspec.ValidationError or tomllib.TOMLDecodeError, naming what is wrong."""
    return msgspec.convert(tomllib.loads(text), TopicSpec)


@cache
def load_topics() -> tuple[TopicSpec, ...]:
    """Every topic, by name. Raises ValueError when a file is not named after its topic."""
    folder = files("schemas") / "topics"
    return tuple(_load(file) for file in sorted(folder.iterdir(), key=lambda f: f.name) if file.name.endswith(".toml"))


def _load(file: Traversable) -> TopicSpec:
    topic = parse_topic(file.read_text("utf-8"))
    if file.name != f"{topic.name}.toml":
        raise ValueError(f"{file.name} declares the topic {topic.name}")
    return topic
