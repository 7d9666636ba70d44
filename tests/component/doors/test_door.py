"""One report through the door, without servers: what is added, what is refused, and what it costs."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from bench.triage import rows
from services.channel.report import Submission
from services.discipline.contract import Entry
from services.hotline import SPEC
from tests.support.doors import ACCEPTED, KEY, RING, RULES, hotline, report
from tests.support.events import rules
from wufang.adapters import door
from wufang.adapters.door import Door, Ready, Refused, Unsealed
from wufang.adapters.http_app import AT_ONCE, _Channel, utc_now
from wufang.adapters.secrets_file import create_secrets
from wufang.domain.decisions import ReportSubmitted, matter, proposal
from wufang.domain.triage import Context, Triage
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Input, draft
from wufang.privacy.encryption import decrypt
from wufang.settings import Settings
from wufang.wire.inputs import decode
from wufang.wire.position import Position

LABELLED = Path(__file__).parents[2] / "data" / "triage" / "dev.csv"
FIFTY_SECONDS = 0.05


def long_report(number: int) -> dict[str, Any]:
    text = "青石巷三号楼二单元下水道堵塞已经超过两周，污水倒灌到一楼住户家中，多次向物业反映未得到解决。" * 3
    return report(
        f"rx-{number}",
        text=f"{text}请回电138{number:08d}",
        category="市政设施",
        address="平川县青石巷3号楼",
        grid_code="990101003007",
        details={"intake": "phone", "request_type": "complaint", "urgency": "ordinary"},
        reporter=f"user-{number:06d}",
        reporter_phone=f"139{number:08d}",
    )


def test_a_ready_report_is_what_the_ledger_reads() -> None:
    ready = hotline().prepare(long_report(7), KEY, ACCEPTED)
    assert isinstance(ready, Ready)
    submission = decode("reports.hotline", ready.key, ready.value)
    assert submission.cause == ready.cause
    assert submission.content == ready.content
    event = orjson.loads(ready.value)
    assert event["acceptedat"] == ACCEPTED
    assert event["data"]["reporter"]["basis"] == "phone"
    assert ready.encrypted is not None
    opened = decrypt(RING, ready.encrypted.wrapped, event["data"]["sealed"])
    assert opened["reporter_phone"] == "13900000007"
    assert opened["text"].endswith("13800000007")


def test_what_was_screened_and_published_as_posted_says_by_which_rules() -> None:
    conduct = "县住建局王局长收了施工队的好处费，把工程批给亲戚。"
    posted = {"plain": {}, "masked": {"text": "路灯坏了，回电13800000007"}, "sealed": {"text": f"路灯坏了。{conduct}"}}
    marks = {}
    for name, changed in posted.items():
        door = hotline()
        made = door.prepare(report(f"rx-{name}", **changed), KEY, ACCEPTED)
        ready = door.sealed(made, "r" * 40) if isinstance(made, Unsealed) else made
        assert isinstance(ready, Ready)
        submission = decode("reports.hotline", ready.key, ready.value)
        assert isinstance(submission, ReportSubmitted)
        marks[name] = submission.screened
    assert marks == {"plain": RULES.mark, "masked": None, "sealed": None}
    other = Door(SPEC, RING, os.urandom, msgspec.structs.replace(RULES, mark="9" * 129))
    unmarked = other.prepare(report("rx-plain"), KEY, ACCEPTED)
    assert isinstance(unmarked, Ready)
    assert "screened" not in orjson.loads(unmarked.value)["data"], "longer than its schema has it"
    ended = hotline().prepare(outcome(jurisdiction="990101"), KEY, ACCEPTED)
    assert isinstance(ended, Ready)
    assert "screened" not in orjson.loads(ended.value)["data"]


def test_what_a_door_proposes_is_what_the_ledger_stream_would_propose() -> None:
    state, known, lanes = LedgerState(triage=RULES), Context(3, 2, common=True), set()
    for number, row in enumerate(rows(LABELLED)):
        ready = hotline().prepare(report(f"rx-{number}", title=row.matter.title, text=row.matter.text), KEY, ACCEPTED)
        if not isinstance(ready, Ready):
            continue  # refused, or a part is sealed
        told = decode("reports.hotline", ready.key, ready.value)
        assert isinstance(told, ReportSubmitted)
        if told.told is not None:
            for now in (Context(), known):
                mine = proposal(told.report, state.triage(matter(told.report, told.screened), now, told.told))
                assert mine == proposal(told.report, state.triage(matter(told.report), now))
            lanes.add(told.told.lane)
    assert lanes == {"urgent", "dedicated", "ordinary"}


def test_what_other_rules_proposed_is_asked_again() -> None:
    ready = hotline().prepare(report("rx-1", title="路灯", text="路灯坏了"), KEY, ACCEPTED)
    assert isinstance(ready, Ready)
    plain = decode("reports.hotline", ready.key, ready.value)
    assert isinstance(plain, ReportSubmitted)
    assert plain.told == Triage(None, None, "ordinary", (), (), RULES.mark)
    state, wrong = LedgerState(triage=RULES), Triage("119", None, "urgent", (), (), "triage-0")
    found = state.triage(matter(plain.report), Context(), wrong)
    assert found is not None
    assert (found.danger, found.lane) == (None, "ordinary")
    believed = state.triage(matter(plain.report), Context(), msgspec.structs.replace(wrong, rules=RULES.mark))
    assert believed is not None
    assert believed.danger == "119"


def test_one_id_in_two_counties_is_two_causes() -> None:
    made = [hotline().prepare(report("rx-1") | {"jurisdiction": f"99010{n}"}, KEY, ACCEPTED) for n in (1, 2)]
    one, other = (item for item in made if isinstance(item, Ready))
    assert one.cause != other.cause
    assert [decode("reports.hotline", item.key, item.value).cause for item in (one, other)] == [one.cause, other.cause]


@pytest.mark.parametrize(
    ("occurred_at", "accepted"),
    [("2026-03-07T08:00:00+08:00", True), ("2026-03-07T08:00:00.001+08:00", False), ("2062-03-05T09:30:00Z", False)],
)
def test_a_report_from_the_future_is_refused_and_told_why(occurred_at: str, accepted: bool) -> None:
    made = hotline().prepare(report("rx-1", occurred_at=occurred_at), KEY, ACCEPTED)
    if accepted:
        assert isinstance(made, Ready)
        return
    assert isinstance(made, Refused)
    (error,) = made.errors
    assert (error.field, error.rule) == ("data.occurred_at", "in_the_future")
    assert error.message == "发生时间晚于当前时间一天以上；请核对年份和时区"
    assert isinstance(hotline().prepare(report("rx-1", occurred_at=error.example), KEY, ACCEPTED), Ready)


def outcome(**envelope: Any) -> dict[str, Any]:
    told = {"report": "rx-1", "result": "solved", "concluded_at": "2026-03-05T10:30:00+08:00"}
    return {"specversion": "1.0", "id": "rx-1-end", "type": "wufang.hotline.outcome.v1", "data": told, **envelope}


def test_a_city_desks_outcome_must_name_its_county() -> None:
    """Its report may stand where a grid code placed it; under the city's own code the ledger refuses it for good."""
    made = hotline().prepare(outcome(), KEY, ACCEPTED)
    assert isinstance(made, Refused)
    (error,) = made.errors
    assert (error.field, error.rule) == ("jurisdiction", "required")
    assert "县级行政区划代码" in error.message


