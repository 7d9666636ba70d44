"""Consumer groups as the broker knows them: what they committed, who is in them; set only while nobody is."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NoError, NotCoordinatorError
from kafka.structs import OffsetAndMetadata
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from wufang.adapters.kafka_partition import Place
from wufang.settings import Settings
from wufang.wire import topics

# What a broker answers in the first seconds of its life, or of its coordinator's.
_STARTING = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
_PATIENTLY = Retrying(
    retry=retry_if_exception_type(_STARTING), stop=stop_after_delay(30), wait=wait_fixed(0.2), reraise=True
)


class GroupBusy(Exception):
    """The group has members, so its offsets are theirs to commit."""


class ConsumerGroups:
    """One admin client; its calls run on a thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bare = {settings.topic(name): name for name in topics.ALL}
        self._admin: KafkaAdminClient | None = None

    async def __aenter__(self) -> Self:
        """Connect. Raises kafka.errors.KafkaError when the broker is away."""
        self._admin = await asyncio.to_thread(self._connect)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admin is not None:
            await asyncio.to_thread(self._admin.close)

    def _connect(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=self._settings.brokers, request_timeout_ms=20_000)

    @property
    def _connected(self) -> KafkaAdminClient:
        if self._admin is None:
            raise RuntimeError("use ConsumerGroups as a context manager")
        return self._admin

    async def _asked(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """The answer to a call about groups; a broker that is only just making its offsets topic is asked again."""
        return await asyncio.to_thread(_PATIENTLY, call, *arguments)

    async def committed(self, name: str) -> dict[Place, int]:
        """The next offset the group will take of each partition it ever committed; `name` without the prefix."""
        group = self._settings.group(name)
        found = (await self._asked(self._connected.list_group_offsets, {group: None})).get(group, {})
        return {
            (self._bare[tp.topic], tp.partition): at.offset
            for tp, at in found.items()
            if tp.topic in self._bare and at.offset >= 0
        }

    async def members(self, name: str) -> int:
        """How many consumers the group has now."""
        group = self._settings.group(name)
        found = await self._asked(self._connected.describe_groups, [group])
        return len(found[group].get("members") or [])

    async def commit(self, name: str, offsets: Mapping[Place, int]) -> None:
        """Where a group without members begins. Raises GroupBusy when it has some."""
        wanted = {
            TopicPartition(self._settings.topic(topic), partition): OffsetAndMetadata(offset, "", -1)
            for (topic, partition), offset in offsets.items()
        }
        group = self._settings.group(name)
        answer = await self._asked(self._connected.alter_group_offsets, group, wanted)
        refused = {error for error in answer.values() if error is not NoError}
        if refused:
            raise GroupBusy(f"{group}: {', '.join(sorted(error.__name__ for error in refused))}")
