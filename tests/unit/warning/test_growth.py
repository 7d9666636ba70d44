"""A matter that keeps growing."""

from tests.unit.warning.told import MATTER, crowd, feed, told
from wufang.domain.shanghai import day_start
from wufang.domain.warning import growing


def test_somebody_new_month_after_month() -> None:
    track, bursts = feed(crowd([100, 120, 130, 150, 170]))
    assert track is not None
    found = growing(track)
    assert found is not None
    assert found.about == MATTER
    assert found.spans == (1, 2, 2)
    assert found.since == day_start(100)
    assert not bursts  # that is why it is looked for


def test_not_when_a_month_brought_nobody_new() -> None:
    track, _ = feed([*crowd([100, 101, 102]), told(125, "p1"), told(150, "q0"), told(170, "q1")])
    assert track is not None
    assert growing(track) is None


def test_not_when_it_is_a_few() -> None:
    track, _ = feed(crowd([100, 130, 150, 170]))
    assert track is not None
    assert growing(track) is None
