"""What people decide of categories: learned once a case, taken back exactly, and the same after any replay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.categories import TREE
from tests.support.desk import Desk
from tests.support.events import COUNTY, command_event, report_event
from wufang.domain.categories import RULES, Learned, lesson, read
from wufang.domain.events import CategoryDecided, CommandRefused
from wufang.domain.report import Report
from wufang.ledger.state import LedgerState
from wufang.ledger.storage.tables import Snapshot
from wufang.ledger.taught import lessons
from wufang.ledger.taught.lessons import MOST_TAUGHT, Lessons
from wufang.wire import record

TABLES = ("lesson_counties", "lesson_words", "lessons")
A, B = f"{COUNTY}-1-0", f"{COUNTY}-2-0"
LAMPS = ("健身器械坏了", "健身器械生锈，孩子玩耍有危险，螺丝松动。")
TAPS = ("停水两天", "六号楼停水，水压也低，老人做饭困难。")
MATTERS = (
    LAMPS,
    TAPS,
    ("公交班次太少", "公交等了四十分钟，班次太少。"),
    ("学费多收", "幼儿园学费多收八百元，没有发票。"),
)


class Learner(Desk):
    """A desk with a category tree, and without triage."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(LedgerState(path, tree=TREE))

    def tell(self, number: int, matter: tuple[str, str], **more: Any) -> Any:
        told = {"title": matter[0], "text": matter[1], "occurred_at": f"2026-01-02T03:{number // 60:02d}:04.678Z"}
        return self.take(report_event(number, data=told | more))

    def decide(self, case_id: str, code: str, **changed: Any) -> Any:
        return self.take(self.decision(case_id, code, **changed))

    def decision(self, case_id: str, code: str, **changed: Any) -> dict[str, Any]:
        """The command of a person who saw the case as it is."""
        case = self.state.case(case_id)
        seen = {} if case is None else {case_id: case.version}
        return command_event(
            len(self.values), "decide_category", {"case_id": case_id, "code": code, "seen": seen} | changed
        )


def only(report: Report) -> Callable[[int], list[Report]]:
    return lambda _most: [report]


def tables(state: LedgerState) -> dict[str, list[Any]]:
    """What the learner's tables hold, on disk."""
    state.commit()
    connection = state._fold.snapshot.connection
    return {name: list(connection.execute(f"SELECT key, value FROM {name} ORDER BY key")) for name in TABLES}  # noqa: S608


def told(state: LedgerState) -> Any:
    """The same without rows that say nothing: a table forgets no key, so what was taken back may leave an empty one."""
    state.commit()
    found = state._fold.snapshot.connection.execute("SELECT key, value FROM lesson_words ORDER BY key")
    words = {key: msgspec.msgpack.decode(value) for key, value in found}
    return {key: (reports, dict(sorted(weights.items()))) for key, (reports, weights) in words.items() if reports}


def test_a_report_without_a_category_gets_a_suggestion_with_its_reason() -> None:
    opened = Learner().tell(1, TAPS)
    suggestion = opened.suggested_category
    assert (suggestion.code, suggestion.path, suggestion.keywords) == ("010101", "城建 / 水电 / 供水", ("停水", "水压"))
    assert (suggestion.rules, suggestion.tree) == (RULES.version, TREE.version)


@pytest.mark.parametrize("category", ["010101", "供水", "城建/水电/供水", " 供水 "])
def test_a_category_of_the_tree_is_left_as_it_is(category: str) -> None:
    assert Learner().tell(1, TAPS, category=category).suggested_category is None


@pytest.mark.parametrize("category", ["其他", "9901", "水"])
def test_a_category_of_the_senders_own_gets_a_suggestion_all_the_same(category: str) -> None:
    assert Learner().tell(1, TAPS, category=category).suggested_category.code == "010101"


