"""Which reports a person said are one matter (并案、改归、确为一事): never proposed apart, whatever comes later."""

from collections.abc import Iterable

from wufang.ledger.storage.tables import Snapshot, Table, as_json


class Together:
    """For each report the seqs of the orders that tie it: two that share one are tied; only of one case it matters."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._ties: Table[str, tuple[int, ...]] = snapshot.table("together", *as_json(tuple[int, ...]), cached=1_000)

    def tie(self, order: int, reports: Iterable[str]) -> None:
        """A person's order of this seq says that these are one matter."""
        for report_id in reports:
            self._ties.put(report_id, (*self.of(report_id), order))

    def untie(self, order: int, reports: Iterable[str]) -> None:
        """What that order said of these is no more, for a person took it back."""
        for report_id in reports:
            known = self.of(report_id)
            if order in known:
                self._ties.put(report_id, tuple(other for other in known if other != order))

    def of(self, report_id: str) -> tuple[int, ...]:
        """The orders that tie a report."""
        return self._ties.get(report_id) or ()
