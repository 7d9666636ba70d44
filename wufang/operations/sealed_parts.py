"""The books of sealed parts: every receipt on the ledger has its entry in the store, every entry was published.

It sees receipts and causes, never a word, and counts only what does not fit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from wufang.adapters.sealing_store import Booked, SealingStore, StoreAway, StoreRefuses
from wufang.domain import ids
from wufang.domain.events import ConductReleased, Event, Placed, ReportConcluded
from wufang.domain.report import SealedPart
from wufang.ledger.folding.fold import Applied
from wufang.ledger.proofs.books import Fault
from wufang.settings import Settings

_MARKED = b'"conduct"'  # most inputs have none and are not decoded again


class _Data(msgspec.Struct):
    conduct: SealedPart | None = None


class _Told(msgspec.Struct):
    id: str
    source: str
    jurisdiction: str
    data: _Data


_told = msgspec.json.Decoder(_Told)


class Published(NamedTuple):
    """An input with a sealed part, by its cause."""

    cause: str
    part: SealedPart


def published(value: bytes | None) -> Published | None:
    """What an input says of a sealed part, None for nothing; what cannot be read says nothing."""
    if value is None or _MARKED not in value:
        return None
    try:
        told = _told.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if told.data.conduct is None:
        return None
    return Published(ids.cause(told.source, told.id, told.jurisdiction), told.data.conduct)


@dataclass(slots=True)
class Orphans:
    """What does not fit. `unchecked` is why it could not be looked at, empty when it was.

    `unpublished` entries are no fault: their reports were answered 503, or are on their way. `missing` receipts are.
    `held` are causes whose part waits to be handed over (`wufang handover`). `waiting` are released parts that are not
    on the ledger yet, no fault either; `unordered` releases on the ledger that the office never made are one.
    """

    unchecked: str = ""
    unpublished: list[Booked] = field(default_factory=list)
    missing: list[Booked] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    waiting: list[Booked] = field(default_factory=list)
    unordered: list[Booked] = field(default_factory=list)

    def faults(self) -> Iterator[Fault]:
        """What the books cannot balance with."""
        yield from (Fault("sealed_part_missing", one.cause, one.receipt) for one in self.missing)
        yield from (Fault("release_not_ordered", one.cause, one.receipt) for one in self.unordered)


class SealedBooks:
    """One reconciliation's look at the store: once before the log is read and once after, as both go on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._before: dict[str, Booked] | None = None
        self._ledger: dict[str, str] = {}
        self._released: dict[str, str] = {}
        self._inputs: set[str] = set()
        self._held: set[str] = set()
        self._why = ""

    async def begin(self) -> None:
        """What is in the store now was put there before the ends of the log are fixed, or is on its way."""
        self._before = await self._booked()

    def recorded(self, records: Iterable[Applied]) -> None:
        """Receipts on valid records, by the cause of the record."""
        for applied in records:
            for part in filter(None, map(_part_of, applied.events)):
                if part.receipt is not None:
                    self._ledger[part.receipt] = applied.envelope.cause
            for event in applied.events:
                if isinstance(event, ConductReleased):
                    self._released[event.receipt] = applied.envelope.cause

    def taken(self, value: bytes | None) -> None:
        """One input."""
        found = published(value)
        if found is not None and found.part.receipt is not None:
            self._inputs.add(found.part.receipt)
        if found is not None and found.part.held:
            self._held.add(found.cause)

    async def orphans(self) -> Orphans:
        """What the two sides say of each other."""
        after = await self._booked() if self._before is not None else None
        if self._before is None or after is None:
            return Orphans(unchecked=self._why, held=sorted(self._held))
        causes = {one.cause for one in after.values()}
        return Orphans(
            unpublished=[one for _, one in sorted(self._before.items()) if not self._known(one)],
            missing=[Booked(*one) for one in sorted(self._ledger.items()) if one[0] not in after],
            held=sorted(self._held - causes),
            waiting=[one for _, one in sorted(after.items()) if one.returned == "waiting"],
            unordered=[Booked(*one) for one in sorted(self._released.items()) if not _was_released(after.get(one[0]))],
        )

    def _known(self, one: Booked) -> bool:
        """Whether an input names the entry; one that was handed over has its cause instead."""
        return one.receipt in self._inputs or one.cause in self._held

    async def _booked(self) -> dict[str, Booked] | None:
        """What the store has by receipt, None when it does not say."""
        try:
            async with SealingStore(self._settings) as store:
                return {one.receipt: one async for one in store.booked()}
        except (StoreAway, StoreRefuses) as error:
            self._why = str(error)
            return None


def _part_of(event: Event) -> SealedPart | None:
    if isinstance(event, Placed):
        return event.report.conduct
    return event.outcome.conduct if isinstance(event, ReportConcluded) else None


def _was_released(entry: Booked | None) -> bool:
    return entry is not None and entry.returned is not None
