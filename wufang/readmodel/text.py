"""Chinese text cut into words, alike for index and query; it must not change what people read."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import rjieba


def words(texts: Iterable[str]) -> str:
    """The distinct words of the texts, joined by blanks for the `whitespace` analyzer; no punctuation."""
    seen: dict[str, None] = {}
    for text in texts:
        seen.update(dict.fromkeys(_cut(text).split()))
    return " ".join(seen)


@lru_cache(16_384)  # a report's text is cut again for its case soon after: half of all the cutting
def _cut(text: str) -> str:
    """Joined, as no word holds a blank: a fifth of the memory of separate words."""
    cut = dict.fromkeys(rjieba.cut_for_search(folded(text)))
    return " ".join([word for word in cut if word.isalnum() or any(map(str.isalnum, word))])


def folded(text: str) -> str:
    """Full width and case folded away, so that `ＡＢＣ１２` and `abc12` are the same words."""
    return unicodedata.normalize("NFKC", text).lower()
