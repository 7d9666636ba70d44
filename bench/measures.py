"""The measured parts: each drives the real system through its public doors and reads what came of it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from bench.corpus import COUNTIES, Corpus
from bench.lag import Lags
from bench.load import BATCH, Sender, Submission
from deploy.local.system import System
from wufang.adapters.elastic_index import ElasticIndex
from wufang.domain.report import CHANNELS, Channel

Say = Callable[[str], None]
LANES = 4  # clients at once
LINKING = 0.3  # of the measured reports
SHARE = 6_000  # reports put into batches at once
BEHIND = 24_000  # accepted reports that may wait to be searchable in the preload
STUCK_SECONDS = 120.0


async def preload(system: System, corpus: Corpus, cases: int, say: Say) -> dict[str, Any]:
    """Fill the counties with matters that do not recur; what stands there before anything is measured.

    Posted without a pause, but never so far ahead that the streams' backlog outgrows `BEHIND`.
    """
    corpus.linking = 0.0
    done, wanted = 0, cases * len(COUNTIES)
    async with ElasticIndex.from_settings(system.settings()) as index:
        async with _lanes(system) as post:
            while done < wanted:
                await _searchable(index, done - BEHIND)
                share = list(corpus.events(min(SHARE, wanted - done)))
                await post(share)
                done += len(share)
                say(f"  {done:,} reports handed to the doors")
        await _searchable(index, done)
        await index.refresh()
        corpus.linking = LINKING
        return {
            "counties": len(COUNTIES),
            "preloaded_reports": done,
            "open_cases": await index.count("cases"),
            "linking": LINKING,
            "batch": BATCH,
            "clients": LANES,
        }


async def end_to_end(system: System, corpus: Corpus, count: int, say: Say) -> dict[str, Any]:
    """Post as fast as the doors take it; the clock stops when the last report is searchable."""
    share = list(corpus.events(count))
    async with ElasticIndex.from_settings(system.settings()) as index, Lags(system.settings()) as lags:
        before, standing = await _counts(index)
        await lags.idle()
        say(f"end to end: {count:,} reports")
        busy = processor_seconds(system)
        started = time.perf_counter()
        async with lags.noted() as lag:
            async with _lanes(system) as post:
                await post(share)
            posted = time.perf_counter() - started
            await _searchable(index, before + count)
        spent = time.perf_counter() - started
        used = _since(busy, system, count)
        cases = (await _counts(index))[1] - standing
    return {
        "end_to_end_reports": count,
        "intake_per_s": round(count / posted),
        "end_to_end_per_s": round(count / spent),
        "end_to_end_seconds": round(spent, 1),
        "linked_share": round(1 - cases / count, 3),
        "end_to_end_lag": lag,
        "processor_us_per_report": used,
    }


def processor_seconds(system: System) -> dict[str, float]:
    """Processor time of each process of the system so far, with its children, and of this one."""
    spent = {"bench client": sum(psutil.Process().cpu_times()[:2])}
    for name, process in system.processes().items():
        if process.get("pid"):
            root = psutil.Process(process["pid"])
            spent[name] = sum(sum(one.cpu_times()[:2]) for one in (root, *root.children(recursive=True)))
    return spent


def _since(before: dict[str, float], system: System, reports: int) -> dict[str, int]:
    """Microseconds a report of each process since then."""
    now = processor_seconds(system)
    return {name: round((seconds - before.get(name, 0.0)) / reports * 1e6) for name, seconds in now.items()}


async def rebuild_rate(system: System, say: Say) -> dict[str, Any]:
    """`wufang rebuild` on all that was written so far: verified and flipped, and then taken over by the indexer."""
    from wufang.operations.rebuild import rebuild

    say("rebuild")
    started = time.perf_counter()
    rebuilt = await rebuild(system.settings())
    spent = time.perf_counter() - started
    return {
        "rebuild_per_s": round(rebuilt.records / rebuilt.serving_seconds),
        "rebuild_seconds": round(rebuilt.serving_seconds, 1),
        "rebuild_loading_seconds": round(rebuilt.loading_seconds, 1),
        "rebuild_verifying_seconds": round(rebuilt.verifying_seconds, 1),
        "rebuild_with_hand_over_per_s": round(rebuilt.records / spent),
    }


@dataclass
class _Probe:
    """Reports waited for in the index, with the moment each was accepted."""

    waiting: dict[str, float]
    seconds: list[float]
    passed: int = 0

    def next(self) -> bool:
        """Whether this report is waited for: one in ten is."""
        self.passed += 1
        return self.passed % 10 == 0


async def freshness(
    system: System, corpus: Corpus, rate: int, seconds: float, ticks: int, say: Say, name: str = "freshness"
) -> dict[str, Any]:
    """Accepted to searchable at a steady rate and nothing else, of one report in ten; polled every 200 ms.

    At each tick every channel posts its share: `ticks` times five posts a second.
    """
    say("waiting until the streams are idle")
    async with Lags(system.settings()) as lags:
        await lags.idle()
        say(f"freshness at {rate} reports/s for {seconds:.0f} s, in {ticks * len(CHANNELS)} posts a second")
        busy = processor_seconds(system)
        async with lags.noted() as lag:
            took = sorted(await _fresh(system, corpus, rate, seconds, ticks))
        spent = _since(busy, system, round(rate * seconds))
    return {
        f"{name}_rate": rate,
        f"{name}_posts_per_s": ticks * len(CHANNELS),
        f"{name}_seconds": seconds,
        f"{name}_samples": len(took),
        f"{name}_lag": lag,
        f"{name}_processor_us_per_report": spent,
        f"{name}_p50_s": round(took[len(took) // 2], 3),
        f"{name}_p99_s": round(took[int(len(took) * 0.99)], 3),
    }


async def _fresh(system: System, corpus: Corpus, rate: int, seconds: float, ticks: int) -> list[float]:
    probe, stop = _Probe({}, []), asyncio.Event()
    watching = asyncio.create_task(_watch(system, probe, stop))
    sender = Sender(system)
    try:
        await _paced(sender, corpus, rate, seconds, ticks, probe)
    finally:
        stop.set()
        await watching
        await sender.close()
    return probe.seconds


async def _paced(sender: Sender, corpus: Corpus, rate: int, seconds: float, ticks: int, probe: _Probe) -> None:
    """The channels' posts evenly over the tick."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    posts: set[asyncio.Task[None]] = set()
    for tick in range(round(seconds * ticks)):
        shares: dict[Channel, Batch] = {channel: [] for channel in CHANNELS}
        for channel, event in corpus.events(max(1, rate // ticks)):
            shares[channel].append((channel, event))
        for place, share in enumerate(shares.values()):
            at = begin + (tick + place / len(shares)) / ticks
            await asyncio.sleep(max(0.0, at - loop.time()))
            posts.add(asyncio.create_task(_sampled(sender, share, probe)))
    await asyncio.gather(*posts)


async def _sampled(sender: Sender, share: Sequence[Submission], probe: _Probe) -> None:
    """One report in ten is noted when its post is answered."""
    await sender.send(share)
    now = time.perf_counter()
    probe.waiting.update({event["id"]: now for _, event in share if probe.next()})


async def _watch(system: System, probe: _Probe, stop: asyncio.Event) -> None:
    async with ElasticIndex.from_settings(system.settings()) as index:
        deadline = None
        while not stop.is_set() or probe.waiting:
            if stop.is_set():
                deadline = deadline or time.perf_counter() + 60
                if time.perf_counter() > deadline:
                    raise TimeoutError(f"{len(probe.waiting)} reports did not become searchable")
            await _look(index, probe)
            await asyncio.sleep(0.2)


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


Batch = list[Submission]
Post = Callable[[Sequence[Submission]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def _lanes(system: System) -> AsyncIterator[Post]:
    """Several clients, each in batches of at most 200 of one channel; at its end all is answered."""
    queue: asyncio.Queue[Batch | None] = asyncio.Queue(4 * LANES)

    async def post(share: Sequence[Submission]) -> None:
        """Returns when the clients have the last batch in sight, so that the next share is there before they idle."""
        for start in range(0, len(share), SHARE):
            for batch in _batches(share[start : start + SHARE]):
                await queue.put(batch)

    async with asyncio.TaskGroup() as lanes:
        for _ in range(LANES):
            lanes.create_task(_lane(system, queue))
        yield post
        for _ in range(LANES):
            await queue.put(None)


def _batches(share: Sequence[Submission]) -> Iterator[Batch]:
    """Of one channel each, the channels in turn, so that all doors have work."""
    channels: dict[Channel, Batch] = defaultdict(list)
    for channel, event in share:
        channels[channel].append((channel, event))
    for start in range(0, len(share), BATCH):
        yield from filter(None, (batch[start : start + BATCH] for batch in channels.values()))


async def _lane(system: System, queue: asyncio.Queue[Batch | None]) -> None:
    sender = Sender(system)
    try:
        while (batch := await queue.get()) is not None:
            await sender.send(batch)
    finally:
        await sender.close()


async def _searchable(index: ElasticIndex, wanted: int) -> None:
    """Until so many reports are found by a search (no refresh is forced). Raises TimeoutError when nothing moves."""
    found, moved = -1, time.monotonic()
    while wanted > 0:
        now = await index.count("reports")
        if now >= wanted:
            return
        if now != found:
            found, moved = now, time.monotonic()
        elif time.monotonic() - moved > STUCK_SECONDS:
            raise TimeoutError(f"stuck at {now:,} of {wanted:,} searchable reports")
        await asyncio.sleep(0.1)


async def _counts(index: ElasticIndex) -> tuple[int, int]:
    """Reports and cases."""
    await index.refresh()
    return await index.count("reports"), await index.count("cases")
