"""Decisions: given what is known, when a submission comes, then these events; named by outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from msgspec import structs

from tests.support.events import (
    COUNTY,
    a_link,
    a_report,
    an_outcome,
    opened,
    outcome_submitted,
    submitted,
)
from wufang.domain import ids
from wufang.domain.case import Case, Member, arrived, evolve
from wufang.domain.categories import Suggestion, Tree
from wufang.domain.commands import MOST_MOVED, Actor, ReleaseConduct
from wufang.domain.decisions import Duplicate, Known, Recorded, ReleaseSubmitted, data_key, decide, subject
from wufang.domain.events import (
    CaseOpened,
    CasesBridged,
    CommandRefused,
    ConductReleased,
    Event,
    LinkSuggested,
    OutcomeRefused,
    Proposal,
    ReportConcluded,
    ReportLinked,
    SplitSuggested,
    SubmissionConflicted,
    Warned,
)
from wufang.domain.linking import Found, Link, Near
from wufang.domain.report import Point, Report, Reporter, Restored, Sealed, SealedPart
from wufang.domain.triage import Context, Fact, Matter, Triage
from wufang.domain.triage.matter import FACTS

CASE = f"{COUNTY}-1-0"
HERE = "reports.hotline/0/5"
REPORT = a_report(1)
SEALED = Sealed("d" * 32, "bm9uY2U=", "Y2lwaGVy")


@dataclass
class Given:
    """A `decisions.View` of what a test says is known."""

    causes: dict[str, Known] = field(default_factory=dict)
    belongs: Link | None = None
    next_id: str = f"{COUNTY}-9-0"
    leads: dict[str, str] = field(default_factory=dict)
    near: tuple[Near, ...] = ()
    proposal: Triage | None = None
    asked: list[Context] = field(default_factory=list)
    bursts: tuple[str, ...] = ()
    cases: dict[str, Case] = field(default_factory=dict)
    gives_rise_to: tuple[Warned, ...] = ()
    apart: tuple[SplitSuggested, ...] = ()
    likely: Suggestion | None = None
    placed: dict[tuple[str, str], Member] = field(default_factory=dict)

    def known(self, cause: str) -> Known | None:
        return self.causes.get(cause)

    def next_case_id(self, _jurisdiction: str) -> str:
        return self.next_id

    def live(self, case_id: str) -> str:
        return self.leads.get(case_id, case_id)

    def case(self, case_id: str) -> Case | None:
        return self.cases.get(case_id)

    def members(self, _case_id: str) -> frozenset[str]:
        return frozenset()

    def place(self, _jurisdiction: str, report: Report) -> str | None:
        return report.grid_code

    def pattern(self, _jurisdiction: str, category: str) -> Context:
        return Context(season=category == "季节类", common=category == "共性类")

    def member(self, case_id: str, report_id: str) -> Member | None:
        return self.placed.get((case_id, report_id))

    def bursting(self, _jurisdiction: str, case_id: str) -> bool:
        return case_id in self.bursts

    def triage(self, _matter: Matter, context: Context, _told: Triage | None = None) -> Triage | None:
        self.asked.append(context)
        return self.proposal

    def category(self, _report: Report) -> Suggestion | None:
        return self.likely

    def tree(self) -> Tree | None:
        return None

    def find(self, _jurisdiction: str, _report: Report) -> Found:
        return Found(self.belongs, self.near)

    def splits(self, _jurisdiction: str, _event: Event, _behind: Sequence[Event] = ()) -> tuple[SplitSuggested, ...]:
        return self.apart

    def warnings(self, _jurisdiction: str, _placed: CaseOpened | ReportLinked, _index: int) -> tuple[Warned, ...]:
        return self.gives_rise_to


def known(report: Report = REPORT, **changed: Any) -> Given:
    return Given({report.id: Known(report.content, HERE, CASE, **changed)})


def test_opened_when_it_belongs_to_no_case() -> None:
    assert decide(submitted(REPORT), Given()) == Recorded(REPORT.id, (opened(REPORT, f"{COUNTY}-9-0"),))


def test_linked_with_its_evidence_when_it_belongs_to_a_case() -> None:
    link = a_link(CASE)
    assert decide(submitted(REPORT), Given(belongs=link)) == Recorded(REPORT.id, (ReportLinked(CASE, REPORT, link),))


FACT = Fact("gas", "漏气", "text", 0, 2, "燃气泄漏，危及人身安全")


def test_the_suggested_category_stands_in_the_event_that_places_the_report() -> None:
    likely = Suggestion("0102", "城建 / 市容", 700, "category-1", "t-1")
    for given in (Given(likely=likely), Given(likely=likely, belongs=a_link(CASE))):
        decided = decide(submitted(REPORT), given)
        assert isinstance(decided, Recorded)
        (placed,) = decided.events
        assert isinstance(placed, CaseOpened | ReportLinked)
        assert placed.suggested_category == likely


def test_proposed_with_the_facts_in_the_event_that_places_the_report() -> None:
    given = Given(proposal=Triage("119", None, "urgent", (), (FACT,), "t-1"))
    decided = decide(submitted(REPORT), given)
    assert isinstance(decided, Recorded)
    (opening,) = decided.events
    assert opening == CaseOpened(f"{COUNTY}-9-0", REPORT, Proposal("119", "urgent", (), (FACT,), "t-1"))


def test_danger_told_only_by_what_was_sealed_is_called_for_all_the_same() -> None:
    report = structs.replace(REPORT, conduct=SealedPart(receipt="r", danger="120"))
    given = Given(proposal=Triage(None, None, "ordinary", ("joint",), (), "t-1"))
    decided = decide(submitted(report), given)
    assert isinstance(decided, Recorded)
    (opening,) = decided.events
    assert isinstance(opening, CaseOpened)
    assert opening.triage is not None
    assert (opening.triage.danger, opening.triage.lane, opening.triage.tags) == ("120", "urgent", ("joint",))
    assert [fact.rule for fact in opening.triage.facts] == ["context-danger"]


def test_few_facts_are_kept_however_often_a_text_says_it() -> None:
    facts = tuple(Fact(f"rule-{n % 40}", "漏电" * 100, "text", n, n + 2, "触电危险") for n in range(4_000))
    decided = decide(submitted(REPORT), Given(proposal=Triage("119", None, "urgent", (), facts, "t-1")))
    assert isinstance(decided, Recorded)
    (opening,) = decided.events
    assert isinstance(opening, CaseOpened)
    assert opening.triage is not None
    assert len(opening.triage.facts) == FACTS
    assert len(msgspec.json.encode(opening.triage)) < 10_000


def test_nothing_is_proposed_for_a_plain_report() -> None:
    given = Given(proposal=Triage(None, None, "ordinary", (), (), "t-1"))
    assert decide(submitted(REPORT), given) == Recorded(REPORT.id, (opened(REPORT, f"{COUNTY}-9-0"),))


def test_a_case_tells_how_many_reports_and_how_often_the_same_people() -> None:
    case = structs.replace(a_case(OLD, 7), links={"repeat": 2, "same_matter": 4})
    repeat = structs.replace(a_link(OLD), kind="repeat")
    given = Given(belongs=repeat, cases={OLD: case})
    decide(submitted(REPORT), given)
    decide(submitted(a_report(2)), Given(belongs=a_link(OLD), cases={OLD: case}, asked=given.asked, bursts=(OLD,)))
    assert given.asked == [Context(7, 3), Context(7, 0, burst=True)]


OLD, YOUNG = f"{COUNTY}-2-0", f"{COUNTY}-10-0"


def a_case(case_id: str, reports: int = 1) -> Case:
    return structs.replace(evolve(None, opened(REPORT, case_id), 1), reports=reports)


@pytest.mark.parametrize(("joined", "met"), [(OLD, YOUNG), (YOUNG, OLD)], ids=["the older is liker", "the younger is"])
def test_bridged_when_it_is_surely_of_two_cases_the_younger_goes_into_the_older(joined: str, met: str) -> None:
    links = {joined: a_link(joined), met: a_link(met)}
    given = Given(belongs=links[joined], near=(Near(links[met], True),), cases={YOUNG: a_case(YOUNG)})
    assert decide(submitted(REPORT), given) == Recorded(
        REPORT.id,
        (
            ReportLinked(OLD, REPORT, links[OLD]),
            CasesBridged(OLD, YOUNG, REPORT.id, links[YOUNG], REPORT.accepted_at),
        ),
    )


def test_suggested_where_the_younger_case_is_too_large_for_one_record() -> None:
    given = Given(belongs=a_link(OLD), near=(Near(a_link(YOUNG), True),), cases={YOUNG: a_case(YOUNG, MOST_MOVED + 1)})
    assert decide(submitted(REPORT), given) == Recorded(
        REPORT.id, (ReportLinked(OLD, REPORT, a_link(OLD)), LinkSuggested(OLD, REPORT.id, a_link(YOUNG)))
    )


def test_suggested_beside_a_new_case_and_beside_a_link() -> None:
    near = (Near(a_link(OLD), False),)
    assert decide(submitted(REPORT), Given(near=near)) == Recorded(
        REPORT.id,
        (opened(REPORT, f"{COUNTY}-9-0"), LinkSuggested(f"{COUNTY}-9-0", REPORT.id, a_link(OLD))),
    )
    linked = Given(belongs=a_link(CASE), near=near)
    assert decide(submitted(REPORT), linked) == Recorded(
        REPORT.id, (ReportLinked(CASE, REPORT, a_link(CASE)), LinkSuggested(CASE, REPORT.id, a_link(OLD)))
    )


def test_of_two_bridges_one_is_made_and_the_other_suggested() -> None:
    third = f"{COUNTY}-30-0"
    given = Given(
        belongs=a_link(OLD),
        near=(Near(a_link(YOUNG), True), Near(a_link(third), True)),
        cases={YOUNG: a_case(YOUNG), third: a_case(third)},
    )
    decided = decide(submitted(REPORT), given)
    assert isinstance(decided, Recorded)
    assert decided.events[1:] == (
        CasesBridged(OLD, YOUNG, REPORT.id, a_link(YOUNG), REPORT.accepted_at),
        LinkSuggested(OLD, REPORT.id, a_link(third)),
    )


def test_duplicate_when_the_content_is_equal() -> None:
    given = known()
    assert decide(submitted(REPORT), given) == Duplicate(REPORT.id, given.causes[REPORT.id])


def test_duplicate_even_when_what_the_door_adds_differs() -> None:
    later = a_report(1, accepted_at=REPORT.accepted_at + 1, sealed=SEALED)
    assert isinstance(decide(submitted(later), known()), Duplicate)


def test_conflicted_with_a_cause_of_its_own_when_the_content_differs() -> None:
    changed = a_report(1, content="test:other", sealed=SEALED)
    decision = decide(submitted(changed), known())
    assert decision == Recorded(
        ids.conflict_cause(REPORT.id, "test:other"), (SubmissionConflicted(REPORT.id, "test:other", SEALED.key),)
    )


def test_conflict_repeated_is_a_duplicate_of_the_conflict() -> None:
    changed = a_report(1, content="test:other")
    cause = ids.conflict_cause(REPORT.id, "test:other")
    given = known()
    given.causes[cause] = Known("test:other", "reports.hotline/0/6")
    assert decide(submitted(changed), given) == Duplicate(cause, given.causes[cause])


def test_second_other_content_is_another_conflict() -> None:
    given = known()
    given.causes[ids.conflict_cause(REPORT.id, "test:other")] = Known("test:other", "reports.hotline/0/6")
    decision = decide(submitted(a_report(1, content="test:third")), given)
    assert isinstance(decision, Recorded)
    assert decision.cause == ids.conflict_cause(REPORT.id, "test:third")


def test_concluded_first_when_the_report_is_known() -> None:
    outcome = an_outcome()
    decision = decide(outcome_submitted(REPORT.id, outcome), known())
    assert isinstance(decision, Recorded)
    assert decision.events == (ReportConcluded(CASE, REPORT.id, outcome, first=True),)


def test_outcome_replaced_when_the_report_was_concluded_before() -> None:
    outcome = an_outcome(result="partly_solved")
    decision = decide(outcome_submitted(REPORT.id, outcome), known(concluded=True))
    assert isinstance(decision, Recorded)
    assert decision.events == (ReportConcluded(CASE, REPORT.id, outcome, first=False),)


def test_outcome_refused_when_the_report_is_unknown() -> None:
    outcome = an_outcome(sealed=SEALED)
    decision = decide(outcome_submitted("f" * 64, outcome), known())
    assert isinstance(decision, Recorded)
    assert decision.events == (OutcomeRefused("f" * 64, "unknown_report", outcome.content, SEALED.key),)


EARLY = outcome_submitted(REPORT.id, an_outcome(sealed=SEALED))
LATE = ids.conflict_cause(EARLY.cause, EARLY.content)


def refused_early(**more: Known) -> Given:
    """The ledger after an outcome that came before its report, and the report."""
    given = known()
    given.causes[EARLY.cause] = Known(EARLY.content, HERE, key=SEALED.key, early=True)
    given.causes |= more
    return given


def test_outcome_that_came_too_early_concludes_when_it_is_sent_again() -> None:
    decision = decide(EARLY, refused_early(), "reports.hotline/0/9")
    assert decision == Recorded(LATE, (ReportConcluded(CASE, REPORT.id, EARLY.outcome, first=True),))


def test_outcome_that_came_too_early_stays_refused_when_it_is_only_handed_out_again() -> None:
    given = refused_early()
    assert decide(EARLY, given, HERE) == Duplicate(EARLY.cause, given.causes[EARLY.cause])


def test_outcome_that_came_too_early_is_a_duplicate_while_its_report_is_unknown_and_once_it_concluded() -> None:
    given = refused_early()
    del given.causes[REPORT.id]
    assert decide(EARLY, given, "reports.hotline/0/9") == Duplicate(EARLY.cause, given.causes[EARLY.cause])
    given = refused_early(**{LATE: Known(EARLY.content, "reports.hotline/0/9")})
    assert decide(EARLY, given, "reports.hotline/0/10") == Duplicate(LATE, given.causes[LATE])


def test_outcome_that_was_recorded_is_a_duplicate_as_ever() -> None:
    given = known()
    given.causes[EARLY.cause] = Known(EARLY.content, HERE)
    assert decide(EARLY, given, "reports.hotline/0/9") == Duplicate(EARLY.cause, given.causes[EARLY.cause])


def test_outcome_refused_when_the_report_stands_in_another_county() -> None:
    """No door makes it: the report's id holds the county. Recorded, it would write a foreign seq into the case."""
    foreign = structs.replace(outcome_submitted(REPORT.id, an_outcome(sealed=SEALED)), jurisdiction="430103")
    decision = decide(foreign, known())
    assert isinstance(decision, Recorded)
    assert decision.events == (OutcomeRefused(REPORT.id, "unknown_report", foreign.content, SEALED.key),)


