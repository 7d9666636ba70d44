"""What the linker reads from a report: weighted words, names, places, numbers; of persons only the keyed pseudonym."""

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from wufang.domain.linking.places import KINDS, Place, places, subject_words
from wufang.domain.linking.rules import RULES, Rules
from wufang.domain.text import STOP_WORDS, Token, normalise, tokens

SCALE = 1000  # weights are whole thousandths: equal on every machine and small when stored
MENTIONS_KEPT = 12


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

    `vector` and `title` map words to thousandths of a unit vector; a negative weight marks a word that says where or
    who, the others say what. `rarity` is that of the vector's words; `titled` and `mentioned` are places.
    """

    channel: str
    occurred_at: int
    reporter: str | None
    numbers: tuple[str, ...]
    references: tuple[str, ...]
    vector: dict[str, int]
    title: dict[str, int]
    rarity: dict[str, float]
    titled: tuple[Place, ...]
    mentioned: tuple[Place, ...]
    terms: tuple[str, ...]


def read(subject: Subject, corpus: Corpus, rules: Rules = RULES) -> Reading:
    """Read a report against the words counted before it; the one place that asks the corpus."""
    head, body = tokens(normalise(subject.title)), tokens(normalise(f"{subject.address or ''}\n{subject.text}"))
    titled, title_names = places(head)
    mentioned, body_names = places(body)
    counts = _counts(head, body)
    rarity = _rarity(counts, corpus, rules)
    regions = {name for kind, name in (*titled, *mentioned) if kind == "region"}
    vector = _vector(counts, rarity, regions, title_names | body_names | subject_words(head), rules)
    return Reading(
        channel=subject.channel,
        occurred_at=subject.occurred_at,
        reporter=subject.reporter,
        numbers=numbers(subject.numbers),
        references=numbers(subject.references),
        vector=vector,
        title=_unit({word: rarity[word] for word, _ in head if word in rarity}, rules.title_doubt),
        rarity={term: rarity[term] for term in vector},
        titled=tuple(dict.fromkeys(titled)),
        mentioned=tuple(dict.fromkeys([*titled, *mentioned]))[:MENTIONS_KEPT],
        terms=tuple(counts),
    )


def corpus_terms(reading: Reading) -> tuple[str, ...]:
    """The distinct words to add to the frequencies once the reading's record is folded."""
    return reading.terms


def numbers(values: Iterable[str]) -> tuple[str, ...]:
    """Source numbers in one spelling, each once."""
    return tuple(dict.fromkeys(filter(None, map(normalise, values))))


def _counts(head: Sequence[Token], body: Sequence[Token]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in (head, body):
        for word, _ in found:
            if word not in STOP_WORDS and word[0].isalnum():
                counts[word] = counts.get(word, 0) + 1
    return counts


def _rarity(counts: dict[str, int], corpus: Corpus, rules: Rules) -> dict[str, float]:
    """The log of how rare a word is, 0 for one that two reports in five have; the first reports see no common words."""
    terms = tuple(counts)
    size = corpus.size() + rules.taken_as_seen
    return {
        term: max(0.0, math.log(1 + size / (frequency + 0.5)) - rules.common)
        for term, frequency in zip(terms, corpus.frequency(terms), strict=True)
    }


def _vector(
    counts: dict[str, int], rarity: dict[str, float], regions: set[str], names: set[str], rules: Rules
) -> dict[str, int]:
    """The most telling words, most telling first; a kind of place or a region tells nothing."""
    weighted = [
        (rarity[term] if count == 1 else (1 + math.log(count)) * rarity[term], term)
        for term, count in counts.items()
        if term not in KINDS and term not in regions
    ]
    weighted.sort(reverse=True)
    unit = _unit({term: weight for weight, term in weighted[: rules.vector_terms]})
    return {term: -weight if term in names else weight for term, weight in unit.items() if weight}


def _unit(weights: dict[str, float], doubt: float = 0.0) -> dict[str, int]:
    """Scaled to length one; with doubt a short list of common words stays shorter than that."""
    norm = math.sqrt(sum(weight * weight for weight in weights.values()) + doubt) or 1.0
    return {term: round(SCALE * weight / norm) for term, weight in weights.items()}
