"""Sealed words that were given back: the report has them wherever it stands, its case is withheld no more."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.desk import Desk, as_told
from tests.support.events import COUNTY, cause_of, command_event, content_of, outcome_event, report_event
from wufang.domain.events import CaseOpened, CommandRefused, ConductReleased, ReportLinked
from wufang.domain.ids import cause
from wufang.ledger.folding.fold import Fold
from wufang.ledger.folding.regroup import Regroup
from wufang.ledger.proofs.rebuild import case_actions, final_actions
from wufang.readmodel.actions import Action
from wufang.readmodel.document import Document

MARK = "……"
COUNT, AGAIN = 3, 8
A, B, C = (f"{COUNTY}-{seq}-0" for seq in (1, 2, 3))
OFFICE = {"subject": "office-1", "role": "discipline", "organisation": "青禾县纪委监委"}


def receipt(number: int) -> str:
    return f"receipt-{number:032d}"


def whole(number: int) -> dict[str, Any]:
    data: dict[str, Any] = report_event(number)["data"]
    return data | {"accused": f"青禾县第{number}局", "category": "干部作风", "details": {"expectation": "严查"}}


def sealed_event(number: int) -> dict[str, Any]:
    """The report as a door publishes it when its last words were sealed."""
    data: dict[str, Any] = report_event(number)["data"]
    text = data["text"][: len(data["text"]) // 2] + MARK
    return report_event(number, data=data | {"text": text, "conduct": {"receipt": receipt(number)}})


def release_event(number: int, attempt: str = "C", **changed: Any) -> dict[str, Any]:
    words = {name: value for name, value in whole(number).items() if name not in ("occurred_at", "title")}
    report = cause("hotline-desk", f"R{number}", COUNTY)
    data = {"report_id": report, "receipt": receipt(number), "words": words, "by": OFFICE}
    event = command_event(0, "release_conduct", {}, id=f"{attempt}-release-{number}")
    return event | {"data": data | changed, "contentmac": content_of(data | changed)}


@pytest.fixture
def desk() -> Desk:
    """Three matters of two reports each: cases 1, 2 and 3; the second report of each has a sealed part."""
    made = Desk()
    for number in range(COUNT):
        made.report(number)
    for number in range(AGAIN, AGAIN + COUNT):
        made.take(sealed_event(number))
    return made


def documents(desk: Desk) -> dict[tuple[str, str], Document]:
    """What the index holds for the records so far: of each document the highest version."""
    fold, found = Fold(), dict[tuple[str, str], Action]()
    for offset, value in enumerate(desk.values):
        applied = fold.fold(offset, value)
        assert applied is not None
        for action in final_actions(applied):
            known = found.get((action.kind, action.id))
            if known is None or action.version >= known.version:
                found[action.kind, action.id] = action
    fold.commit()
    found |= {(action.kind, action.id): action for action in case_actions(fold)}
    return {key: action.document for key, action in found.items()}


def test_the_report_has_its_words_and_fields_again_and_its_case_is_withheld_no_more(desk: Desk) -> None:
    assert desk.case(A).withheld
    assert isinstance(desk.take(release_event(AGAIN)), ConductReleased)
    case = desk.case(A)
    assert (case.withheld, case.accused, case.category) == (False, (f"青禾县第{AGAIN}局",), "干部作风")
    assert case.version == len(desk.values)
    assert desk.case(B).withheld
    shown = documents(desk)
    report = shown["reports", cause("hotline-desk", f"R{AGAIN}", COUNTY)]
    assert (report["text"], report["accused"], report["details"]) == (
        whole(AGAIN)["text"],
        f"青禾县第{AGAIN}局",
        {"expectation": "严查"},
    )
    assert "withheld" not in shown["cases", A]
    (entry,) = [one for (kind, _), one in shown.items() if kind == "timeline" and one["type"] == "conduct_released"]
    assert (entry["case_id"], entry["by"]) == (A, OFFICE)


def test_where_no_field_says_whom_the_words_accuse_every_unit_is_kept_away(desk: Desk) -> None:
    """Line 4: the text alone names 青禾县城管局, and nothing could keep its people from it."""
    release = release_event(AGAIN)
    told = {name: value for name, value in release["data"]["words"].items() if name != "accused"}
    assert isinstance(desk.take(release_event(AGAIN, words=told)), ConductReleased)
    case, shown = desk.case(A), documents(desk)
    assert (case.withheld, case.accused, case.category) == (True, (), "干部作风")
    assert shown["cases", A]["withheld"] is True
    assert MARK not in shown["reports", cause("hotline-desk", f"R{AGAIN}", COUNTY)]["text"]
    refused = desk.take(release_event(AGAIN, "D", words=told))
    assert isinstance(refused, CommandRefused)
    assert refused.reason == "not_sealed"


def test_no_document_has_the_receipt(desk: Desk) -> None:
    desk.take(release_event(AGAIN))
    assert receipt(AGAIN) not in str(documents(desk))


def test_a_case_with_another_sealed_part_stays_withheld(desk: Desk) -> None:
    desk.take(sealed_event(2 * AGAIN))
    desk.take(release_event(AGAIN))
    assert desk.case(A).withheld
    desk.take(release_event(2 * AGAIN))
    assert not desk.case(A).withheld


def test_released_twice_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.take(release_event(AGAIN))
    before = desk.case(A)
    again = desk.take(release_event(AGAIN, "D"))
    assert again == CommandRefused("not_sealed", release_event(AGAIN, "D")["contentmac"])
    assert desk.case(A) == before


def test_it_is_found_by_words_that_only_the_sealed_part_had() -> None:
    """A report like the released part's own words joins its case, as it would not have before."""
    told = "北门菜场公厕连续两周停水，粪水外溢，臭气熏天，管理员说水表坏了没人换。"
    rest = report_event(
        1, data=report_event(1)["data"] | {"title": MARK, "text": MARK, "conduct": {"receipt": "r" * 40}}
    )
    like = report_event(5, data=report_event(5)["data"] | {"title": "北门菜场公厕停水", "text": told})
    words = {"title": "北门菜场公厕停水", "text": told}
    before, after = Desk(), Desk()
    for desk in (before, after):
        desk.take(rest)
    released = release_event(1, receipt="r" * 40, words=words)
    assert isinstance(after.take(released), ConductReleased)
    assert isinstance(before.take(like), CaseOpened)
    joined = after.take(like)
    assert isinstance(joined, ReportLinked)
    assert joined.case_id == A


