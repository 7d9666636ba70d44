"""A query is cut into pairs as the index cuts texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.readmodel.pairs import pairs


@pytest.mark.parametrize(
    ("typed", "cut"),
    [
        ("水", ["水"]),
        ("电梯", ["电梯"]),
        ("电梯停运", ["电梯", "梯停", "停运"]),
        ("停水停水", ["停水", "水停"]),
        ("XF-7", ["XF-7"]),
        ("3.5米", ["3.5米"]),
        ("12号楼can't", ["12号", "号楼", "楼can't"]),
        ("电（梯）停", ["电（梯", "梯）停"]),
        ("电😀梯", ["电😀梯"]),
        ("ＡＢ１２号", ["ＡＢ１２号"]),
        ("葛\U000e0100城", ["葛\U000e0100城"]),
        ("ひらカナ", ["ひら", "らカナ"]),
        ("）（", ["）（"]),
        ("", [""]),
    ],
)
def test_a_text_is_cut_into(typed: str, cut: list[str]) -> None:
    assert pairs(typed) == cut


@given(st.text(max_size=200))
def test_every_pair_stands_in_the_text(typed: str) -> None:
    assert all(pair in typed for pair in pairs(typed))
    assert len(pairs(typed)) <= max(1, len(typed) - 1)
