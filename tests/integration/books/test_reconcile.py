"""`wufang reconcile` on real servers: balanced when all went right, and every kind of gap is found."""

import msgspec

from tests.integration.books.days import HOME, OTHER, a_day, books
from tests.integration.books.office import Office
from tests.support.events import COUNTY, cause_of, encoded, outcome_event, report_event
from wufang.domain import ids
from wufang.domain.events import CaseOpened
from wufang.operations.reconcile import Balance
from wufang.wire import record, topics
from wufang.wire.position import Position
from wufang.wire.record import Head


def kinds(balance: Balance) -> set[str]:
    return {fault.kind for fault in balance.faults}


async def test_balances_a_day_with_duplicates_conflicts_and_poison(office: Office) -> None:
    await a_day(office)
    balance = await books(office)
    assert balance.balanced
    assert balance.settled
    sums = balance.by_topic()
    hotline = sums["reports.hotline"]
    assert (hotline.inputs, hotline.record, hotline.duplicate, hotline.gap) == (17, 15, 2, 0)
    assert (sums["reports.grid"].record, sums["reports.petition"].quarantined) == (4, 2)
    assert sums["commands"].quarantined == 1
    assert sum(s.inputs for s in sums.values()) == sum((await office.reader.ends(topics.INPUTS)).values())
    assert (balance.records, balance.voids, balance.jurisdictions) == (19, 0, 2)
    assert balance.quarantine == {"undecodable": 1, "empty": 1, "wrong_topic": 1}
    assert balance.documents is not None
    assert sum(balance.documents.agree.values()) > 19 + 16  # timeline and reports, then cases and receipts


async def test_garbage_and_forged_records_on_the_ledger_are_void(office: Office) -> None:
    await a_day(office)
    before = await books(office)
    forged = record.chained(Head(3, "0" * 64), "f" * 64, COUNTY, Position("reports.hotline", HOME, 0), [])
    for value in (b"garbage", None, b"[" * 3_000, record.encode(forged)):
        await office.put(topics.LEDGER, value, COUNTY.encode())
    await office.publish(report_event(60))
    await office.work()
    balance = await books(office)
    assert balance.balanced
    assert balance.voids == 4
    assert balance.records == before.records + 1


async def test_an_input_nobody_processed_is_a_gap(office: Office) -> None:
    await office.publish(report_event(1))
    await office.work()
    (lost,) = await office.publish(report_event(2))
    balance = await books(office, patience=0.5)
    assert not balance.balanced
    assert not balance.settled
    assert [(f.kind, f.where) for f in balance.faults] == [("gap", str(lost))]
    await office.groups.commit("ledger", await office.reader.ends(topics.INPUTS))  # a stream that skips
    balance = await books(office)
    assert [(f.kind, f.where) for f in balance.faults] == [("gap", str(lost))]
    assert balance.settled


async def test_a_cause_recorded_twice_is_found(office: Office) -> None:
    event = report_event(1)
    first, again = await office.publish(event, event)
    await office.work()
    (applied,) = list(await office.messages(topics.LEDGER))
    raw = record.envelope(applied.value)
    assert raw is not None
    assert applied.value is not None
    (opened,) = record.events(raw)
    assert isinstance(opened, CaseOpened)
    twice = msgspec.structs.replace(opened, case_id=ids.case_id(COUNTY, 2, 0))
    head = Head(1, record.digest(applied.value))
    forged = record.encode(record.chained(head, raw.cause, COUNTY, again, [twice]))
    await office.put(topics.LEDGER, forged, COUNTY.encode())
    await office.index_ledger()
    balance = await books(office)
    assert first != again
    assert {(f.kind, f.where) for f in balance.faults} == {
        ("cause_twice", cause_of(event)),
        ("report_twice", cause_of(event)),
    }


async def test_one_id_in_two_counties_is_two_reports_in_books_that_balance(office: Office) -> None:
    """Two records once had one cause: one document overwrote the other, and the books never balanced again."""
    here, there = report_event(1), report_event(1, jurisdiction=OTHER)
    await office.publish(here, there, outcome_event(1, "R1"), outcome_event(1, "R1", jurisdiction=OTHER))
    await office.work()
    balance = await books(office)
    assert (balance.balanced, balance.records, balance.jurisdictions) == (True, 4, 2)
    assert balance.shared_numbers == 2  # the report's and the outcome's
    found = await office.index.get("reports", [cause_of(here), cause_of(there)])
    assert [found[cause_of(event)].document["jurisdiction"] for event in (here, there)] == [COUNTY, OTHER]


async def test_one_cause_in_two_counties_is_found(office: Office) -> None:
    """No writer makes it: the cause holds the county."""
    here, there = await office.publish(report_event(1), report_event(1, jurisdiction=OTHER))
    await office.work()
    (foreign,) = [m for m in await office.messages(topics.LEDGER) if m.key == COUNTY.encode()]
    raw = record.envelope(foreign.value)
    assert raw is not None
    (opened,) = record.events(raw)
    assert isinstance(opened, CaseOpened)
    head = (await office.folds())[there.partition].head(OTHER)
    again = msgspec.structs.replace(opened, case_id=ids.case_id(OTHER, 2, 0))
    forged = record.encode(record.chained(head, raw.cause, OTHER, here, [again]))
    await office.put(topics.LEDGER, forged, OTHER.encode())
    assert {"cause_twice", "report_twice"} <= kinds(await books(office, index=False))


