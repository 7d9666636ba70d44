"""`python -m bench.restart`: a ledger of a million records, a snapshot 10,000 behind: how long until intake goes on.

The ledger is made by appending valid chained records straight to the topic (one new case each, every tenth joins the
case before it); the snapshot by the stream's own state. Then a real worker process starts, and one input is timed.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer
from aiokafka import AIOKafkaProducer
from rich.console import Console

from bench import machine
from bench.corpus import Corpus
from deploy.local.keeping import ROOT
from deploy.local.stack import LocalStack
from wufang.adapters.kafka_admin import ensure_topics
from wufang.adapters.kafka_log import KafkaLog
from wufang.adapters.kafka_partition import partition_of
from wufang.domain import ids
from wufang.domain.events import CaseOpened, Event, ReportLinked
from wufang.domain.linking import Link
from wufang.domain.report import Report
from wufang.ledger.state import LedgerState
from wufang.settings import Settings
from wufang.wire import record, topics
from wufang.wire.position import Position

console = Console(highlight=False)
NOW = 1_770_000_000_000
BAR_SECONDS = 30.0


def main(
    records: Annotated[int, typer.Option(help="ledger records")] = 1_000_000,
    behind: Annotated[int, typer.Option(help="records the snapshot is behind")] = 10_000,
    out: Annotated[Path | None, typer.Option(help="write the result as JSON")] = None,
) -> None:
    """Measure a restart; exits non-zero when it takes longer than the bar."""
    with tempfile.TemporaryDirectory(prefix="wufang-restart-") as folder, LocalStack(Path(folder) / "servers") as stack:
        settings = Settings.from_env({**stack.env(), "WUFANG_PREFIX": "restart.", "WUFANG_STATE": f"{folder}/state"})
        ensure_topics(settings)
        asyncio.run(_fill(settings, records, behind))
        seconds = asyncio.run(_restart(settings))
    result = {"machine": machine.describe(), "records": records, "behind": behind, "seconds": round(seconds, 1)}
    console.print(result)
    if out is not None:
        out.write_text(json.dumps(result, indent=1))
    raise typer.Exit(0 if seconds <= BAR_SECONDS else 1)


def _chain(county: str, count: int) -> Iterator[bytes]:
    """Valid records of one county."""
    head, corpus, opened = record.first_head(county), Corpus(int(county), counties=(county,)), ""
    for number in range(count):
        channel, event = corpus.event(county)
        cause = ids.cause("bench", event["id"], county)
        data = event["data"]
        report = Report(
            cause, "bench", event["id"], channel, county, NOW, NOW, "k:" + cause, data["title"], data["text"],
            address=data["address"], category=data["category"],
        )  # fmt: skip
        made: Event
        if number % 10 == 9:
            made = ReportLinked(opened, report, Link(opened, "same_matter", 0.5, (), "bench"))
        else:
            opened = ids.case_id(county, head.seq + 1, 0)
            made = CaseOpened(opened, report)
        value = record.encode(
            record.chained(head, cause, county, Position(f"reports.{channel}", _partition(county), number), [made])
        )
        head = record.Head(head.seq + 1, record.digest(value))
        yield value


def _partition(county: str) -> int:
    return partition_of(county.encode())


def _one_a_partition() -> tuple[str, ...]:
    """A county for every partition, so that each snapshot can stand behind its own ledger."""
    codes = {_partition(code): code for code in (f"9901{number:02d}" for number in range(99, 0, -1))}
    return tuple(codes[number] for number in range(topics.PARTITIONS))


COUNTIES = _one_a_partition()


async def _fill(settings: Settings, records: int, behind: int) -> None:
    """Append, and fold all but the last `behind` into snapshots, county by county."""
    kafka = KafkaLog(settings)
    await kafka.start()
    states: dict[int, LedgerState] = {}
    each, lag = records // len(COUNTIES), behind // len(COUNTIES)
    for county in COUNTIES:
        partition = _partition(county)
        state = states.setdefault(partition, LedgerState(_file(settings, partition)))
        share: list[tuple[bytes, bytes]] = []
        for number, value in enumerate(_chain(county, each)):
            share.append((county.encode(), value))
            if len(share) == 2_000 or number == each - 1:
                offsets = await kafka.append(partition, share)
                folded = [(at, v) for at, (_, v) in zip(offsets, share, strict=True)]
                _fold(state, folded[: max(0, each - lag - number - 1 + len(folded))])
                share = []
        console.print(f"  {county}: {each:,} records on partition {partition}")
    for state in states.values():
        state.close()
    await kafka.stop()


def _fold(state: LedgerState, folded: list[tuple[int, bytes]]) -> None:
    for offset, value in folded:
        if offset == state.offset:
            state.fold(offset, value)
    state.commit()


def _file(settings: Settings, partition: int) -> Path:
    return settings.state / settings.worker / f"ledger-{partition}.db"


async def _restart(settings: Settings) -> float:
    """Seconds from starting a worker to the ledger record of an input of every county."""
    await _inputs(settings)
    kafka = KafkaLog(settings)
    await kafka.start()
    wanted = {_partition(county) for county in COUNTIES}
    before = {partition: await kafka.end(partition) for partition in wanted}
    started = time.perf_counter()
    environment = {**os.environ, **{f"WUFANG_{k.upper()}": str(v) for k, v in settings.model_dump().items()}}
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "streams.ledger", cwd=ROOT, env=environment)
    try:
        while any([await kafka.end(partition) == before[partition] for partition in wanted]):
            await asyncio.sleep(0.1)
        return time.perf_counter() - started
    finally:
        worker.kill()
        await worker.wait()
        await kafka.stop()


async def _inputs(settings: Settings) -> None:
    moment = "2026-03-01T00:00:00.000Z"
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all") as producer:
        for county in COUNTIES:
            value = {
                "specversion": "1.0", "id": f"after-{county}", "source": "bench", "type": "wufang.hotline.report.v1",
                "time": moment, "datacontenttype": "application/json", "dataschema": "", "jurisdiction": county,
                "acceptedat": moment, "contentmac": "k:0",
                "data": {"title": "重启之后的第一件", "text": "重启之后的第一件诉求", "occurred_at": moment},
            }  # fmt: skip
            await producer.send_and_wait(settings.topic("reports.hotline"), orjson.dumps(value), county.encode())


if __name__ == "__main__":
    typer.run(main)
