"""The warnings of a partition as they stand, for the index: a table beside the cases, changed by their events alone."""

from collections.abc import Sequence

from wufang.domain.events import Event, Warned
from wufang.domain.notice import Notice, noticed
from wufang.ledger.storage.tables import Snapshot, Table, as_json
from wufang.wire.record import Envelope


class Notices:
    """Over the tables of one fold."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._table: Table[str, Notice] = snapshot.table("warnings", *as_json(Notice), cached=1_000)

    def fold(self, events: Sequence[Event], raw: Envelope) -> tuple[Notice, ...]:
        """The warnings a record changed. Raises ValueError when an event is of none."""
        changed: dict[str, Notice] = {}
        for event in events:
            if isinstance(event, Warned):
                known = changed.get(event.warning) or self._table.get(event.warning)
                changed[event.warning] = noticed(known, event, raw.jurisdiction, raw.seq)
        self._table.put_many(list(changed), changed.values())
        return tuple(changed.values())

    def now(self, events: Sequence[Event]) -> tuple[Notice, ...]:
        """The warnings of some events as they stand."""
        named = dict.fromkeys(event.warning for event in events if isinstance(event, Warned))
        return tuple(notice for notice in map(self._table.get, named) if notice is not None)
