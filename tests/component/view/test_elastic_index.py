"""The behaviour every index door must have, on the real Elasticsearch."""

import asyncio
import uuid
from collections.abc import Iterable
from typing import Any

import httpx
import orjson
import pytest

from tests.support.samples import a_case, a_report, an_origin, events_of
from wufang.adapters import elastic_bulk, elastic_index
from wufang.adapters.elastic_bulk import Trouble
from wufang.adapters.elastic_http import ElasticHttp
from wufang.adapters.elastic_index import ElasticIndex, ElasticUnavailable, MappingMismatch
from wufang.readmodel.actions import Action, case_action, quarantine_action, record_actions
from wufang.readmodel.actions import written as as_bytes
from wufang.readmodel.document import case_document, content_hash
from wufang.readmodel.indices import KINDS
from wufang.settings import Settings


class Stopped(Exception):
    """Raised by a test out of `on_trouble`."""


RUN = uuid.uuid4().hex  # tests share indices: a receipt's id is this run's, its number its test's


def receipt(number: int, version: int = 1, **fields: Any) -> Action:
    return Action("receipts", receipt_id(number), version, {"state": "quarantined", **fields})


def receipt_id(number: int) -> str:
    return f"{RUN}/{number}"


async def written(index: ElasticIndex, actions: Iterable[Action]) -> None:
    assert await index.write(1, actions) == []
    await index.refresh(1)


async def states(index: ElasticIndex, number: int) -> Any:
    found = await index.get("receipts", [receipt_id(number)])
    return {doc.document["state"]: doc.version for doc in found.values()}


async def test_what_is_written_is_read_at_once(index: ElasticIndex) -> None:
    case = a_case(a_report(1), a_report(2))
    assert await index.write(1, [case_action(case), *record_actions(events_of(a_report(1)), an_origin())]) == []
    found = await index.get_any([("cases", case.id), ("reports", a_report(1).id), ("cases", "430102-9-9")])
    assert set(found) == {("cases", case.id), ("reports", a_report(1).id)}
    assert found["cases", case.id].version == 2


async def test_the_hash_of_what_is_read_back_is_that_of_what_was_folded(index: ElasticIndex) -> None:
    case = a_case(a_report(1), a_report(2))
    await index.write(1, [case_action(case)])
    (found,) = (await index.get("cases", [case.id])).values()
    assert content_hash(found.document) == content_hash(case_document(case))


async def test_the_bytes_that_were_sent_are_those_that_are_kept(
    own_index: ElasticIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic_index, "SCAN_PAGE", 2)
    odd = {"state": 'a"\\\u2028/\u0001漏水😀', "position": "x"}
    sent = [as_bytes(receipt(number)) for number in range(4)] + [as_bytes(Action("receipts", "odd", 3, odd))]
    assert await own_index.write_encoded(1, sent) == []
    await own_index.refresh(1)
    kept = [one async for page in own_index.scan_stored("receipts", 1) for one in page]
    assert {(one.id, one.version, bytes(one.source)) for one in kept} == {
        (action.id, action.version, source) for action, source in sent
    }


async def test_an_older_version_loses_and_counts_as_written(index: ElasticIndex) -> None:
    assert await index.write(1, [receipt(1, 5, state="new")]) == []
    assert await index.write(1, [receipt(1, 4, state="old"), receipt(2, 1, state="other")]) == []
    assert await states(index, 1) == {"new": 5}
    assert await states(index, 2) == {"other": 1}


async def test_the_same_version_again_repairs(index: ElasticIndex) -> None:
    await index.write(1, [receipt(3, 5, state="broken")])
    await index.write(1, [receipt(3, 5, state="repaired")])
    assert await states(index, 3) == {"repaired": 5}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_field_the_mapping_does_not_know_is_refused(index: ElasticIndex, kind: Any) -> None:
    number = 10 + KINDS.index(kind)
    good, bad = receipt(number), Action(kind, "x", 1, {"caller_label": "老户"})
    (refused,) = await index.write(1, [bad, good])
    assert refused.action == bad
    assert refused.reason.startswith("strict_dynamic_mapping_exception")
    assert await states(index, number) == {"quarantined": 1}


async def test_a_refusal_names_the_field_and_never_quotes_the_value(index: ElasticIndex) -> None:
    document = case_document(a_case(a_report())) | {"opened_at": "机密内容"}
    (refused,) = await index.write(1, [Action("cases", "x", 1, document)])
    assert refused.reason == "document_parsing_exception in field opened_at"


NESTED: list[Any] = []
for _ in range(400):
    NESTED = [NESTED]


@pytest.mark.parametrize(("number", "value"), [(20, 2**70), (21, "\ud800"), (22, NESTED)], ids=["big", "half", "deep"])
async def test_what_json_cannot_carry_is_refused_alone(index: ElasticIndex, number: int, value: Any) -> None:
    odd = Action("reports", "x", 1, {"details": {"odd": value}})
    (refused,) = await index.write(1, [odd, receipt(number)])
    assert refused.reason.startswith("unencodable")
    assert await states(index, number) == {"quarantined": 1}


async def test_many_documents_go_in_several_requests(own_index: ElasticIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elastic_bulk, "BODY_LIMIT", 1_000)
    assert await own_index.write(1, map(receipt, range(50))) == []
    await own_index.refresh(1)
    assert await own_index.count("receipts", 1) == 50


