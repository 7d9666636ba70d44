"""The facts of the ledger, past tense, immutable; an event file says its fields and nothing else."""

from typing import Literal

import msgspec

from wufang.domain.categories.suggesting import Suggestion as SuggestedCategory
from wufang.domain.commands import Actor, Refusal
from wufang.domain.linking import Link, Split
from wufang.domain.report import Outcome, Report, Restored
from wufang.domain.triage.matter import Danger, Fact, Lane, Tag
from wufang.domain.warning import About

Sign = Literal["burst", "growth", "season", "above_season"]
Answer = Literal["kept", "corrected", "unasked"]


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """四办一受理: what the rules propose for a report, with the facts that matched; plain reports have none."""

    danger: Danger | None
    lane: Lane
    tags: tuple[Tag, ...]
    facts: tuple[Fact, ...]
    rules: str


class CaseOpened(msgspec.Struct, frozen=True, tag="case_opened.v1", forbid_unknown_fields=True, omit_defaults=True):
    """立项: a report that belongs to no known case opened one; `place` is the one it names first, or its grid."""

    case_id: str
    report: Report
    triage: Proposal | None = None
    place: str | None = None
    suggested_category: SuggestedCategory | None = None


class ReportLinked(msgspec.Struct, frozen=True, tag="report_linked.v1", forbid_unknown_fields=True, omit_defaults=True):
    """关联: a report joined a case; the link says why, by which rules; `place` as in `CaseOpened`."""

    case_id: str
    report: Report
    link: Link
    triage: Proposal | None = None
    place: str | None = None
    suggested_category: SuggestedCategory | None = None


class ReportConcluded(msgspec.Struct, frozen=True, tag="report_concluded.v1", forbid_unknown_fields=True):
    """办结: one report ended in its own channel; `first` is false when it replaces an earlier outcome."""

    case_id: str
    report_id: str
    outcome: Outcome
    first: bool


class SubmissionConflicted(msgspec.Struct, frozen=True, tag="submission_conflicted.v1", forbid_unknown_fields=True):
    """同号异文: an id came again with other content and was refused; `key` names the copy's data key."""

    original: str
    content: str
    key: str | None = None


class OutcomeRefused(msgspec.Struct, frozen=True, tag="outcome_refused.v1", forbid_unknown_fields=True):
    """An outcome that names no report the ledger knows."""

    report_id: str
    reason: Literal["unknown_report"]
    content: str
    key: str | None = None


class Commanded(msgspec.Struct, frozen=True):
    """Of a command: each has the `content` code of what was ordered, and nothing in it is encrypted.

    An event of a person's order needs no more to be known again, balanced, passed over by an erasure and answered.
    """


class CasesMerged(Commanded, frozen=True, tag="cases_merged.v1", forbid_unknown_fields=True):
    """并案: a person put `merged` and all that leads to it into `case_id`; `at` is UTC milliseconds."""

    case_id: str
    merged: str
    by: Actor
    reason: str
    at: int
    content: str


class CaseRestored(Commanded, frozen=True, tag="case_restored.v1", forbid_unknown_fields=True):
    """撤销并案: `case_id` stands for itself again, as it was; `left` is the case that held it."""

    case_id: str
    left: str
    by: Actor
    reason: str
    at: int
    content: str


class ReportsMoved(Commanded, frozen=True, tag="reports_moved.v1", forbid_unknown_fields=True):
    """改归: a person took reports out of `case_id` and put them into `to`, which is new when `opened`."""

    case_id: str
    to: str
    opened: bool
    reports: tuple[str, ...]
    by: Actor
    reason: str
    at: int
    content: str


class CasesKeptApart(Commanded, frozen=True, tag="cases_kept_apart.v1", forbid_unknown_fields=True):
    """不得并案: a person said that `case_id` and `other` are two matters; it answers what was suggested of them."""

    case_id: str
    other: str
    by: Actor
    reason: str
    at: int
    content: str


class CasesBridged(msgspec.Struct, frozen=True, tag="cases_bridged.v1", forbid_unknown_fields=True):
    """自动并案: a report that joined `case_id` is as surely of `merged`; `link` is the evidence for that one.

    The younger case goes into the older; `at` is when the report was accepted. A person takes it back like any merge.
    """

    case_id: str
    merged: str
    report_id: str
    link: Link
    at: int


class LinkSuggested(msgspec.Struct, frozen=True, tag="link_suggested.v1", forbid_unknown_fields=True):
    """疑似同一事项: a report of `case_id` is like the case `link` names, not surely enough; a person decides."""

    case_id: str
    report_id: str
    link: Link


class CaseKeptTogether(Commanded, frozen=True, tag="case_kept_together.v1", forbid_unknown_fields=True):
    """确为一事: a person said that these reports of `case_id` are one matter; it answers what was suggested of them."""

    case_id: str
    reports: tuple[str, ...]
    by: Actor
    reason: str
    at: int
    content: str


