"""Whether the contracts are closed both ways: schema, topic, example, class and owner each lead to the others."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from wufang.contracts.registry import SCHEMA_SUFFIX
from wufang.contracts.topics import TopicSpec, parse_topic
from wufang.wire.topics import ALL, PARTITIONS

Schema = dict[str, Any]
NEEDED_EXAMPLES = ("minimal", "full")


class Contracts:
    """The contract files below one folder, as they stand there; reading them raises nothing but OSError."""

    def __init__(self, folder: Path, classes: frozenset[str]) -> None:
        self.folder = folder
        self.classes = classes
        self.broken: list[str] = []
        self.topics = {file.stem: topic for file in self._files("topics", ".toml") if (topic := self._topic(file))}
        self.schemas = {self._name(f): self._json(f) for f in self._files("", SCHEMA_SUFFIX) if not _released(f)}
        self.examples = {self._name(f): self._json(f) for f in self._files("examples", ".json")}
        self.counterexamples = {self._name(f): self._json(f) for f in self._files("counterexamples", ".json")}

    def _files(self, below: str, suffix: str) -> list[Path]:
        return sorted(path for path in (self.folder / below).rglob("*") if path.name.endswith(suffix))

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.folder))

    def _topic(self, file: Path) -> TopicSpec | None:
        try:
            return parse_topic(file.read_text("utf-8"))
        except (msgspec.ValidationError, tomllib.TOMLDecodeError, ValueError) as error:
            self.broken.append(f"{self._name(file)}: {error}")
            return None

    def _json(self, file: Path) -> Any:
        try:
            return msgspec.json.decode(file.read_bytes())
        except msgspec.DecodeError as error:
            self.broken.append(f"{self._name(file)}: {error}")
            return {}

    def claimed(self) -> set[str]:
        """The schemas that a topic names, and the submissions of the event types it names."""
        events = {schema for topic in self.topics.values() for schema in topic.schemas}
        types = {name for topic in self.topics.values() for name in topic.event_types}
        return events | {_submission(name) for name in types if name.startswith("wufang.")}


def _released(file: Path) -> bool:
    return "released" in file.parts


def _submission(event_type: str) -> str:
    return "submissions/" + "/".join(event_type.split(".")[1:3]) + f".{event_type.split('.')[3]}{SCHEMA_SUFFIX}"


def schema_of(example: str) -> str | None:
    """The schema an example's place says it follows, None for a place that says none."""
    parts = example.removeprefix("examples/").removeprefix("counterexamples/").split("/")
    match parts:
        case ["events", channel, event, _]:
            return f"events/{channel}/{event}.v1{SCHEMA_SUFFIX}"
        case ["ledger", "record", _]:
            return f"ledger/record.v1{SCHEMA_SUFFIX}"
        case ["ledger" | "data_keys" | "commands" as family, file]:
            return f"{family}/{file.removesuffix('.json')}.v1{SCHEMA_SUFFIX}"
        case [channel, event, _]:
            return f"submissions/{channel}/{event}.v1{SCHEMA_SUFFIX}"
        case _:
            return None


def gaps(folder: Path, classes: frozenset[str]) -> list[str]:
    """What does not close; `classes` are the schemas that a class in the code makes."""
    contracts = Contracts(folder, classes)
    return contracts.broken + [gap for rule in RULES for gap in rule(contracts)]


def topics_are_the_codes(c: Contracts) -> Iterator[str]:
    """The topics are exactly those the code names, each in the file of its name, with the partitions for ever."""
    names = {topic.name for topic in c.topics.values()}
    yield from (f"topic {name}: the code knows it, no file declares it" for name in sorted(set(ALL) - names))
    yield from (f"topic {name}: declared, but the code does not know it" for name in sorted(names - set(ALL)))
    for file, topic in c.topics.items():
        if file != topic.name:
            yield f"topics/{file}.toml: declares {topic.name}"
        if topic.partitions != PARTITIONS:
            yield f"topic {topic.name}: {topic.partitions} partitions, the code says {PARTITIONS}"


def topics_are_answered_for(c: Contracts) -> Iterator[str]:
    """Every topic has an owner, a Chinese name and an existing quarantine (or is one, or holds keys)."""
    for topic in c.topics.values():
        if not (topic.owner.strip() and topic.label.strip() and topic.key.strip()):
            yield f"topic {topic.name}: no owner, label or key"
        if topic.quarantine is None and topic.name not in ("quarantine", "data_keys"):
            yield f"topic {topic.name}: no quarantine"
        if topic.quarantine is not None and topic.quarantine not in c.topics:
            yield f"topic {topic.name}: its quarantine {topic.quarantine} is not declared"


