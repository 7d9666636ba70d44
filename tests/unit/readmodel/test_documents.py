"""What a document says of a case, a report, an event; and what no document may say."""

from typing import Any

import orjson

from tests.support.samples import a_case, a_link, a_report, an_origin, an_outcome, events_of
from wufang.domain.case import arrived
from wufang.domain.events import (
    CaseOpened,
    OutcomeRefused,
    Proposal,
    ReportConcluded,
    ReportLinked,
    SubmissionConflicted,
)
from wufang.domain.report import Point, Sealed
from wufang.readmodel.actions import case_action, placed_action, quarantine_action, record_actions
from wufang.readmodel.document import areas, case_document, content_hash, report_document
from wufang.readmodel.mapping import mappings
from wufang.readmodel.timeline import arrival_entry, timeline_document


def test_a_case_names_its_channels_and_counts_its_reports() -> None:
    case = a_case(a_report(1), a_report(2, channel="petition", title="再次反映电梯"), a_report(3, channel="petition"))
    document = case_document(case)
    assert document["channels"] == ["hotline", "petition"]
    assert document["channel_reports"] == {"hotline": 1, "petition": 2}
    assert (document["reports"], document["channel_count"]) == (3, 2)
    assert document["link_kinds"] == ["same_matter"]
    assert document["other_titles"] == ["再次反映电梯"]


def test_progress_counts_ended_reports_and_is_not_the_cases_state() -> None:
    reports = [a_report(1), a_report(2)]
    said = [case_document(a_case(*reports, concluded=ended)) for ended in (0, 1, 2)]
    assert [document["progress"] for document in said] == ["none", "some", "all"]
    assert {document["state"] for document in said} == {"open"}


def test_a_case_document_stays_bounded_however_many_reports_join() -> None:
    reports = [a_report(n, title=f"标题{n}", text="楼道堆物" * 500, address=f"地址{n}") for n in range(1, 400)]
    assert len(orjson.dumps(case_document(a_case(*reports)))) < 16_000


def test_areas_are_the_authorities_above_a_county() -> None:
    assert areas("430102") == ["43", "4301", "430102"]


def test_no_document_holds_a_pseudonym_or_ciphertext() -> None:
    outcome = an_outcome(reply="已修复", sealed=Sealed("e" * 32, "bm9uY2Uy", "c2VhbGVkcmVwbHk="))
    events = [*events_of(a_report()), ReportConcluded("430102-1-0", a_report().id, outcome, False)]
    actions = [*record_actions(events, an_origin()), case_action(a_case(a_report()))]
    written = orjson.dumps([action.document for action in actions])
    for secret in (b"5eed5eed", b"Y2lwaGVydGV4dA", b"c2VhbGVkcmVwbHk", b"dddddddd", b"eeeeeeee"):
        assert secret not in written


def test_a_linked_report_carries_its_case_and_the_evidence() -> None:
    linked = ReportLinked("430102-1-0", a_report(), a_link("430102-1-0"))
    document = report_document(arrived(linked, 7, 0, "reports.hotline/0/1"), "430102-1-0")
    assert document["case_id"] == "430102-1-0"
    assert document["seq"] == 7
    assert document["link"]["score"] == 0.7321
    assert document["link"]["rules"] == "linking-1"
    assert list(document["link"]["reasons"]) == [{"feature": "text", "value": 0.7321, "detail": "文字相近"}]


def test_a_report_that_opens_a_case_is_one_document_that_its_timeline_tells_of() -> None:
    proposed = Proposal(None, "urgent", (), (), "t-1")
    event = CaseOpened("430102-4-0", a_report(), proposed)
    (action,) = record_actions([event], an_origin(4))
    assert (action.kind, action.id, action.version) == ("reports", a_report().id, 4)
    entry = arrival_entry(action.id, action.document)
    assert entry == {
        "type": "case_opened",
        "case_id": "430102-4-0",
        "report_id": a_report().id,
        "cause": a_report().id,
        "seq": 4,
        "index": 0,
        "at": a_report().accepted_at,
        "occurred_at": a_report().occurred_at,
        "channel": "hotline",
        "number": a_report().number,
        "title": a_report().title,
        "triage": {"lane": "urgent", "why": [], "rules": "t-1"},
    }