def test_outcome_refused_when_it_names_what_is_no_report() -> None:
    """A conflict or another outcome has a cause too, and no case."""
    given = Given({"c" * 64: Known("test:x", HERE)})
    decision = decide(outcome_submitted("c" * 64, an_outcome()), given)
    assert isinstance(decision, Recorded)
    assert isinstance(decision.events[0], OutcomeRefused)


def test_outcome_under_a_reports_id_is_a_conflict() -> None:
    taken = outcome_submitted(REPORT.id, an_outcome(), event_id="R1")
    assert taken.cause == REPORT.id
    decision = decide(taken, known())
    assert isinstance(decision, Recorded)
    assert isinstance(decision.events[0], SubmissionConflicted)


RECEIPT = "r" * 40
OFFICE = Actor("office-1", "discipline", "青禾县纪委监委")
WORDS = Restored(text="某某局收了好处费，路灯半年没人修。", accused="青禾县某局")


def release(**changed: Any) -> ReleaseSubmitted:
    command = structs.replace(ReleaseConduct(REPORT.id, RECEIPT, WORDS, OFFICE), **changed)
    return ReleaseSubmitted("e" * 64, COUNTY, "test:release", 7, command)


def holding(part: SealedPart | None, **more: Any) -> Given:
    """The ledger with a report of which `part` is sealed."""
    given, case = known(), evolve(None, opened(REPORT, CASE), 1)
    report = structs.replace(REPORT, text="……", conduct=part)
    given.placed = {(CASE, REPORT.id): arrived(ReportLinked(CASE, report, a_link(CASE, kind="repeat")), 1, 0, HERE)}
    given.cases = {CASE: structs.replace(case, reports=3, links={"repeat": 2})}
    return replace(given, **more)


