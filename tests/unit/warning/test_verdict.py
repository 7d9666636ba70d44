"""A warning came true when people went on coming."""

from tests.unit.warning.told import crowd, feed, told
from wufang.domain.warning import verdict


def test_it_came_true() -> None:
    track, _ = feed([*crowd([100, 101, 102, 103]), *(told(110 + n, f"q{n}") for n in range(3))])
    assert track is not None
    assert verdict(track, 113) is True


def test_it_did_not() -> None:
    track, _ = feed([*crowd([100, 101, 102, 103]), told(110, "q0"), told(111, "q1")])
    assert track is not None
    assert verdict(track, 131) is None
    assert verdict(track, 132) is False


def test_who_comes_too_late_or_again_does_not_count() -> None:
    later = [told(104, "p0"), told(105, "p1"), told(106, "p2"), *(told(132 + n, f"q{n}") for n in range(3))]
    track, _ = feed([*crowd([100, 101, 102, 103]), *later])
    assert track is not None
    assert verdict(track, 140) is False


def test_nothing_was_warned_of() -> None:
    track, _ = feed(crowd([100, 101]))
    assert track is not None
    assert verdict(track, 200) is None