def test_a_report_put_elsewhere_still_tells_how_it_came() -> None:
    came = arrived(ReportLinked("430102-1-0", a_report(), a_link("430102-1-0")), 7, 2, "reports.hotline/0/1")
    moved = placed_action(came, "430102-9-0", 9)
    assert (moved.version, moved.document["case_id"]) == (9, "430102-9-0")
    entry = arrival_entry(moved.id, moved.document)
    assert (entry["type"], entry["case_id"], entry["seq"], entry["index"]) == ("report_linked", "430102-1-0", 7, 2)
    assert entry["link"]["score"] == 0.7321


def test_an_outcome_is_on_the_timeline_and_answers_its_receipt() -> None:
    event = ReportConcluded("430102-1-0", a_report().id, an_outcome(satisfied=False), True)
    entry, receipt = record_actions([event], an_origin(9))
    assert (entry.kind, entry.document["outcome"]["satisfied"]) == ("timeline", False)
    assert (receipt.kind, receipt.id, receipt.document["state"]) == ("receipts", "c" * 64, "recorded")


def test_a_conflict_answers_by_its_cause_and_by_its_position() -> None:
    actions = list(record_actions([SubmissionConflicted(a_report().id, "c1:00")], an_origin(5)))
    assert [action.id for action in actions] == ["c" * 64, "reports.hotline/3/5"]
    assert {action.document["state"] for action in actions} == {"conflicted"}


def test_a_refused_outcome_has_a_receipt_and_no_timeline() -> None:
    event = OutcomeRefused("f" * 64, "unknown_report", "c1:00")
    assert timeline_document(event, an_origin(), 0) is None
    (receipt,) = record_actions([event], an_origin())
    assert (receipt.document["state"], receipt.document["reason"]) == ("refused", "unknown_report")


def test_a_quarantined_input_answers_by_position() -> None:
    action = quarantine_action("reports.grid/0/12", "undecodable")
    assert (action.kind, action.id) == ("receipts", "reports.grid/0/12")
    assert action.document["reason"] == "undecodable"


def test_the_hash_is_of_the_content_and_not_of_the_order() -> None:
    document = case_document(a_case(a_report()))
    turned = dict(reversed(document.items()))
    assert content_hash(orjson.loads(orjson.dumps(turned))) == content_hash(document)
    assert content_hash({**document, "reports": 2}) != content_hash(document)


def test_a_receipt_says_which_content_it_answers_for() -> None:
    event = ReportConcluded("430102-1-0", a_report().id, an_outcome(), True)
    *_, receipt = record_actions([event], an_origin())
    assert receipt.document["content"] == an_outcome().content


def test_every_field_of_every_document_is_mapped() -> None:
    place: dict[str, Any] = {
        "address": "某路",
        "grid_code": "430102001",
        "point": Point(28.2, 112.9),
        "category": "电梯",
    }
    wishes = {
        "contact_mode": "anonymous",
        "public": True,
        "enterprise": False,
        "details": {"urgency": "high"},
    }
    full = a_report(1, **(place | wishes), received_at=1, accused="某物业", related=("A1",))
    linked = ReportLinked("430102-1-0", full, a_link("430102-1-0"))
    actions = [
        *record_actions([*events_of(full), linked], an_origin()),
        case_action(a_case(full, a_report(2))),
    ]
    actions += record_actions(
        [OutcomeRefused("f", "unknown_report", "c1:00"), SubmissionConflicted("a", "b")], an_origin()
    )
    actions.append(quarantine_action("commands/0/1", "x"))
    for action in actions:
        assert set(action.document) <= set(mappings(action.kind)["properties"])
