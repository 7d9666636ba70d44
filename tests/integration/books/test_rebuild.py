"""`wufang rebuild` on real servers: verified, nothing missed while writes go on, handed over to its indexer."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import LocalStack
from streams.common.exit import FATAL
from tests.integration.books.days import a_day, books
from tests.integration.books.office import Office
from tests.support.deployment import Deployment, environment, until
from tests.support.events import COUNTY, cause_of, outcome_event, report_event
from wufang.operations import loading
from wufang.operations import rebuild as rebuilding
from wufang.operations.rebuild import NotVerified, Rebuilt, rebuild
from wufang.readmodel.actions import Action
from wufang.readmodel.indices import KINDS
from wufang.wire import topics


async def everything(office: Office, generation: int) -> set[tuple[str, str, int]]:
    await office.index.refresh(generation)
    return {(kind, f.id, f.version) for kind in KINDS async for f in office.index.scan(kind, generation)}


async def test_the_new_generation_holds_the_same_and_serves(office: Office) -> None:
    await a_day(office)
    await office.put(topics.LEDGER, b"garbage", COUNTY.encode())
    result = await rebuild(office.settings, follow=0.0)
    assert (result.generation, result.before, result.served, result.handed_over) == (2, 1, True, False)
    assert await office.index.serving() == dict.fromkeys(KINDS, 2)
    assert await office.index.generations() == [1, 2]
    assert await everything(office, 1) == await everything(office, 2)
    assert (await books(office)).generation == 2


async def test_the_indexer_of_the_new_generation_goes_on_where_the_rebuild_ended(office: Office) -> None:
    await a_day(office)
    await rebuild(office.settings, follow=0.0)
    assert await office.groups.committed("indexer-g2") == await office.reader.ends((topics.LEDGER, topics.QUARANTINE))
    await office.publish(report_event(70), outcome_event(7, "R70"))
    await office.take_inputs()
    await office.index_ledger(2)
    balance = await books(office)
    assert balance.balanced
    assert balance.generation == 2


async def test_only_the_generation_before_is_kept(office: Office) -> None:
    await office.publish(report_event(1))
    await office.work()
    for _ in range(2):
        await rebuild(office.settings, follow=0.0)
    assert await office.index.generations() == [2, 3]


async def test_an_empty_ledger_without_any_indices_can_be_built(office: Office) -> None:
    result = await rebuild(office.settings, follow=0.0)
    assert (result.generation, result.before, result.records) == (1, None, 0)
    assert (await books(office)).balanced


async def test_nothing_is_missed_when_writes_go_on(office: Office) -> None:
    """Publishes, links and indexes (old generation, then new) all through the rebuild and its hand-over."""
    await a_day(office)
    task = asyncio.create_task(rebuild(office.settings, follow=3.0))
    number = first = 100
    while not task.done():
        await office.publish(*[report_event(number + n) for n in range(20)], outcome_event(number, f"R{number}"))
        number += 20
        await office.take_inputs()
        serving = (await office.index.serving())["cases"]
        if serving == 1:
            await office.index_ledger(1)
    result = await task
    assert result.served
    await office.index_ledger(2)
    balance = await books(office)
    assert balance.balanced
    assert balance.records == 19 + (number - first) // 20 * 21
    assert balance.generation == 2


async def test_the_books_balance_while_writes_go_on(office: Office) -> None:
    await a_day(office)
    task = asyncio.create_task(books(office, patience=90.0))
    number = 300
    while not task.done():
        await office.publish(report_event(number), outcome_event(number, f"R{number - 5}"))
        await office.work()
        number += 1
    balance = await task
    assert balance.balanced, (balance.faults, balance.documents)


class _Forgetful(loading.Pipeline):
    """Loses one document of a case and one of a report."""

    async def add(self, documents: Any) -> None:
        lost = (cause_of(report_event(1)), f"{COUNTY}-2-0")
        await super().add([one for one in documents if one.action.id not in lost])


async def test_a_generation_that_does_not_match_the_ledger_never_serves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_day(office)
    monkeypatch.setattr(rebuilding, "Pipeline", _Forgetful)
    with pytest.raises(NotVerified) as failed:
        await rebuild(office.settings, follow=0.0)
    comparison = failed.value.rebuilt.comparison
    assert comparison is not None
    assert comparison.counts["missing"] == 2
    assert await office.index.serving() == dict.fromkeys(KINDS, 1)
    assert await office.index.generations() == [1]


async def test_a_document_that_the_new_mapping_refuses_stops_the_rebuild(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.publish(report_event(1))
    await office.work()

    def broken(applied: Any) -> list[Action]:
        return [Action("timeline", "odd", 1, {"no_such_field": 1})]

    monkeypatch.setattr(loading, "final_actions", broken)
    with pytest.raises(NotVerified) as failed:
        await rebuild(office.settings, follow=0.0)
    assert failed.value.rebuilt.comparison is not None
    assert failed.value.rebuilt.comparison.named == {"missing": ["timeline/odd"]}
    assert await office.index.serving() == dict.fromkeys(KINDS, 1)


async def test_a_running_indexer_leaves_for_the_new_generation_and_takes_over(
    stack: LocalStack, office: Office, tmp_path: Path
) -> None:
    await a_day(office)
    env = environment(**stack.env()) | {
        "WUFANG_PREFIX": office.settings.prefix,
        "WUFANG_STATE": str(tmp_path / "state"),
        "WUFANG_WORKER": "9",
    }
    deployment = Deployment(env, tmp_path)
    try:
        old = deployment.start("indexer")
        while not await office.groups.members("indexer-g1"):
            await asyncio.sleep(0.05)
        task: asyncio.Task[Rebuilt] = asyncio.create_task(rebuild(office.settings, follow=120.0))
        await asyncio.to_thread(until, "the old worker to leave", lambda: old.code() is not None)
        deployment.start("indexer")  # as the supervisor does
        await office.publish(report_event(80))
        await office.take_inputs()
        result = await task
        assert old.code() == FATAL
        assert result.handed_over
        balance = await books(office, patience=60.0)
        assert balance.balanced
        assert balance.generation == 2
    finally:
        for process in deployment.processes:
            process.end()
