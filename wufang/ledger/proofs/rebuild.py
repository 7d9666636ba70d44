"""What the index must hold for a folded ledger, compared with what it does hold; it reads and writes neither."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Literal

from wufang.domain.case import Case
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.folding.regroup import Standing
from wufang.ledger.storage.scratch import Scratch
from wufang.readmodel.actions import Action, Written, case_action, placed_action, record_actions, warning_action
from wufang.readmodel.document import Kind, content_hash
from wufang.readmodel.timeline import Origin
from wufang.wire.record import Envelope

Difference = Literal["missing", "extra", "older", "newer", "different", "refused", "moving"]
HARMLESS: frozenset[Difference] = frozenset({"refused", "moving"})
NAMED = 20  # ids named of each kind of difference

Key = tuple[str, str]  # kind, id


def origin(raw: Envelope) -> Origin:
    """Where a record's documents say they come from."""
    return Origin(raw.cause, raw.jurisdiction, raw.seq, str(raw.input))


def final_actions(applied: Applied) -> list[Action]:
    """A record's writes without its cases: reports it placed or put elsewhere, timeline, receipts, warnings."""
    written = record_actions(applied.events, origin(applied.envelope))
    return [*written, *moved_actions(applied.moved), *map(warning_action, applied.notices)]


def moved_actions(standing: Iterable[Standing]) -> Iterator[Action]:
    """The writes of reports that stand elsewhere."""
    return (placed_action(one.member, one.case_id, one.version) for one in standing)


def case_actions(fold: Fold) -> Iterator[Action]:
    """The writes of every case of a committed fold, as of now."""
    return (case_action(case) for _, case in fold.cases.items())


def touched(applied: Applied) -> set[Key]:
    """The documents a record writes."""
    return {(action.kind, action.id) for action in final_actions(applied)} | {("cases", case) for case in applied.cases}


