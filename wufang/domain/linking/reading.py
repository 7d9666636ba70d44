"""What the linker reads from a report: weighted words, places, numbers; no personal data but the keyed pseudonym."""

import math
from collections.abc import Sequence
from typing import Protocol

import msgspec

from wufang.domain.linking.places import places
from wufang.domain.linking.rules import RULES, Rules
from wufang.domain.text import normalise, words

SCALE = 1000  # weights are whole thousandths: equal on every machine and small when stored


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
    """`vector` maps the most telling words to thousandths of a unit vector; `terms` are all that is counted."""

    channel: str
    occurred_at: int
    reporter: str | None
    numbers: tuple[str, ...]
    references: tuple[str, ...]
    places: tuple[str, ...]
    vector: dict[str, int]
    terms: tuple[str, ...]


def read(subject: Subject, corpus: Corpus, rules: Rules = RULES) -> Reading:
    """Read a report against the words counted before it; the one place that asks the corpus."""
    title, body = normalise(subject.title), normalise(subject.text)
    counts = _counts(words(title), words(body), rules)
    terms = tuple(counts)
    return Reading(
        channel=subject.channel,
        occurred_at=subject.occurred_at,
        reporter=subject.reporter,
        numbers=numbers(subject.numbers),
        references=numbers(subject.references),
        places=places(title + body + normalise(subject.address or "")),
        vector=_vector(counts, corpus.size(), corpus.frequency(terms), rules),
        terms=terms,
    )


def corpus_terms(reading: Reading) -> tuple[str, ...]:
    """The distinct words to add to the frequencies once the reading's record is folded."""
    return reading.terms


def numbers(values: Sequence[str]) -> tuple[str, ...]:
    """Source numbers in one spelling, each once."""
    return tuple(dict.fromkeys(filter(None, map(normalise, values))))


def _counts(title: Sequence[str], body: Sequence[str], rules: Rules) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in title:
        counts[word] = counts.get(word, 0) + rules.title_weight
    for word in body:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _vector(counts: dict[str, int], size: int, frequencies: Sequence[int], rules: Rules) -> dict[str, int]:
    weights = [
        ((1 + math.log(count)) * math.log(1 + (size + 10) / (frequency + 0.5)), term)
        for (term, count), frequency in zip(counts.items(), frequencies, strict=True)
    ]
    weights.sort(reverse=True)
    kept = weights[: rules.vector_terms]
    norm = math.sqrt(sum(weight * weight for weight, _ in kept)) or 1.0
    return {term: round(SCALE * weight / norm) for weight, term in kept}
