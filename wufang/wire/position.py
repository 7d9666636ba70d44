"""Where a record stands on the log: `topic/partition/offset`, the bare topic name."""

from typing import Self

import msgspec


class Position(msgspec.Struct, frozen=True, order=True):
    """One place of one topic; the topic carries no deployment prefix.

    Unknown fields are passed over: it stands in the ledger's envelope, which every version must read alike.
    """

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Inverse of `str`. Raises ValueError on anything else."""
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset))
