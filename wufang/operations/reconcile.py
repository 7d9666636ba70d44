"""`wufang reconcile`: reads the whole log once, gives every input its fate, and compares the index with a cold fold.

It writes nothing, and it fixes the ends of what it accounts for before it looks at anything.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_partition import Place, partition_of
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.ledger.proofs.books import Fault, InputSide, Kept, LedgerSide, Registry, Sums, digest, ledger_hash
from wufang.ledger.proofs.rebuild import Comparison, DocumentBook, case_actions, final_actions
from wufang.operations.index_check import IndexCheck
from wufang.operations.progress import Progress, Steps, silent
from wufang.operations.sealed_parts import Orphans, SealedBooks
from wufang.operations.waiting import committed_to
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.position import Position
from wufang.wire.quarantine import read_label

Ends = dict[Place, int]


@dataclass(slots=True)
class Balance:
    """What was counted and what does not balance; `settled` tells whether the streams caught up in time."""

    sums: dict[Place, Sums] = field(default_factory=dict)
    records: int = 0
    voids: int = 0
    jurisdictions: int = 0
    shared_numbers: int = 0  # of a source, in more than one county: no fault, they are reports of their own
    quarantine: Counter[str] = field(default_factory=Counter)  # open ones, by reason
    closed: int = 0
    strays: int = 0
    cases: int = 0
    ledger_hash: str = ""
    settled: bool = True
    generation: int | None = None
    documents: Comparison | None = None
    faults: list[Fault] = field(default_factory=list)
    sealed: Orphans = field(default_factory=Orphans)

    @property
    def balanced(self) -> bool:
        return not self.faults and (self.documents is None or self.documents.balanced)

    def by_topic(self) -> dict[str, Sums]:
        """The sums of each input topic over its partitions."""
        totals: dict[str, Sums] = {}
        for (topic, _), sums in sorted(self.sums.items()):
            totals[topic] = totals.get(topic, Sums()) + sums
        return totals


async def reconcile(
    settings: Settings, *, index: bool = True, patience: float = 60.0, progress: Progress = silent
) -> Balance:
    """The books as of now. Raises KafkaError, ElasticError, LogTruncated or LogSilent when they cannot be read."""
    with tempfile.TemporaryDirectory(prefix="wufang-books-") as folder:
        async with LogReader(settings) as reader, ConsumerGroups(settings) as groups:
            run = _Run(settings, reader, groups, Path(folder), index, patience, progress)
            try:
                return await run.balanced()
            finally:
                run.close()


class _Run:
    """One reconciliation: its fixed ends, its folds, its sums."""

    def __init__(
        self,
        settings: Settings,
        reader: LogReader,
        groups: ConsumerGroups,
        folder: Path,
        index: bool,
        patience: float,
        progress: Progress,
    ) -> None:
        self._settings, self._reader, self._groups = settings, reader, groups
        self._folder, self._patience, self._progress = folder, patience, progress
        self._steps = Steps(progress)
        self._balance = Balance()
        self._folds: dict[int, Fold] = {}
        self._registry = Registry()
        self._documents = DocumentBook() if index else None
        self._kept: dict[Position, Kept] = {}
        self._quarantined: list[Position] = []
        self._redriven: set[str] = set()
        self._sealed = SealedBooks(settings)

    def close(self) -> None:
        self._registry.close()
        if self._documents is not None:
            self._documents.close()
        for fold in self._folds.values():
            fold.close()

    async def balanced(self) -> Balance:
        balance = self._balance
        await self._sealed.begin()
        fixed = await self._reader.ends(topics.INPUTS)
        balance.settled = await committed_to(
            self._groups, topics.LEDGER_GROUP, fixed, self._patience, "等待台账流", self._progress
        )
        outputs = await self._reader.ends((topics.LEDGER, topics.QUARANTINE))
        now = await self._reader.ends(topics.INPUTS)
        starts = await self._starts(fixed)
        for partition in range(topics.PARTITIONS):
            await self._partition(partition, starts, fixed, outputs, now)
        balance.faults += self._registry.faults()
        balance.shared_numbers = self._registry.shared_numbers()
        balance.cases, balance.ledger_hash = ledger_hash(self._folds.values())
        self._count_quarantine()
        balance.sealed = await self._sealed.orphans()
        balance.faults += balance.sealed.faults()
        await self._check_index(outputs)
        return balance

    async def _starts(self, fixed: Ends) -> Ends:
        """Where the inputs begin; anywhere but at 0 is a loss."""
        starts = await self._reader.starts(topics.INPUTS)
        lost = [(place, start) for place, start in sorted(starts.items()) if start]
        for (topic, partition), start in lost:
            self._balance.faults.append(Fault("truncated", f"{topic}/{partition}", f"begins at {start}"))
        return {place: min(starts[place], end) for place, end in fixed.items()}

    # --- one partition number: its ledger, its quarantine, its inputs

    async def _partition(self, number: int, starts: Ends, fixed: Ends, outputs: Ends, now: Ends) -> None:
        ledger = await self._fold(number, outputs)
        await self._read_quarantine(number, outputs)
        side = InputSide(number, ledger, self._kept)
        spans = {place: (start, fixed[place]) for place, start in starts.items() if place[1] == number}
        async for batch in self._reader.read(spans):
            for message in batch:
                position = Position(message.topic, message.partition, message.offset)
                side.add(position, message.value, message.header(topics.REDRIVE_HEADER))
                self._sealed.taken(message.value)
            self._registry.add_numbers(side.taken())
            self._steps.add("核对各渠道", len(batch), sum(fixed.values()))
        side.settle()
        self._add(side, fixed, now)

    def _add(self, side: InputSide, fixed: Ends, now: Ends) -> None:
        balance, number = self._balance, side.partition
        balance.sums.update({(topic, number): side.sums[topic] for topic in topics.INPUTS})
        balance.records += sum(side.ledger.counted.values())
        balance.voids += side.ledger.voids
        balance.jurisdictions += len(side.ledger.counted)
        balance.faults += [*side.faults, *side.ledger.faults, *side.ledger.chain_faults(self._folds[number])]
        balance.faults += side.ledger.left_over(_of(number, fixed), _of(number, now))
        self._quarantined += side.quarantined
        self._redriven |= side.redriven

    async def _fold(self, number: int, outputs: Ends) -> LedgerSide:
        fold = self._folds[number] = Fold(self._folder / f"{number}.db", lasting=False)
        side = LedgerSide(number, partition_of)
        place = (topics.LEDGER, number)
        total = sum(end for (topic, _), end in outputs.items() if topic == topics.LEDGER)
        try:
            async for batch in self._reader.read({place: (0, outputs[place])}):
                self._fold_batch(fold, side, batch)
                self._steps.add("归并台账", len(batch), total)
        except Unfoldable as error:
            self._balance.faults.append(Fault("unfoldable", f"{topics.LEDGER}/{number}", str(error)))
        fold.commit()
        if self._documents is not None:
            self._documents.fold(case_actions(fold))
        fold.rollback()  # empties its caches: the cases of all partitions are too many to hold at once
        return side

    def _fold_batch(self, fold: Fold, side: LedgerSide, batch: list[Message]) -> None:
        records = []
        for message in batch:
            applied = fold.fold(message.offset, message.value)
            side.add(applied)
            if applied is not None:
                records.append(applied)
        fold.commit()
        self._registry.add(records)
        self._sealed.recorded(records)
        if self._documents is not None:
            self._documents.fold(action for applied in records for action in final_actions(applied))

    # --- quarantine

    async def _read_quarantine(self, number: int, outputs: Ends) -> None:
        place = (topics.QUARANTINE, number)
        async for batch in self._reader.read({place: (0, outputs[place])}):
            for message in batch:
                self._keep(message)

    def _keep(self, message: Message) -> None:
        label = read_label(message.headers)
        position = label.place() if label is not None else None
        if label is None or position is None:
            self._balance.strays += 1
        else:
            self._kept[position] = Kept(label.reason, digest(message.value))

    def _count_quarantine(self) -> None:
        balance = self._balance
        for position in self._quarantined:
            if str(position) in self._redriven:
                balance.sums[position.topic, position.partition].closed += 1
                balance.closed += 1
            else:
                balance.quarantine[self._kept[position].reason] += 1

    # --- the index

    async def _check_index(self, outputs: Ends) -> None:
        if self._documents is None:
            return
        check = IndexCheck(self._settings, self._reader, self._groups, self._documents, self._progress)
        async with check:
            settled = await check.run(self._folds, outputs, self._patience)
        self._balance.settled = self._balance.settled and settled
        self._balance.generation, self._balance.documents = check.generation, check.comparison


def _of(number: int, ends: Ends) -> dict[str, int]:
    return {topic: end for (topic, partition), end in ends.items() if partition == number}
