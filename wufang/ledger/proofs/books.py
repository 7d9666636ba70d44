"""The books: every input has one fate, every chain its seqs, every cause one record; it only counts and compares."""

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, assert_never

import msgspec

from wufang.domain import ids
from wufang.domain.case import Case, placement
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    Commanded,
    Event,
    LinkSuggested,
    OutcomeRefused,
    ReportConcluded,
    ReportLinked,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.storage.scratch import Scratch
from wufang.wire.position import Position

Fate = Literal["record", "duplicate", "quarantined", "gap"]
FaultKind = Literal[
    "gap",
    "unfoldable",
    "truncated",
    "cause_twice",
    "report_twice",
    "broken_chain",
    "wrong_partition",
    "record_without_input",
    "record_of_another",
    "input_recorded_twice",
    "quarantine_differs",
    "sealed_part_missing",
    "release_not_ordered",
]


class Fault(NamedTuple):
    """What does not balance, and where: a position, a cause or a jurisdiction."""

    kind: FaultKind
    where: str
    detail: str = ""


class Identity(msgspec.Struct, frozen=True):
    """What an input says of itself: enough for its cause and for telling a duplicate from a conflict."""

    id: str
    source: str
    jurisdiction: str
    contentmac: str

    @property
    def cause(self) -> str:
        return ids.cause(self.source, self.id, self.jurisdiction)

    @property
    def number(self) -> bytes:
        """What its source calls it in every county; no registered source holds a line break."""
        return _short(f"{self.source}\n{self.id}")

    @property
    def conflict(self) -> str:
        """The cause of its refusal, were it to differ from what is recorded."""
        return ids.conflict_cause(self.cause, self.contentmac)


_identity = msgspec.json.Decoder(Identity)


def identity(value: bytes | None) -> Identity | None:
    """None for bytes that hold none: such an input can be a record of nothing and a duplicate of nothing."""
    try:
        return None if value is None else _identity.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def content_of(event: Event) -> str:
    """The content code of the submission an event came from."""
    match event:
        case CaseOpened() | ReportLinked():
            return event.report.content
        case ReportConcluded():
            return event.outcome.content
        case Commanded() | SubmissionConflicted() | OutcomeRefused():
            return event.content
        case CasesBridged() | LinkSuggested() | SplitSuggested():
            raise ValueError(f"{type(event).__name__} is no submission's first event")
        case WarningRaised() | WarningContinued() | WarningScored():
            return ""  # of no submission: it stands behind the event of the report it came with
        case _:
            assert_never(event)


@dataclass(slots=True)
class Sums:
    """The fates of one topic and partition; `closed` is how many of the quarantined were re-driven to a fate."""

    inputs: int = 0
    record: int = 0
    duplicate: int = 0
    quarantined: int = 0
    gap: int = 0
    closed: int = 0

    def add(self, fate: Fate) -> None:
        self.inputs += 1
        setattr(self, fate, getattr(self, fate) + 1)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


class Kept(NamedTuple):
    """A position on the quarantine topic: why, and the hash of the bytes kept."""

    reason: str
    digest: bytes


class Registry:
    """Causes, reports and numbers of all partitions, on disk when they are many; finds what stands twice."""

    def __init__(self) -> None:
        self._db = Scratch(
            32_000,
            causes="cause BLOB, place TEXT",
            reports="report BLOB, place TEXT",
            numbers="number BLOB, county TEXT",
        )

    def add(self, records: Iterable[Applied]) -> None:
        """Remember what the records say they are the only one of."""
        causes, reports = [], []
        for applied in records:
            raw = applied.envelope
            causes.append((_packed(raw.cause), f"{raw.jurisdiction}-{raw.seq}"))
            reports += [
                (_packed(placed.report.id), placed.case_id)
                for placed in map(placement, applied.events)
                if placed is not None
            ]
        self._db.insert("causes", causes)
        self._db.insert("reports", reports)

    def add_numbers(self, recorded: Iterable[Identity]) -> None:
        """Remember which numbers were recorded in which county."""
        self._db.insert("numbers", ((who.number, who.jurisdiction) for who in recorded))

    def shared_numbers(self) -> int:
        """How many numbers of a source stand in more than one county: two reports each, often one sent again."""
        shared = "SELECT number FROM numbers GROUP BY number HAVING count(DISTINCT county) > 1"
        (count,) = self._db.execute(f"SELECT count(*) FROM ({shared})").fetchone()  # noqa: S608  # the line above
        return int(count)

    def faults(self) -> Iterator[Fault]:
        """Every cause that two valid records have, every report that two events placed."""
        for table, column, kind in (("causes", "cause", "cause_twice"), ("reports", "report", "report_twice")):
            rows = self._db.execute(
                f"SELECT {column}, group_concat(place, ' ') FROM {table}"  # noqa: S608  # names of this class
                f" GROUP BY {column} HAVING count(*) > 1"
            )
            for key, places in rows:
                yield Fault(kind, _unpacked(key), places)  # type: ignore[arg-type]

    def close(self) -> None:
        self._db.close()


