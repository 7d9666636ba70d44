"""One worker's loop on a real ledger: rivals, refusals, lost snapshots. The consumer group is left out here."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    RequestTimedOutError,
)

from streams.common.pulse import Pulse
from streams.ledger import worker as worker_module
from streams.ledger.worker import LedgerWorker
from tests.support.deployment import Deployment
from tests.support.events import COUNTY, as_input, cause_of, report_data, report_event
from tests.support.foldings import fold as table_hashes
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import partition_of
from wufang.domain import decisions
from wufang.ledger import writer
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Input
from wufang.wire import topics
from wufang.wire.position import Position

HERE = partition_of(COUNTY.encode())
OTHER = next(f"4301{n:02d}" for n in range(4, 99) if partition_of(f"4301{n:02d}".encode()) == HERE)
Make = Callable[..., Coroutine[Any, Any, LedgerWorker]]


@pytest_asyncio.fixture
async def make(deployment: Deployment) -> AsyncIterator[Make]:
    """Makes workers with a folder of their own each."""
    logs: list[KafkaLog] = []

    async def made(name: str = "0", **changed: Any) -> LedgerWorker:
        settings = deployment.with_settings(worker=name, **changed)
        logs.append(KafkaLog(settings))
        worker = LedgerWorker(settings, logs[-1], Pulse())
        await worker.start()
        return worker

    yield made
    for log in logs:
        await log.stop()


def events(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [report_event(n, jurisdiction=(COUNTY, OTHER)[n % 2]) for n in range(start, start + count)]


def as_inputs(made: list[dict[str, Any]]) -> list[Input]:
    return [as_input(event, offset, HERE) for offset, event in enumerate(made)]


def causes(made: list[dict[str, Any]]) -> set[str]:
    return {cause_of(event) for event in made}


async def both_at_work(make: Make, first: list[Input]) -> tuple[LedgerWorker, LedgerWorker]:
    """Two workers that hold the partition open at the same record: of their next ones the later is surely void."""
    one, two = await make("one"), await make("two")
    await one.take(first)
    await two.take(first)
    return one, two


async def test_two_deliberate_writers_on_one_partition_double_and_lose_nothing(
    deployment: Deployment, make: Make
) -> None:
    made = events(400)
    feed = as_inputs(made)

    async def write(name: str, worker: LedgerWorker) -> None:
        chance, at = random.Random(name), 0
        while at < len(feed):
            step = chance.randint(1, 25)
            await worker.take(feed[at : at + step])
            at += step

    one, two = await both_at_work(make, feed[:1])
    await asyncio.gather(write("one", one), write("two", two))
    found = deployment.folded()
    assert set(found.causes) == causes(made)
    assert len(found.inputs) == len(made)
    assert found.voids > 0, "the two never met"


async def test_two_writers_ahead_and_behind_each_other_agree(deployment: Deployment, make: Make) -> None:
    """Each holds inputs the other has not seen yet: nothing is lost to the one who was overtaken."""
    made = events(60)
    feed = as_inputs(made)
    one, two = await make("one"), await make("two")
    for start in range(0, 60, 20):
        mine, yours = feed[start : start + 10], feed[start + 10 : start + 20]
        await asyncio.gather(one.take(mine), two.take(yours))
        await asyncio.gather(one.take(yours), two.take(mine))
    assert set(deployment.folded().causes) == causes(made)


async def test_two_writers_with_inputs_of_their_own_lose_none(deployment: Deployment, make: Make) -> None:
    """What the other voided nobody else would ever record: each must notice and decide again."""
    made = events(240)
    feed = as_inputs(made)

    async def write(worker: LedgerWorker, mine: list[Input]) -> None:
        for start in range(0, len(mine), 10):
            await worker.take(mine[start : start + 10])

    one, two = await both_at_work(make, feed[:1])
    await asyncio.gather(write(one, feed[:120]), write(two, feed[120:]))
    found = deployment.folded()
    assert set(found.causes) == causes(made)
    assert found.voids > 0, "the two never met"


async def test_taken_twice_is_recorded_once(deployment: Deployment, make: Make) -> None:
    worker, feed = await make(), as_inputs(events(20))
    await worker.take(feed)
    await worker.take(feed)
    assert deployment.recorded() == 20


async def test_forgotten_state_is_caught_up_before_it_decides(deployment: Deployment, make: Make) -> None:
    """A revocation: another worker wrote meanwhile, the returning one writes no void record."""
    one, two = await make("one"), await make("two")
    feed = as_inputs(events(30))
    await one.take(feed[:10])
    await two.take(feed[10:20])
    one.forget()
    await one.take(feed[20:])
    found = deployment.folded()
    assert (len(found.causes), found.voids) == (30, 0)


async def test_too_large_is_in_quarantine_and_nothing_of_it_on_the_ledger(deployment: Deployment, make: Make) -> None:
    worker = await make(record_limit=3_000)
    large = report_event(2, data=report_data(2, text="长" * 2_000))
    feed = as_inputs([report_event(1), large, report_event(3)])
    await worker.take(feed)
    assert set(deployment.folded().causes) == causes([report_event(1), report_event(3)])
    assert deployment.recorded() == 2
    [kept] = deployment.read(topics.QUARANTINE)
    assert (kept.partition, kept.key, kept.value) == (HERE, feed[1].key, feed[1].value)
    assert header(kept, "reason") == "too_large"
    assert header(kept, "position") == f"reports.hotline/{HERE}/1"


async def test_wrong_partition_is_in_quarantine(deployment: Deployment, make: Make) -> None:
    worker, wrong = await make(), (HERE + 1) % topics.PARTITIONS
    await worker.take([as_input(report_event(1), 7, wrong)])
    [kept] = deployment.read(topics.QUARANTINE)
    assert (kept.partition, header(kept, "reason")) == (wrong, "wrong_partition")
    assert deployment.recorded() == 0


async def test_crashed_decision_is_in_quarantine_and_its_batch_is_recorded(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = report_event(2)

    def crashing(submission: Any, view: Any, position: str) -> Any:
        if submission.cause == cause_of(bad):
            raise ZeroDivisionError(submission.report.text)
        return decisions.decide(submission, view, position)

    monkeypatch.setattr(writer, "decide", crashing)
    worker, feed = await make(), as_inputs([report_event(1), bad, report_event(3)])
    await worker.take(feed)
    assert set(deployment.folded().causes) == causes([report_event(1), report_event(3)])
    [kept] = deployment.read(topics.QUARANTINE)
    assert (kept.value, header(kept, "reason"), header(kept, "detail")) == (
        feed[1].value,
        "decision_crashed",
        "ZeroDivisionError",
    )


async def test_redriven_after_the_fix_is_recorded_under_its_own_position(deployment: Deployment, make: Make) -> None:
    """The original bytes come again as a new input."""
    limited = await make("limited", record_limit=3_000)
    large = report_event(2, data=report_data(2, text="长" * 2_000))
    await limited.take([as_input(large, 0, HERE)])
    [kept] = deployment.read(topics.QUARANTINE)
    fixed = await make("fixed")
    await fixed.take([Input(Position("reports.hotline", HERE, 1), kept.key, kept.value)])
    assert deployment.folded().inputs == {Position("reports.hotline", HERE, 1): 1}


async def test_duplicates_data_key_is_tombstoned(deployment: Deployment, make: Make) -> None:
    def copy(key: str) -> dict[str, Any]:
        sealed = {"key": key * 32, "nonce": "bm9u", "ciphertext": "Y2lw"}
        return report_event(1, data=report_data(1, sealed=sealed), contentmac="k:1")

    worker = await make()
    await worker.take(as_inputs([copy("a"), copy("b")]))
    erased = [(message.key, message.value) for message in deployment.read(topics.DATA_KEYS)]
    assert erased == [(b"b" * 32, None)]


# --- the snapshot is thrown away and made again


async def snapshot(deployment: Deployment, make: Make, name: str) -> dict[str, str]:
    """The tables of a fresh worker's state after it has opened the partition."""
    worker = await make(name)
    state = await worker._open(HERE)
    connection = state._fold.snapshot.connection
    values = [message.value for message in deployment.read(topics.LEDGER)]
    assert state.offset == len(values)
    tables = {
        row[0]: list(connection.execute(f"SELECT * FROM {row[0]} ORDER BY key"))  # noqa: S608
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    }
    state.close()
    return {name: repr(rows) for name, rows in tables.items()}


