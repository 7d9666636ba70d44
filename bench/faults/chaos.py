"""The accidents: who is killed when, extra workers that come and go, a second writer, poison; all from one seed."""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kafka import KafkaProducer

from deploy.local.keeping import ROOT
from deploy.local.stack import StackError
from deploy.local.system import System
from wufang.domain.report import CHANNELS
from wufang.wire import topics

Say = Callable[[str], None]
RECOVERY_SECONDS = 240.0
POISON = (b"{", b"\x00\x01", b'{"specversion":"1.0"}', "\ud800".encode("utf-16-le", "surrogatepass"), b"[" * 10_000)


@dataclass
class Chaos:
    """Fires accidents at a system; `fired` says what happened."""

    system: System
    seed: int
    say: Say
    fired: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def note(self, what: str, times: int = 1) -> None:
        self.fired[what] = self.fired.get(what, 0) + times

    async def round(self, within: float) -> None:
        """Crash one worker of each stream, the broker, Elasticsearch and a service, each at a random moment."""
        victims = [
            self._random.choice(["ledger-0", "ledger-1"]),
            self._random.choice(["indexer-0", "indexer-1"]),
            "kafka",
            "elasticsearch",
            self._random.choice(CHANNELS),
        ]
        await asyncio.gather(*(self._crash(name, self._random.uniform(0, within)) for name in victims))

    async def _crash(self, name: str, after: float) -> None:
        await asyncio.sleep(after)
        await asyncio.to_thread(self.system.crash, name)
        self.note(f"SIGKILL {name}")
        self.say(f"SIGKILL {name}")
        await self._back(name)

    async def _back(self, name: str) -> None:
        """Until the keeper has it up again. Raises StackError when it does not come back."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                await asyncio.to_thread(self.system.wait_ready, name, 10)
                return
            except StackError:  # also right after the kill, while nothing runs yet
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.5)

    async def guest(self, name: str, seconds: float) -> None:
        """A third ledger worker that joins the group, works a while and is killed: two rebalances."""
        process = await self._python({"WUFANG_WORKER": name}, "streams.ledger")
        self.note("guest worker")
        await asyncio.sleep(seconds)
        await _end(process)

    async def rogue(self, partition: int) -> None:
        """A second writer on one partition, started again when it dies, until this task is cancelled."""
        while True:
            self.note("rogue writer")
            process = await self._python({"WUFANG_WORKER": "rogue"}, "bench.faults.rogue", str(partition))
            try:
                await process.wait()
                await asyncio.sleep(1)
            finally:
                await _end(process)

    async def _python(self, own: dict[str, str], *module: str) -> asyncio.subprocess.Process:
        log = (self.system.folder / "logs" / f"{own['WUFANG_WORKER']}.log").open("ab")
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            env={**os.environ, **self.system.env(), **own},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )

    def poison(self) -> int:
        """Rubbish straight into every input topic and the ledger; how many inputs must be in quarantine for it."""
        settings = self.system.settings()
        producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True, retries=10**6)
        sent = [
            producer.send(settings.topic(topic), value=value, key=b"990101", partition=self._random.randrange(12))
            for topic in (*topics.INPUTS, topics.LEDGER)
            for value in POISON
        ]
        for waiting in sent:
            waiting.get(120)
        producer.close()
        self.note("poison", len(sent))
        return len(topics.INPUTS) * len(POISON)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
