"""Looking patterns up together finds what `re` finds with the whole alternation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.often import often
from wufang.domain.triage.beginnings import OFTEN, branches, needed
from wufang.domain.triage.lookup import Branch, Several, Table, codes

PATTERNS = [
    "收(?:了|受)?钱|收|(?:甲|乙丙)丁",
    "(?:甲)?乙|[甲乙]{0,2}丙",
    "(?!甲乙)甲.|(?<!甲)丁{1,2}戊",
    "a[0-9]|(?:(?:丙|丁)戊|收)",
    "[^甲]乙|甲{2}",
    "(?:甲|乙)[^丙]{0,3}(?:丁戊|了钱)",
    "(?:[甲乙]|丙)?丁[戊收]|[]甲]乙|丙\\s",
    "(?:把|将)?(?:甲乙|丙)丁|了(?=钱)|(甲|乙)收",
    "甲{,2}乙|戊.丁",
]
SIGNS = "甲乙丙丁戊收了受钱a1 □\n]"


def table() -> Table:
    known: dict[str, Branch] = {}
    return Table([Several(re.compile(one), known) for one in PATTERNS], range(1, 5))


@given(st.text(SIGNS, max_size=14), st.integers(0, 14), st.integers(0, 14))
def test_it_finds_what_the_alternation_finds(text: str, start: int, end: int) -> None:
    look = table().look(text)
    for number, pattern in enumerate(PATTERNS):
        expected = [one.span() for one in re.compile(pattern).finditer(text, start, end)]
        assert [one.span() for one in look.all(number, text, start, end)] == expected
        assert look.stands(number, text, start, end) == bool(expected)


@given(st.text(SIGNS, max_size=14), st.sets(st.integers(0, 13)))
def test_it_finds_the_same_where_parts_are_hidden_after_the_look(text: str, hidden: set[int]) -> None:
    look = table().look(text)
    for put in "□\n":
        seen = "".join(put if at in hidden else sign for at, sign in enumerate(text))
        for number, pattern in enumerate(PATTERNS):
            expected = [one.span() for one in re.compile(pattern).finditer(seen)]
            assert [one.span() for one in look.all(number, seen, 0, len(seen))] == expected


@given(st.text(SIGNS, max_size=10))
def test_what_is_needed_stands_in_every_match(text: str) -> None:
    for branch in (branch for pattern in PATTERNS for branch in branches(pattern)):
        if re.search(branch, text):
            assert all(any(one in text for one in known) for known in needed(branch))


@pytest.mark.parametrize(
    "pattern", [".甲?", "\\d", "[^甲]", "甲?", "(?:甲|乙?)", "[一-龥]", "\\b", "(?P<a>甲)", "甲{2}\\1"]
)
def test_where_nothing_can_be_said_nothing_is_needed(pattern: str) -> None:
    assert needed(pattern) == []


def test_something_is_said_of_most_patterns() -> None:
    assert needed("甲乙") == [frozenset({"甲乙"}), frozenset({"甲乙"}), frozenset({"乙"})]
    assert needed("[甲乙].{0,3}(?:丙丁|戊)")[2] == frozenset({"丙丁", "戊"})


@pytest.mark.parametrize("pattern", ["的.{0,3}槑", "槑.{0,3}的", "(?:的|，).{0,3}(?:[槑囧]|叕).{0,3}一"])
def test_what_seldom_stands_in_a_report_is_looked_for_first(pattern: str) -> None:
    assert "槑" in needed(pattern)[0]


def test_signs_that_often_stand_in_reports_are_counted_in_the_rows() -> None:
    assert often(["一二", "一三", "二一"], 2) == "一二"
    assert len(set(OFTEN)) == len(OFTEN)


def test_nothing_is_looked_for_before_a_pattern_is_asked_for() -> None:
    look = table().look("甲乙收钱")
    assert not look.alive
    assert look.may(1)
    assert set(look.alive) == set(range(1, 5))


@pytest.mark.parametrize("text", ["", "甲", "甲乙", "甲乙丙", "a\ud800b", "𠮷野"])
def test_pairs_are_those_of_the_text(text: str) -> None:
    padded = text + "\n"
    expected = {ord(sign) for sign in text} | {ord(padded[at]) | ord(padded[at + 1]) << 32 for at in range(len(text))}
    assert set(codes(text)) == expected
