"""Takes batches of inputs and does not return before every one is on the ledger, a duplicate, or in quarantine.

The log is the arbiter (docs/architecture.md): acked offsets other than the expected ones mean that another worker
wrote too; then the state is folded again from the log and what was voided is decided again.
"""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from aiokafka.errors import KafkaError, KafkaTimeoutError

from streams.common.exit import die
from streams.common.partition import catch_up, damage_removes, open_state, save_one
from streams.common.pulse import Pulse
from streams.ledger.metrics import METRICS
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import partition_of
from wufang.adapters.profile_files import category_tree, triage_rules
from wufang.domain.events import WarningRaised
from wufang.domain.notice import kind_of
from wufang.ledger.folding.fold import Unfoldable
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Draft, Input, Poison, Rules, draft
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire.quarantine import Quarantined

RETRY_SECONDS = 1.0
# Records of a partition from which on the snapshot is written. What many records change is then written once: by the
# batch, SQLite took 239 µs a report of 1,151. A restart folds what is missing from the log, under a second for 2,000.
# While it writes, the stream waits: half as many records, half as long.
MOST_BEHIND = 1_000


class LedgerWorker:
    """The states of the partitions this worker holds."""

    def __init__(self, settings: Settings, kafka: KafkaLog, pulse: Pulse) -> None:
        self._kafka = kafka
        self._folder = settings.state / settings.worker
        self._rules = Rules(settings.record_limit, partition_of)
        self._opened = partial(LedgerState, triage=triage_rules(settings.profile), tree=category_tree(settings.profile))
        self._states: dict[int, LedgerState] = {}
        self._stale: set[int] = set()
        self._pulse = pulse
        self.halted: set[int] = set()  # partitions whose ledger this version cannot fold; their inputs stay un-acked

    async def start(self) -> None:
        """Connect to the log; ends the process when the broker is away (the supervisor tries again)."""
        try:
            await self._kafka.start()
        except KafkaError as error:
            die("no connection to Kafka", error=type(error).__name__)

    def forget(self) -> None:
        """After a revocation: every state is opened and caught up again before it is used."""
        self._stale.update(self._states)

    async def take(self, batch: Iterable[Input]) -> None:
        """Give every input its fate, but those of halted partitions; returns when the broker has acked all of it."""
        shares: dict[int, list[Input]] = defaultdict(list)
        for item in batch:
            shares[item.position.partition].append(item)
        for partition in self.halted & shares.keys():
            del shares[partition]
        await asyncio.gather(*(self._settle(partition, share) for partition, share in sorted(shares.items())))
        if save_one(self._states, self._states.keys() - self._stale - self.halted, MOST_BEHIND, self._path):
            gc.collect(1)
            gc.freeze()  # what is left are caches: no later collection need look through them

    async def _settle(self, partition: int, batch: Sequence[Input]) -> None:
        while True:
            try:
                with damage_removes(self._path(partition)):
                    if await self._attempt(partition, batch):
                        return
            except KafkaError as error:
                if not (error.retriable or isinstance(error, KafkaTimeoutError)):
                    # e.g. a sequence out of order: this producer will never send to the partition again, a new one will
                    die("the log refused a write for good", partition=partition, error=type(error).__name__)
                log("ledger").warning(
                    "broker did not ack, trying again", partition=partition, error=type(error).__name__
                )
                self._stale.add(partition)
                self._pulse.beat()
                await asyncio.sleep(RETRY_SECONDS)
            except Unfoldable as error:
                log("ledger").critical("partition stopped: a valid record this version cannot fold", error=str(error))
                self.halted.add(partition)
                return

    async def _attempt(self, partition: int, batch: Sequence[Input]) -> bool:
        """One try; False when another worker wrote in between. Raises KafkaError."""
        state = await self._open(partition)
        made = draft(state, batch, self._rules)
        await self._kafka.quarantine(map(_quarantined, made.poison))
        offsets = await self._kafka.append(partition, made.records)
        if offsets and min(offsets) < made.base:
            die("the ledger lost records: an ack below the expected offset", partition=partition, expected=made.base)
        if offsets != list(range(made.base, made.base + len(offsets))):
            METRICS.contested.inc()
            log("ledger").warning("another worker wrote in between, deciding again", partition=partition)
            self._stale.add(partition)
            return False
        state.settle()
        await self._kafka.erase(made.erased)
        self._pulse.beat()
        _count(made)
        return True

    async def _open(self, partition: int) -> LedgerState:
        state, stale = self._states.get(partition), partition in self._stale
        self._stale.discard(partition)  # before anything is awaited: a revocation meanwhile marks it again
        try:
            if state is None:
                state = await open_state(self._opened, self._path(partition), self._kafka, partition, self._pulse)
            elif stale:
                await catch_up(state, self._kafka, partition, self._pulse)
        except BaseException:
            self._stale.add(partition)
            raise
        self._states[partition] = state
        return state

    def _path(self, partition: int) -> Path:
        return self._folder / f"ledger-{partition}.db"


def _quarantined(item: Poison) -> Quarantined:
    return Quarantined(item.input.position, item.input.key, item.input.value, item.reason, item.detail, "ledger")


def _count(made: Draft) -> None:
    METRICS.records.inc(len(made.records))
    METRICS.duplicates.inc(made.duplicates)
    METRICS.redelivered.inc(made.redelivered)
    if made.redelivered:
        log("ledger").info("inputs handed out again were on the ledger already", redelivered=made.redelivered)
    METRICS.quarantined.inc(len(made.poison))
    for event in made.warnings:
        if isinstance(event, WarningRaised):
            METRICS.warnings.labels(kind_of(event)).inc()
    for decided in made.categories:
        METRICS.categories.labels(decided.answer).inc()
