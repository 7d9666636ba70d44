"""How surprising a count is when its rate is only known so well; pure arithmetic in a fixed order."""

import math

_TERMS = 10_000
_SMALL = 1e-12


def surprise(seen: int, mean: float, shape: float) -> float:
    """-log10 of P(X >= seen), to one decimal, X negative binomial of this mean and shape (variance mean + mean²/shape).

    0 where `seen` is not above the mean: nobody asks how likely that is, and the sum below would be long.
    """
    if seen <= mean or seen <= 0:
        return 0.0
    over = mean / (mean + shape)
    first = (
        math.lgamma(shape + seen)
        - math.lgamma(shape)
        - math.lgamma(seen + 1)
        + seen * math.log(over)
        + shape * math.log1p(-over)
    )
    return round(-(first + math.log(_sum_from(seen, over, shape))) / math.log(10), 1)


def _sum_from(seen: int, over: float, shape: float) -> float:
    """The tail in units of its first term."""
    term = total = 1.0
    for count in range(seen, seen + _TERMS):
        term *= (shape + count) / (count + 1) * over
        total += term
        if term < total * _SMALL:
            break
    return total
