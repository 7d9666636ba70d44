"""Folded documents against found ones: every difference has its word, and only harmless ones are excused."""

from typing import Any

from tests.support.events import a_chain
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import Coalesced, Comparison, DocumentBook, Key, case_actions, final_actions, touched
from wufang.readmodel.actions import Action, written


def compared(
    folded: list[Action], found: list[Action], moving: set[Key] | None = None, refused: set[Key] | None = None
) -> Comparison:
    book = DocumentBook()
    book.fold(folded)
    for action in found:
        book.find(action.kind, [(action.id, action.version, action.document)])
    result = book.compare(moving or set(), refused or set())
    book.close()
    return result


def case(name: str, version: int = 1, **document: Any) -> Action:
    return Action("cases", name, version, document)


A: Key = ("cases", "a")


def test_equal_documents_agree_whatever_the_order_of_their_fields() -> None:
    result = compared([case("a", x=1, y=[2])], [case("a", y=[2], x=1)])
    assert (result.agree, dict(result.counts), result.balanced) == ({"cases": 1}, {}, True)


def test_every_difference_has_its_word() -> None:
    folded = [case("missing"), case("older", 2), case("newer", 2), case("different", x=1), case("same")]
    found = [case("older", 1), case("newer", 3), case("different", x=2), case("same"), case("extra")]
    result = compared(folded, found)
    assert dict(result.named) == {
        name: [f"cases/{name}"] for name in ("missing", "extra", "older", "newer", "different")
    }
    assert not result.balanced


def test_documents_compared_as_bytes_have_the_same_words() -> None:
    folded = [case("missing"), case("older", 2), case("different", x=1), case("same", x=1), case("again", 1)]
    found = [case("older", 1), case("different", x=2), case("same", x=1), case("extra"), case("again", 2, x=3)]
    book = DocumentBook()
    book.fold_written(written(action) for action in [*folded, case("again", 2, x=3)])
    book.find_stored("cases", [(one.action.id, one.action.version, one.source) for one in map(written, found)])
    result = book.compare(set(), set())
    assert dict(result.named) == {name: [f"cases/{name}"] for name in ("missing", "extra", "older", "different")}
    assert result.agree == {"cases": 2}
    book.close()


def test_one_missing_and_one_extra_do_not_make_up_for_each_other() -> None:
    assert compared([case("a"), case("b")], [case("a"), case("c")]).counts == {"missing": 1, "extra": 1}


def test_two_receipts_of_one_place_may_stand_for_each_other() -> None:
    either = [Action("receipts", "p", 1, {"state": state}) for state in ("quarantined", "conflicted")]
    assert compared(either, either[:1]).balanced
    assert compared(either, either[1:]).balanced
    assert not compared(either, [Action("receipts", "p", 1, {"state": "recorded"})]).balanced


def test_a_case_written_twice_counts_as_its_last_version() -> None:
    assert compared([case("a", 1, x=1), case("a", 2, x=2)], [case("a", 2, x=2)]).balanced
    assert compared([case("a", 1, x=1), case("a", 2, x=2)], [case("a", 1, x=1)]).counts == {"older": 1}


def test_what_moves_may_be_newer_but_never_missing() -> None:
    assert compared([case("a", 1)], [case("a", 2)], moving={A}).balanced
    assert compared([], [case("a", 2)], moving={A}).balanced
    assert not compared([case("a", 1)], [], moving={A}).balanced
    assert not compared([case("a", 1, x=1)], [case("a", 1, x=2)], moving={A}).balanced


def test_what_is_refused_may_be_missing_but_never_different() -> None:
    assert compared([case("a")], [], refused={A}).balanced
    assert not compared([case("a", x=1)], [case("a", x=2)], refused={A}).balanced


def test_only_the_first_ids_are_named_and_all_are_counted() -> None:
    result = compared([case(f"{n:03}") for n in range(50)], [])
    assert (result.counts["missing"], len(result.named["missing"])) == (50, 20)


def test_cases_are_coalesced_until_they_do_not_fit() -> None:
    fold, cases, written = Fold(), Coalesced(3), list[Action]()
    for offset, value in enumerate(a_chain(10)):
        applied = fold.fold(offset, value)
        assert applied is not None
        assert touched(applied) >= {("cases", name) for name in applied.cases}
        cases.add(applied.cases)
        cases.add(applied.cases)
        written += cases.overdue()
    assert len(written) == 7
    written += cases.rest()
    assert cases.rest() == []
    fold.commit()
    assert sorted(written) == sorted(case_actions(fold))


def test_a_report_is_two_documents_itself_and_its_case() -> None:
    """A third for its place on the timeline cost a rebuild a sixth of its time (record 0302)."""
    applied = Fold().fold(0, a_chain(1)[0])
    assert applied is not None
    assert [action.kind for action in final_actions(applied)] == ["reports"]
    assert [kind for kind, _ in sorted(touched(applied))] == ["cases", "reports"]
