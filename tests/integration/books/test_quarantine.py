"""Quarantine on the real broker: kept, listed, shown, re-driven once with the same bytes, closed in the books."""

import json

import pytest

from tests.integration.books.days import HOME, books
from tests.integration.books.office import Office
from tests.support.events import COUNTY, cause_of, encoded, report_event
from wufang.adapters.kafka_partition import partition_of
from wufang.domain.decisions import Submission
from wufang.ledger import writer
from wufang.operations.quarantine import Entry, entries, redrive
from wufang.wire import topics
from wufang.wire.position import Position


def anything(_: Entry) -> bool:
    return True


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A decision that crashes on reports of one title, until the patch is undone."""
    sound = writer.decide  # type: ignore[attr-defined]  # what the writer calls

    def decide(submission: Submission, *known: object) -> object:
        if "R66" in getattr(getattr(submission, "report", None), "number", ""):
            raise AssertionError("a bug")
        return sound(submission, *known)  # type: ignore[arg-type]

    monkeypatch.setattr(writer, "decide", decide)
    return monkeypatch


async def test_a_crashed_decision_is_redriven_after_the_fix_and_closed(office: Office, bug: pytest.MonkeyPatch) -> None:
    good, bad = await office.publish(report_event(1), report_event(66))
    await office.work()
    (entry,) = await entries(office.settings)
    assert (entry.position, entry.reason, entry.stage, entry.state) == (bad, "decision_crashed", "ledger", "open")
    assert entry.value == encoded(report_event(66))
    balance = await books(office)
    assert (balance.balanced, balance.quarantine) == (True, {"decision_crashed": 1})

    bug.undo()
    (done,) = await redrive(office.settings, anything)
    assert done.placed == Position("reports.hotline", HOME, 2)
    (entry,) = await entries(office.settings)
    assert (entry.state, entry.redrives) == ("redriven", (done.placed,))
    await office.work()
    (entry,) = await entries(office.settings)
    assert entry.state == "closed"
    balance = await books(office)
    assert balance.balanced
    assert (balance.closed, balance.quarantine, balance.records) == (1, {}, 2)
    sums = balance.by_topic()["reports.hotline"]
    assert (sums.inputs, sums.record, sums.quarantined, sums.closed) == (3, 2, 1, 1)
    assert good != bad


async def test_a_position_is_not_redriven_twice_unless_asked(office: Office) -> None:
    await office.put("reports.grid", b"poison", COUNTY.encode())
    await office.take_inputs()
    assert len(await redrive(office.settings, anything)) == 1
    assert await redrive(office.settings, anything) == []
    assert len(await redrive(office.settings, anything, again=True)) == 1
    messages = await office.messages("reports.grid")
    assert [m.value for m in messages] == [b"poison"] * 3
    assert {m.header(topics.REDRIVE_HEADER) for m in messages[1:]} == {f"reports.grid/{HOME}/0"}


async def test_a_redrive_that_fails_again_closes_the_first_and_opens_the_second(office: Office) -> None:
    first = await office.put("reports.grid", b"poison", COUNTY.encode())
    await office.work()
    (done,) = await redrive(office.settings, anything)
    await office.work()
    assert {entry.position: entry.state for entry in await entries(office.settings)} == {
        first: "closed",
        done.placed: "open",
    }
    balance = await books(office)
    assert balance.balanced
    assert (balance.closed, balance.quarantine) == (1, {"undecodable": 1})


async def test_what_stood_in_a_wrong_partition_goes_where_its_key_belongs(office: Office) -> None:
    stray = (HOME + 1) % topics.PARTITIONS
    await office.put("reports.hotline", encoded(report_event(1)), COUNTY.encode(), partition=stray)
    await office.work()
    (entry,) = await entries(office.settings)
    assert entry.reason == "wrong_partition"
    (done,) = await redrive(office.settings, lambda one: one.reason == "wrong_partition")
    assert done.placed == Position("reports.hotline", partition_of(COUNTY.encode()), 0)
    await office.work()
    balance = await books(office)
    assert balance.balanced
    assert (balance.records, balance.closed) == (1, 1)


async def test_a_quarantined_input_that_was_sent_again_by_its_sender_is_a_duplicate(
    office: Office, bug: pytest.MonkeyPatch
) -> None:
    await office.publish(report_event(66))
    await office.work()
    bug.undo()
    await office.publish(report_event(66))
    await office.work()
    balance = await books(office)
    assert balance.balanced
    sums = balance.by_topic()["reports.hotline"]
    assert (sums.record, sums.duplicate, sums.quarantined) == (1, 1, 0)


async def test_a_keyless_record_is_redriven_into_its_partition(office: Office) -> None:
    await office.put("reports.petition", b"{}", None, partition=7)
    await office.take_inputs()
    (done,) = await redrive(office.settings, anything)
    assert done.placed == Position("reports.petition", 7, 1)


async def test_a_refused_document_is_written_when_the_index_takes_it(office: Office) -> None:
    """The document is taken out by hand, as if the index had refused it; the same record is indexed again."""
    path = f"/{office.index.name('reports', 1)}"
    await office.publish(report_event(1))
    await office.work()
    await office.raw("DELETE", f"{path}/_doc/{cause_of(report_event(1))}", version="1", version_type="external_gte")
    headers = [
        ("position", f"ledger/{HOME}/0".encode()),
        ("reason", b"refused_by_index"),
        ("detail", f"reports {cause_of(report_event(1))}: strict_dynamic_mapping_exception".encode()),
        ("stage", b"indexer"),
    ]
    (made,) = await office.messages(topics.LEDGER)
    await office.put(topics.QUARANTINE, made.value, made.key, headers=headers)
    await office.index_ledger()
    balance = await books(office)
    assert balance.balanced
    assert balance.documents is not None
    assert balance.documents.counts == {"refused": 1}
    (entry,) = await entries(office.settings)
    assert (str(entry.position), entry.stage, entry.state) == (f"ledger/{HOME}/0", "indexer", "open")
    (done,) = await redrive(office.settings, anything)
    assert done.refused == ()
    (entry,) = await entries(office.settings)
    assert entry.state == "closed"
    balance = await books(office)
    assert balance.documents is not None
    assert (balance.balanced, dict(balance.documents.counts)) == (True, {})


async def test_what_an_agency_sent_is_not_in_the_list(office: Office) -> None:
    await office.put("reports.hotline", json.dumps({"text": "某某的电话"}).encode(), COUNTY.encode())
    await office.take_inputs()
    (entry,) = await entries(office.settings)
    assert "某某" not in entry.detail
