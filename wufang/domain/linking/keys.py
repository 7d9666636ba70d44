"""Keys by which a report finds cases and a case is found; bounded, and ranked alike in memory and in SQLite."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from wufang.domain.linking.places import named
from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules

# Kinds of keys: n a source number, r a number somebody quoted, u a reporter's pseudonym, x place and problem, p place,
# g grid or spot, w word. The weight says how much a shared key is worth before any comparison; numbers are not weighed.
KIND_WEIGHTS = {"u": 6.0, "x": 4.0, "p": 3.0, "g": 3.0, "w": 1.0}
_MAY_BE_COMMON = frozenset("pgw")
_NUMBERS = frozenset("nr")


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
        *(f"n:{number}" for number in reading.references),
        *(f"r:{number}" for number in reading.numbers),
        *_shared_keys(reading, rules, rules.lookup_words),
    )


def index_keys(reading: Reading, rules: Rules = RULES) -> tuple[str, ...]:
    """Keys under which the case is found once this reading has joined it."""
    return (
        *(f"n:{number}" for number in reading.numbers),
        *(f"r:{number}" for number in reading.references),
        *_shared_keys(reading, rules, rules.index_words),
    )


def _shared_keys(reading: Reading, rules: Rules, most_words: int) -> tuple[str, ...]:
    person = (f"u:{reading.reporter}",) if reading.reporter else ()
    places = named(reading.mentioned)[: rules.key_places]
    telling = list(reading.vector)[:most_words]
    return (
        *person,
        *(f"x:{where}:{what}" for where in places[:1] for what in _problem_words(reading, rules)),
        *(f"p:{name}" for name in places),
        *(f"g:{spot}" for spot in reading.spots),
        *(f"w:{term}" for term in telling),
    )


def _problem_words(reading: Reading, rules: Rules) -> list[str]:
    """A busy place has more cases than a key holds; place and problem together have few."""
    return [term for term, weight in reading.vector.items() if weight > 0][: rules.key_problems]


def may_be_common(key: str) -> bool:
    """Whether a key that fills its list is looked past by `rank`: what such a list holds does not matter any more."""
    return key[0] in _MAY_BE_COMMON


def rank(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules = RULES) -> Candidates:
    """The candidates of a look-up; `found` holds the cases of each key, newest first."""
    referenced = _referenced(keys, found, rules)
    ranked = dict.fromkeys((*referenced, *_ranked(keys, found, rules)))
    return Candidates(tuple(ranked)[: rules.candidates], referenced)


def _ranked(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules) -> list[str]:
    """The rarer a key is among cases, the more it says; a place or word that fills its list says nothing."""
    weights: dict[str, float] = {}
    for key, cases in zip(keys, found, strict=True):
        kind = key[0]
        if kind in _NUMBERS or (kind in _MAY_BE_COMMON and len(cases) >= rules.postings_read):
            continue
        weight = KIND_WEIGHTS[kind] / (4 + len(cases))
        for case_id in cases:
            weights[case_id] = weights.get(case_id, 0.0) + weight
    least = max(rules.least_weight, rules.least_share * max(weights.values(), default=0.0))
    telling = [(-weight, case_id) for case_id, weight in weights.items() if weight >= least]
    telling.sort()
    return [case_id for _, case_id in telling]


def _referenced(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules) -> tuple[str, ...]:
    """A number known in two cases, or too short to be anybody's own, says nothing."""
    sure = (
        cases[0]
        for key, cases in zip(keys, found, strict=True)
        if key[0] in _NUMBERS and len(cases) == 1 and len(key) - 2 >= rules.reference_length
    )
    return tuple(dict.fromkeys(sure))
