"""A title or text cut into sentences and clauses, every sign at its place: positions are those of the original."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

HIDDEN = "□"  # one sign in place of one that a rule must not see
# Full-width letters, digits and blanks, as petitions and posts have them, one sign for one.
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if _WIDE.match(chr(code))} | {0x3000: " "}
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+[”’」』）)】]?")
_CLAUSE_END = re.compile(r"[，,、：:。！？!?；; \n]")


def narrow(text: str) -> str:
    """The text in half-width and lower case; as long as it was."""
    plain = text.translate(_NARROW) if _WIDE.search(text) else text
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(one if len(one) == 1 else sign for sign in plain for one in (sign.lower(),))


class Sentences:
    """The sentences of one text, each from its first sign to its last mark."""

    def __init__(self, text: str, ends: re.Pattern[str] = _SENTENCE_END) -> None:
        marks = [0, *(end.end() for end in ends.finditer(text))]
        if marks[-1] < len(text):
            marks.append(len(text))
        self._starts: Sequence[int] = marks[:-1]
        self.bounds = list(pairwise(marks))

    def at(self, position: int) -> int:
        """Which sentence a position stands in."""
        return bisect_right(self._starts, position) - 1


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a part, each with the mark that ends it."""
    marks = [start, *(mark.end() for mark in _CLAUSE_END.finditer(text, start, end))]
    if marks[-1] < end:
        marks.append(end)
    return list(pairwise(marks))
