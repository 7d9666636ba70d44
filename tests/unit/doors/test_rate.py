"""One key's posts a second: what is bound, when it ends, and that no key pays for another."""

import pytest

from wufang.adapters.http_problems import Refusal
from wufang.adapters.http_rate import BURST_SECONDS, Rates


class Clock:
    """Seconds that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def taken(rates: Rates, key: str, most: int) -> int:
    """How many posts pass one behind the other at one moment."""
    for count in range(most):
        try:
            rates.take(key)
        except Refusal:
            return count
    return most


def test_a_burst_passes_then_as_many_as_a_second_allows() -> None:
    clock = Clock()
    rates = Rates(10.0, clock)
    assert taken(rates, "a", 1_000) == 10 * BURST_SECONDS
    assert taken(rates, "a", 1_000) == 0
    clock.now += 1.0
    assert taken(rates, "a", 1_000) == 10
    clock.now += 3_600
    assert taken(rates, "a", 1_000) == 10 * BURST_SECONDS


def test_no_key_pays_for_another() -> None:
    rates = Rates(1.0, Clock())
    taken(rates, "a", 1_000)
    assert taken(rates, "b", 1_000) == BURST_SECONDS


@pytest.mark.parametrize("rate", [0.01, 0.3, 7.0])
def test_who_waits_as_long_as_he_is_told_passes(rate: float) -> None:
    clock = Clock()
    rates = Rates(rate, clock)
    assert taken(rates, "a", 1_000) >= 1
    with pytest.raises(Refusal) as refused:
        rates.take("a")
    assert (refused.value.status, refused.value.kind) == (429, "too_many")
    clock.now += int(refused.value.headers["Retry-After"])
    rates.take("a")