def test_without_a_tree_nothing_is_suggested_and_nothing_can_be_decided() -> None:
    desk = Learner()
    desk.state = LedgerState()
    assert desk.tell(1, TAPS).suggested_category is None
    assert desk.decide(A, "010101").reason == "unknown_category"


def test_a_decision_says_what_was_suggested_and_is_the_next_suggestion() -> None:
    desk = Learner()
    first = desk.tell(1, LAMPS)
    assert first.suggested_category is None, "the tree has no word for it"
    decided = desk.decide(first.case_id, "030101")
    assert isinstance(decided, CategoryDecided)
    assert (decided.path, decided.offered, decided.answer) == ("教育 / 学校 / 收费", None, "unasked")
    again = desk.tell(2, ("操场健身器械坏了", "健身器械生锈，螺丝松动，孩子玩耍有危险。"))
    assert again.suggested_category.code == "030101"
    corrected = desk.decide(again.case_id, "010301")
    assert (corrected.offered.code, corrected.answer) == ("030101", "corrected")


def test_a_code_that_is_not_in_the_tree_is_refused() -> None:
    desk = Learner()
    desk.tell(1, TAPS)
    for code in ("99", "010199"):
        refused = desk.decide(A, code)
        assert isinstance(refused, CommandRefused)
        assert refused.reason == "unknown_category"
    assert desk.decide(A, "01", seen={A: 99}).reason == "changed"
    assert desk.decide(B, "01").reason == "unknown_case"
    assert told(desk.state) == {}


def test_a_new_decision_takes_back_what_the_case_taught_before() -> None:
    desk, once = Learner(), Learner()
    for one in (desk, once):
        one.tell(1, TAPS)
        one.tell(2, LAMPS)
        one.decide(B, "030101")
    desk.decide(A, "010201")
    desk.decide(A, "010101")
    once.decide(A, "010101")
    assert told(desk.state) == told(once.state)
    sums = [one.state._lessons._part(COUNTY, ()) for one in (desk, once)]
    assert sums[0] == sums[1]


def test_a_case_teaches_once_however_many_repeat_it() -> None:
    desk = Learner()
    for number in range(1, 6):
        desk.tell(number, TAPS)
    assert desk.decide(A, "010101").case_id == A
    words = told(desk.state)
    assert {reports for reports, _ in words.values()} == {1}
    reading = lesson([read(*TAPS, TREE)] * 5)
    assert {key.partition("|")[2] for key in words} == {*reading.words, *reading.keywords}


def test_only_the_first_reports_of_a_case_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "MOST_TAUGHT", 2)
    desk = Learner()
    for number, more in enumerate(("", "", "电梯困人。")):
        assert desk.tell(number + 1, (TAPS[0], TAPS[1] + more)).case_id == A
    desk.decide(A, "010101")
    assert f"{COUNTY}|电梯" not in told(desk.state)
    assert MOST_TAUGHT > 1


def test_what_another_tree_read_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    desk = Learner(path)
    desk.tell(1, TAPS)
    desk.state.commit()
    desk.state.close()
    with pytest.raises(ValueError, match="made by other categories"):
        LedgerState(path, tree=msgspec.structs.replace(TREE, version="t-2"))


def test_no_more_is_kept_of_a_county_than_the_bound_and_the_sums_hold() -> None:
    few = msgspec.structs.replace(RULES, counts_kept=12)
    snapshot = Snapshot(None)
    kept = Lessons(snapshot, TREE, few)
    desk = Learner()
    reports = [desk.tell(number, matter).report for number, matter in enumerate(MATTERS, 1)]
    for number, report in enumerate(reports):
        kept.decided(f"{COUNTY}-{number + 1}-0", ("010101", "030101")[number % 2], only(report))
        assert kept.held(COUNTY) <= 12
    snapshot.commit()
    rows = {key: row for key, row in kept._words.items() if row.reports}
    sums = kept._part(COUNTY, ())
    totals: dict[str, int] = {}
    for row in rows.values():
        for code, weight in row.weights.items():
            totals[code] = totals.get(code, 0) + weight
    assert (sums.totals, sums.held, sums.counts) == (totals, len(rows), sum(len(row.weights) for row in rows.values()))


