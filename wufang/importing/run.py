"""One import from rows to receipts: reads, sends, keeps the journal; run twice it sends nothing new."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field

from wufang.importing.batches import batches
from wufang.importing.door_client import Answer, DoorClient
from wufang.importing.journal import Acknowledged, Journal
from wufang.importing.problems import RowError
from wufang.importing.reading import Item, Reader
from wufang.importing.tables import Row

FOLLOWED_AT_ONCE = 16
LOOK_SECONDS = 0.25
OnRows = Callable[[int], None]


@dataclass
class Tally:
    """What became of the rows: `known` were acknowledged by an earlier run, `unread` never sent."""

    rows: int = 0
    known: int = 0
    unread: int = 0
    accepted: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return self.accepted + self.refused

    def all_in(self) -> bool:
        """Whether every row is acknowledged, now or before."""
        return self.known + self.accepted == self.rows


class Import:
    """Sends what the journal does not know yet; `on_rows` is told how many rows are done with."""

    def __init__(self, reader: Reader, client: DoorClient, journal: Journal, on_rows: OnRows = lambda _n: None) -> None:
        self._reader = reader
        self._client = client
        self._journal = journal
        self._on_rows = on_rows
        self.tally = Tally()

    async def send(self, rows: Iterable[Row], at_once: int = 1) -> Tally:
        """With `at_once` 1 rows arrive in the file's order, which linking goes by. Raises ImportProblem."""
        ready = batches(self._items(rows))
        await _all(at_once, lambda: self._post_next(ready))
        self.tally.errors.sort(key=lambda error: error.row)
        return self.tally

    def _items(self, rows: Iterable[Row]) -> Iterator[Item]:
        for row in rows:
            self.tally.rows += 1
            if row.number in self._journal.rows:
                self.tally.known += 1
                self._on_rows(1)
                continue
            read = self._reader.read(row)
            if isinstance(read, Item):
                yield read
            else:
                self.tally.unread += 1
                self.tally.errors += read
                self._on_rows(1)

    async def _post_next(self, ready: Iterator[list[Item]]) -> None:
        for batch in ready:
            await self._post(batch)

    async def _post(self, batch: list[Item]) -> None:
        answers = await self._client.post([item.line for item in batch])
        taken = [
            Acknowledged(item.row, item.id, answer.receipt)
            for item, answer in zip(batch, answers, strict=True)
            if answer.receipt is not None
        ]
        self._journal.add(taken)
        self.tally.accepted += len(taken)
        self.tally.refused += len(batch) - len(taken)
        for item, answer in zip(batch, answers, strict=True):
            self.tally.errors += self._errors(item, answer)
        self._on_rows(len(batch))

    def _errors(self, item: Item, answer: Answer) -> Iterator[RowError]:
        for error in answer.errors:
            name = str(error.get("field", ""))
            told = str(error.get("rule", "")), str(error.get("message", ""))
            yield RowError(item.row, item.id, self._reader.column_of(name), name.removeprefix("data."), *told)


async def follow(client: DoorClient, receipts: Iterable[str], on_done: OnRows = lambda _n: None) -> Counter[str]:
    """Count the states once none of the receipts is pending any more."""
    states: Counter[str] = Counter()
    remaining = iter(receipts)

    async def follow_next() -> None:
        for receipt in remaining:
            states[await _outcome(client, receipt)] += 1
            on_done(1)

    await _all(FOLLOWED_AT_ONCE, follow_next)
    return states


async def _outcome(client: DoorClient, receipt: str) -> str:
    while True:
        state: str = (await client.receipt(receipt))["state"]
        if state != "pending":
            return state
        await asyncio.sleep(LOOK_SECONDS)


async def _all(at_once: int, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """So many workers at once; the first problem ends all of them and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
