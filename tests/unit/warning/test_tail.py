"""Surprise against what can be worked out by hand."""

import math

import pytest

from wufang.domain.warning.tail import surprise


@pytest.mark.parametrize(("seen", "mean"), [(4, 1.0), (12, 3.0), (40, 2.0)])
def test_of_shape_one_it_is_geometric(seen: int, mean: float) -> None:
    assert surprise(seen, mean, 1.0) == round(-seen * math.log10(mean / (mean + 1)), 1)


@pytest.mark.parametrize(("seen", "mean"), [(5, 1.0), (9, 2.5), (30, 10.0)])
def test_of_a_rate_that_is_sure_it_is_poisson(seen: int, mean: float) -> None:
    below = sum(math.exp(-mean) * mean**count / math.factorial(count) for count in range(seen))
    assert surprise(seen, mean, 1e7) == pytest.approx(-math.log10(1 - below), abs=0.06)


def test_nothing_above_the_mean_surprises_little() -> None:
    assert surprise(3, 3.0, 2.0) == 0.0
    assert surprise(0, 0.0, 1.0) == 0.0


def test_more_people_surprise_more_and_more_doubt_surprises_less() -> None:
    steps = [surprise(seen, 5.0, 10.0) for seen in range(6, 400, 7)]
    assert steps == sorted(steps)
    assert surprise(20, 5.0, 2.0) < surprise(20, 5.0, 20.0)
