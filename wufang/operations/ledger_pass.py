"""Reads the ledger as it stands, one partition after the other, for operations that only look; it writes nothing.

Folds are kept in a folder that goes with the operation. The ends are fixed at the start: what comes later is not seen.
"""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from wufang.adapters.kafka_partition import partition_of
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Fold
from wufang.operations.progress import Steps
from wufang.settings import Settings
from wufang.wire import record, topics
from wufang.wire.record import Envelope


class LedgerPass:
    """The ledger's partitions as of now, or only that of one jurisdiction."""

    def __init__(self, reader: LogReader, folder: Path, jurisdiction: str | None, ends: dict[int, int]) -> None:
        self._reader, self._folder, self.jurisdiction = reader, folder, jurisdiction
        self._ends = ends

    @property
    def partitions(self) -> tuple[int, ...]:
        """Those with anything in them."""
        return tuple(number for number, end in self._ends.items() if end)

    def records(self) -> int:
        """How many records there are to read, void ones too."""
        return sum(self._ends.values())

    def wanted(self, jurisdiction: str) -> bool:
        """Whether a record of that jurisdiction is looked at."""
        return self.jurisdiction in (None, jurisdiction)

    def fold(self, number: int) -> Fold:
        """An empty fold of a partition; to be closed."""
        return Fold(self._folder / f"{number}.db", lasting=False)

    async def batches(self, number: int, steps: Steps, stage: str) -> AsyncIterator[list[Message]]:
        """The records of one partition, counted as done once the next batch is asked for."""
        async for batch in self._reader.read({(topics.LEDGER, number): (0, self._ends[number])}):
            yield batch
            steps.add(stage, len(batch), self.records())


@asynccontextmanager
async def ledger_pass(settings: Settings, jurisdiction: str | None = None) -> AsyncIterator[LedgerPass]:
    """Raises KafkaError, LogTruncated, LogSilent when the ledger cannot be read."""
    with tempfile.TemporaryDirectory(prefix="wufang-pass-") as folder:
        async with LogReader(settings) as reader:
            ends = {number: end for (_, number), end in sorted((await reader.ends((topics.LEDGER,))).items())}
            if jurisdiction is not None:
                only = partition_of(jurisdiction.encode())
                ends = {only: ends[only]}
            yield LedgerPass(reader, Path(folder), jurisdiction, ends)


def opened(value: bytes | None) -> Envelope:
    """The envelope of a record that was folded before."""
    raw = record.envelope(value)
    if raw is None:
        raise ValueError("a record that was valid is none any more")
    return raw
