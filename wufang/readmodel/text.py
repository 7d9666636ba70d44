"""Chinese text cut into words, for queries; it must not change what people read."""

import unicodedata
from collections.abc import Iterable
from itertools import chain

import rjieba


def words(texts: Iterable[str]) -> str:
    """The distinct words of the texts, joined by blanks; no punctuation."""
    cut = dict.fromkeys(chain.from_iterable(rjieba.cut_for_search(folded(text)) for text in texts))
    return " ".join([word for word in cut if word.isalnum() or any(map(str.isalnum, word))])


def folded(text: str) -> str:
    """Full width and case folded away, so that `ＡＢＣ１２` and `abc12` are the same words."""
    return unicodedata.normalize("NFKC", text).lower()
