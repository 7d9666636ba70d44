"""A receipt tells its own source what became of a report, from the index in real time, and nobody else anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.doors import SOURCE, Office, report
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.receipt_states import state_of
from wufang.adapters.receipts import BadReceipt, Receipt, read_receipt, write_receipt
from wufang.adapters.secrets_file import load_key_ring
from wufang.privacy.keyring import NamedKey
from wufang.readmodel.actions import Action, quarantine_action
from wufang.wire.position import Position

KEY = NamedKey("receipt-1", b"k" * 32)
RECEIPT = Receipt(Position("reports.hotline", 5, 17), "c" * 64, "content-1:" + "a" * 64)


@pytest.fixture
async def index(office: Office) -> AsyncIterator[ElasticIndex]:
    async with ElasticIndex.from_settings(office.settings) as opened:
        await opened.ensure(1)
        yield opened


async def accepted(client: httpx.AsyncClient, office: Office, event: dict[str, Any]) -> tuple[str, Receipt]:
    """The receipt of a posted event, opaque and read."""
    (item,) = (await client.post("/v1/events", json=event)).json()["items"]
    text = item["receipt"]
    return text, read_receipt(load_key_ring(office.settings.secrets).receipt, SOURCE, text)


async def test_states_follow_the_index(office: Office, index: ElasticIndex, event_id: str) -> None:
    async with office.door() as client:
        text, receipt = await accepted(client, office, report(event_id))
        again, _ = await accepted(client, office, report(event_id))
        other, _ = await accepted(client, office, report(event_id, text="另一段话。"))
        assert (await client.get(f"/v1/receipts/{text}")).json()["state"] == "pending"
        document = {"case_id": "990101-1-0", "position": str(receipt.position), "content": receipt.content}
        await index.write(1, [Action("reports", receipt.cause, 1, document)])
        assert (await client.get(f"/v1/receipts/{text}")).json() == {
            "state": "in_case",
            "case_id": "990101-1-0",
            "label": "已归入事项",
        }
        assert (await client.get(f"/v1/receipts/{again}")).json()["state"] == "duplicate"
        assert (await client.get(f"/v1/receipts/{other}")).json()["state"] == "conflicted"
        text, receipt = await accepted(client, office, report(f"{event_id}-q"))
        await index.write(1, [quarantine_action(str(receipt.position), "bad_data")])
        answer = (await client.get(f"/v1/receipts/{text}")).json()
        assert (answer["state"], answer["reason"]) == ("quarantined", "bad_data")


async def test_another_source_channel_or_a_changed_receipt_is_not_found(office: Office, event_id: str) -> None:
    async with office.door() as client:
        text, _ = await accepted(client, office, report(event_id))
        changed = text[:-2] + ("AA" if text[-2:] != "AA" else "BB")
        assert (await client.get(f"/v1/receipts/{changed}")).status_code == 404
        assert (await client.get("/v1/receipts/x")).status_code == 404
    async with office.door(token="other") as client:
        assert (await client.get(f"/v1/receipts/{text}")).status_code == 404
    async with office.door("grid") as client:
        assert (await client.get(f"/v1/receipts/{text}")).status_code == 404


async def test_without_elasticsearch_it_is_a_503_not_a_guess(office: Office, event_id: str) -> None:
    async with office.door(elastic_url="http://127.0.0.1:1") as client:
        text, _ = await accepted(client, office, report(event_id))
        answer = await client.get(f"/v1/receipts/{text}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"].isdecimal()


def test_a_receipt_reads_back_and_hides_nothing_personal() -> None:
    text = write_receipt(KEY, SOURCE, RECEIPT)
    assert read_receipt(KEY, SOURCE, text) == RECEIPT
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("text", ["", "=", "äö", "A" * 600, "AAAA", "Li4u"])
def test_nonsense_is_no_receipt(text: str) -> None:
    with pytest.raises(BadReceipt):
        read_receipt(KEY, SOURCE, text)


def test_every_changed_sign_is_noticed() -> None:
    text = write_receipt(KEY, SOURCE, RECEIPT)
    for at in range(len(text)):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(BadReceipt):
            read_receipt(KEY, SOURCE, changed)


PLACE, ELSEWHERE = str(RECEIPT.position), "reports.hotline/5/3"
IN_CASE = {"case_id": "c-1", "position": PLACE, "content": RECEIPT.content}


@pytest.mark.parametrize(
    ("by_place", "found", "by_cause", "state"),
    [
        (None, None, None, "pending"),
        (None, IN_CASE, None, "in_case"),
        (None, {**IN_CASE, "position": ELSEWHERE}, None, "duplicate"),
        (None, {**IN_CASE, "content": "other"}, None, "conflicted"),
        ({"state": "conflicted"}, {**IN_CASE, "content": "other"}, None, "conflicted"),
        ({"state": "quarantined", "reason": "bad_data"}, None, None, "quarantined"),
        ({"state": "quarantined", "reason": "bad_data"}, {**IN_CASE, "position": ELSEWHERE}, None, "in_case"),
        (None, None, {"state": "recorded", "position": PLACE, "case_id": "c-1"}, "recorded"),
        (None, None, {"state": "recorded", "position": ELSEWHERE, "case_id": "c-1"}, "duplicate"),
        (None, None, {"state": "refused", "position": PLACE, "reason": "unknown_report"}, "refused"),
    ],
)
def test_the_first_fate_that_applies(by_place: Any, found: Any, by_cause: Any, state: str) -> None:
    assert state_of(RECEIPT, by_place, found, by_cause)["state"] == state


REFUSED = {"state": "refused", "position": "reports.hotline/5/3", "reason": "unknown_report"}
LATE = {"state": "recorded", "position": "reports.hotline/5/9", "case_id": "c-1"}


@pytest.mark.parametrize(
    ("offset", "late", "state"),
    [(3, None, "refused"), (3, LATE, "recorded"), (9, LATE, "recorded"), (17, LATE, "duplicate")],
)
def test_an_outcome_that_came_too_early_is_recorded_once_it_was_sent_again(
    offset: int, late: dict[str, str] | None, state: str
) -> None:
    receipt = Receipt(Position("reports.hotline", 5, offset), RECEIPT.cause, RECEIPT.content)
    told = state_of(receipt, None, None, REFUSED, late)
    assert told["state"] == state
    assert told.get("reason") == (None if late else "unknown_report")
