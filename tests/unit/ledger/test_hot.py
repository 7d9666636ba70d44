"""The hot-topic report read off the ledger, and off the documents that the ledger makes: the same, whoever regroups."""

from collections import defaultdict
from collections.abc import Iterable

from tests.support.events import COUNTY, START
from tests.support.watching import DAY, ToldLedger
from wufang.domain.commands import Actor
from wufang.domain.events import CaseRestored, CasesMerged, CategoryDecided, ReportsMoved
from wufang.domain.report import Report
from wufang.domain.shanghai import day_of
from wufang.domain.warning import CaseFigures, HotTopics, hot_topics
from wufang.domain.warning.heat import UNKNOWN
from wufang.domain.warning.window import Told, Window, figures
from wufang.ledger.folding.fold import Applied, Fold
from wufang.ledger.proofs.rebuild import moved_actions, origin
from wufang.operations.hot import _Seen
from wufang.readmodel.actions import Action, record_actions
from wufang.readmodel.document import case_document

BY = (Actor("desk-7", "operator", "青禾县12345"), "同一件事", START)
WINDOW = Window(day_of(START) + 20, 10)
FIRST, SECOND = f"{COUNTY}-1-0", f"{COUNTY}-2-0"


def told() -> ToldLedger:
    """Two matters at one estate, of which a person told both; two reports of a day by nobody known."""
    ledger = told_by_one()
    ledger.tell(17, 2, FIRST, address="青禾小区2栋")
    for day, who in ((17, None), (17, None), (8, None), (9, 3), (30, 4), (-9, 5)):
        ledger.tell(day, who, FIRST)
    ledger.tell(18, 2, SECOND)
    return ledger


def told_by_one() -> ToldLedger:
    """Two matters of one person, who names the same place in both."""
    ledger = ToldLedger()
    ledger.tell(15, 1, None, address="青禾小区6栋", category="供水")
    ledger.tell(16, 1, None, address="青禾小区6栋")
    return ledger


def folded(ledger: ToldLedger) -> tuple[Fold, list[Applied]]:
    fold = Fold()
    found = [fold.fold(offset, value) for offset, value in enumerate(ledger.values)]
    return fold, [applied for applied in found if applied is not None]


def off_the_ledger(ledger: ToldLedger) -> HotTopics:
    fold, records = folded(ledger)
    seen = _Seen(WINDOW)
    for applied in records:
        seen.take(applied)
    return hot_topics(seen.figures(fold))


def off_the_documents(ledger: ToldLedger) -> HotTopics:
    """As the index counts its report documents."""
    fold, records = folded(ledger)
    last: dict[str, Action] = {}
    for applied in records:
        for action in (*record_actions(applied.events, origin(applied.envelope)), *moved_actions(applied.moved)):
            if action.kind == "reports":
                last[action.id] = action
    return hot_topics(_cases(fold, last.values()))


def _cases(fold: Fold, actions: Iterable[Action]) -> Iterable[CaseFigures]:
    before, since, until = WINDOW.bounds
    rows = defaultdict[str, list[Told]](list)
    for action in actions:
        one, at = action.document, action.document["told_at"]
        if before <= at < until:
            of = (one["told_by"], one["channel"], one.get("place"), int(at >= since), int(at < since))
            rows[one["case_id"]].append(Told(*of))
    for case_id, found in rows.items():
        case = fold.cases.get(case_id)
        assert case is not None
        document = case_document(case)
        yield figures(case_id, document["title"], document.get("category"), found)


def test_people_are_counted_alike_where_they_stand() -> None:
    found = off_the_ledger(told())
    assert found == off_the_documents(told())
    assert [(one.case_id, one.people, one.growth, one.reports) for one in found.top] == [
        (FIRST, 3, 1, 4),
        (SECOND, 2, 2, 2),
    ]
    assert [(one.name, one.people, one.before) for one in found.places] == [("estate:青禾", 5, 2)]


def test_a_place_that_one_person_names_is_not_listed() -> None:
    ledger = told_by_one()
    found = off_the_ledger(ledger)
    assert found == off_the_documents(ledger)
    assert (len(found.top), found.places) == (2, ())
    ledger.write([CasesMerged(FIRST, SECOND, *BY, "k:1")], "c" * 64)
    assert off_the_ledger(ledger).places == off_the_documents(ledger).places == ()


def test_who_told_both_is_one_person_once_they_are_one_matter() -> None:
    ledger = told()
    ledger.write([CasesMerged(FIRST, SECOND, *BY, "k:1")], "c" * 64)
    found = off_the_ledger(ledger)
    assert found == off_the_documents(ledger)
    assert [(one.people, one.reports) for one in found.top] == [(3, 6)]
    ledger.write([CaseRestored(SECOND, FIRST, *BY, "k:2")], "d" * 64)
    assert off_the_ledger(ledger).top == off_the_documents(ledger).top == off_the_ledger(told()).top


def test_a_report_that_is_moved_counts_where_it_went() -> None:
    ledger = told()
    moved = next(member.report.id for member in ledger.state._fold.regroup.members(FIRST) if _is(member.report, 2))
    ledger.write([ReportsMoved(FIRST, SECOND, False, (moved,), *BY, "k:3")], "e" * 64)
    found = off_the_ledger(ledger)
    assert found == off_the_documents(ledger)
    assert {one.case_id: (one.people, one.reports) for one in found.top} == {FIRST: (2, 3), SECOND: (2, 3)}


def test_a_category_that_a_person_decided_is_the_one_counted() -> None:
    ledger = told()
    ledger.write([CategoryDecided(FIRST, "0102", "城建 / 排水", "t-1", BY[0], START, "k:4")], "f" * 64)
    found = off_the_ledger(ledger)
    assert found == off_the_documents(ledger)
    assert {one.name: one.people for one in found.categories} == {"城建 / 排水": 3, UNKNOWN: 2}


def _is(report: Report, who: int) -> bool:
    return report.reporter is not None and report.reporter.pseudonym == f"{who:032x}"


def test_a_day_of_nobody_known_counts_once_for_a_channel() -> None:
    ledger = ToldLedger()
    for number in range(3):
        ledger.tell(15, None, FIRST if number else None, occurred_at=START + 15 * DAY + number)
    (one,) = off_the_documents(ledger).top
    assert (one.people, one.reports) == (1, 3)
    assert off_the_ledger(ledger).top == (one,)
