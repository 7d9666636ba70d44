"""What a report's wording leans to: weights of runs of one to four signs, learnt from labelled rows.

The weights stand in a profile's file and are whole numbers, so a sum is the same wherever and in whatever order it is
made. `python -m bench.triage_likeness` writes that file and measures it on lots it was not learnt from. The rules'
answer counts beside the wording, by so much as the file says; a fact says where the wording decided (用词似…) and
names the words that weighed most, and a correction is a labelled row.
"""

import hashlib
import re
import struct
from collections.abc import Sequence
from itertools import compress, count
from operator import add
from typing import Literal

import msgspec

Asked = Literal[
    "danger", "110", "119", "120", "conduct", "sentence", "up", "urgent", "dedicated", "study", "joint"
]  # `conduct` is asked of the report, `sentence` of each of its sentences
QUESTIONS: tuple[Asked, ...] = (
    "danger",
    "110",
    "119",
    "120",
    "conduct",
    "sentence",
    "up",
    "urgent",
    "dedicated",
    "study",
    "joint",
)
Sums = dict[Asked, int]
SCALE = 100  # weights are hundredths; a row learnt from lies one whole on its side of nought, where that can be
REACH = 120  # hundredths; one sentence counts for no more beside the report, so that of most reports none is asked
SHORT, LONG = 60, 480  # signs of a report: made-up rows have the one, long letters the other or more
LONGEST = 4  # signs in a run
NAMED = 3  # runs a fact names
KNOWN = 16  # texts of which it is remembered what was asked last
_BITS = 32  # of one question's sum, all of which are added in one number
_HALF = 1 << (_BITS - 1)
_LANES = struct.Struct(f"<{len(QUESTIONS)}I")
_MARK = re.compile(
    r"(?:［[^］]{0,20}］|[,，、：:“”\"（）()《》\s。！？!?；;□])+"
)  # a sealed part's placeholder is one too
_DIGITS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^，0]{2,}")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question: the sum for a text of which nothing is known, what the rules' answer adds or takes, from where it
    holds; `longer` is what every hundred signs from `SHORT` to `LONG` take: many sentences are many chances to be
    wrong. All in hundredths."""

    start: int
    rule: int
    over: int
    longer: int = 0


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile's file says: a weight for each question, in the order of `QUESTIONS`, for each run of signs."""

    version: str
    questions: dict[Asked, Question]
    weights: dict[str, tuple[int, ...]]


class Leaning:
    """A file's weights made ready: all questions' sums are made at once."""

    def __init__(self, written: Likeness) -> None:
        if written.weights and set(written.questions) != set(QUESTIONS):
            raise ValueError("a question has no numbers")
        if any(len(one) != len(QUESTIONS) for one in written.weights.values()):
            raise ValueError("a run of signs needs a weight for each question")
        self.version = written.version
        self.known = bool(written.weights)
        self.hash = hashlib.sha256(msgspec.json.encode(written)).hexdigest()
        self.weights = written.weights
        self.questions = written.questions
        # Signs apart from longer runs: a small table stays near the processor, and half of what is asked is in it.
        packed = [(signs, _packed(one)) for signs, one in written.weights.items() if signs != "，"]
        self._of_signs = {signs: one for signs, one in packed if len(signs) == 1}
        self._of_longer = {signs: one for signs, one in packed if len(signs) > 1}
        self._for: dict[Asked, dict[str, int]] = {}  # by run, how much it speaks for a question, where it does
        self._begins = frozenset(signs[:2] for signs in written.weights if len(signs) > 2)
        # Of the texts asked last: a door asks what to seal and then what to propose, a fact asks for its words.
        self._found: dict[str, tuple[set[str], set[str]]] = {}
        self._sums: dict[str, Sums] = {}
        self._start = _packed([_HALF + written.questions[one].start for one in QUESTIONS]) if self.known else 0

    def sums(self, text: str) -> Sums:
        """How far a narrowed text leans to yes, for each question."""
        if not self.known:
            return dict.fromkeys(QUESTIONS, 0)
        sums = self._sums.get(text)
        if sums is None:
            signs, longer = self._runs(text)
            total = sum(filter(None, map(self._of_signs.get, signs)), self._start)
            total = sum(filter(None, map(self._of_longer.get, longer)), total)
            sums = self._sums[text] = dict(zip(QUESTIONS, _unpacked(total), strict=True))
        return sums

    def _runs(self, text: str) -> tuple[set[str], set[str]]:
        """The signs and the longer runs; those of the texts asked last are still known."""
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= KNOWN:
                self.forget()
            found = self._found[text] = self._cut(text)
        return found

    def forget(self) -> None:
        """The texts asked last: a door does it behind each report, for they are as they were posted."""
        self._found.clear()
        self._sums.clear()

    def _cut(self, text: str) -> tuple[set[str], set[str]]:
        """The runs that may have a weight: one of three or four signs only where its first two begin such a run."""
        plain = _plain(text)
        pairs = list(map(add, plain, plain[1:]))
        longer = set(pairs)
        for place in compress(count(), map(self._begins.__contains__, pairs)):
            longer.add(plain[place : place + 3])
            longer.add(plain[place : place + 4])
        return set(plain), longer

    def holds(self, asked: Asked, leans: int, ruled: bool, length: int = 0) -> bool:
        """Whether an answer is yes, the rules' own counted in; the rules alone decide where there are no weights."""
        return self.counted(asked, leans, ruled, length) > 0

    def counted(self, asked: Asked, leans: int, ruled: bool, length: int = 0) -> int:
        """A sum with the rules' own answer counted in, from where it holds for so many signs; more is surer."""
        if not self.known:
            return 1 if ruled else 0
        one = self.questions[asked]
        longer = one.longer * (min(max(length, SHORT), LONG) - SHORT) // 100
        return leans + (one.rule if ruled else -one.rule) - one.over - longer

    def named(self, asked: Asked, text: str) -> list[str]:
        """The words of a narrowed text that weighed most for yes, heaviest first, none inside another."""
        speaking = self._speaking(asked)
        _, runs = self._runs(text)
        named: list[str] = []
        for _, one in sorted([(-speaking[one], one) for one in speaking.keys() & runs]):
            inside = any(one in word or word in one for word in named)
            if not inside and one in text:
                named.append(one)
                if len(named) == NAMED:
                    break
        return named

    def _speaking(self, asked: Asked) -> dict[str, int]:
        """The weights of the runs that may be named for a question."""
        if asked not in self._for:
            number = QUESTIONS.index(asked)
            self._for[asked] = {
                one: weights[number]
                for one, weights in self.weights.items()
                if weights[number] > 0 and _WORDS.fullmatch(one)
            }
        return self._for[asked]


NONE = Leaning(Likeness("", {}, {}))  # a profile need have no weights


def runs(text: str) -> frozenset[str]:
    """The runs of one to four signs of a narrowed text, each once; marks are one mark, a number is one sign."""
    plain = _plain(text)
    found, last = set(plain), list(plain)
    for longer in range(1, LONGEST):
        last = list(map(add, last, plain[longer:]))
        found.update(last)
    found.discard("，")
    return frozenset(found)


def _plain(text: str) -> str:
    return "，" + _DIGITS.sub("0", _MARK.sub("，", text)) + "，"


def _packed(numbers: Sequence[int]) -> int:
    return sum(number << _BITS * place for place, number in enumerate(numbers))


def _unpacked(packed: int) -> list[int]:
    """Of numbers packed with `_HALF` added to each."""
    return [number - _HALF for number in _LANES.unpack(packed.to_bytes(_LANES.size, "little"))]