def test_a_city_desks_outcome_finds_the_report_a_grid_code_placed() -> None:
    ledger, door = LedgerState(), hotline()
    events = report("rx-1", grid_code="990101003007"), outcome(jurisdiction="990101")
    for offset, event in enumerate(events):
        made = door.prepare(event, KEY, ACCEPTED)
        assert isinstance(made, Ready)
        draft(ledger, [Input(Position("reports.hotline", 0, offset), made.key, made.value)], rules())
    case = ledger.case("990101-1-0")
    assert case is not None
    assert case.concluded == 1


def test_a_countys_own_outcome_needs_no_county() -> None:
    county = msgspec.structs.replace(KEY, jurisdiction="990101", authority="990101")
    made = hotline().prepare(outcome(), county, ACCEPTED)
    assert isinstance(made, Ready)
    assert made.key == b"990101"


def test_an_outcome_from_the_future_is_refused_too() -> None:
    event = outcome(jurisdiction="990101")
    event["data"]["concluded_at"] = "2027-03-05T09:30:00+08:00"
    made = hotline().prepare(event, KEY, ACCEPTED)
    assert isinstance(made, Refused)
    assert [error.field for error in made.errors] == ["data.concluded_at"]


def test_a_field_that_is_called_reserved_changes_nothing() -> None:
    fields = Submission.model_fields
    reserved = {name: field.examples[0] for name, field in fields.items() if "保留" in (field.title or "")}  # type: ignore[index]
    assert reserved.keys() == {"time", "traceparent", "datacontenttype", "dataschema"}
    event = long_report(1)
    assert hotline().prepare(event | reserved, KEY, ACCEPTED) == hotline().prepare(event, KEY, ACCEPTED)


