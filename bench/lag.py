"""How far each stream is behind, by its own commits; for a bench, which waits for idle streams and notes what piled up.

A stream commits every so often, so a busy one is less behind than it says here.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from wufang.adapters.kafka_groups import ConsumerGroups
from wufang.adapters.kafka_reader import LogReader
from wufang.operations.waiting import behind
from wufang.settings import Settings
from wufang.wire import topics

Behind = dict[str, int]  # stream: records it has not committed


class Lags:
    """Watches the ledger stream and the indexer of one deployment."""

    def __init__(self, settings: Settings) -> None:
        self._reader, self._groups = LogReader(settings), ConsumerGroups(settings)
        self._streams = {
            "ledger": (topics.LEDGER_GROUP, topics.INPUTS),
            "indexer": (topics.indexer_group(settings.generation), (topics.LEDGER,)),
        }

    async def __aenter__(self) -> Self:
        await self._reader.__aenter__()
        await self._groups.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._groups.__aexit__(kind, value, trace)
        await self._reader.__aexit__(kind, value, trace)

    async def now(self) -> Behind:
        """What each stream has still to take."""
        return {
            stream: behind(await self._groups.committed(group), await self._reader.ends(read))
            for stream, (group, read) in self._streams.items()
        }

    async def idle(self, seconds: float = 120.0, rest: float = 5.0) -> None:
        """Wait until nothing waits in any stream, then a little for what they do afterwards. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while any((left := await self.now()).values()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the streams are still behind: {left}")
            await asyncio.sleep(0.5)
        await asyncio.sleep(rest)

    @asynccontextmanager
    async def noted(self, every: float = 2.0) -> AsyncIterator[dict[str, Any]]:
        """Fills in {stream: {median, most}} of the block at its end."""
        seen: list[Behind] = []
        found: dict[str, Any] = {}
        noting = asyncio.create_task(self._note(seen, every))
        try:
            yield found
        finally:
            noting.cancel()
            await asyncio.gather(noting, return_exceptions=True)
            for stream in self._streams:
                values = sorted(one[stream] for one in seen) or [0]
                found[stream] = {"median": values[len(values) // 2], "most": values[-1]}

    async def _note(self, seen: list[Behind], every: float) -> None:
        while True:
            seen.append(await self.now())
            await asyncio.sleep(every)
