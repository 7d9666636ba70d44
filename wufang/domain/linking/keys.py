"""Keys by which a report finds cases and a case is found; bounded, and ranked alike in memory and in SQLite."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules

# How much a shared key says before any comparison, by kind.
KIND_WEIGHTS = {"n": 100.0, "r": 100.0, "u": 6.0, "p": 3.0, "w": 1.0}


class CandidateIndex(Protocol):
    """The state behind the linker: cases by key, and what is kept of each."""

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        """For each key its case ids, the one last indexed under it first, at most `limit`."""

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        """The profiles of these cases, in their order."""


class Candidates(msgspec.Struct, frozen=True):
    """Cases worth comparing, most promising first; `referenced` are those a number names beyond doubt."""

    case_ids: tuple[str, ...]
    referenced: tuple[str, ...]


def lookup_keys(reading: Reading, rules: Rules = RULES) -> tuple[str, ...]:
    """Keys to look for cases by."""
    return (
        *(f"n:{number}" for number in reading.references[:4]),
        *(f"r:{number}" for number in reading.numbers[:2]),
        *_shared_keys(reading, rules.lookup_words),
    )


def index_keys(reading: Reading, rules: Rules = RULES) -> tuple[str, ...]:
    """Keys under which the case is found once this reading has joined it."""
    return (
        *(f"n:{number}" for number in reading.numbers[:2]),
        *(f"r:{number}" for number in reading.references[:4]),
        *_shared_keys(reading, rules.index_words),
    )


def _shared_keys(reading: Reading, most_words: int) -> tuple[str, ...]:
    person = (f"u:{reading.reporter}",) if reading.reporter else ()
    telling = [term for term in reading.vector][:most_words]
    return (*person, *(f"p:{place}" for place in reading.places[:4]), *(f"w:{term}" for term in telling))


def rank(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules = RULES) -> Candidates:
    """The candidates of a look-up; `found` holds the cases of each key, newest first."""
    return Candidates(_ranked(keys, found)[: rules.candidates], _referenced(keys, found, rules))


def _ranked(keys: Sequence[str], found: Sequence[Sequence[str]]) -> tuple[str, ...]:
    weights: dict[str, float] = {}
    for key, cases in zip(keys, found, strict=True):
        weight = KIND_WEIGHTS[key[0]] / (4 + len(cases))
        for case_id in cases:
            weights[case_id] = weights.get(case_id, 0.0) + weight
    return tuple(sorted(weights, key=lambda case_id: (-weights[case_id], case_id)))


def _referenced(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules) -> tuple[str, ...]:
    """A number known in two cases, or too short to be anybody's own, says nothing."""
    sure: Mapping[str, None] = {
        cases[0]: None
        for key, cases in zip(keys, found, strict=True)
        if key[0] in "nr" and len(cases) == 1 and len(key) - 2 >= rules.reference_length
    }
    return tuple(sure)
