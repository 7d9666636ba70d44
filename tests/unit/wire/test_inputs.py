"""Inputs: what decodes, the reason everything else is quarantined for, and no other exception ever."""

import json
import re
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.channel.fields import TIME_PATTERN
from tests.support.events import (
    COUNTY,
    cause_of,
    encoded,
    outcome_data,
    outcome_event,
    report_data,
    report_event,
    topic_of,
)
from wufang.domain.decisions import OutcomeSubmitted, ReportSubmitted, Submission
from wufang.domain.report import Point, Report, Reporter, Sealed
from wufang.wire import inputs, topics
from wufang.wire.inputs import Unusable

HOTLINE = "reports.hotline"
KEY = COUNTY.encode()
CLASSIC = encoded(report_event(data=report_data(title="电梯停运")))


def decoded(event: dict[str, Any]) -> Submission:
    return inputs.decode(topic_of(event), event["jurisdiction"].encode(), encoded(event))


def refused(topic: str, key: bytes | None, value: bytes | None) -> Unusable:
    with pytest.raises(Unusable) as caught:
        inputs.decode(topic, key, value)
    return caught.value


def test_report_decodes_with_its_cause_and_times_in_milliseconds() -> None:
    event = report_event(3, channel="grid")
    submission = decoded(event)
    assert isinstance(submission, ReportSubmitted)
    report = submission.report
    assert submission.cause == report.id == cause_of(event)
    assert (report.source, report.number, report.channel) == ("grid-desk", "R3", "grid")
    assert (report.occurred_at, report.accepted_at) == (1_767_323_045_678, 1_767_323_100_000)
    assert submission.content == report.content == event["contentmac"]


def test_report_decodes_with_every_field() -> None:
    data = report_data(
        number="WO-1",
        received_at="2026-01-02T11:04:06+08:00",
        category="住建",
        address="青禾小区",
        grid_code="430102001",
        point={"lat": 28.2, "lon": 112.9},
        contact_mode="confidential",
        public=True,
        enterprise=False,
        accused="某物业",
        related=["WO-7", "WO-8"],
        reporter={"pseudonym": "5" * 32, "basis": "phone"},
        sealed={"key": "d" * 32, "nonce": "bm9u", "ciphertext": "Y2lw"},
        details={"urgency": "urgent"},
        conduct={"receipt": "r" * 40},
    )
    assert set(data) == set(inputs.ReportData.__struct_fields__) & set(Report.__struct_fields__), "these are not all"
    submission = decoded(report_event(data=data))
    assert isinstance(submission, ReportSubmitted)
    report = submission.report
    assert {name: getattr(report, name) for name in data if getattr(report, name) in (None, (), {})} == {}
    assert (report.number, report.received_at, report.point) == ("WO-1", 1_767_323_046_000, Point(28.2, 112.9))
    assert (report.reporter, report.sealed) == (Reporter("5" * 32, "phone"), Sealed("d" * 32, "bm9u", "Y2lw"))
    assert (report.related, report.details) == (("WO-7", "WO-8"), {"urgency": "urgent"})


def test_outcome_decodes_naming_the_report_of_the_same_source() -> None:
    submission = decoded(outcome_event(2, report="R7"))
    assert isinstance(submission, OutcomeSubmitted)
    assert submission.report_id == cause_of(report_event(7))
    assert submission.outcome.concluded_at == 1_767_920_400_000


def test_outcome_names_a_report_of_its_own_county_only() -> None:
    submission = decoded(outcome_event(2, report="R7", jurisdiction="430103"))
    assert isinstance(submission, OutcomeSubmitted)
    assert submission.report_id == cause_of(report_event(7, jurisdiction="430103"))
    assert submission.report_id != cause_of(report_event(7))


def test_same_instant_in_another_offset_is_the_same_submission() -> None:
    there = report_event(data=report_data(occurred_at="2026-01-02T11:04:05.678+08:00"), contentmac="k:1")
    assert decoded(there) == decoded(report_event(contentmac="k:1"))


