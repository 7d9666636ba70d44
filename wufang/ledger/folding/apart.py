"""Which cases a person said are not one matter (不得并案): it stands whatever the machine thinks later."""

from collections.abc import Collection

from wufang.ledger.storage.tables import Snapshot, Table, as_is

APART, TOGETHER = b"1", b"0"  # a table forgets no key


class Apart:
    """Pairs of case ids, each as a person saw it: a case speaks for those put into it too."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._pairs: Table[str, bytes] = snapshot.table("apart", as_is, as_is, cached=1_000)

    def keep(self, one: str, other: str) -> None:
        """The two are not one matter."""
        self._put(one, other, APART)

    def lift(self, some: Collection[str], others: Collection[str]) -> None:
        """A person put them together after all."""
        for one in some:
            for other in self._of(one) & set(others):
                self._put(one, other, TOGETHER)

    def holds(self, some: Collection[str], others: Collection[str]) -> bool:
        """Whether a person keeps any of these from any of those."""
        return any(self._of(one) & set(others) for one in some)

    def _put(self, one: str, other: str, value: bytes) -> None:
        self._pairs.put(f"{one}|{other}", value)
        self._pairs.put(f"{other}|{one}", value)

    def _of(self, case_id: str) -> set[str]:
        rows = self._pairs.under(f"{case_id}|")
        return {key.partition("|")[2] for key, value in rows.items() if value == APART}
