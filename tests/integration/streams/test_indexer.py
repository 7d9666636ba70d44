"""The indexer on real servers: whatever is handed out again, voided or killed, the index is a cold fold of the log."""

import json
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from streams.common.pulse import Pulse
from streams.indexer import worker as worker_module
from streams.indexer.worker import Entry, IndexerWorker
from tests.support.deployment import Deployment, until
from tests.support.events import (
    a_record,
    a_report,
    as_input,
    cause_of,
    opened,
    outcome_event,
    report_event,
    rules,
)
from tests.support.gate import Gate
from tests.support.index import documents, drop_indices, held, wanted
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import partition_of
from wufang.domain.report import CHANNELS
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Rules, draft
from wufang.readmodel.actions import Action, record_actions
from wufang.wire import record, topics
from wufang.wire.position import Position

COUNTIES = ("430102", "430103", "430104")


@pytest.fixture(autouse=True)
def _clean(deployment: Deployment) -> Iterator[None]:
    yield
    drop_indices(deployment)


@pytest_asyncio.fixture
async def worker(deployment: Deployment) -> AsyncIterator[IndexerWorker]:
    """An indexer that is handed entries by the test."""
    async for made in indexer(deployment, "0"):
        yield made


async def indexer(deployment: Deployment, name: str) -> AsyncIterator[IndexerWorker]:
    settings = deployment.with_settings(worker=name)
    kafka = KafkaLog(settings)
    async with ElasticIndex.from_settings(settings) as index:
        made = IndexerWorker(settings, kafka, index, Pulse())
        await made.start()
        yield made
        await kafka.stop()


def county_day(county: str, count: int) -> list[dict[str, Any]]:
    """Reports of all channels, conclusions, a conflict, a refusal."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        named = int(county) * 1_000 + number
        made.append(report_event(named, CHANNELS[number % 5], jurisdiction=county))
        if number % 4 == 3:
            made.append(outcome_event(named, f"R{named}", CHANNELS[number % 5], jurisdiction=county))
    return [
        *made,
        made[0] | {"contentmac": "k:other"},
        outcome_event(int(county), "R-unknown", jurisdiction=county),
    ]


def write_ledger(deployment: Deployment, count: int = 30, voids: bool = True) -> None:
    """The ledger of some counties' day, with records of a stale worker between them."""
    for county in COUNTIES:
        state = LedgerState()
        here = partition_of(county.encode())
        feed = [as_input(event, n, here) for n, event in enumerate(county_day(county, count))]
        for start in range(0, len(feed), 25):
            stale = a_record(
                state.head(county), [opened(a_report(start, jurisdiction=county))], "f" * 64, county=county
            )
            made = draft(state, feed[start : start + 25], Rules(524_288, partition_of))
            assert made.records
            assert not made.poison
            for _, value in made.records:
                append(deployment, county, value)
            state.commit()
            if voids:
                append(deployment, county, stale)
    deployment.flush()


def append(deployment: Deployment, county: str, value: bytes) -> None:
    key = county.encode()
    deployment._send(topics.LEDGER, key, value, partition_of(key))


def entries(deployment: Deployment, *names: str) -> list[Entry]:
    """Everything the indexer would be handed."""
    deployment.flush()
    return [
        Entry(Position(name, m.partition, m.offset), m.key, m.value, dict(m.headers))
        for name in names or (topics.LEDGER, topics.QUARANTINE)
        for m in deployment.read(name)
    ]


async def test_documents_equal_a_cold_fold(deployment: Deployment) -> None:
    """The process, beside a log that holds void records and a quarantine."""
    write_ledger(deployment)
    deployment.put(topics.REPORTS[0], b"430102", b"broken")
    deployment.start("ledger", worker="l")
    process = deployment.start("indexer")
    until("the broken input in quarantine", lambda: deployment.read(topics.QUARANTINE))
    want = wanted(deployment)
    kinds = {kind for kind, _ in want}
    assert kinds == {"cases", "reports", "timeline", "receipts", "warnings"}
    until("all documents", lambda: documents(deployment) >= len(want))
    assert await held(deployment) == want
    assert process.code() is None


async def test_killed_in_the_middle_it_ends_with_the_same_documents(deployment: Deployment) -> None:
    """Two bulks were answered, a third was taken and its answer lost: there it is killed, however fast it is."""
    write_ledger(deployment, count=60)
    want = wanted(deployment)
    with Gate(deployment.settings.elastic_url, "/_bulk", let=2) as gate:
        process = deployment.start("indexer", index_batch=20, elastic_url=gate.url)
        until("a write that is not answered", gate.shut.is_set, every=0.02)
        process.end(signal.SIGKILL)
    assert 0 < documents(deployment) < len(want), "it was not killed in the middle"
    deployment.bury("indexer-g1")
    deployment.start("indexer")
    until("all documents", lambda: documents(deployment) >= len(want))
    assert await held(deployment) == want


async def test_redelivery_changes_nothing(deployment: Deployment, worker: IndexerWorker) -> None:
    write_ledger(deployment)
    everything = entries(deployment)
    await worker.take(everything)
    before = await held(deployment)
    assert before == wanted(deployment)
    half = len(everything) // 2
    for part in (everything[:half], everything[half:], everything[-3:]):
        await worker.take(part)
    assert await held(deployment) == before


