"""The contracts of a channel as its door shows them: schemas and named example submissions."""

from collections.abc import Iterable
from typing import Any

from wufang.contracts import registry


def channel_examples(channel: str) -> dict[str, Any]:
    """`report.minimal` and its like to whole CloudEvents."""
    return {
        f"{event}.{example.name}": example.content
        for event in ("report", "outcome")
        for example in registry.examples(channel, event)
    }


def submission_schemas(types: Iterable[str]) -> dict[str, Any]:
    """Event type to the frozen JSON Schema of what an agency sends. Raises KeyError for an unknown type."""
    return {name: registry.read_schema(registry.event_type(name).submission_schema) for name in types}