class LedgerSide:
    """What the valid records of one partition say: which inputs they settle, which causes with which content."""

    def __init__(self, partition: int, partition_of: Callable[[bytes], int]) -> None:
        self.partition = partition
        self._partition_of = partition_of
        self.voids = 0
        self.counted: Counter[str] = Counter()  # valid records by jurisdiction
        self.faults: list[Fault] = []
        self._settled: dict[tuple[str, int], bytes] = {}
        self._causes: dict[bytes, tuple[bytes, tuple[str, int]]] = {}

    def add(self, applied: Applied | None) -> None:
        """One folded record, None for a void one."""
        if applied is None:
            self.voids += 1
            return
        raw = applied.envelope
        self.counted[raw.jurisdiction] += 1
        place, cause = (raw.input.topic, raw.input.offset), _packed(raw.cause)
        if raw.input.partition != self.partition:
            self.faults.append(Fault("wrong_partition", str(raw.input), f"its record is in {self.partition}"))
        elif place in self._settled:
            self.faults.append(Fault("input_recorded_twice", str(raw.input), f"{raw.jurisdiction}-{raw.seq}"))
        else:
            self._settled[place] = cause
        if applied.events:
            self._causes[cause] = (_short(content_of(applied.events[0])), place)

    def settles(self, place: tuple[str, int]) -> bytes | None:
        """The cause of the record that names this input, once: what nobody asked for is left over."""
        return self._settled.pop(place, None)

    def knows(self, who: Identity, but_not: frozenset[tuple[str, int]]) -> bool:
        """Whether the input's cause, or its conflict, is recorded with this content from a place not in `but_not`."""
        content = _short(who.contentmac)
        for cause in (who.cause, who.conflict):
            known = self._causes.get(_packed(cause))
            if known is not None and known[0] == content and known[1] not in but_not:
                return True
        return False

    def chain_faults(self, fold: Fold) -> Iterator[Fault]:
        """A chain in a partition that is not its own, or a head whose seq is not the number of its records."""
        for jurisdiction, records in sorted(self.counted.items()):
            if self._partition_of(jurisdiction.encode()) != self.partition:
                yield Fault("wrong_partition", jurisdiction, f"has a chain in {self.partition}")
            seq = fold.head(jurisdiction).seq
            if seq != records:
                yield Fault("broken_chain", jurisdiction, f"{records} records, but the head has seq {seq}")

    def left_over(self, fixed: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Fault]:
        """Records of inputs that the topics never held; `fixed` and `now` are ends by topic."""
        for topic, offset in sorted(self._settled):
            if offset < fixed.get(topic, 0) or offset >= now.get(topic, 0):
                yield Fault("record_without_input", str(Position(topic, self.partition, offset)))


@dataclass(slots=True)
class InputSide:
    """The inputs of one partition number, all topics, each given its fate by the ledger's and the quarantine's side."""

    partition: int
    ledger: LedgerSide
    kept: Mapping[Position, Kept]
    sums: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    faults: list[Fault] = field(default_factory=list)
    quarantined: list[Position] = field(default_factory=list)
    recorded: list[Identity] = field(default_factory=list)  # since the last `taken`
    redriven: set[str] = field(default_factory=set)  # quarantined positions a re-drive of which has a fate
    _open: list[tuple[Position, Identity | None, str | None]] = field(default_factory=list)
    _redrives: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, position: Position, value: bytes | None, redrive_of: str | None) -> None:
        """One input. What stands in quarantine waits for `settle`: a re-drive of it may come later."""
        who, place = identity(value), (position.topic, position.offset)
        if redrive_of is not None:
            self._redrives[redrive_of].add(place)
        cause = self.ledger.settles(place)
        if cause is not None:
            self._check(position, who, cause)
            self.recorded += [who] if who is not None else []
            self._give(position, "record", redrive_of)
        elif position in self.kept:
            if self.kept[position].digest != digest(value):
                self.faults.append(Fault("quarantine_differs", str(position)))
            self._open.append((position, who, redrive_of))
        elif who is not None and self.ledger.knows(who, frozenset()):
            self._give(position, "duplicate", redrive_of)
        else:
            self._give(position, "gap", redrive_of)

    def taken(self) -> list[Identity]:
        """What was found recorded since the last call: of a whole partition it would be too much to hold."""
        recorded, self.recorded = self.recorded, []
        return recorded

    def settle(self) -> None:
        """The fates of what is in quarantine: a duplicate unless only its own re-drive is recorded."""
        for position, who, redrive_of in self._open:
            own = frozenset(self._redrives.get(str(position), ()))
            repeats = who is not None and self.ledger.knows(who, own)
            if not repeats:
                self.quarantined.append(position)
            self._give(position, "duplicate" if repeats else "quarantined", redrive_of)
        self._open.clear()

    def _check(self, position: Position, who: Identity | None, cause: bytes) -> None:
        if who is None or cause not in (_packed(who.cause), _packed(who.conflict)):
            self.faults.append(Fault("record_of_another", str(position), _unpacked(cause)))

    def _give(self, position: Position, fate: Fate, redrive_of: str | None) -> None:
        self.sums[position.topic].add(fate)
        if fate == "gap":
            self.faults.append(Fault("gap", str(position)))
        elif redrive_of is not None:
            self.redriven.add(redrive_of)


def ledger_hash(folds: Iterable[Fold]) -> tuple[int, str]:
    """How many cases the committed folds hold, and SHA-256 over the bytes of all of them in order of their ids."""
    total, count = hashlib.sha256(), 0
    encode = msgspec.json.Encoder().encode
    for case in heapq.merge(*(_cases(fold) for fold in folds), key=lambda case: case.id):
        total.update(encode(case) + b"\n")
        count += 1
    return count, total.hexdigest()


def _cases(fold: Fold) -> Iterator[Case]:
    return (case for _, case in fold.cases.items())


def digest(value: bytes | None) -> bytes:
    """To compare bytes kept with bytes received; nothing and empty are alike on the quarantine topic."""
    return hashlib.sha256(value or b"").digest()


def _short(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()[:16]


def _packed(cause: str) -> bytes:
    """Half the memory of the hex; a cause that is no hex can only come from a foreign hand."""
    try:
        return bytes.fromhex(cause)
    except ValueError:
        return cause.encode()


def _unpacked(cause: bytes) -> str:
    return cause.hex() if len(cause) == ids.HASH_LENGTH // 2 else cause.decode("utf-8", "replace")