async def test_deleted_snapshot_gives_the_same_state(deployment: Deployment, make: Make) -> None:
    worker = await make("one")
    await worker.take(as_inputs(events(80)))
    state = worker._states.pop(HERE)
    state.close()
    before = await snapshot(deployment, make, "one")
    shutil.rmtree(deployment.settings.state / "one")
    assert await snapshot(deployment, make, "one") == before
    assert table_hashes([m.value for m in deployment.read(topics.LEDGER)], 7)


@pytest.mark.parametrize("damage", ["no database", "truncated", "another log's", "ahead of the log"])
async def test_unusable_snapshot_is_made_again(deployment: Deployment, make: Make, damage: str) -> None:
    worker = await make("one")
    await worker.take(as_inputs(events(40)))
    good = await snapshot(deployment, make, "cold")
    worker._states.pop(HERE).close()
    path = deployment.settings.state / "one" / f"ledger-{HERE}.db"
    if damage == "no database":
        path.write_bytes(b"not a database" * 1_000)
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:5_000])
    else:
        await other_logs_snapshot(deployment, path, 40 if damage == "another log's" else 90)
    assert await snapshot(deployment, make, "one") == good


async def other_logs_snapshot(deployment: Deployment, path: Any, records: int) -> None:
    """A sound file of a log that this one is not."""
    path.unlink()
    state = LedgerState(path)
    made = writer.draft(state, as_inputs(events(records, start=5_000)), writer.Rules(524_288, lambda _key: HERE))
    assert len(made.records) == records
    state.commit()
    state.close()