BAD_ENVELOPES: list[tuple[str, dict[str, Any], str]] = [
    ("another specversion", {"specversion": "0.3"}, "bad_envelope"),
    ("unknown type", {"type": "wufang.hotline.rumour.v1"}, "unknown_type"),
    ("unknown channel", {"type": "wufang.radio.report.v1"}, "unknown_type"),
    ("version to come", {"type": "wufang.hotline.report.v2"}, "unknown_type"),
    ("type with a line break", {"type": "wufang.hotline.report.v1\n"}, "unknown_type"),
    ("another channel's topic", {"type": "wufang.grid.report.v1"}, "wrong_topic"),
    ("jurisdiction too short", {"jurisdiction": "4301"}, "bad_jurisdiction"),
    ("jurisdiction in full-width digits", {"jurisdiction": "４３０１０２"}, "bad_jurisdiction"),
    ("jurisdiction with a line break", {"jurisdiction": "430102\n"}, "bad_jurisdiction"),
    ("another jurisdiction than the key", {"jurisdiction": "430103"}, "key_mismatch"),
    ("number for an id", {"id": 7}, "bad_envelope"),
    ("empty id", {"id": ""}, "bad_envelope"),
    ("empty source", {"source": ""}, "bad_envelope"),
    ("empty content code", {"contentmac": ""}, "bad_envelope"),
    ("unknown attribute", {"traceparent": "00-1-2-3"}, "bad_envelope"),
    ("null data", {"data": None}, "bad_data"),
    ("list as data", {"data": []}, "bad_data"),
    ("naive time", {"time": "2026-01-02T03:04:05"}, "naive_time"),
    ("naive accepted time", {"acceptedat": "2026-01-02T03:04:05"}, "naive_time"),
    ("time in words", {"acceptedat": "yesterday"}, "bad_envelope"),
    ("seconds since 1970", {"acceptedat": 1_767_323_045}, "bad_envelope"),
    ("24 o'clock", {"acceptedat": "2026-01-01T24:00:00Z"}, "bad_envelope"),
]


@pytest.mark.parametrize(
    ("change", "reason"), [case[1:] for case in BAD_ENVELOPES], ids=[case[0] for case in BAD_ENVELOPES]
)
def test_bad_envelope_says_why(change: dict[str, Any], reason: str) -> None:
    event = report_event(contentmac="k:1") | change
    assert refused(HOTLINE, KEY, encoded(event)).reason == reason


BAD_DATA: list[tuple[str, dict[str, Any], str]] = [
    ("naive occurrence", {"occurred_at": "2026-01-02T03:04:05"}, "naive_time"),
    ("naive receipt", {"received_at": "2026-01-02T03:04:05"}, "naive_time"),
    ("no such day", {"occurred_at": "2026-02-30T00:00:00Z"}, "bad_data"),
    ("unknown field", {"reporter_phone": "x"}, "bad_data"),
    ("number for text", {"text": 12}, "bad_data"),
    ("unknown contact mode", {"contact_mode": "shy"}, "bad_data"),
    ("latitude in words", {"point": {"lat": "north", "lon": 1}}, "bad_data"),
    ("basis unknown", {"reporter": {"pseudonym": "5", "basis": "face"}}, "bad_data"),
    ("details as list", {"details": []}, "bad_data"),
    ("whole number beyond 64 bits", {"details": {"n": 10**30}}, "bad_data"),
    ("details nested 50 deep", {"details": {"n": json.loads("[" * 50 + "]" * 50)}}, "bad_data"),
    ("details nested 500 deep", {"details": json.loads('{"n":' * 500 + "1" + "}" * 500)}, "bad_data"),
]


@pytest.mark.parametrize(("change", "reason"), [case[1:] for case in BAD_DATA], ids=[case[0] for case in BAD_DATA])
def test_bad_data_says_why(change: dict[str, Any], reason: str) -> None:
    assert refused(HOTLINE, KEY, encoded(report_event(data=report_data(**change)))).reason == reason


@pytest.mark.parametrize("field", ["title", "text", "occurred_at"])
def test_report_without_a_required_field_is_bad_data(field: str) -> None:
    data = report_data()
    del data[field]
    assert refused(HOTLINE, KEY, encoded(report_event(data=data))).reason == "bad_data"


