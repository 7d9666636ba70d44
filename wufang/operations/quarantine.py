"""What stands in quarantine, whether it is settled, and sending it again after a fix; bytes are never changed."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from wufang.adapters.elastic_bulk import Refused
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import Place
from wufang.adapters.kafka_reader import LogReader, Message
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.proofs.rebuild import final_actions
from wufang.readmodel.actions import Action, case_action
from wufang.readmodel.indices import KINDS
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import record, topics
from wufang.wire.position import Position
from wufang.wire.quarantine import Label, read_label, refused_document

State = Literal["open", "redriven", "closed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One quarantined position. `redriven` with a state `redriven`: sent again, but not yet taken by the ledger."""

    position: Position
    reason: str
    detail: str
    stage: str
    at: int
    key: bytes | None
    value: bytes | None
    state: State
    redrives: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of a re-drive: where an input stands now, or the documents that were refused again."""

    position: Position
    placed: Position | None = None
    refused: tuple[Refused, ...] = ()


async def entries(settings: Settings) -> list[Entry]:
    """Everything in quarantine, in order of position; the last word where one stands there twice."""
    async with LogReader(settings) as reader, ConsumerGroups(settings) as groups:
        kept = await _kept(reader)
        redrives = await _redrives(reader, {at.position.topic for at in kept} & set(topics.INPUTS))
        taken = await groups.committed(topics.LEDGER_GROUP)
    async with ElasticIndex.from_settings(settings) as index:
        indexed = await _indexed(index, kept)
    return [_entry(at, *kept[at], redrives.get(str(at.position), ()), taken, indexed) for at in sorted(kept)]


async def redrive(settings: Settings, wanted: Callable[[Entry], bool], *, again: bool = False) -> list[Redriven]:
    """Send the wanted open entries once more; `again` also those that were sent before."""
    chosen = [entry for entry in await entries(settings) if wanted(entry) and (again or entry.state == "open")]
    inputs = [entry for entry in chosen if entry.position.topic in topics.INPUTS]
    records = [entry for entry in chosen if entry.position.topic == topics.LEDGER]
    return [*await _redrive_inputs(settings, inputs), *await _redrive_records(settings, records)]


# --- reading


Key = tuple[str, str]  # kind, id of a document
INPUT: Key = ("", "")


class _At(NamedTuple):
    """An input, or one document of a ledger record."""

    position: Position
    document: Key


Kept = dict[_At, tuple[Label, Message]]


async def _kept(reader: LogReader) -> Kept:
    ends = await reader.ends((topics.QUARANTINE,))
    kept: Kept = {}
    async for batch in reader.read({place: (0, end) for place, end in ends.items()}):
        for message in batch:
            label = read_label(message.headers)
            position = label.place() if label is not None else None
            if label is not None and position is not None:
                kept[_At(position, refused_document(label) or INPUT)] = (label, message)
    return kept


async def _redrives(reader: LogReader, names: Iterable[str]) -> dict[str, tuple[Position, ...]]:
    """Where each quarantined position was sent again."""
    found: dict[str, list[Position]] = defaultdict(list)
    ends = await reader.ends(names)
    async for batch in reader.read({place: (0, end) for place, end in ends.items()}):
        for message in batch:
            if message.headers and (origin := message.header(topics.REDRIVE_HEADER)):
                found[origin].append(Position(message.topic, message.partition, message.offset))
    return {origin: tuple(places) for origin, places in found.items()}


async def _indexed(index: ElasticIndex, kept: Kept) -> set[_At]:
    """The refused documents that the index holds by now, no older than their records."""
    refused = [at for at in kept if at.document[0] in KINDS]
    found = await index.get_any([at.document for at in refused])  # type: ignore[misc]  # kinds, as was looked
    versions = {(str(kind), name): document.version for (kind, name), document in found.items()}
    return {at for at in refused if versions.get(at.document, 0) >= _least(at.document[0], kept[at][1].value)}


def _least(kind: str, value: bytes | None) -> int:
    """The version a document of this record has at least; those that never change have 1."""
    raw = record.envelope(value)
    return raw.seq if raw is not None and kind in ("cases", "reports") else 1


def _entry(
    at: _At,
    label: Label,
    message: Message,
    redrives: Sequence[Position],
    taken: Mapping[Place, int],
    indexed: set[_At],
) -> Entry:
    state: State = "closed" if at in indexed else _state(redrives, taken)
    return Entry(
        at.position,
        label.reason,
        label.detail,
        label.stage,
        message.at,
        message.key,
        message.value,
        state,
        tuple(redrives),
    )


def _state(redrives: Sequence[Position], taken: Mapping[Place, int]) -> State:
    """An input the ledger stream has committed past has a fate; `wufang reconcile` proves which."""
    if any(taken.get((place.topic, place.partition), 0) > place.offset for place in redrives):
        return "closed"
    return "redriven" if redrives else "open"


# --- sending again


async def _redrive_inputs(settings: Settings, chosen: Sequence[Entry]) -> list[Redriven]:
    if not chosen:
        return []
    kafka = KafkaLog(settings)
    await kafka.start()
    try:
        placed = await kafka.redrive((entry.position, entry.key, entry.value) for entry in chosen)
    finally:
        await kafka.stop()
    for entry, place in zip(chosen, placed, strict=True):
        log("quarantine").info("re-driven", position=str(entry.position), placed=str(place), reason=entry.reason)
    return [Redriven(entry.position, place) for entry, place in zip(chosen, placed, strict=True)]


async def _redrive_records(settings: Settings, chosen: Sequence[Entry]) -> list[Redriven]:
    """Write the documents of these ledger records again, cases as they are now."""
    results = []
    partitions = sorted({entry.position.partition for entry in chosen})
    async with LogReader(settings) as reader, ElasticIndex.from_settings(settings) as index:
        for partition in partitions:
            offsets = {entry.position.offset for entry in chosen if entry.position.partition == partition}
            for offset, actions in (await _documents(reader, partition, offsets)).items():
                generation = max((await index.serving()).values())
                refused = await index.write(generation, actions)
                results.append(Redriven(Position(topics.LEDGER, partition, offset), refused=tuple(refused)))
    return results


async def _documents(reader: LogReader, partition: int, offsets: set[int]) -> dict[int, list[Action]]:
    """By offset, the writes of some records of a partition."""
    end = (await reader.ends((topics.LEDGER,)))[topics.LEDGER, partition]
    found: dict[int, Applied] = {}
    with tempfile.TemporaryDirectory(prefix="wufang-redrive-") as folder:
        fold = Fold(Path(folder) / "fold.db", lasting=False)
        async for batch in reader.read({(topics.LEDGER, partition): (0, end)}):
            for message in batch:
                applied = fold.fold(message.offset, message.value)
                if applied is not None and message.offset in offsets:
                    found[message.offset] = applied
            fold.commit()
        made = {offset: _actions(fold, applied) for offset, applied in found.items()}
        fold.close()
    return made


def _actions(fold: Fold, applied: Applied) -> list[Action]:
    cases = [case for name in applied.cases if (case := fold.cases.get(name)) is not None]
    return [*final_actions(applied), *map(case_action, cases)]
