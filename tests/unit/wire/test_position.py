"""Positions: the text and the parts say the same."""

import pytest

from wufang.wire.position import Position


def test_text_and_back() -> None:
    position = Position("reports.hotline", 3, 1234)
    assert str(position) == "reports.hotline/3/1234"
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "reports.hotline", "reports.hotline/3", "a/b/c", "a/1/", "a//1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # any ValueError is the contract
        Position.parse(text)
