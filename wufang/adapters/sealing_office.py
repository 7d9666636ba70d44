"""What a door does with a report that has a part to seal: the part first, a bounded wait, danger at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from wufang.adapters.door import Door, Ready, Refused, Unsealed
from wufang.adapters.http_problems import Refusal
from wufang.adapters.sealing_store import SealingStore, StoreRefuses
from wufang.privacy.keyring import KeyRing
from wufang.settings import Settings

AT_ONCE = 60  # puts in hand at one time
IN_DANGER = 0.3  # seconds that a post with a report in danger waits: 110, 119 and 120 are never delayed by this


class NotSealed(NamedTuple):
    """A report, or the outcome of one, that cannot be published now: sent again it counts once."""

    id: str


Checked = Ready | Refused | Refusal | Unsealed
Settled = Ready | Refused | Refusal | NotSealed


class SealingOffice:
    """Made and closed with the service."""

    def __init__(self, settings: Settings, door: Door, ring: KeyRing) -> None:
        self._door, self._patience, self._content = door, settings.seal_timeout, ring.content
        self._store = SealingStore(settings)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Close the connections."""
        await self._store.close()

    async def settle(self, prepared: Sequence[Checked]) -> list[Settled]:
        """What may be published of each, in order; what needs no sealing passes as it is."""
        waiting = [one for one in prepared if isinstance(one, Unsealed)]
        if not waiting:
            return [one for one in prepared if not isinstance(one, Unsealed)]
        patience = min(self._patience, IN_DANGER) if any(one.danger for one in waiting) else self._patience
        receipts = await self._receipts(waiting, patience)
        known = {id(one): receipt for one, receipt in zip(waiting, receipts, strict=True)}
        missing = {one.cause for one in waiting if known[id(one)] is None and not one.danger}
        return [self._settled(one, known, missing) for one in prepared]

    def _settled(self, one: Checked, known: dict[int, str | None], missing: set[str]) -> Settled:
        """An outcome does not go before its report: the ledger would refuse it for good."""
        if isinstance(one, Ready | Unsealed) and one.concerns in missing:
            return NotSealed(one.id)
        if not isinstance(one, Unsealed):
            return one
        receipt = known[id(one)]
        if receipt is not None:
            return self._door.sealed(one, receipt)
        return self._door.held(one) if one.danger else NotSealed(one.id)

    async def _receipts(self, waiting: Sequence[Unsealed], patience: float) -> list[str | None]:
        """The store's receipts in order: asked for all at once, and one by one for those it did not give so."""
        now = asyncio.get_running_loop().time
        until = now() + patience
        known: list[str | None] = [None] * len(waiting)
        if len(waiting) > 1:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until), self._room:
                    known = await self._store.put_each([(one.cause, one.entry) for one in waiting])
        left = [one for one, receipt in zip(waiting, known, strict=True) if receipt is None]
        given = iter(await asyncio.gather(*(self._receipt(one, until - now()) for one in left)))
        return [next(given) if receipt is None else receipt for receipt in known]

    async def _receipt(self, one: Unsealed, patience: float) -> str | None:
        """The store's receipt, None when it did not give one in time."""
        try:
            async with asyncio.timeout(patience), self._room:
                return await self._store.put(one.cause, one.entry, self._content)
        except (TimeoutError, StoreRefuses):
            return None
