"""Chinese text cut into words, alike for index and query; it must not change what people read."""

import unicodedata
from collections.abc import Iterable

import rjieba


def words(texts: Iterable[str]) -> str:
    """The distinct words of the texts, joined by blanks for the `whitespace` analyzer; no punctuation."""
    seen: dict[str, None] = {}
    for text in texts:
        seen.update(dict.fromkeys(rjieba.cut_for_search(folded(text))))
    return " ".join(word for word in seen if not word.isspace() and any(map(str.isalnum, word)))


def folded(text: str) -> str:
    """Full width and case folded away, so that `ＡＢＣ１２` and `abc12` are the same words."""
    return unicodedata.normalize("NFKC", text).lower()
