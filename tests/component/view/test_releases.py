"""What the discipline office hands in goes on the log only for the copy that the ledger has, without phone numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.ledger.releases import ReleaseAsked, Releases
from wufang.adapters.elastic_index import Found
from wufang.adapters.http_problems import Refusal
from wufang.domain.commands import ReleaseConduct
from wufang.domain.ids import cause, conflict_cause
from wufang.readmodel.document import Kind

COUNTY, AGENCY = "990101", "pingchuan-12345"
REPORT, OUTCOME = cause(AGENCY, "rx-1", COUNTY), cause(AGENCY, "rx-1-o", COUNTY)
MINE, OTHER = "c1:mine", "c1:other"
RECEIPT = "r" * 40
REPORTED = {("reports", REPORT): {"content": MINE}}
Documents = dict[tuple[str, str], dict[str, Any]]


class Index:
    """An index that holds these documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Found]:
        held = {name: self._documents.get((kind, name)) for name in ids}
        return {name: Found(name, 1, document) for name, document in held.items() if document is not None}


class Desk:
    """A desk that keeps what it is handed."""

    def __init__(self) -> None:
        self.handed: list[ReleaseConduct] = []

    async def hand_in(self, _county: str, _name: str, command: ReleaseConduct) -> None:
        self.handed.append(command)


def hand_in(documents: Documents, **changed: Any) -> tuple[str | None, list[ReleaseConduct]]:
    """What is answered, None for 404, and what is on the log then."""
    by = {"subject": "s" * 200, "role": "discipline", "organisation": "平川县纪委监委"}
    named = {"jurisdiction": COUNTY, "source": AGENCY, "number": "rx-1", "receipt": RECEIPT, "content": MINE, "by": by}
    asked = ReleaseAsked.model_validate({**named, "words": {"text": "局长收了好处费。"}, **changed})
    desk = Desk()
    try:
        answer = asyncio.run(Releases(Index(documents), desk).hand_in(asked))  # type: ignore[arg-type]
    except Refusal as refusal:
        return (None if refusal.kind == "not_found" else refusal.kind), desk.handed
    return answer.state, desk.handed


def of_outcome(documents: Documents, content: str = MINE) -> tuple[str | None, list[ReleaseConduct]]:
    return hand_in(REPORTED | documents, number="rx-1-o", of="rx-1", content=content)


def test_what_the_ledger_has_is_handed_on() -> None:
    state, (handed,) = hand_in(REPORTED)
    assert (state, handed.report_id, handed.posted, handed.outcome) == ("pending", REPORT, MINE, None)


def test_words_of_a_report_that_never_came_or_of_another_copy_are_on_no_topic() -> None:
    assert hand_in({}) == (None, [])
    assert hand_in(REPORTED, content=OTHER) == ("refused", [])


def test_a_places_own_system_that_keeps_no_code_is_known_by_its_receipt_and_for_a_reply_not_at_all() -> None:
    assert hand_in(REPORTED, content=None)[0] == "pending"
    recorded = {("receipts", OUTCOME): {"state": "recorded", "content": MINE}}
    assert hand_in(REPORTED | recorded, number="rx-1-o", of="rx-1", content=None) == ("refused", [])


@pytest.mark.parametrize("early", [{}, {("receipts", OUTCOME): {"state": "refused", "content": MINE}}])
def test_words_of_an_outcome_that_never_came_or_too_early_wait_and_are_on_no_topic(early: Documents) -> None:
    """Refused now they would be lost for good: the same outcome may be sent again, and then it stands."""
    assert of_outcome(early) == (None, [])
    late = {("receipts", conflict_cause(OUTCOME, MINE)): {"state": "recorded", "content": MINE}}
    state, (handed,) = of_outcome({**early, **late})
    assert (state, handed.report_id, handed.outcome) == ("pending", REPORT, OUTCOME)


def test_an_outcome_of_other_content_is_refused_before_its_words_are_on_a_topic() -> None:
    for known in ("recorded", "refused"):
        assert of_outcome({("receipts", OUTCOME): {"state": known, "content": OTHER}}) == ("refused", [])
    assert of_outcome({("receipts", OUTCOME): {"state": "recorded", "content": MINE}})[0] == "pending"


def test_numbers_that_a_places_own_system_left_in_are_masked() -> None:
    _, (handed,) = hand_in(REPORTED, words={"text": "局长收了钱，打13912345678问他。", "title": "问13912345678"})
    assert (handed.words.text, handed.words.title) == ("局长收了钱，打[电话]问他。", "问[电话]")
