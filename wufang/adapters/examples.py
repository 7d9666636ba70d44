"""The named example submissions of a channel, as its door shows them."""

from typing import Any

from wufang.contracts import registry


def channel_examples(channel: str) -> dict[str, Any]:
    """`report.minimal` and its like to whole CloudEvents."""
    return {
        f"{event}.{example.name}": example.content
        for event in ("report", "outcome")
        for example in registry.examples(channel, event)
    }
