"""Cuts a stream of items into posts the door takes: bounded in number and bytes, in their order."""

from collections.abc import Iterable, Iterator

from wufang.importing.door_client import MOST_BYTES, MOST_ITEMS
from wufang.importing.reading import Item


def batches(items: Iterable[Item], most_items: int = MOST_ITEMS, most_bytes: int = MOST_BYTES) -> Iterator[list[Item]]:
    """No batch is empty; an item too large for any stands alone."""
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= most_items or size + len(item.line) >= most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.line) + 1
    if batch:
        yield batch
