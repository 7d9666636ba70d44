"""What confirmed categories teach: how often each word came in the reports of each code; bounded, and exact to undo."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from wufang.domain.categories.reading import Reading
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.tree import DIGITS


class Word(msgspec.Struct, array_like=True):
    """In how many lessons a word came, and its weight in those of each code of each level (thousandths)."""

    reports: int = 0
    weights: dict[str, int] = {}


class Learned(msgspec.Struct, array_like=True):
    """One jurisdiction's counts, folded in place by `learn` and `forget`.

    `reports` and `totals` (of the words' weights) are by code, of each level; `counts` is how many weights are held and
    `held` how many words. `words` may be a part of them: those of the reading that is asked or learned.
    """

    reports: dict[str, int] = {}
    totals: dict[str, int] = {}
    words: dict[str, Word] = {}
    counts: int = 0
    held: int = 0


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Learned).decode


def packed(learned: Learned) -> bytes:
    """The counts as bytes."""
    return _encode(learned)


def unpacked(value: bytes) -> Learned:
    """Inverse of `packed`. Raises msgspec.DecodeError."""
    return _decode(value)


def lesson(readings: Sequence[Reading]) -> Reading:
    """What the reports of one case teach together: a word as much as in the report that says it most.

    A case is one matter, whoever repeats it: eight reports of it teach no more than one.
    """
    words: dict[str, int] = {}
    keywords: dict[str, int] = {}
    for reading in readings:
        for most, told in ((words, reading.words), (keywords, reading.keywords)):
            for word, weight in told.items():
                most[word] = max(weight, most.get(word, 0))
    return Reading(words, keywords)


def learn(learned: Learned, reading: Reading, code: str, rules: Rules = RULES) -> None:
    """Count a report under the code a person confirmed for it, and make room; all words must be there."""
    count(learned, reading, code)
    make_room(learned, rules)


def count(learned: Learned, reading: Reading, code: str) -> None:
    """Count a report under a code and under those above; of the words only those of the reading need be there."""
    for each in _path(code):
        learned.reports[each] = learned.reports.get(each, 0) + 1
    for word, weight in _weights(reading):
        known = learned.words.get(word)
        if known is None:
            known = learned.words[word] = Word()
            learned.held += 1
        known.reports += 1
        _more(learned, known, code, weight)


def forget(learned: Learned, reading: Reading, code: str) -> None:
    """Take a report back that was learned under this code.

    Exact unless words were dropped for room since: then what others taught of such a word may go with it.
    """
    for each in _path(code):
        if each in learned.reports:
            _less(learned.reports, each, 1)
    for word, weight in _weights(reading):
        known = learned.words.get(word)
        taken = 0 if known is None else min(weight, _own(known, code))
        if known is not None and taken > 0:
            known.reports -= 1
            _take(learned, known, code, taken)
            if known.reports <= 0 or not known.weights:
                _drop(learned, word)


def make_room(learned: Learned, rules: Rules = RULES) -> list[str]:
    """Where more is held than the bound, the least seen words go, an eighth at once; those that went.

    Of words seen as often the first in the order of their signs: what is left must not hang on how it came.
    """
    if learned.counts <= rules.counts_kept:
        return []
    kept, gone = rules.counts_kept - rules.counts_kept // 8, list[str]()
    for word in sorted(learned.words, key=lambda word: (learned.words[word].reports, word)):
        if learned.counts <= kept:
            break
        _drop(learned, word)
        gone.append(word)
    return gone


def _weights(reading: Reading) -> Iterator[tuple[str, int]]:
    yield from reading.words.items()
    yield from reading.keywords.items()


def _path(code: str) -> Iterable[str]:
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


def _drop(learned: Learned, word: str) -> None:
    known = learned.words.pop(word)
    learned.counts -= len(known.weights)
    learned.held -= 1
    for code, weight in known.weights.items():
        _less(learned.totals, code, weight)


def _less(sums: dict[str, int], code: str, weight: int) -> None:
    left = sums[code] - weight
    if left > 0:
        sums[code] = left
    else:
        del sums[code]
