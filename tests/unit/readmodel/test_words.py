"""Words of a query's text: distinct, in order, folded."""

import pytest

from wufang.readmodel.labels import about
from wufang.readmodel.text import words


def test_words_are_distinct_in_order_and_without_punctuation() -> None:
    assert words(["停水，停水！", "ＡＢＣ１２（停水）"]) == "停水 abc12"


def test_words_of_several_texts_are_those_of_each_in_order() -> None:
    one, other = "楼上3.5层水压不足。", "热水器打不着火，停水"
    apart = [*words([one]).split(), *words([other]).split()]
    assert words(iter([one, other])).split() == list(dict.fromkeys(apart))
    assert words([]) == ""


@pytest.mark.parametrize(
    ("expected", "places", "said"),
    [
        (1.44, 1, "约1.4"),
        (0.05, 1, "约0.1"),
        (0.04, 1, "不到0.1"),
        (0.0, 1, "不到0.1"),
        (12.6, 0, "约13"),
        (0.4, 0, "不到1"),
    ],
)
def test_nobody_expects_no_people_at_all(expected: float, places: int, said: str) -> None:
    assert about(expected, places) == said