class Coalesced:
    """Cases changed and not yet written, so that one touched often is written seldom; the longest untouched first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._cases: dict[str, Case] = {}

    def add(self, cases: Mapping[str, Case]) -> None:
        """The newest state of some cases."""
        for name, case in cases.items():
            self._cases.pop(name, None)
            self._cases[name] = case

    def overdue(self) -> list[Action]:
        """The writes of what does not fit any more."""
        return self._take(len(self._cases) - self._most)

    def rest(self) -> list[Action]:
        """The writes of all that is left."""
        return self._take(len(self._cases))

    def _take(self, count: int) -> list[Action]:
        names = list(islice(self._cases, max(0, count)))
        return [case_action(self._cases.pop(name)) for name in names]


@dataclass(slots=True)
class Comparison:
    """How many documents agree, and what differs how; the first ids of each difference are named."""

    agree: dict[str, int] = field(default_factory=dict)
    counts: Counter[Difference] = field(default_factory=Counter)
    named: dict[Difference, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def balanced(self) -> bool:
        return not set(self.counts) - HARMLESS

    def note(self, difference: Difference, key: Key) -> None:
        self.counts[difference] += 1
        if len(self.named[difference]) < NAMED:
            self.named[difference].append("/".join(key))


class DocumentBook:
    """Id, version and content hash of every document: as folded, and as found; on disk when they are many.

    Of one id only the highest folded version counts; two of that version mean that either will do (a place may have
    two kinds of receipt).
    """

    def __init__(self) -> None:
        columns = "kind TEXT, id TEXT, version INTEGER, hash BLOB"
        self._db = Scratch(64_000, folded=columns, found=columns)

    def fold(self, actions: Iterable[Action]) -> None:
        """What the index must hold."""
        self._db.insert("folded", ((a.kind, a.id, a.version, _hash(a.document)) for a in actions))

    def fold_written(self, documents: Iterable[Written]) -> None:
        """The same of documents as they were sent: compared with `find_stored`."""
        self._db.insert("folded", ((a.kind, a.id, a.version, sha256(source).digest()) for a, source in documents))

    def folded(self, kind: Kind) -> int:
        """How many documents of one kind there must be."""
        count: int = self._db.execute("SELECT count(DISTINCT id) FROM folded WHERE kind = ?", (kind,)).fetchone()[0]
        return count

    def find(self, kind: Kind, documents: Iterable[tuple[str, int, dict[str, object]]]) -> None:
        """What the index holds: id, version, `_source`."""
        self._db.insert("found", ((kind, name, version, _hash(source)) for name, version, source in documents))

    def find_stored(self, kind: Kind, documents: Iterable[tuple[str, int, bytes | memoryview]]) -> None:
        """What the index holds, as it keeps it: neither decoded nor sorted, which was half the cost of verifying."""
        self._db.insert(
            "found", ((kind, name, version, sha256(source).digest()) for name, version, source in documents)
        )

    def compare(self, moving: Collection[Key], refused: Collection[Key]) -> Comparison:
        """`moving` was written again while the index was read; `refused` stands in quarantine."""
        for table in ("folded", "found"):
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {table}_key ON {table} (kind, id)")
        self._forget_older()
        result = Comparison(agree=self._agree())
        if not self._all(sum(result.agree.values())):
            for difference, key in self._differences():
                result.note(_excused(difference, key, moving, refused), key)
        return result

    def _forget_older(self) -> None:
        """Of an id folded more than once, all but the highest version; few ids are, and the index alone tells which."""
        self._db.execute(
            "DELETE FROM folded WHERE rowid IN (SELECT a.rowid FROM"
            " (SELECT kind, id FROM folded GROUP BY kind, id HAVING count(*) > 1) CROSS JOIN folded a USING (kind, id)"
            " WHERE EXISTS (SELECT 1 FROM folded b WHERE b.kind = a.kind AND b.id = a.id AND b.version > a.version))"
        )

    def _all(self, agreeing: int) -> bool:
        """Whether as many documents as agree were folded and found: then there is nothing to look for."""
        found = self._db.execute(
            "SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT kind, id FROM found)) FROM found"
        )
        folded = self._db.execute("SELECT count(*) FROM (SELECT DISTINCT kind, id FROM folded)")
        return {*found.fetchone(), *folded.fetchone()} == {agreeing}

    def _agree(self) -> dict[str, int]:
        rows = self._db.execute(
            "SELECT kind, count(*) FROM found f WHERE EXISTS (SELECT 1 FROM folded e"
            " WHERE e.kind = f.kind AND e.id = f.id AND e.version = f.version AND e.hash = f.hash) GROUP BY kind"
        )
        return dict(rows.fetchall())

    def _differences(self) -> Iterator[tuple[Difference, Key]]:
        missing = self._db.execute(
            "SELECT DISTINCT e.kind, e.id FROM folded e LEFT JOIN found f USING (kind, id) WHERE f.id IS NULL"
        )
        for kind, name in missing:
            yield "missing", (kind, name)
        extra = self._db.execute(
            "SELECT f.kind, f.id FROM found f LEFT JOIN folded e USING (kind, id) WHERE e.id IS NULL"
        )
        for kind, name in extra:
            yield "extra", (kind, name)
        unlike = self._db.execute(
            "SELECT f.kind, f.id, f.version, min(e.version), max(e.version) FROM found f JOIN folded e USING (kind, id)"
            " GROUP BY f.kind, f.id HAVING max(e.version = f.version AND e.hash = f.hash) = 0"
        )
        for kind, name, version, least, most in unlike:
            yield _unlike(version, least, most), (kind, name)

    def close(self) -> None:
        self._db.close()


def _unlike(found: int, least: int, most: int) -> Difference:
    if found < least:
        return "older"
    return "newer" if found > most else "different"


def _excused(difference: Difference, key: Key, moving: Collection[Key], refused: Collection[Key]) -> Difference:
    """A document that a later record wrote may be new or newer, never missing or older."""
    if key in moving and difference in ("extra", "newer"):
        return "moving"
    if key in refused and difference in ("missing", "older"):
        return "refused"
    return difference


def _hash(document: dict[str, object]) -> bytes:
    return bytes.fromhex(content_hash(document))
