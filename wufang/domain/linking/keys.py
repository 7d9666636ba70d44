"""Keys by which a report finds cases and a case is found; bounded, and ranked alike in memory and in SQLite."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Protocol

import msgspec

from wufang.domain.linking.places import named
from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules

# Kinds of keys: n a source number, r a number somebody quoted, u a reporter's pseudonym, x place and problem, p place,
# g grid or spot, w word, t a post's core text. The weight says how much a shared key is worth before any
# comparison; numbers and texts are not weighed.
UNIT = 1_000_000
KIND_WEIGHTS = {"u": 6 * UNIT, "x": 4 * UNIT, "p": 3 * UNIT, "g": 3 * UNIT, "w": UNIT}
_MAY_BE_COMMON = frozenset("pgw")
_NUMBERS = frozenset("nr")
_NOT_WEIGHED = _NUMBERS | {"t"}

_Known = tuple[str, Sequence[str]]  # a key and its cases


class CandidateIndex(Protocol):
    """The state behind the linker: cases by key, and what is kept of each."""

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        """For each key its case ids, the one last indexed under it first, at most `limit`."""

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        """The profiles of these cases, in their order."""


class Candidates(msgspec.Struct, frozen=True):
    """Cases worth comparing, most promising first; `referenced` are those a number names beyond doubt.

    `reposted` are those that have a post of the same core text.
    """

    case_ids: tuple[str, ...]
    referenced: tuple[str, ...]
    reposted: tuple[str, ...] = ()


def lookup_keys(reading: Reading, rules: Rules = RULES) -> tuple[str, ...]:
    """Keys to look for cases by."""
    return (
        *(f"n:{number}" for number in reading.references),
        *(f"r:{number}" for number in reading.numbers),
        *_core_keys(reading),
        *_shared_keys(reading, rules, rules.lookup_words),
    )


def index_keys(reading: Reading, rules: Rules = RULES) -> tuple[str, ...]:
    """Keys under which the case is found once this reading has joined it."""
    return (
        *(f"n:{number}" for number in reading.numbers),
        *(f"r:{number}" for number in reading.references),
        *_core_keys(reading),
        *_shared_keys(reading, rules, rules.index_words),
    )


def _core_keys(reading: Reading) -> tuple[str, ...]:
    return (f"t:{reading.core}",) if reading.core else ()


def _shared_keys(reading: Reading, rules: Rules, most_words: int) -> tuple[str, ...]:
    person = (f"u:{reading.reporter}",) if reading.reporter else ()
    places = named(reading.mentioned)[: rules.key_places]
    # A busy place has more cases than a key holds; place and problem together have few.
    problems = list(reading.what)[: rules.key_problems]
    telling = reading.telling[:most_words]
    return (
        *person,
        *(f"x:{where}:{what}" for where in places[:1] for what in problems),
        *(f"p:{name}" for name in places),
        *(f"g:{spot}" for spot in reading.spots),
        *(f"w:{term}" for term in telling),
    )


def may_be_common(key: str) -> bool:
    """Whether a key that fills its list is looked past by `rank`: what such a list holds does not matter any more."""
    return key[0] in _MAY_BE_COMMON


def rank(keys: Sequence[str], found: Sequence[Sequence[str]], rules: Rules = RULES) -> Candidates:
    """The candidates of a look-up; `found` holds the cases of each key, newest first."""
    known = [(key, cases) for key, cases in zip(keys, found, strict=True) if cases]
    referenced = _referenced(known, rules)
    reposted = _reposted(known, rules)
    ranked = dict.fromkeys((*referenced, *reposted, *_ranked(known, rules)))
    return Candidates(tuple(ranked)[: rules.candidates], referenced, reposted)


def _ranked(known: Sequence[_Known], rules: Rules) -> list[str]:
    """The rarer a key is among cases, the more it says; a place or word that fills its list says nothing.

    The heaviest keys come first: once those left cannot lift a case that no key has named yet over the least weight,
    they only count for the cases named. Weights are whole numbers, so their order changes no sum.
    """
    weighed = _weighed(known, rules)
    rest = sum([weight for weight, _ in weighed])
    weights: dict[str, int] = {}
    least = rules.least_weight * UNIT
    for weight, cases in weighed:
        if rest >= least:
            for case_id in cases:
                weights[case_id] = weights.get(case_id, 0) + weight
            least = max(least, rules.least_share * max(weights.values()))
        else:
            for case_id in weights.keys() & cases:
                weights[case_id] += weight
        rest -= weight
    least = max(least, rules.least_share * max(weights.values(), default=0))
    telling = [(-weight, case_id) for case_id, weight in weights.items() if weight >= least]
    telling.sort()
    return [case_id for _, case_id in telling]


def _weighed(known: Sequence[_Known], rules: Rules) -> list[tuple[int, Sequence[str]]]:
    """The keys that say something, the heaviest first: weight and cases."""
    most = rules.postings_read
    weighed = [
        (round(KIND_WEIGHTS[key[0]] / (4 + len(cases))), cases)
        for key, cases in known
        if key[0] not in _NOT_WEIGHED and (len(cases) < most or key[0] not in _MAY_BE_COMMON)
    ]
    weighed.sort(key=itemgetter(0), reverse=True)
    return weighed


def _referenced(known: Sequence[_Known], rules: Rules) -> tuple[str, ...]:
    """A number known in two cases, or too short to be anybody's own, says nothing."""
    sure = (
        cases[0]
        for key, cases in known
        if key[0] in _NUMBERS and len(cases) == 1 and len(key) - 2 >= rules.reference_length
    )
    return tuple(dict.fromkeys(sure))


def _reposted(known: Sequence[_Known], rules: Rules) -> tuple[str, ...]:
    """A text that stands in many cases is a template, and says nothing."""
    cases = next((cases for key, cases in known if key[0] == "t"), ())
    return tuple(cases) if len(cases) <= rules.template_cases else ()