def test_another_countys_lessons_are_not_asked() -> None:
    snapshot = Snapshot(None)
    kept = Lessons(snapshot, TREE)
    report = msgspec.structs.replace(Learner().tell(1, LAMPS).report, jurisdiction="430103")
    kept.decided(A, "030101", only(report))
    assert kept.suggest(report) is None
    assert kept.suggest(msgspec.structs.replace(report, jurisdiction=COUNTY)) is not None


def test_what_is_kept_ready_of_words_follows_each_decision_and_each_that_is_undone() -> None:
    desk = Learner()
    first, second = desk.tell(1, LAMPS), desk.tell(2, MATTERS[3])
    desk.decide(second.case_id, "030101")
    desk.decide(first.case_id, "010301")
    asked = msgspec.structs.replace(first.report, number="asked")
    before = desk.state.category(asked)
    assert before is not None
    desk.drafted(desk.decision(first.case_id, "020101"))
    provisional = desk.state.category(asked)
    assert provisional is not None
    assert provisional.code != before.code
    desk.state.undo()
    assert desk.state.category(asked) == before
    desk.decide(first.case_id, "020101")
    assert desk.state.category(asked) == provisional
    cold = LedgerState(tree=TREE)
    for offset, value in enumerate(desk.values):
        cold.fold(offset, value)
    assert cold.category(asked) == provisional


codes = st.sampled_from([*TREE.nodes, "99"])
steps = st.lists(
    st.tuples(
        st.sampled_from(["report", "report", "decide", "decide", "undone", "commit", "rollback"]),
        st.integers(0, 9),
        codes,
    ),
    max_size=16,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_the_same_is_learned_by_whoever_folds_the_log_from_any_prefix(day: list[Any]) -> None:
    desk = Learner()
    for number in range(3):
        desk.tell(number, MATTERS[number])
    for number, (what, which, code) in enumerate(day, 10):
        _step(desk, number, what, which, code)
    warm, asked = tables(desk.state), desk.tell(900, LAMPS).suggested_category
    for prefix in {0, len(desk.values) // 2, len(desk.values) - 1}:
        cold = LedgerState(tree=TREE)
        for offset, value in enumerate(desk.values[:-1]):
            cold.fold(offset, value)
            if offset + 1 == prefix:
                cold.commit()
        assert tables(cold) == warm
        raw = record.envelope(desk.values[-1])
        assert raw is not None
        assert cold.category(record.events(raw)[0].report) == asked  # type: ignore[union-attr]


def _step(desk: Learner, number: int, what: str, which: int, code: str) -> None:
    """One step; what is undone or rolled back is folded again from the log, as the worker does."""
    if what == "report":
        desk.tell(number, MATTERS[which % len(MATTERS)])
    elif what == "commit":
        desk.state.commit()
    elif what == "rollback":
        desk.state.rollback()
        for offset in range(desk.state.offset, len(desk.values)):
            desk.state.fold(offset, desk.values[offset])
        desk.state.settle()
    else:
        case_id = f"{COUNTY}-{1 + which % len(desk.values)}-0"
        if what == "undone":
            desk.drafted(desk.decision(case_id, code))
            desk.state.undo()
        else:
            desk.decide(case_id, code)


def test_nothing_is_changed_in_place() -> None:
    kept = Lessons(Snapshot(None), TREE)
    report = Learner().tell(1, LAMPS).report
    kept.decided(A, "030101", only(report))
    before = kept._part(COUNTY, ["孩子"])
    copied = msgspec.msgpack.decode(msgspec.msgpack.encode(before), type=Learned)
    kept.decided(B, "010101", only(report))
    assert before == copied
