"""One batch of inputs to the ledger records they make: decides, folds its own bytes, and says what else is due.

It appends nothing: whoever does must compare the acked offsets with `Draft.base` before the state is committed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from wufang.domain.decisions import Duplicate, Known, Recorded, Submission, data_key, decide
from wufang.domain.events import CategoryDecided, Warned
from wufang.ledger.folding.fold import Unfoldable
from wufang.ledger.state import LedgerState
from wufang.wire import inputs, record
from wufang.wire.inputs import Unusable
from wufang.wire.position import Position

# What a bug in a decision raises; what storage raises (sqlite3.Error, OSError, MemoryError) is no input's fault.
CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    Unfoldable,
    msgspec.MsgspecError,
)


@dataclass(frozen=True, slots=True)
class Input:
    """One record of an input topic, as it came; `topic` is the bare name."""

    position: Position
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Poison:
    """An input for quarantine, with the reason."""

    input: Input
    reason: str
    detail: str


@dataclass(slots=True)
class Draft:
    """What one batch of one partition makes; `base` is the offset the first record must get."""

    base: int
    records: list[tuple[bytes, bytes]] = field(default_factory=list)  # key, value
    poison: list[Poison] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)  # data keys of duplicates
    duplicates: int = 0
    redelivered: int = 0
    warnings: list[Warned] = field(default_factory=list)
    categories: list[CategoryDecided] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of the writer; `partition_of` tells where a key must stand."""

    record_limit: int
    partition_of: Callable[[bytes], int]


def draft(state: LedgerState, batch: Sequence[Input], rules: Rules) -> Draft:
    """Decide a batch on a settled state and fold what was decided; the state holds it provisionally.

    An input whose decision crashes is quarantined: what the batch folded is undone and the rest decided again.
    Raises whatever the state's storage raises (sqlite3.Error), after which the state must be rolled back.
    """
    crashed: dict[Position, Poison] = {}
    while True:
        made = Draft(state.offset)
        culprit = _try(state, batch, rules, crashed, made)
        if culprit is None:
            return made
        state.undo()
        crashed[culprit.input.position] = culprit


def _try(
    state: LedgerState, batch: Sequence[Input], rules: Rules, crashed: Mapping[Position, Poison], made: Draft
) -> Poison | None:
    """Fill `made`; the first input whose decision crashed, None when all went through."""
    for item in batch:
        known_poison = crashed.get(item.position)
        if known_poison is not None:
            made.poison.append(known_poison)
            continue
        try:
            _take(state, item, rules, made)
        except Unusable as error:
            made.poison.append(Poison(item, error.reason, error.detail))
        except CRASHES as error:
            return Poison(item, "decision_crashed", type(error).__name__)
    return None


def _take(state: LedgerState, item: Input, rules: Rules, made: Draft) -> None:
    submission = inputs.decode(item.position.topic, item.key, item.value)
    if rules.partition_of(submission.jurisdiction.encode()) != item.position.partition:
        raise Unusable("wrong_partition", "the key's partition is another one")
    decision = decide(submission, state, str(item.position))
    if isinstance(decision, Duplicate):
        _note_duplicate(decision.recorded, submission, item, made)
    else:
        _append(state, submission, decision, item, rules, made)


def _note_duplicate(recorded: Known, submission: Submission, item: Input, made: Draft) -> None:
    if recorded.position == str(item.position):
        made.redelivered += 1
        return
    made.duplicates += 1
    key = data_key(submission)
    # A copy of an outcome that came too early may be recorded yet, should it be handed out again.
    if key is not None and key != recorded.key and not recorded.early:
        made.erased.append(key)


def _append(
    state: LedgerState, submission: Submission, decision: Recorded, item: Input, rules: Rules, made: Draft
) -> None:
    jurisdiction = submission.jurisdiction
    value = record.encode(
        record.chained(state.head(jurisdiction), decision.cause, jurisdiction, item.position, decision.events)
    )
    if len(value) > rules.record_limit:
        raise Unusable(
            "too_large", f"its ledger record would have {len(value)} bytes, the limit is {rules.record_limit}"
        )
    if state.fold(state.offset, value) is None:
        raise AssertionError("the writer's own record does not follow the head it was made from")
    made.records.append((jurisdiction.encode(), value))
    made.warnings += [event for event in decision.events if isinstance(event, Warned)]
    made.categories += [event for event in decision.events if isinstance(event, CategoryDecided)]
