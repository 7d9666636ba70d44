"""Words of a text: the same whatever cache they come from, and folded as NFKC folds."""

import random
import unicodedata

from wufang.readmodel.text import folded, words

WIDE = [
    chr(code) for code in (*range(0x21, 0x7F), *range(0xFF01, 0xFF5F), *range(0x3001, 0x3020), *range(0x300, 0x310))
]
MARKS = "，：；！？（）"


def test_folding_is_nfkc_in_lower_case_whatever_marks_stand_between() -> None:
    chance = random.Random(1)
    for _ in range(2_000):
        text = "".join(chance.choices([*WIDE, *MARKS, "停", "水", "e"], k=12))
        assert folded(text) == unicodedata.normalize("NFKC", text).lower()


def test_words_are_distinct_in_order_and_without_punctuation() -> None:
    assert words(["停水，停水！", "ＡＢＣ１２（停水）"]) == "停水 abc12"


def test_words_of_several_texts_are_those_of_each_in_order() -> None:
    one, other = "楼上3.5层水压不足。", "热水器打不着火，停水"
    apart = [*words([one]).split(), *words([other]).split()]
    assert words(iter([one, other])).split() == list(dict.fromkeys(apart))
    assert words([]) == ""