def test_the_same_input_and_chance_give_the_same_bytes() -> None:
    one, two = hotline().prepare(long_report(1), KEY, ACCEPTED), hotline().prepare(long_report(1), KEY, ACCEPTED)
    assert one == two


def test_a_report_that_a_record_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "RECORD_LIMIT", 500)
    refused = hotline().prepare(long_report(1), KEY, ACCEPTED)
    assert isinstance(refused, Refused)
    assert [error.rule for error in refused.errors] == ["too_large"]


def test_an_id_that_may_be_a_persons_number_is_not_repeated() -> None:
    for personal in ("13812345678", "11010519491231002X", "6222021234567890128"):
        refused = hotline().prepare({**long_report(1), "id": personal}, KEY, ACCEPTED)
        assert isinstance(refused, Refused)
        assert refused.id == ""
        assert personal not in str(refused)


def test_an_id_that_names_the_reporter_is_refused_and_not_repeated() -> None:
    event = long_report(1)
    named = {**event, "id": "欧阳青-1", "data": {**event["data"], "reporter_name": "欧阳青"}}
    refused = hotline().prepare(named, KEY, ACCEPTED)
    assert isinstance(refused, Refused)
    assert [(error.field, error.rule) for error in refused.errors] == [("id", "personal_number")]
    assert "欧阳青" not in str(refused)


async def test_a_slow_post_leaves_the_event_loop_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few items are slow: the masking of one long text may take a tenth of a second."""
    settings = Settings.from_env({"WUFANG_SECRETS": str(tmp_path / "secrets.json")})
    channel = _Channel(SPEC, settings, create_secrets(settings.secrets), utc_now, os.urandom)
    monkeypatch.setattr(channel._door, "prepare", lambda *_: time.sleep(1.5 * AT_ONCE))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    await channel._prepared([{}] * 10, KEY, ACCEPTED)
    other.cancel()
    assert turns >= 8


def test_long_reports_cost_little() -> None:
    """CPU time, so that a busy machine does not matter; the best of three, so that a first run does not."""
    used = []
    for _ in range(3):
        events = [long_report(number) for number in range(50)]
        started = time.thread_time()
        prepared = [hotline().prepare(event, KEY, ACCEPTED) for event in events]
        used.append(time.thread_time() - started)
        assert all(isinstance(one, Ready) for one in prepared)
    assert min(used) < FIFTY_SECONDS


# a part about officials' conduct


CONDUCT = "青石巷路灯坏了半年没人修。县住建局王局长收了施工队的好处费，把工程批给亲戚。"


def test_an_entry_carries_the_code_of_what_was_posted_and_keeps_the_stores_bounds() -> None:
    event = report("rx-1", text=CONDUCT)
    made = hotline().prepare(event, KEY, ACCEPTED)
    assert isinstance(made, Unsealed)
    assert made.entry["content"] == made.content
    long = Door(SPEC, RING, os.urandom, msgspec.structs.replace(RULES, version="triage-" + "9" * 100))
    again = long.prepare(event, KEY, ACCEPTED)
    assert isinstance(again, Unsealed)
    assert again.entry["content"] == made.entry["content"]
    for one in (made, again):
        Entry.model_validate(one.entry)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "王局长收红包一事"}, "id"),
        ({"data": {"number": "RX-王局长-收受贿赂"}}, "data.number"),
        ({"data": {"related": ["RX-1", "县住建局王局长收受贿赂"]}}, "data.related.1"),
    ],
)
def test_a_number_that_says_what_an_official_did_is_refused_and_not_repeated(
    changed: dict[str, Any], field: str
) -> None:
    event = report(str(changed.get("id", "rx-1")), **changed.get("data", {}))
    made = hotline().prepare(event, KEY, ACCEPTED)
    assert isinstance(made, Refused)
    assert [(error.field, error.rule) for error in made.errors] == [(field, "telling_number")]
    assert "王局长" not in str(made)
    assert made.id == ("" if field == "id" else "rx-1")
