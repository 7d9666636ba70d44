"""Whether a case has come apart: two groups that are far from each other, and what holds them together."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.linking import FILLER, LESSONS, LIFT, LIFT_AGAIN, LIFT_ELSEWHERE, County, subject
from wufang.domain.linking import Side, Split, profile_joined, profile_opened
from wufang.domain.linking.splitting import DAY, SPLIT_RULES, Told, come_apart, due, holds, new_place, same

LESSONS_AGAIN = ("石门渡小学又让订购练习册", "石门渡小学规定学生必须花八十元订购练习册，不订购的不发作业，家长不满。")
BOTH = (LIFT[0] + "，" + LESSONS[0], LIFT[1] + LESSONS[1])
LIFTS, TWO = (LIFT, LIFT_AGAIN), (LIFT, LESSONS, LIFT_AGAIN, LESSONS_AGAIN)
replace = msgspec.structs.replace


def tell(*stories: tuple[str, str], **fields: Any) -> list[Told]:
    """Reports r0, r1 … of a case, read in the county that has taken them all."""
    county = County((*FILLER, *stories))
    reports = [subject(story, f"HL-{number:04}", **fields) for number, story in enumerate(stories)]
    return [Told(f"r{number}", county.read(report)) for number, report in enumerate(reports)]


def sides(split: Split | None) -> list[set[str]]:
    return [] if split is None else [set(side.reports) for side in split.sides]


def test_two_matters_in_one_case_come_apart_and_the_first_stays() -> None:
    found = come_apart(tell(*TWO))
    assert sides(found) == [{"r0", "r2"}, {"r1", "r3"}]
    assert found is not None
    stays, leaves = found.sides
    assert (stays.places, "电梯" in stays.words, "订购" in leaves.words) == (("青杉里",), True, True)
    assert found.score < SPLIT_RULES.inside
    assert {reason.feature for reason in found.reasons} >= {"average", "best", "title", "problem"}


def test_one_report_that_is_like_both_does_not_hold_two_matters_together() -> None:
    found = come_apart(tell(*TWO, BOTH))
    assert sides(found) == [{"r0", "r2"}, {"r1", "r3"}]
    assert found is not None
    assert "left_out" in {reason.feature for reason in found.reasons}
    assert come_apart(tell(*TWO, BOTH), replace(SPLIT_RULES, left_out=0)) is None


def test_two_that_are_like_both_hold_them_together() -> None:
    assert come_apart(tell(*TWO, BOTH, BOTH)) is None


def test_one_matter_stays_whole() -> None:
    assert come_apart(tell(LIFT, LIFT_AGAIN, LIFT, LIFT_AGAIN, LIFT)) is None


def test_one_place_within_two_days_is_one_occasion() -> None:
    """A burst main: streets under water, dry taps and spoilt dinners share few words."""
    main = ("银屏路自来水管爆裂", "银屏路路口冒水半米高，水柱冲开路面，请抢修关阀。")
    taps = ("银屏路一带早上没水用", "家里水龙头拧开一滴没有，做饭洗脸都不成，几点能来。")
    told = tell(main, taps, main, taps)
    assert come_apart(told) is None
    assert sides(come_apart(told, replace(SPLIT_RULES, occasion_days=-1))) == [{"r0", "r2"}, {"r1", "r3"}]
    late = [replace(one, reading=replace(one.reading, occurred_at=one.reading.occurred_at + 3 * DAY)) for one in told]
    assert come_apart([told[0], late[1], *told[2:]]) is not None


def test_a_single_stranger_is_no_second_matter() -> None:
    assert come_apart(tell(LIFT, LIFT_AGAIN, LIFT, LESSONS)) is None


def test_the_same_trouble_in_two_estates_is_two_matters() -> None:
    """The words are alike: what tells them apart is that neither side knows the other's place."""
    there = (LIFT_ELSEWHERE[0] + "吗", LIFT_ELSEWHERE[1])
    found = come_apart(tell(LIFT, LIFT_ELSEWHERE, LIFT_AGAIN, there))
    assert sides(found) == [{"r0", "r2"}, {"r1", "r3"}]
    assert found is not None
    assert "conflict" in {reason.feature for reason in found.reasons}


