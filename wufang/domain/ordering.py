"""What a person's command does to the cases: pure decisions; what the ledger does not allow is an event too."""

from collections.abc import Collection
from typing import Protocol, assert_never

import msgspec

from wufang.domain.case import Case
from wufang.domain.categories import Tree
from wufang.domain.commands import (
    MOST_MOVED,
    Command,
    DecideCategory,
    DecideLane,
    KeepApart,
    KeepTogether,
    Merge,
    Move,
    Refusal,
    Restore,
)
from wufang.domain.events import (
    CaseKeptTogether,
    CaseRestored,
    CasesKeptApart,
    CasesMerged,
    CategoryDecided,
    CommandRefused,
    LaneDecided,
    Offered,
    Ordered,
    ReportsMoved,
)


class CommandSubmitted(msgspec.Struct, frozen=True):
    """A command as it came in; `at` is the service's clock, UTC milliseconds."""

    cause: str
    jurisdiction: str
    content: str
    at: int
    command: Command


class Cases(Protocol):
    """What a command may look at: the jurisdiction's cases as folded so far."""

    def case(self, case_id: str) -> Case | None:
        """The case, None when the ledger holds none of that id."""

    def members(self, case_id: str) -> Collection[str]:
        """The ids of the reports that stand in the case, those of the cases put into it too."""

    def next_case_id(self, jurisdiction: str) -> str:
        """The id of a case opened by the next record's first event."""

    def tree(self) -> Tree | None:
        """The profile's category tree, None where none is used."""


class _Refused(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


def ordered(submission: CommandSubmitted, cases: Cases) -> Ordered | LaneDecided | CategoryDecided | CommandRefused:
    """The one event a command makes."""
    try:
        return _event(submission, cases)
    except _Refused as refused:
        return CommandRefused(refused.reason, submission.content)


def _event(submission: CommandSubmitted, cases: Cases) -> Ordered | LaneDecided | CategoryDecided:
    command, at, content = submission.command, submission.at, submission.content
    match command:
        case Merge():
            _merge(submission, command, cases)
            return CasesMerged(command.case_id, command.merged, command.by, command.reason, at, content)
        case Restore():
            _restore(submission, command, cases)
            return CaseRestored(command.restored, command.case_id, command.by, command.reason, at, content)
        case Move():
            to, opened = _move(submission, command, cases)
            reports = tuple(sorted(set(command.reports)))
            return ReportsMoved(command.case_id, to, opened, reports, command.by, command.reason, at, content)
        case KeepApart():
            _keep_apart(submission, command, cases)
            return CasesKeptApart(command.case_id, command.other, command.by, command.reason, at, content)
        case KeepTogether():
            reports = _keep_together(submission, command, cases)
            return CaseKeptTogether(command.case_id, reports, command.by, command.reason, at, content)
        case DecideLane():
            _live(submission, command.case_id, cases)
            tags = tuple(sorted(set(command.tags), reverse=True))
            return LaneDecided(command.case_id, command.lane, tags, command.by, command.reason, at, content)
        case DecideCategory():
            return _filed(submission, command, cases)
        case _:
            assert_never(command)


def _filed(submission: CommandSubmitted, command: DecideCategory, cases: Cases) -> CategoryDecided:
    case, tree = _live(submission, command.case_id, cases), cases.tree()
    if tree is None or command.code not in tree.nodes:
        raise _Refused("unknown_category")
    told = case.suggested_category
    return CategoryDecided(
        case_id=case.id,
        code=command.code,
        path=tree.path(command.code),
        tree=tree.version,
        by=command.by,
        at=submission.at,
        content=submission.content,
        reason=command.reason,
        offered=None if told is None else Offered(told.code, told.rules, told.tree),
    )


def _keep_apart(submission: CommandSubmitted, command: KeepApart, cases: Cases) -> None:
    if command.case_id == command.other:
        raise _Refused("same_case")
    _live(submission, command.case_id, cases)
    _live(submission, command.other, cases)


def _keep_together(submission: CommandSubmitted, command: KeepTogether, cases: Cases) -> tuple[str, ...]:
    """The reports it speaks of."""
    case = _live(submission, command.case_id, cases)
    if not command.reports:
        _bounded(case.reports)
    here = cases.members(command.case_id)
    named = set(command.reports or here)
    if not named <= set(here):
        raise _Refused("unknown_report")
    if len(named) < 2:
        raise _Refused("only_one")
    return tuple(sorted(named))


def _merge(submission: CommandSubmitted, command: Merge, cases: Cases) -> None:
    if command.case_id == command.merged:
        raise _Refused("same_case")
    _live(submission, command.case_id, cases)
    merged = _live(submission, command.merged, cases)
    _bounded(merged.reports)


def _restore(submission: CommandSubmitted, command: Restore, cases: Cases) -> None:
    holder = _live(submission, command.case_id, cases)
    restored = _known(submission, command.restored, cases)
    if restored.state != "merged" or restored.leads_to != command.case_id:
        raise _Refused("not_part")
    within = cases.members(command.restored)
    _bounded(len(within))
    if not 0 < len(within) < holder.reports:
        raise _Refused("nothing_left")


def _move(submission: CommandSubmitted, command: Move, cases: Cases) -> tuple[str, bool]:
    source = _live(submission, command.case_id, cases)
    moved = set(command.reports)
    if command.to == command.case_id:
        raise _Refused("same_case")
    if not moved <= set(cases.members(command.case_id)):
        raise _Refused("unknown_report")
    _bounded(len(moved))
    if len(moved) >= source.reports:
        raise _Refused("nothing_left")
    if command.to is None:
        return cases.next_case_id(submission.jurisdiction), True
    return _live(submission, command.to, cases).id, False


def _live(submission: CommandSubmitted, case_id: str, cases: Cases) -> Case:
    case = _known(submission, case_id, cases)
    if case.state != "open":
        raise _Refused("not_open")
    return case


def _known(submission: CommandSubmitted, case_id: str, cases: Cases) -> Case:
    """The case as its person saw it; another county's is unknown here."""
    case = cases.case(case_id)
    if case is None or case.jurisdiction != submission.jurisdiction:
        raise _Refused("unknown_case")
    if submission.command.seen.get(case_id) != case.version:
        raise _Refused("changed")
    return case


def _bounded(reports: int) -> None:
    if reports > MOST_MOVED:
        raise _Refused("too_many")
