"""The suggested category: from the tree at first, from corrections in time, with reasons that tell of nobody."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.categories import TREE, learned_from, readings, told
from wufang.domain.categories import (
    RULES,
    Learned,
    Reading,
    forget,
    learn,
    packed,
    read,
    shares,
    suggest,
    unpacked,
)
from wufang.domain.categories import told as said

LAMPS = read("小区健身器械坏了", "健身器械生锈，孩子玩耍有危险", TREE)


def taught(reading: Reading, code: str, times: int) -> Learned:
    learned = Learned()
    for _ in range(times):
        learn(learned, reading, code)
    return learned


def test_nothing_is_suggested_where_nothing_is_known() -> None:
    assert suggest(LAMPS, TREE, Learned()) is None


def test_the_first_suggestions_come_from_the_tree() -> None:
    suggestion = suggest(read("停水两天", "水压也低", TREE), TREE, Learned())
    assert suggestion is not None
    assert suggestion.code == "010101"
    assert (suggestion.keywords, suggestion.learned) == (("停水", "水压"), ())
    assert (suggestion.rules, suggestion.tree) == (RULES.version, "t-1")
    sentence = said(suggestion)
    assert sentence.startswith("建议分类：城建 / 水电 / 供水（把握 ")
    assert sentence.endswith("依据：目录用词“停水”“水压”。")


def test_a_suggestion_stops_where_its_children_are_equally_likely() -> None:
    suggestion = suggest(read("", "停水停电，燃气也停", TREE), TREE, Learned())
    assert suggestion is not None
    assert suggestion.code == "0101"


def test_a_correction_is_the_next_suggestion_where_the_tree_is_silent() -> None:
    suggestion = suggest(LAMPS, TREE, taught(LAMPS, "030101", 1))
    assert suggestion is not None
    assert suggestion.code == "030101"
    assert said(suggestion).endswith("依据：用词与以往确认的件相近。")


def test_every_further_correction_makes_its_category_surer() -> None:
    learned, before = taught(LAMPS, "010301", 2), 0.0
    for _ in range(20):
        learn(learned, LAMPS, "030101")
        now = shares(LAMPS, TREE, learned, TREE.children[""])["03"]
        assert now > before
        before = now


def test_corrections_outweigh_a_keyword_and_undoing_them_gives_it_back() -> None:
    bus = read("", "公园门口的雕像破损", TREE)
    learned = taught(bus, "030101", 60)
    for _ in range(60):
        learn(learned, LAMPS, "020101")
    corrected = suggest(bus, TREE, learned)
    assert corrected is not None
    assert corrected.code == "030101"
    for _ in range(60):
        forget(learned, bus, "030101")
    undone = suggest(bus, TREE, learned)
    assert undone is not None
    assert undone.code == "010301"


@pytest.mark.parametrize(("reports", "shown"), [(RULES.shown_from - 1, False), (RULES.shown_from, True)])
def test_a_learned_word_is_shown_only_when_many_reports_had_it(reports: int, shown: bool) -> None:
    learned = taught(LAMPS, "030101", reports)
    learn(learned, read("", "公园门口的雕像破损", TREE), "020101")
    suggestion = suggest(LAMPS, TREE, learned)
    assert suggestion is not None
    assert bool(suggestion.learned) is shown
    assert ("以往确认的件中常见" in said(suggestion)) is shown


def test_a_word_that_speaks_for_another_category_is_no_reason() -> None:
    learned = taught(LAMPS, "030101", 9)
    for _ in range(9):
        learn(learned, read("", "雕像破损，孩子玩耍", TREE), "020101")
    suggestion = suggest(read("", "雕像，健身器械生锈，孩子", TREE), TREE, learned)
    assert suggestion is not None
    assert suggestion.code == "030101"
    assert suggestion.learned
    assert "雕像" not in suggestion.learned


def test_there_are_never_more_reasons_than_the_rules_say() -> None:
    reading = read("停水停电占道经营", "水压，燃气，公园，健身器械生锈，孩子玩耍有危险", TREE)
    suggestion = suggest(reading, TREE, taught(reading, "010101", 9))
    assert suggestion is not None
    assert len(suggestion.keywords) + len(suggestion.learned) == RULES.reasons


def test_a_code_that_left_the_tree_is_never_suggested() -> None:
    learned = taught(LAMPS, "990101", 50)
    learn(learned, LAMPS, "030101")
    suggestion = suggest(LAMPS, TREE, learned)
    assert suggestion is not None
    assert suggestion.code == "030101"


@given(told, readings, st.randoms(use_true_random=False))
def test_the_suggestion_is_the_same_whatever_the_order_and_after_a_restart(
    reports: list[Any], reading: Reading, chance: Any
) -> None:
    mixed = unpacked(packed(learned_from(chance.sample(reports, len(reports)))))
    assert suggest(reading, TREE, learned_from(reports)) == suggest(reading, TREE, mixed)


@given(told, readings)
def test_the_shares_are_shares(reports: list[Any], reading: Reading) -> None:
    found = shares(reading, TREE, learned_from(reports), TREE.children[""])
    assert not found or sum(found.values()) == pytest.approx(1)
    assert all(share >= 0 for share in found.values())