class SplitSuggested(msgspec.Struct, frozen=True, tag="split_suggested.v1", forbid_unknown_fields=True):
    """疑似两个事项: reports of `case_id` have come apart; a person decides. None: what was suggested holds no more.

    It stands behind the event after which the case was looked at.
    """

    case_id: str
    split: Split | None


class LaneDecided(Commanded, frozen=True, tag="lane_decided.v1", forbid_unknown_fields=True):
    """定办: a person decided a case's lane and tags; what rules propose later changes neither."""

    case_id: str
    lane: Lane
    tags: tuple[Tag, ...]
    by: Actor
    reason: str
    at: int
    content: str


class Offered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was suggested of a case's category when a person decided it: the code, by which rules and tree."""

    code: str
    rules: str
    tree: str


class CategoryDecided(
    Commanded, frozen=True, tag="category_decided.v1", forbid_unknown_fields=True, omit_defaults=True
):
    """定类: a person decided a case's category; `path` is the names down to `code` in the tree of version `tree`."""

    case_id: str
    code: str
    path: str
    tree: str
    by: Actor
    at: int
    content: str
    reason: str | None = None
    offered: Offered | None = None

    @property
    def answer(self) -> Answer:
        """Whether what was suggested was kept: who goes further down the same branch keeps it."""
        if self.offered is None:
            return "unasked"
        return "kept" if self.code.startswith(self.offered.code) else "corrected"


class ConductReleased(
    Commanded, frozen=True, tag="conduct_released.v1", forbid_unknown_fields=True, omit_defaults=True
):
    """解除封存: the discipline office gave a sealed part back; the report has its words again.

    `case_id` is the case whose own the report is; `triage` what is proposed for the whole report. With `outcome` the
    part is of that outcome's reply. Only the books use `receipt`.
    """

    case_id: str
    report_id: str
    receipt: str
    words: Restored
    by: Actor
    at: int
    content: str
    outcome: str | None = None
    triage: Proposal | None = None


class CommandRefused(Commanded, frozen=True, tag="command_refused.v1", forbid_unknown_fields=True):
    """A person's command that the ledger does not allow as it stands."""

    reason: Refusal
    content: str


class EarlierYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Four weeks of an earlier year, from the UTC millisecond `since` on, and the eight weeks before; in people."""

    since: int
    before: int
    seen: int


class WarningRaised(
    msgspec.Struct, frozen=True, tag="warning_raised.v1", forbid_unknown_fields=True, omit_defaults=True
):
    """预警: more people tell of a subject than its past explains, or a matter keeps growing; behind a placed report.

    `season` is pushed ahead: `expected` people in the four weeks from `since` on, as in those of earlier `years`, and
    nobody seen yet. `above_season`: more were seen in the four weeks from `since` on than in earlier `years`.

    `warning` is the event's own id; `case_id` and `at` (when accepted) are the report's, `since` is the first day of
    the window; UTC milliseconds. People are newly reporting ones: `expected` in `window` days, `seen`, and `further`
    more that it takes to come true. `members` are their reports, at most 64.
    """

    warning: str
    about: About
    sign: Sign
    case_id: str
    at: int
    since: int
    window: int
    expected: float
    seen: int
    further: int
    members: tuple[str, ...]
    method: str
    rules: str
    again: int = 0
    surprise: float | None = None
    spans: tuple[int, ...] = ()
    years: tuple[EarlierYear, ...] = ()


class WarningContinued(msgspec.Struct, frozen=True, tag="warning_continued.v1", forbid_unknown_fields=True):
    """预警延续: a day on which what was warned of was still surprising; each day of it is said once."""

    warning: str
    about: About
    at: int
    window: int
    expected: float
    seen: int


class WarningScored(msgspec.Struct, frozen=True, tag="warning_scored.v1", forbid_unknown_fields=True):
    """预警验证: whether a warning came true: `seen` people came after it, `further` were needed; `at` is when known."""

    warning: str
    about: About
    sign: Sign
    at: int
    came_true: bool
    seen: int
    further: int


Placed = CaseOpened | ReportLinked
Warned = WarningRaised | WarningContinued | WarningScored
Ordered = CasesMerged | CaseRestored | ReportsMoved | CasesKeptApart | CaseKeptTogether
Regrouped = Ordered | CasesBridged | ConductReleased  # folded with all reports of their cases in sight
Event = (
    CaseOpened
    | ReportLinked
    | ReportConcluded
    | SubmissionConflicted
    | OutcomeRefused
    | CasesMerged
    | CaseRestored
    | ReportsMoved
    | CasesKeptApart
    | CaseKeptTogether
    | CasesBridged
    | LinkSuggested
    | SplitSuggested
    | LaneDecided
    | CategoryDecided
    | ConductReleased
    | CommandRefused
    | WarningRaised
    | WarningContinued
    | WarningScored
)
