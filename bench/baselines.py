"""What the parts can do with nothing of ours on them, in the same run: the figures ours are compared with."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence

import httpx
import orjson
from kafka import KafkaAdminClient, KafkaProducer

from deploy.local.keeping import ROOT
from wufang.readmodel.mapping import index_body
from wufang.settings import Settings

TOPIC = "bench-raw"
PARTITIONS = 12


def producer(settings: Settings, values: Sequence[bytes]) -> float:
    """Records/s of one idempotent kafka-python producer, acks=all, zstd; leaves them on a topic of its own."""
    name = settings.topic(TOPIC)
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka)
    admin.create_topics({name: {"num_partitions": PARTITIONS, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    sender = KafkaProducer(
        bootstrap_servers=settings.kafka,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=5,
        batch_size=131_072,
    )
    started = time.perf_counter()
    for waiting in [sender.send(name, value=value, key=b"%d" % (i % 97)) for i, value in enumerate(values)]:
        waiting.get(60)
    spent = time.perf_counter() - started
    sender.close()
    return len(values) / spent


def faust(settings: Settings, count: int) -> float:
    """Records/s of a Faust agent that takes batches, does nothing and acks, from the topic `producer` filled."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.idle_stream"],
        cwd=ROOT,
        env={**os.environ, **_env(settings)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    giving_up = threading.Timer(180, worker.kill)
    giving_up.start()
    try:
        return _handed_out(worker.stdout or (), count)
    finally:
        giving_up.cancel()
        worker.terminate()
        worker.wait(30)


def _handed_out(said: Iterable[str], count: int) -> float:
    """Records/s from the first batch, which is not counted, to the last."""
    first: tuple[float, int] | None = None
    for line in said:
        moment, total = line.split()
        first = first or (float(moment), int(total))
        if int(total) >= count:
            return (int(total) - first[1]) / (float(moment) - first[0])
    raise TimeoutError("the idle agent did not finish")


def _env(settings: Settings) -> dict[str, str]:
    return {"WUFANG_KAFKA": settings.kafka, "WUFANG_PREFIX": settings.prefix}


async def elastic(settings: Settings, documents: Sequence[dict[str, object]], size: int = 500) -> float:
    """Documents/s of bulk requests with ready bodies into an index of the reports' mapping, one request at a time."""
    name = f"{settings.prefix.rstrip('.')}-bench-raw"
    lines = [b'{"index":{}}\n' + orjson.dumps(document) + b"\n" for document in documents]
    bodies = [b"".join(lines[start : start + size]) for start in range(0, len(lines), size)]
    async with httpx.AsyncClient(
        base_url=settings.elastic_url,
        auth=(settings.elastic_user, settings.elastic_password),
        timeout=60,
        trust_env=False,
    ) as client:
        (await client.put(f"/{name}", json=index_body("reports", 1, 0))).raise_for_status()
        headers = {"content-type": "application/x-ndjson"}
        started = time.perf_counter()
        for body in bodies:
            answer = await client.post(
                f"/{name}/_bulk", content=body, headers=headers, params={"filter_path": "errors"}
            )
            if answer.json()["errors"]:
                raise RuntimeError("the raw bulk was refused")
        spent = time.perf_counter() - started
        await client.delete(f"/{name}")
    return len(documents) / spent


def run(settings: Settings, values: Sequence[bytes], documents: Sequence[dict[str, object]]) -> dict[str, float]:
    """All three, one after the other."""
    return {
        "kafka_python_producer_per_s": round(producer(settings, values)),
        "faust_idle_agent_per_s": round(faust(settings, len(values))),
        "elastic_bulk_per_s": round(asyncio.run(elastic(settings, documents))),
    }
