"""What confirmed categories teach: how often each word came in the reports of each code; bounded, and exact to undo."""

import msgspec

from wufang.domain.categories.reading import Reading
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.tree import DIGITS


class Word(msgspec.Struct, array_like=True):
    """In how many reports a word came, and its weight in those of each code of each level (thousandths)."""

    reports: int = 0
    weights: dict[str, int] = {}


class Learned(msgspec.Struct, array_like=True):
    """One jurisdiction's counts, folded in place by `learn` and `forget`.

    `reports` and `totals` (of the words' weights) are by code, of each level; `counts` is how many weights are held.
    """

    reports: dict[str, int] = {}
    totals: dict[str, int] = {}
    words: dict[str, Word] = {}
    counts: int = 0


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Learned).decode


def packed(learned: Learned) -> bytes:
    """The counts as bytes."""
    return _encode(learned)


def unpacked(value: bytes) -> Learned:
    """Inverse of `packed`. Raises msgspec.DecodeError."""
    return _decode(value)


def learn(learned: Learned, reading: Reading, code: str, rules: Rules = RULES) -> None:
    """Count a report under the code a person confirmed for it, and under those above."""
    for each in _path(code):
        learned.reports[each] = learned.reports.get(each, 0) + 1
    for words in (reading.words, reading.keywords):
        for word, weight in words.items():
            known = learned.words.setdefault(word, Word())
            known.reports += 1
            _more(learned, known, code, weight)
    if learned.counts > rules.counts_kept:
        _make_room(learned, rules.counts_kept - rules.counts_kept // 8)


def forget(learned: Learned, reading: Reading, code: str) -> None:
    """Take a report back that was learned under this code.

    Exact unless words were dropped for room since: then what others taught of such a word may go with it.
    """
    for each in _path(code):
        if each in learned.reports:
            _less(learned.reports, each, 1)
    for words in (reading.words, reading.keywords):
        for word, weight in words.items():
            known = learned.words.get(word)
            taken = 0 if known is None else min(weight, _own(known, code))
            if known is not None and taken > 0:
                known.reports -= 1
                _take(learned, known, code, taken)
                if known.reports <= 0 or not known.weights:
                    _drop(learned, word)


def _path(code: str) -> tuple[str, ...]:
    """The codes from the top level down to this one."""
    return tuple(code[:end] for end in range(DIGITS, len(code) + 1, DIGITS))


def _more(learned: Learned, known: Word, code: str, weight: int) -> None:
    before = len(known.weights)
    for each in _path(code):
        known.weights[each] = known.weights.get(each, 0) + weight
        learned.totals[each] = learned.totals.get(each, 0) + weight
    learned.counts += len(known.weights) - before


def _own(known: Word, code: str) -> int:
    """The weight of a word in reports of this very code, without those of the codes below it."""
    below = (weight for one, weight in known.weights.items() if len(one) == len(code) + DIGITS and one.startswith(code))
    return known.weights.get(code, 0) - sum(below)


def _take(learned: Learned, known: Word, code: str, weight: int) -> None:
    before = len(known.weights)
    for each in _path(code):
        _less(known.weights, each, weight)
        _less(learned.totals, each, weight)
    learned.counts -= before - len(known.weights)


def _make_room(learned: Learned, kept: int) -> None:
    """The least seen words go; of those seen as often the ones known longest."""
    for word in sorted(learned.words, key=lambda word: learned.words[word].reports):
        if learned.counts <= kept:
            break
        _drop(learned, word)


def _drop(learned: Learned, word: str) -> None:
    known = learned.words.pop(word)
    learned.counts -= len(known.weights)
    for code, weight in known.weights.items():
        _less(learned.totals, code, weight)


def _less(sums: dict[str, int], code: str, weight: int) -> None:
    left = sums[code] - weight
    if left > 0:
        sums[code] = left
    else:
        del sums[code]
