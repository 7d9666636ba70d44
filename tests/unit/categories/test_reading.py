"""What is read of a report: nothing that names anybody, whatever comes of it later."""

import math

import pytest

from tests.support.categories import TREE
from wufang.domain.categories import read


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("张伟昨天到医院投诉", "张伟"),
        ("欧阳慕雪在门口等", "欧阳慕雪"),
        ("北京的游客很多", "北京"),
        ("电话13800138000没人接", "13800138000"),
        ("三十二名学生迟到", "三十二"),
        ("我们希望政府尽快处理", "希望"),
    ],
)
def test_names_places_numbers_and_phrases_are_not_kept(text: str, gone: str) -> None:
    assert not any(gone in word for word in read("", text, TREE).words)


def test_dictionary_words_are_kept_in_their_order() -> None:
    assert list(read("", "医院门口的垃圾没人清理", TREE).words)[:2] == ["医院", "门口"]


def test_a_word_of_the_title_counts_three_times() -> None:
    reading = read("医院", "医院门口", TREE)
    assert reading.words == {"医院": round(1000 * math.log(5)), "门口": round(1000 * math.log(2))}


def test_keywords_are_found_wherever_they_stand_and_are_no_words_too() -> None:
    reading = read("公交", "ＢＲＴ公交班次少，等公交，停 水", TREE)
    assert reading.keywords == {
        "公交": round(1000 * math.log(6)),
        "班次": round(1000 * math.log(2)),
        "停水": round(1000 * math.log(2)),
    }
    assert "公交" not in reading.words


def test_a_word_said_without_end_counts_as_often_as_one_said_200_times() -> None:
    assert read("", "停水" * 5_000, TREE) == read("", "停水" * 200, TREE)