@pytest.mark.parametrize("change", [{"result": "forgotten"}, {"concluded_at": None}, {"satisfied": "yes"}], ids=str)
def test_bad_outcome_says_why(change: dict[str, Any]) -> None:
    event = outcome_event(data=outcome_data("R1", **change))
    assert refused(HOTLINE, KEY, encoded(event)).reason == "bad_data"


def test_outcome_with_a_naive_time_says_why() -> None:
    event = outcome_event(data=outcome_data("R1", concluded_at="2026-01-02T03:04:05"))
    assert refused(HOTLINE, KEY, encoded(event)).reason == "naive_time"


RAW: list[tuple[str, bytes | None, str]] = [
    ("tombstone", None, "empty"),
    ("nothing", b"", "undecodable"),
    ("not JSON", b"hello", "undecodable"),
    ("cut off", CLASSIC[:-1], "undecodable"),
    ("two values", CLASSIC + CLASSIC, "undecodable"),
    ("byte order mark", b"\xef\xbb\xbf" + CLASSIC, "undecodable"),
    ("UTF-16", CLASSIC.decode().encode("utf-16"), "undecodable"),
    ("raw NUL", CLASSIC.replace("电梯".encode(), b"\x00"), "undecodable"),
    ("bytes that are no UTF-8", CLASSIC.replace("电梯".encode(), b"\xff"), "undecodable"),
    ("lone surrogate as bytes", CLASSIC.replace("电梯".encode(), b"\xed\xa0\x80"), "undecodable"),
    ("lone surrogate as escape", CLASSIC.replace("电梯".encode(), b"\\ud800"), "undecodable"),
    ("lone surrogate in the id", CLASSIC.replace(b'"R1"', b'"\\ud800"'), "undecodable"),
    ("list nested 10,000 deep", b"[" * 10_000 + b"]" * 10_000, "bad_envelope"),
    ("whole number of 10,000 digits", b'{"data":' + b"9" * 10_000 + b"}", "bad_envelope"),
    ("object nested 10,000 deep", b'{"data":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, "undecodable"),
    ("number", b"7", "bad_envelope"),
    ("null", b"null", "bad_envelope"),
    ("list", b"[]", "bad_envelope"),
    ("empty object", b"{}", "bad_envelope"),
]


@pytest.mark.parametrize(("value", "reason"), [case[1:] for case in RAW], ids=[case[0] for case in RAW])
def test_bytes_that_are_no_event_say_why(value: bytes | None, reason: str) -> None:
    assert refused(HOTLINE, KEY, value).reason == reason


@pytest.mark.parametrize(
    ("number", "reason"),
    [(b"NaN", "undecodable"), (b"Infinity", "undecodable"), (b"1e999", "bad_data"), (b"1" * 400, "bad_data")],
    ids=["NaN", "Infinity", "1e999", "400 digits"],
)
def test_numbers_that_json_cannot_carry_say_why(number: bytes, reason: str) -> None:
    value = encoded(report_event(data=report_data(details={"n": 0}))).replace(b'"n":0', b'"n":' + number)
    assert refused(HOTLINE, KEY, value).reason == reason


@pytest.mark.parametrize("key", [None, b"", b"430103", b"430102 ", b"\xff", "４３０１０２".encode()], ids=repr)
def test_key_that_is_not_the_jurisdiction_says_so(key: bytes | None) -> None:
    assert refused(HOTLINE, key, CLASSIC).reason == "key_mismatch"


@pytest.mark.parametrize("topic", [topics.COMMANDS, "reports.grid", "ledger", ""])
def test_topic_that_is_not_the_channels_says_so(topic: str) -> None:
    assert refused(topic, KEY, CLASSIC).reason == "wrong_topic"


@pytest.mark.parametrize(
    "change",
    [
        {"contact_mode": "13800001111"},
        {"contact_mode": "it's 13800001111 - at `$.x`"},
        {"occurred_at": "13800001111"},
        {"point": "13800001111"},
        {"13800001111": 1},
        {"` - at `13800001111": 1},
        {"reporter": {"13800001111": 1}},
        {"details": {"13800001111": 10**40}},
        {"reporter": {"pseudonym": "5", "basis": "13800001111"}},
    ],
    ids=str,
)
def test_detail_quotes_no_value(change: dict[str, Any]) -> None:
    error = refused(HOTLINE, KEY, encoded(report_event(data=report_data(**change))))
    assert "13800001111" not in str(error)


def test_detail_names_the_field() -> None:
    unknown = refused(HOTLINE, KEY, encoded(report_event(data=report_data(reporter_phone="x"))))
    assert unknown.detail == "Object contains unknown field `reporter_phone`"
    wrong = refused(HOTLINE, KEY, encoded(report_event(data=report_data(contact_mode="shy"))))
    assert wrong.detail == "Invalid enum value - at `$.contact_mode`"


UNTHINKABLE = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "1899-12-30T23:59:59Z",
    "2101-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
]


