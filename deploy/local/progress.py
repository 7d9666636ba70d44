"""Show a download: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import progress as bars
from rich.console import Console

TITLE = "下载 Kafka 与 Elasticsearch"
MIB = 1 << 20


@contextmanager
def download_progress(total: int, say: Callable[[str], None]) -> Iterator[Callable[[int], None]]:
    """Yields what is to be told of every piece, in bytes, from any thread."""
    if sys.stderr.isatty():
        with _bar(total) as advance:
            yield advance
    else:
        yield _Lines(total, say)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    columns = (
        bars.TextColumn(TITLE),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(TITLE, total=total)
        yield lambda count: progress.advance(task, count)


class _Lines:
    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self.total, self.say = total, say
        self.done = self.said = 0
        self.lock = threading.Lock()
        self._line()

    def __call__(self, count: int) -> None:
        with self.lock:
            self.done += count
            if self.done >= self.total or self.done - self.said >= self.total / 10:
                self._line()

    def _line(self) -> None:
        self.said = self.done
        self.say(f"{TITLE}：{self.done // MIB} / {self.total // MIB} MiB")
