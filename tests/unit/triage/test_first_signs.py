"""One search finds what the alternation finds; a pattern that may begin with any sign is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.domain.triage.first_signs import FirstSigns, Unknown

PATTERNS = [
    "收(?:了|受)?钱",
    "(?:甲|乙丙)丁",
    "(?:甲)?乙",
    "[甲乙]{0,2}丙",
    "(?!甲乙)甲.",
    "(?<!甲)丁{1,2}戊",
    "a[0-9]",
    "(?:(?:丙|丁)戊|收)",
]


@given(st.text("甲乙丙丁戊收了受钱a1", max_size=12))
def test_it_finds_where_the_alternation_does(text: str) -> None:
    together = re.compile("|".join(PATTERNS))
    expected = [at for at in range(len(text)) if together.match(text, at)]
    assert list(FirstSigns(PATTERNS).places(text, 0, len(text))) == expected


@pytest.mark.parametrize("pattern", [".甲", "\\d甲", "[^甲]乙", "甲?", "(?:甲|乙?)", "[一-龥]甲"])
def test_a_pattern_that_may_begin_with_any_sign_is_refused(pattern: str) -> None:
    with pytest.raises(Unknown):
        FirstSigns([pattern])


def test_a_part_is_searched_alone() -> None:
    assert not FirstSigns(["甲乙"]).search("甲乙", 0, 1)
    assert FirstSigns(["甲乙"]).search("丙甲乙", 1, 3)
    assert not FirstSigns([]).search("甲", 0, 1)
