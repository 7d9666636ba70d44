"""What the linker reads from a report: weighted words, names, places, numbers; of persons only the keyed pseudonym."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from wufang.domain.linking.places import KINDS, Place, places, subject_words
from wufang.domain.linking.rules import RULES, Rules
from wufang.domain.linking.web import clean, core_key
from wufang.domain.text import STOP_WORDS, Token, normalise, tokens

SCALE = 1000  # weights are whole thousandths: equal on every machine and small when stored
WEB = "sentiment"  # the channel of public posts
MENTIONS_KEPT = 12
NUMBERS_KEPT = 4
HEADLINE_LENGTH = 40  # a post or a warden's note has no title; of 140 characters this is the part that says what about
_SENTENCE_END = re.compile("[。!?;]")
# A number quoted in a text: long, with digits in it; a date or a phone's rest is shorter.
_QUOTED = re.compile(r"(?<![a-z0-9-])[a-z]{0,8}-?[0-9][a-z0-9-]{8,30}(?![a-z0-9-])")
_LONG_RUN = re.compile(r"[a-z0-9-]{9}")


class Subject(msgspec.Struct, frozen=True):
    """What of a report may be looked at; `occurred_at` is UTC milliseconds, `point` WGS-84 (lat, lon)."""

    report_id: str
    channel: str
    title: str
    text: str
    occurred_at: int
    category: str | None = None
    address: str | None = None
    grid_code: str | None = None
    point: tuple[float, float] | None = None
    reporter: str | None = None
    numbers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Corpus(Protocol):
    """How often words came in this jurisdiction's reports so far."""

    def size(self) -> int:
        """The number of reports counted."""

    def frequency(self, terms: Sequence[str]) -> Sequence[int]:
        """For each term, in how many of them it came."""


class Reading(msgspec.Struct, frozen=True):
    """One report as evidence.

    `title`, `what` and `who` map words to thousandths of a unit vector; `what` and `who` are one such vector together,
    its words in two: those that say what happened, and those that say where or who. `telling` has the words of both,
    the most telling first. `rarity` is that of all words; `titled` and `mentioned` are places, `spots` the grid and the
    hundred metres of the point. `core` names a post's text as it was first said, "" for a short one and other channels.
    """

    channel: str
    occurred_at: int
    reporter: str | None
    numbers: tuple[str, ...]
    references: tuple[str, ...]
    telling: tuple[str, ...]
    what: dict[str, int]
    who: dict[str, int]
    title: dict[str, int]
    rarity: dict[str, float]
    titled: tuple[Place, ...]
    mentioned: tuple[Place, ...]
    spots: tuple[str, ...]
    terms: tuple[str, ...]
    core: str = ""


def read(subject: Subject, corpus: Corpus, rules: Rules = RULES) -> Reading:
    """Read a report against the words counted before it; the one place that asks the corpus."""
    title, told, core = _said(subject)
    text = normalise(f"{subject.address or ''}\n{told}")
    head, body = tokens(normalise(title) or headline(normalise(told))), tokens(text)
    titled, title_names = places(head)
    mentioned, body_names = places(body)
    own = numbers(subject.numbers)
    counts = _counts(head, body)
    terms = tuple(counts)
    rarity = _rarity(terms, corpus, rules)
    regions = {name for kind, name in (*titled, *mentioned) if kind == "region"}
    vector = _vector(counts, rarity, regions, rules)
    names = title_names | body_names | subject_words(head)
    what, who = _parted(vector, names)
    return Reading(
        channel=subject.channel,
        occurred_at=subject.occurred_at,
        reporter=subject.reporter,
        numbers=own,
        references=numbers((*subject.references, *_quoted(text)), besides=own),
        telling=tuple(vector),
        what=what,
        who=who,
        title=_title(head, rarity, rules),
        rarity=rarity,
        titled=tuple(dict.fromkeys(titled)),
        mentioned=tuple(dict.fromkeys([*titled, *mentioned]))[:MENTIONS_KEPT],
        spots=_spots(subject),
        terms=terms,
        core=core,
    )


def _said(subject: Subject) -> tuple[str, str, str]:
    """Title, text and core; of a post without what the web adds, of all others as they came."""
    if subject.channel != WEB:
        return subject.title, subject.text, ""
    left = clean(subject.text)
    return clean(subject.title), left, core_key(subject.text, left)


def corpus_terms(reading: Reading) -> tuple[str, ...]:
    """The distinct words to add to the frequencies once the reading's record is folded."""
    return reading.terms


def numbers(values: Iterable[str], besides: Sequence[str] = ()) -> tuple[str, ...]:
    """Source numbers in one spelling, each once, the first few."""
    found = dict.fromkeys(number for number in map(normalise, values) if number and number not in besides)
    return tuple(found)[:NUMBERS_KEPT]


def headline(text: str) -> str:
    """What stands for the title of a report that has none: its first sentence, cut at 40 characters."""
    return _SENTENCE_END.split(text, 1)[0][:HEADLINE_LENGTH]


def _quoted(text: str) -> list[str]:
    """Most texts hold no run of characters long enough; to see that takes 2 µs, the whole pattern 12."""
    return _QUOTED.findall(text) if _LONG_RUN.search(text) else []


def _spots(subject: Subject) -> tuple[str, ...]:
    grid = (subject.grid_code.strip(),) if subject.grid_code else ()
    return (*grid, "{:.3f},{:.3f}".format(*subject.point)) if subject.point else grid


def _counts(head: Sequence[Token], body: Sequence[Token]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in (head, body):
        for word, _ in found:
            if word in counts:
                counts[word] += 1
            elif word not in STOP_WORDS and word[0].isalnum():
                counts[word] = 1
    return counts


def _rarity(terms: tuple[str, ...], corpus: Corpus, rules: Rules) -> dict[str, float]:
    """The log of how rare a word is, 0 for one that two reports in five have; the first reports see no common words."""
    size, log, common = corpus.size() + rules.taken_as_seen, math.log, rules.common
    above = [log(1 + size / (frequency + 0.5)) - common for frequency in corpus.frequency(terms)]
    return dict(zip(terms, [rarity if rarity > 0 else 0.0 for rarity in above], strict=True))


def _vector(counts: dict[str, int], rarity: dict[str, float], regions: set[str], rules: Rules) -> dict[str, int]:
    """The most telling words, most telling first; a kind of place or a region tells nothing."""
    weighted = [
        (rarity[term] if count == 1 else (1 + math.log(count)) * rarity[term], term)
        for term, count in counts.items()
        if term not in KINDS and term not in regions
    ]
    weighted.sort(reverse=True)
    kept = weighted[: rules.vector_terms]
    scale = SCALE / (math.sqrt(sum([weight * weight for weight, _ in kept])) or 1.0)
    vector: dict[str, int] = {}
    for weight, term in kept:
        thousandths = round(weight * scale)
        if thousandths:
            vector[term] = thousandths
    return vector


def _parted(vector: dict[str, int], names: set[str]) -> tuple[dict[str, int], dict[str, int]]:
    """What happened, and where or who: few words are names."""
    who = {term: vector[term] for term in vector if term in names}
    what = vector.copy()
    for term in who:
        del what[term]
    return what, who


def _title(head: Sequence[Token], rarity: dict[str, float], rules: Rules) -> dict[str, int]:
    """With doubt added to its length: a short title of common words is far from a unit vector."""
    weights = {word: rarity[word] for word, _ in head if word in rarity}
    scale = SCALE / math.sqrt(sum([weight * weight for weight in weights.values()]) + rules.title_doubt)
    return {word: round(weight * scale) for word, weight in weights.items()}