async def test_records_that_name_no_input_or_another_one_are_found(office: Office) -> None:
    (position,) = await office.publish(report_event(1))
    head = record.first_head(COUNTY)
    wrong = record.encode(record.chained(head, "a" * 64, COUNTY, position, []))
    await office.put(topics.LEDGER, wrong, COUNTY.encode())
    head = Head(1, record.digest(wrong))
    nowhere = Position("reports.hotline", HOME, 77)
    value = record.encode(record.chained(head, "b" * 64, COUNTY, nowhere, []))
    await office.put(topics.LEDGER, value, COUNTY.encode())
    head = Head(2, record.digest(value))
    again = record.encode(record.chained(head, "c" * 64, COUNTY, position, []))
    await office.put(topics.LEDGER, again, COUNTY.encode())
    balance = await books(office, index=False, patience=0.0)
    assert kinds(balance) == {"record_of_another", "record_without_input", "input_recorded_twice"}


async def test_a_chain_in_a_foreign_partition_is_found(office: Office) -> None:
    stray = (HOME + 1) % topics.PARTITIONS
    position = await office.put("reports.hotline", encoded(report_event(1)), COUNTY.encode(), partition=stray)
    value = record.encode(record.chained(record.first_head(COUNTY), cause_of(report_event(1)), COUNTY, position, []))
    await office.put(topics.LEDGER, value, COUNTY.encode(), partition=stray)
    assert kinds(await books(office, index=False, patience=0.0)) == {"wrong_partition"}


async def test_a_valid_record_of_another_version_is_named(office: Office) -> None:
    await office.publish(report_event(1))
    unknown = b'[{"type":"case_sung.v9"}]'
    value = record.encode(record.chained(record.first_head(COUNTY), "a" * 64, COUNTY, Position("x", HOME, 0), []))
    await office.put(topics.LEDGER, value.replace(b"[]", unknown), COUNTY.encode())
    balance = await books(office, index=False, patience=0.0)
    assert kinds(balance) == {"unfoldable", "gap"}


async def test_bytes_in_quarantine_that_are_not_the_inputs_are_found(office: Office) -> None:
    position = await office.put("reports.grid", b"poison", COUNTY.encode())
    headers = [("position", str(position).encode()), ("reason", b"undecodable"), ("stage", b"ledger")]
    await office.put(topics.QUARANTINE, b"other bytes", COUNTY.encode(), headers=headers)
    assert kinds(await books(office, index=False, patience=0.0)) == {"quarantine_differs"}


# --- the index


async def differences(office: Office) -> dict[str, list[str]]:
    balance = await books(office)
    assert not balance.balanced
    assert not balance.faults
    assert balance.documents is not None
    return dict(balance.documents.named)  # type: ignore[arg-type]


async def test_a_removed_document_is_missing(office: Office) -> None:
    await a_day(office)
    case_id = f"{COUNTY}-1-0"
    await office.raw("DELETE", f"/{office.index.name('cases', 1)}/_doc/{case_id}")
    assert await differences(office) == {"missing": [f"cases/{case_id}"]}


async def test_a_version_the_ledger_never_made_is_found(office: Office) -> None:
    await a_day(office)
    path = f"/{office.index.name('cases', 1)}/_doc/{COUNTY}-1-0"
    there = await office.raw("GET", path)
    await office.raw("PUT", path, there["_source"], version="99", version_type="external")
    assert await differences(office) == {"newer": [f"cases/{COUNTY}-1-0"]}


async def test_changed_content_is_found(office: Office) -> None:
    await a_day(office)
    name = cause_of(report_event(1))
    path = f"/{office.index.name('reports', 1)}/_doc/{name}"
    there = await office.raw("GET", path)
    changed = there["_source"] | {"title": "改过的标题"}
    await office.raw("PUT", path, changed, version=str(there["_version"]), version_type="external_gte")
    assert await differences(office) == {"different": [f"reports/{name}"]}


async def test_a_stray_document_is_found(office: Office) -> None:
    await a_day(office)
    path = f"/{office.index.name('receipts', 1)}/_doc/reports.hotline/0/1".replace("/0/1", "%2F0%2F1")
    await office.raw("PUT", path, {"state": "recorded"}, version="1", version_type="external")
    assert await differences(office) == {"extra": ["receipts/reports.hotline/0/1"]}


async def test_an_indexer_that_skipped_a_record_left_it_missing_and_a_case_older(office: Office) -> None:
    await office.publish(report_event(1))
    await office.work()
    await office.publish(outcome_event(1, "R1"))
    await office.work(index=False)
    await office.groups.commit("indexer-g1", await office.reader.ends((topics.LEDGER, topics.QUARANTINE)))
    found = await differences(office)
    assert found["older"] == [f"cases/{COUNTY}-1-0"]
    assert sorted(found["missing"]) == [f"receipts/{cause_of(outcome_event(1))}", f"timeline/{COUNTY}-2-0"]