def test_the_same_person_holds_nothing_together() -> None:
    assert sides(come_apart(tell(*TWO, reporter="same"))) == [{"r0", "r2"}, {"r1", "r3"}]


def test_less_than_four_are_not_looked_at() -> None:
    assert come_apart(tell(LIFT, LESSONS, LIFT_AGAIN)) is None


def test_what_quotes_the_others_number_stays_with_it() -> None:
    told = tell(*TWO)
    quoting = replace(told[1].reading, references=told[0].reading.numbers)
    assert come_apart([told[0], replace(told[1], reading=quoting), *told[2:]]) is None


def test_what_came_by_a_number_of_a_report_that_is_not_looked_at_stays_with_the_first() -> None:
    told = tell(*TWO)
    assert come_apart([*told[:3], replace(told[3], referred=True)]) is None


def test_a_repost_stays_with_its_post() -> None:
    told = tell(*TWO)
    posts = [replace(one, reading=replace(one.reading, core="same")) for one in told[:2]]
    assert come_apart([*posts, *told[2:]]) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([LIFT, LESSONS, LIFT_AGAIN, LESSONS_AGAIN, BOTH, *FILLER]), max_size=12),
    st.lists(st.lists(st.integers(0, 11), max_size=3), max_size=12),
)
def test_nothing_a_person_tied_is_proposed_apart(stories: list[tuple[str, str]], drawn: list[list[int]]) -> None:
    ties = [tuple(orders) for orders in drawn] + [()] * len(stories)
    told = [replace(one, ties=ties[number]) for number, one in enumerate(tell(*stories))]
    found = come_apart(told)
    if found is not None:
        tied = {one.report_id: set(one.ties) for one in told}
        stays, leaves = found.sides
        assert all(tied[a].isdisjoint(tied[b]) for a in stays.reports for b in leaves.reports)
        assert min(len(stays.reports), len(leaves.reports)) >= SPLIT_RULES.least_side
        assert holds(found, set(tied), lambda name: tied[name])


def test_looked_at_when_the_reports_pass_a_power_of_two() -> None:
    assert [after for after in range(1, 70) if due(after - 1, after)] == [4, 8, 16, 32, 64]
    assert due(3, 9)


def test_looked_at_when_a_title_names_a_place_no_title_did() -> None:
    here, again, there, nowhere = (one.reading for one in tell(LIFT, LIFT_AGAIN, LIFT_ELSEWHERE, FILLER[4]))
    profile = profile_joined(profile_opened("c", here), again)
    assert (new_place(again, profile), new_place(there, profile), new_place(nowhere, profile)) == (False, True, False)
    full = replace(profile, titled=profile.titled * 30)
    assert not new_place(there, full), "a case of very many places is looked at no more"


def split(one: tuple[str, ...], other: tuple[str, ...]) -> Split:
    return Split((Side(one, (), ()), Side(other, (), ())), 0.1, (), "t")


@pytest.mark.parametrize(
    ("ties", "stands"),
    [
        ({}, True),
        ({"a": (1,), "b": (1,)}, True),
        ({"a": (1,), "c": (1,)}, False),
        ({"a": (1,), "x": (1, 2), "c": (2,)}, False),  # each is tied to a third
        ({"a": (1,), "c": (2,)}, True),
    ],
)
def test_stands_as_long_as_nobody_ties_the_sides(ties: dict[str, tuple[int, ...]], stands: bool) -> None:
    found = split(("a", "b"), ("c", "d"))
    assert holds(found, {*"abcdx"}, lambda name: ties.get(name, ())) == stands
    assert not holds(found, {*"abc"}, lambda name: ())


def test_the_same_groups_are_the_same_suggestion() -> None:
    assert same(split(("a", "b"), ("c", "d")), replace(split(("b", "a"), ("c", "d")), score=0.2))
    assert not same(split(("a", "b"), ("c", "d")), split(("a", "b"), ("c", "d", "e")))
    assert (same(None, None), same(None, split(("a",), ("b",)))) == (True, False)
