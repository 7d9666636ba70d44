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
    first = _first(seen, mean, shape)
    return round(-(first + math.log(_sum_from(seen, mean / (mean + shape), shape))) / math.log(10), 1)


def surprise_at_most(seen: int, mean: float, shape: float) -> float:
    """A bound of `surprise` that costs no sum: a tail is never less than its first term.

    It holds for smaller shapes too: of those either the first term is larger, or `seen` is so near the mean that it
    surprises nobody.
    """
    if seen <= mean or seen <= 0:
        return 0.0
    return round(-_first(seen, mean, shape) / math.log(10), 1)


def _first(seen: int, mean: float, shape: float) -> float:
    """The logarithm of P(X = seen)."""
    over = mean / (mean + shape)
    return (
        math.lgamma(shape + seen)
        - math.lgamma(shape)
        - math.lgamma(seen + 1)
        + seen * math.log(over)
        + shape * math.log1p(-over)
    )


def _sum_from(seen: int, over: float, shape: float) -> float:
    """The tail in units of its first term."""
    term = total = 1.0
    for count in range(seen, seen + _TERMS):
        term *= (shape + count) / (count + 1) * over
        total += term
        if term < total * _SMALL:
            break
    return total
