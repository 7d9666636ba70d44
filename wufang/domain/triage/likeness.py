"""What a sentence's wording leans to where no rule holds: weights of pairs of signs, learnt from labelled rows.

The weights stand in a profile's file and are whole numbers, so a sum is the same wherever and in whatever order it is
made. `python -m bench.triage_likeness` writes that file and measures it on rows it was not learnt from. Where a
likeness decides, the fact says so (用词似…): a person sees that no rule held, and a correction is a labelled row.
"""

import re
from itertools import repeat
from operator import add

import msgspec

SCALE = 100  # weights are hundredths of the log of odds
SHORTEST = 12  # signs: a post or an office alone tells of no act
_MARK = re.compile(r"[,，、：:“”\"（）()《》\s。！？!?；;□]")
_DIGIT = re.compile(r"[0-9]")


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question's weights: `start` is the sum for a text of which nothing is known, `over` from where it holds."""

    start: int
    over: int
    weights: dict[str, int]

    def of(self, pairs: frozenset[str]) -> int:
        """How far a text leans to yes."""
        return self.start + sum(map(self.weights.get, pairs, repeat(0)))


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile's file says: when a sentence reads like conduct."""

    version: str
    conduct: Score

    def sealed(self, sentence: str) -> bool:
        """Whether a sentence reads like conduct; a profile without weights seals nothing so."""
        if not self.conduct.weights or len(sentence) < SHORTEST:
            return False
        return self.conduct.of(pairs(sentence)) >= self.conduct.over


NONE = Likeness("", Score(0, 1, {}))  # a profile need have no weights


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring signs of a narrowed text, each once; all marks are one, all digits are one."""
    plain = _DIGIT.sub("0", _MARK.sub("，", text))
    return frozenset(map(add, plain, plain[1:]))
