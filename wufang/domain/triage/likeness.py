"""What a sentence's wording leans to where no rule holds: weights of signs and their pairs, learnt from labelled rows.

The weights stand in a profile's file and are whole numbers, so a sum is the same wherever and in whatever order it is
made. `python -m bench.triage_likeness` writes that file and measures it on rows it was not learnt from. Where a
likeness decides, the fact says so (似…): a person sees that no rule held, and a correction is a labelled row.
"""

import re
from operator import add

import msgspec

SCALE = 100  # weights are hundredths of the log of odds
_MARK = re.compile(r"[,，、：:“”\"（）()《》\s。！？!?；;□]")
_DIGIT = re.compile(r"[0-9]")


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question's weights: `start` is the sum for a text of which nothing is known, `over` from where it holds."""

    start: int
    over: int
    weights: dict[str, int]

    def of(self, signs: frozenset[str]) -> int:
        """How far a text leans to yes."""
        weights = self.weights
        return self.start + sum(weights[sign] for sign in signs & weights.keys())


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile's file says: when a sentence reads like conduct."""

    version: str
    conduct: Score

    def sealed(self, sentence: str) -> bool:
        """Whether a sentence reads like conduct."""
        return self.conduct.of(signs(sentence)) >= self.conduct.over


NONE = Likeness("", Score(0, 1, {}))


def signs(text: str) -> frozenset[str]:
    """The signs of a narrowed text and its pairs of neighbours, each once; all marks are one, all digits are one."""
    plain = _DIGIT.sub("0", _MARK.sub("，", text))
    return frozenset((*plain, *map(add, plain, plain[1:])))
