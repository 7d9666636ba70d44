"""What confirmed categories teach: how often each word came in the reports of each code; bounded, and exact to undo."""

import msgspec

from wufang.domain.categories.reading import Reading
from wufang.domain.categories.rules import RULES, Rules


class Word(msgspec.Struct, array_like=True):
    """In how many reports a word came, and its weight in those of each code (thousandths)."""

    reports: int = 0
    weights: dict[str, int] = {}


class Learned(msgspec.Struct, array_like=True):
    """One jurisdiction's counts; folded in place by `learn` and `forget`. `totals` is the sum of the words' weights."""

    reports: int = 0
    words: dict[str, Word] = {}
    totals: dict[str, int] = {}


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Learned).decode


def packed(learned: Learned) -> bytes:
    """The counts as bytes."""
    return _encode(learned)


def unpacked(value: bytes) -> Learned:
    """Inverse of `packed`. Raises msgspec.DecodeError."""
    return _decode(value)


def learn(learned: Learned, reading: Reading, code: str, rules: Rules = RULES) -> None:
    """Count a report under the code a person confirmed for it."""
    learned.reports += 1
    for words in (reading.words, reading.keywords):
        for word, weight in words.items():
            known = learned.words.setdefault(word, Word())
            known.reports += 1
            known.weights[code] = known.weights.get(code, 0) + weight
            learned.totals[code] = learned.totals.get(code, 0) + weight
    if len(learned.words) > rules.words_kept:
        _make_room(learned, rules.words_kept - rules.words_kept // 8)


def forget(learned: Learned, reading: Reading, code: str) -> None:
    """Take a report back that was learned under this code: what was counted since a word was dropped may go too."""
    learned.reports = max(0, learned.reports - 1)
    for words in (reading.words, reading.keywords):
        for word, weight in words.items():
            known = learned.words.get(word)
            if known is not None and code in known.weights:
                taken = min(weight, known.weights[code])
                known.reports -= 1
                _less(known.weights, code, taken)
                _less(learned.totals, code, taken)
                if known.reports <= 0 or not known.weights:
                    _drop(learned, word)


def _make_room(learned: Learned, kept: int) -> None:
    """The least seen words go; of those seen as often the ones known longest."""
    by_use = sorted(learned.words, key=lambda word: learned.words[word].reports)
    for word in by_use[: len(by_use) - kept]:
        _drop(learned, word)


def _drop(learned: Learned, word: str) -> None:
    for code, weight in learned.words.pop(word).weights.items():
        _less(learned.totals, code, weight)


def _less(sums: dict[str, int], code: str, weight: int) -> None:
    left = sums[code] - weight
    if left > 0:
        sums[code] = left
    else:
        del sums[code]
