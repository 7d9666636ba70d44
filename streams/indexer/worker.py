"""Folds ledger records into documents and writes them; a write returns only when Elasticsearch has all of its batch.

Nothing is decided here. A record that was folded before is written again: an older version loses in the index.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from aiokafka.errors import KafkaError

from streams.common.exit import die
from streams.common.partition import catch_up, damage_removes, open_state, save_one
from streams.common.pulse import Pulse
from streams.indexer.metrics import METRICS
from wufang.adapters.elastic_bulk import Refused, Trouble
from wufang.adapters.elastic_index import ElasticIndex, ElasticUnavailable, MappingMismatch
from wufang.adapters.kafka_log import KafkaLog
from wufang.domain.case import Case, cases_of
from wufang.ledger.folding.fold import Fold, Unfoldable
from wufang.ledger.proofs.rebuild import moved_actions, origin
from wufang.readmodel.actions import Action, case_action, quarantine_action, record_actions, warning_action
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import record, topics
from wufang.wire.position import Position
from wufang.wire.quarantine import Quarantined, read_label, refused_by_index

RETRY_SECONDS = 1.0
# Records a fold's file may be behind: folded again in 60 ms after a restart. The file follows the fold, not the writes:
# what it is ahead of the group's commit is handed out again, and written again as of now.
COMMIT_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the ledger or the quarantine topic, as it came."""

    position: Position
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Documents:
    """The writes of one batch: the last of each case, and the entry each write came from."""

    def __init__(self) -> None:
        self._actions: dict[tuple[str, str], tuple[Action, Entry]] = {}
        self._cases: dict[str, tuple[Case, Entry]] = {}  # a case that changes often is made a document once

    def add(self, action: Action, entry: Entry) -> None:
        self._actions[action.kind, action.id] = (action, entry)

    def add_case(self, case: Case, entry: Entry) -> None:
        self._cases[case.id] = (case, entry)

    def merge(self, other: "Documents") -> None:
        self._actions.update(other._actions)
        self._cases.update(other._cases)

    def actions(self) -> list[Action]:
        for case, entry in self._cases.values():
            self.add(case_action(case), entry)
        self._cases.clear()
        return [action for action, _ in self._actions.values()]

    def entry(self, action: Action) -> Entry:
        return self._actions[action.kind, action.id][1]