async def test_a_lost_index_is_waited_for_and_never_made_by_a_write(own_index: ElasticIndex) -> None:
    await own_index.drop(1, even_serving=True)
    waiting: asyncio.Queue[Trouble] = asyncio.Queue()
    writing = asyncio.create_task(own_index.write(1, [receipt(1)], waiting.put))
    trouble = await waiting.get()
    assert await own_index.generations() == []
    await own_index.ensure(1)
    assert await asyncio.wait_for(writing, 20) == []
    assert (trouble.documents, trouble.cause[:3]) == (1, "404")
    assert await states(own_index, 1) == {"quarantined": 1}


async def test_a_blocked_index_is_retried_until_it_is_open(own_index: ElasticIndex, own_settings: Settings) -> None:
    block = f"/{own_index.name('receipts', 1)}/_settings"
    http = ElasticHttp(own_settings.elastic_url, own_settings.elastic_user, own_settings.elastic_password)
    await http.json("PUT", block, {"index.blocks.write": True})

    async def unblock(trouble: Trouble) -> None:
        if trouble.attempt == 2:
            await http.json("PUT", block, {"index.blocks.write": False})

    assert await own_index.write(1, [receipt(1)], unblock) == []
    await http.close()


async def test_a_server_that_is_away_is_waited_for_until_told_to_stop() -> None:
    def stop(trouble: Trouble) -> None:
        if trouble.attempt == 2:
            raise Stopped(trouble.cause)

    async with ElasticIndex(ElasticHttp("http://127.0.0.1:9")) as index:
        with pytest.raises(Stopped, match="ConnectError"):
            await index.write(1, [receipt(1)], stop)
        with pytest.raises(ElasticUnavailable):
            await index.search("cases", {})
        assert not await index.ready()


def answering(answers: Iterable[tuple[int, Any]], monkeypatch: pytest.MonkeyPatch) -> ElasticIndex:
    """An index whose server gives the answers in turn."""
    queue = iter(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        status, body = next(queue)
        return httpx.Response(status, content=orjson.dumps(body))

    http = ElasticHttp("http://elastic")
    http._client = httpx.AsyncClient(base_url="http://elastic", transport=httpx.MockTransport(handle))
    monkeypatch.setattr(elastic_bulk, "FIRST_WAIT", 0.001)
    return ElasticIndex(http)


def items(*statuses: int) -> dict[str, Any]:
    error = {"type": "some_exception", "reason": "words of a person"}
    return {"errors": True, "items": [{"index": {"status": status, "error": error}} for status in statuses]}


async def test_only_the_items_that_failed_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    index = answering([(200, items(429, 201, 409, 400)), (503, {}), (200, items(500)), (200, items(200))], monkeypatch)
    seen: list[Trouble] = []
    refused = await index.write(1, map(receipt, range(4)), seen.append)
    assert [item.action.id for item in refused] == [receipt_id(3)]
    assert refused[0].reason == "some_exception"
    assert [trouble.documents for trouble in seen] == [1, 1, 1]


async def test_a_body_too_large_is_halved_until_the_one_at_fault_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    too_large = (413, {"error": {"type": "content_too_long"}})
    index = answering([too_large, (200, {"errors": False}), too_large], monkeypatch)
    (refused,) = await index.write(1, map(receipt, range(2)))
    assert (refused.action.id, refused.reason) == (receipt_id(1), "content_too_long")


async def test_a_generation_is_built_beside_the_one_that_serves_and_taken_over_in_one_step(
    own_index: ElasticIndex,
) -> None:
    await written(own_index, [quarantine_action("reports.grid/0/1", "x")])
    await own_index.create(2)
    await own_index.write(2, [quarantine_action("reports.grid/0/1", "x"), quarantine_action("reports.grid/0/2", "x")])
    await own_index.refresh(2)
    assert (await own_index.count("receipts"), await own_index.generations()) == (1, [1, 2])
    await own_index.flip(2)
    assert await own_index.count("receipts") == 2
    assert await own_index.serving() == dict.fromkeys(KINDS, 2)
    with pytest.raises(ValueError, match="serves"):
        await own_index.drop(2)
    await own_index.drop(1)
    assert await own_index.generations() == [2]


async def test_another_mapping_is_noticed_before_a_write(own_index: ElasticIndex, own_settings: Settings) -> None:
    await own_index.verify(1)
    http = ElasticHttp(own_settings.elastic_url, own_settings.elastic_user, own_settings.elastic_password)
    changed = {"properties": {"reporter_phone": {"type": "keyword"}}}
    await http.json("PUT", f"/{own_index.name('cases', 1)}/_mapping", changed)
    with pytest.raises(MappingMismatch, match="reporter_phone"):
        await own_index.ensure(1)
    await http.close()


async def test_a_scan_gives_every_document_once(own_index: ElasticIndex) -> None:
    await written(own_index, [receipt(number, number + 1) for number in range(2_345)])
    found = [(item.id, item.version) async for item in own_index.scan("receipts", 1)]
    assert sorted(found) == sorted((receipt_id(number), number + 1) for number in range(2_345))


async def test_a_partly_read_scan_closes_its_point_in_time(own_index: ElasticIndex) -> None:
    await written(own_index, map(receipt, range(10)))
    scan = own_index.scan("receipts", 1, fields=["state"])
    first = await anext(scan)
    assert first.document == {"state": "quarantined"}
    await scan.aclose()  # type: ignore[attr-defined]  # an async generator
