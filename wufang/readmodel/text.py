"""Chinese text cut into words, alike for index and query; it must not change what people read."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from sys import intern

import rjieba

# What NFKC makes of the marks nearly every Chinese text has. With them out of the way most texts are in that form
# already, and finding that out is a tenth of making it (20 µs for 110 characters, 2.6 so).
_MARKS = (("，", ","), ("：", ":"), ("；", ";"), ("！", "!"), ("？", "?"), ("（", "("), ("）", ")"))


def words(texts: Iterable[str]) -> str:
    """The distinct words of the texts, joined by blanks for the `whitespace` analyzer; no punctuation."""
    return _words(tuple(texts))


@lru_cache(8_192)  # a case that is opened has the texts of its report, and one that is full keeps those it has
def _words(texts: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(chain.from_iterable(map(_cut, texts))))


@lru_cache(16_384)  # a report's text is cut again for its case soon after: half of all the cutting
def _cut(text: str) -> tuple[str, ...]:
    """The words in their order; each stands in memory once, with its hash, however many texts have it."""
    cut = dict.fromkeys(rjieba.cut_for_search(folded(text)))
    return tuple([intern(word) for word in cut if word.isalnum() or (len(word) > 1 and any(map(str.isalnum, word)))])


def folded(text: str) -> str:
    """Full width and case folded away, so that `ＡＢＣ１２` and `abc12` are the same words."""
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    return unicodedata.normalize("NFKC", text).lower()
