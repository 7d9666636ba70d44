"""What is shown before a report's keys are destroyed."""

import pytest

from wufang.cli.erasing import keys_told
from wufang.operations.erase import Found


def found(keys: int, live: int) -> Found:
    return Found(2, keys, live, "desk", "R1", "hotline", "990101")


@pytest.mark.parametrize(
    ("keys", "live", "said"),
    [
        (0, 0, "没有：这一件没有加密的个人信息"),
        (2, 2, "2 个"),
        (2, 1, "2 个，其中 1 个此前已擦除"),
        (2, 0, "2 个，此前已擦除"),
    ],
)
def test_keys_that_are_gone_are_said_so(keys: int, live: int, said: str) -> None:
    assert keys_told(found(keys, live)) == said