@pytest.mark.parametrize("moment", UNTHINKABLE)
def test_a_time_no_matter_can_have_is_kept_aside(moment: str) -> None:
    reports = [report_event(data=report_data(**{name: moment})) for name in ("occurred_at", "received_at")]
    envelopes = [report_event() | {name: moment} for name in ("acceptedat", "time")]
    outcomes = [outcome_event(data=outcome_data("R1", concluded_at=moment)), outcome_event() | {"acceptedat": moment}]
    for event in (*reports, *envelopes, *outcomes):
        assert refused(HOTLINE, KEY, encoded(event)).reason == "bad_time"


@pytest.mark.parametrize("moment", ["1900-01-01T00:00:00+23:59", "2099-12-31T23:59:59-23:59"])
def test_whatever_time_a_door_accepts_is_usable(moment: str) -> None:
    assert re.fullmatch(TIME_PATTERN, moment)
    decoded(report_event(data=report_data(occurred_at=moment)))


def test_wire_time_is_the_inverse_of_milliseconds() -> None:
    for ms in (0, 1, 999, 1_767_323_045_678, 2_147_483_648_000):
        moment = msgspec.convert(inputs.wire_time(ms), datetime)
        assert inputs.milliseconds(moment) == ms


# --- nothing but Unusable, whatever comes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(sorted(report_event()))
data_fields = st.sampled_from([*inputs.ReportData.__struct_fields__, *inputs.OutcomeData.__struct_fields__])


def only_unusable(topic: str, key: bytes | None, value: bytes | None) -> None:
    """Decoding gives a submission that can be encoded, or Unusable."""
    try:
        submission = inputs.decode(topic, key, value)
    except Unusable:
        return
    msgspec.json.encode(submission)


@given(st.sampled_from(topics.INPUTS), st.none() | st.binary(max_size=8), st.binary(max_size=200))
def test_any_bytes(topic: str, key: bytes | None, value: bytes) -> None:
    only_unusable(topic, key, value)


@given(json_values)
@settings(max_examples=200)
def test_any_json(value: object) -> None:
    only_unusable(HOTLINE, KEY, json.dumps(value).encode())


@given(fields, json_values)
@settings(max_examples=300)
def test_any_json_in_any_attribute(name: str, value: object) -> None:
    only_unusable(HOTLINE, KEY, json.dumps(report_event(contentmac="k:1") | {name: value}).encode())


@given(data_fields, json_values)
@example("details", {"n": 2**64})
@example("details", {"n": -(2**63) - 1})
@example("occurred_at", "0001-01-01T00:00:00+23:59")
@example("occurred_at", "9999-12-31T23:59:59.999999-23:59")
@settings(max_examples=400)
def test_any_json_in_any_field(name: str, value: object) -> None:
    only_unusable(HOTLINE, KEY, json.dumps(report_event(data=report_data() | {name: value})).encode())
    only_unusable(HOTLINE, KEY, json.dumps(outcome_event(data=outcome_data("R1") | {name: value})).encode())


@given(st.integers(0, len(CLASSIC) - 1), st.binary(min_size=0, max_size=3))
@settings(max_examples=400)
def test_any_damaged_bytes(place: int, damage: bytes) -> None:
    only_unusable(HOTLINE, KEY, CLASSIC[:place] + damage + CLASSIC[place + 1 :])