def test_released_with_what_is_proposed_for_the_whole_report() -> None:
    whole = Triage(None, None, "urgent", (), (), "t-1")
    given = holding(SealedPart(RECEIPT), proposal=whole, bursts=(CASE,))
    proposed = Proposal(None, "urgent", (), (), "t-1")
    event = ConductReleased(CASE, REPORT.id, RECEIPT, WORDS, OFFICE, 7, "test:release", triage=proposed)
    assert decide(release(), given) == Recorded("e" * 64, (event,))
    assert given.asked == [Context(2, 2, True)], "beside the two others, and two who came again"


@pytest.mark.parametrize(
    ("part", "posted"), [(SealedPart(RECEIPT), None), (SealedPart(held=True, danger="119"), REPORT.content)]
)
def test_released_by_its_receipt_or_because_it_was_held(part: SealedPart, posted: str | None) -> None:
    decision = decide(release(posted=posted), holding(part))
    assert isinstance(decision, Recorded)
    assert isinstance(decision.events[0], ConductReleased)


@pytest.mark.parametrize("posted", [None, "test:other words under the same number"])
def test_what_was_held_gets_back_no_other_contents_words(posted: str | None) -> None:
    given = holding(SealedPart(held=True, danger="119"))
    refused = CommandRefused("not_sealed", "test:release")
    assert decide(release(posted=posted), given) == Recorded("e" * 64, (refused,))


