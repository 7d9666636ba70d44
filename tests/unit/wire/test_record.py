"""The ledger record: its bytes, its frozen envelope, and every way it can be void."""

import json
from typing import Any

import msgspec
import pytest

from tests.support.events import COUNTY, a_chain, a_record, a_report, an_outcome, linked, opened
from wufang.domain import ids
from wufang.domain.events import OutcomeRefused, ReportConcluded, SubmissionConflicted
from wufang.domain.report import Point, Reporter, Sealed
from wufang.wire import record
from wufang.wire.position import Position
from wufang.wire.record import Head

EVERYTHING = a_report(
    1,
    received_at=5,
    category="住建",
    point=Point(28.2, 112.9),
    contact_mode="confidential",
    public=False,
    related=("WO-7",),
    reporter=Reporter("5" * 32, "phone"),
    sealed=Sealed("d" * 32, "bm9u", "Y2lw"),
    details={"urgency": "urgent", "satisfaction": None, "tags": ["电梯", 1, 2.5, True]},
)


def parsed(value: bytes) -> record.Envelope:
    raw = record.envelope(value)
    assert raw is not None
    return raw


def test_every_kind_of_event_comes_back_as_it_went_in() -> None:
    events = (
        opened(EVERYTHING),
        linked(EVERYTHING),
        ReportConcluded("430102-1-0", "r", an_outcome(reply="已修复", satisfied=True), first=True),
        SubmissionConflicted("c" * 64, "test:x", "d" * 32),
        OutcomeRefused("c" * 64, "unknown_report", "test:x"),
    )
    value = a_record(record.first_head(COUNTY), events, "a" * 64, offset=7)
    raw = parsed(value)
    assert record.events(raw) == events
    assert (raw.cause, raw.jurisdiction, raw.seq, raw.prev) == ("a" * 64, COUNTY, 1, ids.genesis(COUNTY))
    assert raw.input == Position("reports.hotline", 0, 7)


def test_bytes_are_those_of_the_format() -> None:
    """Frozen: a change here breaks every chain that was ever written."""
    value = a_record(Head(4, "ab" * 32), [OutcomeRefused("e" * 64, "unknown_report", "k:1")], "c" * 64, offset=9)
    assert value == (
        b'{"v":1,"cause":"' + b"c" * 64 + b'","jurisdiction":"430102","seq":5,"prev":"' + b"ab" * 32 + b'",'
        b'"input":{"topic":"reports.hotline","partition":0,"offset":9},'
        b'"events":[{"type":"outcome_refused.v1","report_id":"' + b"e" * 64 + b'",'
        b'"reason":"unknown_report","content":"k:1","key":null}]}'
    )


def test_encoding_is_stable_through_decoding() -> None:
    raw = parsed(a_record(record.first_head(COUNTY), [opened(EVERYTHING)], "a" * 64))
    again = record.Record(raw.v, raw.cause, raw.jurisdiction, raw.seq, raw.prev, raw.input, record.events(raw))
    assert record.encode(again) == a_record(record.first_head(COUNTY), [opened(EVERYTHING)], "a" * 64)


def test_envelope_reads_events_of_a_version_to_come() -> None:
    value = json.dumps(json.loads(a_chain(1)[0]) | {"events": [{"type": "case_merged.v9", "into": 7}]}).encode()
    assert record.follows(parsed(value), record.first_head(COUNTY))
    with pytest.raises(msgspec.DecodeError):
        record.events(parsed(value))


def test_envelope_reads_fields_of_a_version_to_come() -> None:
    value = json.dumps(json.loads(a_chain(1)[0]) | {"signed_by": "somebody"}).encode()
    assert record.follows(parsed(value), record.first_head(COUNTY))


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"null",
        b"[]",
        b"{",
        b"\x00",
        b"\xff\xfe",
        b'{"v":1}',
        b"[" * 10_000 + b"]" * 10_000,
        a_chain(1)[0].replace(b'"events":[', b'"events":' + b"[" * 10_000),
        a_chain(1)[0][:-2],
        a_chain(1)[0].replace(b'"seq":1', b'"seq":' + b"9" * 5_000),
        a_chain(1)[0].replace(b'"seq":1', b'"seq":"1"'),
        a_chain(1)[0].replace(b'"seq":1', b'"seq":1.5'),
        a_chain(1)[0].replace(b'"jurisdiction":"430102"', b'"jurisdiction":"\\ud800"'),
        a_chain(1)[0].replace(b'"partition":0', b'"partition":null'),
        a_chain(1)[0].replace(b'"prev":"', b'"prev":"\x01'),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_no_envelope_in_what_is_no_record(value: bytes | None) -> None:
    assert record.envelope(value) is None


HEAD = Head(1, record.digest(a_chain(2)[0]))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"v": 2}, "another version"),
        ({"seq": 1}, "the seq of the last record again"),
        ({"seq": 3}, "a seq left out"),
        ({"seq": -2}, "a seq below zero"),
        ({"prev": "00" * 32}, "another record's hash"),
        ({"prev": ids.genesis(COUNTY)}, "the hash of the start"),
        ({"prev": HEAD.hash.upper()}, "the hash in another spelling"),
        ({"prev": ""}, "no hash"),
    ],
)
def test_void_when_the_envelope_does_not_follow(change: dict[str, Any], why: str) -> None:
    fields = json.loads(a_chain(2)[1])
    assert record.follows(parsed(json.dumps(fields).encode()), HEAD)
    assert not record.follows(parsed(json.dumps(fields | change).encode()), HEAD), why


def test_first_record_follows_the_jurisdictions_own_genesis() -> None:
    value = a_chain(1)[0]
    assert record.follows(parsed(value), record.first_head(COUNTY))
    assert not record.follows(parsed(value), record.first_head("430103"))


def test_any_changed_byte_breaks_the_chain() -> None:
    first, second = a_chain(2)
    for place in range(0, len(first), 97):
        touched = first[:place] + bytes([first[place] ^ 1]) + first[place + 1 :]
        assert not record.follows(parsed(second), Head(1, record.digest(touched)))
