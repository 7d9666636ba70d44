"""The case fold: counts, bounds, and bytes that depend on the events alone."""

import itertools

import msgspec
import pytest

from tests.support.events import BY, CASE, COUNTY, START, a_link, a_report, an_outcome, filed, linked, opened
from wufang.domain.case import (
    ACCUSED_KEPT,
    EXCERPT_BUDGET,
    MORE_ACCUSED,
    PLACES_KEPT,
    SUGGESTIONS_KEPT,
    TITLES_KEPT,
    Case,
    Decided,
    Filed,
    arrived,
    cases_of,
    evolve,
    gathered,
)
from wufang.domain.categories import Suggestion
from wufang.domain.events import (
    CaseKeptTogether,
    CaseOpened,
    CaseRestored,
    CasesBridged,
    CasesKeptApart,
    CasesMerged,
    CategoryDecided,
    CommandRefused,
    ConductReleased,
    Event,
    LaneDecided,
    LinkSuggested,
    OutcomeRefused,
    Proposal,
    ReportConcluded,
    ReportLinked,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    Warned,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import Reason, Side, Split
from wufang.domain.report import Restored, SealedPart
from wufang.domain.triage import Danger, Lane, Tag
from wufang.domain.warning import About

OTHER = f"{COUNTY}-2-0"


def fold(*events: Event) -> Case:
    case: Case | None = None
    for seq, event in enumerate(events, start=1):
        case = evolve(case, event, seq)
    assert case is not None
    return case


def concluded(report_id: str = "r", first: bool = True) -> ReportConcluded:
    return ReportConcluded(CASE, report_id, an_outcome(), first)


def suggested(other: str = OTHER) -> LinkSuggested:
    return LinkSuggested(CASE, "c" * 64, a_link(other))


def warned() -> list[Warned]:
    about, name = About("matter", CASE), f"{COUNTY}-3-1"
    raised = WarningRaised(name, about, "burst", CASE, 1, 0, 7, 0.2, 4, 3, ("a" * 64,), "m", "r")
    return [
        raised,
        WarningContinued(name, about, 2, 7, 0.2, 5),
        WarningScored(name, about, "burst", 3, True, 3, 3),
    ]


def decided(lane: Lane = "dedicated", *tags: Tag) -> LaneDecided:
    return LaneDecided(CASE, lane, tags, BY, "老人被困", START, "test:x")


def proposed(report: int, lane: Lane, *tags: Tag, danger: Danger | None = None) -> ReportLinked:
    return msgspec.structs.replace(linked(a_report(report)), triage=Proposal(danger, lane, tags, (), "t-1"))


def apart() -> SplitSuggested:
    sides = (Side(("c" * 64, "d" * 64), ("青禾",), ("电梯",)), Side(("e" * 64, "f" * 64), (), ()))
    return SplitSuggested(CASE, Split(sides, 0.2, (Reason("average", 0.03, "平均 3%"),), "split-2"))


def kept_together() -> CaseKeptTogether:
    return CaseKeptTogether(CASE, ("c" * 64, "e" * 64), BY, "同一件事", START, "test:x")


def likely(report: int, code: str, share: int) -> ReportLinked:
    suggestion = Suggestion(code, f"名称{code}", share, "category-1", "t-1")
    return msgspec.structs.replace(linked(a_report(report)), suggested_category=suggestion)


def conflicted() -> SubmissionConflicted:
    return SubmissionConflicted("c" * 64, "test:x")


def refused() -> OutcomeRefused:
    return OutcomeRefused("c" * 64, "unknown_report", "test:x")


def regrouped() -> list[Event]:
    told = (BY, "同一件事", START, "test:x")
    return [
        CasesMerged(CASE, OTHER, *told),
        CaseRestored(CASE, OTHER, *told),
        ReportsMoved(CASE, OTHER, True, ("c" * 64,), *told),
        CasesKeptApart(CASE, OTHER, *told),
        CasesBridged(CASE, OTHER, "c" * 64, a_link(OTHER), START),
    ]


def test_opened_takes_everything_from_its_report() -> None:
    report = a_report(1, category="住建", address="青禾小区六栋", grid_code="430102001", accused="某物业")
    case = fold(opened(report))
    assert (case.id, case.version, case.reports, case.channels) == (CASE, 1, 1, {"hotline": 1})
    assert (case.title, case.titles, case.excerpts) == (report.title, (report.title,), (report.text,))
    assert (case.category, case.addresses, case.grid_codes, case.accused) == (
        "住建",
        ("青禾小区六栋",),
        ("430102001",),
        ("某物业",),
    )
    assert (case.opened_at, case.last_accepted_at) == (report.accepted_at, report.accepted_at)


def test_joined_counts_channels_and_kinds_of_link() -> None:
    case = fold(
        opened(a_report(1)),
        linked(a_report(2, channel="petition"), kind="repeat"),
        linked(a_report(3, channel="grid")),
        linked(a_report(4, channel="petition")),
    )
    assert case.channels == {"grid": 1, "hotline": 1, "petition": 2}
    assert case.links == {"repeat": 1, "same_matter": 2}
    assert (case.reports, case.version) == (4, 4)


def test_joined_spans_occurrences_whatever_the_order() -> None:
    case = fold(
        opened(a_report(1, occurred_at=START + 50)),
        linked(a_report(2, occurred_at=START + 90)),
        linked(a_report(3, occurred_at=START + 10)),
    )
    assert (case.first_occurred_at, case.last_occurred_at) == (START + 10, START + 90)


def test_joined_fills_what_the_first_report_left_open() -> None:
    case = fold(opened(a_report(1)), linked(a_report(2, category="城管")), linked(a_report(3, category="住建")))
    assert case.category == "城管"


def test_concluded_counts_reports_not_outcomes() -> None:
    case = fold(opened(a_report(1)), linked(a_report(2)), concluded("1"), concluded("1", first=False), concluded("2"))
    assert (case.concluded, case.version) == (2, 5)


def test_suggested_once_for_each_other_case_and_no_more_than_a_person_can_look_at() -> None:
    case = fold(opened(a_report(1)), suggested(), suggested(), *(suggested(f"{COUNTY}-{n}-0") for n in range(50, 90)))
    asked = [suggestion.link.case_id for suggestion in case.suggestions]
    assert asked == [OTHER, *(f"{COUNTY}-{n}-0" for n in range(50, 49 + SUGGESTIONS_KEPT))]


def test_the_most_pressing_proposal_stands_whatever_the_order() -> None:
    told = [proposed(2, "dedicated", "joint"), proposed(3, "urgent", danger="120"), proposed(4, "ordinary", "study")]
    for order in itertools.permutations(told):
        case = fold(opened(a_report(1)), *order)
        assert (case.danger, case.lane, case.tags) == ("120", "urgent", ("study", "joint"))


def test_a_decision_stands_beside_what_is_proposed_later() -> None:
    case = fold(opened(a_report(1)), decided("ordinary"), proposed(2, "urgent"))
    assert case.decided is not None
    assert (case.decided.lane, case.lane) == ("ordinary", "urgent")
    assert fold(opened(a_report(1)), decided(), decided("urgent")).decided == Decided(
        "urgent", (), BY, "老人被困", START
    )


def test_the_surest_suggested_category_stands_whatever_the_order() -> None:
    told = [likely(2, "0101", 640), likely(3, "02", 910), likely(4, "03", 200), linked(a_report(5))]
    for order in itertools.permutations(told):
        suggestion = fold(opened(a_report(1)), *order).suggested_category
        assert suggestion is not None
        assert suggestion.code == "02"


def test_a_decided_category_stands_until_the_next_decision() -> None:
    case = fold(opened(a_report(1)), filed("01"), likely(2, "02", 900), filed("0203"), likely(3, "03", 950))
    assert case.filed == Filed("0203", "名称0203", BY, None, START, "unasked")
    assert case.suggested_category is not None


@pytest.mark.parametrize(
    ("code", "offered", "answer"),
    [
        ("0102", "0102", "kept"),
        ("010203", "0102", "kept"),
        ("01", "0102", "corrected"),
        ("0103", "0102", "corrected"),
        ("0102", None, "unasked"),
    ],
)
def test_whoever_goes_further_down_the_suggested_branch_keeps_it(code: str, offered: str | None, answer: str) -> None:
    assert filed(code, offered).answer == answer


def test_version_is_the_seq_of_the_record() -> None:
    assert evolve(fold(opened(a_report(1))), linked(a_report(2)), 41).version == 41


def test_bounded_however_many_reports_join() -> None:
    long = [
        a_report(
            n, title=f"{n:03d}" + "题" * 197, text="文" * 10_000, address=f"{n}" + "址" * 200, grid_code=f"{n:012d}"
        )
        for n in range(1, 400)
    ]
    case = fold(opened(long[0]), *(linked(report) for report in long[1:]))
    assert case.reports == len(long)
    assert len(case.titles) == TITLES_KEPT
    assert len(case.addresses) == len(case.grid_codes) == PLACES_KEPT
    assert sum(map(len, case.excerpts)) == EXCERPT_BUDGET
    assert len(msgspec.json.encode(case)) < 20_000


def test_no_accused_is_forgotten_though_the_list_is_bounded() -> None:
    """Readers hide a case from those it names; beyond the bound it says that there are more."""
    reports = [a_report(n, accused=f"单位{n}") for n in range(2 * ACCUSED_KEPT)]
    case = fold(opened(reports[0]), *(linked(report) for report in reports[1:ACCUSED_KEPT]))
    assert case.accused == tuple(f"单位{n}" for n in range(ACCUSED_KEPT))
    again = evolve(case, linked(a_report(900, accused="单位1")), 900)
    assert again.accused == case.accused
    for report in reports[ACCUSED_KEPT:]:
        case = evolve(case, linked(report), 901)
    assert case.accused[ACCUSED_KEPT:] == (MORE_ACCUSED,)


def test_a_case_with_a_sealed_part_is_withheld_whichever_report_brought_it_and_names_nobody_for_it() -> None:
    sealed = a_report(2, conduct=SealedPart("r" * 40))
    plain = fold(opened(a_report(1)), linked(a_report(3)))
    assert not plain.withheld
    for case in (
        fold(opened(sealed), linked(a_report(3))),
        fold(opened(a_report(1)), linked(sealed), linked(a_report(3))),
    ):
        assert case.withheld
        assert case.accused == ()
    assert fold(opened(a_report(2, conduct=SealedPart(held=True)))).withheld


def test_a_case_gathered_again_is_withheld_as_long_as_the_report_is_in_it() -> None:
    sealed, other = a_report(2, conduct=SealedPart("r" * 40)), a_report(3)
    case = fold(opened(sealed), linked(other))
    both = [arrived(opened(report), seq, 0, "p") for seq, report in enumerate((sealed, other), start=1)]
    assert gathered(case, both, 9, lambda _: True).withheld
    assert not gathered(case, both[1:], 9, lambda _: True).withheld


def test_bounded_when_the_texts_are_empty() -> None:
    case = fold(opened(a_report(1, text="")), *(linked(a_report(n, text="")) for n in range(2, 50)))
    assert case.excerpts == ()


def test_equal_titles_and_places_are_kept_once() -> None:
    report = a_report(1, address="青禾小区")
    case = fold(opened(report), linked(report), linked(report))
    assert (case.titles, case.addresses) == ((report.title,), ("青禾小区",))


@pytest.mark.parametrize(
    "event", [linked(a_report(2)), concluded(), suggested(), decided()], ids=lambda e: type(e).__name__
)
def test_event_of_a_case_nobody_opened_is_refused(event: Event) -> None:
    with pytest.raises(ValueError, match="no earlier record opened"):
        evolve(None, event, 2)


@pytest.mark.parametrize(
    "event", [conflicted(), refused(), CommandRefused("changed", "test:x"), *warned()], ids=lambda e: type(e).__name__
)
def test_event_of_no_case_is_not_folded(event: Event) -> None:
    assert cases_of(event) == ()
    with pytest.raises(ValueError, match="changes no case"):
        evolve(None, event, 2)


@pytest.mark.parametrize(
    "event",
    [
        opened(a_report(1)),
        linked(a_report(2)),
        concluded(),
        suggested(),
        decided(),
        filed("01"),
        apart(),
        kept_together(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_cases_of_names_the_case_an_event_changes(event: Event) -> None:
    assert cases_of(event) == (CASE,)


@pytest.mark.parametrize("event", regrouped(), ids=lambda e: type(e).__name__)
def test_event_of_two_cases_is_folded_with_both_in_sight(event: Event) -> None:
    assert set(cases_of(event)) == {CASE, OTHER}
    with pytest.raises(ValueError, match="more than one case"):
        evolve(fold(opened(a_report(1))), event, 2)


def test_what_came_apart_stands_on_the_case_until_it_is_whole_again() -> None:
    case = fold(opened(a_report(1)), linked(a_report(2)), apart())
    assert (case.split, case.version) == (apart().split, 3)
    assert evolve(case, SplitSuggested(CASE, None), 4).split is None


def test_kept_together_is_folded_with_the_reports_in_sight() -> None:
    with pytest.raises(ValueError, match="reports in sight"):
        evolve(fold(opened(a_report(1))), kept_together(), 2)


def test_released_words_are_folded_with_all_reports_of_the_case_in_sight() -> None:
    event = ConductReleased(CASE, a_report(1).id, "r" * 40, Restored(text="x"), decided().by, 1, "test:x")
    assert cases_of(event) == (CASE,)
    with pytest.raises(ValueError, match="reports in sight"):
        evolve(fold(opened(a_report(1))), event, 2)


def test_every_event_type_has_a_test_above() -> None:
    one = {CaseOpened, ReportLinked, ReportConcluded, LinkSuggested, LaneDecided, CategoryDecided}
    one |= {SplitSuggested, CaseKeptTogether}
    none = {SubmissionConflicted, OutcomeRefused, CommandRefused, *(type(event) for event in warned())}
    assert set(Event.__args__) == one | none | {ConductReleased} | set(map(type, regrouped()))


@pytest.mark.parametrize("step", [cases_of, lambda event: evolve(None, event, 1)], ids=["cases_of", "evolve"])
def test_unknown_event_is_a_bug_said_aloud(step: object) -> None:
    with pytest.raises(AssertionError):
        step(object())  # type: ignore[operator]


def test_bytes_do_not_depend_on_the_order_of_channels() -> None:
    """Reports that differ in nothing else, in every order: the counts encode alike."""
    channels = ("grid", "petition", "sentiment")
    seen = set()
    for order in itertools.permutations(channels):
        case = fold(opened(a_report(1)), *(linked(a_report(1, channel=channel)) for channel in order))
        seen.add(msgspec.json.encode(case))
    assert len(seen) == 1


def test_earlier_state_is_never_changed() -> None:
    before = fold(opened(a_report(1)))
    kept = msgspec.json.encode(before)
    evolve(before, linked(a_report(2, channel="grid")), 2)
    assert msgspec.json.encode(before) == kept