@pytest.mark.parametrize("part", [None, SealedPart("q" * 40)])
def test_release_refused_when_no_part_has_its_receipt(part: SealedPart | None) -> None:
    """Other rules found nothing in the copy the ledger has; other content of the number is the one it has; or twice."""
    assert decide(release(), holding(part)) == Recorded("e" * 64, (CommandRefused("not_sealed", "test:release"),))


def test_release_refused_for_an_unknown_report_and_from_another_county() -> None:
    refused = Recorded("e" * 64, (CommandRefused("unknown_report", "test:release"),))
    assert decide(release(), Given()) == refused
    assert decide(structs.replace(release(), jurisdiction="430103"), holding(SealedPart(RECEIPT))) == refused


def test_release_of_a_reply_needs_its_outcome_early_or_late() -> None:
    told = {"outcome": EARLY.cause, "words": Restored(reply="已办。")}
    of_reply = release(**told, posted=EARLY.content)
    refused = Recorded("e" * 64, (CommandRefused("unknown_report", "test:release"),))
    given = holding(None)
    assert decide(of_reply, given) == refused
    given.causes[EARLY.cause] = Known(EARLY.content, HERE, early=True)
    assert decide(of_reply, given) == refused
    given.causes[LATE] = Known(EARLY.content, HERE)
    decision = decide(of_reply, given)
    assert isinstance(decision, Recorded)
    assert decision.events == (
        ConductReleased(CASE, REPORT.id, RECEIPT, Restored(reply="已办。"), OFFICE, 7, "test:release", EARLY.cause),
    )
    for posted in (None, "test:other words"):
        assert decide(release(**told, posted=posted), given) == refused, "the other copy may be of another report"
    assert decide(release(**told | {"outcome": REPORT.id}, posted=REPORT.content), given) == refused, "no outcome"


def test_sealed_key_is_that_of_the_copy_in_hand() -> None:
    assert data_key(submitted(a_report(1, sealed=SEALED))) == SEALED.key
    assert data_key(submitted(REPORT)) is None
    assert data_key(outcome_submitted(REPORT.id, an_outcome(sealed=SEALED))) == SEALED.key
    assert data_key(outcome_submitted(REPORT.id, an_outcome())) is None


def test_unknown_submission_is_a_bug_said_aloud() -> None:
    class Odd:
        cause, content = "0" * 64, "x"

    with pytest.raises(AssertionError):
        decide(Odd(), Given())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("basis", "seen"), [("phone", "5" * 32), ("id_card", "5" * 32), ("account", "5" * 32), ("name", None)]
)
def test_linker_sees_a_pseudonym_only_of_what_identifies(basis: Any, seen: str | None) -> None:
    assert subject(a_report(1, reporter=Reporter("5" * 32, basis))).reporter == seen


def test_linker_sees_number_references_and_point() -> None:
    seen = subject(a_report(1, related=("WO-7",), point=Point(28.2, 112.9)))
    assert (seen.numbers, seen.references, seen.point) == (("R1",), ("WO-7",), (28.2, 112.9))
