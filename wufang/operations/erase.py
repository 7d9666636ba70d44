"""Erasing one report's personal data: a tombstone for the data key of every copy; the log itself stays as it is.

What is sent again later makes a new copy: a duplicate's key the ledger stream tombstones itself, a conflicting one's
is a new submission's and needs a new erasure.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

import msgspec

from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import partition_of
from wufang.adapters.kafka_reader import LogReader
from wufang.domain import ids
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    Commanded,
    Event,
    LinkSuggested,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.operations.progress import Progress, Steps, silent
from wufang.settings import Settings
from wufang.telemetry import log
from wufang.wire import record, topics

KEY_ID = re.compile(r"[0-9a-f]{32}")
SCANNED = (*topics.REPORTS, topics.LEDGER)


@dataclass(frozen=True, slots=True)
class Erased:
    """`copies` of the report and its outcomes were found, with these data keys; all are tombstones now."""

    cause: str
    copies: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What an erasure would concern; `live` of its `keys` are not erased yet.

    A copy is one place on the log: what was handed in, its ledger record, each outcome and its record. The names are
    those of the report as it was handed in, empty where the log has only its outcomes.
    """

    copies: int
    keys: int
    live: int
    source: str
    number: str
    channel: str
    jurisdiction: str


class NothingFound(Exception):
    """Nothing on the log has this cause."""


class NotErased(Exception):
    """A key was published again after its tombstone."""


async def look(settings: Settings, cause: str, progress: Progress = silent) -> Found:
    """What `erase` would do, before it is done. Raises NothingFound, KafkaError."""
    async with LogReader(settings) as reader:
        seen = await _copies(reader, cause, Steps(progress))
        if not seen.copies:
            raise NothingFound(cause)
        live = [key for key, value in (await wrapped_keys(reader, seen.keys)).items() if value is not None]
    topic, copy = seen.report or ("", _Copy("", "", "", _Data()))
    return Found(
        seen.copies, len(seen.keys), len(live), copy.source, copy.id, topic.removeprefix("reports."), copy.jurisdiction
    )


async def erase(settings: Settings, cause: str, *, by: str, why: str, progress: Progress = silent) -> Erased:
    """Tombstone every key, wait for the acks, read them back. Raises NothingFound, NotErased, KafkaError."""
    async with LogReader(settings) as reader:
        seen = await _copies(reader, cause, Steps(progress))
        copies, keys = seen.copies, seen.keys
        if not copies:
            raise NothingFound(cause)
        await _tombstone(settings, keys)
        left = [key for key, value in (await wrapped_keys(reader, keys)).items() if value is not None]
        if left:
            raise NotErased(f"{len(left)} keys were published again")
    log("audit").warning("personal data erased", cause=cause, copies=copies, keys=len(keys), by=by, why=why)
    return Erased(cause, copies, tuple(sorted(keys)))


async def wrapped_keys(reader: LogReader, keys: Iterable[str]) -> dict[str, bytes | None]:
    """The latest value of each data key, None when it is erased or was never there."""
    wanted: dict[str, bytes | None] = dict.fromkeys(keys)
    partitions = {partition_of(key.encode()) for key in wanted}
    ends, starts = await reader.ends((topics.DATA_KEYS,)), await reader.starts((topics.DATA_KEYS,))
    spans = {place: (starts[place], end) for place, end in ends.items() if place[1] in partitions}
    async for batch in reader.read(spans):
        for message in batch:
            key = (message.key or b"").decode("ascii", "replace")
            if key in wanted:
                wanted[key] = message.value
    return wanted


async def _tombstone(settings: Settings, keys: Iterable[str]) -> None:
    kafka = KafkaLog(settings)
    await kafka.start()
    try:
        await kafka.erase(sorted(keys))
    finally:
        await kafka.stop()


# --- finding every copy


class _Sealed(msgspec.Struct):
    key: str


class _Data(msgspec.Struct):
    report: str | None = None
    sealed: _Sealed | None = None


class _Copy(msgspec.Struct):
    """What an input says of whose copy it is, and of its key."""

    id: str
    source: str
    jurisdiction: str
    data: _Data

    def concerns(self, cause: str) -> bool:
        """Whether it is the report itself, or an outcome of it."""
        named = (self.id, self.data.report)
        return cause in (ids.cause(self.source, name, self.jurisdiction) for name in named if name)


_copy = msgspec.json.Decoder(_Copy)


@dataclass(slots=True)
class _Seen:
    """Inputs and records that concern a cause, all their keys, and the report itself with its topic."""

    copies: int = 0
    keys: set[str] = field(default_factory=set)
    report: tuple[str, _Copy] | None = None


async def _copies(reader: LogReader, cause: str, steps: Steps) -> _Seen:
    ends = await reader.ends(SCANNED)
    seen = _Seen()
    async for topic, value in _values(reader, ends, steps):
        found = list(_in_record(value, cause) if topic == topics.LEDGER else _in_input(value, cause))
        seen.copies += bool(found)
        seen.keys.update(key for key in found if key is not None and KEY_ID.fullmatch(key))
        if found and topic != topics.LEDGER and seen.report is None:
            copy = _copy.decode(value)
            seen.report = (topic, copy) if ids.cause(copy.source, copy.id, copy.jurisdiction) == cause else None
    return seen


async def _values(
    reader: LogReader, ends: dict[tuple[str, int], int], steps: Steps
) -> AsyncIterator[tuple[str, bytes]]:
    async for batch in reader.read({place: (0, end) for place, end in ends.items()}):
        for message in batch:
            if message.value is not None:
                yield message.topic, message.value
        steps.add("查找各份", len(batch), sum(ends.values()))


def _in_input(value: bytes, cause: str) -> Iterator[str | None]:
    """The key of an input that concerns the cause, None when nothing was sealed."""
    try:
        found = _copy.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if found.concerns(cause):
        yield found.data.sealed.key if found.data.sealed else None


def _in_record(value: bytes, cause: str) -> Iterator[str | None]:
    """The keys in a ledger record, void ones too: what stands there could be decrypted."""
    raw = record.envelope(value) if cause.encode() in value else None
    if raw is None:
        return
    try:
        events = record.events(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for event in events:
        yield from _in_event(event, cause)


def _in_event(event: Event, cause: str) -> Iterator[str | None]:
    concerned, key = _concern(event)
    if concerned == cause:
        yield key


def _concern(event: Event) -> tuple[str, str | None]:
    """The cause of the report an event is a copy or an end of, and the data key of that copy."""
    match event:
        case CaseOpened() | ReportLinked():
            return event.report.id, event.report.sealed.key if event.report.sealed else None
        case ReportConcluded():
            return event.report_id, event.outcome.sealed.key if event.outcome.sealed else None
        case OutcomeRefused():
            return event.report_id, event.key
        case SubmissionConflicted():
            return event.original, event.key
        case Commanded():
            return "", None  # masked by who handed it in, and nothing is encrypted beside it
        case CasesBridged() | LinkSuggested() | SplitSuggested():
            return "", None  # they quote names of places, and words that many reports have
        case WarningRaised() | WarningContinued() | WarningScored():
            return "", None  # nor people's words
        case _:
            assert_never(event)
