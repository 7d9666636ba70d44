"""The orders by which people make the cases as a re-run has them; the trial gives none of them itself."""

import itertools
from collections.abc import Iterator, Sequence

import msgspec

from wufang.domain.commands import MOST_MOVED
from wufang.ledger.trials.relink import Compared


class MoveOrder(msgspec.Struct, frozen=True):
    """Move reports into the case `to`, or into the one an earlier order opened as `to_new`; `new` opens one."""

    case_id: str
    reports: tuple[str, ...]
    to: str | None = None
    to_new: int | None = None
    new: int | None = None


class MergeOrder(msgspec.Struct, frozen=True):
    """Put `merged` into `case_id`."""

    case_id: str
    merged: str


Order = MoveOrder | MergeOrder


def named(order: Order) -> tuple[str, ...]:
    """The cases an order names, the one it leaves standing first."""
    match order:
        case MergeOrder(case_id, merged):
            return (case_id, merged)
        case MoveOrder(case_id, to=to):
            return (case_id,) if to is None else (to, case_id)


def orders(found: Compared) -> tuple[Order, ...]:
    """The orders by which people make the cases as a re-run has them: first the moves, then what is put together.

    What leaves a case goes to the oldest case that stays with the group it goes to. What leaves and meets none is moved
    into a case of its own.
    """
    moves, merges, met = list[Order](), list[Order](), set[tuple[str, ...]]()
    numbers = itertools.count(1)
    for joined in found.joined:
        stay = [part.case_id for part in joined.parts if part.keeps]
        goes = [(part.case_id, part.reports) for part in joined.parts if not part.keeps]
        moves += _moved(goes, stay[0] if stay else None, numbers)
        merges += [MergeOrder(stay[0], other) for other in stay[1:]]
        met.update(reports for _, reports in goes)
    for parted in found.parted:
        for reports in parted.parts[1:]:
            if reports not in met:
                moves += _moved([(parted.case_id, reports)], None, numbers)
    return (*moves, *merges)


def _moved(parts: Sequence[tuple[str, tuple[str, ...]]], to: str | None, numbers: Iterator[int]) -> Iterator[Order]:
    """Without a case to go to the first opens one, which the others then join."""
    opened: int | None = None
    for case_id, reports in parts:
        for at in range(0, len(reports), MOST_MOVED):
            some = reports[at : at + MOST_MOVED]
            if to is None and opened is None:
                opened = next(numbers)
                yield MoveOrder(case_id, some, new=opened)
            else:
                yield MoveOrder(case_id, some, to, opened)