def topics_have_their_schemas(c: Contracts) -> Iterator[str]:
    """What a topic names exists, and every schema but a submission is named by one."""
    yield from (f"{name}: a topic names it, no file holds it" for name in sorted(c.claimed() - c.schemas.keys()))
    yield from (f"{name}: no topic names it" for name in sorted(c.schemas.keys() - c.claimed()))
    for topic in c.topics.values():
        for name in topic.event_types:
            wanted = (
                _submission(name).replace("submissions/", "events/")
                if name.startswith("wufang.")
                else (f"{topic.name}/{name}{SCHEMA_SUFFIX}")
            )
            if wanted not in topic.schemas:
                yield f"topic {topic.name}: declares {name}, not its schema {wanted}"


def schemas_have_a_class(c: Contracts) -> Iterator[str]:
    """Every schema is made by a class, and every class's schema is there."""
    yield from (f"{name}: no class makes it" for name in sorted(c.schemas.keys() - c.classes))
    yield from (f"{name}: a class makes it, no file holds it" for name in sorted(c.classes - c.schemas.keys()))


def schemas_have_an_example(c: Contracts) -> Iterator[str]:
    """Every schema has an example; of what agencies send there is a minimal and a full one."""
    shown = {schema_of(name) for name in c.examples}
    yield from (f"{name}: no example" for name in sorted(c.schemas.keys() - shown))
    for name in sorted(n for n in c.schemas if n.startswith("submissions/")):
        place = "examples/" + name.removeprefix("submissions/").removesuffix(f".v1{SCHEMA_SUFFIX}")
        for needed in NEEDED_EXAMPLES:
            if f"{place}/{needed}.json" not in c.examples:
                yield f"{name}: no example named {needed}"


def examples_are_valid(c: Contracts) -> Iterator[str]:
    """Every example names an existing schema and follows it."""
    for name, example in c.examples.items():
        schema = c.schemas.get(schema_of(name) or "")
        if schema is None:
            yield f"{name}: follows no schema"
            continue
        yield from (f"{name}: {error}" for error in _errors(schema, example))
        yield from _names_another(name, example)


def _names_another(name: str, example: Mapping[str, Any]) -> Iterator[str]:
    wanted = f"schemas/{schema_of(name)}"
    if not name.startswith(("examples/ledger/", "examples/data_keys/")) and example.get("dataschema") != wanted:
        yield f"{name}: names the schema {example.get('dataschema')}, stands where {wanted} belongs"


def _errors(schema: Schema, example: Any) -> tuple[str, ...]:
    return _found(msgspec.json.encode(schema), msgspec.json.encode(example))


@cache  # validating is slow in pure Python, and a check over a changed copy asks the same again
def _found(schema: bytes, example: bytes) -> tuple[str, ...]:
    if _schema_error(schema):
        return ()
    validator = jsonschema.Draft202012Validator(msgspec.json.decode(schema))
    return tuple(f"{e.json_path}: {e.validator}" for e in validator.iter_errors(msgspec.json.decode(example)))


@cache
def _schema_error(schema: bytes) -> str | None:
    try:
        jsonschema.Draft202012Validator.check_schema(msgspec.json.decode(schema))
    except jsonschema.SchemaError as error:
        return error.message
    return None


def counterexamples_belong(c: Contracts) -> Iterator[str]:
    """Every counterexample belongs to an existing schema and says which field and rule it shows."""
    for name, example in c.counterexamples.items():
        if schema_of(name) not in c.schemas:
            yield f"{name}: follows no schema"
        if not all(example.get(word) for word in ("shows", "field", "rule", "content")):
            yield f"{name}: does not say what it shows"


def schemas_are_closed(c: Contracts) -> Iterator[str]:
    """Schemas are valid 2020-12; what is sent or stands on report topics is closed and bounded throughout."""
    for name, schema in c.schemas.items():
        error = _schema_error(msgspec.json.encode(schema))
        if error is not None:
            yield f"{name}: {error}"
        if name.startswith(("submissions/", "events/")):
            yield from (f"{name}: {gap}" for gap in _unbounded(schema, "$"))


def _unbounded(node: Any, at: str) -> Iterator[str]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _unbounded(item, f"{at}[{index}]")
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "object" and node.get("additionalProperties") is not False:
        yield f"{at} is open"
    if kind == "array" and "maxItems" not in node:
        yield f"{at} is unbounded"
    if kind == "string" and not {"maxLength", "enum", "const"} & node.keys() and not _fixed(node):
        yield f"{at} is unbounded"
    for key, inner in node.items():
        if key not in ("examples", "enum", "required", "x-labels"):
            yield from _unbounded(inner, f"{at}.{key}")


def _fixed(node: Schema) -> bool:
    """A pattern without an open repetition bounds a string as well."""
    pattern = str(node.get("pattern", "*"))
    return not set("*+") & set(pattern)


Rule = Callable[[Contracts], Iterator[str]]
RULES: tuple[Rule, ...] = (
    topics_are_the_codes,
    topics_are_answered_for,
    topics_have_their_schemas,
    schemas_have_a_class,
    schemas_have_an_example,
    examples_are_valid,
    counterexamples_belong,
    schemas_are_closed,
)