async def test_old_records_on_a_new_worker_do_not_win(deployment: Deployment, worker: IndexerWorker) -> None:
    """Another worker with an empty folder is handed the log again from its start: older versions lose."""
    write_ledger(deployment, count=12)
    everything = entries(deployment)
    await worker.take(everything)
    before = await held(deployment)
    async for late in indexer(deployment, "late"):
        await late.take(everything[:5])
        assert await held(deployment) == before
        await late.take(everything)
    assert await held(deployment) == before


async def test_worker_handed_only_the_end_folds_what_came_before(deployment: Deployment, worker: IndexerWorker) -> None:
    """A rebalance: the group's commit is far, the folder empty; the fold reads the log, the index gets the rest."""
    write_ledger(deployment)
    everything = entries(deployment)
    cut = {number: sum(e.position.partition == number for e in everything) // 2 for number in range(12)}
    early = [e for e in everything if e.position.offset < cut[e.position.partition]]
    await worker.take(early)
    async for late in indexer(deployment, "late"):
        await late.take([e for e in everything if e.position.offset >= cut[e.position.partition]])
    assert await held(deployment) == wanted(deployment)


async def test_void_records_change_nothing(deployment: Deployment, worker: IndexerWorker) -> None:
    write_ledger(deployment, voids=False)
    await worker.take(entries(deployment))
    before = await held(deployment)
    again = [entry.value or b"" for entry in of_county(entries(deployment), "430102")[:20]]
    for value in (b"garbage", b"[" * 10_000, *again):
        append(deployment, "430102", value)
    await worker.take(entries(deployment))
    assert sum(fold.mark.voids for fold in worker._folds.values()) == 22
    assert await held(deployment) == before


async def test_refused_document_is_kept_and_the_rest_is_indexed(
    deployment: Deployment, worker: IndexerWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field the mapping does not know: the ledger has the report, Elasticsearch never will."""
    bad = report_event(2)

    def with_a_field_too_many(*args: Any) -> Iterator[Action]:
        for action in record_actions(*args):
            extra = {"phone": "13800001111"} if action.id == cause_of(bad) else {}
            yield action._replace(document=action.document | extra)

    monkeypatch.setattr(worker_module, "record_actions", with_a_field_too_many)
    feed = [as_input(event, n) for n, event in enumerate([report_event(1), bad, report_event(3)])]
    for _, value in draft(LedgerState(), feed, rules()).records:
        append(deployment, "430102", value)
    await worker.take(entries(deployment, topics.LEDGER))
    [kept] = deployment.read(topics.QUARANTINE)
    headers = {name: value.decode() for name, value in kept.headers}
    assert (headers["stage"], headers["reason"]) == ("indexer", "refused_by_index")
    assert headers["position"] == f"ledger/{partition_of(b'430102')}/1"
    assert "13800001111" not in headers["detail"]
    missing = wanted(deployment).keys() - (await held(deployment)).keys()
    assert {key for key in missing if key[0] != "receipts"} == {("reports", cause_of(bad))}


async def test_record_of_a_version_to_come_stops_its_partition_alone(
    deployment: Deployment, worker: IndexerWorker
) -> None:
    write_ledger(deployment, count=10, voids=False)
    before = entries(deployment, topics.LEDGER)
    await worker.take(before)
    tips = {county: tip(before, county) for county in COUNTIES}
    later = json.loads(a_record(tips["430102"], [opened(a_report(1))], "d" * 64)) | {
        "events": [{"type": "case_merged.v9", "into": "430102-1-0"}]
    }
    append(deployment, "430102", json.dumps(later).encode())
    good = a_record(
        tips["430103"],
        [opened(a_report(5, jurisdiction="430103"), f"430103-{tips['430103'].seq + 1}-0")],
        a_report(5).id,
        county="430103",
    )
    append(deployment, "430103", good)
    known = {str(entry.position) for entry in before}
    await worker.take([entry for entry in entries(deployment, topics.LEDGER) if str(entry.position) not in known])
    assert worker.halted == {partition_of(b"430102")}
    assert ("cases", f"430103-{tips['430103'].seq + 1}-0") in await held(deployment)


def of_county(seen: list[Entry], county: str) -> list[Entry]:
    return [entry for entry in seen if entry.position.partition == partition_of(county.encode())]


def tip(seen: list[Entry], county: str) -> record.Head:
    fold = Fold()
    for entry in of_county(seen, county):
        fold.fold(entry.position.offset, entry.value)
    return fold.head(county)


async def test_batches_of_any_size_give_the_same_documents(deployment: Deployment) -> None:
    """A worker for each generation: the documents do not depend on how the log was cut."""
    write_ledger(deployment, count=8)
    everything = entries(deployment)
    found = []
    for generation, size in ((1, 1_000), (2, 7)):
        settings = deployment.with_settings(worker=f"g{generation}", generation=generation)
        kafka = KafkaLog(settings)
        async with ElasticIndex.from_settings(settings) as index:
            worker = IndexerWorker(settings, kafka, index, Pulse())
            await worker.start()
            for start in range(0, len(everything), size):
                await worker.take(everything[start : start + size])
            await kafka.stop()
        found.append(await held(deployment, generation))
    assert found == [wanted(deployment)] * 2
