"""What a post costs by its size: `python -m bench.posts [--sizes 1,6,60,200]`.

One client posts to the hotline's door of a local system, one post after the other, while the streams stand still:
milliseconds from the post to its answer, and processor time of the door and of Kafka.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.corpus import Corpus
from bench.load import Sender, Submission
from bench.measures import processor_seconds
from deploy.local.system import System

REPORTS = 1_200  # of each size, but never fewer than LEAST posts
LEAST = 20
AT_REST = ("ledger-0", "indexer-0")


async def measure(system: System, corpus: Corpus, size: int) -> dict[str, Any]:
    """Posts of one size."""
    posts = max(LEAST, REPORTS // size)
    sender = Sender(system)
    shares = list(_shares(corpus, size, posts))
    before = processor_seconds(system)
    took = sorted([await _timed(sender, share) for share in shares])
    now = processor_seconds(system)
    await sender.close()
    door, kafka = ((now[name] - before[name]) / posts * 1e6 for name in ("hotline", "kafka"))
    return {
        "reports": size,
        "posts": posts,
        "p50_ms": round(took[len(took) // 2] * 1e3, 1),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1e3, 1),
        "door_us": round(door),
        "door_us_per_report": round(door / size),
        "kafka_us": round(kafka),
    }


def _shares(corpus: Corpus, size: int, posts: int) -> Iterator[list[Submission]]:
    waiting: list[Submission] = []
    for _ in range(posts):
        while len(waiting) < size:
            waiting += [one for one in corpus.events(500) if one[0] == "hotline"]
        yield waiting[:size]
        waiting = waiting[size:]


async def _timed(sender: Sender, share: Sequence[Submission]) -> float:
    began = time.perf_counter()
    await sender.send(share)
    return time.perf_counter() - began


@contextmanager
def at_rest(system: System) -> Iterator[None]:
    """The streams stopped where they are: what they would do with the reports is not measured here."""
    those = [system.processes()[name]["pid"] for name in AT_REST]
    for pid in those:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in those:
            os.kill(pid, signal.SIGCONT)


def main() -> int:
    """Measure each size, a line each."""
    parser = argparse.ArgumentParser(prog="bench.posts", description=__doc__)
    parser.add_argument("--sizes", default="1,6,60,200", help="reports in a post, at most 200")
    sizes = [int(one) for one in parser.parse_args().sizes.split(",")]
    corpus = Corpus(7)
    with (
        tempfile.TemporaryDirectory(prefix="wufang-posts-") as folder,
        System(Path(folder), prefix="bench.", workers=1, say=lambda _: None) as system,
        at_rest(system),
    ):
        asyncio.run(measure(system, corpus, 60))  # the door and the broker warm
        for size in sizes:
            print(asyncio.run(measure(system, corpus, size)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