class IndexerWorker:
    """The folds of the partitions this worker holds, and the generation of indices it writes."""

    def __init__(self, settings: Settings, kafka: KafkaLog, index: ElasticIndex, pulse: Pulse) -> None:
        self._kafka, self._index = kafka, index
        self._generation = settings.generation
        self._folder = settings.state / settings.worker
        self._folds: dict[int, Fold] = {}
        self._pulse = pulse
        self.halted: set[int] = set()  # partitions whose ledger this version cannot fold; their records stay un-acked

    async def start(self) -> None:
        """Connect, and make or check the indices; ends the process when they are another mapping's."""
        try:
            await self._kafka.start()
            await self._ensure_indices()
        except KafkaError as error:
            die("no connection to Kafka", error=type(error).__name__)
        except MappingMismatch as error:
            die("the indices are not this version's; run `wufang rebuild`", error=str(error))

    async def _ensure_indices(self) -> None:
        """Wait as long as Elasticsearch is away. Raises MappingMismatch."""
        while True:
            try:
                return await self._index.ensure(self._generation)
            except ElasticUnavailable as error:
                self._pulse.beat()
                log("indexer").warning("Elasticsearch is away, waiting", cause=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def take(self, batch: Iterable[Entry]) -> None:
        """Fold and write."""
        await self.write(await self.fold(batch))

    async def fold(self, batch: Iterable[Entry]) -> Documents:
        """Everything the batch changes; one batch at a time, in the order of the log."""
        documents = Documents()
        shares: dict[int, list[Entry]] = defaultdict(list)
        for entry in batch:
            if entry.position.topic == topics.LEDGER:
                shares[entry.position.partition].append(entry)
            else:
                _quarantined(entry, documents)
        for partition, share in shares.items():
            await self._fold(partition, share, documents)
        save_one(self._folds, self._folds.keys() - self.halted, COMMIT_EVERY, self._path)
        return documents

    async def _fold(self, partition: int, share: Sequence[Entry], documents: Documents) -> None:
        """Fold the share; of a halted partition nothing is written."""
        if partition in self.halted:
            return
        mine = Documents()
        try:
            with damage_removes(self._path(partition)):
                fold = await self._open(partition, share[0].position.offset)
                for entry in share:
                    _fold_entry(fold, entry, mine)
        except Unfoldable as error:
            log("indexer").critical("partition stopped: a valid record this version cannot fold", error=str(error))
            self.halted.add(partition)
            return
        documents.merge(mine)

    async def _open(self, partition: int, first: int) -> Fold:
        """The partition's fold, no less far than the batch's first record."""
        fold = self._folds.get(partition)
        if fold is None:
            fold = await open_state(Fold, self._path(partition), self._kafka, partition, self._pulse, first)
        elif fold.offset < first:
            await catch_up(fold, self._kafka, partition, self._pulse, first)
        self._folds[partition] = fold
        return fold

    async def write(self, documents: Documents) -> None:
        """Return when Elasticsearch has everything; writes of several batches may be under way, newer ones win."""
        actions = documents.actions()
        refused = await self._index.write(self._generation, actions, self._troubled)
        METRICS.documents.inc(len(actions) - len(refused))
        if refused:
            METRICS.refused.inc(len(refused))
            await self._kafka.quarantine(_kept(refused, documents))
        self._pulse.beat()

    def _troubled(self, trouble: Trouble) -> None:
        METRICS.waits.inc()
        self._pulse.beat()
        log("indexer").warning("Elasticsearch did not take a write, trying again", **trouble._asdict())

    def _path(self, partition: int) -> Path:
        return self._folder / f"indexer-g{self._generation}-{partition}.db"


def _fold_entry(fold: Fold, entry: Entry, documents: Documents) -> None:
    offset = entry.position.offset
    if offset < fold.offset:
        if not fold.was_void(offset):
            _again(fold, entry, documents)
        return
    applied = fold.fold(offset, entry.value)
    if applied is None:
        METRICS.voids.inc()
        return
    METRICS.records.inc()
    written = record_actions(applied.events, origin(applied.envelope))
    for action in (*written, *moved_actions(applied.moved), *map(warning_action, applied.notices)):
        documents.add(action, entry)
    for case in applied.cases.values():
        documents.add_case(case, entry)


def _again(fold: Fold, entry: Entry, documents: Documents) -> None:
    """A record folded before a crash or a rebalance: its documents as of now."""
    raw = record.envelope(entry.value)
    if raw is None:
        return
    METRICS.redelivered.inc()
    events = record.events(raw)
    for action in record_actions(events, origin(raw)):
        documents.add(action, entry)
    for action in moved_actions(chain.from_iterable(map(fold.standing, events))):
        documents.add(action, entry)
    for notice in fold.notices.now(events):
        documents.add(warning_action(notice), entry)
    for case_id in chain.from_iterable(map(cases_of, events)):
        case = fold.cases.get(case_id)
        if case is not None:
            documents.add_case(case, entry)


def _quarantined(entry: Entry, documents: Documents) -> None:
    label = read_label(entry.headers.items())
    if label is not None:
        documents.add(quarantine_action(label.position, label.reason), entry)


def _kept(refused: Sequence[Refused], documents: Documents) -> list[Quarantined]:
    """What to keep of refused documents: the ledger record; a refused receipt is only logged."""
    kept = []
    for item in refused:
        entry = documents.entry(item.action)
        log("indexer").error("document refused", kind=item.action.kind, id=item.action.id, reason=item.reason)
        if entry.position.topic == topics.LEDGER:
            document = f"{item.action.kind} {item.action.id}"
            kept.append(refused_by_index(entry.position, entry.key, entry.value, document, item.reason))
    return kept
