"""What of a report speaks for a category: dictionary words that name nobody and no place, and the tree's keywords.

It must not keep a name, an address or a number: what is learned from a report outlives the report.
"""

import math
from collections.abc import Sequence
from operator import add

import msgspec

from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.tree import Tree
from wufang.domain.text import STOP_WORDS, is_known, normalise, tokens

SCALE = 1000  # weights are whole thousandths: sums of them do not depend on the order of the reports
# Parts of speech in jieba's letters: names of persons, places, organisations and other things; numbers; times.
_NAMING = ("nr", "ns", "nt", "nz", "m", "t")
_OFTEN = 200  # more mentions than this count as this many
_WEIGHTS = tuple(round(SCALE * math.log1p(count)) for count in range(_OFTEN + 1))


class Reading(msgspec.Struct, frozen=True):
    """Weights are thousandths of the log of one more than the mentions; `words` holds no keyword."""

    words: dict[str, int]
    keywords: dict[str, int]


def read(title: str, text: str, tree: Tree, rules: Rules = RULES, *, cut: bool = True) -> Reading:
    """Read a report; the words in their order. Where nothing was learned only keywords say anything: without `cut` the
    text is not cut into words, which is most of the work."""
    head, body = normalise(title), normalise(text)
    mentions: dict[str, int] = {}
    for part, times in ((head, rules.title), (body, 1)) if cut else ():
        for word in _words(part):
            mentions[word] = mentions.get(word, 0) + times
    found: dict[str, int] = {}
    for part, times in ((head, rules.title), (body, 1)):
        for keyword in _keywords(part, tree):
            found[keyword] = found.get(keyword, 0) + times
    return Reading(
        {word: _weight(times) for word, times in mentions.items() if word not in found},
        {keyword: _weight(times) for keyword, times in found.items()},
    )


def _words(normal: str) -> Sequence[str]:
    return [
        word
        for word, speech in tokens(normal)
        if len(word) > 1 and word not in STOP_WORDS and not speech.startswith(_NAMING) and is_known(word)
    ]


def _keywords(normal: str, tree: Tree) -> Sequence[str]:
    """Every keyword at every place it stands, those inside others too."""
    starts = tree.starts
    return [
        keyword
        for place, start in enumerate(map(add, normal, normal[1:]))
        if start in starts
        for keyword in starts[start]
        if normal.startswith(keyword, place)
    ]


def _weight(times: int) -> int:
    return _WEIGHTS[min(times, _OFTEN)]
