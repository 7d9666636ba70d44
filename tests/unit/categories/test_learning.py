"""What is learned: the same in any order, undone exactly, and never more than its bound."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.categories import codes, learned_from, readings, told
from wufang.domain.categories import RULES, Learned, Reading, forget, learn, packed, unpacked


def is_sound(learned: Learned) -> bool:
    """The sums are those of the words."""
    totals: dict[str, int] = {}
    for word in learned.words.values():
        for code, weight in word.weights.items():
            totals[code] = totals.get(code, 0) + weight
    return totals == learned.totals and learned.counts == sum(len(word.weights) for word in learned.words.values())


@given(told, st.randoms(use_true_random=False))
def test_the_order_of_the_reports_does_not_matter(reports: list[tuple[Reading, str]], chance: Any) -> None:
    mixed = chance.sample(reports, len(reports))
    assert learned_from(reports) == learned_from(mixed)


@given(told, readings, codes)
def test_a_report_taken_back_leaves_nothing(reports: list[tuple[Reading, str]], reading: Reading, code: str) -> None:
    learned = learned_from([*reports, (reading, code)])
    forget(learned, reading, code)
    assert learned == learned_from(reports)


@given(told, st.integers(8, 40))
def test_no_more_is_kept_than_the_bound(reports: list[tuple[Reading, str]], kept: int) -> None:
    learned = learned_from(reports, kept)
    assert learned.counts <= kept
    assert is_sound(learned)


FULL = Reading({"甲": 1, "乙": 1, "丙": 1, "丁": 1}, {})


@given(told, told)
@example(
    [
        (Reading({}, {"停水": 2}), "01"),
        (FULL, "010101"),
        (Reading({}, {"停水": 1}), "01"),
        (Reading({}, {"停水": 1}), "0101"),
    ],
    [],
)
@example(
    [
        (Reading({}, {"停水": 2}), "01"),
        (FULL, "010101"),
        (Reading({}, {"停水": 2}), "0101"),
        (Reading({"甲": 1}, {"停水": 1}), "01"),
    ],
    [],
)
def test_taking_back_what_was_dropped_for_room_breaks_no_sum(
    reports: list[tuple[Reading, str]], never_learned: list[tuple[Reading, str]]
) -> None:
    learned = learned_from(reports, 12)
    for reading, code in (*reports, *never_learned):
        forget(learned, reading, code)
        assert is_sound(learned)


def test_the_least_seen_words_go_first() -> None:
    often, once = Reading({"医院": 700}, {}), Reading({"门口": 700, "清晨": 700}, {})
    learned = learned_from(
        [(once, "01"), (often, "01"), (often, "01"), (Reading({"医院": 700, "夜里": 700}, {}), "01")], 3
    )
    assert set(learned.words) == {"医院", "清晨", "门口"}, "of 夜里, 清晨 and 门口, each seen once, the first went"


@given(told, told)
def test_counts_that_went_through_bytes_learn_on_as_if_they_had_not(
    before: list[tuple[Reading, str]], after: list[tuple[Reading, str]]
) -> None:
    kept, stored = learned_from(before, 20), unpacked(packed(learned_from(before, 20)))
    for reading, code in after:
        for learned in (kept, stored):
            learn(learned, reading, code, replace(RULES, counts_kept=20))
    assert packed(kept) == packed(stored)
