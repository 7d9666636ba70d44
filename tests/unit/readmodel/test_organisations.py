"""Organisations as people write them: what means the same one, its parent or its child, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.domain.case import MORE_ACCUSED
from wufang.readmodel.organisations import (
    LONGEST,
    MOST_CASE_KEYS,
    MOST_KEYS,
    WHOLE,
    accused_keys,
    hides,
    keys,
    own_keys,
    runs,
)

OWN = "平川县城管局"
SAME = [
    "平川县城管局",
    "平川县城管局。",
    "平川县 城管局",
    "　平川县城管局",
    "平川县城管局、平川县住建局",
    "平川县住建局和平川县城管局",
    "平川县综合执法局（平川县城市管理局）",
    "平川县城市管理局",
    "平川县城市管理和综合行政执法局",
    "平川县城管局执法大队",
    "城管局",
    "县城管局",
    "平川城管局",
    "某某省平川县城管局",
    "平川縣城管局",
    "平川县城管局\u200b",
    "平\u00ad川\ufe0f县\u2060城管局",
    "“平川县城管局”",
    "平川县城管局;平川县住建局",
    "平川县城管局/住建局",
    "⼝平川县城管局",
    "平川县",
    MORE_ACCUSED,
]
OTHERS = ["平川县住建局", "城管", "平川县教育局、平川县住建局", "清河物业公司", "无", "不详", "", "。", "\u200b"]


@pytest.mark.parametrize("accused", SAME)
def test_however_it_is_written_it_is_hidden_from_the_accused(accused: str) -> None:
    assert hides(OWN, [accused])
    assert hides(OWN, ["平川县住建局", accused])


@pytest.mark.parametrize(
    "own", ["平川县 城管局", " 平川县城管局", "平川縣城管局", "城管局", "平川县城市管理局", "平川县城管局执法大队"]
)
def test_however_the_token_writes_it_too(own: str) -> None:
    assert hides(own, [OWN])


@pytest.mark.parametrize("accused", [one for one in OTHERS if one != "城管"])
def test_a_case_that_accuses_others_is_seen(accused: str) -> None:
    assert not hides(OWN, [accused])


@pytest.mark.parametrize(("own", "accused"), [("白石镇派出所", "城关镇派出所"), ("市监局", "平川市政工程处")])
def test_offices_of_one_kind_are_not_one_office(own: str, accused: str) -> None:
    assert not hides(own, [accused])


def test_a_short_name_means_every_organisation_it_may_mean() -> None:
    assert hides(OWN, ["城管"])
    assert hides("清河物业服务有限公司", ["物业"])


@pytest.mark.parametrize("own", ["", " ", "。", "\u200b", "（）"])
def test_who_belongs_to_nothing_is_accused_of_nothing(own: str) -> None:
    assert own_keys(own) == ()
    assert not hides(own, [OWN, MORE_ACCUSED])


def test_what_cannot_be_compared_whole_is_hidden_from_every_organisation() -> None:
    for endless in ("长" * (LONGEST + 1), "、".join(f"单位{number:03d}" for number in range(MOST_KEYS + 1))):
        assert accused_keys([endless]) == [MORE_ACCUSED]
        assert hides(OWN, [endless])


def test_a_case_has_a_bounded_number_of_keys() -> None:
    found = accused_keys([f"某省某县第{number}号单位" for number in range(MOST_CASE_KEYS)])
    assert len(found) == MOST_CASE_KEYS + 1
    assert found[-1] == MORE_ACCUSED


NAMES = st.text(st.sampled_from("平川县城管局市 、（）和a1\u200b公司"), max_size=12)


@given(NAMES, NAMES)
def test_the_runs_of_a_name_and_its_keys_ask_for_the_same(own: str, accused: str) -> None:
    """What the index is asked in two halves is what `hides` answers in one."""
    theirs = accused_keys([accused])
    asked = bool(set(runs(own)) & set(theirs)) or any(key in one for one in theirs for key in own_keys(own))
    assert hides(own, [accused]) is asked


@given(st.text(max_size=300))
def test_any_text_gives_bounded_keys_of_letters_and_digits(text: str) -> None:
    found = accused_keys([text])
    assert len(found) <= MOST_KEYS
    assert all(key == MORE_ACCUSED or (len(key) >= WHOLE and key.isalnum()) for key in found)
    assert keys(text) == keys(text.strip())


def test_the_number_of_questions_is_bounded() -> None:
    distinct = "".join(map(chr, range(0x5000, 0x5000 + 100)))
    assert len(runs(OWN)) == len({*runs(OWN)}) <= 30
    assert len(runs(distinct)) == 60 * 59 // 2
    assert len(own_keys(distinct)) == 1