def damage_root(path: Any, table: str) -> None:
    """Garbage in place of the page where a table begins; the file around it is sound."""
    connection = sqlite3.connect(path)
    [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    connection.close()
    whole = bytearray(path.read_bytes())
    whole[(page - 1) * 4_096 : page * 4_096] = b"\xff" * 4_096
    path.write_bytes(whole)


async def test_snapshot_damaged_inside_is_removed_and_made_again(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen only in use: the worker ends, its next start is clean."""
    monkeypatch.setattr(worker_module, "MOST_BEHIND", 1)
    made = events(150)
    worker = await make("one")
    await worker.take(as_inputs(made))
    worker._states.pop(HERE).close()
    path = deployment.settings.state / "one" / f"ledger-{HERE}.db"
    damage_root(path, "profiles")
    more = events(200)
    with pytest.raises(sqlite3.DatabaseError):
        await (await make("one")).take(as_inputs(more))
    assert not path.exists()
    await (await make("one")).take(as_inputs(more))
    assert deployment.recorded() == len(more)


async def test_snapshot_with_damaged_causes_is_made_again_at_once(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys of that table are read when it is opened."""
    monkeypatch.setattr(worker_module, "MOST_BEHIND", 1)
    worker, made = await make("one"), events(150)
    await worker.take(as_inputs(made))
    worker._states.pop(HERE).close()
    damage_root(deployment.settings.state / "one" / f"ledger-{HERE}.db", "causes")
    await (await make("one")).take(as_inputs(made))
    assert deployment.recorded() == len(made)


async def test_snapshot_is_written_only_when_it_is_far_behind(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it lacks is on the log: a worker that opens it knows every input."""
    monkeypatch.setattr(worker_module, "MOST_BEHIND", 50)
    worker, feed = await make("one"), as_inputs(events(80))
    for start in range(0, 80, 20):
        await worker.take(feed[start : start + 20])
    state = worker._states.pop(HERE)
    assert (state.offset, state.behind) == (80, 20)
    state.close()
    await (await make("one")).take(feed)
    assert deployment.recorded() == 80


async def test_crash_and_lost_ack_keep_what_was_settled_before_them(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No commit since the start: the settled records come back from memory after a crash, from the log after an ack."""
    bad = report_event(25)

    def crashing(submission: Any, view: Any, position: str) -> Any:
        if submission.cause == cause_of(bad):
            raise KeyError("late")
        return decisions.decide(submission, view, position)

    worker, feed = await make(), as_inputs(events(40))
    await worker.take(feed[:20])
    monkeypatch.setattr(writer, "decide", crashing)
    await worker.take(feed[20:30])
    worker._stale.add(HERE)
    await worker.take(feed[30:])
    await worker.take(feed)
    found = deployment.folded()
    assert (set(found.causes), found.voids) == (causes(events(40)) - {cause_of(bad)}, 0)


async def test_recreated_ledger_is_folded_again(deployment: Deployment, make: Make) -> None:
    """The log was lost: what the snapshot knows of it counts no more."""
    worker = await make("one")
    await worker.take(as_inputs(events(40)))
    await asyncio.to_thread(deployment.lose, topics.LEDGER)
    made = events(50)
    again = await make("two")
    shutil.copytree(deployment.settings.state / "one", deployment.settings.state / "two", dirs_exist_ok=True)
    await again.take(as_inputs(made))
    assert set(deployment.folded().causes) == causes(made)


# --- guards that end the process


class Died(BaseException):
    """In place of the process's end."""


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(why: str, **_: object) -> None:
        raise Died(why)

    monkeypatch.setattr(worker_module, "die", die)


@pytest.mark.usefixtures("mortal")
async def test_ack_below_the_expected_offset_ends_the_process(deployment: Deployment, make: Make) -> None:
    worker = await make()
    await worker.take(as_inputs(events(40)))
    worker._states[HERE]._fold.mark = worker._states[HERE]._fold.mark.__class__(1, 90, "x", 0)
    with pytest.raises(Died, match="below the expected offset"):
        await worker.take([as_input(report_event(77), 77, HERE)])


def header(message: Any, name: str) -> str:
    value: bytes = dict(message.headers)[name]
    return value.decode()


@pytest.mark.usefixtures("mortal")
@pytest.mark.parametrize("refusal", [OutOfOrderSequenceNumber, MessageSizeTooLargeError, KafkaError])
async def test_write_refused_for_good_ends_the_process(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch, refusal: type[KafkaError]
) -> None:
    """A producer with a sequence out of order never sends to the partition again; trying for ever would hide it."""

    async def refuse(*_: Any) -> list[int]:
        raise refusal

    worker = await make()
    monkeypatch.setattr(worker._kafka, "append", refuse)
    with pytest.raises(Died, match="refused a write for good"):
        await worker.take(as_inputs(events(3)))


@pytest.mark.usefixtures("mortal")
@pytest.mark.parametrize("trouble", [KafkaConnectionError, KafkaTimeoutError, RequestTimedOutError])
async def test_write_that_may_work_later_is_tried_again(
    deployment: Deployment, make: Make, monkeypatch: pytest.MonkeyPatch, trouble: type[KafkaError]
) -> None:
    """The ack was lost on the way, twice: what was appended is found on the log and not appended again."""
    worker, made = await make(), events(5)
    append, left = worker._kafka.append, [1, 2]

    async def unheard(partition: int, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        offsets = await append(partition, records)
        if left:
            left.pop()
            raise trouble
        return offsets

    monkeypatch.setattr(worker_module, "RETRY_SECONDS", 0)
    monkeypatch.setattr(worker._kafka, "append", unheard)
    await worker.take(as_inputs(made))
    found = deployment.folded()
    assert (set(found.causes), found.voids) == (causes(made), 0)