def test_a_released_reply_stands_on_the_timeline_alone(desk: Desk) -> None:
    outcome = {"report": "R0", "result": "explained", "concluded_at": "2026-01-09T01:00:00.000Z", "reply": MARK}
    event = outcome_event(1, "R0", data=outcome | {"conduct": {"receipt": "o" * 40}})
    desk.take(event)
    before = as_told(desk.case(A))
    named = {"report_id": cause("hotline-desk", "R0", COUNTY), "outcome": cause_of(event), "receipt": "o" * 40}
    named["posted"] = event["contentmac"]
    desk.take(release_event(0, words={"reply": "已查实并退款。"}, **named))
    assert as_told(desk.case(A)) == before
    entries = [one for (kind, _), one in documents(desk).items() if kind == "timeline"]
    assert [one["reply"] for one in entries if one["type"] == "conduct_released"] == ["已查实并退款。"]


STEPS = st.one_of(
    st.tuples(st.just("release"), st.sampled_from(range(AGAIN, AGAIN + COUNT)), st.just(0)),
    st.tuples(st.just("merge"), st.sampled_from((A, B, C)), st.sampled_from((A, B, C))),
    st.tuples(st.just("restore"), st.sampled_from((A, B, C)), st.sampled_from((A, B, C))),
    st.tuples(st.just("move"), st.sampled_from((A, B, C)), st.sampled_from(range(AGAIN, AGAIN + COUNT))),
)


@given(steps=st.lists(STEPS, max_size=10))
@settings(max_examples=80, deadline=None)
def test_wherever_people_put_it_before_and_after_a_release_is_whole_and_lifts_its_own_seal_alone(
    steps: list[tuple[str, Any, Any]],
) -> None:
    desk, released = Desk(), set[int]()
    for number in range(COUNT):
        desk.report(number)
    for number in range(AGAIN, AGAIN + COUNT):
        desk.take(sealed_event(number))
    for step, (kind, one, other) in enumerate(steps):
        if kind == "release":
            event = desk.take(release_event(one, f"S{step}"))
            assert isinstance(event, CommandRefused if one in released else ConductReleased)
            released.add(one)
        elif kind == "move":
            desk.order("move", case_id=one, reports=[cause("hotline-desk", f"R{other}", COUNTY)])
        else:
            named = {"merge": {"merged": other}, "restore": {"restored": other}}[kind]
            desk.order(kind, case_id=one, **named)
    _holds(desk, released)


def _holds(desk: Desk, released: set[int]) -> None:
    """Cases are what their reports make them, a cold fold has the same, and every document says what is known."""
    kept = {cause("hotline-desk", f"R{n}", COUNTY) for n in range(AGAIN, AGAIN + COUNT) if n not in released}
    shown, regroup = documents(desk), desk.state._fold.regroup
    assert isinstance(regroup, Regroup)
    for name, case in desk.cases().items():
        if case.state != "open":  # made of its reports again when it stands for itself again
            continue
        members = {member.report.id for member in regroup.members(name)}
        assert case.withheld == bool(members & kept)
        assert as_told(regroup._gathered(case, 0)) == as_told(case)
        assert shown["cases", name].get("withheld", False) == case.withheld
    for number in range(AGAIN, AGAIN + COUNT):
        name = cause("hotline-desk", f"R{number}", COUNTY)
        document = shown["reports", name]
        assert (MARK not in document["text"]) == (number in released)
        assert name in desk.state.members(document["case_id"])
