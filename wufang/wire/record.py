"""The ledger record: one cause and all it did, chained to the jurisdiction's record before it.

Validity looks only at the frozen envelope, never at what this version understands of the events.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from wufang.domain import ids
from wufang.domain.events import Event
from wufang.wire.position import Position

VERSION = 1


class Envelope(msgspec.Struct, frozen=True):
    """What every version of the code reads alike; `events` stay bytes."""

    v: int
    cause: str
    jurisdiction: str
    seq: int
    prev: str
    input: Position
    events: msgspec.Raw


class Record(msgspec.Struct, frozen=True):
    """A record whose events this version understands."""

    v: int
    cause: str
    jurisdiction: str
    seq: int
    prev: str
    input: Position
    events: tuple[Event, ...]


class Link(msgspec.Struct, frozen=True):
    """By what a record of any version, this one's or a later one's, is chained; these four never change."""

    v: int
    jurisdiction: str
    seq: int
    prev: str


class Head(msgspec.Struct, frozen=True):
    """A jurisdiction's last valid record: its seq and the SHA-256 of its bytes."""

    seq: int
    hash: str


_envelope = msgspec.json.Decoder(Envelope)
_link = msgspec.json.Decoder(Link)
_events = msgspec.json.Decoder(tuple[Event, ...])
_encoder = msgspec.json.Encoder()


def encode(record: Record) -> bytes:
    """The bytes that are appended, hashed and folded; nothing is folded from anything else."""
    return _encoder.encode(record)


def envelope(value: bytes | None) -> Envelope | None:
    """The frozen envelope, None when the bytes hold none (such a record is void)."""
    try:
        return _envelope.decode(value) if value is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def link_of_another_version(value: bytes | None) -> Link | None:
    """How a record of another version is chained; None for this version's and for what is no record.

    Where it chains to the head it counts for the version that wrote it: taken for void, there would be two truths.
    """
    try:
        link = _link.decode(value) if value is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if link is None or link.v == VERSION else link


def events(raw: Envelope) -> tuple[Event, ...]:
    """The events of a valid record. Raises msgspec.DecodeError when this version does not understand them."""
    return _events.decode(raw.events)


def digest(value: bytes) -> str:
    """The hash the next record of the jurisdiction chains to."""
    return hashlib.sha256(value).hexdigest()


def first_head(jurisdiction: str) -> Head:
    """What the first record of a jurisdiction chains to."""
    return Head(0, ids.genesis(jurisdiction))


def follows(raw: Envelope, head: Head) -> bool:
    """The arbiter rule (docs/architecture.md): a record counts when it chains to the last valid one."""
    return raw.v == VERSION and chains(raw, head)


def chains(raw: Envelope | Link, head: Head) -> bool:
    """Whether a record of any version is the next after `head`."""
    return raw.prev == head.hash and raw.seq == head.seq + 1


def chained(head: Head, cause: str, jurisdiction: str, position: Position, made: Sequence[Event]) -> Record:
    """The record that would follow `head`."""
    return Record(VERSION, cause, jurisdiction, head.seq + 1, head.hash, position, tuple(made))
