"""The measured parts: each drives the real system through its public doors and reads what came of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil

from bench.corpus import COUNTIES, Corpus
from bench.load import BATCH, Sender, Submission
from deploy.local.system import System
from wufang.adapters.elastic_index import ElasticIndex

Say = Callable[[str], None]
LANES = 4  # clients at once


async def preload(system: System, corpus: Corpus, cases: int, say: Say) -> dict[str, Any]:
    """Fill the counties with matters that do not recur; what stands there before anything is measured."""
    corpus.linking = 0.0
    done = 0
    while done < cases * len(COUNTIES):
        share = list(corpus.events(min(12_000, cases * len(COUNTIES) - done)))
        await _post(system, share)
        done += len(share)
        await _searchable(system, done, say)
        say(f"  {done:,} reports preloaded")
    corpus.linking = 0.3
    async with ElasticIndex.from_settings(system.settings()) as index:
        return {"preloaded_reports": done, "open_cases": await index.count("cases"), "counties": len(COUNTIES)}


async def end_to_end(system: System, corpus: Corpus, count: int, say: Say) -> dict[str, Any]:
    """Post as fast as the doors take it; the clock stops when the last report is searchable."""
    share = list(corpus.events(count))
    before, linked = await _counts(system)
    say(f"end to end: {count:,} reports")
    busy = processor_seconds(system)
    started = time.perf_counter()
    await _post(system, share)
    posted = time.perf_counter() - started
    await _searchable(system, before + count, say)
    spent = time.perf_counter() - started
    busy = {name: seconds - busy.get(name, 0.0) for name, seconds in processor_seconds(system).items()}
    cases = (await _counts(system))[1] - linked
    return {
        "intake_per_s": round(count / posted),
        "end_to_end_per_s": round(count / spent),
        "end_to_end_seconds": round(spent, 1),
        "linked_share": round(1 - cases / count, 3),
        "processor_us_per_report": {name: round(seconds / count * 1e6) for name, seconds in busy.items()},
    }


def processor_seconds(system: System) -> dict[str, float]:
    """Processor time of each process of the system so far, with its children, and of this one."""
    spent = {"bench client": sum(psutil.Process().cpu_times()[:2])}
    for name, process in system.processes().items():
        if process.get("pid"):
            root = psutil.Process(process["pid"])
            spent[name] = sum(sum(one.cpu_times()[:2]) for one in (root, *root.children(recursive=True)))
    return spent


async def rebuild_rate(system: System, say: Say) -> dict[str, Any]:
    """`wufang rebuild` on all that was written so far, verified and flipped."""
    from wufang.operations.rebuild import rebuild

    say("rebuild")
    started = time.perf_counter()
    rebuilt = await rebuild(system.settings())
    spent = time.perf_counter() - started
    return {"rebuild_per_s": round(rebuilt.records / spent), "rebuild_seconds": round(spent, 1)}


@dataclass
class _Probe:
    """Reports waited for in the index, with the moment each was accepted."""

    waiting: dict[str, float]
    seconds: list[float]


async def freshness(system: System, corpus: Corpus, rate: int, seconds: float, say: Say) -> dict[str, Any]:
    """Accepted to searchable at a steady rate, of one report in ten; polled every 50 ms."""
    say(f"freshness at {rate} reports/s for {seconds:.0f} s")
    probe = _Probe({}, [])
    stop = asyncio.Event()
    watching = asyncio.create_task(_watch(system, probe, stop))
    sender = Sender(system)
    try:
        await _paced(sender, corpus, rate, seconds, probe)
    finally:
        stop.set()
        await watching
        await sender.close()
    took = sorted(probe.seconds)
    return {
        "freshness_samples": len(took),
        "freshness_p50_s": round(took[len(took) // 2], 3),
        "freshness_p99_s": round(took[int(len(took) * 0.99)], 3),
    }


async def _paced(sender: Sender, corpus: Corpus, rate: int, seconds: float, probe: _Probe) -> None:
    """Ten small posts a second."""
    share = max(1, rate // 10)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    posts: set[asyncio.Task[None]] = set()
    for number in range(round(seconds * 10)):
        await asyncio.sleep(max(0.0, begin + number / 10 - loop.time()))
        posts.add(asyncio.create_task(_sampled(sender, list(corpus.events(share)), probe)))
    await asyncio.gather(*posts)


async def _sampled(sender: Sender, share: list[Submission], probe: _Probe) -> None:
    await sender.send(share)
    now = time.perf_counter()
    probe.waiting.update({event["id"]: now for _, event in share[::10]})


async def _watch(system: System, probe: _Probe, stop: asyncio.Event) -> None:
    async with ElasticIndex.from_settings(system.settings()) as index:
        deadline = None
        while not stop.is_set() or probe.waiting:
            if stop.is_set():
                deadline = deadline or time.perf_counter() + 60
                if time.perf_counter() > deadline:
                    raise TimeoutError(f"{len(probe.waiting)} reports did not become searchable")
            await _look(index, probe)
            await asyncio.sleep(0.05)


async def _look(index: ElasticIndex, probe: _Probe) -> None:
    numbers = list(probe.waiting)[:500]
    if not numbers:
        return
    body = {
        "size": len(numbers),
        "_source": ["number"],
        "query": {"terms": {"number": numbers}},
        "track_total_hits": False,
    }
    hits = (await index.search("reports", body))["hits"]["hits"]
    now = time.perf_counter()
    for hit in hits:
        accepted = probe.waiting.pop(hit["_source"]["number"], None)
        if accepted is not None:
            probe.seconds.append(now - accepted)


async def _post(system: System, share: list[Submission]) -> None:
    """Several clients, each in batches of at most 200 of one channel."""
    by_channel = sorted(share, key=lambda item: item[0])
    batches = [by_channel[start : start + BATCH] for start in range(0, len(by_channel), BATCH)]
    queue: asyncio.Queue[list[Submission]] = asyncio.Queue()
    for batch in batches:
        queue.put_nowait(batch)
    await asyncio.gather(*(_lane(system, queue) for _ in range(LANES)))


async def _lane(system: System, queue: asyncio.Queue[list[Submission]]) -> None:
    sender = Sender(system)
    try:
        while not queue.empty():
            await sender.send(queue.get_nowait())
    finally:
        await sender.close()


async def _searchable(system: System, wanted: int, say: Say) -> None:
    """Until so many reports are found by a search (no refresh is forced)."""
    async with ElasticIndex.from_settings(system.settings()) as index:
        found, moved = -1, time.monotonic()
        while True:
            now = await index.count("reports")
            if now >= wanted:
                return
            if now != found:
                found, moved = now, time.monotonic()
            elif time.monotonic() - moved > 120:
                raise TimeoutError(f"stuck at {now:,} of {wanted:,} searchable reports")
            await asyncio.sleep(0.1)


async def _counts(system: System) -> tuple[int, int]:
    async with ElasticIndex.from_settings(system.settings()) as index:
        await index.refresh()
        return await index.count("reports"), await index.count("cases")
