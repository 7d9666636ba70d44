"""Hands over the parts that doors had to hold because a report was in danger and the discipline office's store away.

Repeatable: what the store has already it takes again as the same.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Literal

import msgspec
import orjson

from wufang.adapters.door import HELD
from wufang.adapters.kafka_reader import LogReader
from wufang.adapters.sealing_store import SealingStore, StoreRefuses
from wufang.adapters.secrets_file import load_key_ring
from wufang.domain.report import Sealed
from wufang.operations.erase import wrapped_keys
from wufang.operations.progress import Progress, Steps, silent
from wufang.operations.sealed_parts import published
from wufang.privacy.encryption import CannotDecrypt, decrypt
from wufang.privacy.keyring import KeyRing
from wufang.settings import Settings
from wufang.wire import topics

PATIENCE = 30.0  # seconds for the store to take one part


Fate = Literal["over", "erased", "refused"]


class NotTaken(Exception):
    """The store is away; what was handed over before stays so."""


@dataclass(frozen=True, slots=True)
class Handed:
    """Parts the store has now, those that nobody can read any more (their report's data key was erased), and the causes
    of those it refuses, which stay where they are."""

    over: int
    erased: int
    refused: tuple[str, ...] = ()


class _Data(msgspec.Struct):
    sealed: Sealed | None = None


class _Held(msgspec.Struct):
    data: _Data


_held = msgspec.json.Decoder(_Held)


async def hand_over(settings: Settings, progress: Progress = silent) -> Handed:
    """Put every held part into the store, past those it refuses. Raises NotTaken, KeysMissing, KafkaError."""
    ring = load_key_ring(settings.secrets)
    async with LogReader(settings) as reader, SealingStore(settings) as store:
        waiting = await _waiting(reader, Steps(progress))
        keys = await wrapped_keys(reader, [field.key for _, field in waiting])
        told = [(await _hand(store, ring, cause, field, keys[field.key]), cause) for cause, field in waiting]
    counts = Counter(fate for fate, _ in told)
    return Handed(counts["over"], counts["erased"], tuple(cause for fate, cause in told if fate == "refused"))


async def _waiting(reader: LogReader, steps: Steps) -> list[tuple[str, Sealed]]:
    """Causes of held parts, with the encrypted fields they lie in."""
    found: list[tuple[str, Sealed]] = []
    ends = await reader.ends(topics.REPORTS)
    async for batch in reader.read({place: (0, end) for place, end in ends.items()}):
        for message in batch:
            told = published(message.value)
            if told is not None and told.part.held and message.value is not None:
                sealed = _held.decode(message.value).data.sealed
                found += [(told.cause, sealed)] if sealed is not None else []
        steps.add("查找待移交", len(batch), sum(ends.values()))
    return found


async def _hand(store: SealingStore, ring: KeyRing, cause: str, field: Sealed, wrapped: bytes | None) -> Fate:
    """What became of one; only a store that does not answer ends the round."""
    try:
        entry = orjson.loads(decrypt(ring, wrapped, msgspec.structs.asdict(field))[HELD])
    except (CannotDecrypt, KeyError):
        return "erased"
    try:
        async with asyncio.timeout(PATIENCE):
            await store.put(cause, entry, ring.content)
    except StoreRefuses:
        return "refused"
    except TimeoutError:
        raise NotTaken("no answer") from None
    return "over"
